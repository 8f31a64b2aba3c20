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
	{ STR_INIT("about"), OPTION_U32, offsetof(struct step, report.about) },
	{ STR_INIT("acked"), OPTION_FLAG, offsetof(struct step, wire.acked) },
	{ STR_INIT("addr"), OPTION_STR, offsetof(struct step, sip.sdp_addr) },
	{ STR_INIT("again"), OPTION_PIECES, offsetof(struct step, wire.again) },
	{ STR_INIT("ahead"), OPTION_U32, offsetof(struct step, ahead) },
	{ STR_INIT("back"), OPTION_U32, offsetof(struct step, back) },
	{ STR_INIT("binary"), OPTION_FLAG, offsetof(struct step, ws.binary) },
	{ STR_INIT("bytes"), OPTION_U32, offsetof(struct step, bytes) },
	{ STR_INIT("codec"), OPTION_STR, offsetof(struct step, rtp.codec) },
	{ STR_INIT("codecs"), OPTION_STR, offsetof(struct step, sip.codecs) },
	{ STR_INIT("comment"), OPTION_STR, offsetof(struct step, wire.comment) },
	{ STR_INIT("compact"), OPTION_FLAG, offsetof(struct step, sip.compact) },
	{ STR_INIT("compressed"), OPTION_FLAG, offsetof(struct step, ws.compressed) },
	{ STR_INIT("copies"), OPTION_SPAN, offsetof(struct step, rtp.copies) },
	{ STR_INIT("cseq"), OPTION_U32, offsetof(struct step, sip.cseq) },
	{ STR_INIT("cut"), OPTION_U32, offsetof(struct step, wire.cut) },
	{ STR_INIT("digits"), OPTION_STR, offsetof(struct step, rtp.digits) },
	{ STR_INIT("dlsr"), OPTION_SPAN, offsetof(struct step, report.held) },
	{ STR_INIT("drop"), OPTION_PIECES, offsetof(struct step, wire.drop) },
	{ STR_INIT("event"), OPTION_STR, offsetof(struct step, sip.event) },
	{ STR_INIT("fill"), OPTION_U32, offsetof(struct step, fill) },
	{ STR_INIT("for"), OPTION_STR, offsetof(struct step, sip.for_method) },
	{ STR_INIT("fragment"), OPTION_U32, offsetof(struct step, wire.fragment) },
	{ STR_INIT("fraction"), OPTION_U32, offsetof(struct step, report.fraction) },
	{ STR_INIT("frame"), OPTION_PIECES, offsetof(struct step, ws.frames) },
	{ STR_INIT("gap"), OPTION_SPAN, offsetof(struct step, rtp.gap) },
	{ STR_INIT("half"), OPTION_FLAG, offsetof(struct step, half) },
	{ STR_INIT("highest"), OPTION_U32, offsetof(struct step, report.highest) },
	{ STR_INIT("hop-by-hop"), OPTION_FLAG, offsetof(struct step, wire.hop_by_hop) },
	{ STR_INIT("id"), OPTION_STR, offsetof(struct step, id) },
	{ STR_INIT("ip-options"), OPTION_FLAG, offsetof(struct step, wire.ip_options) },
	{ STR_INIT("isn"), OPTION_PIECES, offsetof(struct step, begin.isn) },
	{ STR_INIT("jitter"), OPTION_SPAN, offsetof(struct step, rtp.jitter) },
	{ STR_INIT("joined"), OPTION_FLAG, offsetof(struct step, joined) },
	{ STR_INIT("late"), OPTION_SPAN, offsetof(struct step, late) },
	{ STR_INIT("length"), OPTION_SPAN, offsetof(struct step, rtp.length) },
	{ STR_INIT("lf"), OPTION_FLAG, offsetof(struct step, sip.lf) },
	{ STR_INIT("lose"), OPTION_U32, offsetof(struct step, rtp.lose) },
	{ STR_INIT("lsr"), OPTION_SPAN, offsetof(struct step, report.ago) },
	{ STR_INIT("missing"), OPTION_U32, offsetof(struct step, report.missing) },
	{ STR_INIT("mode"), OPTION_STR, offsetof(struct step, sip.mode) },
	{ STR_INIT("mtu"), OPTION_U32, offsetof(struct step, mtu) },
	{ STR_INIT("new-branch"), OPTION_FLAG, offsetof(struct step, sip.new_branch) },
	{ STR_INIT("no-sip"), OPTION_FLAG, offsetof(struct step, ws.no_sip) },
	{ STR_INIT("no-sum"), OPTION_FLAG, offsetof(struct step, wire.no_sum) },
	{ STR_INIT("order"), OPTION_PIECES, offsetof(struct step, wire.order) },
	{ STR_INIT("ping-between"), OPTION_FLAG, offsetof(struct step, ws.ping_between) },
	{ STR_INIT("port"), OPTION_U32, offsetof(struct step, sip.sdp_port) },
	{ STR_INIT("ppid"), OPTION_U32, offsetof(struct step, wire.ppid) },
	{ STR_INIT("prefix"), OPTION_STR, offsetof(struct step, prefix) },
	{ STR_INIT("proto"), OPTION_U32, offsetof(struct step, proto) },
	{ STR_INIT("ptime"), OPTION_SPAN, offsetof(struct step, rtp.ptime) },
	{ STR_INIT("quote"), OPTION_U32, offsetof(struct step, quote) },
	{ STR_INIT("refer-to"), OPTION_STR, offsetof(struct step, sip.refer_to) },
	{ STR_INIT("refused"), OPTION_FLAG, offsetof(struct step, begin.refused) },
	{ STR_INIT("reliable"), OPTION_FLAG, offsetof(struct step, sip.reliable) },
	{ STR_INIT("reversed"), OPTION_FLAG, offsetof(struct step, wire.reversed) },
	{ STR_INIT("sdp"), OPTION_FLAG, offsetof(struct step, sip.sdp) },
	{ STR_INIT("segment"), OPTION_PIECES, offsetof(struct step, wire.segments) },
	{ STR_INIT("seq"), OPTION_U32, offsetof(struct step, rtp.seq) },
	{ STR_INIT("ssrc"), OPTION_U32, offsetof(struct step, rtp.ssrc) },
	{ STR_INIT("state"), OPTION_STR, offsetof(struct step, sip.state) },
	{ STR_INIT("stream"), OPTION_U32, offsetof(struct step, wire.stream) },
	{ STR_INIT("suffix"), OPTION_STR, offsetof(struct step, suffix) },
	{ STR_INIT("swap"), OPTION_PIECES, offsetof(struct step, rtp.swap) },
	{ STR_INIT("tag"), OPTION_STR, offsetof(struct step, sip.tag) },
	{ STR_INIT("tcp-options"), OPTION_FLAG, offsetof(struct step, wire.tcp_options) },
	{ STR_INIT("timestamp"), OPTION_U32, offsetof(struct step, rtp.timestamp) },
	{ STR_INIT("tries"), OPTION_U32, offsetof(struct step, begin.tries) },
	{ STR_INIT("ttl"), OPTION_U32, offsetof(struct step, ttl) },
	{ STR_INIT("type"), OPTION_STR, offsetof(struct step, sip.body_type) },
	{ STR_INIT("unanswered"), OPTION_FLAG, offsetof(struct step, begin.unanswered) },
	{ STR_INIT("unordered"), OPTION_FLAG, offsetof(struct step, wire.unordered) },
	{ STR_INIT("units"), OPTION_U32, offsetof(struct step, report.jitter) },
	{ STR_INIT("uri"), OPTION_STR, offsetof(struct step, sip.uri) },
	{ STR_INIT("volume"), OPTION_U32, offsetof(struct step, rtp.volume) },
};

/* Options that are more than a value in its place. */
static bool
option_special(struct step *s, const struct lex_word *w, const char **bad)
{
	uint32_t v;

	*bad = NULL;
	if (str_eq(w->key, STR("expires")) || str_eq(w->key, STR("payload")) ||
	    str_eq(w->key, STR("ip-id")) || str_eq(w->key, STR("code"))) {
		if (!lex_number(w->text, &v))
			*bad = "wants a number";
		else if (w->key.p[0] == 'e')
			s->sip.expires = v, s->sip.has_expires = true;
		else if (w->key.p[0] == 'p')
			s->rtp.type = v, s->rtp.has_type = true;
		else if (w->key.p[0] == 'c')
			s->code = v, s->has_code = true;
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

static struct sent *
sent_begin(struct step_context *c, const struct step *s)
{
	struct sent *sent = arena_alloc(&c->gen->arena, sizeof(*sent));

	*sent = (struct sent){
		.next = c->sent, .id = s->id, .wire = s->wire, .first_packet = c->gen->n_packets,
	};
	if (sent->wire.ip_id < 0)
		sent->wire.ip_id = c->gen->next_ip_id;
	return c->sent = sent;
}

static void
list_sent(const struct step_context *c, const struct sent *sent)
{
	if (c->list)
		printf("%.*s", STR_ARG(sent->lines));
}

static void
sent_end(struct step_context *c, struct sent *sent)
{
	sent->packets = c->gen->n_packets - sent->first_packet;
	sent->quote = arena_str(&c->gen->arena, buf_str(&c->gen->quote));
	sent->lines = arena_str(&c->gen->arena, buf_str(&c->lines));
	buf_clear(&c->lines);
	list_sent(c, sent);
}

static struct sent *
send_payload(struct step_context *c, const struct step *s, bool tcp, struct str payload)
{
	struct gen *g = c->gen;
	struct sent *sent = sent_begin(c, s);

	sent->payload = arena_str(&g->arena, payload);
	sent->tcp = tcp;
	if (tcp)
		sent->place = tcp_send(g, s->time, &s->wire, payload.p, payload.n);
	else
		wire_udp(g, s->time, &s->wire, payload.p, payload.n);
	sent_end(c, sent);
	return sent;
}

static enum gen_transport
transport_of(const struct step_context *c)
{
	return c->call ? c->call->transport : GEN_UDP;
}

/* What was captured goes to the collector. */
static void
send_carried(struct step_context *c, const struct step *s, unsigned type, struct str payload)
{
	static const uint8_t protos[] = {
		[GEN_UDP] = IPPROTO_UDP, [GEN_TCP] = IPPROTO_TCP, [GEN_WS] = IPPROTO_TCP,
		[GEN_SCTP] = IPPROTO_SCTP,
	};
	struct step outer = *s;
	struct wire inner = s->wire;
	struct buf b = BUF_INIT;
	struct sent *sent;

	inner.proto = protos[transport_of(c)];
	outer.wire.from = c->carrier.wire.from;
	outer.wire.to = c->carrier.wire.to;
	outer.time += c->carrier.delay + s->late;
	hep_packet(&b, &c->carrier, &inner, s->time, type,
		   type == 1 || !c->call ? STR_NONE : c->call->call_id, payload);
	sent = send_payload(c, &outer, c->carrier.tcp, buf_str(&b));
	sent->inner = arena_str(&c->gen->arena, payload);
	sent->inner_type = type;
	sent->inner_wire = s->wire;
	buf_release(&b);
}

/* What was missing is there by @p again. */
static void
list_repaired(const struct step_context *c, const struct sent *sent, const struct wire *again)
{
	static const struct str mark = STR_INIT(",incomplete\n");
	struct str lines = sent->lines;

	if (!c->list || again->drop.n || again->cut || lines.n < mark.n ||
	    !str_eq(str_skip(lines, lines.n - mark.n), mark))
		return;
	printf("%.*s\n", STR_ARG(str_sub(lines, 0, lines.n - mark.n)));
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

	if (transport_of(c) == GEN_SCTP && s->kind == STEP_REPEAT && sent) {
		w = sent->wire;
		w.ip_id = -1;
		w.drop.n = w.order.n = w.again.n = 0;
		return sctp_repeat(c->gen, s->time, &w) ? NULL : "nothing was sent there";
	}
	if (sent && sent->inner.n && s->kind == STEP_REPEAT && c->carrier.version) {
		s->wire.from = sent->inner_wire.from;
		s->wire.to = sent->inner_wire.to;
		buf_add_str(&c->lines, sent->lines);
		send_carried(c, s, sent->inner_type, sent->inner);
		return NULL;
	}
	if (!sent || !sent->packets)
		return "nothing was sent that could be sent again";
	if (sent->tcp && s->kind == STEP_REPEAT && sent->place.conn) {
		w = s->wire;
		w.from = sent->wire.from;
		w.to = sent->wire.to;
		if (w.segments.n == 0)
			w.segments = sent->wire.segments;
		list_repaired(c, sent, &w);
		tcp_repeat(c->gen, s->time, &w, sent->place, sent->payload.p, sent->payload.n);
		return NULL;
	}
	if (sent->tcp) {
		copy_packets(c->gen, sent, s->time);
		return NULL;
	}
	list_sent(c, sent);
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
	const struct sent *about = sent_find(c, s->id);
	struct buf b = BUF_INIT;
	struct wire w = s->wire;
	bool ip6 = w.from.addr.family == NET_IP6;
	uint32_t type = ip6 ? 1 : 3;

	if (!about || !about->quote.n)
		return "icmp: no packet was sent before";
	if (s->sip.body_type.n && !lex_number(s->sip.body_type, &type))
		return "icmp: type=NUMBER";
	put_8(&b, type);
	put_8(&b, s->has_code ? s->code : s->sip.body_type.n ? 0 : ip6 ? 4 : 3);
	put_be16(&b, 0);
	put_be32(&b, s->mtu);
	buf_add_str(&b, str_sub(about->quote, 0, s->quote ? s->quote : 128));
	w.proto = ip6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	put_sum(&b, 2, ip6 ? wire_sum(&w, IPPROTO_ICMPV6, b.p, b.n) :
		sum_fold(sum_add(0, b.p, b.n)));
	wire_ip(c->gen, s->time, &w, b.p, b.n);
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

/* What a type of HEP carries when the script does not say. */
static void
add_report(struct step *s)
{
	struct buf *b = &s->body;

	if (b->n)
		return;
	if (s->kind == STEP_LOG)
		buf_add_cstr(b, "INFO: call is routed by rule 7");
	else if (s->kind == STEP_RTCP)
		buf_printf(b, "{\"sender_information\":{\"ntp_timestamp_sec\":%u,"
			   "\"ntp_timestamp_usec\":0,\"rtp_timestamp\":160,\"packets\":50,"
			   "\"octets\":8000},\"ssrc\":%u,\"type\":200,\"report_count\":1,"
			   "\"report_blocks\":[{\"source_ssrc\":%u,\"fraction_lost\":2,"
			   "\"packets_lost\":1,\"highest_seq_no\":50,\"ia_jitter\":12,"
			   "\"lsr\":0,\"dlsr\":0}],\"sdes_ssrc\":%u}",
			   (unsigned)(s->time / NS_PER_S + 2208988800), s->rtp.ssrc,
			   s->rtp.ssrc + 1, s->rtp.ssrc);
}

/* Note the message as `rung messages --format csv` would list it in the columns
 * source, destination, transport, method, status, cseq, cseq_method and call_id,
 * with ",incomplete" where not all of it is captured. */
static void
list_message(struct step_context *c, const struct step *s, struct str message)
{
	static const char *const names[] = {
		[GEN_UDP] = "udp", [GEN_TCP] = "tcp", [GEN_WS] = "ws", [GEN_SCTP] = "sctp",
	};
	static const struct str header = STR_INIT("\nCSeq: ");
	struct str cseq = str_skip(message, str_find_ci(message, header)), number;
	struct buf *b = &c->lines;

	cseq = str_skip(cseq, header.n);
	cseq = str_trim(str_sub(cseq, 0, str_chr(cseq, '\n')));
	str_cut(&cseq, ' ', &number);
	net_endpoint_add(b, &s->wire.from);
	buf_add_char(b, ',');
	net_endpoint_add(b, &s->wire.to);
	buf_printf(b, ",%s,%s%.*s%s,%.*s,%.*s,%.*s%s\n", names[transport_of(c)],
		   ascii_is_digit(s->sip.what.p[0]) ? "," : "", STR_ARG(s->sip.what),
		   ascii_is_digit(s->sip.what.p[0]) ? "" : ",", STR_ARG(number), STR_ARG(cseq),
		   STR_ARG(c->call->call_id),
		   s->wire.drop.n || s->wire.cut ? ",incomplete" : "");
}

/* The bytes of a step, without frames. */
static void
add_message(struct step_context *c, struct step *s, struct buf *b)
{
	if (s->fill)
		add_fill(&s->body, s->fill);
	buf_add_str(b, s->prefix);
	if (s->kind == STEP_SIP) {
		s->sip.body = buf_str(&s->body);
		if (s->sip.body.n && !s->sip.body_type.n)
			s->sip.body_type = STR("text/plain");
		sip_message(c->gen, c->call, &s->sip, b);
		list_message(c, s, buf_str(b));
	} else {
		buf_add_str(b, buf_str(&s->body));
	}
	buf_add_str(b, s->suffix);
}

static const char *
send_report(struct step_context *c, struct step *s)
{
	unsigned type = s->kind == STEP_LOG ? 100 : s->kind == STEP_RTCP ? 5 : s->proto;

	if (!c->carrier.version)
		return "a carrier line must come before";
	add_report(s);
	send_carried(c, s, type, buf_str(&s->body));
	return NULL;
}

static const char *
send_sctp(struct step_context *c, const struct step *s, struct str message)
{
	struct sent *sent = s->joined ? NULL : sent_begin(c, s);

	if (message.n == 0 || s->wire.stream >= 16)
		return "no message for SCTP, or a stream above 15";
	sctp_send(c->gen, s->time, &s->wire, &c->waiting, s->joined, message);
	if (sent) {
		sent->payload = arena_str(&c->gen->arena, message);
		sent->tcp = true;	/* its packets are copied for a duplicate */
		sent_end(c, sent);
	}
	return NULL;
}

static const char *
send_message(struct step_context *c, struct step *s)
{
	enum gen_transport t = s->kind == STEP_UDP ? GEN_UDP : transport_of(c);
	bool datagram = t == GEN_UDP, carried = c->carrier.version && s->kind != STEP_UDP;
	size_t most = datagram ? 65500 : 1u << 24;
	struct buf b = BUF_INIT;
	const char *bad = NULL;

	if (s->fill > most)
		return "fill: that is more than its transport takes";
	add_message(c, s, &b);
	if (carried) {
		send_carried(c, s, 1, buf_str(&b));
	} else if (t == GEN_SCTP && s->kind == STEP_BYTES) {
		sctp_bytes(c->gen, s->time, &s->wire, buf_str(&b));
	} else if (t == GEN_SCTP) {
		bad = send_sctp(c, s, buf_str(&b));
	} else {
		if (t == GEN_WS && s->kind != STEP_BYTES)
			ws_message(c->gen, &c->waiting, ws_ready(c->gen, &s->time, &s->wire, &s->ws),
				   buf_str(&b), &s->ws);
		else
			buf_add_str(&c->waiting, buf_str(&b));
		if (c->waiting.n > most) {
			bad = "the payload is too long for its transport";
		} else if (!s->joined) {
			send_payload(c, s, !datagram, buf_str(&c->waiting));
			buf_clear(&c->waiting);
		}
	}
	buf_release(&b);
	return bad;
}

static void
send_ws_control(struct step_context *c, struct step *s)
{
	unsigned opcode = s->kind == STEP_PING ? WS_PING : s->kind == STEP_PONG ? WS_PONG : WS_CLOSE;
	bool client = ws_ready(c->gen, &s->time, &s->wire, &s->ws);

	if (opcode == WS_CLOSE && s->body.n == 0)
		buf_add(&s->body, "\x03\xe8", 2);	/* 1000: normal */
	ws_frame(c->gen, &c->waiting, client, 0x80 | opcode, buf_str(&s->body));
	if (s->joined)
		return;
	send_payload(c, s, true, buf_str(&c->waiting));
	buf_clear(&c->waiting);
}

static const char *
send_keepalive(struct step_context *c, struct step *s)
{
	enum gen_transport t = transport_of(c);

	if (t == GEN_WS)
		send_ws_control(c, s);
	else if (s->kind == STEP_CLOSE)
		return "close: only WebSocket has it";
	else if (t == GEN_SCTP)
		sctp_sign(c->gen, s->time, &s->wire, s->kind == STEP_PING ? SCTP_PING : SCTP_PONG);
	else
		send_payload(c, s, t == GEN_TCP, s->kind == STEP_PING ? STR("\r\n\r\n") :
			     STR("\r\n"));
	return NULL;
}

static void
send_begin(struct step_context *c, struct step *s)
{
	struct sent *sent = sent_begin(c, s);

	s->begin.before = s->kind == STEP_OPEN;
	s->begin.acked = s->wire.acked;
	if (transport_of(c) == GEN_SCTP)
		sctp_begin(c->gen, s->time, &s->wire, &(struct sctp_how){
			.tsn = s->begin.isn, .before = s->begin.before,
			.unanswered = s->begin.unanswered, .refused = s->begin.refused,
		});
	else
		tcp_begin(c->gen, s->time, &s->wire, &s->begin);
	sent->tcp = true;
	sent_end(c, sent);
}

/* What a connection does besides carrying bytes. */
static const char *
send_sign(struct step_context *c, struct step *s)
{
	bool sctp = transport_of(c) == GEN_SCTP;
	int64_t ahead = s->ahead ? (int64_t)s->ahead : -(int64_t)s->back;

	if (sctp && (s->kind == STEP_PROBE || s->kind == STEP_AGAIN))
		return "that is of TCP";
	if (sctp)
		sctp_sign(c->gen, s->time, &s->wire, s->kind == STEP_FIN ? SCTP_SHUTDOWN :
			  s->kind == STEP_RST ? SCTP_ABORT : SCTP_SACK);
	else if (s->kind == STEP_FIN)
		tcp_fin(c->gen, s->time, &s->wire, s->half);
	else if (s->kind == STEP_RST)
		tcp_rst(c->gen, s->time, &s->wire);
	else if (s->kind == STEP_ACK)
		tcp_ack(c->gen, s->time, &s->wire, s->back);
	else if (s->kind == STEP_PROBE)
		tcp_probe(c->gen, s->time, &s->wire, s->bytes);
	else if (!tcp_again(c->gen, s->time, &s->wire, ahead, buf_str(&s->body),
			    s->bytes ? s->bytes : s->back))
		return "again: not so many bytes were sent";
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
	case STEP_BYTES:
	case STEP_UDP:
		return send_message(c, s);
	case STEP_IP:
		s->wire.proto = (uint8_t)s->proto;
		wire_ip(c->gen, s->time, &s->wire, s->body.p, s->body.n);
		return NULL;
	case STEP_ICMP:
		return send_icmp(c, s);
	case STEP_RTP:
		return media_rtp(c->gen, s);
	case STEP_DTMF:
		return media_dtmf(c->gen, s);
	case STEP_REPORT:
		return media_report(c->gen, s);
	case STEP_SYN:
	case STEP_OPEN:
		send_begin(c, s);
		return NULL;
	case STEP_FIN:
	case STEP_RST:
	case STEP_ACK:
	case STEP_PROBE:
	case STEP_AGAIN:
		return send_sign(c, s);
	case STEP_PING:
	case STEP_PONG:
	case STEP_CLOSE:
		return send_keepalive(c, s);
	case STEP_LOG:
	case STEP_RTCP:
	case STEP_HEP:
		return send_report(c, s);
	case STEP_REPEAT:
	case STEP_DUPLICATE:
		return send_again(c, s);
	}
	BUG("step kind %d", (int)s->kind);
}
