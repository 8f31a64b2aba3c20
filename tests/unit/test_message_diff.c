#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/buf.h"
#include "export/message_diff.h"

/* A side: [what differs], {what differs and is volatile}. */
static void
add_side(struct buf *b, const struct message_diff *d, const struct diff_side *side)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < side->span_count; i++) {
		const struct diff_span *s = &d->spans[side->span + i];

		assert_true(s->from >= at && s->from < s->to && s->to <= side->text.n);
		buf_add_str(b, str_sub(side->text, at, s->from - at));
		buf_add_char(b, s->is_volatile ? '{' : '[');
		buf_add_str(b, str_sub(side->text, s->from, s->to - s->from));
		buf_add_char(b, s->is_volatile ? '}' : ']');
		at = s->to;
	}
	buf_add_str(b, str_skip(side->text, at));
}

/* A line each: same "=", changed "*", "<" and ">" alone, "~" behind: volatile. */
static void
render(struct buf *b, const struct message_diff *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct diff_line *l = &d->lines[i];

		buf_printf(b, "%c%s ", "=*<>"[l->kind], l->is_volatile ? "~" : "");
		if (l->kind != DIFF_RIGHT)
			add_side(b, d, &l->side[0]);
		if (l->kind == DIFF_SAME || l->kind == DIFF_CHANGED)
			buf_add_cstr(b, " | ");
		if (l->kind != DIFF_LEFT)
			add_side(b, d, &l->side[1]);
		buf_add_char(b, '\n');
	}
}

#define HEAD "INVITE sip:b@b SIP/2.0\r\n"
#define SAME_HEAD "= INVITE sip:b@b SIP/2.0 | INVITE sip:b@b SIP/2.0\n"
#define SDP HEAD "c: application/sdp\r\n\r\nv=0\r\n"
#define SAME_SDP SAME_HEAD "= c: application/sdp | c: application/sdp\n=  | \n= v=0 | v=0\n"

static const struct {
	const char *name, *left, *right, *want;
} cases[] = {
	{ "nothing", "", "", "" },
	{ "the same", HEAD "A: 1\r\n\r\n", HEAD "A: 1\r\n\r\n",
	  SAME_HEAD "= A: 1 | A: 1\n=  | \n" },
	{ "nothing on the right", HEAD "A: 1\r\n", "", "< INVITE sip:b@b SIP/2.0\n< A: 1\n" },
	{ "no messages", "a\nb", "a\nc", "= a | a\n* [b] | [c]\n" },
	{ "start lines", HEAD, "SIP/2.0 200 OK\r\n",
	  "* [INVITE sip:b@b ]SIP/2.0 | SIP/2.0[ 200 OK]\n" },
	{ "any order, compact, case, blanks",
	  HEAD "Subject: x  y\r\nFrom: <sip:a>;tag=1\r\n", HEAD "f:<sip:a>;tag=1\r\nSUBJECT : x y\r\n",
	  SAME_HEAD "= Subject: x  y | SUBJECT : x y\n= From: <sip:a>;tag=1 | f:<sip:a>;tag=1\n" },
	{ "folds are blanks", HEAD "X: a\r\n b\r\n", HEAD "X: a b\r\n",
	  SAME_HEAD "= X: a\r\n b | X: a b\n" },
	{ "tags", HEAD "To: \"x;tag=1\" <sip:b;tag=2>\r\n", HEAD "To: \"x;tag=1\" <sip:b;tag=2>;tag=9\r\n",
	  SAME_HEAD "*~ To: \"x;tag=1\" <sip:b;tag=2> | To: \"x;tag=1\" <sip:b;tag=2>{;tag=9}\n" },
	{ "no tags", HEAD "To: \"x;tag=1\" <sip:b;tag=2>\r\n", HEAD "To: \"x;tag=3\" <sip:b;tag=4>\r\n",
	  SAME_HEAD "* To: \"x;tag=[1]\" <sip:b;tag=[2]> | To: \"x;tag=[3]\" <sip:b;tag=[4]>\n" },
	{ "tag and more", HEAD "From: <sip:a@a>;tag=1\r\n", HEAD "From: <sip:c@a>;tag=2\r\n",
	  SAME_HEAD "* From: <sip:[a]@a>;tag={1} | From: <sip:[c]@a>;tag={2}\n" },
	{ "branch", HEAD "Via: SIP/2.0/UDP h;branch=z9hG4bK1;rport\r\n",
	  HEAD "v: SIP/2.0/UDP h;branch=z9hG4bK2;rport=5\r\n",
	  SAME_HEAD "*~ Via: SIP/2.0/UDP h;branch={z9hG4bK1};rport | "
	  "v: SIP/2.0/UDP h;branch={z9hG4bK2};rport{=5}\n" },
	{ "Via from the bottom", HEAD "Via: SIP/2.0/UDP a\r\n",
	  HEAD "Via: SIP/2.0/UDP p\r\nVia: SIP/2.0/UDP a;received=1.2.3.4\r\n",
	  SAME_HEAD "> Via: SIP/2.0/UDP p\n"
	  "*~ Via: SIP/2.0/UDP a | Via: SIP/2.0/UDP a{;received=1.2.3.4}\n" },
	{ "repeated", HEAD "P-Asserted-Identity: <sip:1>\r\nP-Asserted-Identity: <tel:1>\r\n",
	  HEAD "P-Asserted-Identity: <tel:1>\r\n",
	  SAME_HEAD "< P-Asserted-Identity: <sip:1>\n"
	  "= P-Asserted-Identity: <tel:1> | P-Asserted-Identity: <tel:1>\n" },
	{ "volatile headers", HEAD "CSeq: 1 INVITE\r\nl: 0\r\nMax-Forwards: 70\r\nCall-ID: a@b\r\n",
	  "BYE sip:b@b SIP/2.0\r\nCSeq: 2 BYE\r\nDate: today\r\nCall-ID: c@b\r\nl:12\r\n",
	  "* [INVITE] sip:b@b SIP/2.0 | [BYE] sip:b@b SIP/2.0\n"
	  "*~ CSeq: {1} {INVITE} | CSeq: {2} {BYE}\n>~ Date: today\n*~ l: {0} | l:{12}\n"
	  "<~ Max-Forwards: 70\n*~ Call-ID: {a}@b | Call-ID: {c}@b\n" },
	{ "nonces", HEAD "Authorization: Digest realm=\"a\", nonce=\"b,nc=1\", nc=00000001\r\n",
	  HEAD "Authorization: Digest realm=\"b\", nonce=\"c,nc=2\", nc=00000002\r\n",
	  SAME_HEAD "* Authorization: Digest realm=\"[a]\", nonce=\"{b},nc={1}\", nc={00000001} | "
	  "Authorization: Digest realm=\"[b]\", nonce=\"{c},nc={2}\", nc={00000002}\n" },
	{ "no colon", HEAD "odd one\r\n", HEAD "odd two\r\n",
	  SAME_HEAD "* odd [one] | odd [two]\n" },
	{ "addresses are whole", HEAD "Contact: <sip:a@192.0.2.1:5060>\r\n",
	  HEAD "Contact: <sip:a@192.0.2.10:5060>\r\n",
	  SAME_HEAD "* Contact: <sip:a@[192.0.2.1]:5060> | Contact: <sip:a@[192.0.2.10]:5060>\n" },
	{ "origin", SDP "o=- 1 1 IN IP4 h\r\n", SDP "o=- 1 2 IN IP4 h\r\n",
	  SAME_SDP "*~ o=- 1 {1} IN IP4 h | o=- 1 {2} IN IP4 h\n" },
	{ "media by place", SDP "m=audio 1 RTP/AVP 0\r\na=sendrecv\r\nm=video 2 RTP/AVP 31\r\na=x\r\n",
	  SDP "m=audio 0 RTP/AVP 0\r\na=ptime:20\r\na=inactive\r\n",
	  SAME_SDP "* m=audio [1] RTP/AVP 0 | m=audio [0] RTP/AVP 0\n> a=ptime:20\n"
	  "* a=[sendrecv] | a=[inactive]\n< m=video 2 RTP/AVP 31\n< a=x\n" },
	{ "formats by number", SDP "m=audio 1 RTP/AVP 0 8\na=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000\n",
	  SDP "m=audio 1 RTP/AVP 8\na=rtpmap:8 PCMA/16000\n",
	  SAME_SDP "* m=audio 1 RTP/AVP [0 ]8 | m=audio 1 RTP/AVP 8\n< a=rtpmap:0 PCMU/8000\n"
	  "* a=rtpmap:8 PCMA/[8000] | a=rtpmap:8 PCMA/[16000]\n" },
	{ "other bodies in order", HEAD "\r\none\r\ntwo\r\nthree\r\n", HEAD "\r\nzero\r\none\r\n2\r\nthree\r\n",
	  SAME_HEAD "=  | \n> zero\n= one | one\n* [two] | [2]\n= three | three\n" },
	{ "blanks count in bodies", HEAD "\na  b\n", HEAD "\na b\n",
	  SAME_HEAD "=  | \n* a[  ]b | a[ ]b\n" },
	{ "one is a description", SDP, HEAD "c: text/plain\r\n\r\nv=0\r\n",
	  SAME_HEAD "* c: [application]/[sdp] | c: [text]/[plain]\n=  | \n= v=0 | v=0\n" },
	{ "parts by place", HEAD "c: multipart/mixed;boundary=\"a\"\r\n\r\n--a\r\nContent-Type: application/sdp\r\n"
	  "\r\nv=0\r\nt=1 1\r\nm=audio 1\r\n--a\r\nContent-ID: <1>\r\n\r\nv1\r\n--a--\r\n",
	  HEAD "c: multipart/mixed;boundary=b\r\n\r\n--b\r\nContent-ID: <7>\r\nc: application/sdp\r\n"
	  "\r\nv=0\r\nt=2 1\r\nm=audio 2\r\nm=video 3\r\n--b\r\nContent-ID: <2>\r\n\r\nv2\r\nw\r\n--b--\r\n",
	  SAME_HEAD "*~ c: multipart/mixed;boundary={\"a\"} | c: multipart/mixed;boundary={b}\n=  | \n"
	  "*~ {--a} | {--b}\n> Content-ID: <7>\n= Content-Type: application/sdp | c: application/sdp\n"
	  "=  | \n= v=0 | v=0\n*~ t={1} 1 | t={2} 1\n* m=audio [1] | m=audio [2]\n> m=video 3\n"
	  "*~ {--a} | {--b}\n* Content-ID: <[1]> | Content-ID: <[2]>\n=  | \n* [v1] | [v2]\n> w\n"
	  "*~ {--a--} | {--b--}\n" },
	{ "CR alone", "INVITE sip:b@b SIP/2.0\rA: 1\r\r", HEAD "A: 2\r\n\r\n",
	  SAME_HEAD "* A: [1] | A: [2]\n=  | \n" },
};

static void
table(void **state)
{
	struct message_diff d = { 0 };
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		message_diff_make(&d, str_of(cases[i].left), str_of(cases[i].right));
		buf_clear(&b);
		render(&b, &d);
		if (strcmp(buf_cstr(&b), cases[i].want) != 0)
			fail_msg("%s: got\n%swant\n%s", cases[i].name, buf_cstr(&b), cases[i].want);
	}
	message_diff_release(&d);
	buf_release(&b);
}

/* A message against itself has no differences; both ways there are as many. */
static void
mirrored(void **state)
{
	struct message_diff d = { 0 }, back = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str left = str_of(cases[i].left), right = str_of(cases[i].right);

		message_diff_make(&d, left, left);
		assert_int_equal(d.differences + d.volatiles, 0);
		message_diff_make(&d, left, right);
		message_diff_make(&back, right, left);
		assert_int_equal(d.n, back.n);
		assert_int_equal(d.differences, back.differences);
		assert_int_equal(d.volatiles, back.volatiles);
	}
	message_diff_release(&d);
	message_diff_release(&back);
}

/* Cut at every byte, in memory of just that size. */
static void
cut(void **state)
{
	struct message_diff d = { 0 };
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str left = str_of(cases[i].left), right = str_of(cases[i].right);

		for (size_t n = 0; n <= left.n; n++) {
			char *copy = malloc(n ? n : 1);

			assert_non_null(copy);
			memcpy(copy, left.p, n);
			message_diff_make(&d, (struct str){ copy, n }, right);
			buf_clear(&b);
			render(&b, &d);
			message_diff_make(&d, right, (struct str){ copy, n });
			render(&b, &d);
			free(copy);
		}
	}
	message_diff_release(&d);
	buf_release(&b);
}

static void
add_many(struct buf *b, const char *fmt, uint32_t from, uint32_t n, uint32_t step)
{
	for (uint32_t i = 0; i < n; i++)
		buf_printf(b, fmt, from + i * step);
}

/* Texts that would be slow for what takes lines times lines. */
static void
hostile(void **state)
{
	struct message_diff d = { 0 };
	struct buf a = BUF_INIT, b = BUF_INIT;
	clock_t start = clock();

	(void)state;
	buf_add_cstr(&a, HEAD);
	buf_add_cstr(&b, HEAD);
	add_many(&a, "X: %u\r\n", 0, 40000, 1);
	add_many(&b, "X: %u\r\n", 7, 40000, 3);
	message_diff_make(&d, buf_str(&a), buf_str(&b));
	assert_int_equal(d.left_out[0], 40001 - DIFF_LINES_MAX);
	assert_true(d.n >= DIFF_LINES_MAX && d.n <= 2 * DIFF_LINES_MAX);

	/* A line of words that have nothing in common, and one of many. */
	buf_clear(&a);
	buf_clear(&b);
	buf_add_cstr(&a, HEAD "\r\n");
	buf_add_cstr(&b, HEAD "\r\n");
	for (uint32_t i = 0; i < 1000; i++) {
		add_many(&a, "a%u ", i, 300, 1);
		add_many(&b, "b%u ", i, 300, 1);
		buf_add_char(&a, '\n');
		buf_add_char(&b, '\n');
	}
	add_many(&a, "%u ", 0, 20000, 1);
	add_many(&b, "%u ", 1, 20000, 1);
	message_diff_make(&d, buf_str(&a), buf_str(&b));
	assert_true(d.coarse);
	assert_int_equal(d.n, 1003);
	/* With room for sanitizers on a busy machine: a bound, not a measure. */
	assert_true((clock() - start) / CLOCKS_PER_SEC < 20);
	message_diff_release(&d);
	buf_release(&a);
	buf_release(&b);
}

/* A long body with a line less and one more is found out in pieces. */
static void
long_body(void **state)
{
	struct message_diff d = { 0 };
	struct buf a = BUF_INIT, b = BUF_INIT;

	(void)state;
	buf_add_cstr(&a, HEAD "\r\nfirst\n");
	buf_add_cstr(&b, HEAD "\r\n");
	add_many(&a, "line %u\n", 0, 3000, 1);
	add_many(&b, "line %u\n", 0, 2000, 1);
	buf_add_cstr(&b, "more\n");
	add_many(&b, "line %u\n", 2000, 1000, 1);
	buf_add_cstr(&b, "last\n");
	message_diff_make(&d, buf_str(&a), buf_str(&b));
	assert_int_equal(d.differences, 3);
	assert_false(d.coarse);
	message_diff_release(&d);
	buf_release(&a);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(mirrored),
		cmocka_unit_test(cut),
		cmocka_unit_test(hostile),
		cmocka_unit_test(long_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
