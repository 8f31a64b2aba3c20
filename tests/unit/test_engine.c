/* The engine with an input that comes once, within bounds: what is held of the log is what
 * messages in the store need, and no more. */
#include "capture_build.h"

#include "app/engine.h"
#include "base/bytes.h"
#include "capture/capture_int.h"

#define OTHERS	20u

/* An IPv4 packet without checksums, which nobody asks for. */
static void
put_packet(struct maker *m, uint32_t time, uint8_t protocol, const struct buf *payload)
{
	uint8_t ip[20] = { 0x45, 0, 0, 0, 0, 1, 0, 0, 64, 0, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2 };
	uint16_t n = (uint16_t)(sizeof(ip) + payload->n);

	ip[2] = (uint8_t)(n >> 8);
	ip[3] = (uint8_t)n;
	ip[9] = protocol;
	put32(m, time);
	put32(m, 0);
	put32(m, n);
	put32(m, n);
	buf_add(&m->b, ip, sizeof(ip));
	buf_add(&m->b, payload->p, payload->n);
}

static void
put_ports(struct maker *m)
{
	m->big = true;
	put16(m, 40000);
	put16(m, 5060);
}

static void
put_udp(struct maker *m, uint32_t time, const struct buf *text)
{
	struct maker udp = { 0 };

	put_ports(&udp);
	put16(&udp, (uint16_t)(8 + text->n));
	put16(&udp, 0);
	buf_add_str(&udp.b, buf_str(text));
	put_packet(m, time, 17, &udp.b);
	buf_release(&udp.b);
}

static void
put_tcp(struct maker *m, uint32_t time, uint32_t seq, uint8_t flags, const struct buf *text)
{
	struct maker tcp = { 0 };

	put_ports(&tcp);
	put32(&tcp, seq);
	put32(&tcp, 1);
	put16(&tcp, (uint16_t)(0x5000 | flags));
	put16(&tcp, 65535);
	put32(&tcp, 0);
	buf_add_str(&tcp.b, buf_str(text));
	put_packet(m, time, 6, &tcp.b);
	buf_release(&tcp.b);
}

static void
make_ping(struct buf *b, unsigned n)
{
	buf_clear(b);
	buf_printf(b, "OPTIONS sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK%u\r\n"
		   "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: ping-%u\r\n"
		   "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n", n, n);
}

/* OTHERS of them, by UDP. */
static void
put_pings(struct maker *m, struct buf *text)
{
	for (unsigned i = 0; i < OTHERS; i++) {
		make_ping(text, i);
		put_udp(m, 3 + i, text);
	}
}

/* An engine on a pipe that holds a whole capture, with room for one call. */
static int
begin(struct engine *e, struct maker *m, bool unfinished_stay)
{
	const struct store_bounds bounds = { .calls = 1, .unfinished_stay = unfinished_stay };
	struct err err;
	int p[2];

	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], m->b.p, m->b.n), m->b.n);
	close(p[1]);
	buf_release(&m->b);
	engine_init(e);
	store_set_bounds(e->store, &bounds, NULL, NULL);
	e->bounded = true;
	e->refuses = unfinished_stay;
	assert_int_equal(capture_add_fd(e->capture, p[0], "pipe", &err), 0);
	return p[0];
}

static void
read_within_bounds(struct engine *e)
{
	enum engine_status status;

	do
		status = engine_read(e, 1000);
	while (status == ENGINE_BUSY || status == ENGINE_WAIT);
	while (store_retain(e->store))
		;
}

static void
end(struct engine *e, int fd)
{
	engine_release(e);
	close(fd);
}

/* What lay behind a hole in a connection comes at the end, when its packets are past: its
 * text is there all the same, and let go of once. */
static void
test_hole(void **state)
{
	struct maker m = { 0 };
	struct buf text = BUF_INIT, kept = BUF_INIT;
	const struct message *last;
	struct engine e;
	struct err err;
	uint32_t seq = 100;
	int fd;

	(void)state;
	put_pcap_header(&m, 0xa1b2c3d4, 101);
	put_tcp(&m, 1, seq - 1, 0x02, &text);
	for (unsigned i = 0; i < OTHERS; i++) {
		make_ping(&text, i);
		put_tcp(&m, 2 + i, seq, 0x18, &text);
		seq += (uint32_t)text.n + (i == 0 ? 50 : 0);
	}
	fd = begin(&e, &m, false);
	read_within_bounds(&e);
	assert_int_equal(store_message_count(e.store), OTHERS);
	last = store_message(e.store, OTHERS - 1);
	assert_int_equal(store_text(e.store, last, &kept, &err), 0);
	assert_true(str_eq(buf_str(&kept), buf_str(&text)));
	assert_int_equal(e.capture->log.tail_held + e.capture->spool.tail_held, 1);
	end(&e, fd);
	buf_release(&text);
	buf_release(&kept);
}

/* A message of a call that may not begin holds nothing; one of a call with a Call-ID that is
 * longer than what is kept of it is of that call. */
static void
test_refused(void **state)
{
	struct maker m = { 0 };
	struct buf text = BUF_INIT;
	struct engine e;
	int fd;

	(void)state;
	put_pcap_header(&m, 0xa1b2c3d4, 101);
	buf_printf(&text, "INVITE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKa\r\n"
		   "From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCSeq: 1 INVITE\r\nCall-ID: ");
	buf_add_chars(&text, 'x', CALL_TEXT_MAX + 10);
	buf_add_cstr(&text, "\r\nContent-Length: 0\r\n\r\n");
	put_udp(&m, 1, &text);
	put_udp(&m, 2, &text);
	put_pings(&m, &text);
	fd = begin(&e, &m, true);
	read_within_bounds(&e);
	assert_int_equal(store_message_count(e.store), 2);
	assert_int_equal(e.refused, OTHERS);
	assert_int_equal(e.capture->log.tail_held, 2);
	end(&e, fd);
	buf_release(&text);
}

/* With another store what the first one held is let go of, and so is what the new one held. */
static void
test_renew(void **state)
{
	const struct store_bounds bounds = { .calls = 1 };
	struct maker m = { 0 };
	struct buf text = BUF_INIT;
	struct engine e;
	int fd;

	(void)state;
	put_pcap_header(&m, 0xa1b2c3d4, 101);
	put_pings(&m, &text);
	fd = begin(&e, &m, false);
	assert_int_equal(engine_read(&e, OTHERS / 2), ENGINE_BUSY);
	assert_int_equal(e.capture->log.tail_held, 1);
	engine_renew_store(&e);
	assert_int_equal(e.capture->log.tail_held, 0);
	store_set_bounds(e.store, &bounds, NULL, NULL);
	read_within_bounds(&e);
	assert_int_equal(store_message_count(e.store), OTHERS - OTHERS / 2);
	assert_int_equal(e.capture->log.tail_held, 1);
	end(&e, fd);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hole),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_renew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
