/**
 * @file settings.h  Every setting, its range and its sentence.
 *
 * One row of setting_defs makes a setting: its name for "set" in the settings
 * file, how its value is read and written, and what documents it. The program
 * reads the members of struct settings and never asks for one by name.
 */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include "base/buf.h"
#include "base/err.h"

/** What a setting is about: the order of settings screens and documents. */
enum setting_group {
	SETTING_GROUP_SCREEN,
	SETTING_GROUP_LIST,
	SETTING_GROUP_LADDER,
	SETTING_GROUP_MEDIA,
	SETTING_GROUP_TEXT,
	SETTING_GROUP_FILES,
	SETTING_GROUP_COUNT
};

enum setting_kind {
	SETTING_BOOL,		/**< bool; on, off (also yes, no, true, false, 1, 0) */
	SETTING_NUMBER,		/**< int64_t */
	SETTING_DECIMAL,	/**< double; digits, with a point and up to two after it */
	SETTING_CHOICE,		/**< int, index into choices */
	SETTING_TEXT,		/**< char[SETTING_TEXT_MAX], may be empty; no control
				 * characters but tabs, no blanks at the ends */
};

/** Indexes of choices; the order is that of the table's rows. */
enum setting_theme { SETTING_THEME_DARK, SETTING_THEME_LIGHT, SETTING_THEME_PLAIN };
enum setting_ascii { SETTING_ASCII_AUTO, SETTING_ASCII_ON, SETTING_ASCII_OFF };
enum setting_time { SETTING_TIME_ABSOLUTE, SETTING_TIME_RELATIVE, SETTING_TIME_DELTA };

enum setting_color_by { SETTING_COLOR_BY_REQUEST, SETTING_COLOR_BY_CALL_ID,
			SETTING_COLOR_BY_CSEQ };
enum setting_sdp { SETTING_SDP_OFF, SETTING_SDP_FIRST, SETTING_SDP_FULL };
enum setting_exit { SETTING_EXIT_LIVE, SETTING_EXIT_ALWAYS, SETTING_EXIT_NEVER };
enum setting_preview { SETTING_PREVIEW_AUTO, SETTING_PREVIEW_ON, SETTING_PREVIEW_OFF };

#define SETTING_TEXT_MAX	512u	/* with the NUL */
#define SETTINGS_MAX		64u	/* rows there may be; for arrays beside the table */

struct settings {
	int theme;		/**< enum setting_theme */
	int ascii;		/**< enum setting_ascii */
	int time;		/**< enum setting_time */
	int color_by;		/**< enum setting_color_by */
	int sdp;		/**< enum setting_sdp */
	int preview;		/**< enum setting_preview */
	int exit_prompt;	/**< enum setting_exit */
	bool utc;
	bool syntax, names, mouse, autoscroll, split_ports, media;
	int64_t escape_ms;
	int64_t preview_width;	/**< cells; 0: by itself */
	int64_t fixed_columns;
	int64_t long_pause_ms;
	int64_t jitter_buffer_ms;
	double warning_loss, critical_loss;	/**< percent */
	double warning_mos, critical_mos;
	int64_t warning_s, critical_s;
	char sort[SETTING_TEXT_MAX], filter[SETTING_TEXT_MAX], save_path[SETTING_TEXT_MAX],
		related[SETTING_TEXT_MAX], capture_device[SETTING_TEXT_MAX];
	int64_t capture_buffer_mb, capture_memory_mb, capture_limit;
	bool capture_rotate;
};

struct setting_def {
	const char *name;
	enum setting_group group;
	enum setting_kind kind;
	size_t offset;			/**< of the member in the struct */
	int64_t min, max;		/**< SETTING_NUMBER, SETTING_DECIMAL, both included */
	const char *const *choices;	/**< SETTING_CHOICE, ends with NULL */
	const char *initial;		/**< read by the same parser as the file */
	const char *unit;		/**< "ms"; NULL: none */
	const char *help;
};

/** Ends with a NULL name. */
extern const struct setting_def setting_defs[];

/** "Screen", "Ladder" ... */
const char *setting_group_title(enum setting_group group);

/** Everything at its initial value. Nothing in it needs release. */
void settings_init(struct settings *s);

/** The row of @p name, or NULL. */
const struct setting_def *setting_find(struct str name);

/** Read @p value into the member of @p base (struct settings) that @p def is
 * of. @return 0, or -1 with *err saying what it may be, and nothing changed. */
int setting_parse(const struct setting_def *def, void *base, struct str value,
		  struct err *err);

/** Whether both have the same value. */
bool setting_same(const struct setting_def *def, const void *a, const void *b);

/** Append what it may be: "dark, light or plain", "0 to 1000 ms", "on or off";
 * nothing for a text. */
void setting_add_range(struct buf *b, const struct setting_def *def);

/** What a text of a line means: without the quotes around it and the blanks inside
 * them. Quotes at both ends that belong to the text ("a" or "b") stay; to have quotes
 * around all of a text, write them twice. */
struct str setting_unquote(struct str text);

/** Append the value so that setting_parse() reads it back. */
void setting_add(struct buf *b, const struct setting_def *def, const void *base);

/** setting_find() and setting_parse() in one. */
int settings_set(struct settings *s, struct str name, struct str value, struct err *err);

#endif
