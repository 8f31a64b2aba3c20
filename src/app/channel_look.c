/*
 * What a connection carries is told by its first bytes, and where the capture begins in
 * the middle by those of a later piece.
 */
#include "app/channel_look.h"

#include "app/framed.h"
#include "net/hep_wire.h"
#include "sip/start.h"

#define LOOKS		64u		/* pieces of OTHER looked at for other than SIP */
#define HTTP_LOOK	7u		/* bytes of "HTTP/1." */
#define FRAME_LOOK	20u		/* bytes of a frame that tell it from others */

/* Whether the bytes at hand are the beginning of a TLS record, or may be. */
static enum channel_protocol
tls_by_look(struct str in, bool *more)
{
	if (in.p[0] < 20 || in.p[0] > 24 || (in.n > 1 && in.p[1] != 3) ||
	    (in.n > 2 && (unsigned char)in.p[2] > 4))
		return CHANNEL_OTHER;
	if (in.n < 5) {
		*more = true;
		return CHANNEL_NEW;
	}
	return tls_may_start(in) ? CHANNEL_TLS : CHANNEL_OTHER;
}

/* A ClientHello in the form of SSL 2.0 that asks for 3.0 or later (RFC 5246 E.2):
 * length, type, version, then three lengths of which the first is of suites. */
static bool
is_old_hello(struct str in)
{
	const uint8_t *p = (const uint8_t *)in.p;

	return in.n >= 11 && (p[0] & 0x80) && p[2] == 1 && p[3] == 3 && p[4] <= 3 &&
		p[5] == 0 && p[6] > 0 && p[6] % 3 == 0;
}

/* What begins with @in; NEW: more bytes are needed to tell. */
static enum channel_protocol
protocol_of(struct str in)
{
	static const struct str hep[] = { STR_INIT("HEP3"), STR_INIT("EEP1") };
	struct sip_start start;
	bool more = false;
	enum channel_protocol tls;

	while (in.n > 0 && (in.p[0] == '\r' || in.p[0] == '\n' || in.p[0] == '\0'))
		in = str_skip(in, 1);
	if (in.n == 0)
		return CHANNEL_NEW;
	tls = tls_by_look(in, &more);
	if (tls != CHANNEL_OTHER)
		return tls;
	if (is_old_hello(in))
		return CHANNEL_TLS;
	if (ws_may_start(in)) {
		if (in.n >= HTTP_LOOK)
			return CHANNEL_WS;
		more = true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(hep); i++) {
		if (str_starts(in, hep[i]))
			return CHANNEL_HEP;
		more = more || str_starts(hep[i], in);
	}
	/* A byte or two may be the beginning of a frame and of much else. */
	if (ws_may_be_frames(in)) {
		if (in.n >= FRAME_LOOK)
			return CHANNEL_WS;
		more = true;
	}
	switch (sip_start_parse(in, &start)) {
	case SIP_START_OK:
	case SIP_START_CUT:
		/* The capture may begin within a method, or within a body before one. */
		return start.method == SIP_METHOD_OTHER &&
			(sip_method_is_tail(start.method_text) ||
			 sip_method_at_end(start.method_text) != SIZE_MAX) ?
			CHANNEL_OTHER : CHANNEL_SIP;
	case SIP_START_PREFIX:
		return in.n < CHANNEL_UNDECIDED_MAX ? CHANNEL_NEW : CHANNEL_OTHER;
	case SIP_START_NOT:
		break;
	}
	return more ? CHANNEL_NEW : CHANNEL_OTHER;
}

/* Whether a whole start of a packet for a collector is somewhere in it. */
static bool
has_hep(struct str in)
{
	size_t at = hep_wire_find(in);

	return at != SIZE_MAX && in.n - at >= HEP_HEADER + HEP_CHUNK_HEADER;
}

/* The same for a channel. In the text of TLS there is none again: both would be
 * decrypted to the same place, and the one inside be in no list. */
enum channel_protocol
channel_look(const struct channel *ch, struct str in)
{
	/* Bytes before a frame may be those of keep-alives elsewhere. */
	enum channel_protocol framed = framed_protocol(in), p;

	if (framed == CHANNEL_RTP || framed == CHANNEL_TURN)
		return framed;
	p = protocol_of(in);
	if (p == CHANNEL_TLS && ch->base == TRANSPORT_TLS)
		p = CHANNEL_OTHER;
	if (p == CHANNEL_OTHER && has_hep(in))
		return CHANNEL_HEP;
	return p == CHANNEL_OTHER ? framed : p;
}

/* Whether a piece begins with a start line. Of a method that is not known it may as
 * well be the end of something else. */
static bool
begins_message(struct str in)
{
	struct sip_start start;

	switch (sip_start_parse(in, &start)) {
	case SIP_START_OK:
	case SIP_START_CUT:
		return start.request ? start.method != SIP_METHOD_OTHER : start.status > 0;
	case SIP_START_PREFIX:
	case SIP_START_NOT:
		break;
	}
	return false;
}

/* What a piece of a connection that told nothing so far begins. */
enum channel_protocol
channel_look_later(struct channel *ch, unsigned dir, struct str in)
{
	enum channel_protocol p;

	if (begins_message(in))
		return CHANNEL_SIP;
	if (ch->looked[dir] < LOOKS) {
		ch->looked[dir]++;
		if (framed_again(&ch->framed[dir], in))
			return CHANNEL_RTP;
		p = channel_look(ch, in);
		if (p != CHANNEL_NEW && p != CHANNEL_SIP)
			return p;
	}
	return CHANNEL_OTHER;
}
