#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/text.h"
#include "export/ladder_table.h"
#include "export/messages_text.h"
#include "export/names.h"
#include "export/table.h"
#include "sip_store.h"

/* The rows of all calls (or messages) as text, to be freed. */
static char *
render(const struct sip_store *t, enum query_subject of, const char *format, const char *columns,
       const struct table_options *options, size_t *size)
{
	struct query q;
	struct table table;
	struct field *fields;
	struct err err;
	char *text = NULL;
	size_t n, count;
	FILE *f = open_memstream(&text, size);

	assert_non_null(f);
	query_init(&q, t->store);
	if (!columns)
		field_list_default(of, &fields, &n);
	else if (field_list_parse(of, str_of(columns), &fields, &n, &err) < 0)
		fail_msg("%s", err.text);
	table_begin(&table, exporter_find(str_of(format)), &q, fields, n, options, f);
	count = of == QUERY_CALL ? store_call_count(t->store) : store_message_count(t->store);
	for (uint32_t i = 0; i < count; i++) {
		struct query_item item = of == QUERY_CALL ? query_call(&q, i) : query_message(&q, i);

		assert_true(table_row(&table, &item));
	}
	assert_int_equal(table.rows, count);
	assert_int_equal(table_end(&table, &err), 0);
	fclose(f);
	free(fields);
	query_release(&q);
	return text;
}

static void
check(const struct sip_store *t, enum query_subject of, const char *format, const char *columns,
      const struct table_options *options, const char *expected)
{
	size_t size;
	char *text = render(t, of, format, columns, options, &size);

	assert_string_equal(text, expected);
	assert_int_equal(size, strlen(expected));
	free(text);
}

static void
formats(void **state)
{
	struct sip_store t;

	(void)state;
	assert_null(exporter_find(STR("xml")));
	assert_ptr_equal(exporter_find(STR("JSON")), &exporters[1]);
	sip_store_init(&t);
	sip_store_call(&t, "one@test", "192.0.2.1:5060", "[2001:db8::2]:5060");
	sip_store_say(&t, 70000, "192.0.2.3:5060", "192.0.2.4:5060", &(struct sip_line){
		"OPTIONS sip:x SIP/2.0", "1 OPTIONS", "o", NULL, "a,\"b\"@c", NULL });
	check(&t, QUERY_CALL, "csv", NULL, &(struct table_options){ 0 },
	      "index,call_id,method,state,from,from_user,to,to_user,source,destination,transport,"
	      "messages,retransmissions,start,answered,end,setup_ms,pdd_ms,duration_ms,status,"
	      "reason,ended_by\n"
	      "1,one@test,INVITE,completed,sip:alice@a.test,alice,sip:bob@b.test,bob,"
	      "192.0.2.1:5060,[2001:db8::2]:5060,udp,8,1,2026-03-01T09:00:00.000000Z,"
	      "2026-03-01T09:00:03.000000Z,2026-03-01T09:01:03.050000Z,3000.000,1100.000,"
	      "60050.000,200,OK,caller\n"
	      "2,\"a,\"\"b\"\"@c\",OPTIONS,trying,sip:alice@a.test,alice,sip:bob@b.test,bob,"
	      "192.0.2.3:5060,192.0.2.4:5060,udp,1,0,2026-03-01T09:01:10.000000Z,,,,,,,,\n");
	check(&t, QUERY_CALL, "json", "index,call_id,start,answered,setup_ms,status,sdp,header.X\"Y",
	      &(struct table_options){ 0 },
	      "{\"index\":1,\"call_id\":\"one@test\",\"start\":\"2026-03-01T09:00:00.000000Z\","
	      "\"answered\":\"2026-03-01T09:00:03.000000Z\",\"setup_ms\":3000.000,\"status\":200,"
	      "\"sdp\":true,\"header.X\\\"Y\":null}\n"
	      "{\"index\":2,\"call_id\":\"a,\\\"b\\\"@c\",\"start\":\"2026-03-01T09:01:10.000000Z\","
	      "\"answered\":null,\"setup_ms\":null,\"status\":null,\"sdp\":false,"
	      "\"header.X\\\"Y\":null}\n");
	check(&t, QUERY_CALL, "text", "index,start,source,status,call_id",
	      &(struct table_options){ .utc = true, .time_form = TIME_CLOCK },
	      "  Idx  Start            Source                 Code  Call-ID\n"
	      "    1  09:00:00.000000  192.0.2.1:5060          200  one@test\n"
	      "    2  09:01:10.000000  192.0.2.3:5060            –  a,\"b\"@c\n");
	check(&t, QUERY_CALL, "text", "call_id,state,destination",
	      &(struct table_options){ .width = 50, .ascii = true },
	      "Call-ID      State           Destination\n"
	      "one@test     completed       [2001:db8::2]:5060\n"
	      "a,\"b\"@c      trying          192.0.2.4:5060\n");
	check(&t, QUERY_CALL, "text", "call_id,from,from_user,status",
	      &(struct table_options){ .width = 36, .ascii = true },
	      "Call-ID   From      From      Code\n"
	      "one@test  sip:ali~  alice      200\n"
	      "a,\"b\"@c   sip:ali~  alice        -\n");
	check(&t, QUERY_MESSAGE, "text", "time,status", &(struct table_options){
		.time = TABLE_TIME_DELTA, .no_header = true },
	      "0.000000            –\n0.500000            –\n0.100000          100\n"
	      "0.500000          180\n1.900000          200\n0.050000            –\n"
	      "60.000000           –\n0.010500          200\n6.939500            –\n");
	sip_store_release(&t);
}

/* Reads a CSV value at *p; leaves *p after the separator. */
static void
csv_take(const char **p, const char *end, struct buf *value)
{
	bool quoted = *p < end && **p == '"';

	buf_clear(value);
	if (quoted)
		(*p)++;
	while (*p < end) {
		char c = *(*p)++;

		if (quoted && c == '"') {
			if (*p < end && **p == '"') {
				buf_add_char(value, '"');
				(*p)++;
				continue;
			}
			quoted = false;
			continue;
		}
		if (!quoted && (c == ',' || c == '\n'))
			return;
		buf_add_char(value, c);
	}
}

/* Calls whose Call-IDs are any bytes but line ends; NUL, bad UTF-8 and all. */
static void
fill_hostile(struct sip_store *t, unsigned int count)
{
	static const char *const pieces[] = {
		"\"", ",", "\\", "\x1b[2J", "\xff", "\xc3", "\xc3\xa9", "\xe2\x80\xae", "\xc2\x9b",
		"\xf0\x9f\x98\x80", "\xed\xa0\x80", "=1+1", "\x01", "\x7f", "a", "\t", "\xf4\x90",
	};
	uint32_t seed = 1;

	for (unsigned int i = 0; i < count; i++) {
		struct buf b = BUF_INIT;

		buf_printf(&b, "OPTIONS sip:x SIP/2.0\r\nCall-ID: %u", i);
		for (unsigned int k = 0; k < i % 9; k++) {
			seed = seed * 1664525 + 1013904223;
			if (seed >> 27 == 0)
				buf_add_char(&b, '\0');
			else
				buf_add_cstr(&b, pieces[(seed >> 16) % ARRAY_SIZE(pieces)]);
		}
		buf_add_cstr(&b, "x\r\nCSeq: 1 OPTIONS\r\nVia: SIP/2.0/UDP h;branch=z\r\n\r\n");
		sip_store_add(t, i, "192.0.2.1:5060", "192.0.2.2:5060", buf_str(&b), 0);
		buf_release(&b);
	}
}

static void
hostile_json(void **state)
{
	struct sip_store t;
	char *text, *line;
	size_t size;

	(void)state;
	sip_store_init(&t);
	fill_hostile(&t, 2000);
	for (int terminal = 0; terminal < 2; terminal++) {
		text = render(&t, QUERY_CALL, "json", NULL,
			      &(struct table_options){ .terminal = terminal }, &size);
		line = text;
		for (uint32_t i = 0; i < store_call_count(t.store); i++) {
			char *end = memchr(line, '\n', size - (size_t)(line - text));
			json_error_t error;
			json_t *row, *id;

			assert_non_null(end);
			row = json_loadb(line, (size_t)(end - line), JSON_ALLOW_NUL, &error);
			if (!row)
				fail_msg("%s: %.*s", error.text, (int)(end - line), line);
			assert_int_equal(json_integer_value(json_object_get(row, "index")), i + 1);
			id = json_object_get(row, "call_id");
			assert_true(json_is_string(id));
			assert_true(json_is_null(json_object_get(row, "answered")));
			assert_int_equal(json_object_size(row), 22);
			json_decref(row);
			for (char *c = line; c < end; c++)
				assert_true((unsigned char)*c >= 0x20 &&
					    (!terminal || (unsigned char)*c < 0x7f));
			line = end + 1;
		}
		assert_int_equal(line - text, size);
		free(text);
	}
	sip_store_release(&t);
}

static void
hostile_csv(void **state)
{
	struct sip_store t;
	struct buf value = BUF_INIT;
	const char *p, *end;
	char *text;
	size_t size;

	(void)state;
	sip_store_init(&t);
	fill_hostile(&t, 2000);
	text = render(&t, QUERY_CALL, "csv", "call_id,index",
		      &(struct table_options){ .no_header = true }, &size);
	p = text;
	end = text + size;
	for (uint32_t i = 0; i < store_call_count(t.store); i++) {
		csv_take(&p, end, &value);
		assert_true(str_eq(buf_str(&value), call_id(store_call(t.store, i))));
		csv_take(&p, end, &value);
		assert_int_equal(strtoul(buf_cstr(&value), NULL, 10), i + 1);
	}
	assert_ptr_equal(p, end);
	buf_release(&value);
	free(text);
	text = render(&t, QUERY_CALL, "csv", "call_id", &(struct table_options){ .terminal = true },
		      &size);
	assert_null(memchr(text, '\x1b', size));
	assert_null(strstr(text, "\xe2\x80\xae"));
	free(text);
	sip_store_release(&t);
}

/* With a width no line is longer, whatever the bytes. */
static void
hostile_text(void **state)
{
	struct sip_store t;
	struct str rest, line;
	char *text;
	size_t size;

	(void)state;
	sip_store_init(&t);
	fill_hostile(&t, 500);
	text = render(&t, QUERY_CALL, "text", "index,state,call_id",
		      &(struct table_options){ .width = 60 }, &size);
	rest = (struct str){ text, size };
	while (str_cut(&rest, '\n', &line)) {
		assert_true(text_width(line) <= 60);
		assert_null(line.n ? memchr(line.p, '\x1b', line.n) : NULL);
	}
	free(text);
	sip_store_release(&t);
}

static void
write_errors(void **state)
{
	struct sip_store t;
	struct query q;
	struct table table;
	struct field *fields;
	struct err err = { "" };
	size_t n;
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (!full)
		skip();
	sip_store_init(&t);
	fill_hostile(&t, 3000);
	query_init(&q, t.store);
	field_list_default(QUERY_CALL, &fields, &n);
	table_begin(&table, &exporters[0], &q, fields, n, &(struct table_options){ 0 }, full);
	for (uint32_t i = 0; i < 3000; i++) {
		struct query_item item = query_call(&q, i);

		if (!table_row(&table, &item))
			break;
	}
	assert_true(table.rows < 3000);		/* noticed on the way */
	assert_int_equal(table_end(&table, &err), -1);
	assert_string_equal(err.text, "write: No space left on device");
	fclose(full);
	free(fields);
	query_release(&q);
	sip_store_release(&t);
}

static void
messages(void **state)
{
	struct sip_store t;
	struct query q;
	struct messages_text m;
	struct host_names names;
	struct err err;
	char *text = NULL;
	size_t size = 0;
	FILE *f;

	(void)state;
	sip_store_init(&t);
	host_names_init(&names);
	assert_int_equal(host_names_add_alias(&names, STR("192.0.2.1"), STR("pbx"), &err), 0);
	assert_int_equal(host_names_add_alias(&names, STR("192.0.2.300"), STR("x"), &err), -1);
	assert_int_equal(host_names_add_alias(&names, STR("192.0.2.3"), STR(" "), &err), -1);
	sip_store_add(&t, 0, "192.0.2.1:5060", "[2001:db8::2]:5061",
		      STR("INVITE sip:\x1b[2J SIP/2.0\r\nCall-ID: a\r\nA: b\tc\r\n\r\nx\xff\r\ny"), 0);
	sip_store_add(&t, 1500, "192.0.2.2:5060", "192.0.2.1:5060",
		      STR("OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z\r\nFrom: <sip:a@b>;tag=1\r\n"
			  "To: <sip:c@d>\r\nCall-ID: b\r\nCSeq: 1 OPTIONS\r\n\r\n"), SIP_FLAW_FRAGMENTS);
	query_init(&q, t.store);
	f = open_memstream(&text, &size);
	messages_text_begin(&m, &q, &(struct messages_text_options){
		.utc = true, .name = host_names_lookup, .name_ctx = &names }, f);
	assert_true(messages_text_add(&m, 0));
	assert_true(messages_text_add(&m, 1));
	assert_int_equal(messages_text_end(&m, &err), 0);
	fclose(f);
	assert_non_null(strstr(text,
		"#1  2026-03-01 09:00:00.000000  192.0.2.1:5060 (pbx) -> [2001:db8::2]:5061  UDP\n"
		"INVITE sip:␛[2J SIP/2.0\nCall-ID: a\nA: b␉c\n\nx\xef\xbf\xbd\ny\n! "));
	assert_non_null(strstr(text,
		"\n\n#2  2026-03-01 09:00:01.500000  192.0.2.2:5060 -> 192.0.2.1:5060 (pbx)  UDP\n"
		"OPTIONS sip:x SIP/2.0\n"));
	assert_non_null(strstr(text, "CSeq: 1 OPTIONS\n! fragments-missing: fragments of the "
			       "datagram are not in the capture\n\n"));
	free(text);

	/* Raw and alone: the captured bytes and nothing else. */
	f = open_memstream(&text, &size);
	messages_text_begin(&m, &q, &(struct messages_text_options){ .raw = true, .no_head = true }, f);
	messages_text_add(&m, 0);
	messages_text_add(&m, 1);
	assert_int_equal(messages_text_end(&m, &err), 0);
	fclose(f);
	assert_int_equal(size, t.text.n);
	assert_memory_equal(text, t.text.p, size);
	free(text);

	/* A text that is gone is said to be. */
	store_set_reader(t.store, sip_store_read, &(struct buf){ NULL, 0, 0 });
	query_release(&q);
	f = open_memstream(&text, &size);
	messages_text_begin(&m, &q, &(struct messages_text_options){ .time = MESSAGES_TIME_DELTA }, f);
	messages_text_add(&m, 0);
	messages_text_add(&m, 1);
	assert_int_equal(messages_text_end(&m, &err), 0);
	fclose(f);
	assert_int_equal(q.unread, 2);
	assert_non_null(strstr(text, "#2  +1.500000  "));
	assert_non_null(strstr(text, "! its text cannot be read again\n"));
	free(text);
	query_release(&q);
	host_names_release(&names);
	sip_store_release(&t);
}

static void
name_ranks(void **state)
{
	struct host_names names;
	struct net_endpoint at, other;
	struct err err;

	(void)state;
	host_names_init(&names);
	assert_true(net_endpoint_parse(STR("[2001:db8::1]:5060"), &at));
	other = at;
	other.port = 0;
	assert_int_equal(host_names_find(&names, &at).n, 0);
	host_names_add(&names, &other, STR("record"), HOST_NAME_RECORD);
	host_names_add(&names, &other, STR("second"), HOST_NAME_RECORD);
	assert_true(str_eq(host_names_find(&names, &at), STR("record")));
	assert_int_equal(host_names_add_alias(&names, STR("2001:db8::1"), STR("a"), &err), 0);
	assert_int_equal(host_names_add_alias(&names, STR("2001:db8::1"), STR("b"), &err), 0);
	host_names_add(&names, &other, STR("record"), HOST_NAME_RECORD);
	assert_true(str_eq(host_names_find(&names, &at), STR("b")));
	assert_int_equal(host_names_add_alias(&names, STR("[2001:db8::1]:5060"), STR("c"), &err), 0);
	assert_true(str_eq(host_names_find(&names, &at), STR("c")));
	assert_true(str_eq(host_names_find(&names, &other), STR("b")));
	assert_int_equal(names.n, 2);
	for (uint32_t i = 0; i < HOST_NAMES_MAX + 10; i++) {
		struct net_endpoint e = { .addr = { .family = NET_IP4 } };

		memcpy(e.addr.bytes, &i, 4);
		host_names_add(&names, &e, STR("n"), HOST_NAME_RECORD);
	}
	assert_int_equal(names.n, HOST_NAMES_MAX);
	assert_int_equal(names.dropped, 12);
	host_names_release(&names);
}

/* A message of three records, one by HEP, and what happened to their connection. */
static void
fill_carried(struct sip_store *t)
{
	const int64_t at = SIP_STORE_START;
	const struct stamp stamps[] = {
		{ .time = at, .frame = 10 }, { .time = at + NS_PER_MS, .frame = 11 },
		{ .time = at + 4 * NS_PER_MS, .frame = 13 },
	};
	struct sip_line line = {
		"OPTIONS sip:b SIP/2.0", "1 OPTIONS", "o", NULL, "x", NULL };

	t->like = (struct store_input){ .transport = TRANSPORT_TCP, .stamps = stamps,
					.stamp_n = 3, .frame = 13 };
	sip_store_say(t, 4, "192.0.2.1:5060", "192.0.2.2:5060", &line);
	t->like = (struct store_input){ .carrier = CARRIER_HEP, .node = 7, .frame = 14 };
	line.call_id = "y";
	sip_store_say(t, 5, "192.0.2.1:5060", "192.0.2.2:5060", &line);
	t->like = (struct store_input){ .transport = TRANSPORT_TCP };
	t->frames = 19;
	sip_store_event(t, 6, EVENT_RESET, "192.0.2.2:5060", "192.0.2.1:5060", "", NULL);
	sip_store_event(t, 7, EVENT_LOG, "192.0.2.2:5060", "192.0.2.9:5060", "a, \"b\"", "y");
}

/* Write the flow of calls 0 and 1. */
static char *
flow(struct query *q, const char *format, const char *columns, bool merge)
{
	const uint32_t calls[] = { 0, 1 };
	struct field *fields;
	struct table table;
	struct err err;
	char *text = NULL;
	size_t n, size;
	FILE *f = open_memstream(&text, &size);

	if (columns)
		assert_int_equal(field_list_parse(QUERY_MESSAGE, str_of(columns), &fields, &n,
						  &err), 0);
	else
		ladder_table_fields(&fields, &n);
	table_begin(&table, exporter_find(str_of(format)), q, fields, n,
		    &(struct table_options){ 0 }, f);
	ladder_table_write(&table, calls, 2, merge, false);
	assert_int_equal(table_end(&table, &err), 0);
	fclose(f);
	free(fields);
	return text;
}

static void
flows(void **state)
{
	static const char columns[] = "frames,call,source,method,transport,carrier,happened,detail";
	struct sip_store t;
	struct query q;
	struct str rest, line;
	char *text;

	(void)state;
	sip_store_init(&t);
	fill_carried(&t);
	query_init(&q, t.store);
	text = flow(&q, "csv", columns, false);
	assert_string_equal(text,
		"frames,call,source,method,transport,carrier,happened,detail\n"
		"10 11 13,1,192.0.2.1:5060,OPTIONS,tcp,,,\n"
		"20,1,192.0.2.2:5060,,tcp,,reset,connection reset\n"
		"14,2,192.0.2.1:5060,OPTIONS,udp,hep,,\n"
		"21,2,192.0.2.2:5060,,tcp,,log,\"log: a, \"\"b\"\"\"\n");
	free(text);
	text = flow(&q, "json", "frame,frames,happened,status,flaws,header.Via,call.state", true);
	assert_string_equal(text,
		"{\"frame\":13,\"frames\":[10, 11, 13],\"happened\":null,\"status\":null,"
		"\"flaws\":[],\"header.Via\":\"SIP/2.0/UDP h;branch=z9hG4bKo\","
		"\"call.state\":\"trying\"}\n"
		"{\"frame\":14,\"frames\":[14],\"happened\":null,\"status\":null,"
		"\"flaws\":[],\"header.Via\":\"SIP/2.0/UDP h;branch=z9hG4bKo\","
		"\"call.state\":\"trying\"}\n"
		"{\"frame\":20,\"frames\":[20],\"happened\":\"reset\",\"status\":null,"
		"\"flaws\":[],\"header.Via\":null,\"call.state\":\"trying\"}\n"
		"{\"frame\":21,\"frames\":[21],\"happened\":\"log\",\"status\":null,"
		"\"flaws\":[],\"header.Via\":null,\"call.state\":\"trying\"}\n");
	free(text);
	/* Every field of every row, as valid JSON. */
	text = flow(&q, "json", NULL, false);
	rest = str_of(text);
	for (int rows = 0; str_cut(&rest, '\n', &line) && line.n > 0; rows++) {
		json_t *row = json_loadb(line.p, line.n, 0, NULL);

		assert_non_null(row);
		assert_true(json_is_array(json_object_get(row, "frames")));
		assert_true(json_is_string(json_object_get(row, "first_byte")));
		assert_true(json_is_string(json_object_get(row, "detail")) == (rows % 2 == 1));
		json_decref(row);
	}
	free(text);
	query_release(&q);
	sip_store_release(&t);
}

static void
heads(void **state)
{
	struct sip_store t;
	struct query q;
	struct messages_text m;
	struct err err;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	sip_store_init(&t);
	fill_carried(&t);
	query_init(&q, t.store);
	messages_text_begin(&m, &q, &(struct messages_text_options){ .utc = true }, f);
	messages_text_add(&m, 0);
	messages_text_add(&m, 1);
	messages_text_end(&m, &err);
	messages_text_begin(&m, &q, &(struct messages_text_options){
		.time = MESSAGES_TIME_RELATIVE }, f);
	messages_text_add(&m, 0);
	messages_text_end(&m, &err);
	fclose(f);
	assert_non_null(strstr(text, "#13  2026-03-01 09:00:00.004000  192.0.2.1:5060 -> "
			       "192.0.2.2:5060  TCP  frames 10-11, 13  "
			       "first byte 09:00:00.000000\nOPTIONS"));
	assert_non_null(strstr(text, "192.0.2.2:5060  UDP  via HEP node 7\nOPTIONS"));
	assert_non_null(strstr(text, "first byte 4.0 ms before\nOPTIONS"));
	free(text);
	query_release(&q);
	sip_store_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(hostile_json),
		cmocka_unit_test(hostile_csv),
		cmocka_unit_test(hostile_text),
		cmocka_unit_test(write_errors),
		cmocka_unit_test(messages),
		cmocka_unit_test(flows),
		cmocka_unit_test(heads),
		cmocka_unit_test(name_ranks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
