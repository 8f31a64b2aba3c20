/* base/: slices, buffers, integers, memory, arenas, arrays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/chunks.h"
#include "base/err.h"
#include "base/mem.h"

/* An exact copy on the heap, so that ASan sees one byte too far. */
static struct str
copy(const char *s)
{
	size_t n = strlen(s);
	char *p = n ? malloc(n) : NULL;

	if (n > 0)
		memcpy(p, s, n);
	return (struct str){ p, n };
}

static void
drop(struct str s)
{
	free((char *)(uintptr_t)s.p);
}

static void
check_str(struct str s, const char *want)
{
	if (s.n != strlen(want) || (s.n > 0 && memcmp(s.p, want, s.n) != 0))
		fail_msg("got \"%.*s\", not \"%s\"", STR_ARG(s), want);
}

static int
sign(int v)
{
	return (v > 0) - (v < 0);
}

static void
test_characters(void **state)
{
	(void)state;
	for (int c = -128; c < 256; c++) {
		char byte = (char)c;
		unsigned char u = (unsigned char)byte;

		assert_int_equal(ascii_lower(byte), u >= 'A' && u <= 'Z' ? u + 32 : u);
		assert_int_equal(ascii_is_digit(byte), u >= '0' && u <= '9');
		assert_int_equal(ascii_is_alpha(byte), (u >= 'A' && u <= 'Z') ||
				 (u >= 'a' && u <= 'z'));
		assert_int_equal(ascii_is_blank(byte), u == ' ' || u == '\t');
		if (u >= '0' && u <= '9')
			assert_int_equal(ascii_hex(byte), u - '0');
		else if ((u >= 'a' && u <= 'f') || (u >= 'A' && u <= 'F'))
			assert_int_equal(ascii_hex(byte), (u | 32) - 'a' + 10);
		else
			assert_int_equal(ascii_hex(byte), -1);
	}
}

/* Each length up to 20, equal, and with each byte another one; copies of that size. */
static void
test_eq_short(void **state)
{
	static const char text[] = "INVITE sip:bob@example";

	(void)state;
	for (size_t n = 0; n <= 20; n++) {
		char *a = xmalloc(n + 1), *b = xmalloc(n + 1);
		char *p = xrealloc(a, n > 0 ? n : 1), *q = xrealloc(b, n > 0 ? n : 1);
		struct str x = { p, n }, y = { q, n };

		memcpy(p, text, n);
		memcpy(q, text, n);
		assert_true(str_eq_short(x, y));
		for (size_t i = 0; i < n; i++) {
			q[i] ^= 0x20;
			assert_false(str_eq_short(x, y));
			q[i] ^= 0x20;
			assert_false(str_eq_short(x, (struct str){ q, i }));
		}
		mem_zero(q, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(q[i], 0);
		free(p);
		free(q);
	}
	assert_true(str_eq_short(STR_NONE, STR("")));
}

static void
test_compare(void **state)
{
	static const struct {
		const char *a, *b;
		int order, order_ci;
	} cases[] = {
		{ "", "", 0, 0 },
		{ "", "a", -1, -1 },
		{ "a", "a", 0, 0 },
		{ "a", "A", 1, 0 },
		{ "ab", "abc", -1, -1 },
		{ "AB", "abc", -1, -1 },
		{ "abd", "abc", 1, 1 },
		{ "Zebra", "ant", -1, 1 },
		{ "\xe4", "a", 1, 1 },
		{ "\xc4", "\xe4", -1, -1 },	/* only ASCII letters fold */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str a = copy(cases[i].a), b = copy(cases[i].b);

		assert_int_equal(sign(str_cmp(a, b)), cases[i].order);
		assert_int_equal(sign(str_cmp(b, a)), -cases[i].order);
		assert_int_equal(sign(str_cmp_ci(a, b)), cases[i].order_ci);
		assert_int_equal(sign(str_cmp_ci(b, a)), -cases[i].order_ci);
		assert_int_equal(str_eq(a, b), cases[i].order == 0);
		assert_int_equal(str_eq_ci(a, b), cases[i].order_ci == 0);
		drop(a);
		drop(b);
	}
}

static void
test_ends(void **state)
{
	static const struct {
		const char *s, *suffix;
		bool ends, ends_ci;
	} cases[] = {
		{ "", "", true, true },
		{ "a.pcap", "", true, true },
		{ "a.pcap", ".pcap", true, true },
		{ "A.PCAP", ".pcap", false, true },
		{ "pcap", ".pcap", false, false },
		{ "a.pcapng", ".pcap", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str s = copy(cases[i].s), suffix = copy(cases[i].suffix);

		assert_int_equal(str_ends(s, suffix), cases[i].ends);
		assert_int_equal(str_ends_ci(s, suffix), cases[i].ends_ci);
		drop(s);
		drop(suffix);
	}
}

static void
test_starts(void **state)
{
	static const struct {
		const char *s, *prefix;
		bool starts, starts_ci;
	} cases[] = {
		{ "", "", true, true },
		{ "SIP/2.0", "", true, true },
		{ "SIP/2.0", "SIP/", true, true },
		{ "sip/2.0", "SIP/", false, true },
		{ "SI", "SIP", false, false },
		{ "TIP", "SIP", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str s = copy(cases[i].s), prefix = copy(cases[i].prefix);

		assert_int_equal(str_starts(s, prefix), cases[i].starts);
		assert_int_equal(str_starts_ci(s, prefix), cases[i].starts_ci);
		drop(s);
		drop(prefix);
	}
}

static void
test_parts(void **state)
{
	struct str s = STR("abcdef");

	(void)state;
	check_str(str_sub(s, 0, 3), "abc");
	check_str(str_sub(s, 2, 2), "cd");
	check_str(str_sub(s, 4, 99), "ef");
	check_str(str_sub(s, 6, 1), "");
	check_str(str_sub(s, 99, SIZE_MAX), "");
	check_str(str_sub(s, 3, SIZE_MAX), "def");
	check_str(str_sub(STR_NONE, 3, 3), "");
	check_str(str_skip(s, 0), "abcdef");
	check_str(str_skip(s, 5), "f");
	check_str(str_skip(s, SIZE_MAX), "");
	check_str(str_skip(STR_NONE, 1), "");
	check_str(str_of("x"), "x");
	assert_null(str_of(NULL).p);
	assert_int_equal(str_of(NULL).n, 0);
}

static void
test_trim(void **state)
{
	static const struct {
		const char *s, *want;
	} cases[] = {
		{ "", "" }, { " ", "" }, { "\r\n\t ", "" }, { "a", "a" },
		{ "  a b\t", "a b" }, { "\r\n folded\r\n ", "folded" }, { "\va", "\va" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str s = copy(cases[i].s);

		check_str(str_trim(s), cases[i].want);
		drop(s);
	}
}

static void
test_find(void **state)
{
	static const struct {
		const char *s, *needle;
		size_t at;
	} cases[] = {
		{ "", "", 0 }, { "a", "", 0 }, { "", "a", SIZE_MAX }, { "abc", "abcd", SIZE_MAX },
		{ "Call-ID: x", "call-id", 0 }, { "xxTAG=", "tag=", 2 }, { "aab", "AB", 1 },
		{ "abc", "d", SIZE_MAX }, { "abc", "C", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str s = copy(cases[i].s), needle = copy(cases[i].needle);

		assert_int_equal(str_find_ci(s, needle), cases[i].at);
		drop(s);
		drop(needle);
	}
	assert_int_equal(str_chr(STR("a:b:c"), ':'), 1);
	assert_int_equal(str_chr(STR("abc"), ':'), SIZE_MAX);
	assert_int_equal(str_chr(STR_NONE, ':'), SIZE_MAX);
	assert_int_equal(str_chr(((struct str){ "a\0:", 3 }), ':'), 2);
}

static void
test_cut(void **state)
{
	static const struct {
		const char *s;
		size_t n;
		const char *parts[4];
	} cases[] = {
		{ "a,b,c", 3, { "a", "b", "c" } },
		{ "a,", 2, { "a", "" } },
		{ ",", 2, { "", "" } },
		{ ",,a", 3, { "", "", "a" } },
		{ "a", 1, { "a" } },
	};
	struct str rest, part;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str s = copy(cases[i].s);

		rest = s;
		for (size_t k = 0; k < cases[i].n; k++) {
			assert_true(str_cut(&rest, ',', &part));
			check_str(part, cases[i].parts[k]);
		}
		assert_false(str_cut(&rest, ',', &part));
		assert_null(rest.p);
		drop(s);
	}
	rest = STR("");
	assert_true(str_cut(&rest, ',', &part));
	check_str(part, "");
	assert_false(str_cut(&rest, ',', &part));
	rest = STR_NONE;
	assert_false(str_cut(&rest, ',', &part));
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *s;
		bool all32, all64, takes;
		uint64_t value;		/* of all or of what is taken */
		size_t left;
	} cases[] = {
		{ "", false, false, false, 0, 0 },
		{ "0", true, true, true, 0, 0 },
		{ "00012", true, true, true, 12, 0 },
		{ "4294967295", true, true, true, UINT32_MAX, 0 },
		{ "4294967296", false, true, false, 4294967296u, 10 },
		{ "18446744073709551615", false, true, false, UINT64_MAX, 20 },
		{ "18446744073709551616", false, false, false, 0, 20 },
		{ "99999999999999999999999999", false, false, false, 0, 26 },
		{ "12x", false, false, true, 12, 1 },
		{ "x12", false, false, false, 0, 3 },
		{ "-1", false, false, false, 0, 2 },
		{ "+1", false, false, false, 0, 2 },
		{ " 1", false, false, false, 0, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str s = copy(cases[i].s), rest = s;
		uint32_t v32 = 7;
		uint64_t v64 = 7;

		assert_int_equal(str_to_u32(s, &v32), cases[i].all32);
		assert_int_equal(v32, cases[i].all32 || cases[i].takes ? cases[i].value : 7);
		assert_int_equal(str_to_u64(s, &v64), cases[i].all64);
		assert_int_equal(v64, cases[i].all64 ? cases[i].value : 7);
		assert_int_equal(str_take_u32(&rest, &v32), cases[i].takes);
		assert_int_equal(rest.n, cases[i].takes ? cases[i].left : s.n);
		if (cases[i].takes)
			assert_int_equal(v32, cases[i].value);
		drop(s);
	}
	/* What is not there is no number, and nothing is added to it. */
	assert_false(str_to_u32(STR_NONE, &(uint32_t){ 0 }));
	assert_false(str_to_u64(STR_NONE, &(uint64_t){ 0 }));
}

static void
test_buf(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_string_equal(buf_cstr(&b), "");
	assert_int_equal(buf_str(&b).n, 0);
	buf_clear(&b);
	buf_add(&b, NULL, 0);
	buf_add_str(&b, STR_NONE);
	buf_add_chars(&b, 'x', 0);
	assert_null(b.p);

	buf_add_cstr(&b, "one");
	buf_add_char(&b, ' ');
	buf_add_str(&b, STR("two"));
	buf_add_chars(&b, '!', 3);
	assert_string_equal(buf_cstr(&b), "one two!!!");
	buf_printf(&b, " %d %s", 42, "");
	assert_string_equal(buf_cstr(&b), "one two!!! 42 ");
	assert_int_equal(b.n, 14);
	assert_string_equal(buf_reserve(&b, 100000), "");
	assert_string_equal(buf_cstr(&b), "one two!!! 42 ");

	buf_clear(&b);
	assert_string_equal(buf_cstr(&b), "");
	for (int i = 0; i < 10000; i++) {
		buf_add_char(&b, (char)i);
		assert_int_equal(b.p[b.n], 0);
	}
	for (int i = 0; i < 10000; i++)
		assert_int_equal(b.p[i], (char)i);
	buf_release(&b);
	assert_null(b.p);
	assert_int_equal(b.n, 0);
	buf_release(&b);
}

static void
test_printf_lengths(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	/* Each length around the growth of the buffer. */
	for (int n = 0; n < 70; n++) {
		buf_release(&b);
		buf_printf(&b, "%*s", n, "");
		assert_int_equal(b.n, n);
		assert_int_equal(strlen(buf_cstr(&b)), n);
	}
	buf_release(&b);
}

static void
test_bytes(void **state)
{
	uint8_t *p = malloc(9);

	(void)state;
	for (unsigned i = 0; i < 9; i++)
		p[i] = (uint8_t)(0xf0 + i);
	/* Odd addresses, so that UBSan sees a misaligned read. */
	assert_int_equal(get_be16(p + 1), 0xf1f2);
	assert_int_equal(get_be24(p + 1), 0xf1f2f3);
	assert_int_equal(get_be32(p + 1), 0xf1f2f3f4);
	assert_int_equal(get_be64(p + 1), 0xf1f2f3f4f5f6f7f8);
	assert_int_equal(get_le16(p + 1), 0xf2f1);
	assert_int_equal(get_le32(p + 1), 0xf4f3f2f1);
	assert_int_equal(get_le64(p + 1), 0xf8f7f6f5f4f3f2f1);
	free(p);
}

static void
test_arena(void **state)
{
	struct arena a = ARENA_INIT;
	char *blocks[2000];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		size_t size = i * 7 % 300;

		blocks[i] = arena_alloc(&a, size);
		assert_non_null(blocks[i]);
		assert_int_equal((uintptr_t)blocks[i] % 8, 0);
		memset(blocks[i], (int)(i & 0x7f), size);
		/* A string in between leaves odd places behind. */
		check_str(arena_str(&a, STR("odd")), "odd");
	}
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		for (size_t k = 0; k < i * 7 % 300; k++)
			assert_int_equal(blocks[i][k], i & 0x7f);
	assert_true(a.bytes >= 2000 * 150);
	arena_release(&a);
	assert_int_equal(a.bytes, 0);
	arena_release(&a);
}

static void
test_arena_edges(void **state)
{
	struct arena a = ARENA_INIT;
	size_t before;
	struct str s;
	char *small, *large;

	(void)state;
	assert_non_null(arena_alloc(&a, 0));
	s = arena_str(&a, STR_NONE);
	assert_non_null(s.p);
	assert_int_equal(s.n, 0);
	assert_int_equal(s.p[0], 0);

	/* A large piece does not end the chunk in use. */
	small = arena_alloc(&a, 8);
	large = arena_alloc(&a, 1000000);
	memset(large, 1, 1000000);
	before = a.bytes;
	assert_ptr_equal((char *)arena_alloc(&a, 8), small + 8);
	assert_int_equal(a.bytes, before);
	for (size_t size = 65536 - 64; size < 65536 + 64; size++)
		memset(arena_alloc(&a, size), 2, size);
	arena_release(&a);
}

/* Pieces of many sizes, dropped in another order: what is there keeps its bytes, and
 * memory does not grow. */
static void
test_arena_counted(void **state)
{
	enum { PIECES = 4000, ROUNDS = 200000 };
	struct arena a = ARENA_COUNTED;
	static struct str pieces[PIECES];
	size_t most = 0;
	uint32_t random = 1;
	char *p;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct str *at = &pieces[round < PIECES ? round : (int)(random % PIECES)];
		size_t n = random % 100 == 0 ? 900 + random / 100 % 40000 : random / 100 % 300;

		if (at->p) {
			for (size_t i = 0; i < at->n; i++)
				assert_int_equal(at->p[i], (char)at->n);
			arena_drop(&a, at->p, at->n);
		}
		p = round % 2 ? arena_bytes(&a, n) : arena_alloc(&a, n);
		if (round % 2 == 0)
			assert_int_equal((uintptr_t)p % 8, 0);
		memset(p, (int)n, n);
		*at = (struct str){ p, n };
		if (round == ROUNDS / 2)
			most = a.bytes;
		random = random * 1103515245u + 12345u;
		random ^= random >> 16;
	}
	assert_true(a.bytes < most + most / 4);
	for (int i = 0; i < PIECES; i++)
		arena_drop(&a, pieces[i].p, pieces[i].n);
	assert_true(a.bytes <= 4096 + 65536);
	arena_drop_str(&a, arena_str(&a, STR("text")));
	arena_release(&a);
	assert_true(a.counted);
	check_str(arena_str(&a, STR("again")), "again");
	arena_release(&a);
}

/* Dropped elements read as zeroes, others are what they were; memory goes back by pages,
 * and by blocks. */
static void
test_chunks_drop(void **state)
{
	enum { BLOCK = 1 << CHUNKS_SHIFT, GROUP = CHUNKS_PAGE / 16 };
	struct chunks c;
	size_t full;

	(void)state;
	chunks_init(&c, 2 * sizeof(uint64_t));
	for (uint32_t i = 0; i < 2 * BLOCK + 5; i++)
		((uint64_t *)chunks_add(&c))[1] = i + 1;
	full = chunks_memory(&c);
	for (uint32_t i = 0; i < 2 * BLOCK + 5; i += 2)
		chunks_drop(&c, i);
	assert_true(chunks_memory(&c) >= full);
	for (uint32_t i = 1; i < 2 * GROUP; i += 2)
		chunks_drop(&c, i);
	assert_true(chunks_memory(&c) <= full + BLOCK / GROUP * 8 - (size_t)2 * GROUP * 16);
	assert_int_equal(chunks_skip(&c, 3), 2 * GROUP);
	assert_int_equal(chunks_skip(&c, 2 * GROUP + 4), 2 * GROUP + 4);
	for (uint32_t i = 0; i < 2 * BLOCK + 5; i++)
		assert_int_equal(((uint64_t *)chunks_at(&c, i))[1],
				 i < 2 * GROUP || i % 2 == 0 ? 0 : i + 1);
	for (uint32_t i = 2 * GROUP + 1; i < 2 * BLOCK; i += 2)
		chunks_drop(&c, i);
	assert_true(chunks_memory(&c) < full / 8);
	assert_int_equal(chunks_skip(&c, 0), 2 * BLOCK);
	assert_int_equal(((uint64_t *)chunks_at(&c, 7))[1], 0);
	assert_int_equal(((uint64_t *)chunks_at(&c, 2 * BLOCK + 3))[1], 2 * BLOCK + 4);
	((uint64_t *)chunks_add(&c))[1] = 9;
	assert_int_equal(((uint64_t *)chunks_at(&c, 2 * BLOCK + 5))[1], 9);
	chunks_release(&c);
	chunks_add(&c);
	chunks_drop(&c, 0);
	chunks_release(&c);
}

static void
test_chunks(void **state)
{
	struct chunks c;
	uint64_t *first;
	const uint32_t count = (1u << CHUNKS_SHIFT) * 3 + 1;

	(void)state;
	chunks_init(&c, sizeof(uint64_t));
	first = chunks_add(&c);
	assert_int_equal(*first, 0);
	*first = 1;
	for (uint32_t i = 1; i < count; i++) {
		uint64_t *p = chunks_add(&c);

		assert_int_equal(*p, 0);
		*p = i + 1;
		assert_int_equal(c.n, i + 1);
	}
	assert_ptr_equal(chunks_at(&c, 0), first);
	for (uint32_t i = 0; i < count; i++)
		assert_int_equal(*(uint64_t *)chunks_at(&c, i), i + 1);
	chunks_release(&c);
	assert_int_equal(c.n, 0);
	/* It can be used again. */
	assert_int_equal(*(uint64_t *)chunks_add(&c), 0);
	chunks_release(&c);
	chunks_release(&c);
}

static void
test_memory(void **state)
{
	int *array = NULL;
	size_t cap = 0, grown = 0;
	char *s;

	(void)state;
	for (size_t n = 1; n <= 1000; n++) {
		size_t before = cap;

		ARRAY_GROW(array, cap, n);
		assert_true(cap >= n);
		grown += cap != before;
		array[n - 1] = (int)n;
	}
	assert_true(grown <= 8);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(array[i], i + 1);
	free(array);

	s = xstrdup("abc");
	assert_string_equal(s, "abc");
	free(s);
	s = xstrndup("abc", 2);
	assert_string_equal(s, "ab");
	free(s);
	s = xstrndup(NULL, 0);
	assert_string_equal(s, "");
	s = xrealloc(s, 0);
	assert_non_null(s);
	free(s);
	s = xmalloc(0);
	assert_non_null(s);
	s = xreallocarray(s, 3, 5);
	memset(s, 1, 15);
	free(s);
	s = xcalloc(3, 5);
	for (int i = 0; i < 15; i++)
		assert_int_equal(s[i], 0);
	free(s);
}

static void
test_err(void **state)
{
	struct err err = { "" };
	char *text = xmalloc(2000);

	(void)state;
	assert_int_equal(err_set(NULL, "nobody %s", "listens"), -1);
	assert_int_equal(err_set(&err, "%s: %s", "file.pcap", "no such file"), -1);
	assert_string_equal(err.text, "file.pcap: no such file");
	memset(text, 'x', 1999);
	text[1999] = '\0';
	err_set(&err, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters), cmocka_unit_test(test_compare),
		cmocka_unit_test(test_eq_short),
		cmocka_unit_test(test_starts),
		cmocka_unit_test(test_ends), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_trim), cmocka_unit_test(test_find),
		cmocka_unit_test(test_cut), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_buf), cmocka_unit_test(test_printf_lengths),
		cmocka_unit_test(test_bytes), cmocka_unit_test(test_arena),
		cmocka_unit_test(test_arena_counted), cmocka_unit_test(test_chunks_drop),
		cmocka_unit_test(test_arena_edges), cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_memory), cmocka_unit_test(test_err),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
