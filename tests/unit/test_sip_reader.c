/* SIP out of a stream: the same messages however the bytes are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/sip_reader.h"
#include "base/mem.h"

#define HEAD(method, n)	method " sip:b@x SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK" n "\r\n" \
	"From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: " n "\r\nCSeq: 1 " method "\r\n"
#define BODY5		"Content-Length: 5\r\n\r\nhello"
#define EMPTY		"Content-Length: 0\r\n\r\n"
#define OK(n)		"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP a\r\nCall-ID: " n "\r\nCSeq: 1 INVITE\r\n"

static const struct place nowhere = { 0, PLACE_NONE };

/* What came, as "text|flaws in hex|first frame-last frame\n". */
struct taken {
	struct buf log;
	struct sip_scan scan;
	unsigned scans;
	bool frames;
};

static struct sip_scan *
room(void *ctx)
{
	struct taken *t = ctx;

	t->scans++;
	return &t->scan;
}

static void
take(void *ctx, const struct sip_piece *piece)
{
	struct taken *t = ctx;
	uint32_t lost = SIP_FLAW_GAP | SIP_FLAW_CUT | SIP_FLAW_LENGTH_LONG | SIP_FLAW_NO_END;

	assert_ptr_equal(piece->scan, &t->scan);
	assert_true(piece->stamp_n > 0);
	buf_add_str(&t->log, piece->text);
	buf_printf(&t->log, "|%x", piece->scan->flaws & lost);
	if (t->frames)
		buf_printf(&t->log, "|%llu-%llu", (unsigned long long)piece->stamps[0].frame,
			   (unsigned long long)piece->stamps[piece->stamp_n - 1].frame);
	buf_add_char(&t->log, '\n');
}

static void
feed(struct sip_reader *r, struct taken *t, struct str bytes, uint32_t frame)
{
	const struct sip_sink sink = { room, take, t };
	struct stamp stamp = { .time = frame, .frame = frame };
	/* Of the exact size, so that one byte too far is seen. */
	char *copy = xmalloc(bytes.n ? bytes.n : 1);

	memcpy(copy, bytes.p, bytes.n);
	sip_reader_take(r, (struct str){ copy, bytes.n }, nowhere, &stamp, 1, &sink);
	free(copy);
}

static void
end(struct sip_reader *r, struct taken *t)
{
	const struct sip_sink sink = { room, take, t };

	sip_reader_end(r, &sink);
	sip_reader_release(r);
}

static void
gap(struct sip_reader *r, struct taken *t, uint64_t missing, bool cut)
{
	const struct sip_sink sink = { room, take, t };

	sip_reader_gap(r, missing, cut, &sink);
}

static void
expect(struct taken *t, const char *want)
{
	assert_string_equal(buf_cstr(&t->log), want);
	buf_release(&t->log);
}

struct stream_case {
	const char *name;
	struct str stream;
	const char *want;
};

static const struct stream_case cases[] = {
	{ "one", STR_INIT(HEAD("INVITE", "1") BODY5), HEAD("INVITE", "1") BODY5 "|0\n" },
	{ "three", STR_INIT(HEAD("INVITE", "1") BODY5 OK("1") EMPTY HEAD("ACK", "1") EMPTY),
	  HEAD("INVITE", "1") BODY5 "|0\n" OK("1") EMPTY "|0\n" HEAD("ACK", "1") EMPTY "|0\n" },
	{ "keep-alives", STR_INIT("\r\n\r\n" HEAD("INVITE", "1") BODY5 "\r\n\r\n\r\n" OK("1") EMPTY
				  "\r\n"),
	  HEAD("INVITE", "1") BODY5 "|0\n" OK("1") EMPTY "|0\n" },
	{ "garbage", STR_INIT("nothing\n\001\002 INVITE\n" HEAD("INVITE", "1") BODY5 "more garbage\r\n"
			      OK("1") EMPTY "\001\002" OK("2") EMPTY),
	  HEAD("INVITE", "1") BODY5 "|0\n" OK("1") EMPTY "|0\n" OK("2") EMPTY "|0\n" },
	{ "no length, typed", STR_INIT(OK("1") "Content-Type: text/plain\r\n\r\nbody\r\nlines\r\n"
				       HEAD("ACK", "1") EMPTY),
	  OK("1") "Content-Type: text/plain\r\n\r\nbody\r\nlines|0\n" HEAD("ACK", "1") EMPTY "|0\n" },
	{ "no length, to the end", STR_INIT(OK("1") "Content-Type: text/plain\r\n\r\nbody"),
	  OK("1") "Content-Type: text/plain\r\n\r\nbody|0\n" },
	{ "no length, a start line behind other words", STR_INIT(
	  OK("1") "Content-Type: text/plain\r\n\r\n\t" HEAD("ACK", "1") "\t" HEAD("ACK", "2")
	  EMPTY), OK("1") "Content-Type: text/plain\r\n\r\n\t" HEAD("ACK", "1") "\t"
	  HEAD("ACK", "2") EMPTY "|0\n" },
	{ "no length, no body", STR_INIT(OK("1") "\r\n" HEAD("ACK", "1") EMPTY),
	  OK("1") "\r\n|0\n" HEAD("ACK", "1") EMPTY "|0\n" },
	{ "a start line in a body", STR_INIT(HEAD("NOTIFY", "1") "Content-Length: 16\r\n\r\n"
					     "SIP/2.0 200 OK\r\n" OK("1") EMPTY),
	  HEAD("NOTIFY", "1") "Content-Length: 16\r\n\r\nSIP/2.0 200 OK\r\n|0\n" OK("1") EMPTY
	  "|0\n" },
	{ "a head without an end", STR_INIT(OK("1") HEAD("ACK", "1") EMPTY),
	  OK("1") "|80000\n" HEAD("ACK", "1") EMPTY "|0\n" },
	{ "a length that is short", STR_INIT(HEAD("NOTIFY", "1") BODY5 "</x>" HEAD("ACK", "1")
					     EMPTY), HEAD("NOTIFY", "1") BODY5 "|0\n"
	  HEAD("ACK", "1") EMPTY "|0\n" },
	{ "cut head", STR_INIT(OK("1") EMPTY "INVITE sip:b@x SIP/2.0\r\nVia: SIP"),
	  OK("1") EMPTY "|0\nINVITE sip:b@x SIP/2.0\r\nVia: SIP|80000\n" },
	{ "cut body", STR_INIT(OK("1") "Content-Length: 9\r\n\r\n1234"),
	  OK("1") "Content-Length: 9\r\n\r\n1234|100000\n" },
	{ "length that swallows", STR_INIT(OK("1") "Content-Length: 999\r\n\r\n1234\r\n"
					   HEAD("ACK", "1") EMPTY OK("2") EMPTY),
	  OK("1") "Content-Length: 999\r\n\r\n1234\r\n|100000\n" HEAD("ACK", "1") EMPTY "|0\n"
	  OK("2") EMPTY "|0\n" },
	{ "LF only", STR_INIT("OPTIONS sip:x SIP/2.0\nCall-ID: 1\nContent-Length: 2\n\nab"
			      "OPTIONS sip:x SIP/2.0\nCall-ID: 2\n\n"),
	  "OPTIONS sip:x SIP/2.0\nCall-ID: 1\nContent-Length: 2\n\nab|0\n"
	  "OPTIONS sip:x SIP/2.0\nCall-ID: 2\n\n|0\n" },
	{ "another server's answer", STR_INIT("SIP/2.0 200 OK\r\nServer: none\r\n\r\n"
					      HEAD("ACK", "1") EMPTY),
	  HEAD("ACK", "1") EMPTY "|0\n" },
};

/* In two pieces cut anywhere, and in pieces of every small size. */
static void
test_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct stream_case *c = &cases[i];

		for (size_t at = 0; at <= c->stream.n; at++) {
			struct sip_reader r;
			struct taken t = { 0 };

			sip_reader_init(&r);
			feed(&r, &t, str_sub(c->stream, 0, at), 1);
			feed(&r, &t, str_skip(c->stream, at), 2);
			end(&r, &t);
			if (strcmp(buf_cstr(&t.log), c->want) != 0)
				print_message("# %s, cut at %zu\n", c->name, at);
			expect(&t, c->want);
		}
		for (size_t size = 1; size < 64; size++) {
			struct sip_reader r;
			struct taken t = { 0 };

			sip_reader_init(&r);
			for (size_t at = 0; at < c->stream.n; at += size)
				feed(&r, &t, str_sub(c->stream, at, size), (uint32_t)at + 1);
			end(&r, &t);
			if (strcmp(buf_cstr(&t.log), c->want) != 0)
				print_message("# %s, pieces of %zu\n", c->name, size);
			expect(&t, c->want);
		}
	}
}

static void
test_frames(void **state)
{
	struct str stream = STR(OK("1") EMPTY OK("2") BODY5);
	size_t first = sizeof(OK("1") EMPTY) - 1;
	struct sip_reader r;
	struct taken t = { .frames = true };

	(void)state;
	sip_reader_init(&r);
	feed(&r, &t, str_sub(stream, 0, 10), 3);
	feed(&r, &t, str_sub(stream, 10, first), 5);
	feed(&r, &t, str_skip(stream, first + 10), 6);
	end(&r, &t);
	expect(&t, OK("1") EMPTY "|0|3-5\n" OK("2") BODY5 "|0|5-6\n");
}

/* @a, a hole of @missing, @b. */
static void
with_gap(struct str a, uint64_t missing, struct str b, bool cut, const char *want)
{
	for (size_t at = 0; at <= b.n; at++) {
		struct sip_reader r;
		struct taken t = { 0 };

		sip_reader_init(&r);
		feed(&r, &t, a, 1);
		gap(&r, &t, missing, cut);
		feed(&r, &t, str_sub(b, 0, at), 2);
		feed(&r, &t, str_skip(b, at), 3);
		end(&r, &t);
		expect(&t, want);
	}
}

static void
test_gaps(void **state)
{
	(void)state;
	/* Inside a body: the rest of it is known to follow. */
	with_gap(STR(OK("1") "Content-Length: 9\r\n\r\n1"), 4, STR("6789" OK("2") EMPTY), false,
		 OK("1") "Content-Length: 9\r\n\r\n1|40000000\n" OK("2") EMPTY "|0\n");
	with_gap(STR(OK("1") "Content-Length: 9\r\n\r\n1"), 4, STR("6789" OK("2") EMPTY), true,
		 OK("1") "Content-Length: 9\r\n\r\n1|10000000\n" OK("2") EMPTY "|0\n");
	/* The end of a body. */
	with_gap(STR(OK("1") "Content-Length: 9\r\n\r\n"), 9, STR(OK("2") EMPTY), false,
		 OK("1") "Content-Length: 9\r\n\r\n|40000000\n" OK("2") EMPTY "|0\n");
	/* Beyond the end of a body, and of unknown size. */
	with_gap(STR(OK("1") "Content-Length: 9\r\n\r\n"), 100, STR("ID: 7\r\n\r\n" OK("2") EMPTY),
		 false, OK("1") "Content-Length: 9\r\n\r\n|40000000\n" OK("2") EMPTY "|0\n");
	with_gap(STR(OK("1") "Content-Length: 9\r\n\r\n12"), 0, STR("789" OK("2") EMPTY "\r\n"
		 OK("3") EMPTY), false,
		 OK("1") "Content-Length: 9\r\n\r\n12|40000000\n" OK("2") EMPTY "|0\n" OK("3") EMPTY
		 "|0\n");
	/* In a head. */
	with_gap(STR("SIP/2.0 180 Ringing\r\nVia: x"), 100, STR("\r\nTo: x\r\n\r\n" OK("2") EMPTY),
		 false, "SIP/2.0 180 Ringing\r\nVia: x|40000000\n" OK("2") EMPTY "|0\n");
	/* Between messages: the next one tells. */
	with_gap(STR(OK("1") EMPTY), 100, STR("bc\r\n\r\n" OK("2") EMPTY OK("3") EMPTY), false,
		 OK("1") EMPTY "|0\n" OK("2") EMPTY "|40000000\n" OK("3") EMPTY "|0\n");
	with_gap(STR(""), 10, STR(OK("2") EMPTY), false, OK("2") EMPTY "|40000000\n");
	/* What follows is the end of a body without a line end, one that is a start
	 * line itself (message/sipfrag), or the end of one. */
	with_gap(STR(""), 10, STR("</a>" OK("2") EMPTY), false, OK("2") EMPTY "|40000000\n");
	with_gap(STR(""), 10, STR("--x--" HEAD("BYE", "2") EMPTY), false,
		 HEAD("BYE", "2") EMPTY "|40000000\n");
	with_gap(STR(""), 10, STR("\001 a b" HEAD("BYE", "2") EMPTY), false,
		 HEAD("BYE", "2") EMPTY "|40000000\n");
	with_gap(STR(""), 10, STR("SIP/2.0 100 Trying\r\n" HEAD("BYE", "2") EMPTY), false,
		 HEAD("BYE", "2") EMPTY "|40000000\n");
	with_gap(STR(""), 10, STR("SIP/2.0/TCP 192.0.2.1\r\nTo: x\r\n\r\n" OK("2") EMPTY), false,
		 OK("2") EMPTY "|40000000\n");
	with_gap(STR(""), 3, STR("ITE sip:b@x SIP/2.0\r\nTo: x\r\n\r\n" OK("2") EMPTY), false,
		 OK("2") EMPTY "|40000000\n");
}

/* Two holes in one body, and a message of half a megabyte. */
static void
test_large(void **state)
{
	struct buf text = BUF_INIT, want = BUF_INIT;
	struct sip_reader r;
	struct taken t = { 0 };

	(void)state;
	buf_add_cstr(&text, OK("1") "Content-Length: 500000\r\n\r\n");
	buf_add_chars(&text, 'x', 500000);
	sip_reader_init(&r);
	for (size_t at = 0; at < text.n; at += 7)
		feed(&r, &t, str_sub(buf_str(&text), at, 7), (uint32_t)at);
	feed(&r, &t, STR(OK("2") EMPTY), 1);
	buf_add_str(&want, buf_str(&text));
	buf_add_cstr(&want, "|0\n" OK("2") EMPTY "|0\n");
	assert_string_equal(buf_cstr(&t.log), buf_cstr(&want));
	buf_clear(&t.log);

	feed(&r, &t, STR(OK("3") "Content-Length: 30\r\n\r\n0123456789"), 1);
	gap(&r, &t, 5, false);
	feed(&r, &t, STR("56789"), 2);
	gap(&r, &t, 5, false);
	feed(&r, &t, STR("56789" OK("4") EMPTY), 3);
	expect(&t, OK("3") "Content-Length: 30\r\n\r\n0123456789|40000000\n" OK("4") EMPTY "|0\n");
	sip_reader_release(&r);
	buf_release(&text);
	buf_release(&want);
}

/* A body without a length is whole when the other side answers. */
static void
test_answered(void **state)
{
	struct sip_reader r;
	struct taken t = { 0 };
	const struct sip_sink sink = { room, take, &t };

	(void)state;
	sip_reader_init(&r);
	feed(&r, &t, STR(OK("1") "Content-Type: application/sdp\r\n\r\nv=0\r\ns="), 1);
	sip_reader_answered(&r, &sink);
	expect(&t, "");
	feed(&r, &t, STR("-\r\n"), 2);
	sip_reader_answered(&r, &sink);
	expect(&t, OK("1") "Content-Type: application/sdp\r\n\r\nv=0\r\ns=-\r\n|0\n");
	feed(&r, &t, STR(OK("2") EMPTY), 3);
	sip_reader_answered(&r, &sink);
	expect(&t, OK("2") EMPTY "|0\n");
	sip_reader_release(&r);
}

/* However small the pieces of a body without a length are, its head is not scanned
 * for each of them. */
static void
test_open_body(void **state)
{
	struct sip_reader r;
	struct taken t = { 0 };

	(void)state;
	sip_reader_init(&r);
	feed(&r, &t, STR(OK("1") "Content-Type: text/plain\r\n\r\n"), 1);
	for (uint32_t i = 0; i < 20000; i++)
		feed(&r, &t, i % 1000 == 999 ? STR("\n") : STR("I"), i + 2);
	assert_in_range(t.scans, 1, 4);
	feed(&r, &t, STR(OK("2") EMPTY), 30000);
	assert_int_equal(r.messages, 2);
	end(&r, &t);
	buf_release(&t.log);
}

/* Lengths and heads beyond what is kept. */
static void
test_bounds(void **state)
{
	struct buf text = BUF_INIT;
	struct sip_reader r;
	struct taken t = { 0 };

	(void)state;
	sip_reader_init(&r);
	feed(&r, &t, STR(OK("1") "Content-Length: 4000000000\r\n\r\n1234\r\n" OK("2") EMPTY), 1);
	expect(&t, OK("1") "Content-Length: 4000000000\r\n\r\n|100000\n" OK("2") EMPTY "|0\n");
	buf_add_cstr(&text, "INVITE sip:x SIP/2.0\r\n");
	for (size_t i = 0; i < 2 * SIP_READER_HEAD_MAX; i += 8)
		buf_add_cstr(&text, "a: xyz\r\n");
	feed(&r, &t, buf_str(&text), 2);
	assert_true(r.in.view.n <= SIP_READER_HEAD_MAX);
	feed(&r, &t, STR("\r\n" OK("3") EMPTY), 3);
	expect(&t, OK("3") EMPTY "|0\n");
	/* Each line could begin a head; what has the rest of one is the last. */
	for (size_t i = 0; i < 16 * SIP_READER_HEAD_MAX; i += 19)
		feed(&r, &t, STR("BYE sip:a SIP/2.0\r\n"), 4);
	feed(&r, &t, STR("\r\n"), 5);
	buf_release(&t.log);
	feed(&r, &t, STR(OK("4") EMPTY), 6);
	end(&r, &t);
	expect(&t, OK("4") EMPTY "|0\n");
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_answered),
		cmocka_unit_test(test_open_body),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests_name("sip_reader", tests, NULL, NULL);
}
