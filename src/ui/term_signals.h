/**
 * @file term_signals.h  Signals while the terminal is ours, and how it was before.
 *
 * A part of ui/term.h, for term_curses.c alone, that needs no curses. Handlers only
 * set a flag and write a byte into a pipe that the loop polls. For the ends that leave
 * no time for curses (a crash, out of memory, exit() from elsewhere, a second signal)
 * the bytes that put the terminal back are kept here, and written with write(2) alone.
 */
#ifndef UI_TERM_SIGNALS_H
#define UI_TERM_SIGNALS_H

#include <stdbool.h>

#include "base/err.h"

struct termios;

enum term_signals_seen {
	TERM_SIGNALS_STOP = 1,		/**< ^Z */
	TERM_SIGNALS_CONT = 2,		/**< it goes on */
	TERM_SIGNALS_WINCH = 4,		/**< another size */
};

/** Make the pipe, and note what is set now, which is before curses sets its own.
 * @return 0, or -1 with *err. */
int term_signals_open(struct err *err);
void term_signals_close(void);

/** What to poll for reading. */
int term_signals_fd(void);

/** Install the handlers. Those of nohup and of a shell without job control stay. */
void term_signals_take(void);

/** Set what was noted by term_signals_open(). Without @p ends those that end the program stay
 * ours: they are asked for by term_signal(), as before, and a second one after some seconds
 * does not ask. */
void term_signals_give_back(bool ends);

/** What came since the last time: a mask of enum term_signals_seen. */
unsigned int term_signals_seen(void);

/** Stand still until SIGCONT, unless that came already. The terminal was given back. */
void term_signals_stop_here(void);

/** Keep what terminal @p fd has to have again. *before is copied. */
void term_restore_init(int fd, const struct termios *before);

/** One more of the bytes to write; what is too much is dropped. For tputs(). */
int term_restore_putc(int c);

/** What turns the reports of the mouse off, while they are on; NULL: they are off. Static. */
void term_restore_mouse(const char *off);

/** Whether the terminal is ours, so that there is something to put back. */
void term_restore_arm(bool armed);
bool term_restore_armed(void);

/** Put it back, once; safe in a signal handler. */
void term_restore(void);

#endif
