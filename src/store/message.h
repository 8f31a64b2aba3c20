/**
 * @file message.h  The index entry of one SIP message.
 *
 * No text is kept: place and length say where the bytes can be read again
 * (capture_read() through store_text()).
 */
#ifndef STORE_MESSAGE_H
#define STORE_MESSAGE_H

#include "net/record.h"
#include "store/transport.h"

#define MESSAGE_NONE	UINT32_MAX	/* no such message */
#define CALL_NONE	UINT32_MAX	/* no such call */
#define PATH_NONE	UINT32_MAX	/* no such path: of what is gone */

enum message_flag {
	MESSAGE_REQUEST        = 1 << 0,
	MESSAGE_SDP            = 1 << 1,	/**< carries a session description */
	MESSAGE_RETRANSMISSION = 1 << 2,	/**< of an earlier message, by the sender */
	MESSAGE_DUPLICATE      = 1 << 3,	/**< the same packet captured again */
	MESSAGE_TO_TAG         = 1 << 4,	/**< To has a tag: inside a dialog */
	MESSAGE_IP_ID          = 1 << 5,	/**< ip_id is known */
};

/** 56 bytes; there are as many as messages in the capture. */
struct message {
	int64_t time;		/**< of the record that completed it; TIME_NONE: unknown */
	uint64_t offset : 48;	/**< of its first byte in source */
	uint64_t source : 16;	/**< file of offset; PLACE_SPOOL, PLACE_NONE */
	uint32_t length;	/**< bytes there, start line to body, as captured */
	uint32_t frame;		/**< private: its lower half; see store_message_frame() */
	uint32_t path;		/**< store_path() */
	uint32_t call;		/**< store_call() */
	uint32_t previous;	/**< message of the same call before this one, or MESSAGE_NONE */
	uint32_t cseq;
	uint32_t flaws;		/**< enum sip_flaw */
	uint32_t identity : 24;	/**< private: equal for copies of one message on one path */
	uint32_t ttl : 8;
	uint16_t vlan;		/**< outermost VLAN id; 0: none */
	uint16_t ip_id;
	uint16_t status : 10;	/**< of a response; 0 else */
	uint16_t flags : 6;	/**< enum message_flag */
	uint8_t method;		/**< of a request; NONE in responses; store_method_name() */
	uint8_t cseq_method;	/**< likewise */
};

_Static_assert(sizeof(struct message) == 56, "messages are many: keep them small");

#endif
