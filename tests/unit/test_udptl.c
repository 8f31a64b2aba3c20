/* media/udptl.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "media/udptl.h"

#define B(text)	STR_INIT(text)

static const struct row {
	const char *name;
	struct str in;
	uint32_t wire;		/* 0: as long as it is */
	bool want;
	uint16_t sequence;
	uint32_t primary;
	uint16_t again, parity;
	bool cut;
} rows[] = {
	{ "the first: no signal", B("\0\0\x01\x00\0\0"), 0, true, 0, 1, 0, 0, false },
	{ "two again", B("\x12\x34\x01\x06\x00\x02\x01\x04\x01\x02"), 0, true, 0x1234, 1, 2, 0,
	  false },
	{ "parity over three", B("\x12\x34\x01\x06\x80\x01\x03\x02\x01\x04\x01\x02"), 0, true,
	  0x1234, 1, 0, 2, false },
	{ "zeros behind", B("\0\x05\x01\x00\0\0\0\0"), 0, true, 5, 1, 0, 0, false },
	{ "a length of two bytes", B("\x80\x05\x80\x03" "abc\0\0"), 0, true, 0x8005, 3, 0, 0, false },
	{ "cut in the primary", B("\0\x05\x20" "abc"), 39, true, 5, 32, 0, 0, true },
	{ "cut in what comes again", B("\0\x05\x01\x06\x00\x03\x20" "ab"), 120, true, 5, 1, 0, 0,
	  true },
	{ "empty", B(""), 0, false, 0, 0, 0, 0, false },
	{ "no primary", B("\0\x05\0\0\0"), 0, false, 0, 0, 0, 0, false },
	{ "primary too long", B("\0\x05\x09" "abc\0\0"), 0, false, 0, 0, 0, 0, false },
	{ "fewer again than told", B("\0\x05\x01\x06\x00\x03\x01\x04"), 0, false, 0, 0, 0, 0, false },
	{ "more behind", B("\0\x05\x01\x06\x00\x00\x01\x04"), 0, false, 0, 0, 0, 0, false },
	{ "in pieces", B("\0\x05\xc1" "abc"), 0, false, 0, 0, 0, 0, false },
	{ "too many again", B("\0\x05\x01\x06\x00\x7f\0\0\0\0\0\0\0"), 0, false, 0, 0, 0, 0, false },
	{ "rtp", B("\x80\x08\x03\x41\x00\x00\x01\x40\xde\xad\xbe\xef\xd5\xd5\xd5\xd5"), 0, false,
	  0, 0, 0, 0, false },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		struct udptl u;
		bool is = udptl_parse(r->in, r->wire ? r->wire : (uint32_t)r->in.n, &u);

		if (is != r->want)
			fail_msg("%s: %s", r->name, is ? "taken" : "not taken");
		if (is && (u.sequence != r->sequence || u.primary_length != r->primary ||
			   u.again != r->again || u.parity != r->parity || u.cut != r->cut))
			fail_msg("%s: %u %u %u %u %d", r->name, u.sequence, u.primary_length,
				 u.again, u.parity, u.cut);
	}
}

static void
test_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t n = 0; n <= rows[i].in.n; n++) {
			char *copy = xmalloc(n ? n : 1);
			struct udptl u;

			memcpy(copy, rows[i].in.p, n);
			udptl_parse((struct str){ copy, n }, (uint32_t)n, &u);
			if (udptl_parse((struct str){ copy, n }, (uint32_t)rows[i].in.n, &u))
				assert_true(u.primary.n <= n);
			free(copy);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows), cmocka_unit_test(test_cuts),
	};

	return cmocka_run_group_tests_name("udptl", tests, NULL, NULL);
}
