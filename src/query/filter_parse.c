/*
 * Recursive descent with one token of look-ahead; the grammar is in filter.h.
 * Nesting is bounded; chains of and, or and not take no depth. Within "and"
 * and "or" the parts are put in order of what they cost, so that what the
 * index knows decides before text is read.
 */
#include <stdarg.h>

#include "base/mem.h"
#include "query/filter_int.h"

struct parser {
	struct filter *f;
	struct lexer lexer;
	struct token token;	/**< the next one */
	struct filter_error *err;
	size_t error_at;	/**< byte */
	bool failed;
	unsigned int depth;
};

static struct node *parse_or(struct parser *p);

/** Remember the first thing that went wrong. The text is in p->err. */
static struct node *
fail_at(struct parser *p, size_t at)
{
	if (!p->failed) {
		p->failed = true;
		p->error_at = at;
	}
	return NULL;
}

ATTR_PRINTF(3, 4)
static struct node *
fail(struct parser *p, size_t at, const char *fmt, ...)
{
	va_list args;

	if (!p->failed) {
		va_start(args, fmt);
		vsnprintf(p->err->text, sizeof(p->err->text), fmt, args);
		va_end(args);
	}
	return fail_at(p, at);
}

static void
advance(struct parser *p)
{
	if (!lexer_next(&p->lexer, &p->token)) {
		fail(p, p->token.at, "the string has no closing %c", p->token.quote);
		p->token.kind = TOKEN_END;
	}
}

/** "x", or "the end" for messages: at most 40 bytes. */
static const char *
token_name(const struct token *t, char name[64])
{
	if (t->kind == TOKEN_END)
		snprintf(name, 64, "the end");
	else
		snprintf(name, 64, "'%.*s'", (int)(t->text.n < 40 ? t->text.n : 40),
			 t->text.n ? t->text.p : "");
	return name;
}

static bool
is_operator(enum token_kind kind)
{
	return kind >= TOKEN_EQ;
}

static bool
starts_term(enum token_kind kind)
{
	return kind == TOKEN_WORD || kind == TOKEN_STRING || kind == TOKEN_OPEN ||
	       kind == TOKEN_NOT;
}

static struct node *
negate(struct parser *p, struct node *n)
{
	struct node *not;

	if (!n)
		return NULL;
	not = filter_node(p->f, NODE_NOT, n->need);
	not->parts = arena_alloc(&p->f->arena, sizeof(*not->parts));
	not->parts[0] = n;
	not->part_count = 1;
	return not;
}

/* ---- comparisons ---- */

/** A choice of two words typed without quotes: state = in call. */
static struct str
join_choice(struct parser *p, const struct field_def *def, const struct token *first,
	    struct str value)
{
	struct lexer ahead = p->lexer;
	struct token after;
	const char *known;
	struct str two;

	if (def->kind != FIELD_CHOICE || first->kind == TOKEN_STRING ||
	    (p->token.kind != TOKEN_WORD) || !lexer_next(&ahead, &after) ||
	    is_operator(after.kind))
		return value;
	two = str_sub(p->lexer.expression, first->at,
		      p->token.at + p->token.text.n - first->at);
	for (unsigned int i = 0; (known = def->choice(i)) != NULL; i++) {
		if (choice_eq(value, str_of(known)))
			return value;
	}
	for (unsigned int i = 0; (known = def->choice(i)) != NULL; i++) {
		if (choice_eq(two, str_of(known))) {
			advance(p);
			return two;
		}
	}
	return value;
}

static bool
is_value(const struct parser *p, const struct field_def *def)
{
	return p->token.kind == TOKEN_WORD || p->token.kind == TOKEN_STRING ||
	       (p->token.kind == TOKEN_IN && def->kind == FIELD_CHOICE);
}

static bool
parse_value(struct parser *p, const struct field_def *def, struct literal *literal)
{
	struct token t = p->token;
	struct str value;
	char name[64];

	if (!is_value(p, def)) {
		fail(p, t.at, "expected a value for %s, found %s", def->name,
		     token_name(&t, name));
		return false;
	}
	value = token_value(&p->f->arena, &t);
	advance(p);
	value = join_choice(p, def, &t, value);
	if (p->failed)
		return false;
	if (literal_parse(&p->f->arena, def, value, p->f->options.utc, literal, p->err) == 0)
		return true;
	fail_at(p, t.at);
	return false;
}

static void
keep_literals(struct parser *p, struct node *n, const struct literal *list, size_t count)
{
	n->literals = arena_alloc(&p->f->arena, (count ? count : 1) * sizeof(*list));
	if (count)
		memcpy(n->literals, list, count * sizeof(*list));
	n->literal_count = count;
}

static struct node *
parse_in(struct parser *p, struct node *n)
{
	struct literal *list = NULL;
	size_t count = 0, cap = 0;
	bool listed = p->token.kind == TOKEN_OPEN;
	char name[64];

	if (listed)
		advance(p);
	do {
		if (count > 0)
			advance(p);
		ARRAY_GROW(list, cap, count + 1);
		if (!parse_value(p, n->field.def, &list[count])) {
			free(list);
			return NULL;
		}
		count++;
	} while (listed && p->token.kind == TOKEN_COMMA);
	keep_literals(p, n, list, count);
	free(list);
	if (!listed)
		return n;
	if (p->token.kind != TOKEN_CLOSE)
		return fail(p, p->token.at, "expected ',' or ')' in the list, found %s",
			    token_name(&p->token, name));
	advance(p);
	return n;
}

static struct node *
parse_match(struct parser *p, struct node *n)
{
	struct token t = p->token;
	char name[64];

	if (t.kind != TOKEN_WORD && t.kind != TOKEN_STRING)
		return fail(p, t.at, "expected a pattern, found %s (put it in quotes)",
			    token_name(&t, name));
	n->kind = NODE_MATCH;
	p->err->column = 0;
	n->pattern = filter_pattern(p->f, token_pattern(&p->f->arena, &t), false, p->err);
	if (!n->pattern)
		return fail_at(p, t.at + (t.kind == TOKEN_STRING) +
			       (p->err->column < t.text.n ? p->err->column : t.text.n));
	advance(p);
	return n;
}

static struct node *
parse_ordered(struct parser *p, struct node *n, const struct token *op)
{
	const struct field_def *def = n->field.def;
	struct literal literal;

	if (op->kind != TOKEN_EQ && op->kind != TOKEN_NE &&
	    (def->kind == FIELD_ADDRESS || def->kind == FIELD_LIST ||
	     def->kind == FIELD_CHOICE || def->kind == FIELD_BOOL ||
	     def->kind == FIELD_WORDS))
		return fail(p, op->at, "%s has no order, use = or in", def->name);
	if (!parse_value(p, def, &literal))
		return NULL;
	keep_literals(p, n, &literal, 1);
	n->compare = op->kind == TOKEN_LT ? COMPARE_LT : op->kind == TOKEN_LE ? COMPARE_LE :
		     op->kind == TOKEN_GT ? COMPARE_GT : op->kind == TOKEN_GE ? COMPARE_GE :
		     COMPARE_EQ;
	return n;
}

/** After the name of a field, at its operator. */
static struct node *
parse_comparison(struct parser *p, const struct token *name)
{
	struct token op;
	struct field field;
	struct node *n;

	if (!field_find(p->f->of, name->text, &field)) {
		const char *near = field_suggest(p->f->of, name->text);

		return fail(p, name->at, near ? "unknown field '%.*s' (did you mean '%s'?)" :
			    "unknown field '%.*s'",
			    (int)(name->text.n < 60 ? name->text.n : 60), name->text.p, near);
	}
	n = filter_field_node(p->f, NODE_COMPARE, &field);
	op = p->token;
	advance(p);
	switch (op.kind) {
	case TOKEN_MATCH:
		return parse_match(p, n);
	case TOKEN_NO_MATCH:
		return negate(p, parse_match(p, n));
	case TOKEN_NE:
		return negate(p, parse_ordered(p, n, &op));
	case TOKEN_IN:
		return parse_in(p, n);
	case TOKEN_NOT:		/* "not in": the caller has looked ahead */
		advance(p);
		return negate(p, parse_in(p, n));
	default:
		return parse_ordered(p, n, &op);
	}
}

/** Whether the next tokens are "not in". */
static bool
is_not_in(const struct parser *p)
{
	struct lexer ahead = p->lexer;
	struct token after;

	return p->token.kind == TOKEN_NOT && lexer_next(&ahead, &after) &&
	       after.kind == TOKEN_IN;
}

/* ---- terms and their joints ---- */

static struct node *
parse_term(struct parser *p)
{
	struct token t = p->token;
	struct node *n;
	char name[64];

	switch (t.kind) {
	case TOKEN_OPEN:
		advance(p);
		n = parse_or(p);
		if (!n)
			return NULL;
		if (p->token.kind != TOKEN_CLOSE)
			return fail(p, p->token.at, "expected ')' for the '(' of column %zu, "
				    "found %s", t.at + 1, token_name(&p->token, name));
		advance(p);
		return n;
	case TOKEN_STRING:
		advance(p);
		n = filter_text(p->f, token_value(&p->f->arena, &t), p->err);
		return n ? n : fail_at(p, t.at);
	case TOKEN_WORD:
		advance(p);
		if (is_operator(p->token.kind) || p->token.kind == TOKEN_IN || is_not_in(p))
			return parse_comparison(p, &t);
		n = filter_word(p->f, t.text, p->err);
		return n ? n : fail_at(p, t.at);
	default:
		return fail(p, t.at, "expected a comparison or a word, found %s",
			    token_name(&t, name));
	}
}

static struct node *
parse_unary(struct parser *p)
{
	bool not = false;
	struct node *n;

	for (; p->token.kind == TOKEN_NOT; advance(p))
		not = !not;
	if (p->failed)
		return NULL;
	if (p->depth >= FILTER_MAX_DEPTH)
		return fail(p, p->token.at, "nested deeper than %u", FILTER_MAX_DEPTH);
	p->depth++;
	n = parse_term(p);
	p->depth--;
	return not ? negate(p, n) : n;
}

/** Several parts as one node, the cheap ones first. */
static struct node *
join(struct parser *p, enum node_kind kind, struct node **parts, size_t count)
{
	struct node *n;
	size_t used = 0;

	if (count == 1)
		return parts[0];
	n = filter_node(p->f, kind, FIELD_NEED_INDEX);
	n->parts = arena_alloc(&p->f->arena, (count ? count : 1) * sizeof(*parts));
	for (int need = FIELD_NEED_INDEX; need <= FIELD_NEED_TEXT; need++) {
		for (size_t i = 0; i < count; i++) {
			if ((int)parts[i]->need != need)
				continue;
			n->parts[used++] = parts[i];
			n->need = parts[i]->need;
		}
	}
	n->part_count = used;
	return n;
}

static struct node *
parse_chain(struct parser *p, enum node_kind kind)
{
	struct node **parts = NULL, *n = NULL;
	size_t count = 0, cap = 0;
	enum token_kind joint = kind == NODE_ALL ? TOKEN_AND : TOKEN_OR;

	for (;;) {
		n = kind == NODE_ALL ? parse_unary(p) : parse_chain(p, NODE_ALL);
		if (!n)
			break;
		ARRAY_GROW(parts, cap, count + 1);
		parts[count++] = n;
		if (p->token.kind == joint) {
			advance(p);
			continue;
		}
		if (kind == NODE_ANY || !starts_term(p->token.kind))
			break;
	}
	if (n)
		n = join(p, kind, parts, count);
	free(parts);
	return p->failed ? NULL : n;
}

static struct node *
parse_or(struct parser *p)
{
	return parse_chain(p, NODE_ANY);
}

/** Characters up to a byte, from 1. */
static size_t
column_of(struct str s, size_t at)
{
	size_t column = 1;

	for (size_t i = 0; i < at && i < s.n; i++)
		column += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return column;
}

struct node *
filter_parse(struct filter *f, struct str expression, struct filter_error *err)
{
	struct parser p = { .f = f, .lexer = { expression, 0 }, .err = err };
	struct node *n = NULL;
	char name[64];

	advance(&p);
	if (p.token.kind == TOKEN_END && !p.failed)
		return filter_node(f, NODE_ALL, FIELD_NEED_INDEX);
	if (!p.failed)
		n = parse_or(&p);
	if (n && !p.failed && p.token.kind != TOKEN_END)
		n = fail(&p, p.token.at, "unexpected %s", token_name(&p.token, name));
	if (!p.failed)
		return n;
	err->column = column_of(expression, p.error_at);
	return NULL;
}
