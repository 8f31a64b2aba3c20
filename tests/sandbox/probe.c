/*
 * The hook of the test build: in the sandbox it tries each thing that must not be
 * possible, tells on standard error what came of it, and lets the program go on.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attempts.h"

void probe_run(void);

void
probe_run(void)
{
	for (size_t i = 0; i < attempt_n; i++) {
		errno = 0;
		if (attempts[i].run() == 0)
			fprintf(stderr, "probe: %s: DONE\n", attempts[i].name);
		else
			fprintf(stderr, "probe: %s: %s\n", attempts[i].name, strerror(errno));
	}
}
