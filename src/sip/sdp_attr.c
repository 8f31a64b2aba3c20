#include "sip/sdp_attr.h"

#include "sip/chars.h"
#include "sip/host.h"

/* Cut the next word off *s; empty when there is none. */
static struct str
word(struct str *s)
{
	struct str w = STR_NONE;

	sdp_format_next(s, &w);
	return w;
}

static bool
word_u16(struct str *s, uint16_t *value)
{
	uint32_t v;

	if (!str_to_u32(word(s), &v) || v > UINT16_MAX)
		return false;
	*value = (uint16_t)v;
	return true;
}

static bool
starts_digit(struct str s)
{
	return s.n > 0 && ascii_is_digit(s.p[0]);
}

bool
sdp_address_parse(struct str type, struct str text, struct sdp_address *a)
{
	bool ip6 = str_eq_ci(type, STR("IP6")), good = true;
	struct str rest = text, part;
	uint32_t number;

	*a = (struct sdp_address){ .kind = SDP_ADDRESS_BAD, .count = 1 };
	if (!str_cut(&rest, '/', &a->text) || a->text.n == 0)
		return false;
	if (sip_is_ip4(a->text))
		a->kind = ip6 ? SDP_ADDRESS_BAD : SDP_ADDRESS_IP4;
	else if (sip_is_ip6(a->text))
		a->kind = ip6 ? SDP_ADDRESS_IP6 : SDP_ADDRESS_BAD;
	else if (sip_span(a->text, SIP_CHAR_HOST) == a->text.n && !starts_digit(a->text))
		a->kind = SDP_ADDRESS_NAME;
	if (!ip6 && !str_eq_ci(type, STR("IP4")))
		good = false;
	/* IPv4 has a TTL and a count, IPv6 only a count. */
	if (!ip6 && str_cut(&rest, '/', &part)) {
		if (str_to_u32(part, &number) && number <= UINT8_MAX)
			a->ttl = (uint8_t)number;
		else
			good = false;
	}
	if (str_cut(&rest, '/', &part) && (!str_to_u32(part, &a->count) || a->count == 0)) {
		a->count = 1;
		good = false;
	}
	return good && a->kind != SDP_ADDRESS_BAD && !rest.p;
}

void
sdp_attr_split(struct str text, struct str *name, struct str *value)
{
	size_t colon = str_chr(text, ':');

	*name = str_sub(text, 0, colon);
	*value = colon == SIZE_MAX ? STR_NONE : str_skip(text, colon + 1);
}

bool
sdp_attr_next(struct str *lines, struct str *name, struct str *value)
{
	struct str text;
	char letter;

	while (sdp_line_next(lines, &letter, &text)) {
		if (letter == 'a') {
			sdp_attr_split(text, name, value);
			return true;
		}
	}
	return false;
}

bool
sdp_attr_find(struct str lines, struct str name, struct str *value)
{
	struct str found;

	while (sdp_attr_next(&lines, &found, value))
		if (str_eq(found, name))
			return true;
	*value = STR_NONE;
	return false;
}

bool
sdp_rtpmap_parse(struct str value, struct sdp_rtpmap *map)
{
	struct str s = value, rate;
	bool good;

	*map = (struct sdp_rtpmap){ .payload = 0 };
	good = str_to_u32(word(&s), &map->payload) && map->payload <= 127;
	s = str_trim(s);
	good = str_cut(&s, '/', &map->encoding) && map->encoding.n > 0 && good;
	good = str_cut(&s, '/', &rate) && str_to_u32(rate, &map->clock_rate) && good;
	if (s.p)
		map->params = s;
	return good && map->clock_rate > 0;
}

bool
sdp_rtpmap_find(const struct sdp_media *media, uint32_t payload, struct sdp_rtpmap *map)
{
	struct str lines = media->text, name, value;

	while (sdp_attr_next(&lines, &name, &value))
		if (str_eq(name, STR("rtpmap")) && sdp_rtpmap_parse(value, map) &&
		    map->payload == payload)
			return true;
	*map = (struct sdp_rtpmap){ .payload = payload };
	return false;
}

bool
sdp_payload_static(uint32_t payload, struct sdp_rtpmap *map)
{
	/* RFC 3551 section 6, tables 4 and 5. */
	static const struct { struct str encoding; uint32_t clock_rate; } codecs[] = {
		[0] = { STR_INIT("PCMU"), 8000 }, [3] = { STR_INIT("GSM"), 8000 },
		[4] = { STR_INIT("G723"), 8000 }, [5] = { STR_INIT("DVI4"), 8000 },
		[6] = { STR_INIT("DVI4"), 16000 }, [7] = { STR_INIT("LPC"), 8000 },
		[8] = { STR_INIT("PCMA"), 8000 }, [9] = { STR_INIT("G722"), 8000 },
		[10] = { STR_INIT("L16"), 44100 }, [11] = { STR_INIT("L16"), 44100 },
		[12] = { STR_INIT("QCELP"), 8000 }, [13] = { STR_INIT("CN"), 8000 },
		[14] = { STR_INIT("MPA"), 90000 }, [15] = { STR_INIT("G728"), 8000 },
		[16] = { STR_INIT("DVI4"), 11025 }, [17] = { STR_INIT("DVI4"), 22050 },
		[18] = { STR_INIT("G729"), 8000 }, [25] = { STR_INIT("CelB"), 90000 },
		[26] = { STR_INIT("JPEG"), 90000 }, [28] = { STR_INIT("nv"), 90000 },
		[31] = { STR_INIT("H261"), 90000 }, [32] = { STR_INIT("MPV"), 90000 },
		[33] = { STR_INIT("MP2T"), 90000 }, [34] = { STR_INIT("H263"), 90000 },
	};

	*map = (struct sdp_rtpmap){ .payload = payload };
	if (payload >= ARRAY_SIZE(codecs) || codecs[payload].clock_rate == 0)
		return false;
	map->encoding = codecs[payload].encoding;
	map->clock_rate = codecs[payload].clock_rate;
	if (payload == 10)
		map->params = STR("2");
	return true;
}

bool
sdp_fmtp_find(const struct sdp_media *media, struct str format, struct str *params)
{
	struct str lines = media->text, name, value;

	while (sdp_attr_next(&lines, &name, &value)) {
		if (str_eq(name, STR("fmtp")) && str_eq(word(&value), format)) {
			*params = str_trim(value);
			return true;
		}
	}
	*params = STR_NONE;
	return false;
}

bool
sdp_crypto_parse(struct str value, struct sdp_crypto *crypto)
{
	struct str s = value;
	bool good;

	*crypto = (struct sdp_crypto){ .tag = 0 };
	good = str_to_u32(word(&s), &crypto->tag);
	crypto->suite = word(&s);
	crypto->key_params = word(&s);
	crypto->session_params = str_trim(s);
	return good && crypto->suite.n > 0 && str_chr(crypto->key_params, ':') != SIZE_MAX;
}

/* An address of ICE: no type before it says what it is. */
static bool
ice_address(struct str text, struct sdp_address *address)
{
	bool ip6 = str_chr(text, ':') != SIZE_MAX;

	return sdp_address_parse(ip6 ? STR("IP6") : STR("IP4"), text, address);
}

bool
sdp_candidate_parse(struct str value, struct sdp_candidate *c)
{
	struct str s = value, key;
	bool good;

	*c = (struct sdp_candidate){ .component = 0 };
	c->foundation = word(&s);
	good = c->foundation.n > 0 && str_to_u32(word(&s), &c->component);
	c->transport = word(&s);
	good = str_to_u32(word(&s), &c->priority) && good;
	good = ice_address(word(&s), &c->address) && good;
	good = word_u16(&s, &c->port) && good;
	good = str_eq(word(&s), STR("typ")) && good;
	c->type = word(&s);
	while (sdp_format_next(&s, &key)) {
		struct str what = word(&s);

		if (str_eq(key, STR("raddr")))
			good = ice_address(what, &c->related) && good;
		else if (str_eq(key, STR("rport")))
			good = word_u16(&what, &c->related_port) && good;
	}
	return good && c->type.n > 0;
}

bool
sdp_rtcp_parse(struct str value, struct sdp_rtcp *rtcp)
{
	struct str s = value, type;
	bool good;

	*rtcp = (struct sdp_rtcp){ .present = true };
	good = word_u16(&s, &rtcp->port);
	if (word(&s).n == 0)
		return good;
	type = word(&s);
	return sdp_address_parse(type, word(&s), &rtcp->address) && good;
}

bool
sdp_fingerprint_parse(struct str value, struct sdp_fingerprint *f)
{
	struct str s = value;

	f->hash = word(&s);
	f->digest = word(&s);
	if (f->hash.n == 0 || f->digest.n == 0)
		return false;
	for (size_t i = 0; i < f->digest.n; i++)
		if (i % 3 == 2 ? f->digest.p[i] != ':' : ascii_hex(f->digest.p[i]) < 0)
			return false;
	return f->digest.n % 3 == 2;
}

bool
sdp_ssrc_parse(struct str value, struct sdp_ssrc *ssrc)
{
	struct str s = value;
	bool good;

	*ssrc = (struct sdp_ssrc){ .ssrc = 0 };
	good = str_to_u32(word(&s), &ssrc->ssrc);
	sdp_attr_split(str_trim(s), &ssrc->name, &ssrc->value);
	return good && ssrc->name.n > 0;
}

bool
sdp_group_parse(struct str value, struct sdp_group *group)
{
	struct str s = value;

	group->semantics = word(&s);
	group->mids = str_trim(s);
	return group->semantics.n > 0;
}
