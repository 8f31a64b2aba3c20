/** @file err.h  Why the system said no; owned by the caller. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/base.h"

struct err {
	char text[512];	/**< one line, no full stop: "thing: what: cause" */
};

/** Fill *err (NULL: nobody wants it). @return -1, to be returned on. */
ATTR_PRINTF(2, 3)
int err_set(struct err *err, const char *fmt, ...);

#endif
