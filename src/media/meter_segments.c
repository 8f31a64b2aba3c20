/*
 * Segments: the current one is open in the meter; the list of those before is
 * allocated when there is one to keep.
 */
#include "media/meter_int.h"

#include "base/mem.h"

static uint32_t
count32(uint64_t from, uint64_t to)
{
	uint64_t n = to > from ? to - from : 0;

	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static struct meter_segment
open_segment(const struct meter *m)
{
	const struct meter_open_segment *s = &m->segment;

	return (struct meter_segment){
		.start = s->start, .end = m->last, .pause = s->pause,
		.packets = count32(s->seen, meter_seen(m)), .lost = count32(s->lost, m->lost),
		.first_timestamp = s->timestamp, .first_sequence = s->sequence,
		.payload_type = s->payload_type, .reason = s->reason,
	};
}

/* The current one ends; the last one that can be kept stays open for all the rest. */
static bool
keep_segment(struct meter *m)
{
	uint32_t kept = m->segment_n - 1;

	if (m->segment_n >= METER_SEGMENTS_MAX)
		return false;
	if (kept >= m->segment_cap) {
		m->segment_cap += m->segment_cap / 2 + 1;
		if (m->segment_cap > METER_SEGMENTS_MAX - 1)
			m->segment_cap = METER_SEGMENTS_MAX - 1;
		m->segments = xreallocarray(m->segments, m->segment_cap, sizeof(*m->segments));
	}
	m->segments[kept] = open_segment(m);
	return true;
}

void
meter_begin_segment(struct meter *m, enum meter_reason reason, int64_t time, int64_t pause,
		    const struct meter_packet *p)
{
	bool kept = m->segment_n == 0 || keep_segment(m);

	if (m->segment_n < UINT32_MAX)
		m->segment_n++;
	m->now.flags |= METER_SECOND_SEGMENT;
	if (!kept)
		return;
	m->segment = (struct meter_open_segment){
		.start = time, .pause = pause, .seen = meter_seen(m), .lost = m->lost,
		.timestamp = p->timestamp, .sequence = p->sequence,
		.payload_type = p->payload_type, .reason = (uint8_t)reason,
	};
}

void
meter_undo_segment(struct meter *m)
{
	const struct meter_segment *s;

	/* The last one that can be kept was open all along. */
	if (m->segment_n-- > METER_SEGMENTS_MAX)
		return;
	s = &m->segments[m->segment_n - 1];
	m->segment = (struct meter_open_segment){
		.start = s->start, .pause = s->pause, .seen = m->segment.seen - s->packets,
		.lost = m->segment.lost - s->lost, .timestamp = s->first_timestamp,
		.sequence = s->first_sequence, .payload_type = s->payload_type,
		.reason = s->reason,
	};
}

bool
meter_segment(const struct meter *m, uint32_t i, struct meter_segment *segment)
{
	uint32_t n = m->segment_n < METER_SEGMENTS_MAX ? m->segment_n : METER_SEGMENTS_MAX;
	struct meter copy;

	if (i >= n)
		return false;
	*segment = i + 1 < n ? m->segments[i] : open_segment(meter_view(m, &copy));
	return true;
}
