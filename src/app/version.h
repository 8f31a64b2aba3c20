/** @file version.h  The version, and what it was built with. */
#ifndef APP_VERSION_H
#define APP_VERSION_H

#include "base/base.h"

void version_print(FILE *out);

#endif
