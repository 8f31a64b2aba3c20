/* ICMP errors: what they are called, and the packet that they quote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "decode/icmp.h"

#define BYTES(...) \
	(const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })
#define BE16(v)	((v) >> 8) & 255, (v) & 255

#define ERROR(type, code)	type, code, 0, 0,  0, 0, 0, 0
#define IP4(protocol, total) \
	0x45, 0, BE16(total),  0x12, 0x34, 0, 0,  63, protocol, 0, 0, \
	192, 0, 2, 1,  192, 0, 2, 2
#define IP6(next, length) \
	0x60, 0, 0, 0,  BE16(length), next, 61, \
	0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, \
	0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2
#define PORTS	BE16(5060), BE16(5062)
#define PING	'p', 'i', 'n', 'g'
#define ZEROS16	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0

struct icmp_case {
	const char *name;
	uint8_t icmp;		/* segment kind */
	const uint8_t *bytes;
	size_t n;
	const char *text;	/* NULL: no error */
	uint8_t kind;
	const char *src, *dst;
	const char *payload;
	uint32_t wire;
};

static const struct icmp_case cases[] = {
	{ "udp, whole", 1, BYTES(ERROR(3, 3), IP4(17, 32), PORTS, 0, 12, 0, 0, PING),
	  "port unreachable", 17, "192.0.2.1:5060", "192.0.2.2:5062", "ping", 4 },
	{ "udp, eight bytes", 1, BYTES(ERROR(3, 1), IP4(17, 528), PORTS, BE16(508), 0, 0),
	  "host unreachable", 17, "192.0.2.1:5060", "192.0.2.2:5062", "", 500 },
	{ "udp, ports only", 1, BYTES(ERROR(11, 0), IP4(17, 528), PORTS),
	  "time exceeded", 17, "192.0.2.1:5060", "192.0.2.2:5062", "", 500 },
	{ "udp, no ports", 1, BYTES(ERROR(3, 13), IP4(17, 528), 19),
	  "administratively prohibited", 17, "192.0.2.1", "192.0.2.2", "\x13", 508 },
	{ "padded", 1, BYTES(ERROR(3, 3), IP4(17, 32), PORTS, 0, 12, 0, 0, PING, 0, 0, 0, 0),
	  "port unreachable", 17, "192.0.2.1:5060", "192.0.2.2:5062", "ping", 4 },
	{ "options", 1, BYTES(ERROR(3, 10),
		0x46, 0, 0, 36,  0, 1, 0, 0,  63, 17, 0, 0,  192, 0, 2, 1,  192, 0, 2, 2,
		1, 1, 1, 0,  PORTS, 0, 12, 0, 0, PING),
	  "host administratively prohibited", 17, "192.0.2.1:5060", "192.0.2.2:5062",
	  "ping", 4 },
	{ "options cut", 1, BYTES(ERROR(3, 10),
		0x4f, 0, 0, 88,  0, 1, 0, 0,  63, 17, 0, 0,  192, 0, 2, 1,  192, 0, 2, 2, 1, 1),
	  "host administratively prohibited", 17, "192.0.2.1", "192.0.2.2", "", 28 },
	{ "a later fragment", 1, BYTES(ERROR(11, 1),
		0x45, 0, 0, 28,  0, 1, 0, 2,  63, 17, 0, 0,  192, 0, 2, 1,  192, 0, 2, 2,
		PING, PING),
	  "fragment reassembly time exceeded", 17, "192.0.2.1", "192.0.2.2", "pingping", 8 },
	{ "tcp, eight bytes", 1, BYTES(ERROR(3, 4), IP4(6, 1500), PORTS, 0, 0, 1, 0),
	  "fragmentation needed", 6, "192.0.2.1:5060", "192.0.2.2:5062", "", 1460 },
	{ "tcp, whole", 1, BYTES(ERROR(3, 13), IP4(6, 48), PORTS, 0, 0, 1, 0,  0, 0, 0, 2,
		0x60, 0x18, 1, 0,  0, 0, 0, 0,  1, 1, 1, 0,  PING),
	  "administratively prohibited", 6, "192.0.2.1:5060", "192.0.2.2:5062", "ping", 4 },
	{ "sctp", 1, BYTES(ERROR(3, 2), IP4(132, 32), PORTS, 0, 0, 0, 0,  0, 0, 0, 0),
	  "protocol unreachable", 132, "192.0.2.1:5060", "192.0.2.2:5062", NULL, 12 },
	{ "rfc 4884", 1, BYTES(3, 3, 0, 0,  0, 9, 0, 0,  IP4(17, 1228), PORTS, BE16(1208), 0, 0,
		PING, PING,  0x20, 0, 0, 0,  0, 8, 1, 1,  0, 0, 0x11, 0),
	  "port unreachable", 17, "192.0.2.1:5060", "192.0.2.2:5062", "pingping", 1200 },
	{ "rfc 4884, six", 58, BYTES(1, 4, 0, 0,  7, 0, 0, 0,  IP6(17, 1208), PORTS,
		BE16(1208), 0, 0, PING, PING,  0x20, 0, 0, 0,  0, 8, 1, 1,  0, 0, 0x11, 0),
	  "port unreachable", 17, "[2001:db8::1]:5060", "[2001:db8::2]:5062", "pingping", 1200 },
	{ "length of no such error", 1, BYTES(4, 0, 0, 0,  0, 7, 0, 0,  IP4(17, 32), PORTS,
		0, 12, 0, 0, PING),
	  "source quench", 17, "192.0.2.1:5060", "192.0.2.2:5062", "ping", 4 },
	{ "six", 58, BYTES(ERROR(1, 0), IP6(17, 12), PORTS, 0, 12, 0, 0, PING),
	  "no route to destination", 17, "[2001:db8::1]:5060", "[2001:db8::2]:5062", "ping", 4 },
	{ "six, too big", 58, BYTES(2, 0, 0, 0,  0, 0, 5, 0,  IP6(17, 12), PORTS, 0, 12, 0, 0,
		PING),
	  "packet too big", 17, "[2001:db8::1]:5060", "[2001:db8::2]:5062", "ping", 4 },
	{ "six, extensions", 58, BYTES(ERROR(3, 0), IP6(0, 36),
		60, 0, 1, 4, 0, 0, 0, 0,  44, 0, 1, 4, 0, 0, 0, 0,
		17, 0, 0, 1, 0, 0, 0, 9,  PORTS, 0, 12, 0, 0, PING),
	  "time exceeded", 17, "[2001:db8::1]:5060", "[2001:db8::2]:5062", "ping", 4 },
	{ "six, a later fragment", 58, BYTES(ERROR(3, 1), IP6(44, 12),
		17, 0, 0, 8, 0, 0, 0, 9,  PING),
	  "fragment reassembly time exceeded", 17, "2001:db8::1", "2001:db8::2", "ping", 4 },
	{ "six, extension cut", 58, BYTES(ERROR(4, 1), IP6(0, 36), 17, 1, 1, 4, 0, 0, 0, 0),
	  "parameter problem: unknown next header", 0, "2001:db8::1", "2001:db8::2", NULL, 36 },
	{ "a ping that came not", 1, BYTES(ERROR(3, 1), IP4(1, 28), 8, 0, 0, 0, 0, 1, 0, 1),
	  "host unreachable", 1, "192.0.2.1", "192.0.2.2", NULL, 8 },
	{ "unknown code", 1, BYTES(ERROR(3, 77), IP4(17, 28), PORTS, 0, 8, 0, 0),
	  "destination unreachable", 17, "192.0.2.1:5060", "192.0.2.2:5062", "", 0 },
	{ "parameter", 1, BYTES(ERROR(12, 0), IP4(17, 28), PORTS, 0, 8, 0, 0),
	  "parameter problem", 17, "192.0.2.1:5060", "192.0.2.2:5062", "", 0 },

	{ .name = "echo", .icmp = 1, BYTES(ERROR(8, 0), IP4(17, 28), PORTS, 0, 8, 0, 0) },
	{ .name = "redirect", .icmp = 1, BYTES(ERROR(5, 1), IP4(17, 28), PORTS, 0, 8, 0, 0) },
	{ .name = "echo six", .icmp = 58, BYTES(ERROR(128, 0), IP6(17, 8), PORTS, 0, 8, 0, 0) },
	{ .name = "redirect six", .icmp = 58, BYTES(ERROR(137, 0), IP6(17, 8), PORTS, 0, 8, 0, 0) },
	{ .name = "other version", .icmp = 1, BYTES(ERROR(3, 3), IP6(17, 8), PORTS, 0, 8, 0, 0) },
	{ .name = "header length", .icmp = 1, BYTES(ERROR(3, 3), 0x44, ZEROS16, ZEROS16) },
	{ .name = "nothing", .icmp = 1, BYTES(ERROR(3, 3)) },
	{ .name = "udp", .icmp = 17, BYTES(ERROR(3, 3), IP4(17, 28), PORTS, 0, 8, 0, 0) },
};

static struct segment
segment_of(uint8_t kind, const uint8_t *p, size_t n)
{
	return (struct segment){
		.kind = kind, .payload = { (const char *)p, n }, .wire_length = (uint32_t)n,
		.time = 5, .frame = 7, .source = 3, .vlan = 9, .in_record = true,
	};
}

static void
check_endpoint(const char *name, const struct net_endpoint *e, const char *expect)
{
	struct buf b = BUF_INIT;

	net_endpoint_add(&b, e);
	if (!str_eq(buf_str(&b), str_of(expect)))
		fail_msg("%s: %s, not %s", name, buf_cstr(&b), expect);
	buf_release(&b);
}

static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct icmp_case *c = &cases[i];
		struct segment seg = segment_of(c->icmp, c->bytes, c->n);
		const struct segment *q;
		struct icmp_error error;

		if (icmp_error_read(&seg, &error) != (c->text != NULL))
			fail_msg("%s: an error or none", c->name);
		if (!c->text)
			continue;
		q = &error.quoted;
		assert_string_equal(error.text, c->text);
		assert_int_equal(error.type, c->bytes[0]);
		assert_int_equal(error.code, c->bytes[1]);
		check_endpoint(c->name, &q->src, c->src);
		check_endpoint(c->name, &q->dst, c->dst);
		if (q->kind != c->kind || q->wire_length != c->wire ||
		    (c->payload && !str_eq(q->payload, str_of(c->payload))))
			fail_msg("%s: kind %u, %zu of %u bytes", c->name, q->kind, q->payload.n,
				 q->wire_length);
		assert_int_equal((q->flaws & SEGMENT_FLAW_CUT) != 0,
				 q->payload.n < q->wire_length);
		assert_int_equal(q->frame, 7);
		assert_int_equal(q->source, 3);
		assert_true(q->time == 5);
		assert_int_equal(q->vlan, 9);
		assert_false(q->in_record);
		assert_int_equal(q->place.source, PLACE_NONE);
	}
}

static void
test_fields(void **state)
{
	static const uint8_t tcp[] = {
		ERROR(3, 13), IP4(6, 48), PORTS, 0, 0, 1, 0,  0, 0, 0, 2,
		0x60, 0x18, 1, 0,  0, 0, 0, 0,  1, 1, 1, 0,  PING
	};
	struct segment seg = segment_of(1, tcp, sizeof(tcp));
	struct icmp_error error;

	(void)state;
	assert_true(icmp_error_read(&seg, &error));
	assert_int_equal(error.quoted.tcp_seq, 256);
	assert_int_equal(error.quoted.tcp_ack, 2);
	assert_int_equal(error.quoted.tcp_flags, 0x18);
	assert_int_equal(error.quoted.tcp_window, 256);
	assert_int_equal(error.quoted.ttl, 63);
	assert_int_equal(error.quoted.ip_id, 0x1234);
}

/* Each case cut at every byte, by the snap length and for good, and each byte of
 * it changed: the quote stays inside of what is there. */
static void
check_bytes(uint8_t kind, const uint8_t *p, size_t n, uint32_t wire)
{
	struct segment seg = segment_of(kind, p, n);
	struct icmp_error error;
	const struct str *q = &error.quoted.payload;

	seg.wire_length = wire;
	if (!icmp_error_read(&seg, &error))
		return;
	assert_true(q->p >= seg.payload.p && q->p + q->n <= seg.payload.p + n);
	assert_true(q->n <= error.quoted.wire_length);
	assert_int_not_equal(error.quoted.src.addr.family, NET_NONE);
}

static void
test_every_cut(void **state)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct icmp_case *c = &cases[i];

		for (size_t n = 0; n <= c->n; n++) {
			uint8_t *copy = xmalloc(n > 0 ? n : 1);

			memcpy(copy, c->bytes, n);
			check_bytes(c->icmp, copy, n, (uint32_t)n);
			check_bytes(c->icmp, copy, n, (uint32_t)c->n);
			for (size_t v = 0; v < ARRAY_SIZE(values) * n; v++) {
				copy[v % n] = values[v / n];
				check_bytes(c->icmp, copy, n, (uint32_t)n);
				copy[v % n] = c->bytes[v % n];
			}
			free(copy);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests_name("icmp", tests, NULL, NULL);
}
