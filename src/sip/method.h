/**
 * @file method.h  SIP methods, one table.
 *
 * A method that is not in the table is SIP_METHOD_OTHER; its name is in the
 * start line and in CSeq.
 */
#ifndef SIP_METHOD_H
#define SIP_METHOD_H

#include "base/str.h"

/** id, name, source */
#define SIP_METHODS(_) \
	_(INVITE,    "INVITE",    "RFC 3261") \
	_(ACK,       "ACK",       "RFC 3261") \
	_(BYE,       "BYE",       "RFC 3261") \
	_(CANCEL,    "CANCEL",    "RFC 3261") \
	_(REGISTER,  "REGISTER",  "RFC 3261") \
	_(OPTIONS,   "OPTIONS",   "RFC 3261") \
	_(PRACK,     "PRACK",     "RFC 3262") \
	_(UPDATE,    "UPDATE",    "RFC 3311") \
	_(SUBSCRIBE, "SUBSCRIBE", "RFC 6665") \
	_(NOTIFY,    "NOTIFY",    "RFC 6665") \
	_(REFER,     "REFER",     "RFC 3515") \
	_(INFO,      "INFO",      "RFC 6086") \
	_(MESSAGE,   "MESSAGE",   "RFC 3428") \
	_(PUBLISH,   "PUBLISH",   "RFC 3903") \
	_(KDMQ,      "KDMQ",      "Kamailio") \
	_(SERVICE,   "SERVICE",   "Lync")

enum sip_method {
	SIP_METHOD_NONE,	/* absent */
#define SIP_METHOD_ID(id, ...) SIP_METHOD_##id,
	SIP_METHODS(SIP_METHOD_ID)
#undef SIP_METHOD_ID
	SIP_METHOD_OTHER,	/* a token, but none of these */
	SIP_METHOD_COUNT
};

/** The method called @p name, case as written (RFC 3261 7.1: case-sensitive).
 * SIP_METHOD_OTHER for any other token, SIP_METHOD_NONE for the empty string. */
enum sip_method sip_method_find(struct str name);

/** Whether @p name is the end of a method's name and not all of it, as where a
 * stream is torn. */
bool sip_method_is_tail(struct str name);

/** Where the known method begins that @p text ends in, SIZE_MAX: there is none. */
size_t sip_method_at_end(struct str text);

/** Its name; empty for NONE and OTHER. Static. */
struct str sip_method_name(enum sip_method m);

#endif
