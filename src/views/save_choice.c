#include "views/save_choice.h"

#include <inttypes.h>

#include "base/mem.h"
#include "views/call_set.h"
#include "views/parts.h"

static uint32_t
calls_there(const struct views_app *app)
{
	struct store_kept kept;

	store_kept(app->store, &kept);
	return kept.calls;
}

static uint32_t
members(const struct call_set *set)
{
	return set ? set->members : 0;
}

static bool
is_there(const struct views_app *app, uint32_t stream)
{
	return stream != STREAM_NONE && !store_stream_is_gone(app->store, stream);
}

uint32_t
save_choice_count(const struct save_choice *c, const struct views_app *app, enum save_what what)
{
	bool first = is_there(app, c->ways[0]);

	switch (what) {
	case WHAT_SELECTED:
		return members(c->selected);
	case WHAT_SHOWN:
		return members(c->shown);
	case WHAT_ALL:
		return c->shown ? calls_there(app) : 0;
	case WHAT_STREAMS_SELECTED:
		return members(c->streams_selected);
	case WHAT_STREAM:
		return first;
	case WHAT_BOTH_WAYS:
		return first && is_there(app, c->ways[1]) ? 2 : 0;
	case WHAT_STREAMS_SHOWN:
		return members(c->streams_shown);
	case WHAT_CALLS:
		return (uint32_t)c->calls_n;
	case WHAT_MESSAGE:
		return c->message != MESSAGE_NONE && store_message(app->store, c->message) &&
			!store_message_is_gone(app->store, c->message);
	case WHAT_COUNT:
		break;
	}
	return 0;
}

bool
save_choice_name(struct save_choice *c, const struct views_app *app)
{
	static const char *const names[] = {
		[WHAT_SELECTED] = "selected", [WHAT_SHOWN] = "shown", [WHAT_ALL] = "all",
		[WHAT_STREAMS_SELECTED] = "selected streams", [WHAT_STREAM] = "this stream",
		[WHAT_BOTH_WAYS] = "stream, both ways",
		[WHAT_STREAMS_SHOWN] = "shown streams", [WHAT_CALLS] = "this call",
		[WHAT_MESSAGE] = "this message",
	};
	bool changed = false;

	for (size_t i = 0; c->names[i]; i++) {
		struct buf *b = &c->texts[i];
		enum save_what what = c->whats[i];
		uint32_t n = save_choice_count(c, app, what);

		if (b->n > 0 && n == c->counts[i])
			continue;
		changed = true;
		c->counts[i] = n;
		buf_clear(b);
		if (what == WHAT_CALLS && n > 1)
			buf_printf(b, "these calls [%" PRIu32 "]", n);
		else if (what == WHAT_CALLS && c->ways[0] != STREAM_NONE)
			buf_add_cstr(b, "its call");
		else if (what >= WHAT_CALLS || what == WHAT_STREAM || what == WHAT_BOTH_WAYS)
			buf_add_cstr(b, names[what]);
		else
			buf_printf(b, "%s [%" PRIu32 "]", names[what], n);
		c->names[i] = buf_cstr(b);
	}
	return changed;
}

int
save_choice_first(const struct save_choice *c, const struct views_app *app,
		  const struct save_subject *subject)
{
	enum save_what first = WHAT_CALLS;
	uint32_t shown = members(c->shown);

	if (members(c->selected) > 0)
		first = WHAT_SELECTED;
	else if (shown > 0 && shown < calls_there(app))
		first = WHAT_SHOWN;
	else if (c->shown)
		first = WHAT_ALL;
	else if (members(c->streams_selected) > 0)
		first = WHAT_STREAMS_SELECTED;
	else if (c->ways[0] != STREAM_NONE)
		first = subject->both_ways && c->ways[1] != STREAM_NONE ? WHAT_BOTH_WAYS :
			WHAT_STREAM;
	else if (subject->message_first || c->calls_n == 0)
		first = WHAT_MESSAGE;
	for (int i = 0; c->names[i]; i++)
		if (c->whats[i] == first)
			return i;
	return 0;
}

uint32_t
save_choice_call(const struct save_choice *c, const struct views_app *app, enum save_what what)
{
	switch (what) {
	case WHAT_SELECTED:
		return call_set_at(c->selected, 0);
	case WHAT_SHOWN:
		return call_set_at(c->shown, 0);
	case WHAT_CALLS:
		return c->calls_n > 0 ? c->calls[0] : CALL_NONE;
	case WHAT_MESSAGE:
		return store_message(app->store, c->message)->call;
	default:
		return what == WHAT_ALL ? 0 : CALL_NONE;
	}
}

uint32_t
save_choice_stream(const struct save_choice *c, enum save_what what)
{
	uint32_t i = c->ways[0];

	if (what == WHAT_STREAMS_SELECTED)
		i = call_set_at(c->streams_selected, 0);
	else if (what == WHAT_STREAMS_SHOWN)
		i = call_set_at(c->streams_shown, 0);
	return i == UINT32_MAX ? STREAM_NONE : i;
}

/* Those of @set. @return how many, at most @max. */
static size_t
copy_set(const struct call_set *set, uint32_t *list, uint32_t max)
{
	size_t n = 0;

	for (uint32_t i = call_set_at(set, 0); i != UINT32_MAX && n < max;
	     i = call_set_next(set, i))
		list[n++] = i;
	return n;
}

static void
list_streams(struct save_choice *c, const struct views_app *app, enum save_what what)
{
	uint32_t count = save_choice_count(c, app, what);

	c->streams = xreallocarray(NULL, count > 0 ? count : 1, sizeof(uint32_t));
	if (what == WHAT_STREAM || what == WHAT_BOTH_WAYS) {
		memcpy(c->streams, c->ways, count * sizeof(uint32_t));
		c->streams_n = count;
		return;
	}
	c->streams_n = copy_set(what == WHAT_STREAMS_SELECTED ? c->streams_selected :
				c->streams_shown, c->streams, count);
}

/* Ascending. */
static void
list_calls(struct save_choice *c, const struct views_app *app, enum save_what what)
{
	uint32_t count = what == WHAT_MESSAGE ? 1 : save_choice_count(c, app, what);
	struct store_kept kept;
	size_t n = 0;

	c->list = xreallocarray(NULL, count > 0 ? count : 1, sizeof(uint32_t));
	switch (what) {
	case WHAT_SELECTED:
	case WHAT_SHOWN:
		n = copy_set(what == WHAT_SHOWN ? c->shown : c->selected, c->list, count);
		break;
	case WHAT_ALL:
		store_kept(app->store, &kept);
		for (uint32_t i = kept.first_call; n < count && i < store_call_count(app->store); i++)
			if (!store_call_is_gone(app->store, i))
				c->list[n++] = i;
		break;
	case WHAT_CALLS:
		/* The legs of a ladder come in any order. */
		memcpy(c->list, c->calls, count * sizeof(uint32_t));
		parts_sort_indexes(c->list, count);
		n = count;
		break;
	case WHAT_MESSAGE:
		c->list[0] = save_choice_call(c, app, what);
		n = c->list[0] != CALL_NONE;
		break;
	default:
		break;
	}
	c->list_n = n;
}

bool
save_choice_list(struct save_choice *c, const struct views_app *app, enum save_what what)
{
	free(c->list);
	free(c->streams);
	c->list = c->streams = NULL;
	c->list_n = c->streams_n = 0;
	if (save_what_is_streams(what))
		list_streams(c, app, what);
	else
		list_calls(c, app, what);
	return c->list_n > 0 || c->streams_n > 0 || what == WHAT_MESSAGE;
}

void
save_choice_init(struct save_choice *c, const struct views_app *app,
		 const struct save_subject *subject)
{
	int n = 0;

	c->shown = subject->shown;
	c->selected = subject->selected;
	c->streams_shown = subject->streams_shown;
	c->streams_selected = subject->streams_selected;
	for (size_t i = 0; i < ARRAY_SIZE(c->ways); i++)
		c->ways[i] = i < subject->stream_n ? subject->streams[i] : STREAM_NONE;
	c->message = subject->message;
	c->calls_n = subject->n;
	c->calls = xreallocarray(NULL, subject->n > 0 ? subject->n : 1, sizeof(*c->calls));
	if (subject->n > 0)
		memcpy(c->calls, subject->calls, subject->n * sizeof(*c->calls));
	for (int i = 0; i < WHAT_COUNT; i++) {
		if (save_choice_count(c, app, (enum save_what)i) == 0)
			continue;
		c->whats[n] = (enum save_what)i;
		c->names[n++] = "";
	}
	save_choice_name(c, app);
}

void
save_choice_release(struct save_choice *c)
{
	for (int i = 0; i < WHAT_COUNT; i++)
		buf_release(&c->texts[i]);
	free(c->calls);
	free(c->list);
	free(c->streams);
}
