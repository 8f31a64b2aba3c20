/*
 * Segments: the current one is open in the meter, the second one and those behind it with
 * what is odd; the list of those before is allocated when there is one to keep.
 */
#include "media/meter_int.h"

#include "base/mem.h"

static uint32_t
count32(uint64_t from, uint64_t to)
{
	uint64_t n = to > from ? to - from : 0;

	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

/* The first one begins with the stream. @p seen: packets so far. */
static struct meter_segment
open_segment(const struct meter *m, uint64_t seen)
{
	const struct meter_open_segment first = { .start = m->start };
	const struct meter_open_segment *s =
		m->segment_n > 1 ? &meter_odd_of(m)->segment : &first;

	return (struct meter_segment){
		.start = s->start, .end = m->last, .pause = s->pause,
		.packets = count32(s->seen, seen),
		.lost = count32(s->lost, meter_window_of(m)->lost),
		.first_timestamp = m->first_timestamp, .first_sequence = m->first_sequence,
		.payload_type = m->first_type, .reason = m->reason,
	};
}

/* The current one ends; the last one that can be kept stays open for all the rest. */
static bool
keep_segment(struct meter *m)
{
	struct meter_odd *odd = meter_odd(m);
	uint32_t kept = m->segment_n - 1;
	/* Without the one that begins the next. */
	uint64_t seen = meter_seen(m) - 1;

	if (m->segment_n >= METER_SEGMENTS_MAX)
		return false;
	if (kept >= odd->segment_cap) {
		odd->segment_cap += odd->segment_cap / 2 + 1;
		if (odd->segment_cap > METER_SEGMENTS_MAX - 1)
			odd->segment_cap = METER_SEGMENTS_MAX - 1;
		odd->segments = xreallocarray(odd->segments, odd->segment_cap,
					      sizeof(*odd->segments));
	}
	odd->segments[kept] = open_segment(m, seen);
	odd->segment.seen = seen;
	odd->segment.lost = m->window->lost;
	return true;
}

void
meter_begin_segment(struct meter *m, enum meter_reason reason, int64_t time, int64_t pause,
		    const struct meter_packet *p)
{
	bool kept = m->segment_n == 0 || keep_segment(m);

	if (m->segment_n < UINT32_MAX)
		m->segment_n++;
	m->now_flags |= METER_SECOND_SEGMENT;
	if (!kept)
		return;
	m->first_timestamp = p->timestamp;
	m->first_sequence = p->sequence;
	m->first_type = p->payload_type;
	m->reason = (uint8_t)reason;
	if (m->segment_n > 1) {
		struct meter_open_segment *open = &meter_odd(m)->segment;

		open->start = time;
		open->pause = pause;
	}
}

void
meter_undo_segment(struct meter *m)
{
	struct meter_odd *odd = meter_odd(m);
	struct meter_open_segment *open = &odd->segment;
	const struct meter_segment *s;

	/* The last one that can be kept was open all along. */
	if (m->segment_n-- > METER_SEGMENTS_MAX)
		return;
	s = &odd->segments[m->segment_n - 1];
	open->start = s->start;
	open->pause = s->pause;
	open->seen -= s->packets;
	open->lost -= s->lost;
	m->first_timestamp = s->first_timestamp;
	m->first_sequence = s->first_sequence;
	m->first_type = s->payload_type;
	m->reason = s->reason;
}

bool
meter_segment(const struct meter *m, uint32_t i, struct meter_segment *segment)
{
	uint32_t n = m->segment_n < METER_SEGMENTS_MAX ? m->segment_n : METER_SEGMENTS_MAX;
	struct meter_view view;

	if (i >= n)
		return false;
	if (i + 1 < n) {
		*segment = meter_odd_of(m)->segments[i];
		return true;
	}
	m = meter_view(m, &view);
	*segment = open_segment(m, meter_seen(m));
	return true;
}
