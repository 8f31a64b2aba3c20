/*
 * What an event answers where messages are asked: when and where it happened, and
 * what. All that only a message has is absent. So does a stream, from where it begins.
 */
#include <inttypes.h>

#include "query/field_int.h"
#include "query/message_fields.h"

static struct field_value
event_text(struct query *q, const struct event *e)
{
	struct buf whole = BUF_INIT;
	struct err err;

	if (store_event_text(q->store, e, &whole, &err) != 0 && q->unread++ == 0)
		q->err = err;
	buf_clear(&q->event_text);
	event_say(&q->event_text, (enum event_kind)e->kind, buf_str(&whole));
	buf_release(&whole);
	return field_text(buf_str(&q->event_text));
}

static struct field_value
event_frames(const struct event *e)
{
	struct field_value v = { .kind = FIELD_NUMBERS };

	v.as.numbers.p = &e->frame;
	v.as.numbers.n = 1;
	v.as.numbers.base = e->frame_high ? event_frame(e) : 0;
	return v;
}

struct field_value
event_field_get(struct query *q, const struct field *field, const struct query_item *item)
{
	struct field f = field_of_messages(field);
	const struct event *e = item->event;
	const struct path *p = store_path(q->store, e->path);

	if (f.def == &field_header_def)
		return field_absent(FIELD_TEXT);
	switch ((enum message_field)(f.def - message_field_defs)) {
	case MESSAGE_FIELD_FRAME:
		return field_number(FIELD_COUNT, (int64_t)event_frame(e));
	case MESSAGE_FIELD_FRAMES:
		return event_frames(e);
	case MESSAGE_FIELD_TIME:
	case MESSAGE_FIELD_FIRST_BYTE:
	case MESSAGE_FIELD_LAST_BYTE:
		return field_time(FIELD_TIME, e->time);
	case MESSAGE_FIELD_CALL_ID:
		return field_text(item->call ? call_id(item->call) : STR_NONE);
	case MESSAGE_FIELD_CALL:
		if (!item->call)
			break;
		return field_number(FIELD_COUNT, (int64_t)item->call->index + 1);
	case MESSAGE_FIELD_SOURCE:
		return field_endpoint(&p->src);
	case MESSAGE_FIELD_DESTINATION:
		return field_endpoint(&p->dst);
	case MESSAGE_FIELD_TRANSPORT:
		return field_choice(transport_name((enum transport)p->transport));
	case MESSAGE_FIELD_HAPPENED:
		return field_choice(event_name((enum event_kind)e->kind));
	case MESSAGE_FIELD_DETAIL:
		return event_text(q, e);
	default:
		break;
	}
	return field_absent(f.def->kind);
}

/* "PCMA, 1502 packets, 0.1 % lost, est. MOS 4.2" */
static struct field_value
stream_text(struct query *q, const struct stream *st)
{
	const struct stream_codec *codec = stream_codec(st);
	struct buf *b = &q->event_text;
	const struct meter_figures *f = query_figures(q, st);
	const struct quality *quality = query_quality(q, st);

	buf_clear(b);
	if (codec && codec->name)
		buf_printf(b, "%s, ", codec->name);
	else if (codec)
		buf_printf(b, "payload type %u, ", codec->payload_type);
	buf_printf(b, "%" PRIu64 " packets", f->packets);
	if (f->expected > 0)
		buf_printf(b, ", %.1f %% lost", (double)f->lost * 100 / (double)f->expected);
	if (quality->known)
		buf_printf(b, ", est. MOS %.1f", quality->mos);
	return field_text(buf_str(b));
}

struct field_value
stream_row_get(struct query *q, const struct field *field, const struct query_item *item)
{
	struct field f = field_of_messages(field);
	const struct stream *st = item->stream;

	if (f.def == &field_header_def)
		return field_absent(FIELD_TEXT);
	switch ((enum message_field)(f.def - message_field_defs)) {
	case MESSAGE_FIELD_FRAME:
		return field_number(FIELD_COUNT, (int64_t)stream_first_frame(st));
	case MESSAGE_FIELD_TIME:
		return field_time(FIELD_TIME, query_figures(q, st)->start);
	case MESSAGE_FIELD_CALL_ID:
		return field_text(item->call ? call_id(item->call) : STR_NONE);
	case MESSAGE_FIELD_CALL:
		if (!item->call)
			break;
		return field_number(FIELD_COUNT, (int64_t)item->call->index + 1);
	case MESSAGE_FIELD_SOURCE:
		return field_endpoint(&st->src);
	case MESSAGE_FIELD_DESTINATION:
		return field_endpoint(&st->dst);
	case MESSAGE_FIELD_TRANSPORT:
		return field_choice(transport_name(st->carriage == STREAM_OVER_TCP ? TRANSPORT_TCP
						   : TRANSPORT_UDP));
	case MESSAGE_FIELD_HAPPENED:
		return field_choice(stream_kind_name(st->kind));
	case MESSAGE_FIELD_DETAIL:
		return stream_text(q, st);
	default:
		break;
	}
	return field_absent(f.def->kind);
}
