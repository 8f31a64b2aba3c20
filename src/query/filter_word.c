/*
 * What a person means by a word alone. The order of the questions is in
 * filter.h; each has one answer, so that the same word always means the same.
 */
#include "query/call_fields.h"
#include "query/filter_int.h"
#include "query/message_fields.h"
#include "sip/status.h"

static struct node *
compare_node(struct filter *f, struct field field, const struct literal *literal)
{
	struct node *n = filter_node(f, NODE_COMPARE, field.def->need);

	n->field = field;
	n->literals = arena_alloc(&f->arena, sizeof(*literal));
	n->literals[0] = *literal;
	n->literal_count = 1;
	return n;
}

static struct node *
literal_node(struct filter *f, enum node_kind kind, enum field_need need,
	     const struct literal *literal)
{
	struct node *n = filter_node(f, kind, need);

	n->literals = arena_alloc(&f->arena, sizeof(*literal));
	n->literals[0] = *literal;
	n->literal_count = 1;
	return n;
}

static struct field
field_status(const struct filter *f)
{
	return f->of != QUERY_MESSAGE ?
		(struct field){ .def = &call_field_defs[CALL_FIELD_STATUS], .of = QUERY_CALL } :
		(struct field){ .def = &message_field_defs[MESSAGE_FIELD_STATUS],
				.of = QUERY_MESSAGE };
}

static bool
is_address(struct filter *f, struct str word, struct literal *literal)
{
	struct filter_error ignored;

	if (str_chr(word, '.') == SIZE_MAX && str_chr(word, ':') == SIZE_MAX)
		return false;
	return literal_parse(&f->arena, &call_field_defs[CALL_FIELD_SOURCE], word,
			     f->options.utc, literal, &ignored) == 0;
}

/** The method called @p word in any case, or NONE. */
static enum sip_method
find_method(struct str word)
{
	for (int m = SIP_METHOD_NONE + 1; m < SIP_METHOD_OTHER; m++) {
		if (str_eq_ci(word, sip_method_name((enum sip_method)m)))
			return (enum sip_method)m;
	}
	return SIP_METHOD_NONE;
}

static struct node *
method_node(struct filter *f, enum sip_method m)
{
	struct node *n;
	bool inside = m == SIP_METHOD_ACK || m == SIP_METHOD_BYE || m == SIP_METHOD_CANCEL ||
		      m == SIP_METHOD_PRACK || m == SIP_METHOD_UPDATE ||
		      m == SIP_METHOD_REFER || m == SIP_METHOD_INFO;

	n = filter_node(f, NODE_METHOD, inside && f->of != QUERY_MESSAGE ?
			FIELD_NEED_WALK : FIELD_NEED_INDEX);
	n->text = sip_method_name(m);
	n->inside = inside;
	return n;
}

static struct node *
code_node(struct filter *f, struct str word, const struct literal *status)
{
	bool known = sip_status_phrase((unsigned int)status->lo).n > 0;
	struct node *n = literal_node(f, NODE_CODE, known && f->of != QUERY_MESSAGE ?
				      FIELD_NEED_INDEX : FIELD_NEED_TEXT, status);

	n->inside = !known;
	n->field = field_status(f);
	n->text = arena_str(&f->arena, word);
	return n;
}

struct node *
filter_text(struct filter *f, struct str text, struct filter_error *err)
{
	struct node *n = filter_node(f, NODE_WORD, FIELD_NEED_TEXT);

	if (text.n == 0) {
		filter_error_set(err, "an empty text matches everything");
		return NULL;
	}
	n->text = arena_str(&f->arena, text);
	n->pattern = filter_pattern(f, n->text, true, err);
	return n->pattern ? n : NULL;
}

struct node *
filter_word(struct filter *f, struct str word, struct filter_error *err)
{
	const struct field_def *state = &call_field_defs[CALL_FIELD_STATE];
	struct filter_error ignored;
	struct literal literal;
	struct field field;
	struct str digits;
	struct node *n;

	if (field_find(f->of, word, &field))
		return filter_field_node(f, NODE_PRESENT, &field);
	if (is_address(f, word, &literal))
		return literal_node(f, NODE_ENDPOINT, f->of == QUERY_CALL ?
				    FIELD_NEED_WALK : FIELD_NEED_INDEX, &literal);
	if (word.n == 3 && literal_parse(&f->arena, &call_field_defs[CALL_FIELD_STATUS], word,
					 true, &literal, &ignored) == 0) {
		if (literal.hi > literal.lo)
			return compare_node(f, field_status(f), &literal);
		if (literal.lo >= 100 && literal.lo <= 699)
			return code_node(f, word, &literal);
	}
	if (find_method(word) != SIP_METHOD_NONE)
		return method_node(f, find_method(word));
	if (literal_parse(&f->arena, state, word, true, &literal, &ignored) == 0)
		return compare_node(f, (struct field){ .def = state, .of = QUERY_CALL },
				    &literal);
	if (number_parse(&f->arena, word, &digits)) {
		n = filter_node(f, NODE_NUMBER, FIELD_NEED_TEXT);
		n->text = digits;
		return n;
	}
	return filter_text(f, word, err);
}
