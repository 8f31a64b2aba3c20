/* hep_parse() on the input as it is, then hep_length() along it as a stream. */
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "decode/hep.h"
#include "net/hep_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
inside(struct str s, struct str of)
{
	if (s.n > 0 && (s.p < of.p || s.p + s.n > of.p + of.n))
		BUG("a slice outside of the packet");
}

static void
check(struct str in)
{
	struct buf out = BUF_INIT;
	struct hep hep;

	if (!hep_parse(in, &hep))
		return;
	if (!hep_may_start(in) || hep.version < 1 || hep.version > 3)
		BUG("HEP that does not begin like it");
	inside(hep.node_name, in);
	inside(hep.key, in);
	inside(hep.correlation, in);
	inside(hep.payload, in);
	if (!(hep.flaws & HEP_FLAW_PAYLOAD) != (hep.payload.n > 0))
		BUG("the flaw of a payload");
	if (hep.time != TIME_NONE && (hep.time < 0 || hep.time > UINT32_MAX * NS_PER_S + NS_PER_S))
		BUG("a time that cannot be");
	if (hep.compressed && hep_unpack(&hep, &out) && out.n > HEP_UNPACKED_MAX)
		BUG("unpacked too much");
	buf_release(&out);
}

/* Chunks follow one another without a gap, and always advance. */
static void
walk(struct str in)
{
	struct str rest = in;
	struct hep_chunk chunk;
	size_t was = rest.n;

	while (hep_chunk_next(&rest, &chunk)) {
		if (rest.n + HEP_CHUNK_HEADER > was)
			BUG("a chunk that is none");
		if (chunk.body.n + HEP_CHUNK_HEADER + rest.n != was)
			BUG("a gap between chunks");
		was = rest.n;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = xmalloc(size ? size : 1);
	struct str in = { copy, size };

	if (size > 0)
		memcpy(copy, data, size);
	check(in);
	walk(str_skip(in, HEP_HEADER));
	for (;;) {
		size_t n = hep_length(in);

		if (n == 0 || n == SIZE_MAX)
			break;
		check(str_sub(in, 0, n));
		in = str_skip(in, n);
	}
	free(copy);
	return 0;
}
