/**
 * @file scan_header.h  Which header a line is, and its value: for scan.c alone, where it is
 * inlined, once for each kind of machine.
 *
 * Headers are told apart by their first letter, then by words of four of them; lines in
 * another form than nearly all have go to functions that are not inlined. RFC 3261 sections
 * 7.3.1, 7.3.3 and 20.
 */
#ifndef SIP_SCAN_HEADER_H
#define SIP_SCAN_HEADER_H

#include "sip/chars.h"
#include "sip/feeds.h"

/* value_take() of a value that is not set apart as usual. */
NOINLINE static struct str
value_odd(const char *p, const char *end)
{
	while (p < end && ascii_is_blank(*p))
		p++;
	if (p == end || *p != ':')
		return STR_NONE;
	for (p++; p < end && sip_char_is(*p, SIP_CHAR_LWS); p++)
		;
	while (p < end && sip_char_is(end[-1], SIP_CHAR_LWS))
		end--;
	return (struct str){ p, (size_t)(end - p) };
}

/*
 * The value from the byte after the name on, which has @p n bytes of the line; STR_NONE
 * when no colon is there. By value, as all these are: what has its address taken lies in
 * memory, and is written and read there for each line.
 * @p usual: the line ends in no blank, and a CR and another byte follow it.
 */
ALWAYS_INLINE static struct str
value_take(struct str line, size_t n, bool usual)
{
	const char *p = line.p + n, *end = line.p + line.n;

	if (LIKELY((usual || (end - p > 2 && (unsigned char)end[-1] > ' ')) &&
		   memcmp(p, ": ", 2) == 0 && (unsigned char)p[2] > ' '))
		return (struct str){ p + 2, (size_t)(end - p) - 2 };
	return value_odd(p, end);
}

/* Whether the line begins with @p name (lower case, at least four letters, of which the
 * first four were compared) and is longer. Inlined for a name known when compiling this is a
 * compare or two. */
ALWAYS_INLINE static bool
name_is(struct str line, const char *name, size_t n)
{
	uint32_t differs = 0;

	if (line.n <= n)
		return false;
	if (n >= 8)
		differs |= sip_four(line.p + 4) ^ sip_four(name + 4);
	if (n >= 12)
		differs |= sip_four(line.p + 8) ^ sip_four(name + 8);
	if (n >= 16)
		differs |= sip_four(line.p + 12) ^ sip_four(name + 12);
	if (n >= 5)
		differs |= sip_four(line.p + n - 4) ^ sip_four(name + n - 4);
	return differs == 0;
}

/* Headers are told apart by the letter of their compact form; those without one
 * have a letter here that no compact form uses. */
enum header_id {
	HEADER_OTHER = 0,
	HEADER_PLAIN = 1,	/* another one, well-formed by its look */
	HEADER_CALL_ID = 'i',
	HEADER_CONTACT = 'm',
	HEADER_LENGTH = 'l',
	HEADER_TYPE = 'c',
	HEADER_FROM = 'f',
	HEADER_TO = 't',
	HEADER_VIA = 'v',
	HEADER_EVENT = 'o',
	HEADER_CSEQ = 'C',
	HEADER_MAX_FORWARDS = 'M',
	HEADER_REASON = 'R',
	HEADER_WARNING = 'W',
	HEADER_STATE = 'S',
	HEADER_RSEQ = 'Q',
	HEADER_EXPIRES = 'E',
	HEADER_AUTH = 'A',
};

/* Which one a line is, and its value where it is one of those with a name here. */
struct header {
	enum header_id id;
	struct str value;
};

#define OTHER	((struct header){ .id = HEADER_OTHER })

/* "name:" or "name :" of up to three letters; and lines too short for four. */
NOINLINE static struct header
header_short(struct str line)
{
	size_t colon = str_chr(line, ':');
	enum header_id id = HEADER_OTHER;
	struct str name;
	unsigned char c;

	if (colon == SIZE_MAX)
		return OTHER;
	name = (struct str){ line.p, colon };
	while (name.n > 0 && ascii_is_blank(name.p[name.n - 1]))
		name.n--;
	if (name.n == 1) {
		c = ascii_lower(name.p[0]);
		if (c != 0 && strchr("imlcftvo", c))
			id = (enum header_id)c;
	} else if (str_eq_ci(name, STR("via"))) {
		id = HEADER_VIA;
	} else if (str_eq_ci(name, STR("to"))) {
		id = HEADER_TO;
	}
	return (struct header){ id, str_trim(str_skip(line, colon + 1)) };
}

/* A header that is none of those with a name here; or a name in another form. */
ALWAYS_INLINE static struct header
header_plain(struct str line, const char *limit)
{
	size_t n = sip_plain_name(line.p, limit);

	/* What ends a line is no part of a plain name: it ends within the line. */
	if (LIKELY(n >= 4 && ascii_is_alpha(*line.p) && ascii_is_alpha(line.p[n - 1])))
		return (struct header){ .id = HEADER_PLAIN };
	/* Compact forms, and blanks before the colon. */
	if (line.p[1] == ':' || line.p[2] == ':' || ascii_is_blank(line.p[1]) ||
	    ascii_is_blank(line.p[2]) || ascii_is_blank(line.p[3]))
		return header_short(line);
	return OTHER;
}

/* As @p id when a colon follows the name, which has @p n bytes. */
ALWAYS_INLINE static struct header
header_named(enum header_id id, struct str line, size_t n, bool usual)
{
	struct str value = value_take(line, n, usual);

	return (struct header){ value.p ? id : HEADER_OTHER, value };
}

/* When the first four letters are those of @p name, it is that or none. */
#define HEADER_OR_OTHER(id, name) \
	(name_is(line, (name), sizeof(name) - 1) ? \
	 header_named((id), line, sizeof(name) - 1, usual) : OTHER)

/* Whether the line begins with @p name, of five bytes at least, and a colon. */
ALWAYS_INLINE static bool
name_is_plain(struct str line, const char *name, size_t n)
{
	uint32_t differs;

	if (line.n <= n || line.p[n] != ':')
		return false;
	differs = sip_four_differs(line.p, name) |
		sip_four_differs(line.p + n - 4, name + n - 4);
	if (n > 8)
		differs |= sip_four_differs(line.p + 4, name + 4);
	if (n > 12)
		differs |= sip_four_differs(line.p + 8, name + 8);
	if (n > 16)
		differs |= sip_four_differs(line.p + 12, name + 12);
	return differs == 0;
}

/* Headers that most messages have and nobody looks into here: a few compares tell that
 * they are well-formed. Others, and these in another form, go the way of header_plain(). */
#define PLAIN_WHEN(name) \
	do { \
		if (four == sip_four(name) && name_is_plain(line, (name), sizeof(name) - 1)) \
			return (struct header){ .id = HEADER_PLAIN }; \
	} while (0)

/* By the first letter, which is a jump, then by four of them. The line has five bytes. */
ALWAYS_INLINE static struct header
header_find(struct str line, const char *limit, bool usual)
{
	uint32_t four = sip_four(line.p);

	switch (SIP_FOUR_FIRST(four)) {
	case 'a':
		PLAIN_WHEN("allow");
		if (four == SIP_FOUR('a', 'u', 't', 'h'))
			return HEADER_OR_OTHER(HEADER_AUTH, "authorization");
		break;
	case 'c':
		if (four == SIP_FOUR('c', 'o', 'n', 't')) {
			if (name_is(line, "contact", 7))
				return header_named(HEADER_CONTACT, line, 7, usual);
			if (name_is(line, "content-length", 14))
				return header_named(HEADER_LENGTH, line, 14, usual);
			return HEADER_OR_OTHER(HEADER_TYPE, "content-type");
		}
		if (four == SIP_FOUR('c', 'a', 'l', 'l'))
			return HEADER_OR_OTHER(HEADER_CALL_ID, "call-id");
		if (four == SIP_FOUR('c', 's', 'e', 'q'))
			return HEADER_OR_OTHER(HEADER_CSEQ, "cseq");
		break;
	case 'e':
		if (four == SIP_FOUR('e', 'v', 'e', 'n'))
			return HEADER_OR_OTHER(HEADER_EVENT, "event");
		if (four == SIP_FOUR('e', 'x', 'p', 'i'))
			return HEADER_OR_OTHER(HEADER_EXPIRES, "expires");
		break;
	case 'f':
		if (four == SIP_FOUR('f', 'r', 'o', 'm'))
			return HEADER_OR_OTHER(HEADER_FROM, "from");
		break;
	case 'm':
		if (four == SIP_FOUR('m', 'a', 'x', '-'))
			return HEADER_OR_OTHER(HEADER_MAX_FORWARDS, "max-forwards");
		break;
	case 'p':
		PLAIN_WHEN("p-asserted-identity");
		PLAIN_WHEN("p-charging-vector");
		if (four == SIP_FOUR('p', 'r', 'o', 'x'))
			return HEADER_OR_OTHER(HEADER_AUTH, "proxy-authorization");
		break;
	case 'r':
		PLAIN_WHEN("record-route");
		PLAIN_WHEN("route");
		if (four == SIP_FOUR('r', 'e', 'a', 's'))
			return HEADER_OR_OTHER(HEADER_REASON, "reason");
		if (four == SIP_FOUR('r', 's', 'e', 'q'))
			return HEADER_OR_OTHER(HEADER_RSEQ, "rseq");
		break;
	case 's':
		PLAIN_WHEN("supported");
		PLAIN_WHEN("server");
		PLAIN_WHEN("session-expires");
		if (four == SIP_FOUR('s', 'u', 'b', 's'))
			return HEADER_OR_OTHER(HEADER_STATE, "subscription-state");
		break;
	case 't':
		if ((line.p[1] | 0x20) == 'o' && line.p[2] == ':')
			return header_named(HEADER_TO, line, 2, usual);
		break;
	case 'u':
		PLAIN_WHEN("user-agent");
		break;
	case 'v':
		if (four == SIP_FOUR('v', 'i', 'a', ':'))
			return header_named(HEADER_VIA, line, 3, usual);
		break;
	case 'w':
		if (four == SIP_FOUR('w', 'a', 'r', 'n'))
			return HEADER_OR_OTHER(HEADER_WARNING, "warning");
		break;
	default:
		break;
	}
	return header_plain(line, limit);
}

#undef OTHER
#undef HEADER_OR_OTHER
#undef PLAIN_WHEN

#endif
