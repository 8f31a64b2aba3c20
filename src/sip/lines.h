/**
 * @file lines.h  The header lines of a message, folds joined. Only for the room.
 *
 * RFC 3261 sections 7.3.1 and 7.5.
 */
#ifndef SIP_LINES_H
#define SIP_LINES_H

#include "sip/chars.h"
#include "sip/feeds.h"
#include "sip/flaw.h"

struct sip_lines {
	const char *p;		/**< what is left; behind the empty line at last */
	const char *end;
	struct sip_feeds feeds;	/**< where line ends come from when by_block */
	bool by_block;		/**< feeds was started at the first line */
	bool bare_cr;		/**< lines end in CR alone */
	bool ended;		/**< the empty line was there */
	bool cut;		/**< the input ended inside a line */
	uint32_t flaws;		/**< LINE_END when one was odd */
};

static inline const char *
sip_line_end(struct sip_lines *l, const char *p)
{
	if (LIKELY(l->by_block))
		return sip_feeds_next(&l->feeds);
	if (UNLIKELY(l->bare_cr)) {
		while (p < l->end && *p != '\r' && *p != '\n')
			p++;
		if (p + 1 < l->end && p[0] == '\r' && p[1] == '\n')
			p++;
		return p < l->end ? p : NULL;
	}
	return memchr(p, '\n', (size_t)(l->end - p));
}

/** The next line with its folds, without its line end. False at the empty line,
 * which is passed over, and at the end of the input. */
static inline bool
sip_line_next(struct sip_lines *l, struct str *line)
{
	const char *start = l->p, *lf, *stop;

	if (start == l->end)
		return false;
	lf = sip_line_end(l, start);
	while (lf && lf + 1 < l->end && ascii_is_blank(lf[1])) {
		/* Blanks after the empty line belong to the body. */
		if (lf == start || (lf == start + 1 && *start == '\r'))
			break;
		if (*lf == '\n' && lf[-1] != '\r')
			l->flaws |= SIP_FLAW_LINE_END;
		lf = sip_line_end(l, lf + 1);
	}
	if (!lf) {
		*line = (struct str){ start, (size_t)(l->end - start) };
		l->p = l->end;
		l->cut = true;
		return true;
	}
	l->p = lf + 1;
	stop = lf;
	if (LIKELY(lf > start && lf[-1] == '\r')) {
		stop--;
		while (UNLIKELY(stop > start && stop[-1] == '\r')) {
			stop--;
			l->flaws |= SIP_FLAW_LINE_END;
		}
	} else {
		l->flaws |= SIP_FLAW_LINE_END;
	}
	*line = (struct str){ start, (size_t)(stop - start) };
	l->ended = stop == start;
	return !l->ended;
}

#endif
