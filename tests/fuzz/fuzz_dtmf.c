/* media/dtmf.h: the first byte says what the others are. */
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "media/dtmf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
payload(struct str s)
{
	struct dtmf_events events;
	struct red_blocks blocks;
	struct red_block block;
	struct dtmf_event e;
	size_t n = 0;

	dtmf_events_of(s, &events);
	while (dtmf_event_next(&events, &e))
		n++;
	if (n > s.n / 4)
		BUG("%zu events in %zu bytes", n, s.n);
	if (!red_blocks_of(s, &blocks))
		return;
	for (n = 0; red_block_next(&blocks, &block);)
		n += block.data.n;
	if (n > s.n)
		BUG("%zu bytes in %zu", n, s.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dtmf_told told;
	unsigned int kind;
	char *copy;

	if (size == 0)
		return 0;
	kind = *data++ % (DTMF_BODY_COUNT + 1);
	size--;
	copy = xmalloc(size ? size : 1);
	if (size > 0)
		memcpy(copy, data, size);
	if (kind == DTMF_BODY_COUNT) {
		payload((struct str){ copy, size });
	} else {
		bool any = dtmf_body_read((enum dtmf_body)kind, (struct str){ copy, size }, &told);

		if (any != (told.n > 0) || told.n > DTMF_TOLD_MAX ||
		    strlen(told.digits) != told.n)
			BUG("%u digits in \"%s\"", told.n, told.digits);
	}
	free(copy);
	return 0;
}
