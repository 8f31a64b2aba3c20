/**
 * @file term.h  The terminal: one, of the whole process.
 *
 * Between term_start() and term_stop() the screen and the keyboard are ours.
 * However the process ends in between (exit, a fatal signal, out of memory, a
 * bug), the terminal is put back as it was. ^Z suspends and resumes within
 * term_next().
 *
 * Keys come from the standard input, or from /dev/tty when that is something
 * else, such as a capture that is piped in.
 */
#ifndef UI_TERM_H
#define UI_TERM_H

#include "base/err.h"
#include "ui/canvas.h"
#include "ui/keys.h"
#include "ui/mouse.h"
#include "ui/theme.h"

enum term_event {
	TERM_NONE,	/**< nothing now */
	TERM_KEY,
	TERM_MOUSE,
	TERM_RESIZE,	/**< the size may be another: see term_size(); draw again */
	TERM_SIGNAL,	/**< SIGINT, SIGTERM, SIGHUP or SIGQUIT: see term_signal() */
	TERM_CLOSED,	/**< end of input or of the terminal */
};

/**
 * Take the terminal over. @p escape_ms is how long after an ESC byte the rest
 * of a key's sequence may take, 0 to 1000. A terminal without colours gets the
 * look of THEME_PLAIN.
 * @return 0, or -1 with *err and nothing changed.
 */
int term_start(const struct theme *theme, int escape_ms, struct err *err);

/** Another theme from now on; no effect when it was not started. */
void term_set_theme(const struct theme *theme);

/** Let clicks and the wheel come as TERM_MOUSE; they do not after term_start(). The
 * terminal's own marking of text then takes Shift. No effect where it has no mouse,
 * and when it was not started. */
void term_set_mouse(bool on);

/** Give it back. Signals that end the program still only make term_signal() say so: whoever
 * has finished raises it. No effect when it was not started. */
void term_stop(void);

void term_size(int *height, int *width);

/** Show the canvas; only what is different is sent. */
void term_show(const struct canvas *c);

/** Let the next term_show() send all of it. */
void term_repaint(void);

/**
 * Let the terminal put @p bytes on its user's clipboard (OSC 52), also across
 * SSH and, where it is told to (set-clipboard on), tmux. Whether it did is not
 * to be known.
 * @return false when nothing was sent: not started, or a terminal without.
 */
bool term_copy(struct str bytes);

/** What to poll for reading: fds of index 0 to TERM_FDS - 1, and what to tell
 * of poll's answer. */
#define TERM_FDS	2
int term_fd(int index);
void term_ready(int index, short revents);

/** The next event, without waiting (but for the rest of an escape sequence, up
 * to escape_ms). *key is set for TERM_KEY only, *mouse for TERM_MOUSE. */
enum term_event term_next(struct key *key, struct mouse *mouse);

/** The signal of TERM_SIGNAL; 0 before one came. */
int term_signal(void);

#endif
