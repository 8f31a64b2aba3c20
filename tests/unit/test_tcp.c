/* TCP reassembly: each rule as a row of segments and what comes out of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/mem.h"
#include "transport/tcp.h"

#define F	1u
#define S	2u
#define R	4u
#define A	16u
#define ISN_0	1000u
#define ISN_1	700000u

/** A segment. Numbers count from the initial ones: seq 1 is the first byte. */
struct step {
	unsigned from;		/**< 0: the client sends, 1: the server; 2: row ends */
	unsigned flags;
	int64_t seq, ack;
	const char *text;
	int ms;			/**< later than the step before */
	unsigned cut;		/**< so many bytes more were on the wire */
	uint32_t flaws;		/**< enum segment_flaw */
};

#define STEPS_MAX	16
/* A segment of the client, of the server, and one that is late, cut or flawed. */
#define C(...)		STEP(0, __VA_ARGS__)
#define V(...)		STEP(1, __VA_ARGS__)
#define STEP(who, f, number, acknowledged, what) \
	{ .from = (who), .flags = (f), .seq = (number), .ack = (acknowledged), .text = (what) }
#define LATE(who, f, number, acknowledged, what, later) \
	{ .from = (who), .flags = (f), .seq = (number), .ack = (acknowledged), .text = (what), \
	  .ms = (later) }
#define SHORT(number, what, missing, flaw) \
	{ .flags = A, .seq = (number), .ack = 1, .text = (what), .cut = (missing), \
	  .flaws = (flaw) }
#define HANDSHAKE	C(S, 0, 0, NULL), V(S | A, 0, 1, NULL), C(A, 1, 1, NULL)
#define DONE		{ .from = 2 }

/**
 * What comes out, words: "0:abc" bytes, "0-3" a gap of 3, "0-3c" one of the snap
 * length, "0." the end of a direction, "0!" a reset, "0~" other content, "x"
 * forgotten, "|" the end of the input.
 */
struct row {
	const char *name;
	struct step steps[STEPS_MAX];
	const char *out;
	const char *stats;	/**< those that are not 0, in the order of stats_names */
};

static const struct {
	const char *name;
	size_t at;
} stats_names[] = {
#define NAME(n)	{ #n, offsetof(struct tcp_stats, n) }
	NAME(middle), NAME(unanswered), NAME(refused), NAME(reset), NAME(closed), NAME(reused),
	NAME(evicted), NAME(retransmitted), NAME(partly), NAME(out_of_order), NAME(keepalives),
	NAME(gaps), NAME(gap_bytes), NAME(cut), NAME(overlaps), NAME(outside),
	NAME(waiting_bytes), NAME(open),
#undef NAME
};

struct bench {
	struct tcp *t;
	uint32_t isn[2];
	int64_t time;
	uint32_t frame;
	uint16_t port;
	uint8_t net;			/* third byte of the client's address */
	bool no_time;
	struct tcp_connection *c;	/* of the last segment */
	struct buf out;
	uint64_t end_frame;		/* that brought the last FLOW_END */
	uint64_t forgotten;
};

static void
bench_init(struct bench *b, const struct tcp_limits *limits)
{
	*b = (struct bench){
		.t = tcp_new(limits), .isn = { ISN_0, ISN_1 }, .time = NS_PER_S, .port = 40000,
	};
}

static void
bench_release(struct bench *b)
{
	tcp_free(b->t);
	buf_release(&b->out);
}

static void
drain(struct bench *b)
{
	struct tcp_connection *c;
	struct flow_event ev;

	while (tcp_next(b->t, &ev, &c)) {
		if (b->out.n > 0)
			buf_add_char(&b->out, ' ');
		assert_int_equal(ev.stamp_n, ev.kind == FLOW_FORGET ? 0 : 1);
		switch (ev.kind) {
		case FLOW_BYTES:
			buf_printf(&b->out, "%u:%.*s", ev.dir, STR_ARG(ev.bytes));
			assert_int_equal(ev.place.offset, ev.stamps[0].frame * 1000 +
					 (size_t)(ev.bytes.p[0] - 'a'));
			break;
		case FLOW_GAP:
			buf_printf(&b->out, "%u-%zu%s", ev.dir, (size_t)ev.missing,
				   ev.cut ? "c" : "");
			assert_non_null(ev.text);
			break;
		case FLOW_END:
			b->end_frame = ev.stamps[0].frame;
			buf_printf(&b->out, "%u.", ev.dir);
			break;
		case FLOW_RESET:
			buf_printf(&b->out, "%u!%s", ev.dir,
				   strcmp(ev.text, "connection refused") == 0 ? "refused" : "");
			break;
		case FLOW_OVERLAP:
			buf_printf(&b->out, "%u~", ev.dir);
			break;
		default:
			assert_int_equal(ev.kind, FLOW_FORGET);
			buf_add_char(&b->out, 'x');
			b->forgotten++;
		}
	}
}

static void
drop_out(struct bench *b)
{
	buf_clear(&b->out);
}

/* The bytes lie where their first letter says: 'a' at 0, as most texts begin. */
static void
send(struct bench *b, const struct step *step)
{
	static const uint8_t server[4] = { 192, 0, 2, 2 };
	const uint8_t client[4] = { 198, 18, b->net, 1 };
	struct segment seg = { .kind = SEGMENT_TCP, .tcp_flags = (uint8_t)step->flags };
	size_t n = step->text ? strlen(step->text) : 0;
	char *copy = xmalloc(n > 0 ? n : 1);

	if (n > 0)
		memcpy(copy, step->text, n);
	seg.src.addr = net_addr_ip4(step->from ? server : client);
	seg.dst.addr = net_addr_ip4(step->from ? client : server);
	seg.src.port = step->from ? 5060 : b->port;
	seg.dst.port = step->from ? b->port : 5060;
	seg.payload = (struct str){ copy, n };
	seg.wire_length = (uint32_t)n + step->cut;
	seg.flaws = step->flaws;
	seg.tcp_seq = b->isn[step->from] + (uint32_t)step->seq;
	seg.tcp_ack = b->isn[1 - step->from] + (uint32_t)step->ack;
	b->time += step->ms * NS_PER_MS;
	seg.time = b->no_time ? TIME_NONE : b->time;
	seg.frame = ++b->frame;
	seg.in_record = true;
	seg.place.offset = b->frame * (uint64_t)1000 + (n > 0 ? (size_t)(copy[0] - 'a') : 0);
	b->c = tcp_take(b->t, &seg);
	drain(b);
	free(copy);
}

static void
open_connection(struct bench *b)
{
	static const struct step steps[] = { HANDSHAKE };

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		send(b, &steps[i]);
}

static void
data(struct bench *b, unsigned from, int64_t seq, const char *text)
{
	send(b, &(struct step)STEP(from, A, seq, 1, text));
}

static void
end(struct bench *b)
{
	if (b->out.n > 0)
		buf_add_char(&b->out, ' ');
	buf_add_char(&b->out, '|');
	tcp_end(b->t);
	drain(b);
}

static uint64_t
stat_of(const struct bench *b, const char *name)
{
	struct tcp_stats stats;

	tcp_stats(b->t, &stats);
	for (size_t i = 0; i < ARRAY_SIZE(stats_names); i++)
		if (strcmp(stats_names[i].name, name) == 0)
			return *(const uint64_t *)(const void *)
				((const char *)&stats + stats_names[i].at);
	fail_msg("no counter %s", name);
	return 0;
}

static void
check_row(const struct row *row, uint32_t isn)
{
	struct buf stats = BUF_INIT;
	struct bench b;

	bench_init(&b, NULL);
	b.isn[0] += isn;
	b.isn[1] -= isn;
	for (size_t i = 0; i < STEPS_MAX && row->steps[i].from < 2; i++)
		send(&b, &row->steps[i]);
	end(&b);
	for (size_t i = 0; i < ARRAY_SIZE(stats_names); i++) {
		uint64_t n = stat_of(&b, stats_names[i].name);

		if (n > 0)
			buf_printf(&stats, "%s%s=%zu", stats.n ? " " : "", stats_names[i].name,
				   (size_t)n);
	}
	if (strcmp(buf_cstr(&b.out), row->out) != 0 || strcmp(buf_cstr(&stats), row->stats) != 0)
		fail_msg("%s: \"%s\" \"%s\"", row->name, buf_cstr(&b.out), buf_cstr(&stats));
	buf_release(&stats);
	bench_release(&b);
}

static const struct row rows[] = {
	{ "in order", { HANDSHAKE, C(A, 1, 1, "abc"), V(A, 1, 4, "abcd"),
			C(A, 4, 5, "def"), DONE },
	  "0:abc 1:abcd 0:def | x", "" },
	{ "early", { HANDSHAKE, C(A, 4, 1, "def"), C(A, 1, 1, "abc"), DONE },
	  "0:abc 0:def | x", "out_of_order=1" },
	{ "again", { HANDSHAKE, C(A, 1, 1, "abc"), C(A, 1, 1, "abc"), DONE },
	  "0:abc | x", "retransmitted=1" },
	{ "again with more", { HANDSHAKE, C(A, 1, 1, "abc"),
			       C(A, 1, 1, "abcdef"), DONE },
	  "0:abc 0:def | x", "partly=1" },
	{ "left overlap", { HANDSHAKE, C(A, 1, 1, "abc"),
			    C(A, 3, 1, "cdef"), DONE },
	  "0:abc 0:def | x", "partly=1" },
	{ "right overlap with what waits", { HANDSHAKE, C(A, 4, 1, "def"),
					     C(A, 1, 1, "abcd"), DONE },
	  "0:abc 0:def | x", "partly=1 out_of_order=1" },
	{ "over several that wait", { HANDSHAKE, C(A, 3, 1, "c"), C(A, 5, 1, "e"),
			C(A, 7, 1, "g"), C(A, 2, 1, "bcdefgh"),
			C(A, 1, 1, "a"), DONE },
	  "0:a 0:b 0:c 0:d 0:e 0:f 0:g 0:h | x", "partly=1 out_of_order=4" },
	{ "several sent again as one", { HANDSHAKE, C(A, 1, 1, "ab"),
			C(A, 3, 1, "cd"), C(A, 1, 1, "abcd"), DONE },
	  "0:ab 0:cd | x", "retransmitted=1" },
	{ "what waits comes again", { HANDSHAKE, C(A, 3, 1, "cd"),
			C(A, 3, 1, "cd"), C(A, 1, 1, "ab"), DONE },
	  "0:ab 0:cd | x", "retransmitted=1 out_of_order=1" },
	{ "other content, given", { HANDSHAKE, C(A, 1, 1, "abc"),
				    C(A, 1, 1, "aXc"), DONE },
	  "0:abc 0~ | x", "retransmitted=1 overlaps=1" },
	{ "other content, given, as one", { HANDSHAKE, C(A, 1, 1, "abc"),
			C(A, 4, 1, "def"), C(A, 1, 1, "abcdeXghi"), DONE },
	  "0:abc 0:def 0~ 0:ghi | x", "partly=1 overlaps=1" },
	{ "other content, waiting", { HANDSHAKE, C(A, 4, 1, "def"),
				      C(A, 1, 1, "abcdXf"), DONE },
	  "0~ 0:abc 0:def | x", "partly=1 out_of_order=1 overlaps=1" },
	{ "keep-alives", { HANDSHAKE, C(A, 1, 1, "abc"), C(A, 3, 1, NULL),
			   V(A, 1, 4, NULL), C(A, 3, 1, "z"),
			   V(A, 1, 4, NULL), C(A, 4, 1, "def"), DONE },
	  "0:abc 0:def | x", "keepalives=2" },
	{ "one byte again is no keep-alive", { HANDSHAKE, C(A, 1, 1, "a"),
			C(A, 1, 1, "a"), C(A, 2, 1, "b"), DONE },
	  "0:a 0:b | x", "retransmitted=1" },
	{ "zero window probe", { HANDSHAKE, C(A, 1, 1, "abc"), C(A, 4, 1, "d"),
			C(A, 4, 1, "def"), DONE },
	  "0:abc 0:d 0:ef | x", "partly=1" },
	{ "data in SYN", { C(S, 0, 0, "abc"), V(S | A, 0, 4, NULL),
			   C(A, 4, 1, "def"), DONE },
	  "0:abc 0:def | x", "" },
	{ "FIN both ways", { HANDSHAKE, C(A | F, 1, 1, "abc"), V(A, 1, 5, NULL),
			     V(A | F, 1, 5, NULL), C(A, 5, 2, NULL),
			     V(A | F, 1, 5, NULL), DONE },
	  "0:abc 0. 1. | x", "closed=1" },
	{ "FIN behind a hole", { HANDSHAKE, C(A | F, 4, 1, "def"),
				 C(A, 1, 1, "abc"), DONE },
	  "0:abc 0:def 0. | x", "out_of_order=1" },
	{ "FIN alone before the data", { HANDSHAKE, C(A | F, 4, 1, NULL),
					 C(A, 1, 1, "abc"), DONE },
	  "0:abc 0. | x", "" },
	{ "FIN, the data is missing", { HANDSHAKE, C(A | F, 4, 1, NULL), DONE },
	  "| 0-3 0. x", "gaps=1 gap_bytes=3" },
	{ "nothing comes after FIN", { HANDSHAKE, C(A | F, 1, 1, "abc"),
				       C(A, 5, 1, "efg"), DONE },
	  "0:abc 0. | x", "outside=1" },
	{ "refused", { C(S, 0, 0, NULL), V(R | A, -700000, 1, NULL), DONE },
	  "1!refused | x", "refused=1" },
	{ "reset", { HANDSHAKE, C(A, 1, 1, "abc"), V(R, 1, 0, NULL),
		     V(R, 1, 0, NULL), DONE },
	  "0:abc 1! | x", "reset=1" },
	{ "reset gives what waits", { HANDSHAKE, C(A, 4, 1, "def"),
				      C(R, 7, 0, NULL), DONE },
	  "0-3 0:def 0! | x", "reset=1 out_of_order=1 gaps=1 gap_bytes=3" },
	{ "reset ahead of what is there", { HANDSHAKE, C(A, 1, 1, "abc"),
					    V(R | A, 11, 9, NULL), DONE },
	  "0:abc 1-10 0-5 1! | x", "reset=1 gaps=2 gap_bytes=15" },
	{ "reset, a FIN is missing", { HANDSHAKE, C(A, 1, 1, "abc"), V(A, 1, 5, NULL),
				       C(R, 5, 0, NULL), C(A, 4, 1, "def"), DONE },
	  "0:abc 0! 0:def | x", "reset=1" },
	{ "a forged segment ahead, and a long silence", { HANDSHAKE, C(A, 1, 1, "abc"),
			C(A, 1000, 1, "xyz"), LATE(1, A, 1, 4, "abc", 15000),
			LATE(0, A, 4, 4, "def", 15000), LATE(0, A, 7, 4, "ghi", 9000),
			C(R, 10, 4, NULL), DONE },
	  "0:abc 1:abc 0:def 0:ghi 0-990 0:xyz 0! | x", "reset=1 out_of_order=1 gaps=1 gap_bytes=990" },
	{ "a forged reset", { HANDSHAKE, C(R, 9000000, 0, NULL),
			      V(R, -400000, 0, NULL), C(A, 1, 1, "abc"), DONE },
	  "0:abc | x", "outside=2" },
	{ "unanswered", { C(S, 0, 0, NULL), LATE(0, S, 0, 0, NULL, 1000), DONE },
	  "| x", "unanswered=1" },
	{ "answered, by what the client says", { C(S, 0, 0, NULL),
			C(A, 1, 1, "abc"), DONE },
	  "0:abc | x", "" },
	{ "a FIN of the connection before", { C(S, 0, 0, NULL), V(A | F, -5000, -70000, NULL),
			V(S | A, 0, 1, NULL), C(A, 1, 1, "abc"), V(A, 1, 4, "abc"), DONE },
	  "0:abc 1:abc | x", "outside=1" },
	{ "in the middle", { C(A, 50, 60, "abc"), V(A, 60, 53, "abc"), DONE },
	  "0:abc 1:abc | x", "middle=1" },
	{ "in the middle, the first is late", { V(A, 60, 50, "abc"),
			C(A, 53, 63, "def"), C(A, 50, 63, "abc"), DONE },
	  "1:abc 0:abc 0:def | x", "middle=1 out_of_order=1" },
	{ "in the middle, a keep-alive", { C(A, 49, 60, NULL), V(A, 60, 50, NULL),
			C(A, 50, 60, "abc"), DONE },
	  "0:abc | x", "middle=1" },
	{ "SYN late", { C(A, 1, 1, "abc"), C(S, 0, 0, NULL),
			V(S | A, 0, 1, NULL), C(A, 4, 1, "def"), DONE },
	  "0:abc 0:def | x", "" },
	{ "SYN after its answer", { V(S | A, 0, 1, NULL), C(S, 0, 0, NULL),
				    C(A, 1, 1, "abc"), DONE },
	  "0:abc | x", "" },
	{ "ports used again", { HANDSHAKE, C(A, 1, 1, "abc"), C(A, 7, 1, "ghi"),
				C(S, 90000, 0, NULL), V(S | A, 80000, 90001, NULL),
				C(A, 90001, 80001, "abc"), DONE },
	  "0:abc 0-3 0:ghi x 0:abc | x", "reused=1 out_of_order=1 gaps=1 gap_bytes=3" },
	{ "SYN again", { HANDSHAKE, C(A, 1, 1, "abc"), C(S, 0, 0, NULL),
			 V(S | A, 0, 1, NULL), C(A, 4, 1, "def"), DONE },
	  "0:abc 0:def | x", "" },
	{ "another answer to SYN", { C(S, 0, 0, NULL), V(S | A, 0, 1, NULL),
			V(S | A, 5000, 1, NULL), V(A, 5001, 1, "abc"), DONE },
	  "1:abc | x", "" },
	{ "missing, told at the end", { HANDSHAKE, C(A, 1, 1, "abc"),
					C(A, 9, 1, "ijk"), DONE },
	  "0:abc | 0-5 0:ijk x", "out_of_order=1 gaps=1 gap_bytes=5" },
	{ "missing, acknowledged, time", { HANDSHAKE, C(A, 4, 1, "def"),
			LATE(1, A, 1, 7, NULL, 1), LATE(1, A, 1, 7, NULL, 250), DONE },
	  "0-3 0:def | x", "out_of_order=1 gaps=1 gap_bytes=3" },
	{ "acknowledged before it comes", { HANDSHAKE, C(A, 4, 1, "def"),
			LATE(1, A, 1, 7, NULL, 1), LATE(1, A, 1, 7, NULL, 1),
			LATE(0, A, 1, 1, "abc", 1), DONE },
	  "0:abc 0:def | x", "out_of_order=1" },
	{ "missing, nothing behind", { HANDSHAKE, C(A, 1, 1, "abc"),
				       V(A, 1, 9, NULL), LATE(1, A, 1, 9, NULL, 9000),
				       DONE },
	  "0:abc | 0-5 x", "gaps=1 gap_bytes=5" },
	{ "FIN not in the capture", { HANDSHAKE, C(A, 1, 1, "abc"),
				      V(A, 1, 5, NULL), DONE },
	  "0:abc | x", "" },
	{ "cut", { HANDSHAKE, SHORT(1, "abc", 3, 0), C(A, 7, 1, "ghi"),
		   C(A, 1, 1, "abcdef"), DONE },
	  "0:abc 0-3c 0:ghi | x", "retransmitted=1 gaps=1 gap_bytes=3 cut=1" },
	{ "cut, and early", { HANDSHAKE, SHORT(4, "def", 3, 0), C(A, 10, 1, "jkl"),
			      C(A, 1, 1, "abc"), DONE },
	  "0:abc 0:def 0-3c 0:jkl | x", "out_of_order=2 gaps=1 gap_bytes=3 cut=1" },
	{ "cut to nothing", { HANDSHAKE, SHORT(1, NULL, 5, 0), C(A, 6, 1, "abc"), DONE },
	  "0-5c 0:abc | x", "gaps=1 gap_bytes=5 cut=1" },
	{ "an IP length that lies", { HANDSHAKE, SHORT(1, NULL, 6, SEGMENT_FLAW_IP_LENGTH),
				      C(A, 1, 1, "abc"), DONE },
	  "0:abc | x", "" },
	{ "fragments missing", { HANDSHAKE, SHORT(1, "abc", 3, SEGMENT_FLAW_FRAGMENTS),
				 C(A, 7, 1, "ghi"), DONE },
	  "0:abc 0-3 0:ghi | x", "gaps=1 gap_bytes=3" },
	{ "after both FIN", { HANDSHAKE, C(A | F, 1, 1, "abc"),
			      V(A | F, 1, 5, NULL), C(A, 1, 1, "abc"),
			      C(A, 5000, 1, "abc"), DONE },
	  "0:abc 0. 1. x 0:abc | x", "middle=1 closed=1 reused=1 retransmitted=1" },
	{ "a far one alone", { HANDSHAKE, C(A, 100000000, 1, "xyz"),
			       C(A, -100000000, 1, "xyz"), C(A, 1, 1, "abc"), DONE },
	  "0:abc | x", "outside=2" },
	{ "far ones that go on", { HANDSHAKE, C(A, 50000000, 1, "abc"),
			C(A, 50000003, 1, "def"), C(A, 50000006, 1, "ghi"), DONE },
	  "0-49999999 0:abc 0:def 0:ghi | x", "gaps=1 gap_bytes=49999999" },
	{ "far ones, captured twice", { HANDSHAKE,
			C(A, 50000000, 1, "abc"), C(A, 50000000, 1, "abc"),
			C(A, 50000003, 1, "def"), C(A, 50000003, 1, "def"),
			C(A, 50000006, 1, "ghi"), DONE },
	  "0-49999999 0:abc 0:def 0:ghi | x", "gaps=1 gap_bytes=49999999 outside=2" },
	{ "far ones that do not go on", { HANDSHAKE, C(A, 50000000, 1, "abc"),
			C(A, 60000000, 1, "abc"), C(A, 50000003, 1, "def"),
			C(A, 50000006, 1, "ghi"), DONE },
	  "| x", "outside=4" },
	{ "one side is not captured for long", { HANDSHAKE, V(A, 1, 3000000, NULL),
			V(A, 1, 6000000, NULL), V(A, 1, 9000000, NULL),
			C(A, 9000000, 1, "abc"), DONE },
	  "0-8999999 0:abc | x", "gaps=1 gap_bytes=8999999" },
	{ "one side is not captured at all", { HANDSHAKE, V(A, 1, 3000000, NULL),
			V(A, 1, 6000000, NULL), V(A, 1, 9000000, NULL), DONE },
	  "| 0-8999999 x", "gaps=1 gap_bytes=8999999" },
	{ "a far FIN", { HANDSHAKE, C(A | F, 50000000, 1, NULL), C(A, 1, 1, "abc"), DONE },
	  "0:abc | x", "outside=1" },
	{ "more than FIN allows", { HANDSHAKE, C(A | F, 4, 1, NULL), C(A, 1, 1, "abcdef"), DONE },
	  "0:abc 0. | x", "" },
	{ "FIN inside what waits", { HANDSHAKE, C(A, 4, 1, "defghi"), C(A | F, 6, 1, NULL),
				     C(A, 1, 1, "abc"), DONE },
	  "0:abc 0:defghi | x", "out_of_order=1 outside=1" },
	{ "far ones and near ones", { HANDSHAKE, C(A, 50000000, 1, "abc"),
			C(A, 50000003, 1, "def"), V(A, 1, 1, NULL),
			C(A, 50000006, 1, "ghi"), C(A, 1, 1, "abc"), DONE },
	  "0:abc | x", "outside=3" },
	{ "a far one, acknowledged", { HANDSHAKE, C(A, 50000000, 1, "abc"),
				       V(A, 1, 50000003, NULL), DONE },
	  "0-49999999 0:abc | x", "gaps=1 gap_bytes=49999999" },
	{ "acknowledged, then a far one", { HANDSHAKE, V(A, 1, 50000000, NULL),
					    C(A, 50000000, 1, "abc"), DONE },
	  "0-49999999 0:abc | x", "gaps=1 gap_bytes=49999999" },
	{ "led astray and back", { HANDSHAKE, C(A, 50000000, 1, "abc"),
			C(A, 50000003, 1, "def"), C(A, 50000006, 1, "ghi"),
			C(A, 1, 1, "abc"), C(A, 4, 1, "def"),
			C(A, 7, 1, "ghi"), DONE },
	  "0-49999999 0:abc 0:def 0:ghi 0-0 0:abc 0:def 0:ghi | x",
	  "gaps=2 gap_bytes=49999999" },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check_row(&rows[i], 0);
		/* The same where the numbers wrap. */
		for (uint32_t back = 0; back < 16; back++)
			check_row(&rows[i], 0u - ISN_0 - back);
		for (uint32_t back = 0; back < 16; back++)
			check_row(&rows[i], ISN_1 + back);
	}
}

/* ---- one stream, cut and ordered anyhow ---- */

static void
expect_stream(struct bench *b, const char *text)
{
	struct buf got = BUF_INIT;
	struct str rest = buf_str(&b->out), word;

	while (str_cut_word(&rest, &word))
		if (str_starts(word, STR("0:")))
			buf_add_str(&got, str_skip(word, 2));
		else if (!str_eq(word, STR("|")) && !str_eq(word, STR("x")) &&
			 !str_eq(word, STR("0.")))
			fail_msg("%s", buf_cstr(&b->out));
	assert_string_equal(buf_cstr(&got), text);
	assert_int_equal(b->c->bytes[0], strlen(text));
	buf_release(&got);
}

static void
permute(unsigned *order, unsigned at, unsigned n, unsigned mode)
{
	static const char *const parts[] = { "ab", "cdefg", "h", "ijkl", "mn" };
	static const int64_t seqs[] = { 1, 3, 8, 9, 13 };
	struct bench b;

	for (unsigned i = at; i < n && at + 1 < n; i++) {
		unsigned save = order[at];

		order[at] = order[i];
		order[i] = save;
		permute(order, at + 1, n, mode);
		order[i] = order[at];
		order[at] = save;
	}
	if (at + 1 < n)
		return;
	bench_init(&b, NULL);
	b.isn[0] = mode & 1 ? UINT32_MAX - 7 : ISN_0;
	open_connection(&b);
	for (unsigned i = 0; i < n; i++) {
		unsigned k = order[i];
		struct step step = C(A | (k == n - 1 ? F : 0), seqs[k], 1, parts[k]);

		send(&b, &step);
		if (mode & 2)	/* a port mirrored twice */
			send(&b, &step);
	}
	assert_int_equal(stat_of(&b, "waiting_bytes"), 0);
	assert_true(b.c->flags & TCP_FIN_0);
	end(&b);
	expect_stream(&b, "abcdefghijklmn");
	bench_release(&b);
}

static void
test_permutations(void **state)
{
	(void)state;
	for (unsigned mode = 0; mode < 4; mode++) {
		unsigned order[] = { 0, 1, 2, 3, 4 };

		permute(order, 0, 5, mode);
	}
}

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz";

/* The part of the alphabet from @from up to @to. */
static void
send_part(struct bench *b, size_t from, size_t to)
{
	char text[sizeof(alphabet)];

	if (from >= to)
		return;
	memcpy(text, alphabet + from, to - from);
	text[to - from] = '\0';
	data(b, 0, (int64_t)from + 1, text);
}

/* Each cut into three, in each order, with the parts widened to overlap. */
static void
test_cuts(void **state)
{
	static const unsigned orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i <= 26; i++)
		for (size_t j = i; j <= 26; j++)
			for (size_t o = 0; o < ARRAY_SIZE(orders); o++) {
				size_t cuts[] = { 0, i, j, 26 }, wide = (i + j + o) % 4;
				struct bench b;

				bench_init(&b, NULL);
				b.isn[0] = (uint32_t)(0 - i - o);
				open_connection(&b);
				for (unsigned k = 0; k < 3; k++) {
					size_t from = cuts[orders[o][k]];
					size_t to = cuts[orders[o][k] + 1];

					send_part(&b, from > wide ? from - wide : 0,
						  to + wide < 26 ? to + wide : 26);
				}
				assert_int_equal(stat_of(&b, "overlaps"), 0);
				assert_int_equal(stat_of(&b, "waiting_bytes"), 0);
				end(&b);
				expect_stream(&b, alphabet);
				bench_release(&b);
			}
}

/* One byte a segment, and then backwards. */
static void
test_bytes(void **state)
{
	struct bench b;

	(void)state;
	for (unsigned backwards = 0; backwards < 2; backwards++) {
		bench_init(&b, NULL);
		b.isn[0] = UINT32_MAX - 13;
		open_connection(&b);
		for (size_t i = 0; i < 26; i++) {
			size_t at = backwards ? 25 - i : i;

			send_part(&b, at, at + 1);
		}
		end(&b);
		expect_stream(&b, alphabet);
		bench_release(&b);
	}
}

/* ---- bounds ---- */

static void
test_waiting_bytes(void **state)
{
	struct tcp_limits limits = { .waiting = 1000 };
	struct bench b;

	(void)state;
	bench_init(&b, &limits);
	open_connection(&b);
	for (int64_t i = 0; i < 100; i++) {
		data(&b, 0, 4 + 4 * i, "abc");
		assert_true(stat_of(&b, "waiting_bytes") <= 1000);
	}
	/* The hole before each was given up in its turn, the first first. */
	assert_true(str_starts(buf_str(&b.out), STR("0-3 0:abc 0-1 0:abc 0-1 0:abc")));
	assert_int_equal(stat_of(&b, "gap_bytes"), 3 + stat_of(&b, "gaps") - 1);
	assert_true(stat_of(&b, "waiting_bytes") > 500);
	end(&b);
	assert_int_equal(b.c->bytes[0], 3 + 4 * 100 - 1);
	assert_int_equal(b.c->gaps, 100);
	bench_release(&b);
}

/* The longest open hole of all connections goes first. */
static void
test_waiting_all(void **state)
{
	struct tcp_limits limits = { .waiting_all = 1000 };
	struct bench b;

	(void)state;
	bench_init(&b, &limits);
	for (b.port = 1; b.port <= 40; b.port++) {
		open_connection(&b);
		data(&b, 0, 4, "def");
		assert_true(stat_of(&b, "waiting_bytes") <= 1000);
	}
	assert_true(stat_of(&b, "gaps") > 20);
	b.port = 40;	/* the last one still waits */
	drop_out(&b);
	data(&b, 0, 1, "abc");
	assert_string_equal(buf_cstr(&b.out), "0:abc 0:def");
	bench_release(&b);
}

static void
test_many_pieces(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, NULL);
	open_connection(&b);
	for (int64_t i = 20000; i > 0; i--)
		data(&b, 0, 3 * i, "a");
	assert_true(stat_of(&b, "gaps") > 0);
	assert_true(stat_of(&b, "waiting_bytes") < 4097 * 100);
	end(&b);
	assert_int_equal(stat_of(&b, "waiting_bytes"), 0);
	bench_release(&b);
}

/* A hole is told with a segment of another connection, when its time is over. */
static void
test_patience(void **state)
{
	struct bench b;

	(void)state;
	for (unsigned back = 0; back < 2; back++) {
		bench_init(&b, NULL);
		open_connection(&b);
		data(&b, 0, 4, "def");
		b.port = 2;
		if (back)	/* time that steps back starts the waiting anew */
			b.time -= 3600 * NS_PER_S;
		open_connection(&b);
		b.time += 9 * NS_PER_S;
		data(&b, 0, 1, "abc");
		assert_string_equal(buf_cstr(&b.out), "0:abc");
		b.time += 2 * NS_PER_S;
		data(&b, 0, 4, "def");
		assert_string_equal(buf_cstr(&b.out), "0:abc 0:def 0-3 0:def");
		bench_release(&b);
	}
}

static void
test_no_times(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, NULL);
	b.no_time = true;
	open_connection(&b);
	data(&b, 0, 4, "def");
	for (unsigned i = 0; i < 9; i++) {
		assert_string_equal(buf_cstr(&b.out), "");
		send(&b, &(struct step)STEP(1, A, 1, 7, NULL));
	}
	assert_string_equal(buf_cstr(&b.out), "0-3 0:def");
	assert_true(b.c->first == TIME_NONE && b.c->last == TIME_NONE);
	bench_release(&b);
}

/* The longest silent goes, closed ones before open ones. */
static void
test_connections(void **state)
{
	struct tcp_limits limits = { .connections = 3 };
	struct tcp_connection *first, *second;
	struct bench b;

	(void)state;
	bench_init(&b, &limits);
	for (b.port = 1; b.port <= 3; b.port++) {
		open_connection(&b);
		data(&b, 0, 4, "def");
	}
	b.port = 1;
	data(&b, 0, 4, "def");
	first = b.c;
	b.port = 4;
	open_connection(&b);
	assert_string_equal(buf_cstr(&b.out), "0-3 0:def x");	/* that of port 2 */
	assert_int_equal(stat_of(&b, "evicted"), 1);
	b.port = 1;
	drop_out(&b);
	data(&b, 0, 1, "abc");
	assert_string_equal(buf_cstr(&b.out), "0:abc 0:def");
	assert_ptr_equal(b.c, first);
	send(&b, &(struct step)STEP(0, R, 7, 0, NULL));
	b.port = 5;
	drop_out(&b);
	open_connection(&b);
	second = b.c;
	assert_string_equal(buf_cstr(&b.out), "x");
	assert_int_equal(stat_of(&b, "evicted"), 1);
	assert_int_equal(stat_of(&b, "open"), 3);
	b.port = 5;
	data(&b, 0, 1, "abc");
	assert_ptr_equal(b.c, second);
	bench_release(&b);
}

/* Closed ones are known for a while, so that what comes late is nothing new. */
static void
test_closed(void **state)
{
	static const struct step close[] = {
		C(A, 1, 1, "abc"), C(A | F, 4, 1, NULL),
		V(A | F, 1, 5, NULL), C(A, 5, 2, NULL),
	};
	struct tcp_connection *c;
	struct bench b;

	(void)state;
	bench_init(&b, NULL);
	open_connection(&b);
	for (size_t i = 0; i < ARRAY_SIZE(close); i++)
		send(&b, &close[i]);
	c = b.c;
	assert_int_equal(c->flags, TCP_SYN | TCP_SYN_ACK | TCP_FIN_0 | TCP_FIN_1 | TCP_DATA_0);
	assert_int_equal(stat_of(&b, "open"), 0);
	b.time += 50 * NS_PER_S;
	send(&b, &close[0]);
	assert_ptr_equal(b.c, c);
	assert_string_equal(buf_cstr(&b.out), "0:abc 0. 1.");
	/* Other numbers on the ends of a closed one are another connection. */
	drop_out(&b);
	data(&b, 0, 30000000, "abc");
	assert_string_equal(buf_cstr(&b.out), "x 0:abc");
	assert_int_equal(stat_of(&b, "reused"), 1);
	b.port = 7;
	open_connection(&b);
	for (size_t i = 0; i < ARRAY_SIZE(close); i++)
		send(&b, &close[i]);
	b.port = 8;
	drop_out(&b);
	b.time += 61 * NS_PER_S;
	open_connection(&b);
	assert_string_equal(buf_cstr(&b.out), "x");
	end(&b);
	assert_int_equal(b.forgotten, stat_of(&b, "closed") + 2);
	bench_release(&b);
}

/* A scanner's closed connections do not stay, whatever the clock says. */
static void
test_closed_bound(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, NULL);
	b.no_time = true;
	for (uint32_t i = 0; i < 70000; i++) {
		b.port = (uint16_t)i;
		b.isn[0] += 5000000;
		send(&b, &(struct step)STEP(0, S, 0, 0, NULL));
		send(&b, &(struct step)STEP(1, R | A, 0, 1, NULL));
		drop_out(&b);
	}
	assert_int_equal(stat_of(&b, "refused"), 70000);
	assert_int_equal(stat_of(&b, "unanswered"), 0);
	assert_true(b.forgotten >= 70000 - 65536);
	bench_release(&b);
}

/* Which end is the first one. */
static void
test_ends(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, NULL);
	data(&b, 1, 1, "abc");	/* from port 5060 to 40000: that is the client's */
	assert_int_equal(b.c->ends[0].port, 40000);
	assert_string_equal(buf_cstr(&b.out), "1:abc");
	b.port = 100;
	data(&b, 1, 1, "abc");
	assert_int_equal(b.c->ends[0].port, 5060);
	assert_int_equal(b.c->flags, TCP_MIDDLE | TCP_DATA_0);
	/* A late SYN knows better, as long as nothing was told. */
	b.port = 200;
	send(&b, &(struct step)STEP(1, A, 1, 1, NULL));
	assert_int_equal(b.c->ends[0].port, 5060);
	send(&b, &(struct step)STEP(0, S, 0, 0, NULL));
	assert_int_equal(b.c->ends[0].port, 200);
	assert_int_equal(b.c->flags, TCP_SYN);
	drop_out(&b);
	data(&b, 0, 1, "abc");
	data(&b, 1, 1, "abc");
	assert_string_equal(buf_cstr(&b.out), "0:abc 1:abc");
	bench_release(&b);
}

static size_t
resident(void)
{
	size_t pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f)
		return 0;
	while (getc(f) != ' ')
		continue;
	for (int ch = getc(f); ch >= '0' && ch <= '9'; ch = getc(f))
		pages = pages * 10 + (size_t)(ch - '0');
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* A hundred thousand at once. Sanitizers add to what they cost. */
static void
test_memory(void **state)
{
	size_t before = resident(), n = 100000, after;
	struct bench b;

	(void)state;
	bench_init(&b, NULL);
	for (size_t i = 0; i < n; i++) {
		b.net = (uint8_t)(i / 50000);
		b.port = (uint16_t)(i % 50000 + 10000);
		open_connection(&b);
		data(&b, 0, 1, "abc");
		drop_out(&b);
	}
	assert_int_equal(stat_of(&b, "open"), n);
	after = resident();
	print_message("# %zu bytes each of %zu connections\n", (after - before) / n, n);
	assert_true(after - before < n * 600);
	end(&b);
	assert_int_equal(b.forgotten, n);
	assert_int_equal(stat_of(&b, "open"), 0);
	bench_release(&b);
}

/* FIN keeps its frame while it waits. */
static void
test_fin_frame(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, NULL);
	open_connection(&b);
	send(&b, &(struct step)STEP(0, A | F, 4, 1, "def"));
	data(&b, 0, 1, "abc");
	assert_string_equal(buf_cstr(&b.out), "0:abc 0:def 0.");
	assert_int_equal(b.end_frame, 4);
	bench_release(&b);
}

/* Bytes that were not to come any more are given nevertheless. */
static void
test_after_reset(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, NULL);
	open_connection(&b);
	data(&b, 0, 1, "abc");
	send(&b, &(struct step)STEP(1, R, 1, 0, NULL));
	data(&b, 0, 4, "def");
	assert_string_equal(buf_cstr(&b.out), "0:abc 1! 0:def");
	bench_release(&b);
}

static void
test_user(void **state)
{
	struct bench b;
	int mine;

	(void)state;
	bench_init(&b, NULL);
	open_connection(&b);
	assert_null(b.c->user);
	b.c->user = &mine;
	data(&b, 0, 1, "abc");
	assert_ptr_equal(b.c->user, &mine);
	assert_int_equal(b.c->frame, 1);
	assert_int_equal(b.c->bytes[0], 3);
	bench_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_permutations),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_waiting_bytes),
		cmocka_unit_test(test_waiting_all),
		cmocka_unit_test(test_many_pieces),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_no_times),
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_closed_bound),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_fin_frame),
		cmocka_unit_test(test_after_reset),
		cmocka_unit_test(test_user),
	};

	return cmocka_run_group_tests_name("tcp", tests, NULL, NULL);
}
