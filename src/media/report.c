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
		.lost_percent = NAN, .discard_percent = NAN, .jitter = TIME_NONE,
		.max_jitter = TIME_NONE, .round_trip = TIME_NONE, .mos_lq = NAN, .mos_cq = NAN,
		.r_factor = NAN, .burst_density = NAN, .gap_density = NAN,
		.burst_duration = TIME_NONE, .gap_duration = TIME_NONE,
	};
}
