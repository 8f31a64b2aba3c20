/*
 * What is at hand is in one of these states: lost (a start line is looked for),
 * a head that is not whole, a head with a body of which need bytes are awaited,
 * a head with an open body (no Content-Length), or bytes to skip that belong to a
 * message told when a piece of it turned out to be missing.
 *
 * Where the stream ends or has a hole, a message whose Content-Length is more than
 * what is there may hold others in its body, as a wrong length swallows them: it
 * then ends where the next start line is.
 */
#include "app/sip_reader.h"

#include "sip/start.h"

#define LINE_MAX_BYTES	8192u	/* of a start line that is still awaited */
#define LINE_TAIL	256u	/* of a line that is none: its end may be one */

void
sip_reader_init(struct sip_reader *r)
{
	*r = (struct sip_reader){ .in = INTAKE_INIT };
}

void
sip_reader_release(struct sip_reader *r)
{
	intake_release(&r->in);
}

void
sip_reader_lose(struct sip_reader *r, bool in_line)
{
	r->lost = true;
	r->in_line = in_line;
}

static void
use(struct sip_reader *r, size_t n)
{
	size_t known = n < SIP_READER_BEFORE ? n : SIP_READER_BEFORE;

	if (n > 0) {
		memmove(r->before, r->before + known, SIP_READER_BEFORE - known);
		memcpy(r->before + SIP_READER_BEFORE - known, r->in.view.p + n - known, known);
	}
	intake_use(&r->in, n);
	r->seen = r->need = r->open_seen = 0;
	r->open = r->found = false;
}

static void
throw_away(struct sip_reader *r, size_t n)
{
	r->garbage += n;
	use(r, n);
}

/* Give the first @n bytes at hand, which were scanned to @scan. */
static void
give(struct sip_reader *r, struct sip_scan *scan, size_t n, const struct sip_sink *sink)
{
	struct sip_piece piece = { .scan = scan, .place = r->in.place };

	scan->flaws |= r->flaws;
	r->flaws = 0;
	piece.text = str_sub(r->in.view, scan->start, n - scan->start);
	piece.place.offset += scan->start;
	piece.stamp_n = intake_stamps(&r->in, scan->start, n, &piece.stamps);
	sink->take(sink->ctx, &piece);
	r->messages++;
	use(r, n);
}

/* Give the first @n bytes, which are all there will be of a message. */
static bool
give_rest(struct sip_reader *r, size_t n, uint32_t flaws, const struct sip_sink *sink)
{
	struct sip_scan *scan = sink->room(sink->ctx);

	if (sip_scan(str_sub(r->in.view, 0, n), SIP_DATAGRAM, scan) != SIP_SCAN_MESSAGE ||
	    scan->start >= n)
		return false;
	/* What the capture lacks is not the sender's fault. */
	if (flaws)
		scan->flaws &= ~(uint32_t)(SIP_FLAW_LENGTH_LONG | SIP_FLAW_NO_END);
	scan->flaws |= flaws;
	give(r, scan, n, sink);
	return true;
}

/* Line ends, and the NULs that some send, between messages. */
static void
skip_keepalives(struct sip_reader *r)
{
	struct str view = r->in.view;
	size_t n = 0;

	while (n < view.n && (view.p[n] == '\r' || view.p[n] == '\n' || view.p[n] == '\0'))
		n++;
	if (n == 0)
		return;
	if (r->in_line && memchr(view.p, '\n', n))
		r->in_line = false;
	else if (!r->lost)
		r->keepalives++;
	use(r, n);
}

/* The line at the end of what is at hand may become a start line. */
static size_t
last_line(struct str view)
{
	struct str end = view.n > LINE_MAX_BYTES ? str_skip(view, view.n - LINE_MAX_BYTES) : view;
	const char *lf = memrchr(end.p, '\n', end.n);
	size_t at = lf ? (size_t)(lf - view.p) + 1 : 0;

	if ((!lf && end.n < view.n) || !sip_may_start(str_skip(view, at)))
		return view.n;
	return at;
}

static size_t
last_blank(struct str s)
{
	const char *p = memrchr(s.p, ' ', s.n);

	return p ? (size_t)(p - s.p) : SIZE_MAX;
}

/*
 * Where a start line begins within @line, behind the end of a body that has no
 * line end. It has to be without a fault. SIZE_MAX: nowhere. O(line).
 */
static size_t
start_in_line(struct str line)
{
	static const char version[] = "SIP/2.0";
	const size_t n = sizeof(version) - 1;
	struct sip_start start;
	const char *p = line.p, *end = line.p + line.n;
	size_t at;

	while ((p = memmem(p, (size_t)(end - p), version, n)) != NULL) {
		const char *after = p + n;

		if (end - after > 5 && after[0] == ' ' && ascii_is_digit(after[1]) &&
		    ascii_is_digit(after[2]) && ascii_is_digit(after[3]) && after[4] == ' ')
			return (size_t)(p - line.p);
		if (after < end && (*after == '\r' || *after == '\n') && p > line.p &&
		    p[-1] == ' ') {
			at = last_blank(str_sub(line, 0, (size_t)(p - line.p) - 1));
			at = at == SIZE_MAX ? at : sip_method_at_end(str_sub(line, 0, at));
			if (at != SIZE_MAX && sip_start_parse(str_skip(line, at), &start) ==
			    SIP_START_OK && start.flaws == 0)
				return at;
		}
		p = after;
	}
	return SIZE_MAX;
}

/* The next start line at hand, be it behind other text in its line. */
static size_t
find_start(const struct sip_reader *r)
{
	struct str view = r->in.view;
	size_t whole = sip_find_start(view), at = 0, lf, inside;
	enum sip_start_result result;
	struct sip_start start;

	for (; at < view.n && at < whole; at += lf + 1) {
		lf = str_chr(str_skip(view, at), '\n');
		if (lf == SIZE_MAX)
			return whole;
		inside = start_in_line(str_sub(view, at, lf + 1));
		if (inside != SIZE_MAX)
			return at + inside;
	}
	if (whole == SIZE_MAX)
		return whole;
	/* What is no known method may be the end of a body and one that is, or of one. */
	result = sip_start_parse(str_skip(view, whole), &start);
	if (start.method != SIP_METHOD_OTHER)
		return whole;
	if (result != SIP_START_OK)
		return SIZE_MAX;
	inside = start_in_line(str_sub(view, whole, start.used));
	if (inside != SIZE_MAX)
		return whole + inside;
	if (whole > 0 || !r->torn || !sip_method_is_tail(start.method_text))
		return whole;
	at = sip_find_start(str_skip(view, start.used));
	return at == SIZE_MAX ? at : start.used + at;
}

/* The rest of a line of which the beginning is gone. False: its end is not at hand. */
static bool
pass_line(struct sip_reader *r)
{
	size_t lf = str_chr(r->in.view, '\n'), at;

	r->in_line = lf == SIZE_MAX;
	if (r->in_line) {
		if (r->in.view.n > 2 * LINE_TAIL)
			throw_away(r, r->in.view.n - LINE_TAIL);
		return false;
	}
	at = start_in_line(str_sub(r->in.view, 0, lf + 1));
	throw_away(r, at == SIZE_MAX ? lf + 1 : at);
	return true;
}

/* Go to the next start line. False: it is not at hand. */
static bool
find(struct sip_reader *r)
{
	size_t at;

	if (r->in_line && !pass_line(r))
		return false;
	at = find_start(r);
	if (at == SIZE_MAX) {
		const char *lf = memrchr(r->in.view.p, '\n', r->in.view.n);

		at = last_line(r->in.view);
		r->torn = r->torn && at == 0;
		if (at < r->in.view.n) {
			throw_away(r, at);
			return false;
		}
		/* What comes next is the middle of a line then. */
		throw_away(r, lf ? (size_t)(lf + 1 - r->in.view.p) : 0);
		if (r->in.view.n > 0)
			pass_line(r);
		return false;
	}
	throw_away(r, at);
	r->lost = r->torn = false;
	r->found = true;
	return true;
}

/* What is at hand begins with no message, although it may look like one. */
static void
lose_line(struct sip_reader *r)
{
	size_t lf = str_chr(r->in.view, '\n'), at;

	r->lost = true;
	r->in_line = lf == SIZE_MAX;
	if (r->in_line) {
		throw_away(r, r->in.view.n > LINE_TAIL ? r->in.view.n - LINE_TAIL : 1);
		return;
	}
	at = start_in_line(str_sub(r->in.view, 1, lf));
	throw_away(r, 1 + (at == SIZE_MAX ? lf : at));
}

/* Whether a head is whole. False with r->lost set: this is no head. */
static bool
head_is_whole(struct sip_reader *r)
{
	struct sip_start start;
	struct str view = r->in.view;
	bool line;

	if (sip_head_whole(view, &r->seen))
		return true;
	/* A line that is cut can still become anything. */
	line = memchr(view.p, '\n', view.n < LINE_MAX_BYTES ? view.n : LINE_MAX_BYTES) != NULL;
	if (view.n > SIP_READER_HEAD_MAX) {
		/* All of it, for each line may look like another beginning. */
		throw_away(r, last_line(view));
		r->lost = true;
		return false;
	}
	if ((!line && view.n > LINE_MAX_BYTES) || !sip_may_start(view) ||
	    (line && sip_start_parse(view, &start) == SIP_START_NOT))
		lose_line(r);
	return false;
}

/* Whether @rest is nothing but line ends, or the beginning of a start line. */
static bool
may_become_start(struct str rest)
{
	struct sip_start start;

	while (rest.n > 0 && (rest.p[0] == '\r' || rest.p[0] == '\n'))
		rest = str_skip(rest, 1);
	return rest.n == 0 || sip_start_parse(rest, &start) != SIP_START_NOT;
}

/* Find a start line in an open body, of which nothing before @from is one. When
 * that is within a line, the rest of the line is none either. */
static size_t
find_end(struct str view, size_t from)
{
	size_t at;

	if (from > 0 && view.p[from - 1] != '\n' && view.p[from - 1] != '\r') {
		at = str_chr(str_skip(view, from), '\n');
		if (at == SIZE_MAX)
			return SIZE_MAX;
		from += at + 1;
	}
	at = sip_find_start(str_skip(view, from));
	return at == SIZE_MAX ? SIZE_MAX : from + at;
}

/* Whether nothing in what has come of an open body ends it: the head is not
 * scanned again for each piece then. */
static bool
is_still_open(struct sip_reader *r)
{
	struct str view = r->in.view;
	size_t line;

	if (view.n > SIP_READER_MESSAGE_MAX || find_end(view, r->open_seen) != SIZE_MAX)
		return false;
	line = last_line(view);
	if (line > r->open_seen)
		r->open_seen = (uint32_t)line;
	return true;
}

/*
 * The body of a message without Content-Length: up to the next start line. Where
 * no Content-Type tells of a body, what is not at hand is none of it.
 */
static bool
read_open(struct sip_reader *r, struct sip_scan *scan, const struct sip_sink *sink)
{
	struct str view = r->in.view;
	size_t head = scan->length, from = head, next;

	if (from < r->open_seen)
		from = r->open_seen;
	next = find_end(view, from);
	if (next != SIZE_MAX) {
		/* Empty lines before it are not of the body. */
		while (next > head && (view.p[next - 1] == '\r' || view.p[next - 1] == '\n'))
			next--;
		if (next == head)
			give(r, scan, head, sink);
		else if (!give_rest(r, next, 0, sink))
			lose_line(r);
		return true;
	}
	if (scan->content_type.n == 0 && may_become_start(str_skip(view, head))) {
		give(r, scan, head, sink);
		return true;
	}
	if (view.n > SIP_READER_MESSAGE_MAX) {
		give(r, scan, head, sink);
		r->lost = true;
		return true;
	}
	r->open = true;
	from = last_line(view);
	r->open_seen = (uint32_t)(from < head ? head : from);
	return false;
}

/* Other start lines among the headers: what is before them lacks its end, or was no
 * message but the body of one that is lost (message/sipfrag). */
static bool
cut_at_start(struct sip_reader *r, const struct sip_scan *scan, const struct sip_sink *sink)
{
	struct str head = str_sub(r->in.view, 0, scan->start + scan->head);
	size_t first = SIZE_MAX, last = scan->start, lf, at;

	/* The last one has the headers: all at once, for there may be many. */
	while ((lf = str_chr(str_skip(head, last), '\n')) != SIZE_MAX &&
	       (at = sip_find_start(str_skip(head, last + lf + 1))) != SIZE_MAX) {
		last += lf + 1 + at;
		if (first == SIZE_MAX)
			first = last;
	}
	if (first == SIZE_MAX)
		return false;
	if (!r->found && give_rest(r, first, 0, sink))
		last -= first;
	throw_away(r, last);
	return true;
}

/* One step. False: more bytes are needed. */
static bool
step(struct sip_reader *r, const struct sip_sink *sink)
{
	struct sip_scan *scan;

	if (r->skip > 0 && r->in.view.n > 0) {
		size_t n = r->skip < r->in.view.n ? (size_t)r->skip : r->in.view.n;

		r->skip -= n;
		use(r, n);
	}
	if (r->need == 0 && !r->open)
		skip_keepalives(r);
	if (r->in.view.n == 0 || r->in.view.n < r->need || (r->open && is_still_open(r)))
		return false;
	if (r->lost && !find(r))
		return false;
	/* The first look at a message is a whole scan: most are all there. */
	if (r->need == 0 && r->seen > 0 && !head_is_whole(r))
		return r->lost && r->in.view.n > 0;

	scan = sink->room(sink->ctx);
	switch (sip_scan(r->in.view, SIP_STREAM, scan)) {
	case SIP_SCAN_NOT_SIP:
		if (r->seen == 0 && !head_is_whole(r))
			return r->lost && r->in.view.n > 0;
		lose_line(r);
		return true;
	case SIP_SCAN_MORE:
		if (scan->length == 0) {
			head_is_whole(r);
			return r->lost && r->in.view.n > 0;
		}
		if (scan->length <= SIP_READER_MESSAGE_MAX) {
			r->need = (uint32_t)scan->length;
			return false;
		}
		/* No body of that length will be kept: the head is what there is. */
		if (!give_rest(r, scan->start + scan->head, 0, sink))
			lose_line(r);
		r->lost = true;
		return true;
	case SIP_SCAN_MESSAGE:
		break;
	}
	if ((scan->flaws & SIP_FLAW_HEADER) && cut_at_start(r, scan, sink))
		return true;
	if (!scan->has_length)
		return read_open(r, scan, sink);
	give(r, scan, scan->length, sink);
	return true;
}

void
sip_reader_take(struct sip_reader *r, struct str bytes, struct place place,
		const struct stamp *stamps, size_t n, const struct sip_sink *sink)
{
	intake_take(&r->in, bytes, place, stamps, n);
	while (step(r, sink))
		;
	intake_done(&r->in);
}

/* Nothing more comes for what is at hand: give it as it is, with @flaws. */
static void
finish(struct sip_reader *r, uint32_t flaws, const struct sip_sink *sink)
{
	intake_take(&r->in, STR_NONE, (struct place){ 0, PLACE_NONE }, NULL, 0);
	while (r->in.view.n > 0) {
		struct str view = r->in.view;
		size_t n = view.n, inside = r->need;

		if (r->lost && !find(r)) {
			throw_away(r, r->in.view.n);
			break;
		}
		if (inside > 0 && !flaws) {
			/* A length that is wrong, unless the end came early. */
			struct sip_scan *scan = sink->room(sink->ctx);
			size_t head = 1, at;

			if (sip_scan(view, SIP_STREAM, scan) == SIP_SCAN_MORE)
				head = scan->start + scan->head;
			at = sip_find_start(str_skip(view, head));
			if (at != SIZE_MAX)
				n = head + at;
		}
		if (!give_rest(r, n < r->in.view.n ? n : r->in.view.n, flaws, sink))
			lose_line(r);
		while (step(r, sink))
			;
	}
	intake_done(&r->in);
}

void
sip_reader_answered(struct sip_reader *r, const struct sip_sink *sink)
{
	struct str view = r->in.view;

	if (r->open && view.p[view.n - 1] == '\n')
		finish(r, 0, sink);
}

void
sip_reader_gap(struct sip_reader *r, uint64_t missing, bool cut, const struct sip_sink *sink)
{
	uint32_t flaw = cut ? SIP_FLAW_CUT : SIP_FLAW_GAP;
	uint64_t told = r->messages, left = 0;
	size_t have = r->in.view.n;
	bool known = missing > 0 && !r->lost;

	if (known && r->skip > 0)
		left = r->skip;
	else if (known && r->need > have)
		left = r->need - have;
	if (have > 0)
		finish(r, flaw, sink);
	r->flaws &= ~flaw;
	if (left >= missing && left > 0) {
		/* All that is missing is of that message. */
		r->skip = left - missing;
		return;
	}
	r->skip = 0;
	r->lost = r->torn = true;
	r->in_line = false;
	if (r->messages == told)
		r->flaws |= flaw;
}

void
sip_reader_end(struct sip_reader *r, const struct sip_sink *sink)
{
	finish(r, 0, sink);
	r->skip = 0;
}
