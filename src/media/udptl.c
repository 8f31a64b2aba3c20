#include "media/udptl.h"

#include "base/bytes.h"
#include "base/mem.h"

#define COUNT_MAX	64u	/* packets that come again: senders repeat a few */

/* Where reading is. */
struct walk {
	const uint8_t *p;
	size_t n, wire, at;
	bool cut;		/* what was asked for was not captured */
};

static bool
not_captured(struct walk *w)
{
	w->cut = true;
	return false;
}

/* A length of PER: one byte, two, or in pieces of 16 Ki, which no datagram of this
 * holds. */
static bool
take_length(struct walk *w, uint32_t *length)
{
	if (w->at >= w->wire)
		return false;
	if (w->at >= w->n)
		return not_captured(w);
	if (w->p[w->at] < 0x80) {
		*length = w->p[w->at++];
		return true;
	}
	if (w->p[w->at] >= 0xc0 || w->at + 2 > w->wire)
		return false;
	if (w->at + 2 > w->n)
		return not_captured(w);
	*length = get_be16(w->p + w->at) & 0x3fff;
	w->at += 2;
	return true;
}

/* @count fields of bytes behind their lengths. */
static bool
take_fields(struct walk *w, uint32_t count)
{
	uint32_t length;

	if (count > COUNT_MAX)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (!take_length(w, &length) || length > w->wire - w->at)
			return false;
		w->at += length;
	}
	return true;
}

/* What came with it: false with cut set where it was not captured. */
static bool
take_recovery(struct walk *w, struct udptl *u)
{
	uint32_t count;
	bool parity;

	if (w->at >= w->n)
		return w->at < w->wire && not_captured(w);
	parity = w->p[w->at++] & 0x80;
	if (parity) {
		/* How many packets each is over: an integer of one byte. */
		if (!take_length(w, &count) || count != 1 || ++w->at > w->wire)
			return false;
	}
	if (!take_length(w, &count) || !take_fields(w, count))
		return false;
	*(parity ? &u->parity : &u->again) = (uint16_t)count;
	return true;
}

bool
udptl_parse(struct str in, uint32_t wire_length, struct udptl *u)
{
	struct walk w = { (const uint8_t *)in.p, in.n, wire_length, 2, false };

	*u = (struct udptl){ 0 };
	if (in.n < 3)
		return false;
	u->sequence = get_be16(w.p);
	/* A packet without anything is none (section 7.2). */
	if (!take_length(&w, &u->primary_length) || u->primary_length == 0 ||
	    u->primary_length > w.wire - w.at)
		return false;
	u->primary = w.at < in.n ? str_sub(in, w.at, u->primary_length < in.n - w.at ?
					   u->primary_length : in.n - w.at) : STR_NONE;
	w.at += u->primary_length;
	if (!take_recovery(&w, u)) {
		u->again = u->parity = 0;
		u->cut = w.cut;
		return w.cut;
	}
	while (w.at < w.n && w.p[w.at] == 0)
		w.at++;
	return w.at >= w.n;
}
