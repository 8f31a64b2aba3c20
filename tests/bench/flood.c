/*
 * A flood of one kind, as a capture on standard output: what a sender can do to fill memory.
 *
 *	flood KIND [COUNT] | rung --memory 64M -N -S -I -
 *
 * COUNT records or so, by default 10,000,000; time goes on by 20 us each. See the table of
 * kinds at the end. tests/bench/bounded runs them and watches the memory of the reader.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/mem.h"

#define TICK_US		20
#define CONNECTIONS	5000u	/* of those that go on side by side */

static uint64_t sent, tick;
static uint64_t state = 88172645463325252u;

static uint32_t
draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static void
put16(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)(v >> 8);
	p[1] = (unsigned char)v;
}

static void
put32(unsigned char *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

struct ends {
	uint32_t src, dst;
	uint16_t sport, dport;
};

static const struct ends usual = { 0x0a000001, 0x0a000002, 5060, 5060 };

/* A record: Ethernet, IPv4, and what is of @p proto. */
static void
emit(const struct ends *e, uint8_t proto, const unsigned char *data, size_t n)
{
	static unsigned char frame[70000];
	uint32_t head[4];
	size_t all = 34 + n;

	memset(frame, 0, 34);
	frame[12] = 8;
	frame[14] = 0x45;
	put16(frame + 16, (uint32_t)(20 + n));
	put16(frame + 18, (uint32_t)sent);
	frame[22] = 64;
	frame[23] = proto;
	put32(frame + 26, e->src);
	put32(frame + 30, e->dst);
	memcpy(frame + 34, data, n);
	tick += TICK_US;
	head[0] = (uint32_t)(1772442000 + tick / 1000000);
	head[1] = (uint32_t)(tick % 1000000);
	head[2] = head[3] = (uint32_t)all;
	fwrite(head, sizeof(head), 1, stdout);
	fwrite(frame, all, 1, stdout);
	sent++;
}

static void
udp(const struct ends *e, const void *data, size_t n)
{
	static unsigned char dgram[66000];

	put16(dgram, e->sport);
	put16(dgram + 2, e->dport);
	put16(dgram + 4, (uint32_t)(8 + n));
	put16(dgram + 6, 0);
	memcpy(dgram + 8, data, n);
	emit(e, 17, dgram, n + 8);
}

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

static void
tcp(const struct ends *e, uint32_t seq, uint32_t ack, uint8_t flags, const void *data, size_t n)
{
	static unsigned char seg[66000];

	memset(seg, 0, 20);
	put16(seg, e->sport);
	put16(seg + 2, e->dport);
	put32(seg + 4, seq);
	put32(seg + 8, ack);
	seg[12] = 0x50;
	seg[13] = flags;
	put16(seg + 14, 65535);
	if (n > 0)
		memcpy(seg + 20, data, n);
	emit(e, 6, seg, n + 20);
}

static char text[66000];

ATTR_PRINTF(1, 2) static size_t
say(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return (size_t)n;
}

/* A request, or an answer where @p start says so. */
static size_t
message(const char *start, const char *call, uint32_t cseq, const char *method, const char *more,
	const char *body)
{
	return say("%s\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK%s%u\r\n"
		   "From: <sip:a@a.test>;tag=f\r\nTo: <sip:b@b.test>%s\r\nCall-ID: %s\r\n"
		   "CSeq: %u %s\r\n%sContent-Length: %zu\r\n\r\n%s", start, call, cseq,
		   start[0] == 'S' && start[1] == 'I' ? ";tag=t" : "", call, cseq, method, more,
		   strlen(body), body);
}

static const char *
fresh_id(uint64_t i)
{
	static char id[64];

	snprintf(id, sizeof(id), "%08x-%" PRIx64 "@flood", draw(), i);
	return id;
}

static struct ends
drawn_ends(void)
{
	return (struct ends){ draw(), draw(), (uint16_t)(1024 + draw() % 60000),
			      (uint16_t)(1024 + draw() % 60000) };
}

static struct ends
back(const struct ends *e)
{
	return (struct ends){ e->dst, e->src, e->dport, e->sport };
}

/* ---- SIP ---- */

static void
flood_options(uint64_t i)
{
	udp(&usual, text, message("OPTIONS sip:b@b.test SIP/2.0", fresh_id(i), 1, "OPTIONS", "", ""));
}

static void
flood_ports(uint64_t i)
{
	struct ends e = drawn_ends();

	udp(&e, text, message("OPTIONS sip:b@b.test SIP/2.0", fresh_id(i), 1, "OPTIONS", "", ""));
}

static void
flood_register(uint64_t i)
{
	char id[32];
	uint32_t cseq = (uint32_t)(i / 20000) + 1;
	struct ends answer = back(&usual);

	snprintf(id, sizeof(id), "reg-%" PRIu64, i % 20000);
	udp(&usual, text, message("REGISTER sip:b.test SIP/2.0", id, cseq, "REGISTER",
				  "Expires: 3600\r\n", ""));
	udp(&answer, text, message("SIP/2.0 200 OK", id, cseq, "REGISTER",
				   "Expires: 3600\r\n", ""));
}

static void
flood_subscribe(uint64_t i)
{
	char id[32];
	uint32_t cseq = (uint32_t)(i / 20000) + 1;
	struct ends answer = back(&usual);

	snprintf(id, sizeof(id), "sub-%" PRIu64, i % 20000);
	udp(&usual, text, message("SUBSCRIBE sip:b@b.test SIP/2.0", id, cseq, "SUBSCRIBE",
				  "Event: presence\r\nExpires: 3600\r\n", ""));
	udp(&answer, text, message("NOTIFY sip:a@a.test SIP/2.0", id, cseq, "NOTIFY",
				   "Event: presence\r\nSubscription-State: active\r\n", ""));
}

static void
flood_onecall(uint64_t i)
{
	udp(&usual, text, message("INFO sip:b@b.test SIP/2.0", "one-for-ever", (uint32_t)i + 1,
				  "INFO", "", ""));
}

static void
flood_headers(uint64_t i)
{
	static char wide[40000];

	if (wide[0] == 0)
		memset(wide, 'x', sizeof(wide) - 1);
	udp(&usual, text, say("OPTIONS sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK%u\r\n"
		"From: <sip:%u%.*s@a.test>;tag=f\r\nTo: <sip:%u%.*s@b.test>\r\n"
		"Call-ID: %s%.*s\r\nCSeq: 1 OPTIONS\r\nX: %.*s\r\n\r\n", draw(), draw(),
		(int)(draw() % 3000), wide, draw(), (int)(draw() % 3000), wide, fresh_id(i),
		(int)(draw() % 2000), wide, (int)(draw() % 20000), wide));
}

static void
flood_reasons(uint64_t i)
{
	struct ends answer = back(&usual);
	char id[64], start[256], more[256];

	snprintf(id, sizeof(id), "%s", fresh_id(i));
	udp(&usual, text, message("INVITE sip:b@b.test SIP/2.0", id, 1, "INVITE", "", ""));
	snprintf(start, sizeof(start), "SIP/2.0 500 Reason %u of %u and %u", draw(), draw(), draw());
	snprintf(more, sizeof(more), "Reason: Q.850;cause=16;text=\"cause %u %u\"\r\n", draw(), draw());
	udp(&answer, text, message(start, id, 1, "INVITE", more, ""));
}

static void
flood_methods(uint64_t i)
{
	char method[32], start[64];

	snprintf(method, sizeof(method), "M%X", draw());
	snprintf(start, sizeof(start), "%s sip:b@b.test SIP/2.0", method);
	udp(&usual, text, message(start, fresh_id(i), 1, method, "", ""));
}

/* Descriptions of media, with candidates and codecs that are all different. */
static void
flood_sdp(uint64_t i)
{
	char body[2048];
	size_t n = (size_t)snprintf(body, sizeof(body), "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\n"
		"c=IN IP4 10.%u.%u.%u\r\nt=0 0\r\nm=audio %u RTP/AVP 0 96\r\na=rtpmap:96 c%u/8000\r\n",
		draw() % 256, draw() % 256, draw() % 256, 1024 + draw() % 60000, draw());

	for (int k = 0; k < 8; k++)
		n += (size_t)snprintf(body + n, sizeof(body) - n, "a=candidate:%d 1 udp 1 "
			"10.%u.%u.%u %u typ host\r\na=ssrc:%u cname:x\r\n", k, draw() % 256,
			draw() % 256, draw() % 256, 1024 + draw() % 60000, draw());
	udp(&usual, text, message("INVITE sip:b@b.test SIP/2.0", fresh_id(i), 1, "INVITE",
				  "Content-Type: application/sdp\r\n", body));
}

static void
flood_vq(uint64_t i)
{
	char body[1024];

	snprintf(body, sizeof(body), "VQSessionReport: CallTerm\r\nCallID: %s\r\n"
		 "LocalID: <sip:a@a.test>\r\nRemoteID: <sip:b@b.test>\r\n"
		 "LocalAddr: IP=10.%u.%u.%u PORT=%u SSRC=0x%x\r\n"
		 "RemoteAddr: IP=10.%u.%u.%u PORT=%u SSRC=0x%x\r\nLocalMetrics:\r\n"
		 "Timestamps: START=2026-03-02T09:00:00Z STOP=2026-03-02T09:01:00Z\r\n"
		 "PacketLoss: NLR=1.0 JDR=0.0\r\nQualityEst: MOSLQ=4.1 MOSCQ=4.0\r\n", fresh_id(i),
		 draw() % 256, draw() % 256, draw() % 256, 1024 + draw() % 60000, draw(),
		 draw() % 256, draw() % 256, draw() % 256, 1024 + draw() % 60000, draw());
	udp(&usual, text, message("PUBLISH sip:c@b.test SIP/2.0", fresh_id(i), 1, "PUBLISH",
				  "Event: vq-rtcpxr\r\nContent-Type: application/vq-rtcpxr\r\n",
				  body));
}

/* ---- media ---- */

static void
rtp(const struct ends *e, uint32_t ssrc, uint32_t seq, uint8_t type, const void *data, size_t n)
{
	unsigned char p[400] = { 0x80, type };

	put16(p + 2, seq);
	put32(p + 4, seq * 160);
	put32(p + 8, ssrc);
	memcpy(p + 12, data, n);
	udp(e, p, n + 12);
}

static const unsigned char silence[160];

/* Streams of no call, of ten packets each, thousands at a time. */
static void
flood_orphans(uint64_t i)
{
	uint32_t group = (uint32_t)(i / 40000), in = (uint32_t)(i % 4000);
	uint32_t ssrc = group * 4000 + in;
	struct ends e = { 0x0a010000 + in, 0x0a020000 + in, (uint16_t)(10000 + group % 20000 * 2),
			  (uint16_t)(10000 + in * 2) };

	rtp(&e, ssrc * 2654435761u, (uint32_t)(i / 4000 % 10), 0, silence, 160);
}

/* The same thousands of them, for ever. */
static void
flood_trunk(uint64_t i)
{
	uint32_t in = (uint32_t)(i % 1000);
	struct ends e = { 0x0a010000 + in, 0x0a020000 + in, 10000, 20000 };

	rtp(&e, in + 1, (uint32_t)(i / 1000), 0, silence, 160);
}

/* A packet a second each: years of their seconds. */
static void
flood_years(uint64_t i)
{
	uint32_t in = (uint32_t)(i % 100);
	struct ends e = { 0x0a010000 + in, 0x0a020000 + in, 10000, 20000 };

	tick += 10000 - TICK_US;
	rtp(&e, in + 1, (uint32_t)(i / 100), 0, silence, 160);
}

static void
flood_ssrcs(uint64_t i)
{
	struct ends e = drawn_ends();
	uint32_t ssrc = draw();

	e.sport &= 0xfffe;
	e.dport &= 0xfffe;
	for (uint32_t k = 0; k < 6; k++)
		rtp(&e, ssrc, (uint32_t)i + k, 8, silence, 160);
}

static void
flood_dtmf(uint64_t i)
{
	uint32_t in = (uint32_t)(i % 100), seq = (uint32_t)(i / 100) * 4;
	struct ends e = { 0x0a010000 + in, 0x0a020000 + in, 10000, 20000 };
	unsigned char p[16] = { 0x80, 101 };

	for (uint32_t k = 0; k < 4; k++) {
		put16(p + 2, seq + k);
		put32(p + 4, (uint32_t)(i / 100) * 1600);
		put32(p + 8, in + 1);
		p[12] = (unsigned char)(draw() % 1 + i % 12);
		p[13] = k == 3 ? 0x8a : 10;
		put16(p + 14, 160 * (k + 1));
		udp(&e, p, 16);
	}
}

static void
flood_rtcp(uint64_t i)
{
	unsigned char p[52] = { 0x81, 200, 0, 12 };
	struct ends e = drawn_ends();

	for (size_t k = 4; k < sizeof(p); k += 4)
		put32(p + k, draw());
	(void)i;
	udp(&e, p, sizeof(p));
}

static void
flood_stun(uint64_t i)
{
	unsigned char p[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	struct ends e = drawn_ends();

	for (size_t k = 8; k < sizeof(p); k += 4)
		put32(p + k, draw());
	(void)i;
	udp(&e, p, sizeof(p));
}

/* ---- connections ---- */

static void
flood_connections(uint64_t i)
{
	struct ends e = drawn_ends(), b;
	uint32_t seq = draw();
	size_t n = message("OPTIONS sip:b@b.test SIP/2.0", fresh_id(i), 1, "OPTIONS", "", "");

	b = back(&e);
	tcp(&e, seq, 0, SYN, NULL, 0);
	tcp(&b, 1000, seq + 1, SYN | ACK, NULL, 0);
	tcp(&e, seq + 1, 1001, ACK | PSH, text, n);
	if (i % 2) {
		tcp(&e, seq + 1 + (uint32_t)n, 1001, FIN | ACK, NULL, 0);
		tcp(&b, 1001, seq + 2 + (uint32_t)n, FIN | ACK, NULL, 0);
	}
}

static void
flood_syns(uint64_t i)
{
	struct ends e = drawn_ends();

	(void)i;
	tcp(&e, draw(), 0, SYN, NULL, 0);
}

/* Half a message each, never the rest. */
static void
flood_halves(uint64_t i)
{
	struct ends e = drawn_ends();
	size_t n = message("OPTIONS sip:b@b.test SIP/2.0", fresh_id(i), 1, "OPTIONS", "", "");

	tcp(&e, draw(), 1, ACK | PSH, text, n / 2);
}

/* Segments beyond a gap. */
static void
flood_gaps(uint64_t i)
{
	static uint32_t at[CONNECTIONS];
	uint32_t c = (uint32_t)(i % CONNECTIONS);
	struct ends e = { 0x0a030000 + c, 0x0a000002, 6000, 5060 };

	if (at[c] == 0)
		tcp(&e, 1, 1, ACK | PSH, "OPTIONS sip:b SIP/2.0\r\n", 23);
	at[c] += 1400;
	memset(text, 'x', 1400);
	tcp(&e, 1000 + at[c], 1, ACK | PSH, text, 1400);
}

/* Some connections with messages for ever. */
static void
flood_endless(uint64_t i)
{
	static uint32_t at[100];
	uint32_t c = (uint32_t)(i % 100);
	struct ends e = { 0x0a030000 + c, 0x0a000002, 6000, 5060 };
	size_t n = message("OPTIONS sip:b@b.test SIP/2.0", fresh_id(i), 1, "OPTIONS", "", "");

	tcp(&e, 1 + at[c], 1, ACK | PSH, text, n);
	at[c] += (uint32_t)n;
}

static void
flood_tls(uint64_t i)
{
	struct ends e = drawn_ends();
	unsigned char p[400] = { 22, 3, 1 };
	size_t n = 0;
	char name[64];
	int host = snprintf(name, sizeof(name), "h%u.test", draw());
	size_t ext = (size_t)host + 9, body = 2 + 32 + 1 + 2 + 2 + 2 + 2 + ext;

	put16(p + 3, (uint32_t)(body + 4));
	p[5] = 1;
	put16(p + 7, (uint32_t)body);
	p[9] = p[10] = 3;
	for (n = 11; n < 43; n += 4)
		put32(p + n, draw());
	p[43] = 0;
	put16(p + 44, 2);
	put16(p + 46, 0xc02f);
	p[48] = 1;
	p[49] = 0;
	put16(p + 50, (uint32_t)ext);
	put16(p + 52, 0);
	put16(p + 54, (uint32_t)host + 5);
	put16(p + 56, (uint32_t)host + 3);
	p[58] = 0;
	put16(p + 59, (uint32_t)host);
	memcpy(p + 61, name, (size_t)host);
	n = 61 + (size_t)host;
	e.dport = 5061;
	tcp(&e, draw(), 1, ACK | PSH, p, n);
	(void)i;
}

static void
flood_ws(uint64_t i)
{
	struct ends e = drawn_ends();
	uint32_t seq = draw();
	size_t n = say("GET / HTTP/1.1\r\nHost: h%u\r\nUpgrade: websocket\r\n"
		       "Connection: Upgrade\r\nSec-WebSocket-Key: x%u\r\n"
		       "Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n",
		       draw(), draw());

	tcp(&e, seq, 1, ACK | PSH, text, n);
	seq += (uint32_t)n;
	n = message("OPTIONS sip:b@b.test SIP/2.0", fresh_id(i), 1, "OPTIONS", "", "");
	memmove(text + 8, text, n);
	text[0] = (char)0x81;
	text[1] = (char)0xfe;
	put16((unsigned char *)text + 2, (uint32_t)n);
	memset(text + 4, 0, 4);
	tcp(&e, seq, 1, ACK | PSH, text, n + 8);
}

static void
flood_sctp(uint64_t i)
{
	struct ends e = drawn_ends();
	unsigned char *p = (unsigned char *)text;
	size_t n = message("OPTIONS sip:b@b.test SIP/2.0", fresh_id(i), 1, "OPTIONS", "", "");

	memmove(p + 28, p, n);
	memset(p, 0, 28);
	put16(p, e.sport);
	put16(p + 2, e.dport);
	put32(p + 4, draw());
	p[13] = i % 2 ? 2 : 3;	/* begins; or a whole one */
	put16(p + 14, (uint32_t)(n + 16));
	put32(p + 16, draw());
	put16(p + 20, 1);
	emit(&e, 132, p, (n + 28 + 3) & ~(size_t)3);
}

/* ---- what tells of others ---- */

static size_t
hep_chunk(unsigned char *p, uint32_t type, const void *data, size_t n)
{
	put16(p, 0);
	put16(p + 2, type);
	put16(p + 4, (uint32_t)(n + 6));
	memcpy(p + 6, data, n);
	return n + 6;
}

static void
hep(uint8_t kind, const char *id, const char *payload, size_t length)
{
	static unsigned char p[4096];
	unsigned char word[4];
	static const struct ends collector = { 0x0a000001, 0x0a000009, 9060, 9060 };
	size_t n = 6;
	struct ends e = drawn_ends();

	memcpy(p, "HEP3", 4);
	n += hep_chunk(p + n, 1, "\2", 1);
	n += hep_chunk(p + n, 2, "\21", 1);
	put32(word, e.src);
	n += hep_chunk(p + n, 3, word, 4);
	put32(word, e.dst);
	n += hep_chunk(p + n, 4, word, 4);
	put16(word, e.sport);
	n += hep_chunk(p + n, 7, word, 2);
	put16(word, e.dport);
	n += hep_chunk(p + n, 8, word, 2);
	put32(word, (uint32_t)(1772442000 + tick / 1000000));
	n += hep_chunk(p + n, 9, word, 4);
	put32(word, (uint32_t)(tick % 1000000));
	n += hep_chunk(p + n, 10, word, 4);
	n += hep_chunk(p + n, 11, &kind, 1);
	put32(word, draw());
	n += hep_chunk(p + n, 12, word, 4);
	n += hep_chunk(p + n, 15, payload, length);
	n += hep_chunk(p + n, 17, id, strlen(id));
	put16(p + 4, (uint32_t)n);
	udp(&collector, p, n);
}

static void
flood_hepsip(uint64_t i)
{
	const char *id = fresh_id(i);
	size_t n = message("OPTIONS sip:b@b.test SIP/2.0", id, 1, "OPTIONS", "", "");
	static char copy[2048];

	memcpy(copy, text, n);
	hep(1, id, copy, n);
}

static void
flood_heplogs(uint64_t i)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "a log %" PRIu64, i);

	hep(100, fresh_id(i), line, (size_t)n);
}

static void
flood_heprtcp(uint64_t i)
{
	char json[400];
	int n = snprintf(json, sizeof(json), "{\"ssrc\":%u,\"type\":200,\"report_count\":1,"
		"\"sender_information\":{\"packets\":%u,\"octets\":%u},\"report_blocks\":[{"
		"\"source_ssrc\":%u,\"fraction_lost\":1,\"packets_lost\":3,\"ia_jitter\":7}]}",
		draw(), draw(), draw(), draw());

	hep(5, fresh_id(i), json, (size_t)n);
}

static void
flood_icmp(uint64_t i)
{
	unsigned char p[2048] = { 3, 3 };
	struct ends e = drawn_ends(), b = back(&e);
	size_t n = message("OPTIONS sip:b@b.test SIP/2.0", fresh_id(i), 1, "OPTIONS", "", "");

	udp(&e, text, n);
	p[8] = 0x45;
	put16(p + 10, (uint32_t)(28 + n));
	p[16] = 64;
	p[17] = 17;
	put32(p + 20, e.src);
	put32(p + 24, e.dst);
	put16(p + 28, e.sport);
	put16(p + 30, e.dport);
	put16(p + 32, (uint32_t)(8 + n));
	memcpy(p + 36, text, n);
	emit(&b, 1, p, 36 + (n < 300 ? n : 300));
}

static void
flood_junk(uint64_t i)
{
	struct ends e = drawn_ends();
	uint32_t data[10];

	(void)i;
	for (size_t k = 0; k < ARRAY_SIZE(data); k++)
		data[k] = draw();
	udp(&e, data, sizeof(data));
}

static const struct kind {
	const char *name;
	void (*flood)(uint64_t i);
} kinds[] = {
	{ "options", flood_options }, { "ports", flood_ports },
	{ "register", flood_register }, { "subscribe", flood_subscribe },
	{ "onecall", flood_onecall }, { "headers", flood_headers },
	{ "reasons", flood_reasons }, { "methods", flood_methods }, { "sdp", flood_sdp },
	{ "vq", flood_vq }, { "orphans", flood_orphans }, { "trunk", flood_trunk },
	{ "years", flood_years }, { "ssrcs", flood_ssrcs }, { "dtmf", flood_dtmf },
	{ "rtcp", flood_rtcp }, { "stun", flood_stun }, { "connections", flood_connections },
	{ "syns", flood_syns }, { "halves", flood_halves }, { "gaps", flood_gaps },
	{ "endless", flood_endless }, { "tls", flood_tls }, { "ws", flood_ws },
	{ "sctp", flood_sctp }, { "hepsip", flood_hepsip }, { "heplogs", flood_heplogs },
	{ "heprtcp", flood_heprtcp }, { "icmp", flood_icmp }, { "junk", flood_junk },
};

int
main(int argc, char **argv)
{
	uint32_t head[6] = { 0xa1b2c3d4, 2 | 4u << 16, 0, 0, 262144, 1 };
	uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000000;
	const struct kind *k = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (argc < 2)
			puts(kinds[i].name);
		else if (strcmp(kinds[i].name, argv[1]) == 0)
			k = &kinds[i];
	}
	if (!k)
		return argc < 2 ? 0 : 2;
	fwrite(head, sizeof(head), 1, stdout);
	for (uint64_t i = 0; sent < count && !ferror(stdout); i++)
		k->flood(i);
	fprintf(stderr, "%" PRIu64 " records\n", sent);
	return fflush(stdout) != 0;
}
