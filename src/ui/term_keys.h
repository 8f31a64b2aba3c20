/**
 * @file term_keys.h  What bytes of a terminal mean, where curses leaves that to us.
 *
 * A part of ui/term.h, for term_curses.c alone, that needs no curses.
 */
#ifndef UI_TERM_KEYS_H
#define UI_TERM_KEYS_H

#include "ui/keys.h"
#include "ui/mouse.h"

/** Two clicks within this are a double click. */
#define TERM_DOUBLE_MS	400

/** The key that sends the character @p c. @return false when it is none. */
bool term_key_of_char(uint32_t c, struct key *key);

/**
 * A key of a sequence that terminfo does not have for this TERM, but that most
 * terminals send: ESC [ or ESC O, @p params, @p last.
 * @return false for none of them: it is then dropped, as its letters were not typed.
 */
bool term_key_of_sequence(const char *params, uint32_t last, struct key *key);

/**
 * What the mouse did by a report of mode 1006 (xterm's "SGR"): ESC [ < B ; X ; Y, and
 * as @p last M, or m for a release. @p params begins with "<". @return false for what
 * is not told: releases, other buttons, moves.
 */
bool term_mouse_of_sequence(const char *params, uint32_t last, struct mouse *m);

/** The same by the older report: button, column and row, each plus 32. */
bool term_mouse_of_bytes(const uint32_t bytes[3], struct mouse *m);

/** The last click; zeroed: none. */
struct term_clicks {
	int64_t at_ms;
	int y, x;
	bool some;
};

/** Make a MOUSE_PRESS at @p now_ms a MOUSE_DOUBLE where it follows one closely. */
void term_mouse_clicks(struct term_clicks *clicks, struct mouse *m, int64_t now_ms);

#endif
