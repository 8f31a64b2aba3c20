/*
 * SCTP associations: chunks in packets, messages in fragments, in any order. What
 * came out is written as one line an event.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "transport/sctp.h"

#define B	2
#define E	1
#define U	4
#define TAG0	0x11111111u	/* of packets of direction 0 */
#define TAG1	0x22222222u

/* ---- writing packets ---- */

static void
be16_add(struct buf *b, uint32_t v)
{
	buf_add_char(b, (char)(v >> 8));
	buf_add_char(b, (char)v);
}

static void
be32_add(struct buf *b, uint32_t v)
{
	be16_add(b, v >> 16);
	be16_add(b, v);
}

static void
head(struct buf *b, unsigned dir, uint32_t tag)
{
	buf_clear(b);
	be16_add(b, dir ? 5062 : 5060);
	be16_add(b, dir ? 5060 : 5062);
	be32_add(b, tag);
	be32_add(b, 0);
}

static void
pad(struct buf *b)
{
	while (b->n % 4)
		buf_add_char(b, 0);
}

static void
chunk(struct buf *b, uint8_t type, uint8_t flags, struct str body)
{
	pad(b);
	buf_add_char(b, (char)type);
	buf_add_char(b, (char)flags);
	be16_add(b, (uint32_t)body.n + 4);
	buf_add_str(b, body);
}

static void
data(struct buf *b, uint8_t flags, uint32_t tsn, uint32_t sid, uint32_t ssn, struct str text)
{
	pad(b);
	buf_add_char(b, 0);
	buf_add_char(b, (char)flags);
	be16_add(b, (uint32_t)text.n + 16);
	be32_add(b, tsn);
	be16_add(b, sid);
	be16_add(b, ssn);
	be32_add(b, 0);
	buf_add_str(b, text);
}

static void
idata(struct buf *b, uint8_t flags, uint32_t tsn, uint32_t sid, uint32_t mid, uint32_t fsn,
      struct str text)
{
	pad(b);
	buf_add_char(b, 64);
	buf_add_char(b, (char)flags);
	be16_add(b, (uint32_t)text.n + 20);
	be32_add(b, tsn);
	be16_add(b, sid);
	be16_add(b, 0);
	be32_add(b, mid);
	be32_add(b, flags & B ? 46 : fsn);
	buf_add_str(b, text);
}

static void
init_with(struct buf *b, unsigned dir, bool ack, uint32_t tag, uint32_t tsn,
	  struct str parameters)
{
	struct buf body = BUF_INIT;

	head(b, dir, ack ? TAG1 : 0);
	be32_add(&body, tag);
	be32_add(&body, 65536);
	be32_add(&body, 0x000a000a);
	be32_add(&body, tsn);
	buf_add_str(&body, parameters);
	chunk(b, ack ? 2 : 1, 0, buf_str(&body));
	buf_release(&body);
}

static void
init(struct buf *b, unsigned dir, bool ack, uint32_t tag, uint32_t tsn)
{
	init_with(b, dir, ack, tag, tsn, STR_NONE);
}

/* ---- reading them ---- */

static struct net_endpoint
endpoint(const char *text)
{
	struct net_endpoint e;

	assert_true(net_endpoint_parse(str_of(text), &e));
	return e;
}

struct run {
	struct sctp *s;
	struct buf log;
	const char *ends[2];
	uint32_t frame;
	int64_t time;
	uint32_t beyond;	/* bytes that the snap length took */
	bool stamps;
};

static void
run_init(struct run *r, const struct sctp_limits *limits)
{
	*r = (struct run){
		.s = sctp_new(limits), .ends = { "192.0.2.1:5060", "192.0.2.2:5062" },
	};
}

static void
run_release(struct run *r)
{
	sctp_free(r->s);
	buf_release(&r->log);
}

static void
drain(struct run *r)
{
	static const char *const names[] = {
		[FLOW_MESSAGE] = "MESSAGE", [FLOW_GAP] = "GAP", [FLOW_END] = "END",
		[FLOW_RESET] = "RESET",
	};
	struct net_endpoint src, dst;
	struct flow_event ev;

	while (sctp_next(r->s, &ev, &src, &dst)) {
		assert_true(ev.stamp_n > 0);
		assert_int_equal(src.port, ev.dir ? 5062 : 5060);
		assert_int_equal(dst.port, ev.dir ? 5060 : 5062);
		buf_printf(&r->log, "%u %s%s", ev.dir, names[ev.kind], ev.cut ? "-cut" : "");
		if (ev.kind == FLOW_MESSAGE) {
			buf_add_char(&r->log, ' ');
			buf_add_str(&r->log, ev.bytes);
		} else if (ev.text) {
			buf_printf(&r->log, " %s", ev.text);
		}
		for (size_t i = 0; r->stamps && i < ev.stamp_n; i++)
			buf_printf(&r->log, " #%llu", (unsigned long long)ev.stamps[i].frame);
		buf_add_char(&r->log, '\n');
	}
}

static void
send(struct run *r, unsigned dir, struct str packet)
{
	char *copy = xmalloc(packet.n > 0 ? packet.n : 1);
	struct segment seg = {
		.kind = SEGMENT_SCTP, .src = endpoint(r->ends[dir]), .dst = endpoint(r->ends[!dir]),
		.payload = { copy, packet.n }, .wire_length = (uint32_t)packet.n + r->beyond,
		.in_record = true, .place = { 1000, 4 }, .time = r->time, .frame = ++r->frame,
	};

	if (packet.n > 0)
		memcpy(copy, packet.p, packet.n);
	sctp_take(r->s, &seg);
	drain(r);
	free(copy);
}

#define check_log(r, expect)	check_log_at(r, expect, __LINE__)

static void
check_log_at(struct run *r, const char *expect, int line)
{
	if (!str_eq(buf_str(&r->log), str_of(expect)))
		fail_msg("line %d: %s", line, buf_cstr(&r->log));
	buf_clear(&r->log);
}

static struct sctp_stats
stats_of(const struct run *r)
{
	struct sctp_stats stats;

	sctp_stats(r->s, &stats);
	return stats;
}

#define LOST	"GAP fragments are not in the capture\n"

/* ---- the tests ---- */

/* A life: set up, bundled data, shut down. */
static void
test_life(void **state)
{
	struct buf b = BUF_INIT;
	struct run r;

	(void)state;
	run_init(&r, NULL);
	init(&b, 0, false, TAG1, 100);
	send(&r, 0, buf_str(&b));
	send(&r, 0, buf_str(&b));
	init(&b, 1, true, TAG0, 500);
	send(&r, 1, buf_str(&b));
	head(&b, 0, TAG0);
	chunk(&b, 10, 0, STR("cookie"));
	data(&b, B | E, 100, 0, 0, STR("one"));
	data(&b, B | E, 101, 1, 0, STR("two"));
	data(&b, B | E | U, 102, 1, 0, STR("three"));
	send(&r, 0, buf_str(&b));	/* without the padding of the last */
	check_log(&r, "0 MESSAGE one\n0 MESSAGE two\n0 MESSAGE three\n");
	head(&b, 1, TAG1);
	chunk(&b, 11, 0, STR_NONE);
	chunk(&b, 3, 0, STR("123412341234"));
	data(&b, B | E, 500, 0, 0, STR("four"));
	send(&r, 1, buf_str(&b));
	check_log(&r, "1 MESSAGE four\n");
	head(&b, 0, TAG0);
	chunk(&b, 7, 0, STR("1234"));
	send(&r, 0, buf_str(&b));
	send(&r, 0, buf_str(&b));
	check_log(&r, "0 END\n");
	head(&b, 1, TAG1);
	chunk(&b, 8, 0, STR_NONE);
	send(&r, 1, buf_str(&b));
	head(&b, 0, TAG0);
	chunk(&b, 14, 0, STR_NONE);
	send(&r, 0, buf_str(&b));
	check_log(&r, "1 END\n");
	sctp_end(r.s);
	drain(&r);
	assert_int_equal(stats_of(&r).associations, 1);
	assert_int_equal(stats_of(&r).messages, 4);
	assert_int_equal(stats_of(&r).data, 4);
	assert_int_equal(stats_of(&r).shut, 1);
	assert_int_equal(stats_of(&r).bad, 0);
	assert_int_equal(stats_of(&r).init_unanswered, 0);
	assert_int_equal(stats_of(&r).packets, 9);
	run_release(&r);
	buf_release(&b);
}

static void
test_place(void **state)
{
	struct net_endpoint src, dst;
	struct buf b = BUF_INIT;
	struct segment seg;
	struct flow_event ev;
	struct run r;

	(void)state;
	run_init(&r, NULL);
	head(&b, 0, TAG0);
	data(&b, B | E, 1, 0, 0, STR("text"));
	seg = (struct segment){
		.kind = SEGMENT_SCTP, .src = endpoint(r.ends[0]), .dst = endpoint(r.ends[1]),
		.payload = buf_str(&b), .wire_length = (uint32_t)b.n, .in_record = true,
		.place = { 1000, 4 }, .frame = 3,
	};
	sctp_take(r.s, &seg);
	assert_true(sctp_next(r.s, &ev, &src, &dst));
	assert_int_equal(ev.place.source, 4);
	assert_int_equal(ev.place.offset, 1028);
	assert_int_equal(ev.stamps[0].frame, 3);
	assert_ptr_equal(ev.bytes.p, b.p + 28);
	assert_true(net_endpoint_eq(&src, &seg.src) && net_endpoint_eq(&dst, &seg.dst));
	assert_false(sctp_next(r.s, &ev, &src, &dst));
	run_release(&r);
	buf_release(&b);
}

/* Fragments out of order, with others between, some twice, over the wrap. */
static void
test_fragments(void **state)
{
	static const struct {
		uint8_t flags;
		uint32_t tsn, sid, ssn;
		const char *text;
	} parts[] = {
		{ 0, 0xffffffff, 1, 0, "world, " }, { E, 1, 1, 0, "you?" },
		{ B | E, 2, 2, 0, "between" }, { B, 0xfffffffe, 1, 0, "hello " },
		{ B | E, 2, 2, 0, "between" }, { 0, 0, 1, 0, "how are " },
		{ 0, 0, 1, 0, "how are " }, { E, 1, 1, 0, "you?" },
		{ B, 3, 1, 1, "a" }, { E, 4, 1, 1, "b" },
		{ E | U, 6, 1, 1, "d" }, { B | U, 5, 1, 1, "c" },
	};
	struct buf b = BUF_INIT;
	struct run r;

	(void)state;
	run_init(&r, NULL);
	r.stamps = true;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		head(&b, 0, TAG0);
		data(&b, parts[i].flags, parts[i].tsn, parts[i].sid, parts[i].ssn,
		     str_of(parts[i].text));
		send(&r, 0, buf_str(&b));
	}
	check_log(&r, "0 MESSAGE between #3\n"
		  "0 MESSAGE hello world, how are you? #1 #2 #4 #6\n"
		  "0 MESSAGE ab #9 #10\n0 MESSAGE cd #11 #12\n");
	assert_int_equal(stats_of(&r).retransmitted, 3);
	assert_int_equal(stats_of(&r).waiting_bytes, 0);
	run_release(&r);
	buf_release(&b);
}

/* RFC 8260: fragments of several messages interleaved. */
static void
test_idata(void **state)
{
	struct buf b = BUF_INIT;
	struct run r;

	(void)state;
	run_init(&r, NULL);
	head(&b, 0, TAG0);
	idata(&b, B, 10, 1, 7, 0, STR("in"));
	idata(&b, B, 11, 2, 7, 0, STR("ot"));
	idata(&b, E, 14, 1, 7, 2, STR("e"));
	idata(&b, E, 13, 2, 7, 1, STR("her"));
	idata(&b, 0, 12, 1, 7, 1, STR(" on"));
	idata(&b, B | E, 15, 1, 8, 0, STR("whole"));
	idata(&b, B | E, 15, 1, 8, 0, STR("whole"));
	send(&r, 0, buf_str(&b));
	check_log(&r, "0 MESSAGE other\n0 MESSAGE in one\n0 MESSAGE whole\n");
	run_release(&r);
	buf_release(&b);
}

/* What does not come: after a while, for a bound, at the end, at an abort. */
static void
test_given_up(void **state)
{
	struct sctp_limits limits = { .waiting = 4000 };
	struct buf b = BUF_INIT;
	char *large = xcalloc(1, 3000);
	struct run r;

	(void)state;
	run_init(&r, &limits);
	head(&b, 0, TAG0);
	data(&b, 0, 2, 0, 0, STR("middle"));	/* the capture begins here */
	data(&b, E, 3, 0, 0, STR("end"));
	data(&b, B, 5, 0, 1, STR("begin "));
	data(&b, 0, 6, 0, 1, STR("and on"));
	data(&b, E, 8, 0, 1, STR("end"));
	send(&r, 0, buf_str(&b));
	check_log(&r, "");
	r.time = 11 * NS_PER_S;
	head(&b, 0, TAG0);
	data(&b, B | E, 9, 0, 2, STR("later"));
	send(&r, 0, buf_str(&b));
	check_log(&r, "0 " LOST "0 MESSAGE-cut begin and on\n0 " LOST "0 MESSAGE later\n");
	assert_int_equal(stats_of(&r).incomplete, 2);

	memset(large, 'x', 3000);
	head(&b, 0, TAG0);
	data(&b, 0, 11, 0, 3, (struct str){ large, 3000 });
	send(&r, 0, buf_str(&b));
	head(&b, 0, TAG0);
	data(&b, 0, 13, 0, 4, (struct str){ large, 3000 });
	send(&r, 0, buf_str(&b));
	check_log(&r, "0 " LOST);
	assert_true(stats_of(&r).waiting_bytes < 4000);
	head(&b, 0, TAG0);
	data(&b, B, 15, 0, 5, STR("half"));
	chunk(&b, 6, 0, STR("\0\x0c\0\x0a" "go\taw" "\0\0"));
	send(&r, 0, buf_str(&b));
	check_log(&r, "0 " LOST "0 MESSAGE-cut half\n0 " LOST
		  "0 RESET user-initiated abort: go?aw\n");
	assert_int_equal(stats_of(&r).aborted, 1);
	assert_int_equal(stats_of(&r).waiting_bytes, 0);

	head(&b, 1, TAG1);
	data(&b, B, 15, 0, 5, STR("half"));
	send(&r, 1, buf_str(&b));
	sctp_end(r.s);
	drain(&r);
	check_log(&r, "1 MESSAGE-cut half\n1 " LOST);
	run_release(&r);
	free(large);
	buf_release(&b);
}

/* Lengths that lie, and the snap length. */
static void
test_lengths(void **state)
{
	struct buf b = BUF_INIT;
	struct run r;

	(void)state;
	run_init(&r, NULL);
	head(&b, 0, TAG0);
	data(&b, B | E, 1, 0, 0, STR("good"));
	data(&b, B | E, 2, 0, 0, STR("lies"));
	b.p[35] = 99;
	send(&r, 0, buf_str(&b));
	check_log(&r, "0 MESSAGE good\n0 MESSAGE-cut lies\n");
	assert_int_equal(stats_of(&r).bad, 1);
	head(&b, 0, TAG0);
	chunk(&b, 3, 0, STR_NONE);
	b.p[15] = 3;
	data(&b, B | E, 3, 0, 0, STR("unseen"));
	send(&r, 0, buf_str(&b));
	check_log(&r, "");
	assert_int_equal(stats_of(&r).bad, 2);
	head(&b, 0, TAG0);
	data(&b, B | E, 4, 0, 0, STR_NONE);
	data(&b, B | E, 5, 0, 0, STR("good"));
	send(&r, 0, buf_str(&b));
	check_log(&r, "0 MESSAGE good\n");
	assert_int_equal(stats_of(&r).bad, 3);
	/* Cut in the text; in the chunk's header; between chunks. */
	head(&b, 0, TAG0);
	data(&b, B | E, 6, 0, 0, STR("first"));
	data(&b, B | E, 7, 0, 0, STR("second"));
	r.beyond = 3;
	send(&r, 0, str_sub(buf_str(&b), 0, b.n - 3));
	check_log(&r, "0 MESSAGE first\n0 MESSAGE-cut sec\n");
	b.p[b.n - 22 + 7] = 8;
	r.beyond = 8;
	send(&r, 0, str_sub(buf_str(&b), 0, b.n - 8));
	check_log(&r, "0 GAP-cut\n");
	r.beyond = 22;
	send(&r, 0, str_sub(buf_str(&b), 0, b.n - 22));
	check_log(&r, "0 GAP-cut\n");
	assert_int_equal(stats_of(&r).bad, 3);
	run_release(&r);
	buf_release(&b);
}

/* Other addresses of the same association, by ports and tag. */
static void
test_homes(void **state)
{
	struct buf b = BUF_INIT;
	struct run r;

	(void)state;
	run_init(&r, NULL);
	/* A cookie parameter, and a host name, are stepped over. */
	init_with(&b, 0, false, TAG1, 100,
		  STR("\0\x0b\0\x06hi\0\0" "\0\x05\0\x08\xc6\x33\x64\x01" "\0\x05\0\x09"));
	send(&r, 0, buf_str(&b));
	init_with(&b, 1, true, TAG0, 500,
		  STR("\0\x06\0\x14\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02"));
	send(&r, 1, buf_str(&b));
	head(&b, 0, TAG0);
	data(&b, B, 100, 0, 0, STR("two "));
	send(&r, 0, buf_str(&b));
	r.ends[0] = "198.51.100.1:5060";
	r.ends[1] = "[2001:db8::2]:5062";
	head(&b, 0, TAG0);
	data(&b, E, 101, 0, 0, STR("homes"));
	data(&b, B, 100, 0, 0, STR("two "));
	send(&r, 0, buf_str(&b));
	check_log(&r, "0 MESSAGE two homes\n");
	assert_int_equal(stats_of(&r).associations, 1);
	assert_int_equal(stats_of(&r).retransmitted, 1);
	/* The same tag and ports elsewhere are another association. */
	r.ends[0] = "198.51.100.9:5060";
	send(&r, 0, buf_str(&b));
	assert_int_equal(stats_of(&r).associations, 2);
	run_release(&r);
	buf_release(&b);
}

/* Another tag twice is a restart: the TSNs are counted anew. Another INIT too. */
static void
test_restart(void **state)
{
	struct buf b = BUF_INIT;
	struct run r;

	(void)state;
	run_init(&r, NULL);
	for (uint32_t tag = 5; tag < 7; tag++) {
		for (uint32_t tsn = 1; tsn < 4; tsn++) {
			head(&b, 0, tag);
			data(&b, B | E, tsn, 0, 0, STR("x"));
			send(&r, 0, buf_str(&b));
		}
		head(&b, 0, tag);
		data(&b, B | E, 3, 0, 0, STR("x"));
		send(&r, 0, buf_str(&b));
	}
	assert_int_equal(stats_of(&r).messages, 6);
	assert_int_equal(stats_of(&r).retransmitted, 2);
	/* One forged packet changes nothing. */
	head(&b, 0, 99);
	data(&b, B | E, 7000, 0, 0, STR("forged"));
	send(&r, 0, buf_str(&b));
	head(&b, 0, 6);
	data(&b, B | E, 3, 0, 0, STR("x"));
	data(&b, B | E, 0x70000000, 0, 0, STR("far"));
	data(&b, B | E, 4, 0, 0, STR("x"));
	data(&b, B | E, 4, 0, 0, STR("x"));
	send(&r, 0, buf_str(&b));
	assert_int_equal(stats_of(&r).messages, 9);
	assert_int_equal(stats_of(&r).retransmitted, 4);
	/* A jump that goes on. */
	head(&b, 0, 6);
	data(&b, B | E, 100000, 0, 0, STR("x"));
	data(&b, B | E, 100000, 0, 0, STR("x"));
	data(&b, B | E, 100001, 0, 0, STR("x"));
	data(&b, B | E, 100001, 0, 0, STR("x"));
	data(&b, B | E, 100000, 0, 0, STR("x"));
	send(&r, 0, buf_str(&b));
	assert_int_equal(stats_of(&r).messages, 11);
	assert_int_equal(stats_of(&r).associations, 1);
	init(&b, 0, false, TAG1, 1);
	send(&r, 0, buf_str(&b));
	assert_int_equal(stats_of(&r).associations, 2);
	init(&b, 0, false, TAG1 + 1, 1);
	send(&r, 0, buf_str(&b));
	sctp_end(r.s);
	assert_int_equal(stats_of(&r).associations, 3);
	assert_int_equal(stats_of(&r).init_unanswered, 2);
	run_release(&r);
	buf_release(&b);
}

static void
test_evict(void **state)
{
	struct sctp_limits limits = { .associations = 4 };
	struct buf b = BUF_INIT;
	char name[40];
	struct run r;

	(void)state;
	run_init(&r, &limits);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "10.0.0.%d:5060", i);
		r.ends[0] = name;
		head(&b, 0, TAG0);
		data(&b, B, 1, 0, 0, STR("half"));
		send(&r, 0, buf_str(&b));
	}
	assert_int_equal(stats_of(&r).evicted, 96);
	assert_int_equal(stats_of(&r).incomplete, 96);
	sctp_end(r.s);
	drain(&r);
	assert_int_equal(stats_of(&r).incomplete, 100);
	assert_int_equal(stats_of(&r).waiting_bytes, 0);
	run_release(&r);
	buf_release(&b);
}

/* ---- the oracle ---- */

static uint64_t random_state = 7;

static uint32_t
random_below(uint32_t n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(random_state >> 33) % n;
}

#define MESSAGES	60
#define PARTS_MAX	(MESSAGES * 8)

struct piece {
	uint8_t flags;
	bool idata;
	uint32_t tsn, fsn;
	size_t message;
	struct str text;
};

/* Messages cut anyhow, their fragments shuffled, bundled and doubled: each comes
 * once and whole. */
static void
oracle_round(bool idata_on)
{
	struct piece pieces[PARTS_MAX];
	struct buf texts[MESSAGES] = { BUF_INIT }, b = BUF_INIT;
	uint32_t tsn = random_below(UINT32_MAX);
	unsigned seen[MESSAGES] = { 0 };
	struct str rest, line, number;
	size_t n = 0;
	struct run r;

	run_init(&r, NULL);
	for (size_t i = 0; i < MESSAGES; i++) {
		uint32_t parts = 1 + random_below(7);

		buf_printf(&texts[i], "%zu:", i);
		buf_add_chars(&texts[i], 'x', random_below(300) + parts);
		for (uint32_t k = 0, at = 0; k < parts; k++) {
			uint32_t left = (uint32_t)texts[i].n - at - (parts - k - 1);
			uint32_t size = k + 1 == parts ? left : 1 + random_below(left);

			pieces[n++] = (struct piece){
				.flags = (uint8_t)((k == 0 ? B : 0) | (k + 1 == parts ? E : 0) |
						   (i % 3 == 0 ? U : 0)),
				.idata = idata_on, .tsn = tsn++, .fsn = k, .message = i,
				.text = str_sub(buf_str(&texts[i]), at, size),
			};
			at += size;
		}
	}
	for (size_t i = n; i-- > 1;) {
		size_t k = random_below((uint32_t)i + 1);
		struct piece swap = pieces[i];

		pieces[i] = pieces[k];
		pieces[k] = swap;
	}
	head(&b, 0, TAG0);
	for (size_t i = 0; i < 2 * n; i++) {
		const struct piece *p = &pieces[i < n ? i : random_below((uint32_t)n)];

		if (p->idata)
			idata(&b, p->flags, p->tsn, 1, (uint32_t)p->message, p->fsn, p->text);
		else
			data(&b, p->flags, p->tsn, 1, (uint32_t)p->message, p->text);
		if (random_below(2) || i + 1 == 2 * n) {
			send(&r, 0, buf_str(&b));
			head(&b, 0, TAG0);
		}
	}
	rest = buf_str(&r.log);
	while (str_cut(&rest, '\n', &line) && line.n > 0) {
		uint32_t i = 0;

		assert_true(str_starts(line, STR("0 MESSAGE ")));
		line = str_skip(line, 10);
		number = line;
		assert_true(str_take_u32(&number, &i));
		assert_true(i < MESSAGES && str_eq(line, buf_str(&texts[i])));
		seen[i]++;
	}
	for (size_t i = 0; i < MESSAGES; i++) {
		assert_int_equal(seen[i], 1);
		buf_release(&texts[i]);
	}
	assert_int_equal(stats_of(&r).retransmitted, n);
	assert_int_equal(stats_of(&r).waiting_bytes, 0);
	run_release(&r);
	buf_release(&b);
}

static void
test_oracle(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++)
		oracle_round(i % 2);
}

/* A packet of everything, cut at every byte, and each byte of it changed. */
static void
test_every_cut(void **state)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x03, 0x40, 0x7f, 0x80, 0xff };
	struct buf b = BUF_INIT;
	struct run r;

	(void)state;
	head(&b, 0, TAG0);
	data(&b, B | E, 1, 0, 0, STR("whole"));
	data(&b, B, 2, 0, 0, STR("half"));
	idata(&b, E, 3, 0, 0, 1, STR("half"));
	chunk(&b, 1, 0, STR("1234123412341234"));
	chunk(&b, 2, 0, STR("1234123412341234"));
	chunk(&b, 7, 0, STR("1234"));
	chunk(&b, 6, 0, STR("\0\x0c\0\x06" "hi"));
	for (size_t n = 0; n <= b.n; n++) {
		for (uint32_t beyond = 0; beyond < 40; beyond += 13) {
			run_init(&r, NULL);
			r.beyond = beyond;
			send(&r, 0, str_sub(buf_str(&b), 0, n));
			sctp_end(r.s);
			drain(&r);
			run_release(&r);
		}
	}
	run_init(&r, NULL);
	for (size_t i = 4; i < b.n; i++) {
		char was = b.p[i];

		for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
			b.p[i] = (char)values[v];
			send(&r, 0, buf_str(&b));
		}
		b.p[i] = was;
	}
	sctp_end(r.s);
	drain(&r);
	assert_int_equal(stats_of(&r).waiting_bytes, 0);
	run_release(&r);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_idata),
		cmocka_unit_test(test_given_up),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_homes),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_evict),
		cmocka_unit_test(test_oracle),
		cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests_name("sctp", tests, NULL, NULL);
}
