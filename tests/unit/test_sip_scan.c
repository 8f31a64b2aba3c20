#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sip/check.h"
#include "sip/scan_int.h"
#include "sip/start.h"
#include "sip/type.h"

#define assert_str(s, text) \
	do { \
		struct str got_ = (s), want_ = str_of(text); \
		if (!str_eq(got_, want_)) \
			fail_msg("%s is \"%.*s\", not \"%s\"", #s, STR_ARG(got_), (text)); \
	} while (0)

/* Flaws that messages of few headers have; the tables below leave them out. */
#define BARE (SIP_FLAW_NO_CALL_ID | SIP_FLAW_NO_CSEQ | SIP_FLAW_NO_FROM | \
	      SIP_FLAW_NO_TO | SIP_FLAW_NO_VIA | SIP_FLAW_VIA | SIP_FLAW_FROM)

struct start_case {
	const char *in;
	bool sip;
	enum sip_method method;
	uint16_t status;
	const char *text;	/* URI or reason */
	uint32_t flaws;
};

static const struct start_case start_cases[] = {
	{ "INVITE sip:a@h SIP/2.0\r\n\r\n", true, SIP_METHOD_INVITE, 0, "sip:a@h", 0 },
	{ "SIP/2.0 200 OK\r\nv:SIP/2.0/UDP h\r\n\r\n", true, 0, 200, "OK", 0 },
	{ "SIP/2.0 200 \r\nv:SIP/2.0/UDP h\r\n\r\n", true, 0, 200, "", 0 },
	{ "SIP/2.0 200\r\nv:SIP/2.0/UDP h\r\n\r\n", true, 0, 200, "", SIP_FLAW_START_LINE },
	{ "SIP/2.0  180 Ringing\r\nf:x\r\n\r\n", true, 0, 180, "Ringing", SIP_FLAW_START_LINE },
	{ "SIP/2.0 99 Low\r\nv:SIP/2.0/UDP h\r\n\r\n", true, 0, 0, "Low", SIP_FLAW_STATUS },
	{ "SIP/2.0 700 High\r\nv:SIP/2.0/UDP h\r\n\r\n", true, 0, 700, "High", SIP_FLAW_STATUS },
	{ "SIP/2.0 4294967501 Big\r\nv:x\r\n\r\n", true, 0, 0, "Big", SIP_FLAW_STATUS },
	{ "sip/2.0 200 OK\r\nv:SIP/2.0/UDP h\r\n\r\n", true, 0, 200, "OK", SIP_FLAW_VERSION },
	{ "SIP/1.0 200 OK\r\nv:SIP/2.0/UDP h\r\n\r\n", true, 0, 200, "OK", SIP_FLAW_VERSION },
	{ "SIP/2.0 OK\r\nv:SIP/2.0/UDP h\r\n\r\n", false, 0, 0, "", 0 },
	{ "SIP/2.0 100 Trying\r\n\r\n", true, 0, 100, "Trying", 0 },
	{ "SIP/2.0/TCP 192.0.2.1:5060\r\nf:x\r\n\r\n", false, 0, 0, "", 0 },
	{ "SIP/2.0 is what RFC 3261 defines\r\n", false, 0, 0, "", 0 },
	{ "SIP is a protocol\r\n", false, 0, 0, "", 0 },
	{ "OPTIONS sip:h SIP/7.0\r\n\r\n", true, SIP_METHOD_OPTIONS, 0, "sip:h", SIP_FLAW_VERSION },
	{ "OPTIONS sip:h sip/2.0\r\n\r\n", true, SIP_METHOD_OPTIONS, 0, "sip:h", SIP_FLAW_VERSION },
	{ "PING sip:h SIP/2.0\r\n\r\n", true, SIP_METHOD_OTHER, 0, "sip:h", 0 },
	{ "invite sip:h SIP/2.0\r\n\r\n", true, SIP_METHOD_OTHER, 0, "sip:h", SIP_FLAW_METHOD_CASE },
	{ "!odd%_*+`.~' sip:h SIP/2.0\r\n\r\n", true, SIP_METHOD_OTHER, 0, "sip:h", 0 },
	{ "INVITE  sip:h  SIP/2.0\r\n\r\n", true, SIP_METHOD_INVITE, 0, "sip:h",
	  SIP_FLAW_START_LINE },
	{ "INVITE sip:h SIP/2.0  \r\n\r\n", true, SIP_METHOD_INVITE, 0, "sip:h",
	  SIP_FLAW_START_LINE },
	{ "INVITE sip:a@h; lr SIP/2.0\r\n\r\n", true, SIP_METHOD_INVITE, 0, "sip:a@h; lr",
	  SIP_FLAW_START_LINE },
	{ "INVITE\tsip:h\tSIP/2.0\r\n\r\n", true, SIP_METHOD_INVITE, 0, "sip:h",
	  SIP_FLAW_START_LINE },
	{ "INVITE <sip:h> SIP/2.0\r\n\r\n", true, SIP_METHOD_INVITE, 0, "<sip:h>", SIP_FLAW_URI },
	{ "INVITE 1001 SIP/2.0\r\n\r\n", true, SIP_METHOD_INVITE, 0, "1001", SIP_FLAW_URI },
	{ "INVITE SIP/2.0\r\n\r\n", true, SIP_METHOD_INVITE, 0, "",
	  SIP_FLAW_URI | SIP_FLAW_START_LINE },
	{ "INVITE tel:+4930 SIP/2.0\r\n\r\n", true, SIP_METHOD_INVITE, 0, "tel:+4930", 0 },
	{ "OPTIONS x.y-z+0:any SIP/2.0\r\n\r\n", true, SIP_METHOD_OPTIONS, 0, "x.y-z+0:any", 0 },
	{ "INVITE sip:a@h SIP/2.0\n\n", true, SIP_METHOD_INVITE, 0, "sip:a@h", SIP_FLAW_LINE_END },
	{ "INVITE sip:a@h SIP/2.0\r\r", true, SIP_METHOD_INVITE, 0, "sip:a@h", SIP_FLAW_LINE_END },
	{ "INVITE sip:a\rb@h SIP/2.0\r\n\r\n", true, SIP_METHOD_INVITE, 0, "sip:a\rb@h", 0 },
	{ "INVITE sip:a\rb@h SIP/2.0\n\r\n", true, SIP_METHOD_INVITE, 0, "sip:a\rb@h",
	  SIP_FLAW_START_LINE },
	{ "\r\n\r\nBYE sip:h SIP/2.0\r\n\r\n", true, SIP_METHOD_BYE, 0, "sip:h",
	  SIP_FLAW_LEADING_CRLF },
	{ "\nBYE sip:h SIP/2.0\r\n\r\n", true, SIP_METHOD_BYE, 0, "sip:h", SIP_FLAW_LEADING_CRLF },
	{ "BYE sip:h\r\nVia: x\r\n\r\n", true, SIP_METHOD_BYE, 0, "sip:h",
	  SIP_FLAW_START_LINE | SIP_FLAW_VERSION },
	/* Cut by the capture. */
	{ "INVITE sip:a", true, SIP_METHOD_INVITE, 0, "sip:a", SIP_FLAW_START_LINE | SIP_FLAW_NO_END },
	{ "INVITE sip:a@h SIP", true, SIP_METHOD_INVITE, 0, "sip:a@h",
	  SIP_FLAW_START_LINE | SIP_FLAW_NO_END },
	{ "INVITE sip:a@h SIP/2.0\r", true, SIP_METHOD_INVITE, 0, "sip:a@h", SIP_FLAW_NO_END },
	{ "SIP/2.0 200 O", true, 0, 200, "O", SIP_FLAW_NO_END },
	{ "INVITE sip:", false, 0, 0, "", 0 },
	{ "INVITE", false, 0, 0, "", 0 },
	{ "PING sip:a", false, 0, 0, "", 0 },
	{ "SIP/2", false, 0, 0, "", 0 },
	/* Others. */
	{ "GET / HTTP/1.1\r\nHost: h\r\n\r\n", false, 0, 0, "", 0 },
	{ "GET sip:a@h HTTP/1.1\r\nHost: h\r\n\r\n", false, 0, 0, "", 0 },
	{ "HTTP/1.1 200 OK\r\n\r\n", false, 0, 0, "", 0 },
	{ "OPTIONS rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\n\r\n", false, 0, 0, "", 0 },
	{ "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n", false, 0, 0, "", 0 },
	{ "OPTIONS * HTTP/1.1\r\n\r\n", false, 0, 0, "", 0 },
	{ "INFO sip: peer unreachable\n", false, 0, 0, "", 0 },
	{ "INFO sip:peer-gone\nnext line\n", false, 0, 0, "", 0 },
	{ "see how we use SIP/2.0\n", false, 0, 0, "", 0 },
	{ "This SIP/2.0\n", false, 0, 0, "", 0 },
	{ "v=0\r\no=- 1 1 IN IP4 h\r\n", false, 0, 0, "", 0 },
	{ "\x80\x08\x01\x02 SIP/2.0\r\n", false, 0, 0, "", 0 },
	{ "\r\n\r\n", false, 0, 0, "", 0 },
	{ " INVITE sip:h SIP/2.0\r\n\r\n", false, 0, 0, "", 0 },
};

static void
test_start_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(start_cases); i++) {
		const struct start_case *c = &start_cases[i];
		enum sip_scan_result result;
		struct sip_scan msg;

		result = sip_scan(str_of(c->in), SIP_DATAGRAM, &msg);
		if ((result == SIP_SCAN_MESSAGE) != c->sip)
			fail_msg("%s: result %d", c->in, result);
		if (!c->sip)
			continue;
		if (msg.method != c->method || msg.status != c->status ||
		    (msg.flaws & ~(uint32_t)BARE) != c->flaws)
			fail_msg("%s: method %u, status %u, flaws %x", c->in, msg.method,
				 msg.status, msg.flaws);
		assert_str(msg.request ? msg.uri : msg.reason, c->text);
		assert_true(sip_looks_like(str_of(c->in)));
	}
}

static const char full[] =
	"INVITE sip:bob@b.example;user=phone SIP/2.0\r\n"
	"Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK-1\r\n"
	"Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK-2\r\n"
	"Max-Forwards: 70\r\n"
	"From: \"Al: <x>; \\\"y\" <sip:al%20ice:pw@a.example;x=1>;p=\"a;tag=no\";tag=f1\r\n"
	"To: <tel:+49-30-1;phone-context=x>\r\n"
	"Call-ID: one@a\r\n"
	"CSeq: 17 INVITE\r\n"
	"Contact: <sip:al@192.0.2.1>\r\n"
	"Reason: Q.850;cause=16\r\n"
	"Warning: 399 h \"text\"\r\n"
	"Event: refer\r\n"
	"Subscription-State: active\r\n"
	"RSeq: 9\r\n"
	"Expires: 120\r\n"
	"Proxy-Authorization: Digest realm=\"r\"\r\n"
	"X-Other: y\r\n"
	"Content-Type: application/sdp\r\n"
	"Content-Length: 5\r\n"
	"\r\n"
	"v=0\r\n";

static void
assert_full(const struct sip_scan *msg)
{
	assert_true(msg->request);
	assert_int_equal(msg->flaws, 0);
	assert_int_equal(msg->method, SIP_METHOD_INVITE);
	assert_str(msg->method_text, "INVITE");
	assert_str(msg->uri, "sip:bob@b.example;user=phone");
	assert_str(msg->via, "SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK-1");
	assert_str(msg->branch, "z9hG4bK-1");
	assert_str(msg->from_uri, "sip:al%20ice:pw@a.example;x=1");
	assert_str(sip_scan_user(msg->from_uri), "al%20ice");
	assert_str(msg->from_tag, "f1");
	assert_str(msg->to, "<tel:+49-30-1;phone-context=x>");
	assert_str(sip_scan_user(msg->to_uri), "+49-30-1");
	assert_str(msg->to_tag, "");
	assert_str(msg->call_id, "one@a");
	assert_int_equal(msg->cseq, 17);
	assert_int_equal(msg->cseq_method, SIP_METHOD_INVITE);
	assert_int_equal(msg->max_forwards, 70);
	assert_str(msg->contact, "<sip:al@192.0.2.1>");
	assert_str(msg->reason_header, "Q.850;cause=16");
	assert_str(msg->warning, "399 h \"text\"");
	assert_str(msg->event, "refer");
	assert_str(msg->subscription_state, "active");
	assert_str(msg->rseq, "9");
	assert_str(msg->expires, "120");
	assert_true(msg->has_auth);
	assert_true(msg->has_length);
	assert_int_equal(msg->content_length, 5);
	assert_true(msg->sdp);
	assert_str(msg->body, "v=0\r\n");
}

static void
test_full(void **state)
{
	struct sip_scan msg;

	(void)state;
	assert_int_equal(sip_scan(STR(full), SIP_DATAGRAM, &msg), SIP_SCAN_MESSAGE);
	assert_full(&msg);
	assert_int_equal(msg.length, sizeof(full) - 1);
	assert_int_equal(sip_scan(STR(full), SIP_STREAM, &msg), SIP_SCAN_MESSAGE);
	assert_full(&msg);
}

/* Names in any way they may be written. */
static void
test_odd_headers(void **state)
{
	static const char *const heads[] = {
		"v:SIP/2.0/UDP h;branch=b\r\nf:<sip:a@h>;tag=f\r\nt:<sip:b@h>;tag=t\r\ni:c\r\n"
		"CSeq:1 BYE\r\nl:0\r\n",
		"VIA : SIP/2.0/UDP h ; branch = b\r\nFROM\t:\tsip:a@h ; tag = f\r\n"
		"tO :<sip:b@h>;TAG=t\r\ncall-id :c\r\ncSEQ: 1  BYE\r\nCONTENT-LENGTH: 0 \r\n",
		"V\t:\r\n SIP/2.0/UDP h\r\n\t;branch=b\r\nF :\r\n <sip:a@h>\r\n ;tag=f\r\n"
		"To:\r\n\t<sip:b@h>;\r\n tag=t\r\nI:\r\n c\r\nCSeq: 1\r\n BYE\r\nL : \t0\r\n",
		"Via: SIP/2.0/UDP h;x=\"a,;branch=z\";branch=b, SIP/2.0/UDP i;branch=c\r\n"
		"From: A B <sip:a@h>;tag=f\r\nTo: \"\" <sip:b@h>;tag=t;x\r\nCall-ID: c\r\n"
		"CSeq: 00001 BYE\r\nContent-Length: 000\r\n",
		"via:SIP / 2.0 / UDP h;branch=b\r\nfrom:<sip:a@h>;tag=f\r\nto:<sip:b@h>;tag=t\r\n"
		"call-id:c\r\ncseq:1 BYE\r\ncontent-length:0\r\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		struct sip_scan msg;
		char text[1024];
		int n = snprintf(text, sizeof(text), "BYE sip:b@h SIP/2.0\r\n%s\r\n", heads[i]);
		struct str in = { text, (size_t)n };

		assert_int_equal(sip_scan(in, SIP_DATAGRAM, &msg), SIP_SCAN_MESSAGE);
		if (msg.flaws)
			fail_msg("%s: flaws %x", heads[i], msg.flaws);
		assert_str(msg.branch, "b");
		assert_str(msg.from_uri, "sip:a@h");
		assert_str(sip_scan_user(msg.from_uri), "a");
		assert_str(msg.from_tag, "f");
		assert_str(sip_scan_user(msg.to_uri), "b");
		assert_str(msg.to_tag, "t");
		assert_str(msg.call_id, "c");
		assert_int_equal(msg.cseq, 1);
		assert_int_equal(msg.cseq_method, SIP_METHOD_BYE);
		assert_true(msg.has_length);
	}
}

struct address_case {
	const char *value;
	const char *uri, *user, *tag;
	bool good;
};

static const struct address_case address_cases[] = {
	{ "<sip:a@h>;tag=1", "sip:a@h", "a", "1", true },
	{ "sip:a@h;tag=1;x=2", "sip:a@h", "a", "1", true },
	{ "sip:h", "sip:h", "", "", true },
	{ "<sip:h;x=a>;tag=1", "sip:h;x=a", "", "1", true },
	{ "\"a\\\"<sip:x@y>\" <sip:a@h>;tag=1", "sip:a@h", "a", "1", true },
	{ "\"a<b\"<sips:a@h>;tag=1", "sips:a@h", "a", "1", true },
	{ "\"a\\\\\" <sip:a@h>", "sip:a@h", "a", "", true },
	{ "tel:+1-201;ext=4;tag=1", "tel:+1-201", "+1-201", "1", true },
	{ "<tel:911;phone-context=+1>;tag=1", "tel:911;phone-context=+1", "911", "1", true },
	{ "<TEL:911>", "TEL:911", "911", "", true },
	{ "<sip:u;p=1:pw@h:5060>;x=\"a;b\";tag=\"q;r\"", "sip:u;p=1:pw@h:5060", "u;p=1", "\"q;r\"",
	  true },
	{ "<im:a@h>", "im:a@h", "a", "", true },
	{ "<urn:service:sos>", "urn:service:sos", "", "", true },
	{ "<sip:a@[2001:db8::1]:5060>;tag=1", "sip:a@[2001:db8::1]:5060", "a", "1", true },
	{ "<sip:[2001:db8::1]>;tag=1", "sip:[2001:db8::1]", "", "1", true },
	{ "<sip:@h>;tag=1", "sip:@h", "", "1", true },
	{ "<sip:;x=@h>", "sip:;x=@h", ";x=", "", true },
	{ "\xd0\x90: <sip:a@h>;tag=1", "sip:a@h", "a", "1", true },
	/* Broken ones give what they have. */
	{ "\"open <sip:a@h>;tag=1", "sip:a@h", "a", "1", false },
	{ "<sip:a@h>;x=\"o;tag=1", "sip:a@h", "a", "1", true },
	{ "<sip:a@h;tag=1", "sip:a@h", "a", "1", false },
	{ "a@h;tag=1", "a@h", "a", "1", false },
	{ "<a@h>;tag=1", "a@h", "a", "1", false },
	{ "\"x\" sip:a@h;tag=1", "sip:a@h", "a", "1", false },
	{ "", "", "", "", false },
	{ "<>;tag=1", "", "", "1", false },
	{ "<", "", "", "", false },
	{ "\"", "", "", "", false },
	{ ";tag=1", "", "", "1", false },
	{ "<sip:a@h>;tag", "sip:a@h", "a", "", true },
	{ "<sip:a@h>;tag=", "sip:a@h", "a", "", true },
};

/* What many messages have behind a header: searches may look so far ahead. */
#define BEHIND "X-Behind: ;tag=no;branch=no,>>\"\"@::;tag=no;branch=no,>>\r\n"

static void
test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(address_cases); i++) {
		const struct address_case *c = &address_cases[i / 2];
		struct sip_scan msg;
		char text[512];
		int n = snprintf(text, sizeof(text),
				 "BYE sip:h SIP/2.0\r\nFrom: %s\r\nt:%s\r\n%s\r\n",
				 c->value, c->value, i % 2 ? BEHIND : "");

		assert_int_equal(sip_scan((struct str){ text, (size_t)n }, SIP_DATAGRAM, &msg),
				 SIP_SCAN_MESSAGE);
		assert_str(msg.from, c->value);
		assert_str(msg.from_uri, c->uri);
		assert_str(sip_scan_user(msg.from_uri), c->user);
		assert_str(msg.from_tag, c->tag);
		assert_str(msg.to_uri, c->uri);
		assert_str(sip_scan_user(msg.to_uri), c->user);
		assert_str(msg.to_tag, c->tag);
		if (!(msg.flaws & SIP_FLAW_FROM) != c->good)
			fail_msg("%s: flaws %x", c->value, msg.flaws);
	}
}

struct flaw_case {
	const char *head;	/* after the start line of a BYE, with the empty line */
	uint32_t flaws;
};

#define GOOD "v:SIP/2.0/UDP h;branch=b\r\nf:<sip:a@h>;tag=f\r\nt:<sip:b@h>;tag=t\r\n"
#define ID   "i:c\r\nCSeq:1 BYE\r\n"

static const struct flaw_case flaw_cases[] = {
	{ GOOD ID "\r\n", 0 },
	{ ID "\r\n", SIP_FLAW_NO_VIA | SIP_FLAW_NO_FROM | SIP_FLAW_NO_TO },
	{ GOOD "\r\n", SIP_FLAW_NO_CALL_ID | SIP_FLAW_NO_CSEQ },
	{ GOOD "Call-ID:\r\nCSeq: 1 BYE\r\n\r\n", SIP_FLAW_NO_CALL_ID },
	{ GOOD "i:c\r\nCSeq: 2147483648 BYE\r\n\r\n", SIP_FLAW_CSEQ },
	{ GOOD "i:c\r\nCSeq: 99999999999999999999 BYE\r\n\r\n", SIP_FLAW_CSEQ },
	{ GOOD "i:c\r\nCSeq: BYE\r\n\r\n", SIP_FLAW_CSEQ },
	{ GOOD "i:c\r\nCSeq: 1 INVITE\r\n\r\n", SIP_FLAW_CSEQ_METHOD },
	{ GOOD "i:c\r\nCSeq: 1\r\n\r\n", SIP_FLAW_CSEQ_METHOD },
	{ GOOD "i:c\r\nCSeq:\r\n\r\n", SIP_FLAW_CSEQ | SIP_FLAW_CSEQ_METHOD },
	{ "v: UDP h\r\nf:<sip:a@h>\r\nt:<sip:a@h>\r\n" ID "\r\n", SIP_FLAW_VIA },
	{ GOOD ID "i:d\r\n\r\n", SIP_FLAW_DUPLICATE },
	{ GOOD ID "i:c\r\n\r\n", 0 },
	{ GOOD ID "CSeq: 2 BYE\r\n\r\n", SIP_FLAW_DUPLICATE },
	{ GOOD ID "CSeq: 1 BYE\r\n\r\n", 0 },
	{ GOOD ID "From: <sip:x@h>\r\n\r\n", SIP_FLAW_DUPLICATE },
	{ GOOD ID "l:0\r\nContent-Length: 1\r\n\r\n", SIP_FLAW_DUPLICATE },
	{ GOOD ID "Max-Forwards: 1\r\nMax-Forwards: 2\r\n\r\n", SIP_FLAW_DUPLICATE },
	{ GOOD ID "Max-Forwards: 300\r\n\r\n", SIP_FLAW_VALUE },
	{ GOOD ID "no colon here\r\n\r\n", SIP_FLAW_HEADER },
	{ GOOD ID ": empty\r\n\r\n", SIP_FLAW_HEADER },
	{ GOOD ID "bad name: x\r\n\r\n", SIP_FLAW_HEADER },
	{ GOOD ID "Unknown\t: x\r\nX:\r\n\r\n", 0 },
	{ GOOD "i:c\nCSeq:1 BYE\r\n\r\n", SIP_FLAW_LINE_END },
	{ GOOD ID "\n", SIP_FLAW_LINE_END },
	{ GOOD ID "a:b\r\r\n\r\n", SIP_FLAW_LINE_END },
	{ GOOD ID, SIP_FLAW_NO_END },
	{ GOOD ID "Conten", SIP_FLAW_NO_END },
	{ GOOD ID "l:0", SIP_FLAW_NO_END },
	{ GOOD ID "l:5\r\n\r\n1234", SIP_FLAW_LENGTH_LONG },
	{ GOOD ID "l:3\r\n\r\n1234", SIP_FLAW_LENGTH_SHORT },
	{ GOOD ID "l:4\r\n\r\n1234", 0 },
	{ GOOD ID "l:-1\r\n\r\n1234", SIP_FLAW_LENGTH_BAD },
	{ GOOD ID "l:99999999999\r\n\r\n1234", SIP_FLAW_LENGTH_BAD },
	{ GOOD ID "l:\r\n\r\n1234", SIP_FLAW_LENGTH_BAD },
	{ GOOD ID "l:4 bytes\r\n\r\n1234", SIP_FLAW_LENGTH_BAD },
	{ GOOD ID "X: \xe9\r\n\r\n", SIP_FLAW_UTF8 },
	{ GOOD ID "X: \xc3\xa9\r\n\r\n", 0 },
	{ GOOD ID "l:1\r\n\r\n\xe9", 0 },
	{ GOOD ID "l:0\r\n\r\nBYE sip:h SIP/2.0\r\n\r\n", SIP_FLAW_SEVERAL },
	{ GOOD ID "l:0\r\n\r\n\r\nSIP/2.0 200 OK\r\n\r\n", SIP_FLAW_SEVERAL },
	{ GOOD ID "\r\nBYE sip:h SIP/2.0\r\n\r\n", SIP_FLAW_SEVERAL },
	{ GOOD ID "c:message/sipfrag\r\n\r\nSIP/2.0 200 OK\r\n\r\n", 0 },
};

static void
test_flaws(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(flaw_cases); i++) {
		const struct flaw_case *c = &flaw_cases[i];
		struct sip_scan msg;
		char text[512];
		int n = snprintf(text, sizeof(text), "BYE sip:h SIP/2.0\r\n%s", c->head);
		struct str in = { text, (size_t)n };

		assert_int_equal(sip_scan(in, SIP_DATAGRAM, &msg), SIP_SCAN_MESSAGE);
		if (msg.flaws != c->flaws)
			fail_msg("%s: flaws %x, not %x", c->head, msg.flaws, c->flaws);
	}
}

static void
test_nul(void **state)
{
	static const char text[] = "BYE sip:h SIP/2.0\r\n" GOOD ID "X: a\0b\r\nl:0\r\n\r\n";
	struct sip_scan msg;

	(void)state;
	assert_int_equal(sip_scan(STR(text), SIP_DATAGRAM, &msg), SIP_SCAN_MESSAGE);
	assert_int_equal(msg.flaws, SIP_FLAW_NUL);
	assert_true(msg.has_length);
}

/* Line ends of LF and of CR alone change nothing but the flaw. */
static void
test_line_ends(void **state)
{
	static const char ends[] = { '\n', '\r' };

	(void)state;
	for (size_t e = 0; e < sizeof(ends); e++) {
		char text[sizeof(full)];
		struct sip_scan msg;
		size_t n = 0;

		for (const char *p = full; *p; p++)
			if (*p != '\r')
				text[n++] = *p == '\n' ? ends[e] : *p;
		assert_int_equal(sip_scan((struct str){ text, n }, SIP_DATAGRAM, &msg),
				 SIP_SCAN_MESSAGE);
		assert_int_equal(msg.flaws, SIP_FLAW_LINE_END | SIP_FLAW_LENGTH_LONG);
		assert_int_equal(msg.body.n, 4);
		msg.flaws = 0;
		msg.body = STR("v=0\r\n");
		assert_full(&msg);
	}
}

static void
test_sdp(void **state)
{
	static const struct {
		const char *type, *body;
		bool sdp;
	} cases[] = {
		{ "application/sdp", "v=0", true },
		{ "Application/SDP; charset=utf-8", "v=0", true },
		{ "application/sdp", "", false },
		{ "application/sdpx", "v=0", false },
		{ "text/plain", "v=0", false },
		{ "multipart/mixed;boundary=b",
		  "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\nContent-Disposition: x\r\n"
		  "content-type : application/sdp\r\n\r\nv=0\r\n--b--\r\n", true },
		{ "multipart/mixed;boundary=b",
		  "--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n--c\r\n"
		  "c:application/sdp\r\n\r\nv=0\r\n--c--\r\n--b--\r\n", true },
		{ "multipart/mixed;boundary=b",
		  "--b\r\nContent-Type: application/isup\r\n\r\nContent-Type: application/sdp\r\n"
		  "--b--\r\n", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sip_scan msg;
		char text[512];
		int n = snprintf(text, sizeof(text), "BYE sip:h SIP/2.0\r\nc: %s\r\n\r\n%s",
				 cases[i].type, cases[i].body);

		assert_int_equal(sip_scan((struct str){ text, (size_t)n }, SIP_DATAGRAM, &msg),
				 SIP_SCAN_MESSAGE);
		if (msg.sdp != cases[i].sdp)
			fail_msg("%s: %s", cases[i].type, cases[i].body);
	}
}

/* Nothing says what the body is: its first line does. */
static void
test_sdp_without_type(void **state)
{
	static const struct {
		const char *header, *body;
		bool sdp;
	} cases[] = {
		{ "", "v=0\r\no=- 1 1 IN IP4 h\r\n", true },
		{ "", "v=0\no=- 1 1 IN IP4 h\n", true },
		{ "Content-Type:\r\n", "v=0\r\n", true },
		{ "c: text/plain\r\n", "v=0\r\n", false },
		{ "", "v=0", false },
		{ "", "v=01\r\n", false },
		{ "", "\r\nv=0\r\n", false },
		{ "", "o=- 1 1 IN IP4 h\r\n", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum sip_framing framing = i % 2 ? SIP_STREAM : SIP_DATAGRAM;
		struct sip_scan msg;
		char text[512];
		int n = snprintf(text, sizeof(text), "BYE sip:h SIP/2.0\r\nl: %zu\r\n%s\r\n%s",
				 strlen(cases[i].body), cases[i].header, cases[i].body);
		struct str sdp;

		assert_int_equal(sip_scan((struct str){ text, (size_t)n }, framing, &msg),
				 SIP_SCAN_MESSAGE);
		if (msg.sdp != cases[i].sdp ||
		    ((msg.flaws & SIP_FLAW_BODY) != 0) != cases[i].sdp ||
		    sip_body_sdp(msg.content_type, msg.body, &sdp) != cases[i].sdp)
			fail_msg("%s: %s", cases[i].header, cases[i].body);
	}
}

static void
test_several(void **state)
{
	static const char text[] =
		"BYE sip:h SIP/2.0\r\n" GOOD ID "l:2\r\n\r\nab"
		"\r\nSIP/2.0 200 OK\r\n" GOOD ID "l:0\r\n\r\n";
	struct str in = STR(text);
	struct sip_scan msg;

	(void)state;
	assert_int_equal(sip_scan(in, SIP_DATAGRAM, &msg), SIP_SCAN_MESSAGE);
	assert_str(msg.body, "ab");
	in = str_skip(in, msg.length);
	assert_int_equal(sip_scan(in, SIP_DATAGRAM, &msg), SIP_SCAN_MESSAGE);
	assert_int_equal(msg.status, 200);
	assert_int_equal(msg.start, 2);
	assert_int_equal(msg.length, in.n);
}

/* In a stream each prefix asks for more; sip_head_whole() agrees with it. */
static void
test_stream(void **state)
{
	size_t head = sizeof(full) - 1 - 5, seen = 0;
	struct sip_scan msg;

	(void)state;
	for (size_t n = 0; n < sizeof(full) - 1; n++) {
		char *copy = malloc(n + 1);
		struct str in = { copy, n };

		memcpy(copy, full, n);
		if (sip_scan(in, SIP_STREAM, &msg) != SIP_SCAN_MORE)
			fail_msg("prefix of %zu bytes", n);
		assert_int_equal(msg.length, n >= head ? sizeof(full) - 1 : 0);
		assert_int_equal(sip_head_whole(in, &seen), n >= head);
		free(copy);
	}
	assert_int_equal(sip_scan(STR("\r\n\r\n"), SIP_STREAM, &msg), SIP_SCAN_MORE);
	assert_int_equal(msg.start, 4);
	assert_int_equal(sip_scan(STR("GET / HTTP/1.1\r\n"), SIP_STREAM, &msg), SIP_SCAN_NOT_SIP);
	assert_int_equal(sip_scan(STR("SIP/2.0 200 OK\r\nServer: web\r\n\r\n"), SIP_STREAM, &msg),
			 SIP_SCAN_NOT_SIP);
	assert_int_equal(sip_scan(STR("\x16\x03\x01"), SIP_STREAM, &msg), SIP_SCAN_NOT_SIP);
	assert_int_equal(sip_scan(STR("BYE sip:h SIP/2.0\r\n" GOOD ID "\r\nrest"), SIP_STREAM, &msg),
			 SIP_SCAN_MESSAGE);
	assert_int_equal(msg.body.n, 0);
	seen = 0;
	assert_false(sip_head_whole(STR("\r\n\r\nBYE"), &seen));
	assert_int_equal(sip_find_start(STR("v=0\r\nSIP\r\nx SIP/2.0 200 OK\r\nSIP/2.0 200 OK\r\n")),
			 28);
	assert_int_equal(sip_find_start(STR("nothing\r\n")), SIZE_MAX);
}

/* Cut at every byte: never read beyond, never a message lost once it is one. */
static void
test_every_cut(void **state)
{
	struct sip_scan msg;

	(void)state;
	for (size_t n = 0; n < sizeof(full); n++) {
		char *copy = malloc(n > 0 ? n : 1);
		bool is;

		memcpy(copy, full, n);
		is = sip_scan((struct str){ copy, n }, SIP_DATAGRAM, &msg) == SIP_SCAN_MESSAGE;
		assert_int_equal(is, n >= sizeof("INVITE sip:b") - 1);
		if (is)
			assert_int_equal(msg.length, n);
		free(copy);
	}
}

static void
test_large(void **state)
{
	size_t n = 300000;
	char *text = malloc(n);
	struct sip_scan msg;
	int head;

	(void)state;
	memset(text, 'x', n);
	head = snprintf(text, n, "BYE sip:h SIP/2.0\r\n" GOOD ID "l:%zu\r\nX: ", n - 100000);
	text[head] = 'x';
	memcpy(text + 100000 - 4, "\r\n\r\n", 4);
	assert_int_equal(sip_scan((struct str){ text, n }, SIP_DATAGRAM, &msg), SIP_SCAN_MESSAGE);
	assert_int_equal(msg.flaws, 0);
	assert_int_equal(msg.head, 100000);
	assert_int_equal(msg.body.n, 200000);
	free(text);
}

/* Values made to be searched again and again cost no more than others: the test
 * would take minutes if they did. */
static void
test_hostile(void **state)
{
	static const char *const units[] = {
		";x=\"\\", "\"\\", "<", ";", ",\"", "\\\"", "=\"", "\r\n ", "\r", "\"<",
	};
	static const char *const names[] = { "f:", "v:SIP/2.0/UDP h", "f:<sip:a@h>", "m:", "c:multipart/x" };
	size_t n = 1000000;
	char *text = malloc(n);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(units) * ARRAY_SIZE(names); i++) {
		const char *unit = units[i % ARRAY_SIZE(units)];
		const char *name = names[i / ARRAY_SIZE(units)];
		size_t length = strlen(unit), at;
		struct sip_scan msg;

		at = (size_t)snprintf(text, n, "BYE sip:h SIP/2.0\r\n%s", name);
		for (size_t j = 0; at + j < n; j++)
			text[at + j] = unit[j % length];
		memcpy(text + n - 4, "\r\n\r\n", 4);
		assert_int_equal(sip_scan((struct str){ text, n }, SIP_DATAGRAM, &msg),
				 SIP_SCAN_MESSAGE);
		sip_check(&msg, (struct str){ text, n });
	}
	free(text);
}

struct branch_case {
	const char *via, *branch;
};

static const struct branch_case branch_cases[] = {
	{ "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-1;rport", "z9hG4bK-1" },
	{ "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-1", "z9hG4bK-1" },
	{ "SIP/2.0/UDP h;BRANCH=z9hG4bK-314fc3660f91543d314fc3660f91543d314fc3660f91543d;rport",
	  "z9hG4bK-314fc3660f91543d314fc3660f91543d314fc3660f91543d" },
	{ "SIP/2.0/UDP h;rport;branch=a", "a" },
	{ "SIP/2.0/UDP h;branch=a, SIP/2.0/UDP i;branch=b", "a" },
	{ "SIP/2.0/UDP h;branch=a;x=y, SIP/2.0/UDP i;branch=b", "a" },
	{ "SIP/2.0/UDP h, SIP/2.0/UDP i;branch=b", "" },
	{ "SIP/2.0/UDP h;x=\"a,b;branch=no\";branch=a", "a" },
	{ "SIP/2.0/UDP h;branch=\"a,b\";x", "\"a,b\"" },
	{ "SIP/2.0/UDP h; branch=a ;x", "a" },
	{ "SIP/2.0/UDP h;branch= a", "a" },
	{ "SIP/2.0/UDP h;branch=a \t;x", "a" },
	{ "SIP/2.0/UDP h;branch=;x=y", "" },
	{ "SIP/2.0/UDP h;branch=", "" },
	{ "SIP/2.0/UDP h;branch", "" },
	{ "SIP/2.0/UDP h;branchx=a;branch=b", "b" },
	{ "SIP/2.0/UDP h;xbranch=a", "" },
	{ "SIP/2.0/UDP h", "" },
	{ ";branch=a", "a" },
};

static void
test_branches(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(branch_cases); i++) {
		const struct branch_case *c = &branch_cases[i / 2];
		struct sip_scan msg;
		char text[512];
		int n = snprintf(text, sizeof(text), "BYE sip:h SIP/2.0\r\nVia: %s\r\n%s\r\n",
				 c->via, i % 2 ? BEHIND : "");

		assert_int_equal(sip_scan((struct str){ text, (size_t)n }, SIP_DATAGRAM, &msg),
				 SIP_SCAN_MESSAGE);
		assert_str(msg.via, c->via);
		assert_str(msg.branch, c->branch);
	}
}

struct line_case {
	const char *line;
	bool good;
};

/* Headers that are not looked into: nothing but their form is told. */
static const struct line_case line_cases[] = {
	{ "Allow: INVITE", true },
	{ "aLLOW:INVITE", true },
	{ "Allow : INVITE", true },
	{ "Allow", false },
	{ "Allow-Events: x", true },
	{ "Allo\xd7: x", false },
	{ "Supported: x", true },
	{ "Server:", true },
	{ "Server x: y", false },
	{ "Session-Expires: 1", true },
	{ "Session\rExpires: 1", false },
	{ "User-Agent: x", true },
	{ "USER-AGENT: x", true },
	{ "User\rAgent: x", false },
	{ "User Agent: x", false },
	{ "Route: <sip:h;lr>", true },
	{ "Record-Route: <sip:h;lr>", true },
	{ "Record\rRoute: <sip:h;lr>", false },
	{ "Record-Routes: x", true },
	{ "P-Asserted-Identity: <sip:h>", true },
	{ "P-Asserted\rIdentity: <sip:h>", false },
	{ "P\rAsserted-Identity: <sip:h>", false },
	{ "P-Charging-Vector: x", true },
	{ "P-Charging-Function-Addresses-And-Yet-More: x", true },
	{ "X-Other: x", true },
	{ "X Other: x", false },
	{ "x", false },
	{ ":", false },
	{ ": x", false },
	{ "\"x\": y", false },
	{ "s:x", true },
	{ "k: x ", true },
};

static void
test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(line_cases); i++) {
		const struct line_case *c = &line_cases[i / 2];
		struct sip_scan msg;
		char text[512];
		int n = snprintf(text, sizeof(text), "BYE sip:h SIP/2.0\r\n%s\r\n%s\r\n",
				 c->line, i % 2 ? BEHIND BEHIND : "");

		assert_int_equal(sip_scan((struct str){ text, (size_t)n }, SIP_DATAGRAM, &msg),
				 SIP_SCAN_MESSAGE);
		if (!(msg.flaws & SIP_FLAW_HEADER) != c->good)
			fail_msg("%s: flaws %x", c->line, msg.flaws);
	}
}

/* What is odd in a line says nothing of those far behind it. */
static void
test_text_behind(void **state)
{
	static const char *const lines[] = { "x\r\n", "i:\n", "Subject: x\r\n y\r\n", "l: 0 \r\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct sip_scan msg;
		char text[2048];
		int n = snprintf(text, sizeof(text),
				 "BYE sip:h SIP/2.0\r\n%sX: %01000d\r\nY: \xe9\r\n\r\n", lines[i], 0);

		assert_int_equal(sip_scan((struct str){ text, (size_t)n }, SIP_DATAGRAM, &msg),
				 SIP_SCAN_MESSAGE);
		assert_true(msg.flaws & SIP_FLAW_UTF8);
	}
}

/* Any other name is another method. */
static void
test_methods_near(struct str name)
{
	char text[32];

	memcpy(text, name.p, name.n);
	text[name.n] = 'X';
	assert_int_equal(sip_method_find((struct str){ text, name.n + 1 }), SIP_METHOD_OTHER);
	assert_int_equal(sip_method_find((struct str){ text, name.n - 1 }), SIP_METHOD_OTHER);
	for (size_t i = 0; i < name.n; i++) {
		text[i] ^= 0x20;
		assert_int_equal(sip_method_find((struct str){ text, name.n }), SIP_METHOD_OTHER);
		text[i] ^= 0x20;
	}
}

static void
test_methods(void **state)
{
	(void)state;
	for (unsigned m = SIP_METHOD_NONE + 1; m < SIP_METHOD_OTHER; m++) {
		assert_int_equal(sip_method_find(sip_method_name((enum sip_method)m)), m);
		test_methods_near(sip_method_name((enum sip_method)m));
	}
	assert_int_equal(sip_method_find(STR("")), SIP_METHOD_NONE);
	assert_int_equal(sip_method_find(STR("INVITEX")), SIP_METHOD_OTHER);
	assert_int_equal(sip_method_name(SIP_METHOD_OTHER).n, 0);
	for (unsigned i = 0; i < SIP_FLAW_COUNT; i++)
		assert_non_null(sip_flaw_defs[i].name);
}

static void
test_use_plain(void **state)
{
	(void)state;
	sip_scan_use_plain(true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_lines), cmocka_unit_test(test_full),
		cmocka_unit_test(test_odd_headers), cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_flaws),       cmocka_unit_test(test_nul),
		cmocka_unit_test(test_line_ends),   cmocka_unit_test(test_sdp),
		cmocka_unit_test(test_sdp_without_type),
		cmocka_unit_test(test_several),     cmocka_unit_test(test_stream),
		cmocka_unit_test(test_every_cut),   cmocka_unit_test(test_large),
		cmocka_unit_test(test_methods),     cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_branches),    cmocka_unit_test(test_lines),
		cmocka_unit_test(test_text_behind),
		/* The same by what any machine can. */
		cmocka_unit_test(test_use_plain),
		cmocka_unit_test(test_start_lines), cmocka_unit_test(test_full),
		cmocka_unit_test(test_odd_headers), cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_flaws),       cmocka_unit_test(test_nul),
		cmocka_unit_test(test_line_ends),   cmocka_unit_test(test_sdp),
		cmocka_unit_test(test_sdp_without_type),
		cmocka_unit_test(test_several),     cmocka_unit_test(test_stream),
		cmocka_unit_test(test_every_cut),   cmocka_unit_test(test_large),
		cmocka_unit_test(test_branches),    cmocka_unit_test(test_lines),
		cmocka_unit_test(test_text_behind),
	};

	return cmocka_run_group_tests_name("sip_scan", tests, NULL, NULL);
}
