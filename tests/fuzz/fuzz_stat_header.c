/* media/stat_header.h: whatever it says, counts are counts and spans are spans. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "media/stat_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct report *r)
{
	if ((r->packets != REPORT_ABSENT && r->packets < 0) ||
	    (r->jitter != TIME_NONE && r->jitter < 0) ||
	    (!isnan(r->mos_lq) && !(r->mos_lq >= 1 && r->mos_lq <= 5)))
		BUG("out of range");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = xmalloc(size ? size : 1);
	struct stat_header stat;

	if (size > 0)
		memcpy(copy, data, size);
	for (int id = 0; id < STAT_HEADER_COUNT; id++) {
		stat_header_parse((enum stat_header_id)id, (struct str){ copy, size }, &stat);
		check(&stat.received);
		check(&stat.sent);
	}
	free(copy);
	return 0;
}
