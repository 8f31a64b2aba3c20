/**
 * @file status.h  Status codes and their standard phrases, one table.
 */
#ifndef SIP_STATUS_H
#define SIP_STATUS_H

#include "base/str.h"

/** code, phrase, source */
#define SIP_STATUSES(_) \
	_(100, "Trying", "RFC 3261") \
	_(180, "Ringing", "RFC 3261") \
	_(181, "Call Is Being Forwarded", "RFC 3261") \
	_(182, "Queued", "RFC 3261") \
	_(183, "Session Progress", "RFC 3261") \
	_(199, "Early Dialog Terminated", "RFC 6228") \
	_(200, "OK", "RFC 3261") \
	_(202, "Accepted", "RFC 6665") \
	_(204, "No Notification", "RFC 5839") \
	_(300, "Multiple Choices", "RFC 3261") \
	_(301, "Moved Permanently", "RFC 3261") \
	_(302, "Moved Temporarily", "RFC 3261") \
	_(305, "Use Proxy", "RFC 3261") \
	_(380, "Alternative Service", "RFC 3261") \
	_(400, "Bad Request", "RFC 3261") \
	_(401, "Unauthorized", "RFC 3261") \
	_(402, "Payment Required", "RFC 3261") \
	_(403, "Forbidden", "RFC 3261") \
	_(404, "Not Found", "RFC 3261") \
	_(405, "Method Not Allowed", "RFC 3261") \
	_(406, "Not Acceptable", "RFC 3261") \
	_(407, "Proxy Authentication Required", "RFC 3261") \
	_(408, "Request Timeout", "RFC 3261") \
	_(410, "Gone", "RFC 3261") \
	_(412, "Conditional Request Failed", "RFC 3903") \
	_(413, "Request Entity Too Large", "RFC 3261") \
	_(414, "Request-URI Too Long", "RFC 3261") \
	_(415, "Unsupported Media Type", "RFC 3261") \
	_(416, "Unsupported URI Scheme", "RFC 3261") \
	_(417, "Unknown Resource-Priority", "RFC 4412") \
	_(420, "Bad Extension", "RFC 3261") \
	_(421, "Extension Required", "RFC 3261") \
	_(422, "Session Interval Too Small", "RFC 4028") \
	_(423, "Interval Too Brief", "RFC 3261") \
	_(424, "Bad Location Information", "RFC 6442") \
	_(425, "Bad Alert Message", "RFC 8876") \
	_(428, "Use Identity Header", "RFC 8224") \
	_(429, "Provide Referrer Identity", "RFC 3892") \
	_(430, "Flow Failed", "RFC 5626") \
	_(433, "Anonymity Disallowed", "RFC 5079") \
	_(436, "Bad Identity Info", "RFC 8224") \
	_(437, "Unsupported Credential", "RFC 8224") \
	_(438, "Invalid Identity Header", "RFC 8224") \
	_(439, "First Hop Lacks Outbound Support", "RFC 5626") \
	_(440, "Max-Breadth Exceeded", "RFC 5393") \
	_(469, "Bad Info Package", "RFC 6086") \
	_(470, "Consent Needed", "RFC 5360") \
	_(480, "Temporarily Unavailable", "RFC 3261") \
	_(481, "Call/Transaction Does Not Exist", "RFC 3261") \
	_(482, "Loop Detected", "RFC 3261") \
	_(483, "Too Many Hops", "RFC 3261") \
	_(484, "Address Incomplete", "RFC 3261") \
	_(485, "Ambiguous", "RFC 3261") \
	_(486, "Busy Here", "RFC 3261") \
	_(487, "Request Terminated", "RFC 3261") \
	_(488, "Not Acceptable Here", "RFC 3261") \
	_(489, "Bad Event", "RFC 6665") \
	_(491, "Request Pending", "RFC 3261") \
	_(493, "Undecipherable", "RFC 3261") \
	_(494, "Security Agreement Required", "RFC 3329") \
	_(500, "Server Internal Error", "RFC 3261") \
	_(501, "Not Implemented", "RFC 3261") \
	_(502, "Bad Gateway", "RFC 3261") \
	_(503, "Service Unavailable", "RFC 3261") \
	_(504, "Server Time-out", "RFC 3261") \
	_(505, "Version Not Supported", "RFC 3261") \
	_(513, "Message Too Large", "RFC 3261") \
	_(555, "Push Notification Service Not Supported", "RFC 8599") \
	_(580, "Precondition Failure", "RFC 3312") \
	_(600, "Busy Everywhere", "RFC 3261") \
	_(603, "Decline", "RFC 3261") \
	_(604, "Does Not Exist Anywhere", "RFC 3261") \
	_(606, "Not Acceptable", "RFC 3261") \
	_(607, "Unwanted", "RFC 8197") \
	_(608, "Rejected", "RFC 8688")

/** The standard phrase of @p code; STR_NONE when it has none. Static. */
struct str sip_status_phrase(unsigned code);

/** 1 to 6, the first digit of a code that is one; else 0. */
static inline unsigned
sip_status_class(unsigned code)
{
	return code >= 100 && code <= 699 ? code / 100 : 0;
}

/** What a class means, "provisional" to "global failure"; STR_NONE for 0. */
struct str sip_status_class_name(unsigned class);

#endif
