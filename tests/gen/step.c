#include "step.h"

#include <netinet/in.h>
#include <stddef.h>

/* ---- options ---- */

enum option_kind { OPTION_STR, OPTION_U32, OPTION_FLAG, OPTION_SPAN, OPTION_PIECES };

static const struct {
	struct str name;
	enum option_kind kind;
	size_t offset;
} options[] = {
	{ STR_INIT("addr"), OPTION_STR, offsetof(struct step, sip.sdp_addr) },
	{ STR_INIT("code"), OPTION_U32, offsetof(struct step, code) },
	{ STR_INIT("codec"), OPTION_STR, offsetof(struct step, rtp.codec) },
	{ STR_INIT("codecs"), OPTION_STR, offsetof(struct step, sip.codecs) },
	{ STR_INIT("comment"), OPTION_STR, offsetof(struct step, wire.comment) },
	{ STR_INIT("compact"), OPTION_FLAG, offsetof(struct step, sip.compact) },
	{ STR_INIT("cseq"), OPTION_U32, offsetof(struct step, sip.cseq) },
	{ STR_INIT("cut"), OPTION_U32, offsetof(struct step, wire.cut) },
	{ STR_INIT("drop"), OPTION_PIECES, offsetof(struct step, wire.drop) },
	{ STR_INIT("event"), OPTION_STR, offsetof(struct step, sip.event) },
	{ STR_INIT("fill"), OPTION_U32, offsetof(struct step, fill) },
	{ STR_INIT("for"), OPTION_STR, offsetof(struct step, sip.for_method) },
	{ STR_INIT("fragment"), OPTION_U32, offsetof(struct step, wire.fragment) },
	{ STR_INIT("hop-by-hop"), OPTION_FLAG, offsetof(struct step, wire.hop_by_hop) },
	{ STR_INIT("id"), OPTION_STR, offsetof(struct step, id) },
	{ STR_INIT("ip-options"), OPTION_FLAG, offsetof(struct step, wire.ip_options) },
	{ STR_INIT("jitter"), OPTION_SPAN, offsetof(struct step, rtp.jitter) },
	{ STR_INIT("joined"), OPTION_FLAG, offsetof(struct step, joined) },
	{ STR_INIT("length"), OPTION_SPAN, offsetof(struct step, rtp.length) },
	{ STR_INIT("lf"), OPTION_FLAG, offsetof(struct step, sip.lf) },
	{ STR_INIT("lose"), OPTION_U32, offsetof(struct step, rtp.lose) },
	{ STR_INIT("mode"), OPTION_STR, offsetof(struct step, sip.mode) },
	{ STR_INIT("new-branch"), OPTION_FLAG, offsetof(struct step, sip.new_branch) },
	{ STR_INIT("no-sum"), OPTION_FLAG, offsetof(struct step, wire.no_sum) },
	{ STR_INIT("order"), OPTION_PIECES, offsetof(struct step, wire.order) },
	{ STR_INIT("port"), OPTION_U32, offsetof(struct step, sip.sdp_port) },
	{ STR_INIT("prefix"), OPTION_STR, offsetof(struct step, prefix) },
	{ STR_INIT("proto"), OPTION_U32, offsetof(struct step, proto) },
	{ STR_INIT("ptime"), OPTION_SPAN, offsetof(struct step, rtp.ptime) },
	{ STR_INIT("refer-to"), OPTION_STR, offsetof(struct step, sip.refer_to) },
	{ STR_INIT("reliable"), OPTION_FLAG, offsetof(struct step, sip.reliable) },
	{ STR_INIT("reversed"), OPTION_FLAG, offsetof(struct step, wire.reversed) },
	{ STR_INIT("sdp"), OPTION_FLAG, offsetof(struct step, sip.sdp) },
	{ STR_INIT("segment"), OPTION_PIECES, offsetof(struct step, wire.segments) },
	{ STR_INIT("seq"), OPTION_U32, offsetof(struct step, rtp.seq) },
	{ STR_INIT("ssrc"), OPTION_U32, offsetof(struct step, rtp.ssrc) },
	{ STR_INIT("state"), OPTION_STR, offsetof(struct step, sip.state) },
	{ STR_INIT("suffix"), OPTION_STR, offsetof(struct step, suffix) },
	{ STR_INIT("tag"), OPTION_STR, offsetof(struct step, sip.tag) },
	{ STR_INIT("timestamp"), OPTION_U32, offsetof(struct step, rtp.timestamp) },
	{ STR_INIT("ttl"), OPTION_U32, offsetof(struct step, ttl) },
	{ STR_INIT("type"), OPTION_STR, offsetof(struct step, sip.body_type) },
	{ STR_INIT("uri"), OPTION_STR, offsetof(struct step, sip.uri) },
};

/* Options that are more than a value in its place. */
static bool
option_special(struct step *s, const struct lex_word *w, const char **bad)
{
	uint32_t v;

	*bad = NULL;
	if (str_eq(w->key, STR("expires")) || str_eq(w->key, STR("payload")) ||
	    str_eq(w->key, STR("ip-id"))) {
		if (!lex_number(w->text, &v))
			*bad = "wants a number";
		else if (w->key.p[0] == 'e')
			s->sip.expires = v, s->sip.has_expires = true;
		else if (w->key.p[0] == 'p')
			s->rtp.type = v, s->rtp.has_type = true;
		else
			s->wire.ip_id = (int32_t)(v & 0xffff);
		return true;
	}
	if (str_eq(w->key, STR("block"))) {
		if (str_eq(w->text, STR("simple")))
			s->wire.block = OUT_SIMPLE;
		else if (str_eq(w->text, STR("obsolete")))
			s->wire.block = OUT_OBSOLETE;
		else
			*bad = "block is simple or obsolete";
		return true;
	}
	if (w->quoted && w->key.n == 0 && s->kind == STEP_SIP) {
		s->sip.phrase = w->text;
		return true;
	}
	return false;
}

const char *
step_option(struct step *s, const struct lex_word *w)
{
	struct str name = w->key.n ? w->key : w->text;
	const char *bad;

	if (option_special(s, w, &bad))
		return bad;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		char *at = (char *)s + options[i].offset;

		if (!str_eq(options[i].name, name))
			continue;
		if ((options[i].kind == OPTION_FLAG) != (w->key.n == 0))
			return w->key.n ? "takes no value" : "wants a value: NAME=VALUE";
		switch (options[i].kind) {
		case OPTION_STR:
			memcpy(at, &w->text, sizeof(w->text));
			return NULL;
		case OPTION_U32:
			return lex_number(w->text, (uint32_t *)(void *)at) ? NULL :
				"wants a number";
		case OPTION_FLAG:
			*(bool *)at = true;
			return NULL;
		case OPTION_SPAN:
			return lex_span(w->text, (int64_t *)(void *)at) ? NULL :
				"wants a time such as 20ms";
		case OPTION_PIECES:
			return lex_pieces(w->text, (struct pieces *)(void *)at) ? NULL :
				"wants numbers such as 2,0,1 (64 at most)";
		}
	}
	return "no such option of a step";
}

/* ---- sending ---- */

static void
send_payload(struct step_context *c, const struct step *s, bool tcp, struct str payload)
{
	struct gen *g = c->gen;
	struct sent *sent = arena_alloc(&g->arena, sizeof(*sent));

	*sent = (struct sent){
		.next = c->sent, .id = s->id, .wire = s->wire, .tcp = tcp,
		.payload = arena_str(&g->arena, payload), .first_packet = g->n_packets,
	};
	sent->wire.proto = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	if (sent->wire.ip_id < 0)
		sent->wire.ip_id = g->next_ip_id;
	c->sent = sent;
	if (tcp)
		wire_tcp(g, s->time, &s->wire, payload.p, payload.n);
	else
		wire_udp(g, s->time, &s->wire, payload.p, payload.n);
	sent->packets = g->n_packets - sent->first_packet;
}

static const struct sent *
sent_find(const struct step_context *c, struct str id)
{
	const struct sent *s = c->sent;

	while (s && id.n && !str_eq(s->id, id))
		s = s->next;
	return s;
}

/* The packets themselves a second time. */
static void
copy_packets(struct gen *g, const struct sent *sent, int64_t time)
{
	int64_t first = g->packets[sent->first_packet].out.time;

	for (size_t i = 0; i < sent->packets; i++) {
		struct gen_packet p = g->packets[sent->first_packet + i];

		p.out.time += time - first;
		gen_packet_add(g, p);
	}
}

static const char *
send_again(struct step_context *c, struct step *s)
{
	const struct sent *sent = sent_find(c, s->id);
	struct wire w;

	if (!sent || !sent->packets)
		return "nothing was sent that could be sent again";
	if (sent->tcp) {
		copy_packets(c->gen, sent, s->time);
		return NULL;
	}
	w = sent->wire;
	w.interface = s->wire.interface;
	w.comment = s->wire.comment;
	if (s->ttl)
		w.ttl = (uint8_t)s->ttl;
	if (s->kind == STEP_REPEAT)
		w.ip_id = s->wire.ip_id;
	wire_udp(c->gen, s->time, &w, sent->payload.p, sent->payload.n);
	return NULL;
}

static const char *
send_icmp(struct step_context *c, const struct step *s)
{
	struct buf b = BUF_INIT, datagram = BUF_INIT;
	struct wire w = s->wire;
	bool ip6 = w.from.addr.family == NET_IP6;
	uint16_t sum;

	if (!c->sent)
		return "icmp: no datagram was sent before";
	ip_header(&datagram, &c->sent->wire, (uint16_t)c->sent->wire.ip_id,
		  c->sent->payload.n + 8, 0, false);
	udp_datagram(&datagram, &c->sent->wire, c->sent->payload.p, c->sent->payload.n);
	put_8(&b, ip6 ? 1 : 3);
	put_8(&b, s->code ? s->code : ip6 ? 4 : 3);	/* port unreachable */
	put_be16(&b, 0);
	put_be32(&b, 0);
	buf_add_str(&b, str_sub(buf_str(&datagram), 0, 128));
	if (!ip6) {
		sum = sum_fold(sum_add(0, b.p, b.n));
		b.p[2] = (char)(sum >> 8);
		b.p[3] = (char)sum;
	}
	w.proto = ip6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	wire_ip(c->gen, s->time, &w, b.p, b.n);
	buf_release(&b);
	buf_release(&datagram);
	return NULL;
}

static const struct {
	struct str name;
	unsigned type;
	uint32_t clock;		/* Hz, of the timestamp */
	unsigned bytes_10ms;
} rtp_codecs[] = {
	{ STR_INIT("pcmu"), 0, 8000, 80 }, { STR_INIT("gsm"), 3, 8000, 17 },
	{ STR_INIT("pcma"), 8, 8000, 80 }, { STR_INIT("g722"), 9, 8000, 80 },
	{ STR_INIT("g729"), 18, 8000, 10 }, { STR_INIT("opus"), 111, 48000, 40 },
};

static const char *
send_rtp(struct step_context *c, const struct step *s)
{
	const struct rtp *r = &s->rtp;
	int64_t ptime = r->ptime ? r->ptime : 20 * NS_PER_MS;
	size_t k = 0;
	uint32_t count;
	struct buf b = BUF_INIT;

	while (r->codec.n && k < ARRAY_SIZE(rtp_codecs) && !str_eq(rtp_codecs[k].name, r->codec))
		k++;
	if (k == ARRAY_SIZE(rtp_codecs))
		return "rtp: no such codec";
	count = (uint32_t)((r->length ? r->length : NS_PER_S) / ptime);
	if (count > 100000)
		return "rtp: too long";
	for (uint32_t i = 0; i < count; i++) {
		uint64_t h = mix(r->ssrc, i);
		int64_t late = r->jitter ? (int64_t)(h % (uint64_t)r->jitter) : 0;

		if (r->lose && i % r->lose == r->lose - 1)
			continue;
		buf_clear(&b);
		put_8(&b, 0x80);
		put_8(&b, (r->has_type ? r->type : rtp_codecs[k].type) | (i == 0 ? 0x80 : 0));
		put_be16(&b, r->seq + i);
		put_be32(&b, r->timestamp + (uint32_t)(ptime * i / NS_PER_US * rtp_codecs[k].clock /
						       1000000));
		put_be32(&b, r->ssrc);
		buf_add_chars(&b, '\x55', (size_t)(ptime / (10 * NS_PER_MS)) *
			      rtp_codecs[k].bytes_10ms);
		wire_udp(c->gen, s->time + i * ptime + late, &s->wire, b.p, b.n);
	}
	buf_release(&b);
	return NULL;
}

/* Numbered lines of text, @p n bytes in all. */
static void
add_fill(struct buf *b, size_t n)
{
	size_t end = b->n + n;

	for (unsigned line = 1; b->n < end; line++)
		buf_printf(b, "line %u: the quick brown fox jumps over the lazy dog, and on it "
			   "goes\r\n", line);
	b->n = end;
}

static const char *
send_message(struct step_context *c, struct step *s)
{
	bool tcp = c->call && c->call->tcp && s->kind != STEP_UDP;
	size_t most = tcp ? 1u << 24 : 65500;

	if (s->fill > most)
		return "fill: that is more than its transport takes";
	if (s->fill)
		add_fill(&s->body, s->fill);
	buf_add_str(&c->waiting, s->prefix);
	if (s->kind == STEP_SIP) {
		s->sip.body = buf_str(&s->body);
		if (s->sip.body.n && !s->sip.body_type.n)
			s->sip.body_type = STR("text/plain");
		sip_message(c->gen, c->call, &s->sip, &c->waiting);
	} else {
		buf_add_str(&c->waiting, buf_str(&s->body));
	}
	buf_add_str(&c->waiting, s->suffix);
	if (s->joined)
		return NULL;
	if (c->waiting.n > most)
		return "the payload is too long for its transport";
	send_payload(c, s, tcp, buf_str(&c->waiting));
	buf_clear(&c->waiting);
	return NULL;
}

const char *
step_send(struct step_context *c, struct step *s)
{
	if (s->ttl)
		s->wire.ttl = (uint8_t)s->ttl;
	switch (s->kind) {
	case STEP_SIP:
	case STEP_RAW:
	case STEP_UDP:
		return send_message(c, s);
	case STEP_IP:
		s->wire.proto = (uint8_t)s->proto;
		wire_ip(c->gen, s->time, &s->wire, s->body.p, s->body.n);
		return NULL;
	case STEP_ICMP:
		return send_icmp(c, s);
	case STEP_RTP:
		return send_rtp(c, s);
	case STEP_FIN:
		wire_tcp_fin(c->gen, s->time, &s->wire);
		return NULL;
	case STEP_REPEAT:
	case STEP_DUPLICATE:
		return send_again(c, s);
	}
	BUG("step kind %d", (int)s->kind);
}
