/**
 * @file capture.h  All inputs of a run as one stream of records in time order.
 *
 * A capture set holds files, pipes and standard input, each plain or packed,
 * listeners, interfaces, and the spool. It yields their records merged by time, tells what was wrong
 * with each input, and reads bytes again by their place.
 *
 * Not thread safe: one thread owns a set.
 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include "base/err.h"
#include "net/addr.h"
#include "net/record.h"

struct capture;

enum capture_status {
	CAPTURE_RECORD,		/**< *rec is filled */
	CAPTURE_WAIT,		/**< nothing now; poll capture_fd() and ask again.
				     Also after a turn of work without a record
				     (unpacking, filtering): the descriptor is
				     readable then */
	CAPTURE_END,		/**< all inputs are at their end, for ever */
};

struct capture *capture_new(void);
void capture_free(struct capture *c);

/**
 * Open an input: a path, or "-" for standard input (not closed afterwards).
 * What the file is is found by its bytes, not its name: pcap, pcapng, packed by
 * gzip, xz, zstd, lz4 or bzip2, or a zip or tar archive of captures (each
 * member becomes a source of its own, named "ARCHIVE:MEMBER").
 *
 * What a pipe is shows when its bytes come, and what a large archive holds when
 * it was unpacked: these are accepted, and a fatal notice may follow. So
 * sources come to be with capture_next() too, and nothing could be read at all
 * when at CAPTURE_END capture_source_count() is 0.
 *
 * The members of a zip or tar archive are unpacked to a temporary file, one
 * after the other, before its first record comes: only so can they be merged.
 * Their records have places. One packed file (x.pcap.gz) is unpacked as it is
 * read and its records have none. A pipe of gzip data is unpacked as it comes; a
 * pipe packed otherwise is put aside until it ends and unpacked then. A packed
 * member is unpacked, an archive inside an archive not.
 *
 * @return 0, or -1 with *err when nothing can be read of it: missing, a
 *         directory, empty, not a capture (the text names what it looks like).
 *         The set is usable and unchanged then, but for a notice with the same
 *         text.
 */
int capture_add(struct capture *c, const char *path, struct err *err);

/**
 * As capture_add(), of a descriptor, which stays the caller's and must stay
 * open as long as the set. A regular file is read from its current offset,
 * which is not moved.
 * @param name  for notices and the source; copied.
 */
int capture_add_fd(struct capture *c, int fd, const char *name, struct err *err);

/**
 * Whether regular files that are added from now on are followed: they may still be written
 * to, and have no end until capture_stop(). At the end of what is there CAPTURE_WAIT comes,
 * also for a file that has no header yet; what is added is seen within about 0.1 s. A record
 * that is there in part is waited for. When another file got the name (of capture_add()),
 * or the file was emptied, that is told by a notice, and the new one becomes a source too.
 * Packed files are refused. @return 0, or -1 with *err.
 */
int capture_set_follow(struct capture *c, bool follow, struct err *err);

/**
 * Whether inputs that are added from now on begin with capture_begin_late() only: they are
 * opened, and refused where their first bytes show that they are no captures; but nothing
 * is parsed or unpacked yet. For who gives up rights in between.
 */
void capture_set_late(struct capture *c, bool late);

/**
 * Begin what was added late: once, before capture_next().
 * @return how many of these inputs nothing can be read of, each told by a fatal notice.
 */
size_t capture_begin_late(struct capture *c);

/** How a listener is set up; zeroes are useful. */
struct hep_listen {
	const char *password;	/**< packets with another key (chunk 14) are dropped and
				     counted; NULL: all are taken */
	const char *cert, *key;	/**< tls: PEM files */
};

/**
 * Listen for HEP: "udp:ADDR:PORT", "tcp:ADDR:PORT" or "tls:ADDR:PORT"; ADDR may be
 * empty (all, IPv6 too), IPv6 stands in brackets. Each HEP packet becomes a record of
 * link type 101 (raw IP) with an IP and UDP header in front that tell the sender and
 * this listener, whatever brought it; time is when it came. Such a source has
 * no end: CAPTURE_WAIT until capture_stop().
 * @param options  of the listener, NULL: none.
 * @return 0, or -1 with *err.
 */
int capture_add_hep(struct capture *c, const char *where, const struct hep_listen *options,
		    struct err *err);

/** What listeners did; counters only grow. */
struct hep_listen_stats {
	uint64_t packets;	/**< taken */
	uint64_t refused;	/**< with a wrong or no password */
	uint64_t bad;		/**< that were no HEP: datagrams; connections that were
				     closed for it, or broke within a packet */
	uint64_t connections;	/**< accepted so far */
	uint64_t dropped;	/**< connections closed for the bound on their number
				     (1024), or for want of descriptors */
};

/** The sum over all listeners, the ended ones included. Datagrams the kernel had no
 * room for are in the statistics of the source (dropped). */
void capture_hep_stats(const struct capture *c, struct hep_listen_stats *stats);

/** The port that the listener of source @p source has, which the system chose when it
 * was to be 0. @return 0 when that is no listener, or has ended. */
uint16_t capture_hep_port(const struct capture *c, size_t source);

/** How an interface is captured on; zeroes are useful. */
struct capture_live {
	uint32_t buffer;	/**< bytes of the ring that the kernel fills; 0: 64 MiB */
	uint32_t snaplen;	/**< bytes kept of a packet; 0: 262144 */
	bool no_promiscuous;	/**< only what is for this host */
};

#define CAPTURE_LIVE_BUFFER	((uint32_t)64 << 20)
#define CAPTURE_LIVE_SNAPLEN	262144u

/** What capture_add_live() says. All but the first are less than 0, with *err. */
enum capture_live_result {
	CAPTURE_LIVE_OK = 0,
	CAPTURE_LIVE_FAILED = -1,
	CAPTURE_LIVE_PERMISSION = -2,	/**< who runs this may not capture */
	CAPTURE_LIVE_NO_DEVICE = -3,	/**< there is no such interface */
	CAPTURE_LIVE_FILTER = -4,	/**< the BPF filter does not fit its packets */
};

/**
 * Capture on a network interface, or on "any": all of them. To be called while the
 * process has CAP_NET_RAW, which it needs no more afterwards, nor files to open.
 *
 * Such a source ("live") has no end: CAPTURE_WAIT until capture_stop(). Its records have
 * no place, times of the system in ns, frames counted from 1, and stay for the time the
 * set says. They come at most about 60 ms late, in batches: the process is not waken for
 * each packet. Of several interfaces they are merged by time, for which a record is held
 * back until it is 120 ms old at most. It wakes once a second to look at the interface.
 *
 * An interface that is down is waited for. One that goes down, vanishes, and comes
 * again under its name, is told of by notices, and captured on again.
 *
 * The filter of the set, if any, is given to the kernel: what does not match is not
 * counted (stats.records, stats.filtered).
 *
 * @param options  NULL: none.
 */
int capture_add_live(struct capture *c, const char *device, const struct capture_live *options,
		     struct err *err);

struct sandbox_plan;

/** Tell the plan the sockets of interfaces, which are only read from (capture/sandbox.h). */
void capture_add_receivers(const struct capture *c, struct sandbox_plan *plan);

/** Whether it is about listeners and interfaces alone by now: there is no file or pipe
 * (any more) that has an end. False when all has ended. */
bool capture_is_live(const struct capture *c);

/** An interface that can be captured on. */
struct capture_interface {
	char *name, *description;	/**< "" when there is none */
	struct net_addr *addrs;
	size_t n;			/**< of addrs */
	bool up, running, loopback;	/**< running: with a carrier */
};

/** All there are, "any" among them, in the order of the system. @return 0, or -1 with
 * *err. Needs no rights. */
int capture_interfaces(struct capture_interface **list, size_t *n, struct err *err);
void capture_interfaces_free(struct capture_interface *list, size_t n);

/** End all live sources: after what has come by then, CAPTURE_END. */
void capture_stop(struct capture *c);

/**
 * Pass only what matches the BPF expression, compiled once per link type, on
 * first use. To be called before the first capture_next(), and before interfaces
 * are added. Records that do not
 * match are counted (stats.filtered) and keep their frame numbers.
 * @return 0, or -1 with *err: "BPF filter: what libpcap says".
 */
int capture_set_filter(struct capture *c, const char *expression, struct err *err);

/**
 * The next record in time order (of files: merged by time, equal times in the
 * order the inputs were added; a file whose clock steps back keeps its own
 * order). With several inputs a pipe that has nothing to say holds the merge; a
 * live source does not.
 *
 * The bytes of the record before it die, unless capture_stays() was true.
 * Blocks never on a regular file longer than its read; on pipes and sockets it
 * returns CAPTURE_WAIT instead of blocking. Costs no allocation per record.
 */
enum capture_status capture_next(struct capture *c, struct record *rec);

/**
 * Whether the next capture_next() is sure to give a record and to leave the
 * bytes of the records given so far where they are. So several can be worked on
 * at once. Often false; costs a few compares.
 */
bool capture_stays(const struct capture *c);

/**
 * The next records, up to @p n of them, as capture_next() would give them one by one, but
 * that the bytes of all, and of those given so far, stay until it is asked for one.
 * @return how many; 0: capture_next() has to tell. None of them is fleeting, or without a
 *         time.
 */
size_t capture_next_few(struct capture *c, struct record *recs, size_t n);

/** The descriptor to poll for reading after CAPTURE_WAIT, else -1. */
int capture_fd(const struct capture *c);

/** Bytes of the inputs consumed (packed ones: as packed), and in all (0: not
 * known, as with a pipe). */
void capture_progress(const struct capture *c, uint64_t *done, uint64_t *total);

/**
 * Read @p n bytes at @p place into @p to, from the file or the spool.
 * @return 0, or -1 with *err: the file has become shorter, was replaced, or
 *         the place is PLACE_NONE. Costs a pread of @p n bytes, less when it
 *         lies near the previous one (a window is kept).
 */
int capture_read(struct capture *c, struct place place, void *to, size_t n, struct err *err);

/* ---- what has no place in a file: keep.c ---- */

/**
 * Append bytes to the spool (an unlinked temporary file, its tail in memory).
 * @return their place; source PLACE_NONE when the spool is at its cap or the
 *         disk is full, with one notice the first time. They stay there until they are
 *         held and released, or, not held, until there is no more room.
 */
struct place capture_spool(struct capture *c, const void *bytes, size_t n);

/**
 * Keep a packet of a pipe or a live source (rec->fleeting): copy it to its place, in a log
 * that capture_again() reads. Only of the record given last, once. Other records are where they
 * are anyway. It stays as long as a piece of it is held, else until there is no more
 * room. A copy of the bytes, and a write of 1 MiB every so often.
 * @return false when it is lost: the cap is reached, the disk is full (one notice, the first
 *         time), or it is longer than 1 MiB.
 */
bool capture_keep(struct capture *c, const struct record *rec);

/** As capture_spool(), of a text that packets of @p source brought: it is put beside those
 * that are kept, so that who holds it holds most of them. Places of records given before
 * that are not kept are void then. */
struct place capture_keep_text(struct capture *c, uint16_t source, const void *bytes, size_t n);

/** The bytes at @p place, in the spool or in a packet that was kept, are needed until
 * capture_release() with the same numbers; nothing for bytes of a file. @return false when
 * some of them are gone already. O(1). */
bool capture_hold(struct capture *c, struct place place, size_t n);
void capture_release(struct capture *c, struct place place, size_t n);
/** Whether what is held comes near the cap, or cannot be written: who holds the oldest is to
 * release some, or what comes is lost. */
bool capture_is_short(const struct capture *c);

struct capture_kept_stats {
	uint64_t cap;		/**< bytes; 0: not known yet */
	uint64_t used;		/**< bytes kept, whole segments of 1 MiB but for the last */
	uint64_t held;		/**< of them */
	uint64_t disk;		/**< bytes of files, about */
	uint64_t packets;	/**< capture_keep() kept so far */
	uint64_t lost;		/**< and could not */
	uint64_t slow;		/**< texts and packets not kept as the disk was too slow */
};

void capture_kept_stats(const struct capture *c, struct capture_kept_stats *stats);

/** Stop the spool from growing beyond @p bytes: texts and kept packets together, and what is
 * unpacked of archives by itself. By default it is 16 GiB, with live inputs 4 GiB, for the
 * first two at most half of what is free in $TMPDIR, or /tmp, when the first bytes come. */
void capture_set_spool_cap(struct capture *c, uint64_t bytes);

#define CAPTURE_WAITING_MAX	(UINT64_C(128) << 20)	/* bytes */

/** Where a thread writes (base/writer.h): how many bytes may wait for that, of texts and of
 * packets each, but 2 MiB at least; CAPTURE_WAITING_MAX by default. What is more than that
 * is not kept where an interface or a listener brings it, and waited for else. */
void capture_set_waiting_max(struct capture *c, uint64_t bytes);

/* ---- reading once more ---- */

/**
 * A set of the inputs of @p c, with the same filter: regular files, packed or not, each as far
 * as it went when it was added; of pipes and live inputs what capture_keep() was given by
 * now, as far as it is still there, with its frame numbers. @p c may go on meanwhile, and
 * must live longer. Files need not be there by name any longer, nor may they be opened:
 * descriptors were kept (of packed ones up to 512, or half of what may be open).
 * @return NULL with *err when one of them has changed, or is gone beyond these.
 */
struct capture *capture_again(const struct capture *c, struct err *err);

/** Which source of @p c source @p i of its @p again is; PLACE_NONE: none. */
uint16_t capture_again_source(const struct capture *c, const struct capture *again, size_t i);

struct stat;

/** Whether @p st (of stat(2)) is one of the inputs. */
bool capture_is_input(const struct capture *c, const struct stat *st);

/* ---- what is known of the sources ---- */

struct capture_stats {
	uint64_t records;	/**< seen, the filtered ones included */
	uint64_t filtered;	/**< not passed by the BPF filter */
	uint64_t bytes;		/**< captured packet bytes of passed records */
	uint64_t cut;		/**< records with caplen < wirelen */
	uint64_t no_time;	/**< records without a time (SPB) */
	uint64_t back;		/**< records whose time lies before their predecessor's */
	uint64_t unknown_blocks;/**< pcapng blocks skipped by type; custom and
				     journal blocks take a frame number, as they
				     do in Wireshark */
	uint64_t dropped;	/**< isb_osdrop: by the system, as statistics say */
	uint64_t if_dropped;	/**< isb_ifdrop: by the interface, likewise; here
				     dumpcap and Wireshark put the kernel's drops */
	bool has_drops;		/**< whether any interface statistics were there */
	const char *drop_cause;	/**< of the last ones of live sources, a few words of what
				     was full and what helps; NULL: none, or not known */
	int64_t first, last;	/**< earliest and latest time, TIME_NONE: none */
	int64_t until;		/**< isb_endtime: when capturing ended; TIME_NONE: not said */
};

struct capture_source {
	const char *name;	/**< path as given, "-", or "ARCHIVE:MEMBER" */
	const char *format;	/**< "pcap", "pcapng", "hep", "live" */
	const char *packing;	/**< "gzip", ...; NULL: plain */
	bool seekable;		/**< its records have places in a file, or, where .kept, had */
	bool kept;		/**< no file: of its packets those are there that
				     capture_keep() was given, with places in its log */
	struct capture_stats stats;
};

size_t capture_source_count(const struct capture *c);
const struct capture_source *capture_source_at(const struct capture *c, size_t i);

/** The sum over all sources. */
void capture_stats(const struct capture *c, struct capture_stats *sum);

/** What went wrong, one line each, in the order found; at most 100 of a source,
 * then their number. Valid until the next call that reads or adds. */
struct capture_notice {
	const char *text;	/**< "FILE: offset N, record N: what", no full stop */
	bool fatal;		/**< nothing could be read of that input */
};

size_t capture_notice_count(const struct capture *c);
const struct capture_notice *capture_notice_at(const struct capture *c, size_t i);

/** How often each LINKTYPE was seen. @return the count; 0 past the end. */
uint64_t capture_link_at(const struct capture *c, size_t i, uint16_t *link);

/** Names from pcapng name resolution blocks; owned by the set. Untrusted. */
struct capture_name {
	struct net_addr addr;
	const char *name;
};

size_t capture_name_count(const struct capture *c);
const struct capture_name *capture_name_at(const struct capture *c, size_t i);

#define CAPTURE_SECRETS_TLS	0x544c534bu	/* type of a TLS key log */

/** Decryption secrets blocks, kept whole for TLS; wiped by capture_free(). */
struct capture_secrets {
	uint32_t type;		/**< CAPTURE_SECRETS_TLS, and others */
	const uint8_t *data;
	size_t n;
};

size_t capture_secrets_count(const struct capture *c);
const struct capture_secrets *capture_secrets_at(const struct capture *c, size_t i);

/** Comments of sections, interfaces and packets. */
struct capture_comment {
	uint16_t source;
	uint64_t frame;		/**< 0: of the section or an interface */
	const char *text;	/**< bytes from the file, NUL-terminated, untrusted */
};

size_t capture_comment_count(const struct capture *c);
const struct capture_comment *capture_comment_at(const struct capture *c, size_t i);

#endif
