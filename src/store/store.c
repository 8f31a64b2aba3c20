/*
 * Messages and calls in the order of their arrival, found by Call-ID.
 *
 * A message is one entry of a chunked array and is linked to the message of its
 * call before it. Endpoints are kept once per pair (path): a capture has many
 * messages and few pairs. All lookups are by hash; nothing is moved or sorted.
 */
#include "store/store_int.h"

#include "base/mem.h"
#include "store/streams_int.h"

struct store *
store_new(void)
{
	struct store *s = xcalloc(1, sizeof(*s));

	chunks_init(&s->messages, sizeof(struct message));
	chunks_init(&s->calls, sizeof(struct call));
	chunks_init(&s->dialogs, sizeof(struct dialog));
	chunks_init(&s->paths, sizeof(struct path_entry));
	chunks_init(&s->path_refs, sizeof(uint64_t));
	chunks_init(&s->carriages, sizeof(struct carriage_entry));
	chunks_init(&s->events, sizeof(struct event));
	s->media = media_new();
	s->spool_source = UINT32_MAX;
	s->now = TIME_NONE;
	return s;
}

void
store_free(struct store *s)
{
	if (!s)
		return;
	retain_free(s->retain);
	reports_free(s);
	media_free(s->media);
	chunks_release(&s->messages);
	chunks_release(&s->calls);
	chunks_release(&s->dialogs);
	chunks_release(&s->paths);
	chunks_release(&s->path_refs);
	chunks_release(&s->carriages);
	chunks_release(&s->events);
	hash_map_release(&s->call_map);
	hash_map_release(&s->path_map);
	hash_map_release(&s->carriage_map);
	hash_map_release(&s->pair_map);
	hash_map_release(&s->told_map);
	arena_release(&s->text);
	arena_release(&s->frames);
	free(s->highs);
	names_release(&s->names);
	free(s);
}

/* ---- methods ---- */

static NOINLINE uint8_t
method_extension(struct store *s, struct str text)
{
	for (size_t i = 0; i < ARRAY_SIZE(s->methods); i++) {
		if (!s->methods[i].p)
			s->methods[i] = arena_str(&s->text, str_sub(text, 0, 64));
		if (str_eq(s->methods[i], str_sub(text, 0, 64)))
			return (uint8_t)(SIP_METHOD_COUNT + i);
	}
	return SIP_METHOD_OTHER;
}

static inline uint8_t
method_get(struct store *s, uint8_t known, struct str text)
{
	return LIKELY(known != SIP_METHOD_OTHER) ? known : method_extension(s, text);
}

struct str
store_method_name(const struct store *s, uint8_t method)
{
	if (method == SIP_METHOD_OTHER)
		return STR("(other)");
	return method < SIP_METHOD_COUNT ? sip_method_name(method)
		: s->methods[method - SIP_METHOD_COUNT];
}

/* ---- calls ---- */

/* RFC 3261 17.2.3: the branch names the transaction when it has the magic
 * cookie; before that, what the transaction was told by: sent-by and CSeq. */
static uint32_t
branch_hash(const struct sip_scan *scan)
{
	uint64_t h;

	if (scan->branch.n > 7 && memcmp(scan->branch.p, "z9hG4bK", 7) == 0) {
		h = hash_str(scan->branch);
	} else if (scan->via.n) {
		h = hash_str(str_sub(scan->via, 0, str_chr(scan->via, ';')));
		h = hash_u64(h ^ scan->cseq) ^ hash_str(scan->branch);
	} else {
		return 0;
	}
	return (uint32_t)h ? (uint32_t)h : 1;
}

/* A name for a message without Call-ID: by its transaction where it has one, so
 * that a request, its copies and its responses stay together and apart from
 * everybody else's. */
static void
placeholder(struct store *s, const struct sip_scan *scan, struct buf *b)
{
	s->placeholders++;
	if (scan->branch.n)
		buf_printf(b, "(no Call-ID, branch %.*s)", STR_ARG(str_sub(scan->branch, 0, 128)));
	else
		buf_printf(b, "(no Call-ID, %u)", s->placeholders);
}

static void
call_texts(struct store *s, struct call *c, struct str id, const struct sip_scan *scan)
{
	struct str from = str_sub(scan->from_uri, 0, CALL_TEXT_MAX);
	struct str to = str_sub(scan->to_uri, 0, CALL_TEXT_MAX);
	char *text = arena_bytes(&s->text, id.n + from.n + to.n);

	c->text = text;
	c->call_id_n = (uint16_t)id.n;
	c->from_n = (uint16_t)from.n;
	c->to_n = (uint16_t)to.n;
	if (id.n)
		memcpy(text, id.p, id.n);
	if (from.n)
		memcpy(text + id.n, from.p, from.n);
	if (to.n)
		memcpy(text + id.n + from.n, to.p, to.n);
}

/* To be looked into and written to. */
static inline void
prefetch_call(const struct call *c)
{
	const char *line = (const char *)c;

	__builtin_prefetch(line, 1);
	__builtin_prefetch(line + 64, 1);
	__builtin_prefetch(line + 128, 1);
}

static struct call *
call_new(struct store *s, struct str id, const struct message *m, const struct store_input *in)
{
	struct call *c = chunks_add(&s->calls);

	prefetch_call(c + 1);
	c->index = s->calls.n - 1;
	call_texts(s, c, id, in->scan);
	c->first = c->last = MESSAGE_NONE;
	c->path = m->path;
	if (!(m->flags & MESSAGE_REQUEST)) {
		struct store_input back = *in;

		back.src = in->dst;
		back.dst = in->src;
		back.path_hash = 0;
		c->path = path_get(s, &back);
	}
	path_ref(s, c->path);
	c->start = m->time;
	c->end_seen = m->time;
	c->request = c->ringing = c->progress = TIME_NONE;
	c->answered = c->ended = c->waiting = TIME_NONE;
	c->dialogs = CALL_NONE;
	c->streams = c->claims = CALL_NONE;
	c->earlier = c->later = CALL_NONE;
	c->method = m->flags & MESSAGE_REQUEST ? m->method : m->cseq_method;
	c->kind = (uint8_t)machine_kind(m, in->scan);
	c->machine = CALL_STATE_COUNT;
	return c;
}

static uint32_t
find_call(const struct store *s, uint64_t hash, struct str id)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&s->call_map, hash, &cursor)) != HASH_NONE)
		if (str_eq(call_id(store_call(s, i)), id))
			break;
	return i == HASH_NONE ? CALL_NONE : i;
}

uint32_t
store_find_call(const struct store *s, struct str id)
{
	id = str_sub(id, 0, CALL_TEXT_MAX);
	return find_call(s, hash_str(id), id);
}

/* The call that store_expect_soon() saw, when it is the last one with that Call-ID still:
 * others of the batch were added since, and some may have gone. */
static inline struct call *
guessed_call(const struct store *s, const struct store_input *in, struct str id)
{
	struct call *c;

	if (in->call_guess >= s->calls.n)
		return NULL;
	c = chunks_at(&s->calls, in->call_guess);
	return c->later == CALL_NONE && !(c->flags & CALL_LATER_GONE) && str_eq(call_id(c), id)
		? c : NULL;
}

static bool
opens_again(const struct store *s, const struct call *c, const struct message *m,
	    const struct sip_scan *scan)
{
	if (UNLIKELY(c->flags & CALL_LATER_GONE))
		return true;
	return m->method == SIP_METHOD_INVITE && !(m->flags & MESSAGE_TO_TAG) &&
		machine_is_over(s, c, m, scan);
}

/* Another call with that Call-ID, after @p earlier where there is one. */
static struct call *
call_begin(struct store *s, uint64_t hash, struct str id, struct call *earlier,
	   const struct message *m, const struct store_input *in)
{
	struct call *c = call_new(s, id, m, in);

	if (!earlier) {
		hash_map_add_first(&s->call_map, hash, c->index);
	} else {
		hash_map_replace(&s->call_map, hash, earlier->index, c->index);
		c->earlier = earlier->index;
		earlier->later = c->index;
	}
	return c;
}

static struct call *
call_known(struct store *s, uint64_t hash, struct str id)
{
	uint32_t i = find_call(s, hash, id);

	return i != CALL_NONE ? chunks_at(&s->calls, i) : NULL;
}

static NOINLINE struct call *
call_without_id(struct store *s, const struct message *m, const struct store_input *in)
{
	struct buf name = BUF_INIT;
	struct call *c;
	uint64_t hash;

	placeholder(s, in->scan, &name);
	hash = hash_str(buf_str(&name));
	c = call_known(s, hash, buf_str(&name));
	if (!c || opens_again(s, c, m, in->scan)) {
		c = call_begin(s, hash, buf_str(&name), c, m, in);
		c->flags |= CALL_NO_CALL_ID;
	}
	buf_release(&name);
	return c;
}

static struct call *
call_get(struct store *s, uint64_t hash, const struct message *m, const struct store_input *in)
{
	struct str id = str_sub(in->scan->call_id, 0, CALL_TEXT_MAX);
	struct call *c;

	if (UNLIKELY(id.n == 0))
		return call_without_id(s, m, in);
	c = guessed_call(s, in, id);
	if (!c)
		c = call_known(s, hash, id);
	if (!c || opens_again(s, c, m, in->scan))
		c = call_begin(s, hash, id, c, m, in);
	return c;
}

/* ---- messages ---- */

#define MESSAGES_AHEAD	4	/* fresh memory is far away, too */

static void
message_fill(struct store *s, struct message *m, const struct store_input *in)
{
	const struct sip_scan *scan = in->scan;

	unsigned flags = (scan->request ? MESSAGE_REQUEST : 0u) |
		(scan->sdp ? MESSAGE_SDP : 0u) |
		(scan->to_tag.n ? MESSAGE_TO_TAG : 0u) |
		(in->has_ip_id ? MESSAGE_IP_ID : 0u);

	uint32_t path = path_get(s, in);
	struct path_entry *base = s->last_entry;

	if (UNLIKELY(base->path.base != path))
		base = chunks_at(&s->paths, base->path.base);
	path_note(base, s->messages.n - 1);
	s->branch = branch_hash(scan);
	s->to_tag = tag_hash(scan->to_tag);
	__builtin_prefetch(m + MESSAGES_AHEAD, 1);
	/* Field by field: m is fresh memory, and bit fields next to each other
	 * are written at once. */
	m->time = in->time;
	m->offset = in->place.offset & 0xffffffffffffu;
	m->source = in->place.source;
	m->length = in->length;
	m->frame = (uint32_t)in->frame;
	if (UNLIKELY(in->frame > UINT32_MAX || s->high_n > 0))
		carriage_note_high(s, s->messages.n - 1, in);
	m->path = path;
	path_ref(s, path);
	m->previous = MESSAGE_NONE;
	m->cseq = scan->cseq;
	m->flaws = scan->flaws | in->flaws;
	m->identity = copies_identity(s, scan, base->path.base) & 0xffffffu;
	m->ttl = in->ttl;
	m->vlan = in->vlan;
	m->ip_id = in->ip_id;
	m->status = scan->status & 1023u;
	m->flags = flags & 63u;
	m->method = method_get(s, scan->method, scan->method_text);
	m->cseq_method = method_get(s, scan->cseq_method, scan->cseq_method_text);
}

/* Whether messages come on that way in another order than they were sent in: a
 * stream may have had a hole, an agent sends when it likes. */
static bool
may_be_late(const struct store *s, const struct message *m)
{
	const struct path *p = store_path(s, m->path);

	return p->carrier != CARRIER_NONE || p->transport != TRANSPORT_UDP;
}

static void
count(struct store *s, struct call *c, const struct message *m)
{
	uint32_t flaws = m->flaws;

	if (m->flags & MESSAGE_REQUEST)
		s->stats.requests++;
	else
		s->stats.responses++;
	s->stats.bytes += m->length;
	for (; flaws; flaws &= flaws - 1)
		s->stats.flaws[__builtin_ctz(flaws)]++;
	c->messages++;
	c->flaws |= m->flaws;
	if (m->flags & MESSAGE_SDP)
		c->flags |= CALL_HAS_SDP;
	/* TIME_NONE is less than any time, and either both have one or none. */
	if (m->time > c->end_seen) {
		c->end_seen = m->time;
		if (UNLIKELY(c->start == TIME_NONE))
			c->start = m->time;
	} else if (UNLIKELY(m->time < c->start) && m->time != TIME_NONE && may_be_late(s, m)) {
		c->start = m->time;
	}
}

static uint64_t
call_hash(const struct store_input *in)
{
	return hash_str(str_sub(in->scan->call_id, 0, CALL_TEXT_MAX));
}

void
store_expect(const struct store *s, struct store_input *in)
{
	in->call_guess = in->path_guess = HASH_NONE;
	in->path_hash = path_hash(in);
	in->call_hash = call_hash(in);
	hash_map_prefetch(&s->path_map, in->path_hash);
	hash_map_prefetch(&s->call_map, in->call_hash);
}

void
store_expect_soon(const struct store *s, struct store_input *in)
{
	uint32_t i = hash_map_first(&s->call_map, in->call_hash);

	in->call_guess = i;
	if (i != HASH_NONE)
		prefetch_call(chunks_at(&s->calls, i));
	i = hash_map_first(&s->path_map, in->path_hash);
	in->path_guess = i;
	if (i != HASH_NONE)
		__builtin_prefetch(chunks_at(&s->paths, i));
}

void
store_expect_now(const struct store *s, const struct store_input *in)
{
	if (in->call_guess != HASH_NONE) {
		const struct call *c = chunks_at(&s->calls, in->call_guess);

		__builtin_prefetch(c->text);
		__builtin_prefetch(c->text + 63);
		/* One that went has zeroes, and is of no dialog. */
		if (c->dialogs < s->dialogs.n)
			__builtin_prefetch(chunks_at(&s->dialogs, c->dialogs));
	}
}

uint32_t
store_add(struct store *s, const struct store_input *in)
{
	struct message *m = chunks_add(&s->messages);
	uint32_t index = s->messages.n - 1;
	struct call *c;

	if (in->scan->sdp)
		media_expect(s, in->scan);
	message_fill(s, m, in);
	c = call_get(s, in->call_hash ? in->call_hash : call_hash(in), m, in);
	m->call = c->index;
	if (UNLIKELY(carriage_is_needed(s, in)))
		carriage_add(s, index, in);
	if (copies_mark(s, c, m))
		machine_copy(c, m);
	else
		machine_step(s, c, m, in->scan);
	m->previous = c->last;
	c->last = index;
	if (c->first == MESSAGE_NONE)
		c->first = index;
	count(s, c, m);
	if (in->scan->sdp)
		media_learn(s, c, index);
	else if (UNLIKELY(m->method == SIP_METHOD_INFO))
		media_learn_info(s, c, index, in->scan);
	if (UNLIKELY(m->method == SIP_METHOD_PUBLISH || m->method == SIP_METHOD_NOTIFY))
		reports_learn_vq(s, index, in->scan);
	if (m->time != TIME_NONE && m->time > s->now)
		s->now = m->time;
	return index;
}

/* ---- asking ---- */

void
store_clock(struct store *s, int64_t now)
{
	if (now > s->now)
		s->now = now;
}

int64_t
store_now(const struct store *s)
{
	return s->now;
}

uint32_t
store_call_count(const struct store *s)
{
	return s->calls.n;
}

uint32_t
store_message_count(const struct store *s)
{
	return s->messages.n;
}

const struct call *
store_call(const struct store *s, uint32_t i)
{
	if (i >= s->calls.n)
		return NULL;
	return UNLIKELY(store_call_is_gone(s, i)) ? &call_gone : chunks_at(&s->calls, i);
}

const struct message *
store_message(const struct store *s, uint32_t i)
{
	if (i >= s->messages.n)
		return NULL;
	return UNLIKELY(store_message_is_gone(s, i)) ? &message_gone : chunks_at(&s->messages, i);
}

size_t
store_call_messages(const struct store *s, const struct call *c, uint32_t **list, size_t *cap)
{
	size_t n = c->messages;

	ARRAY_GROW(*list, *cap, n);
	for (uint32_t i = c->last; i != MESSAGE_NONE; i = store_message(s, i)->previous)
		(*list)[--n] = i;
	return c->messages;
}

void
store_stats(const struct store *s, struct store_stats *stats)
{
	*stats = s->stats;
}

void
store_set_reader(struct store *s, store_read_fn *read, void *ctx)
{
	s->read = read;
	s->read_ctx = ctx;
}

int
store_read(const struct store *s, struct place place, size_t n, struct buf *to, struct err *err)
{
	buf_clear(to);
	if (!s->read)
		return err_set(err, "no reader for the text of messages");
	if (s->read(s->read_ctx, place, buf_reserve(to, n), n, err) != 0)
		return -1;
	to->n = n;
	to->p[to->n] = '\0';
	return 0;
}

int
store_text(const struct store *s, const struct message *m, struct buf *to, struct err *err)
{
	struct place place = { .offset = m->offset, .source = m->source };

	return store_read(s, place, m->length, to, err);
}
