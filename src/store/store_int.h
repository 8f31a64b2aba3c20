/** @file store_int.h  Inside the store: its tables and the parts that fill them. */
#ifndef STORE_STORE_INT_H
#define STORE_STORE_INT_H

#include "base/arena.h"
#include "base/chunks.h"
#include "base/hash.h"
#include "store/store.h"

/** A dialog of an INVITE call: one To-tag that answered. */
struct dialog {
	uint32_t tag;		/**< keyed hash of the callee's tag */
	uint32_t next;		/**< of the same call, or CALL_NONE */
	bool answered;		/**< 2xx seen */
	bool own;		/**< answered at the hop of the caller */
	bool ended;		/**< BYE seen */
	uint32_t unused;	/* a multiple of 8 bytes, to be dropped */
};

_Static_assert(sizeof(struct dialog) % 8 == 0, "only such can be dropped");

/** A text, and how many have it; next_free when it is none. */
struct name {
	struct str text;
	uint32_t refs;
	uint32_t next_free;
};

/** Texts kept once each. */
struct names {
	struct arena arena;
	struct name *list;	/* by number - 1 */
	size_t n, cap;
	uint32_t live;
	uint32_t free;		/* number of the first place that is; 0: none */
	size_t bytes;		/* of those there are, with what else they cost */
	size_t bytes_max;	/* 0: no bound but that of their number */
	struct hash_map map;
};

#define PATH_RECENT	3

/** A path as it is kept: 64 bytes, one line of the cache. */
struct path_entry {
	struct path path;
	/** Of a base: the last messages on it and on those it is the base of,
	 * newest first; MESSAGE_NONE: none. */
	uint32_t recent[PATH_RECENT];
};

_Static_assert(sizeof(struct path_entry) == 64, "a path is one line of the cache");

/** What the index entry of a message does not tell of the records that brought it. */
struct carriage_entry {
	uint32_t message;
	uint32_t frame_n;
	const uint32_t *frames;	/* in store.frames */
	const uint16_t *sources;	/* of each; NULL: all are of source */
	int64_t first, last;
	uint16_t source;
};

/** From a message on, the upper half of frame numbers of a source. */
struct frame_high {
	uint32_t message, high;
	uint16_t source;
};

struct media;

struct store {
	struct media *media;	/* store/streams_int.h */
	struct chunks messages;	/* struct message */
	struct chunks calls;	/* struct call */
	struct chunks dialogs;	/* struct dialog */
	struct chunks paths;	/* struct path_entry */
	struct chunks path_refs;	/* uint64_t of each path, who refers to it; where there is
					 * retain */
	struct chunks carriages;	/* struct carriage_entry, in order of messages */
	struct frame_high *highs;	/* by message; as good as always there are none; owned */
	size_t high_n, high_cap;
	struct hash_map carriage_map;	/* message to its entry; where there is retain */
	struct chunks events;	/* struct event */
	struct hash_map call_map;	/* Call-ID to the last call with it */
	struct hash_map path_map;	/* by ends, transport, carrier and node; a
					 * base by ends and transport too */
	struct hash_map pair_map;	/* connection to its last event */
	struct hash_map told_map;	/* Call-ID to the last event that names it */
	struct arena text;
	struct arena frames;	/* of carriages */
	struct names names;
	struct str methods[256 - SIP_METHOD_COUNT];	/* extension methods */
	uint32_t first_event;	/* those before it are gone */
	uint32_t events_gone;
	uint32_t messages_gone;
	uint32_t last_path;	/* the path of the previous message */
	struct path_entry *last_entry;	/* the same; NULL: none yet */
	uint32_t branch;	/* of the message on its way in: keyed hash of its
				 * transaction id; 0: none */
	uint32_t to_tag;	/* likewise, tag_hash() of its To-tag */
	uint32_t placeholders;	/* calls without a Call-ID */
	uint32_t spool_source;	/* of the record of the first message in the spool:
				 * most often of all of them; UINT32_MAX: none yet */
	int64_t now;
	struct store_stats stats;
	store_read_fn *read;
	void *read_ctx;
	struct retain *retain;	/* retain.c; NULL: no bounds, and nothing went */
	store_release_fn *release;
	void *release_ctx;
};

/* ---- names.c ---- */

#define NAME_LENGTH_MAX	1024u	/* bytes of a text kept */

void names_release(struct names *n);
/** The number of @p text, above 0; 0 for the empty text. At most a million
 * texts of 1 KiB are kept, less where bytes_max says so: past that, 0. It stays for as long
 * as it was added more often than dropped. */
uint32_t names_add(struct names *n, struct str text);
/** The same for what is no header: takes no more than half of the room. */
uint32_t names_add_half(struct names *n, struct str text);
/** Undo a names_add(); nothing for 0. O(1). */
void names_drop(struct names *n, uint32_t number);
/** Let *number be that of @p text instead of what it was. */
void names_set(struct names *n, uint32_t *number, struct str text);
size_t names_memory(const struct names *n);

/* ---- store.c ---- */

/** Read @p n bytes at @p place into @p to, replaced. @return 0, or -1 with *err. */
int store_read(const struct store *s, struct place place, size_t n, struct buf *to,
	       struct err *err);

/* ---- paths.c ---- */

/** Of ends, transport, carrier and node. */
uint64_t path_hash(const struct store_input *in);
/** The path of a message or event, made when it is new. Its path_hash is used
 * where it is set. O(1), amortised. */
uint32_t path_find(struct store *s, const struct store_input *in);

static inline bool
path_is(const struct path *p, const struct store_input *in)
{
	return net_endpoint_eq(&p->src, &in->src) && net_endpoint_eq(&p->dst, &in->dst) &&
		p->transport == in->transport && p->carrier == in->carrier &&
		(LIKELY(in->carrier == CARRIER_NONE) || p->node == in->node);
}

/** The same; s->last_entry is its entry afterwards. */
static inline uint32_t
path_get(struct store *s, const struct store_input *in)
{
	struct path_entry *e;

	/* One that was dropped since has no ends. */
	if (LIKELY(in->path_guess < s->paths.n && in->src.addr.family != NET_NONE)) {
		e = chunks_at(&s->paths, in->path_guess);
		if (LIKELY(path_is(&e->path, in))) {
			s->last_entry = e;
			return s->last_path = in->path_guess;
		}
	}
	if (s->last_entry && path_is(&s->last_entry->path, in))
		return s->last_path;
	return path_find(s, in);
}

static inline uint32_t
path_base(const struct store *s, uint32_t path)
{
	return ((const struct path_entry *)chunks_at(&s->paths, path))->path.base;
}

/* Private. */
void path_count(struct store *s, uint32_t path);
void path_discount(struct store *s, uint32_t path);

/** Say that something refers to a path, or no more: one that nothing refers to is dropped. */
static inline void
path_ref(struct store *s, uint32_t path)
{
	if (UNLIKELY(s->retain))
		path_count(s, path);
}

static inline void
path_unref(struct store *s, uint32_t path)
{
	if (UNLIKELY(s->retain))
		path_discount(s, path);
}

/** Begin to count, with what paths refer to each other. */
void paths_begin_count(struct store *s);

/** Note @p message as the last one on a base. */
static inline void
path_note(struct path_entry *e, uint32_t message)
{
	for (int i = PATH_RECENT - 1; i > 0; i--)
		e->recent[i] = e->recent[i - 1];
	e->recent[0] = message;
}

/* ---- carriage.c ---- */

/** Keep what struct message does not tell of the records of message @p i. */
void carriage_add(struct store *s, uint32_t i, const struct store_input *in);

/** Let go of what is kept of message @p i. O(1); where there is retain. */
void carriage_drop(struct store *s, uint32_t i);
/** Let entries be found however many are dropped. */
void carriages_begin_drop(struct store *s);

/** Note the upper half of the frame number of message @p i, which struct message does not
 * have. */
void carriage_note_high(struct store *s, uint32_t i, const struct store_input *in);

/** The source a message has that has no entry. */
static inline uint32_t
carriage_source(const struct store *s, uint16_t place)
{
	return LIKELY(place < PLACE_NONE) ? place : s->spool_source;
}

/** Whether there is something to keep. */
static inline bool
carriage_is_needed(const struct store *s, const struct store_input *in)
{
	return in->stamp_n > 0 || in->source != carriage_source(s, in->place.source);
}

/* ---- copies.c ---- */

/**
 * Find what @p m, not yet linked to @p call, is a copy of.
 * Sets MESSAGE_RETRANSMISSION or MESSAGE_DUPLICATE in m->flags and counts.
 * @return the earlier message, or NULL. Amortised O(1).
 */
const struct message *copies_mark(struct store *s, struct call *call, struct message *m);

/** Hash of what copies of one message on one path have in common, 24 bits; the
 * path is told by its base. */
uint32_t copies_identity(const struct store *s, const struct sip_scan *scan, uint32_t base);

/** Of a tag, as calls and dialogs keep it; 0: there is none. */
static inline uint32_t
tag_hash(struct str tag)
{
	return tag.n ? (uint32_t)hash_str(tag) | 1 : 0;
}

/* ---- machine.c ---- */

/** Let the machine of the call see @p m, which is no copy of an earlier one. */
void machine_step(struct store *s, struct call *call, const struct message *m,
		  const struct sip_scan *scan);
/** Take a copy (retransmission) into account. */
void machine_copy(struct call *call, const struct message *m);
/** Which machine follows a call that begins with this message. */
enum call_kind machine_kind(const struct message *m, const struct sip_scan *scan);
/** Whether an INVITE without To-tag begins a new call rather than a new try. */
bool machine_is_over(const struct store *s, const struct call *call, const struct message *m,
		     const struct sip_scan *scan);

/* ---- events.c ---- */

/** Let go of the events that name the Call-ID of a call and are told of it. */
void events_drop_call(struct store *s, const struct call *c);
/** Let go of the oldest event. @return false: there is none. O(1), amortised. */
bool events_drop_oldest(struct store *s);

/* ---- drop.c ---- */

/** Undo the links of a call to the store, all but its messages, and itself.
 * @return its last message: the chain that is now to be dropped. */
uint32_t drop_call_but_messages(struct store *s, struct call *c);
/** Drop messages of a chain from @p last on, *most at most, which is decreased.
 * @return where it ended; MESSAGE_NONE: nothing is left. */
uint32_t drop_messages(struct store *s, uint32_t last, uint32_t *most);
/** The same, but the entries are left: gone for whoever asks, their memory not given back
 * before each of them for which message_lies() is dropped from store.messages. */
uint32_t leave_messages(struct store *s, uint32_t last, uint32_t *most);

static inline bool
message_lies(const struct message *m)
{
	return m->length == 0 && m->call == CALL_NONE;
}

/** Say that nobody needs the bytes at a place any more. */
void drop_place(struct store *s, struct place place, size_t n);

/** What stands for a call and for a message that is gone. */
extern const struct call call_gone;
extern const struct message message_gone;

/* ---- retain.c ---- */

/** Its part in struct store. */
struct retain;
void retain_free(struct retain *r);
/** Let what went from one store, and all calls that are there, count as gone from another. */
void retain_hand_over(struct store *from, struct store *to);
/** Entries of a table from which on store_is_full(); tests have it lower. */
extern uint32_t store_index_enough;
/** Count streams of no call that media_drop_rest() let go of. */
void retain_count_streams(struct store *s, uint32_t n);

/* ---- media_drop.c ---- */

/** Let go of what media has of a call: descriptions, links, the streams that are of no other
 * call, their reports and digits. Before its messages go. */
void media_drop_call(struct store *s, struct call *c);

/** Begin with it: let go of streams, *most at most, which is decreased. @return whether all
 * are gone. */
bool media_drop_links(struct store *s, struct call *c, uint32_t *most);

/**
 * Let go of what no call holds: a stream of no call, that of the oldest last packet (of
 * thousands that all go on, nearly so). What waits for streams is in tables of a fixed
 * size. O(log n), amortised. @return whether one went; false: there is none.
 */
bool media_drop_rest(struct store *s);

/** Bytes of all tables of media. O(1): kept up as they change. */
size_t media_memory(const struct store *s);

#endif
