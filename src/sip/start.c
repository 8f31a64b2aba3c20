/*
 * Telling SIP from other text by one line. The line is found first; a response
 * begins with its version, a request ends with it. Between, anything goes that
 * leaves no doubt: the grammar's own separators are checked last and cost only a
 * flaw. Where the version is missing (a broken sender or a short capture) the
 * method must be known and the URI be of a scheme that calls use, so that a log
 * line that mentions SIP is not taken for a message.
 */
#include "sip/start_int.h"

/* Longest method taken for one; there is no limit in the RFC. */
#define METHOD_MAX	128

struct line {
	struct str text;	/* without the line end */
	size_t used;		/* with it */
	bool whole;		/* there was one */
	bool bare_cr;
	uint32_t flaws;
};

/* A line up to its LF, whatever CRs are in it. */
static void
line_to_lf(struct str in, struct line *line)
{
	size_t lf = str_chr(in, '\n'), end = lf == SIZE_MAX ? in.n : lf;

	*line = (struct line){ .used = lf == SIZE_MAX ? in.n : lf + 1, .whole = lf != SIZE_MAX,
			       .flaws = SIP_FLAW_START_LINE };
	while (end > 0 && in.p[end - 1] == '\r')
		end--;
	line->text = (struct str){ in.p, end };
}

static void
line_find(struct str in, struct line *line)
{
	const char *lf = memchr(in.p, '\n', in.n);
	size_t n = lf ? (size_t)(lf - in.p) : in.n, end = n;
	const char *cr = memchr(in.p, '\r', n);

	*line = (struct line){ .used = lf ? n + 1 : n, .whole = lf != NULL };
	if (!cr) {
		if (lf)
			line->flaws = SIP_FLAW_LINE_END;
	} else if (lf && cr + 1 == lf) {
		end = n - 1;
	} else {
		size_t after = (size_t)(cr - in.p);

		end = after;
		while (after < n && in.p[after] == '\r')
			after++;
		line->flaws = SIP_FLAW_LINE_END;
		if (after < n || (!lf && after > end + 1)) {
			line->bare_cr = true;
			line->whole = true;
			line->used = end + 1;
		} else if (!lf) {
			line->flaws = 0;	/* its LF may be what was cut */
		}
	}
	line->text = (struct str){ in.p, end };
}

static bool
version_starts(struct str s)
{
	return s.n >= 5 && sip_four(s.p) == SIP_FOUR('s', 'i', 'p', '/') &&
	       ascii_is_digit(s.p[4]);
}

static bool
version_is_2(struct str s)
{
	return s.n == 7 && memcmp(s.p, "SIP/2.0", 7) == 0;
}

/* A scheme and its colon at the front of @p s: their length, or 0. */
static size_t
scheme_length(struct str s)
{
	size_t n = sip_span(s, SIP_CHAR_SCHEME);

	return n > 0 && n < s.n && s.p[n] == ':' && ascii_is_alpha(s.p[0]) ? n + 1 : 0;
}

/* Schemes of calls: enough to know a request without its version. */
static bool
scheme_is_sip(struct str s)
{
	return (str_starts_ci(s, STR("sip:")) && s.n > 4) ||
	       (str_starts_ci(s, STR("sips:")) && s.n > 5) ||
	       (str_starts_ci(s, STR("tel:")) && s.n > 4);
}

static bool
has_blank(struct str s)
{
	return s.n > 0 && (memchr(s.p, ' ', s.n) || memchr(s.p, '\t', s.n));
}

static struct str
trim_blanks(struct str s)
{
	s = sip_skip_blanks(s);
	while (s.n > 0 && ascii_is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Whether a line "name:" is among the next few, as after a start line. */
static bool
header_follows(struct str s)
{
	struct str line;

	for (int i = 0; i < 4 && str_cut(&s, '\n', &line); i++) {
		size_t n = sip_span(line, SIP_CHAR_TOKEN);

		line = sip_skip_blanks(str_skip(line, n));
		if (n > 0 && line.n > 0 && line.p[0] == ':')
			return true;
	}
	return false;
}

static enum sip_start_result
parse_response(const struct line *line, struct sip_start *start)
{
	struct str s = line->text, after;
	size_t n = 0;

	if (s.n < 5)
		return line->whole ? SIP_START_NOT : SIP_START_PREFIX;
	if (!ascii_is_digit(s.p[4]))
		return SIP_START_NOT;
	while (n < s.n && !ascii_is_blank(s.p[n]))
		n++;
	start->version = (struct str){ s.p, n };
	/* "SIP/2.0/TCP 192.0.2.1": of a Via whose beginning is lost. */
	if (memchr(s.p + 4, '/', n - 4))
		return SIP_START_NOT;
	after = sip_skip_blanks(str_skip(s, n));
	if (!version_is_2(start->version))
		start->flaws |= SIP_FLAW_VERSION;
	if (after.n == 0) {
		start->flaws |= SIP_FLAW_START_LINE | SIP_FLAW_STATUS;
		if (line->whole)
			return SIP_START_NOT;
		return version_is_2(start->version) ? SIP_START_CUT : SIP_START_PREFIX;
	}
	if (after.p != s.p + n + 1 || s.p[n] != ' ')
		start->flaws |= SIP_FLAW_START_LINE;

	for (n = 0; n < after.n && ascii_is_digit(after.p[n]); n++)
		;
	if (n == 0)
		return SIP_START_NOT;
	sip_status_read(start, (struct str){ after.p, n });
	s = str_skip(after, n);
	if (s.n == 0 || s.p[0] != ' ')
		start->flaws |= SIP_FLAW_START_LINE;	/* the SP is not optional */
	start->reason = trim_blanks(s);
	return line->whole ? SIP_START_OK : SIP_START_CUT;
}

/* The version is there: what is before it is the URI, as good or bad as it is.
 * Unless the method is known, doubt needs more than the word SIP. */
static bool
request_is_sip(const struct sip_start *start, struct str next)
{
	size_t scheme;

	if (start->method != SIP_METHOD_OTHER)
		return true;
	if (start->uri.n == 0 || has_blank(start->uri))
		return false;
	scheme = scheme_length(start->uri);
	return scheme > 0 ? scheme < start->uri.n : header_follows(next);
}

/* A line without version: the rest is a URI and perhaps a beginning of it. */
static enum sip_start_result
parse_versionless(const struct line *line, struct str rest, struct str next,
		  struct sip_start *start)
{
	struct str tail, full = STR("SIP/2.0");
	size_t n = 0;

	while (n < rest.n && !ascii_is_blank(rest.p[n]))
		n++;
	start->uri = (struct str){ rest.p, n };
	tail = sip_skip_blanks(str_skip(rest, n));
	start->flaws |= SIP_FLAW_START_LINE;
	if (tail.n > 0 && (line->whole || !str_starts_ci(full, tail)))
		return SIP_START_NOT;

	if (start->method != SIP_METHOD_OTHER && scheme_is_sip(start->uri)) {
		if (!line->whole)
			return SIP_START_CUT;
		start->flaws |= SIP_FLAW_VERSION;
		return header_follows(next) ? SIP_START_OK : SIP_START_NOT;
	}
	if (line->whole)
		return SIP_START_NOT;
	/* A scheme may still come, or the version after an unknown one. */
	if (rest.n == 0 || ascii_is_alpha(rest.p[0]) || rest.p[0] == '<')
		return SIP_START_PREFIX;
	return SIP_START_NOT;
}

static enum sip_start_result
parse_request(const struct line *line, struct str next, struct sip_start *start)
{
	struct str s = line->text, rest;
	size_t n, at;

	n = sip_span(s, SIP_CHAR_TOKEN);
	if (n == 0 || n > METHOD_MAX)
		return SIP_START_NOT;
	if (n == s.n)
		return line->whole ? SIP_START_NOT : SIP_START_PREFIX;
	if (!ascii_is_blank(s.p[n]))
		return SIP_START_NOT;
	start->request = true;
	start->method_text = (struct str){ s.p, n };
	start->method = (uint8_t)sip_method_find(start->method_text);

	rest = trim_blanks(str_skip(s, n + 1));
	for (at = rest.n; at > 0 && !ascii_is_blank(rest.p[at - 1]); at--)
		;
	if (!version_starts(str_skip(rest, at)))
		return parse_versionless(line, rest, next, start);
	start->version = str_skip(rest, at);
	start->uri = trim_blanks((struct str){ rest.p, at });
	if (!version_is_2(start->version))
		start->flaws |= SIP_FLAW_VERSION;
	if (s.n != n + 1 + start->uri.n + 1 + start->version.n || has_blank(start->uri) ||
	    s.p[n] != ' ')
		start->flaws |= SIP_FLAW_START_LINE;
	if (!request_is_sip(start, next))
		return SIP_START_NOT;
	return line->whole ? SIP_START_OK : SIP_START_CUT;
}

static uint32_t
request_flaws(const struct sip_start *start)
{
	uint32_t flaws = 0;

	if (start->uri.n < 4 || sip_four(start->uri.p) != SIP_FOUR('s', 'i', 'p', ':'))
		if (scheme_length(start->uri) == 0)
			flaws |= SIP_FLAW_URI;
	if (start->method == SIP_METHOD_OTHER)
		for (unsigned m = SIP_METHOD_NONE + 1; m < SIP_METHOD_OTHER; m++)
			if (str_eq_ci(start->method_text, sip_method_name((enum sip_method)m)))
				flaws |= SIP_FLAW_METHOD_CASE;
	return flaws;
}

static enum sip_start_result
parse_line(struct str in, const struct line *line, struct sip_start *start)
{
	enum sip_start_result result;

	*start = (struct sip_start){ .used = line->used, .bare_cr = line->bare_cr,
				     .flaws = line->flaws };
	if (in.n >= 4 && sip_four(in.p) == SIP_FOUR('s', 'i', 'p', '/'))
		return parse_response(line, start);
	result = parse_request(line, str_skip(in, line->used), start);
	if (result != SIP_START_NOT && start->request)
		start->flaws |= request_flaws(start);
	return result;
}

enum sip_start_result
sip_start_parse(struct str in, struct sip_start *start)
{
	enum sip_start_result result;
	struct line line;

	/* Most of what is not SIP is known by its first byte. */
	if (in.n == 0 || !sip_char_is(in.p[0], SIP_CHAR_TOKEN))
		return SIP_START_NOT;
	if (sip_start_usual(in, start))
		return SIP_START_OK;
	line_find(in, &line);
	result = parse_line(in, &line, start);
	if (result == SIP_START_NOT && line.bare_cr) {
		/* The CR may be a stray byte in a line that ends elsewhere. */
		line_to_lf(in, &line);
		result = parse_line(in, &line, start);
	}
	return result;
}
