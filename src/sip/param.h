/**
 * @file param.h  Parameters, quoted strings and comma lists: what most header
 * values are made of.
 *
 * RFC 3261 sections 7.3.1 and 25.1 (generic-param, quoted-string).
 */
#ifndef SIP_PARAM_H
#define SIP_PARAM_H

#include "base/buf.h"

/** Slices borrow from the value. */
struct sip_param {
	struct str name;
	struct str value;	/**< without its quotes; escapes are left in it */
	bool has_value;		/**< there was a '=' */
	bool quoted;
	bool bad;		/**< does not follow the grammar */
};

/**
 * Cut the next parameter off the front of *rest, which starts at a separator
 * (';', LWS before it is fine) or is empty.
 * @return false when *rest is empty. A parameter that breaks the grammar is bad,
 *         and is taken up to the next separator; a quoted string without end
 *         takes all the rest. Always advances.
 */
bool sip_param_next(struct str *rest, struct sip_param *param);

/** The same with another separator, such as ',' in credentials; the first one
 * is not preceded by it. */
bool sip_param_next_by(struct str *rest, char separator, struct sip_param *param);

/** The value of parameter @p name (any case), or false. A flag has STR(""). */
bool sip_param_find(struct str params, struct str name, struct str *value);

/** Index just past the quoted string that @p s starts with; SIZE_MAX when it
 * does not end. */
size_t sip_quoted_end(struct str s);

/**
 * Cut the next of the values that commas separate off *rest, trimmed. Commas in
 * quoted strings and in <> do not count; a quoted string without end takes the
 * rest of the list.
 * @return false when *rest is exhausted (p NULL). An empty item is empty.
 */
bool sip_list_next(struct str *rest, struct str *item);

/** Append the text of a quoted string's inside, its escapes resolved. */
void sip_quoted_add(struct buf *b, struct str inside);

/** Append @p s with %-escapes decoded; broken escapes are kept as they are. */
void sip_unescape_add(struct buf *b, struct str s);

/** Whether each '%' in @p s has two hexadecimal digits after it. */
bool sip_escapes_are_good(struct str s);

#endif
