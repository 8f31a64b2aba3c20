/* query/call_media.h: that a side is not heard is said of a call only where it would have
 * been seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "media_store.h"
#include "base/mem.h"
#include "query/call_media.h"

/* Two ends of media, their own signalling or another host's, and a server. */
#define A	"192.0.2.1"
#define B	"192.0.2.2"
#define P	"192.0.2.9"
#define S	"203.0.113.1"
#define T	"203.0.113.2"

#define SDP(addr, port)	MEDIA_SDP(addr, "m=audio " port " RTP/AVP 8\r\n")

struct fixture {
	struct sip_store sip;
	struct query query;
	uint32_t lost;		/* what reports tell */
};

static int
setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	sip_store_init(&f->sip);
	query_init(&f->query, f->sip.store);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	query_release(&f->query);
	sip_store_release(&f->sip);
	free(f);
	return 0;
}

/* A call of 20 s between two hosts of signalling. */
static void
call(struct fixture *f, double ms, const char *id, const char *from, const char *to,
     const char *offer, const char *answer)
{
	char src[32], dst[32];

	snprintf(src, sizeof(src), "%s:5060", from);
	snprintf(dst, sizeof(dst), "%s:5060", to);
	media_say(&f->sip, ms, src, dst, "INVITE", id, "a", 1, offer);
	media_say(&f->sip, ms + 10, dst, src, "200 INVITE", id, "a/b", 1, answer);
	media_say(&f->sip, ms + 20, src, dst, "ACK", id, "a/b", 1, NULL);
}

static void
bye(struct fixture *f, double ms, const char *id, const char *from, const char *to)
{
	char src[32], dst[32];

	snprintf(src, sizeof(src), "%s:5060", from);
	snprintf(dst, sizeof(dst), "%s:5060", to);
	media_say(&f->sip, ms, src, dst, "BYE", id, "a/b", 9, NULL);
	media_say(&f->sip, ms + 5, dst, src, "200 BYE", id, "a/b", 9, NULL);
}

/* Nearly all of its time. */
static void
sound(struct fixture *f, double ms, const char *src, const char *dst, uint32_t ssrc)
{
	media_run(&f->sip, ms, src, dst, ssrc, 8, 1, 950);
}

static void
put(struct buf *b, uint32_t word)
{
	const uint8_t bytes[4] = {
		(uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8), (uint8_t)word,
	};

	buf_add(b, bytes, 4);
}

/* An SR of that many packets, or an RR where they are 0, with a block unless about is 0. */
static void
report(struct fixture *f, double ms, const char *src, const char *dst, uint32_t packets,
       uint32_t about, uint32_t highest)
{
	uint32_t words = (packets ? 6u : 1u) + (about ? 6u : 0u);
	struct net_endpoint from, to;
	struct media_input in = {
		.src = &from, .dst = &to, .time = SIP_STORE_START + (int64_t)(ms * 1e6),
	};
	struct buf b = BUF_INIT;

	put(&b, 0x80000000u | (about ? 1u << 24 : 0) | (packets ? 200u : 201u) << 16 | words);
	put(&b, 0x77777777u);
	if (packets) {
		put(&b, 1);
		put(&b, 0);
		put(&b, 160);
		put(&b, packets);
		put(&b, packets * 160);
	}
	if (about) {
		put(&b, about);
		put(&b, f->lost);
		put(&b, highest);
		for (int i = 0; i < 3; i++)
			put(&b, 0);
	}
	assert_true(net_endpoint_parse(str_of(src), &from));
	assert_true(net_endpoint_parse(str_of(dst), &to));
	in.payload = buf_str(&b);
	in.wire_length = (uint32_t)b.n;
	assert_true(store_add_rtcp(f->sip.store, &in));
	buf_release(&b);
}

/* "caller: one_way" of a call. Static. */
static const char *
said(struct fixture *f, const char *id)
{
	static char text[128];
	const struct call *c = store_call(f->sip.store, store_find_call(f->sip.store, str_of(id)));
	unsigned int faults = query_call_faults(&f->query, c);
	const char *audio = call_audio_name(query_call_media(&f->query, c)->audio);
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s:", audio ? audio : "-");
	for (unsigned int k = 0; k < CALL_FAULT_COUNT; k++)
		if (faults >> k & 1)
			buf_printf(&b, " %s", call_fault_name(k));
	snprintf(text, sizeof(text), "%s", buf_cstr(&b));
	buf_release(&b);
	return text;
}

/* And in words. Static. */
static const char *
words(struct fixture *f, const char *id)
{
	const char *unheard = query_call_unheard(&f->query, store_call(f->sip.store,
			store_find_call(f->sip.store, str_of(id))));

	return unheard ? unheard : "";
}

/* What RTCP tells of the other way, likewise. */
static unsigned int
unseen(struct fixture *f, const char *id)
{
	const struct call *c = store_call(f->sip.store, store_find_call(f->sip.store, str_of(id)));

	return query_call_media(&f->query, c)->unseen;
}

/* ---- one way ---- */

/* Both directions of their signalling are here, and one of their media. */
static void
one_way(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", A, B, SDP(A, "4000"), SDP(B, "6000"));
	sound(f, 100, A ":4000", B ":6000", 1);
	bye(f, 20000, "c", A, B);
	assert_string_equal(said(f, "c"), "caller: one_way");
}

/* The capture has one direction of the media of all calls: until the other one is seen. */
static void
one_direction(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", S, T, SDP(A, "4000"), SDP(B, "6000"));
	sound(f, 100, A ":4000", B ":6000", 1);
	bye(f, 20000, "c", S, T);
	call(f, 30000, "d", S, T, SDP(A, "4002"), SDP(B, "6002"));
	sound(f, 30100, A ":4002", B ":6002", 2);
	bye(f, 50000, "d", S, T);
	assert_string_equal(said(f, "c"), "caller:");
	assert_string_equal(said(f, "d"), "caller:");
	sound(f, 60000, B ":7000", P ":7000", 3);
	assert_string_equal(said(f, "c"), "caller: one_way");
	assert_string_equal(said(f, "d"), "caller: one_way");
}

/* It goes where other media arrives. */
static void
arrives(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", S, T, SDP(A, "4000"), SDP(B, "6000"));
	sound(f, 100, B ":6000", A ":4000", 1);
	bye(f, 20000, "c", S, T);
	assert_string_equal(said(f, "c"), "callee:");
	sound(f, 60000, P ":7000", B ":7000", 3);
	assert_string_equal(said(f, "c"), "callee: one_way");
}

/* ---- none ---- */

static void
no_audio(void **state)
{
	struct fixture *f = *state;

	/* Of others. */
	call(f, 0, "c", A, B, SDP(A, "4000"), SDP(B, "6000"));
	bye(f, 20000, "c", A, B);
	call(f, 30000, "o", S, T, SDP(S, "4002"), SDP(T, "6002"));
	sound(f, 30100, S ":4002", T ":6002", 2);
	bye(f, 50000, "o", S, T);
	assert_string_equal(said(f, "c"), "-:");
	/* Of one of them, and it is they who signalled. */
	sound(f, 60000, A ":7000", P ":7000", 3);
	assert_string_equal(said(f, "c"), "none: no_audio");
}

/* Media that passes by the server, which has media of both with itself. */
static void
passes_by(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "a", A, P, SDP(A, "4000"), SDP(P, "7000"));
	sound(f, 100, A ":4000", P ":7000", 1);
	sound(f, 105, P ":7000", A ":4000", 2);
	bye(f, 20000, "a", A, P);
	call(f, 30000, "b", B, P, SDP(B, "6000"), SDP(P, "7002"));
	sound(f, 30100, B ":6000", P ":7002", 3);
	sound(f, 30105, P ":7002", B ":6000", 4);
	bye(f, 50000, "b", B, P);
	call(f, 60000, "c", A, P, SDP(A, "4002"), SDP(B, "6002"));
	bye(f, 80000, "c", A, P);
	assert_string_equal(said(f, "a"), "both:");
	assert_string_equal(said(f, "c"), "-:");
	/* Between the two themselves. */
	sound(f, 90000, B ":6008", A ":4008", 5);
	assert_string_equal(said(f, "c"), "none: no_audio");
}

/* A server that lets go of the media after the first second was heard all its time. */
static void
let_go(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", A, P, SDP(A, "4000"), SDP(P, "7000"));
	media_run(&f->sip, 100, A ":4000", P ":7000", 1, 8, 1, 50);
	media_run(&f->sip, 105, P ":7000", A ":4000", 2, 8, 1, 50);
	media_say(&f->sip, 1200, P ":5060", A ":5060", "INVITE", "c", "b/a", 2, SDP(B, "6000"));
	media_say(&f->sip, 1210, A ":5060", P ":5060", "200 INVITE", "c", "b/a", 2, SDP(A, "4000"));
	bye(f, 90000, "c", A, P);
	assert_string_equal(said(f, "c"), "both:");
}

/* ---- late, cut off, astray ---- */

/* One side begins late, or ends early, while nothing says that it may. */
static void
late_and_cut(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "late", A, B, SDP(A, "4000"), SDP(B, "6000"));
	media_run(&f->sip, 100, A ":4000", B ":6000", 1, 8, 1, 990);
	media_run(&f->sip, 5000, B ":6000", A ":4000", 2, 8, 1, 745);
	bye(f, 20000, "late", A, B);
	assert_string_equal(said(f, "late"), "both: late_audio");
	call(f, 30000, "cut", A, B, SDP(A, "4002"), SDP(B, "6002"));
	media_run(&f->sip, 30100, A ":4002", B ":6002", 3, 8, 1, 990);
	media_run(&f->sip, 30100, B ":6002", A ":4002", 4, 8, 1, 500);
	bye(f, 50000, "cut", A, B);
	assert_string_equal(said(f, "cut"), "both: cut_audio");
	assert_string_equal(words(f, "cut"), "audio of callee stops early");
	assert_string_equal(words(f, "late"), "audio of callee late");
	/* Neither where it is less. */
	call(f, 60000, "short", A, B, SDP(A, "4004"), SDP(B, "6004"));
	media_run(&f->sip, 60100, A ":4004", B ":6004", 5, 8, 1, 990);
	media_run(&f->sip, 62900, B ":6004", A ":4004", 6, 8, 1, 620);
	bye(f, 80000, "short", A, B);
	assert_string_equal(said(f, "short"), "both:");
}

/* A side that pauses while it is silent, or is on hold, is not cut off. */
static void
may_be_silent(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "vad", A, B, SDP(A, "4000"), SDP(B, "6000"));
	media_run(&f->sip, 100, A ":4000", B ":6000", 1, 8, 1, 990);
	media_run(&f->sip, 4000, B ":6000", A ":4000", 2, 8, 1, 100);
	media_run(&f->sip, 9000, B ":6000", A ":4000", 2, 8, 101, 100);
	bye(f, 20000, "vad", A, B);
	assert_string_equal(said(f, "vad"), "both:");
	call(f, 30000, "hold", A, B, SDP(A, "4002"), SDP(B, "6002"));
	media_run(&f->sip, 30100, A ":4002", B ":6002", 3, 8, 1, 990);
	media_run(&f->sip, 30100, B ":6002", A ":4002", 4, 8, 1, 300);
	media_say(&f->sip, 36100, A ":5060", B ":5060", "INVITE", "hold", "a/b", 2,
		  SDP(A, "4002") "a=sendonly\r\n");
	media_say(&f->sip, 36110, B ":5060", A ":5060", "200 INVITE", "hold", "a/b", 2,
		  SDP(B, "6002") "a=recvonly\r\n");
	bye(f, 50000, "hold", A, B);
	assert_string_equal(said(f, "hold"), "both:");
}

#define HOME	"192.168.1.50"

/* It is sent to the address behind a NAT, until the sender learns the one before it. */
static void
private_address(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", S, T, SDP(HOME, "4000"), SDP(T, "6000"));
	sound(f, 100, S ":34567", T ":6000", 1);
	sound(f, 100, T ":6000", HOME ":4000", 2);
	bye(f, 20000, "c", S, T);
	assert_string_equal(said(f, "c"), "caller: one_way");
	assert_string_equal(words(f, "c"), "one-way: callee not heard, sent to a private address");
	call(f, 30000, "d", S, T, SDP(HOME, "4002"), SDP(T, "6002"));
	sound(f, 30100, S ":34569", T ":6002", 3);
	media_run(&f->sip, 30100, T ":6002", HOME ":4002", 4, 8, 1, 50);
	media_run(&f->sip, 31100, T ":6002", S ":34569", 4, 8, 51, 900);
	bye(f, 50000, "d", S, T);
	assert_string_equal(said(f, "d"), "both:");
	assert_string_equal(words(f, "d"), "");
}

/* The capture is of both sides of the NAT; a report tells that it came. */
static void
private_arrives(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", S, T, SDP(HOME, "4000"), SDP(T, "6000"));
	sound(f, 100, HOME ":4000", T ":6000", 1);
	sound(f, 100, S ":34567", T ":6000", 1);
	media_run(&f->sip, 100, T ":6000", HOME ":4000", 2, 8, 1, 990);
	bye(f, 11000, "c", S, T);
	assert_string_equal(said(f, "c"), "both:");
	call(f, 30000, "d", S, T, SDP(HOME, "4002"), SDP(T, "6002"));
	sound(f, 30100, S ":34569", T ":6002", 3);
	sound(f, 30100, T ":6002", HOME ":4002", 4);
	report(f, 45000, S ":34570", T ":6003", 0, 4, 200);
	bye(f, 41000, "d", S, T);
	assert_string_equal(said(f, "d"), "both:");
}

/* It is sent to a port that the other side has nothing at. */
static void
other_port(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", A, B, SDP(A, "4000"), SDP(B, "6000"));
	sound(f, 100, A ":4000", B ":6000", 1);
	sound(f, 100, B ":6000", A ":4002", 2);
	bye(f, 11000, "c", A, B);
	assert_string_equal(said(f, "c"), "caller: one_way");
	assert_string_equal(words(f, "c"), "one-way: callee not heard, sent to another port");
	/* But it may send from there itself. */
	call(f, 30000, "d", A, B, SDP(A, "4010"), SDP(B, "6010"));
	sound(f, 30100, A ":4012", B ":6010", 3);
	sound(f, 30100, B ":6010", A ":4012", 4);
	bye(f, 41000, "d", A, B);
	assert_string_equal(said(f, "d"), "both:");
}

/* An ICMP error tells of its stream once, and not behind the BYE. */
static void
refused(void **state)
{
	struct fixture *f = *state;
	struct net_endpoint a, b, c;

	assert_true(net_endpoint_parse(STR(A ":4000"), &a));
	assert_true(net_endpoint_parse(STR(B ":6000"), &b));
	assert_true(net_endpoint_parse(STR(B ":6002"), &c));
	call(f, 0, "c", A, B, SDP(A, "4000"), SDP(B, "6000"));
	assert_int_equal(store_media_refused(f->sip.store, &a, &b), CALL_NONE);
	sound(f, 100, A ":4000", B ":6000", 1);
	sound(f, 100, B ":6000", A ":4000", 2);
	assert_int_equal(store_media_refused(f->sip.store, &a, &c), CALL_NONE);
	assert_int_equal(store_media_refused(f->sip.store, &a, &b), 0);
	assert_int_equal(store_media_refused(f->sip.store, &a, &b), CALL_NONE);
	assert_int_equal(store_stream(f->sip.store, 0)->flaws, RTP_FLAW_REFUSED);
	bye(f, 20000, "c", A, B);
	assert_int_equal(store_media_refused(f->sip.store, &b, &a), CALL_NONE);
	assert_int_equal(store_stream(f->sip.store, 1)->flaws, 0);
}

/* ---- what RTCP tells ---- */

static void
heard_there(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", A, B, SDP(A, "4000"), SDP(B, "6000"));
	sound(f, 100, A ":4000", B ":6000", 1);
	bye(f, 20000, "c", A, B);
	assert_string_equal(said(f, "c"), "caller: one_way");
	/* Of a stream that is here, and of none yet. */
	report(f, 3000, B ":6001", A ":4001", 0, 1, 150);
	report(f, 4000, A ":4001", B ":6001", 200, 99, 0);
	report(f, 5000, A ":4001", B ":6001", 250, 0, 0);
	assert_string_equal(said(f, "c"), "caller: one_way");
	assert_int_equal(unseen(f, "c"), 0);
	/* The caller hears what is not here. */
	report(f, 8000, A ":4001", B ":6001", 350, 99, 412);
	assert_string_equal(said(f, "c"), "both:");
	assert_int_equal(unseen(f, "c"), 1 << CALL_UNSEEN_CALLEE_HEARD);
}

/* What it heard before the answer tells nothing of later. */
static void
heard_early(void **state)
{
	struct fixture *f = *state;

	media_say(&f->sip, 0, MEDIA_A, MEDIA_B, "INVITE", "c", "a", 1, SDP(A, "4000"));
	media_say(&f->sip, 10, MEDIA_B, MEDIA_A, "183 INVITE", "c", "a/b", 1, SDP(B, "6000"));
	media_run(&f->sip, 20, A ":4000", B ":6000", 1, 8, 1, 50);
	report(f, 1000, A ":4001", B ":6001", 50, 99, 412);
	media_say(&f->sip, 2000, MEDIA_B, MEDIA_A, "200 INVITE", "c", "a/b", 1, SDP(B, "6000"));
	media_say(&f->sip, 2010, MEDIA_A, MEDIA_B, "ACK", "c", "a/b", 1, NULL);
	media_run(&f->sip, 2020, A ":4000", B ":6000", 1, 8, 101, 850);
	bye(f, 20000, "c", A, B);
	assert_string_equal(said(f, "c"), "caller: one_way");
}

/* Its sender says that it sent: what does not come was lost on the way. */
static void
sent_there(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", S, T, SDP(A, "4000"), SDP(B, "6000"));
	sound(f, 100, A ":4000", B ":6000", 1);
	bye(f, 20000, "c", S, T);
	assert_string_equal(said(f, "c"), "caller:");
	report(f, 4000, B ":6001", A ":4001", 200, 1, 150);
	assert_string_equal(said(f, "c"), "caller: one_way");
	assert_int_equal(unseen(f, "c"), 1 << CALL_UNSEEN_CALLEE_SENT);
	/* What is here is not unseen. */
	sound(f, 5000, B ":6000", A ":4000", 7);
	assert_int_equal(unseen(f, "c"), 0);
}

/* RTCP and no media at all: what both ends heard was heard, and nothing is missing. */
static void
rtcp_alone(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", A, B, SDP(A, "4000"), SDP(B, "6000"));
	report(f, 4000, A ":4001", B ":6001", 200, 99, 412);
	bye(f, 20000, "c", A, B);
	assert_string_equal(said(f, "c"), "-:");
	assert_int_equal(unseen(f, "c"),
			 1 << CALL_UNSEEN_CALLER_SENT | 1 << CALL_UNSEEN_CALLEE_HEARD);
	report(f, 8000, B ":6001", A ":4001", 0, 1, 150);
	assert_string_equal(said(f, "c"), "both:");
}

/* What came here was lost on the way on; not where the capture lost it as well. */
static void
lost_behind(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", A, B, SDP(A, "4000"), SDP(B, "6000"));
	sound(f, 100, A ":4000", B ":6000", 1);
	sound(f, 100, B ":6000", A ":4000", 2);
	f->lost = 20;
	report(f, 15000, B ":6001", A ":4001", 740, 1, 745);
	bye(f, 20000, "c", A, B);
	assert_string_equal(said(f, "c"), "both:");
	call(f, 30000, "d", A, B, SDP(A, "4002"), SDP(B, "6002"));
	sound(f, 30100, A ":4002", B ":6002", 3);
	sound(f, 30100, B ":6002", A ":4002", 4);
	f->lost = 100;
	report(f, 45000, B ":6003", A ":4003", 740, 3, 745);
	bye(f, 50000, "d", A, B);
	assert_string_equal(said(f, "d"), "both: loss_unseen");
	assert_string_equal(words(f, "d"), "loss behind the capture");
	call(f, 60000, "e", A, B, SDP(A, "4004"), SDP(B, "6004"));
	media_run(&f->sip, 60100, A ":4004", B ":6004", 5, 8, 1, 400);
	media_run(&f->sip, 70100, A ":4004", B ":6004", 5, 8, 501, 450);
	sound(f, 60100, B ":6004", A ":4004", 6);
	report(f, 75000, B ":6005", A ":4005", 740, 5, 745);
	bye(f, 80000, "e", A, B);
	assert_null(strstr(said(f, "e"), "loss_unseen"));
}

/* ---- what is sound ---- */

#define RED(addr, port)	MEDIA_SDP(addr, "m=audio " port " RTP/AVP 63 111\r\n" \
				"a=rtpmap:63 red/48000/2\r\na=rtpmap:111 opus/48000/2\r\n")

static void
redundancy(void **state)
{
	struct fixture *f = *state;
	struct buf b = BUF_INIT;

	call(f, 0, "c", A, B, RED(A, "4000"), RED(B, "6000"));
	media_run(&f->sip, 100, A ":4000", B ":6000", 1, 63, 1, 500);
	media_run(&f->sip, 105, B ":6000", A ":4000", 2, 63, 1, 500);
	bye(f, 11000, "c", A, B);
	assert_string_equal(said(f, "c"), "both:");
	query_call_codecs(&f->query, store_call(f->sip.store, 0), &b);
	assert_string_equal(buf_cstr(&b), "red");
	buf_release(&b);
}

/* Who is silent all the time tells so by comfort noise; digits alone do not tell. */
static void
noise(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", A, B, SDP(A, "4000"), SDP(B, "6000"));
	sound(f, 100, A ":4000", B ":6000", 1);
	media_run(&f->sip, 105, B ":6000", A ":4000", 2, 13, 1, 500);
	bye(f, 20000, "c", A, B);
	assert_string_equal(said(f, "c"), "both:");

	call(f, 30000, "d", A, B, SDP(A, "4002"),
	     MEDIA_SDP(B, "m=audio 6002 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"));
	media_run(&f->sip, 30100, A ":4002", B ":6002", 3, 101, 1, 950);
	media_run(&f->sip, 30105, B ":6002", A ":4002", 4, 8, 1, 950);
	bye(f, 50000, "d", A, B);
	assert_string_equal(said(f, "d"), "callee: one_way");
}

/* A fax of minutes, after a second of sound. */
static void
fax(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", A, B, SDP(A, "4000"), SDP(B, "6000"));
	media_run(&f->sip, 100, A ":4000", B ":6000", 1, 8, 1, 50);
	media_run(&f->sip, 105, B ":6000", A ":4000", 2, 8, 1, 50);
	media_say(&f->sip, 1200, B ":5060", A ":5060", "INVITE", "c", "b/a", 2,
		  MEDIA_SDP(B, "m=image 6000 udptl t38\r\n"));
	media_say(&f->sip, 1210, A ":5060", B ":5060", "200 INVITE", "c", "b/a", 2,
		  MEDIA_SDP(A, "m=image 4000 udptl t38\r\n"));
	bye(f, 90000, "c", A, B);
	assert_string_equal(said(f, "c"), "both:");
}

/* The clock of the capture went back by more than the stream is long. */
static void
clock_set_back(void **state)
{
	struct fixture *f = *state;

	call(f, 0, "c", A, B, SDP(A, "4000"), SDP(B, "6000"));
	media_run(&f->sip, 5000, A ":4000", B ":6000", 1, 8, 1, 200);
	media_run(&f->sip, 2000, A ":4000", B ":6000", 1, 8, 201, 200);
	bye(f, 20000, "c", A, B);
	assert_string_equal(said(f, "c"), "caller: one_way");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(one_way),
		TEST(one_direction),
		TEST(arrives),
		TEST(no_audio),
		TEST(passes_by),
		TEST(let_go),
		TEST(late_and_cut),
		TEST(may_be_silent),
		TEST(private_address),
		TEST(private_arrives),
		TEST(other_port),
		TEST(refused),
		TEST(heard_there),
		TEST(heard_early),
		TEST(sent_there),
		TEST(lost_behind),
		TEST(redundancy), TEST(noise),
		TEST(fax), TEST(rtcp_alone),
		TEST(clock_set_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
