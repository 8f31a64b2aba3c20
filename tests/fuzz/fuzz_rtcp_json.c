/* rtcp_json_add(): what it writes is JSON, whatever it read. */
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#include "base/mem.h"
#include "media/rtcp_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = xmalloc(size ? size : 1);
	struct buf b = BUF_INIT;

	if (size > 0)
		memcpy(copy, data, size);
	if (rtcp_json_add(&b, (struct str){ copy, size })) {
		json_t *json = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES |
					  JSON_ALLOW_NUL, NULL);

		if (!json_is_object(json))
			BUG("no JSON: %s", b.p);
		json_decref(json);
	} else if (b.n > 0) {
		BUG("something of nothing");
	}
	buf_release(&b);
	free(copy);
	return 0;
}
