/**
 * @file live.h  An interface captured on, by libpcap.
 */
#ifndef CAPTURE_LIVE_H
#define CAPTURE_LIVE_H

#include "capture/capture_int.h"

struct live;

/**
 * Open an interface. Its events are told by notices of @p c, which outlives it.
 * @param filter  a BPF expression; NULL: none.
 * @return NULL with *err and *result.
 */
struct live *live_new(struct capture *c, const char *device,
		      const struct capture_live *options, const char *filter,
		      enum capture_live_result *result, struct err *err);
void live_free(struct live *l);

/** The next packet, but for frame, place and source; its bytes stay until LIVE_BATCH
 * more were asked for or it is said that there is none. Counts drops in the statistics of
 * @p source, about once a second. @return READ_END only after live_stop(). */
enum read_status live_next(struct live *l, struct record *rec, struct source *source);

/** Whether the next one is at hand, beside those given so far. */
bool live_stays(const struct live *l);

/** Take what has come, and no more. */
void live_stop(struct live *l);

/** The sockets of it, the one of the packets and one to ask by. */
void live_sockets(const struct live *l, int fds[2]);

/** Readable when there may be packets, or something is due; owned by @p l. */
int live_fd(const struct live *l);

#endif
