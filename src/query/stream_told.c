#include "query/stream_told.h"

#include <math.h>

#include "base/mem.h"

void
query_told_free(struct query_told *t)
{
	if (!t)
		return;
	reported_release(&t->list);
	free(t);
}

static void
keep_real(double *to, double v)
{
	if (!isnan(v))
		*to = v;
}

static void
keep_number(int64_t *to, int64_t v, int64_t none)
{
	if (v != none)
		*to = v;
}

static void
add_report(struct stream_told *t, const struct report *r)
{
	struct report *last = &t->last;

	t->sources |= 1u << r->source;
	/* What was sent is no word on what came. */
	if (r->sender)
		return;
	keep_number(&last->time, r->time, TIME_NONE);
	/* An extended report counts what came since one before, or less: no word on all. */
	if (r->source != REPORT_XR)
		keep_number(&last->packets, r->packets, REPORT_ABSENT);
	if (r->source != REPORT_XR || last->lost == REPORT_ABSENT)
		keep_number(&last->lost, r->lost, REPORT_ABSENT);
	keep_real(&last->lost_percent, r->lost_percent);
	keep_number(&last->jitter, r->jitter, TIME_NONE);
	keep_number(&last->round_trip, r->round_trip, TIME_NONE);
	keep_real(&last->mos_lq, r->mos_lq);
	keep_real(&last->mos_cq, r->mos_cq);
	keep_real(&last->r_factor, r->r_factor);
}

static void
look(struct query *q, const struct query_item *item, const struct report *list, size_t n)
{
	struct query_told *t = q->told;
	struct stream_told *answer = &t->answer;
	uint64_t told = 0;

	*answer = (struct stream_told){ .reports = t->total };
	report_init(&answer->last);
	if (!item->call) {
		for (size_t i = 0; i < n; i++)
			add_report(answer, &list[i]);
		return;
	}
	reported_gather(q, item->call, &t->list);
	for (size_t i = 0; i < t->list.n; i++) {
		if (t->list.list[i].stream != item->stream->index)
			continue;
		add_report(answer, &t->list.list[i].report);
		told++;
	}
	/* Those kept of RTCP are in both. */
	if (told > n)
		answer->reports += told - n;
}

const struct stream_told *
query_told(struct query *q, const struct query_item *item)
{
	uint32_t call = item->call ? item->call->index : CALL_NONE;
	uint32_t messages = item->call ? item->call->messages : 0;
	const struct report *list;
	struct query_told *t = q->told;
	uint64_t total = 0;
	size_t n = store_stream_reports(q->store, item->stream, &list, &total);

	if (!t) {
		t = q->told = xcalloc(1, sizeof(*t));
		t->of = STREAM_NONE;
	}
	if (t->of == item->stream->index && t->call == call && t->total == total &&
	    t->messages == messages)
		return &t->answer;
	t->of = item->stream->index;
	t->call = call;
	t->total = total;
	t->messages = messages;
	look(q, item, list, n);
	return &t->answer;
}
