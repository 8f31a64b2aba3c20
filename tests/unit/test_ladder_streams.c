#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "export/ladder_text.h"
#include "talk_store.h"

#define A	"192.0.2.1:5060"
#define B	"192.0.2.2:5060"
#define MEDIA	(&(struct ladder_options){ .media = true })

static const struct ladder_row *
stream_row(const struct ladder *l, uint32_t n)
{
	for (uint32_t i = 0; i < l->row_count; i++)
		if (l->rows[i].kind == LADDER_STREAM && n-- == 0)
			return &l->rows[i];
	return NULL;
}

static bool
is(struct str s, const char *text)
{
	return str_eq(s, str_of(text));
}

/* What the label says before the figures of quality. */
static bool
begins(const struct ladder_row *row, const char *text)
{
	if (str_starts(row->label, str_of(text)))
		return true;
	print_message("%.*s\n", STR_ARG(row->label));
	return false;
}

static void
both_ways(void **state)
{
	const struct media_talk talks[] = {
		{ "192.0.2.2:6000", "192.0.2.1:4000", 1, 0, 3000, 33000, 100, 3, 7 },
		{ "192.0.2.1:4000", "192.0.2.2:6000", 2, 0, 3060, 33000, 0, 0, 9 },
	};
	struct sip_store t;
	struct ladder l;
	const struct ladder_row *row;
	uint32_t at;

	(void)state;
	sip_store_init(&t);
	media_call(&t, NULL, A, B, SIP_STORE_SDP_A, SIP_STORE_SDP_B);
	media_say(&t, talks, 2);
	media_bye(&t, 33100, NULL, A, B);
	ladder_layout(&l, t.store, &(uint32_t){ 0 }, 1, MEDIA);
	assert_int_equal(l.lane_count, 2);
	assert_int_equal(l.streams, 2);
	assert_int_equal(l.messages, 6);
	assert_int_equal(l.row_count, 7);
	row = stream_row(&l, 0);
	assert_non_null(row);
	assert_null(stream_row(&l, 1));
	/* From left to right first, at the time of the one that came first. */
	assert_int_equal(row->from, 0);
	assert_int_equal(row->to, 1);
	assert_int_equal(store_stream(t.store, row->stream[0])->ssrc, 2);
	assert_int_equal(store_stream(t.store, row->stream[1])->ssrc, 1);
	assert_true(row->time == SIP_STORE_START + 3000 * NS_PER_MS);
	assert_true(row->last == SIP_STORE_START + 32980 * NS_PER_MS);
	assert_int_equal(row->message, MESSAGE_NONE);
	assert_int_equal(row->event, EVENT_NONE);
	assert_int_equal(row->call, 0);
	assert_int_equal(row->note_count, 0);
	assert_true(begins(row, "RTP PCMU 1,497/1,497 pkts  loss 0/0.2 %  est. MOS 4.4/4.3"));
	/* In less room less, and at last nothing but how it was. */
	assert_true(is(ladder_label(row, 55), "RTP PCMU 1,497/1,497 loss 0/0.2% est. MOS 4.4/4.3"));
	assert_true(is(ladder_label(row, 45), "PCMU 1,497/1,497 loss 0/0.2% MOS ~4.4/4.3"));
	assert_true(is(ladder_label(row, 35), "PCMU 1,497/1,497 0/0.2% ~4.4/4.3"));
	assert_true(is(ladder_label(row, 25), "PCMU 0/0.2% ~4.4/4.3"));
	assert_true(is(ladder_label(row, 16), "0/0.2% ~4.4/4.3"));
	at = (uint32_t)(row - l.rows);
	assert_true(is(l.rows[at - 1].label, "200 OK"));
	assert_true(is(l.rows[at + 1].label, "ACK"));
	ladder_release(&l);

	/* Left out. */
	ladder_layout(&l, t.store, &(uint32_t){ 0 }, 1, &(struct ladder_options){ 0 });
	assert_int_equal(l.streams, 0);
	assert_int_equal(l.row_count, 6);
	assert_null(stream_row(&l, 0));
	ladder_release(&l);
	sip_store_release(&t);
}

/* What comes one way is told one way; one after the other are two rows. */
static void
one_way(void **state)
{
	const struct media_talk talks[] = {
		{ "192.0.2.1:4000", "192.0.2.2:6000", 1, 8, 4000, 5000, 0, 0, 1 },
		{ "192.0.2.2:6000", "192.0.2.1:4000", 2, 8, 6000, 7000, 0, 0, 1 },
	};
	struct sip_store t;
	struct ladder l;
	const struct ladder_row *row;

	(void)state;
	sip_store_init(&t);
	media_call(&t, NULL, A, B, SIP_STORE_SDP_A, SIP_STORE_SDP_B);
	media_say(&t, talks, 2);
	ladder_layout(&l, t.store, &(uint32_t){ 0 }, 1, MEDIA);
	row = stream_row(&l, 0);
	assert_int_equal(row->stream[1], STREAM_NONE);
	assert_int_equal(row->from, 0);
	assert_true(begins(row, "RTP PCMA 50 pkts  loss 0 %"));
	row = stream_row(&l, 1);
	assert_non_null(row);
	assert_int_equal(row->stream[1], STREAM_NONE);
	assert_int_equal(row->from, 1);
	assert_int_equal(row->to, 0);
	ladder_release(&l);
	sip_store_release(&t);
}

/* Media that has other hosts than signalling. */
static void
other_hosts(void **state)
{
	const struct media_talk talks[] = {
		{ "192.0.2.77:4000", "198.51.100.9:6000", 1, 0, 4000, 5000, 0, 0, 1 },
		{ "198.51.100.9:6000", "192.0.2.77:4000", 2, 0, 4000, 5000, 0, 0, 1 },
		{ "203.0.113.5:7000", "192.0.2.77:4000", 3, 0, 4000, 5000, 0, 0, 1 },
	};
	const struct ladder_row *row;
	struct sip_store t;
	struct ladder l;

	(void)state;
	sip_store_init(&t);
	media_call(&t, NULL, A, B, MEDIA_SDP("192.0.2.77", "4000", "0", ""),
		   MEDIA_SDP("198.51.100.9", "6000", "0", ""));
	media_say(&t, talks, 3);
	ladder_layout(&l, t.store, &(uint32_t){ 0 }, 1, MEDIA);
	/* At those who named them; what nobody named is a lane. */
	assert_int_equal(l.lane_count, 3);
	assert_true(is(l.lanes[2].address, "203.0.113.5:7000"));
	row = stream_row(&l, 0);
	assert_int_equal(row->from, 0);
	assert_int_equal(row->to, 1);
	assert_int_equal(row->note_count, 1);
	assert_true(is(row->notes[0], "between 192.0.2.77:4000 and 198.51.100.9:6000"));
	row = stream_row(&l, 1);
	assert_int_equal(row->from, 2);
	assert_int_equal(row->to, 0);
	assert_true(is(row->notes[0], "from 203.0.113.5:7000 to 192.0.2.77:4000"));
	ladder_release(&l);

	/* A lane for each port: media is at that of the party. */
	ladder_layout(&l, t.store, &(uint32_t){ 0 }, 1,
		      &(struct ladder_options){ .media = true, .split_ports = true });
	assert_int_equal(l.lane_count, 3);
	assert_int_equal(stream_row(&l, 0)->to, 1);
	ladder_release(&l);
	sip_store_release(&t);
}

/* Legs of one stream: it is there once. */
static void
legs(void **state)
{
	const struct media_talk talk =
		{ "192.0.2.1:4000", "192.0.2.3:6000", 1, 0, 4000, 5000, 0, 0, 1 };
	const char *offer = MEDIA_SDP("192.0.2.1", "4000", "0", "");
	const char *answer = MEDIA_SDP("192.0.2.3", "6000", "0", "");
	struct sip_store t;
	struct ladder l;

	(void)state;
	sip_store_init(&t);
	media_call(&t, "leg-1@test", A, B, offer, answer);
	media_call(&t, "leg-2@test", "192.0.2.2:5070", "192.0.2.3:5060", offer, answer);
	media_say(&t, &talk, 1);
	ladder_layout(&l, t.store, (const uint32_t[]){ 1, 0 }, 2, MEDIA);
	assert_int_equal(l.streams, 1);
	assert_non_null(stream_row(&l, 0));
	assert_null(stream_row(&l, 1));
	assert_true(is(l.lanes[stream_row(&l, 0)->from].address, "192.0.2.1:5060"));
	assert_true(is(l.lanes[stream_row(&l, 0)->to].address, "192.0.2.3:5060"));
	ladder_release(&l);
	sip_store_release(&t);
}

static void
text(void **state)
{
	const struct media_talk talks[] = {
		{ "192.0.2.1:4000", "192.0.2.2:6000", 1, 8, 4000, 5000, 0, 0, 1 },
		{ "192.0.2.2:6000", "192.0.2.1:4000", 2, 8, 4000, 5000, 0, 0, 1 },
		{ "192.0.2.2:6000", "192.0.2.1:4000", 3, 8, 6000, 7000, 0, 0, 1 },
	};
	struct sip_store t;
	struct ladder l;
	struct sink sink;
	struct err err;

	(void)state;
	sip_store_init(&t);
	media_call(&t, NULL, A, B, SIP_STORE_SDP_A, SIP_STORE_SDP_B);
	media_say(&t, talks, 3);
	for (int ascii = 0; ascii < 2; ascii++) {
		char *out = NULL;
		size_t size = 0;
		FILE *f = open_memstream(&out, &size);

		ladder_layout(&l, t.store, &(uint32_t){ 0 }, 1, MEDIA);
		sink_init(&sink, f);
		ladder_text_write(&l, &(struct ladder_text_options){
			.utc = true, .no_head = true, .ascii = ascii }, &sink);
		assert_int_equal(sink_end(&sink, &err), 0);
		fclose(f);
		assert_non_null(strstr(out, ascii ? "|<" : "│◀"));
		assert_non_null(strstr(out, ascii ? "=>|\n" : "═▶│\n"));
		assert_non_null(strstr(out, " RTP PCMA 50/50 "));
		assert_non_null(strstr(out, ascii ? "|<=" : "│◀═"));
		assert_null(ascii ? strstr(out, "\xe2") : NULL);
		ladder_release(&l);
		free(out);
	}
	sip_store_release(&t);
}

/* However short the slices: the same. And as many hosts as there may be. */
static void
many(void **state)
{
	struct ladder_job *job;
	struct sip_store t;
	struct ladder l;
	char from[32], call_id[32];

	(void)state;
	sip_store_init(&t);
	for (unsigned i = 0; i < 1250; i++) {
		snprintf(from, sizeof(from), "198.51.100.%u:%u", i % 250, 7000 + 2 * i);
		snprintf(call_id, sizeof(call_id), "call-%u@test", i);
		if (i % 100 == 0 && i < 300)
			media_call(&t, call_id, A, B, SIP_STORE_SDP_A, SIP_STORE_SDP_B);
		media_say(&t, &(struct media_talk){
			from, "192.0.2.1:4000", i + 1, 0, 4000 + i, 4200 + i, 0, 0, 1 }, 1);
	}
	job = ladder_start(&l, t.store, (const uint32_t[]){ 0, 1, 2 }, 3, MEDIA);
	while (ladder_step(job, 1))
		;
	ladder_end(job);
	assert_in_range(l.lane_count, 150, LADDER_LANES_MAX);
	/* The last call has more of them than are told of one. */
	assert_true(l.streams_left > 0);
	assert_in_range(l.streams, LADDER_STREAMS_MAX, 1250);
	assert_non_null(stream_row(&l, l.streams - 1));
	ladder_release(&l);
	sip_store_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways), cmocka_unit_test(one_way),
		cmocka_unit_test(other_hosts), cmocka_unit_test(legs),
		cmocka_unit_test(text), cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
