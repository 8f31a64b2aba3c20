#include "media/quality.h"

#include <math.h>

const char *
quality_level_name(enum quality_level level)
{
	static const char *const names[] = { "good", "warning", "critical", NULL };

	return names[level];
}

double
quality_mos(double r)
{
	if (r <= 0)
		return 1;
	if (r >= 100)
		return 4.5;
	return fmax(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

struct quality
quality_judge(const struct quality_input *in)
{
	struct quality q = { .delay_ms = isnan(in->delay_ms) ? QUALITY_DELAY_ASSUMED_MS
			     : in->delay_ms, .delay_assumed = isnan(in->delay_ms) };
	double burst = in->burst_ratio > 1 ? in->burst_ratio : 1, ie;

	if (!in->codec || in->codec->ie < 0 || in->codec->bpl < 0)
		return (struct quality){ 0 };
	ie = in->codec->ie + (95 - in->codec->ie) * in->loss_percent /
		(in->loss_percent / burst + in->codec->bpl);
	q.known = true;
	q.r_factor = 93.2 - ie;
	q.mos = quality_mos(q.r_factor);
	return q;
}

struct quality
quality_of_meter(const struct meter *m, const struct codec *codec, int64_t round_trip,
		 const struct meter_setup *setup)
{
	struct meter_figures f;
	struct quality_input in = { .codec = codec, .delay_ms = NAN };

	(void)setup;
	(void)round_trip;
	meter_figures(m, &f);
	if (f.expected == 0)
		return (struct quality){ 0 };
	in.loss_percent = 100.0 * (double)(f.lost + f.late) / (double)f.expected;
	in.burst_ratio = f.burst_ratio;
	return quality_judge(&in);
}

struct quality
quality_of_second(const struct meter_second *second, const struct codec *codec,
		  int64_t round_trip, const struct meter_setup *setup)
{
	struct quality_input in = { .codec = codec, .delay_ms = NAN };

	(void)setup;
	(void)round_trip;
	if (second->received + second->lost == 0)
		return (struct quality){ 0 };
	in.loss_percent = 100.0 * (second->lost + second->late) /
		(second->received + second->lost);
	in.burst_ratio = second->burst / 16.0;
	return quality_judge(&in);
}

void
quality_windows(const struct meter *m, const struct codec *codec, int64_t round_trip,
		const struct meter_setup *setup, const struct quality_limits *limits,
		struct quality_windows *windows)
{
	(void)m;
	(void)codec;
	(void)round_trip;
	(void)setup;
	(void)limits;
	*windows = (struct quality_windows){
		.level = QUALITY_UNKNOWN, .since = TIME_NONE, .worst_at = TIME_NONE,
		.worst_loss_percent = NAN, .worst_mos = NAN,
	};
}
