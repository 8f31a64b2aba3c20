/* The list of streams and the page of one, by scripts of keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "views_fixture.h"
#include "views/stream_rows.h"

#define ALICE	"192.0.2.1:4000"
#define BOB	"192.0.2.2:6000"

struct flow {
	const char *src, *dst;
	uint32_t ssrc;
	double at_s;
	unsigned int packets;		/* of 20 ms */
	unsigned int lose;		/* each so manyth is missing; 0: none */
	uint8_t payload_type;
};

static void
put(unsigned char *p, unsigned int n, uint32_t v)
{
	for (; n-- > 0; v >>= 8)
		p[n] = (unsigned char)v;
}

/* Packets @p from to the last of @p f. */
static void
add_rtp(struct fixture *f, const struct flow *flow, unsigned int from)
{
	unsigned char packet[12 + 160] = { 0x80, flow->payload_type };
	struct net_endpoint src, dst;
	struct media_input in = {
		.src = &src, .dst = &dst, .payload = { (const char *)packet, sizeof(packet) },
		.wire_length = sizeof(packet), .carriage = STREAM_OVER_UDP, .ttl = 64,
	};

	assert_true(net_endpoint_parse(str_of(flow->src), &src));
	assert_true(net_endpoint_parse(str_of(flow->dst), &dst));
	put(packet + 8, 4, flow->ssrc);
	for (unsigned int i = from; i < flow->packets; i++) {
		if (flow->lose && i % flow->lose == flow->lose - 1)
			continue;
		put(packet + 2, 2, 1000 + i);
		put(packet + 4, 4, 5000 + i * 160);
		in.time = SIP_STORE_START + (int64_t)(flow->at_s * 1e9) +
			(int64_t)i * 20 * NS_PER_MS;
		in.frame = ++f->sip.frames;
		store_add_rtp(f->sip.store, &in);
	}
}

static const struct flow there = { ALICE, BOB, 0x1111aaaa, 2, 1500, 0, 8 };
static const struct flow back = { BOB, ALICE, 0x2222bbbb, 2.01, 1500, 10, 8 };
static const struct flow orphan = { "198.51.100.7:9000", "203.0.113.9:9002", 7, 40, 100, 0, 0 };

/* A call with a stream each way, the second one bad, and one of no call. */
static void
add_media(struct fixture *f)
{
	sip_store_call(&f->sip, "call-1@test", "192.0.2.1:5060", "192.0.2.2:5060");
	add_rtp(f, &there, 0);
	add_rtp(f, &back, 0);
	add_rtp(f, &orphan, 0);
	store_media_end(f->sip.store);
}

static void
list_and_page(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add_media(f);
	s = run(f, "<Tab>\n:shot list");
	has(s, "Streams");
	has(s, "1 orphan  3 streams");
	has(s, "orphan ");
	has(s, "#1 ");
	has(s, "PCMA");
	s = run(f, "<Enter>\n:shot page");
	has(s, "Stream " ALICE " → " BOB);
	has(s, "0x1111AAAA");
	has(s, "Estimated MOS");
	has(s, "sent by the caller");
	has(s, "one of two ways");
	s = run(f, "<Tab>\n:shot the other way");
	has(s, "0x2222BBBB");
	has(s, "sent by the callee");
	s = run(f, "<Tab> <End>\n:shot the end");
	has(s, "Payload types");
	has(s, "100%");
	s = run(f, "<Home> ] ]\n:shot plots");
	has(s, "Over time");
	has(s, "Loss, %");
	s = run(f, "[ [ [ [ <Enter>\n:shot ladder");
	has(s, "Flow of call");
	s = run(f, "<Tab>\n:shot its streams");
	has(s, "Streams of call #1 alice → bob");
	has(s, " 2 streams");
	has_not(s, "orphan");
	s = run(f, "<Tab> <Esc> <Esc> <End> <Enter>\n:shot orphan");
	has(s, "none: an orphan");
	s = run(f, "<Enter>\n:shot no ladder");
	has(s, "It is of no call");
	/* It is saved all the same, where anything is. */
	s = run(f, "<F2>\n:shot to be saved");
	has(s, "Nothing can be saved here");
	s = run(f, "<Tab>\n:shot no other");
	has(s, "No stream the other way");
}

/* Both ways have the same axes. */
static void
beside(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add_media(f);
	s = run(f, "<Tab>\n:resize 200x50\n<Enter>\n:shot both");
	has(s, ALICE " <-> " BOB);
	has(s, "0x1111AAAA");
	has(s, "0x2222BBBB");
	s = run(f, ":resize 200x50\n<Tab>\n:shot the other one first");
	has(s, BOB " <-> " ALICE);
}

static void
filter_and_order(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add_media(f);
	s = run(f, "<Tab> / l o s t >\n:shot no filter");
	has(s, "column ");
	s = run(f, "<Space> 0\n:shot typing");
	has(s, "1 of 3");
	s = run(f, "<Enter>\n:shot lossy");
	has(s, "where lost> 0");
	has(s, "1 of 3 streams");
	has(s, BOB);
	/* Left and opened again it is as it was. */
	s = run(f, "<Tab> <Tab>\n:shot again");
	has(s, "where lost> 0");
	s = run(f, "<F9> > m o s <Enter>\n:shot sorted");
	has(s, "▲Est. MOS");
	s = run(f, "z t <Down> <Space> <Enter>\n:shot other columns");
	has(s, "▼Est. MOS");
	has_not(s, "Destination");
	s = run(f, "/ n o n s e n s e <Space> ( <Enter>\n:shot wrong");
	has(s, "Filter: nonsense (");
	s = run(f, "<Esc> / c o d e c = x <Enter>\n:shot none");
	has(s, "None of 3 streams passes the filter.");
}

/* What the list of calls leaves out, the list of streams does too. */
static void
of_calls_listed(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add_media(f);
	s = run(f, "/ m e t h o d = o p t i o n s <Enter> <Tab>\n:shot none");
	has(s, "Streams of the calls listed (method=options)");
	has(s, "No RTP stream of these calls was found.");
	s = run(f, "<Tab> / <C-U> m e t h o d = i n v i t e <Enter> <Tab>\n:shot two");
	has(s, " 2 streams");
	has_not(s, "orphan");
}

/* It grows while it is looked at. */
static void
live(void **state)
{
	struct fixture *f = *state;
	struct flow more = there;
	const char *s;

	f->progress.ended = false;
	sip_store_call(&f->sip, "call-1@test", "192.0.2.1:5060", "192.0.2.2:5060");
	s = run(f, "<Tab>\n:shot none");
	has(s, "No RTP stream so far.");
	more.packets = 100;
	add_rtp(f, &more, 0);
	stack_refresh(&f->stack);
	while (stack_work(&f->stack, 10))
		;
	s = run(f, ":shot one");
	has(s, " 1 stream");
	has(s, " 100 ");
	s = run(f, "<Enter>\n:shot page");
	has(s, "Packets       100");
	more.packets = 250;
	add_rtp(f, &more, 100);
	f->progress.ended = true;
	stack_refresh(&f->stack);
	while (stack_work(&f->stack, 10))
		stack_refresh(&f->stack);
	s = run(f, ":shot more");
	has(s, "Packets       250");
	s = run(f, "<Esc>\n:shot list");
	has(s, " 250 ");
}

static void
assert_ascii(const char *screen)
{
	for (const char *p = screen; *p; p++)
		if ((unsigned char)*p >= 0x80)
			fail_msg("not ASCII at: %.40s", p);
}

/* At any size, and in ASCII. */
static void
sizes(void **state)
{
	static const int widths[] = { 1, 2, 7, 8, 20, 40, 79, 80, 120, 151, 152, 200, 300 };
	static const int heights[] = { 1, 2, 3, 4, 10, 24, 60, 100 };
	struct fixture *f = *state;
	struct buf script = BUF_INIT;

	add_media(f);
	for (int pass = 0; pass < 2; pass++) {
		f->app.ascii = pass == 1;
		buf_clear(&script);
		buf_add_cstr(&script, "<Tab>\n");
		for (size_t i = 0; i < ARRAY_SIZE(widths) * ARRAY_SIZE(heights); i++) {
			int w = widths[i % ARRAY_SIZE(widths)];
			int h = heights[i / ARRAY_SIZE(widths)];

			buf_printf(&script, ":resize %dx%d\n:shot list\n<Right> <Right> <Enter> ] ]\n"
				   ":shot page\n<End> <Tab>\n:shot end\n<Esc> <Left>\n", w, h);
		}
		buf_add_cstr(&script, "<Tab>\n");
		run(f, buf_cstr(&script));
		if (pass == 1)
			assert_ascii(buf_cstr(&f->screens));
	}
	buf_release(&script);
}

/* Many streams: no slice takes long, and the order is right at the end. */
static void
many(void **state)
{
	struct fixture *f = *state;
	struct stream_rows rows;
	struct err err;
	int64_t last = -1;
	unsigned int slices = 0;

	for (unsigned int i = 0; i < 20000; i++) {
		char src[32], dst[32];
		struct flow flow = { src, dst, i + 1, i / 1000.0, 10 + i * 7919 % 13, 0, 0 };

		snprintf(src, sizeof(src), "10.%u.%u.1:%u", i / 4000, i % 200, 4000 + i % 1000 * 2);
		snprintf(dst, sizeof(dst), "10.200.0.%u:%u", i % 100, 10000 + i % 20000 * 2);
		add_rtp(f, &flow, 0);
	}
	store_media_end(f->sip.store);
	assert_int_equal(store_stream_count(f->sip.store), 20000);
	stream_rows_init(&rows, &f->app, &(struct streams_subject){ .n = 0 });
	assert_int_equal(call_rows_sort(&rows.rows, STR("packets"), &err), 0);
	while (stream_rows_work(&rows, time_monotonic_us() + 1000)) {
		slices++;
		stream_rows_look(&rows, time_monotonic_us() + 1000);
	}
	assert_true(slices > 3);
	assert_int_equal(call_rows_count(&rows.rows), 20000);
	for (uint32_t i = 0; i < 20000; i++) {
		const struct stream *st = store_stream(f->sip.store, call_rows_at(&rows.rows, i));

		assert_true((int64_t)meter_packets(&st->meter) >= last);
		last = (int64_t)meter_packets(&st->meter);
	}
	stream_rows_release(&rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(list_and_page, setup, teardown),
		cmocka_unit_test_setup_teardown(beside, setup, teardown),
		cmocka_unit_test_setup_teardown(filter_and_order, setup, teardown),
		cmocka_unit_test_setup_teardown(of_calls_listed, setup, teardown),
		cmocka_unit_test_setup_teardown(live, setup, teardown),
		cmocka_unit_test_setup_teardown(sizes, setup, teardown),
		cmocka_unit_test_setup_teardown(many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
