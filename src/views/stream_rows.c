#include "views/stream_rows.h"

#include "views/parts.h"

#define SWEEP		2048u	/* streams looked at again in a turn */
#define QUICK		16u	/* streams asked between looks at the clock */
#define AT_ONCE_US	2000	/* of asking before a key is answered */

void
stream_rows_init(struct stream_rows *r, const struct views_app *app,
		 const struct streams_subject *what)
{
	*r = (struct stream_rows){ .app = app, .listed = what->n > 0 ? NULL : what->listed };
	call_rows_init_of(&r->rows, app->query, QUERY_STREAM);
	for (size_t i = 0; i < what->n; i++) {
		if (what->calls[i] >= r->calls.n)
			call_set_grow(&r->calls, what->calls[i] + 1);
		call_set_put(&r->calls, what->calls[i], true);
	}
}

void
stream_rows_release(struct stream_rows *r)
{
	call_rows_release(&r->rows);
	call_set_release(&r->base);
	call_set_release(&r->orphans);
	call_set_release(&r->selected);
	call_set_release(&r->calls);
	filter_free(r->filter);
	buf_release(&r->filter_text);
	*r = (struct stream_rows){ 0 };
}

/* ---- one stream ---- */

/* Whether it is of one of the calls. *orphan: it is of no call at all. */
static bool
is_asked_for(const struct stream_rows *r, const struct stream *st, bool *orphan)
{
	const struct call_set *calls = r->calls.members > 0 ? &r->calls : r->listed;
	const struct stream_link *link;
	uint32_t cursor = 0;

	*orphan = store_stream_call(r->app->store, st) == CALL_NONE;
	if (!calls)
		return true;
	while ((link = query_next_link(r->app->query, st, &cursor)))
		if (call_set_has(calls, link->call))
			return true;
	return false;
}

static void
judge(struct stream_rows *r, uint32_t i)
{
	struct query_item item = query_stream(r->app->query, i);
	bool orphan, member = is_asked_for(r, item.stream, &orphan), listed;

	call_set_put(&r->base, i, member);
	call_set_put(&r->orphans, i, member && orphan);
	listed = member && (!r->filter || filter_match(r->filter, r->app->query, &item));
	if (listed != call_set_has(&r->rows.shown, i)) {
		call_rows_put(&r->rows, i, listed);
		r->changed = true;
	}
}

/* Whether the time is over, looked at after stream number @p n. */
static bool
is_over(const struct stream_rows *r, uint32_t n, int64_t end_us)
{
	bool slow = r->filter && filter_need(r->filter) > FIELD_NEED_INDEX;

	return (slow || n % QUICK == 0) && time_monotonic_us() >= end_us;
}

/* ---- those that are gone ---- */

static void
forget(struct stream_rows *r, uint32_t i)
{
	call_rows_forget(&r->rows, i);
	call_set_drop(&r->base, i);
	call_set_drop(&r->orphans, i);
	call_set_drop(&r->selected, i);
	r->changed = true;
}

/* Ask of all there are: too many went since the last time. */
static void
forget_all_gone(struct stream_rows *r)
{
	for (uint32_t i = call_set_from(&r->base, 0); i != UINT32_MAX;
	     i = call_set_next(&r->base, i))
		if (store_stream_is_gone(r->app->store, i))
			forget(r, i);
}

void
stream_rows_let_go(struct stream_rows *r)
{
	uint32_t stream;

	while ((stream = store_next_gone_stream(r->app->store, &r->gone)) != STREAM_NONE) {
		if (stream == STREAM_LOST)
			forget_all_gone(r);
		else
			forget(r, stream);
	}
}

/* ---- all of them ---- */

static void
take_new(struct stream_rows *r)
{
	uint32_t count = store_stream_count(r->app->store);

	if (r->frozen || count == r->known)
		return;
	r->known = count;
	call_rows_grow(&r->rows, count);
	call_set_grow(&r->base, count);
	call_set_grow(&r->orphans, count);
	call_set_grow(&r->selected, count);
	r->changed = true;
}

/* Ask those that were not yet. @return whether some are left. */
static bool
sift(struct stream_rows *r, int64_t end_us)
{
	uint32_t n = 0;

	while (r->sifted < r->known) {
		if (!store_stream_is_gone(r->app->store, r->sifted))
			judge(r, r->sifted);
		r->sifted++;
		if (is_over(r, ++n, end_us))
			break;
	}
	return r->sifted < r->known;
}

/* Look at up to @p count again. @return how many of them were. */
static uint32_t
sweep(struct stream_rows *r, uint32_t count, int64_t end_us)
{
	uint32_t n = 0;

	while (n < count && r->sifted > 0) {
		if (r->swept < r->sifted && store_stream_is_gone(r->app->store, r->swept))
			r->swept = store_next_stream(r->app->store, r->swept);
		if (r->swept >= r->sifted)
			r->swept = store_first_stream(r->app->store);
		if (r->swept >= r->sifted)
			break;
		call_rows_touch(&r->rows, r->swept);
		judge(r, r->swept++);
		if (is_over(r, ++n, end_us))
			break;
	}
	return n;
}

static void
unsettle(struct stream_rows *r)
{
	r->settled = false;
	r->unsettled = store_streams_there(r->app->store);
}

/* What is new, but for what is in the streams. */
static void
look(struct stream_rows *r)
{
	stream_rows_let_go(r);
	r->progress = parts_progress(r->app);
	r->frozen = r->progress.paused && !r->progress.ended;
	take_new(r);
	if (!r->progress.ended && !r->frozen)
		unsettle(r);
	if (r->listed && r->listed->changes != r->listed_changes) {
		r->listed_changes = r->listed->changes;
		unsettle(r);
	}
}

bool
stream_rows_work(struct stream_rows *r, int64_t end_us)
{
	bool more;

	look(r);
	more = sift(r, end_us);
	while (!more && r->progress.ended && !r->settled) {
		uint32_t n = sweep(r, r->unsettled, end_us);

		r->unsettled -= n;
		r->settled = r->unsettled == 0 || n == 0;
		r->changed = true;
		if (time_monotonic_us() >= end_us)
			break;
	}
	more = more || (r->progress.ended && !r->settled);
	r->rows.complete = !more && (r->progress.ended || r->progress.paused);
	return call_rows_work(&r->rows, end_us) || more;
}

bool
stream_rows_look(struct stream_rows *r, int64_t end_us)
{
	bool changed, ended = r->progress.ended;
	uint64_t bytes = r->progress.bytes;

	look(r);
	if (!r->progress.ended && !r->frozen)
		r->changed |= sweep(r, r->sifted < SWEEP ? r->sifted : SWEEP, end_us) > 0;
	changed = call_rows_take_changed(&r->rows) || r->changed || ended != r->progress.ended ||
		bytes != r->progress.bytes;
	r->changed = false;
	return changed;
}

int
stream_rows_filter(struct stream_rows *r, struct str expression, struct filter_error *err)
{
	struct filter_options options = { .utc = r->app->utc };
	struct str text = str_trim(expression);
	struct filter *filter = NULL;

	if (str_eq(text, buf_str(&r->filter_text)))
		return 0;
	if (text.n > 0) {
		/* As typed, for the place of an error is counted in that. */
		filter = filter_compile(QUERY_STREAM, expression, &options, err);
		if (!filter)
			return -1;
	}
	filter_free(r->filter);
	r->filter = filter;
	buf_clear(&r->filter_text);
	buf_add_str(&r->filter_text, text);
	call_rows_clear(&r->rows);
	call_rows_grow(&r->rows, r->known);
	r->sifted = r->swept = 0;
	r->changed = true;
	sift(r, time_monotonic_us() + AT_ONCE_US);
	return 0;
}
