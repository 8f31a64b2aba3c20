/**
 * @file sdp_attr.h  Attributes of session descriptions that have parts.
 *
 * RFC 8866 section 6 (rtpmap, fmtp), RFC 4568 (crypto), RFC 5245 section 15 and
 * RFC 8839 (candidate), RFC 3605 (rtcp), RFC 5576 (ssrc), RFC 5888 (group).
 */
#ifndef SIP_SDP_ATTR_H
#define SIP_SDP_ATTR_H

#include "sip/sdp.h"

/** The attribute in the value of an a= line: "name:value" or "name".
 * *value has p NULL when there is no colon. */
void sdp_attr_split(struct str text, struct str *name, struct str *value);

/** The next attribute of @p *lines (a medium's or the session's text). False at
 * the end. Other lines are passed over. */
bool sdp_attr_next(struct str *lines, struct str *name, struct str *value);

/** The value of the first attribute @p name in @p lines. */
bool sdp_attr_find(struct str lines, struct str name, struct str *value);

struct sdp_rtpmap {
	uint32_t payload;	/**< 0..127 when good */
	struct str encoding;	/**< "PCMA" */
	uint32_t clock_rate;	/**< Hz */
	struct str params;	/**< "2" channels of audio; empty when absent */
};

/** Each parser: the value of its attribute apart. False when it does not follow
 * the grammar; what could be read is set, the rest is zero. */
bool sdp_rtpmap_parse(struct str value, struct sdp_rtpmap *map);

/** The rtpmap of payload type @p payload in @p media. False: none. */
bool sdp_rtpmap_find(const struct sdp_media *media, uint32_t payload, struct sdp_rtpmap *map);

/** The codec that payload type @p payload is without an rtpmap (RFC 3551 section 6).
 * False: none. */
bool sdp_payload_static(uint32_t payload, struct sdp_rtpmap *map);

/** The parameters of a=fmtp for @p format in @p media; false: none. */
bool sdp_fmtp_find(const struct sdp_media *media, struct str format, struct str *params);

struct sdp_crypto {
	uint32_t tag;
	struct str suite;
	struct str key_params;	/**< secret: neither shown nor logged */
	struct str session_params;
};

bool sdp_crypto_parse(struct str value, struct sdp_crypto *crypto);

struct sdp_candidate {
	struct str foundation;
	uint32_t component;
	struct str transport;
	uint32_t priority;
	struct sdp_address address;
	uint16_t port;
	struct str type;	/**< "host", "srflx", "prflx", "relay" */
	struct sdp_address related;	/**< raddr */
	uint16_t related_port;
};

bool sdp_candidate_parse(struct str value, struct sdp_candidate *candidate);

bool sdp_rtcp_parse(struct str value, struct sdp_rtcp *rtcp);
bool sdp_fingerprint_parse(struct str value, struct sdp_fingerprint *fingerprint);

struct sdp_ssrc {
	uint32_t ssrc;
	struct str name;	/**< "cname" ... */
	struct str value;
};

bool sdp_ssrc_parse(struct str value, struct sdp_ssrc *ssrc);

struct sdp_group {
	struct str semantics;	/**< "BUNDLE", "LS" ... */
	struct str mids;	/**< for sdp_format_next() */
};

bool sdp_group_parse(struct str value, struct sdp_group *group);

/** "IP4 192.0.2.1" and the like: type, then address with "/ttl/count" if any. */
bool sdp_address_parse(struct str type, struct str text, struct sdp_address *address);

#endif
