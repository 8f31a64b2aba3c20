/*
 * An order is an array of calls, and the set of those places in it whose call is
 * listed: what call_set does for calls in order of arrival, it does here for places. A
 * call that leaves clears its bit, one that comes back sets it, a new one gets a place
 * at the end.
 *
 * The next order is made beside, in pieces, from a copy of what is listed: calls are
 * gathered, sorted, given their places, and at last those that came meanwhile are
 * added. What changes in the last two phases changes in both orders.
 */
#include "views/call_rows.h"

#include "base/mem.h"
#include "base/time.h"
#include "query/call_fields.h"
#include "query/stream_fields.h"

#define PIECE		2048	/* calls between looks at the clock */
#define PAUSE		8	/* times what sorting took */
#define QUICK_US	2000	/* sorting that takes no longer needs no pause */

enum { ROWS_IDLE, ROWS_GATHER, ROWS_SORT, ROWS_PLACE, ROWS_ADD };

/* ---- one order ---- */

static void
order_release(struct call_order *o)
{
	free(o->calls);
	sparse_release(&o->places);
	call_set_release(&o->live);
	*o = (struct call_order){ 0 };
	sparse_init(&o->places, sizeof(uint32_t));
}

static uint32_t
order_place(const struct call_order *o, uint32_t call)
{
	const uint32_t *place = sparse_find(&o->places, call);

	return place ? *place : UINT32_MAX;
}

static void
order_set_place(struct call_order *o, uint32_t call, uint32_t place)
{
	*(uint32_t *)sparse_put(&o->places, call) = place;
}

/* Put @p call at the end. */
static void
order_append(struct call_order *o, uint32_t call)
{
	uint32_t place = (uint32_t)o->n;

	ARRAY_GROW(o->calls, o->cap, o->n + 1);
	o->calls[o->n++] = call;
	order_set_place(o, call, place);
	call_set_grow(&o->live, place + 1);
	call_set_put(&o->live, place, true);
}

/* Nothing is known of @p call. */
static void
order_forget(struct call_order *o, uint32_t call)
{
	uint32_t place = order_place(o, call);

	if (place == UINT32_MAX)
		return;
	call_set_drop(&o->live, place);
	sparse_drop(&o->places, call);
}

/* ---- the list ---- */

void
call_rows_init(struct call_rows *r, struct query *q)
{
	call_rows_init_of(r, q, QUERY_CALL);
}

void
call_rows_init_of(struct call_rows *r, struct query *q, enum query_subject of)
{
	*r = (struct call_rows){ .query = q, .of = of };
	order_release(&r->now);
	order_release(&r->next);
}

/* Forget what was made of the next order. */
static void
next_drop(struct call_rows *r)
{
	order_job_release(&r->job);
	order_release(&r->next);
	r->phase = ROWS_IDLE;
}

void
call_rows_release(struct call_rows *r)
{
	next_drop(r);
	order_release(&r->now);
	call_set_release(&r->shown);
	buf_release(&r->text);
	*r = (struct call_rows){ 0 };
}

void
call_rows_clear(struct call_rows *r)
{
	next_drop(r);
	order_release(&r->now);
	call_set_release(&r->shown);
	r->stale = 0;
	r->took = r->ended = 0;
	r->sorted = r->key_count > 0;
	r->wanted = false;
	r->changed = true;
}

void
call_rows_grow(struct call_rows *r, uint32_t n)
{
	call_set_grow(&r->shown, n);
}

static void
count_change(struct call_rows *r)
{
	if (r->key_count > 0 && r->stale < UINT32_MAX)
		r->stale++;
}

void
call_rows_touch(struct call_rows *r, uint32_t i)
{
	/* One that is not listed loses its place, so that it comes back at the end. */
	if (!call_set_has(&r->shown, i) && order_place(&r->now, i) != UINT32_MAX)
		sparse_drop(&r->now.places, i);
	if (call_set_has(&r->shown, i) || r->phase != ROWS_IDLE)
		count_change(r);
}

void
call_rows_forget(struct call_rows *r, uint32_t i)
{
	call_set_drop(&r->shown, i);
	order_forget(&r->now, i);
	order_forget(&r->next, i);
}

/* The same in one order. @return whether the call is at the end now. */
static bool
order_put(struct call_order *o, uint32_t call, bool listed, bool append)
{
	uint32_t place = order_place(o, call);

	if (place != UINT32_MAX)
		call_set_put(&o->live, place, listed);
	else if (listed && append)
		order_append(o, call);
	else
		return false;
	return place == UINT32_MAX;
}

void
call_rows_put(struct call_rows *r, uint32_t i, bool listed)
{
	bool last;

	if (call_set_has(&r->shown, i) == listed)
		return;
	call_set_put(&r->shown, i, listed);
	last = r->sorted ? order_put(&r->now, i, listed, true) : listed;
	/* What has no place there yet is seen to when it gets one, or when the rest is
	 * added. */
	if (r->phase >= ROWS_PLACE)
		last |= order_put(&r->next, i, listed, r->phase == ROWS_ADD);
	if (last)
		count_change(r);
}

/* ---- which order ---- */

/* The field that tells every call from every other: their order of arrival. */
static struct field
arrival_of(enum query_subject of)
{
	return (struct field){ .of = of, .def = of == QUERY_STREAM ?
			       &stream_field_defs[STREAM_FIELD_INDEX] :
			       &call_field_defs[CALL_FIELD_INDEX] };
}

static bool
is_arrival(const struct call_rows *r, const struct order_key *key)
{
	return key->field.of == r->of && key->field.def == arrival_of(r->of).def;
}

int
call_rows_sort(struct call_rows *r, struct str text, struct err *err)
{
	struct order_key keys[ORDER_MAX_KEYS];
	struct buf copy = BUF_INIT;
	int n = 0;

	buf_add_str(&copy, str_trim(text));
	if (copy.n > 0) {
		n = order_parse(r->of, buf_str(&copy), keys, err);
		if (n < 0) {
			buf_release(&copy);
			return -1;
		}
	}
	next_drop(r);
	buf_release(&r->text);
	r->text = copy;
	r->key_count = 0;
	r->reverse = n > 0 && is_arrival(r, &keys[0]) && keys[0].reverse;
	if (n > 0 && !is_arrival(r, &keys[0])) {
		memcpy(r->keys, keys, (size_t)n * sizeof(*keys));
		r->key_count = (size_t)n;
		r->wanted = true;
		return 0;
	}
	order_release(&r->now);
	r->sorted = r->wanted = false;
	r->stale = 0;
	r->changed = true;
	return 0;
}

void
call_rows_turn(struct call_rows *r)
{
	struct buf text = BUF_INIT;
	struct err err;

	if (r->key_count == 0 && !r->reverse)
		buf_printf(&text, "-%s", arrival_of(r->of).def->name);
	for (size_t i = 0; i < r->key_count; i++) {
		if (i > 0)
			buf_add_char(&text, ',');
		if (!r->keys[i].reverse)
			buf_add_char(&text, '-');
		field_name_add(&text, &r->keys[i].field);
	}
	if (call_rows_sort(r, buf_str(&text), &err) < 0)
		BUG("%s", err.text);
	buf_release(&text);
}

bool
call_rows_is_first(const struct call_rows *r, const struct field *field, bool *reverse)
{
	struct order_key arrival = { arrival_of(r->of), r->reverse };
	const struct order_key *key = r->key_count > 0 ? &r->keys[0] : &arrival;

	*reverse = key->reverse;
	return field->def == key->field.def && field->of == key->field.of &&
		str_eq_ci(field->header, key->field.header);
}

int
call_rows_sort_by(struct call_rows *r, struct str name, struct err *err)
{
	struct field field;
	bool reverse;

	if (field_find(r->of, name, &field) && call_rows_is_first(r, &field, &reverse)) {
		call_rows_turn(r);
		return 0;
	}
	return call_rows_sort(r, name, err);
}

void
call_rows_add_sort(const struct call_rows *r, struct buf *out)
{
	buf_add_str(out, buf_str(&r->text));
}

/* ---- rows ---- */

uint32_t
call_rows_count(const struct call_rows *r)
{
	return r->shown.members;
}

uint32_t
call_rows_at(const struct call_rows *r, uint32_t row)
{
	uint32_t place;

	if (row >= r->shown.members)
		return UINT32_MAX;
	if (!r->sorted)
		return call_set_at(&r->shown, r->reverse ? r->shown.members - 1 - row : row);
	place = call_set_at(&r->now.live, row);
	return place == UINT32_MAX ? UINT32_MAX : r->now.calls[place];
}

uint32_t
call_rows_row(const struct call_rows *r, uint32_t call)
{
	uint32_t row;

	if (r->sorted) {
		uint32_t place = order_place(&r->now, call);

		return place == UINT32_MAX ? 0 : call_set_row(&r->now.live, place);
	}
	row = call_set_row(&r->shown, call);
	return r->reverse && row < r->shown.members ? r->shown.members - 1 - row : row;
}

/* ---- making the next order ---- */

/* Whether it is time to sort. */
static bool
is_due(const struct call_rows *r)
{
	if (r->key_count == 0)
		return false;
	if (r->wanted || (r->stale > 0 && r->complete))
		return true;
	return r->stale > 0 && (r->took <= QUICK_US || r->stale > r->shown.members / 8 ||
				time_monotonic_us() - r->ended >= PAUSE * r->took);
}

static void
next_begin(struct call_rows *r)
{
	r->started = time_monotonic_us();
	r->stale = 0;
	r->at = call_set_at(&r->shown, 0);
	r->next.cap = r->shown.members;
	r->next.calls = xreallocarray(NULL, r->next.cap + 1, sizeof(*r->next.calls));
	r->next.cap++;
	r->phase = ROWS_GATHER;
}

/* @return whether all are gathered. */
static bool
gather(struct call_rows *r)
{
	struct call_order *o = &r->next;

	for (unsigned int i = 0; i < PIECE && r->at != UINT32_MAX; i++) {
		ARRAY_GROW(o->calls, o->cap, o->n + 1);
		o->calls[o->n++] = r->at;
		r->at = call_set_next(&r->shown, r->at);
	}
	return r->at == UINT32_MAX;
}

/* @return whether all have their places. */
static bool
place(struct call_rows *r)
{
	struct call_order *o = &r->next;
	uint32_t end = o->n - r->at < PIECE ? (uint32_t)o->n : r->at + PIECE;

	call_set_grow(&o->live, end);
	for (; r->at < end; r->at++) {
		uint32_t call = o->calls[r->at];

		/* Another comes back at the end, if it does. */
		if (!call_set_has(&r->shown, call))
			continue;
		order_set_place(o, call, r->at);
		call_set_put(&o->live, r->at, true);
	}
	return r->at == o->n;
}

/* Calls that were listed meanwhile. @return whether there are no more. */
static bool
add(struct call_rows *r)
{
	uint32_t n = 0;

	r->at = call_set_from(&r->shown, r->at);
	for (; r->at != UINT32_MAX && n < PIECE; n++) {
		if (order_place(&r->next, r->at) == UINT32_MAX) {
			order_append(&r->next, r->at);
			count_change(r);
		}
		r->at = call_set_next(&r->shown, r->at);
	}
	return r->at == UINT32_MAX;
}

static void
next_take(struct call_rows *r)
{
	order_release(&r->now);
	r->now = r->next;
	r->next = (struct call_order){ 0 };
	sparse_init(&r->next.places, sizeof(uint32_t));
	r->phase = ROWS_IDLE;
	r->sorted = true;
	r->wanted = false;
	r->changed = true;
	r->ended = time_monotonic_us();
	r->took = r->ended - r->started;
}

/* A piece of work. */
static void
work_piece(struct call_rows *r, int64_t end_us)
{
	switch (r->phase) {
	case ROWS_IDLE:
		next_begin(r);
		break;
	case ROWS_GATHER:
		if (!gather(r))
			break;
		order_job_start(&r->job, r->query, r->of, r->keys, r->key_count,
				r->next.calls, r->next.n);
		r->phase = ROWS_SORT;
		break;
	case ROWS_SORT:
		if (order_job_step(&r->job, end_us))
			break;
		order_job_release(&r->job);
		r->at = 0;
		r->phase = ROWS_PLACE;
		break;
	case ROWS_PLACE:
		if (!place(r))
			break;
		r->at = 0;
		r->phase = ROWS_ADD;
		break;
	case ROWS_ADD:
		if (add(r))
			next_take(r);
		break;
	}
}

bool
call_rows_work(struct call_rows *r, int64_t end_us)
{
	while (r->phase != ROWS_IDLE || is_due(r)) {
		work_piece(r, end_us);
		if (time_monotonic_us() >= end_us)
			break;
	}
	return r->phase != ROWS_IDLE || is_due(r);
}

bool
call_rows_take_changed(struct call_rows *r)
{
	bool changed = r->changed;

	r->changed = false;
	return changed;
}
