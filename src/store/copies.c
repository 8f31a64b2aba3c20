/*
 * Copies of a message.
 *
 * Two messages on one path with the same start line, CSeq, top Via branch and
 * To-tag are one message sent again, or one packet captured again. A message
 * forwarded by a proxy has another top Via or another path, and so is neither.
 *
 * The same packet captured again comes within milliseconds, with an equal IP
 * id, another TTL or another VLAN, or through another capture agent; without such
 * a sign within a fraction of the shortest interval at which SIP repeats itself
 * (T1, 500 ms, RFC 3261 17.1.1.1). What agents send may come in any order: there
 * all copies are looked at for one that is near, not only the last.
 *
 * A call keeps a small filter of the identities it has seen. Only when the bits
 * of a new message are set are its predecessors walked, and no further back than
 * a retransmission can reach (64*T1, 32 s).
 */
#include "store/store_int.h"

#define COPY_REACH	(64 * NS_PER_S)		/* 64*T1 and as much again for delay */
#define COPY_STEPS	256			/* messages looked back at, at most */
#define SIGNED_NEAR	(20 * NS_PER_MS)	/* a duplicate that shows a sign */
#define BARE_NEAR	(1 * NS_PER_MS)		/* one that shows none */

/* Two bits in each of two words: of calls with ten messages one in a hundred new ones
 * is looked for in vain. */
struct filter {
	uint64_t bits[2];
};

static struct filter
filter_of(uint32_t identity)
{
	return (struct filter){ {
		UINT64_C(1) << (identity & 63) | UINT64_C(1) << (identity >> 6 & 63),
		UINT64_C(1) << (identity >> 12 & 63) | UINT64_C(1) << (identity >> 18 & 63),
	} };
}

static bool
filter_has(const uint64_t seen[2], const struct filter *f)
{
	return (seen[0] & f->bits[0]) == f->bits[0] && (seen[1] & f->bits[1]) == f->bits[1];
}

static void
filter_add(uint64_t seen[2], const struct filter *f)
{
	seen[0] |= f->bits[0];
	seen[1] |= f->bits[1];
}

uint32_t
copies_identity(const struct store *s, const struct sip_scan *scan, uint32_t base)
{
	uint64_t h = hash_two((uint64_t)base << 32 | s->branch,
			      (uint64_t)scan->cseq << 32 | (uint64_t)scan->status << 16 |
			      (uint64_t)scan->method << 8 | scan->cseq_method);

	/* A provisional response is said again only when all of it is the same:
	 * reliable ones differ by RSeq (RFC 3262 3), others by what they tell. */
	if (scan->status >= 100 && scan->status < 200)
		h ^= hash_str(scan->rseq) + scan->length;
	return ((uint32_t)h ^ s->to_tag) & 0xffffff;
}

/* The identity is a hash: what the index holds is compared as well. */
static bool
is_same(const struct store *s, const struct message *a, const struct message *b)
{
	return a->identity == b->identity && a->cseq == b->cseq &&
		(a->path == b->path || path_base(s, a->path) == path_base(s, b->path)) &&
		a->status == b->status && a->method == b->method &&
		a->cseq_method == b->cseq_method;
}

static bool
is_duplicate(const struct message *first, const struct message *m)
{
	int64_t gap;
	bool sign = first->ttl != m->ttl || first->vlan != m->vlan || first->path != m->path;

	if (first->time == TIME_NONE || m->time == TIME_NONE)
		return false;
	gap = span_between(first->time, m->time);
	if (gap < 0)
		gap = -gap;
	if ((first->flags & m->flags & MESSAGE_IP_ID) && first->ip_id) {
		if (first->ip_id == m->ip_id)
			sign = true;
		else if (!sign)
			return false;	/* two packets from one sender */
	}
	return gap <= (sign ? SIGNED_NEAR : BARE_NEAR);
}

static void
message_flag(struct message *m, enum message_flag flag)
{
	m->flags = (m->flags | (unsigned)flag) & 63u;
}

const struct message *
copies_mark(struct store *s, struct call *call, struct message *m)
{
	const struct message *original = NULL;
	struct filter own = filter_of(m->identity), old_one;
	uint64_t near[2] = { 0, 0 };
	uint32_t i = call->last;
	bool twice = false;

	if (!filter_has(call->seen, &own)) {
		filter_add(call->seen, &own);
		return NULL;
	}
	for (int steps = 0; i != MESSAGE_NONE && steps < COPY_STEPS; steps++) {
		const struct message *old = chunks_at(&s->messages, i);

		if (m->time != TIME_NONE && old->time != TIME_NONE &&
		    m->time - old->time > COPY_REACH)
			break;
		old_one = filter_of(old->identity);
		filter_add(near, &old_one);
		if (is_same(s, old, m)) {
			/* Against the nearest copy: a retransmission may itself
			 * be captured twice. */
			twice = is_duplicate(old, m);
			if (twice || !original)
				original = old;
			if (twice || store_path(s, m->path)->carrier == CARRIER_NONE)
				break;
		}
		i = old->previous;
	}
	if (!original) {
		filter_add(near, &own);
		memcpy(call->seen, near, sizeof(near));
		return NULL;
	}
	if (twice) {
		message_flag(m, MESSAGE_DUPLICATE);
		call->duplicates++;
		s->stats.duplicates++;
	} else {
		message_flag(m, MESSAGE_RETRANSMISSION);
		call->retransmissions++;
		s->stats.retransmissions++;
	}
	return original;
}
