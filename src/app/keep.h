/**
 * @file keep.h  Which packets of pipes and live inputs are kept for saving.
 *
 * What these gave cannot be read a second time. Of a packet with a message (a datagram with
 * SIP, HEP as it came) the message's place is in the packet that is kept. Beside those are
 * kept, as far as there is room: fragments; connections and associations with SIP, and others
 * as long as it is not known what they carry; TLS where keys are there; packets that an event
 * is about; media where engine.keep_media says so.
 */
#ifndef APP_KEEP_H
#define APP_KEEP_H

#include "app/engine.h"

struct tcp_connection;

/** For the record at hand, engine.fleeting: where @p text will be found, in its packet, which is
 * kept now, or in the spool. @return source PLACE_NONE where it is lost. */
struct place keep_text(struct engine *e, struct str text);

/** Keep the record at hand if it is of a connection that is to be kept as it is now known;
 * before and after the segment is taken. */
void keep_tcp(struct engine *e, const struct segment *seg, const struct tcp_connection *c);
/** Likewise of an association, afterwards; @p sip: it brought a message. */
void keep_sctp(struct engine *e, const struct segment *seg, bool sip);

/** The record at hand was taken for @p payload, if it was a segment: keep it or not. */
void keep_judge(struct engine *e, unsigned decode_result, enum payload payload);

void keep_free(struct keep *k);

#endif
