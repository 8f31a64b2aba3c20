/*
 * Rows of packets between two ends with one SSRC, found by hash: the last packet that went
 * on, and points for and against. What makes RTP of it is that sequence numbers go on,
 * one by one; that timestamps go on, in equal steps, as fast as a clock rate in use would;
 * and that the payload type is one in use and the payload as long as the step of timestamps
 * says.
 *
 * Points add up to a percentage by experience: a call by any static codec is beyond doubt
 * after four packets, video of which all are of one picture is believed then, and
 * counters of other protocols need many more to be taken for RTP.
 *
 * Rows are in a list by their last packet: the one that waits longest goes first.
 */
#include "store/candidates.h"

#include "base/chunks.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/time.h"

#define STALE		(2 * NS_PER_S)	/* without a packet: may be given up for another */
#define KEEP_TURNS	16u	/* of so many that find no room one is given it */
#define HELD_FEW	4u	/* packets in the row itself */
#define LONG_MAX	4096u	/* rows that hold more */
#define ROWS_FEW	4096u	/* whose memory stays */
#define STEP_MAX	16	/* sequence numbers missing between two that fit, and more */
#define GAP_MAX		3000	/* the same, where it stays a row all the same */
#define BACK_MAX	8	/* of those that come late */
#define JUMP_MAX	900000	/* of timestamps from packet to packet: 10 s at 90 kHz */
#define FITS_MAX	8u	/* that count */
#define ENOUGH		50	/* points that make a stream */

struct row {
	uint64_t hash;
	int64_t last;		/* time of the last packet */
	uint32_t before, behind;	/* touched earlier, later; NONE. Of a free one .behind is the
					 * next that is free */
	uint8_t n;		/* held; 0: the row is free */
	uint8_t newest;		/* of held: the one with the highest sequence number */
	uint8_t fits;		/* that went on from the one before */
	uint8_t in_row;		/* of these: by one */
	uint8_t moving;		/* of these: timestamps went on */
	uint8_t regular;	/* of these: by the same step as before */
	uint8_t back;		/* timestamps went back */
	uint8_t changes;	/* of the payload type */
	uint8_t types;		/* of these: to one that was not held */
	uint8_t sized;		/* payloads as long as the codec makes of the step */
	uint8_t odd;		/* packets with flaws, or without payload */
	uint32_t step;		/* of timestamps for one sequence number; 0: none yet */
	struct candidate_packet few[HELD_FEW];
	struct candidate_packet *many;	/* CANDIDATE_HELD_MAX, instead of .few; owned; NULL */
};

#define NONE	UINT32_MAX

struct candidates {
	struct chunks rows;	/* struct row */
	struct hash_map map;	/* to those in use */
	uint32_t free;		/* the first one that is; NONE */
	uint32_t oldest, newest;	/* by their last packet; NONE */
	uint32_t rows_max;
	uint32_t long_n;	/* with .many */
	uint32_t turns;		/* that found no room */
	uint64_t unsure;
	struct candidate_packet given[CANDIDATE_HELD_MAX];
};

static void
no_rows(struct candidates *c)
{
	chunks_init(&c->rows, sizeof(struct row));
	c->free = c->oldest = c->newest = NONE;
}

struct candidates *
candidates_new(void)
{
	struct candidates *c = xcalloc(1, sizeof(*c));

	no_rows(c);
	c->rows_max = CANDIDATE_ROWS_MAX;
	return c;
}

static void
release(struct candidates *c)
{
	for (uint32_t i = c->oldest; c->long_n > 0 && i != NONE;) {
		struct row *r = chunks_at(&c->rows, i);

		free(r->many);
		i = r->behind;
	}
	c->long_n = 0;
	chunks_release(&c->rows);
	hash_map_release(&c->map);
	no_rows(c);
}

void
candidates_free(struct candidates *c)
{
	release(c);
	free(c);
}

void
candidates_bound(struct candidates *c, size_t bytes)
{
	size_t rows = bytes / (sizeof(struct row) + 4 * sizeof(struct hash_slot));

	c->rows_max = rows < 64 ? 64 : rows < CANDIDATE_ROWS_MAX ? (uint32_t)rows : CANDIDATE_ROWS_MAX;
}

size_t
candidates_memory(const struct candidates *c)
{
	return sizeof(*c) + chunks_memory(&c->rows) + hash_map_memory(&c->map) +
		c->long_n * sizeof(c->given);
}

uint64_t
candidates_unsure(const struct candidates *c)
{
	return c->unsure;
}

/* Times may be any, where a file lies. */
static int64_t
span(int64_t from, int64_t to)
{
	int64_t gone;

	return __builtin_sub_overflow(to, from, &gone) ? INT64_MAX : gone;
}

/* ---- the rows ---- */

static struct row *
row_at(const struct candidates *c, uint32_t i)
{
	return chunks_at(&c->rows, i);
}

static void
list_remove(struct candidates *c, const struct row *r)
{
	if (r->before != NONE)
		row_at(c, r->before)->behind = r->behind;
	else
		c->oldest = r->behind;
	if (r->behind != NONE)
		row_at(c, r->behind)->before = r->before;
	else
		c->newest = r->before;
}

static void
list_add(struct candidates *c, struct row *r, uint32_t i)
{
	r->before = c->newest;
	r->behind = NONE;
	if (c->newest != NONE)
		row_at(c, c->newest)->behind = i;
	else
		c->oldest = i;
	c->newest = i;
}

/* @return its number; NONE: there is none of that hash. */
static uint32_t
row_find(const struct candidates *c, uint64_t hash)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&c->map, hash, &cursor)) != HASH_NONE)
		if (row_at(c, i)->hash == hash)
			return i;
	return NONE;
}

static void
drop_many(struct candidates *c, struct row *r)
{
	c->long_n -= r->many != NULL;
	free(r->many);
	r->many = NULL;
}

static void
row_free(struct candidates *c, uint32_t i)
{
	struct row *r = row_at(c, i);

	list_remove(c, r);
	hash_map_remove(&c->map, r->hash, i);
	drop_many(c, r);
	r->n = 0;
	r->behind = c->free;
	c->free = i;
	/* What many streams took that began at once is not kept for ever. */
	if (c->oldest == NONE && c->rows.n > ROWS_FEW)
		release(c);
}

static bool
is_stale(const struct row *r, int64_t now)
{
	int64_t gone = span(r->last, now);

	/* It may go back where files are not in order. */
	return gone > STALE || gone < -STALE;
}

/* Room for a new row; NONE: there is none. */
static uint32_t
room(struct candidates *c, int64_t now)
{
	struct row *oldest = c->oldest != NONE ? row_at(c, c->oldest) : NULL;
	uint32_t i;

	/* One that goes on already is worth more than one that may. */
	if (oldest && (is_stale(oldest, now) ||
		       (c->free == NONE && c->rows.n >= c->rows_max && oldest->fits == 0 &&
			++c->turns % KEEP_TURNS == 0)))
		row_free(c, c->oldest);
	i = c->free;
	if (i != NONE) {
		c->free = row_at(c, i)->behind;
		return i;
	}
	if (c->rows.n >= c->rows_max)
		return NONE;
	chunks_add(&c->rows);
	return c->rows.n - 1;
}

/* The row of @hash, the newest one in the list then; NULL: there is no room for it. */
static struct row *
row_get(struct candidates *c, uint64_t hash, int64_t now)
{
	uint32_t i = row_find(c, hash);
	struct row *r;

	if (i != NONE) {
		r = row_at(c, i);
		list_remove(c, r);
	} else {
		i = room(c, now);
		if (i == NONE)
			return NULL;
		r = row_at(c, i);
		r->hash = hash;
		hash_map_add(&c->map, hash, i);
	}
	list_add(c, r, i);
	return r;
}

static struct candidate_packet *
row_held(struct row *r)
{
	return r->many ? r->many : r->few;
}

/* Have room for one more. @return whether there is. */
static bool
row_grow(struct candidates *c, struct row *r)
{
	if (r->n == CANDIDATE_HELD_MAX || (r->n == HELD_FEW && !r->many && c->long_n == LONG_MAX))
		return false;
	if (r->n == HELD_FEW && !r->many) {
		r->many = xmalloc(sizeof(c->given));
		memcpy(r->many, r->few, sizeof(r->few));
		c->long_n++;
	}
	return true;
}

/* Give what is held, and the row back. @return how many. */
static size_t
row_give(struct candidates *c, struct row *r, const struct candidate_packet **held)
{
	size_t n = r->n;

	memcpy(c->given, row_held(r), n * sizeof(*c->given));
	*held = c->given;
	c->unsure -= n;
	row_free(c, row_find(c, r->hash));
	return n;
}

size_t
candidates_take(struct candidates *c, uint64_t hash, const struct candidate_packet **held)
{
	uint32_t i = c->oldest != NONE ? row_find(c, hash) : NONE;

	return i != NONE ? row_give(c, row_at(c, i), held) : 0;
}

/* ---- what fits ---- */

static struct candidate_packet
packet_of(const struct media_input *in, const struct rtp *rtp)
{
	return (struct candidate_packet){
		.time = in->time, .timestamp = rtp->timestamp, .frame = (uint32_t)in->frame,
		.sequence = rtp->sequence,
		.bytes = rtp->payload_length < UINT16_MAX ? (uint16_t)rtp->payload_length
							  : UINT16_MAX,
		.source = in->source, .ip_id = in->ip_id, .has_ip_id = in->has_ip_id,
		.payload_type = rtp->payload_type, .marker = rtp->marker,
	};
}

/* Begin a row with a packet. */
static void
row_begin(struct row *r, const struct candidate_packet *p)
{
	row_held(r)[0] = *p;
	r->n = 1;
	r->newest = r->fits = r->in_row = r->moving = r->regular = r->back = 0;
	r->changes = r->types = r->sized = r->odd = 0;
	r->step = 0;
}

static void
increase(uint8_t *n)
{
	if (*n < UINT8_MAX)
		++*n;
}

/* Whether a payload is as long as its static codec makes of the step of timestamps
 * (RFC 3551 table 4). */
static bool
is_sized(const struct candidate_packet *p, uint32_t step)
{
	switch (p->payload_type) {
	case 0: case 8: case 9:		/* PCMU, PCMA, G.722: 8 bits a sample or tick */
		return p->bytes == step;
	case 3:				/* GSM: 33 bytes for 160 */
		return p->bytes * 160u == step * 33u;
	case 4:				/* G.723: 24 or 20 for 240 */
		return p->bytes * 240u == step * 24u || p->bytes * 240u == step * 20u;
	case 15:			/* G.728: 5 for 20 samples */
		return p->bytes * 4u == step;
	case 18:			/* G.729: 10 for 80 */
		return p->bytes * 8u == step;
	default:
		return false;
	}
}

enum fit {
	FIT_NOT,	/* it begins another row */
	FIT_BESIDE,	/* a copy, or late: of the row, and no proof */
	FIT_FAR,	/* behind a gap: of the row, and no proof */
	FIT_NEXT,
};

static bool
has_type(struct row *r, uint8_t type)
{
	const struct candidate_packet *held = row_held(r);

	for (uint8_t i = 0; i < r->n; i++)
		if (held[i].payload_type == type)
			return true;
	return false;
}

static enum fit
row_fit(struct row *r, const struct candidate_packet *p)
{
	const struct candidate_packet *last = &row_held(r)[r->newest];
	int16_t steps = (int16_t)(p->sequence - last->sequence);
	int32_t jump = (int32_t)(p->timestamp - last->timestamp);

	if (steps == 0)
		return jump == 0 && p->payload_type == last->payload_type ? FIT_BESIDE : FIT_NOT;
	if (steps < 0)
		return steps >= -BACK_MAX && jump <= 0 && jump >= -JUMP_MAX ? FIT_BESIDE : FIT_NOT;
	if (steps > STEP_MAX)
		return steps <= GAP_MAX && jump >= steps && jump <= JUMP_MAX ? FIT_FAR : FIT_NOT;
	if (jump < -JUMP_MAX)
		return FIT_NOT;
	if (jump > JUMP_MAX) {
		/* As after silence: in proportion to the time that went by. */
		int64_t gone = span(last->time, p->time);

		if (gone < NS_PER_S || jump / (gone / NS_PER_MS + 1) > 192)
			return FIT_NOT;
	}
	increase(&r->fits);
	if (steps == 1)
		increase(&r->in_row);
	if (p->payload_type != last->payload_type) {
		increase(&r->changes);
		if (!has_type(r, p->payload_type))
			increase(&r->types);
	}
	if (jump < 0) {
		increase(&r->back);
	} else if (jump > 0) {
		uint32_t step = (uint32_t)jump / (uint32_t)steps;

		increase(&r->moving);
		if (step == r->step)
			increase(&r->regular);
		if (is_sized(p, step))
			increase(&r->sized);
		r->step = step;
	}
	return FIT_NEXT;
}

/* ---- what it is worth ---- */

/* Whether timestamps went as fast as a clock rate in use, from the first to the last. */
static bool
is_clocked(struct row *r)
{
	static const uint32_t rates[] = { 8000, 16000, 24000, 32000, 44100, 48000, 90000 };
	const struct candidate_packet *first = &row_held(r)[0], *last = &row_held(r)[r->newest];
	int64_t gone = span(first->time, last->time);
	int64_t rate, ticks = (int32_t)(last->timestamp - first->timestamp);

	if (ticks <= 0 || gone <= 0 || gone > 3600 * (int64_t)NS_PER_S)
		return false;
	rate = ticks * (int64_t)NS_PER_MS / (gone / 1000 + 1);
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++)
		if (rate * 4 >= rates[i] * INT64_C(3) && rate * 4 <= rates[i] * INT64_C(5))
			return true;
	return false;
}

/* RFC 3551 section 6: what is given, what is free to be given, and the rest. */
static int
type_points(uint8_t type)
{
	if (type >= 96)
		return 15;
	if (type <= 18 || type == 19 || (type >= 25 && type <= 34))
		return type == 1 || type == 2 || type == 27 || type == 29 || type == 30 ? 0 : 15;
	/* Browsers give 35 to 63 where those from 96 on are used up. */
	return type >= 35 && type <= 63 ? -5 : -20;
}

static int
port_points(uint16_t port)
{
	/* Of protocols over UDP whose packets are not told apart by what they hold. */
	static const uint16_t others[] = {
		1194, 1645, 1646, 1701, 1812, 1813, 1900, 2123, 2152, 3389, 3544, 4500, 4569, 4789,
		5060, 5246, 5247, 5353, 5355, 6081, 8472, 11211, 27015, 51820,
	};

	if (port < 1024)
		return -20;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i] == port)
			return -20;
	return 0;
}

static int
points(struct row *r, const struct media_input *in, const struct rtp *rtp)
{
	int fits = r->fits < FITS_MAX ? r->fits : FITS_MAX;
	int n = 15;

	n += fits * 2 + 4 * (r->in_row < fits ? r->in_row : fits);
	n += 3 * (r->moving < fits ? r->moving : fits);
	n += 4 * (r->regular < fits ? r->regular : fits);
	n += 5 * (r->sized < fits ? r->sized : fits);
	n -= 4 * r->back + 6 * r->changes + 8 * r->types + 8 * r->odd;
	n += type_points(rtp->payload_type);
	n += port_points(in->src->port) + port_points(in->dst->port);
	n += is_clocked(r) ? 10 : 0;
	n += in->dst->port % 2 == 0 ? 4 : 0;
	n -= rtp->ssrc == 0 ? 10 : 0;
	/* Many packets are of one picture, but none of one sound. */
	n -= r->moving == 0 && rtp->payload_type <= 23 ? 40 : 0;
	return n;
}

enum candidate_verdict
candidates_add(struct candidates *c, uint64_t hash, const struct media_input *in,
	       const struct rtp *rtp, const struct candidate_packet **held, size_t *n,
	       uint8_t *confidence)
{
	struct candidate_packet p = packet_of(in, rtp);
	struct row *r = row_get(c, hash, in->time);
	enum fit fit;
	int sure;

	c->unsure++;
	if (!r)
		return CANDIDATE_WAIT;
	r->last = in->time;
	fit = r->n > 0 ? row_fit(r, &p) : FIT_NOT;
	if (fit == FIT_NOT || !row_grow(c, r)) {
		/* Where even so many that go on do not tell, the next ones may. */
		row_begin(r, &p);
		return CANDIDATE_WAIT;
	}
	if (rtp->flaws || rtp->payload_length == 0)
		increase(&r->odd);
	if (fit >= FIT_FAR)
		r->newest = r->n;
	row_held(r)[r->n++] = p;
	if (fit != FIT_NEXT || r->fits < CANDIDATE_PACKETS - 1)
		return CANDIDATE_WAIT;
	sure = points(r, in, rtp);
	if (sure < ENOUGH)
		return CANDIDATE_WAIT;
	*confidence = (uint8_t)(sure < 99 ? sure : 99);
	*n = row_give(c, r, held) - 1;
	return CANDIDATE_STREAM;
}
