/**
 * @file live_answer.h  Answers about live input, told as it happens.
 *
 * A message is told when it comes. A call is told once, when it is over and was quiet for
 * a second, so that what answers its end is in it; what is not over when reading ends is
 * told then, and what is evicted before as it is then. So each call is told once, and none
 * is left out but those that are evicted while the reader takes nothing, which are counted.
 */
#ifndef APP_LIVE_ANSWER_H
#define APP_LIVE_ANSWER_H

#include "app/session.h"

/** Whether an answer about @p of is to be told as it happens: input is live, and no order was
 * asked for. Calls are only with --follow, else when reading ends. */
bool live_answer_is_due(const struct session *s, enum query_subject of);

/** Open and read the inputs and tell meanwhile. @p of: QUERY_CALL, QUERY_MESSAGE.
 * @return EXIT_DONE, EXIT_NOTHING when nothing was told, or another code to leave with. */
enum exit_code live_answer(struct session *s, enum query_subject of, const char *columns);

#endif
