/** @file calls.h  What other views ask of the list of calls. */
#ifndef VIEWS_CALLS_H
#define VIEWS_CALLS_H

#include "views/views.h"

/** Make @p expression the filter of @p v, which is a list of calls; empty: none. When
 * it means nothing, that is said in the footer, and the filter stays. */
void calls_set_filter(struct view *v, struct str expression);

/** The filter of @p v; valid until it is changed. */
struct str calls_filter(const struct view *v);

#endif
