/* query/media_statistics.h: streams counted by codec and by how good they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "query/media_statistics.h"
#include "media_store.h"

#define A	"192.0.2.1:4000"
#define B	"192.0.2.2:6000"

/* @p n packets of which each @p lose-th is missing; 0: none. 96 has a clock of 48000 Hz. */
static void
send_lossy(struct sip_store *t, double ms, const char *src, const char *dst, uint32_t ssrc,
	   uint8_t payload_type, unsigned n, unsigned lose)
{
	for (unsigned i = 0; i < n; i++)
		if (!lose || i % lose != lose / 2)
			media_send(t, ms + 20.0 * i, &(struct media_packet){
				src, dst, ssrc, (payload_type == 96 ? 960 : 160) * i,
				(uint16_t)(i + 1), payload_type });
}

static bool
takes_first(void *ctx, uint32_t call)
{
	(void)ctx;
	return call == 0;
}

static void
look(struct media_statistics *s)
{
	media_statistics_look(s);
	while (media_statistics_step(s))
		;
}

static void
setup(struct sip_store *t)
{
	sip_store_init(t);
	/* A call with 2 % lost one way and none back, and one of 20 % lost. */
	media_call(t, 0, "one", NULL, NULL);
	send_lossy(t, 100, A, B, 1, 8, 500, 50);
	send_lossy(t, 105, B, A, 2, 8, 500, 0);
	media_call(t, 20000, "two", MEDIA_SDP("192.0.2.1", "m=audio 4100 RTP/AVP 96\r\n"
					      "a=rtpmap:96 opus/48000/2\r\n"), NULL);
	send_lossy(t, 20100, "192.0.2.2:6000", "192.0.2.1:4100", 3, 96, 500, 5);
}

static void
test_counts(void **state)
{
	struct media_statistics s;
	const struct media_counts *c = &s.counts;
	struct sip_store t;
	struct query q;

	(void)state;
	setup(&t);
	query_init(&q, t.store);
	media_statistics_init(&s, &q, NULL, NULL);
	assert_false(media_statistics_step(&s));
	look(&s);
	assert_int_equal(c->streams, 3);
	assert_int_equal(c->expected, 500 + 500 + 500);
	assert_int_equal(c->lost, 10 + 100);
	assert_int_equal(c->packets, c->expected - c->lost);
	assert_int_equal(c->codec_n, 2);
	assert_string_equal(c->codecs[0].name, "PCMA");
	assert_int_equal(c->codecs[0].streams, 2);
	assert_string_equal(c->codecs[1].name, "opus");
	assert_int_equal(c->loss[MEDIA_LOSS_NONE], 1);
	assert_int_equal(c->loss[MEDIA_LOSS_SOME], 1);
	assert_int_equal(c->loss[MEDIA_LOSS_MOST], 1);
	assert_int_equal(c->jitter[MEDIA_JITTER_5], 3);
	assert_int_equal(c->no_jitter, 0);
	assert_int_equal(c->mos[MEDIA_MOS_BEST], 1);
	assert_int_equal(c->mos[MEDIA_MOS_GOOD], 1);
	/* Of Opus there is no MOS; it is the worst all the same. */
	assert_int_equal(c->no_mos, 1);
	assert_int_equal(c->worst_n, 2);
	assert_int_equal(c->worst[0].stream, 2);
	assert_true(fabs(c->worst[0].bad_percent - 20) < 1e-9);
	assert_int_equal(c->worst[1].stream, 0);
	/* The same again; and of one call alone. */
	look(&s);
	assert_int_equal(c->streams, 3);
	media_statistics_init(&s, &q, takes_first, NULL);
	look(&s);
	assert_int_equal(c->streams, 2);
	assert_int_equal(c->orphans, 0);
	assert_int_equal(c->lost, 10);
	query_release(&q);
	sip_store_release(&t);
}

/* More streams than a step takes, more bad ones than are listed, more codecs than there is
 * room for. */
static void
test_many(void **state)
{
	struct media_statistics s;
	struct sip_store t;
	struct query q;
	uint32_t streams = 0;

	(void)state;
	sip_store_init(&t);
	for (unsigned i = 0; i < 40; i++) {
		char id[16], sdp[256], src[32];

		snprintf(id, sizeof(id), "c%u", i);
		snprintf(sdp, sizeof(sdp), MEDIA_SDP("192.0.2.1", "m=audio %u RTP/AVP 96\r\n"
						     "a=rtpmap:96 codec%u/48000\r\n"),
			 4000 + 2 * i, i);
		media_call(&t, 5000.0 * i, id, sdp, NULL);
		snprintf(src, sizeof(src), "192.0.2.1:%u", 4000 + 2 * i);
		send_lossy(&t, 5000.0 * i + 100, B, src, 1000 + i, 96, 100, 4 + i);
	}
	query_init(&q, t.store);
	media_statistics_init(&s, &q, NULL, NULL);
	look(&s);
	assert_int_equal(s.counts.streams, 40);
	assert_int_equal(s.counts.codec_n, MEDIA_CODECS_MAX);
	assert_true(s.counts.codecs_cut);
	for (uint32_t i = 0; i < s.counts.codec_n; i++)
		streams += s.counts.codecs[i].streams;
	assert_int_equal(streams, 40);
	assert_int_equal(s.counts.codecs[MEDIA_CODECS_MAX - 1].streams, 40 - MEDIA_CODECS_MAX + 1);
	assert_int_equal(s.counts.worst_n, MEDIA_WORST_MAX);
	for (uint32_t i = 0; i < MEDIA_WORST_MAX; i++)
		assert_true(i == 0 || s.counts.worst[i].bad_percent <=
			    s.counts.worst[i - 1].bad_percent);
	assert_true(s.counts.worst[0].bad_percent >= 24);
	query_release(&q);
	sip_store_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
