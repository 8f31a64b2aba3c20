/**
 * @file hep_in.h  HEP packets inside of a capture: what they carry counts, not they.
 */
#ifndef APP_HEP_IN_H
#define APP_HEP_IN_H

#include "app/deliver.h"

/** Take one HEP packet that came as @p outer says. @param place  of packet; source
 * PLACE_NONE: none. @return whether it is HEP. */
bool hep_in(const struct delivery *outer, struct str packet, struct place place);

#endif
