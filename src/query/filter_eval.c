/*
 * Does an item match? A question about a call that only its messages can
 * answer is asked of each of them, and one yes is enough; its contrary is that
 * none says yes.
 */
#include <math.h>

#include "base/mem.h"
#include "query/field_int.h"
#include "query/filter_int.h"
#include "query/header.h"
#include "sip/uri.h"

static bool node_match(struct filter *f, const struct node *n, struct query *q,
		       const struct query_item *item);

/* ---- one value ---- */

static bool
number_test(const struct node *n, const struct literal *l, int64_t v, bool instant)
{
	int64_t hi = instant ? l->lo : l->hi;

	switch (n->compare) {
	case COMPARE_EQ:
		return v >= l->lo && v <= l->hi;
	case COMPARE_LT:
		return v < l->lo;
	case COMPARE_LE:
		return v <= hi;
	case COMPARE_GT:
		return v > hi;
	case COMPARE_GE:
		return v >= l->lo;
	}
	return false;
}

static bool
text_test(const struct node *n, const struct literal *l, struct str v)
{
	int c;

	if (n->compare == COMPARE_EQ)
		return str_eq_ci(v, l->text);
	c = str_cmp_ci(v, l->text);
	switch (n->compare) {
	case COMPARE_LT:
		return c < 0;
	case COMPARE_LE:
		return c <= 0;
	case COMPARE_GT:
		return c > 0;
	default:
		return c >= 0;
	}
}

/* All of them, or one. */
static bool
words_test(const struct node *n, const struct literal *l, struct str words)
{
	struct str rest = words, word;

	if (text_test(n, l, words))
		return true;
	while (str_cut(&rest, ' ', &word))
		if (text_test(n, l, word))
			return true;
	return false;
}

static bool
endpoint_test(const struct literal *l, const struct net_endpoint *e)
{
	return net_block_has(&l->block, &e->addr) && (l->port == 0 || l->port == e->port);
}

static bool
list_test(const struct literal *l, const struct field_value *v)
{
	for (unsigned int i = 0; i < 32; i++) {
		const char *name = v->as.list.bits >> i & 1 ? v->as.list.name(i) : NULL;

		if (name && str_eq(str_of(name), l->text))
			return true;
	}
	return false;
}

static bool
literal_test(const struct filter *f, const struct node *n, const struct literal *l,
	     const struct field_value *v)
{
	switch ((enum field_kind)v->kind) {
	case FIELD_TEXT:
	case FIELD_CHOICE:
		return text_test(n, l, v->as.text);
	case FIELD_WORDS:
		return words_test(n, l, v->as.text);
	case FIELD_TIME:
		return number_test(n, l, l->clock ? clock_of(v->as.number, f->options.utc) :
				   v->as.number, false);
	case FIELD_SPAN:
		return number_test(n, l, v->as.number, true);
	case FIELD_COUNT:
	case FIELD_STATUS:
	case FIELD_BOOL:
	case FIELD_HEX:
		return number_test(n, l, v->as.number, false);
	case FIELD_ADDRESS:
		return endpoint_test(l, &v->as.endpoint);
	case FIELD_PERCENT:
	case FIELD_REAL:
		return number_test(n, l, llround(v->as.real * (double)NS_PER_S), true);
	case FIELD_LIST:
		return list_test(l, v);
	case FIELD_NUMBERS:
		for (uint32_t i = 0; i < v->as.numbers.n; i++)
			if (number_test(n, l, (int64_t)field_number_at(v, i), false))
				return true;
		return false;
	}
	return false;
}

static bool
value_present(const struct field_value *v)
{
	if (v->absent)
		return false;
	switch ((enum field_kind)v->kind) {
	case FIELD_COUNT:
	case FIELD_BOOL:
	case FIELD_SPAN:
		return v->as.number != 0;
	case FIELD_PERCENT:
		return v->as.real > 0;
	default:
		return true;
	}
}

static bool
value_match(struct filter *f, const struct node *n, const struct field_value *v)
{
	static const struct field_style style = FIELD_STYLE_CSV;

	if (v->absent)
		return false;
	if (v->kind == FIELD_TEXT || v->kind == FIELD_CHOICE || v->kind == FIELD_WORDS)
		return pattern_match(n->pattern, v->as.text, &f->given_up);
	buf_clear(&f->scratch);
	field_format(&f->scratch, v, &style);
	return pattern_match(n->pattern, buf_str(&f->scratch), &f->given_up);
}

static bool
value_test(struct filter *f, const struct node *n, const struct field_value *v)
{
	switch (n->kind) {
	case NODE_PRESENT:
		return value_present(v);
	case NODE_MATCH:
		return value_match(f, n, v);
	default:
		break;
	}
	if (v->absent)
		return false;
	for (size_t i = 0; i < n->literal_count; i++) {
		if (literal_test(f, n, &n->literals[i], v))
			return true;
	}
	return false;
}

/* ---- fields ---- */

static bool
header_match(struct filter *f, const struct node *n, struct query *q, uint32_t message)
{
	struct query_headers h;

	query_headers_start(&h, q, message, n->field.header);
	while (query_headers_next(&h)) {
		struct field_value v = { .kind = FIELD_TEXT, .as.text = h.value };

		if (value_test(f, n, &v))
			return true;
	}
	return false;
}

static bool
message_field_match(struct filter *f, const struct node *n, const struct field *field,
		    struct query *q, const struct query_item *item)
{
	struct field_value v;

	if (field->def == &field_header_def)
		return header_match(f, n, q, item->index);
	v = field->def->get(q, item);
	return value_test(f, n, &v);
}

/* A field of streams: of this one, or of any of the call. */
static bool
stream_field_match(struct filter *f, const struct node *n, struct query *q,
		   const struct query_item *item)
{
	const struct stream_link **list = NULL;
	size_t cap = 0, count;
	bool found = false;

	if (item->stream || !item->call) {
		struct field_value v = field_get(q, &n->field, item);

		return value_test(f, n, &v);
	}
	count = store_call_streams(q->store, item->call, &list, &cap);
	for (size_t i = 0; i < count && !found; i++) {
		struct query_item st = query_stream(q, list[i]->stream);
		struct field_value v = n->field.def->get(q, &st);

		found = value_test(f, n, &v);
	}
	free(list);
	return found;
}

static bool
field_match(struct filter *f, const struct node *n, struct query *q,
	    const struct query_item *item)
{
	struct field field;
	const uint32_t *list;
	size_t count;

	if (n->field.of == QUERY_STREAM)
		return stream_field_match(f, n, q, item);
	if (n->field.of == QUERY_CALL && n->field.def->get) {
		struct field_value v = field_get(q, &n->field, item);

		return value_test(f, n, &v);
	}
	field = field_of_messages(&n->field);
	if (item->message)
		return message_field_match(f, n, &field, q, item);
	count = query_messages(q, item->call, &list);
	for (size_t i = 0; i < count; i++) {
		struct query_item m = query_message(q, list[i]);

		if (message_field_match(f, n, &field, q, &m))
			return true;
	}
	return false;
}

static struct str
uri_user(struct str text)
{
	struct sip_uri uri;

	sip_uri_parse(text, &uri);
	return uri.user;
}

/** Whether a user is the three digits of a NODE_CODE. Those that are a status
 * must be all of it, others its end. */
static bool
code_is_user(const struct node *n, struct str user)
{
	return n->inside ? number_is_user(n->text, user) : number_eq_user(n->text, user);
}

/* ---- words: each asks one message, a call asks all of its own ---- */

static bool
word_ask(struct filter *f, const struct node *n, struct query *q, const struct query_item *m)
{
	const struct sip_scan *scan;
	const struct path *path;

	switch (n->kind) {
	case NODE_ENDPOINT:
		path = store_path(q->store, m->message->path);
		return endpoint_test(n->literals, &path->src) ||
		       endpoint_test(n->literals, &path->dst);
	case NODE_METHOD:
		return str_eq_ci(store_method_name(q->store, m->message->method), n->text) ||
		       str_eq_ci(store_method_name(q->store, m->message->cseq_method), n->text);
	case NODE_NUMBER:
		scan = query_scan(q, m->index);
		return scan && (number_is_user(n->text, sip_scan_user(scan->from_uri)) ||
				number_is_user(n->text, sip_scan_user(scan->to_uri)) ||
				number_is_user(n->text, uri_user(scan->uri)));
	case NODE_CODE:
		if (m->message->status == n->literals[0].lo)
			return true;
		scan = query_scan(q, m->index);
		return scan && (code_is_user(n, sip_scan_user(scan->from_uri)) ||
				code_is_user(n, sip_scan_user(scan->to_uri)) ||
				code_is_user(n, uri_user(scan->uri)));
	default:
		return pattern_match(n->pattern, query_text(q, m->index), &f->given_up);
	}
}

/** What the index of a call tells already. */
static bool
word_quick(const struct node *n, const struct query *q, const struct call *c)
{
	switch (n->kind) {
	case NODE_METHOD:
		return str_eq_ci(store_method_name(q->store, c->method), n->text);
	case NODE_NUMBER:
		return number_is_user(n->text, call_from_user(c)) ||
		       number_is_user(n->text, call_to_user(c));
	case NODE_CODE:
		return store_call_status(c) == n->literals[0].lo ||
		       code_is_user(n, call_from_user(c)) ||
		       code_is_user(n, call_to_user(c));
	case NODE_WORD:
		/* Placeholders of calls without a Call-ID are not in the text. */
		return str_find_ci(call_id(c), n->text) != SIZE_MAX ||
		       str_find_ci(call_from(c), n->text) != SIZE_MAX ||
		       str_find_ci(call_to(c), n->text) != SIZE_MAX;
	default:
		return false;
	}
}

/** Whether a message can add anything to what is known of its call. */
static bool
word_skips(const struct node *n, const struct message *m)
{
	if (m->flags & MESSAGE_DUPLICATE)
		return n->kind != NODE_ENDPOINT;
	/* Numbers: responses repeat those of their request. */
	return (n->kind == NODE_NUMBER || n->kind == NODE_CODE) &&
	       (!(m->flags & MESSAGE_REQUEST) || (m->flags & MESSAGE_RETRANSMISSION));
}

static bool
word_match(struct filter *f, const struct node *n, struct query *q,
	   const struct query_item *item)
{
	const uint32_t *list;
	size_t count;

	if (item->message)
		return word_ask(f, n, q, item);
	if (!item->call)
		return false;
	if (word_quick(n, q, item->call))
		return true;
	if (!n->inside && (n->kind == NODE_CODE || n->kind == NODE_METHOD))
		return false;
	count = query_messages(q, item->call, &list);
	for (size_t i = 0; i < count; i++) {
		struct query_item m = query_message(q, list[i]);

		if (!word_skips(n, m.message) && word_ask(f, n, q, &m))
			return true;
	}
	return false;
}

static bool
leaf_match(struct filter *f, const struct node *n, struct query *q,
	   const struct query_item *item)
{
	bool field = n->kind == NODE_COMPARE || n->kind == NODE_MATCH || n->kind == NODE_PRESENT;

	return field ? field_match(f, n, q, item) : word_match(f, n, q, item);
}

/* Of a stream: what it tells itself, or any of its calls. */
static bool
stream_match(struct filter *f, const struct node *n, struct query *q,
	     const struct query_item *item)
{
	bool field = n->kind == NODE_COMPARE || n->kind == NODE_MATCH || n->kind == NODE_PRESENT;
	const struct stream_link *link;
	uint32_t cursor = 0;

	if (field && n->field.of == QUERY_STREAM)
		return field_match(f, n, q, item);
	if (n->kind == NODE_ENDPOINT)
		return endpoint_test(n->literals, &item->stream->src) ||
		       endpoint_test(n->literals, &item->stream->dst);
	while ((link = query_next_link(q, item->stream, &cursor)) != NULL) {
		struct query_item call = query_call(q, link->call);

		if (leaf_match(f, n, q, &call))
			return true;
	}
	return false;
}

static bool
node_match(struct filter *f, const struct node *n, struct query *q,
	   const struct query_item *item)
{
	switch (n->kind) {
	case NODE_ALL:
		for (size_t i = 0; i < n->part_count; i++) {
			if (!node_match(f, n->parts[i], q, item))
				return false;
		}
		return true;
	case NODE_ANY:
		for (size_t i = 0; i < n->part_count; i++) {
			if (node_match(f, n->parts[i], q, item))
				return true;
		}
		return false;
	case NODE_NOT:
		return !node_match(f, n->parts[0], q, item);
	case NODE_COMPARE:
	case NODE_MATCH:
	case NODE_PRESENT:
	case NODE_ENDPOINT:
	case NODE_NUMBER:
	case NODE_CODE:
	case NODE_METHOD:
	case NODE_WORD:
		break;
	}
	return item->stream ? stream_match(f, n, q, item) : leaf_match(f, n, q, item);
}

bool
filter_match(struct filter *f, struct query *q, const struct query_item *item)
{
	return node_match(f, f->root, q, item);
}
