#include <string.h>

#include "export/save.h"

const struct save_format_def save_format_defs[SAVE_FORMAT_COUNT] = {
#define SAVE_FORMAT_DEF(id, name, suffix, help) [SAVE_##id] = { name, suffix, help },
	SAVE_FORMATS(SAVE_FORMAT_DEF)
#undef SAVE_FORMAT_DEF
};

bool
save_is_packed(struct str path)
{
	return path.n > 3 && str_eq_ci(str_skip(path, path.n - 3), STR(".gz"));
}

enum save_format
save_format_of(struct str path, size_t *stem)
{
	/* What other programs call their pcap files. */
	static const char *const others[] = { ".cap", ".dmp" };
	const char *slash = memrchr(path.p, '/', path.n);
	size_t dir = slash ? (size_t)(slash - path.p) + 1 : 0;

	*stem = path.n;
	if (save_is_packed(path))
		path.n -= 3;
	for (size_t i = 0; i < SAVE_FORMAT_COUNT + ARRAY_SIZE(others); i++) {
		bool own = i < SAVE_FORMAT_COUNT;
		struct str end = str_of(own ? save_format_defs[i].suffix
					: others[i - SAVE_FORMAT_COUNT]);

		/* A name that is but a suffix has none. */
		if (path.n <= dir + end.n || !str_eq_ci(str_skip(path, path.n - end.n), end))
			continue;
		*stem = path.n - end.n;
		return own ? (enum save_format)i : SAVE_PCAP;
	}
	return SAVE_FORMAT_COUNT;
}
