#include "export/ladder_sdp.h"

static const char *const role_names[] = {
	[LADDER_SDP_NONE] = "", [LADDER_SDP_UNKNOWN] = "SDP",
	[LADDER_SDP_OFFER] = "SDP offer", [LADDER_SDP_ANSWER] = "SDP answer",
};

const struct str *
ladder_sdp_notes(struct arena *arena, const struct sip_scan *scan,
		 enum ladder_sdp_role role, enum ladder_sdp how, uint32_t *count)
{
	struct str *notes;

	(void)scan;
	*count = 0;
	if (how == LADDER_SDP_OFF || role == LADDER_SDP_NONE)
		return NULL;
	notes = arena_alloc(arena, sizeof(*notes));
	notes[0] = str_of(role_names[role]);
	*count = 1;
	return notes;
}
