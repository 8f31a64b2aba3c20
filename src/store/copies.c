/*
 * Copies of a message.
 *
 * Two messages on one path with the same start line, CSeq, top Via branch and
 * To-tag are one message sent again, or one packet captured again. A message
 * forwarded by a proxy has another top Via or another path, and so is neither.
 *
 * The same packet captured again comes within milliseconds, with an equal IP
 * id, another TTL or another VLAN; without such a sign within a fraction of the
 * shortest interval at which SIP repeats itself (T1, 500 ms, RFC 3261 17.1.1.1).
 *
 * A call keeps a 64-bit filter of the identities it has seen. Only when the bits
 * of a new message are set are its predecessors walked, and no further back than
 * a retransmission can reach (64*T1, 32 s).
 */
#include "store/store_int.h"

#define COPY_REACH	(64 * NS_PER_S)		/* 64*T1 and as much again for delay */
#define COPY_STEPS	256			/* messages looked back at, at most */
#define SIGNED_NEAR	(20 * NS_PER_MS)	/* a duplicate that shows a sign */
#define BARE_NEAR	(1 * NS_PER_MS)		/* one that shows none */

/* Three bits of 64: a call of ten messages is walked for nothing once in fifty. */
static uint64_t
filter_bits(uint32_t identity)
{
	return UINT64_C(1) << (identity & 63) | UINT64_C(1) << (identity >> 6 & 63) |
		UINT64_C(1) << (identity >> 12 & 63);
}

uint32_t
copies_identity(const struct store *s, const struct store_input *in, const struct message *m)
{
	const struct sip_scan *scan = in->scan;
	uint64_t h = (uint64_t)m->path << 32 | s->branch;

	h = hash_u64(h) ^ ((uint64_t)m->cseq << 32 | (uint64_t)m->status << 16 |
			   (uint64_t)m->method << 8 | m->cseq_method);
	/* A provisional response is said again only when all of it is the same:
	 * reliable ones differ by RSeq (RFC 3262 3), others by what they tell. */
	if (m->status >= 100 && m->status < 200)
		h ^= hash_str(scan->rseq) + scan->length;
	return (uint32_t)hash_u64(h ^ hash_str(scan->to_tag)) & 0xffffff;
}

/* The identity is a hash: what the index holds is compared as well. */
static bool
is_same(const struct message *a, const struct message *b)
{
	return a->identity == b->identity && a->path == b->path && a->cseq == b->cseq &&
		a->status == b->status && a->method == b->method &&
		a->cseq_method == b->cseq_method;
}

static bool
is_duplicate(const struct message *first, const struct message *m)
{
	int64_t gap = m->time - first->time;
	bool sign = first->ttl != m->ttl || first->vlan != m->vlan;

	if (first->time == TIME_NONE || m->time == TIME_NONE)
		return false;
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
	uint64_t bits = filter_bits(m->identity);
	uint64_t near_bits = 0;
	uint32_t i = call->last;

	if ((call->seen & bits) != bits) {
		call->seen |= bits;
		return NULL;
	}
	for (int steps = 0; i != MESSAGE_NONE && steps < COPY_STEPS; steps++) {
		const struct message *old = chunks_at(&s->messages, i);

		if (m->time != TIME_NONE && old->time != TIME_NONE &&
		    m->time - old->time > COPY_REACH)
			break;
		near_bits |= filter_bits(old->identity);
		if (is_same(old, m)) {
			/* Against the nearest copy: a retransmission may itself
			 * be captured twice. */
			original = old;
			break;
		}
		i = old->previous;
	}
	if (!original) {
		call->seen = near_bits | bits;
		return NULL;
	}
	if (is_duplicate(original, m)) {
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
