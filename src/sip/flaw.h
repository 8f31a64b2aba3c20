/**
 * @file flaw.h  What can be wrong with a SIP message, one table.
 *
 * A flaw never costs the message: it is kept and shown with it. At most 32, so
 * that a message carries them as one word.
 */
#ifndef SIP_FLAW_H
#define SIP_FLAW_H

#include "base/str.h"

/** id, name (filters, JSON), what it means */
#define SIP_FLAWS(_) \
	_(NO_CALL_ID,      "no-call-id",      "no Call-ID header") \
	_(NO_CSEQ,         "no-cseq",         "no CSeq header") \
	_(NO_FROM,         "no-from",         "no From header") \
	_(NO_TO,           "no-to",           "no To header") \
	_(NO_VIA,          "no-via",          "no Via header") \
	_(START_LINE,      "start-line",      "start line does not follow the grammar") \
	_(VERSION,         "version",         "SIP version is not 2.0") \
	_(METHOD_CASE,     "method-case",     "method differs from a known one in case only") \
	_(STATUS,          "status",          "status code outside 100 to 699") \
	_(CSEQ,            "cseq",            "CSeq number missing, or not below 2^31") \
	_(CSEQ_METHOD,     "cseq-method",     "CSeq method missing or not that of the request") \
	_(VIA,             "via",             "Via cannot be parsed") \
	_(FROM,            "from",            "From cannot be parsed") \
	_(TO,              "to",              "To cannot be parsed") \
	_(URI,             "uri",             "Request-URI cannot be parsed") \
	_(DUPLICATE,       "duplicate-header", "a header that may occur once occurs again with another value") \
	_(HEADER,          "header-line",     "header line without a colon or with a bad name") \
	_(LINE_END,        "line-end",        "lines end in LF or CR alone") \
	_(LEADING_CRLF,    "leading-crlf",    "empty lines before the start line") \
	_(NO_END,          "no-header-end",   "no empty line after the headers") \
	_(LENGTH_LONG,     "content-length-long",  "Content-Length is larger than the body captured") \
	_(LENGTH_SHORT,    "content-length-short", "bytes follow the body that Content-Length gives") \
	_(LENGTH_BAD,      "content-length-bad",   "Content-Length is not a number or is negative") \
	_(NUL,             "nul",             "NUL bytes in the headers") \
	_(UTF8,            "utf8",            "headers are not valid UTF-8") \
	_(SEVERAL,         "several",         "shares its datagram with other messages") \
	_(BODY,            "body",            "body does not parse as its Content-Type says, or has none") \
	_(VALUE,           "header-value",    "the value of another known header does not parse") \
	_(CUT,             "cut",             "the capture holds less than was on the wire") \
	_(FRAGMENTS,       "fragments-missing", "fragments of the datagram are not in the capture") \
	_(GAP,             "gap",             "bytes of the stream are not in the capture")

enum sip_flaw_bit {
#define SIP_FLAW_BIT(id, ...) SIP_FLAW_BIT_##id,
	SIP_FLAWS(SIP_FLAW_BIT)
#undef SIP_FLAW_BIT
	SIP_FLAW_COUNT
};

enum sip_flaw {
	SIP_OK = 0,
#define SIP_FLAW_ID(id, ...) SIP_FLAW_##id = 1u << SIP_FLAW_BIT_##id,
	SIP_FLAWS(SIP_FLAW_ID)
#undef SIP_FLAW_ID
};

struct sip_flaw_def {
	const char *name;
	const char *help;
};

/** Indexed by enum sip_flaw_bit. */
extern const struct sip_flaw_def sip_flaw_defs[SIP_FLAW_COUNT];

#endif
