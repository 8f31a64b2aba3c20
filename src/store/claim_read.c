/*
 * One pass by line, by the first letters of each. What the session says stands
 * for a medium that does not say it itself. The texts that name payload types are
 * hashed as they go by: most descriptions of a capture have the same few.
 */
#include "store/claim_read.h"

#include "base/hash.h"
#include "sip/sdp_attr.h"

struct reader {
	struct told *told;
	struct told_medium *m;	/* NULL: the session's part */
	struct told_medium session;
	struct str group;	/* mids of BUNDLE */
	bool skip;		/* a medium beyond those that are kept */
};

static bool
starts(struct str s, struct str with)
{
	return s.n >= with.n && memcmp(s.p, with.p, with.n) == 0;
}

/* Four numbers; what is not, the general reader sees. */
static bool
ip4(struct str text, struct net_addr *addr)
{
	uint8_t bytes[4] = { 0 };
	unsigned n = 0, value = 0, digits = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c >= '0' && c <= '9') {
			value = value * 10 + (c - '0');
			if (++digits > 3 || value > 255)
				return false;
		} else if (c == '.' && digits > 0 && n < 3) {
			bytes[n++] = (uint8_t)value;
			value = digits = 0;
		} else {
			return false;
		}
	}
	if (n != 3 || digits == 0)
		return false;
	bytes[3] = (uint8_t)value;
	*addr = net_addr_ip4(bytes);
	return true;
}

bool
told_addr(struct str text, struct net_addr *addr)
{
	size_t slash = str_chr(text, '/');

	text = str_sub(text, 0, slash);
	return ip4(text, addr) || net_addr_parse(text, addr);
}

/* "IN IP4 192.0.2.1": the address is the third word. */
static void
read_connection(struct str value, struct told_medium *m)
{
	struct str word = STR_NONE;

	for (int i = 0; i < 3; i++)
		if (!sdp_format_next(&value, &word))
			return;
	if (m->addr.family == NET_NONE && !told_addr(word, &m->addr))
		m->addr = (struct net_addr){ .family = NET_NONE };
}

static uint8_t
kind_of(struct str type)
{
	static const struct { const char *name; uint8_t kind; } kinds[] = {
		{ "audio", CODEC_AUDIO }, { "video", CODEC_VIDEO }, { "text", CODEC_TEXT },
		{ "image", CODEC_FAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_eq_ci(type, str_of(kinds[i].name)))
			return kinds[i].kind;
	return CODEC_OTHER;
}

/* "audio 49170/2 RTP/AVP 0 8 96" */
static void
read_medium(struct reader *r, struct str line, struct str value)
{
	struct str type, port, proto, count = STR_NONE;
	struct told_medium *m;
	uint32_t n;
	size_t slash;

	r->m = NULL;
	r->skip = r->told->n == SDP_MEDIA_MAX;
	if (r->skip)
		return;
	/* One that does not parse is there all the same: others are counted by place. */
	m = r->m = &r->told->media[r->told->n++];
	*m = (struct told_medium){ .text = line, .port_count = 1, .map_hash = 1 };
	if (!sdp_format_next(&value, &type) || !sdp_format_next(&value, &port) ||
	    !sdp_format_next(&value, &proto))
		return;
	slash = str_chr(port, '/');
	if (slash != SIZE_MAX) {
		count = str_skip(port, slash + 1);
		port = str_sub(port, 0, slash);
	}
	if (str_to_u32(port, &n) && n < 65536)
		m->port = (uint16_t)n;
	if (str_to_u32(count, &n) && n > 0 && n < 65536)
		m->port_count = (uint16_t)n;
	m->kind = kind_of(type);
	m->fax = m->kind == CODEC_FAX || str_eq_ci(proto, STR("udptl"));
	m->framed = str_eq_ci(str_sub(proto, 0, 4), STR("TCP/"));
	for (size_t i = 0; i + 4 <= proto.n && !m->secure; i++)
		m->secure = str_eq_ci(str_sub(proto, i, 4), STR("SAVP"));
	m->formats = value;
	m->map_hash = hash_str(value) | 1;
}

static uint16_t
crypto_of(struct str value)
{
	struct sdp_crypto crypto;

	if (!sdp_crypto_parse(value, &crypto))
		return 0;
	for (unsigned i = 0; i < STREAM_CRYPTO_OTHER; i++)
		if (str_eq_ci(crypto.suite, str_of(stream_crypto_name(i))))
			return (uint16_t)(1u << i);
	return 1u << STREAM_CRYPTO_OTHER;
}

static void
read_rtcp(struct told_medium *m, struct str value)
{
	struct sdp_rtcp rtcp;

	if (!sdp_rtcp_parse(value, &rtcp))
		return;
	m->rtcp_port = rtcp.port;
	told_addr(rtcp.address.text, &m->rtcp_addr);
}

static void
set_direction(struct told_medium *m, enum sdp_direction direction)
{
	m->direction = (uint8_t)direction;
	m->own_direction = true;
}

static void
read_mid(struct reader *r, struct told_medium *m, struct str mid)
{
	struct str rest = r->group, word;

	while (sdp_format_next(&rest, &word))
		if (str_eq(word, mid))
			m->bundled = true;
}

static void
read_s(struct told_medium *m, struct str a)
{
	if (starts(a, STR("sendrecv")))
		set_direction(m, SDP_SENDRECV);
	else if (starts(a, STR("sendonly")))
		set_direction(m, SDP_SENDONLY);
	else if (starts(a, STR("ssrc:")) && m->ssrcs < UINT16_MAX)
		m->ssrcs++;
}

static void
read_r(struct told_medium *m, struct str a)
{
	if (starts(a, STR("rtpmap:")))
		m->map_hash = hash_u64(m->map_hash ^ hash_str(a)) | 1;
	else if (starts(a, STR("recvonly")))
		set_direction(m, SDP_RECVONLY);
	else if (str_eq(a, STR("rtcp-mux")))
		m->mux = true;
	else if (starts(a, STR("rtcp:")))
		read_rtcp(m, str_skip(a, 5));
	else if (starts(a, STR("remote-candidates:")))
		m->candidates++;
}

static void
read_attribute(struct reader *r, struct told_medium *m, struct str a)
{
	uint32_t n;

	switch (a.p[0]) {
	case 's':
		read_s(m, a);
		break;
	case 'r':
		read_r(m, a);
		break;
	case 'i':
		if (starts(a, STR("inactive")))
			set_direction(m, SDP_INACTIVE);
		break;
	case 'p':
		if (starts(a, STR("ptime:")) && str_to_u32(str_trim(str_skip(a, 6)), &n) &&
		    n < 65536)
			m->ptime_ms = (uint16_t)n;
		break;
	case 'c':
		if (starts(a, STR("candidate:")) && m->candidates < UINT16_MAX)
			m->candidates++;
		else if (starts(a, STR("crypto:")))
			m->crypto |= crypto_of(str_skip(a, 7));
		break;
	case 'f':
		if (starts(a, STR("fingerprint:")))
			m->crypto |= 1u << STREAM_CRYPTO_DTLS;
		break;
	case 'g':
		if (!r->m && starts(a, STR("group:BUNDLE")))
			r->group = str_skip(a, 12);
		break;
	case 'm':
		if (r->m && starts(a, STR("mid:")))
			read_mid(r, m, str_skip(a, 4));
		break;
	default:
		break;
	}
}

/* What the session said stands for media that did not say it. */
static void
fill(struct reader *r)
{
	for (uint32_t i = 0; i < r->told->n; i++) {
		struct told_medium *m = &r->told->media[i];

		if (m->addr.family == NET_NONE)
			m->addr = r->session.addr;
		if (!m->own_direction)
			m->direction = r->session.direction;
		m->crypto |= r->session.crypto;
		if (m->crypto)
			m->secure = m->secure || (m->kind != CODEC_FAX && !m->fax);
		if (m->secure && (m->kind == CODEC_OTHER || m->fax))
			m->secure = false;	/* a data channel, or fax */
	}
}

void
told_read(struct str text, struct told *told)
{
	struct reader r = { .told = told };
	const char *p = text.p, *end = text.n > 0 ? text.p + text.n : text.p;

	told->n = 0;
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p)), *stop = lf ? lf : end;
		struct str value = { p + 2, 0 };
		const char *line = p;

		p = lf ? lf + 1 : end;
		if (stop > line && stop[-1] == '\r')
			stop--;
		if (r.m)
			r.m->text.n = (size_t)(stop - r.m->text.p);
		if (stop - line < 3 || line[1] != '=')
			continue;
		value.n = (size_t)(stop - line) - 2;
		if (line[0] == 'a' && !r.skip)
			read_attribute(&r, r.m ? r.m : &r.session, value);
		else if (line[0] == 'm')
			read_medium(&r, (struct str){ line, (size_t)(stop - line) }, value);
		else if (line[0] == 'c' && !r.skip)
			read_connection(value, r.m ? r.m : &r.session);
	}
	fill(&r);
}
