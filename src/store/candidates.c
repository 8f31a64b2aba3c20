/*
 * A table of sets of a few entries, found by hash. An entry is a row of packets
 * between two ends with one SSRC: the last one that went on, and points for and
 * against. What makes RTP of it is that sequence numbers go on, one by one; that
 * timestamps go on, in equal steps, as fast as a clock rate in use would; and that the
 * payload type is one in use and the payload as long as the step of timestamps says.
 *
 * Points add up to a percentage by experience: a call by any static codec is beyond doubt
 * after four packets, video of which all are of one picture is believed then, and
 * counters of other protocols need many more to be taken for RTP.
 */
#include "store/candidates.h"

#include "base/mem.h"
#include "base/time.h"

#define SETS		1024u
#define WAYS		4u
#define STALE		(2 * NS_PER_S)	/* without a packet: may be given up for another */
#define KEEP_TURNS	16u	/* of so many that find no room one is given it */
#define STEP_MAX	16	/* sequence numbers missing between two that fit, and more */
#define GAP_MAX		3000	/* the same, where it stays a row all the same */
#define BACK_MAX	8	/* of those that come late */
#define JUMP_MAX	900000	/* of timestamps from packet to packet: 10 s at 90 kHz */
#define FITS_MAX	8u	/* that count */
#define ENOUGH		50	/* points that make a stream */

struct entry {
	uint64_t hash;
	struct candidate_packet held[CANDIDATE_HELD_MAX];
	int64_t last;		/* time of the last packet */
	uint8_t n;		/* held; 0: the entry is free */
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
};

struct candidates {
	struct entry entries[SETS * WAYS];
	uint8_t turns[SETS];
	bool used[SETS];	/* ever */
	uint32_t used_n;
	uint64_t unsure;
};

struct candidates *
candidates_new(void)
{
	return xcalloc(1, sizeof(struct candidates));
}

void
candidates_free(struct candidates *c)
{
	free(c);
}

size_t
candidates_memory(const struct candidates *c)
{
	return sizeof(*c) - sizeof(c->entries) + c->used_n * WAYS * sizeof(c->entries[0]);
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

/* ---- the table ---- */

static bool
is_stale(const struct entry *e, int64_t now)
{
	int64_t gone = span(e->last, now);

	/* It may go back where files are not in order. */
	return gone > STALE || gone < -STALE;
}

/* The entry of @hash, or room for it; NULL: there is none. */
static struct entry *
entry_get(struct candidates *c, uint64_t hash, int64_t now)
{
	size_t set = hash >> 32 & (SETS - 1);
	struct entry *at = &c->entries[set * WAYS], *oldest = at;

	for (unsigned i = 0; i < WAYS; i++)
		if (at[i].n > 0 && at[i].hash == hash)
			return &at[i];
	c->used_n += !c->used[set];
	c->used[set] = true;
	for (unsigned i = 0; i < WAYS; i++) {
		if (at[i].n == 0)
			return &at[i];
		if (at[i].last < oldest->last)
			oldest = &at[i];
	}
	for (unsigned i = 0; i < WAYS; i++)
		if (is_stale(&at[i], now))
			oldest = &at[i];
	/* One that goes on already is worth more than one that may. */
	if (!is_stale(oldest, now) && (oldest->fits > 0 || ++c->turns[set] % KEEP_TURNS != 0))
		return NULL;
	oldest->n = 0;
	return oldest;
}

size_t
candidates_take(struct candidates *c, uint64_t hash, const struct candidate_packet **held)
{
	size_t set = hash >> 32 & (SETS - 1), n;
	struct entry *at = &c->entries[set * WAYS];

	/* Where descriptions tell of all media its memory is not touched. */
	for (unsigned i = 0; c->used[set] && i < WAYS; i++) {
		if (at[i].n == 0 || at[i].hash != hash)
			continue;
		n = at[i].n;
		at[i].n = 0;
		c->unsure -= n;
		*held = at[i].held;
		return n;
	}
	return 0;
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
entry_begin(struct entry *e, uint64_t hash, const struct candidate_packet *p)
{
	e->hash = hash;
	e->held[0] = *p;
	e->n = 1;
	e->newest = e->fits = e->in_row = e->moving = e->regular = e->back = 0;
	e->changes = e->types = e->sized = e->odd = 0;
	e->step = 0;
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
has_type(const struct entry *e, uint8_t type)
{
	for (uint8_t i = 0; i < e->n; i++)
		if (e->held[i].payload_type == type)
			return true;
	return false;
}

static enum fit
entry_fit(struct entry *e, const struct candidate_packet *p)
{
	const struct candidate_packet *last = &e->held[e->newest];
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
	increase(&e->fits);
	if (steps == 1)
		increase(&e->in_row);
	if (p->payload_type != last->payload_type) {
		increase(&e->changes);
		if (!has_type(e, p->payload_type))
			increase(&e->types);
	}
	if (jump < 0) {
		increase(&e->back);
	} else if (jump > 0) {
		uint32_t step = (uint32_t)jump / (uint32_t)steps;

		increase(&e->moving);
		if (step == e->step)
			increase(&e->regular);
		if (is_sized(p, step))
			increase(&e->sized);
		e->step = step;
	}
	return FIT_NEXT;
}

/* ---- what it is worth ---- */

/* Whether timestamps went as fast as a clock rate in use, from the first to the last. */
static bool
is_clocked(const struct entry *e)
{
	static const uint32_t rates[] = { 8000, 16000, 24000, 32000, 44100, 48000, 90000 };
	const struct candidate_packet *first = &e->held[0], *last = &e->held[e->newest];
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
points(const struct entry *e, const struct media_input *in, const struct rtp *rtp)
{
	int fits = e->fits < FITS_MAX ? e->fits : FITS_MAX;
	int n = 15;

	n += fits * 2 + 4 * (e->in_row < fits ? e->in_row : fits);
	n += 3 * (e->moving < fits ? e->moving : fits);
	n += 4 * (e->regular < fits ? e->regular : fits);
	n += 5 * (e->sized < fits ? e->sized : fits);
	n -= 4 * e->back + 6 * e->changes + 8 * e->types + 8 * e->odd;
	n += type_points(rtp->payload_type);
	n += port_points(in->src->port) + port_points(in->dst->port);
	n += is_clocked(e) ? 10 : 0;
	n += in->dst->port % 2 == 0 ? 4 : 0;
	n -= rtp->ssrc == 0 ? 10 : 0;
	/* Many packets are of one picture, but none of one sound. */
	n -= e->moving == 0 && rtp->payload_type <= 23 ? 40 : 0;
	return n;
}

enum candidate_verdict
candidates_add(struct candidates *c, uint64_t hash, const struct media_input *in,
	       const struct rtp *rtp, const struct candidate_packet **held, size_t *n,
	       uint8_t *confidence)
{
	struct candidate_packet p = packet_of(in, rtp);
	struct entry *e = entry_get(c, hash, in->time);
	enum fit fit;
	int sure;

	c->unsure++;
	if (!e)
		return CANDIDATE_WAIT;
	e->last = in->time;
	fit = e->n > 0 ? entry_fit(e, &p) : FIT_NOT;
	if (fit == FIT_NOT || e->n == CANDIDATE_HELD_MAX) {
		/* Where even so many that go on do not tell, the next ones may. */
		entry_begin(e, hash, &p);
		return CANDIDATE_WAIT;
	}
	if (rtp->flaws || rtp->payload_length == 0)
		increase(&e->odd);
	if (fit >= FIT_FAR)
		e->newest = e->n;
	e->held[e->n++] = p;
	if (fit != FIT_NEXT || e->fits < CANDIDATE_PACKETS - 1)
		return CANDIDATE_WAIT;
	sure = points(e, in, rtp);
	if (sure < ENOUGH)
		return CANDIDATE_WAIT;
	*n = e->n - 1u;
	*held = e->held;
	*confidence = (uint8_t)(sure < 99 ? sure : 99);
	c->unsure -= e->n;
	e->n = 0;
	return CANDIDATE_STREAM;
}
