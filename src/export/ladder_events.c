/* Events as rows of a ladder. */
#include <inttypes.h>

#include "export/ladder_int.h"

/* The number of member @p name (with its quotes), where it comes first in @p json. */
static bool
number_of(struct str json, struct str name, int64_t *value)
{
	size_t at = str_find_ci(json, name), n = 0;
	bool negative;
	uint32_t v;

	if (at == SIZE_MAX)
		return false;
	json = str_trim(str_skip(json, at + name.n));
	if (!str_starts(json, STR(":")))
		return false;
	json = str_trim(str_skip(json, 1));
	negative = str_starts(json, STR("-"));
	json = str_skip(json, negative);
	while (n < json.n && ascii_is_digit(json.p[n]))
		n++;
	if (!str_to_u32(str_sub(json, 0, n), &v))
		return false;
	*value = negative ? -(int64_t)v : (int64_t)v;
	return true;
}

/* Of a report in JSON, for which no ladder has room, what matters: the first block,
 * else what was sent. */
static struct str
report_words(struct str json, char *to, size_t size)
{
	int64_t sent, lost, fraction, jitter;

	if (!str_starts(json, STR("{")))
		return json;
	to[0] = '\0';
	/* The fraction is of 256; jitter in units of the timestamp. */
	if (number_of(json, STR("\"packets_lost\""), &lost) &&
	    number_of(json, STR("\"fraction_lost\""), &fraction) &&
	    number_of(json, STR("\"ia_jitter\""), &jitter))
		snprintf(to, size, "%" PRId64 " lost, %.1f %% lately, jitter %" PRId64, lost,
			 (double)fraction * 100 / 256, jitter);
	else if (number_of(json, STR("\"packets\""), &sent))
		snprintf(to, size, "%" PRId64 " packets sent", sent);
	return str_of(to);
}

static struct str
event_label(struct ladder_job *w, const struct event *e, struct str text)
{
	char words[128];

	buf_clear(&w->line);
	text = str_trim(text);
	if (e->kind == EVENT_RTCP)
		text = report_words(text, words, sizeof(words));
	event_say(&w->line, (enum event_kind)e->kind, text);
	ladder_cut_label(&w->line, 0);
	return arena_str(&w->l->arena, buf_str(&w->line));
}

/* Fold an event into the row above where that tells the same. */
static bool
fold_event(struct ladder_job *w, const struct event *e, uint32_t call)
{
	struct ladder_row *row = w->l->row_count > 0 ? &w->l->rows[w->l->row_count - 1] : NULL;
	const struct event *first;

	if (w->o->unfold || !row || row->kind != LADDER_EVENT || row->call != call ||
	    row->happened != e->kind)
		return false;
	first = store_event(w->store, row->event);
	if (e->kind == EVENT_RTCP) {
		/* Numbers of one of many reports say nothing. */
		if (row->count == 1)
			row->label = event_label(w, e, STR_NONE);
		if (first->path != e->path)
			row->from = row->to = LADDER_NONE;
	} else if (first->text != e->text || e->source != PLACE_NONE || first->path != e->path) {
		return false;
	}
	row->count++;
	if (e->time != TIME_NONE)
		row->last = e->time;
	return true;
}

void
ladder_add_event(struct ladder_job *w, const struct ladder_item *item)
{
	const struct event *e = store_event(w->store, item->index);
	const struct path *p = store_path(w->store, e->path);
	struct ladder_row *row;
	struct err err;

	if (fold_event(w, e, item->call))
		return;
	if (store_event_text(w->store, e, &w->text, &err) != 0)
		w->l->unread++;
	row = ladder_row_add(w, LADDER_EVENT, e->time);
	row->event = item->index;
	row->count = 1;
	row->call = item->call;
	row->transport = p->transport;
	row->happened = e->kind;
	row->label = event_label(w, e, buf_str(&w->text));
	if (e->kind == EVENT_LOG)
		return;
	row->from = ladder_lane_at(w, &p->src);
	row->to = ladder_lane_at(w, &p->dst);
	if (row->from == LADDER_NONE || row->to == LADDER_NONE)
		row->from = row->to = LADDER_NONE;
}
