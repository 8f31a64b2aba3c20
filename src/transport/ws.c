/*
 * Each direction has bytes at hand (struct intake) and a mode: an HTTP head, then
 * frames, or lost, when it is not known where the next frame begins. A frame is
 * taken when the whole of it is there. Whatever goes wrong ends in one of three
 * ways: the frame's length tells where to go on, the direction is lost and looks
 * for a frame that carries SIP or a piece that is nothing but whole frames, or the
 * connection turns out to be no WebSocket and is not looked at any more.
 */
#include "transport/ws.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "transport/intake.h"
#include "transport/ws_int.h"


enum ws_mode {
	MODE_HEAD,	/* HTTP, or frames when their head is not here */
	MODE_FRAMES,
	MODE_LOST,
};

struct ws_dir {
	struct intake in;
	struct buf message;	/* of frames so far, unmasked */
	struct stamp *stamps;	/* that brought them */
	size_t stamp_n, stamp_cap;
	struct ws_inflate *inflate;
	size_t scanned;		/* of a head, for its end */
	size_t piece;		/* where in the view the newest piece begins */
	uint64_t skip;		/* bytes of a frame to come that are not wanted */
	uint8_t mode;		/* enum ws_mode */
	bool open;		/* a message has begun and waits for its other frames */
	bool packed;		/* it is compressed */
	bool dropped;		/* frames up to the end of a message are not wanted */
	bool no_context;	/* each message is compressed on its own */
};

struct ws {
	struct ws_info info;
	struct ws_dir dirs[2];
	struct buf text;	/* unmasked or unpacked, of the last event */
	struct flow_event gap;	/* to be given next, when has_gap */
	struct stamp stamp;	/* its */
	struct flow_event hole;	/* what ws_gap() said, when has_hole */
	struct stamp hole_stamp;
	uint8_t turn;		/* directions to be looked at, as bits */
	bool has_gap, has_hole;
	bool ending;
	bool asked;		/* the request was seen */
	bool client_known;
};

struct ws *
ws_new(void)
{
	struct ws *w = xcalloc(1, sizeof(*w));

	for (unsigned i = 0; i < 2; i++)
		w->dirs[i].in = (struct intake)INTAKE_INIT;
	return w;
}

static void
dir_release(struct ws_dir *d)
{
	intake_release(&d->in);
	buf_release(&d->message);
	free(d->stamps);
	d->stamps = NULL;
	d->stamp_n = d->stamp_cap = 0;
	ws_inflate_free(d->inflate);
	d->inflate = NULL;
}

void
ws_free(struct ws *w)
{
	if (!w)
		return;
	dir_release(&w->dirs[0]);
	dir_release(&w->dirs[1]);
	buf_release(&w->text);
	free(w);
}

const struct ws_info *
ws_info(const struct ws *w)
{
	return &w->info;
}

/* ---- the three ways ---- */

static void
use(struct ws_dir *d, size_t n)
{
	intake_use(&d->in, n);
	d->piece = d->piece > n ? d->piece - n : 0;
}

static void
message_clear(struct ws_dir *d)
{
	buf_clear(&d->message);
	d->stamp_n = 0;
	d->open = false;
}

static void
message_begin(struct ws_dir *d, const struct ws_frame *f)
{
	message_clear(d);
	d->open = true;
	d->packed = f->rsv & WS_RSV1;
}

static void
lose(struct ws_dir *d)
{
	d->mode = MODE_LOST;
	d->skip = 0;
	/* The frames that are found may continue what is lost. */
	d->dropped = true;
}

static void
other(struct ws *w)
{
	w->info.state = WS_OTHER;
	w->turn = 3;	/* to let go of both directions */
}

static void
client_is(struct ws *w, unsigned dir)
{
	w->info.client = (uint8_t)dir;
	w->client_known = true;
}

/* Frames were found where no head told of them. */
static void
open_in_middle(struct ws *w, unsigned dir, bool masked)
{
	if (w->info.state != WS_HANDSHAKE)
		return;
	w->info.state = WS_OPEN;
	w->info.middle = !w->asked;
	if (!w->client_known)
		client_is(w, masked ? dir : !dir);
}

/* ---- events ---- */

static void
event_init(struct flow_event *ev, enum flow_event_kind kind, unsigned dir)
{
	*ev = (struct flow_event){
		.kind = (uint8_t)kind, .dir = (uint8_t)dir, .place = { 0, PLACE_NONE },
	};
}

/* Something is lost: to be told by ws_next(), after the event at hand. */
static void
gap_set(struct ws *w, unsigned dir, enum ws_flaw_bit flaw, const struct stamp *stamp)
{
	w->info.flaws[flaw]++;
	event_init(&w->gap, FLOW_GAP, dir);
	w->gap.text = ws_flaw_text(flaw);
	w->stamp = *stamp;
	w->gap.stamps = &w->stamp;
	w->gap.stamp_n = 1;
	w->has_gap = true;
}

/* The same for what brought the first @n bytes at hand. */
static void
gap_at(struct ws *w, unsigned dir, enum ws_flaw_bit flaw, size_t n)
{
	const struct stamp *list;
	size_t count = intake_stamps(&w->dirs[dir].in, 0, n, &list);

	gap_set(w, dir, flaw, &list[count - 1]);
}

/* Put @n bytes of the frame at hand, its first ones, behind the message so far. */
static void
message_add(struct ws_dir *d, const struct ws_frame *f, size_t n)
{
	const struct stamp *list;
	size_t count = intake_stamps(&d->in, 0, f->header + n, &list);

	ws_stamps_add(&d->stamps, &d->stamp_n, &d->stamp_cap, list, count);
	if (n == 0)
		return;
	ws_unmask(buf_reserve(&d->message, n), d->in.view.p + f->header, n, f->key);
	d->message.n += n;
	d->message.p[d->message.n] = '\0';
}

/* Unpack into ->text. */
static enum ws_inflate_result
unpack(struct ws *w, struct ws_dir *d, struct str packed, bool whole)
{
	struct buf out = BUF_INIT;
	enum ws_inflate_result r = ws_inflate_add(&d->inflate, packed, whole, &out);

	/* The packed bytes may lie in ->text. */
	buf_release(&w->text);
	w->text = out;
	if (d->no_context) {
		ws_inflate_free(d->inflate);
		d->inflate = NULL;
	}
	return r;
}

/* Give @bytes, or what is packed in them, as a message; the stamps of *ev are set.
 * @return false when there is only a gap. */
static bool
message_give(struct ws *w, unsigned dir, struct flow_event *ev, struct str bytes, bool packed)
{
	struct ws_dir *d = &w->dirs[dir];
	enum ws_inflate_result r;

	if (packed) {
		r = unpack(w, d, bytes, true);
		if (r != WS_INFLATE_OK) {
			gap_set(w, dir, r == WS_INFLATE_LONG ? WS_FLAW_BIT_LENGTH :
							       WS_FLAW_BIT_DEFLATE,
				&ev->stamps[ev->stamp_n - 1]);
			return false;
		}
		bytes = buf_str(&w->text);
		ev->place = (struct place){ 0, PLACE_NONE };
	}
	ev->bytes = bytes;
	w->info.messages[dir]++;
	return true;
}

/* The message that has begun ends here: give what is there of it, and a gap.
 * @f: the frame at hand, of which @n bytes are there; NULL: none.
 * @return whether *ev is set; the gap follows anyhow. */
static bool
message_break(struct ws *w, unsigned dir, struct flow_event *ev, const struct ws_frame *f,
	      size_t n, enum ws_flaw_bit flaw, const struct stamp *stamp)
{
	struct ws_dir *d = &w->dirs[dir];

	if (f && !ws_frame_is_control(f)) {
		bool begins = f->opcode != WS_OP_CONTINUE;

		if (begins && !d->open)
			message_begin(d, f);
		else if (begins)
			f = NULL;
		if (f && d->open && n <= WS_MESSAGE_MAX - d->message.n)
			message_add(d, f, n);
	}
	event_init(ev, FLOW_MESSAGE, dir);
	ev->cut = true;
	ev->bytes = d->open ? buf_str(&d->message) : STR_NONE;
	ev->stamps = d->stamps;
	ev->stamp_n = d->stamp_n;
	if (!stamp && d->stamp_n > 0)
		stamp = &d->stamps[d->stamp_n - 1];
	if (stamp)
		gap_set(w, dir, flaw, stamp);
	else
		gap_at(w, dir, flaw, d->in.view.n);
	d->open = false;
	d->dropped = !f || ws_frame_is_control(f) || !f->fin;
	if (ev->bytes.n > 0 && d->packed) {
		bool ok = unpack(w, d, ev->bytes, false) == WS_INFLATE_OK;

		ev->bytes = ok ? buf_str(&w->text) : STR_NONE;
	}
	/* What comes later may refer to what is not there. */
	if (!f || d->packed) {
		ws_inflate_free(d->inflate);
		d->inflate = NULL;
	}
	if (ev->bytes.n == 0)
		return false;
	w->info.messages[dir]++;
	return true;
}

/* ---- heads ---- */

static void
head_take(struct ws *w, unsigned dir, struct str in)
{
	struct ws_dir *d = &w->dirs[dir], *o = &w->dirs[!dir];
	struct ws_info *info = &w->info;
	struct ws_head h;

	if (!ws_head_read(in, &h)) {
		other(w);
		return;
	}
	if (h.request) {
		if (!h.upgrade || (w->client_known && info->client != dir)) {
			other(w);
			return;
		}
		client_is(w, dir);
		w->asked = true;
		info->sip = h.sip;
		return;
	}
	/* An interim answer, as 100, precedes the one that counts. */
	if (h.status < 200 && h.status != 101)
		return;
	info->status = h.status;
	if (h.status != 101 || (h.upgrade_other && !h.upgrade) || !(h.upgrade || w->asked)) {
		other(w);
		return;
	}
	if (info->state == WS_HANDSHAKE)
		info->state = WS_OPEN;
	info->middle = false;
	client_is(w, !dir);
	info->sip = h.sip;
	info->deflate = h.deflate;
	d->no_context = h.no_context_server;
	o->no_context = h.no_context_client;
	d->mode = MODE_FRAMES;
}

/* No head is at hand: frames, or nothing of ours. */
static void
headless(struct ws *w, unsigned dir)
{
	struct ws_dir *d = &w->dirs[dir];
	struct str in = d->in.view;
	enum ws_look look = WS_LOOK_NO;
	struct ws_frame f;

	if (w->info.state == WS_OPEN || w->client_known) {
		/* The other side told of frames, or this one has asked for them. */
		if (!ws_frame_read(in, &f))
			return;
		if (!ws_frame_known(&f) && w->info.state != WS_OPEN) {
			other(w);
			return;
		}
		/* From the middle on it may be the rest of one. */
		if (!ws_frame_known(&f) && w->info.middle) {
			lose(d);
			return;
		}
		open_in_middle(w, dir, f.masked);
		d->mode = MODE_FRAMES;
		return;
	}
	look = ws_frame_look(in);
	if (look == WS_LOOK_CUT)
		return;
	if (look == WS_LOOK_NO && !ws_frame_look_packed(in)) {
		if (w->dirs[!dir].in.view.n > 0)
			lose(d);
		else
			other(w);
		return;
	}
	(void)ws_frame_read(in, &f);
	open_in_middle(w, dir, f.masked);
	d->mode = MODE_FRAMES;
}

/* @return false when more bytes are needed. */
static bool
head_next(struct ws *w, unsigned dir)
{
	struct ws_dir *d = &w->dirs[dir];
	size_t end;

	switch (d->in.view.n == 0 ? WS_LOOK_CUT : ws_head_look(d->in.view)) {
	case WS_LOOK_CUT:
		return false;
	case WS_LOOK_NO:
		headless(w, dir);
		return w->info.state != WS_OTHER && d->mode != MODE_HEAD;
	case WS_LOOK_YES:
		break;
	}
	end = ws_head_end(d->in.view, &d->scanned);
	if (end == 0) {
		if (d->in.view.n > WS_HEAD_MAX)
			other(w);
		return false;
	}
	head_take(w, dir, str_sub(d->in.view, 0, end));
	use(d, end);
	d->scanned = 0;
	return w->info.state != WS_OTHER;
}

/* ---- frames ---- */

static bool
close_give(struct ws *w, unsigned dir, struct flow_event *ev, const struct ws_frame *f)
{
	struct ws_dir *d = &w->dirs[dir];
	uint16_t code = 1005;
	char bytes[2];

	if (f->length >= 2) {
		ws_unmask(bytes, d->in.view.p + f->header, 2, f->key);
		code = get_be16((const uint8_t *)bytes);
	}
	w->info.close[dir] = code;
	if (w->info.close[!dir])
		w->info.state = WS_CLOSED;
	event_init(ev, FLOW_END, dir);
	ev->text = ws_close_name(code);
	ev->stamp_n = intake_stamps(&d->in, 0, f->header + (size_t)f->length, &ev->stamps);
	return true;
}

/* A message in one frame: where it lies, when it lies there in clear. */
static bool
single_give(struct ws *w, unsigned dir, struct flow_event *ev, const struct ws_frame *f)
{
	static const uint8_t clear[4];
	struct ws_dir *d = &w->dirs[dir];
	size_t n = (size_t)f->length;
	struct str bytes = str_sub(d->in.view, f->header, n);

	event_init(ev, FLOW_MESSAGE, dir);
	ev->stamp_n = intake_stamps(&d->in, 0, f->header + n, &ev->stamps);
	if (memcmp(f->key, clear, 4) == 0) {
		ev->place = d->in.place;
		if (ev->place.source != PLACE_NONE)
			ev->place.offset += f->header;
	} else if (n > 0) {
		buf_clear(&w->text);
		ws_unmask(buf_reserve(&w->text, n), bytes.p, n, f->key);
		w->text.n = n;
		w->text.p[n] = '\0';
		bytes = buf_str(&w->text);
	}
	return message_give(w, dir, ev, bytes, f->rsv & WS_RSV1);
}

/* A frame of a message in several. @return whether *ev is set. */
static bool
part_take(struct ws *w, unsigned dir, struct flow_event *ev, const struct ws_frame *f)
{
	struct ws_dir *d = &w->dirs[dir];
	size_t n = (size_t)f->length;

	if (f->opcode != WS_OP_CONTINUE) {
		message_begin(d, f);
	} else if (!d->open) {
		gap_at(w, dir, WS_FLAW_BIT_CONTINUE, f->header + n);
		d->dropped = !f->fin;
		return false;
	}
	if (n > WS_MESSAGE_MAX - d->message.n) {
		gap_at(w, dir, WS_FLAW_BIT_LENGTH, f->header + n);
		message_clear(d);
		d->dropped = !f->fin;
		ws_inflate_free(d->inflate);
		d->inflate = NULL;
		return false;
	}
	message_add(d, f, n);
	if (!f->fin)
		return false;
	d->open = false;
	event_init(ev, FLOW_MESSAGE, dir);
	ev->stamps = d->stamps;
	ev->stamp_n = d->stamp_n;
	return message_give(w, dir, ev, buf_str(&d->message), d->packed);
}

/* A frame that is there as a whole. @return whether *ev is set. */
static bool
frame_take(struct ws *w, unsigned dir, struct flow_event *ev, const struct ws_frame *f)
{
	struct ws_dir *d = &w->dirs[dir];

	if (ws_frame_is_control(f)) {
		w->info.controls[dir]++;
		if (!f->fin || f->length > 125)
			w->info.flaws[WS_FLAW_BIT_CONTROL]++;
		return f->opcode == WS_OP_CLOSE && close_give(w, dir, ev, f);
	}
	/* Compressed, as nobody has agreed to. */
	if ((f->rsv & WS_RSV1) && !w->info.deflate && w->info.status == 101)
		w->info.flaws[WS_FLAW_BIT_OPCODE]++;
	if (f->opcode != WS_OP_CONTINUE) {
		d->dropped = false;
	} else if (d->dropped) {
		d->dropped = !f->fin;
		return false;
	}
	if (f->fin && f->opcode != WS_OP_CONTINUE)
		return single_give(w, dir, ev, f);
	return part_take(w, dir, ev, f);
}

enum step {
	STEP_MORE,	/* bytes are needed */
	STEP_AGAIN,	/* something changed, or a gap is to be told */
	STEP_EVENT,	/* *ev is set */
};

/* A header that cannot be right, or of a frame that is not taken. */
static enum step
frame_refuse(struct ws *w, unsigned dir, struct flow_event *ev, const struct ws_frame *f)
{
	struct ws_dir *d = &w->dirs[dir];
	bool known = ws_frame_known(f), set;
	const struct stamp *list;
	size_t n;

	if (!known && f->rsv == 0 && f->length <= WS_MESSAGE_MAX) {
		gap_at(w, dir, WS_FLAW_BIT_OPCODE, f->header);
		use(d, f->header);
		d->skip = f->length;
		return STEP_AGAIN;
	}
	n = intake_stamps(&d->in, 0, f->header, &list);
	set = message_break(w, dir, ev, NULL, 0,
			    known ? WS_FLAW_BIT_LENGTH : WS_FLAW_BIT_OPCODE, &list[n - 1]);
	use(d, 1);
	lose(d);
	return set ? STEP_EVENT : STEP_AGAIN;
}

/* Not all of the frame is there, but a piece that begins like a frame of its own:
 * the length lied. @return where that is, 0: nowhere. */
static size_t
frame_in_frame(const struct ws_dir *d, const struct ws_frame *f, bool ending)
{
	struct str in = d->in.view;

	if (!ending && (d->piece <= f->header ||
			ws_frame_look(str_skip(in, d->piece)) != WS_LOOK_YES))
		return 0;
	/* The first one may lie before that piece. */
	for (size_t at = f->header; at < in.n; at++)
		if (ws_frame_look(str_skip(in, at)) == WS_LOOK_YES)
			return at;
	return 0;
}

static enum step
frame_wait(struct ws *w, unsigned dir, struct flow_event *ev, const struct ws_frame *f)
{
	struct ws_dir *d = &w->dirs[dir];
	size_t at = frame_in_frame(d, f, w->ending);
	const struct stamp *list;
	size_t n;
	bool set;

	if (at == 0 && !w->ending)
		return STEP_MORE;
	if (at == 0)
		at = d->in.view.n;
	n = intake_stamps(&d->in, 0, at, &list);
	set = message_break(w, dir, ev, f, at - f->header,
			    at < d->in.view.n ? WS_FLAW_BIT_LENGTH : WS_FLAW_BIT_CUT,
			    &list[n - 1]);
	use(d, at);
	return set ? STEP_EVENT : STEP_AGAIN;
}

static enum step
frame_next(struct ws *w, unsigned dir, struct flow_event *ev)
{
	struct ws_dir *d = &w->dirs[dir];
	struct ws_frame f;
	bool set;

	if (d->skip > 0) {
		size_t n = d->skip < d->in.view.n ? (size_t)d->skip : d->in.view.n;

		use(d, n);
		d->skip -= n;
		if (d->skip > 0)
			return STEP_MORE;
	}
	if (!ws_frame_read(d->in.view, &f)) {
		if (!w->ending || (d->in.view.n == 0 && !d->open))
			return STEP_MORE;
		set = message_break(w, dir, ev, NULL, 0, WS_FLAW_BIT_CUT, NULL);
		use(d, d->in.view.n);
		return set ? STEP_EVENT : STEP_AGAIN;
	}
	if (!ws_frame_known(&f) || f.length > WS_MESSAGE_MAX)
		return frame_refuse(w, dir, ev, &f);
	if (f.length > d->in.view.n - f.header)
		return frame_wait(w, dir, ev, &f);
	if (d->open && !ws_frame_is_control(&f) && f.opcode != WS_OP_CONTINUE) {
		/* Another message begins: this one will not end. */
		set = message_break(w, dir, ev, NULL, 0, WS_FLAW_BIT_CONTINUE, NULL);
		return set ? STEP_EVENT : STEP_AGAIN;
	}
	w->info.frames[dir]++;
	set = frame_take(w, dir, ev, &f);
	use(d, f.header + (size_t)f.length);
	return set ? STEP_EVENT : STEP_AGAIN;
}

static void
found(struct ws *w, unsigned dir, size_t at)
{
	struct ws_dir *d = &w->dirs[dir];
	struct ws_frame f;

	use(d, at);
	d->mode = MODE_FRAMES;
	if (ws_frame_read(d->in.view, &f))
		open_in_middle(w, dir, f.masked);
}

static enum step
lost_next(struct ws *w, unsigned dir)
{
	struct ws_dir *d = &w->dirs[dir];
	struct str in = d->in.view;
	int masked = w->client_known ? w->info.client == dir : -1;

	for (size_t at = 0; at < in.n; at++) {
		struct str rest = str_skip(in, at);
		enum ws_look look = ws_frame_look(rest);

		if (look == WS_LOOK_NO && at == d->piece &&
		    (ws_frames_fill(rest, masked) || ws_frame_look_packed(rest)))
			look = WS_LOOK_YES;
		if (look == WS_LOOK_YES) {
			found(w, dir, at);
			return STEP_AGAIN;
		}
		if (look == WS_LOOK_CUT && !w->ending) {
			use(d, at);
			return STEP_MORE;
		}
	}
	use(d, in.n);
	return STEP_MORE;
}

/* Bytes are missing behind what is at hand. @return whether *ev is set. */
static bool
hole_take(struct ws *w, unsigned dir, struct flow_event *ev)
{
	struct ws_dir *d = &w->dirs[dir];
	uint64_t missing = w->hole.missing, rest;
	struct ws_frame f;
	bool set = false;

	w->has_hole = false;
	if (d->mode == MODE_FRAMES && d->skip > 0 && missing > 0 && missing <= d->skip) {
		/* Of a frame that is lost already, which was told. */
		d->skip -= missing;
		w->info.flaws[WS_FLAW_BIT_GAP]++;
		return false;
	} else if (d->mode == MODE_FRAMES && d->skip == 0 && ws_frame_read(d->in.view, &f)) {
		/* The frame at hand is not whole; its length tells where it ends. */
		rest = f.length - (d->in.view.n - f.header);
		if (ws_frame_is_control(&f) && missing > 0 && missing <= rest)
			gap_set(w, dir, WS_FLAW_BIT_GAP, &w->hole_stamp);
		else
			set = message_break(w, dir, ev, &f, d->in.view.n - f.header,
					    WS_FLAW_BIT_GAP, &w->hole_stamp);
		use(d, d->in.view.n);
		if (missing > 0 && missing <= rest)
			d->skip = rest - missing;
		else
			lose(d);
	} else if (d->mode == MODE_HEAD && d->in.view.n > 0 &&
		   ws_head_look(d->in.view) == WS_LOOK_YES) {
		/* The head may have said enough. */
		head_take(w, dir, d->in.view);
		gap_set(w, dir, WS_FLAW_BIT_GAP, &w->hole_stamp);
		use(d, d->in.view.n);
		lose(d);
	} else {
		set = message_break(w, dir, ev, NULL, 0, WS_FLAW_BIT_GAP, &w->hole_stamp);
		use(d, d->in.view.n);
		lose(d);
	}
	w->gap.missing = missing;
	return set;
}

/* ---- the turn ---- */

/* Whether *ev is set. */
static bool
dir_next(struct ws *w, unsigned dir, struct flow_event *ev)
{
	struct ws_dir *d = &w->dirs[dir];
	enum step step = STEP_AGAIN;

	while (step == STEP_AGAIN && !w->has_gap && w->info.state != WS_OTHER) {
		switch (d->mode) {
		case MODE_HEAD:
			step = head_next(w, dir) ? STEP_AGAIN : STEP_MORE;
			break;
		case MODE_FRAMES:
			step = frame_next(w, dir, ev);
			break;
		case MODE_LOST:
			step = lost_next(w, dir);
			break;
		}
		/* Only behind all that was taken before it. */
		if (step == STEP_MORE && w->has_hole && w->hole.dir == dir &&
		    w->info.state != WS_OTHER)
			step = hole_take(w, dir, ev) ? STEP_EVENT : STEP_AGAIN;
	}
	return step == STEP_EVENT;
}

static void
turn_done(struct ws *w, unsigned dir)
{
	struct ws_dir *d = &w->dirs[dir];

	w->turn &= (uint8_t)~(1u << dir);
	if (w->info.state == WS_OTHER) {
		dir_release(d);
		w->info.waiting[dir] = 0;
		return;
	}
	intake_done(&d->in);
	if (!d->open && d->message.cap > 0) {
		buf_release(&d->message);
		free(d->stamps);
		d->stamps = NULL;
		d->stamp_n = d->stamp_cap = 0;
	}
	w->info.waiting[dir] = (uint32_t)(d->in.view.n + d->message.n);
}

bool
ws_next(struct ws *w, struct flow_event *ev)
{
	for (;;) {
		if (w->has_gap) {
			*ev = w->gap;
			w->has_gap = false;
			return true;
		}
		if (!w->turn)
			break;
		for (unsigned dir = 0; dir < 2 && !w->has_gap; dir++) {
			if (!(w->turn & (1u << dir)))
				continue;
			if (dir_next(w, dir, ev))
				return true;
			if (!w->has_gap)
				turn_done(w, dir);
		}
	}
	buf_release(&w->text);
	return false;
}

void
ws_take(struct ws *w, unsigned dir, struct str bytes, struct place place,
	const struct stamp *stamps, size_t n)
{
	struct ws_dir *d = &w->dirs[dir];

	if (w->info.state == WS_OTHER || bytes.n == 0)
		return;
	d->piece = d->in.view.n;
	intake_take(&d->in, bytes, place, stamps, n);
	w->turn |= (uint8_t)(1u << dir);
}

void
ws_gap(struct ws *w, unsigned dir, uint64_t missing, const struct stamp *stamp)
{
	if (w->info.state == WS_OTHER)
		return;
	event_init(&w->hole, FLOW_GAP, dir);
	w->hole.missing = missing;
	w->hole_stamp = *stamp;
	w->has_hole = true;
	w->turn |= (uint8_t)(1u << dir);
}

void
ws_end(struct ws *w)
{
	if (w->info.state == WS_OTHER || w->ending)
		return;
	w->ending = true;
	w->turn = 3;
}
