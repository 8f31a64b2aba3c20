/* What was measured of a stream, summed up. */
#include <math.h>

#include "media/meter_int.h"

static int64_t
whole_ns(double ns)
{
	return ns < 9e18 ? (int64_t)(ns + 0.5) : INT64_MAX;
}

/* Of long spans a sum is not exact: no mean is beyond the longest. */
static int64_t
mean_ns(double sum, double n, int64_t most)
{
	int64_t mean = whole_ns(sum / n);

	return mean < most ? mean : most;
}

static void
sum_spans(const struct meter *m, struct meter_figures *f)
{
	double jitter = m->jitter_sum + m->now_jitter, n = m->jitter_n + m->now_jitter_n;

	if (m->delta_n > 0) {
		f->min_delta = m->min_delta;
		f->max_delta = m->max_delta > m->now_max_delta ? m->max_delta : m->now_max_delta;
		f->mean_delta = mean_ns(m->delta_sum, m->delta_n, f->max_delta);
		/* Of spans of centuries a double is off by more than a nanosecond. */
		if (f->mean_delta < f->min_delta)
			f->mean_delta = f->min_delta;
	}
	if (m->max_jitter >= 0) {
		f->min_jitter = whole_ns(m->min_jitter);
		f->max_jitter = whole_ns(m->max_jitter);
		f->mean_jitter = mean_ns(jitter, n, f->max_jitter);
	}
	if (m->usual > 0 && m->usual < 9e18)
		f->interval = (int64_t)(m->usual + 0.5);
}

void
meter_figures(const struct meter *m, struct meter_figures *f)
{
	const struct meter_window *w;
	const struct meter_odd *odd;
	struct meter_view view;
	bool copy, stray;
	uint64_t seen, copies;

	m = meter_view(m, &view);
	w = meter_window_of(m);
	odd = meter_odd_of(m);
	copy = meter_waits_copy(m);
	stray = m->pending && !copy;
	seen = meter_seen(m) + stray;
	copies = m->copies + (uint64_t)copy;
	*f = (struct meter_figures){
		.start = TIME_NONE, .end = TIME_NONE,
		.min_delta = TIME_NONE, .max_delta = TIME_NONE, .mean_delta = TIME_NONE,
		.min_jitter = TIME_NONE, .max_jitter = TIME_NONE, .mean_jitter = TIME_NONE,
		.interval = TIME_NONE, .burst_duration = TIME_NONE, .gap_duration = TIME_NONE,
		.burst_density = NAN, .gap_density = NAN, .burst_ratio = NAN,
	};
	if (m->segment_n == 0)
		return;
	f->start = m->start;
	f->end = m->last;
	f->packets = seen + copies;
	f->bytes = m->bytes;
	f->expected = meter_expected(m) + stray;
	f->lost = w->lost;
	f->duplicates = copies;
	f->out_of_order = w->out_of_order;
	f->late = odd->late_n;
	f->markers = m->markers;
	f->timestamp_jumps = odd->jumps;
	f->gaps = odd->gaps;
	f->forgotten = odd->forgot * NS_PER_S;
	f->segments = m->segment_n;
	f->payload_type = m->major_votes > 0 ? m->major_type : m->payload_type;
	sum_spans(m, f);
	meter_sum_bursts(m, f);
}
