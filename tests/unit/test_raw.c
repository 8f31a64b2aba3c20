#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "query/search.h"
#include "views/raw_lines.h"
#include "views/raw_search.h"
#include "views/syntax.h"
#include "views_setup.h"

static const char *
run(struct fixture *f, const char *script)
{
	if (f->stack.count == 0)
		stack_open(&f->stack, &view_raw_ops,
			   &(struct raw_subject){ .message = MESSAGE_NONE });
	return shots(&f->stack, false, script, &f->screens);
}

static void
add(struct fixture *f, double ms, struct str bytes)
{
	sip_store_add(&f->sip, ms, "192.0.2.1:5060", "192.0.2.2:5060", bytes, 0);
}

#define HEAD	"INVITE sip:bob@b.test SIP/2.0\r\n" \
		"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n" \
		"From: <sip:alice@a.test>;tag=1\r\nTo: <sip:bob@b.test>\r\n" \
		"Call-ID: one@test\r\nCSeq: 1 INVITE\r\n"

/* ---- colours ---- */

static void
colours(void **state)
{
	static const struct {
		enum message_line_kind kind;
		const char *line, *roles;	/* role_letter() of each byte */
	} t[] = {
		{ MESSAGE_LINE_START, "BYE sip:b@h SIP/2.0", "SSSSuuuuUuuSSSSSSSS" },
		{ MESSAGE_LINE_START, "BYE", "SSS" },
		{ MESSAGE_LINE_START, "SIP/2.0 180 Ringing", "SSSSSSS111111111111" },
		{ MESSAGE_LINE_START, "SIP/2.0 404 No", "SSSSSSS4444444" },
		{ MESSAGE_LINE_START, "SIP/2.0 999 No", "SSSSSSSSSSSSSS" },
		{ MESSAGE_LINE_START, "SIP/2.0", "SSSSSSS" },
		{ MESSAGE_LINE_HEADER, "To: <sip:h>;tag=a;b", "NNNvvuuuuuvvvvvvGvv" },
		{ MESSAGE_LINE_HEADER, "t: sips:u:p@h,<tel:1;x>", "NNvuuuuuUUUuuvvuuuuUuuv" },
		{ MESSAGE_LINE_HEADER, "Via: x;branch=z, y ;tag=", "NNNNvvvvvvvvvvBvvvvvvvvv" },
		{ MESSAGE_LINE_HEADER, "Replaces: a;to-tag=b", "NNNNNNNNNvvvvvvvvvvG" },
		{ MESSAGE_LINE_HEADER, "X: stag=1;xtag=2", "NNvvvvvvvvvvvvvv" },
		{ MESSAGE_LINE_HEADER, "i: a@b", "NNIIII" },
		{ MESSAGE_LINE_HEADER, "CALL-ID : a", "NNNNNNNNNII" },
		{ MESSAGE_LINE_HEADER, "no colon", "vvvvvvvv" },
		{ MESSAGE_LINE_FOLD, " <sip:a@b>", "vvuuuuUuuv" },
		{ MESSAGE_LINE_BODY, "a=b sip:c", "yyDDDDDDD" },
		{ MESSAGE_LINE_BODY, "text", "...." },
		{ MESSAGE_LINE_PART, "  tag: 1", "ppppppGG" },
		{ MESSAGE_LINE_PART, "  lr", "pppp" },
		{ MESSAGE_LINE_HEX, "00  41 42 |AB|", "dd........NNNN" },
		{ MESSAGE_LINE_BLANK, "", "" },
	};
	struct syntax syntax;
	size_t from, to;
	enum role role;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct buf b = BUF_INIT;

		syntax_start(&syntax, t[i].kind, str_of(t[i].line));
		while (syntax_next(&syntax, &from, &to, &role)) {
			assert_int_equal(from, b.n);
			buf_add_chars(&b, role_letter(role), to - from);
		}
		if (strcmp(buf_cstr(&b), t[i].roles) != 0)
			fail_msg("%s\n%s\n%s", t[i].line, buf_cstr(&b), t[i].roles);
		buf_release(&b);
	}
}

/* ---- searching ---- */

static void
finding(void **state)
{
	static const struct { const char *text, *line; size_t at, end; bool why; } t[] = {
		{ "b", "aBc", 1, 2, false },
		{ "ÄÖ", "xäöy", 1, 5, false },
		{ "/b+/", "aBbc", 1, 3, false },
		{ "/^b/", "ab", SIZE_MAX, 0, false },
		{ "/x*/", "abxx", 2, 4, false },
		{ "/x*/", "ab", SIZE_MAX, 0, false },
		{ "/(/", "a/(/", 1, 4, true },
		{ "//", "a//", 1, 3, false },
		{ "/", "a/", 1, 2, false },
		{ "a.c", "abca.c", 3, 6, false },
		{ "x", "\xff\xfex", 2, 3, false },
		{ "ä", "\xff\xfe\xc3\xa4", 2, 4, false },
	};
	struct err why;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct search *s = search_new(str_of(t[i].text), &why);
		size_t at = 0, end = 0;
		bool found;

		assert_non_null(s);
		assert_int_equal(why.text[0] != '\0', t[i].why);
		found = search_find(s, str_of(t[i].line), 0, &at, &end);
		if (found != (t[i].at != SIZE_MAX) || (found && (at != t[i].at || end != t[i].end)))
			fail_msg("%s in %s: %d %zu %zu", t[i].text, t[i].line, found, at, end);
		search_free(s);
	}
	assert_null(search_new(STR(""), &why));
	search_free(NULL);
}

/* A pattern that would take for ever is given up, and counted. */
static void
bounded(void **state)
{
	struct search *s;
	struct buf line = BUF_INIT;
	struct err why;
	size_t at, end;

	(void)state;
	buf_add_chars(&line, 'a', 60);
	s = search_new(STR("/(a+)+b/"), &why);
	assert_non_null(s);
	for (int i = 0; i < 3; i++)
		search_find(s, buf_str(&line), 0, &at, &end);
	search_free(s);
	s = search_new(STR("/(?:a?){60}a{60}$x|(a|aa)+$b/"), &why);
	if (s) {
		assert_false(search_find(s, buf_str(&line), 0, &at, &end));
		assert_true(search_given_up(s) <= 1);
	}
	search_free(s);
	buf_release(&line);
}

/* ---- dumps ---- */

static void
places(void **state)
{
	(void)state;
	assert_int_equal(raw_hex_per_row(80), 16);
	assert_int_equal(raw_hex_per_row(74), 16);
	assert_int_equal(raw_hex_per_row(73), 8);
	assert_int_equal(raw_hex_byte_at(100, 16, 0), 6);
	assert_int_equal(raw_hex_byte_at(100, 16, 8), 31);
	assert_int_equal(raw_hex_text_at(100, 16, 15), 72);
	assert_int_equal(raw_hex_text_at(100, 8, 7), 38);
	assert_int_equal(raw_hex_byte_at(0x10001, 16, 0), 10);
}

/* ---- the view ---- */

static void
hostile(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add(f, 0, STR(HEAD "Subject: \x1b[31m日本語 e\xcc\x81 \xff\xe2\x80\xae\r\n"
		      "Content-Length: 0\r\n\r\n"));
	s = run(f, "/ 語\n:shot+ wide\n<Enter> w\n:shot cut\ne\n:shot parsed\nx\n:shot hex\n"
		   ":resize 40x10\n:shot small\n:resize 3x3\n:shot tiny\n/ x\n:shot asked\n"
		   ":resize 1x1\n:shot one\n:resize 2000x9\n:shot wide");
	assert_null(strchr(s, '\x1b'));
	has(s, "Subject: ␛[31m日本語 e\xcc\x81");
	has(s, "1 match");
	/* The two cells of the character alone. */
	has(s, "vvvvvvvvvvAAvv");
	has(s, "20 1b 5b 33  |");
}

static bool copies;
static struct buf copied;

static bool
clipboard(struct str bytes)
{
	buf_clear(&copied);
	buf_add_str(&copied, bytes);
	return copies;
}

static void
copying(void **state)
{
	static const char message[] = HEAD "Content-Length: 3\r\n\r\na\0b";
	struct fixture *f = *state;
	struct buf big = BUF_INIT;
	const char *s;

	add(f, 0, (struct str){ message, sizeof(message) - 1 });
	buf_add_cstr(&big, HEAD "Content-Type: text/plain\r\n\r\n");
	buf_add_chars(&big, 'x', STACK_COPY_MAX);
	add(f, 10, buf_str(&big));
	s = run(f, "y\n:shot none");
	has(s, "Clipboard: the terminal has none for the INVITE.");
	f->stack.copy = clipboard;
	copies = true;
	s = run(f, "y\n:shot first");
	has(s, "Clipboard: sent the INVITE, ");
	assert_int_equal(copied.n, sizeof(message) - 1);
	assert_memory_equal(copied.p, message, copied.n);
	s = run(f, "x y\n:shot bytes are the same");
	assert_int_equal(copied.n, sizeof(message) - 1);
	s = run(f, "x ] y\n:shot second");
	has(s, "Clipboard: too long, sent 75776 of the ");
	assert_int_equal(copied.n, STACK_COPY_MAX);
	copies = false;
	s = run(f, "y\n:shot refused");
	has(s, "has none for");
	buf_release(&big);
	buf_release(&copied);
}

/* What comes while the screen is open is searched, too. */
static void
growing(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add(f, 0, STR(HEAD "X: needle\r\n\r\n"));
	s = run(f, "/ n e e d l e <Enter>\n:shot one");
	has(s, "1/1");
	add(f, 10, STR(HEAD "X: needle needle\r\n\r\n"));
	s = run(f, ":resize 80x23\n:shot three");
	has(s, "1/3");
	s = run(f, "x\n:shot bytes");
	has(s, "1/3");
	s = run(f, "n n\n:shot last\nn\n:shot first");
	has(s, "3/3");
	has(s, "Match 1 of 3: went on at the start.");
	s = run(f, "/ <Backspace>\n:shot as it was");
	has(s, "1/3");
}

/* n goes on from what is seen, when one has scrolled away. */
static void
from_there(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add(f, 0, STR(HEAD "X: needle\r\n\r\n"));
	for (int i = 0; i < 20; i++)
		add(f, 10 + i, STR(HEAD "X: needle\r\n\r\n"));
	s = run(f, "/ n e e d l e <Enter> <End> n\n:shot last");
	has(s, " 20/21  ");
	s = run(f, "<Home> n\n:shot first\n<Home> N\n:shot around");
	has(s, " 1/21  ");
	has(s, "Match 21 of 21: went on at the end.");
	s = run(f, "<Home> <PageDown> <PageDown> <PageDown> N\n:shot up");
	has(s, " 6/21  ");
}

/* The screen may get another size while one types. */
static void
resized(void **state)
{
	struct fixture *f = *state;
	const char *s;

	for (int i = 0; i < 10; i++)
		add(f, i, STR(HEAD "X: needle\r\n\r\n"));
	run(f, ":resize 20x10\n<End>\n/ n e\n:resize 200x60\nd l e\n:resize 40x10\n<Backspace>");
	s = run(f, "<Esc>\n:shot back");
	has(s, " 100%");
	run(f, "x <End> / n\n:resize 200x20\ne e\n:resize 20x9\nd\n:resize 90x200\n<Esc>");
	run(f, "/ n e e d l e <Enter>\n:resize 20x9\nn n");
	assert_int_equal(f->stack.count, 1);
}

static void
several(void **state)
{
	const uint32_t calls[] = { 0, 1 };
	struct fixture *f = *state;
	const char *s, *second;

	sip_store_call(&f->sip, "a@test", "192.0.2.1:5060", "192.0.2.2:5060");
	sip_store_call(&f->sip, "b@test", "192.0.2.1:5060", "192.0.2.3:5060");
	stack_open(&f->stack, &view_raw_ops, &(struct raw_subject){
		.message = MESSAGE_NONE, .calls = calls, .n = 2 });
	s = run(f, ":resize 100x400\n:shot both");
	has(s, "Messages of 2 calls");
	second = strstr(s, "Call-ID: b@test");
	assert_non_null(second);
	has(s, "Call-ID: a@test");
	sip_store_say(&f->sip, 90000, "192.0.2.1:5060", "192.0.2.2:5060", &(struct sip_line){
		"OPTIONS sip:late SIP/2.0", "9 OPTIONS", "z", NULL, "a@test", NULL });
	s = run(f, ":resize 101x400\n:shot late");
	has(strstr(s, "Call-ID: b@test"), "OPTIONS sip:late");
}

static void
explained(void **state)
{
	struct fixture *f = *state;
	const char *s;

	add(f, 0, STR("INVITE sip:bob@b.test SIP/2.0\r\n"
		"v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1, SIP/2.0/TLS h;received=192.0.2.9\r\n"
		"f: \"A \\\"B\\\"\" <sip:alice:secret@[2001:db8::1]:5061;lr?Subject=x>;tag=1\r\n"
		"To: <sip:bob@b.test>\r\nCall-ID: one@test\r\nCSeq: x INVITE\r\nbroken\r\n"
		"Authorization: Digest username=\"u\",\r\n realm=\"r\"\r\n"
		"Accept: application/sdp;level=1, text/plain\r\n"
		"Content-Type: application/sdp\r\n\r\n"
		"v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=call\r\nt=0 0\r\nb=AS:64\r\n"
		"a=group:BUNDLE 0\r\n"
		"m=audio 4000 RTP/SAVPF 0 96 97\r\nc=IN IP6 2001:db8::2\r\n"
		"a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=sendonly\r\n"
		"a=rtcp-mux\r\na=maxptime:60\r\na=ice-ufrag:abcd\r\na=ice-pwd:SECRETPWD\r\n"
		"a=candidate:1 1 UDP 99 192.0.2.7 4001 typ srflx raddr 10.0.0.1 rport 9\r\n"
		"a=fingerprint:sha-256 AA:BB\r\na=setup:active\r\n"
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRETKEY\r\n"
		"m=video 0 RTP/AVP 31\r\n"));
	s = run(f, ":resize 120x200\ne\n:shot all");
	has(s, "\n! cseq: CSeq number missing, or not below 2^31");
	has(s, "\n    short for: Via\n    [1]: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\n"
	       "        transport: UDP\n");
	has(s, "        received: 192.0.2.9");
	has(s, "    name: A \"B\"\n");
	has(s, "        password: secret\n        host: 2001:db8::1\n"
	       "        port: 5061\n        lr\n"
	       "        Subject: x\n    tag: 1\n");
	has(s, "broken\n    ! header-line: ");
	has(s, "Authorization: Digest username=\"u\", realm=\"r\"\n    scheme: Digest\n"
	       "    username: u\n    realm: r\n");
	has(s, "    [1]: application/sdp;level=1\n        level: 1\n");
	has(s, "Session description, 2 media\n");
	has(s, "    bandwidth: 64 kbit/s (AS)\n    on one port (BUNDLE): 0\n");
	has(s, "  audio over RTP/SAVPF\n        address: [2001:db8::2]:4000\n");
	has(s, "        payload type 0: PCMU, 8000 Hz\n"
	       "        payload type 96: opus, 48000 Hz, 2 channels (useinbandfec=1)\n"
	       "        payload type 97: not said what it is\n");
	has(s, "        direction: only sends (sendonly): on hold\n");
	has(s, "        RTCP: on the port of RTP (rtcp-mux)\n");
	has(s, "        ICE: user abcd, password given, 1 candidate\n"
	       "            candidate: address seen by a STUN server 192.0.2.7:4001 UDP, RTP, "
	       "behind it 10.0.0.1:9, priority 99\n");
	has(s, "        DTLS: certificate with sha-256 AA:BB, setup active: this end begins\n");
	has(s, "        SDES: key 1 for AES_CM_128_HMAC_SHA1_80\n");
	has(s, "  video over RTP/AVP\n        address: port 0: rejected, or not in use\n");
	assert_null(strstr(s, "SECRET"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(colours),
		cmocka_unit_test(finding),
		cmocka_unit_test(bounded),
		cmocka_unit_test(places),
		cmocka_unit_test_setup_teardown(hostile, setup, teardown),
		cmocka_unit_test_setup_teardown(copying, setup, teardown),
		cmocka_unit_test_setup_teardown(growing, setup, teardown),
		cmocka_unit_test_setup_teardown(from_there, setup, teardown),
		cmocka_unit_test_setup_teardown(resized, setup, teardown),
		cmocka_unit_test_setup_teardown(several, setup, teardown),
		cmocka_unit_test_setup_teardown(explained, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
