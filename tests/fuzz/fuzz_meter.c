/* meter_add(): whatever comes, sums are sums, spans are not negative, memory is bounded.
 * Each packet is 8 bytes of input. */
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "media/codec.h"
#include "media/meter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t
step_time(int64_t time, uint8_t how, uint8_t much)
{
	switch (how) {
	case 0:
		return INT64_MIN + much;
	case 1:
		return INT64_MAX - much;
	case 2:
		return (int64_t)((uint64_t)time - much * (uint64_t)NS_PER_S);
	case 3:
		return (int64_t)((uint64_t)time + much * (uint64_t)NS_PER_S);
	default:
		return (int64_t)((uint64_t)time + much * UINT64_C(100000));
	}
}

static void
check_seconds(const struct meter *m, const struct meter_figures *f)
{
	uint64_t received = 0, lost = 0, late = 0, copies = 0;
	struct meter_cursor cursor = { 0 };
	struct meter_second second;
	int64_t time;

	while (meter_next_second(m, &cursor, &time, &second)) {
		received += second.received;
		lost += second.lost;
		late += second.late;
		copies += second.copies;
	}
	if (received != f->packets - f->duplicates || lost != f->lost || late != f->late ||
	    copies != f->duplicates)
		BUG("the series differs from the sums");
}

static void
check(const struct meter *m, uint64_t packets)
{
	struct meter_figures f;
	struct meter_segment segment;

	meter_figures(m, &f);
	if (f.packets != packets || f.expected != f.packets - f.duplicates + f.lost)
		BUG("expected, received and lost do not fit");
	if (f.late > f.packets)
		BUG("more late ones than packets");
	if (f.min_delta != TIME_NONE && (f.min_delta < 0 || f.min_delta > f.mean_delta ||
					 f.mean_delta > f.max_delta))
		BUG("deltas");
	if (f.min_jitter != TIME_NONE && (f.min_jitter < 0 || f.min_jitter > f.max_jitter ||
					  f.mean_jitter > f.max_jitter))
		BUG("jitter");
	if ((f.burst_duration != TIME_NONE && f.burst_duration < 0) ||
	    (f.gap_duration != TIME_NONE && f.gap_duration < 0))
		BUG("bursts");
	if (f.burst_density > 1 || f.gap_density > 1)
		BUG("densities");
	for (uint32_t i = 0; i < METER_SEGMENTS_MAX; i++)
		if (meter_segment(m, i, &segment) != (i < f.segments))
			BUG("segments");
	if (meter_memory(m) > packets * 40 + METER_SEGMENTS_MAX * 96 + 328)
		BUG("too much memory");
	check_seconds(m, &f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t clocks[] = { 8000, 0, 48000, 1, UINT32_MAX, 90000, 16000, 8000 };
	const struct meter_setup setup = { .jitter_buffer = 60 * NS_PER_MS };
	struct meter m = { 0 };
	int64_t time = INT64_C(1700000000000000000);
	uint16_t sequence = 0;
	uint32_t timestamp = 0;
	uint64_t packets = 0;

	for (size_t i = 0; i + 8 <= size && packets < 10000; i += 8) {
		const uint8_t *p = data + i;

		time = step_time(time, p[0] & 15, p[1]);
		sequence = (uint16_t)(sequence + (int16_t)get_be16(p + 2) / (p[0] & 16 ? 1 : 256));
		timestamp += p[0] & 32 ? get_be16(p + 4) * 65537u : p[5];
		meter_add(&m, &(struct meter_packet){
			.time = time, .timestamp = timestamp, .sequence = sequence, .bytes = p[5],
			.clock_rate = clocks[p[6] & 7], .payload_type = p[6] >> 3 & 3,
			.kind = p[7] % CODEC_KIND_COUNT, .marker = p[0] >> 7,
		}, &setup);
		packets++;
	}
	check(&m, packets);
	meter_release(&m);
	return 0;
}
