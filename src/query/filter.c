#include "query/filter.h"

#include <stdarg.h>

#include "base/mem.h"
#include "query/filter_int.h"

void
filter_error_set(struct filter_error *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
}

struct node *
filter_node(struct filter *f, enum node_kind kind, enum field_need need)
{
	struct node *n = arena_alloc(&f->arena, sizeof(*n));

	memset(n, 0, sizeof(*n));
	n->kind = kind;
	n->need = need;
	return n;
}

struct node *
filter_field_node(struct filter *f, enum node_kind kind, const struct field *field)
{
	struct node *n = filter_node(f, kind, field->def->need);

	n->field = *field;
	n->field.header = arena_str(&f->arena, field->header);
	/* Fields of messages and streams, asked of a call, walk over them. */
	if (f->of != field->of && field->of != QUERY_CALL && n->need == FIELD_NEED_INDEX)
		n->need = FIELD_NEED_WALK;
	return n;
}

struct pattern *
filter_pattern(struct filter *f, struct str source, bool literal, struct filter_error *err)
{
	struct pattern *p;

	if (f->pattern_count >= FILTER_MAX_PATTERNS) {
		filter_error_set(err, "more than %u patterns and texts", FILTER_MAX_PATTERNS);
		return NULL;
	}
	p = pattern_new(source, literal, err);
	if (!p)
		return NULL;
	ARRAY_GROW(f->patterns, f->pattern_cap, f->pattern_count + 1);
	f->patterns[f->pattern_count++] = p;
	return p;
}

struct filter *
filter_compile(enum query_subject of, struct str expression,
	       const struct filter_options *options, struct filter_error *err)
{
	struct filter *f;

	err->column = 1;
	err->text[0] = '\0';
	if (expression.n > FILTER_MAX_LENGTH) {
		filter_error_set(err, "longer than %u bytes", FILTER_MAX_LENGTH);
		return NULL;
	}
	f = xcalloc(1, sizeof(*f));
	f->of = of;
	if (options)
		f->options = *options;
	f->root = filter_parse(f, expression, err);
	if (f->root)
		return f;
	filter_free(f);
	return NULL;
}

void
filter_free(struct filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->pattern_count; i++)
		pattern_free(f->patterns[i]);
	free(f->patterns);
	arena_release(&f->arena);
	buf_release(&f->scratch);
	free(f);
}

enum field_need
filter_need(const struct filter *f)
{
	return f->root->need;
}

uint64_t
filter_given_up(const struct filter *f)
{
	return f->given_up;
}
