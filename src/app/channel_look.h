/**
 * @file channel_look.h  Inside of channels: what bytes look like.
 */
#ifndef APP_CHANNEL_LOOK_H
#define APP_CHANNEL_LOOK_H

#include "app/channel.h"

#define CHANNEL_UNDECIDED_MAX	8192u	/* bytes of a first line, or frame, that is awaited */

/** What begins with the first bytes of a channel; NEW: more are needed to tell. */
enum channel_protocol channel_look(const struct channel *ch, struct str in);

/** What a piece of a channel that told nothing so far begins; never NEW. */
enum channel_protocol channel_look_later(struct channel *ch, unsigned dir, struct str in);

#endif
