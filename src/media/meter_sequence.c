/*
 * Sequence numbers, extended to 64 bits, and a window of bits: which of the last 256
 * came. A bit that is missing when its word is used again is a loss for good.
 *
 * And the steps of timestamps from one number to the next, for the usual one of them.
 */
#include "media/meter_int.h"

#define WORDS	(METER_WINDOW / 64)
/* The word of the highest number may be all but empty: so many are known for sure. */
#define KNOWN	((int)METER_WINDOW - 64)

static bool
has(const struct meter *m, uint64_t sequence)
{
	return m->got[sequence / 64 % WORDS] >> sequence % 64 & 1;
}

static void
set(struct meter *m, uint64_t sequence)
{
	m->got[sequence / 64 % WORDS] |= UINT64_C(1) << sequence % 64;
}

bool
meter_waits_copy(const struct meter *m)
{
	uint64_t sequence;
	int ahead;

	if (!m->pending)
		return false;
	ahead = (int16_t)(uint16_t)(m->odd->candidate.sequence - (uint16_t)m->highest);
	sequence = m->highest + (uint64_t)(int64_t)ahead;
	return ahead <= 0 && ahead > -KNOWN && sequence >= m->base &&
		has(m, sequence);
}

void
meter_mark_late(struct meter *m, uint64_t sequence)
{
	meter_odd(m)->late[sequence / 64 % WORDS] |= UINT64_C(1) << sequence % 64;
}

void
meter_begin_run(struct meter *m, uint16_t sequence)
{
	if (m->segment_n > 0) {
		meter_settle(m, m->highest + 1);
		meter_odd(m)->expected_before += m->highest - m->base + 1;
	}
	memset(m->got, 0, sizeof(m->got));
	if (m->odd)
		memset(m->odd->late, 0, sizeof(m->odd->late));
	/* Room for those from before the first one. */
	m->base = m->highest = m->settled = 65536u + sequence;
	set(m, m->highest);
}

void
meter_advance(struct meter *m, uint64_t to)
{
	for (uint64_t word = m->highest / 64 + 1; word <= to / 64; word++) {
		/* Of the numbers that had it before, those that were in use are settled. */
		uint64_t end = (word + 1) * 64 - METER_WINDOW;

		meter_settle(m, end);
		m->got[word % WORDS] = 0;
		if (m->odd)
			m->odd->late[word % WORDS] = 0;
	}
	m->lost += to - m->highest - 1;
	m->highest = to;
	set(m, to);
}

void
meter_advance_run(struct meter *m, unsigned int n)
{
	uint64_t end = m->highest + n;

	while (m->highest < end) {
		uint64_t from = m->highest + 1, to = from | 63;

		if (from % 64 == 0) {
			meter_advance(m, from);
			continue;
		}
		if (to > end)
			to = end;
		m->got[from / 64 % WORDS] |= UINT64_MAX >> (63 - to % 64) & UINT64_MAX << from % 64;
		m->highest = to;
	}
}

enum meter_old
meter_take_old(struct meter *m, uint64_t sequence)
{
	if (m->highest - sequence >= (uint64_t)KNOWN)
		return METER_OLD_UNKNOWN;
	if (sequence >= m->base) {
		if (has(m, sequence))
			return METER_OLD_COPY;
		set(m, sequence);
		return METER_OLD_FOUND;
	}
	/* Nothing is settled yet: the stream begins earlier than it seemed. */
	if (m->settled != m->base)
		return METER_OLD_UNKNOWN;
	m->lost += m->base - sequence - 1;
	m->now.lost += (uint32_t)(m->base - sequence - 1);
	m->base = m->settled = sequence;
	set(m, sequence);
	return METER_OLD_BEFORE;
}

/* ---- timestamps ---- */

static void
scale(struct meter_step *s, uint32_t rate, uint32_t before)
{
	uint64_t step = (uint64_t)s->step * rate / before;

	s->step = step < UINT32_MAX ? (uint32_t)step : UINT32_MAX;
}

void
meter_scale_steps(struct meter *m, uint32_t rate)
{
	scale(&m->usual_step, rate, m->clock_rate);
	for (size_t i = 0; m->odd && i < ARRAY_SIZE(m->odd->steps); i++)
		scale(&m->odd->steps[i], rate, m->clock_rate);
}

/* One that is not the usual one. @return it, counted; NULL: there is no room, and each
 * counts for one less. */
static struct meter_step *
count_other(struct meter *m, uint32_t step)
{
	struct meter_step *s = meter_odd(m)->steps, *end = s + METER_STEPS - 1, *room = NULL;

	for (; s < end && (s->step != step || s->count == 0); s++)
		if (s->count == 0 && !room)
			room = s;
	if (s == end && !room) {
		m->usual_step.count--;
		for (s = m->odd->steps; s < end; s++)
			s->count--;
		return NULL;
	}
	if (s == end) {
		s = room;
		*s = (struct meter_step){ .step = step };
	}
	s->count++;
	return s;
}

/* The most common step, by the frequent items of Misra and Gries: one that makes up more
 * than a fifth of all is never thrown out. The usual one comes no less than any other. */
void
meter_count_step(struct meter *m, uint32_t step)
{
	struct meter_step *usual = &m->usual_step, *s;

	if (step == 0 || step > INT32_MAX)
		return;
	if (usual->count == 0)
		*usual = (struct meter_step){ .step = step };
	if (usual->step == step) {
		usual->count++;
	} else {
		s = count_other(m, step);
		if (!s)
			return;
		if (s->count > usual->count) {
			struct meter_step before = *usual;

			*usual = *s;
			*s = before;
		}
	}
	meter_set_usual(m);
}
