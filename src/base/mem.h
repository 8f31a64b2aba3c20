/**
 * @file mem.h  Memory that is there or the program is not.
 *
 * Running out of memory is not handled call by call: the hook (which restores
 * the terminal) runs, a line is printed and the program exits with code 3.
 * A size that came from the wire is bounded before it gets here.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/base.h"

/** Like malloc(3) and friends, never NULL for a size above 0. Release by free(). */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t size);

/** count * size bytes; dies as out of memory where the product overflows. */
void *xreallocarray(void *p, size_t count, size_t size);

/** Clear @p n bytes by the memset() of the C library, which takes less than the string
 * instruction that compilers put in its place for a struct of some hundred bytes. */
void mem_zero(void *p, size_t n);

/**
 * Zeroed pages straight from the system, for large tables. Memory follows use:
 * untouched pages cost nothing. Huge pages are asked for, which are filled
 * faster but count whole (2 MiB) once touched; not for the first @p small bytes,
 * so that a table that stays small costs little.
 * @return @p size bytes, to be given to pages_free() with the same size.
 */
void *pages_alloc(size_t size, size_t small);
void pages_free(void *p, size_t size);

/** Give what lies in a part of them back, whole pages; it reads as zeroes then. */
void pages_empty(void *p, size_t size);

/** Whether pages_alloc() is to give small pages from now on, for good: where memory is given
 * back by parts, a huge page would be filled again behind one's back. */
void pages_set_small(bool small);

/** Let the first 2 MiB of @p p from pages_alloc(), begun with small pages, be a huge one from
 * now on, where the system can. What is in them stays. Some 0.1 ms. */
void pages_gather(void *p);

/** Have the memory of @p size bytes of pages_alloc() given now, for it will be written to soon:
 * all at once is much cheaper than page by page when they are touched. No effect where the
 * kernel cannot (before Linux 5.14). */
void pages_want(void *p, size_t size);

/** A NUL-terminated copy of @p n bytes at @p p, to be freed by the caller. */
char *xstrndup(const char *p, size_t n);
char *xstrdup(const char *s);

/** Set what is called before dying of memory; NULL: nothing. */
void mem_set_die_hook(void (*hook)(void));

/**
 * Make room for @p need elements in a growing array: *array is reallocated to
 * a capacity of at least @p need (doubling), *cap is updated. Amortised O(1).
 */
void array_grow(void **array, size_t *cap, size_t need, size_t size);

/** array_grow() with the element size from the array's type. */
#define ARRAY_GROW(array, cap, need) do { \
	void *array_p_ = (array); \
	if ((need) > (cap)) { \
		array_grow(&array_p_, &(cap), (need), sizeof(*(array))); \
		(array) = array_p_; \
	} \
} while (0)

#endif
