#include "sip/lines.h"

bool
sip_line_rest(struct sip_lines *l, const char *lf, struct str *line)
{
	const char *start = l->p, *stop;

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
	if (lf > start && lf[-1] == '\r') {
		stop--;
		while (stop > start && stop[-1] == '\r') {
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
