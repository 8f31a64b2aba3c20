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

#include "base/mem.h"
#include "sip/feeds.h"
#include "sip/lines.h"
#include "sip/scan_header.h"
#include "sip/scan_int.h"
#include "sip/param.h"
#include "sip/start_int.h"

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
ALWAYS_INLINE static bool
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

ALWAYS_INLINE static void
take_via(struct sip_scan *msg, struct str v, const char *limit, sip_find_fn *find)
{
	if (msg->via.p)
		return;
	msg->via = v;
	if (v.n < 4 || (sip_four(v.p) & 0x00ffffff) != (SIP_FOUR('s', 'i', 'p', 0) & 0x00ffffff))
		msg->flaws |= SIP_FLAW_VIA;
	msg->branch = sip_scan_branch(v, limit, find);
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
	if (LIKELY(v.n > 1 && v.p[0] == ' ' && (unsigned char)v.p[1] > ' '))
		v = (struct str){ v.p + 1, v.n - 1 };
	else
		v = sip_skip_lws(v);
	msg->cseq_method_text = v;
	if (msg->request && LIKELY(str_eq_short(v, msg->method_text))) {
		msg->cseq_method = msg->method;
		return;
	}
	msg->cseq_method = (uint8_t)sip_method_find(v);
	if (v.n == 0 || msg->request ||
	    (msg->cseq_method == SIP_METHOD_OTHER && !sip_is_token(v)))
		msg->flaws |= SIP_FLAW_CSEQ_METHOD;
}

ALWAYS_INLINE static void
take_length(struct sip_scan *msg, struct str v)
{
	msg->has_length = str_to_u32(v, &msg->content_length);
	if (!msg->has_length)
		msg->flaws |= SIP_FLAW_LENGTH_BAD;
}

ALWAYS_INLINE static void
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
ALWAYS_INLINE static void
take_header(struct walk *w, struct sip_scan *msg, struct str line, struct header header,
	    sip_find_fn *find)
{
	uint32_t *flaws = &msg->flaws;
	struct str v = header.value;

	switch (header.id) {
	case HEADER_PLAIN:
		break;
	case HEADER_VIA:
		take_via(msg, v, w->lines.end, find);
		break;
	case HEADER_FROM:
		if (take_once(w, SEEN_FROM, &msg->from, v, flaws) &&
		    !sip_scan_address(v, w->lines.end, &msg->from_uri, &msg->from_tag, find))
			*flaws |= SIP_FLAW_FROM;
		break;
	case HEADER_TO:
		if (take_once(w, SEEN_TO, &msg->to, v, flaws) &&
		    !sip_scan_address(v, w->lines.end, &msg->to_uri, &msg->to_tag, find))
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

	if (LIKELY(s.n > 0 && (unsigned char)s.p[0] > '\r'))
		return s;
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
	const uint8_t all = SEEN_CSEQ | SEEN_FROM | SEEN_TO;
	uint32_t flaws = 0;

	if (LIKELY((seen & all) == all && msg->call_id.n > 0 && msg->via.p))
		return 0;
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

/* A line in whatever form. */
NOINLINE static void
take_line(struct walk *w, struct sip_scan *msg, struct str line)
{
	take_header(w, msg, line, line.n < 5 ? header_short(line) :
		    header_find(line, w->lines.end, false), sip_find_plain);
}

/* Whether a line ends here by CR LF, and there is no fold behind. */
static bool
line_ends(const char *lf)
{
	return lf[-1] == '\r' && lf[-2] != '\r' && !ascii_is_blank(lf[1]);
}

/* The same, for nearly all: of what is up to a blank only a CR is usual behind it. There is no
 * blank before the CR either. */
static inline bool
line_ends_usual(const char *lf)
{
	return lf[-1] == '\r' && (unsigned char)lf[-2] > ' ' &&
		((unsigned char)lf[1] > ' ' || !ascii_is_blank(lf[1]));
}

/*
 * Take the lines for as long as they are as nearly all are: some text, CR LF, and
 * no fold behind; and the empty line. @p in begins with the start line.
 * @return not 0 when there may be NUL or bytes above 127 in the head.
 *
 * Compiled once for each kind of machine: @p feeds and @p find are inlined.
 */
ALWAYS_INLINE static uint32_t
take_lines(struct walk *w, struct sip_scan *msg, struct str in, sip_feeds_fn *feeds,
	   sip_find_fn *find)
{
	/* One more byte follows what is looked at, so that a fold is seen. */
	const char *p = w->lines.p, *block = in.p, *end = in.p + in.n - 1;
	const char *whole;	/* where the last whole block begins */
	uint32_t plain = UINT32_MAX;
	uint64_t mask;

	if (in.n <= SIP_FEEDS_BLOCK)
		return 1;
	whole = end - SIP_FEEDS_BLOCK;
	for (;; block += SIP_FEEDS_BLOCK) {
		if (LIKELY(block <= whole))
			mask = feeds(block, &plain);
		else if (block < end)	/* with bytes before it */
			mask = feeds(whole, &plain) >> (block - whole);
		else
			break;
		for (; mask; mask &= mask - 1) {
			const char *lf = block + (unsigned)__builtin_ctzll(mask);
			struct str line = { p, (size_t)(lf - p) - 1 };

			if (LIKELY(lf - p > 5 && line_ends_usual(lf))) {
				take_header(w, msg, line, header_find(line, w->lines.end, true),
					    find);
			} else if (lf < p) {
				continue;	/* of the start line */
			} else if (lf - p > 2 && line_ends(lf)) {
				take_line(w, msg, line);
			} else {
				w->lines.ended = lf - p == 1 && *p == '\r';
				w->lines.p = w->lines.ended ? lf + 1 : p;
				return w->lines.ended ? ~plain : 1;
			}
			p = lf + 1;
		}
	}
	w->lines.p = p;
	/* All was looked at but the last byte, which may end the empty line. */
	if (end - p == 1 && p[0] == '\r' && p[1] == '\n') {
		w->lines.p = p + 2;
		w->lines.ended = true;
	}
	return (signed char)*end <= 0 ? 1 : ~plain;
}

typedef uint32_t take_usual_fn(struct walk *w, struct sip_scan *msg, struct str in);

static uint32_t
take_usual_plain(struct walk *w, struct sip_scan *msg, struct str in)
{
	return take_lines(w, msg, in, sip_feeds_plain, sip_find_plain);
}

#ifdef SIP_FEEDS_AVX2
SIP_FEEDS_AVX2 static uint32_t
take_usual_avx2(struct walk *w, struct sip_scan *msg, struct str in)
{
	return take_lines(w, msg, in, sip_feeds_avx2, sip_find_avx2);
}
#endif

static take_usual_fn take_usual_choose;
static take_usual_fn *take_usual = take_usual_choose;

static uint32_t
take_usual_choose(struct walk *w, struct sip_scan *msg, struct str in)
{
	take_usual = take_usual_plain;
#ifdef SIP_FEEDS_AVX2
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
		take_usual = take_usual_avx2;
#endif
	return take_usual(w, msg, in);
}

void
sip_scan_use_plain(bool plain)
{
	take_usual = plain ? take_usual_plain : take_usual_choose;
}

/* Take the lines that are left, whatever they are. */
__attribute__((noinline)) static void
take_rest(struct walk *w, struct sip_scan *msg)
{
	struct str line;

	while (sip_line_next(&w->lines, &line)) {
		uint32_t before = msg->flaws;

		take_line(w, msg, line);
		if (w->lines.cut) {
			msg->flaws = before;	/* what is missing is not wrong */
			break;
		}
	}
}

#define MISSING_ALL (SIP_FLAW_NO_CALL_ID | SIP_FLAW_NO_CSEQ | SIP_FLAW_NO_FROM | \
		     SIP_FLAW_NO_TO | SIP_FLAW_NO_VIA)

static inline void
start_keep(struct walk *w, struct sip_scan *msg, struct str in, const struct sip_start *start)
{
	msg->request = start->request;
	msg->method = start->method;
	msg->status = start->status;
	msg->flaws = start->flaws;
	msg->method_text = start->method_text;
	msg->uri = start->uri;
	msg->reason = start->reason;
	*w = (struct walk){ .lines = { .p = in.p + start->used, .end = in.p + in.n,
				       .bare_cr = start->bare_cr } };
}

NOINLINE static enum sip_scan_result
take_odd_start(struct walk *w, struct sip_scan *msg, struct str in, enum sip_framing framing)
{
	struct sip_start start;

	switch (sip_start_parse(in, &start)) {
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
	start_keep(w, msg, in, &start);
	return SIP_SCAN_MESSAGE;
}

/* The start line into *msg; *w is behind it then. */
static enum sip_scan_result
take_start(struct walk *w, struct sip_scan *msg, struct str in, enum sip_framing framing)
{
	/* Its address is not given away: so it lies in registers. */
	struct sip_start start;

	if (UNLIKELY(!sip_start_usual(in, &start)))
		return take_odd_start(w, msg, in, framing);
	start_keep(w, msg, in, &start);
	return SIP_SCAN_MESSAGE;
}

enum sip_scan_result
sip_scan(struct str in, enum sip_framing framing, struct sip_scan *msg)
{
	enum sip_scan_result result;
	struct str rest = skip_line_ends(in);
	uint32_t odd = 1;
	struct walk w;

	/* RTP and the like cost one look. */
	if (rest.n > 0 && !sip_char_is(rest.p[0], SIP_CHAR_TOKEN))
		return SIP_SCAN_NOT_SIP;
	mem_zero(msg, sizeof(*msg));
	msg->start = in.n - rest.n;
	msg->max_forwards = 255;
	if (rest.n == 0)
		return framing == SIP_STREAM ? SIP_SCAN_MORE : SIP_SCAN_NOT_SIP;
	result = take_start(&w, msg, rest, framing);
	if (result != SIP_SCAN_MESSAGE)
		return result;
	if (msg->start > 0 && framing == SIP_DATAGRAM)
		msg->flaws |= SIP_FLAW_LEADING_CRLF;

	if (LIKELY(!w.lines.bare_cr))
		odd = take_usual(&w, msg, rest);
	if (UNLIKELY(!w.lines.ended))
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
	msg->sdp = msg->body.n > 0 && sip_scan_has_sdp(msg);
	if (UNLIKELY(msg->sdp && msg->content_type.n == 0))
		msg->flaws |= SIP_FLAW_BODY;
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
