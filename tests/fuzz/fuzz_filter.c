/*
 * Compiles the input as a filter of calls and as one of messages, and asks both
 * of a small store that stays the same.
 */
#include "query/filter.h"
#include "../unit/query_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sample *
sample(void)
{
	static struct sample s;

	if (!s.store)
		sample_init(&s);
	return &s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct filter_options options = { .utc = true };
	struct sample *s = sample();
	struct str expression = { (const char *)data, size };
	struct filter_error err;

	for (int of = QUERY_CALL; of <= QUERY_MESSAGE; of++) {
		struct filter *f = filter_compile((enum query_subject)of, expression,
						  &options, &err);
		uint32_t n = of == QUERY_CALL ? store_call_count(s->store) :
			     store_message_count(s->store);

		if (!f) {
			if (err.column < 1 || err.column > size + 1 || !err.text[0])
				BUG("error at %zu: %s", err.column, err.text);
			continue;
		}
		for (uint32_t i = 0; i < n; i++) {
			struct query_item item = of == QUERY_CALL ? query_call(&s->query, i) :
						 query_message(&s->query, i);

			filter_match(f, &s->query, &item);
		}
		filter_free(f);
	}
	return 0;
}
