/* media/dtmf.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/mem.h"
#include "media/dtmf.h"

/* ---- events ---- */

static const struct {
	struct str payload;
	const char *want;	/* event, end, volume, duration, offset of each */
} payloads[] = {
	{ STR_INIT("\x05\x0a\x00\xa0"), "5 . 10 160 0;" },
	{ STR_INIT("\x0b\x8a\x03\x20"), "11 E 10 800 0;" },
	{ STR_INIT("\x0b\xca\x03\x20"), "11 E 10 800 0;" },	/* the reserved bit */
	{ STR_INIT("\x10\x3f\xff\xff"), "16 . 63 65535 0;" },
	/* Two whole events, and one that goes on. */
	{ STR_INIT("\x01\x8a\x03\x20\x02\x8a\x01\x90\x03\x0a\x00\xa0"),
	  "1 E 10 800 0;2 E 10 400 800;3 . 10 160 1200;" },
	/* Padding behind a report is no digit 0. */
	{ STR_INIT("\x05\x0a\x00\xa0\x00\x00\x00\x00"), "5 . 10 160 0;" },
	{ STR_INIT("\x05\x8a\x03\x20\x00\x00\x00\x00"), "5 E 10 800 0;" },
	{ STR_INIT("\x05\x8a\x03\x20\x02\x8a\x01"), "5 E 10 800 0;" },
	{ STR_INIT("\x05\x8a\x00\x00\x02\x8a\x01\x90"), "5 E 10 0 0;" },
	{ STR_INIT("\x05\x0a\x00"), "" },
	{ STR_INIT(""), "" },
};

static void
events_print(struct str payload, struct buf *b)
{
	struct dtmf_events events;
	struct dtmf_event e;

	buf_clear(b);
	dtmf_events_of(payload, &events);
	while (dtmf_event_next(&events, &e))
		buf_printf(b, "%u %c %u %u %u;", e.event, e.end ? 'E' : '.', e.volume,
			   e.duration, e.offset);
}

static char *
copy_of(struct str s)
{
	char *copy = xmalloc(s.n ? s.n : 1);

	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	return copy;
}

static void
test_events(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(payloads); i++) {
		events_print(payloads[i].payload, &b);
		assert_string_equal(buf_cstr(&b), payloads[i].want);
		for (size_t n = 0; n < payloads[i].payload.n; n++) {
			char *copy = copy_of(str_sub(payloads[i].payload, 0, n));

			events_print((struct str){ copy, n }, &b);
			/* What is cut off is not there; what is there does not change. */
			assert_int_equal(strncmp(buf_cstr(&b), payloads[i].want, b.n), 0);
			free(copy);
		}
	}
	buf_release(&b);
}

static void
test_names(void **state)
{
	(void)state;
	for (unsigned int i = 0; i <= DTMF_FLASH; i++) {
		assert_int_equal(dtmf_digit(i), "0123456789*#ABCD!"[i]);
		assert_int_equal(dtmf_event_of(dtmf_digit(i)), i);
	}
	assert_int_equal(dtmf_event_of('a'), 12);
	assert_int_equal(dtmf_event_of('d'), 15);
	assert_int_equal(dtmf_event_of('e'), 255);
	assert_int_equal(dtmf_event_of('\0'), 255);
	assert_int_equal(dtmf_digit(17), '\0');
	assert_int_equal(dtmf_digit(255), '\0');
}

/* ---- redundancy ---- */

static const struct {
	struct str payload;
	const char *want;	/* payload type, offset, bytes of each */
	bool bad;		/* no blocks at all */
} reds[] = {
	/* The primary alone. */
	{ STR_INIT("\x65" "abcd"), "101 0 abcd;", false },
	/* Two older ones, 400 and 200 units before. */
	{ STR_INIT("\xe5\x06\x40\x04\xe5\x03\x20\x04\x65" "aaaabbbbcccc"),
	  "101 400 aaaa;101 200 bbbb;101 0 cccc;", false },
	{ STR_INIT("\x80\xff\xfc\x00\x00" "x"), "0 16383 ;0 0 x;", false },
	/* A block longer than what is there. */
	{ STR_INIT("\xe5\x06\x40\x05\x65" "aaaa"), "", false },
	{ STR_INIT("\xe5\x06\x40\x04"), "", true },
	{ STR_INIT("\xe5"), "", true },
	{ STR_INIT(""), "", true },
};

static bool
red_print(struct str payload, struct buf *b)
{
	struct red_blocks blocks;
	struct red_block r;

	buf_clear(b);
	if (!red_blocks_of(payload, &blocks))
		return false;
	while (red_block_next(&blocks, &r))
		buf_printf(b, "%u %u %.*s;", r.payload_type, r.offset, STR_ARG(r.data));
	return true;
}

static void
test_red(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(reds); i++) {
		assert_int_equal(red_print(reds[i].payload, &b), !reds[i].bad);
		assert_string_equal(buf_cstr(&b), reds[i].want);
		for (size_t n = 0; n < reds[i].payload.n; n++) {
			char *copy = copy_of(str_sub(reds[i].payload, 0, n));

			red_print((struct str){ copy, n }, &b);
			free(copy);
		}
	}
	buf_release(&b);
}

/* ---- bodies ---- */

#define XML	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

static const struct {
	const char *type, *subtype;
	struct str body;
	const char *digits;	/* "": none */
	int ms;			/* -1: not told */
} bodies[] = {
	{ "application", "dtmf-relay", STR_INIT("Signal=5\r\nDuration=160\r\n"), "5", 160 },
	{ "Application", "DTMF-Relay", STR_INIT("Signal= *\nDuration= 250"), "*", 250 },
	{ "application", "dtmf-relay", STR_INIT("signal = #\r\n\r\n"), "#", -1 },
	{ "application", "dtmf-relay", STR_INIT("Duration=100\r\nSignal=d\r\n"), "D", 100 },
	{ "application", "dtmf-relay", STR_INIT("Signal=10\r\nDuration=100"), "*", 100 },
	{ "application", "dtmf-relay", STR_INIT("Signal=11\r\n"), "#", -1 },
	{ "application", "dtmf-relay", STR_INIT("Signal=16\r\n"), "!", -1 },
	{ "application", "dtmf-relay", STR_INIT("Signal=17\r\n"), "", -1 },
	{ "application", "dtmf-relay", STR_INIT("Signal=5\r\nSignal=6\r\n"), "5", -1 },
	{ "application", "dtmf-relay", STR_INIT("Signal=\r\nDuration=\r\n"), "", -1 },
	{ "application", "dtmf-relay", STR_INIT("Signal=5\r\nDuration=99999999999\r\n"),
	  "5", -1 },
	{ "application", "dtmf-relay", STR_INIT("5"), "", -1 },
	{ "application", "dtmf-relay", STR_INIT(""), "", -1 },
	{ "application", "dtmf", STR_INIT("5"), "5", -1 },
	{ "application", "dtmf", STR_INIT(" 5\r\n"), "5", -1 },
	{ "application", "dtmf", STR_INIT("D5"), "5", -1 },
	{ "application", "dtmf", STR_INIT("D"), "D", -1 },
	{ "application", "dtmf", STR_INIT("10"), "*", -1 },
	{ "application", "dtmf", STR_INIT("4711#"), "4711#", -1 },
	{ "application", "dtmf", STR_INIT("Signal=5\r\nDuration=160\r\n"), "5", 160 },
	{ "application", "dtmf", STR_INIT("hello"), "", -1 },
	{ "application", "dtmf", STR_INIT(""), "", -1 },
	{ "application", "vnd.nortelnetworks.digits",
	  STR_INIT("p=Digit-Collection\r\ny=Digits\r\n\r\nd=7\r\n"), "7", -1 },
	{ "application", "vnd.nortelnetworks.digits", STR_INIT("d=Digits\r\nd=12\r\n"), "12", -1 },
	{ "application", "kpml-response+xml",
	  STR_INIT(XML "<kpml-response version=\"1.0\" code=\"200\" text=\"OK\" digits=\"4711\""
		   " tag=\"dtmf\"/>"), "4711", -1 },
	{ "application", "kpml-response+xml",
	  STR_INIT(XML "\r\n<k:kpml-response xmlns:k='urn:ietf:params:xml:ns:kpml-response'\r\n"
		   "digits = '#' code='200'></k:kpml-response>"), "#", -1 },
	{ "application", "kpml-response+xml",
	  STR_INIT("<!-- <kpml-response digits=\"9\"/> --><kpml-response digits=\"R1x2\">"),
	  "!12", -1 },
	{ "application", "kpml-response+xml",
	  STR_INIT("<kpml-response code=\"423\" text=\"Timer Expired\" digits=\"\"/>"), "", -1 },
	{ "application", "kpml-response+xml", STR_INIT("<kpml-request digits=\"5\"/>"), "", -1 },
	{ "application", "kpml-response+xml", STR_INIT("<kpml-response digits=\"5"), "", -1 },
	{ "application", "kpml-response+xml", STR_INIT("<kpml-response digits=5/>"), "", -1 },
	{ "application", "kpml-response+xml", STR_INIT("<<<<kpml-response<"), "", -1 },
	{ "application", "kpml-response+xml", STR_INIT("<!-- "), "", -1 },
	{ "audio", "dtmf-relay", STR_INIT("Signal=5\r\n"), "", -1 },
	{ "application", "sdp", STR_INIT("Signal=5\r\n"), "", -1 },
};

static void
test_bodies(void **state)
{
	struct dtmf_told told;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		enum dtmf_body kind = dtmf_body_of(str_of(bodies[i].type),
						   str_of(bodies[i].subtype));
		bool any = dtmf_body_read(kind, bodies[i].body, &told);

		assert_string_equal(told.digits, bodies[i].digits);
		assert_int_equal(any, bodies[i].digits[0] != '\0');
		if (any)
			assert_true(told.duration == (bodies[i].ms < 0 ? TIME_NONE
						      : bodies[i].ms * NS_PER_MS));
		for (size_t n = 0; n < bodies[i].body.n; n++) {
			char *copy = copy_of(str_sub(bodies[i].body, 0, n));

			dtmf_body_read(kind, (struct str){ copy, n }, &told);
			assert_int_equal(strlen(told.digits), told.n);
			free(copy);
		}
	}
}

static void
test_many(void **state)
{
	struct buf b = BUF_INIT;
	struct dtmf_told told;

	(void)state;
	buf_add_chars(&b, '5', DTMF_TOLD_MAX);
	assert_true(dtmf_body_read(DTMF_BODY_PLAIN, buf_str(&b), &told));
	assert_int_equal(told.n, DTMF_TOLD_MAX);
	assert_false(told.more);
	buf_add_char(&b, '5');
	assert_true(dtmf_body_read(DTMF_BODY_PLAIN, buf_str(&b), &told));
	assert_int_equal(told.n, DTMF_TOLD_MAX);
	assert_true(told.more);
	/* Each "<" looks for an end: it is not looked for from each. */
	buf_clear(&b);
	for (int i = 0; i < 20000; i++)
		buf_add_cstr(&b, "<!--");
	assert_false(dtmf_body_read(DTMF_BODY_KPML, buf_str(&b), &told));
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_red),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
