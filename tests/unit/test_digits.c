/* query/digits.h, and store/digits.c below it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "query/digits.h"
#include "media_store.h"
#include "store/streams_int.h"

#define A	"192.0.2.1:5060"
#define B	"192.0.2.2:5060"
#define A_RTP	"192.0.2.1:4000"
#define B_RTP	"192.0.2.2:6000"

static const struct codec *
event_codec(void)
{
	return codec_find(STR("telephone-event"), 8000);
}

/* A stream of a few packets of speech. */
static struct stream *
stream_make(struct sip_store *t, const char *src, const char *dst, uint32_t ssrc)
{
	struct net_endpoint from, to;
	struct media_input in = { .src = &from, .dst = &to };
	struct stream *st;
	uint8_t packet[172] = { 0x80, 0 };

	assert_true(net_endpoint_parse(str_of(src), &from));
	assert_true(net_endpoint_parse(str_of(dst), &to));
	for (int i = 0; i < 4; i++)
		packet[8 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
	for (int i = 0; i < 10; i++) {
		packet[3] = (uint8_t)(i + 1);
		packet[6] = (uint8_t)((i + 1) * 160 >> 8);
		packet[7] = (uint8_t)((i + 1) * 160);
		in.payload = (struct str){ (const char *)packet, sizeof(packet) };
		in.wire_length = sizeof(packet);
		in.time = SIP_STORE_START + (3100 + i * 20) * NS_PER_MS;
		in.frame = (uint32_t)i + 100;
		store_add_rtp(t->store, &in);
	}
	st = media_find(t->store, &from, &to, ssrc);
	assert_non_null(st);
	return st;
}

/* A packet of events at @p ms. */
static void
tell_numbered(struct sip_store *t, struct stream *st, double ms, uint16_t sequence,
	      uint32_t timestamp, bool marker, struct str payload, uint32_t rate)
{
	struct rtp rtp = {
		.ssrc = st->ssrc, .timestamp = timestamp, .payload_type = 101,
		.sequence = sequence,
		.marker = marker, .payload = payload, .payload_length = (uint32_t)payload.n,
	};
	struct media_input in = {
		.src = &st->src, .dst = &st->dst, .payload = payload,
		.time = SIP_STORE_START + (int64_t)(ms * 1e6),
	};
	struct stream_codec codec = {
		.codec = event_codec(), .clock_rate = rate, .payload_type = 101,
	};

	media_digit(t->store, st, &rtp, &in, &codec);
}

/* The same of a packet whose number does not matter. */
static void
tell(struct sip_store *t, struct stream *st, double ms, uint32_t timestamp, bool marker,
     struct str payload, uint32_t rate)
{
	tell_numbered(t, st, ms, 0, timestamp, marker, payload, rate);
}

struct told_event {
	double ms;
	uint32_t timestamp;
	char digit;		/* as text */
	bool end;
	uint16_t duration;
	bool marker;
};

static void
report_numbered(struct sip_store *t, struct stream *st, const struct told_event *r,
		uint16_t sequence)
{
	char payload[4] = {
		(char)strcspn("0123456789*#ABCD!", (char[]){ r->digit, '\0' }),
		(char)((r->end ? 0x80 : 0) | 10),
		(char)(r->duration >> 8), (char)r->duration,
	};

	tell_numbered(t, st, r->ms, sequence, r->timestamp, r->marker,
		      (struct str){ payload, 4 }, 8000);
}

static void
report(struct sip_store *t, struct stream *st, const struct told_event *r)
{
	report_numbered(t, st, r, 0);
}

/* "5 at 1000 for 100." and so on; "..." where the end was not seen. */
static const char *
stream_digits(struct sip_store *t, const struct stream *st, struct buf *b)
{
	const struct digit **list = NULL;
	size_t cap = 0, n = store_stream_digits(t->store, st, &list, &cap);

	buf_clear(b);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(list[i]->number, i);
		assert_int_equal(list[i]->stream, st->index);
		assert_int_equal(list[i]->source, DIGIT_RTP);
		buf_printf(b, "%s at %g for %g%s ", list[i]->text,
			   (double)(list[i]->time - SIP_STORE_START) / 1e6,
			   (double)list[i]->duration / 1e6, list[i]->ended ? "." : "...");
	}
	free(list);
	return buf_cstr(b);
}

#define DIGIT(ms, ts, d) \
	{ ms, ts, d, false, 160, true }, { (ms) + 20, ts, d, false, 320, false }, \
	{ (ms) + 40, ts, d, false, 480, false }, { (ms) + 60, ts, d, true, 640, false }, \
	{ (ms) + 60, ts, d, true, 640, false }, { (ms) + 60, ts, d, true, 640, false }

static const struct {
	const char *what;
	struct told_event reports[20];
	const char *want;
} cases[] = {
	{ "two, end told three times", { DIGIT(1000, 8000, '5'), DIGIT(1200, 9600, '5') },
	  "5 at 1000 for 80. 5 at 1200 for 80. " },
	{ "in a row without a pause", { DIGIT(1000, 8000, '1'), DIGIT(1080, 8640, '1') },
	  "1 at 1000 for 80. 1 at 1080 for 80. " },
	{ "the beginning is lost", {
		{ 1040, 8000, '#', false, 480, false }, { 1060, 8000, '#', true, 640, false } },
	  "# at 1040 for 80. " },
	{ "the end is lost", {
		{ 1000, 8000, '*', false, 160, true }, { 1020, 8000, '*', false, 320, false },
		DIGIT(1200, 9600, '*') },
	  "* at 1000 for 40... * at 1200 for 80. " },
	{ "all but one end is lost", { { 1060, 8000, '0', true, 640, false } },
	  "0 at 1060 for 80. " },
	{ "captured twice", {
		{ 1000, 8000, '7', false, 160, true }, { 1000.1, 8000, '7', false, 160, true },
		{ 1020, 8000, '7', true, 320, false }, { 1020.1, 8000, '7', true, 320, false },
		DIGIT(1200, 9600, '8'), { 1260.1, 9600, '8', true, 640, false } },
	  "7 at 1000 for 40. 8 at 1200 for 80. " },
	{ "out of order, over the next digit", {
		{ 1000, 8000, '1', false, 160, true }, { 1100, 8800, '2', false, 160, true },
		{ 1101, 8000, '1', true, 640, false }, { 1160, 8800, '2', true, 640, false } },
	  "1 at 1000 for 80. 2 at 1100 for 80. " },
	{ "longer than a segment", {
		{ 1000, 8000, 'A', false, 160, true }, { 9191, 8000, 'A', false, 65500, false },
		{ 9195, 8000, 'A', false, 65535, false },
		{ 9215, 73535, 'A', false, 160, false }, { 9415, 73535, 'A', true, 1760, false },
		{ 9415, 73535, 'A', true, 1760, false } },
	  "A at 1000 for 8411.88. " },
	{ "the timestamp runs with the packets", {
		{ 1000, 8000, '3', false, 160, true }, { 1020, 8160, '3', false, 320, false },
		{ 1040, 8320, '3', false, 480, false }, { 1060, 8480, '3', true, 640, false },
		{ 1080, 8640, '3', true, 640, false }, { 1100, 8800, '3', true, 640, false },
		DIGIT(1300, 10400, '3') },
	  "3 at 1000 for 80. 3 at 1300 for 80. " },
	{ "no end, no marker", {
		{ 1000, 8000, '4', false, 160, false }, { 1020, 8000, '4', false, 320, false },
		{ 1040, 8000, '4', false, 480, false }, { 1300, 10400, '4', false, 160, false },
		{ 1320, 10400, '4', false, 320, false } },
	  "4 at 1000 for 60... 4 at 1300 for 40... " },
	{ "the timestamp wraps", {
		{ 1000, 0xffffff00, '9', false, 160, true },
		{ 1080, 0xffffff00, '9', true, 640, false }, DIGIT(1200, 0x500, '9') },
	  "9 at 1000 for 80. 9 at 1200 for 80. " },
	{ "the same timestamp much later", {
		{ 1000, 8000, '6', true, 640, false }, { 60000, 8000, '6', true, 640, false } },
	  "6 at 1000 for 80. 6 at 60000 for 80. " },
	{ "a flash", { { 1000, 8000, '!', true, 640, true } }, "! at 1000 for 80. " },
};

static void
test_stream(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sip_store t;
		struct stream *st;

		sip_store_init(&t);
		st = stream_make(&t, A_RTP, B_RTP, 7);
		for (size_t j = 0; j < ARRAY_SIZE(cases[i].reports); j++)
			if (cases[i].reports[j].digit)
				report(&t, st, &cases[i].reports[j]);
		stream_digits(&t, st, &b);
		if (strcmp(buf_cstr(&b), cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].what, buf_cstr(&b));
		sip_store_release(&t);
	}
	buf_release(&b);
}

/* A sender that gives several presses one timestamp: packets by their numbers, from 1 on, in
 * the order they come; those that are not named are lost. */
static void
test_one_timestamp(void **state)
{
	static const struct {
		const char *what;
		struct told_event sent[20];
		uint8_t came[20];
		uint16_t first;
		const char *want;
	} rows[] = {
		{ "the same key", { DIGIT(1000, 8000, '6'), DIGIT(1300, 8000, '6') },
		  { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, 0xfffc,
		  "6 at 1000 for 80. 6 at 1300 for 80. " },
		{ "another key, and the first one again",
		  { DIGIT(1000, 0, '1'), DIGIT(1300, 0, '2'), DIGIT(1600, 0, '1') },
		  { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18 }, 10,
		  "1 at 1000 for 80. 2 at 1300 for 80. 1 at 1600 for 80. " },
		{ "the end is lost", { DIGIT(1000, 8000, '6'), DIGIT(1300, 8000, '6') },
		  { 1, 2, 7, 8, 9, 10 }, 10, "6 at 1000 for 40... 6 at 1300 for 80. " },
		{ "the beginning is lost", { DIGIT(1000, 8000, '6'), DIGIT(1300, 8000, '6') },
		  { 1, 2, 3, 4, 8, 9, 10 }, 10, "6 at 1000 for 80. 6 at 1320 for 80. " },
		{ "both are: they are one", { DIGIT(1000, 8000, '6'), DIGIT(1300, 8000, '6') },
		  { 1, 2, 8, 9, 10 }, 10, "6 at 1000 for 80. " },
		{ "what was sent before the end comes behind it, once more",
		  { DIGIT(1000, 8000, '6') }, { 1, 4, 3, 2, 1, 5, 1 }, 10,
		  "6 at 1000 for 80. " },
		{ "a duration that overflows",
		  { { 1000, 8000, '6', false, 65500, true }, { 1020, 8000, '6', false, 124, false } },
		  { 1, 2 }, 10, "6 at 1000 for 8187.5... " },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sip_store t;
		struct stream *st;

		sip_store_init(&t);
		st = stream_make(&t, A_RTP, B_RTP, 7);
		for (size_t j = 0; j < ARRAY_SIZE(rows[i].came) && rows[i].came[j]; j++)
			report_numbered(&t, st, &rows[i].sent[rows[i].came[j] - 1],
					(uint16_t)(rows[i].first + rows[i].came[j]));
		stream_digits(&t, st, &b);
		if (strcmp(buf_cstr(&b), rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].what, buf_cstr(&b));
		sip_store_release(&t);
	}
	buf_release(&b);
}

static void
test_fields(void **state)
{
	const struct digit **list = NULL;
	struct sip_store t;
	struct stream *st;
	size_t cap = 0;

	(void)state;
	sip_store_init(&t);
	st = stream_make(&t, A_RTP, B_RTP, 7);
	assert_int_equal(store_stream_digits(t.store, st, &list, &cap), 0);
	/* At 48 kHz; a modem tone; a clock rate that is not known. */
	tell(&t, st, 1000, 8000, true, STR("\x05\x8a\x12\xc0"), 48000);
	tell(&t, st, 2000, 80000, true, STR("\x24\x80\x12\xc0"), 8000);
	tell(&t, st, 3000, 160000, true, STR("\x01\xbf\x00\x10"), 0);
	/* Two whole events in a packet, told again. */
	tell(&t, st, 4000, 240000, true, STR("\x01\x8a\x03\x20\x02\x8a\x01\x90"), 8000);
	tell(&t, st, 4001, 240000, true, STR("\x01\x8a\x03\x20\x02\x8a\x01\x90"), 8000);
	tell(&t, st, 5000, 240000, true, STR("\x01\x8a"), 8000);
	tell(&t, st, 5000, 240000, true, STR_NONE, 8000);
	assert_int_equal(store_stream_digits(t.store, st, &list, &cap), 5);
	assert_string_equal(list[0]->text, "5");
	assert_int_equal(list[0]->duration, 100 * NS_PER_MS);
	assert_int_equal(list[0]->volume, -10);
	assert_string_equal(list[1]->text, "");
	assert_int_equal(list[1]->event, 36);
	assert_int_equal(list[1]->volume, 0);
	assert_true(list[2]->duration == TIME_NONE);
	assert_int_equal(list[2]->volume, -63);
	assert_int_equal(list[3]->packets, 2);
	assert_string_equal(list[4]->text, "2");
	assert_int_equal(list[4]->duration, 50 * NS_PER_MS);
	/* Of SRTP nothing is read. */
	st->kind = STREAM_SRTP;
	tell(&t, st, 9000, 640000, true, STR("\x05\x8a\x12\xc0"), 8000);
	assert_int_equal(store_stream_digits(t.store, st, &list, &cap), 5);
	free(list);
	assert_string_equal(digit_source_name(DIGIT_KPML), "kpml");
	assert_null(digit_source_name(DIGIT_SOURCE_COUNT));
	sip_store_release(&t);
}

static void
test_red(void **state)
{
	struct stream_codec codec = {
		.codec = codec_find(STR("red"), 8000), .clock_rate = 8000, .payload_type = 110,
	};
	struct stream_codec known[2] = {
		[1] = { .codec = event_codec(), .clock_rate = 8000, .payload_type = 101 },
	};
	struct buf b = BUF_INIT;
	struct sip_store t;
	struct stream *st;

	(void)state;
	sip_store_init(&t);
	st = stream_make(&t, A_RTP, B_RTP, 7);
	known[0] = st->codecs[0];
	st->codecs = known;
	st->codec_n = 2;
	/* A 2 that goes on, and the 1 that ended before it, 1000 units earlier. */
	for (int i = 0; i < 2; i++)
		media_digit(t.store, st, &(struct rtp){
			.timestamp = 8000, .payload_type = 110,
			.payload = STR("\xe5\x0f\xa0\x04\x65\x01\x8a\x03\x20\x02\x0a\x00\xa0"),
		}, &(struct media_input){ .time = SIP_STORE_START + i * NS_PER_MS }, &codec);
	/* Speech in redundancy. */
	media_digit(t.store, st, &(struct rtp){
		.timestamp = 9000, .payload_type = 110, .payload = STR("\x00" "abcd"),
	}, &(struct media_input){ .time = SIP_STORE_START + NS_PER_S }, &codec);
	assert_string_equal(stream_digits(&t, st, &b), "1 at 0 for 100. 2 at 0 for 20... ");
	buf_release(&b);
	sip_store_release(&t);
}

/* They are nowhere but in redundancy: their description tells. */
static void
test_red_alone(void **state)
{
	struct stream_codec codec = {
		.codec = codec_find(STR("red"), 8000), .clock_rate = 8000, .payload_type = 110,
	};
	const char *sdp = MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 110 101\r\n"
				    "a=rtpmap:110 red/8000\r\na=rtpmap:101 telephone-event/8000\r\n");
	struct buf b = BUF_INIT;
	struct sip_store t;
	struct stream *st;

	(void)state;
	sip_store_init(&t);
	media_call(&t, 0, "c", sdp, MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 110 101\r\n"
		   "a=rtpmap:110 red/8000\r\na=rtpmap:101 telephone-event/8000\r\n"));
	media_run(&t, 100, "192.0.2.1:4000", "192.0.2.2:6000", 7, 110, 1, 5);
	st = chunks_at(&t.store->media->streams, 0);
	media_digit(t.store, st, &(struct rtp){
		.timestamp = 8000, .payload_type = 110,
		.payload = STR("\xe5\x0f\xa0\x04\x65\x01\x8a\x03\x20\x02\x0a\x00\xa0"),
	}, &(struct media_input){ .time = SIP_STORE_START }, &codec);
	assert_string_equal(stream_digits(&t, st, &b), "1 at 0 for 100. 2 at 0 for 20... ");
	buf_release(&b);
	sip_store_release(&t);
}

/* Payload types that nothing describes. */
static void
test_guess(void **state)
{
	static const struct { struct str payload; uint8_t type; bool event; } guesses[] = {
		{ STR_INIT("\x05\x0a\x00\xa0"), 101, true },
		{ STR_INIT("\x10\x8a\x03\x20"), 96, true },
		{ STR_INIT("\x05\x0a\x00\xa0"), 77, false },
		{ STR_INIT("\x05\x4a\x00\xa0"), 101, false },
		{ STR_INIT("\x20\x0a\x00\xa0"), 101, false },
		{ STR_INIT("\x05\x0a\x00\x00"), 101, false },
		{ STR_INIT("\x05\x0a\x20\x00"), 101, false },
		{ STR_INIT("\x05\x0a\x00\xa0\x00"), 101, false },
		{ STR_INIT("\x05\x0a"), 101, false },
	};
	struct sip_store t;
	struct stream *st;

	(void)state;
	sip_store_init(&t);
	st = stream_make(&t, A_RTP, B_RTP, 7);
	for (size_t i = 0; i < ARRAY_SIZE(guesses); i++) {
		struct stream_codec codec = { .payload_type = guesses[i].type };
		struct rtp rtp = {
			.payload_type = guesses[i].type, .payload = guesses[i].payload,
			.payload_length = (uint32_t)guesses[i].payload.n,
		};

		assert_int_equal(media_digit_guess(st, &rtp, &codec), guesses[i].event);
		assert_int_equal(codec.clock_rate, guesses[i].event ? 8000 : 0);
		codec = (struct stream_codec){ .described = true };
		assert_false(media_digit_guess(st, &rtp, &codec));
		/* Cut short by the capture. */
		rtp.payload_length = 4;
		rtp.payload = str_sub(rtp.payload, 0, 3);
		codec.described = false;
		assert_false(media_digit_guess(st, &rtp, &codec));
	}
	sip_store_release(&t);
}

/* A number that is listed without saying what it stands for is not described. */
static void
test_listed_alone(void **state)
{
	const char *sdp = MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 0 101\r\n");
	struct stream_codec *codec;
	struct sip_store t;
	struct stream *st;

	(void)state;
	sip_store_init(&t);
	media_call(&t, 0, "c", sdp, MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 0 101\r\n"));
	media_run(&t, 100, "192.0.2.1:4000", "192.0.2.2:6000", 7, 0, 1, 5);
	st = chunks_at(&t.store->media->streams, 0);
	codec = media_codec(t.store, st, 101);
	assert_false(codec->described);
	assert_true(media_digit_guess(st, &(struct rtp){
		.payload_type = 101, .payload = STR("\x05\x0a\x00\xa0"), .payload_length = 4,
	}, codec));
	assert_true(media_codec(t.store, st, 0)->described);
	sip_store_release(&t);
}

/* One stream that says too much takes no more than its share. */
static void
test_flood(void **state)
{
	const struct digit **list = NULL;
	struct media_stats stats;
	struct sip_store t;
	struct stream *st;
	size_t cap = 0;

	(void)state;
	sip_store_init(&t);
	st = stream_make(&t, A_RTP, B_RTP, 7);
	for (uint32_t i = 0; i < DIGITS_STREAM_MAX + 100; i++)
		report(&t, st, &(struct told_event){
			.ms = 10.0 * i, .timestamp = i * 5000, .digit = (char)('0' + i % 10),
			.end = true, .duration = 400, .marker = true,
		});
	assert_int_equal(store_stream_digits(t.store, st, &list, &cap), DIGITS_STREAM_MAX);
	store_media_stats(t.store, &stats);
	assert_int_equal(stats.digits_lost, 100);
	free(list);
	sip_store_release(&t);
}

/* ---- of a call ---- */

struct told {
	double ms;
	const char *src, *dst;
	const char *method;
	uint32_t cseq;
	const char *branch;
	const char *from, *to;	/* tags */
	const char *type, *body;
};

static void
say(struct sip_store *t, const struct told *m)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s sip:bob@b.test SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK%s\r\n"
		   "From: <sip:alice@a.test>;tag=%s\r\nTo: <sip:bob@b.test>;tag=%s\r\n"
		   "Call-ID: call-1@test\r\nCSeq: %u %s\r\nContent-Type: %s\r\n"
		   "Content-Length: %zu\r\n\r\n%s", m->method, m->branch, m->from, m->to,
		   m->cseq, m->method, m->type, strlen(m->body), m->body);
	sip_store_add(t, m->ms, m->src, m->dst, buf_str(&b), 0);
	buf_release(&b);
}

#define RELAY	"application/dtmf-relay"
#define PARTS	"--x\r\nContent-Type: text/plain\r\n\r\nSignal=9\r\n" \
	"--x\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal=8\r\nDuration=90\r\n--x--\r\n"

static const struct told messages[] = {
	{ 10000, A, B, "INFO", 3, "f1", "a1", "b1", RELAY, "Signal=1\r\nDuration=160\r\n" },
	/* Sent again, captured at the next hop, and the next digit. */
	{ 10500, A, B, "INFO", 3, "f1", "a1", "b1", RELAY, "Signal=1\r\nDuration=160\r\n" },
	{ 10510, B, "192.0.2.3:5060", "INFO", 3, "f2", "a1", "b1", RELAY,
	  "Signal=1\r\nDuration=160\r\n" },
	{ 12000, A, B, "INFO", 4, "f3", "a1", "b1", "application/dtmf", "2" },
	{ 13000, B, A, "INFO", 1, "f4", "b1", "a1", RELAY, "Signal=#\r\nDuration=100\r\n" },
	{ 14000, A, B, "INFO", 5, "f5", "a1", "b1", "multipart/mixed;boundary=x", PARTS },
	{ 15000, A, B, "NOTIFY", 6, "f6", "a1", "b1", "application/kpml-response+xml",
	  "<kpml-response code=\"200\" digits=\"47\"/>" },
	{ 16000, A, B, "INFO", 7, "f7", "a1", "b1", "text/plain", "Signal=6\r\n" },
	{ 17000, A, B, "OPTIONS", 8, "f8", "a1", "b1", RELAY, "Signal=6\r\n" },
	{ 18000, A, B, "INFO", 9, "f9", "c1", "d1", RELAY, "Signal=0\r\n" },
};

static const char *
call_digits(struct query *q, struct query_digits *d, uint32_t call, struct buf *b)
{
	buf_clear(b);
	query_call_digits(q, store_call(q->store, call), d);
	for (size_t i = 0; i < d->n; i++) {
		const struct query_digit *x = &d->list[i];
		const char *side = call_side_name(x->side);

		buf_printf(b, "%s%s %s %s %g ", x->again ? "(again) " : "", x->digit.text,
			   digit_source_name(x->digit.source), side ? side : "?",
			   x->digit.duration == TIME_NONE ? -1
			   : (double)x->digit.duration / 1e6);
	}
	return buf_cstr(b);
}

static void
test_messages(void **state)
{
	struct query_digits d = { .list = NULL };
	struct buf b = BUF_INIT, text = BUF_INIT;
	struct sip_store t;
	struct query q;

	(void)state;
	sip_store_init(&t);
	sip_store_call(&t, "call-1@test", A, B);
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++)
		say(&t, &messages[i]);
	query_init(&q, t.store);
	assert_string_equal(call_digits(&q, &d, 0, &b),
			    "1 info caller 160 2 info caller -1 # info callee 100 "
			    "8 info caller 90 4 kpml caller -1 7 kpml caller -1 0 info ? -1 ");
	query_digits_text(&d, CALL_SIDE_NONE, &text);
	assert_string_equal(buf_cstr(&text), "12#8470");
	buf_clear(&text);
	query_digits_text(&d, CALL_SIDE_CALLER, &text);
	assert_string_equal(buf_cstr(&text), "12847");
	buf_clear(&text);
	query_digits_text(&d, CALL_SIDE_CALLEE, &text);
	assert_string_equal(buf_cstr(&text), "#");
	assert_false(d.more);
	query_digits_release(&d);
	query_release(&q);
	buf_release(&text);
	buf_release(&b);
	sip_store_release(&t);
}

/* The caller's digits in RTP on two legs and by INFO too; the callee's by RTP. */
static void
test_call(void **state)
{
	struct query_digits d = { .list = NULL };
	struct buf b = BUF_INIT, text = BUF_INIT;
	struct stream *st, *leg, *back;
	struct sip_store t;
	struct query q;

	(void)state;
	sip_store_init(&t);
	sip_store_call(&t, "call-1@test", A, B);
	st = stream_make(&t, A_RTP, B_RTP, 7);
	leg = stream_make(&t, "192.0.2.9:7000", B_RTP, 8);
	back = stream_make(&t, B_RTP, A_RTP, 9);
	for (uint32_t i = 0; i < 2; i++) {
		struct told_event r = { 10000 + 300 * i, 80000 + 2400 * i, '5', true, 800, true };

		report(&t, st, &r);
		r.ms += 30;
		report(&t, leg, &r);
	}
	report(&t, back, &(struct told_event){ 10100, 5000, '5', true, 400, true });
	say(&t, &(struct told){ 10050, A, B, "INFO", 3, "f1", "a1", "b1", RELAY, "Signal=5" });
	query_init(&q, t.store);
	assert_string_equal(call_digits(&q, &d, 0, &b),
			    "5 rfc4733 caller 100 (again) 5 rfc4733 caller 100 "
			    "(again) 5 info caller -1 5 rfc4733 callee 50 "
			    "5 rfc4733 caller 100 (again) 5 rfc4733 caller 100 ");
	query_digits_text(&d, CALL_SIDE_NONE, &text);
	assert_string_equal(buf_cstr(&text), "555");
	buf_clear(&text);
	query_digits_text(&d, CALL_SIDE_CALLER, &text);
	assert_string_equal(buf_cstr(&text), "55");
	query_digits_release(&d);
	query_release(&q);
	buf_release(&text);
	buf_release(&b);
	sip_store_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_one_timestamp),
		cmocka_unit_test(test_red),
		cmocka_unit_test(test_red_alone),
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_listed_alone),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
