/*
 * Letting go of one call.
 *
 * What leads to a call is taken away at once: the map of Call-IDs, its dialogs, its texts,
 * the events that name it, its media. Its messages hang in a chain of which there may be
 * millions: they are dropped from the newest on, as many at a time as there is leave for.
 * A message whose call is gone counts as gone from the beginning.
 */
#include "store/streams_int.h"

const struct call call_gone = {
	.text = "", .last = MESSAGE_NONE, .first = MESSAGE_NONE, .end_seen = TIME_NONE,
	.kind = CALL_SINGLE, .machine = CALL_STATE_COUNT, .dialogs = CALL_NONE,
	.path = PATH_NONE, .waiting = TIME_NONE, .progress = TIME_NONE, .ringing = TIME_NONE,
	.answered = TIME_NONE, .ended = TIME_NONE, .start = TIME_NONE, .request = TIME_NONE,
	.index = CALL_NONE, .streams = CALL_NONE, .claims = CALL_NONE,
	.earlier = CALL_NONE, .later = CALL_NONE,
};

const struct message message_gone = {
	.time = TIME_NONE, .source = PLACE_NONE, .path = PATH_NONE, .call = CALL_NONE,
	.previous = MESSAGE_NONE,
};

void
drop_place(struct store *s, struct place place, size_t n)
{
	if (s->release && place.source != PLACE_NONE && n > 0)
		s->release(s->release_ctx, place, n);
}

static void
drop_dialogs(struct store *s, const struct call *c)
{
	for (uint32_t i = c->dialogs, next; i != CALL_NONE; i = next) {
		next = ((const struct dialog *)chunks_at(&s->dialogs, i))->next;
		chunks_drop(&s->dialogs, i);
	}
}

/* Calls with one Call-ID stay a chain. What still comes of the one that goes is not of the
 * one before it, which is then the last. */
static void
unlink_call(struct store *s, const struct call *c)
{
	uint64_t hash = hash_str(call_id(c));
	struct call *earlier = c->earlier == CALL_NONE ? NULL : chunks_at(&s->calls, c->earlier);

	if (earlier)
		earlier->later = c->later;
	if (c->later != CALL_NONE) {
		((struct call *)chunks_at(&s->calls, c->later))->earlier = c->earlier;
	} else if (earlier) {
		earlier->flags |= CALL_LATER_GONE;
		hash_map_replace(&s->call_map, hash, c->index, c->earlier);
	} else {
		hash_map_remove(&s->call_map, hash, c->index);
	}
}

uint32_t
drop_call_but_messages(struct store *s, struct call *c)
{
	uint32_t last = c->last;

	media_drop_call(s, c);
	events_drop_call(s, c);
	drop_dialogs(s, c);
	unlink_call(s, c);
	names_drop(&s->names, c->reason);
	names_drop(&s->names, c->reason_text);
	path_unref(s, c->path);
	if (s->text.counted)
		arena_drop(&s->text, c->text, (size_t)c->call_id_n + c->from_n + c->to_n);
	chunks_drop(&s->calls, c->index);
	return last;
}

/* All that message @p i leads to. */
static void
drop_message_parts(struct store *s, uint32_t i, const struct message *m)
{
	drop_place(s, (struct place){ .offset = m->offset, .source = m->source }, m->length);
	path_unref(s, m->path);
	if (m->method == SIP_METHOD_PUBLISH || m->method == SIP_METHOD_NOTIFY)
		reports_drop_vq(s, i);
	carriage_drop(s, i);
	s->messages_gone++;
}

uint32_t
drop_messages(struct store *s, uint32_t last, uint32_t *most)
{
	for (; last != MESSAGE_NONE && *most > 0; --*most) {
		const struct message *m = chunks_at(&s->messages, last);
		uint32_t previous = m->previous;

		drop_message_parts(s, last, m);
		chunks_drop(&s->messages, last);
		last = previous;
	}
	return last;
}

uint32_t
leave_messages(struct store *s, uint32_t last, uint32_t *most)
{
	for (; last != MESSAGE_NONE && *most > 0; --*most) {
		struct message *m = chunks_at(&s->messages, last);

		drop_message_parts(s, last, m);
		last = m->previous;
		*m = (struct message){ .call = CALL_NONE };
	}
	return last;
}
