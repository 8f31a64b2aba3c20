/** @file ladder_sdp.h  A session description in a line or a few. */
#ifndef EXPORT_LADDER_SDP_H
#define EXPORT_LADDER_SDP_H

#include "export/ladder.h"

/**
 * Say what the description in @p scan holds: "SDP offer PCMU/PCMA
 * 192.0.2.1:4000 sendrecv". At most LADDER_SDP_LINES lines.
 * @return the lines, in @p arena with their bytes (from the wire: to be made
 *         visible by those who draw); NULL and *count 0 for LADDER_SDP_OFF.
 */
const struct str *ladder_sdp_notes(struct arena *arena, const struct sip_scan *scan,
				   enum ladder_sdp_role role, enum ladder_sdp how,
				   uint32_t *count);

#define LADDER_SDP_LINES	16	/* the last one tells how many more there are */

#endif
