#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sip/address.h"
#include "sip/auth.h"
#include "sip/check.h"
#include "sip/cseq.h"
#include "sip/event.h"
#include "sip/header.h"
#include "sip/keepalive.h"
#include "sip/reason.h"
#include "sip/status.h"
#include "sip/type.h"
#include "sip/via.h"

#define assert_str(s, text) \
	do { \
		struct str got_ = (s), want_ = str_of(text); \
		if (!str_eq(got_, want_)) \
			fail_msg("%s is \"%.*s\", not \"%s\"", #s, STR_ARG(got_), (text)); \
	} while (0)

static void
test_header_walk(void **state)
{
	static const char text[] =
		"\r\nINVITE sip:h SIP/2.0\r\nv: a\r\n b\r\nSUBJECT : x : y\r\nX-New:z\r\n"
		"no colon\r\n: nothing\r\nl:1\r\n\r\nbody";
	static const struct {
		const char *name, *value;
		enum sip_header_id id;
		bool bad;
	} want[] = {
		{ "v", "a\r\n b", SIP_HEADER_VIA, false },
		{ "SUBJECT", "x : y", SIP_HEADER_SUBJECT, false },
		{ "X-New", "z", SIP_HEADER_OTHER, false },
		{ "", "no colon", SIP_HEADER_OTHER, true },
		{ "", "nothing", SIP_HEADER_OTHER, true },
		{ "l", "1", SIP_HEADER_CONTENT_LENGTH, false },
	};
	struct sip_headers headers;
	struct sip_header header;

	(void)state;
	sip_headers_of(STR(text), &headers);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_true(sip_header_next(&headers, &header));
		assert_str(header.name, want[i].name);
		assert_str(header.value, want[i].value);
		assert_int_equal(header.id, want[i].id);
		assert_int_equal(header.bad, want[i].bad);
	}
	assert_false(sip_header_next(&headers, &header));
	assert_str(headers.rest, "body");
}

static void
test_header_table(void **state)
{
	(void)state;
	for (unsigned i = SIP_HEADER_OTHER + 1; i < SIP_HEADER_COUNT; i++) {
		const struct sip_header_def *def = &sip_header_defs[i];

		assert_int_equal(sip_header_find(def->name), i);
		if (def->compact)
			assert_int_equal(sip_header_find((struct str){ &def->compact, 1 }), i);
	}
	assert_int_equal(sip_header_find(STR("call-id")), SIP_HEADER_CALL_ID);
	assert_int_equal(sip_header_find(STR("V")), SIP_HEADER_VIA);
	assert_int_equal(sip_header_find(STR("")), SIP_HEADER_OTHER);
	assert_int_equal(sip_header_find(STR("q")), SIP_HEADER_OTHER);
}

struct uri_case {
	const char *text;
	bool good;
	enum sip_uri_kind kind;
	const char *user, *password, *host;
	unsigned port;
	const char *params, *headers;
};

static const struct uri_case uri_cases[] = {
	{ "sip:h", true, SIP_URI_SIP, "", "", "h", 0, "", "" },
	{ "sip:a@h", true, SIP_URI_SIP, "a", "", "h", 0, "", "" },
	{ "SIPS:a:b@h:5061;x;y=z?s=t&u=", true, SIP_URI_SIPS, "a", "b", "h", 5061, ";x;y=z", "s=t&u=" },
	{ "sip:+1;ext=2@h", true, SIP_URI_SIP, "+1;ext=2", "", "h", 0, "", "" },
	{ "sip:a@[2001:db8::1]:7", true, SIP_URI_SIP, "a", "", "2001:db8::1", 7, "", "" },
	{ "sip:[::1]", true, SIP_URI_SIP, "", "", "::1", 0, "", "" },
	{ "sip:192.0.2.1:65535", true, SIP_URI_SIP, "", "", "192.0.2.1", 65535, "", "" },
	{ "sip:a@h;transport=%74cp", true, SIP_URI_SIP, "a", "", "h", 0, ";transport=%74cp", "" },
	{ "tel:+1-201-555;phone-context=x", true, SIP_URI_TEL, "+1-201-555", "", "", 0,
	  ";phone-context=x", "" },
	{ "tel:*21#", true, SIP_URI_TEL, "*21#", "", "", 0, "", "" },
	{ "im:a@h", true, SIP_URI_MAIL, "a", "", "h", 0, "", "" },
	{ "urn:service:sos", true, SIP_URI_URN, "", "", "", 0, "", "" },
	{ "x.y://any", true, SIP_URI_OTHER, "", "", "", 0, "", "" },
	/* Broken, and read as far as they go. */
	{ "", false, SIP_URI_NONE, "", "", "", 0, "", "" },
	{ "a@h", false, SIP_URI_NONE, "a", "", "h", 0, "", "" },
	{ "sip:", false, SIP_URI_SIP, "", "", "", 0, "", "" },
	{ "sip:@h", false, SIP_URI_SIP, "", "", "h", 0, "", "" },
	{ "sip:;x=@h", true, SIP_URI_SIP, ";x=", "", "h", 0, "", "" },
	{ "sip:a@", false, SIP_URI_SIP, "a", "", "", 0, "", "" },
	{ "sip:a b@h", false, SIP_URI_SIP, "a b", "", "h", 0, "", "" },
	{ "sip:a%zz@h", false, SIP_URI_SIP, "a%zz", "", "h", 0, "", "" },
	{ "sip:a%4@h", false, SIP_URI_SIP, "a%4", "", "h", 0, "", "" },
	{ "sip:a@h:70000", false, SIP_URI_SIP, "a", "", "h", 0, "", "" },
	{ "sip:a@h:", false, SIP_URI_SIP, "a", "", "h", 0, "", "" },
	{ "sip:a@h;;x", false, SIP_URI_SIP, "a", "", "h", 0, ";;x", "" },
	{ "sip:a@h?", false, SIP_URI_SIP, "a", "", "h", 0, "", "" },
	{ "sip:a@[2001:db8::1", false, SIP_URI_SIP, "a", "", "2001:db8::1", 0, "", "" },
	{ "sip:2001:db8::10", false, SIP_URI_SIP, "", "", "2001:db8::10", 0, "", "" },
	{ "sip:a@[2001:db8:::1]", false, SIP_URI_SIP, "a", "", "2001:db8:::1", 0, "", "" },
	{ "tel:", false, SIP_URI_TEL, "", "", "", 0, "", "" },
	{ "tel:1+2", false, SIP_URI_TEL, "1+2", "", "", 0, "", "" },
	{ "im:a", false, SIP_URI_MAIL, "", "", "", 0, "", "" },
	{ "urn:a b", false, SIP_URI_URN, "", "", "", 0, "", "" },
};

static void
test_uris(void **state)
{
	struct buf b = BUF_INIT;
	struct str headers = STR("a=b%20c&d"), name, value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(uri_cases); i++) {
		const struct uri_case *c = &uri_cases[i];
		struct sip_uri uri;

		if (sip_uri_parse(str_of(c->text), &uri) != c->good || uri.kind != c->kind)
			fail_msg("%s: kind %u", c->text, uri.kind);
		assert_str(uri.user, c->user);
		assert_str(uri.password, c->password);
		assert_str(uri.host.name, c->host);
		assert_int_equal(uri.host.port, c->port);
		assert_str(uri.params, c->params);
		assert_str(uri.headers, c->headers);
	}
	assert_true(sip_uri_header_next(&headers, &name, &value));
	assert_str(name, "a");
	sip_unescape_add(&b, value);
	assert_str(buf_str(&b), "b c");
	assert_true(sip_uri_header_next(&headers, &name, &value));
	assert_null(value.p);
	assert_false(sip_uri_header_next(&headers, &name, &value));
	buf_clear(&b);
	sip_unescape_add(&b, STR("%zz%4"));
	assert_str(buf_str(&b), "%zz%4");
	buf_release(&b);
}

static void
test_addresses(void **state)
{
	struct str rest = STR("\"A, \\\"<b>\" <sip:a@h,i>;q=1 , Plain Name<sip:b@h>,sip:c@h;x=\"1,2\","
			      "*, ,\"open <sip:d@h>, <sip:f@h>");
	static const struct {
		const char *display, *uri, *params;
		bool bad;
	} want[] = {
		{ "A, \\\"<b>\\\"", "sip:a@h,i", ";q=1", false },
		{ "Plain Name", "sip:b@h", "", false },
		{ "", "sip:c@h", ";x=\"1,2\"", false },
		{ "", "*", "", false },
		{ "", "", "", true },
		{ "open", "sip:d@h", ", <sip:f@h>", true },
	};
	struct sip_address a;
	struct buf b = BUF_INIT;
	struct str value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_true(sip_address_next(&rest, &a));
		if (i > 0)
			assert_str(a.display, want[i].display);
		assert_str(a.uri, want[i].uri);
		assert_str(a.params, want[i].params);
		assert_int_equal(a.bad, want[i].bad);
	}
	assert_false(sip_address_next(&rest, &a));
	sip_address_parse(STR("\"a\\\"b\\\\\" <sip:h>;X = \" y \";z"), &a);
	sip_quoted_add(&b, a.display);
	assert_str(buf_str(&b), "a\"b\\");
	buf_release(&b);
	assert_true(sip_param_find(a.params, STR("x"), &value));
	assert_str(value, " y ");
	assert_true(sip_param_find(a.params, STR("Z"), &value));
	assert_false(sip_param_find(a.params, STR("w"), &value));
	assert_false(sip_address_parse(STR("<sip:e@h;p=1"), &a));
	assert_str(a.uri, "sip:e@h");
	assert_str(a.params, ";p=1");
	assert_false(sip_address_parse(STR("sip:a@h?x=y"), &a));
	assert_false(sip_address_parse(STR("Bad, Name <sip:a@h>"), &a));
	assert_false(sip_address_parse(STR("<sip:a@h>;;"), &a));
}

static void
test_vias(void **state)
{
	struct str rest = STR("SIP/2.0/UDP h:5060;rport;branch=z9hG4bK1;received=192.0.2.1 ,"
			      " SIP / 2.0 / WSS [2001:db8::1] : 7;rport=9;maddr=[::1];ttl=3"
			      ";received=2001:db8::9");
	static const char *const bad[] = {
		"", "SIP", "SIP/2.0", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0/UDP h;;",
		"SIP/2.0/UDP h x", "SIP/2.0/UDP h:x", "SIP/2.0/UDP h;branch=", "UDP h",
		"SIP/2.0/UDP h;branch=z9hG4bK", "SIP/2.0/UDP h;received=nowhere",
		"SIP/2.0/UDP h;ttl=300", "SIP/2.0/UDP 2001:db8::1;branch=z9hG4bKx",
	};
	struct sip_via via;

	(void)state;
	assert_true(sip_via_next(&rest, &via));
	assert_false(via.bad);
	assert_str(via.protocol, "SIP");
	assert_str(via.transport, "UDP");
	assert_str(via.sent_by.name, "h");
	assert_int_equal(via.sent_by.port, 5060);
	assert_true(via.has_rport);
	assert_str(via.branch, "z9hG4bK1");
	assert_str(via.received, "192.0.2.1");
	assert_true(sip_via_next(&rest, &via));
	assert_false(via.bad);
	assert_str(via.version, "2.0");
	assert_str(via.sent_by.name, "2001:db8::1");
	assert_int_equal(via.sent_by.kind, SIP_HOST_IP6);
	assert_int_equal(via.sent_by.port, 7);
	assert_str(via.rport, "9");
	assert_str(via.maddr, "::1");
	assert_str(via.ttl, "3");
	assert_str(via.received, "2001:db8::9");
	assert_false(sip_via_next(&rest, &via));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (sip_via_parse(str_of(bad[i]), &via))
			fail_msg("\"%s\" parses", bad[i]);
}

static void
test_numbers(void **state)
{
	struct sip_cseq cseq;
	struct sip_rack rack;
	struct sip_seconds s;

	(void)state;
	assert_true(sip_cseq_parse(STR("2147483647 \r\n INVITE"), &cseq));
	assert_int_equal(cseq.number, INT32_MAX);
	assert_int_equal(cseq.method, SIP_METHOD_INVITE);
	assert_false(sip_cseq_parse(STR("2147483648 INVITE"), &cseq));
	assert_false(sip_cseq_parse(STR("1INVITE"), &cseq));
	assert_false(sip_cseq_parse(STR("1"), &cseq));
	assert_false(sip_cseq_parse(STR(""), &cseq));
	assert_false(sip_cseq_parse(STR("99999999999 BYE"), &cseq));
	assert_str(cseq.method_text, "BYE");
	assert_true(sip_rack_parse(STR("776656 1 INVITE"), &rack));
	assert_int_equal(rack.rseq, 776656);
	assert_int_equal(rack.cseq.number, 1);
	assert_false(sip_rack_parse(STR("1 INVITE"), &rack));
	assert_true(sip_seconds_parse(STR("1800;refresher=uac"), &s));
	assert_int_equal(s.seconds, 1800);
	assert_str(s.refresher, "uac");
	assert_true(sip_seconds_parse(STR("120 (back (very) soon);duration=60"), &s));
	assert_str(s.comment, "back (very) soon");
	assert_str(s.params, ";duration=60");
	assert_false(sip_seconds_parse(STR("soon"), &s));
	assert_false(sip_seconds_parse(STR("5 (open"), &s));
}

static void
test_reasons(void **state)
{
	struct str rest = STR("Q.850;cause=16;text=\"a, b; c\" , SIP ;text=x;cause=no, ;cause=1");
	struct str warnings = STR("399 h:1 \"a \\\"b\\\", c\",1812 x \"y\", 300, 301 z open");
	struct sip_reason r;
	struct sip_warning w;

	(void)state;
	assert_true(sip_reason_next(&rest, &r));
	assert_str(r.protocol, "Q.850");
	assert_true(r.has_cause && !r.bad);
	assert_int_equal(r.cause, 16);
	assert_str(r.text, "a, b; c");
	assert_true(sip_reason_next(&rest, &r));
	assert_true(r.bad && !r.has_cause);
	assert_str(r.text, "x");
	assert_true(sip_reason_next(&rest, &r));
	assert_true(r.bad);
	assert_false(sip_reason_next(&rest, &r));

	assert_true(sip_warning_next(&warnings, &w));
	assert_false(w.bad);
	assert_int_equal(w.code, 399);
	assert_str(w.agent, "h:1");
	assert_str(w.text, "a \\\"b\\\", c");
	for (int i = 0; i < 3; i++) {
		assert_true(sip_warning_next(&warnings, &w));
		assert_true(w.bad);
	}
	assert_false(sip_warning_next(&warnings, &w));
}

static void
test_auth(void **state)
{
	struct sip_auth a;

	(void)state;
	assert_true(sip_auth_parse(STR("Digest realm=\"a, b\" , nonce=\"n\",\r\n stale=TRUE, qop=auth,"
				       "algorithm=SHA-256,nc=00000001,username=\"u\\\"v\",uri=\"sip:h\","
				       "response=\"r\",opaque=\"\",cnonce=\"c\""), &a));
	assert_str(a.realm, "a, b");
	assert_str(a.nonce, "n");
	assert_true(a.stale);
	assert_str(a.qop, "auth");
	assert_str(a.algorithm, "SHA-256");
	assert_str(a.nc, "00000001");
	assert_str(a.username, "u\\\"v");
	assert_str(a.uri, "sip:h");
	assert_non_null(a.opaque.p);
	assert_null(a.domain.p);
	assert_true(sip_auth_parse(STR("Bearer abc.def=="), &a));
	assert_true(sip_auth_parse(STR("Other k=v"), &a));
	assert_false(sip_auth_parse(STR("Digest realm=\"open, nonce=x"), &a));
	assert_false(sip_auth_parse(STR("Digest"), &a));
	assert_false(sip_auth_parse(STR(""), &a));
}

static void
test_events(void **state)
{
	struct sip_event e;
	struct sip_subscription s;

	(void)state;
	assert_true(sip_event_parse(STR("dialog.winfo;id=7"), &e));
	assert_str(e.package, "dialog.winfo");
	assert_str(e.id, "7");
	assert_false(sip_event_parse(STR(""), &e));
	assert_true(sip_subscription_parse(STR("terminated;reason=timeout;retry-after=5"), &s));
	assert_str(s.state, "terminated");
	assert_str(s.reason, "timeout");
	assert_true(s.has_retry_after && s.retry_after_s == 5 && !s.has_expires);
	assert_false(sip_subscription_parse(STR("active;expires=x"), &s));
}

static const char nested[] =
	"preamble\r\n--a\r\nContent-Type: multipart/alternative; boundary=\"b c\"\r\n\r\n"
	"--b c\r\n\r\nplain\r\n--b c \r\nc:application/sdp\r\nContent-ID: <1>\r\n\r\nv=0\r\n\r\n"
	"--b c--\r\nend of inner\r\n--a\r\nContent-Type: application/isup\r\n"
	"Content-Disposition: signal\r\n\r\n\1\2--a\r\n--ab\r\n\r\n--a--\r\nend";

static void
test_multipart(void **state)
{
	static const struct {
		unsigned depth;
		const char *type, *body;
	} want[] = {
		{ 0, "multipart/alternative; boundary=\"b c\"", NULL },
		{ 1, "", "plain" },
		{ 1, "application/sdp", "v=0\r\n" },
		{ 0, "application/isup", "\1\2--a\r\n--ab\r\n" },
	};
	struct sip_parts parts;
	struct sip_part part;
	struct sip_type type;
	struct str sdp;

	(void)state;
	assert_true(sip_type_parse(STR("Multipart / mixed ; boundary=a"), &type));
	sip_parts_of(&type, STR(nested), &parts);
	assert_false(parts.bad);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_true(sip_part_next(&parts, &part));
		assert_int_equal(part.depth, want[i].depth);
		assert_str(part.content_type, want[i].type);
		if (want[i].body)
			assert_str(part.body, want[i].body);
		assert_false(part.cut);
	}
	assert_str(part.disposition, "signal");
	assert_false(sip_part_next(&parts, &part));
	assert_true(sip_body_sdp(STR("multipart/mixed;boundary=a"), STR(nested), &sdp));
	assert_str(sdp, "v=0\r\n");
	assert_true(sip_body_sdp(STR("application/SDP;x=y"), STR("v=0"), &sdp));
	assert_false(sip_body_sdp(STR("text/plain"), STR("v=0"), &sdp));
	assert_false(sip_body_sdp(STR("multipart/mixed;boundary=a"),
				  STR("--a\r\n\r\nv=0\r\n--a--\r\n"), &sdp));
	assert_false(sip_body_sdp(STR("application/sdp"), STR(""), &sdp));
	assert_false(sip_type_parse(STR("application"), &type));
	assert_false(sip_type_parse(STR("/sdp"), &type));
	sip_type_parse(STR("multipart/mixed"), &type);
	sip_parts_of(&type, STR("--\r\n"), &parts);
	assert_true(parts.bad);
	assert_false(sip_part_next(&parts, &part));
}

static void
test_status(void **state)
{
	(void)state;
	assert_str(sip_status_phrase(486), "Busy Here");
	assert_null(sip_status_phrase(299).p);
	assert_int_equal(sip_status_class(699), 6);
	assert_int_equal(sip_status_class(700), 0);
	assert_str(sip_status_class_name(4), "request failure");
	assert_null(sip_status_class_name(0).p);
	assert_null(sip_status_class_name(7).p);
}

static void
test_keepalive(void **state)
{
	static const char stun[] = "\0\1\0\4\x21\x12\xa4\x42" "0123456789ab" "\0\0\0\0";

	(void)state;
	assert_int_equal(sip_keepalive(STR("\r\n\r\n")), SIP_KEEPALIVE_CRLF);
	assert_int_equal(sip_keepalive(STR("\0\0\0\0")), SIP_KEEPALIVE_NUL);
	assert_int_equal(sip_keepalive(STR("\0\0\0\0\0")), SIP_KEEPALIVE_NONE);
	assert_int_equal(sip_keepalive(STR(stun)), SIP_KEEPALIVE_STUN);
	assert_int_equal(sip_keepalive(str_sub(STR(stun), 0, 20)), SIP_KEEPALIVE_NONE);
	assert_int_equal(sip_keepalive(STR("")), SIP_KEEPALIVE_NONE);
	assert_int_equal(sip_keepalive(STR("\r\nx")), SIP_KEEPALIVE_NONE);
}

static void
test_check_header(void **state)
{
	static const struct {
		enum sip_header_id id;
		const char *value;
		uint32_t flaw;
	} cases[] = {
		{ SIP_HEADER_DATE, "Sat, 13 Nov 2027 23:29:00 GMT", 0 },
		{ SIP_HEADER_DATE, "Sat, 13 Nov 2027 23:29:00 UTC", SIP_FLAW_VALUE },
		{ SIP_HEADER_DATE, "Sun, 13 Foo 2027 23:29:00 GMT", SIP_FLAW_VALUE },
		{ SIP_HEADER_ROUTE, "<sip:h;lr>, <sip:i;lr>", 0 },
		{ SIP_HEADER_ROUTE, "<sip:h;lr>,,<sip:i;lr>", SIP_FLAW_VALUE },
		{ SIP_HEADER_CONTACT, "*", 0 },
		{ SIP_HEADER_FROM, "*", SIP_FLAW_FROM },
		{ SIP_HEADER_ALLOW, "", 0 },
		{ SIP_HEADER_ALLOW, "INVITE,,ACK", SIP_FLAW_VALUE },
		{ SIP_HEADER_ALERT_INFO, "<http://h/x.wav>", 0 },
		{ SIP_HEADER_ALERT_INFO, "http://h/x.wav", SIP_FLAW_VALUE },
		{ SIP_HEADER_CONTENT_LENGTH, "-1", SIP_FLAW_LENGTH_BAD },
		{ SIP_HEADER_OTHER, "anything", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (sip_check_header(cases[i].id, str_of(cases[i].value)) != cases[i].flaw)
			fail_msg("%s", cases[i].value);
}

/* Every parser over every prefix of every value, in exact-size heap copies. */
static void
parse_all(struct str in)
{
	struct sip_parts parts;
	struct sip_part part;
	struct sip_type type;
	struct sip_uri uri;
	struct str sdp;

	for (unsigned id = 0; id < SIP_HEADER_COUNT; id++)
		sip_check_header(id, in);
	sip_uri_parse(in, &uri);
	sip_type_parse(in, &type);
	type.boundary = STR("a");
	type.type = STR("multipart");
	sip_parts_of(&type, in, &parts);
	while (sip_part_next(&parts, &part))
		sip_body_sdp(part.content_type, part.body, &sdp);
	sip_keepalive(in);
}

static void
test_every_cut(void **state)
{
	static const char *const values[] = {
		nested,
		"\"a\\\"b\" <sip:%41:p%20@[2001:db8::1]:5060;x=y?a=b&c=d>;q=\"1\\\"\";z",
		"SIP / 2.0 / UDP [::1] : 5 ; branch = z9 ; received=[::1],SIP/2.0/TCP h;rport=",
		"Digest realm=\"a\\\"\",nonce=b , stale=true,x=\"",
		"Q.850;cause=16;text=\"a\\\"\",399 h \"x\\\"y\"",
		"120 (a(b)\\)c);refresher=uac",
		"776656 1 \r\n INVITE",
		"tel:+1-201-555;phone-context=+1",
		"Sat, 13 Nov 2027 23:29:00 GMT",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		size_t length = strlen(values[i]);

		for (size_t n = 0; n <= length; n++) {
			char *copy = malloc(n > 0 ? n : 1);

			memcpy(copy, values[i], n);
			parse_all((struct str){ copy, n });
			free(copy);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header_walk), cmocka_unit_test(test_header_table),
		cmocka_unit_test(test_uris),	    cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_vias),	    cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_reasons),	    cmocka_unit_test(test_auth),
		cmocka_unit_test(test_events),	    cmocka_unit_test(test_multipart),
		cmocka_unit_test(test_status),	    cmocka_unit_test(test_keepalive),
		cmocka_unit_test(test_check_header), cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests_name("sip_headers", tests, NULL, NULL);
}
