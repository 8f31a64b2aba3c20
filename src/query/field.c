#include "query/field.h"

#include "base/mem.h"
#include "query/call_fields.h"
#include "query/field_int.h"
#include "query/header.h"
#include "query/message_fields.h"
#include "query/stream_fields.h"

#define HEADER_PREFIX	STR("header.")

const struct field_def field_header_def = {
	.name = "header", .title = "Header", .kind = FIELD_TEXT,
	.need = FIELD_NEED_TEXT, .width = 24,
	.help = "header.NAME is the value of that header.",
};

size_t
field_table(enum query_subject of, const struct field_def **defs)
{
	switch (of) {
	case QUERY_MESSAGE:
		*defs = message_field_defs;
		return MESSAGE_FIELD_TOTAL;
	case QUERY_STREAM:
		*defs = stream_field_defs;
		return STREAM_FIELD_TOTAL;
	case QUERY_CALL:
	case QUERY_SUBJECT_COUNT:
		break;
	}
	*defs = call_field_defs;
	return CALL_FIELD_TOTAL;
}

/** Names are compared with '-' as '_', ASCII case folded. */
static bool
name_eq(struct str a, const char *name)
{
	struct str b = str_of(name);

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (ascii_lower(a.p[i] == '-' ? '_' : a.p[i]) != (unsigned char)b.p[i])
			return false;
	}
	return true;
}

static const struct field_def *
table_find(enum query_subject of, struct str name)
{
	const struct field_def *defs;
	size_t n = field_table(of, &defs);

	for (size_t i = 0; i < n; i++) {
		if (name_eq(name, defs[i].name))
			return &defs[i];
	}
	return NULL;
}

static bool
field_set(struct field *field, enum query_subject of, struct str name)
{
	*field = (struct field){ .of = of };
	if (str_starts_ci(name, HEADER_PREFIX) && name.n > HEADER_PREFIX.n) {
		field->of = of == QUERY_STREAM ? QUERY_CALL : of;
		field->def = &field_header_def;
		field->header = str_skip(name, HEADER_PREFIX.n);
		return true;
	}
	field->def = table_find(of, name);
	return field->def != NULL;
}

static const struct {
	const char *text;
	enum query_subject of;
} prefixes[] = {
	{ "call.", QUERY_CALL },
	{ "any.", QUERY_MESSAGE },
	{ "stream.", QUERY_STREAM },
};

bool
field_find(enum query_subject of, struct str name, struct field *field)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		struct str prefix = str_of(prefixes[i].text);

		if (!str_starts_ci(name, prefix))
			continue;
		field->prefixed = field_set(field, prefixes[i].of, str_skip(name, prefix.n));
		return field->prefixed;
	}
	return field_set(field, of, name) ||
		(of != QUERY_CALL && field_set(field, QUERY_CALL, name)) ||
		(of != QUERY_MESSAGE && field_set(field, QUERY_MESSAGE, name));
}

/* ---- did you mean ---- */

#define SUGGEST_MAX	32

/** Edits (insert, delete, change, swap of neighbours) between two short names. */
static unsigned int
distance(struct str a, struct str b)
{
	unsigned int rows[3][SUGGEST_MAX + 1];
	unsigned int *before = rows[0], *above = rows[1], *row = rows[2];

	if (a.n > SUGGEST_MAX || b.n > SUGGEST_MAX)
		return SUGGEST_MAX;
	for (unsigned int j = 0; j <= b.n; j++)
		above[j] = j;
	for (unsigned int i = 1; i <= a.n; i++) {
		unsigned int *spare = before;

		row[0] = i;
		for (unsigned int j = 1; j <= b.n; j++) {
			bool same = ascii_lower(a.p[i - 1]) == ascii_lower(b.p[j - 1]);
			unsigned int best = above[j - 1] + !same;

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && before[j - 2] + 1 < best &&
			    ascii_lower(a.p[i - 1]) == ascii_lower(b.p[j - 2]) &&
			    ascii_lower(a.p[i - 2]) == ascii_lower(b.p[j - 1]))
				best = before[j - 2] + 1;
			row[j] = best;
		}
		before = above;
		above = row;
		row = spare;
	}
	return above[b.n];
}

void
suggest_start(struct suggest *s, struct str wanted)
{
	*s = (struct suggest){ .wanted = wanted, .far = 1 + (unsigned int)(wanted.n / 4) };
	if (s->far > 3)
		s->far = 3;
	s->far++;
}

void
suggest_offer(struct suggest *s, const char *name)
{
	unsigned int far = distance(s->wanted, str_of(name));

	/* A beginning of the name is nearer than its length says. */
	if (s->wanted.n >= 3 && str_starts_ci(str_of(name), s->wanted))
		far = 1;
	if (far < s->far) {
		s->far = far;
		s->best = name;
	}
}

const char *
field_suggest(enum query_subject of, struct str name)
{
	enum query_subject turns[] = { of, QUERY_CALL, QUERY_MESSAGE };
	struct suggest s;

	suggest_start(&s, name);
	for (size_t t = 0; t < ARRAY_SIZE(turns); t++) {
		const struct field_def *defs;
		size_t n = field_table(turns[t], &defs);

		for (size_t i = 0; i < n; i++) {
			/* What stands above a column is what people type. */
			if (str_eq_ci(name, str_of(defs[i].title)))
				return defs[i].name;
			suggest_offer(&s, defs[i].name);
		}
	}
	return s.best;
}

/* ---- lists of columns ---- */

int
field_list_parse(enum query_subject of, struct str list,
		 struct field **fields, size_t *n, struct err *err)
{
	size_t cap = 0;
	struct str name;

	*fields = NULL;
	*n = 0;
	while (str_cut(&list, ',', &name)) {
		const char *near;

		name = str_trim(name);
		if (name.n == 0)
			continue;
		ARRAY_GROW(*fields, cap, *n + 1);
		if (field_find(of, name, &(*fields)[*n])) {
			++*n;
			continue;
		}
		near = field_suggest(of, name);
		free(*fields);
		*fields = NULL;
		*n = 0;
		return err_set(err, near ? "unknown field '%.*s' (did you mean '%s'?)" :
			       "unknown field '%.*s'", STR_ARG(name), near);
	}
	if (*n == 0)
		return err_set(err, "no fields named");
	return 0;
}

void
field_list_default(enum query_subject of, struct field **fields, size_t *n)
{
	const struct field_def *defs;
	size_t total = field_table(of, &defs);

	*fields = xcalloc(total, sizeof(**fields));
	*n = 0;
	for (size_t i = 0; i < total; i++) {
		if (defs[i].listed)
			(*fields)[(*n)++] = (struct field){ .def = &defs[i], .of = of };
	}
}

void
field_name_add(struct buf *b, const struct field *field)
{
	for (size_t i = 0; field->prefixed && i < ARRAY_SIZE(prefixes); i++)
		if (prefixes[i].of == field->of)
			buf_add_cstr(b, prefixes[i].text);
	buf_add_cstr(b, field->def->name);
	if (field->def == &field_header_def) {
		buf_add_char(b, '.');
		buf_add_str(b, field->header);
	}
}

/* ---- asking ---- */

struct field
field_of_messages(const struct field *field)
{
	struct field f = *field;

	f.of = QUERY_MESSAGE;
	if (field->of == QUERY_CALL && field->def != &field_header_def)
		f.def = &message_field_defs[field->def->via];
	return f;
}

static struct field_value
get_of_message(struct query *q, const struct field *field, const struct query_item *item)
{
	if (field->def == &field_header_def)
		return field_text(query_header(q, item->index, field->header));
	return field->def->get(q, item);
}

/** What the first message of the call that has it says. */
static struct field_value
get_of_messages(struct query *q, const struct field *field, const struct query_item *item)
{
	struct field f = field_of_messages(field);
	const uint32_t *list;
	size_t n = query_messages(q, item->call, &list);

	for (size_t i = 0; i < n; i++) {
		struct query_item m = query_message(q, list[i]);
		struct field_value v = get_of_message(q, &f, &m);

		if (!v.absent)
			return v;
	}
	return field_absent(f.def->kind);
}

/* What the first stream of the call that has it says. */
static struct field_value
get_of_streams(struct query *q, const struct field *field, const struct query_item *item)
{
	const struct stream_link **list = NULL;
	struct field_value v = field_absent((enum field_kind)field->def->kind);
	size_t cap = 0, n = item->call ? store_call_streams(q->store, item->call, &list, &cap) : 0;

	for (size_t i = 0; i < n && v.absent; i++) {
		struct query_item st = query_stream(q, list[i]->stream);

		v = field->def->get(q, &st);
	}
	free(list);
	return v;
}

struct field_value
field_get(struct query *q, const struct field *field, const struct query_item *item)
{
	bool own = field->of == QUERY_CALL && field->def->get;

	if (field->of == QUERY_STREAM)
		return item->stream ? field->def->get(q, item) : get_of_streams(q, field, item);
	if (UNLIKELY(item->row) && !own)
		return stream_row_get(q, field, item);
	if (own && LIKELY(item->call != NULL))
		return field->def->get(q, item);
	if (own)
		return field_absent(field->def->kind);
	if (UNLIKELY(item->event != NULL))
		return event_field_get(q, field, item);
	if (item->message) {
		struct field f = field_of_messages(field);

		return get_of_message(q, &f, item);
	}
	return get_of_messages(q, field, item);
}

void
query_add_word(struct buf *words, struct str word)
{
	struct str rest = buf_str(words), known;
	size_t from;

	if (word.n == 0)
		return;
	while (str_cut(&rest, ' ', &known))
		if (str_eq_ci(known, word))
			return;
	if (words->n > 0)
		buf_add_char(words, ' ');
	from = words->n;
	buf_add_str(words, word);
	for (size_t i = from; i < words->n; i++)
		if (words->p[i] == ' ')
			words->p[i] = '_';
}

const char *
field_flaw_name(unsigned int bit)
{
	return bit < SIP_FLAW_COUNT ? sip_flaw_defs[bit].name : NULL;
}

struct field_value
field_flaws(uint32_t bits)
{
	return (struct field_value){ .kind = FIELD_LIST, .absent = bits == 0,
				     .as.list = { bits, field_flaw_name } };
}

const char *
field_transport(unsigned int i)
{
	return i < TRANSPORT_COUNT ? transport_name(i) : NULL;
}

const char *
field_carrier(unsigned int i)
{
	return i == 0 ? carrier_name(CARRIER_HEP) : NULL;
}

const char *
field_event(unsigned int i)
{
	return i < EVENT_COUNT ? event_name(i) : NULL;
}

static int
sign(bool more, bool less)
{
	return (int)more - (int)less;
}

int
field_value_cmp(const struct field_value *a, const struct field_value *b)
{
	int c;

	if (a->absent || b->absent)
		return sign(a->absent, b->absent);
	switch ((enum field_kind)a->kind) {
	case FIELD_TEXT:
	case FIELD_CHOICE:
	case FIELD_WORDS:
		c = str_cmp_ci(a->as.text, b->as.text);
		return c ? c : str_cmp(a->as.text, b->as.text);
	case FIELD_ADDRESS:
		return net_endpoint_cmp(&a->as.endpoint, &b->as.endpoint);
	case FIELD_PERCENT:
	case FIELD_REAL:
		return sign(a->as.real > b->as.real, a->as.real < b->as.real);
	case FIELD_LIST:
		c = __builtin_popcount(a->as.list.bits) - __builtin_popcount(b->as.list.bits);
		return c ? c : sign(a->as.list.bits > b->as.list.bits,
				    a->as.list.bits < b->as.list.bits);
	case FIELD_NUMBERS:	/* by the first, then by how many */
		c = sign(field_number_at(a, 0) > field_number_at(b, 0),
			 field_number_at(a, 0) < field_number_at(b, 0));
		return c ? c : sign(a->as.numbers.n > b->as.numbers.n,
				    a->as.numbers.n < b->as.numbers.n);
	case FIELD_COUNT:
	case FIELD_STATUS:
	case FIELD_TIME:
	case FIELD_SPAN:
	case FIELD_BOOL:
	case FIELD_HEX:
		break;
	}
	return sign(a->as.number > b->as.number, a->as.number < b->as.number);
}

bool
field_is_right(const struct field_def *def)
{
	return def->kind == FIELD_COUNT || def->kind == FIELD_SPAN ||
	       def->kind == FIELD_PERCENT || def->kind == FIELD_STATUS ||
	       def->kind == FIELD_REAL;
}
