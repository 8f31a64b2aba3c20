/*
 * The filter language over the six calls of query_sample.h, and what it says of
 * expressions that are wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "query/filter.h"
#include "query_sample.h"

static struct sample sample;

static int
setup(void **state)
{
	(void)state;
	sample_init(&sample);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sample_release(&sample);
	return 0;
}

static const struct filter_options utc = { .utc = true };

/** The numbers of the calls that match, as digits; or "COLUMN: error". */
static void
calls_matching(const char *expression, char *out, size_t size)
{
	struct filter_error err;
	struct filter *f = filter_compile(QUERY_CALL, str_of(expression), &utc, &err);
	size_t n = 0;

	if (!f) {
		snprintf(out, size, "%zu: %s", err.column, err.text);
		return;
	}
	for (uint32_t i = 0; i < store_call_count(sample.store) && n + 1 < size; i++) {
		struct query_item item = query_call(&sample.query, i);

		if (filter_match(f, &sample.query, &item))
			out[n++] = (char)('1' + i);
	}
	out[n] = '\0';
	filter_free(f);
}

static const struct {
	const char *expression, *calls;
} call_cases[] = {
	{ "", "123456" },
	{ "  ", "123456" },
	/* comparisons over names */
	{ "method = INVITE", "1256" },
	{ "method=invite", "1256" },
	{ "method == INVITE and status >= 400", "25" },
	{ "METHOD = INVITE && status>=400", "25" },
	{ "method != INVITE", "34" },
	{ "not method = INVITE", "34" },
	{ "! method = INVITE", "34" },
	{ "not not method = INVITE", "1256" },
	{ "not method in (OPTIONS, REGISTER)", "1256" },
	{ "method not in (OPTIONS, REGISTER)", "1256" },
	{ "method in (options)", "3" },
	{ "method in options", "3" },
	{ "method = OPTIONS or method = REGISTER", "34" },
	{ "method = OPTIONS || method = REGISTER and status = 200", "3" },
	{ "(method = OPTIONS || method = REGISTER) and status = 401", "4" },
	{ "call_id = two", "2" },
	{ "call-id = \"two\"", "2" },
	{ "from_user < b", "1245" },
	{ "index >= 5", "56" },
	/* states */
	{ "state = busy", "2" },
	{ "state = \"in call\"", "6" },
	{ "state = in_call", "6" },
	{ "state = in-call", "6" },
	{ "state = in call", "6" },
	{ "state = in call and from_user = carol", "6" },
	{ "state in (in call, busy)", "26" },
	{ "state != completed", "23456" },
	{ "state ~ \"^(busy|rej)\"", "25" },
	{ "ended_by = callee", "1245" },
	{ "kind = invite", "1256" },
	{ "transport = tcp", "5" },
	/* status, and what is absent */
	{ "status = 4xx", "24" },
	{ "status = 4XX", "24" },
	{ "status in (4xx, 503)", "245" },
	{ "status >= 4xx", "245" },
	{ "status > 4xx", "5" },
	{ "status < 4xx", "136" },
	{ "status <= 4xx", "12346" },
	{ "status != 200", "245" },
	{ "cause = 34", "5" },
	{ "cause != 34", "12346" },
	{ "cause", "5" },
	{ "not cause", "12346" },
	{ "reason ~ unavail", "5" },
	{ "reason = \"busy here\"", "2" },
	{ "reason_header ~ circuit", "5" },
	/* spans and times */
	{ "duration_ms > 30s", "1" },
	{ "duration_ms > 45s", "" },
	{ "duration_ms = 45s", "1" },
	{ "duration_ms >= 45000", "1" },
	{ "duration_ms > 0.5m", "1" },
	{ "duration_ms < 1h", "1" },
	{ "setup_ms = 1250ms", "6" },
	{ "setup_ms = 1.25s", "6" },
	{ "setup_ms < 2s", "6" },
	{ "setup_ms > 2999999us", "1" },
	{ "answered", "136" },
	{ "start >= 2026-03-02T09:04", "56" },
	{ "start > 2026-03-02T09:04", "6" },
	{ "start = 2026-03-02T09:04", "5" },
	{ "start = 2026-03-02", "123456" },
	{ "start > 2026-03-02", "" },
	{ "start < 2026-03-02T10:01+01:00", "1" },
	{ "start < \"2026-03-02 09:01:00.0Z\"", "1" },
	{ "start >= 09:04", "56" },
	{ "start < 09:01:00", "1" },
	{ "start = 09:02", "3" },
	/* addresses */
	{ "source in 10.0.0.0/8", "136" },
	{ "source = 10.0.0.1", "16" },
	{ "source = 10.0.0.1:5060", "16" },
	{ "source = 10.0.0.1:5061", "" },
	{ "source in (10.0.0.9, 192.168.0.0/16)", "23" },
	{ "source = 2001:db8::5", "4" },
	{ "source = [2001:db8::5]:5060", "4" },
	{ "source in 2001:db8::/32", "4" },
	{ "destination = 203.0.113.9", "5" },
	{ "source ~ \":5062$\"", "5" },
	/* flags and lists */
	{ "sdp", "1" },
	{ "not sdp", "23456" },
	{ "sdp = false", "23456" },
	{ "retransmissions", "1" },
	{ "retransmissions > 0", "1" },
	{ "flaws = no-via", "" },
	{ "flaws", "" },
	/* into the messages */
	{ "text ~ needle", "6" },
	{ "text ~ \"s: needle\"", "6" },
	{ "text ~ \"(?-i)NEEDLE\"", "" },
	{ "text ~ \"^m=audio \\d+ \"", "1" },
	{ "text ~ \"INVITE.*needle\"", "6" },
	{ "text !~ SIP/2.0/UDP", "" },
	{ "header.P-Asserted-Identity ~ \"15550199\"", "1" },
	{ "header.p-asserted-identity ~ \"^<sip:\\+1555\"", "1" },
	{ "header.P-Asserted-Identity", "1" },
	{ "not header.P-Asserted-Identity", "23456" },
	{ "header.Subject = \"needle here\"", "6" },
	{ "header.s = \"needle here\"", "6" },
	{ "header.x-corr ~ \"GR\xc3\x96N\"", "5" },
	{ "user_agent ~ Box", "1" },
	{ "user_agent ~ phone", "1" },
	{ "request_uri ~ carrier", "5" },
	{ "any.status = 180", "1" },
	{ "any.method = BYE", "1" },
	{ "cseq = 7", "1" },
	{ "from_user ~ \"1632\"", "5" },
	{ "from_user ~ \"1555\"", "" },
	/* bare words: numbers */
	{ "1555", "1" },
	{ "+15", "1" },
	{ "555", "" },		/* a status (RFC 8599) */
	{ "567", "2" },
	{ "234", "5" },		/* the end of a Request-URI */
	{ "0301234567", "2" },
	{ "+49301234567", "2" },
	{ "004930123456", "2" },
	{ "+49-30-123456", "2" },
	{ "+441632960001", "5" },
	{ "01632960001", "5" },
	{ "1632960001", "5" },
	{ "960001", "5" },
	{ "5551234", "5" },
	{ "486", "24" },
	{ "503", "5" },
	/* addresses */
	{ "10.0.0.2", "136" },
	{ "10.0.0.0/24", "136" },
	{ "10.0.0.9:5060", "3" },
	{ "10.0.0.9:5061", "" },
	{ "2001:db8::1", "4" },
	{ "[2001:db8::1]:5060", "4" },
	/* classes, methods, states */
	{ "4xx", "24" },
	{ "!4xx", "1356" },
	{ "!options", "12456" },
	{ "options", "3" },
	{ "invite 4xx", "2" },
	{ "!options !register", "1256" },
	{ "bye", "1" },
	{ "busy", "2" },
	{ "in_call", "6" },
	/* text */
	{ "needle", "6" },
	{ "NEEDLE", "6" },
	{ "\"needle here\"", "6" },
	{ "'needle here'", "6" },
	{ "alice", "1" },
	{ "z9hG4bK5a", "5" },
	{ "\"busy\"", "2" },
	{ "\"1555\"", "1" },
	{ "\"15550199\"", "1" },
	{ "one@a", "1" },
	{ "needle or alice", "16" },
	{ "(needle or alice) carol", "6" },
	{ "\"gr\xc3\x96n\"", "5" },
	{ "\"say \\\"no\\\"\"", "" },
	{ "text ~ \"text=\\\"no\"", "5" },
	/* errors */
	{ "stauts = 4xx", "1: unknown field 'stauts' (did you mean 'status'?)" },
	{ "method = INVITE stat >= 1", "17: unknown field 'stat' (did you mean 'state'?)" },
	{ "\xc3\xbc\xc3\xbc or foo = 1", "7: unknown field 'foo'" },
	{ "status = foo", "10: 'foo' is not a status (486) or a class (4xx)" },
	{ "status >= ", "11: expected a value for status, found the end" },
	{ "state = ringin", "9: state is never 'ringin' (did you mean 'ringing'?)" },
	{ "duration_ms > 30x", "15: '30x' is not a time span (500ms, 30s, 2m)" },
	{ "start > yesterday", "9: 'yesterday' is not a time (2026-03-02T09:00, 09:15:00)" },
	{ "start > 2026-13-02", "9: '2026-13-02' is not a time (2026-03-02T09:00, 09:15:00)" },
	{ "source = 10.0.0.300",
	  "10: '10.0.0.300' is not an address (10.0.0.1, 10.0.0.0/8, 10.0.0.1:5060)" },
	{ "source > 10.0.0.1", "8: source has no order, use = or in" },
	{ "sdp = maybe", "7: 'maybe' is not true or false" },
	{ "index = 99999999999999999999", "9: '99999999999999999999' is not a number" },
	{ "flaws = no-vai", "9: flaws is never 'no-vai' (did you mean 'no-via'?)" },
	{ "(method = INVITE", "17: expected ')' for the '(' of column 1, found the end" },
	{ "method = INVITE)", "16: unexpected ')'" },
	{ "method in (INVITE", "18: expected ',' or ')' in the list, found the end" },
	{ "method in (INVITE,)", "19: expected a value for method, found ')'" },
	{ "and 4xx", "1: expected a comparison or a word, found 'and'" },
	{ "4xx or", "7: expected a comparison or a word, found the end" },
	{ "not", "4: expected a comparison or a word, found the end" },
	{ "text ~ \"abc", "8: the string has no closing \"" },
	{ "text ~ \"a(b\"", "12: pattern: missing closing parenthesis" },
	{ "text ~ (a|b)", "8: expected a pattern, found '(' (put it in quotes)" },
	{ "\"\"", "1: an empty text matches everything" },
	{ "= 4", "1: expected a comparison or a word, found '='" },
};

static void
test_calls(void **state)
{
	char got[400];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(call_cases); i++) {
		calls_matching(call_cases[i].expression, got, sizeof(got));
		if (strcmp(got, call_cases[i].calls) != 0)
			print_error("%s: got %s, not %s\n", call_cases[i].expression, got,
				    call_cases[i].calls);
	}
	for (size_t i = 0; i < ARRAY_SIZE(call_cases); i++) {
		calls_matching(call_cases[i].expression, got, sizeof(got));
		assert_string_equal(got, call_cases[i].calls);
	}
}

static const struct {
	const char *expression;
	unsigned int count;
} message_cases[] = {
	{ "", 19 },
	{ "method = INVITE", 5 },
	{ "invite", 10 },
	{ "!options", 17 },
	{ "status = 2xx", 4 },
	{ "2xx", 4 },
	{ "request", 11 },
	{ "not request", 8 },
	{ "retransmission", 1 },
	{ "sdp", 3 },
	{ "in_dialog method = BYE", 1 },
	{ "state = busy", 3 },
	{ "call.status = 486", 3 },
	{ "call = 2", 3 },
	{ "duration_ms > 10s", 7 },
	{ "from_user = alice", 5 },
	{ "to_user = alice", 2 },
	{ "header.User-Agent", 2 },
	{ "text ~ needle", 1 },
	{ "needle", 1 },
	{ "10.0.0.9", 2 },
	{ "486", 3 },
	{ "reason ~ busy", 1 },
	{ "body_bytes > 10", 3 },
	{ "delta_ms = 500ms", 1 },
	{ "since_ms >= 48s", 2 },
	{ "frame <= 3", 3 },
	{ "5551234", 1 },
	{ "frames = 3", 1 },
	{ "frames in (3, 5, 99)", 2 },
	{ "frames > 3 frames <= 5", 2 },
	{ "frames != 3", 18 },
	{ "frames", 19 },
	{ "frames ~ ^3$", 1 },
	{ "first_byte >= 09:05", 3 },
	{ "carrier", 0 },
	{ "carrier = hep", 0 },
	{ "not carrier = hep", 19 },
	{ "node > 0", 0 },
};

static unsigned int
messages_matching(const char *expression)
{
	struct filter_error err;
	struct filter *f = filter_compile(QUERY_MESSAGE, str_of(expression), &utc, &err);
	unsigned int n = 0;

	if (!f)
		return 9999;
	for (uint32_t i = 0; i < store_message_count(sample.store); i++) {
		struct query_item item = query_message(&sample.query, i);

		n += filter_match(f, &sample.query, &item);
	}
	filter_free(f);
	return n;
}

static void
test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(message_cases); i++) {
		unsigned int n = messages_matching(message_cases[i].expression);

		if (n != message_cases[i].count)
			print_error("%s: got %u\n", message_cases[i].expression, n);
		assert_int_equal(n, message_cases[i].count);
	}
}

static void
test_carried(void **state)
{
	(void)state;
	assert_int_equal(messages_matching("carrier = tcp"), 9999);
	assert_int_equal(messages_matching("frames = hep"), 9999);
	sample_carried(&sample);
	assert_int_equal(messages_matching("carrier = hep"), 1);
	assert_int_equal(messages_matching("node = 2001"), 1);
	/* One of them is enough. */
	assert_int_equal(messages_matching("frames = 71"), 1);
	assert_int_equal(messages_matching("frames = 73"), 0);
	assert_int_equal(messages_matching("frames < 71 frames > 71"), 1);
	assert_int_equal(messages_matching("frames ~ \"70 71 72\""), 1);
	assert_int_equal(messages_matching("last_byte >= 09:06:40.4 first_byte < 09:06:40.1"), 1);
}

/** Every beginning of every expression, at its exact size on the heap. */
static void
test_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(call_cases); i++) {
		size_t whole = strlen(call_cases[i].expression);

		for (size_t n = 1; n <= whole; n++) {
			char *cut = malloc(n);
			struct filter_error err;
			struct filter *f;
			struct query_item item = query_call(&sample.query, 0);

			assert_non_null(cut);
			memcpy(cut, call_cases[i].expression, n);
			f = filter_compile(QUERY_CALL, (struct str){ cut, n }, &utc, &err);
			free(cut);	/* a filter keeps nothing of its expression */
			if (f) {
				filter_match(f, &sample.query, &item);
			} else {
				assert_true(err.text[0] != '\0');
				assert_in_range(err.column, 1, n + 1);
			}
			filter_free(f);
		}
	}
}

/** Text is read only where the index leaves the question open. */
static void
test_cost(void **state)
{
	char got[16];

	(void)state;
	sample.reads = 0;
	calls_matching("text ~ needle and method = OPTIONS and status = 486", got, sizeof(got));
	assert_int_equal(sample.reads, 0);
	calls_matching("text ~ x or index >= 1", got, sizeof(got));
	assert_int_equal(sample.reads, 0);
	calls_matching("text ~ nothing-like-it and method = OPTIONS", got, sizeof(got));
	assert_int_equal(sample.reads, 2);
	/* Three questions, one read of each message. */
	sample.reads = 0;
	assert_int_equal(messages_matching("text ~ zz or from_user = zz or header.Foo"), 0);
	assert_int_equal(sample.reads, store_message_count(sample.store));
}

static void
test_need(void **state)
{
	static const struct {
		const char *expression;
		enum field_need need;
	} cases[] = {
		{ "", FIELD_NEED_INDEX },
		{ "status = 4xx and sdp", FIELD_NEED_INDEX },
		{ "10.0.0.1", FIELD_NEED_WALK },
		{ "any.status = 180", FIELD_NEED_WALK },
		{ "retransmission", FIELD_NEED_WALK },
		{ "status = 4xx and not text ~ x", FIELD_NEED_TEXT },
		{ "header.Foo", FIELD_NEED_TEXT },
	};
	struct filter_error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter *f = filter_compile(QUERY_CALL, str_of(cases[i].expression), NULL, &err);

		assert_non_null(f);
		assert_int_equal(filter_need(f), cases[i].need);
		filter_free(f);
	}
}

static void
test_limits(void **state)
{
	struct filter_error err;
	struct buf deep = BUF_INIT;
	struct filter *f;

	(void)state;
	buf_add_chars(&deep, '(', 5000);
	assert_null(filter_compile(QUERY_CALL, buf_str(&deep), NULL, &err));
	assert_string_equal(err.text, "nested deeper than 100");
	buf_clear(&deep);
	buf_add_chars(&deep, '!', 5000);
	buf_add_cstr(&deep, " sdp");
	f = filter_compile(QUERY_CALL, buf_str(&deep), NULL, &err);
	assert_non_null(f);
	filter_free(f);
	buf_clear(&deep);
	for (int i = 0; i < 300; i++)
		buf_printf(&deep, "word%d ", i);
	assert_null(filter_compile(QUERY_CALL, buf_str(&deep), NULL, &err));
	assert_string_equal(err.text, "more than 256 patterns and texts");
	buf_clear(&deep);
	buf_add_chars(&deep, 'x', FILTER_MAX_LENGTH + 1);
	assert_null(filter_compile(QUERY_CALL, buf_str(&deep), NULL, &err));
	buf_release(&deep);
}

/** A pattern made to take for ever is given up, and said so. */
static void
test_hostile_pattern(void **state)
{
	struct filter_error err;
	struct filter *f;
	struct sample s;
	struct buf body = BUF_INIT;
	struct query_item item;

	(void)state;
	memset(&s, 0, sizeof(s));
	s.store = store_new();
	store_set_reader(s.store, sample_read, &s);
	buf_add_chars(&body, 'a', 5000);
	sample_message(&s, 0, "10.0.0.1:1", "10.0.0.2:2", TRANSPORT_UDP, "INVITE sip:b SIP/2.0",
		       SAMPLE_HEAD("x", "1", "<sip:a@b>;tag=1", "<sip:b>", "1 INVITE"),
		       buf_cstr(&body));
	query_init(&s.query, s.store);
	item = query_call(&s.query, 0);
	f = filter_compile(QUERY_CALL, STR("text ~ \"(a+)+[0-9]\""), NULL, &err);
	assert_non_null(f);
	assert_false(filter_match(f, &s.query, &item));
	assert_true(filter_given_up(f) > 0);
	filter_free(f);
	sample_release(&s);
	buf_release(&body);
}

/** Text that cannot be read is no match, and counted. */
static void
test_unreadable(void **state)
{
	char got[16];

	(void)state;
	sample.broken = true;
	calls_matching("text ~ needle", got, sizeof(got));
	assert_string_equal(got, "");
	assert_int_equal(sample.query.unread, store_message_count(sample.store));
	assert_string_equal(sample.query.err.text, "sample: cannot read");
}

/** Moments without a zone are in that of TZ, where UTC is not asked for. */
static void
test_zone(void **state)
{
	static const struct {
		const char *expression;
		bool matches;	/* call 5, at 09:04 UTC */
	} cases[] = {
		{ "start = 2026-03-02T11:04", true },
		{ "start = 11:04", true },
		{ "start = 09:04", false },
		{ "start = 2026-03-02T09:04Z", true },
		{ "start < 2026-03-03", true },
	};
	struct filter_error err;
	char *before = getenv("TZ");

	(void)state;
	before = before ? xstrdup(before) : NULL;
	setenv("TZ", "XXX-02", 1);
	tzset();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter *f = filter_compile(QUERY_CALL, str_of(cases[i].expression), NULL, &err);
		struct query_item item = query_call(&sample.query, 4);

		assert_non_null(f);
		assert_int_equal(filter_match(f, &sample.query, &item), cases[i].matches);
		filter_free(f);
	}
	if (before)
		setenv("TZ", before, 1);
	else
		unsetenv("TZ");
	tzset();
	free(before);
}

/** Each example of the manual works, about calls and about messages; those of the
 * section about streams about these. */
static void
test_manual(void **state)
{
	const char *top = getenv("top_srcdir");
	char path[4096], line[512];
	struct filter_error err;
	bool streams = false;
	unsigned int n = 0;
	FILE *in;

	(void)state;
	snprintf(path, sizeof(path), "%s/doc/filters.md", top ? top : "..");
	in = fopen(path, "r");
	assert_non_null(in);
	while (fgets(line, sizeof(line), in)) {
		if (strncmp(line, "## ", 3) == 0)
			streams = strstr(line, "Streams") != NULL;
		if (strncmp(line, "    ", 4) != 0)
			continue;
		n++;
		for (int of = QUERY_CALL; of < QUERY_SUBJECT_COUNT; of++) {
			struct filter *f;

			if ((of == QUERY_STREAM) != streams)
				continue;
			f = filter_compile((enum query_subject)of, str_trim(str_of(line)), NULL,
					   &err);
			if (!f)
				fail_msg("%s%zu: %s", line, err.column, err.text);
			filter_free(f);
		}
	}
	fclose(in);
	assert_true(n > 40);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_calls), CASE(test_messages), CASE(test_cuts), CASE(test_cost),
		CASE(test_need), CASE(test_limits), CASE(test_hostile_pattern),
		CASE(test_unreadable), CASE(test_zone), CASE(test_manual),
		CASE(test_carried),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
