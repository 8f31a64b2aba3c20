/**
 * @file framed.h  Media in a stream: behind a length (RFC 4571, as ICE over TCP uses it too,
 * RFC 6544), or as TURN (RFC 8656 section 12.5).
 */
#ifndef APP_FRAMED_H
#define APP_FRAMED_H

#include "app/channel.h"

/**
 * What begins with @p in: CHANNEL_RTP, CHANNEL_TURN, CHANNEL_OTHER, or CHANNEL_NEW where
 * it takes more bytes to tell. Two frames in a row have to have one SSRC, or a frame to
 * be STUN.
 */
enum channel_protocol framed_protocol(struct str in);

/** Whether a piece that begins in the middle of a stream begins with a frame of RTP that
 * has the SSRC of the one asked for before. */
bool framed_again(struct framed *f, struct str in);

/**
 * Take what is at hand of @p in, within a turn of it. O(bytes), all calls together.
 * @param p  CHANNEL_RTP or CHANNEL_TURN
 */
void framed_take(struct framed *f, enum channel_protocol p, struct intake *in,
		 const struct delivery *d);

#endif
