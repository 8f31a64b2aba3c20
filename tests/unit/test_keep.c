/* What is kept of pipes and listeners: read again byte for byte, for as long as it is held. */
#include "capture_build.h"

#include "capture/capture_int.h"

#define MIB	((uint64_t)1 << 20)

/* A record as it was given, with a copy of its bytes. */
struct given {
	struct record rec;
	uint8_t *data;
	bool kept;
};

static uint32_t seed = 1;

static uint32_t
next_random(void)
{
	seed = seed * 1103515245u + 12345u;
	return seed >> 8;
}

/* A pipe that a child fills: its end to be read. */
static int
pipe_of(const struct buf *b)
{
	int p[2];

	assert_int_equal(pipe(p), 0);
	if (fork() == 0) {
		size_t done = 0;

		close(p[0]);
		while (done < b->n) {
			ssize_t r = write(p[1], b->p + done, b->n - done);

			if (r <= 0)
				break;
			done += (size_t)r;
		}
		_exit(0);
	}
	close(p[1]);
	return p[0];
}

static void
make(struct maker *m, unsigned n, unsigned most)
{
	put_section(m);
	put_interface(m, 1, 9, 0);
	put_interface(m, 101, 6, 0);
	for (unsigned i = 0; i < n; i++)
		put_epb(m, next_random() % 2, UINT64_C(1000000000000) + i, (char)next_random(),
			next_random() % most, NULL);
}

static void
check_same(const struct record *rec, const struct given *g)
{
	assert_true(rec->frame == g->rec.frame);
	assert_int_equal(rec->time, g->rec.time);
	assert_int_equal(rec->caplen, g->rec.caplen);
	assert_int_equal(rec->wirelen, g->rec.wirelen);
	assert_int_equal(rec->link, g->rec.link);
	assert_int_equal(rec->interface, g->rec.interface);
	assert_memory_equal(rec->data, g->data, g->rec.caplen);
}

/* All that is kept by now comes again, in its order. @return how many that is. */
static unsigned
check_again(const struct capture *c, const struct given *given, unsigned n)
{
	struct err err;
	struct capture *again = capture_again(c, &err);
	struct record rec;
	unsigned i = 0, count = 0;

	assert_non_null(again);
	while (next_record(again, &rec)) {
		assert_false(rec.fleeting);
		while (i < n && (!given[i].kept || given[i].rec.frame != rec.frame ||
				 given[i].rec.source != capture_again_source(c, again, rec.source)))
			i++;
		assert_true(i < n);
		check_same(&rec, &given[i++]);
		count++;
	}
	capture_free(again);
	return count;
}

/* Two pipes, of which some records are kept: these and no others come again, also while it
 * goes on. */
static void
test_again(void **state)
{
	enum { MOST = 8000 };
	struct maker m[2] = { 0 };
	struct capture *c = capture_new();
	struct given *given = calloc(MOST, sizeof(*given));
	struct place text;
	struct record rec;
	unsigned n = 0, kept = 0;
	uint8_t *back = malloc(3000);
	struct err err;
	int fds[2];

	(void)state;
	stream_frame_start = UINT32_MAX - 1000u;
	for (int i = 0; i < 2; i++) {
		make(&m[i], MOST / 2, 3000);
		fds[i] = pipe_of(&m[i].b);
		assert_int_equal(capture_add_fd(c, fds[i], "pipe", &err), 0);
	}
	while (next_record(c, &rec)) {
		struct given *g = &given[n++];

		assert_true(rec.fleeting);
		assert_int_equal(rec.place.source, rec.source);
		g->rec = rec;
		g->data = malloc(rec.caplen + 1u);
		memcpy(g->data, rec.data, rec.caplen);
		g->kept = next_random() % 3 > 0;
		if (g->kept) {
			assert_true(capture_keep(c, &rec));
			assert_true(capture_hold(c, rec.place, rec.caplen));
			kept++;
			/* A text beside it is no packet. */
			text = capture_keep_text(c, rec.source, "a text", 6);
			assert_int_equal(text.source, rec.source);
			assert_int_equal(capture_read(c, text, back, 6, &err), 0);
			assert_memory_equal(back, "a text", 6);
		}
		if (n == 1 || n % 1500 == 0)
			assert_int_equal(check_again(c, given, n), kept);
	}
	assert_int_equal(n, MOST);
	assert_int_equal(check_again(c, given, n), kept);
	for (unsigned i = 0; i < n; i++) {
		const struct given *g = &given[i];

		if (!g->kept)
			continue;
		assert_int_equal(capture_read(c, g->rec.place, back, g->rec.caplen, &err), 0);
		assert_memory_equal(back, g->data, g->rec.caplen);
		capture_release(c, g->rec.place, g->rec.caplen);
	}
	for (unsigned i = 0; i < n; i++)
		free(given[i].data);
	capture_free(c);
	free(given);
	free(back);
	for (int i = 0; i < 2; i++) {
		close(fds[i]);
		buf_release(&m[i].b);
	}
	stream_frame_start = 0;
}

/* Far more than fits goes through: the last ones that are held stay, and the disk and the
 * table stay small; one that is held from the beginning stays to the end. */
static void
test_bounded(void **state)
{
	enum { HELD = 500, TIMES = 6 };
	static struct given ring[HELD];
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct capture_kept_stats st;
	struct given first = { .kept = false };
	struct record rec;
	unsigned n = 0;
	uint8_t back[3000];
	struct err err;

	(void)state;
	capture_set_spool_cap(c, 16 * MIB);
	make(&m, 8000, sizeof(back));
	for (int time = 0; time < TIMES; time++) {
		int fd = pipe_of(&m.b);

		assert_int_equal(capture_add_fd(c, fd, "pipe", &err), 0);
		while (next_record(c, &rec)) {
			struct given *g = n == 0 ? &first : &ring[n % HELD];

			n++;
			if (g->kept)
				capture_release(c, g->rec.place, g->rec.caplen);
			free(g->data);
			g->rec = rec;
			g->data = malloc(rec.caplen + 1u);
			memcpy(g->data, rec.data, rec.caplen);
			g->kept = true;
			assert_true(capture_keep(c, &rec));
			assert_true(capture_hold(c, rec.place, rec.caplen));
			assert_false(capture_is_short(c));
		}
		close(fd);
	}
	capture_kept_stats(c, &st);
	assert_int_equal(st.packets, 8000 * TIMES);
	assert_int_equal(st.lost, 0);
	assert_true(st.used <= 16 * MIB);
	assert_true(st.disk <= 16 * MIB);
	assert_true(st.held <= 4 * MIB);
	assert_true(c->log.n < 100);
	assert_int_equal(capture_notice_count(c), 0);
	for (unsigned i = 0; i <= HELD; i++) {
		struct given *g = i < HELD ? &ring[i] : &first;

		assert_int_equal(capture_read(c, g->rec.place, back, g->rec.caplen, &err), 0);
		assert_memory_equal(back, g->data, g->rec.caplen);
		capture_release(c, g->rec.place, g->rec.caplen);
		free(g->data);
	}
	capture_free(c);
	buf_release(&m.b);
}

/* Where all is held the cap is the end, told once, until some of it is released. */
static void
test_full(void **state)
{
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct capture_kept_stats st;
	struct place places[8000];
	uint32_t sizes[8000];
	struct record rec;
	unsigned n = 0, lost = 0, was_short = 0;
	struct err err;
	int fd;

	(void)state;
	capture_set_spool_cap(c, 4 * MIB);
	assert_false(capture_is_short(c));
	make(&m, 8000, 3000);
	fd = pipe_of(&m.b);
	assert_int_equal(capture_add_fd(c, fd, "pipe", &err), 0);
	while (next_record(c, &rec)) {
		if (!capture_keep(c, &rec)) {
			assert_true(capture_is_short(c));
			lost++;
			continue;
		}
		was_short += capture_is_short(c);
		assert_true(capture_hold(c, rec.place, rec.caplen));
		places[n] = rec.place;
		sizes[n++] = rec.caplen;
	}
	assert_true(lost > 1000);
	assert_true(was_short > 0);
	assert_int_equal(capture_notice_count(c), 1);
	assert_string_equal(capture_notice_at(c, 0)->text, "spool: full at its cap of 4194304 bytes; "
			    "what comes from now on cannot be shown again until there is room");
	assert_int_equal(capture_spool(c, m.b.p, 4000).source, PLACE_NONE);
	for (unsigned i = 0; i < n; i++)
		capture_release(c, places[i], sizes[i]);
	assert_int_equal(capture_spool(c, m.b.p, 4000).source, PLACE_SPOOL);
	assert_false(capture_is_short(c));
	assert_int_equal(capture_notice_count(c), 1);
	capture_kept_stats(c, &st);
	assert_int_equal(st.lost, lost);
	assert_int_equal(st.packets, n);
	capture_free(c);
	close(fd);
	buf_release(&m.b);
}

/* Of any length up to what a segment of the log takes; longer ones are lost, and nothing
 * else. */
static void
test_sizes(void **state)
{
	static const uint32_t sizes[] = {
		0, 1, SPOOL_SEGMENT - KEEP_HEADER, 5, SPOOL_SEGMENT - KEEP_HEADER + 1, 7,
		SPOOL_SEGMENT - KEEP_HEADER - 1, 0, 2 * SPOOL_SEGMENT, SPOOL_SEGMENT / 2,
		SPOOL_SEGMENT / 2 - 2 * KEEP_HEADER, 0, 1,
	};
	struct given given[ARRAY_SIZE(sizes)];
	struct maker m = { 0 };
	struct capture *c = capture_new();
	struct record rec;
	unsigned n = 0, kept = 0;
	struct err err;
	int fd;

	(void)state;
	put_section(&m);
	put_interface(&m, 1, 9, 0);
	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++)
		put_epb(&m, 0, i, (char)('a' + i), sizes[i], NULL);
	fd = pipe_of(&m.b);
	assert_int_equal(capture_add_fd(c, fd, "pipe", &err), 0);
	while (next_record(c, &rec)) {
		struct given *g = &given[n];

		g->rec = rec;
		assert_int_equal(rec.caplen, sizes[n]);
		g->data = malloc(rec.caplen + 1u);
		memcpy(g->data, rec.data, rec.caplen);
		g->kept = capture_keep(c, &rec);
		assert_int_equal(g->kept, sizes[n] <= SPOOL_SEGMENT - KEEP_HEADER);
		if (!g->kept)
			assert_int_equal(rec.place.source, PLACE_NONE);
		kept += g->kept;
		n++;
	}
	assert_int_equal(n, ARRAY_SIZE(sizes));
	assert_int_equal(check_again(c, given, n), kept);
	assert_int_equal(capture_notice_count(c), 0);
	for (unsigned i = 0; i < n; i++)
		free(given[i].data);
	capture_free(c);
	close(fd);
	buf_release(&m.b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again), cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_full), cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
