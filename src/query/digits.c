#include "query/digits.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "media/dtmf.h"
#include "sip/type.h"

#define AGAIN_SPAN	NS_PER_S	/* two tellings of one digit are at most that far apart */
#define AGAIN_BACK	64u	/* digits looked back through */

void
query_digits_release(struct query_digits *d)
{
	free(d->list);
	*d = (struct query_digits){ .list = NULL };
}

static struct query_digit *
digits_add(struct query_digits *d)
{
	ARRAY_GROW(d->list, d->cap, d->n + 1);
	d->list[d->n] = (struct query_digit){ .side = CALL_SIDE_NONE };
	return &d->list[d->n++];
}

/* ---- streams ---- */

static void
streams_read(struct query *q, const struct call *c, struct query_digits *d)
{
	const struct stream_link **links = NULL;
	const struct digit **list = NULL;
	size_t link_cap = 0, cap = 0, n, link_n;

	link_n = store_call_streams(q->store, c, &links, &link_cap);
	for (size_t i = 0; i < link_n; i++) {
		const struct stream *st = store_stream(q->store, links[i]->stream);

		/* It may have two m= lines: they are told one after the other. */
		if (i > 0 && links[i - 1]->stream == links[i]->stream)
			continue;
		n = store_stream_digits(q->store, st, &list, &cap);
		for (size_t j = 0; j < n; j++) {
			struct query_digit *to = digits_add(d);

			to->digit = *list[j];
			to->side = links[i]->side;
		}
	}
	free(links);
	free(list);
}

/* ---- messages ---- */

/* What is needed while the messages of a call are read. */
struct messages {
	struct query *q;
	struct query_digits *digits;
	bool has_tags;
	uint64_t caller;	/* hash of its tag; 0: none */
	struct hash_map seen;	/* of requests, to their place in keys */
	uint64_t *keys;
	size_t key_n, key_cap;
};

static uint64_t
tag_hash(struct str tag)
{
	return tag.n > 0 ? hash_str(tag) : 0;
}

/* The sides are told by the tags that the first message has; it is read when it is
 * needed, which it is for few calls. */
static enum call_side
message_side(struct messages *m, const struct call *c, uint64_t from, uint64_t to)
{
	const struct sip_scan *scan;

	if (!m->has_tags) {
		m->has_tags = true;
		scan = query_scan(m->q, c->first);
		m->caller = scan ? tag_hash(scan->from_tag) : 0;
	}
	if (m->caller == 0)
		return CALL_SIDE_NONE;
	if (from == m->caller)
		return CALL_SIDE_CALLER;
	return to == m->caller ? CALL_SIDE_CALLEE : CALL_SIDE_NONE;
}

/* Whether a request was read before: its sender's tag and CSeq. */
static bool
message_is_known(struct messages *m, const struct message *msg, uint64_t from)
{
	uint64_t key = hash_u64(from ^ hash_u64((uint64_t)msg->method << 32 | msg->cseq));
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&m->seen, key, &cursor)) != HASH_NONE)
		if (m->keys[i] == key)
			return true;
	hash_map_add(&m->seen, key, (uint32_t)m->key_n);
	ARRAY_GROW(m->keys, m->key_cap, m->key_n + 1);
	m->keys[m->key_n++] = key;
	return false;
}

/* The digits of a body, or of the first part that has some. */
static enum dtmf_body
body_read(const struct sip_scan *scan, struct dtmf_told *told)
{
	struct sip_type type;
	struct sip_parts parts;
	struct sip_part part;
	enum dtmf_body kind;

	sip_type_parse(scan->content_type, &type);
	kind = dtmf_body_of(type.type, type.subtype);
	if (kind != DTMF_BODY_COUNT)
		return dtmf_body_read(kind, scan->body, told) ? kind : DTMF_BODY_COUNT;
	if (!str_eq_ci(type.type, STR("multipart")))
		return DTMF_BODY_COUNT;
	sip_parts_of(&type, scan->body, &parts);
	while (sip_part_next(&parts, &part)) {
		sip_type_parse(part.content_type, &type);
		kind = dtmf_body_of(type.type, type.subtype);
		if (kind != DTMF_BODY_COUNT && dtmf_body_read(kind, part.body, told))
			return kind;
	}
	return DTMF_BODY_COUNT;
}

static void
message_read(struct messages *m, const struct call *c, uint32_t i)
{
	const struct message *msg = store_message(m->q->store, i);
	const struct sip_scan *scan;
	struct dtmf_told told;
	enum dtmf_body kind;
	uint64_t from, to;
	uint8_t side;

	if (!(msg->flags & MESSAGE_REQUEST) ||
	    (msg->flags & (MESSAGE_RETRANSMISSION | MESSAGE_DUPLICATE)) ||
	    (msg->method != SIP_METHOD_INFO && msg->method != SIP_METHOD_NOTIFY))
		return;
	scan = query_scan(m->q, i);
	if (!scan)
		return;
	kind = body_read(scan, &told);
	from = tag_hash(scan->from_tag);
	to = tag_hash(scan->to_tag);
	if (kind == DTMF_BODY_COUNT || message_is_known(m, msg, from))
		return;
	side = (uint8_t)message_side(m, c, from, to);
	m->digits->more = m->digits->more || told.more;
	for (uint32_t j = 0; j < told.n; j++) {
		struct query_digit *d = digits_add(m->digits);

		d->side = side;
		d->digit = (struct digit){
			.time = msg->time, .duration = told.duration, .stream = STREAM_NONE,
			.message = i, .number = j, .text = { told.digits[j] },
			.event = (uint8_t)dtmf_event_of(told.digits[j]), .volume = 1,
			.source = kind == DTMF_BODY_KPML ? DIGIT_KPML : DIGIT_INFO,
			.ended = true, .packets = 1,
		};
	}
}

static void
messages_read(struct query *q, const struct call *c, struct query_digits *d)
{
	struct messages m = { .q = q, .digits = d };
	const uint32_t *list;
	size_t n = query_messages(q, c, &list);

	for (size_t i = 0; i < n; i++)
		message_read(&m, c, list[i]);
	hash_map_release(&m.seen);
	free(m.keys);
}

/* ---- together ---- */

static int
digit_order(const void *a, const void *b)
{
	const struct digit *x = &((const struct query_digit *)a)->digit;
	const struct digit *y = &((const struct query_digit *)b)->digit;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->stream != y->stream)
		return x->stream < y->stream ? -1 : 1;
	if (x->message != y->message)
		return x->message < y->message ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* What told a digit: a stream, or all messages of one kind. Above 0. */
static uint64_t
digit_teller(const struct digit *d)
{
	return d->stream != STREAM_NONE ? (uint64_t)d->stream + DIGIT_SOURCE_COUNT : d->source;
}

/* Mark what was told before by another teller. Each of its digits stands for one of
 * another's, so that a key pressed twice is not taken for one. */
static void
again_mark(struct query_digits *all, size_t i)
{
	struct query_digit *d = &all->list[i];
	uint64_t teller = digit_teller(&d->digit);
	size_t from = i > AGAIN_BACK ? i - AGAIN_BACK : 0;

	for (size_t j = from; j < i; j++) {
		struct query_digit *e = &all->list[j];

		if (e->again || e->side != d->side || e->digit.event != d->digit.event ||
		    digit_teller(&e->digit) == teller || e->again_by == teller ||
		    span_between(e->digit.time, d->digit.time) > AGAIN_SPAN)
			continue;
		e->again_by = teller;
		d->again = true;
		return;
	}
}

size_t
query_call_digits(struct query *q, const struct call *c, struct query_digits *d)
{
	d->n = 0;
	d->more = false;
	streams_read(q, c, d);
	messages_read(q, c, d);
	if (d->n > 0)
		qsort(d->list, d->n, sizeof(*d->list), digit_order);
	for (size_t i = 0; i < d->n; i++)
		again_mark(d, i);
	return d->n;
}

void
query_digits_text(const struct query_digits *d, enum call_side side, struct buf *to)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct query_digit *x = &d->list[i];

		if (!x->again && (side == CALL_SIDE_NONE || x->side == side))
			buf_add_cstr(to, x->digit.text);
	}
}
