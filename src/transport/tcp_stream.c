/*
 * One direction of a TCP connection.
 *
 * next is the sequence number of the byte to give next. What begins there is
 * given as it lies in the record. What comes early is copied and waits
 * (tcp_pieces.c).
 *
 * A hole is what lies between next and the first piece, or FIN. It is given up
 *  - when the other side has acknowledged its end, and then ACKED_SEGMENTS more
 *    segments of the connection came or ACKED_NS have passed: the receiver has
 *    what the capture lacks. A capture may hold the acknowledgement before the
 *    data (several queues of a card, two mirror ports), so it is not enough alone;
 *    and to wait long would hold back one direction against the other;
 *  - when the bounds of bytes, of pieces or of time say so, the time counted
 *    from when the receiver last said that it waits for it, too;
 *  - at the end of the connection: RST, a new SYN, the end of the input.
 * Nothing is said of a hole that nothing waits behind until the end.
 *
 * Farther than NEAR_MAX away a segment is a stray and not used. But when the
 * other side acknowledges strays, or STRAYS_MAX that continue each other come
 * while nothing else is heard in that direction, nor acknowledged to it, the
 * capture has lost much and the stream goes on there. The way back is open only
 * to a stream that was moved so without an acknowledgement.
 *
 * Bytes that were given are gone; of the last few segments a hash is kept, to
 * notice when they come again with other content.
 */
#include "transport/tcp_int.h"

/* ---- giving ---- */

static void
tell_gap(struct tcp *t, struct connection *c, unsigned dir, uint64_t missing,
	 const char *why, const struct stamp *stamp)
{
	struct flow_event *ev = event_add(t, c, dir, FLOW_GAP, stamp);

	ev->missing = missing;
	ev->text = why;
	t->stats.gaps++;
	t->stats.gap_bytes += missing;
	c->pub.gaps++;
	c->pub.bytes[dir] += missing;
}

/* Give @part, which begins at next; its bytes are good until the next segment. */
static void
give(struct tcp *t, struct connection *c, unsigned dir, const struct part *part)
{
	struct stream *s = &c->streams[dir];

	if (part->bytes.n > 0) {
		struct flow_event *ev = event_add(t, c, dir, FLOW_BYTES, &part->stamp);

		ev->bytes = part->bytes;
		ev->place = part->place;
		c->pub.bytes[dir] += part->bytes.n;
		told_add(s, part->seq, part->bytes.p, part->bytes.n);
	}
	if (part->lost > 0) {
		tell_gap(t, c, dir, part->lost,
			 part->cut ? "cut by the snap length" : "fragments are missing",
			 &part->stamp);
		t->events[t->event_n - 1].ev.cut = part->cut;
		t->stats.cut += part->cut;
	}
	s->next = part->seq + part_length(part);
}

/* Give a piece that nothing else holds, and let it go. */
static void
give_piece(struct tcp *t, struct connection *c, unsigned dir, struct piece *p)
{
	struct part part = {
		.seq = p->seq, .bytes = { p->bytes, p->n }, .lost = p->lost, .cut = p->cut,
		.place = p->place, .stamp = p->stamp,
	};

	give(t, c, dir, &part);
	t->stats.waiting_bytes -= piece_cost(p);
	p->next = t->spent;
	t->spent = p;
}

/* Whether something lies behind a hole; *end is where. */
static bool
hole_end(const struct stream *s, uint32_t *end)
{
	const struct waiting *w = s->waiting;

	if (w && w->n > 0)
		*end = w->pieces[w->first]->seq;
	else if ((s->flags & STREAM_FIN) && !(s->flags & STREAM_ENDED))
		*end = s->fin;
	else
		return false;
	return true;
}

/* Which segment brought FIN: one that waits, or the one at hand. */
static struct stamp
fin_stamp(const struct connection *c, const struct waiting *w)
{
	return w && w->fin.frame > 0 ? w->fin : connection_stamp(c);
}

/* The time a hole may stay open begins now. */
static void
wait_anew(struct tcp *t, struct stream *s)
{
	struct waiting *w = s->waiting;

	if (!w || w->list != &t->holes)
		return;
	w->since = t->now;
	list_append(&t->holes, w);
}

/* Give what can be given, and see to it that what waits is in a list. */
static void
settle(struct tcp *t, struct connection *c, unsigned dir)
{
	struct stream *s = &c->streams[dir];
	struct waiting *w = s->waiting;
	uint32_t before = s->next, end;

	while (w && w->n > 0 && w->pieces[w->first]->seq == s->next) {
		struct piece *p = w->pieces[w->first++];

		w->n--;
		w->bytes -= piece_cost(p);
		give_piece(t, c, dir, p);
	}
	if ((s->flags & STREAM_FIN) && !(s->flags & STREAM_ENDED) && s->fin == s->next) {
		struct stamp stamp = fin_stamp(c, w);

		event_add(t, c, dir, FLOW_END, &stamp);
		s->flags |= STREAM_ENDED;
		s->next++;
		c->pub.flags |= dir == 0 ? TCP_FIN_0 : TCP_FIN_1;
		if (c->streams[1 - dir].flags & STREAM_ENDED)
			connection_close(t, c);
	}
	if (!w && !hole_end(s, &end))
		return;
	w = waiting_get(t, c, dir);
	if (!hole_end(s, &end)) {
		list_remove(w);
		if (w->stray_n == 0)
			waiting_free(t, s);
	} else if (s->next != before || !w->list) {
		w->since = t->now;
		list_append(&t->holes, w);
	}
}

/* Give up the first hole, which there must be, and give what waits behind it. */
static void
give_up(struct tcp *t, struct connection *c, unsigned dir, const char *why)
{
	struct stream *s = &c->streams[dir];
	struct waiting *w = s->waiting;
	struct stamp stamp = fin_stamp(c, w);
	uint32_t end;

	if (!w || !hole_end(s, &end))
		BUG("no hole to give up");
	if (w->n > 0)
		stamp = w->pieces[w->first]->stamp;
	tell_gap(t, c, dir, end - s->next, why, &stamp);
	s->next = end;
	list_remove(w);
	settle(t, c, dir);
}

/* Give up all holes. */
static void
flush(struct tcp *t, struct connection *c, unsigned dir, const char *why)
{
	uint32_t end;

	while (hole_end(&c->streams[dir], &end))
		give_up(t, c, dir, why);
}

void
stream_finish(struct tcp *t, struct connection *c, unsigned dir, const char *why)
{
	struct stream *s = &c->streams[dir];

	flush(t, c, dir, why);
	if (s->waiting) {
		strays_drop(t, s->waiting);
		waiting_free(t, s);
	}
	/* One more may be a FIN that is not in the capture, and is no byte. */
	if ((s->flags & STREAM_ACKED) && !(s->flags & STREAM_ENDED) &&
	    seq_diff(s->acked, s->next) > 1) {
		struct stamp stamp = connection_stamp(c);

		tell_gap(t, c, dir, s->acked - s->next, "acknowledged, but not captured", &stamp);
		s->next = s->acked;
	}
}

void
stream_reset(struct tcp *t, struct connection *c, unsigned dir, uint32_t seq)
{
	struct stream *s = &c->streams[dir];
	struct stamp stamp = connection_stamp(c);
	int32_t ahead;

	flush(t, c, dir, "the connection was reset");
	if (!(s->flags & STREAM_KNOWN) || (s->flags & (STREAM_SOFT | STREAM_ENDED)))
		return;
	ahead = seq_diff(seq, s->next);
	if ((s->flags & STREAM_ACKED) && seq_diff(s->acked, s->next) > ahead)
		ahead = seq_diff(s->acked, s->next);
	/* One may be a FIN that is not in the capture. */
	if (ahead > 1)
		tell_gap(t, c, dir, (uint32_t)ahead, "sent, but not captured", &stamp);
	/* That is told then. */
	s->flags &= (uint8_t)~STREAM_ACKED;
}

/* ---- what came before ---- */

/* Whether a segment that was given lies in @part with other content. */
static bool
told_differs(const struct stream *s, const struct part *part)
{
	for (unsigned i = 0; i < TOLD_MAX; i++) {
		uint32_t n = s->told_n[i];
		int32_t at = seq_diff(s->told_seq[i], part->seq);

		if (n > 0 && at >= 0 && (size_t)at + n <= part->bytes.n &&
		    told_hash(part->bytes.p + at, n) != s->told_hash[i])
			return true;
	}
	return false;
}

/* Whether the single byte before next was a segment of its own, and is @part. */
static bool
told_byte(const struct stream *s, const struct part *part)
{
	for (unsigned i = 0; i < TOLD_MAX; i++)
		if (s->told_n[i] == 1 && s->told_seq[i] == part->seq && part->bytes.n == 1)
			return told_hash(part->bytes.p, 1) == s->told_hash[i];
	return false;
}

/* ---- strays ---- */

static bool
is_near(uint32_t a, uint32_t b)
{
	return seq_diff(a, b) <= NEAR_MAX && seq_diff(a, b) >= -NEAR_MAX;
}

/* Whether the other side's last word is near @seq. */
static bool
far_acked(const struct stream *s, uint32_t seq)
{
	return (s->flags & STREAM_FAR) && is_near(s->far_ack, seq);
}

/* Whether the other side has acknowledged what lies far ahead, near @seq. */
static bool
stray_acked(const struct stream *s, uint32_t seq)
{
	return seq_diff(seq, s->next) > 0 &&
	       (far_acked(s, seq) || ((s->flags & STREAM_ACKED) && is_near(s->acked, seq)));
}

/* Go on at the strays. */
static void
jump(struct tcp *t, struct connection *c, unsigned dir, bool acknowledged)
{
	struct stream *s = &c->streams[dir];
	struct waiting *w = s->waiting;
	struct piece *strays[STRAYS_MAX];
	unsigned n = w->stray_n;
	int32_t ahead;

	memcpy(strays, w->strays, n * sizeof(strays[0]));
	w->stray_n = 0;
	t->stats.outside -= n;
	flush(t, c, dir, "the stream goes on far behind it");
	ahead = seq_diff(strays[0]->seq, s->next);
	tell_gap(t, c, dir, ahead > 0 ? (uint64_t)ahead : 0, "the stream goes on far from it",
		 &strays[0]->stamp);
	s->next = strays[0]->seq;
	if (far_acked(s, s->next)) {
		s->acked = s->far_ack;
		s->flags |= STREAM_ACKED;
	} else if (!is_near(s->acked, s->next)) {
		s->flags &= (uint8_t)~STREAM_ACKED;
	}
	s->flags &= (uint8_t)~(STREAM_FAR | STREAM_JUMP);
	if (!acknowledged)
		s->flags |= STREAM_JUMP;
	for (unsigned i = 0; i < n; i++)
		give_piece(t, c, dir, strays[i]);
	settle(t, c, dir);
}

static void
stray_take(struct tcp *t, struct connection *c, unsigned dir, const struct part *part)
{
	struct stream *s = &c->streams[dir];
	struct waiting *w = s->waiting;
	bool back = seq_diff(part->seq, s->next) < 0;

	t->stats.outside++;
	if ((s->flags & STREAM_FIN) || (back && !(s->flags & STREAM_JUMP)) ||
	    t->stats.waiting_bytes + part->bytes.n > t->limits.waiting_all / 2)
		return;
	w = waiting_get(t, c, dir);
	if (w->stray_n > 0) {
		const struct piece *last = w->strays[w->stray_n - 1];

		if (last->seq == part->seq)
			return;	/* captured twice */
		if (piece_end(last) != part->seq)
			strays_drop(t, w);
	}
	w->strays[w->stray_n++] = piece_new(t, part);
	if (stray_acked(s, part->seq))
		jump(t, c, dir, true);
	else if (w->stray_n == STRAYS_MAX)
		jump(t, c, dir, false);
}

static void
strays_forget(struct tcp *t, struct stream *s)
{
	s->flags &= (uint8_t)~STREAM_FAR;
	if (!s->waiting || s->waiting->stray_n == 0)
		return;
	strays_drop(t, s->waiting);
	if (!s->waiting->list)
		waiting_free(t, s);
}

/* ---- segments ---- */

/* Where the first payload of a direction begins, whose SYN is not there. */
static void
start_at(struct stream *s, uint32_t seq)
{
	int32_t ahead = seq_diff(seq, s->next);

	/* One byte may be a keep-alive that made us guess. */
	if (!(s->flags & STREAM_KNOWN) || ahead <= 1 || ahead > START_MAX) {
		s->next = seq;
		s->origin = seq - 1;
	}
	if (!is_near(s->acked, s->next))
		s->flags &= (uint8_t)~STREAM_ACKED;
	s->flags = (uint8_t)((s->flags | STREAM_KNOWN) & ~STREAM_SOFT);
}

static bool
keepalive_take(struct tcp *t, const struct stream *s, const struct segment *seg,
	       const struct part *part)
{
	if (!(s->flags & STREAM_KNOWN) || (s->flags & STREAM_ENDED) ||
	    part->seq != s->next - 1 || part_length(part) > 1 ||
	    (seg->tcp_flags & (WIRE_SYN | WIRE_FIN | WIRE_RST)) || told_byte(s, part))
		return false;
	t->stats.keepalives++;
	return true;
}

/* Place what lies near next. */
static void
near_take(struct tcp *t, struct connection *c, unsigned dir, struct part *part)
{
	struct stream *s = &c->streams[dir];
	int32_t ahead = seq_diff(part->seq, s->next);
	uint32_t length = part_length(part), fresh = length, end;
	struct stamp stamp = part->stamp;
	bool differs = false, direct;

	if (ahead < 0) {
		uint32_t behind = (uint32_t)-ahead;

		differs = told_differs(s, part);
		fresh = behind < length ? length - behind : 0;
		part_skip(part, behind < length ? behind : length);
		ahead = 0;
	}
	/* Told before the bytes: *ev is good until the next only. */
	direct = fresh > 0 && ahead == 0 &&
		 (!s->waiting || s->waiting->n == 0 ||
		  (hole_end(s, &end) && end - s->next >= fresh));
	if (fresh > 0 && !direct) {
		fresh = part_wait(t, c, dir, *part, &differs);
		t->stats.out_of_order += ahead > 0 && fresh > 0;
	}
	if (differs) {
		event_add(t, c, dir, FLOW_OVERLAP, &stamp);
		t->stats.overlaps++;
	}
	if (fresh == 0)
		t->stats.retransmitted++;
	else if (fresh < length)
		t->stats.partly++;
	if (direct) {
		give(t, c, dir, part);
		wait_anew(t, s);
	}
}

static void
payload_take(struct tcp *t, struct connection *c, unsigned dir, struct part *part)
{
	struct stream *s = &c->streams[dir];

	c->pub.flags |= dir == 0 ? TCP_DATA_0 : TCP_DATA_1;
	if (!(s->flags & STREAM_KNOWN) || (s->flags & STREAM_SOFT))
		start_at(s, part->seq);
	if ((s->flags & STREAM_FIN) && seq_diff(part->seq + part_length(part), s->fin) > 0) {
		/* Nothing comes after FIN. */
		if (seq_diff(part->seq, s->fin) >= 0) {
			t->stats.outside++;
			return;
		}
		part_clip(part, s->fin - part->seq);
	}
	if (!is_near(part->seq, s->next)) {
		stray_take(t, c, dir, part);
		return;
	}
	if (s->waiting)
		strays_forget(t, s);
	near_take(t, c, dir, part);
}

static void
fin_take(struct tcp *t, struct connection *c, unsigned dir, uint32_t fin)
{
	struct stream *s = &c->streams[dir];
	int32_t ahead = seq_diff(fin, s->next);
	const struct waiting *w = s->waiting;

	if (s->flags & STREAM_FIN)
		return;
	if (ahead < 0 || ahead > NEAR_MAX ||
	    (w && w->n > 0 && seq_diff(piece_end(w->pieces[w->first + w->n - 1]), fin) > 0)) {
		t->stats.outside++;
		return;
	}
	s->fin = fin;
	s->flags = (uint8_t)((s->flags | STREAM_FIN) & ~STREAM_SOFT);
	if (ahead > 0)
		waiting_get(t, c, dir)->fin = connection_stamp(c);
}

/* How many sequence numbers the payload takes. Where the IP length is more than
 * was on the wire it lies (padding that was counted, for one): what is there is
 * believed then. If bytes are missing after all, they leave a hole. */
static uint32_t
wire_length(const struct segment *seg)
{
	size_t n = seg->flaws & SEGMENT_FLAW_IP_LENGTH ? seg->payload.n : seg->wire_length;

	return n > NEAR_MAX ? NEAR_MAX : (uint32_t)n;
}

void
stream_take(struct tcp *t, struct connection *c, unsigned dir, const struct segment *seg,
	    uint32_t seq)
{
	struct stream *s = &c->streams[dir];
	uint32_t wire = wire_length(seg);
	struct part part = {
		.seq = seq, .bytes = str_sub(seg->payload, 0, wire),
		.cut = !(seg->flaws & SEGMENT_FLAW_FRAGMENTS),
		.place = { 0, PLACE_NONE },
		.stamp = { .time = seg->time, .frame = seg->frame, .source = seg->source },
	};

	part.lost = wire - (uint32_t)part.bytes.n;
	if (seg->in_record)
		part.place = seg->place;
	if (!(s->flags & STREAM_KNOWN) && wire == 0) {
		s->next = seq;
		s->origin = seq - 1;
		s->flags |= STREAM_KNOWN | STREAM_SOFT;
	} else if (keepalive_take(t, s, seg, &part)) {
		return;
	}
	if (wire > 0)
		payload_take(t, c, dir, &part);
	if (seg->tcp_flags & WIRE_FIN)
		fin_take(t, c, dir, seq + wire);
	if (wire > 0 || (seg->tcp_flags & WIRE_FIN))
		settle(t, c, dir);
}

void
stream_acknowledge(struct tcp *t, struct connection *c, unsigned dir, uint32_t ack)
{
	struct stream *s = &c->streams[dir];
	const struct waiting *w = s->waiting;

	if (!(s->flags & STREAM_KNOWN)) {
		s->next = s->acked = ack;
		s->origin = ack - 1;
		s->flags |= STREAM_KNOWN | STREAM_SOFT | STREAM_ACKED;
		return;
	}
	if (is_near(ack, s->next)) {
		if (!(s->flags & STREAM_ACKED) || seq_diff(ack, s->acked) > 0) {
			s->acked = ack;
			s->flags |= STREAM_ACKED;
		}
		s->flags &= (uint8_t)~STREAM_JUMP;
		/* The receiver lacks it as well: what waits may be forged. */
		if (ack == s->next)
			wait_anew(t, s);
		strays_forget(t, s);
		return;
	}
	/* Step by step it may get far: that direction is not captured. */
	if ((s->flags & STREAM_ACKED) && is_near(ack, s->acked) && seq_diff(ack, s->next) > 0) {
		if (seq_diff(ack, s->acked) > 0)
			s->acked = ack;
	} else {
		s->far_ack = ack;
		s->flags |= STREAM_FAR;
	}
	if (w && w->stray_n > 0 && seq_diff(ack, w->strays[0]->seq) > 0 &&
	    stray_acked(s, w->strays[0]->seq))
		jump(t, c, dir, true);
}

void
stream_begin(struct tcp *t, struct connection *c, unsigned dir, uint32_t isn)
{
	struct stream *s = &c->streams[dir];
	uint32_t end;

	/* What waits is kept only behind the beginning. */
	if (c->pub.bytes[dir] == 0 && !(s->flags & (STREAM_SYN | STREAM_ENDED)) &&
	    (!hole_end(s, &end) ||
	     (seq_diff(end, isn + 1) >= 0 && seq_diff(end, isn + 1) <= NEAR_MAX))) {
		s->next = isn + 1;
		if (!is_near(s->acked, s->next) || seq_diff(s->acked, s->next) < 0)
			s->flags &= (uint8_t)~STREAM_ACKED;
	}
	s->origin = isn;
	s->flags = (uint8_t)((s->flags | STREAM_KNOWN | STREAM_SYN) & ~STREAM_SOFT);
	settle(t, c, dir);
}

/* ---- bounds ---- */

static void
check_acked(struct tcp *t, struct connection *c, unsigned dir)
{
	struct stream *s = &c->streams[dir];
	struct waiting *w = s->waiting;
	uint32_t end, acked;

	if (!w || !w->list || !(s->flags & STREAM_ACKED) || !hole_end(s, &end) ||
	    seq_diff(s->acked, end) < 0)
		return;
	if (w->list != &t->acked) {
		list_append(&t->acked, w);
		w->acked = s->acked;
		w->acked_at = t->now;
		w->acked_segments = 0;
		return;
	}
	if (++w->acked_segments < ACKED_SEGMENTS)
		return;
	acked = w->acked;
	while (hole_end(s, &end) && seq_diff(acked, end) >= 0)
		give_up(t, c, dir, "acknowledged, but not captured");
}

void
stream_check(struct tcp *t, struct connection *c)
{
	for (unsigned dir = 0; dir < 2; dir++) {
		struct stream *s = &c->streams[dir];

		check_acked(t, c, dir);
		while (s->waiting && s->waiting->list &&
		       (s->waiting->bytes > t->limits.waiting || s->waiting->n > PIECES_MAX))
			give_up(t, c, dir, "too much waits behind it");
	}
	while (t->stats.waiting_bytes > t->limits.waiting_all) {
		struct waiting *w = t->acked.first ? t->acked.first : t->holes.first;

		if (!w)
			break;	/* strays, which are not taken beyond the bound */
		give_up(t, w->c, w->dir, "too much waits behind it");
	}
}

/* Whether *since is @span ago or longer. Time that stepped back begins anew. */
static bool
waited(int64_t *since, int64_t now, int64_t span)
{
	if (*since == TIME_NONE || now < *since)
		*since = now;
	return (uint64_t)now - (uint64_t)*since >= (uint64_t)span;
}

void
stream_expire(struct tcp *t)
{
	struct waiting *w;

	if (t->now == TIME_NONE)
		return;
	while ((w = t->acked.first) && waited(&w->acked_at, t->now, ACKED_NS)) {
		struct connection *c = w->c;
		unsigned dir = w->dir;
		uint32_t end, acked = w->acked;

		list_append(&t->holes, w);
		while (hole_end(&c->streams[dir], &end) && seq_diff(acked, end) >= 0)
			give_up(t, c, dir, "acknowledged, but not captured");
	}
	while ((w = t->holes.first) && waited(&w->since, t->now, t->limits.patience))
		give_up(t, w->c, w->dir, "waited too long for it");
}
