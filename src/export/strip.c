/*
 * Two things are laid over each other. What came: the seconds of the streams of each way.
 * What was to come: descriptions, as they were told one after the other, give for each
 * moment what a side sends and receives; from the answer to the end something has to
 * flow where both agree. What came is told before what did not.
 */
#include "export/strip.h"

#include <inttypes.h>

#include "base/mem.h"
#include "media/outage.h"
#include "sip/sdp.h"

#define MEDIA_MAX	SDP_MEDIA_MAX	/* m= lines of a side that are followed: all there are */
#define BAD_PERCENT	5u
#define PARTLY		2	/* in a cell that is PARTLY less than this part of it flows */
#define PARTLY_LEAST	(2 * NS_PER_S)	/* of a cell: seconds are the finest there is */

const struct strip_state_def strip_state_defs[STRIP_STATE_COUNT] = {
#define STRIP_STATE_DEF(id, glyph, ascii, name, help) \
	[STRIP_##id] = { glyph, ascii, name, help },
	STRIP_STATES(STRIP_STATE_DEF)
#undef STRIP_STATE_DEF
};

/* What came in the time of a cell. */
struct part {
	uint64_t received, lost;
	int64_t flowing;	/* ns of it in which some came */
	char digit;
};

/* ---- time ---- */

static int64_t
cell_start(const struct strip *t, size_t i)
{
	if (i >= t->n)
		return t->end;
	return t->start + (int64_t)((double)span_between(t->start, t->end) * (double)i /
				    (double)t->n);
}

/* The cell of a moment. */
static size_t
cell_at(const struct strip *t, int64_t time)
{
	double span = (double)span_between(t->start, t->end);
	double at = (double)span_between(t->start, time) * (double)t->n / span;

	if (at < 0)
		return 0;
	return at >= (double)t->n ? t->n - 1 : (size_t)at;
}

static void
widen(struct strip *t, int64_t time)
{
	if (time == TIME_NONE)
		return;
	if (t->start == TIME_NONE || time < t->start)
		t->start = time;
	if (t->end == TIME_NONE || time > t->end)
		t->end = time;
}

/* ---- what came ---- */

static size_t
way_of(const struct stream_link *link)
{
	return link->side == CALL_SIDE_CALLER ? STRIP_FORTH :
		link->side == CALL_SIDE_CALLEE ? STRIP_BACK : STRIP_WAYS;
}

/* Share a second of a stream among the cells it lies in. What is shorter than a second is
 * not known better: all of them have its loss. */
static void
add_second(struct strip *t, struct part *parts, int64_t from, int64_t to,
	   const struct meter_second *second)
{
	size_t first = cell_at(t, from), last = cell_at(t, to > from ? to - 1 : from);
	size_t n = last >= first ? last - first + 1 : 1;

	for (size_t i = first; i <= last; i++) {
		int64_t a = cell_start(t, i), b = cell_start(t, i + 1);
		/* Less than none where the second is not of the strip's time at all. */
		int64_t came = span_between(from > a ? from : a, to < b ? to : b);

		parts[i].received += (second->received + n - 1) / n;
		parts[i].lost += (second->lost + n - 1) / n;
		if (second->received > 0 && came > 0)
			parts[i].flowing += came;
	}
}

static void
add_stream(struct strip *t, const struct store *s, const struct stream *st, struct part *parts)
{
	struct outage_walk walk = { .rate = 0 };
	struct meter_second second;
	struct meter_figures f;
	int64_t time;
	size_t n;

	meter_figures(&st->meter, &f);
	walk.rate = outage_rate(f.interval);
	while (outage_next_second(&walk, &st->meter, &time, &second)) {
		int64_t to;

		if (__builtin_add_overflow(time, NS_PER_S, &to) || (to > f.end && f.end >= time))
			to = f.end;
		add_second(t, parts, time, to, &second);
	}
	n = store_stream_digits(s, st, &t->digits, &t->digit_cap);
	for (size_t i = 0; i < n; i++) {
		struct part *part = &parts[cell_at(t, t->digits[i]->time)];

		if (!part->digit && t->digits[i]->text[0] > ' ')
			part->digit = t->digits[i]->text[0];
	}
}

/* ---- what was to come ---- */

/* What a side said last of each of its media. */
struct said {
	const struct stream_claim *media[MEDIA_MAX];
	bool any;
};

static bool
sends(const struct stream_claim *c)
{
	return c->direction == SDP_SENDRECV || c->direction == SDP_SENDONLY;
}

static bool
receives(const struct stream_claim *c)
{
	return (c->direction == SDP_SENDRECV || c->direction == SDP_RECVONLY) && c->at.port != 0;
}

/* Whether it would be seen to flow. Of the hosts of a side that was not heard nothing is
 * known. */
static bool
would_be_here(const struct store *s, const struct stream_claim *from,
	      const struct stream_claim *to, int64_t last_back)
{
	return !from || !to || store_media_would_be_here(s, from, to, last_back);
}

/* Whether something has to flow one way, by what both sides said, and some of it came, or
 * would have. Of a side that was not heard it is taken that it agrees. What
 * never was to flow is not on hold: *could tells whether it ever was. */
static enum strip_state
agreed(const struct store *s, const struct said sides[2], size_t way,
       const int64_t last[STRIP_WAYS], bool *could)
{
	const struct said *from = &sides[way == STRIP_BACK], *to = &sides[way == STRIP_FORTH];
	bool held = false;

	if (!from->any && !to->any)
		return STRIP_NONE;
	for (size_t i = 0; i < MEDIA_MAX; i++) {
		const struct stream_claim *a = from->media[i], *b = to->media[i];

		if ((!a && !b) || (from->any && !a) || (to->any && !b) ||
		    (a && stream_claim_is_rejected(a)) || (b && stream_claim_is_rejected(b)))
			continue;
		if ((!a || sends(a)) && (!b || (receives(b) && !b->hold))) {
			*could = true;
			if (last[way] != TIME_NONE || would_be_here(s, a, b, last[!way]))
				return STRIP_SILENT;
			continue;
		}
		/* An address of 0.0.0.0 is hold from the beginning, too. */
		held |= *could || (b && b->hold && receives(b));
	}
	return held ? STRIP_HOLD : STRIP_NONE;
}

static void
say(struct said sides[2], const struct stream_claim *claim)
{
	struct said *side = &sides[claim->side == CALL_SIDE_CALLEE];

	if (claim->side == CALL_SIDE_NONE)
		return;
	side->media[claim->medium] = claim;
	side->any = true;
}

/* ---- both ---- */

static uint8_t
state_of(const struct part *part, int64_t span, enum strip_state expected)
{
	if (part->digit)
		return STRIP_DIGIT;
	if (part->lost > 0)
		return part->lost * 100 >= (part->lost + part->received) * BAD_PERCENT ?
			STRIP_BAD : STRIP_LOST;
	if (part->received == 0)
		return (uint8_t)expected;
	if (span >= PARTLY_LEAST && part->flowing < span / PARTLY && expected != STRIP_NONE)
		return STRIP_PARTLY;
	return STRIP_FLOWING;
}

static void
fill(struct strip *t, const struct store *s, const struct call *c, const struct part *parts,
     size_t claims, const int64_t last[STRIP_WAYS])
{
	struct said sides[2] = { { .any = false } };
	bool could[STRIP_WAYS] = { false };
	size_t next = 0;

	for (size_t i = 0; i < t->n; i++) {
		int64_t from = cell_start(t, i), to = cell_start(t, i + 1);
		int64_t middle = from + (to - from) / 2;
		bool live = c->answered != TIME_NONE && middle >= c->answered &&
			(c->ended == TIME_NONE || middle < c->ended);

		while (next < claims && (t->claims[next]->time == TIME_NONE ||
					 t->claims[next]->time <= middle)) {
			say(sides, t->claims[next++]);
			for (size_t way = 0; way < STRIP_WAYS; way++)
				agreed(s, sides, way, last, &could[way]);
		}
		for (size_t way = 0; way < STRIP_WAYS; way++) {
			const struct part *part = &parts[way * t->n + i];
			struct strip_cell *cell = &t->cells[way][i];

			*cell = (struct strip_cell){
				.digit = part->digit, .received = (uint32_t)part->received,
				.lost = (uint32_t)part->lost,
				.state = state_of(part, to - from, !live ? STRIP_NONE :
						  agreed(s, sides, way, last, &could[way])),
			};
			t->media = t->media || cell->state != STRIP_NONE;
		}
	}
}

static size_t
mark_at(const struct strip *t, int64_t time)
{
	size_t i;

	if (time == TIME_NONE || time < t->start || time > t->end)
		return SIZE_MAX;
	i = cell_at(t, time);
	/* The edge that is nearer. */
	if (time - cell_start(t, i) > cell_start(t, i + 1) - time)
		i++;
	return i;
}

bool
strip_make(struct strip *t, const struct store *s, const struct call *c, size_t n)
{
	size_t links = store_call_streams(s, c, &t->links, &t->link_cap);
	size_t claims = store_call_claims(s, c, &t->claims, &t->claim_cap);
	int64_t last[STRIP_WAYS] = { TIME_NONE, TIME_NONE };
	struct meter_figures f;
	struct part *parts;

	t->n = 0;
	t->media = false;
	t->unplaced = 0;
	t->start = t->end = TIME_NONE;
	t->answered = t->ended = SIZE_MAX;
	widen(t, c->start);
	widen(t, c->end_seen);
	for (size_t i = 0; i < links; i++) {
		size_t way = way_of(t->links[i]);

		meter_figures(&store_stream(s, t->links[i]->stream)->meter, &f);
		widen(t, f.start);
		widen(t, f.end);
		if (way != STRIP_WAYS && (last[way] == TIME_NONE || f.end > last[way]))
			last[way] = f.end;
	}
	if (t->start == TIME_NONE || t->end <= t->start || n == 0)
		return false;
	t->n = n < STRIP_CELLS_MAX ? n : STRIP_CELLS_MAX;
	for (size_t way = 0; way < STRIP_WAYS; way++)
		t->cells[way] = xreallocarray(t->cells[way], t->n, sizeof(**t->cells));
	parts = xcalloc(STRIP_WAYS * t->n, sizeof(*parts));
	for (size_t i = 0; i < links; i++) {
		size_t way = way_of(t->links[i]);

		if (way == STRIP_WAYS)
			t->unplaced++;
		else
			add_stream(t, s, store_stream(s, t->links[i]->stream),
				   &parts[way * t->n]);
	}
	fill(t, s, c, parts, claims, last);
	t->answered = mark_at(t, c->answered);
	t->ended = mark_at(t, c->ended);
	free(parts);
	return true;
}

void
strip_release(struct strip *t)
{
	for (size_t way = 0; way < STRIP_WAYS; way++)
		free(t->cells[way]);
	free(t->links);
	free(t->claims);
	free(t->digits);
	*t = (struct strip){ 0 };
}

int64_t
strip_cell_span(const struct strip *t)
{
	return t->n > 0 ? (t->end - t->start) / (int64_t)t->n : 0;
}

/* ---- how it looks ---- */

const char *
strip_glyph(const struct strip_cell *cell, bool ascii, char room[2])
{
	const struct strip_state_def *def = &strip_state_defs[cell->state];

	if (cell->state == STRIP_DIGIT) {
		room[0] = cell->digit;
		room[1] = '\0';
		return room;
	}
	return ascii ? def->ascii : def->glyph;
}

void
strip_legend(struct buf *b, const struct strip *t, bool ascii)
{
	bool seen[STRIP_STATE_COUNT] = { false };
	const char *sep = "";

	for (size_t way = 0; way < STRIP_WAYS; way++)
		for (size_t i = 0; i < t->n; i++)
			seen[t->cells[way][i].state] = true;
	for (size_t i = STRIP_FLOWING; i < STRIP_STATE_COUNT; i++) {
		if (!seen[i])
			continue;
		buf_printf(b, "%s%s %s", sep, ascii ? strip_state_defs[i].ascii :
			   strip_state_defs[i].glyph, strip_state_defs[i].name);
		sep = "   ";
	}
	if (t->answered != SIZE_MAX || t->ended != SIZE_MAX)
		buf_printf(b, "%s%s %s%s%s", sep, ascii ? "|" : "│",
			   t->answered != SIZE_MAX ? "answered" : "",
			   t->answered != SIZE_MAX && t->ended != SIZE_MAX ? ", " : "",
			   t->ended != SIZE_MAX ? "ended" : "");
}

/* The row of one way, with the marks. */
static void
add_row(struct buf *b, const struct strip *t, enum strip_way way, bool ascii)
{
	char room[2];

	for (size_t i = 0; i <= t->n; i++) {
		if (i == t->answered || i == t->ended)
			buf_add_cstr(b, ascii ? "|" : "│");
		if (i < t->n)
			buf_add_cstr(b, strip_glyph(&t->cells[way][i], ascii, room));
	}
}

void
strip_text(struct buf *b, const struct strip *t, uint32_t call, bool ascii)
{
	static const char *const names[] = { "caller", "callee" };

	buf_printf(b, "Media of call #%" PRIu64 ", a cell is ", (uint64_t)call + 1);
	span_add(b, strip_cell_span(t));
	buf_add_char(b, '\n');
	for (int way = 0; way < STRIP_WAYS; way++) {
		buf_printf(b, "  %s %s ", names[way], ascii ? ">" : "▶");
		add_row(b, t, (enum strip_way)way, ascii);
		while (b->n > 0 && b->p[b->n - 1] == ' ')
			b->n--;
		buf_add_char(b, '\n');
	}
	buf_add_cstr(b, "  ");
	strip_legend(b, t, ascii);
	buf_add_char(b, '\n');
	if (t->unplaced > 0)
		buf_printf(b, "  %" PRIu32 " more stream%s: who sent %s is not known\n", t->unplaced,
			   t->unplaced == 1 ? "" : "s", t->unplaced == 1 ? "it" : "them");
}
