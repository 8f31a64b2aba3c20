/**
 * @file loop.h  Reading, drawing and keys by turns, in one thread.
 *
 * While the source has something at hand it is read for LOOP_SLICE_MS at a
 * time, then the views do what they put off for half of that; between these turns
 * the keys are looked at. The views look at the data, and the screen is drawn, at
 * most every LOOP_DRAW_MS while it is read, or at once after a key. With nothing at
 * hand the loop sleeps in poll(2) without a timeout.
 */
#ifndef UI_LOOP_H
#define UI_LOOP_H

#include "ui/stack.h"
#include "ui/theme.h"

#define LOOP_SLICE_MS	4
#define LOOP_DRAW_MS	50

enum loop_state {
	LOOP_BUSY,	/**< more is at hand: call again */
	LOOP_WAIT,	/**< nothing at hand, and the end is not reached: more
			 * comes on the fd (a pipe) */
	LOOP_IDLE,	/**< nothing at hand; ended, or endless (an interface), of
			 * which more may come on the fd */
};

/** Where the data comes from; the loop knows nothing else about it. */
struct loop_source {
	void *ctx;
	/** Read for about @p budget_ms. Must not block. @return how it is now. */
	enum loop_state (*read_for)(void *ctx, int budget_ms);
	/** What to poll for reading while it waits; -1: nothing. Optional. */
	int (*fd)(void *ctx);
	/** Milliseconds after which read_for() wants to be called although
	 * nothing came; -1: never. Optional. */
	int (*timeout_ms)(void *ctx);
};

enum loop_end {
	LOOP_QUIT,	/**< the user left */
	LOOP_SIGNALED,	/**< by SIGINT, SIGTERM, SIGHUP or SIGQUIT; see term_signal() */
	LOOP_CLOSED,	/**< the terminal is gone */
};

/**
 * Run until the program is to end. The terminal was started by term_start() and
 * is left to the caller to stop. @p source may be NULL.
 */
enum loop_end loop_run(struct stack *stack, const struct loop_source *source, bool ascii);

/** Read, and refresh the stack, until the source is idle. For scripts. */
void loop_drain(struct stack *stack, const struct loop_source *source);

#endif
