/** @file scan_int.h  Values that sip_scan() looks into; for it alone. */
#ifndef SIP_SCAN_INT_H
#define SIP_SCAN_INT_H

#include "sip/chars.h"
#include "sip/feeds.h"
#include "sip/scan.h"

/*
 * What is looked into in each message, where the input ends at @p limit: searches may look
 * ahead to there. Inlined once for each kind of machine, by how that finds a byte.
 */

/** The branch of a Via value that is in another form. */
struct str sip_scan_branch_odd(struct str via);

/* As nearly always: the first parameter of the first Via, by itself. STR_NONE when it is not
 * so. What follows it does not matter, were it another Via. */
ALWAYS_INLINE static struct str
branch_usual(struct str via, const char *limit, sip_find_fn *find)
{
	static const char name[] = "branch=";
	const char *p, *stop, *end = via.p + via.n;

	if (limit - end < (ptrdiff_t)SIP_FIND_BEHIND)
		return STR_NONE;
	p = find(via.p, end, ';', ',');
	if (end - p < 10 || *p != ';' || sip_four(p + 1) != sip_four(name) ||
	    sip_four(p + 4) != sip_four(name + 3))
		return STR_NONE;
	p += 8;
	stop = find(p, end, ';', ',');
	if ((stop < end && *stop == ',') || stop == p || *p == '"' ||
	    sip_char_is(*p, SIP_CHAR_LWS) || sip_char_is(stop[-1], SIP_CHAR_LWS))
		return STR_NONE;
	return (struct str){ p, (size_t)(stop - p) };
}

/** The branch of a Via value, which may hold several Vias. */
ALWAYS_INLINE static struct str
sip_scan_branch(struct str via, const char *limit, sip_find_fn *find)
{
	struct str branch = branch_usual(via, limit, find);

	return LIKELY(branch.p) ? branch : sip_scan_branch_odd(via);
}

/** sip_scan_address() of any other address than that of nearly all messages. */
bool sip_scan_address_odd(struct str v, struct str *uri, struct str *tag);

/* The address nearly all messages have: an optional name, a sip: URI in angle
 * brackets, a tag or nothing. False when it is any other. */
ALWAYS_INLINE static bool
address_usual(struct str v, const char *limit, struct str *uri, struct str *tag, sip_find_fn *find)
{
	const char *p = v.p, *end = v.p + v.n, *close;

	if (v.n < 8 || limit - end < (ptrdiff_t)SIP_FIND_BEHIND)
		return false;
	if (*p == '"') {
		close = find(p + 1, end, '"', '\\');
		if (close == end || *close != '"')
			return false;
		for (p = close + 1; p < end && *p == ' '; p++)
			;
	}
	if (end - p < 6 || *p != '<' || sip_four(p + 1) != SIP_FOUR('s', 'i', 'p', ':'))
		return false;
	p++;
	close = find(p, end, '>', '>');
	if (close == end)
		return false;
	*uri = (struct str){ p, (size_t)(close - p) };
	p = close + 1;
	if (p == end)
		return true;
	if (end - p < 6 || *p != ';' || sip_four(p + 1) != SIP_FOUR('t', 'a', 'g', '=') ||
	    p[5] == '"' || sip_char_is(p[5], SIP_CHAR_LWS))
		return false;
	p += 5;
	if (find(p, end, ';', ';') != end)
		return false;
	*tag = (struct str){ p, (size_t)(end - p) };
	return true;
}

/**
 * Take a From or To apart. RFC 3261 sections 20.10, 20.20 and 20.39.
 * @return false when it does not follow the grammar; what can be read is set all
 *         the same.
 */
ALWAYS_INLINE static bool
sip_scan_address(struct str v, const char *limit, struct str *uri, struct str *tag,
		 sip_find_fn *find)
{
	return LIKELY(address_usual(v, limit, uri, tag, find)) ||
		sip_scan_address_odd(v, uri, tag);
}

/** For tests: whether to do without what only this machine can. */
void sip_scan_use_plain(bool plain);

/** Whether the body, which is not empty, is SDP, by its type or begin, or holds a part that is. */
bool sip_scan_has_sdp(const struct sip_scan *msg);

#endif
