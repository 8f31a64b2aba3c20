/* rtcp_json_add(): what it writes is JSON, whatever it read; rtcp_json_read() finds in it
 * what was in the packet, and reads anything. */
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#include "base/mem.h"
#include "media/rtcp_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_back(struct str text, struct str packet)
{
	struct rtcp_walk walk;
	struct rtcp_part part;
	struct rtcp_block block;
	struct rtcp_json json;
	unsigned int n = 0;

	/* Texts of SDES may make it longer than what is read. */
	if (!rtcp_json_read(text, &json))
		return;
	rtcp_start(&walk, packet, (uint32_t)packet.n);
	while (rtcp_next(&walk, &part))
		for (unsigned int i = 0; rtcp_block(&part, i, &block); i++) {
			/* It stands for none. */
			if (block.ssrc == 0 && block.highest == 0)
				continue;
			if (n < RTCP_JSON_BLOCKS_MAX &&
			    (json.blocks[n].ssrc != block.ssrc ||
			     json.blocks[n].lost != block.lost ||
			     json.blocks[n].fraction != block.fraction))
				BUG("block %u is another one", n);
			n++;
		}
	if (json.block_n != (n < RTCP_JSON_BLOCKS_MAX ? n : RTCP_JSON_BLOCKS_MAX))
		BUG("%u blocks of %u", json.block_n, n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtcp_json any;
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
		read_back(buf_str(&b), (struct str){ copy, size });
	} else if (b.n > 0) {
		BUG("something of nothing");
	}
	rtcp_json_read((struct str){ copy, size }, &any);
	buf_release(&b);
	free(copy);
	return 0;
}
