/*
 * Compiles the input as a filter of calls, of messages and of streams, and asks all
 * of a small store that stays the same.
 */
#include "query/filter.h"
#include "../unit/query_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One to where the first call receives, one of no call. */
static void
add_streams(struct sample *s)
{
	static const char *const to[] = { "10.0.0.1:4000", "10.0.0.77:4000" };
	unsigned char packet[172] = { 0x80, 0 };
	struct net_endpoint src, dst;

	if (!net_endpoint_parse(STR("10.0.0.2:5000"), &src))
		BUG("an address");
	for (unsigned int i = 0; i < 120; i++) {
		struct media_input in = {
			.src = &src, .dst = &dst, .wire_length = sizeof(packet),
			.payload = { (const char *)packet, sizeof(packet) },
			.time = SAMPLE_START + (4 * NS_PER_S + i * 10 * NS_PER_MS),
		};

		if (!net_endpoint_parse(str_of(to[i % 2]), &dst))
			BUG("an address");
		packet[3] = (unsigned char)(i / 2);
		packet[6] = (unsigned char)(i / 2 * 160 >> 8);
		packet[7] = (unsigned char)(i / 2 * 160);
		store_add_rtp(s->store, &in);
	}
	store_media_end(s->store);
}

static struct sample all;

/* What hangs on pages of the store alone is a leak to those who look for leaks. */
static void
release(void)
{
	sample_release(&all);
}

static struct sample *
sample(void)
{
	if (!all.store) {
		sample_init(&all);
		add_streams(&all);
		atexit(release);
	}
	return &all;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct filter_options options = { .utc = true };
	struct sample *s = sample();
	struct str expression = { (const char *)data, size };
	struct filter_error err;

	for (int of = QUERY_CALL; of < QUERY_SUBJECT_COUNT; of++) {
		struct filter *f = filter_compile((enum query_subject)of, expression,
						  &options, &err);
		uint32_t n = of == QUERY_CALL ? store_call_count(s->store) :
			     of == QUERY_MESSAGE ? store_message_count(s->store) :
			     store_stream_count(s->store);

		if (!f) {
			if (err.column < 1 || err.column > size + 1 || !err.text[0])
				BUG("error at %zu: %s", err.column, err.text);
			continue;
		}
		for (uint32_t i = 0; i < n; i++) {
			struct query_item item = query_item_of(&s->query, (enum query_subject)of,
							       i);

			filter_match(f, &s->query, &item);
		}
		filter_free(f);
	}
	return 0;
}
