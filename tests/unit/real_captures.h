/* Tests on real captures: the folder that $RUNG_CAPTURES names, with truth/NAME.json beside
 * each, and lists of those that are known to differ. To be included after cmocka.h. */
#ifndef REAL_CAPTURES_H
#define REAL_CAPTURES_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

/* Whether tests/@list has a row for @p name. */
static inline bool
captures_is_known(const char *list, const char *name)
{
	char path[4096], line[4096];
	const char *top = getenv("top_srcdir");
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/%s", top ? top : ".", list);
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s is missing", path);
	snprintf(path, sizeof(path), "| `%s` |", name);
	while (!found && fgets(line, sizeof(line), f))
		found = strncmp(line, path, strlen(path)) == 0;
	fclose(f);
	return found;
}

/* Let @p check see each file; it says whether that is as it should be. Skips without the
 * folder. */
static inline void
captures_check(bool (*check)(const char *folder, const char *name))
{
	const char *folder = getenv("RUNG_CAPTURES");
	struct dirent *entry;
	int files = 0, bad = 0;
	DIR *dir;

	if (!folder || !*folder) {
		print_message("# RUNG_CAPTURES names no folder of captures\n");
		skip();
	}
	dir = opendir(folder);
	if (!dir)
		fail_msg("%s cannot be read", folder);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		files++;
		bad += !check(folder, entry->d_name);
	}
	closedir(dir);
	print_message("# %d files\n", files);
	assert_int_equal(bad, 0);
	assert_true(files > 0);
}

#endif
