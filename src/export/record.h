/**
 * @file record.h  All packets as they come, into one capture file or a ring of them.
 *
 * Packets are gathered in memory and written in large pieces, at least every second when
 * record_tick() is called as often, by the thread of base/writer.h where it runs. What a regular file holds between two writes is whole
 * packets; after a failed write it is cut back to them. A failure to write never stops more
 * than the writing: packets are counted as lost from then on. It is tried again with the next
 * file that is due by time, else every 10 s; only a pipe that fails does so for good.
 *
 * The files of a ring are named NAME-20261121-141500.pcapng by the time of day they were
 * begun at, which is with their first packet (the first file: at once); the second one in a
 * second is NAME-20261121-141500-2.pcapng. With a bound on their number, all files of
 * the directory that are named so count, those of earlier runs too; the oldest go first.
 *
 * Everything is made in the directory that was opened at the start, by openat(2).
 */
#ifndef EXPORT_RECORD_H
#define EXPORT_RECORD_H

#include <sys/stat.h>

#include "base/err.h"
#include "net/record.h"

struct recorder;

/** Zeroes are useful but for path. The strings are borrowed while the recorder is open. */
struct record_options {
	const char *path;	/**< file, pipe or device; "-": standard output */
	bool ng;		/**< pcapng, else pcap */
	bool force;		/**< replace what is there, if it is no ring */
	bool utc;		/**< times in names in UTC, else the zone of TZ */
	bool wait;		/**< wait for a slow reader of a pipe; else packets that he is too
				     slow for are dropped and counted */
	bool drops;		/**< packets that a file's disk is too slow for are dropped and
				     counted, else waited for: see record_set_waiting_max() */
	uint64_t rotate_size;	/**< bytes of a file, unless one packet is more; 0: any */
	int64_t rotate_span;	/**< ns that are in a file; 0: any */
	uint32_t keep;		/**< files of a ring; 0: all */
	const char *program, *comment;	/**< for the section of pcapng; NULL: none */
	/** pcapng: the name of a source; *device: whether it is an interface of this host.
	 * Asked once a file. NULL: they have none. */
	const char *(*source)(void *ctx, uint16_t source, bool *device);
	/** Whether a file is one of those read, which are never replaced or removed. */
	bool (*is_input)(void *ctx, const struct stat *st);
	/** Whether to have little patience with a pipe from now on: we are about to leave. */
	bool (*leaving)(void *ctx);
	void *ctx;
};

/**
 * Open the directory and the first file.
 * @return NULL with *err: cannot be made; is there and not to be replaced (errno is EEXIST
 *         then); is an input; a ring of what is no file; a pipe nobody reads.
 */
struct recorder *record_open(const struct record_options *options, struct err *err);

/** Take a packet. O(1), no allocation but for packets larger than those before; a write when
 * 512 KiB are full. */
void record_packet(struct recorder *r, const struct record *rec);

/**
 * Whether a ring can have its next file, by who this process is now: asked once root is
 * dropped, lest that is found when the first file is full.
 * @return 0; or -1 with *err "FOLDER: cause".
 */
int record_check(const struct recorder *r, struct err *err);

/** Do what is due by time: write out, end a file. Costs a look at the clock otherwise. */
void record_tick(struct recorder *r);

/**
 * Begin the next file now, if there is one to be had: the next of a ring; the lone file anew
 * when what had its name was moved away or replaced by an empty file, as those do that rotate
 * logs. What is left alone otherwise is written out. After a failure it is tried again now.
 */
void record_next_file(struct recorder *r);

#define RECORD_WAITING_MAX	(UINT64_C(128) << 20)	/* bytes */

/** How many bytes may wait until the thread has written them; RECORD_WAITING_MAX by default. */
void record_set_waiting_max(struct recorder *r, uint64_t bytes);

/** Write out, and end the file, with a header at least. To be called once nothing more
 * comes; record_free() in any case. */
void record_finish(struct recorder *r);
void record_free(struct recorder *r);

struct record_stats {
	uint64_t packets;	/**< written, or about to be */
	uint64_t bytes;		/**< of files, likewise */
	uint64_t lost;		/**< packets not written */
	uint64_t files, removed;
};

void record_stats(const struct recorder *r, struct record_stats *stats);

/** Bytes written and about to be, over all files. */
uint64_t record_bytes(const struct recorder *r);

/** Whether nothing is written any more, for good. */
bool record_is_over(const struct recorder *r);
/** Whether that is because the reader of a pipe has gone. */
bool record_reader_left(const struct recorder *r);

/** The file that is or was written last, as a path; owned by the recorder. */
const char *record_path(const struct recorder *r);

/** The descriptor of the file that is open; -1: none is at the moment. */
int record_fd(const struct recorder *r);

#define RECORD_NOTICES	16u	/* of the latest that are kept */

/** How many notices there were, and one of the latest RECORD_NOTICES: a line without
 * full stop, owned by the recorder, valid until the next. */
uint64_t record_notice_count(const struct recorder *r);
const char *record_notice(const struct recorder *r, uint64_t i);

#endif
