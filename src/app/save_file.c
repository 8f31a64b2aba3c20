/*
 * Where the system can, the file has no name at all until it is whole (O_TMPFILE), so
 * that not even SIGKILL or a power cut leaves anything. Elsewhere it is written beside.
 * Everything that opens files for saving is here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "app/save_file.h"

#include "base/buf.h"
#include "base/denied.h"
#include "base/mem.h"
#include "export/save.h"

#define TRIES	100	/* names beside, all of which may be taken */
#define SETTLE_BYTES	((off_t)1 << 20)	/* waited for at once */
#define SETTLE_AHEAD	((off_t)8 << 20)

/* ---- packed ones ---- */

static ssize_t
gz_write(void *cookie, const char *p, size_t n)
{
	int written = n > 0 ? gzwrite(cookie, p, (unsigned)n) : 0;
	int why = 0;

	if (written > 0 || n == 0)
		return written;
	gzerror(cookie, &why);
	if (why != Z_ERRNO)
		errno = EIO;
	return 0;
}

/* A FILE that packs what is written to it into @p fd, which is kept open. */
static FILE *
gz_open(struct save_file *f)
{
	const cookie_io_functions_t io = { .write = gz_write };
	int fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return NULL;
	f->gz = gzdopen(fd, "wb");
	if (!f->gz) {
		close(fd);
		errno = ENOMEM;
		return NULL;
	}
	return fopencookie(f->gz, "w", io);
}

/* ---- opening ---- */

/* The first folder of the path that is not there. @return its length; 0: none. */
static size_t
missing_folder(const char *path)
{
	size_t n = 0;

	for (const char *slash = strchr(path, '/'); slash && n == 0; slash = strchr(slash + 1, '/')) {
		char *folder = xstrndup(path, (size_t)(slash - path));
		struct stat st;

		if (slash > path && stat(folder, &st) != 0 && errno == ENOENT)
			n = (size_t)(slash - path);
		free(folder);
	}
	return n;
}

/* That there is no folder, and what to do. @return whether that is why. */
static bool
fail_folder(const char *path, struct err *err)
{
	size_t n = missing_folder(path);

	if (n == 0)
		return false;
	err_set(err, "%s: there is no folder %.*s; make it first%s", path,
		(int)(n < 200 ? n : 200), path,
		/* As in a template of many names. */
		memchr(path, '%', n) ? " (in names of folders % stands for itself)" : "");
	return true;
}

static int
fail(const struct save_file *f, struct err *err)
{
	int cause = errno;
	struct denied why;

	if (cause == ENOENT && fail_folder(f->path, err)) {
		errno = cause;
		return -1;
	}
	err_set(err, "%s: %s", f->path, denied_why(&why, cause, f->path, DENIED_WRITE));
	errno = cause;
	return -1;
}

/* What has the name now must be fit to be replaced. */
static int
check_old(const struct save_file *f, struct err *err)
{
	struct stat st;

	if (stat(f->path, &st) != 0) {
		/* A name without a file is one too: of a link that leads nowhere. */
		if (errno == ENOENT && lstat(f->path, &st) != 0)
			return 0;
		return fail(f, err);
	}
	if (S_ISREG(st.st_mode) && f->overwrite)
		return 0;
	errno = S_ISDIR(st.st_mode) ? EISDIR : S_ISREG(st.st_mode) ? EEXIST : EINVAL;
	if (errno == EINVAL)
		return err_set(err, "%s: not a regular file", f->path);
	return fail(f, err);
}

static char *
name_beside(const char *path)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	const char *slash = strrchr(path, '/');
	size_t dir = slash ? (size_t)(slash - path) + 1 : 0, n;
	struct buf b = BUF_INIT;
	uint8_t random[6] = { 0 };

	if (getrandom(random, sizeof(random), GRND_NONBLOCK) < 0)
		random[0] = (uint8_t)getpid();
	buf_add(&b, path, dir);
	buf_add_char(&b, '.');
	/* Names have an end too. */
	n = strlen(path + dir);
	buf_add(&b, path + dir, n < 200 ? n : 200);
	buf_add_char(&b, '.');
	for (size_t i = 0; i < sizeof(random); i++)
		buf_add_char(&b, letters[random[i] % (sizeof(letters) - 1)]);
	return b.p;
}

static int
open_beside(struct save_file *f)
{
	int fd = -1;

	for (int i = 0; fd < 0 && i < TRIES; i++) {
		free(f->temp);
		f->temp = name_beside(f->path);
		fd = open(f->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0) {
		int cause = errno;

		free(f->temp);
		f->temp = NULL;
		errno = cause;
	}
	return fd;
}

/* A file without a name in the folder of the one to come. */
static int
open_nameless(const struct save_file *f)
{
	const char *slash = strrchr(f->path, '/');
	char *dir = slash ? xstrndup(f->path, slash == f->path ? 1 : (size_t)(slash - f->path))
			  : xstrdup(".");
	/* Read again where it cannot get its name. */
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);

	free(dir);
	return fd;
}

bool
save_file_is_stream(const char *path)
{
	return strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
}

static int
open_stream(struct save_file *f, struct err *err)
{
	*f = (struct save_file){ .path = xstrdup("standard output"), .stream = true };
	f->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	f->out = f->fd >= 0 ? fdopen(f->fd, "w") : NULL;
	if (f->out)
		return 0;
	fail(f, err);
	save_file_discard(f);
	return -1;
}

int
save_file_check(const char *path, bool overwrite, struct err *err)
{
	char *real = realpath(path, NULL);
	struct save_file f = { .path = real ? real : xstrdup(path), .overwrite = overwrite };
	int r = check_old(&f, err), cause = errno;

	free(f.path);
	errno = cause;
	return r;
}

int
save_file_open(struct save_file *f, const char *path, bool overwrite, struct err *err)
{
	char *real;

	if (save_file_is_stream(path))
		return open_stream(f, err);
	real = realpath(path, NULL);
	/* Behind a link it is the file that is replaced. */
	*f = (struct save_file){
		.path = real ? real : xstrdup(path), .fd = -1, .overwrite = overwrite,
	};
	if (!*path) {
		errno = ENOENT;
		fail(f, err);
		goto failed;
	}
	if (check_old(f, err) != 0)
		goto failed;
	f->fd = open_nameless(f);
	if (f->fd < 0)
		f->fd = open_beside(f);
	if (f->fd < 0) {
		fail(f, err);
		goto failed;
	}
	f->out = save_is_packed(str_of(path)) ? gz_open(f) : fdopen(f->fd, "w");
	if (f->out)
		return 0;
	fail(f, err);
failed: {
		int cause = errno;

		save_file_discard(f);
		errno = cause;
	}
	return -1;
}

/* ---- the end ---- */

/* Write out what is held back, and let go of all but the descriptor. */
static int
close_out(struct save_file *f)
{
	int fd = -1, r = 0, cause = 0;

	/* fclose() takes the descriptor with it, which is wanted still. */
	if (!f->gz) {
		fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
		if (fd < 0) {
			r = -1;
			cause = errno;
		}
	}
	if (fclose(f->out) != 0) {
		r = -1;
		cause = errno;
	}
	f->out = NULL;
	if (!f->gz) {
		f->fd = fd;
	} else {
		errno = 0;
		if (gzclose(f->gz) != Z_OK && r == 0) {
			r = -1;
			cause = errno ? errno : EIO;
		}
		f->gz = NULL;
	}
	errno = cause;
	return r;
}

void
save_file_sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? xstrndup(path, slash == path ? 1 : (size_t)(slash - path)) : NULL;
	int fd = open(dir ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	free(dir);
	if (fd < 0)
		return;
	/* Some file systems cannot; the file itself is on disk. */
	fsync(fd);
	close(fd);
}

/* Copy what has no name and cannot get one into a file beside. */
static int
copy_beside(struct save_file *f)
{
	int to = open_beside(f);
	off_t at = 0;
	ssize_t n;

	if (to < 0)
		return -1;
	do
		n = copy_file_range(f->fd, &at, to, NULL, SETTLE_AHEAD, 0);
	while (n > 0 || (n < 0 && errno == EINTR));
	if (n == 0 && fsync(to) != 0 && errno != EINVAL)
		n = -1;
	if (close(to) != 0)
		n = -1;
	return n == 0 ? 0 : -1;
}

/* Give the file without a name one: the last, or one beside where that is taken and to be
 * replaced. @return whether it has the last one; -1 with errno. */
static int
give_name(struct save_file *f)
{
	char from[sizeof("/proc/self/fd/") + 3 * sizeof(int)];

	snprintf(from, sizeof(from), "/proc/self/fd/%d", f->fd);
	if (linkat(AT_FDCWD, from, AT_FDCWD, f->path, AT_SYMLINK_FOLLOW) == 0)
		return 1;
	if (errno == EEXIST && !f->overwrite)
		return -1;
	for (int i = 0; errno == EEXIST && i < TRIES; i++) {
		free(f->temp);
		f->temp = name_beside(f->path);
		if (linkat(AT_FDCWD, from, AT_FDCWD, f->temp, AT_SYMLINK_FOLLOW) == 0)
			return 0;
	}
	free(f->temp);
	f->temp = NULL;
	/* Without /proc, or on a file system without links. */
	return copy_beside(f);
}

/* The name, where nothing may have it: also not since it was looked at. */
static int
take_free_name(struct save_file *f)
{
	if (renameat2(AT_FDCWD, f->temp, AT_FDCWD, f->path, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* File systems without that know links, which replace nothing. */
	if (link(f->temp, f->path) != 0)
		return -1;
	return unlink(f->temp);
}

static int
take_name(struct save_file *f)
{
	int named = f->temp ? 0 : give_name(f);

	if (named != 0)
		return named > 0 ? 0 : -1;
	return f->overwrite ? rename(f->temp, f->path) : take_free_name(f);
}

bool
save_file_settle(struct save_file *f)
{
	struct stat st;

	if (f->stream)
		return false;
	/* What is held back is little, and what fails here fails again at the end. */
	if (f->settled == 0 && fflush(f->out) != 0)
		return false;
	if (fstat(f->fd, &st) != 0 || f->settled >= st.st_size)
		return false;
	/* Some way ahead the disk is told, and not waited for. */
	if (sync_file_range(f->fd, f->settled + SETTLE_AHEAD, SETTLE_BYTES,
			    SYNC_FILE_RANGE_WRITE) != 0 ||
	    sync_file_range(f->fd, f->settled, SETTLE_BYTES,
			    SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
			    SYNC_FILE_RANGE_WAIT_AFTER) != 0)
		return false;
	f->settled += SETTLE_BYTES;
	return true;
}

void
save_file_push(struct save_file *f)
{
	/* What fails here fails again at the end. */
	if (!f->gz && fflush(f->out) == 0)
		sync_file_range(f->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

int
save_file_commit(struct save_file *f, struct err *err)
{
	const char *what = "write";
	int r = close_out(f);

	if (r == 0) {
		what = "sync";
		r = fsync(f->fd);
		/* Some file systems cannot, and no pipe. */
		if (r != 0 && (errno == EINVAL || (f->stream && errno == EROFS)))
			r = 0;
	}
	if (r == 0 && !f->stream) {
		what = "rename";
		r = take_name(f);
	}
	if (r != 0)
		err_set(err, "%s: %s", what, strerror(errno));
	if (r == 0 && !f->stream) {
		free(f->temp);
		f->temp = NULL;
		if (!f->in_lot)
			save_file_sync_folder(f->path);
	}
	save_file_discard(f);
	return r;
}

void
save_file_discard(struct save_file *f)
{
	if (f->out) {
		fclose(f->out);
		/* That closed it, but for a packed one. */
		if (!f->gz)
			f->fd = -1;
	}
	if (f->gz)
		gzclose(f->gz);
	if (f->path && f->fd >= 0)
		close(f->fd);
	if (f->temp)
		unlink(f->temp);
	free(f->temp);
	free(f->path);
	*f = (struct save_file){ .fd = -1 };
}
