/** @file attempts.h  What somebody would try who has taken the program over. */
#ifndef ATTEMPTS_H
#define ATTEMPTS_H

#include <stddef.h>

struct attempt {
	const char *name;
	int (*run)(void);	/**< @return -1 with errno when it was refused */
};

extern const struct attempt attempts[];
extern const size_t attempt_n;

#endif
