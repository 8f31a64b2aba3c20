/**
 * @file framers.h  What looks at a transport payload, in one table.
 *
 * The first framer of a payload's transport whose probe says yes gets it.
 */
#ifndef APP_FRAMERS_H
#define APP_FRAMERS_H

#include "app/engine.h"

struct framer {
	const char *name;
	uint8_t kind;			/**< enum segment_kind it looks at */
	uint8_t payload;		/**< enum payload it counts as, unless deliver() says */
	/** Whether the payload is this; NULL: any. */
	bool (*probe)(const struct segment *seg);
	/** Take it; NULL: counted only. @return what it is to be counted as, or
	 * PAYLOAD_COUNT when it is not this after all: the next framer is asked. */
	enum payload (*deliver)(struct engine *e, const struct segment *seg);
};

/** Give a segment to its framer, and count it. @return as what. */
enum payload framers_deliver(struct engine *e, const struct segment *seg);

/** Count a segment of that kind between two ports as @p payload. */
void framers_count(struct engine *e, enum payload payload, enum segment_kind kind,
		   uint16_t src_port, uint16_t dst_port);

#endif
