/*
 * A connection is NEW until its first bytes tell what it carries, in either
 * direction. OTHER is what tells nothing: then a message may still begin with a
 * later piece, and in the first of its bytes one is searched for, as where the
 * capture begins inside a body. SIP, TLS, WS and HEP are for good.
 */
#include "app/channel.h"

#include "app/channel_look.h"
#include "app/framed.h"
#include "app/hep_in.h"
#include "app/rtp_in.h"
#include "app/streams.h"
#include "base/bytes.h"
#include "base/mem.h"
#include "decode/hep.h"
#include "net/hep_wire.h"
#include "store/stream.h"

#define SEARCH		65536u		/* bytes of OTHER searched for a start line */

static const char *const names[CHANNEL_COUNT] = {
#define CHANNEL_NAME(id, name) [CHANNEL_##id] = name,
	CHANNELS(CHANNEL_NAME)
#undef CHANNEL_NAME
};

const char *
channel_name(enum channel_protocol p)
{
	return names[p];
}

/* An event on its way through a channel. */
struct passage {
	struct channel *ch;
	struct delivery d;
	const struct flow_event *ev;
	const struct net_endpoint *ends;
	unsigned dir;
};

struct channel *
channel_new(uint8_t base)
{
	struct channel *ch = xcalloc(1, sizeof(*ch));

	ch->base = base;
	return ch;
}

static struct sip_reader *
reader_of(struct channel *ch, unsigned dir)
{
	if (!ch->readers) {
		ch->readers = xmalloc(2 * sizeof(*ch->readers));
		sip_reader_init(&ch->readers[0]);
		sip_reader_init(&ch->readers[1]);
	}
	return &ch->readers[dir];
}

/* ---- SIP ---- */

static void
count_kept(struct engine *e, size_t before, size_t after)
{
	e->streams->kept += after;
	e->streams->kept -= before;
}

/* Bytes of one direction say that what the other had to say is complete. */
static void
sip_answered(struct passage *p)
{
	struct sip_reader *other = reader_of(p->ch, !p->dir);
	struct delivery d = p->d;
	const struct sip_sink sink = { deliver_room, deliver_piece, &d };
	size_t before = intake_memory(&other->in);

	if (!other->open)
		return;
	d.src = p->d.dst;
	d.dst = p->d.src;
	sip_reader_answered(other, &sink);
	count_kept(d.e, before, intake_memory(&other->in));
}

static void
sip_take(struct passage *p, struct str bytes, struct place place, const struct stamp *stamps,
	 size_t n)
{
	struct sip_reader *r = reader_of(p->ch, p->dir);
	const struct sip_sink sink = { deliver_room, deliver_piece, &p->d };
	struct engine *e = p->d.e;
	size_t before = intake_memory(&r->in);
	uint64_t messages = r->messages;

	sip_answered(p);
	sip_reader_take(r, bytes, place, stamps, n, &sink);
	count_kept(e, before, intake_memory(&r->in));
	if (e->streams->kept > e->streams->kept_max) {
		before = intake_memory(&r->in);
		e->streams->given_up++;
		sip_reader_gap(r, 0, false, &sink);
		count_kept(e, before, intake_memory(&r->in));
	}
	if (r->messages > messages)
		p->ch->sip = true;
}

/* What looks for SIP where nothing told what a connection carries. */
struct search {
	struct passage *p;
	const struct sip_reader *reader;
	bool hep;		/* what was found is the payload of a packet for a collector */
};

static struct sip_scan *
search_room(void *ctx)
{
	const struct search *s = ctx;

	return deliver_room(&s->p->d);
}

/* Whether the header of a payload chunk stands before what is at hand. */
static bool
is_in_hep(const struct sip_reader *r)
{
	static const uint8_t chunk[] = { 0, 0, 0, 15 };

	return memcmp(r->before, chunk, sizeof(chunk)) == 0 && get_be16(r->before + 4) > 6;
}

static void
search_take(void *ctx, const struct sip_piece *piece)
{
	struct search *s = ctx;

	s->hep = s->hep || is_in_hep(s->reader);
	if (s->hep)
		return;
	deliver_piece(&s->p->d, piece);
	s->p->ch->sip = true;
}

/* No protocol that is known, or the middle of one: look for a start line. */
static void
sip_search(struct passage *p, struct str bytes, struct place place, const struct stamp *stamps,
	   size_t n)
{
	struct channel *ch = p->ch;
	struct sip_reader *r;
	struct search search = { .p = p };
	const struct sip_sink sink = { search_room, search_take, &search };
	size_t before;

	if (ch->searched[p->dir] >= SEARCH)
		return;
	search.reader = r = reader_of(ch, p->dir);
	if (ch->searched[p->dir] == 0)
		sip_reader_lose(r, true);
	ch->searched[p->dir] += bytes.n < SEARCH ? (uint32_t)bytes.n : SEARCH;
	before = intake_memory(&r->in);
	sip_reader_take(r, bytes, place, stamps, n, &sink);
	count_kept(p->d.e, before, intake_memory(&r->in));
	if (search.hep || (!r->lost && is_in_hep(r))) {
		/* The next packet is where its own text ends. */
		ch->protocol = CHANNEL_HEP;
		count_kept(p->d.e, intake_memory(&r->in), 0);
		sip_reader_release(r);
		sip_reader_init(r);
	} else if (!r->lost || ch->sip) {
		ch->protocol = CHANNEL_SIP;
	} else if (ch->searched[p->dir] >= SEARCH) {
		count_kept(p->d.e, intake_memory(&r->in), 0);
		intake_clear(&r->in);
	}
}

static void
sip_gap(struct passage *p)
{
	struct sip_reader *r = reader_of(p->ch, p->dir);
	const struct sip_sink sink = { deliver_room, deliver_piece, &p->d };
	size_t before = intake_memory(&r->in);
	uint64_t messages = r->messages;
	char text[96];

	sip_reader_gap(r, p->ev->missing, p->ev->cut, &sink);
	count_kept(p->d.e, before, intake_memory(&r->in));
	if (r->messages > messages)
		p->ch->sip = true;
	if (p->ev->missing)
		snprintf(text, sizeof(text), "%llu byte%s %s",
			 (unsigned long long)p->ev->missing, p->ev->missing == 1 ? "" : "s",
			 p->ev->cut ? "cut by the snap length" : "not captured");
	else
		snprintf(text, sizeof(text), "%s",
			 p->ev->text ? p->ev->text : "a piece of the stream not captured");
	deliver_event(&p->d, EVENT_GAP, STR_NONE, str_of(text));
}

static void
sip_end(struct passage *p)
{
	struct sip_reader *r = reader_of(p->ch, p->dir);
	const struct sip_sink sink = { deliver_room, deliver_piece, &p->d };
	size_t before = intake_memory(&r->in);
	uint64_t messages = r->messages;

	sip_reader_end(r, &sink);
	count_kept(p->d.e, before, intake_memory(&r->in));
	if (r->messages > messages)
		p->ch->sip = true;
}

/* ---- HEP ---- */

static void
hep_take(struct passage *p, struct str bytes, struct place place, const struct stamp *stamps,
	 size_t n)
{
	struct intake *in = &reader_of(p->ch, p->dir)->in;
	struct delivery d = p->d;
	size_t length, before = intake_memory(in);

	intake_take(in, bytes, place, stamps, n);
	while (in->view.n > 0) {
		length = hep_length(in->view);
		if (length == SIZE_MAX) {
			/* To where the next packet may begin. */
			size_t at = hep_wire_find(str_skip(in->view, 1));

			p->d.e->streams->hep_bad++;
			intake_use(in, at == SIZE_MAX ? in->view.n : at + 1);
			continue;
		}
		if (length == 0 || length > in->view.n)
			break;
		d.stamp_n = intake_stamps(in, 0, length, &d.stamps);
		hep_in(&d, str_sub(in->view, 0, length), in->place);
		intake_use(in, length);
	}
	intake_done(in);
	count_kept(p->d.e, before, intake_memory(in));
}

/* The rest of what is at hand does not come: what of it can be read is. */
static void
hep_cut(struct passage *p)
{
	struct intake *in;
	struct delivery d = p->d;
	size_t length;

	if (!p->ch->readers)
		return;
	in = &p->ch->readers[p->dir].in;
	if (in->view.n == 0)
		return;
	length = hep_length(in->view);
	d.flaws = p->ev->kind == FLOW_GAP && p->ev->cut ? SIP_FLAW_CUT : SIP_FLAW_GAP;
	d.stamp_n = intake_stamps(in, 0, in->view.n, &d.stamps);
	if (length == 0 || length == SIZE_MAX || !hep_in(&d, in->view, in->place))
		d.e->streams->hep_bad++;
	count_kept(d.e, intake_memory(in), 0);
	intake_clear(in);
}

/* ---- media ---- */

static bool
is_media(const struct channel *ch)
{
	return ch->protocol == CHANNEL_RTP || ch->protocol == CHANNEL_TURN;
}

/* What is at hand of a direction, of which so many bytes were kept before. */
static void
framed_use(struct passage *p, struct intake *in, size_t before)
{
	framed_take(&p->ch->framed[p->dir], (enum channel_protocol)p->ch->protocol, in, &p->d);
	intake_done(in);
	count_kept(p->d.e, before, intake_memory(in));
}

static void
framed_in(struct passage *p, struct str bytes, struct place place, const struct stamp *stamps,
	  size_t n)
{
	struct intake *in = &reader_of(p->ch, p->dir)->in;
	size_t before = intake_memory(in);

	intake_take(in, bytes, place, stamps, n);
	framed_use(p, in, before);
}

/* ---- TLS and WebSocket ---- */

static void
tls_drain(struct passage *p)
{
	struct channel *ch = p->ch;
	struct flow_event ev;

	while (tls_next(ch->tls, &ev)) {
		if (ev.kind == FLOW_ALERT) {
			p->d.stamps = ev.stamps;
			p->d.stamp_n = ev.stamp_n;
			p->d.src = &p->ends[ev.dir];
			p->d.dst = &p->ends[!ev.dir];
			p->d.transport = TRANSPORT_TLS;
			deliver_event(&p->d, EVENT_ALERT, STR_NONE, str_of(ev.text));
			continue;
		}
		if (!ch->inner) {
			if (ev.kind != FLOW_BYTES)
				continue;
			ch->inner = channel_new(TRANSPORT_TLS);
		}
		channel_take(ch->inner, p->d.e, p->d.seg, p->ends, &ev);
	}
	if (ch->inner && ch->inner->sip)
		ch->sip = true;
}

static void
tls_in(struct passage *p, struct str bytes, const struct stamp *stamps, size_t n)
{
	streams_take_secrets(p->d.e);
	if (!p->ch->tls)
		p->ch->tls = tls_new(p->d.e->streams->tls);
	tls_take(p->ch->tls, p->dir, bytes, stamps, n);
	tls_drain(p);
}

static void
ws_drain(struct passage *p)
{
	struct channel *ch = p->ch;
	struct delivery *d = &p->d;
	struct flow_event ev;

	d->transport = ch->base == TRANSPORT_TLS ? TRANSPORT_WSS : TRANSPORT_WS;
	while (ws_next(ch->ws, &ev)) {
		d->src = &p->ends[ev.dir];
		d->dst = &p->ends[!ev.dir];
		d->stamps = ev.stamps;
		d->stamp_n = ev.stamp_n;
		d->flaws = ev.cut ? SIP_FLAW_GAP : 0u;
		if (ev.kind == FLOW_MESSAGE) {
			if (deliver_datagram(d, ev.bytes, ev.place))
				ch->sip = true;
		} else if (ev.kind == FLOW_GAP && ch->sip) {
			deliver_event(d, EVENT_GAP, STR_NONE,
				      ev.text ? str_of(ev.text) :
				      STR("a WebSocket message is lost"));
		}
	}
}

static void
ws_count_kept(struct passage *p)
{
	const struct ws_info *info = ws_info(p->ch->ws);
	uint32_t now = info->waiting[0] + info->waiting[1];

	count_kept(p->d.e, p->ch->ws_kept, now);
	p->ch->ws_kept = now;
}

static void
ws_in(struct passage *p, struct str bytes, struct place place, const struct stamp *stamps,
      size_t n)
{
	struct channel *ch = p->ch;

	if (!ch->ws)
		ch->ws = ws_new();
	ws_take(ch->ws, p->dir, bytes, place, stamps, n);
	ws_drain(p);
	ws_count_kept(p);
	if (p->d.e->streams->kept > p->d.e->streams->kept_max) {
		p->d.e->streams->given_up++;
		ws_gap(ch->ws, p->dir, 0, &stamps[n - 1]);
		ws_drain(p);
		ws_count_kept(p);
	}
	if (ws_info(ch->ws)->state == WS_OTHER) {
		ws_free(ch->ws);
		ch->ws = NULL;
		ch->protocol = CHANNEL_OTHER;
	}
}

/* ---- events ---- */

static void
take_as(struct passage *p, struct str bytes, struct place place, const struct stamp *stamps,
	size_t n)
{
	switch ((enum channel_protocol)p->ch->protocol) {
	case CHANNEL_SIP:
		sip_take(p, bytes, place, stamps, n);
		break;
	case CHANNEL_HEP:
		hep_take(p, bytes, place, stamps, n);
		break;
	case CHANNEL_TLS:
		tls_in(p, bytes, stamps, n);
		break;
	case CHANNEL_WS:
		ws_in(p, bytes, place, stamps, n);
		break;
	case CHANNEL_RTP:
	case CHANNEL_TURN:
		framed_in(p, bytes, place, stamps, n);
		break;
	case CHANNEL_OTHER:
		sip_search(p, bytes, place, stamps, n);
		break;
	case CHANNEL_NEW:
	case CHANNEL_COUNT:
		break;
	}
}

/* It is decided: bytes of direction @dir that were kept until then go to whom they
 * belong, who may keep some of them in the same place. */
static void
hand_over(struct passage *p, unsigned dir)
{
	struct intake *in = &p->ch->readers[dir].in;
	struct passage other = *p;
	struct buf whole = BUF_INIT;
	const struct stamp *stamps;
	struct stamp *copy;
	size_t n;

	if (in->view.n == 0)
		return;
	other.dir = dir;
	other.d.src = &p->ends[dir];
	other.d.dst = &p->ends[!dir];
	if (is_media(p->ch)) {
		/* From the same place, so that each packet has the time of its own bytes. */
		framed_use(&other, in, intake_memory(in));
		return;
	}
	n = intake_stamps(in, 0, in->view.n, &stamps);
	copy = xreallocarray(NULL, n, sizeof(*copy));
	memcpy(copy, stamps, n * sizeof(*copy));
	buf_add_str(&whole, in->view);
	count_kept(p->d.e, intake_memory(in), 0);
	intake_clear(in);
	take_as(&other, buf_str(&whole), (struct place){ 0, PLACE_NONE }, copy, n);
	engine_flush(p->d.e);
	buf_release(&whole);
	free(copy);
}

/* What begins; a frame of media is believed where a description tells of it. */
static enum channel_protocol
look(struct passage *p, struct str in)
{
	enum channel_protocol is = channel_look(p->ch, in);
	const struct flow_event *ev = p->ev;
	size_t n;

	if (is != CHANNEL_NEW || in.n < 14)
		return is;
	n = shape_framed(in);
	if (n == 0 || n == SIZE_MAX || ev->stamp_n == 0 || p->d.e->no_rtp)
		return is;
	engine_flush(p->d.e);
	return store_expects_framed(p->d.e->store, &p->ends[0], &p->ends[1],
				    ev->stamps[ev->stamp_n - 1].time) ? CHANNEL_RTP : is;
}

/* The first bytes: decide on them, or keep them until there are more. */
static void
take_new(struct passage *p)
{
	const struct flow_event *ev = p->ev;
	struct channel *ch = p->ch;
	struct intake *in = ch->readers ? &ch->readers[p->dir].in : NULL;
	size_t before;

	if (!in || in->view.n == 0) {
		ch->protocol = (uint8_t)look(p, ev->bytes);
		if (ch->protocol != CHANNEL_NEW) {
			if (ch->readers)
				hand_over(p, !p->dir);
			take_as(p, ev->bytes, ev->place, ev->stamps, ev->stamp_n);
			return;
		}
		in = &reader_of(ch, p->dir)->in;
	}
	before = intake_memory(in);
	intake_take(in, ev->bytes, ev->place, ev->stamps, ev->stamp_n);
	ch->protocol = (uint8_t)look(p, in->view);
	if (ch->protocol == CHANNEL_NEW && in->view.n > CHANNEL_UNDECIDED_MAX)
		ch->protocol = CHANNEL_OTHER;
	if (ch->protocol == CHANNEL_OTHER)
		ch->protocol = (uint8_t)channel_look_later(ch, p->dir, in->view);
	intake_done(in);
	count_kept(p->d.e, before, intake_memory(in));
	if (ch->protocol == CHANNEL_NEW)
		return;
	hand_over(p, !p->dir);
	hand_over(p, p->dir);
}

/* Bytes of a connection that told nothing so far. */
static void
take_other(struct passage *p)
{
	const struct flow_event *ev = p->ev;
	struct channel *ch = p->ch;
	enum channel_protocol is = channel_look_later(ch, p->dir, ev->bytes);

	if (is != CHANNEL_OTHER) {
		ch->protocol = (uint8_t)is;
		for (unsigned i = 0; ch->readers && i < 2; i++) {
			/* Of SIP the other direction may go on searching. */
			if (is == CHANNEL_SIP && i != p->dir)
				continue;
			count_kept(p->d.e, intake_memory(&ch->readers[i].in), 0);
			sip_reader_release(&ch->readers[i]);
			sip_reader_init(&ch->readers[i]);
		}
		/* It may be of a body (message/sipfrag) nevertheless. */
		if (is == CHANNEL_SIP)
			sip_reader_lose(reader_of(ch, p->dir), false);
	}
	take_as(p, ev->bytes, ev->place, ev->stamps, ev->stamp_n);
}

static void
take_gap(struct passage *p)
{
	struct channel *ch = p->ch;
	const struct flow_event *ev = p->ev;

	switch ((enum channel_protocol)ch->protocol) {
	case CHANNEL_SIP:
		sip_gap(p);
		break;
	case CHANNEL_TLS:
		tls_gap(ch->tls, p->dir, ev->missing, ev->stamps);
		tls_drain(p);
		break;
	case CHANNEL_WS:
		ws_gap(ch->ws, p->dir, ev->missing, ev->stamps);
		ws_drain(p);
		ws_count_kept(p);
		break;
	case CHANNEL_HEP:
		hep_cut(p);
		break;
	case CHANNEL_RTP:
	case CHANNEL_TURN:
		ch->framed[p->dir].lost = true;
		/* fall through */
	case CHANNEL_NEW:
	case CHANNEL_OTHER:
	case CHANNEL_COUNT:
		if (ch->readers) {
			size_t before = intake_memory(&ch->readers[p->dir].in);

			intake_clear(&ch->readers[p->dir].in);
			count_kept(p->d.e, before, 0);
		}
		break;
	}
}

static void
take_end(struct passage *p, unsigned dir)
{
	struct channel *ch = p->ch;

	if (ch->ended[dir])
		return;
	ch->ended[dir] = true;
	p->dir = dir;
	p->d.src = &p->ends[dir];
	p->d.dst = &p->ends[!dir];
	if (ch->protocol == CHANNEL_SIP)
		sip_end(p);
	else if (ch->protocol == CHANNEL_HEP)
		hep_cut(p);
	if (!ch->ended[0] || !ch->ended[1])
		return;
	if (ch->tls) {
		tls_end(ch->tls);
		tls_drain(p);
	}
	if (ch->ws) {
		ws_end(ch->ws);
		ws_drain(p);
		ws_count_kept(p);
	}
	if (ch->inner) {
		struct flow_event ev = *p->ev;

		ev.kind = FLOW_END;
		for (ev.dir = 0; ev.dir < 2; ev.dir++)
			channel_take(ch->inner, p->d.e, p->d.seg, p->ends, &ev);
		if (ch->inner->sip)
			ch->sip = true;
	}
}

void
channel_take(struct channel *ch, struct engine *e, const struct segment *seg,
	     const struct net_endpoint ends[2], const struct flow_event *ev)
{
	struct passage p = {
		.ch = ch, .ev = ev, .ends = ends, .dir = ev->dir,
		.d = {
			.e = e, .seg = seg, .src = &ends[ev->dir], .dst = &ends[!ev->dir],
			.transport = ch->base, .time = TIME_NONE,
			.stamps = ev->stamps, .stamp_n = ev->stamp_n,
		},
	};

	switch ((enum flow_event_kind)ev->kind) {
	case FLOW_BYTES:
		if (ch->protocol == CHANNEL_NEW)
			take_new(&p);
		else if (ch->protocol == CHANNEL_OTHER)
			take_other(&p);
		else
			take_as(&p, ev->bytes, ev->place, ev->stamps, ev->stamp_n);
		break;
	case FLOW_GAP:
		take_gap(&p);
		break;
	case FLOW_OVERLAP:
		if (ch->sip)
			deliver_event(&p.d, EVENT_OVERLAP, STR_NONE,
				      STR("bytes came again with other content"));
		break;
	case FLOW_END:
		take_end(&p, ev->dir);
		break;
	case FLOW_RESET:
		/* Bytes may follow: a reset can be forged. */
		for (p.dir = 0; p.dir < 2 && ch->protocol == CHANNEL_SIP; p.dir++) {
			p.d.src = &ends[p.dir];
			p.d.dst = &ends[!p.dir];
			sip_end(&p);
		}
		p.d.src = &ends[ev->dir];
		p.d.dst = &ends[!ev->dir];
		if (ch->sip)
			deliver_event(&p.d, EVENT_RESET, STR_NONE,
				      ev->text ? str_of(ev->text) : STR("connection reset"));
		break;
	case FLOW_ALERT:
	case FLOW_MESSAGE:
	case FLOW_FORGET:
		break;
	}
}

void
channel_end(struct channel *ch, struct engine *e, const struct net_endpoint ends[2])
{
	struct stamp never = { .time = TIME_NONE };
	struct flow_event ev = { .kind = FLOW_END, .stamps = &never, .stamp_n = 1 };

	for (ev.dir = 0; ev.dir < 2; ev.dir++)
		channel_take(ch, e, NULL, ends, &ev);
}

static void
release(struct channel *ch, struct streams *s, bool inner)
{
	streams_count(s, ch, inner);
	if (ch->inner)
		release(ch->inner, s, true);
	for (int i = 0; ch->readers && i < 2; i++) {
		s->kept -= intake_memory(&ch->readers[i].in);
		sip_reader_release(&ch->readers[i]);
	}
	s->kept -= ch->ws_kept;
	free(ch->readers);
	tls_free(ch->tls);
	ws_free(ch->ws);
	free(ch);
}

void
channel_free(struct channel *ch, struct streams *s)
{
	release(ch, s, false);
}
