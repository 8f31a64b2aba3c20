/*
 * A TLS connection from outside: turns, waiting for secrets, and what is known.
 *
 * A turn begins with bytes, a gap or the end, and lasts until tls_next() has no
 * more. Directions that wait for a secret keep their records; within a turn they
 * ask for it once. When both can go on, the one whose record came first does, so
 * that text which waited comes out in the order of the capture. All connections
 * that wait stand in a list of the context, the longest waiting first: it is the
 * one that is given up when too much is kept.
 */
#include "transport/tls.h"

#include "base/mem.h"
#include "transport/tls_int.h"

#define WAIT_BYTES	262144u		/* of a connection */
#define WAIT_BYTES_ALL	(32u << 20)	/* of a context */
#define WAIT_TIME	(60 * NS_PER_S)
#define HOLES_MAX	16u

const char *
tls_stage_name(enum tls_stage s)
{
	static const char *const names[] = {
#define STAGE_NAME(id, text) [TLS_STAGE_##id] = text,
		TLS_STAGES(STAGE_NAME)
#undef STAGE_NAME
	};

	return s < TLS_STAGE_COUNT ? names[s] : NULL;
}

const char *
tls_flaw_name(enum tls_flaw_bit f)
{
	static const char *const names[] = {
#define FLAW_NAME(id, name, help) [TLS_FLAW_BIT_##id] = name,
		TLS_FLAWS(FLAW_NAME)
#undef FLAW_NAME
	};

	return f < TLS_FLAW_COUNT ? names[f] : NULL;
}

const char *
tls_version_name(uint16_t version)
{
	switch (version) {
	case TLS_SSL3:
		return "SSL 3.0";
	case TLS_1_0:
		return "TLS 1.0";
	case TLS_1_1:
		return "TLS 1.1";
	case TLS_1_2:
		return "TLS 1.2";
	case TLS_1_3:
		return "TLS 1.3";
	default:
		return NULL;
	}
}

bool
tls_may_start(struct str in)
{
	return tls_header_ok(in);
}

void
tls_info_release(struct tls_info *info)
{
	buf_release(&info->server_name);
	buf_release(&info->alpn);
	buf_release(&info->subject);
	buf_release(&info->issuer);
	buf_release(&info->names);
	buf_release(&info->alerts);
	buf_release(&info->reason);
	*info = (struct tls_info){ .not_before = TIME_NONE, .not_after = TIME_NONE };
}

struct tls *
tls_new(struct tls_context *c)
{
	struct tls *t = xcalloc(1, sizeof(*t));

	t->context = c;
	t->now = t->wait_since = TIME_NONE;
	t->info.not_before = t->info.not_after = TIME_NONE;
	for (unsigned d = 0; d < 2; d++)
		t->dir[d].in = (struct intake)INTAKE_INIT;
	return t;
}

/* ---- the list of those that wait ---- */

static void
wait_leave(struct tls *t)
{
	struct tls_context *c = t->context;

	if (!t->waiting)
		return;
	if (t->wait_prev)
		t->wait_prev->wait_next = t->wait_next;
	else
		c->waiting = t->wait_next;
	if (t->wait_next)
		t->wait_next->wait_prev = t->wait_prev;
	else
		c->waiting_last = t->wait_prev;
	c->waiting_bytes -= t->waiting_bytes;
	t->waiting = false;
	t->wait_prev = t->wait_next = NULL;
	t->waiting_bytes = 0;
}

static void
wait_join(struct tls *t)
{
	struct tls_context *c = t->context;

	t->waiting = true;
	t->wait_since = t->now;
	t->wait_prev = c->waiting_last;
	if (t->wait_prev)
		t->wait_prev->wait_next = t;
	else
		c->waiting = t;
	c->waiting_last = t;
}

static size_t
bytes_waiting(const struct tls *t)
{
	size_t n = 0;

	for (unsigned d = 0; d < 2; d++)
		n += t->dir[d].waits ? t->dir[d].in.view.n : 0;
	return n;
}

/* Let go of the records of a connection that waited longest. */
static void
wait_evict(struct tls *t)
{
	struct flow_event ev;

	tls_give_up(t);
	for (unsigned d = 0; d < 2; d++) {
		bool tell = t->dir[d].tell_gap;

		if (!t->dir[d].opaque || t->dir[d].in_turn)
			continue;
		t->dir[d].tell_gap = false;
		while (tls_dir_step(t, d, &ev) == TLS_STEP_MORE)
			;
		t->dir[d].tell_gap = tell;
		intake_done(&t->dir[d].in);
	}
	wait_leave(t);
}

/* Account for what waits. @return whether the bounds are met and the connection
 * itself is given up. */
static bool
wait_update(struct tls *t)
{
	struct tls_context *c = t->context;
	size_t n = bytes_waiting(t);

	if (!t->dir[0].waits && !t->dir[1].waits) {
		wait_leave(t);
		return false;
	}
	if (!t->waiting)
		wait_join(t);
	c->waiting_bytes = c->waiting_bytes - t->waiting_bytes + n;
	t->waiting_bytes = n;
	if (t->ended || n > WAIT_BYTES ||
	    (t->wait_since != TIME_NONE && t->now != TIME_NONE &&
	     t->now > t->wait_since &&
	     (uint64_t)t->now - (uint64_t)t->wait_since > (uint64_t)WAIT_TIME)) {
		tls_give_up(t);
		wait_leave(t);
		return true;
	}
	while (c->waiting_bytes > WAIT_BYTES_ALL && c->waiting != t)
		wait_evict(c->waiting);
	return false;
}

/* ---- life ---- */

void
tls_free(struct tls *t)
{
	if (!t)
		return;
	wait_leave(t);
	for (unsigned d = 0; d < 2; d++) {
		struct tls_dir *dir = &t->dir[d];

		tls_cipher_free(dir->cipher);
		intake_release(&dir->in);
		buf_release(&dir->message);
		free(dir->holes);
	}
	tls_handshake_free(t->hs);
	tls_info_release(&t->info);
	free(t);
}

const struct tls_info *
tls_info(const struct tls *t)
{
	return &t->info;
}

void
tls_info_take(struct tls *t, struct tls_info *to)
{
	*to = t->info;
	t->info = (struct tls_info){ .client = to->client, .stage = to->stage,
				     .version = to->version, .suite = to->suite,
				     .not_before = TIME_NONE, .not_after = TIME_NONE };
}

/* ---- turns ---- */

/* Whoever waits may ask again. */
static void
turn_begin(struct tls *t)
{
	t->dir[0].waits = t->dir[1].waits = false;
}

void
tls_take(struct tls *t, unsigned dir, struct str bytes, const struct stamp *stamps, size_t n)
{
	struct tls_dir *d = &t->dir[dir];

	if (d->in_turn)
		BUG("bytes before the events of the last ones");
	if (bytes.n == 0 || n == 0 || t->ended)
		return;
	turn_begin(t);
	t->now = stamps[n - 1].time;
	intake_take(&d->in, bytes, (struct place){ 0, PLACE_NONE }, stamps, n);
	d->in_turn = true;
}

void
tls_gap(struct tls *t, unsigned dir, uint64_t missing, const struct stamp *stamp)
{
	struct tls_dir *d = &t->dir[dir];

	if (t->ended)
		return;
	t->now = stamp->time;
	tls_flaw(t, TLS_FLAW_BIT_GAP);
	if (d->hole_n > 0 && d->holes[d->hole_n - 1].at == d->in.view.n) {
		struct tls_hole *last = &d->holes[d->hole_n - 1];

		last->missing = last->missing > 0 && missing > 0 ? last->missing + missing : 0;
		turn_begin(t);
		return;
	}
	/* So many while it waits: not worth it. */
	if (d->hole_n >= HOLES_MAX)
		tls_give_up(t);
	ARRAY_GROW(d->holes, d->hole_cap, d->hole_n + 1);
	d->holes[d->hole_n++] = (struct tls_hole){ d->in.view.n, missing, *stamp };
	turn_begin(t);
}

void
tls_end(struct tls *t)
{
	if (t->ended)
		return;
	turn_begin(t);
	t->ended = true;
}

/* The record that brought what is next in a direction; NULL: there is nothing. */
static const struct stamp *
next_stamp(const struct tls_dir *dir)
{
	const struct stamp *list;

	if (dir->tell_gap)
		return &dir->gap_stamp;
	if (dir->in.view.n == 0 || intake_stamps(&dir->in, 0, 1, &list) == 0)
		return NULL;
	return list;
}

/* The direction to look at first. */
static unsigned
older(const struct tls *t)
{
	const struct stamp *a = next_stamp(&t->dir[0]), *b;

	if (!a || !(b = next_stamp(&t->dir[1])))
		return !a;
	if (a->time != b->time)
		return a->time > b->time;
	return a->source == b->source && a->frame > b->frame;
}

/* What is left at the end. */
static void
finish(struct tls *t)
{
	for (unsigned d = 0; d < 2; d++) {
		struct tls_dir *dir = &t->dir[d];

		if (!dir->lost && (dir->in.view.n > 0 || dir->skip > 0))
			tls_flaw(t, TLS_FLAW_BIT_TRUNCATED);
		dir->skip = 0;
		intake_clear(&dir->in);
		if (dir->fails > 0 && !dir->opened)
			tls_reason(t, "the secret does not fit: key for another session?");
	}
	/* Nothing that could be read. */
	if (!t->info.decrypted && t->info.reason.n == 0)
		tls_reason(t, t->info.stage < TLS_STAGE_ENCRYPTED ?
			   "the handshake was not finished" : "there is no application data");
}

static void
turn_end(struct tls *t)
{
	for (unsigned d = 0; d < 2; d++) {
		struct tls_dir *dir = &t->dir[d];

		if (dir->waits)
			tls_dir_look(t, d);
		if (dir->in_turn)
			intake_done(&dir->in);
		dir->in_turn = false;
	}
	if (t->ended)
		finish(t);
}

bool
tls_next(struct tls *t, struct flow_event *ev)
{
	if (t->use > 0) {
		tls_dir_use(&t->dir[t->use_dir], t->use);
		t->use = 0;
	}
	do {
		bool idle[2] = { false, false };

		while (!idle[0] || !idle[1]) {
			unsigned d = idle[0] || idle[1] ? idle[0] : older(t);

			switch (tls_dir_step(t, d, ev)) {
			case TLS_STEP_EVENT:
				return true;
			case TLS_STEP_MORE:
				/* What one learns may let the other go on. */
				idle[!d] = false;
				break;
			default:
				idle[d] = true;
				break;
			}
		}
	} while (wait_update(t));
	turn_end(t);
	return false;
}
