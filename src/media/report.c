#include "media/report.h"

#include <math.h>

const char *
report_source_name(enum report_source source)
{
	static const char *const names[] = {
#define REPORT_SOURCE_NAME(id, name, help) [REPORT_##id] = name,
		REPORT_SOURCES(REPORT_SOURCE_NAME)
#undef REPORT_SOURCE_NAME
	};

	return names[source];
}

void
report_init(struct report *r)
{
	*r = (struct report){
		.time = TIME_NONE, .packets = REPORT_ABSENT, .lost = REPORT_ABSENT,
		.duplicates = REPORT_ABSENT, .lost_percent = NAN, .discard_percent = NAN,
		.jitter = TIME_NONE, .max_jitter = TIME_NONE, .round_trip = TIME_NONE,
		.delay = TIME_NONE, .end_system = TIME_NONE, .mos_lq = NAN, .mos_cq = NAN,
		.r_factor = NAN, .burst_density = NAN, .gap_density = NAN,
		.burst_duration = TIME_NONE, .gap_duration = TIME_NONE,
	};
}

bool
report_says(const struct report *r)
{
	const int64_t whole[] = {
		r->packets, r->lost, r->duplicates, r->jitter, r->max_jitter, r->round_trip,
		r->delay, r->end_system, r->burst_duration, r->gap_duration,
	};
	const double parts[] = {
		r->lost_percent, r->discard_percent, r->mos_lq, r->mos_cq, r->r_factor,
		r->burst_density, r->gap_density,
	};

	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (whole[i] != REPORT_ABSENT)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!isnan(parts[i]))
			return true;
	return false;
}

int64_t
report_ms(double ms)
{
	if (!(ms >= 0 && ms <= 3600e3))
		return TIME_NONE;
	return (int64_t)(ms * 1e6 + 0.5);
}

double
report_r_factor(double r)
{
	return r >= 0 && r <= 100 ? r : NAN;
}

double
report_mos(double mos)
{
	return mos >= 1 && mos <= 5 ? mos : NAN;
}

double
report_percent(double percent)
{
	return percent >= 0 && percent <= 100 ? percent : NAN;
}

bool
report_number(struct str s, double *value)
{
	double v = 0, scale = 1;
	bool negative = s.n > 0 && s.p[0] == '-', any = false;
	size_t i = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+');

	for (; i < s.n && ascii_is_digit(s.p[i]); i++, any = true)
		v = v * 10 + (s.p[i] - '0');
	if (i < s.n && s.p[i] == '.')
		for (i++; i < s.n && ascii_is_digit(s.p[i]) && scale < 1e15; i++, any = true) {
			v = v * 10 + (s.p[i] - '0');
			scale *= 10;
		}
	v /= scale;
	/* A number of hundreds of digits. */
	if (!any || !(v < 1e15))
		return false;
	*value = negative ? -v : v;
	return true;
}

int64_t
report_count(struct str s)
{
	double v;

	if (!report_number(s, &v) || v < 0 || v > 9007199254740992.0)
		return REPORT_ABSENT;
	return (int64_t)v;
}
