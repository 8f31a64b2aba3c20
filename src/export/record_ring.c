/*
 * The names of a ring: STEM-20261121-141500SUFFIX, and with -2, -3 and so on behind the
 * time for more of one second. A clock that was set back leads to names that are there
 * already, which is the same case. The number goes on from that of the file before,
 * for not all that were made in a second may be there still.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/denied.h"
#include "base/mem.h"
#include "export/record_int.h"
#include "export/save.h"

#define STAMP_N		15u		/* "20261121-141500" */
#define NUMBER_MAX	1000000u	/* files of one second */

/* ---- names ---- */

static bool
is_stamp(struct str s)
{
	if (s.n < STAMP_N)
		return false;
	for (size_t i = 0; i < STAMP_N; i++)
		if (i == 8 ? s.p[i] != '-' : !ascii_is_digit(s.p[i]))
			return false;
	return true;
}

bool
ring_has(const struct ring *ring, const char *name, const char **stamp, uint32_t *number)
{
	struct str s = str_of(name), stem = str_of(ring->stem), suffix = str_of(ring->suffix);

	if (!str_starts(s, stem))
		return false;
	s = str_skip(s, stem.n);
	if (s.n < 1 + STAMP_N + suffix.n || s.p[0] != '-' || !str_ends(s, suffix))
		return false;
	s = str_sub(s, 1, s.n - 1 - suffix.n);
	if (!is_stamp(s))
		return false;
	*stamp = s.p;
	*number = 1;
	s = str_skip(s, STAMP_N);
	if (s.n == 0)
		return true;
	return s.n >= 2 && s.p[0] == '-' && s.p[1] != '0' &&
		str_to_u32(str_skip(s, 1), number) && *number >= 2;
}

static int
by_age(const void *a, const void *b)
{
	const struct ring_file *x = a, *y = b;
	int order = memcmp(x->stamp, y->stamp, STAMP_N);

	if (order != 0)
		return order;
	return (x->number > y->number) - (x->number < y->number);
}

void
ring_add(struct ring *ring, const char *name)
{
	struct ring_file f = { .name = xstrdup(name) };

	if (!ring_has(ring, f.name, &f.stamp, &f.number))
		BUG("\"%s\" is not of the ring", name);
	ARRAY_GROW(ring->files, ring->cap, ring->n + 1);
	ring->files[ring->n++] = f;
}

void
ring_drop_last(struct ring *ring)
{
	if (ring->n > 0)
		free(ring->files[--ring->n].name);
}

/* ---- opening ---- */

static int
list_files(struct ring *ring, struct err *err)
{
	int fd = openat(ring->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	const char *stamp;
	uint32_t number;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return err_set(err, "%s: %s", ring->path, strerror(errno));
	}
	while ((entry = readdir(dir)) != NULL)
		if (ring_has(ring, entry->d_name, &stamp, &number))
			ring_add(ring, entry->d_name);
	closedir(dir);
	if (ring->n > 1)
		qsort(ring->files, ring->n, sizeof(*ring->files), by_age);
	return 0;
}

int
ring_open(struct ring *ring, const char *path, bool bounded, struct err *err)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t stem;

	*ring = (struct ring){ .dir = -1 };
	if (!*name)
		return err_set(err, "%s: is no name of a file", path);
	save_format_of(str_of(name), &stem);
	ring->stem = xstrndup(name, stem);
	ring->suffix = name + stem;
	ring->path = !slash ? xstrdup(".") : slash == path ? xstrdup("/")
		: xstrndup(path, (size_t)(slash - path));
	ring->dir = open(ring->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* A directory may be written to and not be read: then a bound cannot be kept. */
	if (ring->dir < 0 && errno == EACCES && !bounded)
		ring->dir = open(ring->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (ring->dir < 0)
		return err_set(err, "%s: %s", ring->path, strerror(errno));
	return bounded ? list_files(ring, err) : 0;
}

int
record_check(const struct recorder *r, struct err *err)
{
	struct denied why;
	int fd;

	if (!r->rotates || r->ring.dir < 0)
		return 0;
	fd = openat(r->ring.dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0)
		return close(fd);
	/* What is not known there as a kind of file says nothing. */
	if (errno != EACCES && errno != EPERM && errno != EROFS)
		return 0;
	return err_set(err, "%s: %s", r->ring.path,
		       denied_why(&why, errno, r->o.path, DENIED_WRITE));
}

void
ring_release(struct ring *ring)
{
	for (size_t i = 0; i < ring->n; i++)
		free(ring->files[i].name);
	free(ring->files);
	free(ring->stem);
	free(ring->path);
	if (ring->dir >= 0)
		close(ring->dir);
}

/* ---- making and removing ---- */

int
ring_create(struct ring *ring, int64_t now, bool utc, char **name)
{
	time_t clock = (time_t)(now / NS_PER_S);
	char stamp[sizeof(ring->last)];
	struct tm tm;
	uint32_t number = 1;

	if (!(utc ? gmtime_r(&clock, &tm) : localtime_r(&clock, &tm)) ||
	    strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm) != STAMP_N) {
		errno = EOVERFLOW;
		return -1;
	}
	if (strcmp(stamp, ring->last) == 0)
		number = ring->last_number + 1;
	for (; number <= NUMBER_MAX; number++) {
		struct buf b = BUF_INIT;
		int fd;

		buf_printf(&b, "%s-%s", ring->stem, stamp);
		if (number > 1)
			buf_printf(&b, "-%u", number);
		buf_add_cstr(&b, ring->suffix);
		fd = openat(ring->dir, b.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY,
			    0666);
		if (fd >= 0) {
			memcpy(ring->last, stamp, sizeof(stamp));
			ring->last_number = number;
			*name = b.p;
			return fd;
		}
		buf_release(&b);
		if (errno != EEXIST)
			return -1;
	}
	errno = EEXIST;
	return -1;
}

/* @return whether it was taken away by us. */
static bool
remove_file(struct recorder *r, const char *name)
{
	struct stat st;

	if (fstatat(r->ring.dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	if (!S_ISREG(st.st_mode) || (r->o.is_input && r->o.is_input(r->o.ctx, &st)))
		return false;
	if (unlinkat(r->ring.dir, name, 0) == 0)
		return true;
	if (errno != ENOENT)
		record_tell(r, "%s/%s: cannot be removed: %s", r->ring.path, name,
			    strerror(errno));
	return false;
}

void
ring_trim(struct recorder *r, size_t n)
{
	struct ring *ring = &r->ring;
	size_t gone = ring->n > n ? ring->n - n : 0;

	if (gone == 0)
		return;
	for (size_t i = 0; i < gone; i++) {
		r->stats.removed += remove_file(r, ring->files[i].name);
		free(ring->files[i].name);
	}
	ring->n -= gone;
	memmove(ring->files, ring->files + gone, ring->n * sizeof(*ring->files));
}
