/**
 * @file prompt.h  A line being typed, with what was typed before.
 *
 * Keys as in a shell: Left Right Home End ^A ^E ^B ^F, Alt-b Alt-f and ^Left
 * ^Right by words; Backspace Delete ^D, ^W a word, ^U to the start, ^K to the
 * end; Up Down ^P ^N earlier lines; Enter takes it, Esc or ^G gives it up, as does
 * Backspace in an empty line. A line is UTF-8 of at most PROMPT_MAX bytes; what
 * else a key would add is not taken.
 */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include "ui/canvas.h"
#include "ui/keys.h"

#define PROMPT_MAX	1024
#define PROMPT_LINES	50	/* kept of what was taken */

/** Lines taken, the oldest first, none twice. Zeroed is empty. */
struct prompt_history {
	struct buf lines[PROMPT_LINES];
	size_t n;
};

void prompt_history_release(struct prompt_history *h);

/** Make @p line the last one; an empty line is not kept. */
void prompt_history_add(struct prompt_history *h, struct str line);

struct prompt {
	struct buf text;
	size_t at;			/**< byte of text the cursor is before */
	const char *label;		/**< static */
	size_t mark;			/**< character shown as wrong, from 1; 0: none */
	struct prompt_history *history;	/**< borrowed; NULL: none */
	size_t back;			/**< private: lines up in it; 0: below all */
	struct buf typed;		/**< private: what was there before going up */
};

enum prompt_result {
	PROMPT_IGNORED,		/**< the key means nothing here */
	PROMPT_MOVED,		/**< the cursor alone, or nothing */
	PROMPT_CHANGED,
	PROMPT_TAKEN,		/**< Enter; the line is in the history now */
	PROMPT_CANCELLED,
};

/** Begin with @p text, the cursor at its end. *p is zeroed or was used before. */
void prompt_start(struct prompt *p, const char *label, struct prompt_history *history,
		  struct str text);
void prompt_release(struct prompt *p);

enum prompt_result prompt_key(struct prompt *p, struct key key);

/** Draw it in row @p y: label, the part of the text around the cursor, and at
 * the right @p note (may be empty), which gives way to the text. */
void prompt_draw(const struct prompt *p, struct canvas *c, int y, struct str note,
		 enum role note_role);

#endif
