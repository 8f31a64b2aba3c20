#include "query/call_fields.h"

#include "query/call_media.h"
#include "query/field_int.h"
#include "query/message_fields.h"

static struct field_value
call_get_index(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_number(FIELD_COUNT, (int64_t)item->call->index + 1);
}

static struct field_value
call_get_call_id(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_text(call_id(item->call));
}

static struct field_value
call_get_method(struct query *q, const struct query_item *item)
{
	return field_text(store_method_name(q->store, item->call->method));
}

static struct field_value
call_get_state(struct query *q, const struct query_item *item)
{
	return field_choice(call_state_name(store_call_state(q->store, item->call)));
}

static struct field_value
call_get_from(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_text(call_from(item->call));
}

static struct field_value
call_get_from_user(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_text(call_from_user(item->call));
}

static struct field_value
call_get_to(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_text(call_to(item->call));
}

static struct field_value
call_get_to_user(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_text(call_to_user(item->call));
}

static struct field_value
call_get_source(struct query *q, const struct query_item *item)
{
	return field_endpoint(&store_path(q->store, item->call->path)->src);
}

static struct field_value
call_get_destination(struct query *q, const struct query_item *item)
{
	return field_endpoint(&store_path(q->store, item->call->path)->dst);
}

static struct field_value
call_get_transport(struct query *q, const struct query_item *item)
{
	return field_choice(transport_name(store_path(q->store, item->call->path)->transport));
}

static struct field_value
call_get_messages(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_number(FIELD_COUNT, item->call->messages);
}

static struct field_value
call_get_retransmissions(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_number(FIELD_COUNT, item->call->retransmissions);
}

static struct field_value
call_get_start(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_time(FIELD_TIME, item->call->start);
}

static struct field_value
call_get_answered(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_time(FIELD_TIME, item->call->answered);
}

static struct field_value
call_get_end(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_time(FIELD_TIME, item->call->ended);
}

static struct field_value
call_get_last(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_time(FIELD_TIME, item->call->end_seen);
}

static struct field_value
call_get_setup(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_time(FIELD_SPAN, call_setup(item->call));
}

static struct field_value
call_get_pdd(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_time(FIELD_SPAN, call_pdd(item->call));
}

static struct field_value
call_get_ring(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_time(FIELD_SPAN, call_ring(item->call));
}

static struct field_value
call_get_duration(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_time(FIELD_SPAN, call_duration(item->call));
}

static struct field_value
call_get_status(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_nonzero(FIELD_STATUS, store_call_status(item->call));
}

static struct field_value
call_get_reason(struct query *q, const struct query_item *item)
{
	/* A later hop that was tried again leaves its phrase behind. */
	if (store_call_status(item->call) == 0)
		return field_text(STR_NONE);
	return field_text(store_name(q->store, item->call->reason));
}

static struct field_value
call_get_ended_by(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_choice(call_side_name(item->call->ended_by));
}

static const char *const call_kind_names[] = {
	[CALL_INVITE] = "invite",
	[CALL_REGISTER] = "register",
	[CALL_SUBSCRIBE] = "subscribe",
	[CALL_SINGLE] = "single",
};

static struct field_value
call_get_kind(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_choice(call_kind_names[item->call->kind]);
}

static struct field_value
call_get_duplicates(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_number(FIELD_COUNT, item->call->duplicates);
}

static struct field_value
call_get_cause(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_nonzero(FIELD_COUNT, item->call->cause);
}

static struct field_value
call_get_reason_header(struct query *q, const struct query_item *item)
{
	return field_text(store_name(q->store, item->call->reason_text));
}

static struct field_value
call_get_expires(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_nonzero(FIELD_COUNT, item->call->expires);
}

static struct field_value
call_get_flaws(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_flaws(item->call->flaws);
}

static struct field_value
call_get_sdp(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_bool(item->call->flags & CALL_HAS_SDP);
}

static struct field_value
call_get_acked(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_bool(item->call->flags & CALL_ACKED);
}

static struct field_value
call_get_forked(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_bool(item->call->flags & CALL_FORKED);
}

static struct field_value
call_get_challenged(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_bool(item->call->flags & CALL_CHALLENGED);
}

static struct field_value
call_get_middle(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_bool(item->call->flags & CALL_MIDDLE);
}

static struct field_value
call_get_reinvite_failed(struct query *q, const struct query_item *item)
{
	(void)q;
	return field_bool(item->call->flags & CALL_REINVITE_FAILED);
}

static struct field_value
call_get_carrier(struct query *q, const struct query_item *item)
{
	const struct path *p = store_path(q->store, item->call->path);

	return field_choice(carrier_name((enum carrier)p->carrier));
}

static struct field_value
call_get_streams(struct query *q, const struct query_item *item)
{
	/* None were seen where nobody looked. */
	return store_media_is_off(q->store) ? field_absent(FIELD_COUNT) :
	       field_number(FIELD_COUNT, query_call_media(q, item->call)->streams);
}

static struct field_value
call_get_codecs(struct query *q, const struct query_item *item)
{
	if (store_media_is_off(q->store))
		return field_absent(FIELD_TEXT);
	buf_clear(&q->made);
	query_call_codecs(q, item->call, &q->made);
	return field_words(buf_str(&q->made));
}

static struct field_value
call_get_mos(struct query *q, const struct query_item *item)
{
	return field_real(query_call_media(q, item->call)->mos, 2);
}

static struct field_value
call_get_loss_percent(struct query *q, const struct query_item *item)
{
	return field_percent(query_call_media(q, item->call)->loss_percent);
}

static struct field_value
call_get_jitter(struct query *q, const struct query_item *item)
{
	return field_measured(query_call_media(q, item->call)->jitter);
}

static struct field_value
call_get_dtmf(struct query *q, const struct query_item *item)
{
	buf_clear(&q->made);
	query_call_dtmf(q, item->call, &q->made);
	return field_text(buf_str(&q->made));
}

static struct field_value
call_get_audio(struct query *q, const struct query_item *item)
{
	return field_choice(call_audio_name(query_call_media(q, item->call)->audio));
}

static struct field_value
call_get_audio_faults(struct query *q, const struct query_item *item)
{
	return field_list(query_call_faults(q, item->call), call_fault_name);
}

static const char *
choice_fault(unsigned int i)
{
	return call_fault_name(i);
}

static struct field_value
call_get_audio_unseen(struct query *q, const struct query_item *item)
{
	return field_list(query_call_media(q, item->call)->unseen, call_unseen_name);
}

static const char *
choice_unseen(unsigned int i)
{
	return call_unseen_name(i);
}

static const char *
choice_audio(unsigned int i)
{
	return call_audio_name(i);
}

static const char *
choice_state(unsigned int i)
{
	return i < CALL_STATE_COUNT ? call_state_name(i) : NULL;
}

static const char *
choice_side(unsigned int i)
{
	return i < CALL_SIDE_CALLEE ? call_side_name(i + 1) : NULL;
}

static const char *
choice_kind(unsigned int i)
{
	return i < ARRAY_SIZE(call_kind_names) ? call_kind_names[i] : NULL;
}

const struct field_def call_field_defs[CALL_FIELD_TOTAL] = {
#define ROW(id, name_, title_, kind_, unit_, width_, listed_, get_, choice_, help_) \
	[CALL_FIELD_##id] = { .name = name_, .title = title_, .unit = unit_, \
			      .help = help_, .get = get_, .choice = choice_, \
			      .kind = FIELD_##kind_, .need = FIELD_NEED_INDEX, \
			      .width = width_, .listed = FIELD_IS_##listed_ },
	CALL_INDEX_FIELDS(ROW)
#undef ROW
#define ROW(id, name_, title_, kind_, unit_, width_, listed_, need_, get_, choice_, help_) \
	[CALL_FIELD_##id] = { .name = name_, .title = title_, .unit = unit_, \
			      .help = help_, .get = get_, .choice = choice_, \
			      .kind = FIELD_##kind_, .need = FIELD_NEED_##need_, \
			      .width = width_, .listed = FIELD_IS_##listed_ },
	CALL_MEDIA_FIELDS(ROW)
#undef ROW
#define ROW(id, name_, title_, kind_, unit_, width_, listed_, help_) \
	[CALL_FIELD_##id] = { .name = name_, .title = title_, .unit = unit_, \
			      .help = help_, .kind = FIELD_##kind_, \
			      .need = FIELD_NEED_TEXT, .via = MESSAGE_FIELD_##id, \
			      .width = width_, .listed = FIELD_IS_##listed_ },
	CALL_TEXT_FIELDS(ROW)
#undef ROW
};
