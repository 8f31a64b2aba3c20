/* Bytes of a stream and the frames that brought them, in pieces of any size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "transport/intake.h"

static const struct place nowhere = { 0, PLACE_NONE };

static struct stamp
stamp_of(uint32_t frame)
{
	return (struct stamp){ .time = frame * 10, .frame = frame };
}

/* Feed "0123..." in pieces of @step, read it in records of @size, and look at
 * the frames of each record: frame i + 1 brought the bytes from i * step on. */
static void
run(size_t total, size_t step, size_t size)
{
	struct intake in = INTAKE_INIT;
	const struct stamp *list;
	size_t read = 0, n;
	char *all = xmalloc(total);

	for (size_t i = 0; i < total; i++)
		all[i] = (char)('0' + i % 10);
	for (size_t at = 0; at < total; at += step) {
		struct stamp s = stamp_of((uint32_t)(at / step) + 1);
		size_t piece = total - at < step ? total - at : step;
		char *copy = xmalloc(piece);

		memcpy(copy, all + at, piece);
		intake_take(&in, (struct str){ copy, piece }, nowhere, &s, 1);
		while (in.view.n >= size) {
			assert_memory_equal(in.view.p, all + read, size);
			n = intake_stamps(&in, 0, size, &list);
			assert_int_equal(list[0].frame, read / step + 1);
			assert_int_equal(list[n - 1].frame, (read + size - 1) / step + 1);
			assert_int_equal(n, (read + size - 1) / step - read / step + 1);
			intake_use(&in, size);
			read += size;
		}
		intake_done(&in);
		free(copy);
	}
	assert_int_equal(in.view.n, total - read);
	intake_release(&in);
	free(all);
}

static void
test_pieces(void **state)
{
	(void)state;
	for (size_t step = 1; step <= 17; step++)
		for (size_t size = 1; size <= 23; size++)
			run(400, step, size);
}

/* Several frames for one piece: all of them carried each byte of it. */
static void
test_groups(void **state)
{
	struct intake in = INTAKE_INIT;
	struct stamp a[2] = { stamp_of(1), stamp_of(2) }, b[2] = { stamp_of(2), stamp_of(5) };
	const struct stamp *list;

	(void)state;
	intake_take(&in, STR("abcd"), nowhere, a, 2);
	intake_use(&in, 1);
	intake_done(&in);
	intake_take(&in, STR("efgh"), nowhere, b, 2);
	assert_int_equal(in.view.n, 7);
	assert_int_equal(intake_stamps(&in, 0, 3, &list), 2);
	assert_int_equal(list[1].frame, 2);
	assert_int_equal(intake_stamps(&in, 2, 4, &list), 4);
	assert_int_equal(intake_stamps(&in, 3, 7, &list), 2);
	assert_int_equal(list[1].frame, 5);
	intake_use(&in, 3);
	assert_int_equal(intake_stamps(&in, 0, 4, &list), 2);
	assert_int_equal(list[0].frame, 2);
	intake_use(&in, 4);
	intake_done(&in);
	intake_release(&in);
}

static void
test_place(void **state)
{
	struct intake in = INTAKE_INIT;
	struct place place = { 1000, 3 };
	struct stamp s = stamp_of(1);

	(void)state;
	intake_take(&in, STR("abcdef"), place, &s, 1);
	assert_int_equal(in.place.offset, 1000);
	intake_use(&in, 2);
	assert_int_equal(in.place.offset, 1002);
	intake_done(&in);
	assert_int_equal(in.place.source, PLACE_NONE);
	intake_take(&in, STR("gh"), place, &s, 1);
	assert_int_equal(in.place.source, PLACE_NONE);
	assert_int_equal(in.view.n, 6);
	intake_clear(&in);
	intake_take(&in, STR("ij"), place, &s, 1);
	assert_int_equal(in.place.source, 3);
	intake_use(&in, 2);
	intake_done(&in);
	intake_release(&in);
}

/* Too many frames: the first and the newest are known, the count tells. */
static void
test_bound(void **state)
{
	struct intake in = INTAKE_INIT;
	const struct stamp *list;
	size_t n, total = INTAKE_STAMPS_MAX + 100;

	(void)state;
	for (uint32_t i = 1; i <= total; i++) {
		struct stamp s = stamp_of(i);

		intake_take(&in, STR("x"), nowhere, &s, 1);
		intake_done(&in);
	}
	intake_take(&in, STR_NONE, nowhere, NULL, 0);
	n = intake_stamps(&in, 0, in.view.n, &list);
	assert_int_equal(n, INTAKE_STAMPS_MAX);
	assert_int_equal(list[0].frame, 1);
	assert_int_equal(list[n - 1].frame, total);
	assert_int_equal(in.stamps_lost, 100);
	intake_release(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
