/**
 * @file save.h  Saving calls: see export/save.h for what is asked.
 *
 * Several files, one a call, are looked for and written in the same two passes. Where
 * one cannot be written, those before it are there, and *err says how many.
 *
 * Text, JSON and CSV come out of the store. Packets are read a second time from the
 * inputs, twice: to find those that belong to the messages, and to write them.
 * Meanwhile the store may grow, and nothing else of the session may change.
 */
#ifndef APP_SAVE_H
#define APP_SAVE_H

#include "app/session.h"
#include "export/save.h"

/**
 * Begin to save. What is asked for is copied; the file beside is there at once.
 * @return NULL with *err: nothing to save, the file cannot be written (errno EEXIST:
 *         it is there and not to be overwritten), it is one of the inputs, or an
 *         input is gone.
 */
struct save *save_start(struct session *s, const struct save_request *request, struct err *err);

/**
 * Go on for some @p budget_ms, or a little more; the last step, which puts the
 * file on disk, may take as long as the disk does.
 * @return SAVE_RUNNING; SAVE_DONE, the file has its name; or SAVE_FAILED with *err.
 */
enum save_state save_step(struct save *save, int budget_ms, struct save_progress *progress,
			  struct err *err);

/** What went into file @p i of several (request.paths), once all are there; NULL else.
 * Lives as long as @p save. */
const struct save_progress *save_file_progress(const struct save *save, size_t i);

/** In any state; what was not finished leaves nothing behind. NULL is fine. */
void save_end(struct save *save);

#endif
