/* The spool: what is held can be read, what is not makes room; memory and disk are bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <cmocka.h>

#include "base/time.h"
#include "capture/spool.h"

#define MIB	((uint64_t)1 << 20)

static uint32_t seed = 1;

static uint32_t
next_random(void)
{
	seed = seed * 1103515245u + 12345u;
	return seed >> 8;
}

struct piece {
	uint64_t offset;
	size_t n;
	uint8_t mark;
};

static uint8_t bytes[4 << 20], back[4 << 20];

static struct piece
append(struct spool *s, size_t n, bool whole)
{
	struct piece p = { .n = n, .mark = (uint8_t)next_random() };
	struct err err;
	void *to;

	p.offset = whole ? spool_next(s, n) : spool_size(s);
	memset(bytes, p.mark, n);
	if (whole) {
		to = spool_take(s, n, &err);
		assert_non_null(to);
		memcpy(to, bytes, n);
		assert_int_equal(p.offset >> SPOOL_SHIFT, (p.offset + n - 1) >> SPOOL_SHIFT);
		assert_int_equal(p.offset + n, spool_size(s));
	} else {
		assert_int_equal(spool_add(s, bytes, n, &err), 0);
	}
	return p;
}

static void
check(const struct spool *s, const struct piece *p)
{
	struct err err;

	assert_int_equal(spool_read(s, p->offset, back, p->n, &err), 0);
	memset(bytes, p->mark, p->n);
	assert_memory_equal(back, bytes, p->n);
}

static uint64_t
blocks(const struct spool *s)
{
	struct stat st;

	return s->fd >= 0 && fstat(s->fd, &st) == 0 ? (uint64_t)st.st_blocks * 512 : 0;
}

/* Until the writer has nothing to do. */
static void
settle(struct spool *s)
{
	while (s->waiting.first) {
		writer_wait(&s->waiting.first->job);
		spool_tend(s);
	}
}

/* Pieces of many sizes come and go in any order: what is there is what it was, and the file
 * is no longer than what is held at once needs, though far more goes through it. */
static void
test_random(void **state)
{
	enum { PIECES = 300, ROUNDS = 20000 };
	static struct piece pieces[PIECES];
	uint64_t most = 0, through = 0;

	(void)state;
	for (int way = 0; way < 2; way++) {
		struct spool_budget budget = {
			.cap = 4096 * MIB, .waiting_max = 5 * MIB, .patient = true,
		};
		struct spool s;

		spool_init(&s, &budget);
		s.drops = true;
		memset(pieces, 0, sizeof(pieces));
		for (int round = 0; round < ROUNDS; round++) {
			struct piece *p = &pieces[next_random() % PIECES];
			size_t n = 1 + next_random() % (next_random() % 50 == 0 ? MIB : 20000);

			if (p->n > 0) {
				if (round % 16 == 0)
					check(&s, p);
				spool_let_go(&s, p->offset, p->n);
			}
			if (way == 0 && next_random() % 1000 == 0)
				n = 3 * MIB + 5;
			*p = append(&s, n, way == 1);
			assert_true(spool_hold(&s, p->offset, p->n));
			through += n;
			if (s.n - s.gone > most)
				most = s.n - s.gone;
			assert_true(s.n <= 2 * most + 64);
		}
		/* Of what went, some places stay as they are. */
		assert_true((uint64_t)s.slots <= most + 1);
		assert_true(through > 4 * most * MIB || most < 300);
		for (int i = 0; i < PIECES; i++) {
			if (pieces[i].n == 0)
				continue;
			check(&s, &pieces[i]);
			spool_let_go(&s, pieces[i].offset, pieces[i].n);
		}
		while (spool_drop_oldest(&s))
			;
		assert_int_equal(s.n - s.gone, 0);
		assert_int_equal(budget.unheld, 0);
		assert_int_equal(budget.used, s.tail_n);
		settle(&s);
		assert_true(spool_disk(&s) <= 64 * MIB);
		assert_true(blocks(&s) <= 65 * MIB);
		spool_release(&s);
	}
}

/* What nobody holds stays until it is in the way; then the oldest goes first. */
static void
test_unheld(void **state)
{
	struct spool_budget budget = { .cap = 100 * MIB };
	struct spool s;
	struct piece pieces[40];
	struct err err;
	size_t n;

	(void)state;
	spool_init(&s, &budget);
	for (int i = 0; i < 40; i++)
		pieces[i] = append(&s, SPOOL_SEGMENT, true);
	assert_true(spool_hold(&s, pieces[3].offset, 10));
	assert_true(spool_hold(&s, pieces[3].offset + 20, 10));
	for (int i = 0; i < 40; i++)
		check(&s, &pieces[i]);
	assert_int_equal(budget.unheld, 38 * MIB);
	for (int i = 0; i < 5; i++)
		assert_true(spool_drop_oldest(&s));
	for (int i = 0; i < 6; i++)
		assert_int_equal(spool_read(&s, pieces[i].offset, back, 1, &err), i == 3 ? 0 : -1);
	check(&s, &pieces[6]);
	assert_false(spool_hold(&s, pieces[2].offset, 1));
	assert_false(spool_hold(&s, pieces[2].offset, SPOOL_SEGMENT + 1));
	assert_false(spool_hold(&s, spool_size(&s) - 1, 2));
	assert_false(spool_hold(&s, UINT64_MAX - 1, 2));
	assert_int_equal(spool_read(&s, UINT64_MAX - 1, back, 2, &err), -1);
	assert_int_equal(spool_segment_from(&s, 0, &n), 3 * MIB);
	assert_int_equal(spool_segment_from(&s, 3 * MIB + 1, &n), 6 * MIB);
	assert_int_equal(n, SPOOL_SEGMENT);
	assert_int_equal(spool_segment_from(&s, 39 * MIB, &n), 39 * MIB);
	assert_int_equal(spool_segment_from(&s, 40 * MIB, &n), UINT64_MAX);
	spool_let_go(&s, pieces[3].offset, 10);
	spool_let_go(&s, pieces[3].offset + 20, 10);
	assert_true(spool_drop_oldest(&s));
	assert_int_equal(spool_segment_from(&s, 0, &n), 6 * MIB);
	spool_release(&s);
}

/* At the cap nothing is taken, until there is room. */
static void
test_cap(void **state)
{
	struct spool_budget budget = { .cap = 3 * MIB + 100 };
	struct spool s;
	struct err err;

	(void)state;
	spool_init(&s, &budget);
	for (int i = 0; i < 3; i++)
		append(&s, SPOOL_SEGMENT, true);
	append(&s, 100, false);
	assert_int_equal(spool_add(&s, bytes, 1, &err), -1);
	assert_string_equal(err.text, "spool: full at its cap of 3145828 bytes");
	assert_null(spool_take(&s, 1, &err));
	assert_true(spool_drop_oldest(&s));
	append(&s, 1, false);
	append(&s, SPOOL_SEGMENT - 200, true);
	spool_release(&s);
	budget = (struct spool_budget){ .cap = 10 };
	append(&s, 10, true);
	assert_int_equal(spool_add(&s, bytes, 1, &err), -1);
	assert_int_equal(spool_add(&s, bytes, sizeof(bytes), &err), -1);
	assert_int_equal(s.fd, -1);
	spool_release(&s);
}

/* A disk that is full: what is there stays, nothing comes, later it does. */
static void
test_disk_full(void **state)
{
	struct rlimit old, small;
	struct spool_budget budget = { .cap = 100 * MIB };
	struct spool s;
	struct piece first, second;
	struct err err;

	(void)state;
	spool_init(&s, &budget);
	first = append(&s, SPOOL_SEGMENT, true);
	second = append(&s, SPOOL_SEGMENT, true);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = MIB + MIB / 2;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_null(spool_take(&s, 10, &err));
	assert_string_equal(err.text, "spool: File too large");
	assert_null(spool_take(&s, 10, &err));
	assert_string_equal(err.text, "spool: closed after an error");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	check(&s, &first);
	check(&s, &second);
	s.again_at = time_monotonic();
	append(&s, 10, true);
	check(&s, &second);
	spool_release(&s);
}

/* A disk that takes nothing for now: here it is a pipe. */
struct stall {
	int fds[2];
	struct writer_job job;
};

static void
stall(struct stall *st)
{
	static uint8_t much[MIB];

	assert_int_equal(pipe(st->fds), 0);
	st->job = (struct writer_job){
		.fd = st->fds[1], .at = WRITER_GO_ON, .p = much, .n = sizeof(much),
	};
	writer_put(&st->job);
}

static void
go_on(struct stall *st)
{
	static uint8_t much[MIB];

	for (size_t n = 0; n < sizeof(much);) {
		ssize_t k = read(st->fds[0], much, sizeof(much) - n);

		assert_true(k > 0);
		n += (size_t)k;
	}
	writer_wait(&st->job);
	close(st->fds[0]);
	close(st->fds[1]);
}

/* The writer is behind: nobody waits for it, what waits can be read, and is bounded. */
static void
test_slow(void **state)
{
	struct spool_budget budget = { .cap = 100 * MIB, .waiting_max = 4 * MIB };
	struct spool s;
	struct piece pieces[6];
	struct stall behind;
	struct err err;

	(void)state;
	stall(&behind);
	spool_init(&s, &budget);
	for (int i = 0; i < 5; i++) {
		pieces[i] = append(&s, SPOOL_SEGMENT, true);
		assert_true(spool_hold(&s, pieces[i].offset, pieces[i].n));
	}
	assert_int_equal(spool_written(&s), 0);
	assert_null(spool_take(&s, 10, &err));
	assert_true(s.slow);
	assert_string_equal(err.text, "spool: the disk is slower than what comes");
	for (int i = 0; i < 5; i++)
		check(&s, &pieces[i]);
	/* One goes that was not written, and its place is the next one's. */
	spool_let_go(&s, pieces[1].offset, pieces[1].n);
	assert_true(spool_drop_oldest(&s));
	assert_int_equal(spool_read(&s, pieces[1].offset, back, 1, &err), -1);
	go_on(&behind);
	settle(&s);
	assert_int_equal(spool_written(&s), 3);
	pieces[5] = append(&s, SPOOL_SEGMENT, true);
	assert_false(s.slow);
	settle(&s);
	assert_int_equal(s.slots, 4);
	for (int i = 0; i < 6; i++)
		if (i != 1)
			check(&s, &pieces[i]);
	/* What waits when all is released is called off. */
	stall(&behind);
	append(&s, SPOOL_SEGMENT, true);
	append(&s, 1, true);
	for (struct spool_write *w = s.waiting.first; w; w = w->next)
		writer_cancel(&w->job);
	go_on(&behind);
	spool_release(&s);
}

/* As test_disk_full(), by the writer: what failed stays in memory and is tried again. */
static void
test_full_behind(void **state)
{
	struct rlimit old, small;
	struct spool_budget budget = { .cap = 100 * MIB, .waiting_max = 4 * MIB };
	struct spool s;
	struct piece pieces[5];
	struct err err;

	(void)state;
	spool_init(&s, &budget);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = MIB + MIB / 2;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 3; i++) {
		pieces[i] = append(&s, SPOOL_SEGMENT, true);
		settle(&s);
	}
	assert_int_equal(spool_written(&s), 1);
	assert_null(spool_take(&s, 10, &err));
	assert_false(s.slow);
	assert_string_equal(err.text, "spool: File too large");
	assert_null(spool_take(&s, 10, &err));
	assert_string_equal(err.text, "spool: closed after an error");
	settle(&s);
	for (int i = 0; i < 3; i++)
		check(&s, &pieces[i]);
	/* The one in the file goes: the one that failed gets its place. */
	assert_true(spool_drop_oldest(&s));
	assert_null(spool_take(&s, 10, &err));
	settle(&s);
	assert_int_equal(spool_written(&s), 1);
	check(&s, &pieces[1]);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	s.again_at = time_monotonic();
	pieces[3] = append(&s, 10, true);
	settle(&s);
	s.again_at = 0;
	for (int i = 1; i < 4; i++)
		check(&s, &pieces[i]);
	spool_release(&s);
}

static int
start(void **state)
{
	(void)state;
	assert_true(writer_start());
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random), cmocka_unit_test(test_unheld),
		cmocka_unit_test(test_cap), cmocka_unit_test(test_disk_full),
		/* The same once more with the thread, and what is then else. */
		cmocka_unit_test_setup(test_random, start), cmocka_unit_test(test_unheld),
		cmocka_unit_test(test_cap), cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_slow), cmocka_unit_test(test_full_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
