#include <stdarg.h>
#include <sys/mman.h>

#include "base/mem.h"

static void (*die_hook)(void);

void
mem_set_die_hook(void (*hook)(void))
{
	die_hook = hook;
}

ATTR_NORETURN static void
die_of_memory(size_t size)
{
	if (die_hook)
		die_hook();
	fprintf(stderr, "rung: out of memory (%zu bytes wanted)\n", size);
	exit(3);
}

void
bug_at(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	if (die_hook)
		die_hook();
	fprintf(stderr, "rung: bug at %s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

void
mem_zero(void *p, size_t n)
{
	memset(p, 0, n);
}

void *
xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		die_of_memory(size);
	return p;
}

void *
xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		die_of_memory(count * size);
	return p;
}

void *
xrealloc(void *p, size_t size)
{
	void *q = realloc(p, size ? size : 1);

	if (!q)
		die_of_memory(size);
	return q;
}

void *
xreallocarray(void *p, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		die_of_memory(SIZE_MAX);
	return xrealloc(p, bytes);
}

#define HUGE_PAGE	((size_t)2 << 20)
#define SMALL_PAGE	((size_t)4096)

static bool small_pages;

void
pages_set_small(bool small)
{
	small_pages = small;
}

static size_t
huge_round(size_t size)
{
	return (size + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
}

void *
pages_alloc(size_t size, size_t small)
{
	size_t skew, all = huge_round(size);
	char *p = mmap(NULL, all + HUGE_PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die_of_memory(size);
	/* Huge pages lie at multiples of their size: what sticks out goes back. */
	skew = (HUGE_PAGE - ((uintptr_t)p & (HUGE_PAGE - 1))) & (HUGE_PAGE - 1);
	if (skew > 0)
		munmap(p, skew);
	p += skew;
	munmap(p + all, HUGE_PAGE - skew);
	small = huge_round(small);
	if (small_pages)
		madvise(p, all, MADV_NOHUGEPAGE);
	else if (small < all)
		madvise(p + small, all - small, MADV_HUGEPAGE);
	return p;
}

void
pages_gather(void *p)
{
#ifdef MADV_COLLAPSE
	if (small_pages)
		return;
	/* No matter if not: it is for speed. */
	(void)madvise(p, HUGE_PAGE, MADV_COLLAPSE);
#else
	(void)p;
#endif
}

void
pages_want(void *p, size_t size)
{
#ifdef MADV_POPULATE_WRITE
	size_t skew = (uintptr_t)p & (SMALL_PAGE - 1);

	(void)madvise((char *)p - skew, size + skew, MADV_POPULATE_WRITE);
#else
	(void)p;
	(void)size;
#endif
}

void
pages_free(void *p, size_t size)
{
	if (p)
		munmap(p, huge_round(size));
}

void
pages_empty(void *p, size_t size)
{
	(void)madvise(p, size, MADV_DONTNEED);
}

char *
xstrndup(const char *p, size_t n)
{
	char *s = xmalloc(n + 1);

	if (n > 0)
		memcpy(s, p, n);
	s[n] = '\0';
	return s;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

void
array_grow(void **array, size_t *cap, size_t need, size_t size)
{
	size_t n = *cap ? *cap : 8;

	if (need <= *cap)
		return;
	while (n < need)
		n = n > SIZE_MAX / 2 ? need : n * 2;
	*array = xreallocarray(*array, n, size);
	*cap = n;
}
