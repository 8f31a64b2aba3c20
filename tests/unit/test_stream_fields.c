/* Streams asked as calls and messages are, and what they tell of their calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "query/call_media.h"
#include "query/field_int.h"
#include "query/filter.h"
#include "query/order.h"
#include "query/stream_fields.h"
#include "query_sample.h"

#define ALICE	"10.1.0.1:4000"
#define BOB	"10.1.0.2:5000"
#define CAROL	"10.1.0.3:6000"

#define SDP(host, port, type) "v=0\r\no=- 1 1 IN IP4 " host "\r\ns=-\r\nc=IN IP4 " host \
			"\r\nt=0 0\r\nm=audio " port " RTP/AVP " type "\r\n"
#define HEAD(id, branch, cseq) SAMPLE_HEAD(id, branch, "<sip:alice@example.org>;tag=a", \
					   "<sip:bob@example.org>;tag=b", cseq)
#define WITH_SDP	"Content-Type: application/sdp\r\n"

/* A call from @p at to @p end s, answered after 1 s; media from its port 4000. */
static void
add_call(struct sample *s, double at, double end, const char *answer)
{
	const char *a = "10.1.0.1:5060", *b = "10.1.0.2:5060";

	sample_message(s, at, a, b, TRANSPORT_UDP, "INVITE sip:bob@example.org SIP/2.0",
		       SAMPLE_HEAD("media@a", "m1", "<sip:alice@example.org>;tag=a",
				   "<sip:bob@example.org>", "1 INVITE") WITH_SDP,
		       SDP("10.1.0.1", "4000", "0"));
	sample_message(s, at + 1, b, a, TRANSPORT_UDP, "SIP/2.0 200 OK",
		       HEAD("media@a", "m1", "1 INVITE") WITH_SDP, answer);
	sample_message(s, at + 1.1, a, b, TRANSPORT_UDP, "ACK sip:bob@10.1.0.2 SIP/2.0",
		       HEAD("media@a", "m2", "1 ACK"), "");
	sample_message(s, end, a, b, TRANSPORT_UDP, "BYE sip:bob@10.1.0.2 SIP/2.0",
		       HEAD("media@a", "m3", "2 BYE"), "");
	sample_message(s, end + 0.1, b, a, TRANSPORT_UDP, "SIP/2.0 200 OK",
		       HEAD("media@a", "m3", "2 BYE"), "");
}

struct flow {
	const char *src, *dst;
	uint32_t ssrc;
	double at;		/**< s */
	unsigned int packets, from;	/**< of 20 ms; the first has this number */
	unsigned int lose;	/**< every so many is missing; 0: none */
	uint8_t payload_type;
};

/* The lowest @p n bytes of a number, the highest first. */
static void
put(unsigned char *p, unsigned int n, uint32_t v)
{
	while (n-- > 0) {
		p[n] = (unsigned char)v;
		v >>= 8;
	}
}

static void
add_rtp(struct sample *s, const struct flow *f)
{
	struct media_input in = { .carriage = STREAM_OVER_UDP, .frame = 99, .ttl = 64 };
	struct net_endpoint src, dst;
	unsigned char packet[12 + 160] = { 0x80, f->payload_type };

	assert_true(net_endpoint_parse(str_of(f->src), &src));
	assert_true(net_endpoint_parse(str_of(f->dst), &dst));
	in.src = &src;
	in.dst = &dst;
	in.payload = (struct str){ (const char *)packet, sizeof(packet) };
	in.wire_length = sizeof(packet);
	put(packet + 8, 4, f->ssrc);
	for (unsigned int i = f->from; i < f->from + f->packets; i++) {
		if (f->lose && i % f->lose == f->lose - 1)
			continue;
		put(packet + 2, 2, 1000 + i);
		put(packet + 4, 4, 5000 + i * 160);
		in.time = SAMPLE_START + (int64_t)(f->at * 1e6) * NS_PER_US +
			(int64_t)i * 20 * NS_PER_MS;
		store_add_rtp(s->store, &in);
	}
}

static void
sample_media(struct sample *s)
{
	*s = (struct sample){ .store = store_new() };
	store_set_reader(s->store, sample_read, s);
	query_init(&s->query, s->store);
	add_call(s, 0, 12, SDP("10.1.0.2", "5000", "0"));
	add_rtp(s, &(struct flow){ ALICE, BOB, 0xAABBCC01, 1.2, 500, 0, 0, 0 });
	add_rtp(s, &(struct flow){ BOB, ALICE, 0x11223344, 1.2, 500, 0, 10, 0 });
	add_rtp(s, &(struct flow){ CAROL, "10.1.0.9:7000", 7, 30, 100, 0, 0, 8 });
	store_media_end(s->store);
}

static void
written(struct query *q, const struct query_item *item, enum query_subject of, const char *name,
	enum field_form form, struct buf *to)
{
	struct field_style style = { form, TIME_CLOCK, true, false, TIME_NONE };
	struct field field;
	struct field_value v;

	if (!field_find(of, str_of(name), &field))
		fail_msg("no field %s", name);
	v = field_get(q, &field, item);
	buf_clear(to);
	field_format(to, &v, &style);
}

/* The stream with that SSRC. */
static struct query_item
stream_of(const struct query *q, uint32_t ssrc)
{
	for (uint32_t i = 0; i < store_stream_count(q->store); i++)
		if (store_stream(q->store, i)->ssrc == ssrc)
			return query_stream(q, i);
	fail_msg("no stream %x", ssrc);
	return (struct query_item){ 0 };
}

static const struct {
	uint32_t ssrc;
	const char *name, *screen, *csv, *json;
} values[] = {
	{ 0xAABBCC01, "call_id", "media@a", "media@a", "\"media@a\"" },
	{ 0xAABBCC01, "source", ALICE, ALICE, "\"" ALICE "\"" },
	{ 0xAABBCC01, "destination", BOB, BOB, "\"" BOB "\"" },
	{ 0xAABBCC01, "ssrc", "0xAABBCC01", "0xAABBCC01", "\"0xAABBCC01\"" },
	{ 7, "ssrc", "0x00000007", "0x00000007", "\"0x00000007\"" },
	{ 0xAABBCC01, "payload_type", "0", "0", "0" },
	{ 0xAABBCC01, "codec", "PCMU", "PCMU", "\"PCMU\"" },
	{ 0xAABBCC01, "codecs", "PCMU", "PCMU", "[\"PCMU\"]" },
	{ 0xAABBCC01, "clock_rate", "8000", "8000", "8000" },
	{ 0xAABBCC01, "packets", "500", "500", "500" },
	{ 0x11223344, "packets", "450", "450", "450" },
	{ 0x11223344, "expected", "499", "499", "499" },
	{ 0x11223344, "lost", "49", "49", "49" },
	{ 0x11223344, "lost_percent", "9.82%", "9.82", "9.82" },
	{ 0xAABBCC01, "duplicates", "0", "0", "0" },
	{ 0xAABBCC01, "mean_delta_ms", "20.0 ms", "20.000", "20.000" },
	{ 0x11223344, "max_delta_ms", "40.0 ms", "40.000", "40.000" },
	{ 0xAABBCC01, "max_jitter_ms", "0.0 ms", "0.000", "0.000" },
	{ 0xAABBCC01, "start", "09:00:01.200000", "2026-03-02T09:00:01.200000Z",
	  "\"2026-03-02T09:00:01.200000Z\"" },
	{ 0xAABBCC01, "end", "09:00:11.180000", "2026-03-02T09:00:11.180000Z",
	  "\"2026-03-02T09:00:11.180000Z\"" },
	{ 0xAABBCC01, "duration_ms", "9.980 s", "9980.000", "9980.000" },
	{ 0xAABBCC01, "orphan", "no", "false", "false" },
	{ 0xAABBCC01, "linked_by", "sdp", "sdp", "\"sdp\"" },
	{ 0xAABBCC01, "side", "caller", "caller", "\"caller\"" },
	{ 0x11223344, "side", "callee", "callee", "\"callee\"" },
	{ 0xAABBCC01, "calls", "1", "1", "1" },
	{ 0xAABBCC01, "transport", "udp", "udp", "\"udp\"" },
	{ 0xAABBCC01, "kind", "rtp", "rtp", "\"rtp\"" },
	{ 0xAABBCC01, "confidence", "100", "100", "100" },
	{ 0xAABBCC01, "flaws", "–", "", "[]" },
	{ 0xAABBCC01, "dtmf", "–", "", "null" },
	{ 0xAABBCC01, "reports", "0", "0", "0" },
	{ 0xAABBCC01, "reported_by", "–", "", "[]" },
	{ 0xAABBCC01, "reported_jitter_ms", "–", "", "null" },
	{ 0xAABBCC01, "round_trip_ms", "–", "", "null" },
	{ 0xAABBCC01, "delay_assumed", "yes", "true", "true" },
	{ 0xAABBCC01, "frame", "99", "99", "99" },
	{ 0xAABBCC01, "vlan", "–", "", "null" },
	{ 7, "call_id", "–", "", "null" },
	{ 7, "orphan", "yes", "true", "true" },
	{ 7, "linked_by", "–", "", "null" },
	{ 7, "side", "–", "", "null" },
	{ 7, "calls", "0", "0", "0" },
	{ 7, "codec", "PCMA", "PCMA", "\"PCMA\"" },
	/* Of its call. */
	{ 0xAABBCC01, "state", "completed", "completed", "\"completed\"" },
	{ 0xAABBCC01, "call.index", "1", "1", "1" },
	{ 0xAABBCC01, "header.CSeq", "1 INVITE", "1 INVITE", "\"1 INVITE\"" },
	{ 0xAABBCC01, "any.status", "200", "200", "200" },
	{ 7, "state", "–", "", "null" },
	{ 7, "header.CSeq", "–", "", "null" },
	{ 7, "any.status", "–", "", "null" },
};

static void
test_values(void **state)
{
	struct buf got = BUF_INIT;
	struct sample s;

	(void)state;
	sample_media(&s);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct query_item item = stream_of(&s.query, values[i].ssrc);
		const char *want[] = { values[i].screen, values[i].csv, values[i].json };

		for (int form = FIELD_FORM_SCREEN; form <= FIELD_FORM_JSON; form++) {
			written(&s.query, &item, QUERY_STREAM, values[i].name,
				(enum field_form)form, &got);
			if (strcmp(buf_cstr(&got), want[form]) != 0)
				fail_msg("%s of %x: \"%s\" instead of \"%s\"", values[i].name,
					 values[i].ssrc, buf_cstr(&got), want[form]);
		}
	}
	buf_release(&got);
	sample_release(&s);
}

/** The names that answers promise, in their order. */
static void
test_names(void **state)
{
	static const char streams[] =
		"call_id source destination ssrc payload_type codec clock_rate packets expected "
		"lost lost_percent duplicates out_of_order min_delta_ms mean_delta_ms "
		"max_delta_ms min_jitter_ms mean_jitter_ms max_jitter_ms mos r_factor start end "
		"round_trip_ms delay_ms delay_assumed reports reported_by reported_packets "
		"reported_lost reported_lost_percent reported_jitter_ms reported_mos "
		"reported_round_trip_ms quality quality_since quality_duration_ms quality_times "
		"worst_loss_percent worst_mos worst_at ";
	struct buf names = BUF_INIT;
	const struct field_def *defs;
	struct field *fields, field;
	struct err err;
	size_t n;

	(void)state;
	field_list_default(QUERY_STREAM, &fields, &n);
	for (size_t i = 0; i < n; i++) {
		field_name_add(&names, &fields[i]);
		buf_add_char(&names, ' ');
	}
	assert_string_equal(buf_cstr(&names), streams);
	free(fields);
	n = field_table(QUERY_STREAM, &defs);
	assert_int_equal(n, STREAM_FIELD_TOTAL);
	for (size_t i = 0; i < n; i++) {
		bool named = defs[i].kind == FIELD_CHOICE || defs[i].kind == FIELD_LIST;

		assert_true(field_find(QUERY_STREAM, str_of(defs[i].name), &field));
		assert_ptr_equal(field.def, &defs[i]);
		assert_true(defs[i].help[strlen(defs[i].help) - 1] == '.');
		assert_true(defs[i].width > 0 && defs[i].get);
		assert_int_equal(named, defs[i].choice != NULL);
	}
	buf_clear(&names);
	assert_int_equal(field_list_parse(QUERY_CALL, STR("stream.mos,mos,any.status"), &fields,
					  &n, &err), 0);
	assert_int_equal(n, 3);
	assert_int_equal(fields[0].of, QUERY_STREAM);
	assert_int_equal(fields[1].of, QUERY_CALL);
	field_name_add(&names, &fields[0]);
	assert_string_equal(buf_cstr(&names), "stream.mos");
	free(fields);
	assert_int_equal(field_list_parse(QUERY_STREAM, STR("lost_procent"), &fields, &n, &err), -1);
	assert_string_equal(err.text, "unknown field 'lost_procent' (did you mean 'lost_percent'?)");
	assert_false(field_find(QUERY_CALL, STR("out_of_order"), &field));
	buf_release(&names);
}

static const struct {
	enum query_subject of;
	const char *expression;
	unsigned int matches;	/* bits, by SSRC: 1 of alice, 2 of bob, 4 of carol; calls: 1 */
} filters[] = {
	{ QUERY_STREAM, "", 7 },
	{ QUERY_STREAM, "codec = PCMU", 3 },
	{ QUERY_STREAM, "codecs = pcma", 4 },
	{ QUERY_STREAM, "codecs ~ \"^pcm\"", 7 },
	{ QUERY_STREAM, "ssrc = 0xaabbcc01", 1 },
	{ QUERY_STREAM, "ssrc = 7", 4 },
	{ QUERY_STREAM, "ssrc in (7, 0x11223344)", 6 },
	{ QUERY_STREAM, "ssrc ~ \"^0xAABB\"", 1 },
	{ QUERY_STREAM, "orphan", 4 },
	{ QUERY_STREAM, "not orphan", 3 },
	{ QUERY_STREAM, "lost > 0", 2 },
	{ QUERY_STREAM, "lost", 2 },
	{ QUERY_STREAM, "lost_percent > 9.8", 2 },
	{ QUERY_STREAM, "lost_percent", 2 },
	{ QUERY_STREAM, "lost_percent < 1%", 5 },
	{ QUERY_STREAM, "mos < 4", 2 },
	{ QUERY_STREAM, "mos >= 4.0", 5 },
	{ QUERY_STREAM, "max_delta_ms >= 40ms", 2 },
	{ QUERY_STREAM, "side = callee", 2 },
	{ QUERY_STREAM, "linked_by in (sdp, nat)", 3 },
	{ QUERY_STREAM, "start < 09:00:02", 3 },
	{ QUERY_STREAM, "source = 10.1.0.1", 1 },
	{ QUERY_STREAM, "flaws = csrc", 0 },
	{ QUERY_STREAM, "transport = udp", 7 },
	/* Words and fields of the call. */
	{ QUERY_STREAM, "10.1.0.1", 3 },
	{ QUERY_STREAM, "10.1.0.9:7000", 4 },
	{ QUERY_STREAM, "state = completed", 3 },
	{ QUERY_STREAM, "not state = completed", 4 },
	{ QUERY_STREAM, "completed", 3 },
	{ QUERY_STREAM, "call.from_user = alice", 3 },
	{ QUERY_STREAM, "any.method = BYE and side = caller", 1 },
	{ QUERY_STREAM, "header.call-id = media@a", 3 },
	{ QUERY_STREAM, "INVITE", 3 },
	{ QUERY_STREAM, "BYE", 3 },
	{ QUERY_STREAM, "alice", 3 },
	{ QUERY_STREAM, "200", 3 },
	{ QUERY_STREAM, "2xx", 3 },
	{ QUERY_STREAM, "\"nowhere\"", 0 },
	/* Of calls. */
	{ QUERY_CALL, "streams = 2", 1 },
	{ QUERY_CALL, "codecs = PCMU", 1 },
	{ QUERY_CALL, "codecs = PCMA", 0 },
	{ QUERY_CALL, "audio = both", 1 },
	{ QUERY_CALL, "loss_percent > 5", 1 },
	{ QUERY_CALL, "mos < 4", 1 },
	{ QUERY_CALL, "dtmf", 0 },
	{ QUERY_CALL, "stream.ssrc = 0x11223344", 1 },
	{ QUERY_CALL, "stream.lost = 0", 1 },
	{ QUERY_CALL, "not stream.lost = 0", 0 },
	{ QUERY_CALL, "stream.codec = PCMA", 0 },
	{ QUERY_MESSAGE, "stream.lost = 49 and method = INVITE", 1 },
};

static unsigned int
matching(struct query *q, enum query_subject of, struct filter *f)
{
	static const uint32_t ssrcs[] = { 0xAABBCC01, 0x11223344, 7 };
	unsigned int bits = 0;

	if (of != QUERY_STREAM) {
		struct query_item item = query_item_of(q, of, 0);

		return filter_match(f, q, &item);
	}
	for (size_t i = 0; i < ARRAY_SIZE(ssrcs); i++) {
		struct query_item item = stream_of(q, ssrcs[i]);

		bits |= (unsigned int)filter_match(f, q, &item) << i;
	}
	return bits;
}

static void
test_filters(void **state)
{
	static const struct filter_options utc = { .utc = true };
	struct filter_error err;
	struct sample s;

	(void)state;
	sample_media(&s);
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		struct filter *f = filter_compile(filters[i].of, str_of(filters[i].expression),
						  &utc, &err);
		unsigned int got;

		if (!f)
			fail_msg("%s: %s", filters[i].expression, err.text);
		got = matching(&s.query, filters[i].of, f);
		if (got != filters[i].matches)
			fail_msg("%s: %u instead of %u", filters[i].expression, got,
				 filters[i].matches);
		filter_free(f);
	}
	sample_release(&s);
}

static const struct {
	const char *expression, *text;
} wrong[] = {
	{ "ssrc = 0x", "'0x' is not a number (0x1234ABCD, 305441741)" },
	{ "ssrc = 0x123456789", "'0x123456789' is not a number (0x1234ABCD, 305441741)" },
	{ "mos < bad", "'bad' is not a number" },
	{ "mos < 3s", "'3s' is not a number" },
	{ "codecs < PCMU", "codecs has no order, use = or in" },
	{ "flaws = csr", "flaws is never 'csr' (did you mean 'csrc'?)" },
	{ "quality = bad", "quality is never 'bad'" },
};

static void
test_wrong(void **state)
{
	struct filter_error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_null(filter_compile(QUERY_STREAM, str_of(wrong[i].expression), NULL, &err));
		assert_string_equal(err.text, wrong[i].text);
	}
}

static void
test_order(void **state)
{
	static const struct {
		const char *by;
		uint32_t ssrcs[3];
	} orders[] = {
		{ "ssrc", { 7, 0x11223344, 0xAABBCC01 } },
		{ "mos,ssrc", { 0x11223344, 7, 0xAABBCC01 } },
		{ "-lost_percent,-ssrc", { 0x11223344, 0xAABBCC01, 7 } },
		{ "-codecs,ssrc", { 0x11223344, 0xAABBCC01, 7 } },
		{ "call_id,-packets", { 0xAABBCC01, 0x11223344, 7 } },
	};
	struct order_key keys[ORDER_MAX_KEYS];
	struct sample s;
	struct err err;

	(void)state;
	sample_media(&s);
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		uint32_t items[] = { 0, 1, 2 };
		int n = order_parse(QUERY_STREAM, str_of(orders[i].by), keys, &err);

		assert_true(n > 0);
		order_sort(&s.query, QUERY_STREAM, keys, (size_t)n, items, 3);
		for (size_t k = 0; k < 3; k++)
			if (store_stream(s.store, items[k])->ssrc != orders[i].ssrcs[k])
				fail_msg("%s: at %zu: %x", orders[i].by, k,
					 store_stream(s.store, items[k])->ssrc);
	}
	sample_release(&s);
}

/* What is kept of the last answer must not outlive its packets. */
static void
test_live(void **state)
{
	struct quality_limits limits = QUALITY_LIMITS_USUAL;
	struct buf got = BUF_INIT;
	struct query_item item;
	struct sample s;

	(void)state;
	sample_media(&s);
	item = stream_of(&s.query, 0xAABBCC01);
	written(&s.query, &item, QUERY_STREAM, "lost", FIELD_FORM_PLAIN, &got);
	assert_string_equal(buf_cstr(&got), "0");
	add_rtp(&s, &(struct flow){ ALICE, BOB, 0xAABBCC01, 1.2, 20, 510, 0, 0 });
	written(&s.query, &item, QUERY_STREAM, "lost", FIELD_FORM_PLAIN, &got);
	assert_string_equal(buf_cstr(&got), "10");
	item = query_call(&s.query, 0);
	written(&s.query, &item, QUERY_CALL, "loss_percent", FIELD_FORM_PLAIN, &got);
	assert_string_equal(buf_cstr(&got), "9.82");
	written(&s.query, &item, QUERY_CALL, "streams", FIELD_FORM_PLAIN, &got);
	assert_string_equal(buf_cstr(&got), "2");
	add_rtp(&s, &(struct flow){ BOB, ALICE, 0x11223344, 1.2, 20, 500, 2, 0 });
	written(&s.query, &item, QUERY_CALL, "loss_percent", FIELD_FORM_PLAIN, &got);
	assert_string_not_equal(buf_cstr(&got), "9.82");
	add_rtp(&s, &(struct flow){ ALICE, BOB, 0x99, 12, 50, 0, 0, 8 });
	written(&s.query, &item, QUERY_CALL, "streams", FIELD_FORM_PLAIN, &got);
	assert_string_equal(buf_cstr(&got), "3");
	written(&s.query, &item, QUERY_CALL, "codecs", FIELD_FORM_JSON, &got);
	assert_string_equal(buf_cstr(&got), "[\"PCMU\", \"PCMA\"]");
	limits.critical.loss_percent = 1;
	query_set_limits(&s.query, &limits);
	assert_true(s.query.limits.critical.loss_percent == 1);
	query_release(&s.query);
	assert_true(s.query.limits.critical.loss_percent == 1);
	buf_release(&got);
	sample_release(&s);
}

static const struct {
	bool alice, bob, orphan;	/* whose packets there are */
	double at;		/* when they begin; the call is answered after 1 s */
	const char *audio;
} heard[] = {
	{ true, true, false, 1.2, "both" },
	{ true, false, false, 1.2, "caller" },
	{ false, true, false, 1.2, "callee" },
	{ false, false, true, 1.2, "" },		/* media of others alone */
	{ false, false, false, 1.2, "" },		/* no media at all: not to be told */
	{ true, true, false, -9, "none" },	/* before the answer alone */
	{ true, true, false, 12.5, "none" },	/* after the end */
	{ true, true, false, 0.5, "both" },	/* early media that goes on */
	{ true, true, false, -0.9, "none" },	/* a ringing tone that ends with the answer */
};

static void
test_audio(void **state)
{
	struct buf got = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(heard); i++) {
		struct sample s = { .store = store_new() };
		struct query_item item;

		store_set_reader(s.store, sample_read, &s);
		query_init(&s.query, s.store);
		add_call(&s, 0, 12, SDP("10.1.0.2", "5000", "0"));
		if (heard[i].alice)
			add_rtp(&s, &(struct flow){ ALICE, BOB, 1, heard[i].at, 100, 0, 0, 0 });
		if (heard[i].bob)
			add_rtp(&s, &(struct flow){ BOB, ALICE, 2, heard[i].at, 100, 0, 0, 0 });
		if (heard[i].orphan)
			add_rtp(&s, &(struct flow){ CAROL, "10.1.0.9:7000", 3, 2, 100, 0, 0, 0 });
		store_media_end(s.store);
		item = query_call(&s.query, 0);
		written(&s.query, &item, QUERY_CALL, "audio", FIELD_FORM_PLAIN, &got);
		if (strcmp(buf_cstr(&got), heard[i].audio) != 0)
			fail_msg("%zu: \"%s\" instead of \"%s\"", i, buf_cstr(&got),
				 heard[i].audio);
		sample_release(&s);
	}
	buf_release(&got);
}

static void
test_words(void **state)
{
	struct field_style json = FIELD_STYLE_JSON;
	struct buf words = BUF_INIT, got = BUF_INIT;
	struct field_value v;

	(void)state;
	v = field_words(buf_str(&words));
	field_format(&got, &v, &json);
	assert_string_equal(buf_cstr(&got), "[]");
	query_add_word(&words, STR("PCMU"));
	query_add_word(&words, STR("pcmu"));
	query_add_word(&words, STR(""));
	query_add_word(&words, STR("a b\"c"));
	v = field_words(buf_str(&words));
	buf_clear(&got);
	field_format(&got, &v, &json);
	assert_string_equal(buf_cstr(&got), "[\"PCMU\", \"a_b\\\"c\"]");
	buf_release(&words);
	buf_release(&got);
}

static void
test_seconds(void **state)
{
	struct query_second second = { .meter = {
		.received = 50, .lost = 3, .jitter = 8, .max_delta = METER_NONE, .burst = 24,
		.flags = METER_SECOND_EVENT | METER_SECOND_STEP,
	} };
	struct buf row = BUF_INIT;
	struct query_item item;
	struct field *fields;
	struct sample s;
	struct err err;
	size_t n;

	(void)state;
	sample_media(&s);
	item = stream_of(&s.query, 0xAABBCC01);
	second.time = item.stream->meter.start + 3 * NS_PER_S;
	item.second = &second;
	assert_int_equal(second_list_parse("ssrc,second,received,lost,late,jitter_ms,max_delta_ms,"
					   "burst_ratio,flags,from_user", &fields, &n, &err), 0);
	assert_int_equal(n, 10);
	for (size_t i = 0; i < n; i++) {
		struct field_style csv = FIELD_STYLE_CSV;
		struct field_value v = field_get(&s.query, &fields[i], &item);

		field_format(&row, &v, &csv);
		buf_add_char(&row, ';');
	}
	assert_string_equal(buf_cstr(&row),
			    "0xAABBCC01;3;50;3;0;0.500;;1.50;event step;alice;");
	free(fields);
	assert_int_equal(second_list_parse(NULL, &fields, &n, &err), 0);
	assert_int_equal(n, 4 + SECOND_FIELD_TOTAL);
	free(fields);
	assert_int_equal(second_list_parse("time,nothing_at_all", &fields, &n, &err), -1);
	assert_null(fields);
	assert_int_equal(second_list_parse(" , ", &fields, &n, &err), -1);
	buf_release(&row);
	sample_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_audio),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
