/**
 * @file base.h  What every file may rely on: attributes, bugs, poison.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

#define ATTR_PRINTF(f, a)	__attribute__((format(printf, f, a)))
#define ATTR_NORETURN		__attribute__((noreturn))
#define ATTR_PURE		__attribute__((pure))
#define ATTR_UNUSED		__attribute__((unused))
#define ALWAYS_INLINE		inline __attribute__((always_inline))
#define NOINLINE		__attribute__((noinline))
#define LIKELY(x)		__builtin_expect(!!(x), 1)
#define UNLIKELY(x)		__builtin_expect(!!(x), 0)

/** Our own mistake: say where, and abort. Never used for what input can cause. */
#define BUG(...)		bug_at(__FILE__, __LINE__, __VA_ARGS__)
ATTR_NORETURN ATTR_PRINTF(3, 4)
void bug_at(const char *file, int line, const char *fmt, ...);

/* Calls whose size argument is absent or means something else each time. */
#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat strtok atoi atol sscanf gets

#endif
