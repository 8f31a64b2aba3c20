#include "export/carriage_text.h"

#include <inttypes.h>

#define PIECES_MAX	8	/* of a list of frames; more help nobody */

void
carriage_frames_add(struct buf *b, const struct store *s, uint32_t message)
{
	struct carriage c;
	unsigned int pieces = 0;

	store_carriage(s, message, &c);
	buf_add_cstr(b, c.frame_n > 1 ? "frames " : "frame ");
	for (uint32_t i = 0, to; i < c.frame_n; i = to + 1) {
		to = i;
		if (pieces == PIECES_MAX) {
			buf_printf(b, " and %" PRIu32 " more", c.frame_n - i);
			return;
		}
		while (to + 1 < c.frame_n &&
		       carriage_frame(&c, to + 1) == carriage_frame(&c, to) + 1)
			to++;
		buf_printf(b, "%s%" PRIu64, pieces++ ? ", " : "", carriage_frame(&c, i));
		if (to > i)
			buf_printf(b, "-%" PRIu64, carriage_frame(&c, to));
	}
}

void
carriage_rest_add(struct buf *b, const struct store *s, uint32_t message,
		  enum carriage_time time)
{
	const struct path *p = store_path(s, store_message(s, message)->path);
	struct carriage c;
	int64_t span;

	store_carriage(s, message, &c);
	if (c.first != c.last && c.first != TIME_NONE && c.last != TIME_NONE &&
	    !__builtin_sub_overflow(c.last, c.first, &span) && span != INT64_MIN) {
		buf_add_cstr(b, "  first byte ");
		if (time == CARRIAGE_TIME_SPAN) {
			span_add(b, span < 0 ? -span : span);
			buf_add_cstr(b, span < 0 ? " after" : " before");
		} else {
			time_add(b, c.first, TIME_CLOCK, time == CARRIAGE_TIME_CLOCK_UTC);
		}
	}
	if (p->carrier == CARRIER_HEP)
		buf_add_cstr(b, "  via HEP");
	if (p->carrier == CARRIER_HEP && p->node)
		buf_printf(b, " node %" PRIu32, p->node);
}
