#include <jansson.h>
#include <stdlib.h>

#include "media/rtcp_json.h"

#define TEXT_MAX	65536u

/* A number, or one in quotes. */
static bool
number(const json_t *object, const char *key, int64_t min, int64_t max, int64_t *value)
{
	const json_t *v = json_object_get(object, key);
	int64_t n;

	if (json_is_integer(v)) {
		n = (int64_t)json_integer_value(v);
	} else if (json_is_real(v)) {
		double d = json_real_value(v);

		if (!(d > -1e15 && d < 1e15))
			return false;
		n = (int64_t)d;
	} else if (json_is_string(v)) {
		char *end;

		n = strtoll(json_string_value(v), &end, 0);
		if (end == json_string_value(v))
			return false;
	} else {
		return false;
	}
	if (n < min || n > max)
		return false;
	*value = n;
	return true;
}

static uint32_t
word(const json_t *object, const char *key)
{
	int64_t v;

	return number(object, key, 0, UINT32_MAX, &v) ? (uint32_t)v : 0;
}

static uint16_t
half(const json_t *object, const char *key)
{
	int64_t v;

	return number(object, key, 0, UINT16_MAX, &v) ? (uint16_t)v : 0;
}

static uint8_t
byte(const json_t *object, const char *key, uint8_t none)
{
	int64_t v;

	return number(object, key, 0, UINT8_MAX, &v) ? (uint8_t)v : none;
}

static bool
has(const json_t *object, const char *key, int64_t min, int64_t max)
{
	int64_t v;

	return number(object, key, min, max, &v);
}

/* 24 bits with a sign; some write these bits as a number without one, of 24 bits or of
 * 32. */
static bool
read_lost(const json_t *o, int32_t *lost)
{
	int64_t v;

	if (!number(o, "packets_lost", -0x800000, UINT32_MAX, &v))
		return false;
	if (v >= 0x800000)
		v -= v <= 0xffffff ? 0x1000000 : 0x100000000;
	if (v < -0x800000)
		return false;
	*lost = (int32_t)v;
	return true;
}

static void
read_block(const json_t *o, struct rtcp_json *json)
{
	struct rtcp_block *block = &json->blocks[json->block_n];
	uint32_t ssrc = word(o, "source_ssrc"), highest = word(o, "highest_seq_no");
	int32_t lost = 0;
	uint8_t told = 0;

	if (json->block_n == RTCP_JSON_BLOCKS_MAX || !has(o, "source_ssrc", 0, UINT32_MAX))
		return;
	/* Some write a block where there was none. */
	if (ssrc == 0 && highest == 0)
		return;
	if (read_lost(o, &lost))
		told |= RTCP_JSON_LOST;
	if (has(o, "fraction_lost", 0, UINT8_MAX))
		told |= RTCP_JSON_FRACTION;
	if (has(o, "ia_jitter", 0, UINT32_MAX))
		told |= RTCP_JSON_JITTER;
	*block = (struct rtcp_block){
		.ssrc = ssrc, .highest = highest,
		.fraction = byte(o, "fraction_lost", 0), .jitter = word(o, "ia_jitter"),
		.lost = lost, .lsr = word(o, "lsr"), .dlsr = word(o, "dlsr"),
	};
	json->has[json->block_n++] = told;
}

static void
read_sender(const json_t *o, struct rtcp_json *json)
{
	json->sender = (struct rtcp_sender){
		.ssrc = json->ssrc, .ntp_seconds = word(o, "ntp_timestamp_sec"),
		.ntp_fraction = word(o, "ntp_timestamp_usec"), .octets = word(o, "octets"),
		.timestamp = word(o, "rtp_timestamp"), .packets = word(o, "packets"),
	};
	/* Some write it of receiver reports too, with nothing but 0 in it. */
	json->has_sender = has(o, "packets", 0, UINT32_MAX) &&
		(json->sender.packets | json->sender.ntp_seconds | json->sender.timestamp) != 0;
}

static void
read_voip(const json_t *o, struct rtcp_json *json)
{
	/* 0: it was written where there was none. */
	json->has_voip = has(o, "id", 1, UINT32_MAX) && has(o, "fraction_lost", 0, UINT8_MAX) &&
		has(o, "fraction_discard", 0, UINT8_MAX) &&
		has(o, "burst_density", 0, UINT8_MAX) && has(o, "gap_density", 0, UINT8_MAX);
	json->voip = (struct rtcp_xr_voip){
		.ssrc = word(o, "id"), .loss_rate = byte(o, "fraction_lost", 0),
		.discard_rate = byte(o, "fraction_discard", 0),
		.burst_density = byte(o, "burst_density", 0),
		.gap_density = byte(o, "gap_density", 0),
		.burst_ms = half(o, "burst_duration"), .gap_ms = half(o, "gap_duration"),
		.round_trip_ms = half(o, "round_trip_delay"),
		.end_system_ms = half(o, "end_system_delay"),
		.r_factor = byte(o, "r_factor", RTCP_XR_UNAVAILABLE),
		.mos_lq = byte(o, "mos_lq", RTCP_XR_UNAVAILABLE),
		.mos_cq = byte(o, "mos_cq", RTCP_XR_UNAVAILABLE),
	};
}

bool
rtcp_json_read(struct str text, struct rtcp_json *json)
{
	const json_t *blocks, *part;
	json_t *root;

	*json = (struct rtcp_json){ 0 };
	if (text.n == 0 || text.n > TEXT_MAX)
		return false;
	root = json_loadb(text.p, text.n, JSON_DISABLE_EOF_CHECK, NULL);
	if (!json_is_object(root)) {
		json_decref(root);
		return false;
	}
	json->has_ssrc = has(root, "ssrc", 0, UINT32_MAX);
	json->ssrc = word(root, "ssrc");
	part = json_object_get(root, "sender_information");
	if (json_is_object(part))
		read_sender(part, json);
	blocks = json_object_get(root, "report_blocks");
	for (size_t i = 0; i < json_array_size(blocks); i++) {
		part = json_array_get(blocks, i);
		if (json_is_object(part))
			read_block(part, json);
	}
	part = json_object_get(root, "report_blocks_xr");
	if (json_is_object(part) && json_object_size(part) > 0)
		read_voip(part, json);
	json_decref(root);
	return true;
}
