/*
 * The series: an entry for each second in which something came, in order of time.
 * Between two that are not neighbours stands an entry that tells how many seconds there
 * were none, so that a pause costs as much as a second, however long it is.
 *
 * The current second is counted in the meter itself and becomes an entry when it is
 * over: a stream that is shorter has no list at all.
 *
 * Of a stream that goes on for ever only the last ones are kept where a bound is set. A
 * cursor counts those that went too, so that it stays where it is.
 */
#include "media/meter_int.h"

#include "base/mem.h"

#define SECOND_SKIP	(1u << 7)	/* in flags: a struct skip */

struct skip {
	uint64_t seconds;
	uint8_t unused[7];
	uint8_t flags;
};

_Static_assert(sizeof(struct skip) == sizeof(struct meter_second) &&
	       offsetof(struct skip, flags) == offsetof(struct meter_second, flags),
	       "an entry is either");

static bool
is_skip(const struct meter_second *s)
{
	return s->flags & SECOND_SKIP;
}

static uint64_t
skip_of(const struct meter_second *s)
{
	struct skip skip;

	memcpy(&skip, s, sizeof(skip));
	return skip.seconds;
}

static void
push(struct meter *m, const void *entry)
{
	if (m->second_n == m->second_cap) {
		/* Many a stream has but one. */
		m->second_cap += m->second_cap > 0 ? m->second_cap / 8 + 3 : 1;
		m->seconds = xreallocarray(m->seconds, m->second_cap, sizeof(*m->seconds));
	}
	memcpy(&m->seconds[m->second_n++], entry, sizeof(*m->seconds));
}

/* There are enough: the oldest go. */
static void
forget(struct meter *m, uint32_t most)
{
	struct meter_odd *odd = meter_odd(m);
	uint32_t n = m->second_n - most + most / 4;
	uint64_t seconds = odd->forgot;

	for (uint32_t i = 0; i < n; i++)
		seconds += is_skip(&m->seconds[i]) ? skip_of(&m->seconds[i]) : 1;
	/* More than a century where times jump. */
	odd->forgot = seconds < UINT32_MAX ? (uint32_t)seconds : UINT32_MAX;
	odd->forgot_n += n;
	m->second_n -= n;
	memmove(m->seconds, m->seconds + n, m->second_n * sizeof(*m->seconds));
}

static uint16_t
count16(uint32_t n)
{
	return n < UINT16_MAX ? (uint16_t)n : UINT16_MAX;
}

static uint16_t
count_of(double ns, int64_t unit)
{
	double units = ns / (double)unit;

	return units < METER_MOST ? (uint16_t)units : METER_MOST;
}

/* Burst ratio of what was found missing or late in this second, in 1/16. */
static uint8_t
burst_of(const struct meter *m, const struct meter_window *w)
{
	double bad = (double)w->now_lost + w->now_late, ratio;
	double all = (double)m->now_received + w->now_lost;

	if (bad <= 0 || w->now_runs == 0)
		return 0;
	ratio = bad / w->now_runs * (1 - bad / all) * 16;
	return ratio < 16 ? 16 : ratio < UINT8_MAX ? (uint8_t)ratio : UINT8_MAX;
}

static struct meter_second
second_of(const struct meter *m)
{
	const struct meter_window *w = meter_window_of(m);
	bool copy = meter_waits_copy(m);

	struct meter_second second = {
		/* The one that waits to be told belongs here, for now. */
		.received = count16(m->now_received + (m->pending && !copy)),
		.lost = count16(w->now_lost), .late = count16(w->now_late),
		.copies = count16(m->now_copies + copy), .out_of_order = w->now_out_of_order,
		.jitter = METER_NONE, .max_delta = METER_NONE,
		.burst = burst_of(m, w), .payload_type = m->payload_type,
		.flags = m->now_flags,
	};

	if (m->now_jitter_n > 0)
		second.jitter = count_of(m->now_jitter / m->now_jitter_n, METER_SIXTEENTH);
	if (m->now_max_delta >= 0)
		second.max_delta = count_of((double)m->now_max_delta, METER_SIXTEENTH);
	if (second.max_delta == METER_MOST) {
		second.flags |= METER_SECOND_LONG;
		second.max_delta = count_of((double)m->now_max_delta, NS_PER_MS);
	}
	return second;
}

static bool
is_empty(const struct meter *m)
{
	return m->now_received == 0 && m->now_copies == 0 && meter_window_of(m)->now_lost == 0;
}

void
meter_clear_second(struct meter *m)
{
	struct meter_window *w = m->window;

	m->now_jitter = 0;
	m->now_max_delta = -1;
	m->now_jitter_n = m->now_received = m->now_copies = 0;
	m->now_flags = 0;
	if (!w)
		return;
	w->now_lost = w->now_late = 0;
	w->now_runs = 0;
	w->now_out_of_order = 0;
}

/* The payload type that most seconds had, by majority vote. */
static void
vote(struct meter *m)
{
	if (m->major_votes > 0 && m->major_type != m->payload_type) {
		m->major_votes--;
		return;
	}
	m->major_type = m->payload_type;
	m->major_votes++;
}

/* Transits are compared with the least of the last 5 to 10 seconds. */
static void
renew_least(struct meter *m)
{
	if (++m->least_age < 5)
		return;
	m->least_age = 0;
	m->least = m->least_now;
	m->least_now = m->transit;
	if (m->least > m->transit)
		m->least = m->transit;
}

void
meter_turn_second(struct meter *m, uint64_t at, uint32_t most)
{
	uint64_t skipped = (at - m->second_end) / NS_PER_S;
	bool empty = is_empty(m);
	/* What waits is counted where it is told. */
	bool pending = m->pending;

	if (UNLIKELY(most > 0 && m->second_n >= most))
		forget(m, most);
	m->pending = false;
	m->jitter_sum += m->now_jitter;
	m->jitter_n += m->now_jitter_n;
	if (m->now_max_delta > m->max_delta)
		m->max_delta = m->now_max_delta;
	vote(m);
	renew_least(m);
	if (empty)
		skipped++;
	else
		push(m, &(struct meter_second[]){ second_of(m) });
	m->pending = pending;
	m->second_end += ((at - m->second_end) / NS_PER_S + 1) * NS_PER_S;
	meter_clear_second(m);
	if (skipped == 0)
		return;
	if (m->second_n > 0 && is_skip(&m->seconds[m->second_n - 1])) {
		skipped += skip_of(&m->seconds[m->second_n - 1]);
		m->second_n--;
	}
	push(m, &(struct skip){ .seconds = skipped, .flags = SECOND_SKIP });
}

void
meter_unlose(struct meter *m)
{
	m->window->lost--;
	if (m->window->now_lost > 0) {
		m->window->now_lost--;
		return;
	}
	/* The window is small: it was not many seconds ago. */
	for (uint32_t i = m->second_n; i-- > 0;) {
		if (is_skip(&m->seconds[i]) || m->seconds[i].lost == 0)
			continue;
		m->seconds[i].lost--;
		return;
	}
}

bool
meter_next_second(const struct meter *m, struct meter_cursor *cursor, int64_t *time,
		  struct meter_second *second)
{
	const struct meter_odd *odd = meter_odd_of(m);
	struct meter_view view;
	uint64_t i;

	if (cursor->at[0] < odd->forgot_n) {
		cursor->at[0] = odd->forgot_n;
		cursor->at[1] = odd->forgot;
	}
	i = cursor->at[0] - odd->forgot_n;
	if (m->segment_n == 0 || i > m->second_n)
		return false;
	if (i < m->second_n && is_skip(&m->seconds[i])) {
		cursor->at[1] += skip_of(&m->seconds[i]);
		cursor->at[0]++;
		i++;
	}
	*time = (int64_t)((uint64_t)m->start + cursor->at[1] * NS_PER_S);
	cursor->at[0]++;
	cursor->at[1]++;
	if (i == m->second_n) {
		m = meter_view(m, &view);
		*second = second_of(m);
		return !is_empty(m) || m->pending;
	}
	*second = m->seconds[i];
	return true;
}
