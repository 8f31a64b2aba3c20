/**
 * @file lines.h  The header lines of a message, folds joined. Only for the room.
 *
 * RFC 3261 sections 7.3.1 and 7.5.
 */
#ifndef SIP_LINES_H
#define SIP_LINES_H

#include "sip/chars.h"
#include "sip/flaw.h"

struct sip_lines {
	const char *p;		/**< what is left; behind the empty line at last */
	const char *end;
	bool bare_cr;		/**< lines end in CR alone */
	bool ended;		/**< the empty line was there */
	bool cut;		/**< the input ended inside a line */
	uint32_t flaws;		/**< LINE_END when one was odd */
};

static inline const char *
sip_line_end(const struct sip_lines *l, const char *p)
{
	if (UNLIKELY(l->bare_cr)) {
		while (p < l->end && *p != '\r' && *p != '\n')
			p++;
		if (p + 1 < l->end && p[0] == '\r' && p[1] == '\n')
			p++;
		return p < l->end ? p : NULL;
	}
	return memchr(p, '\n', (size_t)(l->end - p));
}

/** The rest of sip_line_next(): folds, odd line ends, the end. @p lf is the
 * first line end, or NULL. */
bool sip_line_rest(struct sip_lines *l, const char *lf, struct str *line);

/** The next line with its folds, without its line end. False at the empty line,
 * which is passed over, and at the end of the input. */
static inline bool
sip_line_next(struct sip_lines *l, struct str *line)
{
	const char *start = l->p, *lf;

	if (UNLIKELY(start == l->end))
		return false;
	lf = sip_line_end(l, start);
	/* Nearly every line: text, CR LF, and something that is no fold. */
	if (LIKELY(lf && lf - start > 2 && lf[-1] == '\r' && lf[-2] != '\r' &&
		   lf + 1 < l->end && !ascii_is_blank(lf[1]))) {
		*line = (struct str){ start, (size_t)(lf - start) - 1 };
		l->p = lf + 1;
		return true;
	}
	return sip_line_rest(l, lf, line);
}

#endif
