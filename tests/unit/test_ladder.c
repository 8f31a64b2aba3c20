#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "export/ladder.h"
#include "sip_store.h"

#define CALL_0	(&(uint32_t){ 0 })

static bool
is(struct str s, const char *text)
{
	return str_eq(s, str_of(text));
}

static void
rows(void **state)
{
	struct sip_store t;
	struct ladder l;

	(void)state;
	sip_store_init(&t);
	sip_store_call(&t, NULL, "192.0.2.1:5060", "192.0.2.2:5060");
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ .sdp = LADDER_SDP_FIRST });
	assert_int_equal(l.lane_count, 2);
	assert_int_equal(l.messages, 8);
	assert_int_equal(l.row_count, 7);
	assert_int_equal(l.call_count, 1);
	assert_int_equal(l.calls[0].state, CALL_STATE_COMPLETED);
	assert_int_equal(l.lanes[0].messages, 8);
	assert_true(l.first == SIP_STORE_START);
	assert_true(is(l.lanes[0].address, "192.0.2.1:5060"));
	assert_true(is(l.rows[0].label, "INVITE"));
	assert_int_equal(l.rows[0].retransmissions, 1);
	assert_true(l.rows[0].last == SIP_STORE_START + 500 * NS_PER_MS);
	assert_int_equal(l.rows[0].sdp, LADDER_SDP_OFFER);
	assert_int_equal(l.rows[0].note_count, 1);
	assert_true(is(l.rows[0].notes[0], "SDP offer PCMU/PCMA 192.0.2.1:4000 sendrecv"));
	assert_true(is(l.rows[3].label, "200 OK"));
	assert_int_equal(l.rows[3].sdp, LADDER_SDP_ANSWER);
	assert_int_equal(l.rows[3].from, 1);
	assert_int_equal(l.rows[3].to, 0);
	ladder_release(&l);

	ladder_layout(&l, t.store, (const uint32_t[]){ 0, 99, 0 }, 3,
		      &(struct ladder_options){ .unfold = true });
	assert_int_equal(l.row_count, 8);
	assert_int_equal(l.call_count, 1);
	assert_int_equal(l.rows[1].flags & MESSAGE_RETRANSMISSION, MESSAGE_RETRANSMISSION);
	assert_int_equal(l.rows[0].note_count, 0);
	ladder_release(&l);

	/* Text that is gone costs phrases, not rows. */
	store_set_reader(t.store, sip_store_read, &(struct buf){ NULL, 0, 0 });
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ .sdp = LADDER_SDP_FULL });
	assert_int_equal(l.row_count, 7);
	assert_true(l.unread > 0);
	assert_true(is(l.rows[3].label, "200"));
	ladder_release(&l);
	ladder_layout(&l, t.store, NULL, 0, &(struct ladder_options){ 0 });
	assert_int_equal(l.row_count + l.lane_count + l.call_count, 0);
	ladder_release(&l);
	sip_store_release(&t);
}

/* Of more messages than there is room for, the newest ones of all calls. */
static void
newest(void **state)
{
	static const uint32_t calls[] = { 0, 1 };
	struct sip_store t;
	struct ladder l;

	(void)state;
	sip_store_init(&t);
	for (uint32_t i = 0; i < 40; i++) {
		char branch[8], id[8];

		snprintf(branch, sizeof(branch), "b%u", i);
		snprintf(id, sizeof(id), "c%u", i % 4 == 3);
		sip_store_say(&t, i, "192.0.2.1:5060", "192.0.2.2:5060", &(struct sip_line){
			"INFO sip:x SIP/2.0", "1 INFO", branch, "t", id, NULL });
	}
	ladder_layout(&l, t.store, calls, 2, &(struct ladder_options){ .messages_max = 16 });
	assert_int_equal(l.messages, 16);
	assert_int_equal(l.messages_left, 24);
	assert_int_equal(l.row_count, 16);
	for (uint32_t i = 0; i < l.row_count; i++)
		assert_int_equal(l.rows[i].message, 24 + i);
	assert_true(ladder_memory(&l, NULL) >= 16 * sizeof(*l.rows));
	ladder_release(&l);
	ladder_layout(&l, t.store, calls, 2, &(struct ladder_options){ .messages_max = 40 });
	assert_int_equal(l.messages, 40);
	assert_int_equal(l.messages_left, 0);
	ladder_release(&l);
	sip_store_release(&t);
}

/* Of a reason phrase that is too long no character is cut in two. */
static void
long_reasons(void **state)
{
	static const struct {
		const char *first, *unit;
		unsigned int units, kept;
	} cases[] = {
		{ "", "x", 160, 160 }, { "", "x", 161, 160 },
		{ "", "\xd0\x96", 80, 80 }, { "x", "\xd0\x96", 80, 79 },
		{ "", "\xe6\xbc\xa2", 54, 53 }, { "x", "\xe6\xbc\xa2", 54, 53 },
		{ "xx", "\xe6\xbc\xa2", 54, 52 }, { "x", "\xf0\x9f\x91\xa9", 40, 39 },
		{ "", "\x80", 161, 157 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf start = BUF_INIT, want = BUF_INIT;
		struct sip_store t;
		struct ladder l;

		buf_printf(&start, "SIP/2.0 486 %s", cases[i].first);
		buf_printf(&want, "486 %s", cases[i].first);
		for (unsigned int k = 0; k < cases[i].units; k++)
			buf_add_cstr(&start, cases[i].unit);
		for (unsigned int k = 0; k < cases[i].kept; k++)
			buf_add_cstr(&want, cases[i].unit);
		if (cases[i].kept < cases[i].units)
			buf_add_cstr(&want, "...");
		sip_store_init(&t);
		sip_store_say(&t, 0, "192.0.2.2:5060", "192.0.2.1:5060", &(struct sip_line){
			.start = start.p, .cseq = "1 INVITE", .branch = "1" });
		ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ 0 });
		assert_int_equal(l.row_count, 1);
		assert_true(str_eq(l.rows[0].label, buf_str(&want)));
		ladder_release(&l);
		sip_store_release(&t);
		buf_release(&start);
		buf_release(&want);
	}
}

static struct str
name_by_port(void *ctx, const struct net_endpoint *at)
{
	(void)ctx;
	return at->port == 5080 ? STR("sbc-b") : at->port == 5070 ? STR("sbc-a") : STR_NONE;
}

static struct str
name_one(void *ctx, const struct net_endpoint *at)
{
	(void)ctx;
	return at->addr.bytes[3] >= 2 ? STR("cluster") : STR_NONE;
}

static void
lanes(void **state)
{
	const struct sip_line invite = {
		"INVITE sip:b SIP/2.0", "1 INVITE", "i", NULL, NULL, NULL };
	struct sip_store t;
	struct ladder l;

	(void)state;
	/* A response comes first: the caller is who gets it. */
	sip_store_init(&t);
	sip_store_say(&t, 0, "192.0.2.2:5060", "192.0.2.1:5060", &(struct sip_line){
		"SIP/2.0 180 Ringing", "1 INVITE", "i", "t", NULL, NULL });
	sip_store_say(&t, 1, "192.0.2.2:5070", "192.0.2.1:5060", &(struct sip_line){
		"SIP/2.0 200 OK", "1 INVITE", "i", "t", NULL, SIP_STORE_SDP_A });
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ 0 });
	assert_int_equal(l.lane_count, 2);
	assert_true(is(l.lanes[0].address, "192.0.2.1:5060"));
	assert_true(is(l.lanes[1].address, "192.0.2.2"));	/* two ports, one host */
	assert_int_equal(l.rows[1].sdp, LADDER_SDP_UNKNOWN);
	ladder_release(&l);
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ .split_ports = true });
	assert_int_equal(l.lane_count, 3);
	ladder_release(&l);
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ .name = name_by_port });
	assert_int_equal(l.lane_count, 3);		/* the ports have names of their own */
	assert_true(is(l.lanes[2].name, "sbc-a"));
	ladder_release(&l);
	sip_store_release(&t);

	/* An address that talks to itself is split, one that talks to its own
	 * port is a loop; addresses with one name may be joined. */
	sip_store_init(&t);
	sip_store_say(&t, 0, "192.0.2.1:5060", "192.0.2.2:5060", &invite);
	sip_store_say(&t, 1, "192.0.2.2:5060", "192.0.2.2:5080", &invite);
	sip_store_say(&t, 2, "192.0.2.2:5080", "192.0.2.3:5060", &invite);
	sip_store_say(&t, 3, "192.0.2.3:5060", "192.0.2.3:5060", &invite);
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ 0 });
	assert_int_equal(l.lane_count, 4);
	assert_true(is(l.lanes[2].address, "192.0.2.2:5080"));
	assert_int_equal(l.rows[1].from, 1);
	assert_int_equal(l.rows[1].to, 2);
	assert_int_equal(l.rows[3].from, 3);
	assert_int_equal(l.rows[3].to, 3);
	assert_int_equal(l.lanes[3].messages, 2);
	ladder_release(&l);
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){
		.join_names = true, .name = name_one });
	assert_int_equal(l.lane_count, 2);
	assert_true(is(l.lanes[1].address, "192.0.2.2 +1"));
	ladder_release(&l);
	sip_store_release(&t);

	/* But the one name of a host that talks to itself joins nothing. */
	sip_store_init(&t);
	sip_store_say(&t, 0, "192.0.2.2:5060", "192.0.2.2:5080", &invite);
	sip_store_say(&t, 1, "192.0.2.2:5080", "192.0.2.1:5060", &invite);
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){
		.join_names = true, .name = name_one });
	assert_int_equal(l.lane_count, 3);
	ladder_release(&l);
	sip_store_release(&t);
}

/* In slices, however short: the same. */
static void
slices(void **state)
{
	struct sip_store t;
	struct ladder all, l;
	struct ladder_job *job;
	uint32_t calls[2] = { 0, 1 };

	(void)state;
	sip_store_init(&t);
	for (int i = 0; i < 300; i++) {
		char cseq[32];

		snprintf(cseq, sizeof(cseq), "%d OPTIONS", i);
		sip_store_say(&t, i, "192.0.2.1:5060", "192.0.2.2:5060", &(struct sip_line){
			"OPTIONS sip:b SIP/2.0", cseq, "i", NULL, i % 2 ? "c1" : "c2", NULL });
	}
	ladder_layout(&all, t.store, calls, 2, &(struct ladder_options){ 0 });
	job = ladder_start(&l, t.store, calls, 2, &(struct ladder_options){ 0 });
	while (ladder_step(job, 1))
		;
	assert_false(ladder_step(job, 1));
	ladder_end(job);
	assert_int_equal(l.row_count, all.row_count);
	for (uint32_t i = 0; i < l.row_count; i++)
		assert_int_equal(l.rows[i].message, all.rows[i].message);
	ladder_release(&l);
	/* Given up halfway. */
	job = ladder_start(&l, t.store, calls, 2, &(struct ladder_options){ 0 });
	ladder_end(job);
	ladder_release(&l);
	ladder_release(&all);
	sip_store_release(&t);
}

static void
sdp_roles(void **state)
{
	static const struct {
		struct sip_line line;
		bool back;
		enum ladder_sdp_role role;
	} cases[] = {
		{ { "INVITE sip:b SIP/2.0", "1 INVITE", "i", NULL, NULL, NULL }, false, LADDER_SDP_NONE },
		{ { "SIP/2.0 183 P", "1 INVITE", "i", "t", NULL, SIP_STORE_SDP_B }, true, LADDER_SDP_OFFER },
		{ { "PRACK sip:b SIP/2.0", "2 PRACK", "p", "t", NULL, SIP_STORE_SDP_A }, false, LADDER_SDP_ANSWER },
		{ { "PRACK sip:b SIP/2.0", "3 PRACK", "q", "t", NULL, SIP_STORE_SDP_A }, false, LADDER_SDP_OFFER },
		{ { "SIP/2.0 200 OK", "3 PRACK", "q", "t", NULL, SIP_STORE_SDP_B }, true, LADDER_SDP_ANSWER },
		{ { "UPDATE sip:b SIP/2.0", "4 UPDATE", "u", "t", NULL, SIP_STORE_SDP_A }, false, LADDER_SDP_OFFER },
		{ { "SIP/2.0 200 OK", "4 UPDATE", "u", "t", NULL, SIP_STORE_SDP_B }, true, LADDER_SDP_ANSWER },
		{ { "INVITE sip:b SIP/2.0", "5 INVITE", "j", "t", NULL, NULL }, false, LADDER_SDP_NONE },
		{ { "SIP/2.0 200 OK", "5 INVITE", "j", "t", NULL, SIP_STORE_SDP_B }, true, LADDER_SDP_OFFER },
		{ { "ACK sip:b SIP/2.0", "5 ACK", "k", "t", NULL, SIP_STORE_SDP_A }, false, LADDER_SDP_ANSWER },
		{ { "SIP/2.0 200 OK", "9 INVITE", "x", "t", NULL, SIP_STORE_SDP_B }, true, LADDER_SDP_UNKNOWN },
	};
	struct sip_store t;
	struct ladder l;

	(void)state;
	sip_store_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		sip_store_say(&t, (double)i, cases[i].back ? "192.0.2.2:5060" : "192.0.2.1:5060",
			      cases[i].back ? "192.0.2.1:5060" : "192.0.2.2:5060", &cases[i].line);
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ .unfold = true });
	assert_int_equal(l.row_count, ARRAY_SIZE(cases));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (l.rows[i].sdp != cases[i].role)
			fail_msg("row %zu: role %d", i, l.rows[i].sdp);
	ladder_release(&l);
	sip_store_release(&t);
}

static void
sdp_text(void **state)
{
	static const struct {
		const char *body, *first, *second;	/* full, first and second line */
	} cases[] = {
		{ "v=0\r\no=- 1 1 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\n"
		  "m=audio 0 RTP/AVP 0\r\nm=video 5000 RTP/SAVP 97 34\r\na=rtpmap:97 VP8/90000\r\na=sendonly\r\n",
		  "SDP offer audio not in use (port 0)",
		  "SDP offer video VP8/H263 [2001:db8::1]:5000 sendonly hold RTP/SAVP" },
		{ "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
		  "m=image 6000 udptl t38\r\n",
		  "SDP offer image t38 192.0.2.1:6000 sendrecv udptl", NULL },
		{ "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n", "SDP offer without media", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sip_store t;
		struct ladder l;

		sip_store_init(&t);
		sip_store_say(&t, 0, "192.0.2.1:5060", "192.0.2.2:5060", &(struct sip_line){
			"INVITE sip:b SIP/2.0", "1 INVITE", "i", NULL, NULL, cases[i].body });
		ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ .sdp = LADDER_SDP_FULL });
		assert_int_equal(l.rows[0].note_count, cases[i].second ? 2 : 1);
		if (!is(l.rows[0].notes[0], cases[i].first))
			fail_msg("%.*s", STR_ARG(l.rows[0].notes[0]));
		if (cases[i].second && !is(l.rows[0].notes[1], cases[i].second))
			fail_msg("%.*s", STR_ARG(l.rows[0].notes[1]));
		ladder_release(&l);
		sip_store_release(&t);
	}
}

/* Thousands of hosts and messages, all equal but for one thing. */
static void
sizes(void **state)
{
	struct sip_store t;
	struct ladder l;
	char src[32];

	(void)state;
	sip_store_init(&t);
	for (int i = 0; i < 3000; i++) {
		snprintf(src, sizeof(src), "10.1.%d.%d:5060", i / 250, i % 250 + 1);
		sip_store_say(&t, i, src, "192.0.2.2:5060", &(struct sip_line){
			"OPTIONS sip:b SIP/2.0", "1 OPTIONS", "same", NULL, NULL, NULL });
	}
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ 0 });
	assert_int_equal(l.lane_count, LADDER_LANES_MAX);
	assert_int_equal(l.lanes_folded, 3001 - (LADDER_LANES_MAX - 1));
	assert_true(is(l.lanes[LADDER_LANES_MAX - 1].address, "2746 more hosts"));
	assert_int_equal(l.row_count, 3000);
	for (uint32_t i = 0; i < l.row_count; i++)
		assert_true(l.rows[i].from < l.lane_count && l.rows[i].to < l.lane_count);
	ladder_release(&l);
	sip_store_release(&t);

	/* One message sent again and again is one row. */
	sip_store_init(&t);
	for (int i = 0; i < 20000; i++)
		sip_store_say(&t, i * 100, "192.0.2.1:5060", "192.0.2.2:5060", &(struct sip_line){
			"OPTIONS sip:b SIP/2.0", "1 OPTIONS", "same", NULL, NULL, NULL });
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ 0 });
	assert_int_equal(l.row_count, 1);
	assert_int_equal(l.rows[0].retransmissions, 19999);
	ladder_release(&l);
	sip_store_release(&t);
}

static void
events(void **state)
{
	const struct sip_line options = {
		"OPTIONS sip:b SIP/2.0", "1 OPTIONS", "o", NULL, NULL, NULL };
	struct sip_store t;
	struct ladder l;

	(void)state;
	sip_store_init(&t);
	sip_store_say(&t, 0, "192.0.2.1:5060", "192.0.2.2:5060", &options);
	sip_store_say(&t, 20000, "192.0.2.1:5060", "192.0.2.2:5060", &options);	/* folded */
	sip_store_say(&t, 50000, "192.0.2.2:5060", "192.0.2.1:5060", &(struct sip_line){
		"SIP/2.0 200 OK", "1 OPTIONS", "o", "t", NULL, NULL });
	sip_store_say(&t, 49000, "192.0.2.3:5060", "192.0.2.1:5060", &options);
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ .silence = 10 * NS_PER_S });
	assert_int_equal(l.row_count, 5);
	assert_int_equal(l.rows[0].kind, LADDER_MESSAGE);
	assert_int_equal(l.rows[1].kind, LADDER_SILENCE);
	assert_true(l.rows[1].span == 30 * NS_PER_S);
	assert_true(is(l.rows[1].label, "30.000 s without a message"));
	assert_int_equal(l.rows[3].kind, LADDER_STEP_BACK);
	assert_true(l.rows[3].span == NS_PER_S);
	assert_int_equal(l.rows[4].kind, LADDER_MESSAGE);
	ladder_release(&l);
	sip_store_release(&t);
}

static void
happened(void **state)
{
	const char *a = "192.0.2.1:40000", *b = "192.0.2.2:5061";
	struct sip_store t;
	struct ladder l;

	(void)state;
	sip_store_init(&t);
	t.like.transport = TRANSPORT_TLS;
	sip_store_call(&t, "x", a, b);
	t.like.transport = TRANSPORT_TCP;
	sip_store_event(&t, 800, EVENT_GAP, b, a, "1460 bytes not captured", NULL);
	sip_store_event(&t, 900, EVENT_ALERT, a, b, "warning: user canceled", NULL);
	sip_store_event(&t, 901, EVENT_ALERT, a, b, "warning: user canceled", NULL);
	sip_store_event(&t, 902, EVENT_ALERT, b, a, "warning: user canceled", NULL);
	sip_store_event(&t, 4000, EVENT_RTCP, "192.0.2.1:4001", "192.0.2.9:4001", "{1}", "x");
	sip_store_event(&t, 9000, EVENT_RTCP, "192.0.2.1:4001", "192.0.2.9:4001", "{2}", "x");
	sip_store_event(&t, 9500, EVENT_LOG, a, b, "  answered \n", "x");
	sip_store_event(&t, 1, EVENT_LOG, a, b, "first", "x");
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ 0 });
	assert_int_equal(l.row_count, 13);
	assert_int_equal(l.events, 8);
	assert_int_equal(l.messages, 8);
	assert_int_equal(l.lane_count, 2);
	assert_int_equal(l.rows[0].event, EVENT_NONE);
	assert_int_equal(l.rows[1].kind, LADDER_EVENT);
	assert_true(is(l.rows[1].label, "log: first"));
	assert_int_equal(l.rows[1].from, LADDER_NONE);
	assert_true(is(l.rows[3].label, "gap: 1460 bytes not captured"));
	assert_int_equal(l.rows[3].from, 1);
	assert_int_equal(l.rows[3].to, 0);
	assert_int_equal(l.rows[3].event, 0);
	assert_int_equal(l.rows[3].message, MESSAGE_NONE);
	assert_int_equal(l.rows[3].happened, EVENT_GAP);
	assert_int_equal(l.rows[4].count, 2);
	assert_true(l.rows[4].last == SIP_STORE_START + 901 * NS_PER_MS);
	assert_int_equal(l.rows[5].count, 1);
	assert_true(is(l.rows[9].label, "RTCP report"));
	assert_int_equal(l.rows[9].count, 2);
	assert_int_equal(l.rows[9].from, LADDER_NONE);
	assert_true(is(l.rows[10].label, "log: answered"));
	ladder_release(&l);
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ .unfold = true });
	assert_int_equal(l.row_count, 16);
	ladder_release(&l);

	/* Of two calls on one connection, it happened to neither alone. */
	t.like.transport = TRANSPORT_TLS;
	sip_store_call(&t, "y", a, b);
	ladder_layout(&l, t.store, (const uint32_t[]){ 0, 1 }, 2, &(struct ladder_options){ 0 });
	assert_int_equal(l.events, 8);
	assert_int_equal(l.messages, 16);
	for (uint32_t i = 0; i < l.row_count; i++)
		if (l.rows[i].kind == LADDER_EVENT)
			assert_int_equal(l.rows[i].call, l.rows[i].happened == EVENT_LOG ||
					 l.rows[i].happened == EVENT_RTCP ? 0 : CALL_NONE);
	ladder_release(&l);
	sip_store_release(&t);
}

/* What is delivered late stands where its time says, and the clock stays. */
static void
late(void **state)
{
	const char *a = "192.0.2.1:5060", *b = "192.0.2.2:5060";
	const struct sip_line line[] = {
		{ "INVITE sip:b SIP/2.0", "1 INVITE", "i", NULL, NULL, NULL },
		{ "SIP/2.0 100 Trying", "1 INVITE", "i", NULL, NULL, NULL },
		{ "SIP/2.0 180 Ringing", "1 INVITE", "i", "t", NULL, NULL },
		{ "SIP/2.0 200 OK", "1 INVITE", "i", "t", NULL, NULL },
	};
	struct sip_store t;
	struct ladder l;

	(void)state;
	sip_store_init(&t);
	t.like.transport = TRANSPORT_TCP;
	sip_store_say(&t, 0, a, b, &line[0]);
	t.like.frame = 9;
	sip_store_say(&t, 900, b, a, &line[3]);
	t.like.frame = 4;
	sip_store_say(&t, 400, b, a, &line[1]);
	t.like.frame = 6;
	sip_store_say(&t, 600, b, a, &line[2]);
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ 0 });
	assert_int_equal(l.row_count, 4);
	assert_int_equal(l.rows[1].message, 2);
	assert_int_equal(l.rows[2].message, 3);
	assert_int_equal(l.rows[3].message, 1);
	ladder_release(&l);

	/* The same with frames that go on: the clock went back. What an event
	 * belongs to is told by its frame. */
	t.like.frame = 20;
	sip_store_say(&t, 300, a, b, &(struct sip_line){
		"ACK sip:b SIP/2.0", "1 ACK", "k", "t", NULL, NULL });
	t.frames = 20;
	sip_store_event(&t, 305, EVENT_RESET, a, b, "", NULL);
	t.frames = 3;
	sip_store_event(&t, 310, EVENT_RESET, b, a, "", NULL);
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ 0 });
	assert_int_equal(l.row_count, 8);
	assert_int_equal(l.rows[1].kind, LADDER_EVENT);
	assert_int_equal(l.rows[1].event, 1);
	assert_int_equal(l.rows[5].kind, LADDER_STEP_BACK);
	assert_true(l.rows[5].span == 600 * NS_PER_MS);
	assert_int_equal(l.rows[6].message, 4);
	assert_int_equal(l.rows[7].event, 0);
	ladder_release(&l);
	sip_store_release(&t);

	/* Files have clocks of their own, and so have agents. The copy that came
	 * later but is older is folded all the same. */
	sip_store_init(&t);
	t.like = (struct store_input){ .carrier = CARRIER_HEP, .node = 1 };
	sip_store_say(&t, 10, a, b, &line[0]);
	sip_store_say(&t, 20, b, a, &line[1]);
	t.like.node = 2;
	sip_store_say(&t, 9, a, b, &line[0]);
	sip_store_say(&t, 21, b, a, &line[1]);
	t.like = (struct store_input){ .source = 1, .place.source = 1 };
	sip_store_say(&t, 15, b, a, &line[2]);
	ladder_layout(&l, t.store, CALL_0, 1, &(struct ladder_options){ 0 });
	assert_int_equal(l.row_count, 3);
	assert_int_equal(l.rows[0].message, 0);
	assert_int_equal(l.rows[0].duplicates, 1);
	assert_int_equal(l.rows[0].flags & MESSAGE_DUPLICATE, 0);
	assert_true(l.rows[0].time == SIP_STORE_START + 9 * NS_PER_MS);
	assert_int_equal(l.rows[1].message, 4);
	assert_int_equal(l.rows[2].duplicates, 1);
	ladder_release(&l);
	sip_store_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows), cmocka_unit_test(newest),
		cmocka_unit_test(long_reasons),
		cmocka_unit_test(lanes),
		cmocka_unit_test(slices),
		cmocka_unit_test(sdp_roles),
		cmocka_unit_test(sdp_text),
		cmocka_unit_test(sizes),
		cmocka_unit_test(events),
		cmocka_unit_test(happened),
		cmocka_unit_test(late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
