/** @file save_int.h  What the files of saving share. */
#ifndef APP_SAVE_INT_H
#define APP_SAVE_INT_H

#include "app/save.h"
#include "app/save_conns.h"
#include "app/save_file.h"
#include "app/save_frames.h"
#include "app/save_media.h"
#include "app/save_tls.h"
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
	bool pdu;		/**< it came encrypted, and is written as text */
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
	struct frame_set sealed;		/**< wanted ones of TLS, not to be written */
	struct save_tls own_tls;
	const struct save_tls *tls;		/**< that, or of the save this is a job of */
	struct save_tls_set tls_set;		/**< what goes into the file */
	uint64_t *there;		/**< bits: those of wanted that were seen; owned */
	struct frame_set gone;		/**< wanted, kept once, and there no more */
	struct save_conns conns;
	struct save_media media;
	uint64_t *paths;		/**< bits: seen among chosen messages; owned */
	size_t path_words;
	bool streams;			/**< chosen ones came by more than datagrams */
	bool carried;			/**< and inside of others' packets (HEP) */
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
	uint64_t *limits;		/**< by source of the first set: records read when this
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

	/* Of one that is a job of another: what belongs to that is borrowed. */
	struct frame_owners *owners;	/**< messages of streams, by job; NULL: it is none */
	uint32_t job;
	const bool *news;		/**< save_conn_news() of the segment at hand */
	struct save_split *split;	/**< of one that has jobs; owned */

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
/** Of a stream, where streams are what is saved. */
void save_note_stream(struct save *s, uint32_t stream);
/** Whether packets of any stream noted may be read again. */
bool save_any_media(const struct save *s);
/** And what events tell of a call. */
void save_note_events(struct save *s, const struct call *c);

/* Parts of the phases below, for what has several saves to do in the same passes. */

enum save_turn save_pass_begin(struct save *s, struct err *err);
/** The next record, told of the first set. */
enum capture_status save_pass_next(struct save *s, struct record *rec);
enum save_turn save_pass_end(struct save *s);
void save_tell_progress(struct save *s);

/** The first pass: whether times of the source of a record matter to the ns. */
void save_note_fine(struct save *s, const struct record *rec);
/** A record, where it is wanted, is there. */
void save_note_there(struct save *s, const struct record *rec);
/** Whether a source of the first set was no file: of its packets some are kept. */
bool save_is_kept(const struct save *s, uint16_t source);
/** Whether nothing is known yet of what a packet carries: it may be of other calls. */
bool save_is_unknown(const struct save *s, const struct segment *seg);
bool save_is_stream(const struct segment *seg);
/** Look at a segment; the decoder has its fragments. */
void save_find_segment(struct save *s, const struct segment *seg);
/** All were looked at. */
void save_find_close(struct save *s);

/** The second pass. */
void save_collect_comments(struct save *s);
/** Begin to write to the file, which may come later (file.out NULL). */
void save_writer_begin(struct save *s);
/** Write a packet if it is to be; @p seg: what it completed, or NULL. */
int save_write_packet(struct save *s, const struct record *rec, const struct segment *seg,
		      struct err *err);
int save_writer_end(struct save *s, struct err *err);

/** What is done with the records that a second pass reads. */
struct save_writing {
	bool decodes;			/**< packets are wanted for what they carry, too */
	bool (*has_all)(const struct save *s);	/**< nothing more is, of those known by number */
	int (*take)(struct save *s, const struct record *rec, const struct segment *seg,
		    struct err *err);
};
/** A turn of the second pass. */
enum save_turn save_pass_write(struct save *s, const struct save_writing *w, struct err *err);

/* The phases of formats with packets, after those are told. */
save_phase_fn save_note_others, save_find_begin, save_find, save_find_gone,
	save_write_begin, save_write, save_write_end;

/** Let go of the file. */
void save_write_stop(struct save *s);

/* One file a call. */
save_phase_fn save_split_note, save_split_owners, save_split_find_begin, save_split_find,
	save_split_write_begin, save_split_write, save_split_files, save_split_texts;
void save_split_release(struct save *s);

/** Release what these use, but for the file. */
void save_packets_release(struct save *s);

#endif
