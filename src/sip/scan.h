/**
 * @file scan.h  One pass over a message: only what identifies and lists it.
 *
 * This is the function every message goes through; all other parsers of the
 * room run when somebody asks. RFC 3261 sections 7, 18.3, 20 and 25.
 */
#ifndef SIP_SCAN_H
#define SIP_SCAN_H

#include "sip/flaw.h"
#include "sip/method.h"

enum sip_scan_result {
	SIP_SCAN_MESSAGE,	/**< *msg is filled, msg->length bytes are the message */
	SIP_SCAN_NOT_SIP,	/**< the bytes do not start like SIP; *msg is not set */
	SIP_SCAN_MORE,		/**< stream only: starts like SIP, not whole yet */
};

enum sip_framing {
	SIP_DATAGRAM,		/**< the input ends where the datagram ends */
	SIP_STREAM,		/**< more may follow; Content-Length rules */
};

/** Slices borrow from the input. What is absent is STR_NONE or 0. */
struct sip_scan {
	bool request;
	uint8_t method;		/**< enum sip_method; of the request line */
	uint8_t cseq_method;	/**< enum sip_method */
	uint16_t status;	/**< of a response; 0 in requests and when unreadable */
	uint32_t cseq;
	uint32_t flaws;		/**< enum sip_flaw */

	struct str method_text;	/**< as sent */
	struct str cseq_method_text;
	struct str uri;		/**< Request-URI */
	struct str reason;	/**< reason phrase */

	struct str call_id;	/**< trimmed value of the first Call-ID */
	struct str from, to;	/**< header values, first of each */
	struct str from_uri, to_uri;	/**< inside <>, or up to ';' without them */
	struct str from_tag, to_tag;
	struct str branch;	/**< of the topmost Via */
	struct str via;		/**< topmost Via value, whole header line's */
	struct str content_type;
	struct str reason_header;	/**< value of the first Reason header */
	struct str warning;	/**< value of the first Warning header */
	struct str event;	/**< Event header */
	struct str subscription_state;
	struct str contact;	/**< value of the first Contact header */
	struct str rseq, expires;	/**< values */
	uint8_t max_forwards;	/**< 255: absent, bad, or just that */
	bool has_auth;		/**< Authorization or Proxy-Authorization */
	bool has_length;	/**< a Content-Length that is a number */
	bool sdp;		/**< body is, or multipart holds, application/sdp; or it
				 * has no type and begins so (flaw BODY) */
	uint32_t content_length;

	size_t start;		/**< bytes of line ends before the start line */
	size_t head;		/**< bytes from the start line to the body */
	size_t length;		/**< bytes of the input used: start + head + body */
	struct str body;
};

/**
 * Scan the message at the front of @p in. One pass over the headers by line
 * (vectorised search for LF), the body is not looked at but for multipart.
 * No allocation. Headers are known by length and first letters, in any case,
 * long or compact form, with folding and white space before the colon.
 *
 * SIP_DATAGRAM: never SIP_SCAN_MORE. A body shorter than Content-Length is a
 * flaw; a longer one ends at Content-Length when another start line follows
 * there (then *msg has flaw SEVERAL and the caller scans the rest), else all of
 * the datagram is the message, with flaw LENGTH_SHORT.
 * SIP_STREAM: needs Content-Length, or takes the body to be empty. Empty lines
 * before the message are keep-alives and no flaw (RFC 3261 section 7.5). On
 * SIP_SCAN_MORE msg->length is how many bytes of input are needed when the head
 * was whole, else 0; msg->start bytes at the front are line ends that can be
 * dropped. Each call reads the head again: to keep a slow sender's cost linear,
 * ask sip_head_whole() first, and after MORE wait for msg->length bytes. How long
 * a head or body may get is the caller's limit to set.
 *
 * A body longer than Content-Length in a datagram is in msg->body whole. A
 * response of a stream with a whole head but none of Via, From, To, Call-ID and
 * CSeq is SIP_SCAN_NOT_SIP: that is some other server's answer.
 */
enum sip_scan_result sip_scan(struct str in, enum sip_framing framing, struct sip_scan *msg);

/** The user part of from_uri or to_uri; of a tel: URI the number. STR_NONE: none. Not looked
 * for in each message, as few are asked for it. */
struct str sip_scan_user(struct str uri);

/** Whether the first byte leaves it open that @p in is SIP: RTP and most other
 * payloads cost no more than this. */
static inline bool
sip_may_start(struct str in)
{
	return in.n > 0 && (LIKELY(in.p[0] >= '!' && in.p[0] <= '~') ||
			    in.p[0] == '\r' || in.p[0] == '\n');
}

/** Whether @p in starts like SIP: after line ends, a start line as
 * sip_start_parse() knows it (the first line may be cut). O(first line). */
bool sip_looks_like(struct str in);

/** Where the first line of @p in that starts like SIP begins, to find the way
 * back into a stream; SIZE_MAX when there is none. O(n). */
size_t sip_find_start(struct str in);

/**
 * Whether a stream's input holds the empty line that ends a head. *seen is 0 for
 * a new message and then kept by the caller while only more bytes are appended to
 * the same input, so that all calls together are O(n). False does not mean SIP.
 */
bool sip_head_whole(struct str in, size_t *seen);

#endif
