#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "export/ladder_text.h"
#include "export/names.h"
#include "sip_store.h"

static char *
render(const struct sip_store *t, const uint32_t *calls, size_t n,
       const struct ladder_options *lo, const struct ladder_text_options *to)
{
	struct ladder l;
	struct sink sink;
	struct err err;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	ladder_layout(&l, t->store, calls, n, lo);
	sink_init(&sink, f);
	ladder_text_write(&l, to, &sink);
	assert_int_equal(sink_end(&sink, &err), 0);
	fclose(f);
	ladder_release(&l);
	return text;
}

static void
placeholder(void **state)
{
	struct sip_store t;
	char *text;

	(void)state;
	sip_store_init(&t);
	sip_store_call(&t, NULL, "192.0.2.1:5060", "192.0.2.2:5060");
	text = render(&t, &(uint32_t){ 0 }, 1, &(struct ladder_options){ .silence = 10 * NS_PER_S },
		      &(struct ladder_text_options){ .utc = true });
	fputs(text, stderr);
	free(text);
	text = render(&t, &(uint32_t){ 0 }, 1, &(struct ladder_options){ .sdp = LADDER_SDP_FIRST },
		      &(struct ladder_text_options){ .utc = true, .ascii = true,
			.time = LADDER_TIME_DELTA, .width = 60 });
	fputs(text, stderr);
	free(text);
	sip_store_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(placeholder) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
