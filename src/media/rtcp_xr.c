#include "media/rtcp_xr.h"

#define BLOCK_HEADER	4u

static const uint8_t *
bytes(struct str s)
{
	return (const uint8_t *)s.p;
}

bool
rtcp_xr_start(struct rtcp_xr_walk *walk, const struct rtcp_part *part)
{
	*walk = (struct rtcp_xr_walk){ .rest = part->body };
	if (part->type != RTCP_XR || part->body.n < 4)
		return false;
	walk->ssrc = get_be32(bytes(part->body));
	walk->rest = str_skip(part->body, 4);
	return true;
}

/* Bytes a block of a type has after its header, at least; those of a fixed size have
 * just these. */
static size_t
need_of(unsigned int type)
{
	switch (type) {
	case RTCP_XR_LOSS_RLE:
	case RTCP_XR_DUPLICATE_RLE:
	case RTCP_XR_RECEIPT_TIMES:
	case RTCP_XR_RRTR:
		return 8;
	case RTCP_XR_SUMMARY:
		return 36;
	case RTCP_XR_VOIP:
		return 32;
	default:
		return 0;
	}
}

bool
rtcp_xr_next(struct rtcp_xr_walk *walk, struct rtcp_xr_block *block)
{
	const uint8_t *p = bytes(walk->rest);
	size_t n;

	if (walk->rest.n < BLOCK_HEADER) {
		walk->flaws |= walk->rest.n > 0 ? (uint32_t)RTCP_FLAW_XR : 0;
		return false;
	}
	n = 4 * (size_t)get_be16(p + 2);
	*block = (struct rtcp_xr_block){
		.type = p[0], .specific = p[1], .body = str_sub(walk->rest, BLOCK_HEADER, n),
	};
	block->flawed = block->body.n < n || n < need_of(block->type);
	if (block->flawed)
		walk->flaws |= RTCP_FLAW_XR;
	walk->rest = str_skip(walk->rest, BLOCK_HEADER + n);
	return true;
}

static bool
is(const struct rtcp_xr_block *block, enum rtcp_xr_type type)
{
	return block->type == type && !block->flawed;
}

/* How many of the numbers are told of: those that 2^thinning divides. */
static uint32_t
told(uint16_t begin, uint16_t end, uint8_t thinning)
{
	uint32_t span = (uint16_t)(end - begin), step = 1u << thinning;
	uint32_t first = (step - (begin & (step - 1))) & (step - 1);

	return span > first ? (span - first - 1) / step + 1 : 0;
}

/* Chunks of section 4.1: a run, or 15 bits, or nothing more. */
bool
rtcp_xr_rle(const struct rtcp_xr_block *block, struct rtcp_xr_rle *rle)
{
	const uint8_t *p = bytes(block->body);
	uint32_t left;

	if (!is(block, RTCP_XR_LOSS_RLE) && !is(block, RTCP_XR_DUPLICATE_RLE))
		return false;
	*rle = (struct rtcp_xr_rle){
		.ssrc = get_be32(p), .begin = get_be16(p + 4), .end = get_be16(p + 6),
		.thinning = block->specific & 15,
	};
	left = told(rle->begin, rle->end, rle->thinning);
	for (size_t at = 8; at + 2 <= block->body.n && left > 0; at += 2) {
		uint16_t chunk = get_be16(p + at);
		uint32_t n, ones;

		if (chunk == 0)
			break;
		if (chunk & 0x8000) {
			n = left < 15 ? left : 15;
			ones = (uint32_t)__builtin_popcount((chunk & 0x7fffu) >> (15 - n));
		} else {
			n = chunk & 0x3fff;
			n = n < left ? n : left;
			ones = chunk & 0x4000 ? n : 0;
		}
		rle->ones += ones;
		rle->zeros += n - ones;
		left -= n;
	}
	return true;
}

bool
rtcp_xr_rrtr(const struct rtcp_xr_block *block, uint32_t *middle)
{
	const uint8_t *p = bytes(block->body);

	if (!is(block, RTCP_XR_RRTR))
		return false;
	*middle = rtcp_ntp_middle(get_be32(p), get_be32(p + 4));
	return true;
}

bool
rtcp_xr_dlrr(const struct rtcp_xr_block *block, unsigned int i, struct rtcp_xr_dlrr *dlrr)
{
	const uint8_t *p;

	if (!is(block, RTCP_XR_DLRR) || i >= block->body.n / 12)
		return false;
	p = bytes(block->body) + 12 * (size_t)i;
	*dlrr = (struct rtcp_xr_dlrr){ get_be32(p), get_be32(p + 4), get_be32(p + 8) };
	return true;
}

bool
rtcp_xr_summary(const struct rtcp_xr_block *block, struct rtcp_xr_summary *summary)
{
	const uint8_t *p = bytes(block->body);

	if (!is(block, RTCP_XR_SUMMARY))
		return false;
	*summary = (struct rtcp_xr_summary){
		.ssrc = get_be32(p), .begin = get_be16(p + 4), .end = get_be16(p + 6),
		.has_lost = block->specific & 0x80, .has_duplicates = block->specific & 0x40,
		.has_jitter = block->specific & 0x20, .ttl = block->specific >> 3 & 3,
	};
	if (summary->has_lost)
		summary->lost = get_be32(p + 8);
	if (summary->has_duplicates)
		summary->duplicates = get_be32(p + 12);
	if (summary->has_jitter) {
		summary->min_jitter = get_be32(p + 16);
		summary->max_jitter = get_be32(p + 20);
		summary->mean_jitter = get_be32(p + 24);
		summary->dev_jitter = get_be32(p + 28);
	}
	if (summary->ttl) {
		summary->min_ttl = p[32];
		summary->max_ttl = p[33];
		summary->mean_ttl = p[34];
		summary->dev_ttl = p[35];
	}
	return true;
}

bool
rtcp_xr_voip(const struct rtcp_xr_block *block, struct rtcp_xr_voip *voip)
{
	const uint8_t *p = bytes(block->body);

	if (!is(block, RTCP_XR_VOIP))
		return false;
	*voip = (struct rtcp_xr_voip){
		.ssrc = get_be32(p), .loss_rate = p[4], .discard_rate = p[5],
		.burst_density = p[6], .gap_density = p[7],
		.burst_ms = get_be16(p + 8), .gap_ms = get_be16(p + 10),
		.round_trip_ms = get_be16(p + 12), .end_system_ms = get_be16(p + 14),
		.signal_dbm = (int8_t)p[16], .noise_dbm = (int8_t)p[17], .rerl_db = p[18],
		.gmin = p[19], .r_factor = p[20], .ext_r_factor = p[21], .mos_lq = p[22],
		.mos_cq = p[23], .rx_config = p[24], .buffer_nominal_ms = get_be16(p + 26),
		.buffer_max_ms = get_be16(p + 28), .buffer_most_ms = get_be16(p + 30),
	};
	return true;
}

void
rtcp_xr_voip_report(const struct rtcp_xr_voip *voip, struct report *r)
{
	r->lost_percent = voip->loss_rate * 100 / 256.0;
	r->discard_percent = voip->discard_rate * 100 / 256.0;
	r->burst_density = voip->burst_density / 256.0;
	r->gap_density = voip->gap_density / 256.0;
	r->burst_duration = report_ms(voip->burst_ms);
	r->gap_duration = report_ms(voip->gap_ms);
	/* 0: nothing was measured yet. */
	if (voip->round_trip_ms > 0)
		r->round_trip = report_ms(voip->round_trip_ms);
	if (voip->end_system_ms > 0)
		r->end_system = report_ms(voip->end_system_ms);
	r->r_factor = report_r_factor(voip->r_factor);
	r->mos_lq = report_mos(voip->mos_lq / 10.0);
	r->mos_cq = report_mos(voip->mos_cq / 10.0);
}
