/**
 * @file sdp.h  Session descriptions: the session and its media lines.
 *
 * RFC 8866 (earlier 4566); attributes that take parts of their own are in
 * sip/sdp_attr.h. Who offers and who answers is for the caller to know
 * (RFC 3264): the text does not say.
 */
#ifndef SIP_SDP_H
#define SIP_SDP_H

#include "base/str.h"

/** Media kept; more are counted and not kept. */
#define SDP_MEDIA_MAX 32

/** id, name, what it means */
#define SDP_FLAWS(_) \
	_(VERSION,    "version",    "v= is missing or not 0") \
	_(ORIGIN,     "origin",     "o= is missing or does not parse") \
	_(NAME,       "name",       "s= is missing") \
	_(TIME,       "time",       "t= is missing or does not parse") \
	_(CONNECTION, "connection", "c= does not parse") \
	_(NO_ADDRESS, "no-address", "a medium that is in use has no c=") \
	_(MEDIA,      "media",      "m= does not parse") \
	_(PORT,       "port",       "a port is not below 65536") \
	_(BANDWIDTH,  "bandwidth",  "b= does not parse") \
	_(ATTRIBUTE,  "attribute",  "the value of a known attribute does not parse") \
	_(LINE,       "line",       "a line is not a letter and '='") \
	_(ORDER,      "order",      "text comes before v=, or a line is out of order") \
	_(TOO_MANY,   "too-many",   "more media lines than are kept")

enum sdp_flaw_bit {
#define SDP_FLAW_BIT(id, ...) SDP_FLAW_BIT_##id,
	SDP_FLAWS(SDP_FLAW_BIT)
#undef SDP_FLAW_BIT
	SDP_FLAW_COUNT
};

enum sdp_flaw {
#define SDP_FLAW_ID(id, ...) SDP_FLAW_##id = 1 << SDP_FLAW_BIT_##id,
	SDP_FLAWS(SDP_FLAW_ID)
#undef SDP_FLAW_ID
};

struct sdp_flaw_def {
	const char *name;
	const char *help;
};

/** Indexed by enum sdp_flaw_bit. */
extern const struct sdp_flaw_def sdp_flaw_defs[SDP_FLAW_COUNT];

enum sdp_address_kind {
	SDP_ADDRESS_NONE,
	SDP_ADDRESS_IP4,
	SDP_ADDRESS_IP6,
	SDP_ADDRESS_NAME,	/* a domain name */
	SDP_ADDRESS_BAD,	/* not what its type says */
};

struct sdp_address {
	struct str text;	/**< without "/ttl/count" */
	uint8_t kind;		/**< enum sdp_address_kind */
	uint8_t ttl;		/**< of IPv4 multicast; 0: none */
	uint32_t count;		/**< of consecutive addresses; 1 when not said */
};

enum sdp_direction {
	SDP_SENDRECV,		/* the default, section 6.7 */
	SDP_SENDONLY,
	SDP_RECVONLY,
	SDP_INACTIVE,
};

struct sdp_origin {
	struct str username;
	struct str session_id;	/**< digits; may exceed 64 bits */
	struct str version;
	struct sdp_address address;
};

struct sdp_rtcp {
	bool present;
	uint16_t port;
	struct sdp_address address;	/**< NONE: that of the medium */
};

struct sdp_fingerprint {
	struct str hash;	/**< "sha-256" */
	struct str digest;	/**< "AB:CD..." */
};

/** ITU-T T.38 annex D attributes; 0 and empty when absent. */
struct sdp_t38 {
	uint32_t version;
	uint32_t max_bit_rate;
	uint32_t max_buffer, max_datagram;	/**< bytes */
	struct str rate_management;	/**< "transferredTCF", "localTCF" */
	struct str error_correction;	/**< "t38UDPRedundancy" ... */
	bool fill_bit_removal, transcoding_mmr, transcoding_jbig;
};

/** Values that stand for the session, and for a medium unless it has its own. */
struct sdp_common {
	struct sdp_address address;	/**< first c= */
	uint32_t addresses;	/**< c= lines here */
	uint8_t direction;	/**< enum sdp_direction */
	bool has_direction;
	struct sdp_fingerprint fingerprint;
	struct str setup;	/**< "actpass" ... */
	struct str ice_ufrag, ice_pwd;	/**< the password is not for logs */
	bool extmap_allow_mixed;
};

/** Slices borrow from the text. */
struct sdp_media {
	struct str text;	/**< its lines, from m= on, for sdp_line_next() */
	struct str type;	/**< "audio" ... */
	struct str proto;	/**< "RTP/AVP" ... */
	struct str formats;	/**< for sdp_format_next() */
	uint32_t format_count;
	uint16_t port;		/**< 0: not in use, or not known */
	bool has_port;		/**< the port could be read */
	uint32_t port_count;	/**< 1 when not said */
	struct str title;	/**< i= */
	struct sdp_common common;	/**< session values filled in */
	bool own_address;	/**< the c= is its own, not the session's */
	struct sdp_rtcp rtcp;
	bool rtcp_mux, rtcp_rsize;
	uint32_t ptime_ms, maxptime_ms;	/**< 0: absent */
	struct str mid, label, content;
	uint32_t crypto_count, candidate_count, ssrc_count;
	struct sdp_t38 t38;
};

struct sdp {
	struct str text;	/**< all of it */
	struct str session;	/**< lines before the first m= */
	struct sdp_origin origin;
	struct str name;	/**< s= */
	struct str user_agent;	/**< a=tool */
	struct sdp_common common;
	bool ice_lite;
	struct str group;	/**< first a=group, "BUNDLE a b" */
	uint64_t start, stop;	/**< t=, NTP seconds */
	uint32_t flaws;		/**< enum sdp_flaw */
	uint32_t media_count;	/**< kept in media[] */
	uint32_t media_total;	/**< m= lines in the text */
	struct sdp_media media[SDP_MEDIA_MAX];
};

/**
 * Parse the description @p text into *sdp, which is always filled with what could
 * be read; of media[] only the first media_count are set. Lines may end in LF or
 * CRLF; empty lines end nothing.
 * @return whether it is without flaws. No allocation; O(n). The struct is some
 *         12 kilobytes: on the stack, not in an index.
 */
bool sdp_parse(struct str text, struct sdp *sdp);

/** Cut the next line "letter=value" off *rest. *letter is 0 for a line of
 * another form. False at the end. */
bool sdp_line_next(struct str *rest, char *letter, struct str *value);

/** Cut the next format off the formats of a medium. False at the end. */
bool sdp_format_next(struct str *formats, struct str *format);

/** The port of a medium whose sender does not know yet where it receives: with the address
 * 0.0.0.0 or ::, candidates are to come (trickle ICE, RFC 8840). */
#define SDP_PORT_UNKNOWN	9u

/** Whether the medium is on hold as far as this description says: in use, and
 * it does not want to receive (sendonly, inactive; RFC 3264 section 8.4), or its
 * address is 0.0.0.0 or :: (RFC 2543), but for SDP_PORT_UNKNOWN. */
bool sdp_is_hold(const struct sdp_media *media);

/** Whether the medium was rejected or taken away: it says port 0, not bundled. */
bool sdp_is_rejected(const struct sdp_media *media);

/** "sendrecv", "sendonly", "recvonly" or "inactive". Static. */
struct str sdp_direction_name(enum sdp_direction direction);

#endif
