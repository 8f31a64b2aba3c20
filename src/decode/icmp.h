/**
 * @file icmp.h  ICMP errors and the packet that they quote (RFC 792, 4443, 4884).
 */
#ifndef DECODE_ICMP_H
#define DECODE_ICMP_H

#include "decode/segment.h"

struct icmp_error {
	const char *text;	/**< "port unreachable", "time exceeded", "packet too big"; static */
	uint8_t type, code;
	struct segment quoted;	/**< as far as it is quoted: src and dst are those of the
				     packet that caused the error; payload may be cut or
				     empty (flaw CUT), ports 0 when not quoted or of a later
				     fragment; kind may be any IP protocol; tunnels are
				     not entered; place and in_record are not set */
};

/** Read an ICMP or ICMPv6 segment. @return false when it is no error, or quotes
 * no packet with addresses. Borrows from the segment. */
bool icmp_error_read(const struct segment *seg, struct icmp_error *error);

#endif
