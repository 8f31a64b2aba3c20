/* rtp_parse(): what it tells lies within what was captured. */
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "media/rtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t wire, n;
	char *copy;
	struct rtp rtp;

	if (size < 2)
		return 0;
	n = (uint32_t)(size - 2);
	wire = n + get_be16(data);
	copy = xmalloc(n ? n : 1);
	if (n > 0)
		memcpy(copy, data + 2, n);
	if (rtp_parse((struct str){ copy, n }, wire, &rtp)) {
		if (rtp.payload.n > n - RTP_HEADER || rtp.payload_length > wire - RTP_HEADER ||
		    rtp.payload.n > rtp.payload_length)
			BUG("more than there is");
		if (rtp.payload.n > 0 && rtp.payload.p + rtp.payload.n > copy + n)
			BUG("payload beyond the packet");
	}
	free(copy);
	return 0;
}
