/*
 * Messages as rows of a ladder. Copies are found by their identity and folded
 * into the row of the first; what was an offer is remembered by transaction so
 * that the description in the response is known to be its answer.
 */
#include <inttypes.h>

#include "base/mem.h"
#include "export/ladder_int.h"
#include "export/ladder_sdp.h"

struct ladder_row *
ladder_row_add(struct ladder_job *w, enum ladder_row_kind kind, int64_t time)
{
	struct ladder *l = w->l;
	struct ladder_row *row;

	ARRAY_GROW(l->rows, l->row_cap, (size_t)l->row_count + 1);
	row = &l->rows[l->row_count++];
	*row = (struct ladder_row){
		.kind = (uint8_t)kind, .time = time, .last = time, .message = MESSAGE_NONE,
		.event = EVENT_NONE, .stream = { STREAM_NONE, STREAM_NONE }, .call = CALL_NONE, .from = LADDER_NONE, .to = LADDER_NONE,
	};
	return row;
}

void
ladder_add_pause(struct ladder_job *w, int64_t before, int64_t now, bool stepped)
{
	struct ladder_row *row;
	int64_t span;

	if (before == TIME_NONE || now == TIME_NONE ||
	    __builtin_sub_overflow(now, before, &span) || span == INT64_MIN)
		return;
	buf_clear(&w->line);
	if (span < 0 && stepped) {
		buf_add_cstr(&w->line, "the clock goes back by ");
		span_add(&w->line, -span);
		row = ladder_row_add(w, LADDER_STEP_BACK, now);
		row->span = -span;
	} else if (w->o->silence > 0 && span > w->o->silence) {
		span_add(&w->line, span);
		buf_add_cstr(&w->line, " without a message");
		row = ladder_row_add(w, LADDER_SILENCE, now);
		row->span = span;
	} else {
		return;
	}
	row->label = arena_str(&w->l->arena, buf_str(&w->line));
}

static bool
is_copy(unsigned int flags)
{
	return (flags & (MESSAGE_RETRANSMISSION | MESSAGE_DUPLICATE)) != 0;
}

static void
count_copy(struct ladder_row *row, unsigned int flags)
{
	if (flags & MESSAGE_DUPLICATE)
		row->duplicates++;
	else
		row->retransmissions++;
}

/* Fold message @index, @m, into the row of its first copy. False when that is not
 * there. */
static bool
fold(struct ladder_job *w, uint32_t index, const struct message *m)
{
	uint32_t base = store_path(w->store, m->path)->base;
	uint64_t hash = hash_u64((uint64_t)base << 32 | m->identity) ^ hash_u64(m->call);
	size_t cursor = 0;
	uint32_t i;

	if (w->o->unfold)
		return false;
	while ((i = hash_map_next(&w->copy_map, hash, &cursor)) != HASH_NONE) {
		struct ladder_row *row = &w->l->rows[i];
		const struct message *first = store_message(w->store, row->message);

		if (first->identity != m->identity || first->call != m->call ||
		    store_path(w->store, first->path)->base != base)
			continue;
		if (is_copy(row->flags) && !is_copy(m->flags)) {
			/* Its copy came later and stands before it. */
			count_copy(row, row->flags);
			row->message = index;
			row->flags = m->flags;
			row->flaws |= m->flaws;
			if (m->time != TIME_NONE)
				row->last = m->time;
			return true;
		}
		if (!is_copy(m->flags)) {
			/* Sent anew much later: copies after it belong to it. */
			hash_map_remove(&w->copy_map, hash, i);
			break;
		}
		count_copy(row, m->flags);
		row->flaws |= m->flaws;
		if (m->time != TIME_NONE)
			row->last = m->time;
		return true;
	}
	hash_map_add(&w->copy_map, hash, w->l->row_count);
	return false;
}

/* The exchange of that key, made when @make. */
static struct ladder_exchange *
exchange_of(struct ladder_job *w, uint32_t call, uint32_t cseq, uint8_t method, bool make)
{
	uint64_t hash = hash_u64((uint64_t)call << 32 | cseq) ^ hash_u64(method);
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&w->exchange_map, hash, &cursor)) != HASH_NONE) {
		struct ladder_exchange *x = &w->exchanges[i];

		if (x->call == call && x->cseq == cseq && x->method == method)
			return x;
	}
	if (!make)
		return NULL;
	ARRAY_GROW(w->exchanges, w->exchange_cap, w->exchange_n + 1);
	w->exchanges[w->exchange_n] = (struct ladder_exchange){
		.call = call, .cseq = cseq, .method = method,
	};
	hash_map_add(&w->exchange_map, hash, (uint32_t)w->exchange_n);
	return &w->exchanges[w->exchange_n++];
}

/*
 * RFC 3264 and RFC 6337 section 2: a description in a request is an offer, but
 * in ACK and PRACK it answers one that came in a response to INVITE. In a
 * response it answers that of its request, and is an offer where that had none.
 */
static enum ladder_sdp_role
sdp_role(struct ladder_job *w, const struct message *m)
{
	bool sdp = (m->flags & MESSAGE_SDP) != 0;
	bool request = (m->flags & MESSAGE_REQUEST) != 0;
	struct ladder_exchange *x, *waiting;

	if (request && m->method != SIP_METHOD_ACK) {
		x = exchange_of(w, m->call, m->cseq, m->cseq_method, true);
		x->sdp = x->sdp || sdp;
	}
	if (!sdp)
		return LADDER_SDP_NONE;
	if (request) {
		if (m->method != SIP_METHOD_ACK && m->method != SIP_METHOD_PRACK)
			return LADDER_SDP_OFFER;
		waiting = exchange_of(w, m->call, 0, SIP_METHOD_NONE, false);
		if (m->method == SIP_METHOD_PRACK && !(waiting && waiting->sdp))
			return LADDER_SDP_OFFER;
		if (waiting)
			waiting->sdp = false;
		return LADDER_SDP_ANSWER;
	}
	x = exchange_of(w, m->call, m->cseq, m->cseq_method, false);
	if (!x)
		return LADDER_SDP_UNKNOWN;
	if (x->sdp)
		return LADDER_SDP_ANSWER;
	if (m->cseq_method == SIP_METHOD_INVITE)
		exchange_of(w, m->call, 0, SIP_METHOD_NONE, true)->sdp = true;
	return LADDER_SDP_OFFER;
}

void
ladder_cut_label(struct buf *b, size_t from)
{
	size_t n = from + LADDER_LABEL_BYTES, least = n - 3;

	if (b->n <= n)
		return;
	/* Not within a character; bytes that belong to none are cut anywhere. */
	while (n > least && ((unsigned char)b->p[n] & 0xc0) == 0x80)
		n--;
	b->n = n;
	buf_add_cstr(b, "...");
}

static struct str
label_of(struct ladder_job *w, const struct message *m, const struct sip_scan *scan)
{
	buf_clear(&w->line);
	if (m->flags & MESSAGE_REQUEST) {
		struct str name = store_method_name(w->store, m->method);

		if (name.n == 0 && scan)
			name = scan->method_text;
		buf_add_str(&w->line, name);
		ladder_cut_label(&w->line, 0);
	} else {
		if (m->status)
			buf_printf(&w->line, "%u", m->status);
		else
			buf_add_cstr(&w->line, "response");
		if (scan && scan->reason.n > 0) {
			size_t from = w->line.n + 1;

			buf_add_char(&w->line, ' ');
			buf_add_str(&w->line, scan->reason);
			ladder_cut_label(&w->line, from);
		}
	}
	if (w->line.n == 0)
		buf_add_char(&w->line, '?');
	return arena_str(&w->l->arena, buf_str(&w->line));
}

#define FLAWS_LOST	(SIP_FLAW_CUT | SIP_FLAW_FRAGMENTS | SIP_FLAW_GAP)

static void
add_lost(struct ladder_job *w, const struct message *m, const struct sip_scan *scan)
{
	struct ladder_row *above, *row;
	uint64_t whole = 0;

	if (scan && scan->has_length && !(scan->flaws & SIP_FLAW_NO_END))
		whole = (uint64_t)scan->head + scan->content_length;
	buf_clear(&w->line);
	buf_printf(&w->line, "%" PRIu32, m->length);
	if (whole > m->length)
		buf_printf(&w->line, " of %" PRIu64, whole);
	buf_add_cstr(&w->line, " bytes: ");
	if (m->flaws & SIP_FLAW_FRAGMENTS)
		buf_add_cstr(&w->line, "fragments missing in the capture");
	else if (m->flaws & SIP_FLAW_GAP)
		buf_add_cstr(&w->line, "a piece of the stream missing in the capture");
	else
		buf_add_cstr(&w->line, "the rest was not captured");
	row = ladder_row_add(w, LADDER_LOST, m->time);
	above = row - 1;
	row->label = arena_str(&w->l->arena, buf_str(&w->line));
	row->message = above->message;
	row->call = above->call;
	row->from = above->from;
	row->to = above->to;
}

/* The text of @m scanned, or NULL when it is not needed or cannot be read. */
static const struct sip_scan *
read_text(struct ladder_job *w, const struct message *m, struct sip_scan *scan)
{
	bool described = (m->flags & MESSAGE_SDP) && w->o->sdp != LADDER_SDP_OFF;
	struct err err;

	if ((m->flags & MESSAGE_REQUEST) && m->method != SIP_METHOD_OTHER && !described &&
	    !(m->flaws & FLAWS_LOST))
		return NULL;
	if (store_text(w->store, m, &w->text, &err) < 0) {
		w->l->unread++;
		return NULL;
	}
	if (sip_scan(buf_str(&w->text), SIP_DATAGRAM, scan) != SIP_SCAN_MESSAGE)
		return NULL;
	return scan;
}

void
ladder_add_message(struct ladder_job *w, uint32_t index)
{
	const struct message *m = store_message(w->store, index);
	struct ladder_hop *hop = ladder_hop_of(w, m);
	struct ladder_row *row;
	struct sip_scan room;
	const struct sip_scan *scan;
	uint32_t from = w->ends[hop->src].lane, to = w->ends[hop->dst].lane;

	w->l->lanes[from].messages++;
	if (to != from)
		w->l->lanes[to].messages++;
	if (fold(w, index, m))
		return;
	scan = read_text(w, m, &room);
	row = ladder_row_add(w, LADDER_MESSAGE, m->time);
	row->message = index;
	row->call = m->call;
	row->from = from;
	row->to = to;
	row->flaws = m->flaws;
	row->status = m->status;
	row->flags = m->flags;
	row->transport = hop->transport;
	row->label = label_of(w, m, scan);
	row->sdp = (uint8_t)sdp_role(w, m);
	if (scan && row->sdp != LADDER_SDP_NONE && w->o->sdp != LADDER_SDP_OFF)
		row->notes = ladder_sdp_notes(&w->l->arena, scan, (enum ladder_sdp_role)row->sdp,
					      w->o->sdp, &row->note_count);
	if (m->flaws & FLAWS_LOST)
		add_lost(w, m, scan);
}
