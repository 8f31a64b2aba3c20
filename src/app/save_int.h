/** @file save_int.h  What the files of saving share. */
#ifndef APP_SAVE_INT_H
#define APP_SAVE_INT_H

#include "app/save.h"
#include "app/save_conns.h"
#include "app/save_file.h"
#include "app/save_frames.h"
#include "app/save_media.h"
#include "export/messages_text.h"
#include "export/pcap_write.h"
#include "export/table.h"

enum save_turn {
	SAVE_TURN_BUSY,		/**< ask again */
	SAVE_TURN_OVER,		/**< the next phase is due */
	SAVE_TURN_FAILED,	/**< *err tells */
};

typedef enum save_turn save_phase_fn(struct save *s, struct err *err);

/** A message whose packets cannot be read again. */
struct save_built {
	int64_t time;
	uint32_t message;
};

/** A comment on a packet. */
struct save_comment {
	uint64_t key;		/**< source and frame */
	const char *text;
};

struct save {
	struct session *session;	/**< borrowed */
	const struct store *store;	/**< the session's, at the start; to be compared only */
	struct save_request request;	/**< its lists are owned */
	enum save_state state;
	struct save_file file;
	struct save_progress progress;
	save_phase_fn *const *phases;	/**< NULL at the end */
	uint32_t at;			/**< in the phase: a call, a message */
	struct err err;			/**< of SAVE_FAILED */

	uint32_t *messages;		/**< chosen ones; owned */
	size_t n, cap;
	uint64_t *marks;		/**< bits of these; owned */
	size_t mark_words;
	uint32_t *list;			/**< of one call; owned */
	size_t list_cap;

	/* Packets. */
	struct frame_set wanted, others;	/**< with parts of chosen messages; of others */
	struct frame_set found;			/**< fragments of wanted ones */
	uint64_t *there;		/**< bits: those of wanted that were seen; owned */
	struct frame_set gone;		/**< wanted, kept once, and there no more */
	struct save_conns conns;
	struct save_media media;
	uint64_t *paths;		/**< bits: seen among chosen messages; owned */
	size_t path_words;
	bool streams;			/**< chosen ones came by more than datagrams */
	struct save_built *built;
	size_t built_n, built_cap, built_at;
	struct net_addr *addresses;	/**< to be named, each once; owned */
	size_t address_n, address_cap;
	struct hash_map address_map;

	struct capture *again;
	struct decoder *decoder;
	uint16_t *sources;		/**< of again: index in the first set; owned */
	size_t source_n, source_cap;
	bool *fine;			/**< by source of the first set: ns matter; owned */
	size_t fine_n, fine_cap;
	uint32_t *limits;		/**< by source of the first set: records read when this
					     began, of which the store knows all; owned */
	size_t limit_n;
	bool limited;			/**< reading was not at its end */
	uint64_t seen;			/**< of wanted, in the present pass */
	uint64_t bytes;			/**< of the passes before */
	struct save_comment *comments;	/**< by key; owned */
	size_t comment_n, comment_cap;
	struct pcap_writer writer;
	bool writing;
	struct buf scratch, text;

	/* Text. */
	struct table table;
	struct messages_text texts;
	struct field *fields;		/**< owned */
	bool tabling, texting;		/**< one of these is begun */
};

/** Time enough for a turn between looks at the clock. */
#define SAVE_TURN	256u

/** Note how far the inputs are read. */
void save_note_limits(struct save *s);

/** Take in what a chosen message tells of packets. */
void save_note_message(struct save *s, uint32_t i);
/** What there is of the media of a call. */
void save_note_media(struct save *s, const struct call *c);
/** And what events tell of a call. */
void save_note_events(struct save *s, const struct call *c);

/* The phases of formats with packets, after those are told. */
save_phase_fn save_note_others, save_find_begin, save_find, save_find_gone,
	save_write_begin, save_write, save_write_end;

/** Let go of the file. */
void save_write_stop(struct save *s);

/** Release what these use, but for the file. */
void save_packets_release(struct save *s);

#endif
