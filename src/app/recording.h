/**
 * @file recording.h  -O: what is captured, written to files as it comes.
 */
#ifndef APP_RECORDING_H
#define APP_RECORDING_H

#include "app/session.h"

struct recording;

/**
 * Open what -O asks for and let the engine give it each packet; to be called when the inputs
 * are open, and before privileges are given up. Says on standard error what is wrong.
 * @param alone  nothing else is done with the packets: standard output may be meant, and a
 *               slow reader of a pipe is waited for.
 * @return EXIT_DONE, or the code to leave with.
 */
enum exit_code recording_open(struct session *s, bool alone);

/** Once privileges are given up: whether a ring can go on, by who this process is now.
 * @return 0, or -1 with *err. */
int recording_check(const struct session *s, struct err *err);

/** Do what is due, at least every half second; tell on standard error what is new, unless
 * a screen is there. */
void recording_tend(struct session *s);

/** Notices go to whoever asks from now on, not to standard error. */
void recording_hush(struct session *s, bool hush);
/** How many notices there were; *last: the latest but @p back, NULL: there is none. The
 * latest RECORD_NOTICES (export/record.h) are kept. */
uint64_t recording_notices(const struct session *s, uint64_t back, const char **last);

/** End the file; packets that come are not written from now on. Tells what is not in it, a
 * screen being there when it is called again without. */
void recording_finish(struct session *s);
void recording_free(struct recording *rec);

/** What writes; owned by the session. */
struct recorder *recording_recorder(const struct session *s);

/** The descriptor of the first file of a ring, which was made just now; -1: there is none. */
int recording_made(const struct session *s);

#endif
