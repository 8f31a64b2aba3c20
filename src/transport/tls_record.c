/*
 * Records out of the bytes of one direction.
 *
 * A direction is read record by record off the front of its intake. It is plain
 * at first, then armed: its records are protected. Then it has keys, or waits
 * for them with its records left in the intake, or is opaque: its records are
 * counted by their headers and passed over without being kept.
 *
 * Where bytes are missing a hole stands in the intake. What was begun before it
 * is lost; when the length of the hole is known and ends inside of that record,
 * the next one begins where it must. Else it is searched: a header that may be,
 * with another one behind it or the end of what is at hand. The sequence number
 * is then guessed upwards until a record authenticates, within a bound.
 */
#include "transport/tls_int.h"

#include "base/bytes.h"
#include "base/mem.h"

#define FAILS_MAX	16u	/* records in a row that do not open */
#define UNSURE_UNKNOWN	64u	/* records that a hole of unknown length may hold */
#define UNSURE_MAX	1024u
#define SEARCH_MAX	(64u << 20)	/* bytes of trials a direction may cost */

void
tls_flaw(struct tls *t, enum tls_flaw_bit f)
{
	t->info.flaws[f]++;
}

static bool
is13(const struct tls *t)
{
	return t->hs && t->hs->server_hello && t->hs->version == TLS_1_3;
}

bool
tls_header_ok(struct str in)
{
	const uint8_t *p = (const uint8_t *)in.p;
	uint16_t n;

	if (in.n >= 1 && (p[0] < TLS_TYPE_CCS || p[0] > TLS_TYPE_HEARTBEAT))
		return false;
	if ((in.n >= 2 && p[1] != 3) || (in.n >= 3 && p[2] > 4))
		return false;
	if (in.n == 4)
		return p[3] <= TLS_RECORD_MAX >> 8;
	if (in.n < TLS_HEADER)
		return true;
	n = get_be16(p + 3);
	/* Application data of no bytes is allowed, nothing else is. */
	return n <= TLS_RECORD_MAX && (n > 0 || p[0] == TLS_TYPE_APPLICATION);
}

static size_t
at_hand(const struct tls_dir *dir)
{
	return dir->hole_n > 0 ? dir->holes[0].at : dir->in.view.n;
}

void
tls_dir_use(struct tls_dir *dir, size_t n)
{
	intake_use(&dir->in, n);
	dir->counted -= (uint32_t)(n < dir->counted ? n : dir->counted);
	for (size_t i = 0; i < dir->hole_n; i++)
		dir->holes[i].at -= n;
}

/* Count the record at the front, unless that was done while it waited. */
static void
count(struct tls *t, unsigned d, size_t length)
{
	if (t->dir[d].counted > 0)
		return;
	t->info.records[d]++;
	t->info.bytes[d] += TLS_HEADER + length;
}

void
tls_dir_look(struct tls *t, unsigned d)
{
	struct tls_dir *dir = &t->dir[d];
	struct str rest = str_sub(dir->in.view, 0, at_hand(dir));

	rest = str_skip(rest, dir->counted);
	while (rest.n >= TLS_HEADER && tls_header_ok(rest)) {
		size_t n = TLS_HEADER + (size_t)get_be16((const uint8_t *)rest.p + 3);

		if (n > rest.n)
			break;
		t->info.records[d]++;
		t->info.bytes[d] += n;
		dir->counted += (uint32_t)n;
		rest = str_skip(rest, n);
	}
}

static void
event(const struct tls *t, unsigned d, struct flow_event *ev, enum flow_event_kind kind,
      const char *text)
{
	(void)t;
	*ev = (struct flow_event){ .kind = (uint8_t)kind, .dir = (uint8_t)d, .text = text,
				   .place = { 0, PLACE_NONE } };
}

/* An event at a stamp that is kept. */
static enum tls_step
event_at(struct tls *t, unsigned d, struct flow_event *ev, const char *text)
{
	event(t, d, ev, FLOW_GAP, text);
	ev->stamps = &t->dir[d].gap_stamp;
	ev->stamp_n = 1;
	return TLS_STEP_EVENT;
}

/* The record at the front has given an event: it is used up when the next one is
 * asked for, for its bytes and stamps are borrowed until then. */
static enum tls_step
event_of_record(struct tls *t, unsigned d, size_t n, struct flow_event *ev)
{
	ev->stamp_n = intake_stamps(&t->dir[d].in, 0, n, &ev->stamps);
	t->use = (uint32_t)n;
	t->use_dir = (uint8_t)d;
	return TLS_STEP_EVENT;
}

/* The direction is not read any more; what it holds is let go. */
static void
dir_opaque(struct tls_dir *dir)
{
	dir->opaque = true;
	dir->waits = false;
	dir->lenient = 0;
	dir->need = 0;
	tls_cipher_free(dir->cipher);
	dir->cipher = NULL;
	buf_release(&dir->message);
}

static enum tls_step
opaque_with_gap(struct tls *t, unsigned d, const char *text, struct flow_event *ev)
{
	const struct stamp *list;
	struct tls_dir *dir = &t->dir[d];

	dir_opaque(dir);
	if (!tls_keys_there(t) || intake_stamps(&dir->in, 0, TLS_HEADER, &list) == 0)
		return TLS_STEP_MORE;
	dir->gap_stamp = list[0];
	return event_at(t, d, ev, text);
}

/* ---- records that cannot be read ---- */

/* What shows of the handshake's end although nothing can be read. */
static void
opaque_stage(struct tls *t, unsigned d, uint8_t type)
{
	const struct tls_handshake *hs = t->hs;

	if (!hs || !hs->server_hello || type != TLS_TYPE_APPLICATION)
		return;
	tls_stage_reach(t, TLS_STAGE_ENCRYPTED);
	/* Up to TLS 1.2 application data of the server comes after all of it; the
	 * client's may be early by one flight (RFC 7918). */
	if (hs->version != TLS_1_3 && t->dir[0].armed && t->dir[1].armed &&
	    d != t->info.client)
		tls_stage_reach(t, TLS_STAGE_FINISHED);
}

/* What a record tells that will not be read. */
static void
opaque_note(struct tls *t, unsigned d, uint8_t type)
{
	opaque_stage(t, d, type);
	if (type == TLS_TYPE_ALERT)
		tls_alert_note(t, d, "encrypted alert");
}

static enum tls_step
opaque_record(struct tls *t, unsigned d, uint8_t type, size_t length)
{
	struct tls_dir *dir = &t->dir[d];

	count(t, d, length);
	opaque_note(t, d, type);
	dir->skip = TLS_HEADER + length;
	/* Nothing will be derived any more when no direction can be read. */
	if (t->hs && t->dir[!d].opaque && !tls_keys_there(t) &&
	    t->info.stage >= (is13(t) ? TLS_STAGE_ENCRYPTED : TLS_STAGE_FINISHED)) {
		tls_handshake_free(t->hs);
		t->hs = NULL;
	}
	return TLS_STEP_MORE;
}

void
tls_give_up(struct tls *t)
{
	const struct stamp *list;

	for (unsigned d = 0; d < 2; d++) {
		struct tls_dir *dir = &t->dir[d];

		if (!dir->waits)
			continue;
		tls_reason_secret(t, true);
		tls_dir_look(t, d);
		if (dir->in.view.n > 0 && intake_stamps(&dir->in, 0, 1, &list) > 0) {
			dir->gap_stamp = list[0];
			dir->tell_gap = true;
		}
		dir_opaque(dir);
		for (size_t n; dir->counted > 0; tls_dir_use(dir, n)) {
			opaque_note(t, d, (uint8_t)dir->in.view.p[0]);
			n = TLS_HEADER + (size_t)get_be16((const uint8_t *)dir->in.view.p + 3);
		}
	}
}

/* ---- what was read ---- */

static enum tls_step
text_take(struct tls *t, unsigned d, struct str text, size_t n, struct flow_event *ev)
{
	t->info.decrypted = true;
	t->info.text_bytes[d] += text.n;
	tls_stage_reach(t, TLS_STAGE_FINISHED);
	if (text.n == 0) {
		tls_dir_use(&t->dir[d], n);
		return TLS_STEP_MORE;
	}
	event(t, d, ev, FLOW_BYTES, NULL);
	ev->bytes = text;
	return event_of_record(t, d, n, ev);
}

/* Text of a record, whether it was protected or not; @n is its length on the wire. */
static enum tls_step
content_take(struct tls *t, unsigned d, uint8_t type, struct str text, size_t n,
	     struct flow_event *ev)
{
	switch (type) {
	case TLS_TYPE_APPLICATION:
		return text_take(t, d, text, n, ev);
	case TLS_TYPE_ALERT:
		event(t, d, ev, FLOW_ALERT, NULL);
		if (tls_alert_take(t, d, text, ev))
			return event_of_record(t, d, n, ev);
		break;
	case TLS_TYPE_HANDSHAKE:
		tls_handshake_take(t, d, text);
		break;
	case TLS_TYPE_CCS:
		tls_change_cipher(t, d);
		break;
	case TLS_TYPE_HEARTBEAT:
		break;
	default:
		tls_flaw(t, TLS_FLAW_BIT_RECORD_TYPE);
		break;
	}
	tls_dir_use(&t->dir[d], n);
	return TLS_STEP_MORE;
}

/* ---- protected records ---- */

/* Try the numbers behind the expected one, and the keys that follow, for a
 * record after a hole. */
static bool
search(struct tls *t, unsigned d, struct tls_record *r)
{
	struct tls_dir *dir = &t->dir[d];
	uint8_t *out = t->context->out;
	struct tls_cipher *next = NULL;

	for (unsigned round = 0; round < 2; round++) {
		struct tls_cipher *c = round == 0 ? dir->cipher : next;

		for (uint64_t i = round == 0; i <= dir->unsure; i++) {
			if (dir->search + r->body.n > SEARCH_MAX)
				break;
			dir->search += r->body.n;
			if (tls_cipher_open(c, i, r, out) != TLS_OPENED)
				continue;
			if (next && round == 1) {
				tls_cipher_free(dir->cipher);
				dir->cipher = next;
				dir->epoch = 1;
			} else {
				tls_cipher_free(next);
			}
			return true;
		}
		if (round == 0 && !(next = tls_dir_next_key(t, d)))
			return false;
	}
	tls_cipher_free(next);
	return false;
}

/* Records that did not open may have been no part of the connection: then they
 * had no number. */
static bool
search_back(struct tls *t, struct tls_dir *dir, struct tls_record *r)
{
	for (uint64_t i = 1; i <= dir->fails; i++) {
		if (dir->search + r->body.n > SEARCH_MAX)
			break;
		dir->search += r->body.n;
		if (tls_cipher_open(dir->cipher, 0 - i, r, t->context->out) == TLS_OPENED)
			return true;
	}
	return false;
}

/* A record that does not open. */
static enum tls_step
failed(struct tls *t, unsigned d, const struct tls_record *r, uint8_t type, struct flow_event *ev)
{
	struct tls_dir *dir = &t->dir[d];
	size_t n = TLS_HEADER + r->body.n;

	if (dir->lenient >= n) {
		dir->lenient -= (uint32_t)n;
		count(t, d, r->body.n);
		tls_dir_use(dir, n);
		return TLS_STEP_MORE;
	}
	tls_flaw(t, TLS_FLAW_BIT_MAC);
	tls_cipher_pass(dir->cipher, r->body);
	if (++dir->fails == FAILS_MAX) {
		tls_reason(t, "the secret does not fit: key for another session?");
		return opaque_with_gap(t, d, "not decrypted", ev);
	}
	/* It may have changed the keys. */
	if (dir->unsure == 0)
		dir->unsure = 1;
	count(t, d, r->body.n);
	if (type != TLS_TYPE_APPLICATION) {
		tls_dir_use(dir, n);
		return TLS_STEP_MORE;
	}
	event(t, d, ev, FLOW_GAP, "record authentication failed");
	return event_of_record(t, d, n, ev);
}

/* The keys of a direction are wanted. */
static enum tls_step
key_wanted(struct tls *t, unsigned d, struct flow_event *ev)
{
	struct tls_dir *dir = &t->dir[d];

	if (t->context->keys)
		tls_keys_refresh(t->context->keys);
	if (!tls_keys_there(t)) {
		tls_reason_secret(t, true);
		dir_opaque(dir);
		return TLS_STEP_MORE;
	}
	switch (tls_dir_key(t, d)) {
	case TLS_WANT_WAIT:
		dir->waits = true;
		return TLS_STEP_NONE;
	case TLS_WANT_NEVER:
		return opaque_with_gap(t, d, "not decrypted", ev);
	default:
		if (!t->context->out)
			t->context->out = xmalloc(TLS_RECORD_MAX + 64);
		return TLS_STEP_MORE;
	}
}

static enum tls_step
protected_record(struct tls *t, unsigned d, struct str record, struct flow_event *ev)
{
	struct tls_dir *dir = &t->dir[d];
	struct tls_record r = { .type = (uint8_t)record.p[0],
				.head = str_sub(record, 0, TLS_HEADER),
				.body = str_skip(record, TLS_HEADER) };
	uint8_t type = r.type;
	enum tls_opened opened;

	if (!dir->cipher)
		return key_wanted(t, d, ev);
	tls_stage_reach(t, TLS_STAGE_ENCRYPTED);
	opened = tls_cipher_open(dir->cipher, 0, &r, t->context->out);
	if (opened == TLS_OPEN_BAD &&
	    ((dir->unsure > 0 && search(t, d, &r)) || search_back(t, dir, &r)))
		opened = TLS_OPENED;
	if (opened == TLS_OPEN_BAD)
		return failed(t, d, &r, type, ev);
	count(t, d, r.body.n);
	if (opened == TLS_OPEN_NO_IV) {
		tls_cipher_pass(dir->cipher, r.body);
		event(t, d, ev, FLOW_GAP, NULL);
		return event_of_record(t, d, record.n, ev);
	}
	dir->fails = 0;
	dir->unsure = 0;
	dir->lenient = 0;
	dir->opened = true;
	return content_take(t, d, r.type, r.text, record.n, ev);
}

/* ---- plain records ---- */

static enum tls_step
not_captured(struct tls *t, unsigned d)
{
	tls_reason(t, "the handshake is not in the capture");
	dir_opaque(&t->dir[d]);
	return TLS_STEP_MORE;
}

/* Whether the body of a handshake record may be plain, when no hello came before. */
static bool
is_plain_start(struct str body)
{
	uint32_t n;

	if (body.n == 0)
		return false;
	if (body.n < 4)
		return body.p[0] == TLS_CLIENT_HELLO || body.p[0] == TLS_SERVER_HELLO;
	n = get_be24((const uint8_t *)body.p + 1);
	switch (body.p[0]) {
	case TLS_CLIENT_HELLO: case TLS_SERVER_HELLO: case TLS_CERTIFICATE:
	case TLS_SERVER_KEY_EXCHANGE: case TLS_CLIENT_KEY_EXCHANGE: case TLS_CERTIFICATE_REQUEST:
		return n > 0 && n < 65536;
	case TLS_HELLO_REQUEST: case TLS_SERVER_HELLO_DONE:
		return n == 0 && body.n == 4;
	default:
		return false;
	}
}

/* Application data before the keys: 0-RTT, or what makes sense of it is missing. */
static enum tls_step
early_record(struct tls *t, unsigned d, size_t n)
{
	struct tls_dir *dir = &t->dir[d];
	struct tls_handshake *hs = t->hs;

	if (dir->early_skip) {
		count(t, d, n - TLS_HEADER);
		tls_dir_use(dir, n);
		return TLS_STEP_MORE;
	}
	if (hs && hs->server_hello && hs->version != TLS_1_3 && dir->gapped) {
		tls_change_cipher(t, d);
		return TLS_STEP_MORE;
	}
	if (!hs || hs->server_hello)
		return not_captured(t, d);
	if (tls_keys_there(t)) {
		if (t->info.reason.n == 0)
			tls_reason_secret(t, false);
		dir->waits = true;
		return TLS_STEP_NONE;
	}
	count(t, d, n - TLS_HEADER);
	tls_dir_use(dir, n);
	return TLS_STEP_MORE;
}

static enum tls_step
plain_record(struct tls *t, unsigned d, struct str record, struct flow_event *ev)
{
	struct tls_dir *dir = &t->dir[d];
	uint8_t type = (uint8_t)record.p[0];
	struct str body = str_skip(record, TLS_HEADER);

	if (type == TLS_TYPE_APPLICATION)
		return early_record(t, d, record.n);
	if (type == TLS_TYPE_CCS && !t->hs)
		return not_captured(t, d);
	if (type == TLS_TYPE_HANDSHAKE && dir->message.n == 0 && dir->message_skip == 0) {
		if ((!t->hs && !is_plain_start(body)) ||
		    (dir->maybe_armed && (uint8_t)body.p[0] != TLS_CLIENT_HELLO)) {
			if (!t->hs)
				return not_captured(t, d);
			dir->armed = true;
			return TLS_STEP_MORE;
		}
	}
	if (type == TLS_TYPE_ALERT && body.n != 2 && !is13(t)) {
		/* Encrypted, in a connection whose start was not seen. */
		if (!t->hs || dir->maybe_armed)
			return not_captured(t, d);
	}
	count(t, d, body.n);
	return content_take(t, d, type, body, record.n, ev);
}

/* ---- holes, and finding the next record ---- */

/* Something is missing in front of what comes next. */
static void
gap_begins(struct tls *t, unsigned d, uint64_t missing)
{
	struct tls_dir *dir = &t->dir[d];
	uint64_t records = UNSURE_UNKNOWN;

	dir->gapped = true;
	buf_release(&dir->message);
	dir->message_skip = 0;
	if (dir->cipher && tls_cipher_is_stream(dir->cipher)) {
		tls_reason(t, "bytes are missing, and RC4 cannot go on after them");
		dir_opaque(dir);
		return;
	}
	if (dir->cipher)
		tls_cipher_gap(dir->cipher);
	/* Whole ones, and one cut at each end. */
	if (missing > 0)
		records = 2 + missing / (TLS_HEADER + (dir->cipher ?
						       tls_cipher_overhead(dir->cipher) : 1));
	records += dir->unsure;
	dir->unsure = (uint32_t)(records < UNSURE_MAX ? records : UNSURE_MAX);
}

/* The hole at the front. */
static enum tls_step
hole_pass(struct tls *t, unsigned d, struct flow_event *ev)
{
	struct tls_dir *dir = &t->dir[d];
	uint64_t missing = dir->holes[0].missing;
	bool known = missing > 0 && missing <= dir->skip, was_opaque = dir->opaque;

	dir->gap_stamp = dir->holes[0].stamp;
	dir->hole_n--;
	memmove(dir->holes, dir->holes + 1, dir->hole_n * sizeof(*dir->holes));
	if (dir->hole_n == 0) {
		free(dir->holes);
		dir->holes = NULL;
		dir->hole_cap = 0;
	}
	if (known) {
		dir->skip -= missing;
	} else {
		dir->skip = 0;
		dir->lost = true;
		gap_begins(t, d, missing);
	}
	if (was_opaque || !tls_keys_there(t))
		return TLS_STEP_MORE;
	event_at(t, d, ev, NULL);
	ev->missing = missing;
	return TLS_STEP_EVENT;
}

/* A record that is cut by a hole is lost. */
static enum tls_step
hole_cut(struct tls *t, unsigned d, struct flow_event *ev)
{
	struct tls_dir *dir = &t->dir[d];
	size_t n = at_hand(dir);
	uint64_t missing = dir->holes[0].missing;

	if (n >= TLS_HEADER && !dir->lost) {
		size_t length = get_be16((const uint8_t *)dir->in.view.p + 3);
		size_t rest = TLS_HEADER + length - n;

		if (missing > 0 && missing <= rest) {
			count(t, d, length);
			dir->skip = rest;
			gap_begins(t, d, 1);
			if (dir->cipher)
				tls_cipher_pass(dir->cipher, STR_NONE);
		}
	}
	tls_dir_use(dir, n);
	return hole_pass(t, d, ev);
}

/* Whether a record begins at @s: 1 yes, 0 no, -1 more is needed to tell. */
static int
record_begins(struct str s, bool whole)
{
	struct str next;
	size_t n;

	if (!tls_header_ok(s))
		return 0;
	if (s.n < TLS_HEADER)
		return whole ? 0 : -1;
	n = TLS_HEADER + (size_t)get_be16((const uint8_t *)s.p + 3);
	if (s.n == n)
		return 1;
	next = str_skip(s, n);
	if (s.n < n)
		return whole ? 0 : -1;
	if (!tls_header_ok(next))
		return 0;
	return next.n >= 3 ? 1 : whole ? 0 : -1;
}

/* Look for the next record. @return whether it begins at the front. */
static bool
resync(struct tls *t, struct tls_dir *dir)
{
	struct str s = str_sub(dir->in.view, 0, at_hand(dir));
	bool whole = dir->hole_n > 0 || t->ended;
	size_t at = 0;
	int begins = 0;

	while (at < s.n && (begins = record_begins(str_skip(s, at), whole)) == 0)
		at++;
	tls_dir_use(dir, at);
	if (begins == 1)
		dir->lost = false;
	return begins == 1;
}

/* No record where one must begin. */
static enum tls_step
bad_header(struct tls *t, unsigned d, struct str s, struct flow_event *ev)
{
	struct tls_dir *dir = &t->dir[d];
	const uint8_t *p = (const uint8_t *)s.p;
	bool length = s.n >= TLS_HEADER && p[0] >= TLS_TYPE_CCS && p[0] <= TLS_TYPE_HEARTBEAT &&
		      p[1] == 3 && p[2] <= 4 && get_be16(p + 3) > 0;
	const struct stamp *list;
	bool was_opaque = dir->opaque;

	tls_flaw(t, length ? TLS_FLAW_BIT_RECORD_LENGTH : TLS_FLAW_BIT_RECORD_TYPE);
	dir->lost = true;
	if (intake_stamps(&dir->in, 0, 1, &list) > 0)
		dir->gap_stamp = list[0];
	tls_dir_use(dir, 1);
	gap_begins(t, d, 0);
	if (was_opaque || !tls_keys_there(t))
		return TLS_STEP_MORE;
	return event_at(t, d, ev, length ? "a record longer than allowed" : "no TLS record");
}

/* ---- one step ---- */

static enum tls_step
record_step(struct tls *t, unsigned d, struct str s, struct flow_event *ev)
{
	struct tls_dir *dir = &t->dir[d];
	uint8_t type = (uint8_t)s.p[0];
	size_t length = get_be16((const uint8_t *)s.p + 3);
	bool is_protected = dir->armed && (type == TLS_TYPE_APPLICATION || !is13(t));

	if (is_protected && is13(t) && length > TLS_RECORD13_MAX)
		return bad_header(t, d, s, ev);
	dir->started = true;
	/* Before a secret is asked for, so that nothing is kept in vain. */
	if (is_protected && !dir->opaque && !dir->cipher && !tls_keys_there(t))
		return key_wanted(t, d, ev);
	if (dir->opaque)
		return opaque_record(t, d, type, length);
	if (s.n < TLS_HEADER + length) {
		if (dir->hole_n > 0)
			return hole_cut(t, d, ev);
		dir->need = (uint32_t)(TLS_HEADER + length);
		return TLS_STEP_NONE;
	}
	s = str_sub(s, 0, TLS_HEADER + length);
	return is_protected ? protected_record(t, d, s, ev) : plain_record(t, d, s, ev);
}

enum tls_step
tls_dir_step(struct tls *t, unsigned d, struct flow_event *ev)
{
	struct tls_dir *dir = &t->dir[d];
	struct str s;
	size_t n;

	if (dir->tell_gap) {
		dir->tell_gap = false;
		return event_at(t, d, ev, "not decrypted");
	}
	if (dir->waits || (dir->in.view.n < dir->need && dir->hole_n == 0))
		return TLS_STEP_NONE;
	dir->need = 0;
	if (dir->hole_n > 0 && dir->holes[0].at == 0)
		return hole_pass(t, d, ev);
	n = at_hand(dir);
	if (n == 0)
		return TLS_STEP_NONE;
	if (dir->skip > 0) {
		if (n > dir->skip)
			n = (size_t)dir->skip;
		tls_dir_use(dir, n);
		dir->skip -= n;
		return TLS_STEP_MORE;
	}
	if (dir->lost && !resync(t, dir))
		return dir->hole_n > 0 ? hole_cut(t, d, ev) : TLS_STEP_NONE;
	s = str_sub(dir->in.view, 0, at_hand(dir));
	if (!dir->started && !t->hs) {
		n = tls_client_hello2(t, d, s);
		if (n == SIZE_MAX)
			return dir->hole_n > 0 ? hole_cut(t, d, ev) : TLS_STEP_NONE;
		if (n > 0) {
			dir->started = true;
			t->info.records[d]++;
			t->info.bytes[d] += n;
			tls_dir_use(dir, n);
			return TLS_STEP_MORE;
		}
	}
	if (!tls_header_ok(s))
		return bad_header(t, d, s, ev);
	if (s.n < TLS_HEADER)
		return dir->hole_n > 0 ? hole_cut(t, d, ev) : TLS_STEP_NONE;
	return record_step(t, d, s, ev);
}
