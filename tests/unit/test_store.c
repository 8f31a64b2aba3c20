/*
 * Calls from messages. A flow is written as steps "MS FROM>TO WHAT [k=v ...]",
 * separated by ";": WHAT is a method or a status; c= CSeq number, m= its method,
 * b= branch, f= From tag, t= To tag, id= IP id, ttl=, e= Expires, s=
 * Subscription-State, r= Reason and k= Contact (both with "," for ";"), i= Call-ID.
 * What is not said is what an ordinary
 * call would have: A calls B, CSeq 1, branch of the CSeq and method.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sip_store.h"
#include "store/store.h"

struct step {
	int64_t ms;
	char from, to;
	struct str what;
	struct str value[128];	/* by the letter of its key */
};

static struct str
option(const struct step *st, char key, const char *otherwise)
{
	struct str v = st->value[(unsigned char)key];

	return v.p ? v : str_of(otherwise);
}

static struct step
parse_step(struct str text)
{
	struct step st = { 0 };
	struct str word;
	uint32_t ms = 0;
	int n = 0;

	text = str_trim(text);
	while (str_cut(&text, ' ', &word)) {
		size_t eq = str_chr(word, '=');

		if (word.n == 0)
			continue;
		if (n == 0) {
			assert_true(str_to_u32(word, &ms));
			st.ms = ms;
		} else if (n == 1) {
			st.from = word.p[0];
			st.to = word.p[2];
		} else if (n == 2) {
			st.what = word;
		} else {
			char key = eq > 1 && word.p[0] == 'i' ? 'd' :
				   eq > 1 ? 'l' : word.p[0];

			assert_true(eq != SIZE_MAX);
			st.value[(unsigned char)key] = str_skip(word, eq + 1);
		}
		n++;
	}
	assert_true(n >= 3);
	return st;
}

static void
add_with_semicolons(struct buf *b, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	buf_add_cstr(b, name);
	for (size_t i = 0; i < value.n; i++)
		buf_add_char(b, value.p[i] == ',' ? ';' : value.p[i]);
	buf_add_cstr(b, "\r\n");
}

static void
message_text(const struct step *st, struct buf *b)
{
	bool request = ascii_is_alpha(st->what.p[0]);
	struct str method = request ? st->what : option(st, 'm', "INVITE");
	struct str cseq = option(st, 'c', "1");
	struct str tag = option(st, 't', "");
	bool shares = str_eq(method, STR("CANCEL")) || str_eq(method, STR("ACK"));
	struct str value;

	if (request)
		buf_printf(b, "%.*s sip:b@b.example SIP/2.0\r\n", STR_ARG(st->what));
	else
		buf_printf(b, "SIP/2.0 %.*s Because\r\n", STR_ARG(st->what));
	value = option(st, 'b', "");
	if (value.n)
		buf_printf(b, "Via: SIP/2.0/UDP h;branch=z9hG4bK%.*s\r\n", STR_ARG(value));
	else
		buf_printf(b, "Via: SIP/2.0/UDP h;branch=z9hG4bK-%.*s-%.*s-%.*s\r\n", STR_ARG(cseq),
			   shares ? 6 : (int)method.n, shares ? "INVITE" : method.p,
			   STR_ARG(option(st, 'f', "a")));
	buf_printf(b, "From: <sip:alice@a.example>;tag=%.*s\r\n", STR_ARG(option(st, 'f', "a")));
	buf_printf(b, "To: <sip:bob@b.example>%s%.*s\r\n", tag.n ? ";tag=" : "", STR_ARG(tag));
	value = option(st, 'i', "call-1");
	if (!str_eq(value, STR("none")))
		buf_printf(b, "Call-ID: %.*s\r\n", STR_ARG(value));
	buf_printf(b, "CSeq: %.*s %.*s\r\n", STR_ARG(cseq), STR_ARG(method));
	value = option(st, 'e', "");
	if (value.n)
		buf_printf(b, "Expires: %.*s\r\n", STR_ARG(value));
	value = option(st, 's', "");
	if (value.n)
		buf_printf(b, "Subscription-State: %.*s\r\n", STR_ARG(value));
	value = option(st, 'r', "");
	add_with_semicolons(b, "Reason: ", value);
	add_with_semicolons(b, "Contact: ", option(st, 'k', ""));
	buf_add_cstr(b, "Content-Length: 0\r\n\r\n");
}

static struct net_endpoint
host(char c)
{
	struct net_endpoint e = { .addr = { NET_IP4, { 192, 0, 2, (uint8_t)c } }, .port = 5060 };

	return e;
}

static void
add_step(struct store *s, const struct step *st)
{
	struct buf b = BUF_INIT;
	struct sip_scan scan;
	struct store_input in = {
		.scan = &scan, .src = host(st->from), .dst = host(st->to),
		.time = (1000000 + st->ms) * NS_PER_MS, .ttl = 64,
		.frame = store_message_count(s) + 1,
	};
	uint32_t id;

	message_text(st, &b);
	assert_int_equal(sip_scan(buf_str(&b), SIP_DATAGRAM, &scan), SIP_SCAN_MESSAGE);
	in.length = (uint32_t)scan.length;
	if (str_to_u32(option(st, 'd', ""), &id)) {
		in.has_ip_id = true;
		in.ip_id = (uint16_t)id;
	}
	if (str_to_u32(option(st, 'l', ""), &id))
		in.ttl = (uint8_t)id;
	store_add(s, &in);
	buf_release(&b);
}

static struct store *
run(const char *flow)
{
	struct store *s = store_new();
	struct str rest = str_of(flow), part;

	while (str_cut(&rest, ';', &part)) {
		struct step st = parse_step(part);

		add_step(s, &st);
	}
	return s;
}

#define CALL	"0 A>B INVITE; 10 B>A 100; 200 B>A 180 t=b; 3000 B>A 200 t=b; 3010 A>B ACK t=b b=k"
#define BYE_A	"60000 A>B BYE c=2 t=b; 60010 B>A 200 c=2 m=BYE t=b"
#define FOREVER	"999000 X>Y OPTIONS i=other"
#define TWO_HOPS "0 A>P INVITE b=1; 5 P>B INVITE b=2; 10 P>A 100 b=1"

static const struct {
	const char *name, *flow, *state;
	int status;
	const char *ended_by;
} endings[] = {
	{ "nothing but INVITE", "0 A>B INVITE", "setup", 0, NULL },
	{ "trying", "0 A>B INVITE; 9 B>A 100", "proceeding", 0, NULL },
	{ "ringing", "0 A>B INVITE; 9 B>A 180 t=b; 90 B>A 183 t=b", "ringing", 0, NULL },
	{ "answered", CALL, "in call", 200, NULL },
	{ "caller hangs up", CALL ";" BYE_A, "completed", 200, "caller" },
	{ "callee hangs up", CALL "; 9000 B>A BYE c=5 f=b t=a", "completed", 200, "callee" },
	{ "400", "0 A>B INVITE; 9 B>A 400 t=b; 10 A>B ACK t=b", "rejected", 400, "callee" },
	{ "busy", "0 A>B INVITE; 9 B>A 486 t=b; 10 A>B ACK t=b", "busy", 486, "callee" },
	{ "busy everywhere", "0 A>B INVITE; 9 B>A 600 t=b", "busy", 600, "callee" },
	{ "declined", "0 A>B INVITE; 9 B>A 603 t=b; 10 A>B ACK t=b", "rejected", 603, "callee" },
	{ "moved", "0 A>B INVITE; 9 B>A 302 t=b; 10 A>B ACK t=b", "redirected", 302, "callee" },
	{ "moved, followed", "0 A>B INVITE; 9 B>A 302 t=b; 10 A>B ACK t=b; 20 A>C INVITE c=2;"
	  "30 C>A 200 c=2 t=c; 40 A>C ACK c=2 t=c b=k", "in call", 200, NULL },
	{ "challenge alone", "0 A>B INVITE; 9 B>A 407 t=b; 10 A>B ACK t=b", "unauthorized", 407, "callee" },
	{ "challenge, then success", "0 A>B INVITE; 9 B>A 401 t=b; 10 A>B ACK t=b;"
	  "20 A>B INVITE c=2; 30 B>A 200 c=2 t=d; 40 A>B ACK c=2 t=d b=k;"
	  "50 A>B BYE c=3 t=d", "completed", 200, "caller" },
	{ "cancelled", "0 A>B INVITE; 9 B>A 180 t=b; 900 A>B CANCEL; 901 B>A 200 m=CANCEL;"
	  "902 B>A 487 t=b; 903 A>B ACK t=b", "cancelled", 487, "caller" },
	{ "CANCEL lost against 200", "0 A>B INVITE; 9 B>A 180 t=b; 900 A>B CANCEL;"
	  "901 B>A 200 t=b; 902 B>A 200 m=CANCEL; 903 A>B ACK t=b b=k", "in call", 200, NULL },
	{ "the same, hung up", "0 A>B INVITE; 900 A>B CANCEL; 901 B>A 200 t=b;"
	  "903 A>B ACK t=b b=k; 904 A>B BYE c=2 t=b", "completed", 200, "caller" },
	{ "failed re-INVITE", CALL "; 9000 A>B INVITE c=2 t=b; 9010 B>A 488 c=2 t=b;"
	  "9020 A>B ACK c=2 t=b", "in call", 200, NULL },
	{ "failed re-INVITE of the callee, equal CSeq", CALL "; 9000 B>A INVITE c=1 f=b t=a b=r;"
	  "9010 A>B 491 c=1 f=b t=a b=r; 9020 B>A ACK c=1 f=b t=a b=r", "in call", 200, NULL },
	{ "no answer at all", "0 A>B INVITE; 500 A>B INVITE; " FOREVER, "timed out", 0, NULL },
	{ "no answer, short capture", "0 A>B INVITE; 500 A>B INVITE; 31000 X>Y OPTIONS i=o",
	  "setup", 0, NULL },
	{ "rings for ever", "0 A>B INVITE; 9 B>A 180 t=b; " FOREVER, "timed out", 0, NULL },
	{ "rings for two minutes", "0 A>B INVITE; 9 B>A 180 t=b; 120000 X>Y OPTIONS i=o",
	  "ringing", 0, NULL },
	{ "no ACK", "0 A>B INVITE; 9 B>A 200 t=b; " FOREVER, "unacknowledged", 200, NULL },
	{ "no ACK, repeated, BYE", "0 A>B INVITE; 9 B>A 200 t=b; 509 B>A 200 t=b;"
	  "1509 B>A 200 t=b; 32000 B>A BYE c=1 f=b t=a b=y", "unacknowledged", 200, "callee" },
	{ "ACK not captured", "0 A>B INVITE; 9 B>A 200 t=b; 9000 A>B BYE c=2 t=b",
	  "completed", 200, "caller" },
	{ "begins with BYE", "0 A>B BYE c=7 t=b; 9 B>A 200 c=7 m=BYE t=b", "completed", 0, NULL },
	{ "begins with 200", "0 B>A 200 t=b; 9 A>B ACK t=b b=k", "in call", 200, NULL },
	{ "begins with ACK", "0 A>B ACK t=b", "in call", 0, NULL },
	{ "begins with 486", "0 B>A 486 t=b", "busy", 486, "callee" },
	{ "begins with 200 to BYE", "0 B>A 200 m=BYE t=b", "completed", 0, NULL },
	{ "begins with a re-INVITE", "0 A>B INVITE c=9 t=b; 9 B>A 200 c=9 t=b;"
	  "10 A>B ACK c=9 t=b b=k", "in call", 0, NULL },
	/* Through a proxy: what counts is the caller's own hop. */
	{ "serial fork, answered", TWO_HOPS "; 20 B>P 486 b=2 t=x; 21 P>B ACK b=2 t=x;"
	  "30 P>C INVITE b=3; 40 C>P 200 b=3 t=y; 41 P>A 200 b=1 t=y; 50 A>C ACK b=4 t=y",
	  "in call", 200, NULL },
	{ "serial fork, between", TWO_HOPS "; 20 B>P 486 b=2 t=x; 30 P>C INVITE b=3",
	  "proceeding", 0, NULL },
	{ "parallel fork, one refuses late", TWO_HOPS "; 6 P>C INVITE b=3; 40 C>P 200 b=3 t=y;"
	  "41 P>A 200 b=1 t=y; 42 P>B CANCEL b=2; 43 B>P 487 b=2 t=x", "in call", 200, NULL },
	{ "refusal on the far hop alone", TWO_HOPS "; 20 B>P 503 b=2 t=x", "rejected", 503, NULL },
	{ "refusal changed by the proxy", TWO_HOPS "; 20 B>P 503 b=2 t=x; 22 P>A 500 b=1 t=x",
	  "rejected", 500, "callee" },
	{ "two answers, one hung up", "0 A>P INVITE; 9 P>A 200 t=x; 10 P>A 200 t=y;"
	  "11 A>P ACK t=x b=k; 12 A>P ACK t=y b=l; 13 A>P BYE c=2 t=y", "in call", 200, NULL },
	{ "two answers, both hung up", "0 A>P INVITE; 9 P>A 200 t=x; 10 P>A 200 t=y;"
	  "11 A>P ACK t=x b=k; 12 A>P ACK t=y b=l; 13 A>P BYE c=2 t=y; 900 A>P BYE c=3 t=x",
	  "completed", 200, "caller" },
	{ "back-to-back agent with one Call-ID", "0 A>P INVITE; 5 P>B INVITE c=9 f=p; 10 B>P 200 c=9 f=p t=b;"
	  "11 P>B ACK c=9 f=p t=b b=k; 12 P>A 200 t=q; 13 A>P ACK t=q b=l", "in call", 200, NULL },
	{ "the same, the far side hangs up", "0 A>P INVITE; 5 P>B INVITE c=9 f=p; 10 B>P 200 c=9 f=p t=b;"
	  "11 P>B ACK c=9 f=p t=b b=k; 12 P>A 200 t=q; 13 A>P ACK t=q b=l; 900 B>P BYE c=3 f=b t=p;"
	  "901 P>A BYE c=4 f=q t=a", "completed", 200, "callee" },
	{ "early BYE", "0 A>B INVITE; 9 B>A 180 t=b; 900 A>B BYE c=2 t=b; 910 B>A 200 c=2 m=BYE t=b;"
	  "911 B>A 487 t=b", "cancelled", 487, "caller" },
	{ "rings on", "0 A>B INVITE; 9 B>A 180 t=b; 60009 B>A 180 t=b; 120009 B>A 180 t=b;"
	  "200000 X>Y OPTIONS i=o", "ringing", 0, NULL },
	{ "late 487 of a fork", TWO_HOPS "; 40 B>P 200 b=2 t=y; 41 P>A 200 b=1 t=y; 50 A>P ACK b=4 t=y;"
	  "60 A>P BYE c=2 t=y b=5; 61 P>A 487 b=1 t=z", "completed", 200, "caller" },
	/* Other kinds. */
	{ "ping", "0 A>B OPTIONS", "trying", 0, NULL },
	{ "ping answered", "0 A>B OPTIONS; 9 B>A 200 m=OPTIONS t=b", "answered", 200, NULL },
	{ "ping refused", "0 A>B OPTIONS; 9 B>A 404 m=OPTIONS t=b", "rejected", 404, "callee" },
	{ "ping lost", "0 A>B OPTIONS; " FOREVER, "unanswered", 0, NULL },
	{ "pings", "0 A>B OPTIONS; 9 B>A 200 m=OPTIONS t=b; 30000 A>B OPTIONS c=2",
	  "trying", 0, NULL },
	{ "registered", "0 A>B REGISTER; 9 B>A 401 m=REGISTER t=b; 20 A>B REGISTER c=2 e=3600;"
	  "30 B>A 200 c=2 m=REGISTER t=b e=3600", "registered", 200, NULL },
	{ "register refused", "0 A>B REGISTER; 9 B>A 403 m=REGISTER t=b", "rejected", 403, "callee" },
	{ "register challenge", "0 A>B REGISTER; 9 B>A 401 m=REGISTER t=b", "unauthorized", 401, "callee" },
	{ "binding ran out", "0 A>B REGISTER; 9 B>A 200 m=REGISTER t=b e=60; " FOREVER,
	  "expired", 200, NULL },
	{ "unregistered", "0 A>B REGISTER; 9 B>A 200 m=REGISTER t=b e=60;"
	  "20 A>B REGISTER c=2 e=0; 30 B>A 200 c=2 m=REGISTER t=b", "unregistered", 200, NULL },
	{ "refresh challenged", "0 A>B REGISTER; 9 B>A 200 m=REGISTER t=b e=60;"
	  "50 A>B REGISTER c=2; 51 B>A 401 c=2 m=REGISTER t=b", "registered", 401, NULL },
	{ "expires of the URI is not the binding's", "0 A>B REGISTER;"
	  "9 B>A 200 m=REGISTER t=b e=0 k=<sip:a@h,expires=9>", "unregistered", 200, NULL },
	{ "register lost", "0 A>B REGISTER; " FOREVER, "unanswered", 0, NULL },
	{ "subscribed", "0 A>B SUBSCRIBE e=600; 9 B>A 202 m=SUBSCRIBE t=b e=600;"
	  "20 B>A NOTIFY f=b t=a s=active", "active", 202, NULL },
	{ "pending", "0 A>B SUBSCRIBE; 9 B>A 202 m=SUBSCRIBE t=b", "pending", 202, NULL },
	{ "subscription ended", "0 A>B SUBSCRIBE; 9 B>A 202 m=SUBSCRIBE t=b;"
	  "20 B>A NOTIFY f=b t=a s=terminated", "terminated", 202, NULL },
	{ "NOTIFY alone", "0 B>A NOTIFY f=b t=a s=active", "active", 0, NULL },
	{ "subscription refused", "0 A>B SUBSCRIBE; 9 B>A 489 m=SUBSCRIBE t=b", "rejected", 489, "callee" },
	{ "unknown method", "0 A>B PING; 9 B>A 501 m=PING t=b", "rejected", 501, "callee" },
};

static void
test_endings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		struct store *s = run(endings[i].flow);
		const struct call *c = store_call(s, 0);
		const char *got = call_state_name(store_call_state(s, c));
		const char *by = call_side_name(c->ended_by);

		if (strcmp(got, endings[i].state) != 0 ||
		    store_call_status(c) != endings[i].status ||
		    strcmp(by ? by : "", endings[i].ended_by ? endings[i].ended_by : "") != 0)
			fail_msg("%s: %s, %d, %s; want %s, %d, %s", endings[i].name, got,
				 store_call_status(c), by ? by : "nobody", endings[i].state,
				 endings[i].status, endings[i].ended_by ? endings[i].ended_by : "nobody");
		store_free(s);
	}
}

static const struct {
	const char *name, *flow;
	unsigned retransmissions, duplicates;
} copies[] = {
	{ "T1 rhythm", "0 A>B INVITE; 500 A>B INVITE; 1500 A>B INVITE", 2, 0 },
	{ "another IP id, soon", "0 A>B INVITE id=5; 1 A>B INVITE id=6", 1, 0 },
	{ "equal IP id, soon", "0 A>B INVITE id=5; 1 A>B INVITE id=5", 0, 1 },
	{ "equal IP id, late", "0 A>B INVITE id=5; 500 A>B INVITE id=5", 1, 0 },
	{ "another TTL, soon", "0 A>B INVITE id=5; 1 A>B INVITE id=5 ttl=63", 0, 1 },
	{ "IP id 0 says nothing", "0 A>B INVITE id=0; 500 A>B INVITE id=0", 1, 0 },
	{ "a forwarding hop", "0 A>P INVITE b=1; 1 P>B INVITE b=2", 0, 0 },
	{ "a hop that adds no Via", "0 A>P INVITE b=1; 1 P>B INVITE b=1", 0, 0 },
	{ "every packet twice", "0 A>B INVITE id=5; 0 A>B INVITE id=5; 9 B>A 200 t=b id=8;"
	  "9 B>A 200 t=b id=8; 10 A>B ACK t=b id=6; 10 A>B ACK t=b id=6", 0, 3 },
	{ "retransmission captured twice", "0 A>B INVITE id=5; 500 A>B INVITE id=6;"
	  "500 A>B INVITE id=6", 1, 1 },
	{ "interleaved", "0 A>B INVITE; 1 B>A 100; 9 B>A 180 t=b; 10 B>A 200 t=b; 20 A>B ACK t=b b=k;"
	  "30 A>B INFO c=2 t=b; 31 B>A 200 c=2 m=INFO t=b; 510 B>A 200 t=b; 520 A>B ACK t=b b=k", 2, 0 },
	{ "two forks answer 180", "0 A>P INVITE; 9 P>A 180 t=x; 10 P>A 180 t=y", 0, 0 },
	{ "a new request", "0 A>B OPTIONS; 500 A>B OPTIONS c=2", 0, 0 },
	{ "long after", "0 A>B OPTIONS; 90000 A>B OPTIONS", 0, 0 },
};

static void
test_copies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(copies); i++) {
		struct store *s = run(copies[i].flow);
		const struct call *c = store_call(s, 0);

		if (c->retransmissions != copies[i].retransmissions ||
		    c->duplicates != copies[i].duplicates)
			fail_msg("%s: %u and %u, want %u and %u", copies[i].name, c->retransmissions,
				 c->duplicates, copies[i].retransmissions, copies[i].duplicates);
		store_free(s);
	}
}

/* However many messages lie between, within the reach of a retransmission. */
static void
test_copy_far_back(void **state)
{
	struct store *s = store_new();
	struct step st = parse_step(STR("0 A>B INVITE"));
	const struct call *c;
	char cseq[16];

	(void)state;
	add_step(s, &st);
	for (int i = 2; i < 150; i++) {
		struct step info = parse_step(STR("10 A>B INFO t=b"));

		snprintf(cseq, sizeof(cseq), "%d", i);
		info.value['c'] = str_of(cseq);
		add_step(s, &info);
	}
	st.ms = 500;
	add_step(s, &st);
	c = store_call(s, 0);
	assert_int_equal(c->retransmissions, 1);
	store_free(s);
}

static const struct {
	const char *name, *flow;
	unsigned calls;
} reuses[] = {
	{ "after BYE, other tag", CALL ";" BYE_A "; 65000 A>B INVITE f=z", 2 },
	{ "after BYE, same tag, soon", CALL ";" BYE_A "; 60020 A>B INVITE c=3", 1 },
	{ "after BYE, same tag, late", CALL ";" BYE_A "; 190000 A>B INVITE c=3", 2 },
	{ "retry after 401", "0 A>B INVITE; 9 B>A 401 t=b; 20 A>B INVITE c=2", 1 },
	{ "retry after 401 by a person", "0 A>B INVITE; 9 B>A 401 t=b; 90000 A>B INVITE c=2", 2 },
	{ "BYE not captured, other tag, late", CALL "; 190000 A>B INVITE c=2 f=z", 2 },
	{ "live call", CALL "; 190000 A>B INVITE c=2", 1 },
	{ "ids that differ in the last letter", "0 A>B INVITE i=x1; 1 A>B INVITE i=x2", 2 },
	{ "no Call-ID, other branches", "0 A>B INVITE i=none b=1; 1 A>B INVITE i=none b=2", 2 },
	{ "no Call-ID, one transaction", "0 A>B INVITE i=none b=1; 9 B>A 200 i=none b=1 t=b", 1 },
	{ "REGISTER for ever", "0 A>B REGISTER; 9 B>A 200 m=REGISTER; 990000 A>B REGISTER c=2", 1 },
};

static void
test_reuse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(reuses); i++) {
		struct store *s = run(reuses[i].flow);

		if (store_call_count(s) != reuses[i].calls)
			fail_msg("%s: %u calls", reuses[i].name, store_call_count(s));
		store_free(s);
	}
}

static void
test_figures(void **state)
{
	struct store *s = run(CALL "; 60000 A>B BYE c=2 t=b r=Q.850,cause=34,text=\"none\"");
	const struct call *c = store_call(s, 0);

	(void)state;
	assert_int_equal(c->cause, 34);
	assert_true(str_eq(store_name(s, c->reason_text), STR("none")));
	assert_true(call_setup(c) == 3000 * NS_PER_MS);
	assert_true(call_pdd(c) == 200 * NS_PER_MS);
	assert_true(call_ring(c) == 2800 * NS_PER_MS);
	assert_true(call_duration(c) == 57000 * NS_PER_MS);
	assert_true(str_eq(call_id(c), STR("call-1")));
	assert_true(str_eq(call_from(c), STR("sip:alice@a.example")));
	assert_true(str_eq(call_to_user(c), STR("bob")));
	assert_true(str_eq(store_name(s, c->reason), STR("Because")));
	store_free(s);

	/* What a text says of Q.850 is no cause. */
	s = run(CALL "; 60000 A>B BYE c=2 t=b r=SIP,cause=200,text=\"Q.850,cause=9\"");
	assert_int_equal(store_call(s, 0)->cause, 0);
	store_free(s);

	/* Measured at the caller's hop where that is in the capture. */
	s = run("0 A>P INVITE b=1; 5 P>B INVITE b=2; 100 B>P 180 b=2 t=x; 110 P>A 180 b=1 t=x;"
		"200 B>P 200 b=2 t=x; 210 P>A 200 b=1 t=x");
	c = store_call(s, 0);
	assert_true(call_pdd(c) == 110 * NS_PER_MS);
	assert_true(call_setup(c) == 210 * NS_PER_MS);
	store_free(s);
	s = run("0 A>P INVITE b=1; 5 P>B INVITE b=2; 200 B>P 200 b=2 t=x; 210 P>A 200 b=1 t=x;"
		"220 A>P ACK b=3 t=x; 5000 B>P BYE c=7 f=x t=a b=4; 5010 P>A BYE c=7 f=x t=a b=5");
	c = store_call(s, 0);
	assert_true(call_duration(c) == 4800 * NS_PER_MS);
	assert_int_equal(c->ended_by, CALL_SIDE_CALLEE);
	store_free(s);

	s = run("0 A>B INVITE");
	c = store_call(s, 0);
	assert_true(call_setup(c) == TIME_NONE && call_pdd(c) == TIME_NONE);
	assert_true(call_ring(c) == TIME_NONE && call_duration(c) == TIME_NONE);
	store_free(s);
}

static void
check_users(const char *from, size_t more, const char *to, const char *from_user,
	    const char *to_user)
{
	struct sip_store t;
	struct buf text = BUF_INIT;
	const struct call *c;

	sip_store_init(&t);
	buf_printf(&text, "INVITE sip:x@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
		   "Call-ID: 1\r\nCSeq: 1 INVITE\r\nTo: <%s>\r\nFrom: <%s", to, from);
	buf_add_chars(&text, '1', more);
	buf_add_cstr(&text, ">;tag=1\r\nContent-Length: 0\r\n\r\n");
	sip_store_add(&t, 0, "192.0.2.1:5060", "192.0.2.2:5060", buf_str(&text), 0);
	c = store_call(t.store, 0);
	assert_true(str_eq(call_from_user(c), str_of(from_user)));
	assert_true(str_eq(call_to_user(c), str_of(to_user)));
	sip_store_release(&t);
	buf_release(&text);
}

/* Of a long URI not all is kept: a user that is cut is none. */
static void
test_users(void **state)
{
	(void)state;
	check_users("sip:alice@a", 0, "tel:+49301;x=y", "alice", "+49301");
	check_users("sip:a.example", 0, "sip:bob:secret@b", "", "bob");
	check_users("sip:alice@", CALL_TEXT_MAX, "<", "alice", "");
	check_users("tel:", CALL_TEXT_MAX, "sip:@b", "", "");
	check_users("tel:+49;x=", CALL_TEXT_MAX, "sips:b@c", "+49", "b");
}

static void
test_lists(void **state)
{
	struct store *s = run(CALL ";" FOREVER ";" BYE_A);
	uint32_t *list = NULL;
	size_t cap = 0, n;

	(void)state;
	assert_int_equal(store_call_count(s), 2);
	n = store_call_messages(s, store_call(s, 0), &list, &cap);
	assert_int_equal(n, 7);
	for (size_t i = 1; i < n; i++)
		assert_true(list[i] > list[i - 1]);
	assert_int_equal(store_message(s, list[6])->cseq, 2);
	assert_null(store_call(s, 2));
	assert_int_equal(store_find_call(s, STR("other")), 1);
	assert_int_equal(store_find_call(s, STR("othe")), CALL_NONE);
	assert_true(str_eq(store_method_name(s, store_call(s, 1)->method), STR("OPTIONS")));
	free(list);
	store_free(s);
}

static void
test_many(void **state)
{
	struct store *s = store_new();
	struct step st = parse_step(STR("0 A>B INVITE"));
	char id[32];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(id, sizeof(id), "n%d", i);
		st.value['i'] = str_of(id);
		add_step(s, &st);
	}
	assert_int_equal(store_call_count(s), 20000);
	for (uint32_t i = 0; i < 20000; i += 777) {
		snprintf(id, sizeof(id), "n%u", i);
		assert_int_equal(store_find_call(s, str_of(id)), i);
	}
	store_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endings),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_copy_far_back),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
