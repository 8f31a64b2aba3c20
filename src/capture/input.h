/**
 * @file input.h  Bytes of one input through a window that slides over them.
 *
 * The bytes come from a file, a pipe or a range of a spool (raw), or out of a
 * packed one of these. buf[pos..end) is what was read and not used yet; what a
 * reader needs whole is moved to the front when a block ends inside of it.
 */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include "base/base.h"

#define INPUT_BLOCK	((size_t)256 << 10)	/* bytes a read asks for */
#define INPUT_MAX	((size_t)64 << 20)	/* the most a window grows to */

struct archive;
struct gunzip;
struct spool;

enum input_kind {
	INPUT_FILE,	/**< regular: pread */
	INPUT_PIPE,	/**< pipe, socket, terminal, device: read when ready */
	INPUT_SPOOL,	/**< a range of a spool */
};

enum input_status {
	INPUT_OK,
	INPUT_WAIT,	/**< not yet there; poll fd */
	INPUT_END,	/**< never: the end comes first; *why tells of a failure */
};

struct input {
	enum input_kind kind;
	int fd;			/**< borrowed; -1 for a spool */
	const struct spool *spool;
	uint64_t start;		/**< raw offset of the first byte */
	uint64_t next;		/**< raw offset of the next read */
	uint64_t limit;		/**< raw offset of the end; of a spool range */
	uint64_t *done;		/**< adds up raw bytes read; NULL: nobody asks */
	uint64_t counted;	/**< what was added to *done */
	uint64_t *reached;	/**< is what next is, for others; NULL: nobody asks */
	bool follow;		/**< a file that grows: there is no end, but none now */
	bool bounded;		/**< of a file nothing beyond limit is read */

	struct archive *unpack;	/**< owned; NULL: the bytes are not packed */
	struct gunzip *gunzip;	/**< owned; the same for gzip */
	uint8_t *raw;		/**< owned; what these are fed from */
	size_t raw_cap, raw_pos, raw_n;	/**< of it, with gunzip */
	bool raw_keep;		/**< do not forget what gunzip used */

	uint8_t *buf;		/**< owned */
	size_t cap, pos, end;
	size_t block;		/**< the window's first size */
	uint64_t base;		/**< offset of buf[0] in the unpacked bytes */
	bool eof;
	bool secret;		/**< to be wiped before it is freed */
	char why[160];		/**< why the end came early, "" when it is the end */
};

void input_init(struct input *in, enum input_kind kind, int fd, size_t block);

/** Free the windows and the unpacker; what the bytes came from stays open. */
void input_release(struct input *in);

/** Read up to @p n raw bytes. @return the count, 0 at the end, -1 with why
 * filled, -2 when it would block. */
ptrdiff_t input_raw(struct input *in, void *to, size_t n);

/** Whether the bytes come out of an unpacker. */
static inline bool
input_is_packed(const struct input *in)
{
	return in->unpack || in->gunzip;
}

/** Take what is in the window, and all that follows, as gzip data. The raw
 * bytes are kept until input_raw_forget(), for input_raw_again(). */
void input_gunzip(struct input *in);
void input_raw_forget(struct input *in);
/** Undo input_gunzip(): the window has the raw bytes again. */
void input_raw_again(struct input *in);

/** Slow part of input_need(). */
enum input_status input_fill(struct input *in, size_t n);

/** See that @p n bytes (at most INPUT_MAX) are at input_at(). Moves the
 * window: pointers into it die. */
static inline enum input_status
input_need(struct input *in, size_t n)
{
	return LIKELY(in->end - in->pos >= n) ? INPUT_OK : input_fill(in, n);
}

static inline const uint8_t *
input_at(const struct input *in)
{
	return in->buf + in->pos;
}

/** Bytes in the window. */
static inline size_t
input_left(const struct input *in)
{
	return in->end - in->pos;
}

/** Offset of input_at() in the unpacked bytes. */
static inline uint64_t
input_offset(const struct input *in)
{
	return in->base + in->pos;
}

#endif
