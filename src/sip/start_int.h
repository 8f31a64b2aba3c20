/** @file start_int.h  The first line as nearly all messages have it. For start.c, and inlined
 * where each message passes. */
#ifndef SIP_START_INT_H
#define SIP_START_INT_H

#include "sip/chars.h"
#include "sip/feeds.h"
#include "sip/start.h"

static inline void
sip_status_read(struct sip_start *start, struct str digits)
{
	uint32_t v = 0;

	start->status_text = digits;
	if (digits.n == 3)
		v = (uint32_t)(digits.p[0] - '0') * 100 + (uint32_t)(digits.p[1] - '0') * 10 +
		    (uint32_t)(digits.p[2] - '0');
	if (v < 100 || v > 699)
		start->flaws |= SIP_FLAW_STATUS;
	start->status = v >= 100 ? (uint16_t)v : 0;
}

/* The CR LF that ends the first line: its CR, or NULL where there is none before another
 * LF. *bare: a CR alone comes before it. */
static inline const char *
sip_usual_end(struct str in, bool *bare)
{
	const char *end = in.p + in.n, *p;

	if (LIKELY(in.n > SIP_FIND_BEHIND))
		p = sip_find_plain(in.p, end - SIP_FIND_BEHIND, '\r', '\n');
	else
		p = in.p;
	while (p < end && *p != '\r' && *p != '\n')	/* few, if any */
		p++;

	*bare = false;
	if (end - p < 2 || *p != '\r')
		return NULL;
	if (LIKELY(p[1] == '\n'))
		return p;
	*bare = true;
	p = memchr(p, '\n', (size_t)(end - p));
	return p && p[-1] == '\r' ? p - 1 : NULL;
}

/* The lines that nearly all messages have, by the shortest way. */
ALWAYS_INLINE static bool
sip_start_usual(struct str in, struct sip_start *start)
{
	bool bare;
	const char *end = in.p + in.n, *cr = sip_usual_end(in, &bare), *blank;
	enum sip_method method;
	size_t n;

	if (!cr || cr - in.p < 12)
		return false;
	n = (size_t)(cr - in.p);
	if (memcmp(in.p, "SIP/2.0 ", 8) == 0) {
		if (bare || !ascii_is_digit(in.p[8]) || !ascii_is_digit(in.p[9]) ||
		    !ascii_is_digit(in.p[10]) || in.p[11] != ' ')
			return false;
		*start = (struct sip_start){ .used = n + 2, .version = { in.p, 7 },
					     .reason = { in.p + 12, n - 12 } };
		sip_status_read(start, (struct str){ in.p + 8, 3 });
		return true;
	}
	if (memcmp(cr - 8, " SIP/2.0", 8) != 0)
		return false;
	blank = sip_find_byte(in.p, cr, end, ' ');
	method = sip_method_find((struct str){ in.p, (size_t)(blank - in.p) });
	if (method == SIP_METHOD_NONE || method == SIP_METHOD_OTHER || cr - blank < 1 + 5 + 8 ||
	    sip_four(blank + 1) != SIP_FOUR('s', 'i', 'p', ':') ||
	    sip_find_byte(blank + 1, cr, end, ' ') != cr - 8)
		return false;
	*start = (struct sip_start){ .used = n + 2, .request = true, .method = (uint8_t)method,
				     .version = { cr - 7, 7 },
				     .uri = { blank + 1, (size_t)(cr - 8 - (blank + 1)) },
				     .method_text = { in.p, (size_t)(blank - in.p) } };
	return true;
}

#endif
