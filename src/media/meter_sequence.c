/*
 * Sequence numbers, extended to 64 bits, and a window of bits: which of the last 256
 * came. A bit that is missing when its word is used again is a loss for good. As long as
 * all come there is no window.
 *
 * And the steps of timestamps from one number to the next, for the usual one of them.
 */
#include "media/meter_int.h"

#define WORDS	(METER_WINDOW / 64)
/* The word of the highest number may be all but empty: so many are known for sure. */
#define KNOWN	((int)METER_WINDOW - 64)

static bool
has(const struct meter_window *w, uint64_t sequence)
{
	return w->got[sequence / 64 % WORDS] >> sequence % 64 & 1;
}

static void
set(struct meter_window *w, uint64_t sequence)
{
	w->got[sequence / 64 % WORDS] |= UINT64_C(1) << sequence % 64;
}

/* Those from @p from to @p to, which are of one word. */
static void
set_all(struct meter_window *w, uint64_t from, uint64_t to)
{
	w->got[from / 64 % WORDS] |= UINT64_MAX >> (63 - to % 64) & UINT64_MAX << from % 64;
}

/* The first number that the window has room for with this one in it; of those before it
 * it is settled what they became. */
static uint64_t
window_start(uint64_t highest)
{
	return (highest / 64 + 1) * 64 - METER_WINDOW;
}

void
meter_begin_window(const struct meter *m, struct meter_window *w)
{
	uint64_t from = window_start(m->highest);

	if (from < m->base)
		from = m->base;
	w->settled = from;
	while (from <= m->highest) {
		uint64_t to = from | 63;

		set_all(w, from, to < m->highest ? to : m->highest);
		from = to + 1;
	}
}

bool
meter_waits_copy(const struct meter *m)
{
	uint64_t sequence;
	int ahead;

	if (!m->pending)
		return false;
	ahead = (int16_t)(uint16_t)(meter_odd_of(m)->candidate.sequence - (uint16_t)m->highest);
	sequence = m->highest + (uint64_t)(int64_t)ahead;
	return ahead <= 0 && ahead > -KNOWN && sequence >= m->base &&
		has(m->window, sequence);
}

void
meter_mark_late(struct meter *m, uint64_t sequence)
{
	meter_odd(m)->late[sequence / 64 % WORDS] |= UINT64_C(1) << sequence % 64;
}

void
meter_begin_run(struct meter *m, uint16_t sequence)
{
	struct meter_odd *odd = m->segment_n > 0 ? meter_odd(m) : NULL;

	if (odd) {
		meter_settle(m, m->highest + 1);
		odd->expected_before += m->highest - m->base + 1;
		memset(odd->late, 0, sizeof(odd->late));
		memset(m->window->got, 0, sizeof(m->window->got));
	}
	/* Room for those from before the first one. */
	m->base = 65536u + sequence;
	m->highest = m->base;
	if (odd)
		meter_begin_window(m, m->window);
}

void
meter_advance(struct meter *m, uint64_t to)
{
	struct meter_window *w = m->window;

	if (!w && to == m->highest + 1) {
		m->highest = to;
		return;
	}
	w = meter_window(m);
	for (uint64_t word = m->highest / 64 + 1; word <= to / 64; word++) {
		/* Of the numbers that had it before, those that were in use are settled. */
		meter_settle(m, window_start(word * 64));
		w->got[word % WORDS] = 0;
		if (w->odd)
			w->odd->late[word % WORDS] = 0;
	}
	w->lost += to - m->highest - 1;
	m->highest = to;
	set(w, to);
}

void
meter_advance_run(struct meter *m, unsigned int n)
{
	uint64_t end = m->highest + n;

	if (!m->window) {
		m->highest = end;
		return;
	}
	while (m->highest < end) {
		uint64_t from = m->highest + 1, to = from | 63;

		if (from % 64 == 0) {
			meter_advance(m, from);
			continue;
		}
		if (to > end)
			to = end;
		set_all(m->window, from, to);
		m->highest = to;
	}
}

enum meter_old
meter_take_old(struct meter *m, uint64_t sequence)
{
	struct meter_window *w;

	if (m->highest - sequence >= (uint64_t)KNOWN)
		return METER_OLD_UNKNOWN;
	if (sequence >= m->base) {
		if (!m->window || has(m->window, sequence))
			return METER_OLD_COPY;
		set(m->window, sequence);
		return METER_OLD_FOUND;
	}
	w = meter_window(m);
	/* Nothing is settled yet: the stream begins earlier than it seemed. */
	if (w->settled != m->base)
		return METER_OLD_UNKNOWN;
	w->lost += m->base - sequence - 1;
	w->now_lost += (uint32_t)(m->base - sequence - 1);
	m->base = (uint32_t)sequence;
	w->settled = sequence;
	set(w, sequence);
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
	if (!m->window || !m->window->odd)
		return;
	for (size_t i = 0; i < METER_STEPS - 1; i++)
		scale(&m->window->odd->steps[i], rate, m->clock_rate);
}

/* One that is not the usual one. @return it, counted; NULL: there is no room, and each
 * counts for one less. */
static NOINLINE struct meter_step *
count_other(struct meter *m, uint32_t step)
{
	struct meter_step *s = meter_odd(m)->steps, *end = s + METER_STEPS - 1, *room = NULL;

	for (; s < end && (s->step != step || s->count == 0); s++)
		if (s->count == 0 && !room)
			room = s;
	if (s == end && !room) {
		m->usual_step.count--;
		for (s = end - (METER_STEPS - 1); s < end; s++)
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
	if (usual->count > 0 && usual->step == step) {
		usual->count++;
		return;
	}
	if (usual->count == 0) {
		*usual = (struct meter_step){ .step = step, .count = 1 };
	} else {
		struct meter_step before = *usual;

		s = count_other(m, step);
		if (!s || s->count <= before.count)
			return;
		*usual = *s;
		*s = before;
	}
	meter_set_usual(m);
}
