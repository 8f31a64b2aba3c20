/* media/shape.h and media/turn.h: what a datagram is */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "media/shape.h"
#include "media/turn.h"

#define B(text)	STR_INIT(text)
#define ID12	"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"
#define COOKIE	"\x21\x12\xa4\x42"
#define Z16	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define RTP	"\x80\x00\x12\x34\x00\x00\x01\x40\xde\xad\xbe\xef"
#define SR	"\x80\xc8\x00\x06\x00\x00\x00\x05\xd9\x9a\x00\x01\x80\x00\x00\x00" \
		"\x00\x00\x42\x40\x00\x00\x00\x6a\x00\x00\x42\x41"
#define PEER	"\x00\x12\x00\x08\x00\x01\xb5\x92\xe1\x12\xa6\x45"	/* 192.0.2.7:38016 */

struct row {
	const char *name;
	struct str in;
	uint32_t wire;		/* 0: as long as it is */
	uint16_t src, dst;	/* 0: some high ports */
	enum shape want;
};

static const struct row rows[] = {
	{ "nothing", B(""), 0, 0, 0, SHAPE_UDP },
	{ "rtp", B(RTP "abcd"), 0, 0, 0, SHAPE_RTP },
	{ "rtp, header alone", B(RTP), 0, 0, 0, SHAPE_RTP },
	{ "rtp, marker", B("\x80\x80\x12\x34\x00\x00\x01\x40\xde\xad\xbe\xef"), 0, 0, 0,
	  SHAPE_RTP },
	{ "rtp, cut", B(RTP), 172, 0, 0, SHAPE_RTP },
	{ "rtp, csrc that lie", B("\x8f\x00\x12\x34\x00\x00\x01\x40\xde\xad\xbe\xef"), 0, 0, 0,
	  SHAPE_RTP },
	{ "rtp, too short", B("\x80\x00\x12\x34\x00\x00\x01\x40\xde\xad\xbe"), 0, 0, 0, SHAPE_UDP },
	{ "rtp on a low port", B(RTP), 0, 800, 4000, SHAPE_RTP },
	{ "rtp on the port of http", B(RTP), 0, 443, 4000, SHAPE_RTP },
	{ "rtp, version 1", B("\x40\x00\x12\x34\x00\x00\x01\x40\xde\xad\xbe\xef"), 0, 0, 0,
	  SHAPE_UDP },
	{ "rtcp", B(SR), 0, 0, 0, SHAPE_RTCP },
	{ "rtcp, cut", B("\x80\xc8\x00\x06\x00\x00\x00\x05"), 28, 0, 0, SHAPE_RTCP },
	{ "rtcp, a lie about its length", B("\x80\xc9\x00\x09\x00\x00\x00\x05"), 0, 0, 0,
	  SHAPE_RTCP },
	{ "rtcp, feedback", B("\x81\xce\x00\x02\x00\x00\x00\x05\x00\x00\x00\x06"), 0, 0, 0,
	  SHAPE_RTCP },
	{ "rtp with a type of rtcp", B("\x80\xce\x12\x34\x00\x00\x01\x40\xde\xad\xbe\xef"), 0, 0, 0,
	  SHAPE_RTP },
	{ "stun", B("\x00\x01\x00\x00" COOKIE ID12), 0, 0, 0, SHAPE_STUN },
	{ "stun, on a port of media", B("\x01\x01\x00\x04" COOKIE ID12 "\x80\x22\0\0"), 0, 0, 0,
	  SHAPE_STUN },
	{ "stun, cut", B("\x01\x01\x00\x40" COOKIE), 84, 0, 0, SHAPE_STUN },
	{ "stun, wrong length", B("\x00\x01\x00\x08" COOKIE ID12), 0, 0, 0, SHAPE_UDP },
	{ "classic stun", B("\x00\x01\x00\x08" Z16 "\x00\x03\x00\x04\x00\x00\x00\x06"), 0, 0, 0,
	  SHAPE_STUN },
	{ "classic stun, empty", B("\x00\x01\x00\x00" Z16), 0, 0, 0, SHAPE_STUN },
	{ "classic stun, no attribute", B("\x00\x01\x00\x08" Z16 "\x70\x03\x00\x04\x00\x00\x00\x06"),
	  0, 0, 0, SHAPE_UDP },
	{ "turn channel", B("\x40\x01\x00\x0c" RTP), 0, 0, 0, SHAPE_TURN },
	{ "turn channel, padded", B("\x40\x01\x00\x0d" RTP "x\0\0\0"), 0, 0, 0, SHAPE_TURN },
	{ "turn channel, cut", B("\x40\x01\x00\xac" RTP), 176, 0, 0, SHAPE_TURN },
	{ "turn channel, wrong length", B("\x40\x01\x00\x08" RTP), 0, 0, 0, SHAPE_UDP },
	{ "turn channel of old", B("\x7f\xfe\x00\x0c" RTP), 0, 0, 0, SHAPE_TURN },
	{ "dtls", B("\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x02\x01\x00"), 0, 0, 0, SHAPE_DTLS },
	{ "dtls, two records", B("\x14\xfe\xff\0\0\0\0\0\0\0\0\0\x01\x01"
				 "\x16\xfe\xff\0\x01\0\0\0\0\0\0\0\x01\x01"), 0, 0, 0, SHAPE_DTLS },
	{ "dtls, cut", B("\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\xf0"), 253, 0, 0, SHAPE_DTLS },
	{ "dtls, wrong length", B("\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x05\x01"), 0, 0, 0, SHAPE_UDP },
	{ "dtls 1.3", B("\x2e\x00\x01\x00\x10" Z16), 0, 0, 0, SHAPE_DTLS },
	{ "dtls 1.3, wrong length", B("\x2e\x00\x01\x00\x11" Z16), 0, 0, 0, SHAPE_UDP },
	{ "zrtp", B("\x10\x00\x00\x01" "ZRTP" "\x00\x00\x00\x05"), 0, 0, 0, SHAPE_ZRTP },
	{ "quic", B("\xc3\x00\x00\x00\x01\x08" ID12), 0, 0, 0, SHAPE_QUIC },
	{ "quic 2", B("\xd3\x6b\x33\x43\xcf\x08" ID12), 0, 0, 0, SHAPE_QUIC },
	{ "quic, draft", B("\xc3\xff\x00\x00\x1d\x08" ID12), 0, 0, 0, SHAPE_QUIC },
	{ "quic, fixed bit off", B("\x83\x00\x00\x00\x01\x08" ID12), 0, 50000, 443, SHAPE_QUIC },
	{ "rtp like that", B("\x80\x00\x00\x00\x01\x08" ID12), 0, 0, 0, SHAPE_RTP },
	{ "quic, versions", B("\x81\x00\x00\x00\x00\x04" ID12 ID12), 0, 443, 50000, SHAPE_QUIC },
	{ "quic, short", B("\x43" ID12), 0, 443, 50000, SHAPE_QUIC },
	{ "no quic, short", B("\x43" ID12), 0, 0, 0, SHAPE_UDP },
	{ "no quic", B("\xc3\x12\x34\x56\x78\x08" ID12), 0, 0, 0, SHAPE_UDP },
	{ "dns", B("\x80\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01" "a\0\0\x01\0\x01"), 0,
	  50000, 53, SHAPE_DNS },
	{ "mdns", B("\0\0\x84\0\0\0\0\x01\0\0\0\0\x05"), 0, 5353, 5353, SHAPE_DNS },
	{ "llmnr", B("\x9f\x0e\0\0\0\x01\0\0\0\0\0\0\x05"), 0, 50000, 5355, SHAPE_DNS },
	{ "netbios", B("\x80\x69\x01\x10\0\x01\0\0\0\0\0\0\x20"), 0, 137, 137, SHAPE_NETBIOS },
	{ "ssdp", B("M-SEARCH * HTTP/1.1\r\n"), 0, 50000, 1900, SHAPE_SSDP },
	{ "dhcp", B("\x01\x01\x06\x00" ID12), 0, 68, 67, SHAPE_DHCP },
	{ "ntp, leap second", B("\xa3\x02\x06\xe8" ID12), 0, 50000, 123, SHAPE_NTP },
	{ "ntp", B("\x23\x02\x06\xe8" ID12), 0, 123, 123, SHAPE_NTP },
	{ "snmp", B("\x30\x26\x02\x01\x01\x04\x06public"), 0, 50000, 161, SHAPE_SNMP },
	{ "syslog", B("<34>Oct 11 22:14:15 x su: y"), 0, 50000, 514, SHAPE_SYSLOG },
	{ "radius", B("\x01\x07\x00\x14" Z16), 0, 50000, 1812, SHAPE_RADIUS },
	{ "no radius", B("\x01\x07\x00\x15" Z16), 0, 50000, 1812, SHAPE_UDP },
	{ "gtp", B("\x32\x01\x00\x04\0\0\0\0\0\0\0\0"), 0, 2123, 2123, SHAPE_GTP },
	{ "teredo", B("\x60\0\0\0\0\0\x3b\x15" Z16), 0, 50000, 3544, SHAPE_TEREDO },
	{ "vxlan", B("\x08\0\0\0\0\0\x01\0"), 0, 50000, 4789, SHAPE_VXLAN },
	{ "ike", B("\x91\x33\xc3\x02" ID12), 0, 500, 500, SHAPE_IPSEC },
	{ "esp in udp", B("\x91\x33\xc3\x02\0\0\0\x01" ID12), 0, 4500, 4500, SHAPE_IPSEC },
	{ "iax2", B("\x80\x01\x00\x02\x00\x00\x00\x03\x00\x00\x06\x01"), 0, 4569, 4569, SHAPE_IAX2 },
	{ "openvpn", B("\x38" ID12), 0, 50000, 1194, SHAPE_OPENVPN },
	{ "wireguard", B("\x04\0\0\0" ID12 Z16), 0, 0, 0, SHAPE_WIREGUARD },
	{ "bittorrent", B("d1:ad2:id20:"), 0, 0, 0, SHAPE_BITTORRENT },
	{ "utp", B("\x41\x00\x12\x34" "\x00\x00\x01\x40" "\0\0\0\0" "\0\x10\0\0" "\0\x01\0\0"), 0, 0, 0,
	  SHAPE_BITTORRENT },
	{ "a game", B("\xff\xff\xff\xffgetstatus"), 0, 0, 0, SHAPE_UDP },
};

static enum shape
ask(const struct row *r, struct str in)
{
	return shape_of(in, r->wire ? r->wire : (uint32_t)r->in.n, r->src ? r->src : 40000,
			r->dst ? r->dst : 40002);
}

static void
test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum shape shape = ask(&rows[i], rows[i].in);

		if (shape != rows[i].want)
			fail_msg("%s: %d", rows[i].name, shape);
	}
}

/* Cut at every byte, as by the snap length and on the wire: nothing beyond the end is
 * looked at. */
static void
test_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t n = 0; n <= rows[i].in.n; n++) {
			char *copy = xmalloc(n ? n : 1);
			struct str in = { copy, n };
			struct turn turn;

			memcpy(copy, rows[i].in.p, n);
			assert_true(ask(&rows[i], in) < SHAPE_COUNT);
			assert_true(shape_of(in, (uint32_t)n, 40000, 443) < SHAPE_COUNT);
			for (uint32_t port = 1; port < 60000; port += 500)
				if (shape_is_plain_rtp(in, (uint16_t)port, 5356))
					assert_int_equal(shape_of(in, (uint32_t)n, (uint16_t)port,
								  5356), SHAPE_RTP);
			shape_framed(in);
			turn_framed(in);
			if (turn_parse(in, (uint32_t)n, &turn))
				assert_true(turn.data.n <= n);
			free(copy);
		}
}

static void
test_framed(void **state)
{
	static const struct {
		struct str in;
		size_t want;
	} frames[] = {
		{ B(""), 0 }, { B("\x00"), 0 }, { B("\x00\x0c"), 0 },
		{ B("\x00\x0c" RTP), 14 }, { B("\x00\xac" RTP), 174 },
		{ B("\x00\x0c\x80\x00\x12"), 0 },
		{ B("\x00\x1c" SR), 30 },
		{ B("\x00\x05" RTP), SIZE_MAX }, { B("\x00\x0b" RTP), SIZE_MAX },
		{ B("GET / HTTP/1.1"), SIZE_MAX },
		{ B("\x00\x0c\x80\xc8\x12\x34\0\0\0\0\0\0\0\0"), SIZE_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(frames); i++)
		if (shape_framed(frames[i].in) != frames[i].want)
			fail_msg("row %zu: %zu", i, shape_framed(frames[i].in));
}

static void
check_peer(const struct turn *t, const char *want)
{
	struct buf b = BUF_INIT;

	net_endpoint_add(&b, &t->peer);
	assert_string_equal(b.p, want);
	buf_release(&b);
}

static void
test_turn(void **state)
{
	static const struct str
		data = B("\x00\x17\x00\x1c" COOKIE ID12 PEER "\x00\x13\x00\x0c" RTP),
		bind = B("\x00\x09\x00\x14" COOKIE ID12 "\x00\x0c\x00\x04\x40\x01\x00\x00" PEER),
		ip6 = B("\x00\x16\x00\x20" COOKIE ID12 "\x00\x12\x00\x14\x00\x02\xb5\x92"
			"\x01\x13\xa9\xfa\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0b"
			"\x00\x13\x00\x02xy\0\0"),
		channel = B("\x40\x01\x00\x0d" RTP "x\0\0\0"),
		none = B("\x00\x17\x00\x0c" COOKIE ID12 PEER);
	struct turn t;

	(void)state;
	assert_true(turn_parse(data, (uint32_t)data.n, &t));
	assert_int_equal(t.kind, TURN_DATA);
	assert_int_equal(t.data.n, 12);
	assert_int_equal(t.data_length, 12);
	check_peer(&t, "192.0.2.7:38016");
	/* The data cut by the snap length. */
	assert_true(turn_parse(str_sub(data, 0, data.n - 4), (uint32_t)data.n, &t));
	assert_int_equal(t.data.n, 8);
	assert_int_equal(t.data_length, 12);
	assert_true(turn_parse(bind, (uint32_t)bind.n, &t));
	assert_int_equal(t.kind, TURN_BIND);
	assert_int_equal(t.channel, 0x4001);
	check_peer(&t, "192.0.2.7:38016");
	assert_true(turn_parse(ip6, (uint32_t)ip6.n, &t));
	assert_int_equal(t.kind, TURN_SEND);
	check_peer(&t, "[2001:db8::7]:38016");
	assert_true(str_eq(t.data, STR("xy")));
	assert_true(turn_parse(channel, (uint32_t)channel.n, &t));
	assert_int_equal(t.kind, TURN_CHANNEL);
	assert_int_equal(t.channel, 0x4001);
	assert_int_equal(t.data_length, 13);
	assert_false(turn_parse(none, (uint32_t)none.n, &t));

	assert_int_equal(turn_framed(channel), 20);
	assert_int_equal(turn_framed(data), data.n);
	assert_int_equal(turn_framed(str_sub(data, 0, 7)), 0);
	assert_int_equal(turn_framed(STR("\x80")), SIZE_MAX);
	assert_int_equal(turn_framed(STR("\x00\x01\x00\x02")), SIZE_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes), cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_framed), cmocka_unit_test(test_turn),
	};

	return cmocka_run_group_tests_name("shape", tests, NULL, NULL);
}
