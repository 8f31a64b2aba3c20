/*
 * What the ends of a call say of streams by RTCP.
 *
 * A packet is taken apart into what it tells of one stream each: an SR from A to B of the
 * stream of its SSRC from A to B; a report block in a packet from B to A of the stream
 * from A to B that has the SSRC in the block. What is told of a stream that is not known
 * yet waits in a ring, found by SSRC: streams are often sure a few packets after their
 * first RTCP. Nothing here grows with what a sender likes to send: the ring, the pairs of
 * SSRCs and what is kept of each stream have their caps.
 */
#include "store/reports_int.h"

#include "base/mem.h"
#include "media/rtcp_json.h"

struct reports *
reports_get(struct store *s)
{
	struct media *md = s->media;

	if (!md->reports) {
		md->reports = xcalloc(1, sizeof(*md->reports));
		chunks_init(&md->reports->list, sizeof(struct stream_reports));
		chunks_init(&md->reports->vq, sizeof(struct vq_entry));
	}
	return md->reports;
}

struct stream_reports *
reports_of(struct store *s, struct stream *st)
{
	if (!st->reports) {
		struct chunks *list = &reports_get(s)->list;

		st->reports = chunks_add(list);
		stream_reports_init(st->reports);
		st->reports->index = list->n - 1;
	}
	return st->reports;
}

void
reports_free(struct store *s)
{
	struct reports *r = s->media->reports;

	if (!r)
		return;
	for (uint32_t i = chunks_skip(&r->list, 0); i < r->list.n;
	     i = chunks_skip(&r->list, i + 1))
		stream_reports_release(chunks_at(&r->list, i));
	chunks_release(&r->list);
	chunks_release(&r->vq);
	hash_map_release(&r->waiting_map);
	hash_map_release(&r->vq_map);
	hash_map_release(&r->vq_messages);
	free(r->waiting);
	free(r->asked);
	free(r);
	s->media->reports = NULL;
}

void
reports_drop_stream(struct store *s, struct stream *st)
{
	struct reports *r = s->media->reports;

	if (!st->reports)
		return;
	names_drop(&s->names, st->reports->cname);
	r->bytes -= stream_reports_memory(st->reports);
	stream_reports_release(st->reports);
	chunks_drop(&r->list, st->reports->index);
	st->reports = NULL;
}

/* ---- what is told of a stream ---- */

static void
take(struct store *s, struct stream *st, const struct told *t)
{
	struct stream_reports *r = reports_of(s, st);
	struct stream_extended *ext;

	switch ((enum told_kind)t->kind) {
	case TOLD_SENT:
		r->sent_n++;
		r->sent_last = t->kept;
		if (t->kept.time != TIME_NONE)
			reference_add(r->sent, &r->sent_at, t->kept.time, t->middle);
		break;
	case TOLD_RECEIVED:
		series_add(&r->received, &t->kept);
		round_trip_take(s, st, WAY_RECEIVER, t);
		break;
	case TOLD_EXTENDED:
		series_add(&stream_extended_of(r)->series, &t->kept);
		break;
	case TOLD_ASKED:
		if (t->kept.time == TIME_NONE)
			break;
		ext = stream_extended_of(r);
		reference_add(ext->asked, &ext->asked_at, t->kept.time, t->middle);
		break;
	case TOLD_ANSWERED:
		round_trip_take(s, st, WAY_SENDER, t);
		break;
	case TOLD_BYE:
		r->bye = t->kept.time;
		break;
	case TOLD_SECURE:
		r->secure++;
		break;
	case TOLD_CNAME:
		r->cname = t->cname;
		break;
	}
}

static void
apply(struct store *s, struct stream *st, const struct told *t)
{
	struct stream_reports *r = reports_of(s, st);
	size_t before = stream_reports_memory(r);

	take(s, st, t);
	s->media->reports->bytes += stream_reports_memory(r) - before;
}

static void
forget(struct reports *r, struct told *t, uint32_t slot)
{
	hash_map_remove(&r->waiting_map, hash_u64(t->ssrc), slot);
	t->waits = false;
}

static bool
is_counted(const struct told *t)
{
	return t->kind == TOLD_SENT || t->kind == TOLD_RECEIVED || t->kind == TOLD_EXTENDED;
}

#define AT_ONCE	16u	/* that wait for one SSRC */

/* Those that wait for an SSRC; the map may name others. */
static size_t
waiting_for(const struct reports *r, uint32_t ssrc, uint32_t slots[AT_ONCE])
{
	size_t n = 0, cursor = 0;
	uint32_t slot;

	while (n < AT_ONCE && (slot = hash_map_next(&r->waiting_map, hash_u64(ssrc),
						    &cursor)) != HASH_NONE)
		if (r->waiting[slot].ssrc == ssrc)
			slots[n++] = slot;
	return n;
}

/* Where the next one is to wait: in the place of the oldest with its SSRC where there are
 * many, else in that of the oldest of all. */
static uint32_t
slot_for(const struct reports *r, uint32_t ssrc)
{
	uint32_t slots[AT_ONCE], oldest;

	if (waiting_for(r, ssrc, slots) < AT_ONCE)
		return r->next_slot;
	oldest = slots[0];
	for (size_t i = 1; i < AT_ONCE; i++)
		if (r->waiting[slots[i]].order < r->waiting[oldest].order)
			oldest = slots[i];
	return oldest;
}

static void
wait_for_stream(struct store *s, const struct told *told)
{
	struct reports *r = reports_get(s);
	struct told *t;
	uint32_t slot;

	if (!r->waiting)
		r->waiting = xcalloc(TOLD_WAITING, sizeof(*r->waiting));
	slot = slot_for(r, told->ssrc);
	if (slot == r->next_slot)
		r->next_slot = (slot + 1) % TOLD_WAITING;
	t = &r->waiting[slot];
	if (t->waits) {
		s->media->stats.rtcp_unmatched += is_counted(t);
		forget(r, t, slot);
	}
	*t = *told;
	t->waits = true;
	t->order = r->waited++;
	hash_map_add(&r->waiting_map, hash_u64(t->ssrc), slot);
}

/* @return the stream; NULL: it waits. */
static struct stream *
tell(struct store *s, const struct told *t)
{
	struct stream *st = reports_match(s, &t->src, &t->dst, t->ssrc, t->kept.time);

	if (st)
		apply(s, st, t);
	else
		wait_for_stream(s, t);
	return st;
}

static int
by_order(const void *a, const void *b, void *waiting)
{
	const struct told *list = waiting;
	uint64_t x = list[*(const uint32_t *)a].order, y = list[*(const uint32_t *)b].order;

	return (x > y) - (x < y);
}

static bool
is_tied(const struct stream *st)
{
	return st && st->first_link != UINT32_MAX;
}

/* Who reports of a stream sends the one the other way. */
static void
tie_late(struct store *s, struct stream *st, const struct told *t)
{
	struct stream *back;

	if (!t->has_by || t->kind != TOLD_RECEIVED)
		return;
	back = reports_match(s, &st->dst, &st->src, t->by, t->kept.time);
	if (!back || !net_addr_eq(&back->dst.addr, &st->src.addr) || is_tied(back) == is_tied(st))
		return;
	if (is_tied(st))
		media_link_as(s, back, st, STREAM_HOW_RTCP, false);
	else
		media_link_as(s, st, back, STREAM_HOW_RTCP, false);
}

void
reports_stream_new(struct store *s, struct stream *st)
{
	struct reports *r = s->media->reports;
	uint32_t slots[AT_ONCE];
	size_t n;

	if (LIKELY(!r || r->waiting_map.live == 0))
		return;
	n = waiting_for(r, st->ssrc, slots);
	if (n > 1)
		qsort_r(slots, n, sizeof(slots[0]), by_order, r->waiting);
	for (size_t i = 0; i < n; i++) {
		struct told *t = &r->waiting[slots[i]];

		if (reports_match(s, &t->src, &t->dst, t->ssrc, t->kept.time) != st)
			continue;
		forget(r, t, slots[i]);
		apply(s, st, t);
		tie_late(s, st, t);
	}
}

/* In the order they came. */
void
reports_end(struct store *s)
{
	struct reports *r = s->media->reports;
	uint32_t *slots;
	size_t n = 0;

	if (!r || !r->waiting || r->waiting_map.live == 0)
		return;
	slots = xmalloc(TOLD_WAITING * sizeof(*slots));
	for (uint32_t i = 0; i < TOLD_WAITING; i++)
		if (r->waiting[i].waits)
			slots[n++] = i;
	qsort_r(slots, n, sizeof(slots[0]), by_order, r->waiting);
	for (size_t i = 0; i < n; i++) {
		struct told *t = &r->waiting[slots[i]];
		struct stream *st = reports_match(s, &t->src, &t->dst, t->ssrc, t->kept.time);

		forget(r, t, slots[i]);
		if (st)
			apply(s, st, t);
		else
			s->media->stats.rtcp_unmatched += is_counted(t);
	}
	free(slots);
}

size_t
reports_memory(const struct store *s)
{
	const struct reports *r = s->media->reports;
	size_t waiting;

	if (!r)
		return 0;
	/* Of the ring only what was used is there. */
	waiting = r->waited < TOLD_WAITING ? (size_t)r->waited : TOLD_WAITING;
	return sizeof(*r) + r->bytes + waiting * sizeof(*r->waiting) +
		chunks_memory(&r->list) + chunks_memory(&r->vq) +
		hash_map_memory(&r->waiting_map) + hash_map_memory(&r->vq_map) +
		hash_map_memory(&r->vq_messages);
}

/* ---- packets ---- */

#define ABOUT_MAX	4u	/* SSRCs of a packet that are looked at as of one session */

/* A packet on its way in. */
struct packet {
	struct store *s;
	const struct net_endpoint *src, *dst;
	int64_t time;
	uint32_t flaws;
	uint32_t about[ABOUT_MAX];	/* SSRCs its report blocks name */
	struct stream *streams[ABOUT_MAX];	/* of these; NULL: not known */
	unsigned int about_n;
	struct stream *own;	/* of its sender; NULL: none is known */
	uint8_t source;		/* enum report_source of its report blocks */
};

/* What the packet tells of a stream that its sender sends. */
static struct told
told_own(const struct packet *p, enum told_kind kind, uint32_t ssrc)
{
	return (struct told){
		.src = *p->src, .dst = *p->dst, .ssrc = ssrc, .kind = (uint8_t)kind,
		.kept = { .time = p->time, .source = p->source },
	};
}

/* And of one that its sender receives. */
static struct told
told_other(const struct packet *p, enum told_kind kind, uint32_t ssrc, uint32_t by)
{
	return (struct told){
		.src = *p->dst, .dst = *p->src, .ssrc = ssrc, .kind = (uint8_t)kind,
		.kept = { .time = p->time, .source = p->source }, .by = by, .has_by = true,
	};
}

static void
take_sender(struct packet *p, const struct rtcp_sender *sender)
{
	struct told t = told_own(p, TOLD_SENT, sender->ssrc);

	t.kept.has = KEPT_SENDER | KEPT_PACKETS;
	t.kept.packets = sender->packets;
	t.middle = rtcp_ntp_middle(sender->ntp_seconds, sender->ntp_fraction);
	if (!tell(p->s, &t) && sender->packets > 0)
		reports_note_unseen(p->s, p->src, UNSEEN_SENT, p->time);
}

/* Some give all they send one SSRC: an end must be where the packet was seen. */
static bool
is_near(const struct packet *p, const struct stream *st)
{
	const struct net_addr *from = &p->src->addr, *to = &p->dst->addr;

	return net_addr_eq(&st->src.addr, from) || net_addr_eq(&st->src.addr, to) ||
		net_addr_eq(&st->dst.addr, from) || net_addr_eq(&st->dst.addr, to);
}

static void
note_about(struct packet *p, uint32_t ssrc, struct stream *st)
{
	if (p->about_n == ABOUT_MAX)
		return;
	p->streams[p->about_n] = st && is_near(p, st) ? st : NULL;
	p->about[p->about_n++] = ssrc;
}

static void
take_block(struct packet *p, const struct rtcp_block *block, uint32_t by, uint16_t has)
{
	struct told t = told_other(p, TOLD_RECEIVED, block->ssrc, by);
	struct stream *st;

	t.kept.has = has;
	t.kept.lost = block->lost;
	t.kept.fraction = block->fraction;
	t.kept.jitter = block->jitter;
	t.middle = block->lsr;
	t.delay = block->dlsr;
	st = tell(p->s, &t);
	note_about(p, block->ssrc, st);
	/* Some have a block, without a number, before anything came. */
	if (!st && block->ssrc != 0 && block->highest != 0)
		reports_note_unseen(p->s, p->src, UNSEEN_HEARD, p->time);
}

static void
take_reports(struct packet *p, const struct rtcp_part *part)
{
	struct rtcp_sender sender;
	struct rtcp_block block;
	uint32_t by;

	if (!rtcp_ssrc(part, &by))
		return;
	if (rtcp_sender(part, &sender))
		take_sender(p, &sender);
	for (unsigned int i = 0; rtcp_block(part, i, &block); i++)
		take_block(p, &block, by, KEPT_LOST | KEPT_FRACTION | KEPT_JITTER);
}

static void
take_names(struct packet *p, const struct rtcp_part *part)
{
	struct rtcp_sdes sdes;

	rtcp_sdes_start(&sdes, part);
	while (rtcp_sdes_next(&sdes)) {
		struct stream *st;
		struct told t;

		if (sdes.type != RTCP_SDES_CNAME)
			continue;
		st = reports_match(p->s, p->src, p->dst, sdes.ssrc, p->time);
		/* Each packet has it: it need not wait, nor be looked up again. */
		if (!st || (st->reports && st->reports->cname))
			continue;
		t = told_own(p, TOLD_CNAME, sdes.ssrc);
		t.cname = names_add_half(&p->s->names, sdes.text);
		apply(p->s, st, &t);
	}
}

static void
take_bye(struct packet *p, const struct rtcp_part *part)
{
	uint32_t ssrc;

	for (unsigned int i = 0; rtcp_bye(part, i, &ssrc); i++) {
		struct told t = told_own(p, TOLD_BYE, ssrc);

		tell(p->s, &t);
	}
}

/* ---- extended reports ---- */

static void
kept_summary(struct kept *k, const struct rtcp_xr_summary *sum)
{
	if (sum->has_lost) {
		k->has = (uint16_t)((k->has & ~KEPT_PACKETS) | KEPT_LOST);
		k->lost = sum->lost < INT32_MAX ? (int32_t)sum->lost : INT32_MAX;
	}
	if (sum->has_duplicates) {
		k->has |= KEPT_DUPLICATES;
		k->duplicates = sum->duplicates;
	}
	if (sum->has_jitter) {
		k->has |= KEPT_JITTER | KEPT_MAX_JITTER;
		k->jitter = sum->mean_jitter;
		k->max_jitter = sum->max_jitter;
	}
}

/* What a block tells; *ssrc: of which stream. A trace of all packets counts them, where no
 * summary does: that is of more of them, mostly. */
static bool
read_extended(const struct rtcp_xr_block *block, struct kept *k, uint32_t *ssrc)
{
	struct rtcp_xr_rle rle;
	struct rtcp_xr_summary summary;
	struct rtcp_xr_voip voip;

	if (rtcp_xr_voip(block, &voip)) {
		kept_voip(k, &voip);
		*ssrc = voip.ssrc;
		return true;
	}
	if (rtcp_xr_summary(block, &summary)) {
		kept_summary(k, &summary);
		*ssrc = summary.ssrc;
		return true;
	}
	if (!rtcp_xr_rle(block, &rle) || rle.thinning > 0)
		return false;
	*ssrc = rle.ssrc;
	if (block->type == RTCP_XR_DUPLICATE_RLE) {
		k->duplicates = k->has & KEPT_DUPLICATES ? k->duplicates : rle.zeros;
		k->has |= KEPT_DUPLICATES;
	} else if (!(k->has & KEPT_LOST)) {
		k->has |= KEPT_LOST | KEPT_PACKETS;
		k->lost = (int32_t)rle.zeros;
		k->packets = rle.ones;
	}
	return true;
}

static void
take_answers(struct packet *p, const struct rtcp_xr_block *block, uint32_t by)
{
	struct rtcp_xr_dlrr dlrr;
	uint32_t middle;

	if (rtcp_xr_rrtr(block, &middle)) {
		for (unsigned int i = 0; i < p->about_n; i++) {
			struct told t = told_other(p, TOLD_ASKED, p->about[i], by);

			t.middle = middle;
			tell(p->s, &t);
		}
	}
	for (unsigned int i = 0; rtcp_xr_dlrr(block, i, &dlrr); i++) {
		struct told t = told_own(p, TOLD_ANSWERED, by);

		t.middle = dlrr.lrr;
		t.delay = dlrr.dlrr;
		t.by = dlrr.ssrc;
		t.has_by = true;
		tell(p->s, &t);
	}
}

/* Blocks about one stream in a row are one report. */
static void
take_extended(struct packet *p, const struct rtcp_part *part)
{
	struct rtcp_xr_walk walk;
	struct rtcp_xr_block block;
	struct told t = { 0 };
	bool has = false;

	if (!rtcp_xr_start(&walk, part))
		return;
	while (rtcp_xr_next(&walk, &block)) {
		struct kept k = has ? t.kept : (struct kept){ 0 };
		uint32_t ssrc;

		take_answers(p, &block, walk.ssrc);
		if (!read_extended(&block, &k, &ssrc))
			continue;
		if (has && t.ssrc != ssrc) {
			tell(p->s, &t);
			has = false;
			k = (struct kept){ 0 };
			read_extended(&block, &k, &ssrc);
		}
		if (!has)
			t = told_other(p, TOLD_EXTENDED, ssrc, walk.ssrc);
		has = true;
		k.time = p->time;
		k.source = REPORT_XR;
		t.kept = k;
	}
	if (has)
		tell(p->s, &t);
	p->flaws |= walk.flaws;
}

/* It tells of no quality, but whom it is about; 0 where it is about no one stream. */
static void
take_feedback(struct packet *p, const struct rtcp_part *part)
{
	uint32_t ssrc;

	if (rtcp_feedback(part, &ssrc) && ssrc != 0)
		note_about(p, ssrc, reports_match(p->s, p->dst, p->src, ssrc, p->time));
}

/* ---- the whole ---- */

/* What one packet names is of one session: a stream of no call is of that of the others. */
static void
tie(struct packet *p)
{
	const struct stream *to = is_tied(p->own) ? p->own : NULL;
	bool orphan = p->own && !to;

	for (unsigned int i = 0; i < p->about_n; i++) {
		if (!to && is_tied(p->streams[i]))
			to = p->streams[i];
		orphan |= p->streams[i] && !is_tied(p->streams[i]);
	}
	if (!orphan || !to)
		return;
	if (p->own && !is_tied(p->own))
		media_link_as(p->s, p->own, to, STREAM_HOW_RTCP, false);
	for (unsigned int i = 0; i < p->about_n; i++)
		if (p->streams[i] && !is_tied(p->streams[i]))
			media_link_as(p->s, p->streams[i], to, STREAM_HOW_RTCP, to != p->own);
}

static void
take_parts(struct packet *p, struct str bytes, uint32_t wire_length)
{
	struct rtcp_walk walk;
	struct rtcp_part part;

	rtcp_start(&walk, bytes, wire_length);
	while (rtcp_next(&walk, &part)) {
		p->flaws |= rtcp_part_flaws(&part);
		switch (part.type) {
		case RTCP_SR:
		case RTCP_RR:
			take_reports(p, &part);
			break;
		case RTCP_SDES:
			take_names(p, &part);
			break;
		case RTCP_BYE:
			take_bye(p, &part);
			break;
		case RTCP_XR:
			take_extended(p, &part);
			break;
		case RTCP_RTPFB:
		case RTCP_PSFB:
			take_feedback(p, &part);
			break;
		default:
			break;
		}
	}
	p->flaws |= walk.flaws;
}

#define COPY_SPAN	NS_PER_S	/* a copy comes within; reports alike are seconds apart */

/* Whether the same packet came a moment ago: captured twice, it is one report. */
static bool
is_copy(struct store *s, const struct media_input *in)
{
	uint64_t hash = hash_u64(hash_str(in->payload) ^ net_endpoint_hash(in->src) ^
				 hash_u64(net_endpoint_hash(in->dst)));
	struct seen_packet *seen = &reports_get(s)->seen[hash % COPIES_KNOWN];
	int64_t age;

	if (in->time == TIME_NONE)
		return false;
	if (seen->hash == hash) {
		age = span_between(seen->time, in->time);
		if (age <= COPY_SPAN && age >= -COPY_SPAN)
			return true;
	}
	*seen = (struct seen_packet){ hash, in->time };
	return false;
}

/* Two packets that fit behind one another: what is encrypted does not look so. */
static bool
is_clear(struct str bytes)
{
	struct rtcp_walk walk;
	struct rtcp_part part;

	rtcp_start(&walk, bytes, (uint32_t)bytes.n);
	return rtcp_next(&walk, &part) && rtcp_may_start(walk.rest) && rtcp_next(&walk, &part) &&
		part.type <= RTCP_LAST;
}

static bool
is_secure(struct packet *p, const struct media_input *in, uint32_t ssrc)
{
	const struct stream *st;

	if (rtcp_is_secure(in->payload, in->wire_length))
		return true;
	st = reports_match(p->s, p->src, p->dst, ssrc, p->time);
	return (st && st->kind == STREAM_SRTP) || reports_expect_secure(p->s, p->dst, p->time);
}

bool
store_add_rtcp(struct store *s, const struct media_input *in)
{
	struct packet p = {
		.s = s, .src = in->src, .dst = in->dst, .time = in->time, .source = REPORT_RTCP,
	};
	bool cut = in->wire_length > in->payload.n;
	uint32_t ssrc;

	if (!rtcp_may_start(in->payload))
		return false;
	s->media->stats.rtcp++;
	if (is_copy(s, in))
		return true;
	ssrc = get_be32((const uint8_t *)in->payload.p + 4);
	if (cut || !rtcp_is_whole(in->payload)) {
		if (is_secure(&p, in, ssrc)) {
			struct told t = told_own(&p, TOLD_SECURE, ssrc);

			s->media->stats.rtcp_secure++;
			tell(s, &t);
			return true;
		}
		s->media->stats.rtcp_bad += !cut;
		if (!cut && !is_clear(in->payload))
			return true;
	}
	p.own = reports_match(s, p.src, p.dst, ssrc, p.time);
	if (p.own && !is_near(&p, p.own))
		p.own = NULL;
	take_parts(&p, in->payload, in->wire_length);
	tie(&p);
	s->media->stats.rtcp_flawed += p.flaws != 0;
	return true;
}

/* ---- other ways ---- */

static uint16_t
json_has(uint8_t has)
{
	return (uint16_t)((has & RTCP_JSON_LOST ? KEPT_LOST : 0) |
			  (has & RTCP_JSON_FRACTION ? KEPT_FRACTION : 0) |
			  (has & RTCP_JSON_JITTER ? KEPT_JITTER : 0));
}

void
reports_learn_json(struct store *s, const struct event_input *in)
{
	struct packet p = {
		.s = s, .src = &in->src, .dst = &in->dst, .time = in->time, .source = REPORT_HEP,
	};
	struct rtcp_json json;

	if (!rtcp_json_read(in->text, &json) || !json.has_ssrc)
		return;
	if (json.has_sender)
		take_sender(&p, &json.sender);
	for (unsigned int i = 0; i < json.block_n; i++)
		take_block(&p, &json.blocks[i], json.ssrc, json_has(json.has[i]));
	if (json.has_voip) {
		struct told t = told_other(&p, TOLD_EXTENDED, json.voip.ssrc, json.ssrc);

		kept_voip(&t.kept, &json.voip);
		tell(s, &t);
	}
}
