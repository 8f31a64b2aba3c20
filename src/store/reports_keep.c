/*
 * Reports as they are kept, and as they are told. A sender may report for ever: of each
 * kind a bounded number is kept, spread over the whole time, with the last and the worst
 * one beside them.
 */
#include "store/reports_int.h"

#include <math.h>

#include "base/mem.h"

void
stream_reports_init(struct stream_reports *r)
{
	r->received.limit = SERIES_RECEIVED;
	r->way[WAY_RECEIVER] = r->way[WAY_SENDER] = TIME_NONE;
	r->bye = TIME_NONE;
}

struct stream_extended *
stream_extended_of(struct stream_reports *r)
{
	if (!r->extended) {
		r->extended = xcalloc(1, sizeof(*r->extended));
		r->extended->series.limit = SERIES_EXTENDED;
	}
	return r->extended;
}

void
stream_reports_release(struct stream_reports *r)
{
	free(r->received.list);
	if (r->extended)
		free(r->extended->series.list);
	free(r->extended);
}

size_t
stream_reports_memory(const struct stream_reports *r)
{
	size_t n = r->received.cap * sizeof(struct kept);

	if (r->extended)
		n += sizeof(*r->extended) + r->extended->series.cap * sizeof(struct kept);
	return n;
}

static uint64_t
badness(const struct kept *k)
{
	uint64_t lost = k->has & KEPT_FRACTION ? k->fraction : 0;

	if (k->has & KEPT_VOIP)
		lost += k->discard;
	return lost << 32 | (k->has & KEPT_JITTER ? k->jitter : 0);
}

void
series_add(struct series *s, const struct kept *given)
{
	struct kept one = *given, *k = &one;

	k->nth = (uint16_t)s->total;
	if (s->total == 0 || badness(k) > badness(&s->worst))
		s->worst = *k;
	s->last = *k;
	if (s->stride == 0)
		s->stride = 1;
	if (s->total++ % s->stride != 0)
		return;
	if (s->n == s->limit) {
		for (uint8_t i = 0; 2 * i < s->n; i++)
			s->list[i] = s->list[2 * i];
		s->n = (uint8_t)((s->n + 1) / 2);
		s->stride *= 2;
		if ((s->total - 1) % s->stride != 0)
			return;
	}
	if (s->n == s->cap) {
		s->cap = (uint8_t)(s->cap ? 2 * s->cap : 2);
		if (s->cap > s->limit)
			s->cap = s->limit;
		s->list = xreallocarray(s->list, s->cap, sizeof(*s->list));
	}
	s->list[s->n++] = *k;
}

void
kept_voip(struct kept *k, const struct rtcp_xr_voip *voip)
{
	k->has |= KEPT_VOIP | KEPT_FRACTION;
	k->fraction = voip->loss_rate;
	k->discard = voip->discard_rate;
	k->burst_density = voip->burst_density;
	k->gap_density = voip->gap_density;
	k->burst_ms = voip->burst_ms;
	k->gap_ms = voip->gap_ms;
	k->round_trip_ms = voip->round_trip_ms;
	k->end_system_ms = voip->end_system_ms;
	k->r_factor = voip->r_factor;
	k->mos_lq = voip->mos_lq;
	k->mos_cq = voip->mos_cq;
}

/* ---- telling ---- */

static int64_t
units(uint32_t jitter, uint32_t clock_rate)
{
	if (clock_rate == 0)
		return TIME_NONE;
	return (int64_t)((double)jitter * 1e9 / clock_rate + 0.5);
}

static void
tell(const struct stream *st, const struct kept *k, struct report *r)
{
	const struct stream_codec *codec = stream_codec(st);
	uint32_t clock_rate = codec ? codec->clock_rate : 0;

	report_init(r);
	r->time = k->time;
	r->source = k->source;
	r->sender = k->has & KEPT_SENDER;
	r->has_ssrc = true;
	r->ssrc = st->ssrc;
	r->from = st->src;
	r->to = st->dst;
	if (k->has & KEPT_PACKETS)
		r->packets = k->packets;
	if (k->has & KEPT_LOST)
		r->lost = k->lost;
	if (k->has & KEPT_DUPLICATES)
		r->duplicates = k->duplicates;
	if (k->has & KEPT_FRACTION)
		r->lost_percent = k->fraction * 100 / 256.0;
	if (k->has & KEPT_JITTER)
		r->jitter = units(k->jitter, clock_rate);
	if (k->has & KEPT_MAX_JITTER)
		r->max_jitter = units(k->max_jitter, clock_rate);
	if (k->has & KEPT_VOIP)
		rtcp_xr_voip_report(&(struct rtcp_xr_voip){
			.loss_rate = k->fraction, .discard_rate = k->discard,
			.burst_density = k->burst_density, .gap_density = k->gap_density,
			.burst_ms = k->burst_ms, .gap_ms = k->gap_ms,
			.round_trip_ms = k->round_trip_ms, .end_system_ms = k->end_system_ms,
			.r_factor = k->r_factor, .mos_lq = k->mos_lq, .mos_cq = k->mos_cq,
		}, r);
}

static bool
is_same(const struct kept *a, const struct kept *b)
{
	return a->nth == b->nth && a->time == b->time;
}

/* The ones of a series that are kept, the worst and the last among them, each once. */
static size_t
gather(const struct series *s, const struct kept **list, size_t n)
{
	bool worst = false, last = false;

	if (s->total == 0)
		return n;
	for (uint8_t i = 0; i < s->n; i++) {
		worst |= is_same(&s->list[i], &s->worst);
		last |= is_same(&s->list[i], &s->last);
		list[n++] = &s->list[i];
	}
	if (!last)
		list[n++] = &s->last;
	if (!worst && !is_same(&s->worst, &s->last))
		list[n++] = &s->worst;
	return n;
}

static int
by_time(const void *a, const void *b)
{
	const struct kept *x = *(const struct kept *const *)a;
	const struct kept *y = *(const struct kept *const *)b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

static size_t
gather_all(const struct stream_reports *r, const struct kept *list[STREAM_REPORTS_MAX])
{
	size_t n = 0;

	if (r->sent_n > 0)
		list[n++] = &r->sent_last;
	n = gather(&r->received, list, n);
	if (r->extended)
		n = gather(&r->extended->series, list, n);
	qsort(list, n, sizeof(list[0]), by_time);
	return n;
}

size_t
store_stream_reports(const struct store *s, const struct stream *st, const struct report **list,
		     uint64_t *total)
{
	const struct stream_reports *r = st->reports;
	struct reports *all = s->media->reports;
	const struct kept *kept[STREAM_REPORTS_MAX];
	size_t n;

	*list = NULL;
	*total = 0;
	if (!r)
		return 0;
	n = gather_all(r, kept);
	if (!all->asked)
		all->asked = xcalloc(STREAM_REPORTS_MAX, sizeof(*all->asked));
	for (size_t i = 0; i < n; i++)
		tell(st, kept[i], &all->asked[i]);
	*list = all->asked;
	*total = r->sent_n + r->received.total + (r->extended ? r->extended->series.total : 0);
	return n;
}

bool
store_stream_reported(const struct store *s, const struct stream *st,
		      struct stream_reported *reported)
{
	const struct stream_reports *r = st->reports;
	const struct series *extended;

	if (!r)
		return false;
	extended = r->extended ? &r->extended->series : NULL;
	*reported = (struct stream_reported){
		.senders = r->sent_n, .receivers = r->received.total,
		.extended = extended ? extended->total : 0, .secure = r->secure, .bye = r->bye,
		.cname = store_name(s, r->cname), .round_trip_n = r->round_trip_n,
		.round_trip_min = TIME_NONE, .round_trip_max = TIME_NONE,
		.round_trip_mean = TIME_NONE, .to_receiver = r->way[WAY_RECEIVER],
		.to_sender = r->way[WAY_SENDER],
	};
	if (r->round_trip_n > 0) {
		reported->round_trip_min = r->round_trip_min;
		reported->round_trip_max = r->round_trip_max;
		reported->round_trip_mean = (int64_t)(r->round_trip_sum / r->round_trip_n);
	}
	report_init(&reported->sent);
	report_init(&reported->received);
	report_init(&reported->worst);
	report_init(&reported->extended_last);
	if (r->sent_n > 0)
		tell(st, &r->sent_last, &reported->sent);
	if (r->received.total > 0) {
		tell(st, &r->received.last, &reported->received);
		tell(st, &r->received.worst, &reported->worst);
	}
	if (extended && extended->total > 0)
		tell(st, &extended->last, &reported->extended_last);
	return true;
}
