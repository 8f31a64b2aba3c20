/**
 * @file reserve.h  Temporary files made beforehand, for a process that may not make any.
 *
 * Captures come and go while the program runs (another file is opened, calls are saved),
 * each with spools of its own. Once filled, the reserve gives them their files and takes
 * them back, empty.
 */
#ifndef CAPTURE_RESERVE_H
#define CAPTURE_RESERVE_H

#include "base/base.h"

/** Make the files, in $TMPDIR or /tmp. What cannot be made is missing. */
void reserve_fill(void);

/** @return an empty file, the caller's; -1: there is none. */
int reserve_take(void);

/** Take a file back, and what is in it away; closes it where there is no reserve. */
void reserve_give(int fd);

#endif
