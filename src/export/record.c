/*
 * What is gathered begins with a whole block or packet, always: each write takes all of
 * it (record_pieces.c), and one to a file that stops halfway is made good by cutting it. So how
 * much of the gathered bytes is whole can be told by walking over them. A pipe cannot be
 * cut: what it has not taken stays, and when that is too much it is new packets that are
 * dropped, never a part of one.
 *
 * A recorder has a file, or none: between two files of a ring, and after a failure. When
 * the next packet comes it begins one, at once or, after a failure, when that is due.
 */
#include "export/record.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <unistd.h>

#include "base/mem.h"
#include "export/record_int.h"

#define PIECE		((size_t)512 << 10)	/* bytes worth a write */
#define PIPE_MAX	((size_t)32 << 20)	/* bytes that wait for a slow reader */
#define PIPE_PIECE	4096u			/* taken without waiting by a pipe that is ready */
#define FLUSH_NS	(500 * NS_PER_MS)	/* packets wait so long for more, and a tick */
#define RETRY_NS	(10 * NS_PER_S)		/* where no time says when a file is due */
#define PATIENCE_NS	NS_PER_S		/* with a pipe, when leaving */

#define HEAD_FILE	24u			/* of pcap */
#define HEAD_RECORD	16u

void
record_tell(struct recorder *r, const char *fmt, ...)
{
	char **slot = &r->notices[r->notice_n++ % RECORD_NOTICES];
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	free(*slot);
	*slot = xstrdup(text);
}

/* A pipe took @p n of the gathered bytes, which are not all. */
static void
forget_taken(struct recorder *r, size_t n)
{
	struct buf *b = &r->w.sink.buf;
	bool is_packet;
	size_t at = r->cut;

	while (at < n)
		at += record_block_size(r, b->p + at, &is_packet);
	r->cut = at - n;
	r->written += n;
	b->n -= n;
	memmove(b->p, b->p + n, b->n);
}

/* ---- files ---- */

/* The next file, if there is to be one, is due then. */
static void
set_due(struct recorder *r, int64_t now)
{
	r->file_until = r->o.rotate_span > 0 ? now + r->o.rotate_span : 0;
}

static void
leave_file(struct recorder *r)
{
	record_pieces_release(r);
	r->stats.packets += r->w.packets;
	r->stats.bytes += r->written;
	pcap_write_drop(&r->w);
	r->w = (struct pcap_writer){ 0 };
	if (r->owns_fd && close(r->fd) != 0 && errno != EINTR)
		record_tell(r, "%s: %s", r->path.p, strerror(errno));
	r->fd = -1;
	r->gathered_since = 0;
}

/* A file that came to nothing is not left lying about. */
static void
unmake_file(struct recorder *r)
{
	if (!r->rotates || unlinkat(r->ring.dir, r->name, 0) != 0)
		return;
	if (r->o.keep > 0)
		ring_drop_last(&r->ring);
	r->stats.files--;
}

/* Tried every few seconds, what fails is told once. */
static void
fail(struct recorder *r, const char *what, const char *why)
{
	int64_t now = time_monotonic();

	r->over = r->target != RECORD_FILE;
	r->retry_at = r->file_until > now ? r->file_until
		: now + (r->o.rotate_span > 0 ? r->o.rotate_span : RETRY_NS);
	if (!r->failed)
		record_tell(r, "%s: %s; nothing %s", what, why,
			    r->over ? "more is written" : "is written for now");
	r->failed = true;
}

/* The lone file is left as it is until there may be room in it again. */
static void
rest_file(struct recorder *r)
{
	if (lseek(r->fd, (off_t)(r->start + r->written), SEEK_SET) < 0)
		record_tell(r, "%s: %s", r->path.p, strerror(errno));
	r->idle_fd = r->fd;
	r->fd = -1;
	buf_clear(&r->w.sink.buf);
	r->cut = 0;
	r->gathered_since = 0;
}

void
record_fail_write(struct recorder *r, int error, const struct buf *b, size_t cut, size_t done,
		  uint64_t behind)
{
	uint64_t all, kept;
	size_t whole;

	record_whole_bytes(r, b, cut, b->n, &all);
	whole = record_whole_bytes(r, b, cut, done, &kept);
	all += behind;
	if (r->target == RECORD_FILE && whole < done &&
	    ftruncate(r->fd, (off_t)(r->start + r->written + whole)) != 0)
		record_tell(r, "%s: cannot be cut at a packet: %s", r->path.p, strerror(errno));
	r->written += whole;
	r->w.packets -= all - kept;
	r->stats.lost += all - kept;
	r->reader_left = error == EPIPE;
	if (r->target == RECORD_FILE && !r->rotates) {
		rest_file(r);
	} else {
		if (r->w.packets == 0) {
			r->written = 0;
			unmake_file(r);
		}
		leave_file(r);
	}
	fail(r, buf_cstr(&r->path), strerror(error));
}

/* ---- writing ---- */

void
record_tell_again(struct recorder *r)
{
	record_tell(r, "%s: packets are written again", r->path.p);
	r->failed = false;
}

/* Gathered bytes are written, all of them. */
static void
set_written(struct recorder *r, size_t n)
{
	r->written += n;
	buf_clear(&r->w.sink.buf);
	if (r->failed && r->w.packets > 0)
		record_tell_again(r);
	r->cut = 0;
	r->try_at = PIECE;
	r->gathered_since = 0;
}

static void
write_file(struct recorder *r, bool last)
{
	if (record_put_piece(r, last)) {
		if (r->fd >= 0)
			buf_reserve(&r->w.sink.buf, PIECE + PIECE / 2);
		r->try_at = PIECE;
		r->gathered_since = 0;
	} else {
		/* Asked again when there is somewhat more. */
		r->try_at = r->w.sink.buf.n + PIECE / 8;
	}
}

/* Whether a pipe takes something. *until: when patience ends, 0: it did not begin to. */
static bool
wait_for_reader(struct recorder *r, bool last, int64_t *until)
{
	struct pollfd ready = { .fd = r->fd, .events = POLLOUT };

	while (poll(&ready, 1, 0) <= 0) {
		bool leaving = r->o.wait ? r->o.leaving && r->o.leaving(r->o.ctx) : last;

		if (!r->o.wait && !last)
			return false;
		if (leaving && *until == 0)
			*until = time_monotonic() + PATIENCE_NS;
		if (*until > 0 && time_monotonic() >= *until)
			return false;
		poll(&ready, 1, 100);
	}
	return true;
}

/* As much as the pipe takes. */
static void
write_pipe(struct recorder *r, bool last)
{
	struct buf *b = &r->w.sink.buf;
	int64_t until = 0;
	size_t done = 0;

	while (done < b->n && wait_for_reader(r, last, &until)) {
		size_t n = b->n - done < PIPE_PIECE ? b->n - done : PIPE_PIECE;
		ssize_t took = write(r->fd, b->p + done, n);

		if (took < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (took < 0) {
			/* What is in a pipe without a reader was not seen by him. */
			record_fail_write(r, errno, b, r->cut, 0, 0);
			return;
		}
		done += (size_t)took;
	}
	if (done == b->n) {
		set_written(r, done);
		return;
	}
	forget_taken(r, done);
	r->try_at = b->n + PIECE;
}

static void
write_out(struct recorder *r, bool last)
{
	if (r->fd < 0 || r->w.sink.buf.n == 0)
		return;
	if (r->target == RECORD_PIPE)
		write_pipe(r, last);
	else
		write_file(r, last);
}

static void
end_file(struct recorder *r)
{
	if (r->fd >= 0 && r->written + r->pieces.bytes == 0)
		pcap_write_head(&r->w, 1);
	write_out(r, true);
	record_drain(r);
	if (r->fd < 0)
		return;
	if (r->w.sink.buf.n > 0) {
		uint64_t lost;

		record_whole_bytes(r, &r->w.sink.buf, r->cut, r->w.sink.buf.n, &lost);
		r->w.packets -= lost;
		r->stats.lost += lost;
		record_tell(r, "%s: the last %zu bytes were not taken by the reader", r->path.p,
			    r->w.sink.buf.n);
	}
	leave_file(r);
}

/* A section, or the head of a pcap file. */
static void
begin_format(struct recorder *r)
{
	struct pcap_write_options options = {
		.ng = r->o.ng, .program = r->o.program, .comment = r->o.comment,
	};

	pcap_write_begin(&r->w, &options, NULL);
	buf_reserve(&r->w.sink.buf, PIECE + PIECE / 2);
	r->note = (struct pcap_packet_note){ .fine = true };
	r->note_source = PLACE_NONE;
	r->cut = options.ng ? 0 : HEAD_FILE;
}

/* What to do with a file that is open. */
static void
begin_writing(struct recorder *r)
{
	begin_format(r);
	r->written = 0;
	r->try_at = PIECE;
	r->stuck_at = r->target == RECORD_PIPE ? PIPE_MAX : 2 * PIECE;
	r->stats.files++;
	set_due(r, time_monotonic());
	write_out(r, false);
}

static void
set_path(struct recorder *r)
{
	buf_clear(&r->path);
	if (strcmp(r->ring.path, ".") != 0 || strncmp(r->o.path, "./", 2) == 0)
		buf_printf(&r->path, "%s%s", r->ring.path,
			   strcmp(r->ring.path, "/") == 0 ? "" : "/");
	buf_add_cstr(&r->path, r->name);
}

/* The next file of the ring. @return 0, or -1 with errno. */
static int
make_file(struct recorder *r)
{
	free(r->name);
	r->name = NULL;
	if (r->o.keep > 0)
		ring_trim(r, r->o.keep - 1);
	r->fd = ring_create(&r->ring, time_now(), r->o.utc, &r->name);
	if (r->fd < 0)
		return -1;
	if (r->o.keep > 0)
		ring_add(&r->ring, r->name);
	r->owns_fd = true;
	r->start = 0;
	set_path(r);
	return 0;
}

/* The file somebody made under the name of the lone one, if it is empty. @return -1 with
 * errno if it is not. */
static int
take_empty(const struct recorder *r)
{
	int fd = openat(r->ring.dir, r->name,
			O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0))
		return fd;
	close(fd);
	errno = EEXIST;
	return -1;
}

/* Why no file could be made. */
static const char *
why_none(const struct recorder *r, int error)
{
	struct stat st;

	if (error != ENOENT || fstat(r->ring.dir, &st) != 0 || st.st_nlink > 0)
		return strerror(error);
	return "the directory was removed";
}

/* The lone file anew, under its name. @return whether it is there. */
static bool
remake_file(struct recorder *r)
{
	int fd = openat(r->ring.dir, r->name,
			O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);

	if (fd < 0 && errno == EEXIST)
		fd = take_empty(r);

	if (fd < 0) {
		fail(r, buf_cstr(&r->path), why_none(r, errno));
		return false;
	}
	r->fd = fd;
	r->start = 0;
	begin_writing(r);
	return r->fd >= 0;
}

/* Go on in the lone file. What interfaces it knows is not sure: a new section has none. */
static void
go_on_writing(struct recorder *r)
{
	uint64_t packets = r->w.packets;

	r->fd = r->idle_fd;
	r->idle_fd = -1;
	r->try_at = PIECE;
	if (!r->o.ng && r->written > 0)
		return;
	pcap_write_drop(&r->w);
	begin_format(r);
	r->w.packets = packets;
}

/* Somebody removed it: in another one of its name files can be made, where the rules for
 * files allow that. */
static void
find_directory(struct recorder *r)
{
	struct stat st;
	int fd;

	if (r->ring.dir < 0 || fstat(r->ring.dir, &st) != 0 || st.st_nlink > 0)
		return;
	fd = open(r->ring.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	close(r->ring.dir);
	r->ring.dir = fd;
}

/* Have a file again, if that is due. */
static NOINLINE bool
resume(struct recorder *r)
{
	if (r->over || (r->failed && time_monotonic() < r->retry_at))
		return false;
	if (r->idle_fd >= 0) {
		go_on_writing(r);
		return true;
	}
	find_directory(r);
	/* It was removed, and its directory too, or another has its name. */
	if (!r->rotates)
		return remake_file(r);
	if (make_file(r) != 0) {
		r->file_until = 0;
		fail(r, r->ring.path, why_none(r, errno));
		return false;
	}
	begin_writing(r);
	return r->fd >= 0;
}

/* Somebody removed the file that is written: what is in it is lost, what comes is not. */
static void
look_for_file(struct recorder *r, bool goes_on)
{
	struct stat st;

	if (r->fd < 0 || r->target != RECORD_FILE || !r->owns_fd || fstat(r->fd, &st) != 0 ||
	    st.st_nlink > 0)
		return;
	record_drain(r);
	if (r->fd < 0)
		return;
	record_tell(r, "%s: was removed, with %llu packets", r->path.p,
		    (unsigned long long)r->w.packets);
	r->stats.lost += r->w.packets;
	r->w.packets = 0;
	r->written = 0;
	leave_file(r);
	if (!r->rotates && goes_on)
		remake_file(r);
}

/* ---- opening ---- */

static void
take_type(struct recorder *r, const struct stat *st)
{
	r->target = S_ISREG(st->st_mode) ? RECORD_FILE
		: S_ISCHR(st->st_mode) && !isatty(r->fd) ? RECORD_DEVICE : RECORD_PIPE;
}

static int
open_stdout(struct recorder *r, struct err *err)
{
	struct stat st;
	off_t at;

	buf_add_cstr(&r->path, "standard output");
	r->fd = STDOUT_FILENO;
	if (fstat(r->fd, &st) != 0)
		return err_set(err, "standard output: %s", strerror(errno));
	if (isatty(r->fd))
		return err_set(err, "packets are not for a terminal: give a pipe or a file");
	if (r->o.is_input && r->o.is_input(r->o.ctx, &st))
		return err_set(err, "standard output is what is read");
	take_type(r, &st);
	at = lseek(r->fd, 0, SEEK_CUR);
	r->start = at > 0 ? (uint64_t)at : 0;
	/* Whatever the place is, bytes go to the end. */
	if (r->target == RECORD_FILE && fcntl(r->fd, F_GETFL) & O_APPEND)
		r->start = (uint64_t)st.st_size;
	return 0;
}

/* The file is there: a pipe, a device, or to be replaced. */
static int
open_existing(struct recorder *r, struct err *err)
{
	struct stat st;

	/* EEXIST tells that force would help: that is said of one case alone. */
	errno = 0;
	if (fstatat(r->ring.dir, r->name, &st, 0) != 0)
		return err_set(err, "%s: %s", r->o.path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(err, "%s: is a directory", r->o.path);
	if (r->o.is_input && r->o.is_input(r->o.ctx, &st))
		return err_set(err, "%s: is what is read", r->o.path);
	if (S_ISREG(st.st_mode) && !r->o.force) {
		err_set(err, "%s: %s", r->o.path, strerror(EEXIST));
		errno = EEXIST;
		return -1;
	}
	r->fd = openat(r->ring.dir, r->name, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (r->fd < 0)
		return err_set(err, "%s: %s", r->o.path, errno == ENXIO && S_ISFIFO(st.st_mode) ?
			       "nobody reads this pipe yet" : strerror(errno));
	r->owns_fd = true;
	/* It may be another one by now. */
	if (fstat(r->fd, &st) != 0 || (r->o.is_input && r->o.is_input(r->o.ctx, &st)))
		return err_set(err, "%s: is what is read", r->o.path);
	take_type(r, &st);
	if (r->target == RECORD_FILE && ftruncate(r->fd, 0) != 0)
		return err_set(err, "%s: %s", r->o.path, strerror(errno));
	return 0;
}

static int
open_file(struct recorder *r, struct err *err)
{
	const char *slash = strrchr(r->o.path, '/');

	if (ring_open(&r->ring, r->o.path, r->o.keep > 0, err) != 0)
		return -1;
	if (r->rotates) {
		if (make_file(r) != 0)
			return err_set(err, "%s: no file can be made: %s", r->o.path,
				       strerror(errno));
		return 0;
	}
	r->name = xstrdup(slash ? slash + 1 : r->o.path);
	buf_add_cstr(&r->path, r->o.path);
	r->fd = openat(r->ring.dir, r->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY,
		       0666);
	r->owns_fd = true;
	if (r->fd < 0)
		return errno == EEXIST ? open_existing(r, err)
			: err_set(err, "%s: %s", r->o.path, strerror(errno));
	return 0;
}

struct recorder *
record_open(const struct record_options *options, struct err *err)
{
	struct recorder *r = xcalloc(1, sizeof(*r));
	bool to_stdout = strcmp(options->path, "-") == 0;
	int cause;

	r->o = *options;
	r->fd = r->idle_fd = r->ring.dir = -1;
	r->pieces.bytes_max = RECORD_WAITING_MAX;
	r->rotates = r->o.rotate_size > 0 || r->o.rotate_span > 0;
	errno = 0;
	if (to_stdout && r->rotates)
		err_set(err, "standard output cannot be begun anew by time or size");
	else if ((to_stdout ? open_stdout : open_file)(r, err) == 0) {
		begin_writing(r);
		if (r->fd >= 0)
			return r;
		err_set(err, "%s", record_notice(r, r->notice_n - 1));
	}
	cause = errno;
	record_free(r);
	errno = cause;
	return NULL;
}

/* ---- packets ---- */

/* A packet that pcap has no way to say. */
static NOINLINE void
refuse(struct recorder *r, const struct err *why)
{
	r->stats.lost++;
	if (!r->odd_told)
		record_tell(r, "%s: not all packets are written: %s", r->path.p, why->text);
	r->odd_told = true;
}

static bool
is_full(const struct recorder *r, const struct record *rec)
{
	uint64_t size = r->written + r->pieces.bytes + r->w.sink.buf.n + rec->caplen +
		(r->o.ng ? 32 + (4 - rec->caplen % 4) % 4 : HEAD_RECORD);

	return r->o.rotate_size > 0 && r->w.packets > 0 && size > r->o.rotate_size;
}

/* The reader of a pipe, or the writer, has more to take than is kept for them. */
static NOINLINE bool
is_stuck(struct recorder *r)
{
	write_out(r, false);
	if (r->fd >= 0 && r->w.sink.buf.n < r->stuck_at)
		return false;
	if (!r->slow_told && r->fd >= 0)
		record_tell(r, "%s: the %s is too slow, packets are left out", r->path.p,
			    r->target == RECORD_PIPE ? "reader" : "disk");
	r->slow_told = true;
	return true;
}

void
record_packet(struct recorder *r, const struct record *rec)
{
	struct err err;

	if (r->fd >= 0 && is_full(r, rec))
		end_file(r);
	if (UNLIKELY((r->fd < 0 && !resume(r)) ||
		     (r->w.sink.buf.n >= r->stuck_at && is_stuck(r)))) {
		r->stats.lost++;
		return;
	}
	if (UNLIKELY(rec->source != r->note_source) && r->o.source) {
		r->note_source = rec->source;
		r->note.source = r->o.source(r->o.ctx, rec->source, &r->note.device);
	}
	if (UNLIKELY(pcap_write_gather(&r->w, rec, &r->note, &err) != 0)) {
		refuse(r, &err);
		return;
	}
	if (r->w.sink.buf.n >= r->try_at)
		write_out(r, false);
}

void
record_tick(struct recorder *r)
{
	if (r->fd >= 0)
		record_tick_at(r, time_monotonic());
}

void
record_tick_at(struct recorder *r, int64_t now)
{
	record_reap(r);
	if (r->fd < 0)
		return;
	if (r->w.sink.buf.n == 0) {
		r->gathered_since = 0;
	} else if (r->gathered_since == 0) {
		r->gathered_since = now;
	} else if (now - r->gathered_since >= FLUSH_NS) {
		write_out(r, false);
		look_for_file(r, true);
	}
	if (r->file_until > 0 && now >= r->file_until && r->fd >= 0) {
		/* What has no packets yet is of the time to come. */
		if (r->w.packets > 0)
			end_file(r);
		else
			set_due(r, now);
	}
}

/* Whether the lone file still has its name. */
static bool
has_name(const struct recorder *r)
{
	struct stat ours, named;

	return fstat(r->fd, &ours) != 0 ||
		(fstatat(r->ring.dir, r->name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
		 (S_ISLNK(named.st_mode) ||
		  (named.st_dev == ours.st_dev && named.st_ino == ours.st_ino)));
}

void
record_next_file(struct recorder *r)
{
	r->retry_at = 0;
	if (r->fd < 0 || r->target != RECORD_FILE || !r->owns_fd)
		return;
	if (r->rotates) {
		if (r->w.packets > 0)
			end_file(r);
		return;
	}
	write_out(r, false);
	look_for_file(r, true);
	if (r->fd < 0 || has_name(r))
		return;
	end_file(r);
	if (r->fd < 0)
		remake_file(r);
}

void
record_set_waiting_max(struct recorder *r, uint64_t bytes)
{
	r->pieces.bytes_max = bytes;
}

void
record_finish(struct recorder *r)
{
	look_for_file(r, false);
	/* What was lost is told; what is there is whole. */
	if (r->idle_fd >= 0) {
		r->fd = r->idle_fd;
		r->idle_fd = -1;
		leave_file(r);
	}
	end_file(r);
	r->over = true;
}

void
record_free(struct recorder *r)
{
	if (!r)
		return;
	if (r->idle_fd >= 0)
		r->fd = r->idle_fd;
	if (r->fd >= 0)
		leave_file(r);
	record_pieces_release(r);
	ring_release(&r->ring);
	buf_release(&r->path);
	free(r->name);
	for (size_t i = 0; i < RECORD_NOTICES; i++)
		free(r->notices[i]);
	free(r);
}

/* ---- what is known of it ---- */

void
record_stats(const struct recorder *r, struct record_stats *stats)
{
	*stats = r->stats;
	stats->packets += r->w.packets;
	stats->bytes = record_bytes(r);
}

uint64_t
record_bytes(const struct recorder *r)
{
	return r->stats.bytes + (r->fd < 0 && r->idle_fd < 0 ? 0
				 : r->written + r->pieces.bytes + r->w.sink.buf.n);
}

bool
record_is_over(const struct recorder *r)
{
	return r->over;
}

bool
record_reader_left(const struct recorder *r)
{
	return r->reader_left;
}

const char *
record_path(const struct recorder *r)
{
	return buf_cstr(&r->path);
}

int
record_fd(const struct recorder *r)
{
	return r->fd;
}

uint64_t
record_notice_count(const struct recorder *r)
{
	return r->notice_n;
}

const char *
record_notice(const struct recorder *r, uint64_t i)
{
	return r->notices[i % RECORD_NOTICES];
}
