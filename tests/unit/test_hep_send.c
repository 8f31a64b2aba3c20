/* export/hep_send.h: the encoder against the parser, the sender against sockets of the
 * test and against a listener. */
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include "hep_tls.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "capture/capture.h"
#include "decode/decode.h"
#include "decode/hep.h"
#include "export/hep_send.h"

#define SIP "OPTIONS sip:b@example.com SIP/2.0\r\nCall-ID: x\r\n\r\n"

static struct hep_packet
packet_of(struct str payload)
{
	return (struct hep_packet){
		.src = { net_addr_ip4((const uint8_t *)"\xc0\x00\x02\x01"), 5060 },
		.dst = { net_addr_ip4((const uint8_t *)"\xc0\x00\x02\x02"), 5062 },
		.time = 1700000000 * NS_PER_S + 123456000, .protocol = 17, .type = HEP_SIP,
		.vlan = 42, .correlation = STR("x@y"), .payload = payload,
	};
}

static void
assert_same(const struct hep *hep, const struct hep_packet *p)
{
	assert_int_equal(hep->flaws, 0);
	assert_true(net_endpoint_eq(&hep->src, &p->src));
	assert_true(net_endpoint_eq(&hep->dst, &p->dst));
	assert_int_equal(hep->time, p->time);
	assert_int_equal(hep->protocol, p->protocol);
	assert_int_equal(hep->type, p->type);
	assert_int_equal(hep->vlan, p->vlan);
	assert_true(str_eq(hep->correlation, p->correlation));
	assert_true(str_eq(hep->payload, p->payload));
}

static void
test_round_trip(void **state)
{
	static const uint8_t ip6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 9 };
	struct hep_packet p = packet_of(STR(SIP));
	struct buf b = BUF_INIT;
	struct hep hep;

	(void)state;
	assert_true(hep_encode(&b, &p, 2001, "secret"));
	assert_int_equal(hep_length(buf_str(&b)), b.n);
	assert_true(hep_parse(buf_str(&b), &hep));
	assert_same(&hep, &p);
	assert_int_equal(hep.node, 2001);
	assert_true(str_eq(hep.key, STR("secret")));

	/* Appended behind the first; without what may be missing. */
	p.src.addr = p.dst.addr = net_addr_ip6(ip6);
	p.vlan = 0;
	p.correlation = STR_NONE;
	p.type = HEP_RTCP_JSON;
	p.protocol = 132;
	p.time = 0 * NS_PER_S + 1000;
	assert_true(hep_encode(&b, &p, 0, NULL));
	assert_true(hep_parse(str_skip(buf_str(&b), hep_length(buf_str(&b))), &hep));
	assert_int_equal(hep.flaws, HEP_FLAW_TIME);
	hep.flaws = 0;
	hep.time = p.time;
	assert_same(&hep, &p);
	assert_int_equal(hep.key.n, 0);

	p.time = TIME_NONE;
	buf_clear(&b);
	assert_true(hep_encode(&b, &p, 0, NULL));
	assert_true(hep_parse(buf_str(&b), &hep));
	assert_true(hep.time / NS_PER_S >= time(NULL) - 5 && hep.time / NS_PER_S <= time(NULL));
	buf_release(&b);
}

static void
test_too_long(void **state)
{
	char *big = xcalloc(1, 70000);
	struct buf b = BUF_INIT;
	struct hep hep;
	size_t most = 0;

	(void)state;
	buf_add_cstr(&b, "before");
	for (size_t n = 65300; n < 65536; n++) {
		struct hep_packet p = packet_of((struct str){ big, n });

		if (hep_encode(&b, &p, 1, "key")) {
			assert_int_equal(most, n == 65300 ? 0 : n - 1);
			most = n;
			assert_true(hep_parse(str_skip(buf_str(&b), 6), &hep));
			assert_same(&hep, &p);
			b.n = 6;
		}
		assert_int_equal(b.n, 6);
	}
	assert_true(most > 65300 && most < 65535);
	free(big);
	buf_release(&b);
}

/* ---- sockets ---- */

static int
socket_at(int type, uint16_t *port)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(*port),
	};
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 8), 0);
	getsockname(fd, (struct sockaddr *)&a, &n);
	*port = ntohs(a.sin_port);
	return fd;
}

static struct hep_send *
open_at(const char *kind, uint16_t port, const struct hep_send_options *options)
{
	char where[64];
	struct hep_send *s;
	struct err err = { "" };

	snprintf(where, sizeof(where), "%s:127.0.0.1:%u", kind, port);
	s = hep_send_open(where, options, &err);
	if (!s)
		fail_msg("%s", err.text);
	return s;
}

static bool
readable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

static void
test_udp(void **state)
{
	struct hep_send_options options = { .password = "pw", .node = 7 };
	struct hep_packet p = packet_of(STR(SIP));
	char bytes[2048], *big = xcalloc(1, 65530);
	struct hep_send_stats stats;
	uint16_t port = 0;
	int fd = socket_at(SOCK_DGRAM, &port);
	struct hep_send *s = open_at("udp", port, &options);
	struct hep hep;

	(void)state;
	for (int i = 0; i < 10; i++) {
		hep_send_add(s, &p);
		assert_true(readable(fd, 1000));
		assert_true(hep_parse((struct str){ bytes, (size_t)recv(fd, bytes, sizeof(bytes),
				      0) }, &hep));
		assert_same(&hep, &p);
		assert_int_equal(hep.node, 7);
	}
	p.payload = (struct str){ big, 65400 };
	hep_send_add(s, &p);
	p.payload.n = 65530;
	hep_send_add(s, &p);
	/* Nobody there: counted, and it goes on. */
	close(fd);
	p.payload = STR(SIP);
	for (int i = 0; i < 4; i++)
		hep_send_add(s, &p);
	assert_true(hep_send_wait(s, true, NS_PER_S));
	hep_send_stats(s, &stats);
	assert_int_equal(stats.packets, 16);
	assert_int_equal(stats.too_long, 2);
	assert_int_equal(stats.sent, 14);
	assert_int_equal(stats.dropped, 0);
	assert_true(stats.failures > 0);
	assert_true(strlen(hep_send_error(s)) > 0);
	hep_send_close(s);
	free(big);
}

/* Read packets of the stream until the payload of one is @p last. @return how many. */
static unsigned
read_until(int fd, const char *last)
{
	struct buf b = BUF_INIT;
	unsigned count = 0;
	bool found = false;

	while (!found && readable(fd, 5000)) {
		size_t at = 0, n;
		ssize_t r = recv(fd, buf_reserve(&b, 4096), 4096, 0);

		assert_true(r > 0);
		b.n += (size_t)r;
		for (;;) {
			struct str rest = str_skip(buf_str(&b), at);
			struct hep hep;

			n = hep_length(rest);
			assert_true(n != SIZE_MAX);
			if (n == 0 || n > rest.n)
				break;
			assert_true(hep_parse(str_sub(rest, 0, n), &hep));
			assert_int_equal(hep.flaws, 0);
			found |= str_eq(hep.payload, str_of(last));
			count++;
			at += n;
		}
		memmove(b.p, b.p + at, b.n - at);
		b.n -= at;
	}
	assert_true(found);
	buf_release(&b);
	return count;
}

static void
add_text(struct hep_send *s, const char *text)
{
	struct hep_packet p = packet_of(str_of(text));

	hep_send_add(s, &p);
}

/* The collector goes, and comes back. */
static void
test_tcp(void **state)
{
	struct hep_send_stats stats;
	uint16_t port = 0;
	int fd = socket_at(SOCK_STREAM, &port), conn;
	struct hep_send *s = open_at("tcp", port, NULL);

	(void)state;
	for (int i = 0; i < 1000; i++)
		add_text(s, "one of many");
	add_text(s, "last");
	conn = accept(fd, NULL, NULL);
	assert_true(hep_send_wait(s, true, NS_PER_S));
	assert_int_equal(read_until(conn, "last"), 1001);
	close(conn);
	close(fd);
	/* It is seen before anything is sent into the void. */
	hep_send_wait(s, true, NS_PER_S / 10);
	hep_send_run(s);
	add_text(s, "later");
	hep_send_stats(s, &stats);
	assert_int_equal(stats.failures, 1);
	assert_int_equal(stats.sent, 1001);
	fd = socket_at(SOCK_STREAM, &port);
	assert_true(hep_send_wait(s, true, 3 * NS_PER_S));
	conn = accept(fd, NULL, NULL);
	assert_int_equal(read_until(conn, "later"), 1);
	hep_send_stats(s, &stats);
	assert_int_equal(stats.connects, 2);
	assert_int_equal(stats.sent, 1002);
	assert_int_equal(stats.dropped, 0);
	hep_send_close(s);
	close(conn);
	close(fd);
}

/* The collector takes nothing: the queue fills, and drops are counted. */
static void
test_overflow(void **state)
{
	struct hep_send_options options = { .queue = 100000 };
	struct hep_send_stats stats;
	uint16_t port = 0;
	int fd = socket_at(SOCK_STREAM, &port), conn;
	struct hep_send *s = open_at("tcp", port, &options);
	char *text = xcalloc(1, 20001);
	unsigned sent;

	(void)state;
	memset(text, 'x', 20000);
	/* The buffers of the system grow, but not for ever. */
	do
		for (int i = 0; i < 500; i++)
			add_text(s, text);
	while (hep_send_wait(s, false, NS_PER_S / 20));
	assert_true(hep_send_full(s));
	hep_send_stats(s, &stats);
	assert_true(stats.dropped > 100);
	sent = (unsigned)stats.sent;

	/* The one that breaks off in its middle comes whole on the next connection. */
	conn = accept(fd, NULL, NULL);
	close(conn);
	assert_true(hep_send_wait(s, true, 3 * NS_PER_S));
	conn = accept(fd, NULL, NULL);
	add_text(s, "end");
	assert_true(hep_send_wait(s, true, NS_PER_S));
	assert_true(read_until(conn, "end") >= 4);
	hep_send_stats(s, &stats);
	assert_true(stats.sent > sent);
	assert_int_equal(stats.packets, stats.sent + stats.dropped);

	/* Gone for good: what is queued is dropped. */
	close(conn);
	close(fd);
	hep_send_run(s);
	add_text(s, "nobody");
	assert_false(hep_send_wait(s, true, NS_PER_S / 20));
	hep_send_stats(s, &stats);
	assert_int_equal(stats.packets, stats.sent + stats.dropped);
	assert_true(stats.failures >= 2);
	hep_send_close(s);
	free(text);
}

static void
test_errors(void **state)
{
	static const char *const bad[] = {
		"", "udp", "udp:127.0.0.1", "sctp:127.0.0.1:1", "udp::9060", "udp:9060",
		"tcp:127.0.0.1:0", "tcp:127.0.0.1:x",
	};
	struct hep_send_options options = { .ca = "/nonexistent" };
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		err.text[0] = '\0';
		assert_null(hep_send_open(bad[i], NULL, &err));
		assert_true(err.text[0] != '\0');
	}
	assert_null(hep_send_open("tls:127.0.0.1:1", &options, &err));
	assert_non_null(strstr(err.text, "/nonexistent"));
	hep_send_close(NULL);
}

/* ---- with the listener ---- */

/* Take records until @p want came or it takes too long. @return how many came. */
static unsigned
take(struct capture *c, struct hep_send *s, unsigned want)
{
	struct decoder *d = decoder_new();
	unsigned n = 0, idle = 0;

	while (n < want && idle < 300) {
		struct record rec;
		struct segment seg;
		struct hep hep;

		hep_send_run(s);
		if (capture_next(c, &rec) != CAPTURE_RECORD) {
			idle += !readable(capture_fd(c), 10);
			continue;
		}
		assert_int_equal(decode_record(d, &rec, &seg), DECODE_SEGMENT);
		assert_true(hep_parse(seg.payload, &hep));
		assert_int_equal(hep.flaws, 0);
		n++;
	}
	decoder_free(d);
	return n;
}

static void
test_tls(void **state)
{
	struct tls_files files;
	struct hep_listen listen = { .password = "pw" };
	struct hep_send_options options = { .password = "pw" };
	struct capture *c = capture_new();
	struct hep_listen_stats got;
	struct hep_send_stats stats;
	struct hep_send *s;
	char *big = xcalloc(1, 60001);
	struct err err = { "" };
	uint16_t port;

	(void)state;
	memset(big, 'y', 60000);
	tls_files_make(&files);
	listen.cert = files.cert;
	listen.key = files.key;
	assert_int_equal(capture_add_hep(c, "tls:127.0.0.1:0", &listen, &err), 0);
	port = capture_hep_port(c, 0);

	/* Not verified. */
	options.insecure = true;
	s = open_at("tls", port, &options);
	for (int i = 0; i < 50; i++)
		add_text(s, i % 10 == 5 ? big : SIP);
	assert_int_equal(take(c, s, 50), 50);
	hep_send_stats(s, &stats);
	assert_int_equal(stats.sent, 50);
	assert_int_equal(stats.connects, 1);
	hep_send_close(s);

	/* Verified, and trusted. */
	options.insecure = false;
	options.ca = files.cert;
	s = open_at("tls", port, &options);
	add_text(s, SIP);
	assert_int_equal(take(c, s, 1), 1);
	hep_send_close(s);

	/* Verified, and not. */
	options.ca = NULL;
	s = open_at("tls", port, &options);
	add_text(s, SIP);
	for (int i = 0; i < 100 && hep_send_error(s)[0] == '\0'; i++) {
		struct record rec;

		assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
		readable(capture_fd(c), 10);
		hep_send_run(s);
	}
	assert_non_null(strstr(hep_send_error(s), "certificate"));
	hep_send_stats(s, &stats);
	assert_int_equal(stats.connects, 0);
	assert_int_equal(stats.failures, 1);
	assert_int_equal(stats.sent, 0);
	hep_send_close(s);

	capture_hep_stats(c, &got);
	assert_int_equal(got.packets, 51);
	assert_int_equal(got.connections, 3);
	capture_free(c);
	tls_files_remove(&files);
	free(big);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_tls),
	};

	return cmocka_run_group_tests_name("hep_send", tests, NULL, NULL);
}
