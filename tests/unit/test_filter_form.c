#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "query/filter.h"
#include "query_sample.h"
#include "views/filter_form.h"

#define ALL	0x7ffu
#define INVITE	0x2u
#define OTHERS	0x400u

struct row {
	const char *from, *to, *source, *destination, *payload, *status;
	int state;
	uint32_t methods;
	const char *expression;
	const char *matches;	/* calls of the sample */
};

static void
fill(struct filter_form *f, const struct row *row)
{
	const char *const texts[] = {
		row->from, row->to, row->source, row->destination, row->payload, row->status
	};

	filter_form_clear(f);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		buf_add_cstr(&f->texts[i], texts[i] ? texts[i] : "");
	f->state = row->state;
	f->methods = row->methods;
}

static const char *
matches(struct sample *s, const char *expression)
{
	static char found[SAMPLE_CALLS + 1];
	struct filter_error why;
	struct filter *f = filter_compile(QUERY_CALL, str_of(expression), NULL, &why);
	size_t n = 0;

	if (!f)
		fail_msg("%s: %s", expression, why.text);
	for (uint32_t i = 0; i < SAMPLE_CALLS; i++) {
		struct query_item item = query_call(&s->query, i);

		if (filter_match(f, &s->query, &item))
			found[n++] = (char)('1' + i);
	}
	found[n] = '\0';
	filter_free(f);
	return found;
}

static void
expressions(void **state)
{
	static const struct row t[] = {
		{ .methods = ALL, .expression = "", .matches = "123456" },
		{ .expression = "", .matches = "123456" },
		{ .from = "alice", .expression = "from ~ \"alice\"", .matches = "1" },
		{ .from = "ALICE", .expression = "from ~ \"ALICE\"", .matches = "1" },
		{ .from = "+49", .expression = "from ~ \"\\+49\"", .matches = "2" },
		{ .to = "*", .expression = "to ~ \"\\*\"", .matches = "" },
		{ .from = "alice|carol", .to = "dave",
		  .expression = "from ~ \"alice|carol\" and to ~ \"dave\"", .matches = "6" },
		{ .source = "10\\.0\\.0\\.", .expression = "source ~ \"10\\.0\\.0\\.\"",
		  .matches = "136" },
		{ .source = "10.0.0.0/8", .expression = "source in 10.0.0.0/8", .matches = "136" },
		{ .source = "2001:db8::/32", .expression = "source in 2001:db8::/32",
		  .matches = "4" },
		{ .source = "10.0.0.0/99", .expression = "source ~ \"10.0.0.0/99\"", .matches = "" },
		{ .source = ":5070$", .expression = "source ~ \":5070$\"", .matches = "2" },
		{ .destination = "10.0.0.0/8", .source = "172",
		  .expression = "source ~ \"172\" and destination in 10.0.0.0/8" },
		{ .payload = "^INVITE .* SIP/2\\.0", .expression = "text ~ \"^INVITE .* SIP/2\\.0\"",
		  .matches = "1256" },
		{ .payload = "a \"quoted\" text", .expression = "text ~ \"a \\\"quoted\\\" text\"",
		  .matches = "" },
		{ .payload = "<sip:\\\"?alice", .expression = "text ~ \"<sip:\\\"?alice\"",
		  .matches = "1" },
		{ .payload = "\\\\\"x", .expression = "text ~ \"\\\\\\\"x\"", .matches = "" },
		{ .payload = "and not (x) or 'y' , !", .expression =
		  "text ~ \"and not (x) or 'y' , !\"", .matches = "" },
		{ .status = "486", .expression = "status in (486)", .matches = "2" },
		{ .status = " 4xx,503 ", .expression = "status in (4xx, 503)", .matches = "245" },
		{ .state = 1 + CALL_STATE_IN_CALL, .expression = "state = \"in call\"",
		  .matches = "6" },
		{ .methods = INVITE, .expression = "method in (INVITE)", .matches = "1256" },
		{ .methods = INVITE | 0x20, .expression = "method in (INVITE, OPTIONS)",
		  .matches = "12356" },
		{ .methods = ALL & ~INVITE, .expression = "method not in (INVITE)",
		  .matches = "34" },
		{ .methods = OTHERS, .matches = "", .expression =
		  "method not in (REGISTER, INVITE, SUBSCRIBE, NOTIFY, INFO, OPTIONS, PUBLISH, "
		  "MESSAGE, REFER, UPDATE)" },
		{ .from = "a", .to = "b", .source = "1", .destination = "2", .payload = "c",
		  .status = "5xx", .state = 1 + CALL_STATE_REJECTED, .methods = INVITE,
		  .expression = "from ~ \"a\" and to ~ \"b\" and source ~ \"1\" and "
		  "destination ~ \"2\" and text ~ \"c\" and status in (5xx) and "
		  "state = \"rejected\" and method in (INVITE)" },
	};
	struct sample s;
	struct filter_form f = { .state = 0 };
	struct buf b = BUF_INIT, again = BUF_INIT;
	enum filter_form_text bad;
	struct err err;

	(void)state;
	sample_init(&s);
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		fill(&f, &t[i]);
		buf_clear(&b);
		if (filter_form_add(&f, &b, &bad, &err) != 0)
			fail_msg("%s: %s", t[i].expression, err.text);
		assert_string_equal(buf_cstr(&b), t[i].expression);
		if (t[i].matches)
			assert_string_equal(matches(&s, buf_cstr(&b)), t[i].matches);
		else
			matches(&s, buf_cstr(&b));
		/* Opened again, the form is as it was. */
		filter_form_clear(&f);
		assert_true(filter_form_read(&f, buf_str(&b)));
		buf_clear(&again);
		assert_int_equal(filter_form_add(&f, &again, &bad, &err), 0);
		assert_string_equal(buf_cstr(&again), t[i].expression);
		assert_int_equal(f.state, t[i].state);
		assert_int_equal(f.methods, t[i].methods ? t[i].methods : ALL);
	}
	filter_form_release(&f);
	buf_release(&b);
	buf_release(&again);
	sample_release(&s);
}

static void
told(void **state)
{
	static const struct {
		struct row row;
		enum filter_form_text bad;
		const char *text;
	} t[] = {
		{ { .from = "(" }, FILTER_FORM_FROM, "SIP From: " },
		{ { .from = "a", .to = "a(b" }, FILTER_FORM_TO, "SIP To: " },
		{ { .source = "[" }, FILTER_FORM_SOURCE, "Source: " },
		{ { .payload = "a\\" }, FILTER_FORM_PAYLOAD, "Payload: \\ at the end" },
		{ { .payload = "a\\\\\\" }, FILTER_FORM_PAYLOAD, "Payload: \\ at the end" },
		{ { .status = "busy" }, FILTER_FORM_STATUS, "Status: " },
		{ { .status = "4xx)" }, FILTER_FORM_STATUS, "Status: codes as" },
		{ { .status = " , " }, FILTER_FORM_STATUS, "Status: no code" },
		{ { .status = "99999" }, FILTER_FORM_STATUS, "Status: " },
	};
	struct filter_form f = { .state = 0 };
	struct buf b = BUF_INIT;

	(void)state;
	buf_add_cstr(&b, "before");
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		enum filter_form_text bad = FILTER_FORM_TEXT_COUNT;
		struct err err;

		fill(&f, &t[i].row);
		if (filter_form_add(&f, &b, &bad, &err) != -1)
			fail_msg("not told: %s", buf_cstr(&b));
		assert_int_equal(bad, t[i].bad);
		assert_non_null(strstr(err.text, t[i].text));
		assert_string_equal(buf_cstr(&b), "before");
	}
	filter_form_release(&f);
	buf_release(&b);
}

/* Of what somebody typed nothing is taken over that would be lost. */
static void
not_ours(void **state)
{
	static const char *const t[] = {
		"alice", "from ~ alice", "from ~ \"alice", "from ~ \"a\" and", "from ~ \"a\" or to ~ \"b\"",
		"from ~ \"a\" and from ~ \"b\"", "to ~ \"b\" and from ~ \"a\"", "from_user ~ \"a\"",
		"state = busy", "method in (BYE)", "method in (INVITE", "method in ()",
		"status in ()", "source in ", "from ~ \"a\" ", "status = 486", "x",
	};
	struct filter_form f = { .state = 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		if (filter_form_read(&f, str_of(t[i])))
			fail_msg("taken: %s", t[i]);
		assert_int_equal(f.texts[FILTER_FORM_FROM].n, 0);
		assert_int_equal(f.methods, ALL);
	}
	assert_true(filter_form_read(&f, STR_NONE));
	assert_true(filter_form_read(&f, STR("from ~ \"\\+49 \\\"x\\\\\"")));
	assert_string_equal(buf_cstr(&f.texts[FILTER_FORM_FROM]), "+49 \"x\\\\");
	filter_form_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions),
		cmocka_unit_test(told),
		cmocka_unit_test(not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
