#include <unistr.h>

#include "media/rtcp_json.h"

#include "media/rtcp.h"

static void
add_sender(struct buf *b, const struct rtcp_sender *s)
{
	buf_printf(b, "\"sender_information\":{\"ntp_timestamp_sec\":%u,"
		   "\"ntp_timestamp_usec\":%u,\"octets\":%u,\"rtp_timestamp\":%u,"
		   "\"packets\":%u},", s->ntp_seconds, s->ntp_fraction, s->octets,
		   s->timestamp, s->packets);
}

static void
add_block(struct buf *b, const struct rtcp_block *r)
{
	buf_printf(b, "{\"source_ssrc\":%u,\"highest_seq_no\":%u,\"fraction_lost\":%u,"
		   "\"ia_jitter\":%u,\"packets_lost\":%d,\"lsr\":%u,\"dlsr\":%u}",
		   r->ssrc, r->highest, r->fraction, r->jitter, r->lost, r->lsr, r->dlsr);
}

/* What SR and RR say, of all there are: the sender's part of the first SR, the blocks
 * of each. */
static void
add_reports(struct buf *b, struct str packet)
{
	struct buf blocks = BUF_INIT;
	struct rtcp_walk walk;
	struct rtcp_part part;
	struct rtcp_sender sender;
	struct rtcp_block block;
	bool has_sender = false;
	unsigned n = 0;

	rtcp_start(&walk, packet, (uint32_t)packet.n);
	while (rtcp_next(&walk, &part)) {
		if (!has_sender && rtcp_sender(&part, &sender)) {
			add_sender(b, &sender);
			has_sender = true;
		}
		for (unsigned i = 0; rtcp_block(&part, i, &block); i++) {
			if (n++ > 0)
				buf_add_char(&blocks, ',');
			add_block(&blocks, &block);
		}
	}
	buf_printf(b, "\"ssrc\":%u,\"type\":%u,\"report_count\":%u,\"report_blocks\":[",
		   get_be32((const uint8_t *)packet.p + 4), (uint8_t)packet.p[1], n);
	buf_add_str(b, buf_str(&blocks));
	buf_add_char(b, ']');
	buf_release(&blocks);
}

/* UTF-8 as RFC 3550 section 6.5 has it, all but printable ASCII escaped. A NUL, which
 * some pad with, is left out: databases that take JSON refuse it. */
static void
add_text(struct buf *b, struct str text)
{
	const uint8_t *p = (const uint8_t *)text.p;
	size_t n = text.n;

	buf_add_char(b, '"');
	while (n > 0) {
		ucs4_t c;
		int used = u8_mbtoucr(&c, p, n);

		if (used < 1) {
			c = 0xfffd;
			used = 1;
		}
		p += used;
		n -= (size_t)used;
		if (c == '"' || c == '\\')
			buf_add_char(b, '\\');
		if (c >= 0x20 && c < 0x7f)
			buf_add_char(b, (char)c);
		else if (c >= 0x10000)
			buf_printf(b, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
				   0xdc00 + ((c - 0x10000) & 0x3ff));
		else if (c != 0)
			buf_printf(b, "\\u%04x", c);
	}
	buf_add_char(b, '"');
}

static void
add_descriptions(struct buf *b, struct str packet)
{
	struct buf items = BUF_INIT;
	struct rtcp_walk walk;
	struct rtcp_part part;
	struct rtcp_sdes item;
	bool has = false;
	unsigned n = 0, chunks = 0;
	uint32_t ssrc = 0;

	rtcp_start(&walk, packet, (uint32_t)packet.n);
	while (rtcp_next(&walk, &part)) {
		if (part.type != RTCP_SDES || part.count == 0 || part.body.n < 4)
			continue;
		if (!has)
			rtcp_ssrc(&part, &ssrc);
		has = true;
		chunks += part.count;
		rtcp_sdes_start(&item, &part);
		while (rtcp_sdes_next(&item)) {
			if (n++ > 0)
				buf_add_char(&items, ',');
			buf_printf(&items, "{\"sdes_chunk_ssrc\":%u,\"type\":%u,\"text\":",
				   item.ssrc, item.type);
			add_text(&items, item.text);
			buf_add_char(&items, '}');
		}
	}
	if (has) {
		buf_printf(b, ",\"sdes_ssrc\":%u,\"sdes_report_count\":%u,"
			   "\"sdes_information\":[", ssrc, chunks);
		buf_add_str(b, buf_str(&items));
		buf_add_char(b, ']');
	}
	buf_release(&items);
}

static void
add_byes(struct buf *b, struct str packet)
{
	struct rtcp_walk walk;
	struct rtcp_part part;
	unsigned n = 0;
	uint32_t ssrc;

	rtcp_start(&walk, packet, (uint32_t)packet.n);
	while (rtcp_next(&walk, &part)) {
		for (unsigned i = 0; rtcp_bye(&part, i, &ssrc); i++) {
			buf_add_cstr(b, n++ == 0 ? ",\"bye_ssrc\":[" : ",");
			buf_printf(b, "%u", ssrc);
		}
	}
	if (n > 0)
		buf_add_char(b, ']');
}

/* Of the last VoIP metrics in it. */
static void
add_voip(struct buf *b, struct str packet)
{
	struct rtcp_walk walk;
	struct rtcp_part part;
	struct rtcp_xr_walk blocks;
	struct rtcp_xr_block block;
	struct rtcp_xr_voip v;
	bool has = false;

	rtcp_start(&walk, packet, (uint32_t)packet.n);
	while (rtcp_next(&walk, &part))
		if (rtcp_xr_start(&blocks, &part))
			while (rtcp_xr_next(&blocks, &block))
				has |= rtcp_xr_voip(&block, &v);
	if (!has)
		return;
	buf_printf(b, ",\"report_blocks_xr\":{\"type\":%d,\"id\":%u,\"fraction_lost\":%u,"
		   "\"fraction_discard\":%u,\"burst_density\":%u,\"gap_density\":%u,"
		   "\"burst_duration\":%u,\"gap_duration\":%u,\"round_trip_delay\":%u,"
		   "\"end_system_delay\":%u,", RTCP_XR_VOIP, v.ssrc, v.loss_rate,
		   v.discard_rate, v.burst_density, v.gap_density, v.burst_ms, v.gap_ms,
		   v.round_trip_ms, v.end_system_ms);
	buf_printf(b, "\"r_factor\":%u,\"mos_lq\":%u,\"mos_cq\":%u}", v.r_factor, v.mos_lq,
		   v.mos_cq);
}

bool
rtcp_json_add(struct buf *b, struct str packet)
{
	if (!rtcp_is_whole(packet))
		return false;
	buf_add_char(b, '{');
	add_reports(b, packet);
	add_descriptions(b, packet);
	add_byes(b, packet);
	add_voip(b, packet);
	buf_add_char(b, '}');
	return true;
}
