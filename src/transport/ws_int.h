/** @file ws_int.h  What the files of ws share. */
#ifndef TRANSPORT_WS_INT_H
#define TRANSPORT_WS_INT_H

#include "base/buf.h"
#include "transport/ws.h"

#define WS_MESSAGE_MAX	(16u << 20)	/* bytes of a frame, and of a message */
#define WS_TEXT_MAX	(4u << 20)	/* bytes that a compressed message may unpack to */
#define WS_HEAD_MAX	65536u		/* bytes of an HTTP head */

/** What a flaw means, in words. Static. */
const char *ws_flaw_text(enum ws_flaw_bit f);

enum ws_opcode {
	WS_OP_CONTINUE = 0,
	WS_OP_TEXT = 1,
	WS_OP_BINARY = 2,
	WS_OP_CLOSE = 8,
	WS_OP_PING = 9,
	WS_OP_PONG = 10,
};

#define WS_RSV1		4u	/* of ws_frame.rsv: compressed (RFC 7692 section 6) */

/** A frame's header (RFC 6455 section 5.2). */
struct ws_frame {
	size_t header;		/**< bytes of it, 2..14 */
	uint64_t length;	/**< of the payload */
	uint8_t key[4];		/**< zero when not masked */
	uint8_t opcode;
	uint8_t rsv;		/**< the three reserved bits */
	bool fin;
	bool masked;
};

/** @return false when the header is cut. */
bool ws_frame_read(struct str in, struct ws_frame *f);

/** Whether the opcode is a known one and the reserved bits are those of RFC 7692. */
bool ws_frame_known(const struct ws_frame *f);

static inline bool
ws_frame_is_control(const struct ws_frame *f)
{
	return f->opcode >= WS_OP_CLOSE;
}

/** What bytes look like. */
enum ws_look {
	WS_LOOK_NO,
	WS_LOOK_CUT,	/**< not against it, but there are too few */
	WS_LOOK_YES,
};

/** A data frame whose text begins like SIP, or is a keep-alive of CRLFs. O(1). */
enum ws_look ws_frame_look(struct str in);
/** The same for the first frame of a compressed message; costs a fresh inflate. */
bool ws_frame_look_packed(struct str in);

/** Whether all of @p in is whole frames, each masked as @p masked says (0, 1, or
 * -1: like the first). */
bool ws_frames_fill(struct str in, int masked);

/** Payload of a frame in clear; @p to may be @p from. */
void ws_unmask(char *to, const char *from, size_t n, const uint8_t key[4]);

/** Put records behind those of a message, each once; of too many (see
 * INTAKE_STAMPS_MAX) the newest takes the place of the one before it. */
void ws_stamps_add(struct stamp **stamps, size_t *n, size_t *cap, const struct stamp *list,
		   size_t count);

/** What an HTTP head says about an upgrade (RFC 6455 section 4). */
struct ws_head {
	bool request;
	uint16_t status;	/**< of an answer, 100..999 */
	bool upgrade;		/**< to WebSocket */
	bool upgrade_other;	/**< to something else */
	bool sip;		/**< subprotocol of RFC 7118 */
	bool deflate;		/**< permessage-deflate */
	bool no_context_client, no_context_server;
};

/** "GET ", "HTTP/1.". */
enum ws_look ws_head_look(struct str in);

/** Bytes up to the end of the head, its empty line included; 0: it is not there.
 * @param scanned  how far it was looked for before; updated. Amortised O(1) a byte. */
size_t ws_head_end(struct str in, size_t *scanned);

/** Read a head, or the first part of one. @return false when its first line is none. */
bool ws_head_read(struct str in, struct ws_head *h);

struct ws_inflate;

enum ws_inflate_result {
	WS_INFLATE_OK,
	WS_INFLATE_BAD,
	WS_INFLATE_LONG,	/**< more than WS_TEXT_MAX */
};

/**
 * Append the text of a compressed message to @p out (RFC 7692 section 7.2.2).
 * @param i  the state of the direction; made when NULL, freed and NULL again when
 *           the answer is not OK: the window is of no use any more.
 * @param whole  false: only the first part of the message is there.
 */
enum ws_inflate_result ws_inflate_add(struct ws_inflate **i, struct str in, bool whole,
				      struct buf *out);
void ws_inflate_free(struct ws_inflate *i);

#endif
