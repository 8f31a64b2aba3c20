#include "media/outage.h"

#include <math.h>

#define RATE_USUAL	50	/* packets a second */

double
outage_rate(int64_t interval)
{
	return interval > 0 ? fmax(1, (double)NS_PER_S / (double)interval) : RATE_USUAL;
}

double
outage_each(int64_t before, int64_t time, double missing, double rate, int64_t *seconds)
{
	double each;

	*seconds = span_between(before, time) / NS_PER_S - 1;
	each = *seconds > 0 && missing > 0 ? floor(fmin(rate, missing / (double)*seconds)) : 0;
	return each < 1 || each < rate / 2 ? 0 : each;
}

/* What was lost before *next is told first. */
static void
begin_outage(struct outage_walk *w)
{
	int64_t seconds;
	double each;

	w->left = 0;
	if (!w->any)
		return;
	each = outage_each(w->time, w->next_time, w->next.lost, w->rate, &seconds);
	if (each < 1)
		return;
	w->each = (uint16_t)each;
	w->left = seconds;
	/* Never below 0: each is what was lost, shared among the seconds, or less. */
	w->next.lost = (uint16_t)(w->next.lost - w->each * seconds);
}

bool
outage_next_second(struct outage_walk *w, const struct meter *m, int64_t *time,
		   struct meter_second *second)
{
	if (!w->waits) {
		if (!meter_next_second(m, &w->cursor, &w->next_time, &w->next))
			return false;
		w->waits = true;
		begin_outage(w);
	}
	if (w->left > 0) {
		w->left--;
		w->time += NS_PER_S;
		*second = (struct meter_second){
			.lost = w->each, .payload_type = w->next.payload_type,
			.jitter = METER_NONE, .max_delta = METER_NONE,
		};
	} else {
		w->waits = false;
		w->any = true;
		w->time = w->next_time;
		*second = w->next;
	}
	*time = w->time;
	return true;
}
