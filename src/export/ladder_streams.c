/*
 * Streams as rows of a ladder. Media has addresses of its own: where one is no lane, it
 * is put at the lane of the party whose session description named it, which is who sent
 * the first message that did. What nobody named is behind a NAT, and at the lane of who
 * sent it where that is known, or an end of its own.
 *
 * Two streams between the same two ends, there and back at the same time, share a row.
 */
#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"
#include "export/ladder_int.h"

#define PAIRS_MAX	16u	/* rows between two ends that are looked at for one back */

/* ---- who named which address ---- */

static struct ladder_claim *
claim_at(const struct ladder_job *w, const struct net_endpoint *at, bool any_port)
{
	struct net_endpoint key = *at;
	size_t cursor = 0;
	uint32_t i;

	if (any_port)
		key.port = 0;
	while ((i = hash_map_next(&w->claim_map, net_endpoint_hash(&key), &cursor)) != HASH_NONE)
		if (net_addr_eq(&w->claims[i].at.addr, &at->addr) &&
		    (any_port || w->claims[i].at.port == at->port))
			return &w->claims[i];
	return NULL;
}

static uint64_t
side_hash(uint32_t call, unsigned int side)
{
	return hash_u64((uint64_t)call << 8 | side);
}

/* Who a side of a call is: who first described media for it. */
static const struct ladder_claim *
claim_of_side(const struct ladder_job *w, uint32_t call, enum call_side side)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&w->side_map, side_hash(call, side), &cursor)) != HASH_NONE)
		if (w->claims[i].call == call && w->claims[i].side == side)
			return &w->claims[i];
	return NULL;
}

static void
learn(struct ladder_job *w, const struct stream_claim *told, const struct net_endpoint *at)
{
	struct net_endpoint any = { .addr = at->addr };
	struct ladder_claim *claim;

	if (at->addr.family == NET_NONE || at->port == 0 || stream_claim_is_rejected(told))
		return;
	claim = claim_at(w, at, false);
	if (!claim) {
		ARRAY_GROW(w->claims, w->claim_cap, w->claim_n + 1);
		if (!claim_at(w, at, true))
			hash_map_add(&w->claim_map, net_endpoint_hash(&any), (uint32_t)w->claim_n);
		hash_map_add(&w->claim_map, net_endpoint_hash(at), (uint32_t)w->claim_n);
		claim = &w->claims[w->claim_n++];
		*claim = (struct ladder_claim){ *at, told->time, told->message, told->call,
						told->side };
		if (!claim_of_side(w, told->call, (enum call_side)told->side))
			hash_map_add(&w->side_map, side_hash(told->call, told->side),
				     (uint32_t)w->claim_n - 1);
		return;
	}
	/* The first one said it; those after it are sent on, or of other legs. Those that are
	 * captured in turns on several hops tell by their times. */
	if (told->time < claim->time ||
	    (told->time == claim->time && told->message < claim->message))
		*claim = (struct ladder_claim){ *at, told->time, told->message, told->call,
						told->side };
}

void
ladder_learn_claims(struct ladder_job *w, const struct call *c)
{
	size_t n = store_call_claims(w->store, c, &w->told, &w->told_cap);

	for (size_t i = 0; i < n; i++)
		learn(w, w->told[i], &w->told[i]->at);
}

/* The claim by which @at is put at somebody's lane; NULL: none. */
static const struct ladder_claim *
party_of(const struct ladder_job *w, const struct ladder_item *item,
	 const struct net_endpoint *at, bool sender)
{
	const struct ladder_claim *claim = claim_at(w, at, false);

	if (!claim)
		claim = claim_at(w, at, true);
	if (!claim && item->how == STREAM_HOW_NAT && item->side != CALL_SIDE_NONE &&
	    item->call != CALL_NONE)
		claim = claim_of_side(w, item->call, sender ? (enum call_side)item->side :
				      item->side == CALL_SIDE_CALLER ? CALL_SIDE_CALLEE :
				      CALL_SIDE_CALLER);
	return claim;
}

void
ladder_stream_ends(struct ladder_job *w, const struct ladder_item *item)
{
	const struct stream *st = store_stream(w->store, item->index);

	if (!ladder_end_known(w, &st->src) && !party_of(w, item, &st->src, true))
		ladder_end_add(w, &st->src);
	if (!ladder_end_known(w, &st->dst) && !party_of(w, item, &st->dst, false))
		ladder_end_add(w, &st->dst);
}

/* ---- what is said of them ---- */

/* What is told of one direction. */
struct figures {
	const struct stream *st;
	struct meter_figures meter;
	struct quality quality;
	struct str codec;
	char name[16];		/* of a payload type without one */
};

static void
figures_of(struct ladder_job *w, uint32_t stream, struct figures *f)
{
	const struct stream *st = store_stream(w->store, stream);
	const struct stream_codec *codec = stream_codec(st);

	*f = (struct figures){ .st = st };
	meter_figures(&st->meter, &f->meter);
	f->quality = store_stream_quality(w->store, st);
	/* Digits alone, or comfort noise, are of some codec too. */
	if (!codec && st->codec_n > 0)
		codec = &st->codecs[0];
	if (!codec || st->kind == STREAM_T38)
		return;
	if (codec->name) {
		f->codec = str_of(codec->name);
	} else {
		snprintf(f->name, sizeof(f->name), "PT %u", codec->payload_type);
		f->codec = str_of(f->name);
	}
}

static void
add_count(struct buf *b, uint64_t n)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, n);

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			buf_add_char(b, ',');
		buf_add_char(b, digits[i]);
	}
}

static void
add_loss(struct buf *b, const struct figures *f)
{
	const struct meter_figures *m = &f->meter;
	double percent;

	if (m->expected == 0) {
		buf_add_char(b, '-');
		return;
	}
	percent = (double)m->lost * 100 / (double)m->expected;
	if (m->lost == 0)
		buf_add_char(b, '0');
	else if (percent < 0.1)
		buf_add_cstr(b, "<0.1");
	else
		buf_printf(b, "%.1f", percent);
}

static void
add_mos(struct buf *b, const struct figures *f)
{
	if (f->quality.known)
		buf_printf(b, "%.1f", f->quality.mos);
	else
		buf_add_char(b, '-');
}

static const char *
kind_text(unsigned int kind)
{
	return kind == STREAM_T38 ? "T.38" : kind == STREAM_SRTP ? "SRTP" : "RTP";
}

/* Forms of a label, from the long to the short. */
enum form {
	FORM_FULL,		/* "RTP PCMA 1,502/1,499 pkts  loss 0.1/0 %  est. MOS 4.2/4.1" */
	FORM_CLOSE,		/* "RTP PCMA 1,502/1,499 loss 0.1/0% est. MOS 4.2/4.1" */
	FORM_TIGHT,		/* "PCMA 1,502/1,499 loss 0.1/0% MOS ~4.2/4.1" */
	FORM_BARE,		/* "PCMA 1,502/1,499 0.1/0% 4.2/4.1" */
	FORM_ONCE,		/* "PCMA 1,502/1,499 0% 4.2": what is the same both ways once */
	FORM_LEAST,		/* "PCMA 0.1/0% 4.2/4.1": how it was before how much */
	FORM_FIGURES,		/* "31.2/4.7% 1.0/3.9": before what it was */
};

_Static_assert(FORM_FIGURES == LADDER_SHORTER, "all forms are kept");

static void
add_codecs(struct buf *b, const struct figures *f, size_t n, enum form form)
{
	bool named = f[0].codec.n > 0 || (n > 1 && f[1].codec.n > 0);

	if (form <= FORM_CLOSE || !named || f[0].st->kind != STREAM_RTP)
		buf_add_cstr(b, kind_text(f[0].st->kind));
	for (size_t i = 0; i < n; i++) {
		if (f[i].codec.n == 0 || (i > 0 && str_eq_ci(f[0].codec, f[1].codec)))
			continue;
		if (b->n > 0)
			buf_add_char(b, i > 0 && f[0].codec.n > 0 ? '/' : ' ');
		buf_add_str(b, str_sub(f[i].codec, 0, LADDER_LABEL_BYTES / 4));
	}
}

/* What @add says of each of them. */
static void
add_ways(struct buf *b, const struct figures *f, size_t n,
	 void (*add)(struct buf *b, const struct figures *f), enum form form)
{
	struct str first, second;
	size_t from = b->n, slash;

	add(b, &f[0]);
	if (n < 2)
		return;
	slash = b->n;
	buf_add_char(b, '/');
	add(b, &f[1]);
	first = str_sub(buf_str(b), from, slash - from);
	second = str_skip(buf_str(b), slash + 1);
	if (form >= FORM_ONCE && str_eq(first, second))
		b->n = slash;
}

/* What is not known of any is left out. */
static void
add_label(struct buf *b, const struct figures *f, size_t n, enum form form)
{
	const char *gap = form == FORM_FULL ? "  " : " ";
	bool loss = false, mos = false, one = n == 1 && f[0].meter.packets == 1;

	for (size_t i = 0; i < n; i++) {
		loss = loss || f[i].meter.expected > 0;
		mos = mos || f[i].quality.known;
	}
	if (form < FORM_FIGURES || (!loss && !mos))
		add_codecs(b, f, n, form);
	for (size_t i = 0; i < n && (form < FORM_LEAST || (!loss && !mos)); i++) {
		buf_add_char(b, i > 0 ? '/' : ' ');
		add_count(b, f[i].meter.packets);
	}
	/* Else two ways may be read as so many of so many. */
	if (form == FORM_FULL)
		buf_add_cstr(b, one ? " pkt" : " pkts");
	if (loss) {
		buf_printf(b, "%s%s", b->n > 0 ? gap : "", form <= FORM_TIGHT ? "loss " : "");
		add_ways(b, f, n, add_loss, form);
		buf_add_cstr(b, form == FORM_FULL ? " %" : "%");
	}
	if (mos) {
		buf_printf(b, "%s%s", b->n > 0 ? gap : "", form >= FORM_BARE ? "~" : form <= FORM_CLOSE ?
			   "est. MOS " : "MOS ~");
		add_ways(b, f, n, add_mos, form);
	}
}

/* The worse of two; not known is no judgement. */
static uint8_t
worse(uint8_t a, uint8_t b)
{
	if (a == QUALITY_UNKNOWN || b == QUALITY_UNKNOWN)
		return a == QUALITY_UNKNOWN ? b : a;
	return a > b ? a : b;
}

static uint8_t
level_of(struct ladder_job *w, const struct stream *st)
{
	struct quality_windows windows;

	store_stream_windows(w->store, st, &w->limits, &windows);
	return windows.level;
}

/* ---- rows ---- */

/* The lane of an end; *real is set where that has another address. */
static uint32_t
lane_of(const struct ladder_job *w, const struct ladder_item *item,
	const struct net_endpoint *at, bool sender, bool *real)
{
	uint32_t lane = ladder_lane_at(w, at);
	const struct ladder_claim *claim;
	const struct path *path;

	if (lane != LADDER_NONE) {
		*real = *real || w->l->lanes[lane].at.addr.family == NET_NONE;
		return lane;
	}
	claim = party_of(w, item, at, sender);
	if (!claim)
		return LADDER_NONE;
	*real = true;
	path = store_path(w->store, store_message(w->store, claim->message)->path);
	return ladder_lane_at(w, &path->src);
}

static void
add_note(struct ladder_job *w, struct ladder_row *row, const struct stream *st)
{
	struct str *note = arena_alloc(&w->l->arena, sizeof(*note));

	buf_clear(&w->line);
	buf_add_cstr(&w->line, row->stream[1] == STREAM_NONE ? "from " : "between ");
	net_endpoint_add(&w->line, &st->src);
	buf_add_cstr(&w->line, row->stream[1] == STREAM_NONE ? " to " : " and ");
	net_endpoint_add(&w->line, &st->dst);
	*note = arena_str(&w->l->arena, buf_str(&w->line));
	row->notes = note;
	row->note_count = 1;
}

/* Say what the row's streams are. */
static void
describe(struct ladder_job *w, struct ladder_row *row)
{
	struct figures f[2];
	size_t n = row->stream[1] == STREAM_NONE ? 1 : 2;
	struct str *shorter = arena_alloc(&w->l->arena, LADDER_SHORTER * sizeof(*shorter));

	for (size_t i = 0; i < n; i++) {
		figures_of(w, row->stream[i], &f[i]);
		if (row->last == TIME_NONE || f[i].meter.end > row->last)
			row->last = f[i].meter.end;
	}
	for (int form = FORM_FULL; form <= FORM_FIGURES; form++) {
		buf_clear(&w->line);
		add_label(&w->line, f, n, (enum form)form);
		*(form == FORM_FULL ? &row->label : &shorter[form - 1]) =
			arena_str(&w->l->arena, buf_str(&w->line));
	}
	row->shorter = shorter;
	if (row->note_count > 0)
		add_note(w, row, f[0].st);
}

static int64_t
overlap(const struct meter_figures *a, const struct meter_figures *b)
{
	int64_t from = a->start > b->start ? a->start : b->start;
	int64_t to = a->end < b->end ? a->end : b->end;

	return from == TIME_NONE || to == TIME_NONE || to < from ? -1 : to - from;
}

static uint64_t
pair_hash(const struct stream *st)
{
	/* The same in either order. */
	return hash_u64(net_endpoint_hash(&st->src) + net_endpoint_hash(&st->dst));
}

/* The row of a stream the other way while @st ran that has none yet, HASH_NONE: no such. */
static uint32_t
find_back(const struct ladder_job *w, const struct stream *st, const struct meter_figures *f)
{
	uint64_t hash = pair_hash(st);
	uint32_t i, best = HASH_NONE;
	int64_t most = -1;
	size_t cursor = 0;

	for (unsigned n = 0; n < PAIRS_MAX; n++) {
		const struct stream *back;
		struct meter_figures other;
		int64_t both;

		i = hash_map_next(&w->pair_map, hash, &cursor);
		if (i == HASH_NONE)
			break;
		back = store_stream(w->store, w->l->rows[i].stream[0]);
		if (back->kind != st->kind || !net_endpoint_eq(&back->src, &st->dst) ||
		    !net_endpoint_eq(&back->dst, &st->src))
			continue;
		meter_figures(&back->meter, &other);
		both = overlap(f, &other);
		if (both >= 0 && st->reverse == back->index)
			return i;
		if (both > most) {
			most = both;
			best = i;
		}
	}
	return best;
}

/* Let a row be for both ways; what goes from left to right is told first. */
static void
add_back(struct ladder_job *w, struct ladder_row *row, const struct ladder_item *item)
{
	bool turn = row->from > row->to;

	row->stream[1] = item->index;
	if (turn) {
		uint32_t lane = row->from;

		row->from = row->to;
		row->to = lane;
		row->stream[1] = row->stream[0];
		row->stream[0] = item->index;
	}
	if (row->call != item->call)
		row->call = CALL_NONE;
	row->level = worse(row->level, level_of(w, store_stream(w->store, item->index)));
	describe(w, row);
}

void
ladder_add_stream(struct ladder_job *w, const struct ladder_item *item)
{
	const struct stream *st = store_stream(w->store, item->index);
	struct meter_figures f;
	struct ladder_row *row;
	bool real = false;
	uint32_t i;

	meter_figures(&st->meter, &f);
	i = find_back(w, st, &f);
	if (i != HASH_NONE) {
		hash_map_remove(&w->pair_map, pair_hash(st), i);
		add_back(w, &w->l->rows[i], item);
		return;
	}
	hash_map_add(&w->pair_map, pair_hash(st), w->l->row_count);
	row = ladder_row_add(w, LADDER_STREAM, item->time);
	row->stream[0] = item->index;
	row->call = item->call;
	row->media = st->kind;
	row->from = lane_of(w, item, &st->src, true, &real);
	row->to = lane_of(w, item, &st->dst, false, &real);
	if (row->from == LADDER_NONE || row->to == LADDER_NONE)
		row->from = row->to = LADDER_NONE;
	row->level = level_of(w, st);
	row->note_count = real;
	describe(w, row);
}

struct str
ladder_label(const struct ladder_row *row, int cells)
{
	if (!row->shorter || text_width(row->label) <= cells)
		return row->label;
	for (int i = 0; i < LADDER_SHORTER; i++)
		if (text_width(row->shorter[i]) <= cells || i + 1 == LADDER_SHORTER)
			return row->shorter[i];
	return row->label;
}
