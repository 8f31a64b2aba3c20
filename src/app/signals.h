/**
 * @file signals.h  Signals of who runs the program.
 *
 * Those that end a process end it in order here: what was captured is written, files are
 * whole, what is missing is told. One that comes again soon after, as in a storm of them,
 * or from a shell and a terminal that close together, changes nothing; one that comes when
 * ending takes longer than SIGNALS_PATIENCE_MS ends the program at once.
 *
 * SIGUSR1 asks for the next file of -O, and is nothing where nothing is recorded. SIGPIPE and
 * SIGXFSZ are errors of writing instead.
 */
#ifndef APP_SIGNALS_H
#define APP_SIGNALS_H

#include "base/base.h"

#define SIGNALS_PATIENCE_MS	3000

/** At the start, before threads. */
void signals_init(void);

/** From now on SIGINT, SIGTERM, SIGHUP, SIGQUIT, and those by which timers and limits end a
 * process, are remembered; what was remembered is forgotten, for what is to be done next. A
 * hangup that is ignored (nohup) stays so. */
void signals_watch(void);

/** The first of these that came; 0: none did. */
int signals_end(void);

/** End as the one that came does by itself, or return when none came. */
void signals_raise(void);

/** Whether SIGUSR1 came since the last call. */
bool signals_take_next_file(void);

#endif
