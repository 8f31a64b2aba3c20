#include "views/field_rows.h"

#include "base/mem.h"
#include "views/parts.h"

void
field_rows_release(struct field_rows *r)
{
	for (size_t i = 0; i < r->n; i++)
		buf_release(&r->rows[i].name);
	free(r->rows);
	*r = (struct field_rows){ .n = 0 };
}

/* @return the row of @p field, or SIZE_MAX. */
static size_t
find(const struct field_rows *r, const struct field *field)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct field *f = &r->rows[i].field;

		if (f->def == field->def && f->of == field->of &&
		    str_eq_ci(f->header, field->header))
			return i;
	}
	return SIZE_MAX;
}

size_t
field_rows_put(struct field_rows *r, size_t at, struct str name)
{
	struct field_row row = { .on = false };
	size_t there;

	if (!field_find(r->of, name, &row.field) || at > r->n)
		BUG("field %.*s at %zu", STR_ARG(name), at);
	there = find(r, &row.field);
	if (there != SIZE_MAX)
		return there;
	field_name_add(&row.name, &row.field);
	/* Again, for the header to be borrowed from our copy. */
	field_find(r->of, buf_str(&row.name), &row.field);
	ARRAY_GROW(r->rows, r->cap, r->n + 1);
	memmove(r->rows + at + 1, r->rows + at, (r->n - at) * sizeof(*r->rows));
	r->rows[at] = row;
	r->n++;
	return at;
}

void
field_rows_move(struct field_rows *r, size_t from, size_t to)
{
	struct field_row row = r->rows[from];

	memmove(r->rows + from, r->rows + from + 1, (r->n - from - 1) * sizeof(*r->rows));
	memmove(r->rows + to + 1, r->rows + to, (r->n - to - 1) * sizeof(*r->rows));
	r->rows[to] = row;
}

void
field_rows_fill(struct field_rows *r, const struct call_columns *columns)
{
	const struct field_def *defs;
	size_t n;

	field_rows_release(r);
	r->of = columns ? columns->of : QUERY_CALL;
	for (size_t i = 0; columns && i < columns->n; i++) {
		size_t at = field_rows_put(r, r->n, buf_str(&columns->list[i].name));

		r->rows[at].on = true;
		r->rows[at].width = columns->list[i].width;
	}
	n = field_table(r->of, &defs);
	for (size_t i = 0; i < n; i++)
		field_rows_put(r, r->n, str_of(defs[i].name));
}

struct str
field_row_title(const struct field_row *row)
{
	return row->field.header.n > 0 ? row->field.header : str_of(row->field.def->title);
}

void
field_help_draw(struct canvas *c, int y, const struct field *field)
{
	parts_draw_words(c, y, ROLE_HINT, str_of(field->def->help));
}
