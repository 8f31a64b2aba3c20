/*
 * Large captures from a seed. Each call is a scenario (a table of steps
 * between caller, proxy and callee) at a position; calls that are under way
 * wait in a heap by the time of their next step, so memory is bounded by their
 * number at one time and not by the number of calls. All that a call says
 * follows from its number and the seed.
 */
#include "bench.h"

#include <netinet/in.h>

#include "base/mem.h"

#define AGENTS		BENCH_AGENTS	/* with the proxies: two hundred endpoints */
#define PROXIES		8u
#define START		(INT64_C(1772442000) * NS_PER_S)	/* 2026-03-02T09:00Z */
#define ARRIVAL		(3 * NS_PER_MS)	/* mean distance of calls */
#define MESSAGE_MAX	4096u	/* without the pad */
#define PAD_MAX		60000u

enum place { A, P, B };		/* caller, proxy, callee */

enum delay { NET, HOP, RING, TALK, T1, T2 };

struct move {
	uint8_t from, to;	/* enum place */
	uint8_t delay;		/* enum delay, after the step before */
	uint8_t via;		/* Via headers; 1 or 2 */
	uint8_t cseq;		/* of this request */
	bool reverse;		/* the callee's request */
	bool sdp;
	const char *method;	/* also of CSeq */
	const char *status;	/* "180 Ringing"; NULL: a request */
};

#define REQ(f, t, d, v, m)	{ .from = f, .to = t, .delay = d, .via = v, .cseq = 1, .method = m }
#define REQ_SDP(f, t, d, v)	{ .from = f, .to = t, .delay = d, .via = v, .cseq = 1, \
				  .method = "INVITE", .sdp = true }
#define RSP(f, t, d, v, m, s)	{ .from = f, .to = t, .delay = d, .via = v, .cseq = 1, \
				  .method = m, .status = s }
#define RSP_SDP(f, t, d, v)	{ .from = f, .to = t, .delay = d, .via = v, .cseq = 1, \
				  .method = "INVITE", .status = "200 OK", .sdp = true }
#define BYE(f, t, d, v, r)	{ .from = f, .to = t, .delay = d, .via = v, .cseq = 2, \
				  .method = "BYE", .reverse = r }
#define BYE_OK(f, t, d, v, r)	{ .from = f, .to = t, .delay = d, .via = v, .cseq = 2, \
				  .method = "BYE", .status = "200 OK", .reverse = r }

#define SETUP \
	REQ_SDP(A, P, NET, 1), RSP(P, A, HOP, 1, "INVITE", "100 Trying"), \
	REQ_SDP(P, B, HOP, 2), RSP(B, P, NET, 2, "INVITE", "180 Ringing"), \
	RSP(P, A, HOP, 1, "INVITE", "180 Ringing")
#define ANSWER \
	RSP_SDP(B, P, RING, 2), RSP_SDP(P, A, HOP, 1), \
	REQ(A, P, NET, 1, "ACK"), REQ(P, B, HOP, 2, "ACK")

static const struct move answered_by_caller[] = {
	SETUP, ANSWER,
	BYE(A, P, TALK, 1, false), BYE(P, B, HOP, 2, false),
	BYE_OK(B, P, NET, 2, false), BYE_OK(P, A, HOP, 1, false),
};
static const struct move answered_by_callee[] = {
	SETUP, ANSWER,
	BYE(B, P, TALK, 1, true), BYE(P, A, HOP, 2, true),
	BYE_OK(A, P, NET, 2, true), BYE_OK(P, B, HOP, 1, true),
};
static const struct move direct[] = {
	REQ_SDP(A, B, NET, 1), RSP(B, A, HOP, 1, "INVITE", "100 Trying"),
	RSP(B, A, NET, 1, "INVITE", "180 Ringing"), RSP_SDP(B, A, RING, 1),
	REQ(A, B, NET, 1, "ACK"), BYE(A, B, TALK, 1, false), BYE_OK(B, A, NET, 1, false),
};
static const struct move retransmitted[] = {
	REQ_SDP(A, B, NET, 1),
	/* All that a message says follows from the call: the same bytes again. */
	REQ_SDP(A, B, T1, 1), REQ_SDP(A, B, T2, 1),
	RSP(B, A, HOP, 1, "INVITE", "100 Trying"),
	RSP(B, A, NET, 1, "INVITE", "183 Session Progress"),
	RSP_SDP(B, A, RING, 1), REQ(A, B, NET, 1, "ACK"),
	BYE(B, A, TALK, 1, true), BYE_OK(A, B, NET, 1, true),
};
static const struct move busy[] = {
	SETUP,
	RSP(B, P, NET, 2, "INVITE", "486 Busy Here"), REQ(P, B, HOP, 1, "ACK"),
	RSP(P, A, HOP, 1, "INVITE", "486 Busy Here"), REQ(A, P, NET, 1, "ACK"),
};
static const struct move cancelled[] = {
	SETUP,
	REQ(A, P, RING, 1, "CANCEL"), RSP(P, A, HOP, 1, "CANCEL", "200 OK"),
	REQ(P, B, HOP, 1, "CANCEL"), RSP(B, P, NET, 1, "CANCEL", "200 OK"),
	RSP(B, P, NET, 2, "INVITE", "487 Request Terminated"), REQ(P, B, HOP, 1, "ACK"),
	RSP(P, A, HOP, 1, "INVITE", "487 Request Terminated"), REQ(A, P, NET, 1, "ACK"),
};
static const struct move unavailable[] = {
	REQ_SDP(A, P, NET, 1), RSP(P, A, HOP, 1, "INVITE", "100 Trying"),
	RSP(P, A, RING, 1, "INVITE", "503 Service Unavailable"), REQ(A, P, NET, 1, "ACK"),
};
static const struct move not_found[] = {
	REQ_SDP(A, P, NET, 1), RSP(P, A, HOP, 1, "INVITE", "404 Not Found"),
	REQ(A, P, NET, 1, "ACK"),
};
static const struct move registration[] = {
	REQ(A, P, NET, 1, "REGISTER"), RSP(P, A, HOP, 1, "REGISTER", "401 Unauthorized"),
	{ .from = A, .to = P, .delay = NET, .via = 1, .cseq = 2, .method = "REGISTER" },
	{ .from = P, .to = A, .delay = HOP, .via = 1, .cseq = 2, .method = "REGISTER",
	  .status = "200 OK" },
};
static const struct move options[] = {
	REQ(A, P, NET, 1, "OPTIONS"), RSP(P, A, HOP, 1, "OPTIONS", "200 OK"),
};

/* Of a hundred; the 84 INVITE scenarios have 15 % that fail. */
static const struct scenario {
	unsigned percent;
	const struct move *moves;
	size_t n;
} scenarios[] = {
	{ 35, answered_by_caller, ARRAY_SIZE(answered_by_caller) },
	{ 25, answered_by_callee, ARRAY_SIZE(answered_by_callee) },
	{ 9, direct, ARRAY_SIZE(direct) },
	{ 2, retransmitted, ARRAY_SIZE(retransmitted) },
	{ 4, busy, ARRAY_SIZE(busy) },
	{ 5, cancelled, ARRAY_SIZE(cancelled) },
	{ 2, unavailable, ARRAY_SIZE(unavailable) },
	{ 2, not_found, ARRAY_SIZE(not_found) },
	{ 10, registration, ARRAY_SIZE(registration) },
	{ 6, options, ARRAY_SIZE(options) },
};

struct agent {
	uint8_t ip[4];
	char text[16];		/* the address */
	size_t n;
};

/* A call under way. */
struct under_way {
	struct bench_turn turn;
	uint64_t id;		/* what its identifiers are made of */
	uint16_t ends[3];	/* index of an agent, by enum place */
	uint8_t scenario, step;
	struct bench_stream streams[2];	/* where each call has its own */
};

struct traffic {
	struct agent agents[AGENTS + PROXIES];
	struct bench_heap heap;	/* of struct under_way */
	const struct bench *config;
	struct bench_out out;
	struct bench_tcp tcp;
	struct bench_stream *streams;	/* of pairs of agents */
	char text[MESSAGE_MAX + PAD_MAX];
};

/* ---- text: a cursor in a buffer large enough for any message here ---- */

static char *
put(char *p, const char *s, size_t n)
{
	memcpy(p, s, n);
	return p + n;
}

#define PUT(p, lit)	put(p, lit, sizeof(lit) - 1)

static char *
put_cstr(char *p, const char *s)
{
	return put(p, s, strlen(s));
}

static char *
put_hex(char *p, uint64_t v, int digits)
{
	for (int i = digits; i-- > 0; v >>= 4)
		p[i] = "0123456789abcdef"[v & 15];
	return p + digits;
}

static char *
put_number(char *p, uint64_t v)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	return put(p, digits + n, sizeof(digits) - n);
}

static char *
put_agent(char *p, const struct agent *a)
{
	p = put(p, a->text, a->n);
	return PUT(p, ":5060");
}

static char *
put_user(char *p, const struct under_way *c, bool callee)
{
	p = callee ? PUT(p, "+4930") : PUT(p, "+1555");
	return put_number(p, 1000000 + mix(c->id, callee) % 9000000);
}

static char *
put_uri(char *p, const struct under_way *c, bool callee)
{
	p = PUT(p, "sip:");
	p = put_user(p, c, callee);
	return callee ? PUT(p, "@carrier.example.net") : PUT(p, "@pbx.example.com");
}

static char *
put_contact(char *p, const struct traffic *t, const struct under_way *c, bool callee)
{
	p = PUT(p, "sip:");
	p = put_user(p, c, callee);
	p = PUT(p, "@");
	p = put_agent(p, &t->agents[c->ends[callee ? B : A]]);
	p = PUT(p, ";transport=");
	return t->config->tcp ? PUT(p, "tcp") : PUT(p, "udp");
}

/* A branch is of a request and hop; a CANCEL and the ACK to a failure have
 * that of their INVITE. */
static char *
put_branch(char *p, const struct under_way *c, const struct move *m, int hop)
{
	bool own = m->method[0] == 'B' || m->method[0] == 'R' || m->method[0] == 'O';
	bool ack = m->method[0] == 'A' && scenarios[c->scenario].n >= 7 &&
		scenarios[c->scenario].moves != busy && scenarios[c->scenario].moves != cancelled;

	p = PUT(p, "z9hG4bK-");
	return put_hex(p, mix(c->id, 0x100u + (unsigned)hop * 16u + m->cseq * 4u +
			      (own ? 1u : ack ? 2u : 0u)), 16);
}

static char *
put_vias(char *p, const struct traffic *t, const struct under_way *c, const struct move *m)
{
	bool request = !m->status;
	unsigned client = m->reverse ? B : A;
	unsigned sender = request ? m->from : m->to;

	p = t->config->tcp ? PUT(p, "Via: SIP/2.0/TCP ") : PUT(p, "Via: SIP/2.0/UDP ");
	p = put_agent(p, &t->agents[c->ends[sender]]);
	p = PUT(p, ";branch=");
	p = put_branch(p, c, m, sender == P ? 1 : 0);
	p = PUT(p, ";rport\r\n");
	if (m->via < 2)
		return p;
	p = t->config->tcp ? PUT(p, "Via: SIP/2.0/TCP ") : PUT(p, "Via: SIP/2.0/UDP ");
	p = put_agent(p, &t->agents[c->ends[client]]);
	p = PUT(p, ";branch=");
	p = put_branch(p, c, m, 0);
	p = PUT(p, ";received=");
	p = put(p, t->agents[c->ends[client]].text, t->agents[c->ends[client]].n);
	return PUT(p, ";rport=5060\r\n");
}

static bool
is_method(const struct move *m, char first)
{
	return m->method[0] == first;
}

static char *
put_first_line(char *p, const struct traffic *t, const struct under_way *c, const struct move *m)
{
	if (m->status) {
		p = PUT(p, "SIP/2.0 ");
		p = put_cstr(p, m->status);
		return PUT(p, "\r\n");
	}
	p = put_cstr(p, m->method);
	p = PUT(p, " ");
	if (is_method(m, 'R') || is_method(m, 'O'))
		p = PUT(p, "sip:pbx.example.com");
	else if (is_method(m, 'B') || is_method(m, 'A'))
		p = put_contact(p, t, c, !m->reverse);
	else
		p = put_uri(p, c, true);
	return PUT(p, " SIP/2.0\r\n");
}

static char *
put_party(char *p, const struct under_way *c, bool callee, bool tag)
{
	p = callee ? PUT(p, "\"Support desk\" <") : PUT(p, "\"Office 2nd floor\" <");
	p = put_uri(p, c, callee);
	p = PUT(p, ">");
	if (tag) {
		p = PUT(p, ";tag=");
		p = put_hex(p, mix(c->id, 2u + callee), 12);
	}
	return PUT(p, "\r\n");
}

static char *
put_dialog(char *p, const struct under_way *c, const struct move *m)
{
	bool own = is_method(m, 'R') || is_method(m, 'O');	/* not between two users */
	bool tagged = m->status ? m->status[0] != '1' || m->status[1] != '0'
				: !is_method(m, 'I') && !is_method(m, 'C') && !own;

	p = PUT(p, "From: ");
	p = put_party(p, c, m->reverse, true);
	p = PUT(p, "To: ");
	p = put_party(p, c, own ? false : !m->reverse, tagged);
	p = PUT(p, "Call-ID: ");
	p = put_hex(p, c->id, 16);
	p = PUT(p, "-");
	p = put_number(p, c->turn.number);
	p = PUT(p, "@pbx.example.com\r\nCSeq: ");
	p = put_number(p, 100u + m->cseq);
	p = PUT(p, " ");
	p = put_cstr(p, m->method);
	return PUT(p, "\r\n");
}

/* What carriers put in between, so that sizes are those of real traffic. */
static char *
put_extras(char *p, const struct traffic *t, const struct under_way *c, const struct move *m)
{
	bool trying = m->status && m->status[0] == '1' && m->status[1] == '0';

	if (!m->status)
		p = m->via > 1 ? PUT(p, "Max-Forwards: 69\r\n") : PUT(p, "Max-Forwards: 70\r\n");
	if (!trying) {
		p = PUT(p, "Contact: <");
		p = put_contact(p, t, c, m->status ? !m->reverse && !is_method(m, 'R')
						   : m->reverse);
		p = is_method(m, 'R') ? PUT(p, ">;expires=3600\r\n") : PUT(p, ">\r\n");
	}
	p = PUT(p, "P-Asserted-Identity: <");
	p = put_uri(p, c, m->status != NULL && !is_method(m, 'R'));
	p = PUT(p, ";user=phone>\r\n");
	if (m->via > 1 && !is_method(m, 'B')) {
		p = PUT(p, "Record-Route: <sip:");
		p = put_agent(p, &t->agents[c->ends[P]]);
		p = PUT(p, ";lr;ftag=");
		p = put_hex(p, mix(c->id, 2), 12);
		p = PUT(p, ">\r\n");
	}
	if (is_method(m, 'R') && m->cseq == 1 && m->status) {
		p = PUT(p, "WWW-Authenticate: Digest realm=\"pbx.example.com\", nonce=\"");
		p = put_hex(p, mix(c->id, 9), 16);
		p = PUT(p, "\", algorithm=MD5, qop=\"auth\"\r\n");
	} else if (is_method(m, 'R') && m->cseq == 2 && !m->status) {
		p = PUT(p, "Authorization: Digest username=\"office\", realm=\"pbx.example.com\", "
			"uri=\"sip:pbx.example.com\", qop=auth, nc=00000001, nonce=\"");
		p = put_hex(p, mix(c->id, 9), 16);
		p = PUT(p, "\", response=\"");
		p = put_hex(p, mix(c->id, 10), 16);
		p = put_hex(p, mix(c->id, 11), 16);
		p = PUT(p, "\"\r\n");
	}
	if (m->status && m->status[0] == '5')
		p = PUT(p, "Reason: Q.850;cause=34;text=\"No circuit/channel available\"\r\n");
	p = PUT(p, "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, INFO, PRACK, UPDATE, "
		"MESSAGE\r\nSupported: 100rel, timer, replaces, norefersub, histinfo\r\n");
	p = m->status ? PUT(p, "Server: ") : PUT(p, "User-Agent: ");
	p = PUT(p, "Example SoftSwitch 4.2.11-r1839 (linux-x86_64)\r\n");
	p = PUT(p, "P-Charging-Vector: icid-value=");
	p = put_hex(p, mix(c->id, 20), 16);
	p = put_hex(p, mix(c->id, 21), 16);
	return PUT(p, ";icid-generated-at=192.0.2.200;orig-ioi=pbx.example.com\r\n");
}

static char *
put_sdp(char *p, const struct traffic *t, const struct under_way *c, const struct move *m)
{
	bool callee = m->status != NULL;
	const struct agent *a = &t->agents[c->ends[callee ? B : A]];

	p = PUT(p, "v=0\r\no=- ");
	p = put_number(p, 1000000000 + mix(c->id, 30u + callee) % 1000000000);
	p = PUT(p, " 1 IN IP4 ");
	p = put(p, a->text, a->n);
	p = PUT(p, "\r\ns=-\r\nc=IN IP4 ");
	p = put(p, a->text, a->n);
	p = PUT(p, "\r\nt=0 0\r\nm=audio ");
	p = put_number(p, 10000 + mix(c->id, 32u + callee) % 20000 * 2);
	return PUT(p, " RTP/AVP 9 8 0 18 101\r\na=rtpmap:9 G722/8000\r\n"
		"a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:18 G729/8000\r\n"
		"a=fmtp:18 annexb=no\r\na=rtpmap:101 telephone-event/8000\r\n"
		"a=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n");
}

static size_t
put_message(char *text, const struct traffic *t, const struct under_way *c, const struct move *m)
{
	char body[1024], *end = body, *p = text;

	if (m->sdp)
		end = put_sdp(body, t, c, m);
	p = put_first_line(p, t, c, m);
	p = put_vias(p, t, c, m);
	p = put_dialog(p, c, m);
	p = put_extras(p, t, c, m);
	if (t->config->pad) {
		p = PUT(p, "X-Pad: ");
		memset(p, 'x', t->config->pad);
		p = PUT(p + t->config->pad, "\r\n");
	}
	if (m->sdp)
		p = PUT(p, "Content-Type: application/sdp\r\n");
	p = PUT(p, "Content-Length: ");
	p = put_number(p, (uint64_t)(end - body));
	p = PUT(p, "\r\n\r\n");
	p = put(p, body, (size_t)(end - body));
	return (size_t)(p - text);
}

/* ---- packets ---- */

void
bench_out_packet(struct bench_out *o, int64_t time, const struct wire *w, struct str head,
		 struct str payload)
{
	struct buf *b = &o->frame;

	o->records++;
	buf_clear(b);
	buf_add(b, "\x02\0\0\0\0\2\x02\0\0\0\0\1\x08\0", 14);
	ip_header(b, w, o->ip_id++, head.n + payload.n, 0, false);
	buf_add_str(b, head);
	buf_add_str(b, payload);
	out_packet(&o->out, &(struct out_packet){
		.time = time, .bytes = b->p, .caplen = (uint32_t)b->n, .wirelen = (uint32_t)b->n,
	});
}

static void
send_udp(struct traffic *t, int64_t time, const struct agent *from, const struct agent *to,
	 struct str text)
{
	struct wire w = {
		.proto = IPPROTO_UDP, .ttl = 62, .from = { net_addr_ip4(from->ip), 5060 },
		.to = { net_addr_ip4(to->ip), 5060 },
	};

	buf_clear(&t->out.head);
	udp_datagram(&t->out.head, &w, text.p, text.n);
	bench_out_packet(&t->out, time, &w, buf_str(&t->out.head), STR_NONE);
}

/* The connection of a step: of the two agents, or of this hop of the call. */
static struct bench_stream *
stream_of(struct traffic *t, struct under_way *c, const struct move *m, struct bench_ends *ends)
{
	unsigned from = c->ends[m->from], to = c->ends[m->to], hop = m->from == B || m->to == B;
	unsigned pair = from < to ? from * (AGENTS + PROXIES) + to : to * (AGENTS + PROXIES) + from;
	struct bench_stream *s = t->config->per_call ? &c->streams[hop] : &t->streams[pair];

	*ends = (struct bench_ends){ t->agents[from].ip, t->agents[to].ip, from > to };
	if (!s->open)
		s->port = (uint16_t)(t->config->per_call ? 1024 + (c->turn.number * 2 + hop) % 64000 :
				     32768 + pair % 28000);
	return s;
}

static void
send_move(struct traffic *t, struct under_way *c, const struct move *m)
{
	const struct agent *from = &t->agents[c->ends[m->from]], *to = &t->agents[c->ends[m->to]];
	struct str text = { t->text, put_message(t->text, t, c, m) };
	struct bench_ends ends;

	if (t->config->tcp)
		bench_tcp_send(&t->tcp, &t->out, stream_of(t, c, m, &ends), c->turn.time, &ends, text,
			       false);
	else
		send_udp(t, c->turn.time, from, to, text);
}

/* A call that has its own connections is over. */
static void
streams_close(struct traffic *t, struct under_way *c)
{
	const struct scenario *s = &scenarios[c->scenario];
	struct bench_ends ends;

	for (size_t i = 0; i < s->n && t->config->tcp && t->config->per_call; i++) {
		struct bench_stream *stream = stream_of(t, c, &s->moves[i], &ends);

		bench_tcp_close(&t->tcp, stream, c->turn.time, &ends);
	}
}

static int64_t
delay_of(const struct under_way *c, const struct move *m)
{
	static const struct {
		int64_t least, most;	/* ms */
	} delays[] = {
		[NET] = { 8, 40 }, [HOP] = { 1, 4 }, [RING] = { 800, 6000 },
		[TALK] = { 1000, 16000 }, [T1] = { 500, 502 },
		[T2] = { 1000, 1003 },
	};
	uint64_t span = (uint64_t)((delays[m->delay].most - delays[m->delay].least) * NS_PER_MS);

	return delays[m->delay].least * NS_PER_MS +
		(int64_t)(mix(c->id, 0x1000u + c->step) % span);
}

static struct under_way
call_new(struct traffic *t, uint32_t number, int64_t time)
{
	struct under_way c = { .turn = { time, number }, .id = mix(t->out.seed, number) };
	unsigned roll = (unsigned)(mix(c.id, 1) % 100), agents = t->config->agents;

	while (roll >= scenarios[c.scenario].percent)
		roll -= scenarios[c.scenario++].percent;
	c.ends[A] = (uint16_t)(mix(c.id, 40) % agents);
	c.ends[B] = (uint16_t)((c.ends[A] + 1 + mix(c.id, 41) % (agents - 1)) % agents);
	c.ends[P] = (uint16_t)(AGENTS + mix(c.id, 42) % PROXIES);
	return c;
}

static void
agents_make(struct traffic *t)
{
	for (unsigned i = 0; i < AGENTS + PROXIES; i++) {
		struct agent *a = &t->agents[i];

		a->ip[0] = 10;
		a->ip[1] = i < AGENTS ? 20 : 1;
		a->ip[2] = (uint8_t)(i / 64);
		a->ip[3] = (uint8_t)(10 + i % 64);
		a->n = (size_t)snprintf(a->text, sizeof(a->text), "%u.%u.%u.%u", a->ip[0],
					a->ip[1], a->ip[2], a->ip[3]);
	}
}

static void
traffic_run(struct traffic *t, uint32_t calls)
{
	int64_t arrival = START;
	uint32_t number = 0;

	while (number < calls || t->heap.n > 0) {
		const struct under_way *first = bench_heap_first(&t->heap);
		struct under_way c;
		const struct scenario *s;

		if (number < calls && (!first || arrival <= first->turn.time)) {
			c = call_new(t, number, arrival);
			bench_heap_add(&t->heap, &c);
			arrival += (int64_t)(mix(t->out.seed, ~(uint64_t)number) % (2 * ARRIVAL));
			number++;
			continue;
		}
		c = *first;
		s = &scenarios[c.scenario];
		send_move(t, &c, &s->moves[c.step]);
		if (++c.step < s->n) {
			c.turn.time += delay_of(&c, &s->moves[c.step]);
			bench_heap_sink(&t->heap, &c);
		} else {
			streams_close(t, &c);
			bench_heap_drop(&t->heap);
		}
	}
}

/* ---- connections open at a time ---- */

static struct under_way
open_call(struct traffic *t, uint32_t i)
{
	struct under_way c = { .turn.number = i, .id = mix(t->out.seed, i) };

	while (scenarios[c.scenario].moves != options)
		c.scenario++;
	c.ends[A] = c.ends[B] = (uint16_t)(i % AGENTS);
	c.ends[P] = (uint16_t)(AGENTS + i / AGENTS % PROXIES);
	return c;
}

/* Each opens and sends the first half of a request, then each the rest, then
 * each is answered: at the end of the first round all wait with half a message.
 * Over UDP the same messages. */
static void
open_run(struct traffic *t, uint32_t count)
{
	struct bench_stream *streams = xcalloc(count ? count : 1, sizeof(streams[0]));
	int64_t time = START;

	for (int round = 0; round < 3; round++)
		for (uint32_t i = 0; i < count; i++, time += 10 * NS_PER_US) {
			struct under_way c = open_call(t, i);
			const struct move *m = &options[round == 2];
			const struct agent *from = &t->agents[c.ends[m->from]];
			const struct agent *to = &t->agents[c.ends[m->to]];
			struct bench_ends ends = { from->ip, to->ip, round == 2 };
			struct str text = { t->text, put_message(t->text, t, &c, m) };

			if (!t->config->tcp) {
				if (round != 1)
					send_udp(t, time, from, to, text);
				continue;
			}
			streams[i].port = (uint16_t)(10000 + i / (AGENTS * PROXIES));
			if (round < 2)
				text = str_sub(text, round ? text.n / 2 : 0,
					       round ? text.n : text.n / 2);
			bench_tcp_send(&t->tcp, &t->out, &streams[i], time, &ends, text, true);
		}
	free(streams);
}

int
bench_run(struct bench *bench, const char *output, struct err *err)
{
	static const struct out_config config = { .tsresol = 6, .snaplen = 262144 };
	static const struct out_interface interface = { .link = 1 };
	struct traffic *t = xcalloc(1, sizeof(*t));
	int result;

	t->config = t->tcp.config = bench;
	t->heap.size = sizeof(struct under_way);
	t->streams = xcalloc((AGENTS + PROXIES) * (AGENTS + PROXIES), sizeof(t->streams[0]));
	agents_make(t);
	result = out_open(&t->out.out, output, err);
	t->out.seed = mix(bench->seed, 0x72756e67);
	if (result == 0) {
		out_begin(&t->out.out, &config, &interface, 1, STR_NONE);
		for (uint32_t i = 0; i < bench->syn; i++)
			bench_tcp_syn(&t->out, START - NS_PER_S, i, t->agents[AGENTS].ip);
		if (bench->media_ms)
			bench_media_run(bench, &t->out);
		else if (bench->open)
			open_run(t, bench->open);
		else
			traffic_run(t, bench->calls);
		bench_tcp_flush(&t->tcp, &t->out, INT64_MAX);
		result = out_close(&t->out.out, err);
	}
	bench->records = t->out.records;
	bench_tcp_release(&t->tcp);
	buf_release(&t->out.frame);
	buf_release(&t->out.head);
	free(t->streams);
	bench_heap_release(&t->heap);
	free(t);
	return result;
}
