/* A session description, and each attribute that has parts. */
#include <stdint.h>

#include "sip/sdp_attr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_attributes(struct str lines)
{
	struct sdp_candidate candidate;
	struct sdp_fingerprint fingerprint;
	struct sdp_crypto crypto;
	struct sdp_rtpmap map;
	struct sdp_group group;
	struct sdp_rtcp rtcp;
	struct sdp_ssrc ssrc;
	struct str name, value;

	while (sdp_attr_next(&lines, &name, &value)) {
		sdp_rtpmap_parse(value, &map);
		sdp_candidate_parse(value, &candidate);
		sdp_crypto_parse(value, &crypto);
		sdp_fingerprint_parse(value, &fingerprint);
		sdp_group_parse(value, &group);
		sdp_rtcp_parse(value, &rtcp);
		sdp_ssrc_parse(value, &ssrc);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size };
	struct sdp sdp;

	if (sdp_parse(in, &sdp) != (sdp.flaws == 0))
		BUG("the answer is not that of the flaws");
	if (sdp.media_count > SDP_MEDIA_MAX || sdp.media_count > sdp.media_total)
		BUG("more media than there are");
	read_attributes(sdp.session);
	for (uint32_t i = 0; i < sdp.media_count; i++) {
		struct sdp_media *m = &sdp.media[i];
		struct sdp_rtpmap map;
		struct str params;

		if (m->text.p < in.p || m->text.p + m->text.n > in.p + in.n)
			BUG("a medium is outside of its text");
		read_attributes(m->text);
		sdp_rtpmap_find(m, 96, &map);
		sdp_fmtp_find(m, STR("96"), &params);
		sdp_is_hold(m);
		sdp_is_rejected(m);
	}
	return 0;
}
