/* shape_of() and what it leads to: two ports, the length on the wire, and a datagram. */
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "media/shape.h"
#include "media/turn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in;
	struct turn turn;
	uint32_t wire;
	char *copy;
	size_t n;

	if (size < 6 || size > 65535)
		return 0;
	in.n = size - 6;
	in.p = copy = xmalloc(in.n ? in.n : 1);
	memcpy(copy, data + 6, in.n);
	wire = (uint32_t)in.n + get_be16(data + 4);
	if (shape_of(in, wire, get_be16(data), get_be16(data + 2)) >= SHAPE_COUNT)
		BUG("no shape");
	if (shape_is_plain_rtp(in, get_be16(data), get_be16(data + 2)) &&
	    shape_of(in, wire, get_be16(data), get_be16(data + 2)) != SHAPE_RTP)
		BUG("no RTP after all");
	if (turn_parse(in, wire, &turn) &&
	    (turn.data.n > in.n || turn.data_length < turn.data.n || turn.data_length > wire))
		BUG("data of %zu, %u bytes", turn.data.n, turn.data_length);
	n = shape_framed(in);
	if (n != SIZE_MAX && n > 0 && (n < 10 || n > 65537))
		BUG("a frame of %zu bytes", n);
	n = turn_framed(in);
	if (n != SIZE_MAX && n > 0 && (n < 4 || n > 65560))
		BUG("a message of %zu bytes", n);
	free(copy);
	return 0;
}
