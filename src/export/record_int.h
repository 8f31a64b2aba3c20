/** @file record_int.h  The insides of a recorder. */
#ifndef EXPORT_RECORD_INT_H
#define EXPORT_RECORD_INT_H

#include "base/writer.h"
#include "export/pcap_write.h"
#include "export/record.h"

enum record_target {
	RECORD_FILE,		/**< regular */
	RECORD_PIPE,		/**< or a socket, a terminal */
	RECORD_DEVICE,
};

/** A file of the ring, in the order of their making. */
struct ring_file {
	char *name;		/**< in the directory; owned */
	const char *stamp;	/**< in it: where the time begins */
	uint32_t number;	/**< of its second, from 1 */
};

struct ring {
	int dir;		/**< -1: none; owned */
	char *path;		/**< of the directory; owned */
	char *stem;		/**< what names begin with, without "-"; owned */
	const char *suffix;	/**< borrowed */
	struct ring_file *files;	/**< only when their number is bounded */
	size_t n, cap;
	char last[16];		/**< stamp of the file made last */
	uint32_t last_number;
};

/** Gathered bytes that the writer has. */
struct record_piece {
	struct writer_job job;
	struct buf buf;
	size_t cut;		/**< bytes of it that are the rest of a header */
	struct record_piece *next;
};

struct record_pieces {
	struct record_piece *first, **last;	/**< in order; owned */
	struct record_piece *spare;		/**< to be used again; owned */
	unsigned spare_n;
	uint64_t bytes, bytes_max;
	bool broken;		/**< one failed; the writer's, see struct writer_job */
};

struct recorder {
	struct record_options o;
	bool rotates;
	struct ring ring;
	enum record_target target;
	int fd;			/**< -1: no file is open */
	int idle_fd;		/**< a lone file that could not be written to; -1: none */
	bool owns_fd;
	char *name;		/**< in the directory; owned */
	struct buf path;	/**< of the file, for people */
	struct pcap_writer w;	/**< its buffer has what is not written yet */
	uint64_t start;		/**< where in the file we began */
	uint64_t written;	/**< bytes of ours in it; those of pieces come to them */
	size_t cut;		/**< bytes gathered that are the rest of a header or of a block
				     of which a pipe took a part */
	struct pcap_packet_note note;
	uint16_t note_source;	/**< that it is about; PLACE_NONE: none */
	size_t try_at;		/**< bytes gathered at which a write is worth it */
	size_t stuck_at;	/**< and at which no more are */
	struct record_pieces pieces;
	int64_t gathered_since;	/**< monotonic; 0: nothing is gathered */
	int64_t file_until;	/**< monotonic: when the next file is due; 0: never */
	int64_t retry_at;	/**< monotonic; INT64_MAX: never; while failed */
	bool failed, over, reader_left;
	bool slow_told;		/**< the pipe, or the disk, was too slow */
	bool odd_told;		/**< there are packets that the format cannot say */
	struct record_stats stats;	/**< of ended files, and all lost ones */
	char *notices[RECORD_NOTICES];	/**< owned */
	uint64_t notice_n;
};

ATTR_PRINTF(2, 3)
void record_tell(struct recorder *r, const char *fmt, ...);

/** record_tick() as of a moment of the monotonic clock; a file is open. */
void record_tick_at(struct recorder *r, int64_t now);

/** Writing stopped after @p done of the bytes of @p b, which begins with @p cut bytes of
 * a header; what came after them has @p behind packets. */
void record_fail_write(struct recorder *r, int error, const struct buf *b, size_t cut,
		       size_t done, uint64_t behind);
/** After a failure packets are in the file. */
void record_tell_again(struct recorder *r);

/* ---- record_pieces.c ---- */

/** The bytes of the block or packet that begins at @p p; *is_packet. */
size_t record_block_size(const struct recorder *r, const char *p, bool *is_packet);

/** How many of the first @p n bytes of @p b are whole blocks or packets, behind @p cut bytes
 * of a header; *packets of them. */
size_t record_whole_bytes(const struct recorder *r, const struct buf *b, size_t cut, size_t n,
			  uint64_t *packets);

/** Let the writer have what is gathered; @p last: in any case. @return false: nothing is
 * gathered, writing failed, or too much waits already. */
bool record_put_piece(struct recorder *r, bool last);
/** See what was done. That may end in a failure, so that no file is open. */
void record_reap(struct recorder *r);
/** Until all is done; likewise. */
void record_drain(struct recorder *r);
/** Wait, and forget what came of it. */
void record_pieces_release(struct recorder *r);

/* ---- record_ring.c ---- */

/** Take directory and pattern from a path, and where the number of files is bounded those
 * that are there. @return 0, or -1 with *err. */
int ring_open(struct ring *ring, const char *path, bool bounded, struct err *err);
void ring_release(struct ring *ring);

/**
 * Make a file that is not there, named by the time @p now.
 * @param name  receives the name, to be freed.
 * @return its descriptor, or -1 with errno.
 */
int ring_create(struct ring *ring, int64_t now, bool utc, char **name);

/** Whether a name is one of the pattern; *stamp, *number: its parts. */
bool ring_has(const struct ring *ring, const char *name, const char **stamp, uint32_t *number);

/** Remember a file that was made; the name is copied. */
void ring_add(struct ring *ring, const char *name);
/** Forget the newest, which was taken away again. */
void ring_drop_last(struct ring *ring);

/** Remove the oldest, so that at most @p n are left. */
void ring_trim(struct recorder *r, size_t n);

#endif
