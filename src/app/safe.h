/**
 * @file safe.h  What a command needs once it reads what others wrote, and the way there.
 *
 * Each command goes in once: its inputs, key logs, listeners and outputs are open, and
 * no record was read. What it opens by name later is what is allowed here.
 */
#ifndef APP_SAFE_H
#define APP_SAFE_H

#include "app/session.h"
#include "ui/stack.h"

/** What a command does beside reading what is open. */
enum safe_need {
	SAFE_ANSWERS,	/**< write to standard output, and to -o FILE */
	SAFE_SCREENS,	/**< open other files, save calls and settings */
};

/**
 * Drop root and enter the sandbox, unless --no-sandbox was given; then begin to read
 * what is open. What cannot be had here is told once, and is no error.
 * @return EXIT_DONE, or what to leave with: the user of --user cannot be had, or nothing
 *         can be read.
 */
enum exit_code safe_enter(struct session *s, enum safe_need need);

/** The same with the terminal in use: told on the screen; on failure it is given back. */
enum exit_code safe_enter_showing(struct session *s, struct stack *stack);

/** --sandbox-status of the commands of @p scope. */
enum exit_code safe_status(struct session *s, unsigned scope);

#endif
