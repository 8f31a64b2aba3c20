/**
 * @file docgen.h  Sections of the man page, printed from the tables.
 *
 * man/rung.1 holds them between "BEGIN name" and "END name" comments;
 * tests/check-docs.sh compares, and rewrites with UPDATE=1.
 */
#ifndef APP_DOCGEN_H
#define APP_DOCGEN_H

#include "base/base.h"

/** Print the section called @p name as man source: "options", "call-fields",
 * "message-fields", "keys", "settings", "roles", "columns", "states", "flaws".
 * @return 0, or -1 when there is none of that name. */
int docgen_print(const char *name, FILE *out);

#endif
