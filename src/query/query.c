#include "query/query.h"

#include "base/mem.h"
#include "query/call_media.h"
#include "query/stream_told.h"
#include "sip/check.h"

void
query_init(struct query *q, const struct store *store)
{
	memset(q, 0, sizeof(*q));
	q->store = store;
	q->text_of = MESSAGE_NONE;
	q->list_of = CALL_NONE;
	q->figures.of = STREAM_NONE;
	q->limits = (struct quality_limits)QUALITY_LIMITS_USUAL;
}

void
query_release(struct query *q)
{
	struct quality_limits limits = q->limits;
	bool lets_go = q->lets_go;

	buf_release(&q->text);
	buf_release(&q->event_text);
	buf_release(&q->made);
	free(q->list);
	query_media_free(q->media);
	query_told_free(q->told);
	query_init(q, q->store);
	q->limits = limits;
	q->lets_go = lets_go;
}

void
query_forget(struct query *q)
{
	q->text_of = MESSAGE_NONE;
	q->text_ok = q->scan_done = false;
	q->list_of = CALL_NONE;
	q->figures.of = STREAM_NONE;
	if (q->media)
		q->media->of = CALL_NONE;
	if (q->told)
		q->told->of = STREAM_NONE;
}

bool
query_is_gone(const struct query *q, enum query_subject of, uint32_t i)
{
	return of == QUERY_CALL ? store_call_is_gone(q->store, i) :
	       of == QUERY_MESSAGE ? store_message_is_gone(q->store, i) :
	       store_stream_is_gone(q->store, i);
}

struct query_item
query_call(const struct query *q, uint32_t i)
{
	const struct call *call = store_call(q->store, i);

	if (!call)
		BUG("no call %u", i);
	return (struct query_item){ .call = call, .index = i };
}

struct query_item
query_message(const struct query *q, uint32_t i)
{
	const struct message *m = store_message(q->store, i);

	if (!m)
		BUG("no message %u", i);
	return (struct query_item){ .call = store_call(q->store, m->call),
				    .message = m, .index = i };
}

struct query_item
query_event(const struct query *q, uint32_t i, uint32_t call)
{
	const struct event *e = store_event(q->store, i);

	if (!e)
		BUG("no event %u", i);
	return (struct query_item){ .call = store_call(q->store, call), .event = e, .index = i };
}

struct query_item
query_stream_row(const struct query *q, uint32_t i, uint32_t call)
{
	const struct stream *st = store_stream(q->store, i);

	if (!st)
		BUG("no stream %u", i);
	return (struct query_item){ .call = store_call(q->store, call), .stream = st,
				    .index = i, .row = true };
}

struct query_item
query_stream(const struct query *q, uint32_t i)
{
	const struct stream *st = store_stream(q->store, i);

	if (!st)
		BUG("no stream %u", i);
	return (struct query_item){ .call = store_call(q->store, store_stream_call(q->store, st)),
				    .stream = st, .index = i };
}

struct query_item
query_item_of(const struct query *q, enum query_subject of, uint32_t i)
{
	return of == QUERY_CALL ? query_call(q, i) : of == QUERY_MESSAGE ? query_message(q, i) :
	       query_stream(q, i);
}

struct str
query_text(struct query *q, uint32_t i)
{
	const struct message *m;
	struct err err;

	if (q->text_of == i)
		return q->text_ok ? buf_str(&q->text) : STR_NONE;
	q->text_of = i;
	q->scan_done = false;
	m = store_message(q->store, i);
	q->text_ok = m && store_text(q->store, m, &q->text, &err) == 0;
	if (q->text_ok)
		return buf_str(&q->text);
	if (m && q->unread++ == 0)
		q->err = err;
	return STR_NONE;
}

const struct sip_scan *
query_scan(struct query *q, uint32_t i)
{
	struct str text = query_text(q, i);

	if (!q->scan_done) {
		q->scan_done = true;
		q->scan_ok = q->text_ok &&
			     sip_scan(text, SIP_DATAGRAM, &q->scan) == SIP_SCAN_MESSAGE;
	}
	return q->scan_ok ? &q->scan : NULL;
}

/* Where a message begins and ends was seen when it came, from what was around it. */
#define AROUND (SIP_FLAW_LENGTH_LONG | SIP_FLAW_LENGTH_SHORT | SIP_FLAW_SEVERAL | \
		SIP_FLAW_NO_END | SIP_FLAW_LEADING_CRLF)
#define MISSING_BYTES (SIP_FLAW_CUT | SIP_FLAW_FRAGMENTS | SIP_FLAW_GAP)

uint32_t
query_flaws(struct query *q, uint32_t i)
{
	uint32_t flaws = store_message(q->store, i)->flaws;
	const struct sip_scan *scan = flaws & MISSING_BYTES ? NULL : query_scan(q, i);

	if (scan)
		flaws |= sip_check(scan, query_text(q, i)) & ~(uint32_t)AROUND;
	return flaws;
}

size_t
query_messages(struct query *q, const struct call *c, const uint32_t **list)
{
	if (!c) {
		*list = NULL;
		return 0;
	}
	/* A call that grew since is asked again. */
	if (q->list_of != c->index || q->list_n != c->messages) {
		q->list_n = store_call_messages(q->store, c, &q->list, &q->list_cap);
		q->list_of = c->index;
	}
	*list = q->list;
	return q->list_n;
}

/* ---- streams ---- */

void
query_set_limits(struct query *q, const struct quality_limits *limits)
{
	q->limits = *limits;
	q->figures.of = STREAM_NONE;	/* what was made by the old ones */
}

const struct stream_link *
query_next_link(const struct query *q, const struct stream *st, uint32_t *cursor)
{
	return *cursor == UINT32_MAX ? NULL : store_stream_links(q->store, st, cursor);
}

/* A stream that grew since, or of which more is known, is summed up again. */
static struct query_stream_figures *
figures_of(struct query *q, const struct stream *st)
{
	struct query_stream_figures *f = &q->figures;

	if (f->of == st->index && f->packets == meter_packets(&st->meter) &&
	    f->round_trip == st->round_trip)
		return f;
	*f = (struct query_stream_figures){
		.of = st->index, .packets = meter_packets(&st->meter), .round_trip = st->round_trip,
	};
	meter_figures(&st->meter, &f->meter);
	return f;
}

const struct meter_figures *
query_figures(struct query *q, const struct stream *st)
{
	return &figures_of(q, st)->meter;
}

const struct quality *
query_quality(struct query *q, const struct stream *st)
{
	struct query_stream_figures *f = figures_of(q, st);

	if (!f->judged)
		f->quality = store_stream_quality(q->store, st);
	f->judged = true;
	return &f->quality;
}

const struct quality_windows *
query_windows(struct query *q, const struct stream *st)
{
	struct query_stream_figures *f = figures_of(q, st);

	if (!f->has_windows)
		store_stream_windows(q->store, st, &q->limits, &f->windows);
	f->has_windows = true;
	return &f->windows;
}
