/*
 * The pass every message takes. Lines are found 64 bytes at a time (feeds.h), a
 * header by its first four letters, and only headers that identify or list a
 * message are looked into. Values are kept as slices with their folds; whoever
 * reads deeper uses the parsers of the room.
 *
 * A CR alone ends lines only in a message whose start line ends so: elsewhere it
 * is a byte of the value (sip_check() points at it). That saves a second search
 * in every line.
 */
#include <unistr.h>

#include "sip/scan.h"

#include "sip/feeds.h"
#include "sip/lines.h"
#include "sip/scan_int.h"
#include "sip/param.h"
#include "sip/start.h"

/* The state of the pass. */
struct walk {
	struct sip_lines lines;
	uint8_t seen;		/* enum seen: headers that may come once */
	struct str length;	/* Content-Length, as sent */
};

enum seen {
	SEEN_CALL_ID = 1,
	SEEN_CSEQ = 2,
	SEEN_FROM = 4,
	SEEN_TO = 8,
	SEEN_LENGTH = 16,
	SEEN_MAX_FORWARDS = 32,
	SEEN_TYPE = 64,
};

/* value_take() of a value that is not set apart as usual. */
static bool
value_odd(const char *p, const char *end, struct str *value)
{
	while (p < end && ascii_is_blank(*p))
		p++;
	if (p == end || *p != ':')
		return false;
	for (p++; p < end && sip_char_is(*p, SIP_CHAR_LWS); p++)
		;
	while (p < end && sip_char_is(end[-1], SIP_CHAR_LWS))
		end--;
	*value = (struct str){ p, (size_t)(end - p) };
	return true;
}

/* The value from the byte after the name on; false when no colon is there. */
static inline bool
value_take(struct str line, size_t n, struct str *value)
{
	const char *p = line.p + n, *end = line.p + line.n;

	if (LIKELY(end - p > 2 && p[0] == ':' && p[1] == ' ' &&
		   (unsigned char)p[2] > ' ' && (unsigned char)end[-1] > ' ')) {
		*value = (struct str){ p + 2, (size_t)(end - p) - 2 };
		return true;
	}
	return value_odd(p, end, value);
}

/* Whether the line is the header @p name (lower case, at least four letters,
 * of which the first four were compared); *value is what follows the colon.
 * Inlined for a name known when compiling this is a compare or two. */
__attribute__((always_inline)) static inline bool
name_is(struct str line, const char *name, size_t n, struct str *value)
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
	return differs == 0 && value_take(line, n, value);
}

#define NAME_IS(line, name, value) name_is((line), (name), sizeof(name) - 1, (value))

/* Headers are told apart by the letter of their compact form; those without one
 * have a letter here that no compact form uses. */
enum header {
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

/* "name:" or "name :" of up to three letters; and lines too short for four. */
static enum header
header_short(struct str line, struct str *value)
{
	size_t colon = str_chr(line, ':');
	struct str name;
	unsigned char c;

	if (colon == SIZE_MAX)
		return HEADER_OTHER;
	*value = str_trim(str_skip(line, colon + 1));
	name = (struct str){ line.p, colon };
	while (name.n > 0 && ascii_is_blank(name.p[name.n - 1]))
		name.n--;
	if (name.n == 1) {
		c = ascii_lower(name.p[0]);
		return c != 0 && strchr("imlcftvo", c) ? (enum header)c : HEADER_OTHER;
	}
	if (str_eq_ci(name, STR("via")))
		return HEADER_VIA;
	return str_eq_ci(name, STR("to")) ? HEADER_TO : HEADER_OTHER;
}

__attribute__((always_inline)) static inline enum header
header_find(struct str line, const char *limit, struct str *value)
{
	size_t n;

	if (line.n < 5)
		return header_short(line, value);

	switch (sip_four(line.p)) {
	case SIP_FOUR('v', 'i', 'a', ':'):
		return value_take(line, 3, value) ? HEADER_VIA : HEADER_OTHER;
	case SIP_FOUR('f', 'r', 'o', 'm'):
		return NAME_IS(line, "from", value) ? HEADER_FROM : HEADER_OTHER;
	case SIP_FOUR('c', 'a', 'l', 'l'):
		return NAME_IS(line, "call-id", value) ? HEADER_CALL_ID : HEADER_OTHER;
	case SIP_FOUR('c', 's', 'e', 'q'):
		return NAME_IS(line, "cseq", value) ? HEADER_CSEQ : HEADER_OTHER;
	case SIP_FOUR('c', 'o', 'n', 't'):
		if (NAME_IS(line, "contact", value))
			return HEADER_CONTACT;
		if (NAME_IS(line, "content-length", value))
			return HEADER_LENGTH;
		return NAME_IS(line, "content-type", value) ? HEADER_TYPE : HEADER_OTHER;
	case SIP_FOUR('m', 'a', 'x', '-'):
		return NAME_IS(line, "max-forwards", value) ? HEADER_MAX_FORWARDS : HEADER_OTHER;
	case SIP_FOUR('r', 'e', 'a', 's'):
		return NAME_IS(line, "reason", value) ? HEADER_REASON : HEADER_OTHER;
	case SIP_FOUR('w', 'a', 'r', 'n'):
		return NAME_IS(line, "warning", value) ? HEADER_WARNING : HEADER_OTHER;
	case SIP_FOUR('e', 'v', 'e', 'n'):
		return NAME_IS(line, "event", value) ? HEADER_EVENT : HEADER_OTHER;
	case SIP_FOUR('s', 'u', 'b', 's'):
		return NAME_IS(line, "subscription-state", value) ? HEADER_STATE : HEADER_OTHER;
	case SIP_FOUR('r', 's', 'e', 'q'):
		return NAME_IS(line, "rseq", value) ? HEADER_RSEQ : HEADER_OTHER;
	case SIP_FOUR('e', 'x', 'p', 'i'):
		return NAME_IS(line, "expires", value) ? HEADER_EXPIRES : HEADER_OTHER;
	case SIP_FOUR('a', 'u', 't', 'h'):
		return NAME_IS(line, "authorization", value) ? HEADER_AUTH : HEADER_OTHER;
	case SIP_FOUR('p', 'r', 'o', 'x'):
		return NAME_IS(line, "proxy-authorization", value) ? HEADER_AUTH : HEADER_OTHER;
	default:
		n = sip_plain_name(line.p, limit);
		if (LIKELY(n >= 4 && n < line.n && ascii_is_alpha(*line.p) &&
			   ascii_is_alpha(line.p[n - 1])))
			return HEADER_PLAIN;
		if (line.p[2] == ':' && ascii_lower(line.p[0]) == 't' &&
		    ascii_lower(line.p[1]) == 'o')
			return value_take(line, 2, value) ? HEADER_TO : HEADER_OTHER;
		/* Compact forms, and blanks before the colon. */
		if (line.p[1] == ':' || line.p[2] == ':' || ascii_is_blank(line.p[1]) ||
		    ascii_is_blank(line.p[2]) || ascii_is_blank(line.p[3]))
			return header_short(line, value);
		return HEADER_OTHER;
	}
}

/* A line that is none of the headers: is it one at all? */
static bool
line_is_header(struct str line)
{
	const char *p = line.p, *end = p + line.n;

	while (p < end && sip_char_is(*p, SIP_CHAR_TOKEN))
		p++;
	if (p == line.p)
		return false;
	while (p < end && ascii_is_blank(*p))
		p++;
	return p < end && *p == ':';
}

/* Keep the first; another one with another value is a flaw. */
static bool
take_once(struct walk *w, enum seen bit, struct str *kept, struct str value, uint32_t *flaws)
{
	if (LIKELY(!(w->seen & bit))) {
		w->seen |= (uint8_t)bit;
		*kept = value;
		return true;
	}
	if (!str_eq(*kept, value))
		*flaws |= SIP_FLAW_DUPLICATE;
	return false;
}

static void
take_via(struct sip_scan *msg, struct str v)
{
	if (msg->via.p)
		return;
	msg->via = v;
	if (v.n < 4 || (sip_four(v.p) & 0x00ffffff) != (SIP_FOUR('s', 'i', 'p', 0) & 0x00ffffff))
		msg->flaws |= SIP_FLAW_VIA;
	if (UNLIKELY(v.n > 0 && memchr(v.p, ',', v.n))) {
		struct str list = v;

		sip_list_next(&list, &v);
	}
	msg->branch = sip_scan_param(v, STR("branch="));
}

static void
take_cseq(struct sip_scan *msg, struct str v)
{
	if (!str_take_u32(&v, &msg->cseq)) {
		msg->flaws |= SIP_FLAW_CSEQ;
		while (v.n > 0 && (ascii_is_digit(v.p[0]) || v.p[0] == '-' || v.p[0] == '+'))
			v = str_skip(v, 1);
	} else if (msg->cseq > INT32_MAX) {
		msg->flaws |= SIP_FLAW_CSEQ;
	}
	v = sip_skip_lws(v);
	msg->cseq_method_text = v;
	if (msg->request && str_eq(v, msg->method_text)) {
		msg->cseq_method = msg->method;
		return;
	}
	msg->cseq_method = (uint8_t)sip_method_find(v);
	if (v.n == 0 || msg->request ||
	    (msg->cseq_method == SIP_METHOD_OTHER && !sip_is_token(v)))
		msg->flaws |= SIP_FLAW_CSEQ_METHOD;
}

static void
take_length(struct sip_scan *msg, struct str v)
{
	msg->has_length = str_to_u32(v, &msg->content_length);
	if (!msg->has_length)
		msg->flaws |= SIP_FLAW_LENGTH_BAD;
}

static void
take_max_forwards(struct sip_scan *msg, struct str v)
{
	uint32_t n;

	if (str_to_u32(v, &n) && n <= UINT8_MAX)
		msg->max_forwards = (uint8_t)n;
	else
		msg->flaws |= SIP_FLAW_VALUE;
}

static inline void
keep_first(struct str *kept, struct str value)
{
	if (!kept->p)
		*kept = value;
}

/* Inlined in the loop of the usual lines, which is where the time goes. */
__attribute__((always_inline)) static inline void
take_header(struct walk *w, struct sip_scan *msg, struct str line)
{
	uint32_t *flaws = &msg->flaws;
	struct str v = STR_NONE;

	switch (header_find(line, w->lines.end, &v)) {
	case HEADER_PLAIN:
		break;
	case HEADER_VIA:
		take_via(msg, v);
		break;
	case HEADER_FROM:
		if (take_once(w, SEEN_FROM, &msg->from, v, flaws) &&
		    !sip_scan_address(v, w->lines.end, &msg->from_uri, &msg->from_user, &msg->from_tag))
			*flaws |= SIP_FLAW_FROM;
		break;
	case HEADER_TO:
		if (take_once(w, SEEN_TO, &msg->to, v, flaws) &&
		    !sip_scan_address(v, w->lines.end, &msg->to_uri, &msg->to_user, &msg->to_tag))
			*flaws |= SIP_FLAW_TO;
		break;
	case HEADER_CALL_ID:
		take_once(w, SEEN_CALL_ID, &msg->call_id, v, flaws);
		break;
	case HEADER_CSEQ:
		if (!(w->seen & SEEN_CSEQ)) {
			w->seen |= SEEN_CSEQ;
			take_cseq(msg, v);
		} else {
			struct sip_scan other = { .request = false };

			take_cseq(&other, v);
			if (other.cseq != msg->cseq ||
			    !str_eq(other.cseq_method_text, msg->cseq_method_text))
				*flaws |= SIP_FLAW_DUPLICATE;
		}
		break;
	case HEADER_LENGTH:
		if (take_once(w, SEEN_LENGTH, &w->length, v, flaws))
			take_length(msg, v);
		break;
	case HEADER_TYPE:
		take_once(w, SEEN_TYPE, &msg->content_type, v, flaws);
		break;
	case HEADER_MAX_FORWARDS:
		if (!(w->seen & SEEN_MAX_FORWARDS)) {
			w->seen |= SEEN_MAX_FORWARDS;
			take_max_forwards(msg, v);
		} else {
			uint32_t n;

			if (!str_to_u32(v, &n) || n != msg->max_forwards)
				*flaws |= SIP_FLAW_DUPLICATE;
		}
		break;
	case HEADER_CONTACT:
		keep_first(&msg->contact, v);
		break;
	case HEADER_REASON:
		keep_first(&msg->reason_header, v);
		break;
	case HEADER_WARNING:
		keep_first(&msg->warning, v);
		break;
	case HEADER_EVENT:
		keep_first(&msg->event, v);
		break;
	case HEADER_STATE:
		keep_first(&msg->subscription_state, v);
		break;
	case HEADER_RSEQ:
		keep_first(&msg->rseq, v);
		break;
	case HEADER_EXPIRES:
		keep_first(&msg->expires, v);
		break;
	case HEADER_AUTH:
		msg->has_auth = true;
		break;
	case HEADER_OTHER:
		if (!line_is_header(line))
			*flaws |= SIP_FLAW_HEADER;
		break;
	}
}

/* NUL and bytes that are no UTF-8; asked only when there may be some. */
static uint32_t
text_flaws(struct str head)
{
	uint32_t flaws = 0;

	if (u8_check((const uint8_t *)head.p, head.n))
		flaws |= SIP_FLAW_UTF8;
	if (memchr(head.p, '\0', head.n))
		flaws |= SIP_FLAW_NUL;
	return flaws;
}

static struct str
skip_line_ends(struct str s)
{
	size_t n = 0;

	while (n < s.n && (s.p[n] == '\r' || s.p[n] == '\n'))
		n++;
	return str_skip(s, n);
}

/* Where the body of a datagram ends. */
static void
datagram_body(struct sip_scan *msg, struct str rest)
{
	msg->body = rest;
	if (!msg->has_length) {
		/* Without length and type it may be the next message. */
		if (rest.n > 0 && !msg->content_type.p && sip_looks_like(rest)) {
			msg->flaws |= SIP_FLAW_SEVERAL;
			msg->body.n = 0;
		}
		return;
	}
	if (msg->content_length == rest.n)
		return;
	if (msg->content_length > rest.n) {
		msg->flaws |= SIP_FLAW_LENGTH_LONG;
	} else if (sip_looks_like(str_skip(rest, msg->content_length))) {
		msg->flaws |= SIP_FLAW_SEVERAL;
		msg->body.n = msg->content_length;
	} else {
		msg->flaws |= SIP_FLAW_LENGTH_SHORT;
	}
}

static uint32_t
missing_flaws(const struct sip_scan *msg, uint8_t seen)
{
	uint32_t flaws = 0;

	if (msg->call_id.n == 0)
		flaws |= SIP_FLAW_NO_CALL_ID;
	if (!(seen & SEEN_CSEQ))
		flaws |= SIP_FLAW_NO_CSEQ;
	if (!(seen & SEEN_FROM))
		flaws |= SIP_FLAW_NO_FROM;
	if (!(seen & SEEN_TO))
		flaws |= SIP_FLAW_NO_TO;
	if (!msg->via.p)
		flaws |= SIP_FLAW_NO_VIA;
	return flaws;
}

/* The masks of the blocks from @p p on, at most @p max. The last block of an
 * input may be short: it is looked at with the bytes before it. @return how many
 * bytes they tell of; 0: the input is too short for a block. */
static inline size_t
take_masks(struct str in, const char *p, size_t max, uint64_t *masks, uint32_t *odd)
{
	size_t left = (size_t)(in.p + in.n - p), blocks = left / SIP_FEEDS_BLOCK;

	if (LIKELY(blocks > 0)) {
		blocks = blocks < max ? blocks : max;
		sip_feeds_masks(p, blocks, masks, odd);
		return blocks * SIP_FEEDS_BLOCK;
	}
	if (left == 0 || in.n < SIP_FEEDS_BLOCK)
		return 0;
	sip_feeds_masks(in.p + in.n - SIP_FEEDS_BLOCK, 1, masks, odd);
	masks[0] >>= SIP_FEEDS_BLOCK - left;
	return left;
}

#define MASKS	8

/*
 * Take the lines for as long as they are as nearly all are: some text, CR LF, and
 * no fold behind; and the empty line. @p in begins with the start line, and one
 * more byte follows it.
 * @return not 0 when there may be NUL or bytes above 127 in the head.
 */
static inline uint32_t
take_usual(struct walk *w, struct sip_scan *msg, struct str in)
{
	const char *p = w->lines.p, *block = in.p;
	uint64_t masks[MASKS];
	uint32_t odd = 0;
	size_t n;

	while ((n = take_masks(in, block, MASKS, masks, &odd)) > 0) {
		for (size_t at = 0; at < n; at += SIP_FEEDS_BLOCK) {
			uint64_t mask = masks[at / SIP_FEEDS_BLOCK];

			for (; mask; mask &= mask - 1) {
				const char *lf = block + at + __builtin_ctzll(mask);

				if (UNLIKELY(lf - p < 3)) {
					if (lf < p)	/* of the start line */
						continue;
					w->lines.p = p;
					return odd;	/* the empty line, or odd */
				}
				if (UNLIKELY(lf[-1] != '\r' || lf[-2] == '\r' ||
					     ascii_is_blank(lf[1]))) {
					w->lines.p = p;
					return 1;
				}
				take_header(w, msg, (struct str){ p, (size_t)(lf - p) - 1 });
				p = lf + 1;
			}
		}
		block += n;
	}
	w->lines.p = p;
	/* All was looked at but the byte after @p in. */
	return in.n < SIP_FEEDS_BLOCK || (signed char)in.p[in.n] <= 0 ? 1 : odd;
}

/* Take the lines that are left, whatever they are. */
__attribute__((noinline)) static void
take_rest(struct walk *w, struct sip_scan *msg)
{
	struct str line;

	while (sip_line_next(&w->lines, &line)) {
		uint32_t before = msg->flaws;

		take_header(w, msg, line);
		if (w->lines.cut) {
			msg->flaws = before;	/* what is missing is not wrong */
			break;
		}
	}
}

#define MISSING_ALL (SIP_FLAW_NO_CALL_ID | SIP_FLAW_NO_CSEQ | SIP_FLAW_NO_FROM | \
		     SIP_FLAW_NO_TO | SIP_FLAW_NO_VIA)

/* The start line into *msg. */
static enum sip_scan_result
take_start(struct sip_scan *msg, struct str in, enum sip_framing framing, struct sip_start *start)
{
	switch (sip_start_parse(in, start)) {
	case SIP_START_NOT:
		return SIP_SCAN_NOT_SIP;
	case SIP_START_PREFIX:
		return framing == SIP_STREAM ? SIP_SCAN_MORE : SIP_SCAN_NOT_SIP;
	case SIP_START_CUT:
		if (framing == SIP_STREAM)
			return SIP_SCAN_MORE;
		break;
	case SIP_START_OK:
		break;
	}
	msg->request = start->request;
	msg->method = start->method;
	msg->status = start->status;
	msg->flaws |= start->flaws;
	msg->method_text = start->method_text;
	msg->uri = start->uri;
	msg->reason = start->reason;
	return SIP_SCAN_MESSAGE;
}

enum sip_scan_result
sip_scan(struct str in, enum sip_framing framing, struct sip_scan *msg)
{
	enum sip_scan_result result;
	struct sip_start start;
	struct str rest = skip_line_ends(in);
	uint32_t odd = 1;
	struct walk w;

	/* RTP and the like cost one look. */
	if (rest.n > 0 && !sip_char_is(rest.p[0], SIP_CHAR_TOKEN))
		return SIP_SCAN_NOT_SIP;
	*msg = (struct sip_scan){ .start = in.n - rest.n, .max_forwards = 255 };
	if (rest.n == 0)
		return framing == SIP_STREAM ? SIP_SCAN_MORE : SIP_SCAN_NOT_SIP;
	result = take_start(msg, rest, framing, &start);
	if (result != SIP_SCAN_MESSAGE)
		return result;
	if (msg->start > 0 && framing == SIP_DATAGRAM)
		msg->flaws |= SIP_FLAW_LEADING_CRLF;

	w = (struct walk){ .lines = { .p = rest.p + start.used, .end = rest.p + rest.n,
				      .bare_cr = start.bare_cr } };
	if (LIKELY(!start.bare_cr))
		odd = take_usual(&w, msg, (struct str){ rest.p, rest.n - 1 });
	take_rest(&w, msg);
	msg->flaws |= w.lines.flaws;
	msg->head = (size_t)(w.lines.p - rest.p);
	if (!w.lines.ended) {
		if (framing == SIP_STREAM)
			return SIP_SCAN_MORE;
		msg->flaws |= SIP_FLAW_NO_END;
	}
	if (UNLIKELY(odd))
		msg->flaws |= text_flaws((struct str){ rest.p, msg->head });
	msg->flaws |= missing_flaws(msg, w.seen);
	/* Servers of other protocols answer the curious so, over TCP. */
	if (UNLIKELY((msg->flaws & MISSING_ALL) == MISSING_ALL) && framing == SIP_STREAM &&
	    !msg->request && w.lines.ended)
		return SIP_SCAN_NOT_SIP;

	rest = str_skip(rest, msg->head);
	if (framing == SIP_DATAGRAM) {
		datagram_body(msg, rest);
	} else {
		size_t need = msg->has_length ? msg->content_length : 0;

		msg->length = msg->start + msg->head + need;
		if (need > rest.n)
			return SIP_SCAN_MORE;
		msg->body = (struct str){ rest.p, need };
	}
	msg->length = msg->start + msg->head + msg->body.n;
	msg->sdp = sip_scan_has_sdp(msg);
	return SIP_SCAN_MESSAGE;
}

bool
sip_looks_like(struct str in)
{
	struct sip_start start;

	switch (sip_start_parse(skip_line_ends(in), &start)) {
	case SIP_START_OK:
	case SIP_START_CUT:
		return true;
	case SIP_START_NOT:
	case SIP_START_PREFIX:
		break;
	}
	return false;
}

size_t
sip_find_start(struct str in)
{
	size_t at = 0;
	const char *lf;

	while (at < in.n) {
		if (sip_char_is(in.p[at], SIP_CHAR_TOKEN) && sip_looks_like(str_skip(in, at)))
			return at;
		lf = memchr(in.p + at, '\n', in.n - at);
		if (!lf)
			break;
		at = (size_t)(lf - in.p) + 1;
	}
	return SIZE_MAX;
}

bool
sip_head_whole(struct str in, size_t *seen)
{
	size_t at = *seen;
	const char *lf;

	/* Empty lines before the start line end nothing. */
	if (at == 0)
		at = in.n - skip_line_ends(in).n;
	while (at < in.n && (lf = memchr(in.p + at, '\n', in.n - at)) != NULL) {
		size_t after = (size_t)(lf - in.p) + 1;

		if (after < in.n && in.p[after] == '\n')
			return true;
		if (after + 1 < in.n && in.p[after] == '\r' && in.p[after + 1] == '\n')
			return true;
		/* What follows this LF is not there yet: look at it again. */
		if (after >= in.n || (in.p[after] == '\r' && after + 1 >= in.n)) {
			*seen = after - 1;
			return false;
		}
		at = after;
	}
	*seen = in.n;
	return false;
}
