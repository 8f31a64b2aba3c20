/**
 * @file header.h  The headers of a message, and the table of those known.
 *
 * Names and kinds are from the RFC given; compact forms from the SIP registry
 * of header fields (RFC 3261 section 7.3.3 and later).
 */
#ifndef SIP_HEADER_H
#define SIP_HEADER_H

#include "sip/flaw.h"

/** What the value of a header is; says how to take it apart. */
enum sip_header_kind {
	SIP_KIND_TEXT,		/* free text or one opaque value */
	SIP_KIND_NUMBER,	/* digits, perhaps with parameters */
	SIP_KIND_VALUE,		/* one value with parameters */
	SIP_KIND_LIST,		/* values, separated by commas */
	SIP_KIND_ADDRESS,	/* one address (sip/address.h) */
	SIP_KIND_ADDRESSES,	/* addresses, separated by commas */
	SIP_KIND_VIA,		/* Via values, separated by commas */
	SIP_KIND_AUTH,		/* challenge or credentials (sip/auth.h) */
	SIP_KIND_URI,		/* a URI in <>, with parameters; a list of them */
	SIP_KIND_DATE,
};

#define SIP_ONCE 1	/* may occur once */
#define SIP_MANY 0

/** id, name, compact form or 0, kind, once or many */
#define SIP_HEADERS(_) \
	_(ACCEPT,              "Accept",              0,   LIST,      MANY) \
	_(ACCEPT_CONTACT,      "Accept-Contact",      'a', LIST,      MANY) \
	_(ACCEPT_ENCODING,     "Accept-Encoding",     0,   LIST,      MANY) \
	_(ACCEPT_LANGUAGE,     "Accept-Language",     0,   LIST,      MANY) \
	_(ALERT_INFO,          "Alert-Info",          0,   URI,       MANY) \
	_(ALLOW,               "Allow",               0,   LIST,      MANY) \
	_(ALLOW_EVENTS,        "Allow-Events",        'u', LIST,      MANY) \
	_(AUTHENTICATION_INFO, "Authentication-Info", 0,   LIST,      MANY) \
	_(AUTHORIZATION,       "Authorization",       0,   AUTH,      MANY) \
	_(CALL_ID,             "Call-ID",             'i', TEXT,      ONCE) \
	_(CALL_INFO,           "Call-Info",           0,   URI,       MANY) \
	_(CONTACT,             "Contact",             'm', ADDRESSES, MANY) \
	_(CONTENT_DISPOSITION, "Content-Disposition", 0,   VALUE,     ONCE) \
	_(CONTENT_ENCODING,    "Content-Encoding",    'e', LIST,      MANY) \
	_(CONTENT_ID,          "Content-ID",          0,   TEXT,      ONCE) \
	_(CONTENT_LANGUAGE,    "Content-Language",    0,   LIST,      MANY) \
	_(CONTENT_LENGTH,      "Content-Length",      'l', NUMBER,    ONCE) \
	_(CONTENT_TYPE,        "Content-Type",        'c', VALUE,     ONCE) \
	_(CSEQ,                "CSeq",                0,   VALUE,     ONCE) \
	_(DATE,                "Date",                0,   DATE,      ONCE) \
	_(DIVERSION,           "Diversion",           0,   ADDRESSES, MANY) \
	_(ERROR_INFO,          "Error-Info",          0,   URI,       MANY) \
	_(EVENT,               "Event",               'o', VALUE,     ONCE) \
	_(EXPIRES,             "Expires",             0,   NUMBER,    ONCE) \
	_(FLOW_TIMER,          "Flow-Timer",          0,   NUMBER,    ONCE) \
	_(FROM,                "From",                'f', ADDRESS,   ONCE) \
	_(GEOLOCATION,         "Geolocation",         0,   URI,       MANY) \
	_(HISTORY_INFO,        "History-Info",        0,   ADDRESSES, MANY) \
	_(IDENTITY,            "Identity",            'y', TEXT,      MANY) \
	_(IDENTITY_INFO,       "Identity-Info",       'n', TEXT,      MANY) \
	_(INFO_PACKAGE,        "Info-Package",        0,   VALUE,     ONCE) \
	_(IN_REPLY_TO,         "In-Reply-To",         0,   LIST,      MANY) \
	_(JOIN,                "Join",                0,   VALUE,     ONCE) \
	_(MAX_FORWARDS,        "Max-Forwards",        0,   NUMBER,    ONCE) \
	_(MIME_VERSION,        "MIME-Version",        0,   TEXT,      ONCE) \
	_(MIN_EXPIRES,         "Min-Expires",         0,   NUMBER,    ONCE) \
	_(MIN_SE,              "Min-SE",              0,   NUMBER,    ONCE) \
	_(ORGANIZATION,        "Organization",        0,   TEXT,      ONCE) \
	_(P_ACCESS_NETWORK_INFO, "P-Access-Network-Info", 0, LIST,    MANY) \
	_(P_ASSERTED_IDENTITY, "P-Asserted-Identity", 0,   ADDRESSES, MANY) \
	_(P_ASSOCIATED_URI,    "P-Associated-URI",    0,   ADDRESSES, MANY) \
	_(P_CALLED_PARTY_ID,   "P-Called-Party-ID",   0,   ADDRESS,   ONCE) \
	_(P_CHARGING_VECTOR,   "P-Charging-Vector",   0,   TEXT,      ONCE) \
	_(P_EARLY_MEDIA,       "P-Early-Media",       0,   LIST,      MANY) \
	_(P_PREFERRED_IDENTITY, "P-Preferred-Identity", 0, ADDRESSES, MANY) \
	_(PATH,                "Path",                0,   ADDRESSES, MANY) \
	_(PRIORITY,            "Priority",            0,   TEXT,      ONCE) \
	_(PRIVACY,             "Privacy",             0,   TEXT,      ONCE) \
	_(PROXY_AUTHENTICATE,  "Proxy-Authenticate",  0,   AUTH,      MANY) \
	_(PROXY_AUTHENTICATION_INFO, "Proxy-Authentication-Info", 0, LIST, MANY) \
	_(PROXY_AUTHORIZATION, "Proxy-Authorization", 0,   AUTH,      MANY) \
	_(PROXY_REQUIRE,       "Proxy-Require",       0,   LIST,      MANY) \
	_(RACK,                "RAck",                0,   VALUE,     ONCE) \
	_(REASON,              "Reason",              0,   LIST,      MANY) \
	_(RECORD_ROUTE,        "Record-Route",        0,   ADDRESSES, MANY) \
	_(RECV_INFO,           "Recv-Info",           0,   LIST,      MANY) \
	_(REFER_SUB,           "Refer-Sub",           0,   VALUE,     ONCE) \
	_(REFER_TO,            "Refer-To",            'r', ADDRESS,   ONCE) \
	_(REFERRED_BY,         "Referred-By",         'b', ADDRESS,   ONCE) \
	_(REJECT_CONTACT,      "Reject-Contact",      'j', LIST,      MANY) \
	_(REMOTE_PARTY_ID,     "Remote-Party-ID",     0,   ADDRESSES, MANY) \
	_(REPLACES,            "Replaces",            0,   VALUE,     ONCE) \
	_(REPLY_TO,            "Reply-To",            0,   ADDRESS,   ONCE) \
	_(REQUEST_DISPOSITION, "Request-Disposition", 'd', LIST,      MANY) \
	_(REQUIRE,             "Require",             0,   LIST,      MANY) \
	_(RESOURCE_PRIORITY,   "Resource-Priority",   0,   LIST,      MANY) \
	_(RETRY_AFTER,         "Retry-After",         0,   NUMBER,    ONCE) \
	_(ROUTE,               "Route",               0,   ADDRESSES, MANY) \
	_(RSEQ,                "RSeq",                0,   NUMBER,    ONCE) \
	_(SECURITY_CLIENT,     "Security-Client",     0,   LIST,      MANY) \
	_(SECURITY_SERVER,     "Security-Server",     0,   LIST,      MANY) \
	_(SECURITY_VERIFY,     "Security-Verify",     0,   LIST,      MANY) \
	_(SERVER,              "Server",              0,   TEXT,      ONCE) \
	_(SERVICE_ROUTE,       "Service-Route",       0,   ADDRESSES, MANY) \
	_(SESSION_EXPIRES,     "Session-Expires",     'x', NUMBER,    ONCE) \
	_(SESSION_ID,          "Session-ID",          0,   VALUE,     ONCE) \
	_(SIP_ETAG,            "SIP-ETag",            0,   TEXT,      ONCE) \
	_(SIP_IF_MATCH,        "SIP-If-Match",        0,   TEXT,      ONCE) \
	_(SUBJECT,             "Subject",             's', TEXT,      ONCE) \
	_(SUBSCRIPTION_STATE,  "Subscription-State",  0,   VALUE,     ONCE) \
	_(SUPPORTED,           "Supported",           'k', LIST,      MANY) \
	_(SUPPRESS_IF_MATCH,   "Suppress-If-Match",   0,   TEXT,      ONCE) \
	_(TARGET_DIALOG,       "Target-Dialog",       0,   VALUE,     ONCE) \
	_(TIMESTAMP,           "Timestamp",           0,   TEXT,      ONCE) \
	_(TO,                  "To",                  't', ADDRESS,   ONCE) \
	_(UNSUPPORTED,         "Unsupported",         0,   LIST,      MANY) \
	_(USER_AGENT,          "User-Agent",          0,   TEXT,      ONCE) \
	_(USER_TO_USER,        "User-to-User",        0,   LIST,      MANY) \
	_(VIA,                 "Via",                 'v', VIA,       MANY) \
	_(WARNING,             "Warning",             0,   LIST,      MANY) \
	_(WWW_AUTHENTICATE,    "WWW-Authenticate",    0,   AUTH,      MANY)

enum sip_header_id {
	SIP_HEADER_OTHER,	/* not in the table */
#define SIP_HEADER_ID(id, ...) SIP_HEADER_##id,
	SIP_HEADERS(SIP_HEADER_ID)
#undef SIP_HEADER_ID
	SIP_HEADER_COUNT
};

struct sip_header_def {
	struct str name;	/**< as the RFC writes it; empty for OTHER */
	char compact;		/**< lower case; 0: none */
	uint8_t kind;		/**< enum sip_header_kind */
	bool once;		/**< may occur once in a message */
};

/** Indexed by enum sip_header_id. */
extern const struct sip_header_def sip_header_defs[SIP_HEADER_COUNT];

/** The header called @p name, in any case, long or compact form. */
enum sip_header_id sip_header_find(struct str name);

/** Slices borrow from the message. */
struct sip_header {
	uint8_t id;		/**< enum sip_header_id */
	struct str name;	/**< as sent */
	struct str value;	/**< trimmed; folded line ends left inside */
	struct str line;	/**< the whole line, without its line end */
	bool bad;		/**< no colon, or a name that is no token */
};

/** Where a walk over headers is. */
struct sip_headers {
	struct str rest;	/**< what is left; the body when the walk is over */
	bool bare_cr;		/**< private */
	bool ended;		/**< the empty line was there */
	bool cut;		/**< the last header has no line end */
	uint32_t flaws;		/**< LINE_END, when seen so far */
};

/** Begin with the first header of @p message, which starts with a start line
 * (empty lines before it are skipped). */
void sip_headers_of(struct str message, struct sip_headers *headers);

/** Begin with the first header of a body part, which has no start line. */
void sip_headers_of_part(struct str part, struct sip_headers *headers);

/** The next header. @return false at the end of the head. O(line) and a search
 * of the table. */
bool sip_header_next(struct sip_headers *headers, struct sip_header *header);

#endif
