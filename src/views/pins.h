/**
 * @file pins.h  Which calls are on the screen: those that the store lets go of last.
 *
 * Each open view names its calls, and names others when it shows others; the list of
 * calls tells besides which are selected. Whether a call is held is answered in O(1).
 */
#ifndef VIEWS_PINS_H
#define VIEWS_PINS_H

#include "base/sparse.h"
#include "views/call_set.h"

struct pins {
	struct sparse calls;		/**< private; how many views hold each */
	const struct call_set *selected;	/**< set by the list of calls; NULL: none */
};

void pins_init(struct pins *p);
void pins_release(struct pins *p);

/** Whether call @p call is held by a view, or selected. O(1). */
bool pins_has(const struct pins *p, uint32_t call);

/** The calls that one view holds; zeroed: none. */
struct pinned {
	uint32_t *calls;	/**< to be read; owned */
	size_t n;		/**< to be read */
	size_t cap;		/**< private */
};

/** Let a view hold these and no others; CALL_NONE is left out. Copied. @p p may be NULL:
 * then nobody asks. O(n). */
void pinned_set(struct pinned *v, struct pins *p, const uint32_t *calls, size_t n);

/** Let go of all of them. */
void pinned_release(struct pinned *v, struct pins *p);

#endif
