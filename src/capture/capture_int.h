/**
 * @file capture_int.h  The insides of a capture set.
 *
 * A *stream* is an input being read: it finds out what the bytes are, then
 * hands them to a reader. A *source* is what the world sees of a capture file
 * and outlives its stream, since its bytes are read again by place. An archive
 * is one stream that becomes a stream and a source for each member.
 */
#ifndef CAPTURE_CAPTURE_INT_H
#define CAPTURE_CAPTURE_INT_H

#include <sys/types.h>
#include <time.h>

#include "capture/capture.h"
#include "capture/input.h"
#include "capture/spool.h"
#include "capture/ticks.h"

#define SOURCES_MAX		65000u	/* below PLACE_NONE */
#define NOTICES_MAX		100u	/* of one stream */
#define MEMBERS_MAX		1000u	/* captures of one archive */
#define ENTRIES_MAX		100000u	/* files of one archive looked at */
#define NAMES_MAX		100000u
#define COMMENTS_MAX		100000u
#define TEXT_MAX		((size_t)16 << 20)	/* bytes of comments; of names */
#define SECRETS_MAX		((size_t)64 << 20)	/* bytes of secrets */
#define INTERFACES_MAX		65536u	/* of one section */
#define FILTERED_TURN		4096u	/* records filtered before a turn ends */
#define LIVE_TURN		64u	/* records of files between looks at live streams */
#define KEEP_HEADER		32u	/* bytes before each packet in the log */
#define RECORD_USUAL		262144u	/* bytes of a record nobody doubts */

struct archive_entry;
struct capture_bpf;
struct hep_listener;
struct log_reader;
struct live;

/** What asking a stream or reader for a record gave. */
enum read_status {
	READ_RECORD,
	READ_WAIT,	/**< the input has nothing now */
	READ_BUSY,	/**< a turn's work was done; there is more */
	READ_END,
};

struct source {
	struct capture_source pub;
	char *name;			/**< owned */
	int fd;				/**< to read places again; -1: none */
	bool owns_fd;
	bool emptied;			/**< a file that was: of its packets none is kept */
	const struct spool *spool;	/**< where an archive's member lies */
	uint64_t spool_start, spool_n;
	/** In a set of capture_again(): which source of the first set it is; PLACE_NONE:
	 * that is told by the name. */
	uint16_t of;
	char drop_cause[80];		/**< of a live one */
};

/** A pcap file's header, read. */
struct pcap_reader {
	bool big;		/**< byte order of the file */
	bool swapped;		/**< caplen and wirelen are (version before 2.3) */
	uint8_t header_n;	/**< bytes of a record header: 16, or 24 */
	uint16_t link;
	uint32_t frac_max;	/**< parts in a second */
	uint32_t frac_ns;	/**< ns in a part */
	uint32_t usual;		/**< caplen above it is looked at twice */
};

/** A pcapng interface. */
struct ng_interface {
	struct ticks ticks;
	uint32_t snaplen;
	uint16_t link;
	bool has_stats;
	uint64_t dropped, if_dropped;	/**< its part of the source's sums */
};

/** A pcapng section, as far as it was read. */
struct ng_reader {
	bool big;
	bool odd_version;	/**< told about it */
	struct ng_interface *interfaces;
	size_t n, cap;
};

/** One pcapng block, whole in the window. */
struct ng_block {
	const uint8_t *body;	/**< after type and length */
	size_t n;		/**< of the body */
	uint64_t offset;	/**< of the block */
	uint32_t type;
};

enum stream_state {
	STREAM_SNIFF,	/**< what the bytes are is not known yet */
	STREAM_GATHER,	/**< a packed pipe, not gzip: kept until it ends, then unpacked */
	STREAM_EXTRACT,	/**< an archive: its members go to the spool */
	STREAM_PCAP,
	STREAM_PCAPNG,
	STREAM_HEP,	/**< a listener: live */
	STREAM_LOG,	/**< what was kept of live sources and pipes of another set */
	STREAM_LIVE,	/**< an interface: live */
	STREAM_DONE,
};

struct stream {
	struct capture *c;
	char *name;		/**< owned */
	enum stream_state state;
	struct input in;
	struct source *source;	/**< NULL until the format is known */
	uint16_t index;		/**< of the source */
	bool seekable;		/**< places of records are those of the input */
	bool owns_fd;		/**< until the source does */
	bool nested;		/**< came out of an archive: no archives in it */
	bool again;		/**< it, or what it came out of, is a regular file */
	bool follow;		/**< a file that is still written to: live */
	bool named;		/**< to be looked for under its name too */
	bool follow_told;
	bool late;		/**< not begun: capture_begin_late() does */
	size_t seen;		/**< of seen_input; of one that is late */
	size_t input;		/**< of seen_input; SIZE_MAX: not yet; when followed */
	int64_t looked;		/**< monotonic: after its file */
	bool fleeting;		/**< its records are not to be found again but in the log */
	const char *packing;	/**< NULL: plain */
	uint64_t frame;		/**< records so far */
	uint32_t notices;	/**< told, and suppressed ones */
	size_t scanned;		/**< bytes of damage looked through so far */
	uint64_t order;		/**< among equal times */
	int64_t last_time;	/**< of the record before; TIME_NONE */
	int64_t key;		/**< time of head in the merge */
	struct record head;
	uint64_t *link_count;	/**< of link, in the set */
	uint16_t link;
	union {
		struct pcap_reader pcap;
		struct ng_reader ng;
		struct hep_listener *hep;	/**< owned */
		struct log_reader *log;		/**< owned */
		struct live *live;		/**< owned */
		struct {
			uint64_t start;	/**< in the pack spool */
		} gather;
		struct {
			char *member;		/**< being extracted; NULL: none */
			uint64_t start;		/**< of it in the pack spool */
			uint32_t entries, members;
			struct archive_entry *first;	/**< read at opening */
			bool over;		/**< no more entries are asked for */
		} extract;
	};
};

/** What was added, as it was then. */
struct seen_input {
	char *name;		/**< owned */
	int fd;			/**< of the caller, or kept; -1: opened by its name */
	bool regular;
	bool kept;		/**< fd is a source's, or */
	bool owned;		/**< its own */
	dev_t dev;
	ino_t ino;
	uint64_t start, size;
	struct timespec changed;
	uint64_t *reached;	/**< followed: how far it was read, owned; else NULL */
	bool ready;		/**< followed: it is a source */
};

struct heap_item {
	int64_t key;
	uint64_t order;
	struct stream *stream;
};

struct link_seen {
	uint64_t n;
	uint16_t link;
};

struct read_window {
	uint8_t *data;		/**< READ_WINDOW bytes, owned */
	uint64_t start;
	size_t n;
	uint64_t used;		/**< when, for the least recently used */
	uint16_t source;
};

#define READ_WINDOWS	8u
#define READ_WINDOW	((size_t)64 << 10)

struct capture {
	struct source **sources;
	size_t source_n, source_cap;

	struct seen_input *inputs;
	size_t input_n, input_cap;

	struct stream **pending;	/**< those without a head; owned */
	size_t pending_n, pending_cap;
	struct heap_item *heap;		/**< those with a head; owned */
	size_t heap_n, heap_cap;
	bool handed;			/**< heap[0]'s head was given away */
	bool ended;			/**< told what there is to tell at the end */
	uint64_t orders;
	int wait_fd, ready_fd;
	int many_fd;			/**< an epoll set of what wait_fd cannot be alone */
	int many_pipe;			/**< the pipe in it; -1: none */
	unsigned live_skipped;		/**< times live streams were not looked at */
	struct hep_listen_stats hep;	/**< of all listeners */
	unsigned live_n;		/**< interfaces added */
	int hold_fd;			/**< a timer for what is held back; -1: one interface
					     at most */
	bool hold_set;			/**< it runs, or rang */
	int64_t hold_until;		/**< records up to this time need not be held back */

	bool follow;			/**< files that are added now */
	bool late;			/**< inputs that are added now: see capture_begin_late() */
	int follow_fd;			/**< a clock for those; -1: there are none */

	struct capture_bpf *bpf;	/**< NULL: all pass */
	struct spool_budget kept;	/**< of spool and log */
	struct spool spool;		/**< texts */
	struct spool log;		/**< packets, see keep.c */
	bool cap_known;			/**< kept.cap is */
	bool endless;			/**< there is, or was, a live input */
	bool spool_failed;		/**< the last append failed */
	bool spool_told;
	bool slow_told;			/**< likewise, of a disk that is too slow */
	uint64_t cap_wanted;		/**< kept.cap once the disk has room again; 0: it has */
	int64_t cap_again;		/**< monotonic: when that is tried */
	uint64_t log_packets, log_lost;
	uint64_t slow;			/**< appends refused as the disk was too slow */
	struct spool_budget unpacked;	/**< of packs */
	struct spool packs;		/**< members of archives, packed pipes */
	struct stream *pack_owner;	/**< who appends to it, one at a time */
	uint64_t done, total;
	bool total_unknown;

	struct read_window windows[READ_WINDOWS];
	uint64_t reads;

	struct link_seen **links;
	size_t link_n, link_cap;
	struct capture_notice *notices;
	size_t notice_n, notice_cap;
	struct capture_name *names;
	size_t name_n, name_cap, name_bytes;
	struct capture_secrets *secrets;
	size_t secrets_n, secrets_cap, secrets_bytes;
	struct capture_comment *comments;
	size_t comment_n, comment_cap, comment_bytes;
};

/* ---- stream.c ---- */

/** Frame numbers of new streams begin behind it; tests have it higher than 0. */
extern uint64_t stream_frame_start;

/** A stream on @p in, which it takes over; the name is copied. */
struct stream *stream_new(struct capture *c, const char *name, const struct input *in);
void stream_free(struct stream *s);

/** Go on until there is a record in *rec, which has passed the filter. */
enum read_status stream_next(struct stream *s, struct record *rec);
/** capture_next_few() of a file that is not filtered, and has given a record. */
size_t stream_next_few(struct stream *s, struct record *recs, size_t n);

/** Find out what it is, without taking a record. @return READ_RECORD when it
 * is known and readable, READ_END after a fatal notice. */
enum read_status stream_start(struct stream *s);

/** See by its first bytes whether it may be a capture, and do nothing with them. @return
 * READ_END after a fatal notice: it is none. */
enum read_status stream_look(struct stream *s);

/** Nothing can be read of it: a fatal notice "NAME: ...", and its end. */
ATTR_PRINTF(2, 3)
enum read_status stream_refuse(struct stream *s, const char *fmt, ...);

/** Give the stream a source. @return false when there are too many. */
bool stream_publish(struct stream *s, const char *format);

/* ---- pack.c ---- */

/** Let libarchive read the input. @return READ_BUSY, or READ_END. */
enum read_status pack_open(struct stream *s);
/** A turn of extracting members to the spool; new streams come to be. */
enum read_status pack_extract(struct stream *s);
/** A turn of putting a packed pipe aside. */
enum read_status pack_gather(struct stream *s);

/* ---- pcap_reader.c, pcapng_reader.c ---- */

/* Where a record begins is known when the length of the one before it has come: what is a few
 * records further on is asked for meanwhile, from the second cache to the first. Nothing is read
 * there. */
#define RECORD_PREFETCH(p) do { \
	__builtin_prefetch((p) + 512); \
	__builtin_prefetch((p) + 576); \
} while (0)

/** What is to be told of records that are given together. */
struct few {
	uint64_t bytes;		/**< captured */
	bool odd;		/**< of one or more not all was captured, or its time is before that
				     of the one before it */
};

enum read_status pcap_reader_open(struct stream *s);
enum read_status pcap_reader_next(struct stream *s, struct record *rec);
/** Whether the next record is one without doubt and whole in the window. */
bool pcap_reader_stays(const struct stream *s);
/** Those that are whole in the window and usual, up to @p n, all filled in. @return how many. */
size_t pcap_reader_few(struct stream *s, struct record *recs, size_t n, struct few *sum);

enum read_status ng_reader_open(struct stream *s);
enum read_status ng_reader_next(struct stream *s, struct record *rec);
/** Whether the next block is a packet without doubt and whole in the window. */
bool ng_reader_stays(const struct stream *s);
/** Packets of one link type that are whole in the window, usual and next to each other, up to
 * @p n, all filled in. @return how many. */
size_t ng_reader_few(struct stream *s, struct record *recs, size_t n, struct few *sum);
void ng_reader_close(struct stream *s);

/* ---- pcapng_meta.c: all but packets ---- */

struct ng_option {
	uint16_t code;
	uint16_t n;
	const uint8_t *p;
};

/** Keep the comments of options; @p frame 0: of a section or interface. */
void ng_comments(struct stream *s, const struct ng_block *b, const uint8_t *options,
		 uint64_t frame);
/** Whether ng_comments() would find nothing in options that end at @p end, and have nothing to
 * tell of them. */
bool ng_no_comments(bool big, const uint8_t *options, const uint8_t *end);
void ng_interface_add(struct stream *s, const struct ng_block *b);
void ng_stats_block(struct stream *s, const struct ng_block *b);
void ng_names_block(struct stream *s, const struct ng_block *b);
void ng_secrets_block(struct stream *s, const struct ng_block *b);

/* ---- info.c ---- */

/** "NAME: offset N, record N: ..."; at most NOTICES_MAX a stream. */
ATTR_PRINTF(3, 4)
void stream_notice(struct stream *s, uint64_t offset, const char *fmt, ...);
/** Tell how many were left out; to be called once, at the stream's end. */
void stream_notices_end(struct stream *s);

/** "NAME: ..." */
ATTR_PRINTF(4, 5)
void notice_add(struct capture *c, const char *name, bool fatal, const char *fmt, ...);

/** @return the counter of @p link, valid as long as the set. */
uint64_t *link_counter(struct capture *c, uint16_t link);

void info_release(struct capture *c);

/* ---- bpf.c ---- */

/** @return whether the record is to be given out. */
bool bpf_pass(struct stream *s, const struct record *rec);
/** At the end of all inputs: the notice when no link type fitted. */
void bpf_end(struct capture *c);
void bpf_free(struct capture_bpf *f);
/** The expression. */
const char *bpf_text(const struct capture_bpf *f);

/* ---- keep.c ---- */

/** Reads what the log of @p of has now, which must live as long. @p done is advanced by
 * what was read, to log_reader_total() in the end. */
struct log_reader *log_reader_new(const struct capture *of, uint64_t *done);
void log_reader_free(struct log_reader *r);
uint64_t log_reader_total(const struct log_reader *r);
/** Records of source @p of are to be told as of @p source. */
void log_reader_source(struct log_reader *r, size_t of, uint16_t source);
/** Segments that went meanwhile are passed over. */
enum read_status log_reader_next(struct log_reader *r, struct record *rec);

/** See what the writer has done for the spool. */
static inline void
keep_tend(struct capture *c)
{
	if (UNLIKELY(c->log.waiting.first != NULL))
		spool_tend(&c->log);
	if (UNLIKELY(c->spool.waiting.first != NULL))
		spool_tend(&c->spool);
}

/** Where the packet will lie if it is kept now. */
static inline void
keep_place(const struct capture *c, struct record *rec)
{
	size_t n = KEEP_HEADER + (size_t)rec->caplen;

	rec->place.source = n <= SPOOL_SEGMENT ? rec->source : PLACE_NONE;
	rec->place.offset = n <= SPOOL_SEGMENT ? spool_next(&c->log, n) + KEEP_HEADER : 0;
}

/* ---- again.c ---- */

struct stat;

/** Remember an input; @p st NULL: it cannot be read again. */
void inputs_add(struct capture *c, const char *name, int fd, uint64_t start,
		const struct stat *st);
void inputs_release(struct capture *c);

/** Let input @p i be read again by @p fd, which is open; @p stays: as long as the set is
 * there. */
void inputs_keep(struct capture *c, size_t i, int fd, bool stays);

/* ---- follow.c ---- */

/** Let a stream that is being made follow its file. @p named: it was opened by its name. */
void follow_start(struct stream *s, bool named);
/** It was added to the inputs, as the last one. */
void follow_added(struct stream *s);
/** It waits: see whether its file is the one it was. New streams come to be. */
void follow_look(struct stream *s);
/** What is there by now is all. */
void follow_stop(struct stream *s);
/** Let the clock be silent until its next tick. */
void follow_rest(const struct capture *c);

/* ---- capture.c ---- */

/** Have @p fd polled with what is live. @return 0, or -1 with *err. */
int capture_poll_too(struct capture *c, int fd, struct err *err);

/** As capture_add_fd(), of an input that was @p was before; NULL: it is new. */
int capture_add_as(struct capture *c, int fd, const char *name, bool owns_fd,
		   const struct seen_input *was, struct err *err);

/** Hand a stream to the set, which asks it from now on. */
void capture_enter(struct capture *c, struct stream *s);

#endif
