/*
 * One pass by line. A line belongs to the session until the first m=, then to the
 * last medium; when the pass is over what the session said is filled in where a
 * medium said nothing. Attributes that are known and fit a member are kept, the
 * rest stays in the text of its medium for those who ask (sip/sdp_attr.h).
 */
#include "sip/sdp.h"

#include "sip/sdp_attr.h"

const struct sdp_flaw_def sdp_flaw_defs[SDP_FLAW_COUNT] = {
#define SDP_FLAW_DEF(id, flaw_name, flaw_help) \
	[SDP_FLAW_BIT_##id] = { .name = flaw_name, .help = flaw_help },
	SDP_FLAWS(SDP_FLAW_DEF)
#undef SDP_FLAW_DEF
};

bool
sdp_line_next(struct str *rest, char *letter, struct str *value)
{
	const char *p = rest->p, *end, *lf, *stop;

	end = rest->n > 0 ? p + rest->n : p;
	do {
		if (p == end) {
			*rest = STR_NONE;
			return false;
		}
		lf = memchr(p, '\n', (size_t)(end - p));
		stop = lf ? lf : end;
		*value = (struct str){ p, (size_t)(stop - p) };
		if (value->n > 0 && stop[-1] == '\r')
			value->n--;
		p = lf ? lf + 1 : end;
	} while (value->n == 0);

	*rest = (struct str){ p, (size_t)(end - p) };
	*letter = 0;
	if (value->n >= 2 && value->p[1] == '=' && ascii_is_alpha(value->p[0])) {
		*letter = value->p[0];
		value->p += 2;
		value->n -= 2;
	}
	return true;
}

bool
sdp_format_next(struct str *formats, struct str *format)
{
	const char *p = formats->p, *end, *start;

	*format = STR_NONE;
	if (formats->n == 0)
		return false;
	end = p + formats->n;
	while (p < end && ascii_is_blank(*p))
		p++;
	for (start = p; p < end && !ascii_is_blank(*p); p++)
		;
	*format = (struct str){ start, (size_t)(p - start) };
	*formats = (struct str){ p, (size_t)(end - p) };
	return format->n > 0;
}

static struct str
word(struct str *s)
{
	struct str w = STR_NONE;

	sdp_format_next(s, &w);
	return w;
}

static bool
all_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

static bool
parse_origin(struct str v, struct sdp_origin *o)
{
	struct str nettype, type;

	o->username = word(&v);
	o->session_id = word(&v);
	o->version = word(&v);
	nettype = word(&v);
	type = word(&v);
	return sdp_address_parse(type, word(&v), &o->address) && str_eq(nettype, STR("IN")) &&
	       all_digits(o->session_id) && all_digits(o->version) && str_trim(v).n == 0;
}

static void
parse_connection(struct str v, struct sdp *sdp, struct sdp_common *common)
{
	struct sdp_address address;
	struct str nettype = word(&v), type = word(&v);

	if (!sdp_address_parse(type, word(&v), &address) || !str_eq(nettype, STR("IN")) ||
	    str_trim(v).n > 0)
		sdp->flaws |= SDP_FLAW_CONNECTION;
	if (common->addresses++ == 0)
		common->address = address;
}

static void
parse_media(struct str v, struct sdp *sdp, struct sdp_media *m)
{
	struct str port, count, rest;
	uint32_t number;

	m->type = word(&v);
	rest = word(&v);
	m->port_count = 1;
	if (!str_cut(&rest, '/', &port) || !all_digits(port)) {
		sdp->flaws |= SDP_FLAW_MEDIA;
	} else if (!str_to_u32(port, &number) || number > UINT16_MAX) {
		sdp->flaws |= SDP_FLAW_PORT;
	} else {
		m->has_port = true;
		m->port = (uint16_t)number;
	}
	if (rest.p) {
		count = rest;
		if (!str_to_u32(count, &m->port_count) || m->port_count == 0) {
			m->port_count = 1;
			sdp->flaws |= SDP_FLAW_MEDIA;
		}
	}
	m->proto = word(&v);
	m->formats = str_trim(v);
	for (rest = m->formats; sdp_format_next(&rest, &port);)
		m->format_count++;
	if (m->proto.n == 0 || m->format_count == 0)
		sdp->flaws |= SDP_FLAW_MEDIA;
}

/* Attributes of session and medium alike. */
static bool
take_common(struct str name, struct str value, struct sdp_common *c, bool *good)
{
	for (unsigned d = SDP_SENDRECV; name.n == 8 && d <= SDP_INACTIVE; d++) {
		if (str_eq(name, sdp_direction_name((enum sdp_direction)d))) {
			c->direction = (uint8_t)d;
			c->has_direction = true;
			*good = !value.p;
			return true;
		}
	}
	if (str_eq(name, STR("setup")))
		c->setup = value;
	else if (str_eq(name, STR("ice-ufrag")))
		c->ice_ufrag = value;
	else if (str_eq(name, STR("ice-pwd")))
		c->ice_pwd = value;
	else if (str_eq(name, STR("extmap-allow-mixed")))
		c->extmap_allow_mixed = true;
	else if (str_eq(name, STR("fingerprint")))
		*good = sdp_fingerprint_parse(value, &c->fingerprint);
	else
		return false;
	return true;
}

static void
take_session(struct str name, struct str value, struct sdp *sdp, bool *good)
{
	struct sdp_group group;

	if (str_eq(name, STR("ice-lite"))) {
		sdp->ice_lite = true;
	} else if (str_eq(name, STR("tool"))) {
		sdp->user_agent = value;
	} else if (str_eq(name, STR("group"))) {
		if (!sdp->group.p)
			sdp->group = value;
		*good = sdp_group_parse(value, &group);
	}
}

/* Old senders write T.38 switches with and without ":1". */
static bool
t38_switch(struct str value)
{
	return !value.p || !str_eq(str_trim(value), STR("0"));
}

static void
take_t38(struct str name, struct str value, struct sdp_t38 *t, bool *good)
{
	struct str v = str_trim(value);

	if (str_eq_ci(name, STR("T38FaxVersion")))
		*good = str_to_u32(v, &t->version);
	else if (str_eq_ci(name, STR("T38MaxBitRate")))
		*good = str_to_u32(v, &t->max_bit_rate);
	else if (str_eq_ci(name, STR("T38FaxMaxBuffer")))
		*good = str_to_u32(v, &t->max_buffer);
	else if (str_eq_ci(name, STR("T38FaxMaxDatagram")))
		*good = str_to_u32(v, &t->max_datagram);
	else if (str_eq_ci(name, STR("T38FaxRateManagement")))
		t->rate_management = v;
	else if (str_eq_ci(name, STR("T38FaxUdpEC")))
		t->error_correction = v;
	else if (str_eq_ci(name, STR("T38FaxFillBitRemoval")))
		t->fill_bit_removal = t38_switch(value);
	else if (str_eq_ci(name, STR("T38FaxTranscodingMMR")))
		t->transcoding_mmr = t38_switch(value);
	else if (str_eq_ci(name, STR("T38FaxTranscodingJBIG")))
		t->transcoding_jbig = t38_switch(value);
}

/* Packet times: whole milliseconds, though some write a fraction. */
static bool
take_ptime(struct str value, uint32_t *ms)
{
	struct str v = str_trim(value);

	return str_take_u32(&v, ms) && (v.n == 0 || v.p[0] == '.');
}

static void
take_media(struct str name, struct str value, struct sdp_media *m, bool *good)
{
	struct sdp_candidate candidate;
	struct sdp_crypto crypto;
	struct sdp_rtpmap map;
	struct sdp_ssrc ssrc;

	if (str_eq(name, STR("rtpmap"))) {
		*good = sdp_rtpmap_parse(value, &map);
	} else if (str_eq(name, STR("ptime"))) {
		*good = take_ptime(value, &m->ptime_ms);
	} else if (str_eq(name, STR("maxptime"))) {
		*good = take_ptime(value, &m->maxptime_ms);
	} else if (str_eq(name, STR("rtcp"))) {
		*good = sdp_rtcp_parse(value, &m->rtcp);
	} else if (str_eq(name, STR("rtcp-mux"))) {
		m->rtcp_mux = true;
	} else if (str_eq(name, STR("rtcp-rsize"))) {
		m->rtcp_rsize = true;
	} else if (str_eq(name, STR("mid"))) {
		m->mid = str_trim(value);
	} else if (str_eq(name, STR("label"))) {
		m->label = value;
	} else if (str_eq(name, STR("content"))) {
		m->content = value;
	} else if (str_eq(name, STR("crypto"))) {
		m->crypto_count++;
		*good = sdp_crypto_parse(value, &crypto);
	} else if (str_eq(name, STR("candidate"))) {
		m->candidate_count++;
		*good = sdp_candidate_parse(value, &candidate);
	} else if (str_eq(name, STR("ssrc"))) {
		m->ssrc_count++;
		*good = sdp_ssrc_parse(value, &ssrc);
	} else if (str_starts_ci(name, STR("T38"))) {
		take_t38(name, value, &m->t38, good);
	}
}

static void
parse_attribute(struct str v, struct sdp *sdp, struct sdp_media *m)
{
	struct str name, value;
	bool good = true;

	sdp_attr_split(v, &name, &value);
	if (name.n == 0)
		good = false;
	else if (!take_common(name, value, m ? &m->common : &sdp->common, &good)) {
		if (m)
			take_media(name, value, m, &good);
		else
			take_session(name, value, sdp, &good);
	}
	if (!good)
		sdp->flaws |= SDP_FLAW_ATTRIBUTE;
}

static bool
parse_bandwidth(struct str v)
{
	struct str type;
	uint32_t number;

	return str_cut(&v, ':', &type) && type.n > 0 && v.p && str_to_u32(str_trim(v), &number);
}

static bool
parse_time(struct str v, struct sdp *sdp)
{
	return str_to_u64(word(&v), &sdp->start) && str_to_u64(word(&v), &sdp->stop);
}

static void
inherit_str(struct str *own, struct str from)
{
	if (!own->p)
		*own = from;
}

static void
inherit(const struct sdp_common *from, struct sdp_media *m)
{
	struct sdp_common *c = &m->common;

	m->own_address = c->addresses > 0;
	if (!m->own_address)
		c->address = from->address;
	if (!c->has_direction)
		c->direction = from->direction;
	if (!c->fingerprint.hash.p)
		c->fingerprint = from->fingerprint;
	inherit_str(&c->setup, from->setup);
	inherit_str(&c->ice_ufrag, from->ice_ufrag);
	inherit_str(&c->ice_pwd, from->ice_pwd);
}

/* Where the parser is: which lines of the session there were. */
struct state {
	struct sdp_media *media;	/* the one whose lines these are, or NULL */
	bool in_media;
	bool version, origin, name, time;
};

static void
begin_media(struct str v, struct sdp *sdp, struct state *state)
{
	state->in_media = true;
	state->media = NULL;
	sdp->media_total++;
	if (sdp->media_count == SDP_MEDIA_MAX) {
		sdp->flaws |= SDP_FLAW_TOO_MANY;
		return;
	}
	state->media = &sdp->media[sdp->media_count++];
	*state->media = (struct sdp_media){ .text = { v.p - 2, v.n + 2 } };
	parse_media(v, sdp, state->media);
}

static void
parse_session_line(char letter, struct str v, struct sdp *sdp, struct state *state)
{
	switch (letter) {
	case 'v':
		if (state->version || !str_eq(str_trim(v), STR("0")))
			sdp->flaws |= SDP_FLAW_VERSION;
		state->version = true;
		break;
	case 'o':
		state->origin = true;
		if (!parse_origin(v, &sdp->origin))
			sdp->flaws |= SDP_FLAW_ORIGIN;
		break;
	case 's':
		state->name = true;
		sdp->name = v;
		break;
	case 't':
		if (!state->time && !parse_time(v, sdp))
			sdp->flaws |= SDP_FLAW_TIME;
		state->time = true;
		break;
	default:
		break;
	}
}

static void
parse_line(char letter, struct str v, struct sdp *sdp, struct state *state)
{
	struct sdp_media *m = state->media;

	if (!state->version && letter != 'v')
		sdp->flaws |= SDP_FLAW_ORDER;
	switch (letter) {
	case 0:
		sdp->flaws |= SDP_FLAW_LINE;
		break;
	case 'm':
		begin_media(v, sdp, state);
		break;
	case 'c':
		if (m || !state->in_media)
			parse_connection(v, sdp, m ? &m->common : &sdp->common);
		break;
	case 'b':
		if (!parse_bandwidth(v))
			sdp->flaws |= SDP_FLAW_BANDWIDTH;
		break;
	case 'a':
		if (m || !state->in_media)
			parse_attribute(v, sdp, m);
		break;
	case 'i':
		if (m)
			m->title = v;
		break;
	case 'v':
	case 'o':
	case 's':
	case 't':
		if (state->in_media)
			sdp->flaws |= SDP_FLAW_ORDER;
		else
			parse_session_line(letter, v, sdp, state);
		break;
	default:
		break;
	}
}

bool
sdp_parse(struct str text, struct sdp *sdp)
{
	struct state state = { .media = NULL };
	struct str rest = text, v;
	char letter;

	/* The media are zeroed one by one, when they come. */
	memset(sdp, 0, offsetof(struct sdp, media));
	sdp->text = text;
	sdp->session = (struct str){ text.p, 0 };
	while (sdp_line_next(&rest, &letter, &v)) {
		parse_line(letter, v, sdp, &state);
		if (state.media)
			state.media->text.n = (size_t)(v.p + v.n - state.media->text.p);
		else if (!state.in_media)
			sdp->session.n = (size_t)(v.p + v.n - text.p);
	}
	if (!state.version)
		sdp->flaws |= SDP_FLAW_VERSION;
	if (!state.origin)
		sdp->flaws |= SDP_FLAW_ORIGIN;
	if (!state.name)
		sdp->flaws |= SDP_FLAW_NAME;
	if (!state.time)
		sdp->flaws |= SDP_FLAW_TIME;
	for (uint32_t i = 0; i < sdp->media_count; i++) {
		inherit(&sdp->common, &sdp->media[i]);
		if (sdp->media[i].port > 0 &&
		    sdp->media[i].common.address.kind == SDP_ADDRESS_NONE)
			sdp->flaws |= SDP_FLAW_NO_ADDRESS;
	}
	return sdp->flaws == 0;
}

static bool
address_is_any(const struct sdp_address *a)
{
	return (a->kind == SDP_ADDRESS_IP4 && str_eq(a->text, STR("0.0.0.0"))) ||
	       (a->kind == SDP_ADDRESS_IP6 && str_eq(a->text, STR("::")));
}

bool
sdp_is_hold(const struct sdp_media *m)
{
	return m->port > 0 &&
	       (m->common.direction == SDP_SENDONLY || m->common.direction == SDP_INACTIVE ||
		(address_is_any(&m->common.address) && m->port != SDP_PORT_UNKNOWN));
}

bool
sdp_is_rejected(const struct sdp_media *m)
{
	struct str value;

	return m->has_port && m->port == 0 &&
		!sdp_attr_find(m->text, STR("bundle-only"), &value);
}

struct str
sdp_direction_name(enum sdp_direction direction)
{
	static const struct str names[] = {
		[SDP_SENDRECV] = STR_INIT("sendrecv"), [SDP_SENDONLY] = STR_INIT("sendonly"),
		[SDP_RECVONLY] = STR_INIT("recvonly"), [SDP_INACTIVE] = STR_INIT("inactive"),
	};

	return (unsigned)direction < ARRAY_SIZE(names) ? names[direction] : STR_NONE;
}
