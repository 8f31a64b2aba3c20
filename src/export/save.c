#include "export/save.h"

const struct save_format_def save_format_defs[SAVE_FORMAT_COUNT] = {
#define SAVE_FORMAT_DEF(id, name, suffix, help) [SAVE_##id] = { name, suffix, help },
	SAVE_FORMATS(SAVE_FORMAT_DEF)
#undef SAVE_FORMAT_DEF
};
