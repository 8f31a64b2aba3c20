/**
 * @file save_trunks.h  Who of many calls is to see a packet of a connection they share.
 *
 * Calls that are saved each for itself look at the packets of their connections
 * (save_conns.h). Of a trunk that carries thousands of calls a packet is of one of them, and
 * most say nothing to the others. So it is shown to those whose bytes it has, and to others
 * only where it changes what they keep: to those of which the connection is kept whole; at
 * the beginning and the end of a connection; bytes of no message; bytes that come again,
 * to whom they are of; acknowledgements, to who waits for one.
 */
#ifndef APP_SAVE_TRUNKS_H
#define APP_SAVE_TRUNKS_H

#include "app/save_conns.h"
#include "app/save_frames.h"

#define SAVE_TRUNK_RECENT	4096u	/* bytes, acknowledgements known of a direction */

/** Who is to see the packet at hand, each once. Zeroes but for the lists. */
struct save_viewers {
	uint32_t *list;		/**< owned; room for all jobs */
	size_t n;
	uint64_t *shown;	/**< owned; by job: the serial number of the last one */
	uint64_t serial;
};

void save_viewers_clear(struct save_viewers *v);
void save_viewers_add(struct save_viewers *v, uint32_t job);

/** A job, and bytes of it; or what is to be acknowledged to it (to). */
struct save_piece {
	uint32_t job, from, to;
};

/** The last ones of a direction. */
struct save_pieces {
	struct save_piece *list;	/**< owned */
	size_t n, cap;
	size_t next;		/**< where the next one goes, once all is full */
};

struct save_trunk {
	uint32_t *jobs;		/**< owned */
	size_t n, cap;
	uint32_t *all;		/**< owned; jobs that see all of it */
	size_t all_n, all_cap;
	bool judged;		/**< all is right */
	uint32_t owners[2];	/**< the first ones of what has these ends now */
	unsigned owner_n;
	struct save_pieces bytes[2];	/**< by direction, as in save_conn */
	struct save_pieces due[2];	/**< to be acknowledged by what comes this way */
};

/** Zeroes, but for needs_all, to begin with. */
struct save_trunks {
	struct save_conns conns;
	struct save_trunk *list;	/**< as conns.list */
	size_t n, cap;
	/** In the second look: whether a job keeps all of what has the ends of @p seg. */
	bool (*needs_all)(void *ctx, uint32_t job, const struct segment *seg);
	void *ctx;
};

/** A connection @p job has to look at, which it says once.
 * @return whether others are known to have messages in it. */
bool save_trunks_link(struct save_trunks *t, const struct save_conn *conn, uint32_t job);

/** Note a connection nobody asked for yet. */
void save_trunks_add(struct save_trunks *t, const struct segment *seg);

/** The first look. @param owners  those who have messages in the packet.
 * @param fragments  whether it came in several. O(owners), but for what concerns all. */
void save_trunks_look(struct save_trunks *t, const struct segment *seg,
		      const struct frame_owner *owners, size_t n, bool fragments,
		      struct save_viewers *v);

/** The second one. @param wants  jobs that keep it in any case.
 * @param owned  whether anybody has messages in it.
 * @return what save_conn_news() says. O(wants), and of what comes again or acknowledges
 *         O(SAVE_TRUNK_RECENT), but for what concerns all. */
bool save_trunks_take(struct save_trunks *t, const struct segment *seg,
		      const struct frame_owner *wants, size_t n, bool owned,
		      struct save_viewers *v);

void save_trunks_release(struct save_trunks *t);

#endif
