/**
 * @file denied.h  Why a file cannot be opened, told so that one can do something.
 *
 * In the sandbox "Permission denied" has three reasons: the permissions of the file,
 * the user that root was dropped to, and the rules of the sandbox. Each has another
 * remedy.
 */
#ifndef BASE_DENIED_H
#define BASE_DENIED_H

#include "base/base.h"

enum denied_use {
	DENIED_READ,
	DENIED_WRITE,	/**< of a path: to make or replace a file there */
};

/** What is to be told; empty: strerror() alone. */
struct denied {
	char text[256];
};

/**
 * From now on a sandbox with rules for files holds.
 * @param user  that root was dropped to, copied; NULL: there was no drop.
 */
void denied_begin(bool rules, const char *user);

/**
 * Fill @p d with the reason for @p cause (errno) at @p path.
 * @return its text. Costs a few system calls where the cause is EACCES or EPERM.
 */
const char *denied_why(struct denied *d, int cause, const char *path, enum denied_use use);

#endif
