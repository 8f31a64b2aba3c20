/* Which streams there are, and which calls they are of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media_store.h"
#include "store/streams_int.h"

#define RTP_A	"192.0.2.1:4000"
#define RTP_B	"192.0.2.2:6000"

static int
setup(void **state)
{
	struct sip_store *t = calloc(1, sizeof(*t));

	sip_store_init(t);
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	sip_store_release(*state);
	free(*state);
	return 0;
}

static const struct stream *
stream_at(struct sip_store *t, uint32_t i)
{
	const struct stream *st = store_stream(t->store, i);

	assert_non_null(st);
	return st;
}

static uint64_t
packets(struct sip_store *t, uint32_t i)
{
	struct meter_figures f;

	meter_figures(&stream_at(t, i)->meter, &f);
	return f.packets;
}

static void
both_ways(void **state)
{
	struct sip_store *t = *state;
	const struct stream_link **list = NULL;
	size_t cap = 0;

	media_call(t, 0, "c1", NULL, NULL);
	media_run(t, 100, RTP_B, RTP_A, 2, 8, 1, 10);
	media_run(t, 105, RTP_A, RTP_B, 1, 8, 1, 20);
	assert_int_equal(store_stream_count(t->store), 2);
	assert_string_equal(media_links(t, 0), "c1/sdp/callee/0");
	assert_string_equal(media_links(t, 1), "c1/sdp/caller/0");
	assert_int_equal(packets(t, 0), 10);
	assert_int_equal(packets(t, 1), 20);
	assert_int_equal(stream_at(t, 0)->reverse, 1);
	assert_int_equal(stream_at(t, 1)->reverse, 0);
	assert_int_equal(stream_at(t, 0)->confidence, 100);
	assert_int_equal(store_stream_call(t->store, stream_at(t, 0)), 0);
	assert_int_equal(store_call_streams(t->store, store_call(t->store, 0), &list, &cap), 2);
	assert_int_equal(list[0]->stream, 0);
	assert_int_equal(list[1]->stream, 1);
	free(list);
}

/* Nothing is learned before media is seen; then all is. */
static void
learned_late(void **state)
{
	struct sip_store *t = *state;
	const struct stream_claim **list = NULL;
	size_t cap = 0;

	media_call(t, 0, "c1", NULL, NULL);
	assert_int_equal(store_call_claims(t->store, store_call(t->store, 0), &list, &cap), 0);
	media_run(t, 100, RTP_A, RTP_B, 1, 8, 1, 1);
	assert_int_equal(store_call_claims(t->store, store_call(t->store, 0), &list, &cap), 2);
	assert_int_equal(list[0]->side, CALL_SIDE_CALLER);
	assert_int_equal(list[0]->at.port, 4000);
	assert_int_equal(store_claim_rtcp(t->store, list[0]).port, 4001);
	assert_int_equal(list[1]->side, CALL_SIDE_CALLEE);
	media_say(t, 200, MEDIA_B, MEDIA_A, "INVITE", "c1", "b/a", 7,
		  MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 8\r\na=sendonly\r\n"));
	assert_int_equal(store_call_claims(t->store, store_call(t->store, 0), &list, &cap), 3);
	assert_int_equal(list[2]->side, CALL_SIDE_CALLEE);
	assert_true(list[2]->hold);
	assert_true(list[1]->replaced);
	free(list);
}

/* An INFO of the side @p from ("a" or "b") of media_call() with candidates. */
static void
trickle(struct sip_store *t, double ms, const char *call, bool of_caller, unsigned cseq,
	const char *fragment)
{
	const char *from = of_caller ? "a" : "b", *to = of_caller ? "b" : "a";
	struct buf b = BUF_INIT;

	buf_printf(&b, "INFO sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK%s%s%u\r\n"
		   "From: <sip:a@a.test>;tag=%s\r\nTo: <sip:b@b.test>;tag=%s\r\nCall-ID: %s\r\n"
		   "CSeq: %u INFO\r\nInfo-Package: trickle-ice\r\n"
		   "Content-Type: application/trickle-ice-sdpfrag\r\n"
		   "Content-Length: %zu\r\n\r\n%s",
		   call, from, cseq, from, to, call, cseq, strlen(fragment), fragment);
	sip_store_add(t, ms, of_caller ? MEDIA_A : MEDIA_B, of_caller ? MEDIA_B : MEDIA_A,
		      buf_str(&b), 0);
	buf_release(&b);
}

#define TRICKLED	MEDIA_SDP("0.0.0.0", "m=audio 9 RTP/AVP 8\r\na=mid:x\r\n" \
				  "m=video 9 RTP/AVP 96\r\na=mid:y\r\na=rtpmap:96 VP8/90000\r\n")
#define CANDIDATE(addr, port)	"a=candidate:1 1 UDP 1 " addr " " port " typ host\r\n" \
				"a=candidate:1 2 UDP 1 " addr " 1 typ host\r\n"

/* Candidates come after the descriptions, and before, between and after media. */
static void
trickled(void **state)
{
	struct sip_store *t = *state;
	const struct stream_claim **list = NULL;
	size_t cap = 0, n;

	media_call(t, 0, "c1", TRICKLED, TRICKLED);
	/* The names count, not the order. */
	trickle(t, 30, "c1", true, 2, "a=ice-ufrag:u\r\nm=video 9 RTP/AVP 96\r\na=mid:y\r\n"
		CANDIDATE("192.0.2.1", "4002") "m=audio 9 RTP/AVP 8\r\na=mid:x\r\n"
		CANDIDATE("192.0.2.1", "4000"));
	media_run(t, 100, RTP_B, RTP_A, 1, 8, 1, 10);
	media_run(t, 100, "192.0.2.2:6002", "192.0.2.1:4002", 2, 96, 1, 10);
	media_run(t, 100, "192.0.2.1:4004", "192.0.2.2:6004", 3, 96, 1, 10);
	assert_string_equal(media_links(t, 0), "c1/ice/callee/0");
	assert_string_equal(media_links(t, 1), "c1/ice/callee/1");
	assert_string_equal(media_links(t, 2), "");
	assert_string_equal(stream_codec(stream_at(t, 1))->name, "VP8");
	/* Some more of one, without a name: the order tells. */
	trickle(t, 300, "c1", false, 2, "m=audio 9 RTP/AVP 8\r\nm=video 9 RTP/AVP 96\r\n"
		CANDIDATE("192.0.2.2", "6004"));
	assert_string_equal(media_links(t, 2), "c1/ice/caller/1");
	assert_string_equal(stream_codec(stream_at(t, 2))->name, "VP8");
	n = store_call_claims(t->store, store_call(t->store, 0), &list, &cap);
	assert_int_equal(n, 7);
	for (size_t i = 0; i < n; i++)
		assert_false(list[i]->hold);
	assert_true(list[0]->replaced && list[1]->replaced && list[3]->replaced);
	assert_int_equal(list[4]->message, list[0]->message);
	free(list);
}

/* Of a fragment there must be something that it is of. */
static void
trickled_of_nothing(void **state)
{
	struct sip_store *t = *state;

	media_call(t, 0, "c1", NULL, NULL);
	media_run(t, 100, RTP_A, RTP_B, 1, 8, 1, 10);
	trickle(t, 300, "c2", true, 2, "m=audio 9 RTP/AVP 8\r\na=mid:x\r\n"
		CANDIDATE("192.0.2.1", "4008"));
	trickle(t, 310, "c1", true, 2, "m=audio 9 RTP/AVP 8\r\n"
		"m=audio 9 RTP/AVP 8\r\n" CANDIDATE("192.0.2.1", "4008"));
	trickle(t, 320, "c1", true, 3, "a=end-of-candidates\r\n");
	media_run(t, 400, "192.0.2.2:6008", "192.0.2.1:4008", 2, 8, 1, 10);
	assert_string_equal(media_links(t, 1), "");
}

/* Where the codec changes a second is of what it was then. */
static void
codec_of_second(void **state)
{
	static const struct { uint8_t payload_type; const char *codec; } rows[] = {
		{ 0, "PCMU" }, { 8, "PCMA" }, { 101, "PCMA" }, { 13, "PCMA" }, { 99, NULL },
		{ 18, "PCMA" },	/* none came: not that there is no room */
	};
	struct sip_store *t = *state;

	media_call(t, 0, "c1", NULL, NULL);
	media_run(t, 100, RTP_A, RTP_B, 1, 0, 1, 10);
	media_run(t, 300, RTP_A, RTP_B, 1, 8, 11, 30);
	media_run(t, 900, RTP_A, RTP_B, 1, 13, 41, 2);
	media_run(t, 940, RTP_A, RTP_B, 1, 101, 43, 2);
	media_run(t, 980, RTP_A, RTP_B, 1, 99, 45, 2);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct meter_second second = { .payload_type = rows[i].payload_type };
		const struct codec *codec = stream_codec_of_second(stream_at(t, 0), &second);

		if (!rows[i].codec)
			assert_null(codec);
		else
			assert_string_equal(codec->name, rows[i].codec);
	}
}

static void
moved_by_reinvite(void **state)
{
	struct sip_store *t = *state;

	media_call(t, 0, "c1", NULL, NULL);
	media_run(t, 100, RTP_A, RTP_B, 1, 8, 1, 10);
	media_say(t, 1000, MEDIA_B, MEDIA_A, "INVITE", "c1", "b/a", 2,
		  MEDIA_SDP("192.0.2.3", "m=audio 7000 RTP/AVP 8\r\n"));
	media_say(t, 1010, MEDIA_A, MEDIA_B, "200 INVITE", "c1", "b/a", 2,
		  MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 8\r\n"));
	media_run(t, 1100, RTP_A, "192.0.2.3:7000", 1, 8, 50, 10);
	media_run(t, 1100, "192.0.2.3:7000", RTP_A, 9, 8, 50, 10);
	assert_string_equal(media_links(t, 1), "c1/sdp/caller/0");
	assert_string_equal(media_links(t, 2), "c1/sdp/callee/0");
}

static void
forked(void **state)
{
	struct sip_store *t = *state;

	media_say(t, 0, MEDIA_A, MEDIA_B, "INVITE", "c1", "a", 1,
		  MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 8\r\n"));
	media_say(t, 10, MEDIA_B, MEDIA_A, "183 INVITE", "c1", "a/b1", 1,
		  MEDIA_SDP("192.0.2.10", "m=audio 6000 RTP/AVP 8\r\n"));
	media_say(t, 20, MEDIA_B, MEDIA_A, "183 INVITE", "c1", "a/b2", 1,
		  MEDIA_SDP("192.0.2.11", "m=audio 6002 RTP/AVP 8\r\n"));
	media_run(t, 100, "192.0.2.10:6000", RTP_A, 1, 8, 1, 2);
	media_run(t, 101, "192.0.2.11:6002", RTP_A, 2, 8, 1, 2);
	media_run(t, 102, RTP_A, "192.0.2.10:6000", 3, 8, 1, 2);
	media_run(t, 103, RTP_A, "192.0.2.11:6002", 4, 8, 1, 2);
	for (uint32_t i = 0; i < 4; i++)
		assert_string_equal(media_links(t, i), i < 2 ? "c1/sdp/callee/0" : "c1/sdp/caller/0");
}

static void
held(void **state)
{
	struct sip_store *t = *state;

	media_call(t, 0, "c1", NULL, NULL);
	media_run(t, 100, RTP_A, RTP_B, 1, 8, 1, 10);
	media_say(t, 1000, MEDIA_A, MEDIA_B, "INVITE", "c1", "a/b", 2,
		  MEDIA_SDP("0.0.0.0", "m=audio 4000 RTP/AVP 8\r\na=inactive\r\n"));
	media_say(t, 60000, MEDIA_A, MEDIA_B, "INVITE", "c1", "a/b", 3,
		  MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 8\r\n"));
	media_run(t, 60100, RTP_A, RTP_B, 1, 8, 11, 10);
	assert_int_equal(store_stream_count(t->store), 1);
	assert_int_equal(packets(t, 0), 20);
	assert_string_equal(media_links(t, 0), "c1/sdp/caller/0");
}

static void
symmetric(void **state)
{
	struct sip_store *t = *state;

	/* The caller is behind a NAT: nobody tells of 203.0.113.9:40000. */
	media_call(t, 0, "c1", MEDIA_SDP("10.0.0.5", "m=audio 4000 RTP/AVP 8\r\n"), NULL);
	media_run(t, 100, "203.0.113.9:40000", RTP_B, 1, 8, 1, 5);
	media_run(t, 101, RTP_B, "203.0.113.9:40000", 2, 8, 1, 5);
	/* It sends from another port than it said. */
	media_run(t, 102, "192.0.2.2:6666", "203.0.113.9:40000", 3, 8, 1, 5);
	assert_string_equal(media_links(t, 0), "c1/sdp/caller/0");
	assert_string_equal(media_links(t, 1), "c1/symmetric/callee/0");
	assert_string_equal(media_links(t, 2), "c1/nat/callee/0");
}

/* A server announces what its packets get on the way out, a phone what nobody sees; and both
 * ends are told by name. What goes between other hosts, or is described, is not of it. */
static void
translated(void **state)
{
	struct sip_store *t = *state;
	const char *phone = "198.51.100.7:33000", *server = "172.31.0.5:5060";
	const char *rtp[] = { "198.51.100.7:41000", "172.31.0.5:20000", "172.31.0.5:20010" };

	media_say(t, 0, phone, server, "INVITE", "c1", "a", 1,
		  MEDIA_SDP("10.0.0.5", "m=audio 4000 RTP/AVP 8\r\n"));
	media_say(t, 10, server, phone, "200 INVITE", "c1", "a/b", 1,
		  MEDIA_SDP("203.0.113.9", "m=audio 20000 RTP/AVP 8\r\n"));
	media_say(t, 20, server, MEDIA_B, "INVITE", "c2", "c", 1,
		  MEDIA_SDP("172.31.0.5", "m=audio 20010 RTP/AVP 8\r\n"));
	media_run(t, 100, rtp[0], rtp[1], 1, 8, 1, 5);
	media_run(t, 101, rtp[1], rtp[0], 2, 8, 1, 5);
	media_run(t, 102, "198.51.100.8:41000", rtp[1], 3, 8, 1, 5);
	media_run(t, 103, rtp[1], "198.51.100.8:41000", 4, 8, 1, 5);
	media_run(t, 104, rtp[0], rtp[2], 5, 8, 1, 5);
	assert_string_equal(media_links(t, 0), "c1/nat/caller/0");
	assert_string_equal(media_links(t, 1), "c1/nat/callee/0");
	assert_string_equal(media_links(t, 2), "");
	assert_string_equal(media_links(t, 3), "");
	assert_string_equal(media_links(t, 4), "c2/sdp/callee/0");

	media_say(t, 60000, MEDIA_A, MEDIA_B, "INVITE", "c3", "a", 1,
		  MEDIA_SDP("a.example.com", "m=audio 4000 RTP/AVP 8\r\n"));
	media_run(t, 60100, RTP_B, RTP_A, 6, 8, 1, 5);
	assert_string_equal(media_links(t, 5), "c3/nat/callee/0");
	/* What is told by its address counts before. */
	media_say(t, 60200, MEDIA_B, "192.0.2.1:5080", "INVITE", "c4", "z", 1,
		  MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 8\r\n"));
	media_run(t, 60300, RTP_B, RTP_A, 7, 8, 1, 5);
	assert_string_equal(media_links(t, 6), "c4/symmetric/caller/0");
}

/* What comes back to the end behind a NAT from a port that nobody told is of the call while it
 * lasts: what begins when it is over fits in nothing. */
static void
way_back(void **state)
{
	struct sip_store *t = *state;

	media_call(t, 0, "c1", MEDIA_SDP("10.0.0.5", "m=audio 4000 RTP/AVP 8\r\n"), NULL);
	media_run(t, 100, "192.0.2.1:41000", RTP_B, 1, 8, 1, 50);
	media_run(t, 200, "192.0.2.2:6004", "192.0.2.1:41000", 2, 8, 1, 5);
	assert_string_equal(media_links(t, 0), "c1/sdp/caller/0");
	assert_string_equal(media_links(t, 1), "c1/nat/callee/0");
	media_bye(t, 2000, "c1");
	media_run(t, 3000, "192.0.2.2:6006", "192.0.2.1:41000", 3, 8, 1, 5);
	assert_string_equal(media_links(t, 2), "");
}

static void
by_ice(void **state)
{
	struct sip_store *t = *state;
	const struct stream_claim **list = NULL;
	size_t cap = 0;

	media_call(t, 0, "c1", MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 8\r\n"
		"a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host\r\n"
		"a=candidate:2 1 UDP 1694498815 192.0.2.77 45664 typ srflx raddr 10.0.1.1 rport 8998\r\n"
		"a=candidate:2 2 UDP 1694498814 192.0.2.77 45665 typ srflx raddr 10.0.1.1 rport 8999\r\n"),
		   NULL);
	media_say(t, 50, MEDIA_A, MEDIA_B, "UPDATE", "c1", "a/b", 2,
		  MEDIA_SDP("192.0.2.77", "m=audio 45664 RTP/AVP 8\r\n"
			    "a=remote-candidates:1 198.51.100.4 4444\r\n"));
	media_run(t, 100, RTP_B, "10.0.1.1:8998", 1, 8, 1, 2);
	media_run(t, 101, RTP_B, "192.0.2.77:45664", 2, 8, 1, 2);
	media_run(t, 102, "192.0.2.77:45664", "198.51.100.4:4444", 3, 8, 1, 2);
	assert_string_equal(media_links(t, 0), "c1/ice/callee/0");
	assert_string_equal(media_links(t, 1), "c1/sdp/callee/0");
	assert_string_equal(media_links(t, 2), "c1/ice/caller/0");
	/* Candidates are no claims of their own. */
	assert_int_equal(store_call_claims(t->store, store_call(t->store, 0), &list, &cap), 3);
	free(list);
}

#define BUNDLED(port2) \
	"a=group:BUNDLE 0 1\r\nm=audio 9000 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n" \
	"a=rtpmap:111 opus/48000/2\r\na=fingerprint:sha-256 AA\r\na=rtcp-mux\r\n" \
	"m=video " port2 " UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n" \
	"a=fingerprint:sha-256 AA\r\n"

static void
bundled(void **state)
{
	struct sip_store *t = *state;

	media_call(t, 0, "c1", MEDIA_SDP("192.0.2.1", BUNDLED("9000")),
		   MEDIA_SDP("192.0.2.2", BUNDLED("0")));
	media_run(t, 100, "192.0.2.2:9000", "192.0.2.1:9000", 1, 111, 1, 2);
	media_run(t, 101, "192.0.2.2:9000", "192.0.2.1:9000", 2, 96, 1, 2);
	media_run(t, 102, "192.0.2.1:9000", "192.0.2.2:9000", 3, 96, 1, 2);
	assert_string_equal(media_links(t, 0), "c1/sdp/callee/0");
	assert_string_equal(media_links(t, 1), "c1/sdp/callee/1");
	assert_string_equal(media_links(t, 2), "c1/sdp/caller/1");
	assert_string_equal(stream_at(t, 0)->codecs[0].name, "opus");
	assert_int_equal(stream_at(t, 0)->codecs[0].clock_rate, 48000);
	assert_string_equal(stream_at(t, 1)->codecs[0].name, "VP8");
	assert_int_equal(stream_at(t, 1)->codecs[0].clock_rate, 90000);
	assert_string_equal(stream_at(t, 2)->codecs[0].name, "VP8");
	assert_int_equal(stream_at(t, 0)->kind, STREAM_SRTP);
	assert_int_equal(stream_at(t, 0)->crypto, 1u << STREAM_CRYPTO_DTLS);
}

static void
reused_ports(void **state)
{
	struct sip_store *t = *state;

	media_call(t, 0, "c1", NULL, NULL);
	media_run(t, 100, RTP_A, RTP_B, 1, 8, 1, 10);
	media_bye(t, 1000, "c1");
	media_call(t, 1200, "c2", NULL, NULL);
	media_run(t, 1300, RTP_A, RTP_B, 2, 8, 1, 10);
	/* One whose BYE is not in the capture, long ago. */
	media_call(t, 100000, "c3", NULL, NULL);
	media_run(t, 100100, RTP_A, RTP_B, 3, 8, 1, 10);
	assert_string_equal(media_links(t, 0), "c1/sdp/caller/0");
	assert_string_equal(media_links(t, 1), "c2/sdp/caller/0");
	assert_string_equal(media_links(t, 2), "c3/sdp/caller/0");
}

/* As SIPp plays the same capture for each call: not even the SSRC is another one. */
static void
same_key_again(void **state)
{
	struct sip_store *t = *state;

	for (unsigned i = 0; i < 50; i++) {
		char call[16];

		snprintf(call, sizeof(call), "c%u", i);
		media_call(t, 1000.0 * i, call, NULL, NULL);
		media_run(t, 1000.0 * i + 100, RTP_A, RTP_B, 7, 8, 1000, 40);
		media_bye(t, 1000.0 * i + 950, call);
	}
	assert_int_equal(store_stream_count(t->store), 50);
	for (uint32_t i = 0; i < 50; i++) {
		char text[64];

		snprintf(text, sizeof(text), "c%u/sdp/caller/0", i);
		assert_string_equal(media_links(t, i), text);
		assert_int_equal(packets(t, i), 40);
	}
	/* What comes after all of them is of none, once it starts anew. */
	media_run(t, 120000, RTP_A, RTP_B, 7, 8, 1000, 5);
	assert_int_equal(store_stream_count(t->store), 51);
	assert_string_equal(media_links(t, 50), "");
}

/* The next call on the same hop and ports begins before the end of the one before, or that
 * end is not in the capture. */
static void
overlapping(void **state)
{
	struct sip_store *t = *state;

	for (unsigned i = 0; i < 3; i++) {
		char call[16];

		snprintf(call, sizeof(call), "c%u", i);
		media_call(t, 4000.0 * i, call, NULL, NULL);
		media_run(t, 4000.0 * i + 100, RTP_A, RTP_B, 7 + i, 8, 1000, 210);
		if (i > 0) {
			snprintf(call, sizeof(call), "c%u", i - 1);
			media_bye(t, 4000.0 * i + 1500, call);
		}
	}
	assert_int_equal(store_stream_count(t->store), 3);
	assert_string_equal(media_links(t, 0), "c0/sdp/caller/0");
	assert_string_equal(media_links(t, 1), "c1/sdp/caller/0");
	assert_string_equal(media_links(t, 2), "c2/sdp/caller/0");
	/* No end of it; the same SSRC. */
	media_call(t, 20000, "c3", NULL, NULL);
	media_run(t, 20100, RTP_A, RTP_B, 9, 8, 1000, 10);
	assert_string_equal(media_links(t, 2), "c2/sdp/caller/0");
	assert_string_equal(media_links(t, 3), "c3/sdp/caller/0");
}

/* While it goes on after BYE it is of its call. */
static void
after_bye(void **state)
{
	struct sip_store *t = *state;

	media_call(t, 0, "c1", NULL, NULL);
	media_run(t, 100, RTP_A, RTP_B, 7, 8, 1, 10);
	media_bye(t, 300, "c1");
	media_run(t, 300, RTP_A, RTP_B, 7, 8, 11, 500);
	media_run(t, 400, RTP_B, RTP_A, 8, 8, 11, 5);
	assert_int_equal(store_stream_count(t->store), 2);
	assert_int_equal(packets(t, 0), 510);
	assert_string_equal(media_links(t, 1), "c1/sdp/callee/0");
}

static void
told_late(void **state)
{
	struct sip_store *t = *state;

	media_run(t, 0, RTP_A, RTP_B, 1, 101, 1, 10);
	assert_int_equal(store_stream_count(t->store), 1);
	assert_int_equal(packets(t, 0), 10);
	assert_true(stream_at(t, 0)->confidence < 100);
	assert_string_equal(media_links(t, 0), "");
	media_call(t, 250, "c1", NULL, NULL);
	/* No more packets are needed. */
	assert_string_equal(media_links(t, 0), "c1/sdp/caller/0");
	assert_int_equal(stream_at(t, 0)->confidence, 100);
	assert_string_equal(stream_at(t, 0)->codecs[0].name, "telephone-event");
	assert_true(stream_at(t, 0)->codecs[0].described);
	assert_int_equal(stream_at(t, 0)->codec_n, 1);
	/* What was over by then is not of the call. */
	media_run(t, 300, RTP_A, "192.0.2.9:6000", 2, 8, 1, 10);
	media_say(t, 60000, MEDIA_A, MEDIA_B, "INVITE", "c2", "a", 1,
		  MEDIA_SDP("192.0.2.9", "m=audio 6000 RTP/AVP 8\r\n"));
	assert_string_equal(media_links(t, 1), "c1/symmetric/caller/0");
}

/* A server sends descriptions on as they are: both legs tell of one stream. */
static void
two_legs(void **state)
{
	struct sip_store *t = *state;
	const char *offer = MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 8\r\n");
	const char *answer = MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 8\r\n");

	media_say(t, 0, MEDIA_A, "192.0.2.9:5060", "INVITE", "c1", "a", 1, offer);
	media_say(t, 5, "192.0.2.9:5060", MEDIA_B, "INVITE", "c2", "x", 1, offer);
	media_say(t, 10, MEDIA_B, "192.0.2.9:5060", "200 INVITE", "c2", "x/y", 1, answer);
	media_say(t, 15, "192.0.2.9:5060", MEDIA_A, "200 INVITE", "c1", "a/z", 1, answer);
	media_run(t, 100, RTP_A, RTP_B, 1, 8, 1, 10);
	media_run(t, 100, RTP_B, RTP_A, 2, 8, 1, 10);
	assert_string_equal(media_links(t, 0), "c1/sdp/caller/0;c2/sdp/caller/0");
	assert_string_equal(media_links(t, 1), "c1/sdp/callee/0;c2/sdp/callee/0");
}

/* Hops that were captured each for itself: the copy that was sent on is in the file first. */
static void
told_by_the_nearest(void **state)
{
	struct sip_store *t = *state;
	const char *proxy = "192.0.2.9:5060";
	const char *answer = MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 8\r\n");
	const struct stream_claim **list = NULL;
	size_t cap = 0;

	media_say(t, 0, MEDIA_A, proxy, "INVITE", "c1", "a", 1, NULL);
	media_say(t, 5, proxy, MEDIA_B, "INVITE", "c1", "a", 1, NULL);
	media_say(t, 101, proxy, MEDIA_A, "200 INVITE", "c1", "a/b", 1, answer);
	media_say(t, 100, MEDIA_B, proxy, "200 INVITE", "c1", "a/b", 1, answer);
	media_say(t, 200, proxy, MEDIA_A, "183 INVITE", "c1", "a/c", 1, answer);
	media_say(t, 210, MEDIA_B, proxy, "183 INVITE", "c1", "a/c", 1, answer);
	media_run(t, 300, RTP_A, RTP_B, 1, 8, 1, 1);
	assert_int_equal(store_call_claims(t->store, store_call(t->store, 0), &list, &cap), 2);
	assert_int_equal(list[0]->message, 3);
	assert_int_equal(list[0]->time, SIP_STORE_START + 100 * NS_PER_MS);
	assert_int_equal(list[1]->message, 5);
	free(list);
}

/* A server has one port for all calls, and those who call it are behind NAT. */
static void
one_port_for_all(void **state)
{
	struct sip_store *t = *state;
	static const char *const hosts[] = { "192.0.2.10:5060", "192.0.2.11:5060" };
	static const char *const media[] = { "192.0.2.10:4444", "192.0.2.11:4444" };
	static const char *const calls[] = { "c1", "c2" };

	for (unsigned i = 0; i < 2; i++) {
		media_say(t, 5 * i, hosts[i], MEDIA_B, "INVITE", calls[i], "a", 1,
			  MEDIA_SDP("10.0.0.5", "m=audio 4000 RTP/AVP 8\r\n"));
		media_say(t, 5 * i + 2, MEDIA_B, hosts[i], "200 INVITE", calls[i], "a/b", 1,
			  MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 8\r\n"));
	}
	for (unsigned i = 0; i < 2; i++) {
		media_run(t, 100, media[i], RTP_B, 1 + i, 8, 1, 5);
		media_run(t, 100, RTP_B, media[i], 11 + i, 8, 1, 5);
	}
	assert_string_equal(media_links(t, 0), "c1/sdp/caller/0");
	assert_string_equal(media_links(t, 1), "c1/symmetric/callee/0");
	assert_string_equal(media_links(t, 2), "c2/sdp/caller/0");
	assert_string_equal(media_links(t, 3), "c2/symmetric/callee/0");
}

/* The server answers for itself on one of them: what comes before is of both, until then. */
static void
one_leg_after_all(void **state)
{
	struct sip_store *t = *state;
	const char *offer = MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 8\r\n");

	media_say(t, 0, MEDIA_A, "192.0.2.9:5060", "INVITE", "c1", "a", 1, offer);
	media_say(t, 5, "192.0.2.9:5060", MEDIA_B, "INVITE", "c2", "x", 1, offer);
	media_run(t, 6, RTP_B, RTP_A, 2, 8, 1, 10);
	assert_string_equal(media_links(t, 0), "c1/sdp/callee/0;c2/sdp/callee/0");
	media_say(t, 300, MEDIA_B, "192.0.2.9:5060", "200 INVITE", "c2", "x/y", 1,
		  MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 8\r\n"));
	assert_string_equal(media_links(t, 0), "c2/sdp/callee/0");
}

/* More calls are told at a port than a stream may be of, and the one that both ends fit comes
 * when there is no room left: it is of that one, and of no other. */
static void
one_of_too_many(void **state)
{
	struct sip_store *t = *state;
	char call[16];

	for (unsigned i = 0; i < STREAM_LINKS_MAX + 20; i++) {
		snprintf(call, sizeof(call), "c%u", i);
		media_say(t, 10 * i, MEDIA_A, MEDIA_B, "INVITE", call, "a", 1,
			  MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 8\r\n"));
		media_run(t, 10 * i + 5, RTP_B, RTP_A, 1, 8, (uint16_t)(1 + i), 1);
	}
	assert_int_equal(store_stream_count(t->store), 1);
	assert_int_equal(stream_at(t, 0)->link_n, STREAM_LINKS_MAX);
	media_say(t, 900, MEDIA_B, MEDIA_A, "200 INVITE", call, "a/b", 1,
		  MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 8\r\n"));
	media_run(t, 910, RTP_B, RTP_A, 1, 8, 85, 3);
	assert_string_equal(media_links(t, 0), "c83/sdp/callee/0");
	assert_int_equal(stream_at(t, 0)->orphan, UINT32_MAX);
}

/* Each side gives its own numbers to what it receives. */
static void
types_by_direction(void **state)
{
	struct sip_store *t = *state;

	media_call(t, 0, "c1",
		   MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 96 97 9\r\na=ptime:30\r\n"
			     "a=rtpmap:96 opus/48000/2\r\na=rtpmap:97 telephone-event/48000\r\n"
			     "a=rtpmap:9 G722/16000\r\n"),
		   MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 97 96 98\r\n"
			     "a=rtpmap:97 OPUS/48000/2\r\na=rtpmap:96 telephone-event/8000\r\n"
			     "a=rtpmap:98 x-wide/12345\r\n"));
	media_run(t, 100, RTP_A, RTP_B, 1, 97, 1, 3);
	media_run(t, 200, RTP_A, RTP_B, 1, 96, 4, 2);
	media_run(t, 300, RTP_A, RTP_B, 1, 9, 6, 2);
	media_run(t, 400, RTP_A, RTP_B, 1, 98, 8, 2);
	media_run(t, 500, RTP_A, RTP_B, 1, 18, 10, 2);
	media_run(t, 600, RTP_B, RTP_A, 2, 96, 1, 3);
	assert_string_equal(stream_at(t, 0)->codecs[0].name, "OPUS");
	assert_int_equal(stream_at(t, 0)->codecs[0].clock_rate, 48000);
	assert_int_equal(stream_at(t, 0)->codecs[0].channels, 2);
	assert_int_equal(stream_at(t, 0)->codecs[0].packets, 3);
	assert_string_equal(stream_at(t, 0)->codecs[1].name, "telephone-event");
	assert_int_equal(stream_at(t, 0)->codecs[1].clock_rate, 8000);
	/* The receiver does not have it, the sender does; RFC 3551 4.5.2. */
	assert_string_equal(stream_at(t, 0)->codecs[2].name, "G722");
	assert_int_equal(stream_at(t, 0)->codecs[2].clock_rate, 8000);
	assert_string_equal(stream_at(t, 0)->codecs[3].name, "x-wide");
	assert_int_equal(stream_at(t, 0)->codecs[3].clock_rate, 12345);
	assert_null(stream_at(t, 0)->codecs[3].codec);
	assert_string_equal(stream_at(t, 0)->codecs[4].name, "G729");
	assert_false(stream_at(t, 0)->codecs[4].described);
	assert_string_equal(stream_at(t, 1)->codecs[0].name, "opus");
	assert_int_equal(stream_at(t, 1)->codecs[0].ptime_ms, 30);
	assert_string_equal(stream_codec(stream_at(t, 0))->name, "OPUS");
}

static void
type_means_another(void **state)
{
	struct sip_store *t = *state;

	media_call(t, 0, "c1", NULL, MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 96\r\n"
					       "a=rtpmap:96 iLBC/8000\r\n"));
	media_run(t, 100, RTP_A, RTP_B, 1, 96, 1, 10);
	media_say(t, 1000, MEDIA_B, MEDIA_A, "INVITE", "c1", "b/a", 2,
		  MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 96\r\na=rtpmap:96 speex/16000\r\n"));
	media_run(t, 1100, RTP_A, RTP_B, 1, 96, 11, 5);
	assert_int_equal(store_stream_count(t->store), 1);
	assert_int_equal(stream_at(t, 0)->codec_n, 2);
	assert_int_equal(stream_at(t, 0)->codecs[0].packets, 10);
	assert_int_equal(stream_at(t, 0)->codecs[1].packets, 5);
	assert_int_equal(stream_at(t, 0)->codecs[1].clock_rate, 16000);
}

static void
impossible_clocks(void **state)
{
	static const char *const lines[] = {
		"a=rtpmap:96 opus/0", "a=rtpmap:96 opus/99999999999", "a=rtpmap:96 opus/4000000000",
		"a=rtpmap:96 opus", "a=rtpmap:96 opus/-8000", "a=rtpmap:96 opus/99",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct sip_store t;
		struct media_stats stats;
		char sdp[256];

		sip_store_init(&t);
		snprintf(sdp, sizeof(sdp), "v=0\r\nc=IN IP4 192.0.2.2\r\nm=audio 6000 RTP/AVP 96\r\n%s\r\n",
			 lines[i]);
		media_call(&t, 0, "c1", NULL, sdp);
		media_run(&t, 100, RTP_A, RTP_B, 1, 96, 1, 10);
		assert_true(stream_at(&t, 0)->flaws & RTP_FLAW_CLOCK);
		assert_string_equal(stream_at(&t, 0)->codecs[0].name, "opus");
		assert_int_equal(stream_at(&t, 0)->codecs[0].clock_rate, 0);
		store_media_stats(t.store, &stats);
		assert_int_equal(stats.flaws[RTP_FLAW_BIT_CLOCK], 1);
		sip_store_release(&t);
	}
	(void)state;
}

static void
many_ssrcs(void **state)
{
	struct sip_store *t = *state;
	struct media_stats stats;

	for (uint32_t i = 0; i < 65535; i++)
		media_run(t, i, "192.0.2.66:1234", "192.0.2.67:1234", i * 2654435761u, 8, 1, 5);
	store_media_stats(t->store, &stats);
	assert_int_equal(store_stream_count(t->store), STREAM_SSRCS_MAX);
	assert_int_equal(stats.ssrcs_lost, (65535 - STREAM_SSRCS_MAX) * 5);
	media_call(t, 70000, "c1", NULL, NULL);
	for (uint32_t i = 0; i < 65535; i++)
		media_run(t, 70000 + i / 100.0, RTP_A, RTP_B, i * 2654435761u, 8, 1, 1);
	assert_int_equal(store_stream_count(t->store), STREAM_SSRCS_MAX + STREAM_SSRCS_TOLD_MAX);
	store_media_stats(t->store, &stats);
	assert_int_equal(stats.ssrcs_lost, (65535 - STREAM_SSRCS_MAX) * 5 + 65535 -
			 STREAM_SSRCS_TOLD_MAX);
	assert_true(stats.memory < 8 * 1024 * 1024);
}

static void
collision_and_loop(void **state)
{
	struct sip_store *t = *state;

	/* Two sources that know nothing of each other. */
	media_call(t, 0, "c1", NULL, NULL);
	media_run(t, 100, RTP_A, RTP_B, 1, 8, 1, 3);
	media_run(t, 170, "192.0.2.44:4000", RTP_B, 1, 8, 9000, 3);
	media_run(t, 180, RTP_A, RTP_B, 1, 8, 4, 3);
	assert_true(stream_at(t, 0)->flaws & RTP_FLAW_COLLISION);
	assert_true(stream_at(t, 1)->flaws & RTP_FLAW_COLLISION);
	/* One source, before and behind a translator. */
	media_run(t, 300, RTP_B, RTP_A, 2, 8, 1, 3);
	media_run(t, 361, "203.0.113.1:6000", RTP_A, 2, 8, 3, 3);
	media_run(t, 362, RTP_B, RTP_A, 2, 8, 4, 3);
	assert_false(stream_at(t, 2)->flaws & RTP_FLAW_COLLISION);
	/* It moved. */
	media_run(t, 500, "203.0.113.2:6000", RTP_A, 2, 8, 900, 3);
	assert_false(stream_at(t, 4)->flaws & RTP_FLAW_COLLISION);
	/* It comes back as it went. */
	media_run(t, 600, RTP_B, RTP_A, 1, 8, 1, 3);
	assert_true(stream_at(t, 0)->flaws & RTP_FLAW_LOOP);
	assert_true(stream_at(t, 5)->flaws & RTP_FLAW_LOOP);
	assert_false(stream_at(t, 2)->flaws & RTP_FLAW_LOOP);
	/* Two ends that have chosen the same one. */
	media_run(t, 900, RTP_A, RTP_B, 9, 8, 1, 3);
	media_run(t, 910, RTP_B, RTP_A, 9, 8, 30000, 3);
	assert_int_equal(stream_at(t, 6)->flaws, RTP_FLAW_COLLISION);
	assert_int_equal(stream_at(t, 7)->flaws, RTP_FLAW_COLLISION);
}

/* What has a header that lies, at an address that is described: one of an SSRC is nothing,
 * some that go on are RTP of a broken sender. */
static void
described_and_broken(void **state)
{
	struct sip_store *t = *state;
	struct net_endpoint src, dst;

	media_call(t, 0, "c1", NULL, NULL);
	media_run(t, 100, RTP_A, RTP_B, 1, 8, 1, 3);
	assert_true(net_endpoint_parse(str_of(RTP_A), &src));
	assert_true(net_endpoint_parse(str_of(RTP_B), &dst));
	for (uint8_t i = 0; i < 60; i++) {
		uint8_t ssrc = i < 20 ? (uint8_t)(100 + i) : 99;
		uint8_t bytes[20] = { 0x8f, 8, 0, i, 0, 0, (uint8_t)(i * 160 / 256),
				      (uint8_t)(i * 160), 0, 0, 0, ssrc };

		store_add_rtp(t->store, &(struct media_input){
			.src = &src, .dst = &dst, .payload = { (const char *)bytes, sizeof(bytes) },
			.wire_length = sizeof(bytes), .time = SIP_STORE_START + (200 + 20 * i) * NS_PER_MS,
		});
	}
	assert_int_equal(store_stream_count(t->store), 2);
	assert_int_equal(stream_at(t, 1)->ssrc, 99);
	assert_int_equal(stream_at(t, 1)->confidence, 100);
	assert_int_equal(stream_at(t, 1)->link_n, 1);
	assert_true(stream_at(t, 1)->flaws & RTP_FLAW_CSRC);
	assert_int_equal(packets(t, 1), 40);
}

static void
time_goes_back(void **state)
{
	struct sip_store *t = *state;
	struct media_stats stats;

	media_call(t, 0, "c1", NULL, NULL);
	media_run(t, 5000, RTP_A, RTP_B, 1, 8, 1, 5);
	assert_int_equal(stream_at(t, 0)->flaws, 0);
	media_run(t, 100, RTP_A, RTP_B, 1, 8, 6, 5);
	assert_int_equal(store_stream_count(t->store), 1);
	assert_int_equal(stream_at(t, 0)->flaws, RTP_FLAW_TIME_BACK);
	media_run(t, -9e12 / 2, RTP_A, RTP_B, 1, 8, 6, 5);
	media_run(t, 9e12 / 2, RTP_A, RTP_B, 1, 8, 6, 5);
	media_run(t, 200, RTP_A, RTP_B, 1, 8, 6, 5);
	store_media_stats(t->store, &stats);
	assert_true(stats.flaws[RTP_FLAW_BIT_TIME_BACK] >= 15);
	/* Without a time nothing can be said. */
	assert_false(store_add_rtp(t->store, &(struct media_input){
		.src = &stream_at(t, 0)->src, .dst = &stream_at(t, 0)->dst, .time = TIME_NONE,
		.payload = STR("\x80\x08\0\1\0\0\0\1\0\0\0\1xxxx"), .wire_length = 16 }));
}

static void
by_ssrc(void **state)
{
	struct sip_store *t = *state;
	struct stream *st;

	media_call(t, 0, "c1", MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 8\r\n"
					 "a=ssrc:305419896 cname:x\r\na=ssrc:305419896 label:y\r\n"),
		   NULL);
	media_run(t, 100, "203.0.113.1:1000", "203.0.113.2:2000", 0x12345678, 8, 1, 2);
	assert_string_equal(media_links(t, 0), "c1/ssrc/caller/0");
	/* Reports of it name the one the other way. */
	media_run(t, 200, "203.0.113.5:5000", "203.0.113.6:6000", 77, 8, 1, 5);
	assert_string_equal(media_links(t, 1), "");
	st = media_find(t->store, &stream_at(t, 1)->src, &stream_at(t, 1)->dst, 77);
	assert_ptr_equal(st, stream_at(t, 1));
	media_link_as(t->store, st, stream_at(t, 0), STREAM_HOW_RTCP, false);
	assert_string_equal(media_links(t, 1), "c1/rtcp/callee/0");
	assert_int_equal(st->confidence, 100);
}

static void
expect_ssrc(struct sip_store *t, uint32_t ssrc, const uint32_t *streams, size_t n)
{
	uint64_t cursor = 0;
	struct stream *st;

	for (size_t i = 0; i < n; i++) {
		st = media_next_ssrc(t->store, ssrc, &cursor);
		assert_non_null(st);
		assert_int_equal(st->index, streams[i]);
	}
	assert_null(media_next_ssrc(t->store, ssrc, &cursor));
}

/* Those of before somebody asked are found as those that came after it. */
static void
asked_late(void **state)
{
	struct sip_store *t = *state;

	media_run(t, 0, "192.0.2.7:1000", "192.0.2.8:1000", 5, 8, 1, 5);
	media_run(t, 1, "192.0.2.7:1002", "192.0.2.8:1002", 6, 8, 1, 5);
	media_run(t, 2, "192.0.2.7:1004", "192.0.2.8:1004", 5, 8, 1, 5);
	media_run(t, 3, "192.0.2.8:1004", "192.0.2.7:1004", 7, 8, 1, 5);
	assert_false(t->store->media->by_ssrc);
	expect_ssrc(t, 5, (const uint32_t[]){ 2, 0 }, 2);
	assert_true(t->store->media->by_ssrc);
	media_run(t, 200, "192.0.2.7:1006", "192.0.2.8:1006", 5, 8, 1, 5);
	expect_ssrc(t, 5, (const uint32_t[]){ 4, 2, 0 }, 3);
	expect_ssrc(t, 6, (const uint32_t[]){ 1 }, 1);
	expect_ssrc(t, 8, NULL, 0);
}

/* Of an end of many the one with the same SSRC is found, however many came since. */
static void
collision_of_many(void **state)
{
	struct sip_store *t = *state;

	media_run(t, 0, "192.0.2.7:1000", "192.0.2.8:1000", 5, 8, 1, 5);
	for (unsigned i = 0; i < 20; i++) {
		char src[32];

		snprintf(src, sizeof(src), "192.0.2.9:%u", 2000 + i);
		media_run(t, i, src, "192.0.2.8:1000", 100 + i, 8, 1, 5);
	}
	media_run(t, 50, "192.0.2.44:1000", "192.0.2.8:1000", 5, 8, 9000, 5);
	media_run(t, 100, "192.0.2.7:1000", "192.0.2.8:1000", 5, 8, 6, 5);
	assert_true(stream_at(t, 0)->flaws & RTP_FLAW_COLLISION);
	assert_true(stream_at(t, 21)->flaws & RTP_FLAW_COLLISION);
	assert_int_equal(stream_at(t, 3)->flaws, 0);
}

static void
secured(void **state)
{
	struct sip_store *t = *state;

	media_call(t, 0, "c1",
		   MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/SAVP 8\r\n"
			     "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\r\n"
			     "a=crypto:2 AEAD_AES_256_GCM inline:AAAA\r\n"),
		   MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/SAVP 8\r\n"
			     "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:BBBB\r\n"));
	media_run(t, 100, RTP_A, RTP_B, 1, 8, 1, 2);
	assert_int_equal(stream_at(t, 0)->kind, STREAM_SRTP);
	assert_int_equal(stream_at(t, 0)->crypto,
			 1u << STREAM_CRYPTO_AES_128_80 | 1u << STREAM_CRYPTO_GCM_256);
	assert_string_equal(stream_crypto_name(STREAM_CRYPTO_GCM_256), "AEAD_AES_256_GCM");
	/* Offered at will, and not taken. */
	media_bye(t, 900, "c1");
	media_call(t, 1000, "c2", MEDIA_SDP("192.0.2.1", "m=audio 4100 RTP/AVP 8\r\n"
			     "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\r\n"), NULL);
	media_run(t, 1100, "192.0.2.1:4100", RTP_B, 2, 8, 1, 2);
	assert_int_equal(stream_at(t, 1)->kind, STREAM_RTP);
}

/* Where neither address is told the descriptions of the call tell of SRTP. */
static void
secured_elsewhere(void **state)
{
	struct sip_store *t = *state;

	media_call(t, 0, "c1",
		   MEDIA_SDP("10.0.0.1", "m=audio 4000 RTP/SAVP 8\r\na=ssrc:77 cname:x\r\n"
			     "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"),
		   MEDIA_SDP("10.0.0.2", "m=audio 6000 RTP/SAVP 8\r\n"
			     "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"));
	media_run(t, 100, RTP_A, RTP_B, 77, 8, 1, 10);
	media_run(t, 100, RTP_B, RTP_A, 78, 8, 1, 10);
	assert_string_equal(media_links(t, 0), "c1/ssrc/caller/0");
	assert_int_equal(stream_at(t, 0)->kind, STREAM_SRTP);
	assert_int_equal(stream_at(t, 1)->kind, STREAM_SRTP);
	assert_int_equal(stream_at(t, 1)->crypto, 1u << STREAM_CRYPTO_AES_128_80);
}

static void
claims_are_bounded(void **state)
{
	struct sip_store *t = *state;
	const struct stream_claim **list = NULL;
	struct media_stats stats;
	char sdp[256];
	size_t cap = 0;

	media_call(t, 0, "c1", NULL, NULL);
	media_run(t, 50, RTP_A, RTP_B, 1, 8, 1, 2);
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(sdp, sizeof(sdp), "v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio %u RTP/AVP 8\r\n",
			 4000 + i % 10);
		media_say(t, 100 + i, MEDIA_A, MEDIA_B, "INVITE", "c1", "a/b", 2 + i, sdp);
	}
	assert_int_equal(store_call_claims(t->store, store_call(t->store, 0), &list, &cap),
			 CALL_CLAIMS_MAX);
	store_media_stats(t->store, &stats);
	assert_true(stats.claims_lost > 1000);
	free(list);
}

/* What costs nothing: media that was refused, ports beyond the first, IPv6. */
static void
told_otherwise(void **state)
{
	struct sip_store *t = *state;

	media_call(t, 0, "c1",
		   "v=0\r\ns=-\r\nt=0 0\r\nm=audio 4000/2 RTP/AVP 8\r\nc=IN IP6 2001:db8::1\r\n"
		   "m=video 0 RTP/AVP 96\r\nc=IN IP4 192.0.2.1\r\n",
		   "v=0\r\nc=IN IP4 192.0.2.2\r\nm=audio 6000 RTP/AVP 8\r\n"
		   "m=video 0 RTP/AVP 96\r\n");
	media_run(t, 100, RTP_B, "[2001:db8::1]:4002", 1, 8, 1, 2);
	assert_string_equal(media_links(t, 0), "c1/sdp/callee/0");
	/* Others ask what could be, or refuse. */
	media_say(t, 0, MEDIA_A, MEDIA_B, "OPTIONS", "o1", "a", 1,
		  MEDIA_SDP("192.0.2.50", "m=audio 5000 RTP/AVP 8\r\n"));
	media_say(t, 1, MEDIA_B, MEDIA_A, "488 INVITE", "c1", "a/b", 1,
		  MEDIA_SDP("192.0.2.51", "m=audio 5000 RTP/AVP 8\r\n"));
	media_run(t, 200, "192.0.2.60:2000", "192.0.2.50:5000", 2, 8, 1, 5);
	media_run(t, 300, "192.0.2.60:2000", "192.0.2.51:5000", 3, 8, 1, 5);
	assert_string_equal(media_links(t, 1), "");
	assert_string_equal(media_links(t, 2), "");
}

static void
memory(void **state)
{
	struct sip_store *t = *state;
	struct media_stats stats;

	for (uint32_t i = 0; i < 2000; i++) {
		char src[32], dst[32];

		snprintf(src, sizeof(src), "192.0.2.7:%u", 10000 + i);
		snprintf(dst, sizeof(dst), "192.0.2.8:%u", 10000 + i);
		for (unsigned k = 0; k < 30; k++)
			media_send(t, 1000.0 * k + i % 20, &(struct media_packet){
				src, dst, i, 8000 * k, (uint16_t)k, 8 });
	}
	store_media_stats(t->store, &stats);
	assert_int_equal(store_stream_count(t->store), 2000);
	assert_in_range(stats.memory / 2000, 1, 2048 + 16 * 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(codec_of_second), TEST(trickled), TEST(trickled_of_nothing),
		TEST(both_ways), TEST(learned_late), TEST(moved_by_reinvite), TEST(forked), TEST(held),
		TEST(symmetric), TEST(translated), TEST(way_back), TEST(by_ice), TEST(bundled),
		TEST(reused_ports), TEST(same_key_again),
		TEST(overlapping), TEST(one_port_for_all), TEST(told_by_the_nearest),
		TEST(after_bye), TEST(told_late), TEST(two_legs), TEST(one_leg_after_all), TEST(one_of_too_many),
		TEST(types_by_direction), TEST(type_means_another), TEST(many_ssrcs),
		TEST(collision_and_loop), TEST(time_goes_back), TEST(described_and_broken), TEST(by_ssrc),
		TEST(asked_late), TEST(collision_of_many), TEST(secured),
		TEST(secured_elsewhere),
		TEST(claims_are_bounded), TEST(told_otherwise), TEST(memory),
		cmocka_unit_test(impossible_clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
