/*
 * Reassembly of IP fragments.
 *
 * A datagram is one buffer, as large as the highest end of a fragment seen, and
 * one bit for each eight bytes of it: fragments begin at multiples of eight and
 * end at one unless they are the last. A fragment is copied into the blocks
 * that are still free; blocks that are taken keep their bytes (first come), and
 * other bytes for them are a flaw. The datagram is whole when its last fragment
 * was seen and all blocks below that end are taken.
 *
 * A fragment that the snaplen cut takes all its blocks; the lowest byte that
 * is missing in this way is cut_at, and the datagram's payload ends there.
 *
 * Waiting datagrams are in a map by key, and in a list by the time of their
 * first fragment. A whole one moves to a ring of the last few ("echoes"), where
 * its bytes can be borrowed until the next call and, later, be compared with:
 * captures hold packets twice, and after A A B B the second B is alone. A
 * datagram that holds nothing but bytes of its echo is such a rest, and is not
 * reported as incomplete. When it does become whole, the whole datagram was
 * there twice, and is given twice.
 *
 * Those that have waited too long, or made room for others, are in the list of
 * given up ones until decode_expired() takes them.
 */
#include "decode/decode_int.h"

#include "base/mem.h"

#define FRAGMENT_WAIT_NS	(30 * NS_PER_S)
#define FRAGMENT_CAP_DEFAULT	(64u << 20)
#define GIVEN_UP_MAX		1024
#define BUFFER_MIN		4096u

struct datagram {
	struct fragment_key key;
	uint64_t hash;
	struct datagram *prev, *next;	/**< by age; next also among given up */
	uint32_t slot;
	uint8_t *data;
	uint32_t cap;
	uint32_t size;		/**< by the last fragment; 0: not seen */
	uint32_t end;		/**< highest end of a fragment */
	uint32_t filled;	/**< blocks taken */
	uint32_t cut_at;	/**< lowest byte not captured; UINT32_MAX: none */
	uint32_t fragments;	/**< that brought something */
	uint32_t flaws;		/**< enum segment_flaw */
	int64_t first_time;
	int64_t last_time;	/**< of the fragment seen last, like frame, source */
	uint64_t frame;
	uint16_t source;
	uint8_t protocol;	/**< of the first fragment */
	uint8_t ttl;
	bool first;		/**< the first fragment was seen */
	bool ip6;
	bool echo;		/**< holds only bytes of the datagram finished before */
	struct stamp *stamps;	/**< of the records of all its fragments */
	size_t stamp_n, stamp_cap;
	uint64_t taken[FRAGMENT_BLOCKS / 64];
};

void
fragments_init(struct fragments *f, struct counts *counts)
{
	*f = (struct fragments){
		.counts = counts, .free_slot = HASH_NONE, .cap = FRAGMENT_CAP_DEFAULT,
	};
}

static void
datagram_free(struct datagram *g)
{
	if (g) {
		free(g->data);
		free(g->stamps);
	}
	free(g);
}

/* What it takes while it waits. */
static size_t
datagram_bytes(const struct datagram *g)
{
	return sizeof(*g) + g->cap + g->stamp_cap * sizeof(*g->stamps);
}

void
fragments_drop_taken(struct fragments *f)
{
	datagram_free(f->taken);
	f->taken = NULL;
}

void
fragments_release(struct fragments *f)
{
	for (size_t i = 0; i < f->nslots; i++)
		datagram_free(f->slots[i]);
	for (size_t i = 0; i < FRAGMENT_ECHOES; i++)
		datagram_free(f->echoes[i]);
	while (f->given_up) {
		struct datagram *g = f->given_up;

		f->given_up = g->next;
		datagram_free(g);
	}
	fragments_drop_taken(f);
	hash_map_release(&f->map);
	free(f->slots);
	free(f->next_free);
}

/* ---- the map and the list of those that wait ---- */

static uint32_t
slot_take(struct fragments *f)
{
	uint32_t slot = f->free_slot;

	if (slot != HASH_NONE) {
		f->free_slot = f->next_free[slot];
		return slot;
	}
	ARRAY_GROW(f->slots, f->slots_cap, f->nslots + 1);
	ARRAY_GROW(f->next_free, f->next_free_cap, f->nslots + 1);
	return (uint32_t)f->nslots++;
}

static struct datagram *
waiting_find(const struct fragments *f, const struct fragment_key *key, uint64_t hash)
{
	size_t cursor = 0;
	uint32_t slot;

	while ((slot = hash_map_next(&f->map, hash, &cursor)) != HASH_NONE) {
		struct datagram *g = f->slots[slot];

		if (g->hash == hash && memcmp(&g->key, key, sizeof(*key)) == 0)
			return g;
	}
	return NULL;
}

static void
waiting_add(struct fragments *f, struct datagram *g)
{
	g->slot = slot_take(f);
	f->slots[g->slot] = g;
	hash_map_add(&f->map, g->hash, g->slot);
	g->prev = f->newest;
	if (f->newest)
		f->newest->next = g;
	else
		f->oldest = g;
	f->newest = g;
	f->bytes += datagram_bytes(g);
}

static void
waiting_remove(struct fragments *f, struct datagram *g)
{
	if (!hash_map_remove(&f->map, g->hash, g->slot))
		BUG("a waiting datagram is not in the map");
	f->slots[g->slot] = NULL;
	f->next_free[g->slot] = f->free_slot;
	f->free_slot = g->slot;
	if (g->prev)
		g->prev->next = g->next;
	else
		f->oldest = g->next;
	if (g->next)
		g->next->prev = g->prev;
	else
		f->newest = g->prev;
	g->prev = g->next = NULL;
	f->bytes -= datagram_bytes(g);
}

/* Move @p g from those that wait to those given up. */
static void
waiting_give_up(struct fragments *f, struct datagram *g)
{
	waiting_remove(f, g);
	if (f->ngiven_up == GIVEN_UP_MAX) {
		struct datagram *lost = f->given_up;

		f->given_up = lost->next;
		f->ngiven_up--;
		f->counts->flaws[FLAW_FRAGMENT_UNTAKEN]++;
		datagram_free(lost);
	}
	if (f->given_up)
		f->given_up_last->next = g;
	else
		f->given_up = g;
	f->given_up_last = g;
	f->ngiven_up++;
}

/* Give the oldest up until @p bytes more fit under the cap. One datagram is
 * always let live: @p keep. */
static void
waiting_make_room(struct fragments *f, size_t bytes, const struct datagram *keep)
{
	while (f->oldest && f->bytes + bytes > f->cap) {
		struct datagram *g = f->oldest != keep ? f->oldest : keep->next;

		if (!g)
			return;
		if (!g->echo)
			f->counts->flaws[FLAW_FRAGMENT_CAP]++;
		waiting_give_up(f, g);
	}
}

/* Whether @p now is more than the waiting time after @p then. */
static bool
waited(int64_t then, int64_t now)
{
	if (now == INT64_MAX)
		return true;
	if (then == TIME_NONE || now == TIME_NONE || now <= then)
		return false;
	return (uint64_t)now - (uint64_t)then > (uint64_t)FRAGMENT_WAIT_NS;
}

/* ---- echoes ---- */

static const struct datagram *
echo_find(const struct fragments *f, const struct fragment_key *key, uint64_t hash)
{
	for (size_t i = 0; i < FRAGMENT_ECHOES; i++) {
		const struct datagram *g = f->echoes[i];

		if (f->echo_hashes[i] == hash && g && memcmp(&g->key, key, sizeof(*key)) == 0)
			return g;
	}
	return NULL;
}

/* Whether the fragment at which the packet stands is one of @p whole. */
static bool
echo_matches(const struct datagram *whole, const struct packet *pk,
	     const struct fragment *part)
{
	uint32_t end = part->offset + pk->wire;
	uint32_t captured = part->offset + pk->n;

	if (end > whole->size || (end == whole->size) == part->more)
		return false;
	if (captured > whole->cut_at)
		captured = whole->cut_at;
	return captured <= part->offset ||
	       memcmp(whole->data + part->offset, pk->p, captured - part->offset) == 0;
}

static void
echo_add(struct fragments *f, struct datagram *g)
{
	size_t i = f->next_echo;

	f->next_echo = (i + 1) % FRAGMENT_ECHOES;
	datagram_free(f->echoes[i]);
	f->echoes[i] = g;
	f->echo_hashes[i] = g->hash;
}

/* ---- one datagram ---- */

static void
datagram_reserve(struct fragments *f, struct datagram *g, uint32_t end)
{
	uint32_t cap = g->cap;

	if (end <= cap)
		return;
	while (cap < end)
		cap = cap < BUFFER_MIN ? BUFFER_MIN : cap * 2;
	waiting_make_room(f, cap - g->cap, g);
	g->data = xrealloc(g->data, cap);
	f->bytes += cap - g->cap;
	g->cap = cap;
}

/* Remember the records that brought the fragment: more than one where it came in
 * fragments itself. */
static void
datagram_stamp(struct fragments *f, struct datagram *g, const struct packet *pk)
{
	struct stamp own = {
		.time = pk->seg->time, .frame = pk->seg->frame, .source = pk->seg->source,
	};
	const struct stamp *stamps = pk->stamp_n > 0 ? pk->stamps : &own;
	size_t n = pk->stamp_n > 0 ? pk->stamp_n : 1, cap = g->stamp_cap;

	if (n > FRAGMENT_STAMPS - g->stamp_n)
		n = FRAGMENT_STAMPS - g->stamp_n;
	ARRAY_GROW(g->stamps, g->stamp_cap, g->stamp_n + n);
	f->bytes += (g->stamp_cap - cap) * sizeof(*g->stamps);
	memcpy(g->stamps + g->stamp_n, stamps, n * sizeof(*stamps));
	g->stamp_n += n;
}

static struct datagram *
datagram_new(struct fragments *f, const struct packet *pk,
	     const struct fragment_key *key, uint64_t hash)
{
	struct datagram *g;

	waiting_make_room(f, sizeof(*g), NULL);
	g = xcalloc(1, sizeof(*g));
	g->key = *key;
	g->hash = hash;
	g->cut_at = UINT32_MAX;
	g->first_time = pk->seg->time;
	waiting_add(f, g);
	return g;
}

static inline bool
block_taken(const struct datagram *g, uint32_t block)
{
	return g->taken[block / 64] >> block % 64 & 1;
}

/* Take the blocks from @p from to before @p to, all of which are free. */
static void
blocks_take(struct datagram *g, uint32_t from, uint32_t to)
{
	g->filled += to - from;
	while (from < to) {
		uint32_t low = from % 64, n = 64 - low < to - from ? 64 - low : to - from;
		uint64_t mask = n == 64 ? UINT64_MAX : ((UINT64_C(1) << n) - 1) << low;

		g->taken[from / 64] |= mask;
		from += n;
	}
}

/*
 * Put the fragment into the blocks that are free. @return whether there were
 * any; *conflict when a taken one has other bytes.
 */
static bool
datagram_fill(struct datagram *g, const struct packet *pk, uint32_t offset, bool *conflict)
{
	uint32_t end = offset + pk->wire, captured = offset + pk->n;
	uint32_t before = g->filled;

	if (offset >= g->end) {
		/* The usual case: in order. */
		memcpy(g->data + offset, pk->p, pk->n);
		blocks_take(g, offset / 8, (end + 7) / 8);
		if (captured < end && captured < g->cut_at)
			g->cut_at = captured;
		return true;
	}
	for (uint32_t at = offset; at < end; at += 8) {
		uint32_t to = at + 8 < captured ? at + 8 : captured;
		const uint8_t *bytes = pk->p + (at - offset);

		if (!block_taken(g, at / 8)) {
			blocks_take(g, at / 8, at / 8 + 1);
			if (at < to)
				memcpy(g->data + at, bytes, to - at);
			continue;
		}
		if (to > g->cut_at)
			to = g->cut_at;
		if (at < to && memcmp(g->data + at, bytes, to - at) != 0)
			*conflict = true;
	}
	if (captured < end && captured < g->cut_at)
		g->cut_at = captured;
	return g->filled != before;
}

/* Whether the end of the fragment fits what other fragments said of the size. */
static bool
datagram_end_fits(const struct datagram *g, const struct fragment *part, uint32_t end)
{
	if (g->size && end > g->size)
		return false;
	if (part->more)
		return !g->size || end <= g->size;
	return g->size ? end == g->size : end >= g->end;
}

static void
datagram_add(struct fragments *f, struct datagram *g, const struct packet *pk,
	     const struct fragment *part)
{
	uint32_t end = part->offset + pk->wire;
	bool conflict = false;

	datagram_stamp(f, g, pk);
	g->last_time = pk->seg->time;
	g->frame = pk->seg->frame;
	g->source = pk->seg->source;
	g->flaws |= pk->flaws;
	if (!datagram_end_fits(g, part, end)) {
		conflict = true;
	} else {
		datagram_reserve(f, g, end);
		if (!datagram_fill(g, pk, part->offset, &conflict))
			f->counts->flaws[FLAW_FRAGMENT_DUPLICATE]++;
		else
			g->fragments++;
		if (end > g->end)
			g->end = end;
		if (!part->more)
			g->size = end;
		if (part->offset == 0 && !g->first) {
			g->first = true;
			g->protocol = part->protocol;
			g->ttl = pk->ttl;
			g->ip6 = part->ip6;
		}
	}
	if (conflict) {
		g->flaws |= SEGMENT_FLAW_OVERLAP;
		f->counts->flaws[FLAW_FRAGMENT_OVERLAP]++;
	}
}

/* Let the packet stand at the start of what the datagram has. */
static enum layer
datagram_open(struct packet *pk, const struct datagram *g, uint32_t n, uint32_t wire)
{
	pk->p = g->data;
	pk->n = n < g->cut_at ? n : g->cut_at;
	pk->wire = wire;
	pk->in_record = false;
	pk->flaws |= g->flaws;
	pk->fragments = g->fragments;
	pk->stamps = g->stamps;
	pk->stamp_n = g->stamp_n;
	pk->type = g->protocol;
	return g->ip6 ? LAYER_PAYLOAD6 : LAYER_PAYLOAD4;
}

static struct fragment_key
fragment_key(const struct packet *pk, const struct fragment *part)
{
	struct fragment_key key;

	memset(&key, 0, sizeof(key));
	key.src = pk->seg->src.addr;
	key.dst = pk->seg->dst.addr;
	key.id = part->id;
	key.vlan = pk->vlan;
	key.protocol = part->ip6 ? 0 : part->protocol;
	key.tunnels = pk->tunnels;
	return key;
}

/* The waiting datagram this fragment belongs to, new when there was none. */
static struct datagram *
fragment_datagram(struct fragments *f, const struct packet *pk,
		  const struct fragment *part)
{
	struct fragment_key key = fragment_key(pk, part);
	uint64_t hash = hash_bytes(&key, sizeof(key));
	struct datagram *g = waiting_find(f, &key, hash);
	const struct datagram *whole;

	if (g && waited(g->first_time, pk->seg->time)) {
		waiting_give_up(f, g);
		g = NULL;
	}
	if (g && !g->echo)
		return g;

	whole = echo_find(f, &key, hash);
	if (whole && !echo_matches(whole, pk, part))
		whole = NULL;
	if (g && !whole) {
		/* The rest of a copy met another datagram with its id. */
		f->counts->flaws[FLAW_FRAGMENT_DUPLICATE] += g->fragments;
		waiting_remove(f, g);
		datagram_free(g);
		g = NULL;
	}
	if (!g)
		g = datagram_new(f, pk, &key, hash);
	g->echo = whole != NULL;
	return g;
}

enum layer
fragment_add(struct packet *pk, const struct fragment *part)
{
	struct fragments *f = &pk->d->fragments;
	struct datagram *g;

	if (pk->wire == 0 || (part->more && pk->wire % 8 != 0))
		return packet_bad(pk, FLAW_FRAGMENT_LENGTH);
	if (pk->wire > FRAGMENT_BYTES_MAX || part->offset + pk->wire > FRAGMENT_BYTES_MAX)
		return packet_bad(pk, FLAW_FRAGMENT_END);

	g = fragment_datagram(f, pk, part);
	datagram_add(f, g, pk, part);
	if (g->size == 0 || g->filled != (g->size + 7) / 8)
		return LAYER_HELD;
	waiting_remove(f, g);
	echo_add(f, g);
	return datagram_open(pk, g, g->size, g->size);
}

bool
fragments_expired(const struct fragments *f, int64_t now)
{
	return f->given_up || (f->oldest && waited(f->oldest->first_time, now));
}

/* Bytes from the start without a hole. */
static uint32_t
datagram_contiguous(const struct datagram *g)
{
	uint32_t block = 0;

	while (block < FRAGMENT_BLOCKS && block_taken(g, block))
		block++;
	return block * 8 < g->end ? block * 8 : g->end;
}

/* How long the datagram was on the wire. Without its last fragment that is not
 * known, and the headers inside shall say; TCP and those like it cannot. */
static uint32_t
datagram_wire(const struct datagram *g, uint32_t n)
{
	if (g->size)
		return g->size;
	switch (g->protocol) {
	case SEGMENT_TCP:
	case SEGMENT_SCTP:
	case SEGMENT_ICMP:
	case SEGMENT_ICMP6:
		return n;
	}
	return FRAGMENT_BYTES_MAX;
}

enum layer
fragment_give_up(struct packet *pk, int64_t now)
{
	struct fragments *f = &pk->d->fragments;
	struct segment *seg = pk->seg;
	struct datagram *g;
	uint32_t n;

	if (!f->given_up && f->oldest && waited(f->oldest->first_time, now))
		waiting_give_up(f, f->oldest);
	g = f->given_up;
	if (!g)
		BUG("no datagram to give up");
	f->given_up = g->next;
	f->ngiven_up--;
	f->taken = g;

	if (g->echo) {
		f->counts->flaws[FLAW_FRAGMENT_DUPLICATE] += g->fragments;
		return LAYER_OTHER;
	}
	if (!g->first)
		return packet_bad(pk, FLAW_FRAGMENT_NO_FIRST);
	f->counts->flaws[FLAW_FRAGMENT_MISSING]++;
	seg->src.addr = g->key.src;
	seg->dst.addr = g->key.dst;
	seg->time = g->last_time;
	seg->frame = g->frame;
	seg->source = g->source;
	pk->ip_id = (uint16_t)g->key.id;
	pk->vlan = g->key.vlan;
	pk->tunnels = g->key.tunnels;
	pk->ttl = g->ttl;
	pk->flaws = SEGMENT_FLAW_FRAGMENTS;
	n = datagram_contiguous(g);
	return datagram_open(pk, g, n, datagram_wire(g, n));
}
