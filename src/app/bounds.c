#include <sys/sysinfo.h>

#include "app/bounds.h"

#include "app/recording.h"
#include "app/streams.h"
#include "export/record.h"

/* The program itself, its tables, what it reads by, and one view. */
#define FIXED		((uint64_t)20 << 20)

#define VIEWS_PART	((uint64_t)4 << 20)	/* of that, for views */

#define MIB		((uint64_t)1 << 20)

/* A quarter of what the machine has. */
static uint64_t
usual_memory(void)
{
	struct sysinfo info;
	uint64_t quarter;

	if (sysinfo(&info) != 0)
		return BOUNDS_MEMORY_USUAL;
	quarter = (uint64_t)info.totalram * info.mem_unit / 4;
	if (quarter < BOUNDS_MEMORY_MIN)
		return BOUNDS_MEMORY_MIN;
	return quarter < BOUNDS_MEMORY_USUAL ? quarter : BOUNDS_MEMORY_USUAL;
}

/* 0: no bound. */
static uint64_t
memory_asked(const struct session *s)
{
	if (s->options.memory > 0)
		return s->options.memory;
	if (!s->live)
		return 0;
	if (s->settings.capture_memory_mb > 0) {
		uint64_t asked = (uint64_t)s->settings.capture_memory_mb * MIB;

		return asked < BOUNDS_MEMORY_MIN ? BOUNDS_MEMORY_MIN : asked;
	}
	return usual_memory();
}

uint32_t
bounds_calls(const struct session *s)
{
	if (s->options.max_calls > 0)
		return s->options.max_calls;
	return s->live ? (uint32_t)s->settings.capture_limit : 0;
}

/* @p part of @p memory, at most @p most. */
static uint64_t
share(uint64_t memory, unsigned part, uint64_t most)
{
	return memory / part < most ? memory / part : most;
}

/* What is of no call. */
static void
bound_streams(struct engine *e, uint64_t memory)
{
	struct tcp_limits tcp = {
		.waiting_all = share(memory, 32, 64 * MIB),
		.connections = (uint32_t)share(memory, 8192, 1 << 20),
	};
	struct sctp_limits sctp = {
		.waiting_all = share(memory, 64, 64 * MIB),
		.associations = (uint32_t)share(memory, 16384, 64 << 10),
	};

	tcp_set_limits(e->streams->tcp, &tcp);
	sctp_set_limits(e->streams->sctp, &sctp);
	decoder_set_fragment_cap(e->decoder, share(memory, 32, 64 * MIB));
	capture_set_waiting_max(e->capture, share(memory, 16, CAPTURE_WAITING_MAX));
	e->streams->kept_max = share(memory, 32, 256 * MIB);
	e->streams->tls_max = (uint32_t)share(memory, 32768, STREAMS_TLS_MAX);
}

/* Of what is left, a quarter is for what the screens note of calls, and what the allocator
 * has between pieces. */
static uint64_t
store_share(uint64_t memory)
{
	uint64_t left = memory - FIXED;

	return left - left / 4 - share(memory, 16, 64 * MIB);
}

#define SECONDS_LEAST	600u
#define SECONDS_MOST	(6 * 3600u)

/* A stream that never ends keeps its last seconds: 16 bytes of each. */
static void
bound_seconds(struct engine *e, uint64_t memory)
{
	struct meter_setup setup = *store_media_setup_get(e->store);

	setup.seconds_max = (uint32_t)share(memory, 65536, SECONDS_MOST);
	if (setup.seconds_max < SECONDS_LEAST)
		setup.seconds_max = SECONDS_LEAST;
	store_media_setup(e->store, &setup);
}

void
bounds_apply(struct session *s)
{
	struct engine *e = &s->engine;
	uint64_t memory = memory_asked(s);
	uint32_t calls = bounds_calls(s);
	struct store_bounds bounds = {
		.memory = memory > 0 ? store_share(memory) : 0, .calls = calls,
		.unfinished_stay = !s->options.given[OPTION_ROTATE] && !s->settings.capture_rotate,
	};

	if (s->recording && memory > 0)
		record_set_waiting_max(recording_recorder(s),
				       share(memory, 16, RECORD_WAITING_MAX));
	s->memory = memory;
	s->store_memory = bounds.memory;
	s->query.lets_go = e->bounded = memory > 0 || calls > 0;
	if (!e->bounded)
		return;
	e->refuses = calls > 0 && bounds.unfinished_stay;
	if (memory > 0) {
		bound_streams(e, memory);
		bound_seconds(e, memory);
	}
	store_set_bounds(e->store, &bounds, s->holds, s->holds_ctx);
	store_set_parting(e->store, s->parting, s->parting_ctx);
}

/* Some 500 bytes each, and as much while it is laid out anew. */
#define LADDER_PART	8192u

uint32_t
bounds_ladder(const struct session *s)
{
	return (uint32_t)share(s->memory, LADDER_PART, 1 << 20);
}

void
bounds_views(struct session *s, size_t bytes)
{
	uint64_t all = s->memory > 0 ? store_share(s->memory) : 0, part = VIEWS_PART, more;

	if (all == 0)
		return;
	more = bytes > part ? bytes - part : 0;
	s->store_memory = more < all / 2 ? all - more : all - all / 2;
	store_set_memory(s->engine.store, s->store_memory);
}

void
bounds_used(const struct session *s, uint64_t *used, uint64_t *most)
{
	*most = s->store_memory;
	*used = s->store_memory > 0 ? store_memory(s->engine.store) : 0;
}
