/* udptl_parse(): the length on the wire beyond what is there, and a datagram. */
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "media/udptl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct udptl u;
	uint32_t wire;
	char *copy;

	if (size < 2 || size > 65535)
		return 0;
	copy = xmalloc(size);
	memcpy(copy, data + 2, size - 2);
	wire = (uint32_t)size - 2 + get_be16(data);
	if (udptl_parse((struct str){ copy, size - 2 }, wire, &u) &&
	    (u.primary.n > u.primary_length || u.primary_length > wire ||
	     (u.cut && wire == size - 2)))
		BUG("a packet of %u bytes, %zu of them there", u.primary_length, u.primary.n);
	free(copy);
	return 0;
}
