/**
 * @file search.h  Looking for a text, or a pattern, in lines of text.
 *
 * For the screens, where one types what to look for: "/.../" is a regular
 * expression (PCRE2), all else is text. Case does not matter. The work of a match
 * is bounded; where the bound is reached there is none, and that is counted.
 */
#ifndef QUERY_SEARCH_H
#define QUERY_SEARCH_H

#include "base/err.h"
#include "base/str.h"

struct search;

/**
 * @return what looks for @p text, which is copied; NULL when that is empty.
 * An expression that is not one is taken as text; *why says what is wrong with it,
 * and is empty else.
 */
struct search *search_new(struct str text, struct err *why);
void search_free(struct search *s);

/** The first match in @p line from byte @p from on, which is 0 or the end of a match.
 * Never an empty one. @return whether there is one: [*at, *end). */
bool search_find(struct search *s, struct str line, size_t from, size_t *at, size_t *end);

/** How often a line was given up. */
uint64_t search_given_up(const struct search *s);

#endif
