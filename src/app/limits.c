#include "app/limits.h"

#include "app/streams.h"
#include "base/base.h"
#include "store/stream.h"

#define TEXT_OF_(n)	#n
#define TEXT_OF(n)	TEXT_OF_(n)

/* Of the messages without text those that the writer was too far behind for. */
static uint64_t
slow_texts(const struct engine *e)
{
	struct capture_kept_stats kept;

	capture_kept_stats(e->capture, &kept);
	return kept.slow < e->unspooled ? kept.slow : e->unspooled;
}

size_t
limits_reached(const struct engine *e, struct limit limits[LIMITS_MAX])
{
	const struct media_stats *st = store_media_counts(e->store);
	const uint64_t slow = slow_texts(e);
	const struct limit all[] = {
		{ "RTP packets not counted: of streams beyond 4 million", st->streams_lost },
		{ "RTP packets not counted: of too many SSRCs between two ends", st->ssrcs_lost },
		{ "descriptions of media left out: of calls that have more than "
		  TEXT_OF(CALL_CLAIMS_MAX), st->claims_lost },
		{ "packets of DTMF left out: of digits beyond those that are kept",
		  st->digits_lost },
		{ "voice quality reports left out: beyond those that are kept", st->vq_lost },
		{ "messages without text: no room for them in temporary files (--spool)",
		  e->unspooled - slow },
		{ "messages without text: the disk of temporary files was too slow", slow },
		{ "channels of TURN left out: media in them is not seen",
		  e->streams->turn_lost },
	};
	size_t n = 0;

	_Static_assert(ARRAY_SIZE(all) <= LIMITS_MAX, "room for all");
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].n > 0)
			limits[n++] = all[i];
	return n;
}
