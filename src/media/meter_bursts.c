/*
 * Bursts and gaps, by the definitions of RFC 3611 section 4.7.2 with Gmin 16: a
 * burst begins and ends with a packet that was lost or came too late, holds no 16
 * received ones in a row, and two bad ones at least; all else is gap, single losses
 * in it too.
 *
 * Before the first bad one there is nothing but a number of good ones; the rest comes with
 * what is odd.
 *
 * What a number became is settled when it leaves the window of those that may still
 * arrive, so that a packet that comes late in sequence is no loss. Summing up settles a
 * copy, and leaves the window as it is.
 */
#include <math.h>

#include "media/meter_int.h"

#define GMIN	16u

static void
add_good(struct meter_bursts *b, uint64_t n)
{
	b->total += n;
	b->good += n;
}

/* The span is over: it was a burst, or a single loss in a gap. */
static void
end_span(struct meter_bursts *b)
{
	if (b->span_bad > 1) {
		b->bursts++;
		b->burst_packets += b->span;
		b->burst_bad += b->span_bad;
	}
	b->span = b->span_bad = 0;
}

/* n in a row. */
static void
add_bad(struct meter_bursts *b, uint64_t n)
{
	if (b->good > 0 || b->bad == 0)
		b->runs++;
	if (b->good >= GMIN)
		end_span(b);
	b->span += b->span_bad ? b->good + n : n;
	b->span_bad += n;
	b->total += n;
	b->bad += n;
	b->good = 0;
}

/* What became of the numbers from *from to before @to; *from becomes @to. */
static void
settle(const struct meter *m, struct meter_bursts *b, uint64_t *from, uint64_t to)
{
	const uint64_t *got = m->window->got, *late = meter_odd_of(m)->late;

	while (*from < to) {
		size_t i = *from / 64 % ARRAY_SIZE(m->window->got);
		unsigned int bit = *from % 64, left = 64 - bit, n;
		uint64_t good = (got[i] & ~late[i]) >> bit;

		if (left > to - *from)
			left = (unsigned int)(to - *from);
		*from += left;
		for (; left > 0; left -= n) {
			bool is_good = good & 1;
			uint64_t other = is_good ? ~good : good;

			n = other ? (unsigned int)__builtin_ctzll(other) : 64;
			if (n > left)
				n = left;
			if (is_good)
				add_good(b, n);
			else
				add_bad(b, n);
			good = n < 64 ? good >> n : 0;
		}
	}
}

static struct meter_bursts
bursts_of(const struct meter *m)
{
	struct meter_bursts b = { 0 };

	if (m->window->odd)
		return m->window->odd->bursts;
	add_good(&b, m->window->settled - m->base);
	return b;
}

void
meter_settle(struct meter *m, uint64_t to)
{
	struct meter_window *w = m->window;
	struct meter_bursts b;

	if (to <= w->settled)
		return;
	b = bursts_of(m);
	settle(m, &b, &w->settled, to);
	if (w->odd || b.bad > 0)
		meter_odd(m)->bursts = b;
}

/* With all that is not settled yet. */
static struct meter_bursts
all_bursts_of(const struct meter *m)
{
	struct meter_bursts b = { 0 };
	uint64_t from;

	if (m->window) {
		b = bursts_of(m);
		from = m->window->settled;
		settle(m, &b, &from, m->highest + 1);
	} else {
		add_good(&b, m->highest + 1 - m->base);
	}
	end_span(&b);
	return b;
}

/* Mean length of n stretches that are packets long together. */
static int64_t
mean_duration(uint64_t packets, uint64_t n, int64_t interval)
{
	double span;

	if (n == 0 || interval == TIME_NONE)
		return TIME_NONE;
	span = (double)packets / (double)n * (double)interval;
	return span < 9e18 ? (int64_t)span : INT64_MAX;
}

void
meter_sum_bursts(const struct meter *m, struct meter_figures *f)
{
	struct meter_bursts b = all_bursts_of(m);
	uint64_t gap_packets = b.total - b.burst_packets;
	/* The first packet came: before the first burst there is a gap. */
	uint64_t gaps = b.bursts + (b.good > 0);

	f->bursts = b.bursts;
	f->burst_duration = mean_duration(b.burst_packets, b.bursts, f->interval);
	f->gap_duration = mean_duration(gap_packets, gap_packets ? gaps : 0, f->interval);
	if (b.bursts > 0)
		f->burst_density = (double)b.burst_bad / (double)b.burst_packets;
	if (gap_packets > 0)
		f->gap_density = (double)(b.bad - b.burst_bad) / (double)gap_packets;
	/* G.107: how long losses in a row are, against how long they would be by chance. */
	if (b.runs > 0 && b.bad < b.total)
		f->burst_ratio = (double)b.bad / b.runs * (1 - (double)b.bad / (double)b.total);
}
