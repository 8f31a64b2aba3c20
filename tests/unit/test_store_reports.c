/* store/stream.h: RTCP and whose it is, round trips, what waits and what is kept. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sip_store.h"
#include "base/mem.h"
#include "media/rtcp.h"
#include "store/streams_int.h"

#define A	"192.0.2.1:4000"
#define B	"192.0.2.2:6000"
#define A_RTCP	"192.0.2.1:4001"
#define B_RTCP	"192.0.2.2:6001"
#define X	0x11111111u	/* A sends */
#define Y	0x22222222u	/* B sends */

static void
put(struct buf *b, uint32_t word)
{
	const uint8_t bytes[4] = {
		(uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8), (uint8_t)word,
	};

	buf_add(b, bytes, 4);
}

static int64_t
at(double ms)
{
	return SIP_STORE_START + (int64_t)(ms * 1e6);
}

static bool
send_bytes(struct store *s, double ms, const char *src, const char *dst, struct str bytes, bool rtcp)
{
	struct net_endpoint from, to;
	struct media_input in = {
		.src = &from, .dst = &to, .payload = bytes, .wire_length = (uint32_t)bytes.n,
		.time = at(ms),
	};

	assert_true(net_endpoint_parse(str_of(src), &from));
	assert_true(net_endpoint_parse(str_of(dst), &to));
	return rtcp ? store_add_rtcp(s, &in) : store_add_rtp(s, &in);
}

/* Enough packets of PCMU that the stream is sure. */
static void
send_rtp(struct store *s, double ms, const char *src, const char *dst, uint32_t ssrc)
{
	for (uint32_t i = 0; i < 8; i++) {
		struct buf b = BUF_INIT;

		put(&b, 0x80000000u | (100 + i));
		put(&b, 160 * i);
		put(&b, ssrc);
		buf_add_chars(&b, '\xff', 160);
		send_bytes(s, ms + 20 * i, src, dst, buf_str(&b), false);
		buf_release(&b);
	}
}

struct rtcp_line {
	uint32_t ssrc, middle;		/* middle 0: an RR */
	uint32_t about;			/* 0: no block */
	uint32_t lost_word, jitter, lsr, dlsr;
};

static void
add_report(struct buf *b, const struct rtcp_line *l)
{
	put(b, 0x80000000u | (l->about ? 1u << 24 : 0) | (l->middle ? 200u : 201u) << 16 |
	    ((l->middle ? 6u : 1u) + (l->about ? 6 : 0)));
	put(b, l->ssrc);
	if (l->middle) {
		put(b, l->middle >> 16);
		put(b, l->middle << 16);
		put(b, 0);
		put(b, 50);
		put(b, 8000);
	}
	if (l->about) {
		put(b, l->about);
		put(b, l->lost_word);
		put(b, 120);
		put(b, l->jitter);
		put(b, l->lsr);
		put(b, l->dlsr);
	}
}

static void
send_report(struct store *s, double ms, const char *src, const char *dst, const struct rtcp_line *l)
{
	struct buf b = BUF_INIT;

	add_report(&b, l);
	assert_true(send_bytes(s, ms, src, dst, buf_str(&b), true));
	buf_release(&b);
}

static const struct stream *
stream_of(const struct store *s, uint32_t ssrc)
{
	for (uint32_t i = 0; i < store_stream_count(s); i++)
		if (store_stream(s, i)->ssrc == ssrc)
			return store_stream(s, i);
	return NULL;
}

static size_t
count(const struct store *s, uint32_t ssrc, uint64_t *total)
{
	const struct report *list;

	return store_stream_reports(s, stream_of(s, ssrc), &list, total);
}

static struct store *
two_streams(void)
{
	struct store *s = store_new();

	send_rtp(s, 0, A, B, X);
	send_rtp(s, 5, B, A, Y);
	assert_int_equal(store_stream_count(s), 2);
	return s;
}

/* What B says of X belongs to A's stream, in units people know. */
static void
test_matching(void **state)
{
	static const struct {
		const char *src, *dst;
	} ways[] = {
		{ B_RTCP, A_RTCP }, { B, A }, { "192.0.2.2:6011", "192.0.2.1:4021" },
		{ "192.0.2.9:6011", "192.0.2.1:4021" }, { "192.0.2.9:1", "192.0.2.8:2" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct store *s = two_streams();
		const struct report *list;
		uint64_t total;

		send_report(s, 200, ways[i].src, ways[i].dst, &(struct rtcp_line){
			.ssrc = Y, .middle = 0x10000, .about = X, .lost_word = 0x40fffffe,
			.jitter = 80 });
		assert_int_equal(store_stream_reports(s, stream_of(s, X), &list, &total), 1);
		assert_int_equal(total, 1);
		assert_int_equal(list[0].source, REPORT_RTCP);
		assert_false(list[0].sender);
		assert_int_equal(list[0].time, at(200));
		assert_int_equal(list[0].lost, -2);
		assert_true(list[0].lost_percent == 25.0);
		assert_int_equal(list[0].jitter, 10 * NS_PER_MS);
		assert_int_equal(list[0].ssrc, X);
		assert_int_equal(store_stream_reports(s, stream_of(s, Y), &list, &total), 1);
		assert_true(list[0].sender);
		assert_int_equal(list[0].packets, 50);
		assert_int_equal(list[0].lost, REPORT_ABSENT);
		store_free(s);
	}
}

/* Two streams with one SSRC: that of the same ends, else of the same hosts, else none. */
static void
test_same_ssrc(void **state)
{
	struct store *s = two_streams();
	struct rtcp_line rr = { .ssrc = Y, .about = X };
	struct media_stats stats;
	uint64_t total;

	(void)state;
	send_rtp(s, 300, "192.0.2.3:4000", "192.0.2.4:6000", X);
	send_report(s, 600, B_RTCP, A_RTCP, &rr);
	send_report(s, 601, "192.0.2.2:99", "192.0.2.1:98", &rr);
	send_report(s, 602, "192.0.2.22:99", "192.0.2.11:98", &rr);
	store_media_end(s);
	count(s, X, &total);
	assert_int_equal(total, 2);
	store_media_stats(s, &stats);
	assert_int_equal(stats.rtcp, 3);
	assert_int_equal(stats.rtcp_unmatched, 1);
	store_free(s);
}

/* RTCP comes before what it is about. */
static void
test_early(void **state)
{
	struct store *s = store_new();
	struct media_stats stats;
	uint64_t total;

	(void)state;
	send_report(s, 0, A_RTCP, B_RTCP, &(struct rtcp_line){ .ssrc = X, .middle = 0x10000 });
	send_report(s, 80, B_RTCP, A_RTCP, &(struct rtcp_line){
		.ssrc = Y, .about = X, .lsr = 0x10000, .dlsr = 0x800 });
	send_report(s, 60, B_RTCP, A_RTCP, &(struct rtcp_line){ .ssrc = Y, .about = 99 });
	send_rtp(s, 100, A, B, X);
	store_media_end(s);
	assert_int_equal(count(s, X, &total), 2);
	assert_int_equal(total, 2);
	struct stream_reported r;

	assert_true(store_stream_reported(s, stream_of(s, X), &r));
	assert_int_equal(r.to_receiver, 48750 * NS_PER_US);
	store_media_stats(s, &stats);
	assert_int_equal(stats.rtcp_unmatched, 1);
	store_free(s);
}

/* RFC 3550 section 6.4.1, seen from the middle: 10 ms to A and back, 30 ms to B. */
static void
test_round_trip(void **state)
{
	struct store *s = two_streams();
	struct stream_reported r;

	(void)state;
	send_report(s, 1000, A_RTCP, B_RTCP, &(struct rtcp_line){ .ssrc = X, .middle = 0x10000 });
	send_report(s, 2030, B_RTCP, A_RTCP, &(struct rtcp_line){
		.ssrc = Y, .middle = 0x20000, .about = X, .lsr = 0x10000, .dlsr = 0x10000 });
	/* A half is not the whole. */
	assert_true(store_stream_reported(s, stream_of(s, X), &r));
	assert_int_equal(r.to_receiver, 30 * NS_PER_MS);
	assert_int_equal(r.to_sender, TIME_NONE);
	assert_int_equal(stream_of(s, X)->round_trip, TIME_NONE);
	assert_int_equal(r.round_trip_n, 0);
	assert_int_equal(r.round_trip_mean, TIME_NONE);
	send_report(s, 2540, A_RTCP, B_RTCP, &(struct rtcp_line){
		.ssrc = X, .middle = 0x28000, .about = Y, .lsr = 0x20000, .dlsr = 0x8000 });
	assert_int_equal(stream_of(s, X)->round_trip, 40 * NS_PER_MS);
	assert_int_equal(stream_of(s, Y)->round_trip, 40 * NS_PER_MS);
	assert_true(store_stream_reported(s, stream_of(s, Y), &r));
	assert_int_equal(r.to_receiver, 10 * NS_PER_MS);
	assert_int_equal(r.to_sender, 30 * NS_PER_MS);
	send_report(s, 3070, B_RTCP, A_RTCP, &(struct rtcp_line){
		.ssrc = Y, .middle = 0x30000, .about = X, .lsr = 0x28000, .dlsr = 0x8000 });
	assert_int_equal(stream_of(s, X)->round_trip, 40 * NS_PER_MS);
	/* A wait longer than all of it, an echo of nothing, a wait of none at all later. */
	send_report(s, 3100, A_RTCP, B_RTCP, &(struct rtcp_line){
		.ssrc = X, .about = Y, .lsr = 0x30000, .dlsr = 0x10000 });
	send_report(s, 3100, A_RTCP, B_RTCP, &(struct rtcp_line){
		.ssrc = X, .about = Y, .lsr = 0x12345, .dlsr = 0 });
	send_report(s, 33000, A_RTCP, B_RTCP, &(struct rtcp_line){
		.ssrc = X, .about = Y, .lsr = 0x30000, .dlsr = 0 });
	assert_int_equal(stream_of(s, Y)->round_trip, 40 * NS_PER_MS);
	assert_true(store_stream_reported(s, stream_of(s, X), &r));
	assert_int_equal(r.round_trip_n, 2);
	assert_int_equal(r.round_trip_min, 40 * NS_PER_MS);
	assert_int_equal(r.round_trip_max, 40 * NS_PER_MS);
	store_free(s);
}

/* A port mirrored twice: what comes again a moment later is no second report. */
static void
test_copies(void **state)
{
	struct store *s = two_streams();
	struct stream_reported r;
	struct media_stats stats;
	uint64_t total;

	(void)state;
	for (int i = 0; i < 2; i++)
		send_report(s, 1000 + 2 * i, A_RTCP, B_RTCP, &(struct rtcp_line){
			.ssrc = X, .middle = 0x10000 });
	for (int i = 0; i < 2; i++)
		send_report(s, 2030 + 2 * i, B_RTCP, A_RTCP, &(struct rtcp_line){
			.ssrc = Y, .about = X, .lsr = 0x10000, .dlsr = 0x10000 });
	assert_true(store_stream_reported(s, stream_of(s, X), &r));
	assert_int_equal(r.senders, 1);
	assert_int_equal(r.receivers, 1);
	assert_int_equal(r.to_receiver, 30 * NS_PER_MS);
	/* Alike, but not at once: it is a report again. */
	send_report(s, 7030, B_RTCP, A_RTCP, &(struct rtcp_line){
		.ssrc = Y, .about = X, .lsr = 0x10000, .dlsr = 0x10000 });
	count(s, X, &total);
	assert_int_equal(total, 3);
	store_media_stats(s, &stats);
	assert_int_equal(stats.rtcp, 5);
	store_free(s);
}

/* An end that always says it did not wait: no round trip is made of its reports. */
static void
test_no_wait(void **state)
{
	struct store *s = two_streams();
	struct stream_reported r;

	(void)state;
	send_report(s, 1000, A_RTCP, B_RTCP, &(struct rtcp_line){ .ssrc = X, .middle = 0x10000 });
	send_report(s, 5300, B_RTCP, A_RTCP, &(struct rtcp_line){
		.ssrc = Y, .about = X, .lsr = 0x10000, .dlsr = 0 });
	assert_true(store_stream_reported(s, stream_of(s, X), &r));
	assert_int_equal(r.receivers, 1);
	assert_int_equal(r.to_receiver, TIME_NONE);
	store_free(s);
}

#define CALLS_TALKING	500u

/* Streams of a minute both ways with what every end sends each 5 s: SR, a report block and
 * its name. */
static void
test_memory(void **state)
{
	struct store *s = store_new();
	struct media_stats stats;
	struct buf b = BUF_INIT;

	(void)state;
	for (uint32_t i = 0; i < CALLS_TALKING; i++) {
		char from[32], to[32];

		snprintf(from, sizeof(from), "192.0.2.1:%u", 4000 + 2 * i);
		snprintf(to, sizeof(to), "192.0.2.2:%u", 6000 + 2 * i);
		for (unsigned int k = 0; k < 12; k++) {
			send_rtp(s, 5000.0 * k, from, to, 2 * i + 2);
			send_rtp(s, 5000.0 * k, to, from, 2 * i + 3);
			for (uint32_t way = 0; way < 2; way++) {
				buf_clear(&b);
				add_report(&b, &(struct rtcp_line){
					.ssrc = 2 * i + 2 + way, .middle = (k + 1) << 16,
					.about = 2 * i + 3 - way, .lost_word = k, .jitter = 8,
					.lsr = k << 16, .dlsr = 0x48000 });
				put(&b, 0x81ca0003);
				put(&b, 2 * i + 2 + way);
				buf_add(&b, "\x01\x05" "a@b.c" "\x00", 8);
				send_bytes(s, 5000.0 * k + 500 + way, way ? to : from,
					   way ? from : to, buf_str(&b), true);
			}
		}
	}
	store_media_stats(s, &stats);
	assert_int_equal(store_stream_count(s), 2 * CALLS_TALKING);
	/* No links, no descriptions, and few of the seconds: room for these must be left. */
	assert_in_range(stats.memory / (2 * CALLS_TALKING), 1, 2048 + 16 * 60 - 768);
	buf_release(&b);
	store_free(s);
}

/* B only receives: RRTR and DLRR tell of the way to A, its blocks of the way to B. */
static void
test_receiver_only(void **state)
{
	struct store *s = store_new();
	struct buf b = BUF_INIT;
	struct stream_reported r;

	(void)state;
	send_rtp(s, 0, A, B, X);
	send_report(s, 1000, A_RTCP, B_RTCP, &(struct rtcp_line){ .ssrc = X, .middle = 0x10000 });
	add_report(&b, &(struct rtcp_line){ .ssrc = 7, .about = X, .lsr = 0x10000, .dlsr = 0x2000 });
	put(&b, 0x80cf0004);
	put(&b, 7);
	put(&b, 0x04000002);
	put(&b, 5);
	put(&b, 0x50000);
	send_bytes(s, 1155, B_RTCP, A_RTCP, buf_str(&b), true);
	buf_clear(&b);
	put(&b, 0x80cf0005);
	put(&b, X);
	put(&b, 0x05000003);
	put(&b, 7);
	put(&b, 0x00050005);
	put(&b, 0x8000);
	send_bytes(s, 1665, A_RTCP, B_RTCP, buf_str(&b), true);
	assert_true(store_stream_reported(s, stream_of(s, X), &r));
	assert_int_equal(r.to_receiver, 30 * NS_PER_MS);
	assert_int_equal(r.to_sender, 10 * NS_PER_MS);
	assert_int_equal(stream_of(s, X)->round_trip, 40 * NS_PER_MS);
	buf_release(&b);
	store_free(s);
}

/* What is encrypted is not shown as numbers. */
static void
test_secure(void **state)
{
	struct store *s = two_streams();
	struct stream_reported r;
	struct media_stats stats;
	struct buf b = BUF_INIT;

	(void)state;
	put(&b, 0x81c8000c);
	put(&b, X);
	for (uint32_t i = 0; i < 11; i++)
		put(&b, 0x9e3779b9u * (i + 1));
	put(&b, 0x80000001);
	buf_add(&b, "0123456789", 10);
	send_bytes(s, 200, A_RTCP, B_RTCP, buf_str(&b), true);
	/* No index, but lengths that do not add up. */
	b.n -= 4;
	send_bytes(s, 300, A_RTCP, B_RTCP, buf_str(&b), true);
	assert_true(store_stream_reported(s, stream_of(s, X), &r));
	assert_int_equal(r.secure, 1);
	assert_int_equal(r.senders, 0);
	assert_false(store_stream_reported(s, stream_of(s, Y), &r));
	store_media_stats(s, &stats);
	assert_int_equal(stats.rtcp_secure, 1);
	assert_int_equal(stats.rtcp_bad, 1);
	assert_int_equal(stats.rtcp, 2);
	buf_release(&b);
	store_free(s);
}

static void
test_names(void **state)
{
	struct store *s = two_streams();
	struct stream_reported r;
	struct buf b = BUF_INIT;

	(void)state;
	add_report(&b, &(struct rtcp_line){ .ssrc = X, .middle = 0x10000 });
	put(&b, 0x81ca0003);
	put(&b, X);
	buf_add(&b, "\x01\x05" "a@b.c" "\x00", 8);
	put(&b, 0x81cb0001);
	put(&b, X);
	send_bytes(s, 400, A, B, buf_str(&b), true);
	assert_true(store_stream_reported(s, stream_of(s, X), &r));
	assert_true(str_eq(r.cname, STR("a@b.c")));
	assert_int_equal(r.bye, at(400));
	assert_int_equal(r.senders, 1);
	assert_true(report_says(&r.sent));
	assert_false(report_says(&r.received));
	buf_release(&b);
	store_free(s);
}

/* A report for each second of an hour: the ends and the worst are exact. */
static void
test_thinning(void **state)
{
	struct store *s = two_streams();
	const struct report *list;
	struct stream_reported r;
	uint64_t total;
	bool worst = false;
	size_t n;

	(void)state;
	for (uint32_t i = 0; i < 3600; i++)
		send_report(s, 1000.0 * (i + 1), B_RTCP, A_RTCP, &(struct rtcp_line){
			.ssrc = Y, .middle = 0x10000 + i, .about = X,
			.lost_word = i == 1777 ? 0xff000009 : i, .jitter = 8 });
	n = store_stream_reports(s, stream_of(s, X), &list, &total);
	assert_int_equal(total, 3600);
	assert_true(n >= 4 && n <= STREAM_REPORTS_MAX);
	assert_int_equal(list[0].time, at(1000));
	assert_int_equal(list[n - 1].time, at(3600e3));
	for (size_t i = 0; i < n; i++) {
		worst |= list[i].lost == 9 && list[i].lost_percent > 99;
		assert_true(i == 0 || list[i].time > list[i - 1].time);
	}
	assert_true(worst);
	assert_true(store_stream_reported(s, stream_of(s, X), &r));
	assert_int_equal(r.receivers, 3600);
	assert_int_equal(r.received.lost, 3599);
	assert_int_equal(r.worst.time, at(1778e3));
	n = store_stream_reports(s, stream_of(s, Y), &list, &total);
	assert_int_equal(n, 1);
	assert_int_equal(total, 3600);
	store_free(s);
}

/* VoIP metrics and a summary in one packet are one report; 127 is no number. */
static void
test_extended(void **state)
{
	struct store *s = two_streams();
	const struct report *list;
	struct buf b = BUF_INIT;
	uint64_t total;

	(void)state;
	put(&b, 0x80cf0014);
	put(&b, Y);
	put(&b, 0x06e00009);
	put(&b, X);
	put(&b, 0x00010065);
	put(&b, 3);
	put(&b, 1);
	put(&b, 0);
	put(&b, 400);
	put(&b, 80);
	put(&b, 4);
	put(&b, 0);
	put(&b, 0x07000008);
	put(&b, X);
	put(&b, 0x20104008);
	put(&b, 0x00780bb8);
	put(&b, 0x0050003c);
	put(&b, 0x7f7f7f10);
	put(&b, 0x557f297f);
	put(&b, 0);
	put(&b, 0);
	send_bytes(s, 200, B_RTCP, A_RTCP, buf_str(&b), true);
	assert_int_equal(store_stream_reports(s, stream_of(s, X), &list, &total), 1);
	assert_int_equal(list[0].source, REPORT_XR);
	assert_int_equal(list[0].lost, 3);
	assert_int_equal(list[0].duplicates, 1);
	assert_int_equal(list[0].jitter, 10 * NS_PER_MS);
	assert_int_equal(list[0].max_jitter, 50 * NS_PER_MS);
	assert_true(list[0].lost_percent == 12.5);
	assert_true(list[0].discard_percent == 6.25);
	assert_true(list[0].burst_density == 0.25);
	assert_int_equal(list[0].gap_duration, 3000 * NS_PER_MS);
	assert_int_equal(list[0].round_trip, 80 * NS_PER_MS);
	assert_int_equal(list[0].end_system, 60 * NS_PER_MS);
	assert_true(list[0].r_factor == 85);
	assert_true(fabs(list[0].mos_lq - 4.1) < 1e-9);
	assert_true(isnan(list[0].mos_cq));
	buf_release(&b);
	store_free(s);
}

/* A summary of 100 packets, and a trace of the last 15 of them: it is the summary that
 * counts, whichever comes first. */
static void
test_trace_beside_summary(void **state)
{
	static const uint32_t summary[] = { 0x06c00009, X, 0x00010065, 3, 1, 0, 0, 0, 0, 0 };
	static const uint32_t trace[] = { 0x01000003, X, 0x00560065, 0xffff0000 };

	(void)state;
	for (int first = 0; first < 2; first++) {
		struct store *s = two_streams();
		const struct report *list;
		struct buf b = BUF_INIT;
		uint64_t total;

		put(&b, 0x80cf0000 | (1 + ARRAY_SIZE(summary) + ARRAY_SIZE(trace)));
		put(&b, Y);
		for (size_t i = 0; first && i < ARRAY_SIZE(trace); i++)
			put(&b, trace[i]);
		for (size_t i = 0; i < ARRAY_SIZE(summary); i++)
			put(&b, summary[i]);
		for (size_t i = 0; !first && i < ARRAY_SIZE(trace); i++)
			put(&b, trace[i]);
		send_bytes(s, 200, B_RTCP, A_RTCP, buf_str(&b), true);
		assert_int_equal(store_stream_reports(s, stream_of(s, X), &list, &total), 1);
		assert_int_equal(list[0].lost, 3);
		assert_int_equal(list[0].packets, REPORT_ABSENT);
		assert_int_equal(list[0].duplicates, 1);
		buf_release(&b);
		store_free(s);
	}
}

/* Random SSRCs for ever. */
static void
test_flood(void **state)
{
	struct store *s = two_streams();
	struct media_stats stats;
	struct buf b = BUF_INIT;
	uint64_t total;

	(void)state;
	for (uint32_t i = 0; i < 20000; i++) {
		buf_clear(&b);
		put(&b, 0x9fc90000u | (1 + 6 * 31));
		put(&b, 0x70000000u + i);
		for (uint32_t k = 0; k < 31; k++) {
			put(&b, 0x9e3779b9u * (i * 31 + k));
			for (int w = 0; w < 5; w++)
				put(&b, 1);
		}
		send_bytes(s, 1000 + i, B_RTCP, A_RTCP, buf_str(&b), true);
	}
	/* And one SSRC for ever, which does not push others out. */
	send_report(s, 25000, "192.0.2.3:9", "192.0.2.4:9", &(struct rtcp_line){
		.ssrc = 8, .about = 7, .lost_word = 3 });
	for (uint32_t i = 0; i < 20000; i++)
		send_report(s, 25000 + i, B_RTCP, A_RTCP, &(struct rtcp_line){
			.ssrc = Y, .about = 99, .lost_word = i });
	send_report(s, 50000, B_RTCP, A_RTCP, &(struct rtcp_line){ .ssrc = Y, .about = X });
	send_rtp(s, 50000, "192.0.2.4:8", "192.0.2.3:8", 7);
	count(s, 7, &total);
	assert_int_equal(total, 1);
	send_rtp(s, 50000, A, B, 99);
	count(s, 99, &total);
	assert_int_equal(total, 16);
	store_media_end(s);
	store_media_stats(s, &stats);
	assert_int_equal(stats.rtcp_unmatched, 20000 * 31 + 20000 - 16);
	count(s, X, &total);
	assert_int_equal(total, 1);
	buf_release(&b);
	store_free(s);
}

/* Each byte of a compound wrong in turn. */
static void
test_damage(void **state)
{
	struct store *s = two_streams();
	struct media_stats stats;
	struct buf b = BUF_INIT;

	(void)state;
	add_report(&b, &(struct rtcp_line){
		.ssrc = Y, .middle = 0x10000, .about = X, .lsr = 0x20000, .dlsr = 5 });
	put(&b, 0x81ca0003);
	put(&b, Y);
	buf_add(&b, "\x01\x05" "a@b.c" "\x00", 8);
	put(&b, 0x80cf0008);
	put(&b, Y);
	put(&b, 0x04000002);
	put(&b, 1);
	put(&b, 2);
	put(&b, 0x05000003);
	put(&b, X);
	put(&b, 3);
	put(&b, 4);
	for (size_t i = 0; i < b.n; i++) {
		static const char values[] = { 0, 1, '\x7f', '\x80', '\xff' };
		char before = b.p[i];

		for (size_t v = 0; v < sizeof(values); v++) {
			char *copy = xmalloc(b.n);

			b.p[i] = values[v];
			memcpy(copy, b.p, b.n);
			send_bytes(s, 1000 + (double)i, B_RTCP, A_RTCP,
				   (struct str){ copy, b.n }, true);
			free(copy);
		}
		b.p[i] = before;
	}
	store_media_end(s);
	store_media_stats(s, &stats);
	assert_true(stats.rtcp_bad > 0 && stats.rtcp_flawed > 0);
	buf_release(&b);
	store_free(s);
}

/* A capture agent's JSON is told of the same streams. */
static void
test_json(void **state)
{
	struct sip_store t;
	const struct report *list;
	uint64_t total;

	(void)state;
	sip_store_init(&t);
	send_rtp(t.store, 0, A, B, X);
	sip_store_event(&t, 500, EVENT_RTCP, B_RTCP, A_RTCP,
			"{\"ssrc\":572662306,\"type\":201,\"report_count\":1,\"report_blocks\":["
			"{\"source_ssrc\":286331153,\"highest_seq_no\":20881,\"fraction_lost\":64,"
			"\"ia_jitter\":16,\"packets_lost\":5,\"lsr\":0,\"dlsr\":0}]}", "call-1@test");
	assert_int_equal(store_stream_reports(t.store, stream_of(t.store, X), &list, &total), 1);
	assert_int_equal(list[0].source, REPORT_HEP);
	assert_int_equal(list[0].lost, 5);
	assert_int_equal(list[0].jitter, 2 * NS_PER_MS);
	assert_true(list[0].lost_percent == 25.0);
	sip_store_event(&t, 600, EVENT_RTCP, B_RTCP, A_RTCP, "{\"ssrc\":[}", NULL);
	sip_store_event(&t, 600, EVENT_RTCP, B_RTCP, A_RTCP, "[1,2]", NULL);
	sip_store_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matching),
		cmocka_unit_test(test_same_ssrc),
		cmocka_unit_test(test_early),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_no_wait),
		cmocka_unit_test(test_receiver_only),
		cmocka_unit_test(test_secure),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_thinning),
		cmocka_unit_test(test_extended),
		cmocka_unit_test(test_trace_beside_summary),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
