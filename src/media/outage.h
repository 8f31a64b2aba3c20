/**
 * @file outage.h  When packets were lost that nothing came instead of.
 *
 * A meter counts losses in the second in which they are found out. Those of seconds in which
 * nothing came stand in the first one after them: where they are as many as these seconds
 * would have brought, it was an outage and no pause, and they belong there.
 */
#ifndef MEDIA_OUTAGE_H
#define MEDIA_OUTAGE_H

#include "media/meter.h"

/** Packets a second; @p interval of them in ns, TIME_NONE: not known, 50 are taken. */
double outage_rate(int64_t interval);

/** How many packets each of the seconds lost that lie between the one that begins at
 * @p before and the one at @p time, where @p missing were found out; 0: it was a pause, or
 * none lies between. *seconds: how many these are. Whole packets, at most @p rate. */
double outage_each(int64_t before, int64_t time, double missing, double rate, int64_t *seconds);

/** Where a walk over the seconds is; zeroed but for the rate before the first. */
struct outage_walk {
	double rate;		/**< see outage_rate() */
	/* private */
	struct meter_cursor cursor;
	struct meter_second next;	/* once those of the outage before it are told */
	int64_t time, next_time;	/* of the last one, and of next */
	int64_t left;			/* seconds of the outage that are to be told yet */
	uint16_t each;
	bool any, waits;		/* there was one before; next is to be told */
};

/** As meter_next_second(), with what an outage took in the seconds of it: these have losses
 * and nothing else, the payload type of what came after. */
bool outage_next_second(struct outage_walk *w, const struct meter *m, int64_t *time,
			struct meter_second *second);

#endif
