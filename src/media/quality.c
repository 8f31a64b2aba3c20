/*
 * What the codec and its losses cost is taken off what is left of R without them, which
 * depends on the delay alone: that is worked out once for a stream.
 *
 * Thresholds are not of points. A window of the length of a limit slides over the
 * seconds in which there was media; where its loss is beyond, its seconds are covered.
 * Of what is covered in a row those times count whose loss as a whole is beyond, and from
 * their beginning to any moment in them and from any moment to their end is beyond three
 * quarters of it: of a sum of what was lost above that, second by second, they are where
 * it rises from 0 to its peak. And they count when they are longer than the limit says.
 * So an outage covers many windows and counts for no longer than it was, losses at random
 * do not fall apart into seconds above and below, and a pause is evidence of nothing.
 * doc/quality.md has examples.
 *
 * A limit of MOS is one of loss, too: that at which this codec, with this delay, comes
 * down to it.
 */
#include "media/quality.h"

#include <math.h>

#include "base/mem.h"
#include "media/outage.h"
#include "media/quality_emodel.h"

#define INTERVAL_USUAL_MS	20.0	/* of packets, where it is not known */
#define WORST_SECONDS		10u
#define INNER_SHARE		0.75	/* of a threshold: no part of a time is below */

const char *
quality_level_name(enum quality_level level)
{
	static const char *const names[] = { "good", "brief", "warning", "critical", NULL };

	return names[level];
}

double
quality_mos(double r)
{
	if (!(r > 0))
		return 1;
	if (r >= 100)
		return 4.5;
	/* Between 0 and 6.5 the polynomial dips below 1, which no listener can say. */
	return fmax(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

static bool
codec_is_known(const struct codec *codec)
{
	return codec && codec->ie >= 0 && codec->bpl > 0;
}

/* R without the codec. Echo comes back by the same way: T is Ta, Tr twice that. */
static double
rate_without_codec(double delay_ms)
{
	struct emodel e = EMODEL_DEFAULT;

	e.t = e.ta = delay_ms;
	e.tr = 2 * delay_ms;
	return emodel_rate(&e);
}

static double
rate_with_codec(double rate, const struct codec *codec, double loss_percent, double burst)
{
	loss_percent = loss_percent > 0 ? fmin(loss_percent, 100) : 0;
	burst = burst > 1 ? burst : 1;
	rate -= emodel_ie_eff((double)codec->ie, (double)codec->bpl, loss_percent, burst);
	return fmin(fmax(rate, 0), 100);
}

struct quality
quality_judge(const struct quality_input *in)
{
	struct quality q = { .delay_assumed = !(in->delay_ms >= 0) };

	if (!codec_is_known(in->codec))
		return (struct quality){ .known = false };
	q.known = true;
	q.delay_ms = q.delay_assumed ? QUALITY_DELAY_ASSUMED_MS : in->delay_ms;
	q.r_factor = rate_with_codec(rate_without_codec(q.delay_ms), in->codec,
				     in->loss_percent, in->burst_ratio);
	q.mos = quality_mos(q.r_factor);
	return q;
}

double
quality_delay_ms(int64_t round_trip, int64_t interval, const struct meter_setup *setup)
{
	double packet = INTERVAL_USUAL_MS;

	if (round_trip < 0)	/* TIME_NONE too */
		return NAN;
	if (interval > 0)
		packet = (double)interval / (double)NS_PER_MS;
	return (double)round_trip / 2 / (double)NS_PER_MS +
		(double)setup->jitter_buffer / (double)NS_PER_MS + packet;
}

struct quality
quality_of_meter(const struct meter *m, const struct codec *codec, int64_t round_trip,
		 const struct meter_setup *setup)
{
	struct quality_input in = { .codec = codec };
	struct meter_figures f;

	if (!codec_is_known(codec))
		return (struct quality){ .known = false };
	meter_figures(m, &f);
	if (f.packets == 0 || f.expected < QUALITY_PACKETS_LEAST)
		return (struct quality){ .known = false };
	in.loss_percent = 100.0 * (double)(f.lost + f.late) / (double)f.expected;
	in.burst_ratio = f.burst_ratio;
	in.delay_ms = quality_delay_ms(round_trip, f.interval, setup);
	return quality_judge(&in);
}

struct quality
quality_of_second(const struct meter_second *second, const struct codec *codec,
		  int64_t round_trip, const struct meter_setup *setup)
{
	struct quality_input in = { .codec = codec, .burst_ratio = second->burst / 16.0 };
	int64_t interval = TIME_NONE;
	double expected = (double)second->received + second->lost;

	if (!codec_is_known(codec) || expected <= 0)
		return (struct quality){ .known = false };
	if (codec->frame_ms > INTERVAL_USUAL_MS)
		interval = codec->frame_ms * NS_PER_MS;
	in.loss_percent = 100.0 * ((double)second->lost + second->late) / expected;
	in.delay_ms = quality_delay_ms(round_trip, interval, setup);
	return quality_judge(&in);
}

/* ---- windows ---- */

/* A second in which there was media, or a sum of some. */
struct evidence {
	int64_t time;
	double expected;
	double missing;		/* lost and late */
	double burst;		/* BurstR, weighted by missing */
};

struct windows {
	struct evidence *list;
	size_t n, cap;
	const struct codec *codec;	/* NULL: nothing is known of how it sounds */
	double rate;		/* R without the codec */
	double burst;		/* BurstR of the stream */
};

static void
evidence_add(struct evidence *sum, const struct evidence *e, double sign)
{
	sum->expected += sign * e->expected;
	sum->missing += sign * e->missing;
	sum->burst += sign * e->burst;
}

static double
evidence_loss(const struct evidence *e)
{
	return e->expected > 0 ? fmin(100 * e->missing / e->expected, 100) : 0;
}

/* NAN: not known. */
static double
evidence_mos(const struct windows *w, const struct evidence *e)
{
	double burst = e->missing > 0.5 ? e->burst / e->missing : 1;

	if (!w->codec)
		return NAN;
	return quality_mos(rate_with_codec(w->rate, w->codec, evidence_loss(e), burst));
}

/* R at which MOS is that, above the dip at its foot. */
static double
rate_of_mos(double mos)
{
	double low = 6.5, high = 100;

	for (int i = 0; i < 50; i++) {
		double middle = (low + high) / 2;

		if (quality_mos(middle) < mos)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The loss in percent at which MOS comes down to @p mos; INFINITY: it never does. */
static double
loss_of_mos(const struct windows *w, double mos)
{
	double ie, share;

	if (!w->codec || mos < 1)
		return INFINITY;
	ie = (double)w->codec->ie;
	share = (w->rate - ie - rate_of_mos(mos)) / (95 - ie);
	if (share <= 0)
		return 0;
	return share < w->burst ? share * (double)w->codec->bpl / (1 - share / w->burst)
		: INFINITY;
}

/* The loss in percent from which on it is beyond a limit; 0: all is. */
static double
loss_of_limit(const struct windows *w, const struct quality_limit *limit)
{
	double loss = limit->loss_percent > 0 ? limit->loss_percent : INFINITY;

	return fmin(loss, loss_of_mos(w, limit->mos));
}

static void
evidence_push(struct windows *w, const struct evidence *e)
{
	ARRAY_GROW(w->list, w->cap, w->n + 1);
	w->list[w->n++] = *e;
}

/* Give the losses of an outage back to the seconds it took. */
static void
outage_spread(struct windows *w, struct evidence *e, double rate)
{
	struct evidence silent;
	int64_t seconds;
	double each;

	if (w->n == 0 || e->missing <= 0)
		return;
	silent = w->list[w->n - 1];
	each = outage_each(silent.time, e->time, e->missing, rate, &seconds);
	if (each < 1)
		return;
	silent.expected = silent.missing = each;
	silent.burst = each * e->burst / e->missing;
	for (; seconds > 0; seconds--) {
		silent.time += NS_PER_S;
		evidence_push(w, &silent);
		evidence_add(e, &silent, -1);
	}
}

/* @p interval: of packets, ns; TIME_NONE: not known. */
static void
evidence_read(struct windows *w, const struct meter *m, int64_t interval)
{
	double rate = outage_rate(interval);
	struct meter_cursor cursor = { { 0, 0 } };
	struct meter_second s;
	int64_t time;

	while (meter_next_second(m, &cursor, &time, &s)) {
		struct evidence e = {
			.time = time, .expected = (double)s.received + s.lost,
			.missing = (double)s.lost + s.late,
		};

		if (e.expected <= 0)
			continue;
		e.burst = e.missing * (s.burst > 16 ? s.burst / 16.0 : 1);
		outage_spread(w, &e, rate);
		evidence_push(w, &e);
	}
}

/* The end of what goes on from @p from without a pause longer than a window. */
static size_t
stretch_end(const struct windows *w, size_t from, size_t window)
{
	size_t i;

	for (i = from + 1; i < w->n; i++)
		if (span_between(w->list[i - 1].time, w->list[i].time) / NS_PER_S - 1 >
		    (int64_t)window)
			break;
	return i;
}

/* What was lost above the threshold, in packets. */
static double
evidence_excess(const struct evidence *e, double threshold)
{
	if (threshold <= 0)
		return e->expected;
	return e->missing - threshold / 100 * e->expected;
}

/* At the threshold or beyond. Less than a packet is forgiven, for of what is lost evenly a
 * window holds now one less; where there are few packets, much less than one. */
static bool
evidence_is_beyond(const struct evidence *e, double threshold)
{
	double forgiven = fmin(1, 0.05 * threshold / 100 * e->expected);

	return threshold <= 0 || evidence_excess(e, threshold) >= -forgiven;
}

/* How much of the second @p i at an end of a time was in it: as much as its losses are
 * of those of a second amid it. */
static double
end_share(const struct windows *w, double threshold, size_t i, double usual)
{
	double part = threshold > 0 ? w->list[i].missing : w->list[i].expected;

	/* No more is known than that: in tenths. */
	return usual > 0 && part < usual ? floor(10 * part / usual + 1e-6) / 10 : 1;
}

/* The seconds [first, end) are a time beyond the threshold: count it if it is longer than
 * the limit. */
static void
times_add(const struct windows *w, const struct quality_limit *limit, double threshold,
	  size_t first, size_t end, struct quality_windows *out)
{
	struct evidence amid = { .time = 0 };
	double usual, head, tail;
	int64_t length;

	if (end - first < 3)
		return;
	for (size_t i = first + 1; i + 1 < end; i++)
		evidence_add(&amid, &w->list[i], 1);
	usual = (threshold > 0 ? amid.missing : amid.expected) / (double)(end - first - 2);
	head = end_share(w, threshold, first, usual);
	tail = end_share(w, threshold, end - 1, usual);
	length = (int64_t)(end - first - 2) * NS_PER_S +
		(int64_t)((head + tail) * 10 + 0.5) * (NS_PER_S / 10);
	if (length <= limit->span)
		return;
	if (out->times++ == 0)
		out->since = w->list[first].time + (int64_t)((1 - head) * 10 + 0.5) * (NS_PER_S / 10);
	out->duration += length;
}

/* From @p first on, the sum of what was lost above @p threshold rises from 0 to its peak,
 * and behind that falls below 0 or ends at @p to. @return where the peak is; first: it
 * does not rise. */
static size_t
rise_end(const struct windows *w, double threshold, size_t first, size_t to)
{
	double sum = 0, peak = 0;
	size_t end = first;

	for (size_t i = first; i < to && sum >= 0; i++) {
		sum += evidence_excess(&w->list[i], threshold);
		if (sum > peak) {
			peak = sum;
			end = i + 1;
		}
	}
	return end;
}

/* The times in the covered seconds [from, to) whose loss is beyond @p inner everywhere, and
 * beyond @p threshold as a whole. Where one is so only in parts, those. */
static void
times_count(const struct windows *w, const struct quality_limit *limit, double threshold,
	    double inner, size_t from, size_t to, struct quality_windows *out)
{
	for (size_t first = from, end; first < to; first = end > first ? end : first + 1) {
		struct evidence all = { .time = 0 };

		end = rise_end(w, inner, first, to);
		for (size_t i = first; i < end; i++)
			evidence_add(&all, &w->list[i], 1);
		if (evidence_is_beyond(&all, threshold))
			times_add(w, limit, threshold, first, end, out);
		else if (inner < threshold)
			times_count(w, limit, threshold, threshold, first, end, out);
	}
}

/* Slide over the stretch [from, to). */
static void
window_slide(const struct windows *w, const struct quality_limit *limit, size_t window,
	     size_t from, size_t to, struct quality_windows *out)
{
	double threshold = loss_of_limit(w, limit), inner = threshold * INNER_SHARE;
	struct evidence sum = { .time = 0 };
	size_t covered_from = from, covered_to = from;

	for (size_t i = from; i < to; i++) {
		evidence_add(&sum, &w->list[i], 1);
		if (i - from >= window)
			evidence_add(&sum, &w->list[i - window], -1);
		if (i - from + 1 < window || !evidence_is_beyond(&sum, threshold))
			continue;
		if (i + 1 - window > covered_to || covered_to == from) {
			times_count(w, limit, threshold, inner, covered_from, covered_to, out);
			covered_from = i + 1 - window;
		}
		covered_to = i + 1;
	}
	times_count(w, limit, threshold, inner, covered_from, covered_to, out);
}

/* @return whether there was a window to look through. */
static bool
limit_look(const struct windows *w, const struct quality_limit *limit,
	   struct quality_windows *out)
{
	size_t window = limit->span > NS_PER_S ? (size_t)((limit->span - 1) / NS_PER_S + 1) : 1;
	bool any = false;

	for (size_t from = 0, to; from < w->n; from = to) {
		to = stretch_end(w, from, window);
		if (to - from < window)
			continue;
		any = true;
		window_slide(w, limit, window, from, to, out);
	}
	return any;
}

static void
worst_look(const struct windows *w, struct quality_windows *out)
{
	for (size_t from = 0, to; from < w->n; from = to) {
		struct evidence sum = { .time = 0 };

		to = stretch_end(w, from, WORST_SECONDS);
		for (size_t i = from; i < to; i++) {
			double loss, mos;

			evidence_add(&sum, &w->list[i], 1);
			if (i - from >= WORST_SECONDS)
				evidence_add(&sum, &w->list[i - WORST_SECONDS], -1);
			if (i - from + 1 < WORST_SECONDS)
				continue;
			loss = evidence_loss(&sum);
			mos = evidence_mos(w, &sum);
			out->worst_mos = fmin(mos, out->worst_mos);	/* NAN gives way */
			if (!(loss <= out->worst_loss_percent)) {
				out->worst_loss_percent = loss;
				if (loss > 0)
					out->worst_at = w->list[i + 1 - WORST_SECONDS].time;
			}
		}
	}
}

/* Whether the worst 10 s, where there are so many, are beyond it. */
static bool
is_beyond(const struct quality_windows *w, const struct quality_limit *limit)
{
	return (limit->loss_percent > 0 && w->worst_loss_percent >= limit->loss_percent) ||
		(limit->mos > 0 && w->worst_mos <= limit->mos);
}

void
quality_windows(const struct meter *m, const struct codec *codec, int64_t round_trip,
		const struct meter_setup *setup, const struct quality_limits *limits,
		struct quality_windows *windows)
{
	const struct quality_windows none = {
		.level = QUALITY_UNKNOWN, .since = TIME_NONE, .worst_at = TIME_NONE,
		.worst_loss_percent = NAN, .worst_mos = NAN,
	};
	struct windows w = { .codec = codec_is_known(codec) ? codec : NULL, .burst = 1 };
	struct meter_figures f;
	double delay;
	bool any;

	*windows = none;
	meter_figures(m, &f);
	evidence_read(&w, m, f.interval);
	if (f.burst_ratio > 1)
		w.burst = f.burst_ratio;
	if (w.codec) {
		delay = quality_delay_ms(round_trip, f.interval, setup);
		w.rate = rate_without_codec(isnan(delay) ? QUALITY_DELAY_ASSUMED_MS : delay);
	}
	any = limit_look(&w, &limits->critical, windows);
	if (windows->times > 0) {
		windows->level = QUALITY_CRITICAL;
	} else {
		any = limit_look(&w, &limits->warning, windows) || any;
		if (windows->times > 0)
			windows->level = QUALITY_WARNING;
		else if (any)
			windows->level = QUALITY_GOOD;
	}
	worst_look(&w, windows);
	if (windows->level == QUALITY_GOOD &&
	    (is_beyond(windows, &limits->warning) || is_beyond(windows, &limits->critical)))
		windows->level = QUALITY_BRIEF;
	free(w.list);
}
