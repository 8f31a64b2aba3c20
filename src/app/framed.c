#include "app/framed.h"

#include "app/media_in.h"
#include "app/streams.h"
#include "base/bytes.h"
#include "media/turn.h"

#define LENGTH_TOP	7	/* of the first byte of a length: a packet fits a datagram's path */

static uint32_t
ssrc_of(const char *frame)
{
	return get_be32((const uint8_t *)frame + 2 + 8);
}

static bool
is_rtcp(const char *frame)
{
	uint8_t type = (uint8_t)frame[3];

	return type >= 192 && type <= 223;
}

/* Whether two frames in a row are of one stream, or one of them is a report. */
static bool
go_together(const char *a, const char *b)
{
	uint16_t steps = (uint16_t)(get_be16((const uint8_t *)b + 4) -
				    get_be16((const uint8_t *)a + 4));

	if (is_rtcp(a) || is_rtcp(b))
		return true;
	return ssrc_of(a) == ssrc_of(b) && steps >= 1 && steps <= 16;
}

/* A frame behind a length that is RTP, RTCP, STUN or DTLS; as shape_framed() answers. */
static size_t
frame_length(struct str in)
{
	const uint8_t *p = (const uint8_t *)in.p;
	size_t n = shape_framed(in);

	if (n != SIZE_MAX)
		return n;
	if (p[0] > LENGTH_TOP)
		return SIZE_MAX;
	if (in.n < 10)
		return p[2] < 2 || (p[2] >= 20 && p[2] <= 25) ? 0 : SIZE_MAX;
	n = get_be16(p);
	if (p[2] < 2 && get_be32(p + 6) == UINT32_C(0x2112a442) && get_be16(p + 4) + 20u == n)
		return n + 2;
	if (p[2] >= 20 && p[2] <= 25 && p[3] == 0xfe && n >= 13)
		return n + 2;
	return SIZE_MAX;
}

/* ---- what it is ---- */

enum channel_protocol
framed_protocol(struct str in)
{
	const uint8_t *p = (const uint8_t *)in.p;
	struct str next;
	size_t n;

	if (in.n == 0)
		return CHANNEL_NEW;
	/* Some send the length in a segment of its own. */
	if (in.n < 3)
		return p[0] <= LENGTH_TOP && (in.n < 2 || get_be16(p) >= 12) ? CHANNEL_NEW
									     : CHANNEL_OTHER;
	n = turn_framed(in);
	/* A request that is too long to be one is text. */
	if (n != SIZE_MAX && n > 0 && (p[0] & 0xc0) == 0 && n <= 4096)
		return CHANNEL_TURN;
	n = frame_length(in);
	if (n == SIZE_MAX)
		return CHANNEL_OTHER;
	if (n > 0 && (p[2] & 0xc0) == 0)
		return CHANNEL_RTP;
	if (n == 0 || in.n <= n)
		return CHANNEL_NEW;
	next = str_skip(in, n);
	n = shape_framed(next);
	if (n == SIZE_MAX)
		return CHANNEL_OTHER;
	if (n == 0)
		return CHANNEL_NEW;
	return go_together(in.p, next.p) ? CHANNEL_RTP : CHANNEL_OTHER;
}

bool
framed_again(struct framed *f, struct str in)
{
	size_t n = in.n >= 14 ? shape_framed(in) : 0;
	bool again;

	if (n == 0 || n == SIZE_MAX || n > in.n || is_rtcp(in.p))
		return false;
	again = f->seen && f->ssrc == ssrc_of(in.p);
	f->ssrc = ssrc_of(in.p);
	f->seen = true;
	return again;
}

/* ---- reading ---- */

/* Where behind a hole a frame begins: one that has the SSRC of the last, or the cookie
 * of STUN. @return bytes that belong to none. */
static size_t
find_frame(const struct framed *f, enum channel_protocol p, struct str in)
{
	const uint8_t *bytes = (const uint8_t *)in.p;
	size_t at;

	for (at = 0; at + 14 <= in.n; at++) {
		struct str rest = str_skip(in, at);
		size_t n;

		if (p == CHANNEL_TURN) {
			n = turn_framed(rest);
			if (n == SIZE_MAX || n == 0)
				continue;
			if ((bytes[at] & 0xc0) == 0)
				return at;
			/* A channel: where RTP is in it. */
			if (bytes[at] == 0x40 && (bytes[at + 4] & 0xc0) == 0x80 && n >= 16)
				return at;
			continue;
		}
		n = shape_framed(rest);
		if (n != SIZE_MAX && n > 0 && f->seen && !is_rtcp(rest.p) &&
		    ssrc_of(rest.p) == f->ssrc)
			return at;
	}
	return at;
}

void
framed_take(struct framed *f, enum channel_protocol p, struct intake *in,
	    const struct delivery *outer)
{
	struct delivery d = *outer;
	const size_t head = p == CHANNEL_TURN ? 0 : 2;

	while (in->view.n > 0) {
		size_t n, at = f->lost ? find_frame(f, p, in->view) : 0;
		struct str frame;

		if (at > 0) {
			d.e->streams->framed_lost += at;
			intake_use(in, at);
		}
		if (f->lost && in->view.n < 14)
			break;
		f->lost = false;
		n = p == CHANNEL_TURN ? turn_framed(in->view) :
			in->view.n < 2 ? 0 : 2u + get_be16((const uint8_t *)in->view.p);
		if (n == SIZE_MAX) {
			f->lost = true;
			d.e->streams->framed_lost++;
			intake_use(in, 1);
			continue;
		}
		if (n == 0 || n > in->view.n)
			break;
		d.stamp_n = intake_stamps(in, 0, n, &d.stamps);
		frame = str_sub(in->view, head, n - head);
		if (media_in_delivery(&d, frame, (uint32_t)frame.n, STREAM_OVER_TCP) == SHAPE_RTP) {
			f->ssrc = get_be32((const uint8_t *)frame.p + 8);
			f->seen = true;
		}
		intake_use(in, n);
	}
}
