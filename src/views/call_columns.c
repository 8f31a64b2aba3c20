#include "views/call_columns.h"

#include "base/text.h"
#include "query/stream_fields.h"

#define ROOMY		99	/* cells in which ends of streams have the room they want */
#define CUT_MIN		6	/* cells below which the last column is not begun */

/* The usual columns, the most wanted first, as those that come later may have to be
 * scrolled to. */
static const enum call_field usual[] = {
	CALL_FIELD_INDEX, CALL_FIELD_METHOD, CALL_FIELD_FROM_USER, CALL_FIELD_TO_USER,
	CALL_FIELD_STATE, CALL_FIELD_STATUS, CALL_FIELD_MESSAGES, CALL_FIELD_DURATION_MS,
	CALL_FIELD_START, CALL_FIELD_SOURCE, CALL_FIELD_DESTINATION, CALL_FIELD_REASON,
	CALL_FIELD_PDD_MS, CALL_FIELD_TRANSPORT,
};

/* The same of streams. */
static const char *const usual_streams[] = {
	"source", "destination", "call.index", "codec", "packets", "lost_percent",
	"mos", "mean_jitter_ms", "lost", "max_jitter_ms", "max_delta_ms", "start",
	"duration_ms", "side", "dtmf", "quality", "ssrc",
};

/* Cells that fields take by themselves, where their kind does not tell. */
struct width {
	int field;
	uint8_t min, max;
};

static const struct width widths[] = {
	{ CALL_FIELD_INDEX, 4, 4 },
	{ CALL_FIELD_METHOD, 9, 9 },
	{ CALL_FIELD_FROM_USER, 9, 32 },
	{ CALL_FIELD_TO_USER, 9, 32 },
	{ CALL_FIELD_MESSAGES, 4, 5 },
	{ CALL_FIELD_DURATION_MS, 8, 9 },
	{ CALL_FIELD_PDD_MS, 8, 9 },
};

static const struct width stream_widths[] = {
	{ STREAM_FIELD_SOURCE, 15, 47 },
	{ STREAM_FIELD_DESTINATION, 15, 47 },
	{ STREAM_FIELD_CODEC, 5, 16 },
	{ STREAM_FIELD_PACKETS, 7, 9 },
	{ STREAM_FIELD_LOST, 5, 7 },
	{ STREAM_FIELD_LOST_PERCENT, 6, 6 },
	{ STREAM_FIELD_MEAN_JITTER_MS, 7, 9 },
	{ STREAM_FIELD_MOS, 4, 8 },
	{ STREAM_FIELD_DTMF, 6, 20 },
};

/* Of a list of streams: the call, told by number and users. */
#define CALL_MIN	4
#define CALL_MAX	36

static void
set_widths(struct call_column *c)
{
	const struct field_def *def = c->field.def, *defs;
	int title = text_width(call_column_title(c));
	const struct width *table;
	size_t n;

	c->usual = c->min = c->max = def->width;
	if (def->kind == FIELD_TEXT) {
		c->min = def->width < 12 ? def->width : 12;
		c->max = def->width < 12 ? def->width : 60;
	} else if (def->kind == FIELD_ADDRESS) {
		c->min = 18;
		c->max = 47;	/* an IPv6 address and port */
	} else if (def->kind == FIELD_LIST) {
		c->min = 12;
		c->max = 60;
	}
	table = c->field.of == QUERY_CALL ? widths : stream_widths;
	n = c->field.of == QUERY_CALL ? ARRAY_SIZE(widths) :
	    c->field.of == QUERY_STREAM ? ARRAY_SIZE(stream_widths) : 0;
	defs = c->field.of == QUERY_CALL ? call_field_defs : stream_field_defs;
	for (size_t i = 0; i < n; i++) {
		if (def != &defs[table[i].field])
			continue;
		c->min = table[i].min;
		c->max = table[i].max;
	}
	if (call_column_is_call(c)) {
		c->min = CALL_MIN;
		c->usual = c->max = CALL_MAX;
	}
	if (c->min < title && title <= 12)
		c->min = title;
	if (c->max < c->min)
		c->max = c->min;
	if (c->usual < c->min)
		c->usual = c->min;
	if (c->usual > c->max)
		c->usual = c->max;
}

bool
call_column_is_call(const struct call_column *c)
{
	return c->field.of == QUERY_CALL && c->field.prefixed &&
		c->field.def == &call_field_defs[CALL_FIELD_INDEX];
}

struct str
call_column_title(const struct call_column *c)
{
	if (call_column_is_call(c))
		return STR("Call");
	return c->field.header.n > 0 ? c->field.header : str_of(c->field.def->title);
}

void
call_columns_init(struct call_columns *c)
{
	call_columns_init_of(c, QUERY_CALL);
}

void
call_columns_init_of(struct call_columns *c, enum query_subject of)
{
	*c = (struct call_columns){ .of = of };
	call_columns_reset(c);
}

void
call_columns_clear(struct call_columns *c)
{
	for (size_t i = 0; i < c->n; i++)
		buf_release(&c->list[i].name);
	c->n = 0;
	c->revision++;
}

void
call_columns_release(struct call_columns *c)
{
	call_columns_clear(c);
}

void
call_columns_reset(struct call_columns *c)
{
	bool streams = c->of == QUERY_STREAM;
	size_t n = streams ? ARRAY_SIZE(usual_streams) : ARRAY_SIZE(usual);
	struct err err;

	call_columns_clear(c);
	for (size_t i = 0; i < n; i++)
		if (call_columns_add(c, str_of(streams ? usual_streams[i] :
					       call_field_defs[usual[i]].name), 0, &err) < 0)
			BUG("%s", err.text);
}

static bool
is_same(const struct field *a, const struct field *b)
{
	return a->def == b->def && a->of == b->of && str_eq_ci(a->header, b->header);
}

static size_t
find(const struct call_columns *c, const struct field *field)
{
	for (size_t i = 0; i < c->n; i++)
		if (is_same(&c->list[i].field, field))
			return i;
	return SIZE_MAX;
}

size_t
call_columns_find(const struct call_columns *c, struct str name)
{
	struct field field;

	return field_find(c->of, str_trim(name), &field) ? find(c, &field) : SIZE_MAX;
}

static int
clamp_width(int width)
{
	return width < 0 ? 0 : width > CALL_COLUMN_WIDTH_MAX ? CALL_COLUMN_WIDTH_MAX : width;
}

int
call_columns_add(struct call_columns *c, struct str name, int width, struct err *err)
{
	struct call_column *column;
	struct field field;

	name = str_trim(name);
	if (!field_find(c->of, name, &field)) {
		const char *near = field_suggest(c->of, name);

		return err_set(err, near ? "unknown field '%.*s' (did you mean '%s'?)" :
			       "unknown field '%.*s'", STR_ARG(name), near);
	}
	if (find(c, &field) != SIZE_MAX)
		return err_set(err, "there is a column '%.*s' already", STR_ARG(name));
	if (c->n == CALL_COLUMNS_MAX)
		return err_set(err, "more than %u columns", CALL_COLUMNS_MAX);
	column = &c->list[c->n++];
	*column = (struct call_column){ .width = clamp_width(width) };
	field_name_add(&column->name, &field);
	/* Again, for the header to be borrowed from our copy. */
	if (!field_find(c->of, buf_str(&column->name), &column->field))
		BUG("field %s", buf_cstr(&column->name));
	set_widths(column);
	c->revision++;
	return 0;
}

/* ---- placing ---- */

/* What columns need, beside what they are. */
struct need {
	int digits;		/* of an index */
	bool roomy;		/* ends of streams are not cut, but for long IPv6 ones */
};

static int
min_of(const struct call_column *c, const struct need *need)
{
	bool is_index = c->field.def == &call_field_defs[CALL_FIELD_INDEX] ||
		c->field.def == &stream_field_defs[STREAM_FIELD_INDEX];
	int least = need->digits + call_column_is_call(c);	/* '#' */

	if (c->width > 0)
		return c->width;
	if (c->field.of == QUERY_STREAM && c->field.def->kind == FIELD_ADDRESS && need->roomy)
		return c->usual;
	return is_index && least > c->min ? least : c->min;
}

/* What is cut of these can still be read. */
static bool
can_be_cut(const struct call_column *c)
{
	return call_column_is_call(c) ||
		c->field.def->kind == FIELD_TEXT || c->field.def->kind == FIELD_ADDRESS ||
		c->field.def->kind == FIELD_LIST;
}

/* Place column @p i, with @p seen others before it, where *left cells are left of the
 * row; @p must: cut it when need be. @return whether there was room. */
static bool
put(const struct call_columns *c, struct call_layout *l, size_t i, int seen, bool must,
    const struct need *need, int *left)
{
	int width = min_of(&c->list[i], need);
	int blanks = seen == 0 ? 0 : seen == 1 ? 2 : 1;
	int room = *left - blanks;

	if (width > room) {
		if (room < 1 || (!must && (room < CUT_MIN || !can_be_cut(&c->list[i]))))
			return false;
		width = room;
	}
	l->places[i].width = width;
	*left -= blanks + width;
	return true;
}

/* Give a cell each by turns to those below their limit: the usual width, or the most. */
static int
widen(const struct call_columns *c, struct call_layout *l, int left, bool most)
{
	bool given = true;

	while (left > 0 && given) {
		given = false;
		for (size_t i = 0; i < c->n && left > 0; i++) {
			const struct call_column *column = &c->list[i];
			int limit = most ? column->max : column->usual;

			if (column->width > 0 || l->places[i].width == 0 ||
			    l->places[i].width >= limit)
				continue;
			l->places[i].width++;
			left--;
			given = true;
		}
	}
	return left;
}

/* How many of the first columns stay, of @p fixed that should: they leave a third of
 * the room to others. */
static size_t
fixed_that_fit(const struct call_columns *c, int width, int fixed, const struct need *need)
{
	size_t n = 0;
	int used = 0;

	while (n < c->n && (int)n < fixed) {
		used += min_of(&c->list[n], need) + (n == 0 ? 2 : 1);
		if (used > width * 2 / 3)
			break;
		n++;
	}
	return n;
}

/* The fewest columns to scroll by after which the last one is seen whole. */
static int
scroll_max_of(const struct call_columns *c, int width, size_t fixed, const struct need *need)
{
	size_t i = c->n;
	int left = width;

	for (size_t k = 0; k < fixed; k++)
		left -= min_of(&c->list[k], need) + (k == 0 ? 2 : 1);
	if (fixed == 0)
		left--;		/* the second blank behind the first */
	while (i > fixed && (left -= min_of(&c->list[i - 1], need)) >= 0) {
		i--;
		left--;
	}
	/* One is seen, be it cut. */
	if (i == c->n && i > fixed)
		i--;
	return (int)(i - fixed);
}

void
call_columns_fit(const struct call_columns *c, struct call_layout *l, int width,
		 int fixed, int scroll, int digits)
{
	const struct need need = { .digits = digits, .roomy = width >= ROOMY };
	size_t stay = fixed_that_fit(c, width, fixed, &need), i, from;
	int left = width, x = 0, seen = 0;

	*l = (struct call_layout){ .scroll_max = scroll_max_of(c, width, stay, &need) };
	from = stay + (size_t)(scroll < 0 ? 0 : scroll > l->scroll_max ? l->scroll_max : scroll);
	for (i = stay > 0 ? 0 : from; i < c->n; i = i + 1 == stay ? from : i + 1)
		if (!put(c, l, i, seen++, i == from, &need, &left))
			break;
	l->more = i < c->n;
	left = widen(c, l, left, false);
	widen(c, l, left, true);
	l->mark = -1;
	for (i = 0; i < c->n; i++) {
		if (l->places[i].width == 0)
			continue;
		l->places[i].x = x;
		x += l->places[i].width;
		if (l->mark < 0)
			l->mark = x++;
		x++;
	}
}

size_t
call_layout_at(const struct call_layout *l, size_t n, int x)
{
	for (size_t i = 0; i < n; i++)
		if (l->places[i].width > 0 && x >= l->places[i].x &&
		    x <= l->places[i].x + l->places[i].width)
			return i;
	return SIZE_MAX;
}
