/* media/rtcp.h and media/rtcp_xr.h: every reader on every part. */
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "media/rtcp_xr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_xr(const struct rtcp_part *part)
{
	struct rtcp_xr_walk walk;
	struct rtcp_xr_block block;
	struct rtcp_xr_rle rle;
	struct rtcp_xr_dlrr dlrr;
	struct rtcp_xr_summary summary;
	struct rtcp_xr_voip voip;
	uint32_t middle;
	size_t steps = 0;

	if (!rtcp_xr_start(&walk, part))
		return;
	while (rtcp_xr_next(&walk, &block)) {
		if (++steps > part->body.n / 4)
			BUG("the walk over blocks stands still");
		if (rtcp_xr_rle(&block, &rle) &&
		    rle.ones + rle.zeros > (uint16_t)(rle.end - rle.begin))
			BUG("more packets than there are numbers");
		rtcp_xr_rrtr(&block, &middle);
		for (unsigned i = 0; rtcp_xr_dlrr(&block, i, &dlrr); i++)
			;
		rtcp_xr_summary(&block, &summary);
		rtcp_xr_voip(&block, &voip);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = xmalloc(size ? size : 1);
	struct str packet = { copy, size };
	struct rtcp_walk walk;
	struct rtcp_part part;
	struct rtcp_sender sender;
	struct rtcp_block block;
	struct rtcp_sdes sdes;
	size_t steps = 0;
	uint32_t ssrc;

	if (size > 0)
		memcpy(copy, data, size);
	if (rtcp_is_secure(packet, (uint32_t)size) && rtcp_is_whole(packet))
		BUG("both clear and not");
	rtcp_is_secure(packet, (uint32_t)size + 14);
	rtcp_start(&walk, packet, (uint32_t)size + (size > 0 ? data[0] & 1u : 0) * 100);
	while (rtcp_next(&walk, &part)) {
		if (++steps > size / 4)
			BUG("the walk over packets stands still");
		rtcp_ssrc(&part, &ssrc);
		rtcp_sender(&part, &sender);
		for (unsigned i = 0; rtcp_block(&part, i, &block); i++)
			if (block.lost < -0x800000 || block.lost > 0x7fffff)
				BUG("24 bits with a sign");
		rtcp_sdes_start(&sdes, &part);
		while (rtcp_sdes_next(&sdes))
			if (sdes.text.n > 255)
				BUG("a text of %zu", sdes.text.n);
		for (unsigned i = 0; rtcp_bye(&part, i, &ssrc); i++)
			;
		rtcp_feedback(&part, &ssrc);
		rtcp_part_flaws(&part);
		read_xr(&part);
	}
	free(copy);
	return 0;
}
