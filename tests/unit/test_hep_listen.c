/* capture_add_hep(): datagrams, connections, TLS, passwords, floods, the end. */
#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <gnutls/gnutls.h>

#include "capture_build.h"
#include "hep_tls.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "capture/hep_listen.h"
#include "decode/decode.h"
#include "net/hep_wire.h"

/* A version 3 packet with a payload of @p n times @p fill, and a key unless NULL. */
static void
put_hep(struct buf *b, const char *key, char fill, size_t n)
{
	size_t start = b->n, all, length = 6 + n;
	char head[6] = { 0, 0, 0, 15, (char)(length >> 8), (char)length };

	buf_add(b, "HEP3\0\0", 6);
	if (key) {
		buf_add(b, "\0\0\0\x0e\0", 5);
		buf_add_char(b, (char)(6 + strlen(key)));
		buf_add_cstr(b, key);
	}
	buf_add(b, head, 6);
	buf_add_chars(b, fill, n);
	all = b->n - start;
	b->p[start + 4] = (char)(all >> 8);
	b->p[start + 5] = (char)all;
}

static uint16_t
listen_at(struct capture *c, const char *where, const struct hep_listen *options)
{
	struct err err = { "" };

	if (capture_add_hep(c, where, options, &err) != 0)
		fail_msg("%s", err.text);
	assert_true(capture_hep_port(c, capture_source_count(c) - 1) > 0);
	return capture_hep_port(c, capture_source_count(c) - 1);
}

/* @return a socket connected to @p port of this machine. */
static int
dial(int family, int type, uint16_t port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port),
	};
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback, .sin6_port = htons(port),
	};
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(family == AF_INET ? connect(fd, (struct sockaddr *)&in, sizeof(in)) :
			 connect(fd, (struct sockaddr *)&in6, sizeof(in6)), 0);
	return fd;
}

static void
say(int fd, const struct buf *b)
{
	assert_int_equal(send(fd, b->p, b->n, MSG_NOSIGNAL), b->n);
}

/* The next record; fails after three seconds without. */
static void
next_live(struct capture *c, struct record *rec)
{
	for (int i = 0; i < 300; i++) {
		struct pollfd p = { .events = POLLIN };
		enum capture_status st = capture_next(c, rec);

		if (st == CAPTURE_RECORD)
			return;
		assert_int_equal(st, CAPTURE_WAIT);
		p.fd = capture_fd(c);
		assert_true(p.fd >= 0);
		poll(&p, 1, 10);
	}
	fail_msg("no record came");
}

/* Whether what is to be polled becomes readable. */
static bool
wakes(const struct capture *c, int ms)
{
	struct pollfd p = { .fd = capture_fd(c), .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

/* Turns in which nothing comes. */
static void
idle(struct capture *c, int ms)
{
	for (int i = 0; i < ms; i += 10) {
		struct record rec;
		struct pollfd p = { .events = POLLIN };

		assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
		p.fd = capture_fd(c);
		poll(&p, 1, 10);
	}
}

/* What a decoder makes of the record: the payload, and whom it is from. */
static void
check_record(const struct record *rec, size_t n, const char *src, const char *dst, uint16_t port)
{
	struct decoder *d = decoder_new();
	struct buf b = BUF_INIT;
	struct segment seg;

	assert_int_equal(rec->link, 101);
	assert_int_equal(rec->caplen, rec->wirelen);
	assert_true(rec->fleeting);
	assert_true(rec->time / NS_PER_S >= time(NULL) - 5);
	/* time() may lag behind the clock of records by a tick. */
	assert_true(rec->time / NS_PER_S <= time(NULL) + 1);
	assert_int_equal(decode_record(d, rec, &seg), DECODE_SEGMENT);
	assert_int_equal(seg.kind, SEGMENT_UDP);
	assert_int_equal(seg.flaws, 0);
	assert_int_equal(seg.payload.n, n);
	assert_int_equal(hep_wire_length(seg.payload), n);
	net_addr_add(&b, &seg.src.addr);
	assert_string_equal(b.p, src);
	buf_clear(&b);
	net_addr_add(&b, &seg.dst.addr);
	assert_string_equal(b.p, dst);
	assert_int_equal(seg.dst.port, port);
	assert_true(seg.src.port > 0);
	buf_release(&b);
	decoder_free(d);
}

static void
test_udp(void **state)
{
	struct capture *c = capture_new();
	struct hep_listen_stats stats;
	struct buf b = BUF_INIT;
	struct record rec;
	uint16_t port = listen_at(c, "udp:127.0.0.1:0", NULL), all = listen_at(c, "udp::0", NULL);
	int fd = dial(AF_INET, SOCK_DGRAM, port), fd4 = dial(AF_INET, SOCK_DGRAM, all);

	(void)state;
	assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
	for (uint32_t i = 1; i <= 100; i++) {
		buf_clear(&b);
		put_hep(&b, NULL, 'a', i);
		say(fd, &b);
		next_live(c, &rec);
		check_record(&rec, 12 + i, "127.0.0.1", "127.0.0.1", port);
		assert_int_equal(rec.frame, i);
		assert_int_equal(rec.source, 0);
		assert_int_equal(rec.data[rec.caplen - 1], 'a');
	}
	/* To a listener of all addresses: which one it was is known. */
	say(fd4, &b);
	next_live(c, &rec);
	check_record(&rec, 112, "127.0.0.1", "127.0.0.1", all);
	assert_int_equal(rec.source, 1);
	assert_int_equal(rec.frame, 1);
	/* No HEP, then some; the longest. */
	assert_int_equal(send(fd, "INVITE", 6, 0), 6);
	assert_int_equal(send(fd, "", 0, 0), 0);
	buf_clear(&b);
	put_hep(&b, NULL, 'z', 65507 - 12);
	say(fd, &b);
	next_live(c, &rec);
	check_record(&rec, 65507, "127.0.0.1", "127.0.0.1", port);
	/* A burst. */
	buf_clear(&b);
	put_hep(&b, NULL, 'b', 100);
	for (int i = 0; i < 200; i++)
		say(fd, &b);
	for (int i = 0; i < 200; i++)
		next_live(c, &rec);
	capture_hep_stats(c, &stats);
	assert_int_equal(stats.packets, 302);
	assert_int_equal(stats.bad, 2);
	assert_int_equal(stats.refused, 0);
	assert_string_equal(capture_source_at(c, 0)->format, "hep");
	assert_string_equal(capture_source_at(c, 0)->name, "udp:127.0.0.1:0");
	assert_int_equal(capture_source_at(c, 0)->stats.records, 301);
	assert_int_equal(capture_source_at(c, 0)->stats.dropped, 0);

	/* What has come by the stop is still given; then it is over. */
	for (int i = 0; i < 3; i++)
		say(fd, &b);
	usleep(1000);
	capture_stop(c);
	for (int i = 0; i < 3; i++)
		next_live(c, &rec);
	assert_int_equal(capture_next(c, &rec), CAPTURE_END);
	assert_int_equal(capture_hep_port(c, 0), 0);
	capture_hep_stats(c, &stats);
	assert_int_equal(stats.packets, 305);
	capture_free(c);
	close(fd);
	close(fd4);
	buf_release(&b);
}

static void
test_ip6(void **state)
{
	struct capture *c = capture_new();
	struct buf b = BUF_INIT;
	struct record rec;
	struct err err;
	uint16_t udp, tcp;
	int fd;

	(void)state;
	if (capture_add_hep(c, "udp:[::1]:0", NULL, &err) != 0) {
		capture_free(c);
		skip();
	}
	udp = capture_hep_port(c, 0);
	tcp = listen_at(c, "tcp:[::1]:0", NULL);
	put_hep(&b, NULL, 'a', 65000);
	fd = dial(AF_INET6, SOCK_DGRAM, udp);
	say(fd, &b);
	next_live(c, &rec);
	check_record(&rec, 65012, "::1", "::1", udp);
	close(fd);
	fd = dial(AF_INET6, SOCK_STREAM, tcp);
	buf_clear(&b);
	put_hep(&b, NULL, 'a', 65535 - 12);
	say(fd, &b);
	next_live(c, &rec);
	check_record(&rec, 65535, "::1", "::1", tcp);
	close(fd);
	capture_free(c);
	buf_release(&b);
}

/* Headers of both families, at the sizes where their lengths end. */
static void
test_record(void **state)
{
	static const size_t sizes[] = { 12, 100, 65507, 65508, 65527, 65528, 65535 };
	static const uint8_t ip6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 9 };
	struct net_endpoint src[2] = {
		{ net_addr_ip4((const uint8_t *)"\x7f\0\0\1"), 7 }, { net_addr_ip6(ip6), 7 },
	};
	struct net_endpoint none = { .port = 9060 };
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		const struct net_endpoint *from = &src[i % 2];
		size_t n = sizes[i / 2];
		uint8_t *bytes = xmalloc(HEP_HEADROOM + n);
		struct record rec;

		buf_clear(&b);
		put_hep(&b, NULL, 'r', n - 12);
		memcpy(bytes + HEP_HEADROOM, b.p, n);
		hep_record(bytes + HEP_HEADROOM, n, from, from, time(NULL) * NS_PER_S, &rec);
		rec.fleeting = true;
		check_record(&rec, n, i % 2 ? "2001:db8::9" : "127.0.0.1",
			     i % 2 ? "2001:db8::9" : "127.0.0.1", 7);
		/* Where the own address is not known, it is all zeroes. */
		hep_record(bytes + HEP_HEADROOM, n, from, &none, time(NULL) * NS_PER_S, &rec);
		rec.fleeting = true;
		check_record(&rec, n, i % 2 ? "2001:db8::9" : "127.0.0.1",
			     i % 2 ? "::" : "0.0.0.0", 9060);
		free(bytes);
	}
	buf_release(&b);
}

/* A stream cut anyhow gives the same packets. */
static void
test_tcp(void **state)
{
	static const size_t pieces[] = { 1, 19, 100, 4096, 1000000 };
	static const size_t sizes[] = { 1, 0, 5000, 65523, 3, 65510, 20000 };
	struct capture *c = capture_new();
	struct hep_listen_stats stats;
	struct buf b = BUF_INIT;
	struct record rec;
	uint16_t port = listen_at(c, "tcp:127.0.0.1:0", NULL);
	size_t want = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		int fd = dial(AF_INET, SOCK_STREAM, port);
		/* Byte by byte only what is short. */
		size_t at = 0, got = 0, count = pieces[i] == 1 ? 3 : ARRAY_SIZE(sizes);

		buf_clear(&b);
		for (size_t k = 0; k < count; k++)
			put_hep(&b, NULL, (char)('a' + k), sizes[k]);
		want += count;

		fcntl(fd, F_SETFL, O_NONBLOCK);
		for (int turns = 0; got < count && turns < 400000; turns++) {
			size_t n = pieces[i] < b.n - at ? pieces[i] : b.n - at;
			ssize_t r = n > 0 ? send(fd, b.p + at, n, MSG_NOSIGNAL) : 0;

			at += r > 0 ? (size_t)r : 0;
			if (capture_next(c, &rec) != CAPTURE_RECORD)
				continue;
			check_record(&rec, 12 + sizes[got], "127.0.0.1", "127.0.0.1", port);
			if (sizes[got] > 0)
				assert_int_equal(rec.data[rec.caplen - 1], 'a' + got);
			got++;
		}
		assert_int_equal(got, count);
		close(fd);
	}
	idle(c, 20);
	capture_hep_stats(c, &stats);
	assert_int_equal(stats.packets, want);
	assert_int_equal(stats.connections, ARRAY_SIZE(pieces));
	assert_int_equal(stats.bad, 0);
	capture_free(c);
	buf_release(&b);
}

/* What is no HEP ends its connection and no other. */
static void
test_tcp_bad(void **state)
{
	struct capture *c = capture_new();
	struct hep_listen_stats stats;
	struct buf b = BUF_INIT;
	struct record rec;
	uint16_t port = listen_at(c, "tcp:127.0.0.1:0", NULL);
	int good = dial(AF_INET, SOCK_STREAM, port), bad = dial(AF_INET, SOCK_STREAM, port);
	int half = dial(AF_INET, SOCK_STREAM, port), short_ = dial(AF_INET, SOCK_STREAM, port);
	char byte;

	(void)state;
	put_hep(&b, NULL, 'a', 50);
	assert_int_equal(send(bad, "GET / HTTP/1.1\r\n", 16, 0), 16);
	assert_int_equal(send(short_, "HEP3\0\5x", 7, 0), 7);
	assert_int_equal(send(half, b.p, b.n - 1, 0), b.n - 1);
	close(half);
	idle(c, 50);
	assert_true(recv(bad, &byte, 1, 0) <= 0);
	assert_true(recv(short_, &byte, 1, 0) <= 0);
	say(good, &b);
	next_live(c, &rec);
	capture_hep_stats(c, &stats);
	assert_int_equal(stats.bad, 3);
	assert_int_equal(stats.packets, 1);
	assert_int_equal(stats.connections, 4);
	close(good);
	close(bad);
	close(short_);
	capture_free(c);
	buf_release(&b);
}

static void
test_password(void **state)
{
	static const struct {
		const char *key;
		bool right;
	} cases[] = {
		{ "secret", true }, { NULL, false }, { "", false }, { "secre", false },
		{ "secret1", false }, { "Secret", false }, { "secret", true },
	};
	struct hep_listen options = { .password = "secret" };
	struct capture *c = capture_new();
	struct hep_listen_stats stats;
	struct buf b = BUF_INIT;
	struct record rec;
	uint16_t udp = listen_at(c, "udp:127.0.0.1:0", &options);
	uint16_t tcp = listen_at(c, "tcp:127.0.0.1:0", &options);
	int u = dial(AF_INET, SOCK_DGRAM, udp), t = dial(AF_INET, SOCK_STREAM, tcp);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		buf_clear(&b);
		put_hep(&b, cases[i].key, cases[i].right ? 'r' : 'w', 20);
		say(u, &b);
		say(t, &b);
	}
	/* Version 2 has no password. */
	assert_int_equal(send(u, "\x02\x10\x02\x11\0\0\0\0\0\0\0\0\0\0\0\0x", 17, 0), 17);
	for (int i = 0; i < 4; i++) {
		next_live(c, &rec);
		assert_int_equal(rec.data[rec.caplen - 1], 'r');
	}
	idle(c, 30);
	capture_hep_stats(c, &stats);
	assert_int_equal(stats.packets, 4);
	assert_int_equal(stats.refused, 11);
	assert_int_equal(stats.bad, 0);
	close(u);
	close(t);
	capture_free(c);
	buf_release(&b);
}

/* Many connections, more than there are descriptors for. */
static void
test_many(void **state)
{
	struct capture *c = capture_new();
	struct hep_listen_stats stats;
	struct rlimit was, few;
	struct buf b = BUF_INIT;
	struct record rec;
	uint16_t port = listen_at(c, "tcp:127.0.0.1:0", NULL);
	int fds[200], n = 0;

	(void)state;
	put_hep(&b, NULL, 'm', 30);
	for (; n < 100; n++) {
		fds[n] = dial(AF_INET, SOCK_STREAM, port);
		say(fds[n], &b);
	}
	for (int i = 0; i < 100; i++)
		next_live(c, &rec);
	getrlimit(RLIMIT_NOFILE, &was);
	for (; n < 120; n++)
		fds[n] = dial(AF_INET, SOCK_STREAM, port);
	few = was;
	few.rlim_cur = (rlim_t)fds[119] + 5;
	/* Those above are taken already, or not to be had. */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	idle(c, 50);
	capture_hep_stats(c, &stats);
	assert_int_equal(stats.connections + stats.dropped, 120);
	assert_true(stats.dropped >= 10);
	setrlimit(RLIMIT_NOFILE, &was);
	/* All that were there before work as ever. */
	for (int i = 0; i < 100; i++) {
		say(fds[i], &b);
		next_live(c, &rec);
	}
	capture_hep_stats(c, &stats);
	assert_int_equal(stats.packets, 200);
	capture_stop(c);
	assert_int_equal(capture_next(c, &rec), CAPTURE_END);
	while (n > 0)
		close(fds[--n]);
	capture_free(c);
	buf_release(&b);
}

/* A file beside a listener is read on; a silent pipe does not hold the listener. */
static void
test_beside_others(void **state)
{
	struct capture *c = capture_new();
	struct maker m = { 0 };
	struct buf b = BUF_INIT;
	struct record rec;
	struct err err;
	uint16_t port = listen_at(c, "udp:127.0.0.1:0", NULL);
	int fd = dial(AF_INET, SOCK_DGRAM, port), file, pipes[2];

	(void)state;
	put_hep(&b, NULL, 'l', 30);
	put_pcap_header(&m, 0xa1b2c3d4, 1);
	for (unsigned i = 0; i < 300; i++)
		put_pcap_record(&m, 1000 + i, 0, 'f', 10);
	file = file_of(m.b.p, m.b.n);
	assert_int_equal(capture_add_fd(c, file, "f", &err), 0);
	say(fd, &b);
	for (unsigned i = 0; i < 300; i++) {
		assert_int_equal(capture_next(c, &rec), CAPTURE_RECORD);
		assert_int_equal(rec.source, 1);
		assert_false(capture_stays(c));
	}
	next_live(c, &rec);
	assert_int_equal(rec.source, 0);
	idle(c, 20);

	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], m.b.p, 24 + 26), 24 + 26);
	assert_int_equal(capture_add_fd(c, pipes[0], "p", &err), 0);
	next_live(c, &rec);
	assert_int_equal(rec.source, 2);
	idle(c, 20);
	say(fd, &b);
	next_live(c, &rec);
	assert_int_equal(rec.source, 0);
	/* Either wakes up who polls. */
	idle(c, 20);
	assert_int_equal(write(pipes[1], m.b.p + 24, 26), 26);
	assert_true(wakes(c, 1000));
	next_live(c, &rec);
	assert_int_equal(rec.source, 2);
	idle(c, 20);
	say(fd, &b);
	assert_true(wakes(c, 1000));
	next_live(c, &rec);
	assert_int_equal(rec.source, 0);
	/* A file held by the pipe does not hold the listener either. */
	assert_int_equal(capture_add_fd(c, file, "again", &err), 0);
	idle(c, 20);
	for (int i = 0; i < 5; i++) {
		say(fd, &b);
		next_live(c, &rec);
		assert_int_equal(rec.source, 0);
	}
	close(pipes[1]);
	for (unsigned i = 0; i < 300; i++) {
		next_live(c, &rec);
		assert_int_equal(rec.source, 3);
	}
	/* The pipe is gone from what is polled. */
	assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
	assert_false(wakes(c, 20));
	capture_stop(c);
	assert_int_equal(capture_next(c, &rec), CAPTURE_END);
	capture_free(c);
	close(pipes[0]);
	close(file);
	close(fd);
	buf_release(&b);
	buf_release(&m.b);
}

/* The BPF filter sees what carries HEP. */
static void
test_filter(void **state)
{
	struct capture *c = capture_new();
	struct buf b = BUF_INIT;
	struct record rec;
	struct err err;
	char filter[40];
	uint16_t a = listen_at(c, "udp:127.0.0.1:0", NULL);
	uint16_t z = listen_at(c, "udp:127.0.0.1:0", NULL);
	int fa = dial(AF_INET, SOCK_DGRAM, a), fz = dial(AF_INET, SOCK_DGRAM, z);

	(void)state;
	snprintf(filter, sizeof(filter), "udp dst port %u", z);
	assert_int_equal(capture_set_filter(c, filter, &err), 0);
	put_hep(&b, NULL, 'f', 10);
	say(fa, &b);
	say(fz, &b);
	next_live(c, &rec);
	assert_int_equal(rec.source, 1);
	idle(c, 20);
	assert_int_equal(capture_source_at(c, 0)->stats.filtered, 1);
	close(fa);
	close(fz);
	capture_free(c);
	buf_release(&b);
}

static void
test_errors(void **state)
{
	static const char *const bad[] = {
		"", "udp", "udp:", "udp:127.0.0.1", "udp:127.0.0.1:70000", "tls:127.0.0.1:0",
		"sctp:127.0.0.1:1", "udp:192.0.2.77:0",
	};
	struct hep_listen options = { .cert = "/nonexistent/a", .key = "/nonexistent/b" };
	struct capture *c = capture_new();
	struct record rec;
	char where[40];
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		err.text[0] = '\0';
		assert_int_equal(capture_add_hep(c, bad[i], NULL, &err), -1);
		assert_true(err.text[0] != '\0');
	}
	assert_int_equal(capture_add_hep(c, "tls:127.0.0.1:0", &options, &err), -1);
	assert_non_null(strstr(err.text, "/nonexistent/a"));
	assert_int_equal(capture_source_count(c), 0);
	assert_int_equal(capture_next(c, &rec), CAPTURE_END);
	/* Taken by another. */
	snprintf(where, sizeof(where), "tcp:127.0.0.1:%u",
		 listen_at(c, "tcp:127.0.0.1:0", NULL));
	assert_int_equal(capture_add_hep(c, where, NULL, &err), -1);
	assert_non_null(strstr(err.text, where));
	capture_free(c);
}

/* ---- TLS ---- */

static gnutls_session_t
tls_client(int fd, gnutls_certificate_credentials_t credentials)
{
	gnutls_session_t session;

	assert_int_equal(gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_NONBLOCK), 0);
	gnutls_set_default_priority(session);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_transport_set_int(session, fd);
	return session;
}

static void
test_tls(void **state)
{
	struct tls_files files;
	struct hep_listen options = { 0 };
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;
	struct capture *c = capture_new();
	struct hep_listen_stats stats;
	struct buf b = BUF_INIT;
	struct record rec;
	uint16_t port;
	int fd, plain, r;

	(void)state;
	tls_files_make(&files);
	options.cert = files.cert;
	options.key = files.key;
	port = listen_at(c, "tls:127.0.0.1:0", &options);
	plain = dial(AF_INET, SOCK_STREAM, port);
	fd = dial(AF_INET, SOCK_STREAM, port);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	gnutls_certificate_allocate_credentials(&credentials);
	session = tls_client(fd, credentials);
	for (int i = 0; (r = gnutls_handshake(session)) == GNUTLS_E_AGAIN && i < 300; i++) {
		assert_int_equal(capture_next(c, &rec), CAPTURE_WAIT);
		poll(&(struct pollfd){ .fd = capture_fd(c), .events = POLLIN }, 1, 10);
	}
	assert_int_equal(r, 0);
	/* Three packets in a record, then one in many records of a byte. */
	for (int i = 0; i < 3; i++)
		put_hep(&b, NULL, (char)('a' + i), 40);
	assert_int_equal(gnutls_record_send(session, b.p, b.n), b.n);
	for (int i = 0; i < 3; i++) {
		next_live(c, &rec);
		check_record(&rec, 52, "127.0.0.1", "127.0.0.1", port);
		assert_int_equal(rec.data[rec.caplen - 1], 'a' + i);
	}
	for (size_t i = 0; i < 52; i++)
		assert_int_equal(gnutls_record_send(session, b.p + i, 1), 1);
	next_live(c, &rec);
	assert_int_equal(rec.data[rec.caplen - 1], 'a');
	/* One who does not speak TLS. */
	say(plain, &b);
	idle(c, 30);
	gnutls_bye(session, GNUTLS_SHUT_WR);
	gnutls_deinit(session);
	close(fd);
	idle(c, 30);
	capture_hep_stats(c, &stats);
	assert_int_equal(stats.packets, 4);
	assert_int_equal(stats.bad, 1);
	assert_int_equal(stats.connections, 2);
	gnutls_certificate_free_credentials(credentials);
	close(plain);
	capture_free(c);
	tls_files_remove(&files);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_ip6),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_tcp_bad),
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_beside_others),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_tls),
	};

	return cmocka_run_group_tests_name("hep_listen", tests, NULL, NULL);
}
