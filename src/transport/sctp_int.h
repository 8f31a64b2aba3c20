/** @file sctp_int.h  What the files of sctp share: TSNs that were seen, fragments that wait. */
#ifndef TRANSPORT_SCTP_INT_H
#define TRANSPORT_SCTP_INT_H

#include "base/buf.h"
#include "base/hash.h"
#include "transport/sctp.h"

#define NONE	UINT32_MAX	/* no index */

#define TSNS_WINDOW	2048	/* TSNs that are told apart */

/** The TSNs of one direction that were seen; zeroed: none. */
struct tsns {
	uint32_t high;		/**< the highest */
	uint32_t jump;		/**< one far from it, seen once */
	bool has_high, has_jump;
	uint64_t seen[TSNS_WINDOW / 64];	/**< by TSN modulo the window, down from high */
};

/** See one. @return whether it comes for the first time. */
bool tsns_take(struct tsns *t, uint32_t tsn);

/** Lists by index: which links of a run. */
enum run_list {
	LIST_ALL,	/**< by age; of runs given up in the order of that */
	LIST_OWN,	/**< of an association, by age */
	LIST_COUNT
};

struct list {
	uint32_t first, last;	/**< NONE: empty */
};

/** One fragment. */
struct part {
	struct part *next;
	struct stamp stamp;	/**< at: when it came, counted */
	uint32_t n;
	bool cut;		/**< not all of its bytes were captured */
	char bytes[];
};

/** What fragments of one message have in common. Compared as bytes. */
struct run_key {
	uint32_t association;
	uint32_t tag;		/**< verification tag of the packet */
	uint32_t message;	/**< DATA: SSN; I-DATA: MID */
	uint16_t stream;
	uint8_t dir;
	uint8_t flags;		/**< RUN_... */
};

#define RUN_UNORDERED	1u
#define RUN_IDATA	2u

/** Fragments of a message that follow one another without a hole: by TSN, in
 * I-DATA by FSN. */
struct run {
	struct run_key key;
	uint32_t first, last;
	struct part *head, *tail;
	struct net_endpoint src, dst;	/**< of the newest fragment */
	int64_t since;			/**< when the oldest came */
	size_t bytes;			/**< of memory */
	struct {
		uint32_t prev, next;
	} links[LIST_COUNT];
	bool begins, ends;		/**< it has the first, the last fragment */
	bool quiet;			/**< another run tells of the same message */
};

/** All runs. */
struct runs {
	struct run *all;
	size_t n, cap;
	uint32_t free;		/**< linked by links[LIST_ALL].next */
	struct hash_map by_first, by_last;
	struct list waiting;
	struct list doomed;	/**< given up, to be told of */
	size_t bytes;		/**< of those that wait */
	uint64_t arrivals;
};

void runs_init(struct runs *r);
void runs_release(struct runs *r);

/** A fragment that comes. */
struct run_part {
	struct run_key key;
	uint32_t seq;
	bool begins, ends, cut;
	struct str bytes;
	const struct segment *seg;
};

/**
 * Take a fragment. @p own and *bytes are the
 * association's. @return the run that has become a whole message, to be given to
 * runs_drop(); NONE: it waits.
 */
uint32_t runs_add(struct runs *r, struct list *own, size_t *bytes, const struct run_part *p);

/** Memory that a fragment takes. */
static inline size_t
part_size(const struct run_part *p)
{
	return sizeof(struct part) + sizeof(struct run) + p->bytes.n;
}

/** Give up a run that waits: it goes to r->doomed, and with it others of its
 * message. */
void runs_doom(struct runs *r, struct list *own, size_t *bytes, uint32_t i);

/** Forget a run that is in no list. */
void runs_drop(struct runs *r, uint32_t i);

/** Take the oldest that was given up. @return false when there is none. */
bool runs_take_doomed(struct runs *r, uint32_t *i);

/** The bytes of a run up to the first that is missing. @return false when one is. */
bool run_text(const struct run *run, struct buf *text);

/** The records that brought it, in their order, each once. Amortised. */
size_t run_stamps(const struct run *run, struct stamp **list, size_t *cap);

#endif
