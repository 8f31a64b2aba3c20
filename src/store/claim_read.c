/*
 * One pass by line, by the first letters of each. What the session says stands
 * for a medium that does not say it itself. The texts that name payload types are
 * hashed as they go by: most descriptions of a capture have the same few.
 *
 * Behind the port of their last medium most descriptions have one of a few texts, to the
 * last byte. What such a text told is kept with it, and not read again.
 */
#include "store/claim_read.h"

#include "base/hash.h"
#include "base/mem.h"
#include "sip/sdp_attr.h"

#define TAILS		32u	/* a power of 2 */
#define TAIL_LEAST	16u	/* bytes: shorter ones are read as fast */
#define TAIL_MOST	512u

/* The end of a description, from behind the port of its last medium on, and what it told
 * of that: all but what stands before it, and what the session says. Slices are offsets. */
struct tail {
	uint32_t n;		/* 0: none */
	uint32_t text_n, formats_at;
	struct told_medium m;
	char text[TAIL_MOST];
};

struct told_tails {
	struct tail list[TAILS];
};

struct reader {
	struct told *told;
	struct told_medium *m;	/* NULL: the session's part */
	struct told_medium session;
	struct str group;	/* mids of BUNDLE */
	struct told_tails *tails;
	struct str tail;	/* of the present medium, to the end; empty: not to be kept */
	bool skip;		/* a medium beyond those that are kept */
};

static bool
starts(struct str s, struct str with)
{
	return s.n >= with.n && memcmp(s.p, with.p, with.n) == 0;
}

/* Four numbers, and "/ttl" or nothing; what is not, the general reader sees. */
static bool
ip4(struct str text, struct net_addr *addr)
{
	const char *p = text.p, *end = text.n > 0 ? p + text.n : p;
	uint8_t bytes[4];

	for (unsigned n = 0; n < 4; n++) {
		const char *start = p, *most = end - p > 3 ? p + 3 : end;
		unsigned value = 0, digit;

		for (; p < most && (digit = (unsigned)*p - '0') < 10; p++)
			value = value * 10 + digit;
		if (p == start || value > 255)
			return false;
		bytes[n] = (uint8_t)value;
		if (n < 3 && (p == end || *p++ != '.'))
			return false;
	}
	if (p < end && *p != '/')
		return false;
	*addr = net_addr_ip4(bytes);
	return true;
}

bool
told_addr(struct str text, struct net_addr *addr)
{
	return ip4(text, addr) || net_addr_parse(str_sub(text, 0, str_chr(text, '/')), addr);
}

/* "IN IP4 192.0.2.1": the address is the third word. */
static void
read_connection(struct str value, struct told_medium *m)
{
	struct str word = STR_NONE;

	if (starts(value, STR("IN IP4 ")) && m->addr.family == NET_NONE &&
	    ip4(str_skip(value, 7), &m->addr))
		return;
	for (int i = 0; i < 3; i++)
		if (!sdp_format_next(&value, &word))
			return;
	if (m->addr.family == NET_NONE && !told_addr(word, &m->addr))
		m->addr = (struct net_addr){ .family = NET_NONE };
}

static uint8_t
kind_of(struct str type)
{
	static const struct { struct str name; uint8_t kind; } kinds[] = {
		{ STR_INIT("audio"), CODEC_AUDIO }, { STR_INIT("video"), CODEC_VIDEO },
		{ STR_INIT("text"), CODEC_TEXT }, { STR_INIT("image"), CODEC_FAX },
	};

	if (LIKELY(str_eq(type, kinds[0].name)))
		return kinds[0].kind;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_eq_ci(type, kinds[i].name))
			return kinds[i].kind;
	return CODEC_OTHER;
}

/* ---- ends that were read before ---- */

static struct tail *
tail_at(struct told_tails *tails, struct str text)
{
	const unsigned char *p = (const unsigned char *)text.p;
	uint64_t hash = hash_fold(hash_word8(p) ^ hash_seed[0] ^ text.n,
				  hash_word8(p + text.n - 8) ^ hash_word8(p + text.n / 2) ^
				  hash_seed[1]);

	return &tails->list[hash % TAILS];
}

/* @param tail  what follows behind the port of medium @p m, to the end of all
 * @return whether it was read before: then the medium is told, and nothing is left. */
static bool
tail_known(struct reader *r, struct told_medium *m, struct str tail)
{
	const char *text = m->text.p;
	const struct tail *t;

	r->tail = STR_NONE;
	/* Which media are bundled is told by the session too. */
	if (!r->tails || r->group.n > 0 || tail.n < TAIL_LEAST || tail.n > TAIL_MOST)
		return false;
	r->tail = tail;
	t = tail_at(r->tails, tail);
	if (t->n != tail.n || memcmp(t->text, tail.p, tail.n) != 0)
		return false;
	*m = t->m;
	m->text = (struct str){ text, (size_t)(tail.p - text) + t->text_n };
	m->formats.p = tail.p + t->formats_at;
	return true;
}

static void
tail_keep(struct told_tails *tails, struct str tail, const struct told_medium *m)
{
	struct tail *t = tail_at(tails, tail);

	t->n = (uint32_t)tail.n;
	t->text_n = (uint32_t)(m->text.p + m->text.n - tail.p);
	t->formats_at = (uint32_t)(m->formats.p - tail.p);
	t->m = *m;
	t->m.port = 0;
	t->m.port_count = 1;
	memcpy(t->text, tail.p, tail.n);
}

struct told_tails *
told_tails_new(void)
{
	return xcalloc(1, sizeof(struct told_tails));
}

size_t
told_tails_memory(void)
{
	return sizeof(struct told_tails);
}

/* ---- lines ---- */

/* " RTP/AVP 0 8 96" */
static void
read_protocol(struct told_medium *m, struct str value)
{
	struct str proto;

	if (!sdp_format_next(&value, &proto))
		return;
	m->fax = str_eq_ci(proto, STR("udptl"));
	m->framed = str_eq_ci(str_sub(proto, 0, 4), STR("TCP/"));
	for (size_t i = 0; i + 4 <= proto.n && !m->secure; i++)
		m->secure = str_eq_ci(str_sub(proto, i, 4), STR("SAVP"));
	m->formats = value;
	m->map_hash = hash_str(value) | 1;
}

/* "49170/2" */
static void
read_port(struct told_medium *m, struct str port)
{
	struct str rest = port, count;
	uint32_t n;

	if (LIKELY(str_take_u32(&rest, &n) && rest.n == 0)) {
		if (n < 65536)
			m->port = (uint16_t)n;
		return;
	}
	str_cut(&port, '/', &rest);
	count = port;
	if (str_to_u32(rest, &n) && n < 65536)
		m->port = (uint16_t)n;
	if (str_to_u32(count, &n) && n > 0 && n < 65536)
		m->port_count = (uint16_t)n;
}

/* What most lines of media begin with: type and port, the rest in *value. */
static bool
cut_audio(struct str *value, struct str *type, struct str *port)
{
	const char *p = value->p + 6, *end = value->p + value->n;

	if (value->n < 7 || memcmp(value->p, "audio ", 6) != 0 || ascii_is_blank(*p))
		return false;
	while (p < end && !ascii_is_blank(*p))
		p++;
	*type = (struct str){ value->p, 5 };
	*port = (struct str){ value->p + 6, (size_t)(p - value->p - 6) };
	*value = (struct str){ p, (size_t)(end - p) };
	return true;
}

/* "audio 49170/2 RTP/AVP 0 8 96". @param rest  the lines behind it
 * @return whether they told nothing new. */
static bool
read_medium(struct reader *r, struct str line, struct str rest)
{
	struct str value = str_skip(line, 2), type, port;
	struct told_medium *m;
	bool known;

	r->m = NULL;
	r->skip = r->told->n == SDP_MEDIA_MAX;
	r->tail = STR_NONE;
	if (r->skip)
		return false;
	/* One that does not parse is there all the same: others are counted by place. */
	m = r->m = &r->told->media[r->told->n++];
	*m = (struct told_medium){ .text = line, .port_count = 1, .map_hash = 1 };
	if (!cut_audio(&value, &type, &port) &&
	    (!sdp_format_next(&value, &type) || !sdp_format_next(&value, &port)))
		return false;
	if (value.n == 0)
		return false;
	known = tail_known(r, m, (struct str){ value.p, (size_t)(rest.p + rest.n - value.p) });
	if (!known) {
		read_protocol(m, value);
		if (!m->formats.p) {
			r->tail = STR_NONE;
			return false;
		}
	}
	read_port(m, port);
	m->kind = kind_of(type);
	return known;
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
		m->fax = m->fax || m->kind == CODEC_FAX;
		m->crypto |= r->session.crypto;
		if (m->crypto)
			m->secure = m->secure || !m->fax;
		if (m->secure && (m->kind == CODEC_OTHER || m->fax))
			m->secure = false;	/* a data channel, or fax */
	}
}

void
told_read(struct str text, struct told_tails *tails, struct told *told)
{
	struct reader r = { .told = told, .tails = tails };
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
		if (line[0] == 'a' && !r.skip) {
			read_attribute(&r, r.m ? r.m : &r.session, value);
		} else if (line[0] == 'c' && !r.skip) {
			read_connection(value, r.m ? r.m : &r.session);
		} else if (line[0] == 'm' &&
			   read_medium(&r, (struct str){ line, (size_t)(stop - line) },
				       (struct str){ p, (size_t)(end - p) })) {
			r.tail = STR_NONE;
			break;
		}
	}
	if (r.tail.n > 0)
		tail_keep(tails, r.tail, r.m);
	fill(&r);
}
