/* The field tables, values of the sample calls, and how values are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "query/call_fields.h"
#include "query/message_fields.h"
#include "query_sample.h"

static struct sample sample;

static int
setup(void **state)
{
	(void)state;
	sample_init(&sample);
	sample_carried(&sample);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sample_release(&sample);
	return 0;
}

static void
written(enum query_subject of, uint32_t i, const char *name, enum field_form form,
	struct buf *to)
{
	struct field_style style = { form, TIME_CLOCK, true, false, TIME_NONE };
	struct query_item item = of == QUERY_CALL ? query_call(&sample.query, i) :
				 query_message(&sample.query, i);
	struct field field;
	struct field_value v;

	if (!field_find(of, str_of(name), &field))
		fail_msg("no field %s", name);
	v = field_get(&sample.query, &field, &item);
	buf_clear(to);
	field_format(to, &v, &style);
}

static const struct {
	enum query_subject of;
	unsigned int number;	/* from 1 */
	const char *name, *screen, *csv, *json;
} values[] = {
	{ QUERY_CALL, 1, "index", "1", "1", "1" },
	{ QUERY_CALL, 1, "call_id", "one@a", "one@a", "\"one@a\"" },
	{ QUERY_CALL, 1, "method", "INVITE", "INVITE", "\"INVITE\"" },
	{ QUERY_CALL, 1, "state", "completed", "completed", "\"completed\"" },
	{ QUERY_CALL, 1, "from", "sip:alice@example.org", "sip:alice@example.org",
	  "\"sip:alice@example.org\"" },
	{ QUERY_CALL, 1, "from_user", "alice", "alice", "\"alice\"" },
	{ QUERY_CALL, 1, "to_user", "1555", "1555", "\"1555\"" },
	{ QUERY_CALL, 1, "source", "10.0.0.1:5060", "10.0.0.1:5060", "\"10.0.0.1:5060\"" },
	{ QUERY_CALL, 4, "source", "[2001:db8::5]:5060", "[2001:db8::5]:5060",
	  "\"[2001:db8::5]:5060\"" },
	{ QUERY_CALL, 5, "transport", "tcp", "tcp", "\"tcp\"" },
	{ QUERY_CALL, 1, "messages", "7", "7", "7" },
	{ QUERY_CALL, 1, "retransmissions", "1", "1", "1" },
	{ QUERY_CALL, 1, "start", "09:00:00.000000", "2026-03-02T09:00:00.000000Z",
	  "\"2026-03-02T09:00:00.000000Z\"" },
	{ QUERY_CALL, 1, "answered", "09:00:03.000000", "2026-03-02T09:00:03.000000Z",
	  "\"2026-03-02T09:00:03.000000Z\"" },
	{ QUERY_CALL, 2, "answered", "–", "", "null" },
	{ QUERY_CALL, 1, "end", "09:00:48.000000", "2026-03-02T09:00:48.000000Z",
	  "\"2026-03-02T09:00:48.000000Z\"" },
	{ QUERY_CALL, 1, "setup_ms", "3.000 s", "3000.000", "3000.000" },
	{ QUERY_CALL, 1, "duration_ms", "45.000 s", "45000.000", "45000.000" },
	{ QUERY_CALL, 6, "duration_ms", "–", "", "null" },
	{ QUERY_CALL, 5, "status", "503", "503", "503" },
	{ QUERY_CALL, 5, "reason", "Service Unavailable", "Service Unavailable",
	  "\"Service Unavailable\"" },
	{ QUERY_CALL, 5, "cause", "34", "34", "34" },
	{ QUERY_CALL, 1, "ended_by", "callee", "callee", "\"callee\"" },
	{ QUERY_CALL, 3, "kind", "single", "single", "\"single\"" },
	{ QUERY_CALL, 1, "sdp", "yes", "true", "true" },
	{ QUERY_CALL, 2, "sdp", "no", "false", "false" },
	{ QUERY_CALL, 1, "flaws", "–", "", "[]" },
	{ QUERY_CALL, 1, "user_agent", "Softphone 3.2", "Softphone 3.2", "\"Softphone 3.2\"" },
	{ QUERY_CALL, 2, "user_agent", "–", "", "null" },
	{ QUERY_CALL, 5, "request_uri", "sip:5551234@carrier", "sip:5551234@carrier",
	  "\"sip:5551234@carrier\"" },
	{ QUERY_CALL, 6, "header.Subject", "needle here", "needle here", "\"needle here\"" },
	{ QUERY_CALL, 6, "header.s", "needle here", "needle here", "\"needle here\"" },
	{ QUERY_CALL, 5, "header.x-corr", "gr\xc3\xb6n-77", "gr\xc3\xb6n-77",
	  "\"gr\xc3\xb6n-77\"" },
	{ QUERY_CALL, 5, "header.Reason", "Q.850;cause=34;text=\"no circuit\"",
	  "Q.850;cause=34;text=\"no circuit\"",
	  "\"Q.850;cause=34;text=\\\"no circuit\\\"\"" },
	{ QUERY_MESSAGE, 1, "frame", "1", "1", "1" },
	{ QUERY_MESSAGE, 2, "retransmission", "yes", "true", "true" },
	{ QUERY_MESSAGE, 3, "status", "180", "180", "180" },
	{ QUERY_MESSAGE, 3, "method", "–", "", "null" },
	{ QUERY_MESSAGE, 3, "cseq_method", "INVITE", "INVITE", "\"INVITE\"" },
	{ QUERY_MESSAGE, 3, "reason", "Ringing", "Ringing", "\"Ringing\"" },
	{ QUERY_MESSAGE, 3, "delta_ms", "100.0 ms", "100.000", "100.000" },
	{ QUERY_MESSAGE, 6, "from_user", "1555", "1555", "\"1555\"" },
	{ QUERY_MESSAGE, 6, "cseq", "7", "7", "7" },
	{ QUERY_MESSAGE, 6, "call.state", "completed", "completed", "\"completed\"" },
	{ QUERY_MESSAGE, 1, "branch", "z9hG4bK1a", "z9hG4bK1a", "\"z9hG4bK1a\"" },
	{ QUERY_MESSAGE, 1, "contact", "<sip:alice@10.0.0.1>", "<sip:alice@10.0.0.1>",
	  "\"<sip:alice@10.0.0.1>\"" },
	{ QUERY_MESSAGE, 1, "content_type", "application/sdp", "application/sdp",
	  "\"application/sdp\"" },
	{ QUERY_MESSAGE, 1, "max_forwards", "–", "", "null" },
	{ QUERY_MESSAGE, 3, "frames", "3", "3", "[3]" },
	{ QUERY_MESSAGE, 3, "first_byte", "09:00:00.600000", "2026-03-02T09:00:00.600000Z",
	  "\"2026-03-02T09:00:00.600000Z\"" },
	{ QUERY_MESSAGE, 3, "carrier", "–", "", "null" },
	{ QUERY_MESSAGE, 3, "node", "–", "", "null" },
	{ QUERY_MESSAGE, 3, "happened", "–", "", "null" },
	{ QUERY_CALL, 1, "carrier", "–", "", "null" },
	/* Of several records, by HEP: the call that sample_carried() adds. */
	{ QUERY_MESSAGE, 20, "frames", "70, 71, 72", "70 71 72", "[70, 71, 72]" },
	{ QUERY_MESSAGE, 20, "first_byte", "09:06:40.000000", "2026-03-02T09:06:40.000000Z",
	  "\"2026-03-02T09:06:40.000000Z\"" },
	{ QUERY_MESSAGE, 20, "last_byte", "09:06:40.500000", "2026-03-02T09:06:40.500000Z",
	  "\"2026-03-02T09:06:40.500000Z\"" },
	{ QUERY_MESSAGE, 20, "transport", "wss", "wss", "\"wss\"" },
	{ QUERY_MESSAGE, 21, "carrier", "hep", "hep", "\"hep\"" },
	{ QUERY_MESSAGE, 21, "node", "2001", "2001", "2001" },
	{ QUERY_MESSAGE, 21, "first_byte", "09:06:41.000000", "2026-03-02T09:06:41.000000Z",
	  "\"2026-03-02T09:06:41.000000Z\"" },
	{ QUERY_CALL, 8, "carrier", "hep", "hep", "\"hep\"" },
};

static void
test_values(void **state)
{
	struct buf got = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		written(values[i].of, values[i].number - 1, values[i].name, FIELD_FORM_SCREEN, &got);
		assert_string_equal(buf_cstr(&got), values[i].screen);
		written(values[i].of, values[i].number - 1, values[i].name, FIELD_FORM_PLAIN, &got);
		assert_string_equal(buf_cstr(&got), values[i].csv);
		written(values[i].of, values[i].number - 1, values[i].name, FIELD_FORM_JSON, &got);
		assert_string_equal(buf_cstr(&got), values[i].json);
	}
	buf_release(&got);
}

/** The names that answers promise, in their order. */
static void
test_names(void **state)
{
	static const char calls[] =
		"index call_id method state from from_user to to_user source destination "
		"transport messages retransmissions start answered end setup_ms pdd_ms "
		"duration_ms status reason ended_by ";
	static const char messages[] =
		"frame time call_id source destination transport method status reason cseq "
		"cseq_method from_user to_user bytes sdp retransmission duplicate flaws frames "
		"first_byte last_byte carrier ";
	struct buf names = BUF_INIT;

	(void)state;
	for (int of = QUERY_CALL; of <= QUERY_MESSAGE; of++) {
		struct field *fields;
		size_t n;

		field_list_default((enum query_subject)of, &fields, &n);
		buf_clear(&names);
		for (size_t i = 0; i < n; i++) {
			field_name_add(&names, &fields[i]);
			buf_add_char(&names, ' ');
		}
		assert_string_equal(buf_cstr(&names), of == QUERY_CALL ? calls : messages);
		free(fields);
	}
	buf_release(&names);
}

static void
test_tables(void **state)
{
	(void)state;
	for (int of = QUERY_CALL; of <= QUERY_MESSAGE; of++) {
		const struct field_def *defs;
		size_t n = field_table((enum query_subject)of, &defs);

		for (size_t i = 0; i < n; i++) {
			struct field field;
			size_t end = strlen(defs[i].help);

			assert_true(field_find((enum query_subject)of, str_of(defs[i].name),
					       &field));
			assert_ptr_equal(field.def, &defs[i]);
			assert_true(defs[i].help[end - 1] == '.');
			assert_true(defs[i].width > 0);
			assert_true(defs[i].get || defs[i].need == FIELD_NEED_TEXT);
			assert_true(defs[i].kind == FIELD_LIST ||
				    (defs[i].kind == FIELD_CHOICE) == (defs[i].choice != NULL));
		}
	}
}

static void
test_lists(void **state)
{
	struct field *fields;
	struct buf name = BUF_INIT;
	struct err err;
	size_t n;

	(void)state;
	assert_int_equal(field_list_parse(QUERY_CALL, STR("index, Call-ID ,header.X-Y,any.status"),
					  &fields, &n, &err), 0);
	assert_int_equal(n, 4);
	field_name_add(&name, &fields[2]);
	assert_string_equal(buf_cstr(&name), "header.X-Y");
	buf_clear(&name);
	field_name_add(&name, &fields[3]);
	assert_string_equal(buf_cstr(&name), "any.status");
	free(fields);
	buf_release(&name);
	assert_int_equal(field_list_parse(QUERY_CALL, STR("index,sate"), &fields, &n, &err), -1);
	assert_string_equal(err.text, "unknown field 'sate' (did you mean 'state'?)");
	assert_null(fields);
	assert_int_equal(field_list_parse(QUERY_CALL, STR("zzzzzz"), &fields, &n, &err), -1);
	assert_string_equal(err.text, "unknown field 'zzzzzz'");
	assert_int_equal(field_list_parse(QUERY_CALL, STR(""), &fields, &n, &err), -1);
	assert_int_equal(field_list_parse(QUERY_CALL, STR("header."), &fields, &n, &err), -1);
}

static void
format_one(struct field_value v, struct field_style style, const char *expected)
{
	struct buf b = BUF_INIT;

	field_format(&b, &v, &style);
	assert_string_equal(buf_cstr(&b), expected);
	buf_release(&b);
}

static struct field_value
number(enum field_kind kind, int64_t n)
{
	return (struct field_value){ .kind = (uint8_t)kind, .as.number = n };
}

static void
test_format(void **state)
{
	struct field_style csv = FIELD_STYLE_CSV, json = FIELD_STYLE_JSON;
	struct field_style since = FIELD_STYLE_SCREEN;
	struct field_value text = { .kind = FIELD_TEXT };

	(void)state;
	format_one(number(FIELD_SPAN, -1), csv, "0.000");
	format_one(number(FIELD_SPAN, -1500), csv, "-0.001");
	format_one(number(FIELD_SPAN, INT64_MAX), csv, "9223372036854.775");
	format_one(number(FIELD_SPAN, INT64_MIN), csv, "-9223372036854.775");
	format_one(number(FIELD_COUNT, INT64_MIN), csv, "-9223372036854775808");
	format_one(number(FIELD_TIME, 0), csv, "1970-01-01T00:00:00.000000Z");
	format_one(number(FIELD_TIME, -1), csv, "1969-12-31T23:59:59.999999Z");
	format_one(number(FIELD_TIME, INT64_MAX), csv, "2262-04-11T23:47:16.854775Z");
	format_one(number(FIELD_TIME, INT64_C(951782400) * NS_PER_S), csv,
		   "2000-02-29T00:00:00.000000Z");
	format_one(number(FIELD_TIME, INT64_C(4107542399) * NS_PER_S), csv,
		   "2100-02-28T23:59:59.000000Z");
	format_one(number(FIELD_TIME, INT64_C(4107542400) * NS_PER_S), csv,
		   "2100-03-01T00:00:00.000000Z");
	since.origin = 5 * NS_PER_S;
	format_one(number(FIELD_TIME, 7 * NS_PER_S + 1000), since, "2.000001");
	format_one(number(FIELD_TIME, 4 * NS_PER_S), since, "-1.000000");
	text.as.text = STR("a\"b\\c\n\t\x01\x7f\xff\xc3\xa9");
	format_one(text, json, "\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\xef\xbf\xbd\xc3\xa9\"");
}

/** Times are written like time_add() does, through many days. */
static void
test_dates(void **state)
{
	struct field_style csv = FIELD_STYLE_CSV;
	struct buf expected = BUF_INIT;

	(void)state;
	for (int64_t t = 12345; t < INT64_MAX - 40 * 86400 * NS_PER_S; t += 33 * 86399 * NS_PER_S) {
		buf_clear(&expected);
		time_add(&expected, t, TIME_RFC3339, true);
		format_one(number(FIELD_TIME, t), csv, buf_cstr(&expected));
	}
	buf_release(&expected);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_values), cmocka_unit_test(test_names), cmocka_unit_test(test_tables),
		cmocka_unit_test(test_lists), cmocka_unit_test(test_format),
		cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
