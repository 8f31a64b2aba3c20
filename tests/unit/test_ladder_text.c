#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "export/ladder_text.h"
#include "export/names.h"
#include "sip_store.h"

static char *
render(const struct sip_store *t, const uint32_t *calls, size_t n,
       const struct ladder_options *lo, const struct ladder_text_options *to)
{
	struct ladder l;
	struct sink sink;
	struct err err;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	ladder_layout(&l, t->store, calls, n, lo);
	sink_init(&sink, f);
	ladder_text_write(&l, to, &sink);
	assert_int_equal(sink_end(&sink, &err), 0);
	fclose(f);
	ladder_release(&l);
	return text;
}

static void
check(const struct sip_store *t, const uint32_t *calls, size_t n,
      const struct ladder_options *lo, const struct ladder_text_options *to, const char *expected)
{
	char *text = render(t, calls, n, lo, to);

	assert_string_equal(text, expected);
	free(text);
}

static void
one_call(void **state)
{
	struct sip_store t;

	(void)state;
	sip_store_init(&t);
	sip_store_call(&t, NULL, "192.0.2.1:5060", "192.0.2.2:5060");
	check(&t, &(uint32_t){ 0 }, 1, &(struct ladder_options){ .silence = 10 * NS_PER_S },
	      &(struct ladder_text_options){ .utc = true },
		"Call #1  INVITE  completed  200 OK\n"
		"  Call-ID  call-1@test\n"
		"  From     sip:alice@a.test\n"
		"  To       sip:bob@b.test\n"
		"  Start    2026-03-01 09:00:00.000000 UTC  pdd 1.100 s  setup 3.000 s  duration 1:00\n"
		"  End      2026-03-01 09:01:03.050000 UTC  by caller\n"
		"  Messages 8, 1 retransmitted\n"
		"\n"
		"          192.0.2.1:5060              192.0.2.2:5060\n"
		"2026-03-01       │                           │\n"
		"09:00:00.000000  │───── INVITE (SDP) ×2 ────▶│\n"
		"09:00:00.600000  │◀─────── 100 Trying ───────│\n"
		"09:00:01.100000  │◀────── 180 Ringing ───────│\n"
		"09:00:03.000000  │◀────── 200 OK (SDP) ──────│\n"
		"09:00:03.050000  │─────────── ACK ──────────▶│\n"
		"                 ┊  1:00 without a message   ┊\n"
		"09:01:03.050000  │─────────── BYE ──────────▶│\n"
		"09:01:03.060500  │◀───────── 200 OK ─────────│\n");
	check(&t, &(uint32_t){ 0 }, 1, &(struct ladder_options){ .sdp = LADDER_SDP_FIRST },
	      &(struct ladder_text_options){ .utc = true, .ascii = true, .no_head = true,
		.time = LADDER_TIME_DELTA, .width = 40 },
		"       192.0.2.1:5060    192.0.2.2:5060\n"
		"              |                 |\n"
		"   +0.000000  |--- INVITE x2 -->|\n"
		"              | SDP offer PCMU/PCMA 192.0.2.1:4000 sendrecv\n"
		"   +0.600000  |<-- 100 Trying --|\n"
		"   +0.500000  |<- 180 Ringing --|\n"
		"   +1.900000  |<---- 200 OK ----|\n"
		"              | SDP answer PCMA 192.0.2.2:6000 sendrecv\n"
		"   +0.050000  |------ ACK ----->|\n"
		"  +60.000000  |------ BYE ----->|\n"
		"   +0.010500  |<---- 200 OK ----|\n");
	sip_store_release(&t);
}

/* Two legs through a proxy that also talks to itself, IPv6, names, a packet
 * captured twice, a message cut, two calls of one ladder, a second day. */
static void
fill_many(struct sip_store *t)
{
	const char *a = "192.0.2.1:5060", *p = "[2001:db8:1234:5678:9abc:def0:1111:2222]:5060";
	const char *b = "198.51.100.7:5080";
	const struct sip_line invite = {
		"INVITE sip:bob@b SIP/2.0", "1 INVITE", "i1", NULL, "a", SIP_STORE_SDP_A };
	const struct sip_line forward = {
		"INVITE sip:bob@b SIP/2.0", "1 INVITE", "i2", NULL, "b", NULL };

	sip_store_say(t, 0, a, p, &invite);
	t->ip_id = 1;
	sip_store_say(t, 0.2, a, p, &invite);
	t->ip_id = 0;
	sip_store_say(t, 3, p, p, &(struct sip_line){
		"OPTIONS sip:me SIP/2.0", "1 OPTIONS", "o", NULL, "a", NULL });
	sip_store_say(t, 5, p, b, &forward);
	sip_store_say(t, 54000000.0, b, p, &(struct sip_line){
		"SIP/2.0 486 Busy \xe4\xb8\xad\xe6\x96\x87 \x1b[31m here and there", "1 INVITE", "i2", "t",
		"b", NULL });
	sip_store_say(t, 54000001.0, p, a, &(struct sip_line){
		"SIP/2.0 486 Busy Here", "1 INVITE", "i1", "t", "a", NULL });
	sip_store_add(t, 54000000.5, a, b, STR("MESSAGE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=m\r\n"
		"From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: b\r\nCSeq: 9 MESSAGE\r\n"
		"Content-Length: 2000\r\n\r\nHello"), SIP_FLAW_FRAGMENTS);
}

static void
many(void **state)
{
	struct sip_store t;
	struct host_names names;
	struct err err;
	const uint32_t calls[] = { 0, 1 };
	struct ladder_options lo = { .sdp = LADDER_SDP_FULL };

	(void)state;
	sip_store_init(&t);
	host_names_init(&names);
	host_names_add_alias(&names, STR("192.0.2.1"), STR("Büro"), &err);
	lo.name = host_names_lookup;
	lo.name_ctx = &names;
	fill_many(&t);
	check(&t, calls, 2, &lo, &(struct ladder_text_options){ .utc = true, .width = 80 },
		"Call #1  INVITE  busy  486 Busy Here\n"
		"  Call-ID  a\n"
		"  From     sip:alice@a.test\n"
		"  To       sip:bob@b.test\n"
		"  Start    2026-03-01 09:00:00.000000 UTC\n"
		"  End      2026-03-02 00:00:00.001000 UTC  by callee\n"
		"  Messages 4, 1 captured twice\n"
		"Call #2  INVITE  busy  486 Busy 中文 ␛[31m here and there\n"
		"  Call-ID  b\n"
		"  From     sip:alice@a.test\n"
		"  To       sip:bob@b.test\n"
		"  Start    2026-03-01 09:00:00.005000 UTC\n"
		"  End      2026-03-02 00:00:00.000000 UTC  by callee\n"
		"  Messages 3\n"
		"\n"
		"                   Büro\n"
		"            192.0.2.1:5060 [2001:db8:1234:567…f0:1111:2222]:5060 198.51.100.7:5080\n"
		"2026-03-01           │                        │                        │\n"
		"09:00:00.000000  #1  │──── INVITE +1 dup ────▶│                        │\n"
		"                     │ SDP offer audio PCMU/PCMA/telephone-event 192.0.2.1:4000 sendrecv RTP/AVP\n"
		"09:00:00.003000  #1  │                        │──┐ OPTIONS             │\n"
		"                     │                        │◀─┘                     │\n"
		"09:00:00.005000  #2  │                        │──────── INVITE ───────▶│\n"
		"2026-03-02           │                        │                        │\n"
		"00:00:00.000000  #2  │                        │◀─ 486 Busy 中文 ␛[31… ─│\n"
		"00:00:00.001000  #1  │◀──── 486 Busy Here ────│                        │\n"
		"                     ┊         the clock goes back by 0.5 ms           ┊\n"
		"00:00:00.000500  #2  │──────────────────── MESSAGE ───────────────────▶│ ! content-length-long, fragments-missing\n"
		"                     │ ! 148 of 2143 bytes: fragments missing in the capture\n");
	check(&t, calls, 2, &lo, &(struct ladder_text_options){ .ascii = true, .no_head = true,
		.width = 60, .time = LADDER_TIME_RELATIVE },
		"                B?ro\n"
		"       192.0.2.1:5060 [2001:db8:1~:2222]:5060 198.51.100.7:5080\n"
		"                  |               |               |\n"
		"    0.000000  #1  |- IN~ +1 dup ->|               |\n"
		"                  | SDP offer audio PCMU/PCMA/telephone-event 192.0.2.1:4000 sendrecv RTP/AVP\n"
		"    0.003000  #1  |               |--. OPTIONS    |\n"
		"                  |               |<-'            |\n"
		"    0.005000  #2  |               |--- INVITE --->|\n"
		"54000.000000  #2  |               |<- 486 Busy ~ -|\n"
		"54000.001000  #1  |<- 486 Busy ~ -|               |\n"
		"                  :  the clock goes back by 0.5 ms\n"
		"54000.000500  #2  |----------- MESSAGE ---------->| ! content-length-long, fragments-missing\n"
		"                  | ! 148 of 2143 bytes: fragments missing in the capture\n");
	host_names_release(&names);
	sip_store_release(&t);
}

static void
fill_events(struct sip_store *t)
{
	const char *a = "192.0.2.1:40000", *b = "192.0.2.2:5060";

	t->like.transport = TRANSPORT_TCP;
	sip_store_say(t, 0, a, b, &(struct sip_line){
		"INVITE sip:bob@b SIP/2.0", "1 INVITE", "i1", NULL, "a", NULL });
	sip_store_event(t, 100, EVENT_GAP, b, a, "1460 bytes not captured", NULL);
	sip_store_event(t, 150, EVENT_LOG, a, b, "route: \x1b[31m a line that is rather long, so "
			"that it will not fit into the width that there is", "a");
	sip_store_event(t, 200, EVENT_RESET, a, b, "", NULL);
	sip_store_event(t, 201, EVENT_RESET, a, b, "", NULL);
	sip_store_event(t, 86400000.0, EVENT_RTCP, "192.0.2.1:4001", b, "", "a");
	sip_store_event(t, 86400001.0, EVENT_RTCP, "192.0.2.1:4001", b, "", "a");
}

static void
happened(void **state)
{
	struct sip_store t;

	(void)state;
	sip_store_init(&t);
	fill_events(&t);
	check(&t, &(uint32_t){ 0 }, 1, &(struct ladder_options){ 0 },
	      &(struct ladder_text_options){ .utc = true, .no_head = true, .width = 60 },
		"          192.0.2.1:40000                   192.0.2.2:5060\n"
		"2026-03-01       │                                 │\n"
		"09:00:00.000000  │──────────── INVITE ────────────▶│\n"
		"09:00:00.100000  │◀╌ gap: 1460 bytes not captured ╌│\n"
		"09:00:00.150000  │ log: route: ␛[31m a line that is rather …\n"
		"09:00:00.200000  │╌╌╌╌╌╌ connection reset ×2 ╌╌╌╌╌▶│\n"
		"2026-03-02       │                                 │\n"
		"09:00:00.000000  │╌╌╌╌╌╌╌╌ RTCP report ×2 ╌╌╌╌╌╌╌╌▶│\n");
	check(&t, &(uint32_t){ 0 }, 1, &(struct ladder_options){ 0 },
	      &(struct ladder_text_options){ .ascii = true, .no_head = true, .width = 100,
		.time = LADDER_TIME_DELTA },
		"       192.0.2.1:40000                   192.0.2.2:5060\n"
		"              |                                 |\n"
		"   +0.000000  |------------ INVITE ------------>|\n"
		"   +0.100000  |<~ gap: 1460 bytes not captured ~|\n"
		"   +0.150000  | log: route: ?[31m a line that is rather long, so that it will not fit into the widt~\n"
		"   +0.200000  |~~~~~~ connection reset x2 ~~~~~>|\n"
		"+86400.000000 |~~~~~~~~ RTCP report x2 ~~~~~~~~>|\n");
	sip_store_release(&t);
}

/* Names and addresses that do not fit never run into one another, and no line
 * of lanes is longer than the width while lanes can be kept apart. */
static void
narrow(void **state)
{
	struct sip_store t;
	struct str rest, line;
	char src[64], dst[64], *text;

	(void)state;
	sip_store_init(&t);
	for (int i = 0; i < 6; i++) {
		snprintf(src, sizeof(src), "[2001:db8:1111:2222:3333:4444:5555:%x]:5060", i + 1);
		snprintf(dst, sizeof(dst), "[2001:db8:1111:2222:3333:4444:5555:%x]:5060", i + 2);
		sip_store_say(&t, i, src, dst, &(struct sip_line){
			"INVITE sip:bob@b SIP/2.0", "1 INVITE", "i", NULL, NULL, NULL });
	}
	for (int width = 1; width < 300; width += 7) {
		text = render(&t, &(uint32_t){ 0 }, 1, &(struct ladder_options){ 0 },
			      &(struct ladder_text_options){ .width = width, .no_head = true });
		rest = str_of(text);
		assert_true(str_cut(&rest, '\n', &line));
		for (int i = 0; i < 7; i++) {		/* seven heads, blanks between */
			struct str head;

			line = str_trim(line);
			assert_true(str_cut(&line, ' ', &head));
			assert_true(head.p[head.n - 1] == '0');
		}
		assert_int_equal(str_trim(line).n, 0);
		while (str_cut(&rest, '\n', &line))
			assert_true(text_width(line) <= (width > 140 ? width : 140));
		free(text);
	}
	sip_store_release(&t);
}

/* Nothing that could steer a terminal comes out, and all lines are UTF-8. */
static void
hostile(void **state)
{
	struct sip_store t;
	uint32_t seed = 7;
	char *text;

	(void)state;
	sip_store_init(&t);
	for (int i = 0; i < 400; i++) {
		struct buf b = BUF_INIT;

		buf_printf(&b, "SIP/2.0 %d ", 100 + i);
		for (int k = 0; k < i % 40; k++) {
			seed = seed * 1664525 + 1013904223;
			char c = (char)(seed >> 24);

			buf_add_char(&b, c == '\r' || c == '\n' ? ' ' : c);
		}
		buf_printf(&b, "\r\nVia: SIP/2.0/UDP h;branch=b%d\r\nFrom: <sip:a@b>;tag=1\r\n"
			   "To: <sip:c@d>;tag=%d\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n", i, i);
		sip_store_add(&t, i, "192.0.2.1:5060", i % 3 ? "192.0.2.2:5060" : "192.0.2.1:5070",
			      buf_str(&b), 0);
		buf_release(&b);
	}
	for (int ascii = 0; ascii < 2; ascii++) {
		text = render(&t, &(uint32_t){ 0 }, 1, &(struct ladder_options){ 0 },
			      &(struct ladder_text_options){ .ascii = ascii });
		for (const char *c = text; *c; c++) {
			assert_true((unsigned char)*c >= 0x20 || *c == '\n');
			assert_true(*c != 0x7f && (!ascii || (unsigned char)*c < 0x7f));
		}
		free(text);
	}
	sip_store_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(one_call), cmocka_unit_test(many),
		cmocka_unit_test(happened), cmocka_unit_test(narrow), cmocka_unit_test(hostile) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
