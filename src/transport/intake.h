/**
 * @file intake.h  The bytes at hand of a stream, and which frames brought them.
 *
 * A reader of a stream is given pieces of any size and uses what it can. As long
 * as each piece is used whole nothing is copied; what is left over is kept and
 * the next piece is put behind it. A turn is: intake_take(), look at ->view and
 * intake_use() what was understood, as often as wanted, then intake_done().
 * How much may be kept is for the reader to limit.
 */
#ifndef TRANSPORT_INTAKE_H
#define TRANSPORT_INTAKE_H

#include "base/str.h"
#include "net/record.h"

/** Of one stream more frames than these are not told apart while they wait:
 * those in the middle are left out, and counted. */
#define INTAKE_STAMPS_MAX	65536u

struct intake {
	struct str view;	/**< what is at hand; dies with the next call */
	/** Of view.p[0] while view is borrowed; source PLACE_NONE else. */
	struct place place;
	/* private; there are two of these for each connection: small */
	char *kept;		/* owned; the first time of exactly the size needed */
	uint32_t kept_n, kept_cap;
	uint32_t kept_at;	/* bytes of kept that are used */
	uint32_t stamp_first, stamp_n, stamp_cap;
	struct stamp *stamps;	/* of what is kept */
	uint64_t at;		/* position of view.p[0] in the stream */
	const struct stamp *fresh;	/* of what is borrowed */
	uint32_t fresh_n;
	uint32_t stamps_lost;	/**< frames left out of the lists so far */
	bool borrowed;
};

#define INTAKE_INIT	{ .place = { 0, PLACE_NONE } }

void intake_release(struct intake *in);

/**
 * Begin a turn with @p bytes more. They and @p stamps (the frames that carried
 * them, one or more) are borrowed until intake_done(). Amortised O(1) a byte
 * kept, O(1) else.
 * @param place  of bytes.p[0], source PLACE_NONE when there is none.
 */
void intake_take(struct intake *in, struct str bytes, struct place place,
		 const struct stamp *stamps, size_t n);

/** Drop @p n bytes at the front of the view; n <= view.n. */
void intake_use(struct intake *in, size_t n);

/** End a turn: what was not used is kept, in about as much memory as it needs. */
void intake_done(struct intake *in);

/** Bytes it has of the system, between turns. */
static inline size_t
intake_memory(const struct intake *in)
{
	return in->kept_cap + in->stamp_cap * sizeof(*in->stamps);
}

/** Forget what is at hand. */
void intake_clear(struct intake *in);

/**
 * The frames that carried bytes @p from up to @p to of the view (from < to <=
 * view.n), in the order of the stream. @return how many, at least 1; *list is
 * borrowed until the next call.
 */
size_t intake_stamps(const struct intake *in, size_t from, size_t to, const struct stamp **list);

#endif
