/** @file icmp_in.h  ICMP errors, tied to the message or connection they quote. */
#ifndef APP_ICMP_IN_H
#define APP_ICMP_IN_H

#include "app/engine.h"

/** Take an ICMP or ICMPv6 segment. */
void icmp_in(struct engine *e, const struct segment *seg);

#endif
