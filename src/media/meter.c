#include "media/meter.h"

#include <math.h>

#include "base/mem.h"

const char *
meter_reason_name(enum meter_reason reason)
{
	static const char *const names[] = {
#define METER_REASON_NAME(id, name, help) [METER_REASON_##id] = name,
		METER_REASONS(METER_REASON_NAME)
#undef METER_REASON_NAME
	};

	return names[reason];
}

void
meter_release(struct meter *m)
{
	free(m->seconds);
	*m = (struct meter){ 0 };
}

static struct meter_second *
second_of(struct meter *m, int64_t time)
{
	uint64_t i = (uint64_t)(time - m->seconds_start) / NS_PER_S;

	if (time < m->seconds_start || i > 86400)
		return NULL;
	while (m->second_n <= i) {
		ARRAY_GROW(m->seconds, m->second_cap, m->second_n + 1);
		m->seconds[m->second_n++] = (struct meter_second){
			.jitter = METER_NONE, .max_delta = METER_NONE,
		};
	}
	return &m->seconds[i];
}

static void
note_delta(struct meter *m, struct meter_second *second, int64_t delta)
{
	int64_t units = delta / (NS_PER_MS / 16);

	if (m->delta_n++ == 0 || delta < m->min_delta)
		m->min_delta = delta;
	if (delta > m->max_delta)
		m->max_delta = delta;
	m->delta_sum += (uint64_t)delta;
	if (second && (second->max_delta == METER_NONE || units > second->max_delta))
		second->max_delta = (uint16_t)(units > METER_MOST ? METER_MOST : units);
}

static void
note_jitter(struct meter *m, struct meter_second *second, const struct meter_packet *p)
{
	int64_t stamp = (int64_t)((uint64_t)p->timestamp * NS_PER_S / p->clock_rate);
	int64_t transit = p->time - stamp, d = transit - m->transit;

	if (m->seen > 1) {
		m->jitter += ((d < 0 ? -d : d) - m->jitter) / 16;
		if (m->jitter_n++ == 0 || m->jitter < m->min_jitter)
			m->min_jitter = m->jitter;
		if (m->jitter > m->max_jitter)
			m->max_jitter = m->jitter;
		m->jitter_sum += (uint64_t)m->jitter;
		if (second)
			second->jitter = (uint16_t)(m->jitter / (NS_PER_MS / 16));
	}
	m->transit = transit;
}

void
meter_add(struct meter *m, const struct meter_packet *p, const struct meter_setup *setup)
{
	struct meter_second *second;
	int16_t step;

	(void)setup;
	if (m->packets++ == 0) {
		m->start = m->end = p->time;
		m->seconds_start = p->time;
		m->base = 65536u + p->sequence;
		m->highest = m->base - 1;
	}
	second = second_of(m, p->time);
	step = (int16_t)(p->sequence - (uint16_t)m->highest);
	m->bytes += p->bytes;
	if (m->packets > 1)
		note_delta(m, second, p->time - m->end);
	m->seen++;
	if (p->clock_rate)
		note_jitter(m, second, p);
	if (step > 0) {
		if (step > 1 && second)
			second->lost = (uint16_t)(second->lost + step - 1);
		m->highest += (uint16_t)step;
	}
	if (second) {
		second->received++;
		second->payload_type = p->payload_type;
	}
	m->end = p->time;
}

void
meter_figures(const struct meter *m, struct meter_figures *f)
{
	uint64_t expected = m->highest - m->base + 1;

	*f = (struct meter_figures){
		.start = m->packets ? m->start : TIME_NONE, .end = m->packets ? m->end : TIME_NONE,
		.packets = m->packets, .bytes = m->bytes, .expected = expected,
		.lost = expected > m->seen ? expected - m->seen : 0,
		.min_delta = TIME_NONE, .max_delta = TIME_NONE, .mean_delta = TIME_NONE,
		.min_jitter = TIME_NONE, .max_jitter = TIME_NONE, .mean_jitter = TIME_NONE,
		.interval = TIME_NONE, .burst_duration = TIME_NONE, .gap_duration = TIME_NONE,
		.burst_density = NAN, .gap_density = NAN, .burst_ratio = NAN,
		.segments = 1,
	};
	if (m->delta_n > 0) {
		f->min_delta = m->min_delta;
		f->max_delta = m->max_delta;
		f->mean_delta = (int64_t)(m->delta_sum / m->delta_n);
	}
	if (m->jitter_n > 0) {
		f->min_jitter = m->min_jitter;
		f->max_jitter = m->max_jitter;
		f->mean_jitter = (int64_t)(m->jitter_sum / m->jitter_n);
	}
}

bool
meter_segment(const struct meter *m, uint32_t i, struct meter_segment *segment)
{
	if (i > 0 || m->packets == 0)
		return false;
	*segment = (struct meter_segment){
		.start = m->start, .end = m->end, .packets = (uint32_t)m->seen,
		.first_sequence = (uint16_t)m->base, .reason = METER_REASON_START,
	};
	return true;
}

bool
meter_next_second(const struct meter *m, struct meter_cursor *cursor, int64_t *time,
		  struct meter_second *second)
{
	while (cursor->at[0] < m->second_n) {
		uint64_t i = cursor->at[0]++;

		if (m->seconds[i].received == 0 && m->seconds[i].lost == 0)
			continue;
		*second = m->seconds[i];
		*time = m->seconds_start + (int64_t)i * NS_PER_S;
		return true;
	}
	return false;
}

size_t
meter_memory(const struct meter *m)
{
	return m->second_cap * sizeof(*m->seconds);
}
