#include "export/table.h"

#include "base/mem.h"
#include "base/text.h"
#include "export/quote.h"

#define TEXT_MIN	8	/* cells of a text column, however narrow the line */

/* ---- text ---- */

static void
field_title(struct buf *b, const struct field *f)
{
	if (f->header.n > 0 || !f->def->title)
		field_name_add(b, f);
	else
		buf_add_cstr(b, f->def->title);
}

static int
time_cells(const struct table_options *o)
{
	if (o->time != TABLE_TIME_ABSOLUTE)
		return 15;
	switch (o->time_form) {
	case TIME_RFC3339: return 27;
	case TIME_DATE: return 10;
	case TIME_CLOCK: return 15;
	case TIME_FULL: return 26;
	}
	return 0;
}

/* Append what is in scratch as column @i; the last one is not padded. */
static void
text_cell(struct table *t, size_t i)
{
	struct buf *b = &t->sink.buf;
	struct str s = buf_str(&t->scratch);
	bool right = field_is_right(t->fields[i].def), last = i + 1 == t->n;
	int width = t->width[i], w = text_width(s);

	if (i > 0)
		buf_add_cstr(b, "  ");
	if (w > width && t->o.width > 0) {
		text_add_cells(b, s, width, right, t->o.ascii);
		return;
	}
	if (right && w < width)
		buf_add_chars(b, ' ', (size_t)(width - w));
	text_add_visible(b, s, false);
	if (!right && !last && w < width)
		buf_add_chars(b, ' ', (size_t)(width - w));
}

/* Blanks at the end of a line help nobody. */
static void
text_line_end(struct table *t, size_t from)
{
	struct buf *b = &t->sink.buf;

	while (b->n > from && b->p[b->n - 1] == ' ')
		b->n--;
	buf_add_char(b, '\n');
}

/* The line with no text column wider than @cap (0: as they are). */
static int
line_cells(const struct table *t, int cap)
{
	int sum = 0;

	for (size_t i = 0; i < t->n; i++) {
		bool text = t->fields[i].def->kind == FIELD_TEXT;

		sum += (i ? 2 : 0) + (cap && text && t->width[i] > cap ? cap : t->width[i]);
	}
	return sum;
}

/* Text columns give way to the width, the widest first; numbers never do. The
 * last column has what the others leave. */
static void
text_fit(struct table *t)
{
	int used = line_cells(t, 0), cap = 0;

	if (t->o.width <= 0 || t->n == 0)
		return;
	if (used > t->o.width)
		for (cap = 64; cap > TEXT_MIN && line_cells(t, cap) > t->o.width; )
			cap--;
	for (size_t i = 0; cap && i < t->n; i++)
		if (t->fields[i].def->kind == FIELD_TEXT && t->width[i] > cap)
			t->width[i] = cap;
	used = line_cells(t, 0);
	if (t->o.width > used && !field_is_right(t->fields[t->n - 1].def))
		t->width[t->n - 1] += t->o.width - used;
}

static void
text_begin(struct table *t)
{
	size_t from = t->sink.buf.n;

	t->style.time = t->o.time_form;
	t->style.utc = t->o.utc;
	t->style.ascii = t->o.ascii;
	for (size_t i = 0; i < t->n; i++) {
		const struct field_def *def = t->fields[i].def;
		int title;

		buf_clear(&t->scratch);
		field_title(&t->scratch, &t->fields[i]);
		title = text_width(buf_str(&t->scratch));
		t->width[i] = def->kind == FIELD_TIME ? time_cells(&t->o) : def->width;
		if (t->width[i] < title)
			t->width[i] = title;
	}
	text_fit(t);
	if (t->o.no_header)
		return;
	for (size_t i = 0; i < t->n; i++) {
		buf_clear(&t->scratch);
		field_title(&t->scratch, &t->fields[i]);
		text_cell(t, i);
	}
	text_line_end(t, from);
}

static void
text_row(struct table *t, const struct query_item *item)
{
	size_t from = t->sink.buf.n;
	int64_t first = TIME_NONE;

	for (size_t i = 0; i < t->n; i++) {
		struct field_value v = field_get(t->query, &t->fields[i], item);

		if (v.kind == FIELD_TIME && !v.absent && t->o.time != TABLE_TIME_ABSOLUTE) {
			if (t->origin == TIME_NONE)
				t->origin = v.as.number;
			t->style.origin = t->o.time == TABLE_TIME_DELTA && first != TIME_NONE ?
				first : t->origin;
			if (first == TIME_NONE)
				first = v.as.number;
		}
		buf_clear(&t->scratch);
		field_format(&t->scratch, &v, &t->style);
		text_cell(t, i);
	}
	if (t->o.time == TABLE_TIME_DELTA && first != TIME_NONE)
		t->origin = first;
	text_line_end(t, from);
}

/* ---- json ---- */

static void
json_begin(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct field_value key = { .kind = FIELD_TEXT };

		buf_clear(&t->scratch);
		field_name_add(&t->scratch, &t->fields[i]);
		key.as.text = buf_str(&t->scratch);
		buf_add_char(&t->keys, i ? ',' : '{');
		field_format(&t->keys, &key, &t->style);
		buf_add_char(&t->keys, ':');
		t->key_end[i] = t->keys.n;
	}
}

static void
json_row(struct table *t, const struct query_item *item)
{
	struct buf *b = t->o.terminal ? &t->row_text : &t->sink.buf;
	size_t from = 0;

	for (size_t i = 0; i < t->n; i++) {
		struct field_value v = field_get(t->query, &t->fields[i], item);

		buf_add(b, t->keys.p + from, t->key_end[i] - from);
		from = t->key_end[i];
		field_format(b, &v, &t->style);
	}
	buf_add_cstr(b, t->n > 0 ? "}" : "{}");
	if (t->o.terminal) {
		quote_json_ascii(&t->sink.buf, buf_str(b));
		buf_clear(b);
	}
	buf_add_char(&t->sink.buf, '\n');
}

/* ---- csv ---- */

static void
csv_line_end(struct table *t)
{
	if (t->o.terminal) {
		text_add_visible(&t->sink.buf, buf_str(&t->row_text), false);
		buf_clear(&t->row_text);
	}
	buf_add_char(&t->sink.buf, '\n');
}

static void
csv_begin(struct table *t)
{
	struct buf *b = t->o.terminal ? &t->row_text : &t->sink.buf;

	if (t->o.no_header)
		return;
	for (size_t i = 0; i < t->n; i++) {
		buf_clear(&t->scratch);
		field_name_add(&t->scratch, &t->fields[i]);
		if (i)
			buf_add_char(b, ',');
		quote_csv(b, buf_str(&t->scratch));
	}
	csv_line_end(t);
}

static void
csv_row(struct table *t, const struct query_item *item)
{
	struct buf *b = t->o.terminal ? &t->row_text : &t->sink.buf;

	for (size_t i = 0; i < t->n; i++) {
		struct field_value v = field_get(t->query, &t->fields[i], item);

		if (i)
			buf_add_char(b, ',');
		/* Nothing but text can hold what must be quoted. */
		if (!v.absent && (v.kind == FIELD_TEXT || v.kind == FIELD_CHOICE))
			quote_csv(b, v.as.text);
		else
			field_format(b, &v, &t->style);
	}
	csv_line_end(t);
}

/* ---- the registry ---- */

const struct exporter exporters[] = {
	{ .name = "text", .suffix = ".txt", .form = FIELD_FORM_SCREEN,
	  .begin = text_begin, .row = text_row,
	  .help = "Aligned columns for people." },
	{ .name = "json", .suffix = ".json", .form = FIELD_FORM_JSON,
	  .begin = json_begin, .row = json_row,
	  .help = "One object a line; absent values are null." },
	{ .name = "csv", .suffix = ".csv", .form = FIELD_FORM_PLAIN,
	  .begin = csv_begin, .row = csv_row,
	  .help = "Comma-separated values with a header row (RFC 4180); absent values are empty." },
	{ .name = NULL },
};

const struct exporter *
exporter_find(struct str name)
{
	for (const struct exporter *e = exporters; e->name; e++)
		if (str_eq_ci(str_of(e->name), name))
			return e;
	return NULL;
}

void
table_begin(struct table *t, const struct exporter *how, struct query *query,
	    const struct field *fields, size_t n, const struct table_options *options, FILE *out)
{
	*t = (struct table){
		.how = how, .query = query, .fields = fields, .n = n, .o = *options,
		.style = { .form = how->form, .time = TIME_RFC3339, .utc = true,
			   .origin = TIME_NONE },
		.origin = TIME_NONE,
	};
	sink_init(&t->sink, out);
	t->key_end = xcalloc(n + 1, sizeof(*t->key_end));
	t->width = xcalloc(n + 1, sizeof(*t->width));
	how->begin(t);
}

bool
table_row(struct table *t, const struct query_item *item)
{
	t->how->row(t, item);
	t->rows++;
	return sink_step(&t->sink);
}

int
table_end(struct table *t, struct err *err)
{
	int result = sink_end(&t->sink, err);

	buf_release(&t->scratch);
	buf_release(&t->row_text);
	buf_release(&t->keys);
	free(t->key_end);
	free(t->width);
	return result;
}
