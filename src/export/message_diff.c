/*
 * Each message is taken apart into lines with a section and a key
 * (diff_lines.c). Sorted by both, the lines that may go together stand side by
 * side in two lists that are merged; within such a group equal lines are
 * matched in order (diff_align.c), and what is left between two matches is
 * paired in order. Then the lines are written in the order of the left message,
 * those of the right one alone behind the line they follow there.
 *
 * Inside a pair the same is done with words: a span is a run of words that have
 * no match.
 */
#include "export/message_diff.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "export/diff_int.h"

#define BUDGET		(UINT64_C(32) << 20)	/* cells of all tables */
#define WORDS_MAX	4096	/* of a line; the rest of it is one */

struct side {
	struct diff_items items;
	uint32_t *order;	/* owned; items by section and key */
	uint32_t *match;	/* owned; by item: the item of the other side */
	struct diff_unit *units;	/* owned: of a group, then of a line */
	size_t units_cap;
	uint32_t *pairs;	/* owned; by unit: the other one's */
	size_t pairs_cap;
};

struct work {
	struct side side[2];
	struct diff_align align;
};

static void
unit_set(struct diff_unit *u, struct str text, uint32_t from, uint32_t to)
{
	*u = (struct diff_unit){ .text = text, .hash = hash_str(text), .from = from, .to = to };
}

static void
side_make_room(struct side *s, size_t n)
{
	ARRAY_GROW(s->units, s->units_cap, n);
	ARRAY_GROW(s->pairs, s->pairs_cap, n);
}

/* ---- which lines go together ---- */

static int
compare_keys(const struct diff_item *a, const struct diff_item *b)
{
	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	return str_cmp_ci(a->key, b->key);
}

static int
compare_items(const void *a, const void *b, void *items)
{
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct diff_item *list = items;
	int cmp = compare_keys(&list[i], &list[j]);

	return cmp ? cmp : i < j ? -1 : i > j;
}

static void
side_sort(struct side *s)
{
	size_t n = s->items.n;

	s->order = xreallocarray(NULL, n + 1, sizeof(*s->order));
	s->match = xreallocarray(NULL, n + 1, sizeof(*s->match));
	for (size_t i = 0; i < n; i++) {
		s->order[i] = (uint32_t)i;
		s->match[i] = DIFF_NONE;
	}
	if (n > 1)
		qsort_r(s->order, n, sizeof(*s->order), compare_items, s->items.list);
}

static const struct diff_item *
item_at(const struct side *s, size_t order)
{
	return &s->items.list[s->order[order]];
}

/* The end of the group that begins at @p from in the order. */
static size_t
group_end(const struct side *s, size_t from)
{
	size_t to = from + 1;

	while (to < s->items.n && compare_keys(item_at(s, from), item_at(s, to)) == 0)
		to++;
	return to;
}

static void
pair_lines(struct work *w, uint32_t left, uint32_t right)
{
	w->side[0].match[left] = right;
	w->side[1].match[right] = left;
}

/* Pair what lies between two matches. */
static void
pair_gap(struct work *w, const size_t from[2], const size_t to[2])
{
	size_t a = from[0], b = from[1];

	while (a < to[0] && b < to[1])
		pair_lines(w, w->side[0].order[a++], w->side[1].order[b++]);
}

static void
match_group(struct work *w, const size_t from[2], const size_t to[2])
{
	size_t gap[2] = { from[0], from[1] }, at[2];
	const struct side *left = &w->side[0];
	uint32_t n[2];

	for (int k = 0; k < 2; k++) {
		struct side *s = &w->side[k];

		n[k] = (uint32_t)(to[k] - from[k]);
		side_make_room(s, n[k]);
		for (uint32_t i = 0; i < n[k]; i++)
			unit_set(&s->units[i], item_at(s, from[k] + i)->value, i, i);
	}
	diff_align_run(&w->align, left->units, n[0], w->side[1].units, n[1], left->pairs,
		       w->side[1].pairs);
	for (uint32_t i = 0; i < n[0]; i++) {
		if (left->pairs[i] == DIFF_NONE)
			continue;
		at[0] = from[0] + i;
		at[1] = from[1] + left->pairs[i];
		pair_gap(w, gap, at);
		pair_lines(w, left->order[at[0]], w->side[1].order[at[1]]);
		gap[0] = at[0] + 1;
		gap[1] = at[1] + 1;
	}
	pair_gap(w, gap, to);
}

static void
match_from_bottom(struct work *w, const size_t from[2], const size_t to[2])
{
	size_t a = to[0], b = to[1];

	while (a > from[0] && b > from[1])
		pair_lines(w, w->side[0].order[--a], w->side[1].order[--b]);
}

static void
match_lines(struct work *w)
{
	size_t at[2] = { 0, 0 }, end[2];

	while (at[0] < w->side[0].items.n && at[1] < w->side[1].items.n) {
		const struct diff_item *left = item_at(&w->side[0], at[0]);
		int cmp = compare_keys(left, item_at(&w->side[1], at[1]));

		for (int k = 0; k < 2; k++)
			end[k] = group_end(&w->side[k], at[k]);
		if (cmp == 0 && left->by_bottom)
			match_from_bottom(w, at, end);
		else if (cmp == 0)
			match_group(w, at, end);
		if (cmp <= 0)
			at[0] = end[0];
		if (cmp >= 0)
			at[1] = end[1];
	}
}

/* ---- what differs in two lines ---- */

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Addresses, numbers and tokens are one word each. */
static bool
is_word(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || (unsigned char)c >= 0x80 || c == '.' ||
		c == '-' || c == '_' || c == '%' || c == '+' || c == '*' || c == '~';
}

/* The end of the word that begins at @p from. The sign before a parameter
 * belongs to its name, so that a parameter more is marked from its start. */
static size_t
word_end(struct str line, size_t from)
{
	size_t to = from + 1;

	if (is_space(line.p[from])) {
		while (to < line.n && is_space(line.p[to]))
			to++;
		return to;
	}
	if (!is_word(line.p[from]) && line.p[from] != ';' && line.p[from] != ',')
		return to;
	while (to < line.n && is_word(line.p[to]))
		to++;
	return to;
}

/* @return the words of what is compared of a line, put into s->units. */
static uint32_t
split_words(struct side *s, const struct diff_item *item)
{
	size_t at = item->value.n > 0 ? (size_t)(item->value.p - item->line.p) : 0;
	size_t end = at + item->value.n;
	struct str line = str_sub(item->line, 0, end);
	bool folds = item->part == DIFF_HEADER;
	uint32_t n = 0;

	while (at < end) {
		size_t to = n + 1 < WORDS_MAX ? word_end(line, at) : end;
		struct str word = str_sub(line, at, to - at);

		side_make_room(s, n + 1);
		if (folds && is_space(word.p[0]) && n + 1 < WORDS_MAX)
			word = STR(" ");
		unit_set(&s->units[n++], word, (uint32_t)at, (uint32_t)to);
		at = to;
	}
	return n;
}

static bool
is_within(const struct diff_ranges *ranges, uint32_t from, uint32_t to)
{
	for (uint32_t i = 0; i < ranges->n; i++)
		if (from >= ranges->list[i].from && to <= ranges->list[i].to)
			return true;
	return false;
}

/* Make spans of the words without match. @return whether one is not volatile. */
static bool
add_spans(struct message_diff *d, struct diff_side *out, const struct side *s, uint32_t n,
	  const struct diff_item *item)
{
	struct diff_ranges ranges;
	bool firm = false;

	out->span = (uint32_t)d->span_n;
	diff_volatile_ranges(item, &ranges);
	for (uint32_t i = 0; i < n; i++) {
		const struct diff_unit *u = &s->units[i];
		struct diff_span *last;
		bool is_volatile;

		if (s->pairs[i] != DIFF_NONE)
			continue;
		is_volatile = is_within(&ranges, u->from, u->to);
		firm |= !is_volatile;
		last = out->span_count > 0 ? &d->spans[d->span_n - 1] : NULL;
		if (last && last->to == u->from && last->is_volatile == is_volatile) {
			last->to = u->to;
			continue;
		}
		ARRAY_GROW(d->spans, d->span_cap, d->span_n + 1);
		d->spans[d->span_n++] = (struct diff_span){ u->from, u->to, is_volatile };
		out->span_count++;
	}
	return firm;
}

/* ---- the result ---- */

static void
add_pair(struct work *w, struct message_diff *d, struct diff_line *line,
	 const struct diff_item *const items[2])
{
	uint32_t n[2];
	bool firm = false;

	for (int k = 0; k < 2; k++)
		line->side[k].text = items[k]->line;
	if (str_eq(items[0]->value, items[1]->value))
		return;
	for (int k = 0; k < 2; k++)
		n[k] = split_words(&w->side[k], items[k]);
	diff_align_run(&w->align, w->side[0].units, n[0], w->side[1].units, n[1],
		       w->side[0].pairs, w->side[1].pairs);
	for (int k = 0; k < 2; k++)
		firm |= add_spans(d, &line->side[k], &w->side[k], n[k], items[k]);
	if (line->side[0].span_count + line->side[1].span_count == 0)
		return;
	line->kind = DIFF_CHANGED;
	line->is_volatile = !firm;
}

/* Add the line of one side, or of both; the other is NULL. */
static void
add_line(struct work *w, struct message_diff *d, const struct diff_item *left,
	 const struct diff_item *right)
{
	const struct diff_item *const items[2] = { left, right };
	struct diff_line line = { .part = left ? left->part : right->part };
	struct diff_ranges ranges;

	if (left && right) {
		add_pair(w, d, &line, items);
	} else {
		const struct diff_item *item = left ? left : right;

		line.kind = left ? DIFF_LEFT : DIFF_RIGHT;
		line.side[left ? 0 : 1].text = item->line;
		diff_volatile_ranges(item, &ranges);
		line.is_volatile = item->line.n > 0 &&
			is_within(&ranges, 0, (uint32_t)item->line.n);
	}
	d->differences += line.kind != DIFF_SAME && !line.is_volatile;
	d->volatiles += line.is_volatile;
	ARRAY_GROW(d->lines, d->cap, d->n + 1);
	d->lines[d->n++] = line;
}

/* Add the lines that only the right message has, from @p at on. */
static void
add_right_alone(struct work *w, struct message_diff *d, size_t at, size_t end)
{
	const struct side *right = &w->side[1];

	for (; at < end && right->match[at] == DIFF_NONE; at++)
		add_line(w, d, NULL, &right->items.list[at]);
}

static size_t
section_end(const struct diff_items *items, size_t at, uint32_t section)
{
	while (at < items->n && items->list[at].section == section)
		at++;
	return at;
}

static void
write_lines(struct work *w, struct message_diff *d)
{
	const struct diff_items *left = &w->side[0].items, *right = &w->side[1].items;
	size_t i = 0, j = 0;

	while (i < left->n || j < right->n) {
		uint32_t section = i < left->n ? left->list[i].section : UINT32_MAX;
		size_t end;

		if (j < right->n && right->list[j].section < section)
			section = right->list[j].section;
		end = section_end(right, j, section);
		add_right_alone(w, d, j, end);
		for (; i < left->n && left->list[i].section == section; i++) {
			uint32_t match = w->side[0].match[i];

			if (match == DIFF_NONE) {
				add_line(w, d, &left->list[i], NULL);
				continue;
			}
			add_line(w, d, &left->list[i], &right->list[match]);
			add_right_alone(w, d, match + 1, end);
		}
		j = end;
	}
}

static void
side_release(struct side *s)
{
	free(s->items.list);
	free(s->order);
	free(s->match);
	free(s->units);
	free(s->pairs);
}

void
message_diff_make(struct message_diff *d, struct str left, struct str right)
{
	struct work w = { .align.budget = BUDGET };
	struct side *a = &w.side[0], *b = &w.side[1];
	enum diff_body kind;

	d->n = 0;
	d->span_n = 0;
	d->differences = d->volatiles = 0;
	diff_items_add_head(&a->items, str_sub(left, 0, UINT32_MAX));
	diff_items_add_head(&b->items, str_sub(right, 0, UINT32_MAX));
	/* Bodies of two kinds are text; where one is empty, the other decides. */
	kind = a->items.body.n > 0 ? a->items.kind : b->items.kind;
	if (b->items.body.n > 0 && b->items.kind != kind)
		kind = DIFF_BODY_TEXT;
	diff_items_add_body(&a->items, kind);
	diff_items_add_body(&b->items, kind);
	side_sort(a);
	side_sort(b);
	match_lines(&w);
	write_lines(&w, d);
	d->left_out[0] = a->items.left_out;
	d->left_out[1] = b->items.left_out;
	d->coarse = w.align.coarse;
	free(w.align.table);
	side_release(a);
	side_release(b);
}

void
message_diff_release(struct message_diff *d)
{
	free(d->lines);
	free(d->spans);
	*d = (struct message_diff){ 0 };
}
