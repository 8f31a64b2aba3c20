#include "sip/flaw.h"

const struct sip_flaw_def sip_flaw_defs[SIP_FLAW_COUNT] = {
#define SIP_FLAW_DEF(id, flaw_name, flaw_help) \
	[SIP_FLAW_BIT_##id] = { .name = flaw_name, .help = flaw_help },
	SIP_FLAWS(SIP_FLAW_DEF)
#undef SIP_FLAW_DEF
};

_Static_assert(SIP_FLAW_COUNT <= 31, "flaws are one word, and enumerators are int");
