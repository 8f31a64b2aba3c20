/*
 * Runs a fuzz target over files instead of under libFuzzer: each argument is a
 * file or a folder of files. Prints how many inputs it ran.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *data;
	size_t n;

	if (!f || fstat(fileno(f), &st) != 0) {
		perror(path);
		exit(2);
	}
	/* An exact-size copy on the heap, so that ASan sees one byte too far. */
	data = malloc(st.st_size > 0 ? (size_t)st.st_size : 1);
	if (!data)
		exit(2);
	n = fread(data, 1, (size_t)st.st_size, f);
	fclose(f);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	return 1;
}

static int
run_folder(const char *path, DIR *dir)
{
	struct dirent *entry;
	char name[4096];
	int runs = 0;

	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		runs += run_file(name);
	}
	return runs;
}

int
main(int argc, char **argv)
{
	int runs = 0;

	for (int i = 1; i < argc; i++) {
		DIR *dir = opendir(argv[i]);

		runs += dir ? run_folder(argv[i], dir) : run_file(argv[i]);
		if (dir)
			closedir(dir);
	}
	printf("%d inputs\n", runs);
	return runs > 0 ? 0 : 1;
}
