/* store/candidates.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/time.h"
#include "store/candidates.h"

#define START	(INT64_C(1700000000) * NS_PER_S)

/* A sender of packets that fit each other. */
struct sender {
	struct net_endpoint src, dst;
	struct rtp rtp;
	int64_t time;
	uint32_t frame;
};

static struct sender
sender_of(uint8_t type, uint16_t port)
{
	static const uint8_t one[] = { 192, 0, 2, 1 }, two[] = { 192, 0, 2, 2 };

	return (struct sender){
		.src = { net_addr_ip4(one), port }, .dst = { net_addr_ip4(two), port },
		.rtp = {
			.ssrc = 0x1234, .timestamp = 1000, .sequence = 65534,
			.payload_type = type, .payload_length = 160,
		},
		.time = START,
	};
}

static uint64_t
hash_of(const struct sender *s)
{
	return hash_u64(net_endpoint_hash(&s->src) ^ net_endpoint_hash(&s->dst) * 3 ^ s->rtp.ssrc);
}

struct outcome {
	enum candidate_verdict verdict;
	size_t held;
	uint8_t confidence;
	uint32_t first_frame;
};

static struct outcome
send(struct candidates *c, struct sender *s)
{
	struct outcome o = { 0 };
	const struct candidate_packet *held;
	struct media_input in = {
		.src = &s->src, .dst = &s->dst, .time = s->time, .frame = ++s->frame,
	};

	o.verdict = candidates_add(c, hash_of(s), &in, &s->rtp, &held, &o.held, &o.confidence);
	if (o.verdict == CANDIDATE_STREAM && o.held > 0)
		o.first_frame = held[0].frame;
	return o;
}

static void
step(struct sender *s, uint16_t sequence, uint32_t timestamp, int64_t ms)
{
	s->rtp.sequence = (uint16_t)(s->rtp.sequence + sequence);
	s->rtp.timestamp += timestamp;
	s->time += ms * NS_PER_MS;
}

/* How many packets in these steps it takes; 0: more than @most. */
static unsigned
needed(struct candidates *c, struct sender *s, uint16_t sequence, uint32_t timestamp, int64_t ms,
       unsigned most, struct outcome *last)
{
	for (unsigned i = 1; i <= most; i++) {
		*last = send(c, s);
		if (last->verdict == CANDIDATE_STREAM)
			return i;
		step(s, sequence, timestamp, ms);
	}
	return 0;
}

static void
rows(void **state)
{
	/* type, port, length, steps of sequence, timestamp and ms: packets it takes at least
	 * and at most; 0: it is none */
	static const struct {
		uint8_t type;
		uint16_t port;
		uint32_t length;
		uint16_t sequence;
		uint32_t timestamp;
		int64_t ms;
		unsigned at_least, at_most;
	} rows[] = {
		{ 0, 4000, 160, 1, 160, 20, 4, 4 },
		{ 8, 4001, 160, 1, 160, 20, 4, 4 },
		{ 18, 4000, 20, 1, 160, 20, 4, 4 },
		{ 111, 4000, 90, 1, 960, 20, 4, 4 },
		/* video: a picture in many packets */
		{ 96, 4000, 1200, 1, 0, 0, 4, 4 },
		/* a clock nobody uses, a type nobody gives */
		{ 70, 4000, 160, 1, 7, 20, 5, 9 },
		/* losses between any two */
		{ 0, 4000, 160, 3, 480, 60, 4, 6 },
		/* no sequence numbers */
		{ 0, 4000, 160, 0, 160, 20, 0, 0 },
		{ 0, 4000, 160, 1000, 160, 20, 0, 0 },
		/* timestamps from nowhere */
		{ 0, 4000, 160, 1, 0x12345678, 20, 0, 0 },
		{ 0, 4000, 160, 1, 0x92345678, 20, 0, 0 },
		/* a counter of another protocol */
		{ 70, 53, 30, 1, 0, 1000, 0, 0 },
		/* sound whose time stands still */
		{ 16, 4000, 80, 1, 0, 20, 0, 0 },
	};
	struct candidates *c = candidates_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sender s = sender_of(rows[i].type, rows[i].port);
		struct outcome o;
		unsigned n;

		s.rtp.ssrc = (uint32_t)i;
		s.rtp.payload_length = rows[i].length;
		n = needed(c, &s, rows[i].sequence, rows[i].timestamp, rows[i].ms, 100, &o);
		if (n < rows[i].at_least || n > rows[i].at_most)
			fail_msg("row %zu: %u packets", i, n);
		if (n > 0) {
			assert_int_equal(o.held, n - 1);
			assert_int_equal(o.first_frame, 1);
			assert_true(o.confidence >= 50 && o.confidence <= 99);
		}
	}
	candidates_free(c);
}

/* Counters, and another payload type in each packet: that is no RTP. Two that take turns
 * may be. */
static void
types(void **state)
{
	struct candidates *c = candidates_new();
	struct sender s = sender_of(0, 4000);
	unsigned int n = 0;

	(void)state;
	for (int i = 0; i < 100; i++, step(&s, 1, 20, 20)) {
		s.rtp.payload_type = (uint8_t)(i * 37 % 128);
		assert_int_equal(send(c, &s).verdict, CANDIDATE_WAIT);
	}
	s = sender_of(0, 4002);
	do {
		s.rtp.payload_type = n % 2 ? 0 : 98;
		step(&s, 1, 160, 20);
	} while (++n < 20 && send(c, &s).verdict != CANDIDATE_STREAM);
	assert_in_range(n, 4, 7);
	candidates_free(c);
}

/* Each packet twice, as by a mirror port; one late: they are held, and prove nothing. */
static void
copies(void **state)
{
	struct candidates *c = candidates_new();
	struct sender s = sender_of(0, 4000);
	struct outcome o;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(send(c, &s).verdict, CANDIDATE_WAIT);
		assert_int_equal(send(c, &s).verdict, CANDIDATE_WAIT);
		step(&s, 1, 160, 20);
	}
	o = send(c, &s);
	assert_int_equal(o.verdict, CANDIDATE_STREAM);
	assert_int_equal(o.held, 6);
	assert_int_equal(candidates_unsure(c), 0);

	s = sender_of(0, 4002);
	send(c, &s);
	step(&s, 2, 320, 20);
	send(c, &s);
	step(&s, (uint16_t)-1, (uint32_t)-160, 1);
	assert_int_equal(send(c, &s).verdict, CANDIDATE_WAIT);
	step(&s, 2, 320, 20);
	send(c, &s);
	step(&s, 1, 160, 20);
	o = send(c, &s);
	assert_int_equal(o.verdict, CANDIDATE_STREAM);
	assert_int_equal(o.held, 4);
	candidates_free(c);
}

/* What never becomes a stream is counted; the packet that begins anew too. */
static void
unsure(void **state)
{
	struct candidates *c = candidates_new();
	struct sender s = sender_of(0, 4000);
	const struct candidate_packet *held;
	struct outcome o;

	(void)state;
	for (int i = 0; i < 3; i++) {
		send(c, &s);
		step(&s, 1, 160, 20);
	}
	assert_int_equal(candidates_unsure(c), 3);
	step(&s, 5000, 1, 20);
	assert_int_equal(needed(c, &s, 1, 160, 20, 10, &o), 4);
	assert_int_equal(candidates_unsure(c), 3);

	/* What is held goes to who knows better, once. */
	s = sender_of(0, 4002);
	send(c, &s);
	step(&s, 1, 160, 20);
	send(c, &s);
	assert_int_equal(candidates_take(c, hash_of(&s), &held), 2);
	assert_int_equal(held[1].sequence, 65535);
	assert_int_equal(candidates_take(c, hash_of(&s), &held), 0);
	assert_int_equal(candidates_unsure(c), 3);
	candidates_free(c);
}

/* How many of @senders that begin at once, each sending every 20 ms, are found within
 * @rounds packets. *whole: of how many all that they sent was held. */
static uint32_t
crowd_found(struct candidates *c, uint32_t senders, unsigned rounds, uint32_t *whole)
{
	struct sender *list = xcalloc(senders, sizeof(*list));
	bool *found = xcalloc(senders, sizeof(*found));
	uint32_t n = 0;

	*whole = 0;
	for (uint32_t i = 0; i < senders; i++) {
		list[i] = sender_of(0, (uint16_t)(1024 + 2 * (i % 30000)));
		list[i].rtp.ssrc = hash_u64(i) & UINT32_MAX;
	}
	for (unsigned round = 0; round < rounds && n < senders; round++)
		for (uint32_t i = 0; i < senders; i++) {
			struct outcome o = { 0 };

			if (!found[i])
				o = send(c, &list[i]);
			if (o.verdict == CANDIDATE_STREAM) {
				found[i] = true;
				n++;
				*whole += o.held == round;
			}
			step(&list[i], 1, 160, 20);
		}
	free(found);
	free(list);
	return n;
}

/* As many as there is room for are found at once, from their first packet on, and what they
 * took is given back. */
static void
crowd(void **state)
{
	struct candidates *c = candidates_new();
	size_t before = candidates_memory(c);
	uint32_t whole;

	(void)state;
	assert_int_equal(crowd_found(c, CANDIDATE_ROWS_MAX, CANDIDATE_PACKETS, &whole),
			 CANDIDATE_ROWS_MAX);
	assert_int_equal(whole, CANDIDATE_ROWS_MAX);
	assert_int_equal(candidates_unsure(c), 0);
	assert_int_equal(candidates_memory(c), before);
	candidates_free(c);
}

/* More than that are found nevertheless, one batch after another, and take no more memory. */
static void
bounded(void **state)
{
	enum { ROOM = 1024 * 1024, SENDERS = 20000 };
	struct candidates *c = candidates_new();
	struct sender other = sender_of(0, 5000);
	uint32_t whole;

	(void)state;
	candidates_bound(c, ROOM);
	assert_int_equal(crowd_found(c, SENDERS, 150, &whole), SENDERS);
	assert_in_range(whole, 1000, SENDERS / 2);
	for (uint32_t i = 0; i < SENDERS; i++) {
		other.rtp.ssrc = i;
		send(c, &other);
	}
	assert_in_range(candidates_memory(c), ROOM / 2, ROOM);
	candidates_free(c);
}

/* Most rows hold a few packets, and not too many hold more: those give up what they have. */
static void
longs(void **state)
{
	enum { SENDERS = 10000, PACKETS = 12 };
	struct candidates *c = candidates_new();
	struct sender *list = xcalloc(SENDERS, sizeof(*list));
	size_t few, many;

	(void)state;
	for (uint32_t i = 0; i < SENDERS; i++) {
		list[i] = sender_of(0, 4000);
		list[i].rtp.ssrc = i;
	}
	few = 0;
	for (int k = 0; k < PACKETS; k++) {
		for (uint32_t i = 0; i < SENDERS; i++) {
			/* Copies prove nothing. */
			assert_int_equal(send(c, &list[i]).verdict, CANDIDATE_WAIT);
			list[i].time += NS_PER_MS;
		}
		if (k == 3)
			few = candidates_memory(c);
	}
	many = candidates_memory(c);
	assert_in_range(many - few, 1 << 20, 4 << 20);
	for (uint32_t i = 0; i < SENDERS; i++) {
		struct outcome o = { 0 };

		for (int k = 0; k < 3; k++) {
			step(&list[i], 1, 160, 20);
			o = send(c, &list[i]);
		}
		assert_int_equal(o.verdict, CANDIDATE_STREAM);
		assert_true(o.held == PACKETS + 2 || o.held <= 4 + 2);
	}
	free(list);
	candidates_free(c);
}

/* What came before a gap is of the stream too; gaps alone are none. */
static void
gaps(void **state)
{
	static const uint16_t steps[] = { 23, 1, 19, 20, 14, 8, 9, 22, 1, 1 };
	struct candidates *c = candidates_new();
	struct sender s = sender_of(18, 4000);
	struct outcome o = { 0 };
	size_t i;

	(void)state;
	s.rtp.payload_length = 20;
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		o = send(c, &s);
		if (o.verdict == CANDIDATE_STREAM)
			break;
		step(&s, steps[i], 160u * steps[i], 20 * steps[i]);
	}
	assert_int_equal(o.verdict, CANDIDATE_STREAM);
	assert_int_equal(o.first_frame, 1);
	assert_int_equal(o.held, i);
	s = sender_of(18, 5000);
	assert_int_equal(needed(c, &s, 100, 16000, 2000, 200, &o), 0);
	candidates_free(c);
}

/* Noise does not keep streams out. */
static void
noise(void **state)
{
	struct candidates *c = candidates_new();
	struct sender s = sender_of(0, 4000), other = sender_of(96, 6000);
	struct outcome o = { 0 };
	unsigned n = 0;

	(void)state;
	for (uint32_t i = 0; i < 200 && o.verdict != CANDIDATE_STREAM; i++) {
		for (uint32_t k = 0; k < 500; k++) {
			other.rtp.ssrc = (uint32_t)hash_u64(i * 500 + k);
			other.time = s.time;
			assert_int_equal(send(c, &other).verdict, CANDIDATE_WAIT);
		}
		o = send(c, &s);
		step(&s, 1, 160, 20);
		n++;
	}
	assert_int_equal(o.verdict, CANDIDATE_STREAM);
	assert_true(n < 100);
	candidates_free(c);
}

/* Time that is not known, goes back, or is at its ends. */
static void
times(void **state)
{
	static const int64_t odd[] = { TIME_NONE, 0, INT64_MAX, -1, START };
	struct candidates *c = candidates_new();

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		struct sender s = sender_of(0, 4000);

		s.time = odd[i % ARRAY_SIZE(odd)];
		s.rtp.sequence = (uint16_t)i;
		s.rtp.timestamp = (uint32_t)i * (i % 3 ? 160 : 900001);
		send(c, &s);
	}
	candidates_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(types), cmocka_unit_test(copies), cmocka_unit_test(unsure),
		cmocka_unit_test(crowd), cmocka_unit_test(bounded), cmocka_unit_test(longs),
		cmocka_unit_test(gaps),
		cmocka_unit_test(noise), cmocka_unit_test(times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
