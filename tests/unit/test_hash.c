/* base/hash.h: the hash, and the map from hashes to indexes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash.h"

static void
test_bytes(void **state)
{
	uint64_t seen[65];

	(void)state;
	/* Each length of the same byte, exact on the heap, is another value. */
	for (size_t n = 0; n <= 64; n++) {
		char *p = malloc(n ? n : 1);

		memset(p, 'a', n);
		seen[n] = hash_bytes(p, n);
		assert_true(seen[n] == hash_str((struct str){ p, n }));
		for (size_t k = 0; k < n; k++)
			assert_true(seen[n] != seen[k]);
		for (size_t k = 0; k < n; k++) {
			p[k] = 'b';
			assert_true(hash_bytes(p, n) != seen[n]);
			p[k] = 'a';
		}
		free(p);
	}
	assert_true(hash_u64(1) != hash_u64(2));
	assert_true(hash_u64(7) == hash_u64(7));
	assert_true(hash_two(1, 2) == hash_two(1, 2));
	assert_true(hash_two(1, 2) != hash_two(2, 1));
	assert_true(hash_two(1, 2) != hash_two(1, 3));
}

/* Buckets of a hash of counting numbers are filled evenly. */
static void
test_spread(void **state)
{
	unsigned counts[256] = { 0 };
	char text[32];

	(void)state;
	for (unsigned i = 0; i < 256 * 100; i++) {
		int n = snprintf(text, sizeof(text), "call-%u@example.com", i);

		counts[hash_bytes(text, (size_t)n) & 255]++;
	}
	for (int i = 0; i < 256; i++)
		assert_in_range(counts[i], 50, 170);
}

static uint32_t
find(const struct hash_map *m, uint64_t hash, uint32_t index)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(m, hash, &cursor)) != HASH_NONE)
		if (i == index)
			return i;
	return HASH_NONE;
}

static bool
has(const struct hash_map *m, uint64_t hash, uint32_t index)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(m, hash, &cursor)) != HASH_NONE)
		if (i == index)
			return true;
	return false;
}

static void
test_map(void **state)
{
	struct hash_map m = { 0 };
	const uint32_t count = 100000;
	size_t cursor = 0;

	(void)state;
	assert_int_equal(hash_map_next(&m, 5, &cursor), HASH_NONE);
	assert_false(hash_map_remove(&m, 5, 5));
	assert_false(hash_map_replace(&m, 5, 5, 6));
	hash_map_prefetch(&m, 5);
	for (uint32_t i = 0; i < count; i++)
		hash_map_add(&m, hash_u64(i), i);
	assert_int_equal(m.live, count);
	hash_map_prefetch(&m, 5);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(find(&m, hash_u64(i), i), i);
	assert_int_equal(find(&m, hash_u64(count), count), HASH_NONE);

	for (uint32_t i = 0; i < count; i += 2)
		assert_true(hash_map_remove(&m, hash_u64(i), i));
	assert_false(hash_map_remove(&m, hash_u64(0), 0));
	assert_int_equal(m.live, count / 2);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(find(&m, hash_u64(i), i), i % 2 ? i : HASH_NONE);

	assert_true(hash_map_replace(&m, hash_u64(1), 1, 77));
	assert_false(hash_map_replace(&m, hash_u64(1), 1, 78));
	assert_int_equal(find(&m, hash_u64(1), 77), 77);
	hash_map_release(&m);
	assert_int_equal(m.live, 0);
	hash_map_release(&m);
}

/* All entries of one hash come up, each once. */
static void
test_same_hash(void **state)
{
	struct hash_map m = { 0 };
	bool seen[500] = { false };
	size_t cursor = 0;
	uint32_t i;

	(void)state;
	for (i = 0; i < 500; i++)
		hash_map_add(&m, 42, i);
	while ((i = hash_map_next(&m, 42, &cursor)) != HASH_NONE) {
		assert_true(i < 500);
		assert_false(seen[i]);
		seen[i] = true;
	}
	for (i = 0; i < 500; i++)
		assert_true(seen[i]);
	hash_map_release(&m);
}

/* Adding and removing for ever neither fills nor grows the map. */
static void
test_churn(void **state)
{
	struct hash_map m = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		hash_map_add(&m, hash_u64(i), i);
		if (i >= 10)
			assert_true(hash_map_remove(&m, hash_u64(i - 10), i - 10));
	}
	assert_int_equal(m.live, 10);
	assert_true(m.mask < 256);
	hash_map_release(&m);
}

/* Entries that are close together, in a map that is as full as it gets and wraps around: whatever
 * goes, the others are found. */
static void
test_remove_close(void **state)
{
	enum { KEYS = 400 };
	struct hash_map m = { 0 };
	bool there[KEYS] = { false };
	uint64_t seed = 7;
	uint32_t live = 0;

	(void)state;
	for (int round = 0; round < 30000; round++) {
		uint32_t i;

		seed = seed * UINT64_C(6364136223846793005) + 1;
		i = (uint32_t)(seed >> 33) % KEYS;
		if (there[i])
			assert_true(hash_map_remove(&m, UINT32_MAX - i / 3 * 2, i));
		else if (live < 128)
			hash_map_add(&m, UINT32_MAX - i / 3 * 2, i);
		else
			continue;
		there[i] = !there[i];
		live += there[i] ? 1u : UINT32_MAX;
		assert_int_equal(m.live, live);
		if (round % 16 == 0)
			for (uint32_t k = 0; k < KEYS; k++)
				assert_int_equal(has(&m, UINT32_MAX - k / 3 * 2, k), there[k]);
	}
	assert_int_equal(m.mask, 255);
	hash_map_release(&m);
}

/* A large map grows and shrinks by parts: meanwhile all that is there is found, each once,
 * whatever is added, goes or is replaced. */
static void
test_parts(void **state)
{
	enum { KEYS = 30000 };
	struct hash_map m = { 0 };
	static uint32_t at[KEYS];	/* 0: not there; index + 1 */
	uint64_t seed = 3;
	unsigned parted = 0, shrunk = 0;

	(void)state;
	for (uint32_t round = 0; round < 600000; round++) {
		/* Filled to the half, and emptied again. */
		bool filling = round / 100000 % 2 == 0;
		uint32_t key, found = 0, i;
		size_t cursor = 0, slots = m.mask;

		seed = seed * UINT64_C(6364136223846793005) + 1;
		key = (uint32_t)(seed >> 33) % KEYS;
		if (at[key] && filling && round % 3 == 0) {
			assert_true(hash_map_replace(&m, hash_u64(key), at[key] - 1, round));
			at[key] = round + 1;
		} else if (at[key] && !filling) {
			assert_true(hash_map_remove(&m, hash_u64(key), at[key] - 1));
			hash_map_trim(&m);
			at[key] = 0;
		} else if (!at[key] && filling) {
			if (round % 2)
				hash_map_add(&m, hash_u64(key), round);
			else
				hash_map_add_first(&m, hash_u64(key), round);
			at[key] = round + 1;
		}
		parted += m.old != NULL;
		shrunk += m.mask < slots;
		assert_true(m.old || m.moved == 0);
		seed = seed * UINT64_C(6364136223846793005) + 1;
		key = (uint32_t)(seed >> 33) % KEYS;
		while ((i = hash_map_next(&m, hash_u64(key), &cursor)) != HASH_NONE)
			found += i + 1 == at[key];
		assert_int_equal(found, at[key] != 0);
	}
	assert_true(parted > 500);
	assert_true(shrunk > 0);
	hash_map_release(&m);
}

/* Nobody waits for a large one to grow: few entries move with each that is added. */
static void
test_growth(void **state)
{
	struct hash_map m = { 0 };
	size_t moved = 0, slots = 0;

	(void)state;
	/* Some at the end, around which they reach to the first slots. */
	for (uint32_t i = 0; i < 600; i++)
		hash_map_add(&m, UINT32_MAX - i % 3, 400000 + i);
	for (uint32_t i = 0; i < 300000; i++) {
		assert_true(i % 64 || has(&m, UINT32_MAX - i % 600 % 3, 400000 + i % 600));
		hash_map_add(&m, hash_u64(i), i);
		if (m.mask > 8191 && m.old && m.mask == slots)
			assert_in_range(m.moved - moved, 0, 256);
		assert_true(m.live <= (m.mask + 1) / 2);
		moved = m.moved;
		slots = m.mask;
	}
	for (uint32_t i = 0; i < 300000; i++)
		assert_true(find(&m, hash_u64(i), i) == i);
	assert_int_equal(hash_map_memory(&m), (m.mask + 1) * sizeof(struct hash_slot));
	hash_map_release(&m);
}

/* What was added last is found by one look, others still are. */
static void
test_add_first(void **state)
{
	struct hash_map m = { 0 };
	unsigned guessed = 0, all = 0;

	(void)state;
	for (uint32_t i = 0; i < 50000; i++) {
		hash_map_add_first(&m, hash_u64(i), i);
		assert_int_equal(hash_map_guess(&m, (uint32_t)hash_u64(i)), i);
		for (uint32_t k = i < 1000 ? 0 : i - 1000; k <= i && i % 500 == 0; k++) {
			uint32_t guess = hash_map_guess(&m, (uint32_t)hash_u64(k));

			assert_true(guess == k || guess == HASH_NONE);
			guessed += guess == k;
			all++;
		}
	}
	assert_true(guessed > all / 100 * 97);
	for (uint32_t i = 0; i < 50000; i++)
		assert_true(find(&m, hash_u64(i), i) == i);
	assert_int_equal(hash_map_first(&m, hash_u64(49999)), 49999);
	hash_map_release(&m);
}

static void
test_random_seed(void **state)
{
	uint64_t before = hash_u64(1);

	(void)state;
	hash_seed_random();
	assert_true(hash_u64(1) != before);
	assert_true(hash_u64(1) == hash_u64(1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes), cmocka_unit_test(test_spread),
		cmocka_unit_test(test_map), cmocka_unit_test(test_same_hash),
		cmocka_unit_test(test_churn), cmocka_unit_test(test_remove_close),
		cmocka_unit_test(test_parts), cmocka_unit_test(test_growth),
		cmocka_unit_test(test_add_first),
		cmocka_unit_test(test_random_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
