/* media/meter.h, against a slow model that knows what was sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "base/mem.h"
#include "media/codec.h"
#include "media/meter.h"
#include "media/rtp.h"

static const struct meter_setup setup = { .jitter_buffer = 60 * NS_PER_MS };

#define START	INT64_C(1700000000000000000)

struct list {
	struct meter_packet *p;
	size_t n, cap;
};

static struct meter_packet *
add(struct list *l, int64_t ms10, uint16_t sequence, uint32_t timestamp)
{
	ARRAY_GROW(l->p, l->cap, l->n + 1);
	l->p[l->n] = (struct meter_packet){
		.time = START + ms10 * (NS_PER_MS / 10), .timestamp = timestamp,
		.clock_rate = 8000, .sequence = sequence, .bytes = 160, .kind = CODEC_AUDIO,
	};
	return &l->p[l->n++];
}

/* n packets of 20 ms from packet number i on. */
static void
add_run(struct list *l, int64_t ms10, uint32_t sequence, uint32_t timestamp, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		add(l, ms10 + i * 200, (uint16_t)(sequence + i), timestamp + i * 160);
}

/* What holds whatever came. */
static void
check_sums(const struct meter *m, const struct meter_figures *f)
{
	uint64_t received = 0, lost = 0, copies = 0, late = 0, segments = 0;
	struct meter_cursor cursor = { 0 };
	struct meter_second second;
	struct meter_segment segment;
	int64_t time;

	while (meter_next_second(m, &cursor, &time, &second)) {
		received += second.received;
		lost += second.lost;
		copies += second.copies;
		late += second.late;
	}
	assert_int_equal(received, f->packets - f->duplicates);
	assert_int_equal(lost, f->lost);
	assert_int_equal(copies, f->duplicates);
	assert_int_equal(late, f->late);
	assert_int_equal(f->expected, received + f->lost);
	while (meter_segment(m, (uint32_t)segments, &segment))
		segments++;
	assert_int_equal(segments, f->segments < METER_SEGMENTS_MAX ? f->segments :
			 METER_SEGMENTS_MAX);
}

static void
measure(struct list *l, struct meter *m, struct meter_figures *f)
{
	*m = (struct meter){ 0 };
	for (size_t i = 0; i < l->n; i++)
		meter_add(m, &l->p[i], &setup);
	meter_figures(m, f);
	check_sums(m, f);
	free(l->p);
	*l = (struct list){ 0 };
}

static void
test_plain(void **state)
{
	struct list l = { 0 };
	struct meter_figures f;
	struct meter m;

	(void)state;
	add_run(&l, 0, 65000, 4294960000u, 1500);
	measure(&l, &m, &f);
	assert_int_equal(f.packets, 1500);
	assert_int_equal(f.lost, 0);
	assert_int_equal(f.segments, 1);
	assert_int_equal(f.min_delta, 20 * NS_PER_MS);
	assert_int_equal(f.max_delta, 20 * NS_PER_MS);
	assert_int_equal(f.max_jitter, 0);
	assert_int_equal(f.interval, 20 * NS_PER_MS);
	assert_int_equal(f.bursts, 0);
	assert_int_equal(f.late, 0);
	assert_int_equal(f.gap_duration, 30 * NS_PER_S);
	assert_true(isnan(f.burst_ratio));
	meter_release(&m);
}

/* One that comes late, by few others or many: it is out of order, and neither a jump of
 * timestamps nor a segment. */
static void
test_late_one(void **state)
{
	static const uint32_t lags[] = { 1, 4, 5, 6, 8, 20, 49, 51, 60, 98 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lags); i++) {
		struct meter_figures f;
		struct list l = { 0 };
		struct meter m;

		add_run(&l, 0, 100, 0, 200);
		add_run(&l, 201 * 200, 301, 201 * 160, lags[i]);
		add(&l, (200 + lags[i]) * 200 + 100, 300, 200 * 160);
		add_run(&l, (201 + lags[i]) * 200, 301 + lags[i], (201 + lags[i]) * 160, 300);
		measure(&l, &m, &f);
		if (f.lost != 0 || f.out_of_order != 1 || f.timestamp_jumps != 0 ||
		    f.segments != 1 || f.gaps != 0)
			fail_msg("%u late: lost %d, out of order %d, jumps %d, segments %u", lags[i],
				 (int)f.lost, (int)f.out_of_order, (int)f.timestamp_jumps,
				 f.segments);
		meter_release(&m);
	}
}

/* Two copies of each, the second one right behind, after three more, and after 120. */
static void
test_copies(void **state)
{
	static const uint32_t lags[] = { 0, 3, 90, 120, 180 };

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(lags); k++) {
		struct list l = { 0 };
		struct meter_figures f;
		struct meter m;

		for (uint32_t i = 0; i < 1000; i++) {
			add(&l, i * 200, (uint16_t)(i + 65400), i * 160);
			if (i >= lags[k])
				add(&l, i * 200 + 1, (uint16_t)(i - lags[k] + 65400),
				    (i - lags[k]) * 160);
		}
		measure(&l, &m, &f);
		assert_int_equal(f.duplicates, 1000 - lags[k]);
		assert_int_equal(f.lost, 0);
		assert_int_equal(f.out_of_order, 0);
		assert_int_equal(f.segments, 1);
		assert_int_equal(f.min_delta, 20 * NS_PER_MS);
		assert_int_equal(f.max_delta, 20 * NS_PER_MS);
		assert_int_equal(f.max_jitter, 0);
		meter_release(&m);
	}
}

/* A sequence that starts anew, hold, timestamps that start anew, another payload type, and
 * the same number with another clock. */
static void
test_segments(void **state)
{
	struct list l = { 0 };
	struct meter_figures f;
	static const uint8_t reasons[] = {
		METER_REASON_START, METER_REASON_SEQUENCE, METER_REASON_SILENCE,
		METER_REASON_TIME, METER_REASON_PAYLOAD, METER_REASON_PAYLOAD,
	};
	struct meter_segment s;
	struct meter m;

	(void)state;
	add_run(&l, 0, 100, 1000, 100);
	add_run(&l, 20000, 30000, 777000, 100);	/* another sequence */
	add_run(&l, 340000, 30100, 777000 + 16000, 100);	/* 28 s later, as if none */
	add_run(&l, 360000, 30200, 5, 100);	/* timestamps */
	add_run(&l, 380000, 30300, 16005, 100);
	for (uint32_t i = 0; i < 100; i++)
		add(&l, 400000 + i * 200, (uint16_t)(30400 + i), 32005 + i * 960);
	for (size_t i = 400; i < 600; i++)
		l.p[i].payload_type = 8;
	for (size_t i = 500; i < 600; i++)
		l.p[i].clock_rate = 48000;
	measure(&l, &m, &f);
	assert_int_equal(f.packets, 600);
	assert_int_equal(f.lost, 0);
	assert_int_equal(f.max_jitter, 0);
	assert_int_equal(f.max_delta, 20 * NS_PER_MS);
	assert_int_equal(f.segments, 6);
	for (uint32_t i = 0; i < 6; i++) {
		assert_true(meter_segment(&m, i, &s));
		assert_int_equal(s.reason, reasons[i]);
		assert_int_equal(s.packets, 100);
		assert_int_equal(s.lost, 0);
	}
	assert_false(meter_segment(&m, 6, &s));
	meter_release(&m);
}

/* A sender goes on after hold with timestamps that are a little off: it did not send late. After
 * a shorter silence they are what tells when a packet was due. */
static void
test_hold_off(void **state)
{
	static const struct { uint32_t pause_ms, early; uint64_t late; } cases[] = {
		{ 8000, 720, 0 }, { 1500, 720, 0 }, { 1000, 720, 0 }, { 980, 720, 6 }, { 8000, 0, 0 },
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		uint32_t units = cases[k].pause_ms * 8 - cases[k].early;	/* 90 ms early */
		struct list l = { 0 };
		struct meter_figures f;
		struct meter m;

		add_run(&l, 0, 100, 0, 100);
		add_run(&l, 19800 + cases[k].pause_ms * 10, 200, 99 * 160 + units, 100);
		l.p[100].marker = true;
		measure(&l, &m, &f);
		assert_int_equal(f.segments, 2);
		assert_int_equal(f.lost, 0);
		assert_int_equal(f.late, cases[k].late);
		meter_release(&m);
	}
}

/* Packets of 60 ms after some of 20 ms are no pauses but the first one, nor are those that fill
 * one silence at a steady pace, whatever has the marker. */
static void
test_pace(void **state)
{
	struct list l = { 0 };
	struct meter_figures f;
	struct meter m;

	(void)state;
	add_run(&l, 0, 0, 0, 100);
	for (uint32_t i = 0; i < 50; i++)
		add(&l, 20400 + i * 600, (uint16_t)(100 + i), 102 * 160 + i * 480)->marker = i % 9 == 5;
	measure(&l, &m, &f);
	assert_int_equal(f.gaps, 1);
	assert_int_equal(f.segments, 1);
	assert_int_equal(f.max_delta, 60 * NS_PER_MS);
	meter_release(&m);
	/* Speech between them begins another one. */
	for (uint32_t i = 0; i < 60; i++)
		add(&l, i * 200 + (i / 10) * 600, (uint16_t)i, i * 160 + (i / 10) * 480);
	measure(&l, &m, &f);
	assert_int_equal(f.gaps, 5);
	meter_release(&m);
}

/* A path that holds packets back for 1.5 s and delivers them in a rush is no hold; what
 * goes on at its pace is; so is what has a marker, and a clock that went on. */
static void
test_stall(void **state)
{
	static const struct {
		bool rush, marker;
		uint32_t ahead;		/* of timestamps, over the pause */
		uint32_t segments;
	} cases[] = {
		{ true, false, 160, 1 }, { false, false, 160, 2 }, { true, true, 160, 2 },
		{ true, false, 15000, 2 },
	};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		struct list l = { 0 };
		struct meter_figures f;
		struct meter m;

		add_run(&l, 0, 100, 1000, 100);
		add(&l, 19800 + 15000, 200, 1000 + 99 * 160 + cases[k].ahead);
		l.p[100].marker = cases[k].marker;
		for (uint32_t i = 1; i < 100; i++)
			add(&l, !cases[k].rush ? 34800 + i * 200 :
			    i < 75 ? 34800 + i : 20000 + i * 200,
			    (uint16_t)(200 + i), 1000 + 99 * 160 + cases[k].ahead + i * 160);
		measure(&l, &m, &f);
		assert_int_equal(f.segments, cases[k].segments);
		assert_int_equal(f.lost, 0);
		if (cases[k].segments == 1) {
			/* 1480 ms in one step: J is a sixteenth of it, then 19.9 ms each. */
			assert_int_equal(f.max_delta, 1500 * NS_PER_MS);
			assert_int_equal(f.max_jitter, 1480 * NS_PER_MS / 16);
			assert_int_equal(f.gaps, 0);
			/* 1480 - 19.9 i ms behind: those are late that have more than 60. */
			assert_int_equal(f.late, 72);
		} else if (!cases[k].rush) {
			assert_int_equal(f.max_delta, 20 * NS_PER_MS);
			assert_int_equal(f.max_jitter, 0);
			assert_int_equal(f.late, 0);
		}
		meter_release(&m);
	}
}

/* Numbers 300 to 302, 310, 312 lost: one burst; 500 lost alone. */
static void
test_bursts(void **state)
{
	struct list l = { 0 };
	struct meter_figures f;
	struct meter m;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		if (!(i >= 300 && i <= 302) && i != 310 && i != 312 && i != 500)
			add(&l, i * 200, (uint16_t)i, i * 160);
	measure(&l, &m, &f);
	assert_int_equal(f.lost, 6);
	assert_int_equal(f.expected, 1000);
	assert_int_equal(f.bursts, 1);
	assert_int_equal(f.burst_duration, 13 * 20 * NS_PER_MS);
	assert_int_equal(f.gap_duration, 987 * 10 * NS_PER_MS);
	assert_true(fabs(f.burst_density - 5.0 / 13) < 1e-9);
	assert_true(fabs(f.gap_density - 1.0 / 987) < 1e-9);
	assert_true(fabs(f.burst_ratio - 6.0 / 4 * 0.994) < 1e-9);
	meter_release(&m);
}

/* Outages after which numbers, timestamps and time go on alike: of sound for 70 s, and of
 * video of 20 packets a frame for 5, 20 and 200 frames. Numbers that start anew where
 * timestamps go on are no loss. */
static void
test_outage(void **state)
{
	static const uint32_t frames[] = { 5, 20, 200 };
	struct list l = { 0 };
	struct meter_figures f;
	struct meter m;

	(void)state;
	add_run(&l, 0, 65000, 5, 500);
	add_run(&l, 4000 * 200, 65000 + 4000, 5 + 4000 * 160, 500);
	measure(&l, &m, &f);
	assert_int_equal(f.lost, 3500);
	assert_int_equal(f.expected, 4500);
	assert_int_equal(f.segments, 1);
	assert_int_equal(f.bursts, 1);
	meter_release(&m);

	add_run(&l, 0, 100, 5, 500);
	add_run(&l, 4000 * 200, 20000, 5 + 4000 * 160, 500);
	measure(&l, &m, &f);
	assert_int_equal(f.lost, 0);
	assert_int_equal(f.segments, 2);
	meter_release(&m);

	for (size_t k = 0; k < ARRAY_SIZE(frames); k++) {
		for (uint32_t i = 0; i < 600 * 20; i++) {
			uint32_t frame = i / 20;
			struct meter_packet *p;

			if (frame >= 100 && frame < 100 + frames[k])
				continue;
			p = add(&l, frame * 333 + i % 20 * 5, (uint16_t)i, frame * 2997);
			p->clock_rate = 90000;
			p->kind = CODEC_VIDEO;
			p->marker = i % 20 == 19;
		}
		measure(&l, &m, &f);
		assert_int_equal(f.lost, frames[k] * 20);
		assert_int_equal(f.segments, 1);
		assert_int_equal(f.max_delta,
				 ((frames[k] + 1) * 333 - 95) * (NS_PER_MS / 10));
		meter_release(&m);
	}
}

/* The marker on each packet begins nothing; on the first ones after pauses it does. */
static void
test_markers(void **state)
{
	struct list l = { 0 };
	struct meter_figures f;
	struct meter m;

	(void)state;
	for (uint32_t i = 0; i < 200; i++)
		add(&l, i * 200 + i % 2 * 16, (uint16_t)i, i * 160)->marker = true;
	measure(&l, &m, &f);
	assert_int_equal(f.markers, 200);
	assert_int_equal(f.segments, 1);
	assert_int_equal(f.min_delta, 184 * (NS_PER_MS / 10));
	assert_int_equal(f.max_delta, 216 * (NS_PER_MS / 10));
	assert_in_range(f.max_jitter, 15 * (NS_PER_MS / 10), 16 * (NS_PER_MS / 10));
	meter_release(&m);

	for (uint32_t i = 0; i < 200; i++)
		add(&l, i * 200 + i / 10 * 2000, (uint16_t)i, i * 160 + i / 10 * 1600)->marker =
			i % 10 == 0;
	measure(&l, &m, &f);
	assert_int_equal(f.markers, 20);
	assert_int_equal(f.max_delta, 20 * NS_PER_MS);
	assert_int_equal(f.max_jitter, 0);
	meter_release(&m);
}

/* Opus with redundancy in every third packet goes on as one. */
static void
test_redundancy(void **state)
{
	struct list l = { 0 };
	struct meter_figures f;
	struct meter m;

	(void)state;
	for (uint32_t i = 0; i < 300; i++) {
		struct meter_packet *p = add(&l, i * 200, (uint16_t)i, i * 960);

		p->clock_rate = 48000;
		p->payload_type = i % 3 ? 111 : 63;
		p->kind = i % 3 ? CODEC_AUDIO : CODEC_RED;
	}
	measure(&l, &m, &f);
	assert_int_equal(f.segments, 1);
	assert_int_equal(f.interval, 20 * NS_PER_MS);
	assert_int_equal(f.max_jitter, 0);
	meter_release(&m);
}

/* Telephone events between speech: 8 packets of a timestamp, the end three times. */
static void
test_events(void **state)
{
	struct list l = { 0 };
	struct meter_figures f;
	struct meter m;

	(void)state;
	add_run(&l, 0, 1, 0, 100);
	for (uint32_t i = 0; i < 10; i++) {
		struct meter_packet *p = add(&l, 20000 + (i < 8 ? i : 7) * 200,
					     (uint16_t)(101 + i), 16000);

		p->payload_type = 101;
		p->kind = CODEC_EVENT;
		p->marker = i == 0;
	}
	add_run(&l, 21600, 111, 16000 + 8 * 160, 100);
	measure(&l, &m, &f);
	assert_int_equal(f.lost, 0);
	assert_int_equal(f.max_jitter, 0);
	assert_int_equal(f.segments, 1);
	assert_int_equal(f.timestamp_jumps, 0);
	assert_int_equal(f.payload_type, 0);
	meter_release(&m);
}

/* One packet 200 ms too late; clocks that differ by 200 parts in a million for 3 h. */
static void
test_late(void **state)
{
	struct list l = { 0 };
	struct meter_figures f;
	struct meter m = { 0 };

	(void)state;
	add_run(&l, 0, 1, 0, 500);
	for (size_t i = 250; i < 260; i++)
		l.p[i].time = l.p[260].time;
	measure(&l, &m, &f);
	/* 200, 180, ... 20 ms late: seven of them by more than 60. */
	assert_int_equal(f.late, 7);
	assert_int_equal(f.lost, 0);
	meter_release(&m);
	for (int64_t i = 0; i < 540000; i++)
		meter_add(&m, &(struct meter_packet){
			.time = START + i * 20004000, .timestamp = (uint32_t)(i * 160),
			.sequence = (uint16_t)i, .clock_rate = 8000,
		}, &setup);
	meter_figures(&m, &f);
	assert_int_equal(f.late, 0);
	assert_int_equal(f.lost, 0);
	assert_true(meter_memory(&m) < 10802 * 18 + 64);
	meter_release(&m);
}

/* A path that gets 90 ms longer for good, and a sender that is slower than its clock. */
static void
test_late_for_good(void **state)
{
	struct list l = { 0 };
	struct meter_figures f;
	struct meter m;

	(void)state;
	add_run(&l, 0, 1, 0, 500);
	for (size_t i = 250; i < 500; i++)
		l.p[i].time += 90 * NS_PER_MS;
	measure(&l, &m, &f);
	/* Those of 100 ms, both ends included; then the buffer begins anew. */
	assert_int_equal(f.late, 6);
	assert_int_equal(f.segments, 1);
	meter_release(&m);

	for (uint32_t i = 0; i < 1000; i++)
		add(&l, i * 310, (uint16_t)i, i * 160);
	measure(&l, &m, &f);
	assert_in_range(f.late, 400, 600);
	meter_release(&m);
}

/* Times of any kind: a flaw, no negative delta, bounded memory. */
static void
test_times(void **state)
{
	static const int64_t times[] = {
		START, INT64_MAX, INT64_MIN + 1, 0, INT64_MAX, START, START - 1,
		START + NS_PER_S, INT64_MIN, START - 3600 * NS_PER_S, START,
	};
	struct meter m = { 0 };
	struct meter_figures f;
	unsigned int flaws = 0;

	(void)state;
	for (uint16_t i = 0; i < ARRAY_SIZE(times); i++)
		flaws |= meter_add(&m, &(struct meter_packet){
			.time = times[i], .sequence = i, .timestamp = i * 160u, .clock_rate = 8000,
		}, &setup);
	assert_int_equal(flaws, RTP_FLAW_TIME_BACK);
	meter_figures(&m, &f);
	check_sums(&m, &f);
	assert_true(f.min_delta == TIME_NONE || f.min_delta >= 0);
	assert_true(meter_memory(&m) < 8192);
	meter_release(&m);
}

/* ---- the model ---- */

static uint32_t
draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((*seed >> 33) % below);
}

static int
by_time(const void *a, const void *b)
{
	const struct meter_packet *x = a, *y = b;

	return x->time < y->time ? -1 : x->time > y->time;
}

struct model {
	uint64_t lost, copies, out_of_order;
	double max_jitter, mean_jitter;
	int64_t min_delta, max_delta;
};

/* Over the whole list, with an array of what came: numbers are told by timestamps. */
static void
model_of(const struct list *l, uint32_t sent, struct model *m)
{
	uint8_t *came = xcalloc(sent, 1);
	double jitter = 0, sum = 0, n = 0;
	uint32_t highest = 0, first = sent, before = 0;
	int64_t last = 0;

	*m = (struct model){ .min_delta = INT64_MAX };
	for (size_t i = 0; i < l->n; i++) {
		uint32_t k = l->p[i].timestamp / 160;
		int64_t delta = l->p[i].time - last;

		if (came[k]) {
			m->copies++;
			continue;
		}
		came[k] = 1;
		if (i > 0) {
			m->out_of_order += k < highest;
			jitter += (fabs((double)delta - ((double)k - before) * 2e7) - jitter) / 16;
			sum += jitter;
			n++;
			m->max_jitter = jitter > m->max_jitter ? jitter : m->max_jitter;
			m->min_delta = delta < m->min_delta ? delta : m->min_delta;
			m->max_delta = delta > m->max_delta ? delta : m->max_delta;
		}
		highest = k > highest ? k : highest;
		first = k < first ? k : first;
		last = l->p[i].time;
		before = k;
	}
	m->mean_jitter = n > 0 ? sum / n : 0;
	for (uint32_t k = first; k <= highest; k++)
		m->lost += !came[k];
	free(came);
}

static void
check_random(uint64_t seed)
{
	uint32_t sent = 50 + draw(&seed, 800), base = draw(&seed, 65536);
	uint32_t loss = draw(&seed, 30), copies = draw(&seed, 3) * 10, spread = draw(&seed, 700);
	struct list l = { 0 };
	struct meter_figures f;
	struct model want;
	struct meter m;

	for (uint32_t i = 0; i < sent; i++) {
		/* Neither the first nor too many in a row. */
		if (i > 0 && draw(&seed, 100) < loss)
			continue;
		add(&l, i * 200 + (i ? draw(&seed, spread + 1) : 0), (uint16_t)(base + i), i * 160);
		if (draw(&seed, 100) < copies) {
			l.p[l.n - 1].has_ip_id = true;
			add(&l, (l.p[l.n - 1].time - START) / (NS_PER_MS / 10) + 1 +
			    draw(&seed, 400), (uint16_t)(base + i), i * 160);
		}
	}
	for (size_t i = 0; i < l.n; i++)
		l.p[i].time += (int64_t)i;	/* none at the same time */
	qsort(l.p, l.n, sizeof(*l.p), by_time);
	model_of(&l, sent, &want);
	measure(&l, &m, &f);
	assert_int_equal(f.segments, 1);
	assert_int_equal(f.lost, want.lost);
	assert_int_equal(f.duplicates, want.copies);
	assert_int_equal(f.out_of_order, want.out_of_order);
	if (f.max_delta != TIME_NONE) {
		assert_int_equal(f.min_delta, want.min_delta);
		assert_int_equal(f.max_delta, want.max_delta);
		assert_true(fabs((double)f.max_jitter - want.max_jitter) < 2);
		assert_true(fabs((double)f.mean_jitter - want.mean_jitter) < 2);
	}
	meter_release(&m);
}

static void
test_random(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 2000; seed++)
		check_random(seed * UINT64_C(0x9e3779b97f4a7c15));
}

/* Ten seconds are lost: how long it was until the next packet stands in its second, to the
 * ms where there is no room for more. */
static void
test_long_deltas(void **state)
{
	static const struct { uint32_t lost; int64_t told; } cases[] = {
		{ 150, 3020 * NS_PER_MS + NS_PER_MS / 4 }, { 514, 10300 * NS_PER_MS },
		{ 2990, 59820 * NS_PER_MS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t after = 100 + cases[i].lost;
		struct meter_cursor cursor = { 0 };
		struct meter_second second;
		struct list l = { .n = 0 };
		struct meter_figures f;
		int64_t time, told = 0;
		struct meter m;

		add_run(&l, 0, 1000, 160, 100);
		/* A little late, by 1/4 ms. */
		for (uint32_t k = after; k < after + 100; k++) {
			add(&l, k * 200, (uint16_t)(1000 + k), 160 + k * 160);
			l.p[l.n - 1].time += NS_PER_MS / 4;
		}
		measure(&l, &m, &f);
		assert_int_equal(f.max_delta, (cases[i].lost + 1) * 20 * NS_PER_MS + NS_PER_MS / 4);
		while (meter_next_second(&m, &cursor, &time, &second))
			if (second.lost > 0)
				told = meter_second_max_delta(&second);
		assert_int_equal(told, cases[i].told);
		meter_release(&m);
	}
}

/* Of a stream without end the last seconds are kept, all else counts the whole of it; a walk
 * that had begun goes on where it was, or where the first one is. */
static void
test_for_ever(void **state)
{
	const struct meter_setup bounded = {
		.jitter_buffer = 60 * NS_PER_MS, .seconds_max = 400,
	};
	struct meter_cursor late = { 0 }, cursor = { 0 };
	struct meter m = { 0 }, all = { 0 };
	struct meter_figures f, g;
	struct meter_second second;
	int64_t time, first = TIME_NONE, before = 0;
	uint32_t n = 0;

	(void)state;
	for (uint32_t i = 0; i < 50 * 3600 * 3; i++) {
		struct meter_packet p = {
			.time = START + i * 20 * NS_PER_MS, .timestamp = i * 160,
			.clock_rate = 8000, .sequence = (uint16_t)i, .bytes = 160,
			.kind = CODEC_AUDIO,
		};

		/* Held for five minutes of each hour. */
		if (i / 50 % 3600 < 300)
			continue;
		meter_add(&m, &p, &bounded);
		meter_add(&all, &p, &setup);
		if (i % 50 == 25 && meter_next_second(&m, &late, &time, &second)) {
			assert_true(time > before);
			before = time;
		}
		assert_true(meter_memory(&m) < 400 * 16 * 5 / 4 + 4096);
	}
	meter_figures(&m, &f);
	meter_figures(&all, &g);
	assert_true(f.packets == g.packets && f.lost == g.lost && f.end == g.end);
	assert_true(f.mean_jitter == g.mean_jitter && g.forgotten == 0);
	while (meter_next_second(&m, &cursor, &time, &second)) {
		first = first == TIME_NONE ? time : first;
		n++;
	}
	assert_in_range(n, 300, 401);
	assert_true(f.forgotten > 0 && first == f.start + f.forgotten);
	assert_true(time <= f.end && time + NS_PER_S > f.end);
	meter_release(&m);
	meter_release(&all);
}

/* Wherever in a word of the window the first one is missing, and however long until it comes
 * and comes again. */
static void
test_window(void **state)
{
	(void)state;
	for (uint32_t n = 1; n < 280; n++)
		for (uint32_t behind = 1; behind < 192; behind += 10) {
			struct list l = { 0 };
			struct meter_figures f;
			struct meter m;

			add_run(&l, 0, 65400, 0, n);
			add_run(&l, (n + 1) * 200, 65401 + n, (n + 1) * 160, behind);
			add(&l, (n + behind) * 200 + 1, (uint16_t)(65400 + n), n * 160);
			add(&l, (n + behind) * 200 + 2, (uint16_t)(65400 + n), n * 160);
			add_run(&l, (n + behind + 1) * 200, 65401 + n + behind,
				(n + behind + 1) * 160, 300);
			measure(&l, &m, &f);
			assert_int_equal(f.expected, n + behind + 301);
			assert_int_equal(f.lost, 0);
			assert_int_equal(f.out_of_order, 1);
			assert_int_equal(f.duplicates, 1);
			assert_int_equal(f.late, behind > 3);
			assert_int_equal(f.gap_duration, (n + behind + 301) * 20 * NS_PER_MS);
			meter_release(&m);
		}
}

/* Most short streams have nothing beside their meter. */
static void
test_memory(void **state)
{
	const size_t window = sizeof(struct meter_window), odd = sizeof(struct meter_odd);
	struct meter m = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 400; i++) {
		if (i == 40 || i == 320)
			continue;
		meter_add(&m, &(struct meter_packet){
			.time = START + i * 20 * NS_PER_MS, .timestamp = i * 160,
			.clock_rate = 8000, .sequence = (uint16_t)(i + 64000), .kind = CODEC_AUDIO,
		}, &setup);
		if (i == 39)
			assert_int_equal(meter_memory(&m), 0);
		if (i == 49)
			assert_int_equal(meter_memory(&m), window);
		if (i == 50)
			assert_int_equal(meter_memory(&m), window + sizeof(struct meter_second));
	}
	/* The first loss is settled. */
	assert_in_range(meter_memory(&m), window + odd + 7 * sizeof(struct meter_second),
			window + odd + 11 * sizeof(struct meter_second));
	meter_release(&m);
	assert_int_equal(meter_memory(&m), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_for_ever),
		cmocka_unit_test(test_long_deltas),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_late_one), cmocka_unit_test(test_copies),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_hold_off),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_stall),
		cmocka_unit_test(test_bursts),
		cmocka_unit_test(test_outage),
		cmocka_unit_test(test_redundancy),
		cmocka_unit_test(test_markers),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_late_for_good),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
