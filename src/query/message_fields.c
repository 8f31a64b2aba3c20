#include "query/message_fields.h"

#include "query/field_int.h"
#include "query/header.h"

static struct field_value
message_get_frame(struct query *q, const struct query_item *item)
{
	return field_number(FIELD_COUNT, (int64_t)store_message_frame(q->store, item->index));
}

static struct field_value
message_get_time(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_time(FIELD_TIME, item->message->time);
}

static struct field_value
message_get_call_id(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_text(item->call ? call_id(item->call) : STR_NONE);
}

static struct field_value
message_get_source(struct query *q, const struct query_item *item)
{
	return field_endpoint(&store_path(q->store, item->message->path)->src);
}

static struct field_value
message_get_destination(struct query *q, const struct query_item *item)
{
	return field_endpoint(&store_path(q->store, item->message->path)->dst);
}

static struct field_value
message_get_transport(struct query *q, const struct query_item *item)
{
	return field_choice(transport_name(store_path(q->store, item->message->path)->transport));
}

static struct field_value
message_get_method(struct query *q, const struct query_item *item)
{
	return field_text(store_method_name(q->store, item->message->method));
}

static struct field_value
message_get_status(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_nonzero(FIELD_STATUS, item->message->status);
}

static struct field_value
message_get_cseq(struct query *q, const struct query_item *item)
{
	(void)q;
	if (item->message->flaws & (SIP_FLAW_NO_CSEQ | SIP_FLAW_CSEQ))
		return field_nonzero(FIELD_COUNT, item->message->cseq);
	return field_number(FIELD_COUNT, item->message->cseq);
}

static struct field_value
message_get_cseq_method(struct query *q, const struct query_item *item)
{
	return field_text(store_method_name(q->store, item->message->cseq_method));
}

static struct field_value
message_get_bytes(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_number(FIELD_COUNT, item->message->length);
}

static struct field_value
message_get_sdp(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_bool(item->message->flags & MESSAGE_SDP);
}

static struct field_value
message_get_retransmission(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_bool(item->message->flags & MESSAGE_RETRANSMISSION);
}

static struct field_value
message_get_duplicate(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_bool(item->message->flags & MESSAGE_DUPLICATE);
}

static struct field_value
message_get_flaws(struct query *q, const struct query_item *item)
{
	return field_flaws(query_flaws(q, item->index));
}

static struct field_value
message_get_frames(struct query *q, const struct query_item *item)
{
	struct field_value v = { .kind = FIELD_NUMBERS };
	struct carriage c;

	store_carriage(q->store, item->index, &c);
	v.as.numbers.p = c.frames;
	v.as.numbers.n = c.frame_n;
	v.as.numbers.base = c.base;
	return v;
}

static struct field_value
message_get_first_byte(struct query *q, const struct query_item *item)
{
	struct carriage c;

	store_carriage(q->store, item->index, &c);
	return field_time(FIELD_TIME, c.first);
}

static struct field_value
message_get_last_byte(struct query *q, const struct query_item *item)
{
	struct carriage c;

	store_carriage(q->store, item->index, &c);
	return field_time(FIELD_TIME, c.last);
}

static struct field_value
message_get_carrier(struct query *q, const struct query_item *item)
{
	const struct path *p = store_path(q->store, item->message->path);

	return field_choice(carrier_name((enum carrier)p->carrier));
}

static struct field_value
message_get_node(struct query *q, const struct query_item *item)
{
	return field_nonzero(FIELD_COUNT, store_path(q->store, item->message->path)->node);
}

/* A message is no event: event_fields.c tells of those. */
static struct field_value
message_get_nothing(struct query *q, const struct query_item *item)
{
	(void)q;
	(void)item;
	return field_text(STR_NONE);
}

static struct field_value
message_get_index(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_number(FIELD_COUNT, (int64_t)item->index + 1);
}

static struct field_value
message_get_call(struct query *q, const struct query_item *item)
{
	(void)q;
	if (!item->call)
		return field_absent(FIELD_COUNT);
	return field_number(FIELD_COUNT, (int64_t)item->call->index + 1);
}

static struct field_value
message_get_request(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_bool(item->message->flags & MESSAGE_REQUEST);
}

static struct field_value
message_get_in_dialog(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_bool(item->message->flags & MESSAGE_TO_TAG);
}

static struct field_value
time_between(int64_t from, int64_t to)
{
	int64_t span;

	if (from == TIME_NONE || to == TIME_NONE || __builtin_sub_overflow(to, from, &span))
		return field_absent(FIELD_SPAN);
	return field_time(FIELD_SPAN, span);
}

static struct field_value
message_get_delta(struct query *q, const struct query_item *item)
{
	const struct message *before = NULL;

	if (item->message->previous != MESSAGE_NONE)
		before = store_message(q->store, item->message->previous);
	return time_between(before ? before->time : TIME_NONE, item->message->time);
}

static struct field_value
message_get_since(struct query *q, const struct query_item *item)
{
	(void)q;
	return time_between(item->call ? item->call->start : TIME_NONE, item->message->time);
}

static struct field_value
message_get_ttl(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_nonzero(FIELD_COUNT, item->message->ttl);
}

static struct field_value
message_get_vlan(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_nonzero(FIELD_COUNT, item->message->vlan);
}

/* ---- from the text ---- */

#define SCAN_TEXT(name, member) \
static struct field_value \
message_get_##name(struct query *q, const struct query_item *item) \
{ \
	const struct sip_scan *scan = query_scan(q, item->index); \
\
	return field_text(scan ? scan->member : STR_NONE); \
}

SCAN_TEXT(reason, reason)
SCAN_TEXT(from, from_uri)
SCAN_TEXT(to, to_uri)
SCAN_TEXT(from_tag, from_tag)
SCAN_TEXT(to_tag, to_tag)
SCAN_TEXT(request_uri, uri)
SCAN_TEXT(branch, branch)
SCAN_TEXT(contact, contact)
SCAN_TEXT(reason_header, reason_header)
SCAN_TEXT(warning, warning)
SCAN_TEXT(event, event)
SCAN_TEXT(content_type, content_type)

static struct field_value
message_get_from_user(struct query *q, const struct query_item *item)
{
	const struct sip_scan *scan = query_scan(q, item->index);

	return field_text(scan ? sip_scan_user(scan->from_uri) : STR_NONE);
}

static struct field_value
message_get_to_user(struct query *q, const struct query_item *item)
{
	const struct sip_scan *scan = query_scan(q, item->index);

	return field_text(scan ? sip_scan_user(scan->to_uri) : STR_NONE);
}

static struct field_value
message_get_body_bytes(struct query *q, const struct query_item *item)
{
	const struct sip_scan *scan = query_scan(q, item->index);

	if (!scan)
		return field_absent(FIELD_COUNT);
	return field_number(FIELD_COUNT, (int64_t)scan->body.n);
}

static struct field_value
message_get_max_forwards(struct query *q, const struct query_item *item)
{
	const struct sip_scan *scan = query_scan(q, item->index);

	if (!scan || scan->max_forwards == UINT8_MAX)
		return field_absent(FIELD_COUNT);
	return field_number(FIELD_COUNT, scan->max_forwards);
}

static struct field_value
message_get_user_agent(struct query *q, const struct query_item *item)
{
	struct str value = query_header(q, item->index, STR("User-Agent"));

	return field_text(value.n ? value : query_header(q, item->index, STR("Server")));
}

static struct field_value
message_get_text(struct query *q, const struct query_item *item)
{
	return field_text(query_text(q, item->index));
}

const struct field_def message_field_defs[MESSAGE_FIELD_TOTAL] = {
#define ROW(id, name_, title_, kind_, unit_, width_, listed_, need_, get_, choice_, help_) \
	[MESSAGE_FIELD_##id] = { .name = name_, .title = title_, .unit = unit_, \
				 .help = help_, .get = get_, .choice = choice_, \
				 .kind = FIELD_##kind_, .need = FIELD_NEED_##need_, \
				 .width = width_, .listed = FIELD_IS_##listed_ },
	MESSAGE_FIELDS(ROW)
#undef ROW
};
