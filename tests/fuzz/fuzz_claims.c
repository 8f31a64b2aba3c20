/* Descriptions and media of a few calls between a few addresses, in any order. Each piece
 * of the input, up to a byte of 255, is a step: its first byte says which, the next ones
 * whose and when, and the rest is a description, or the payload types and SSRCs of packets. */
#include <stdint.h>

#include "../unit/media_store.h"
#include "base/mem.h"
#include "store/claim_read.h"
#include "store/streams_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const ends[] = {
	"192.0.2.1:4000", "192.0.2.2:6000", "192.0.2.1:4002", "[2001:db8::1]:4000",
	"10.0.0.1:4000", "192.0.2.2:4001", "203.0.113.1:9", "192.0.2.3:6000",
};

static void
check_links(const struct sip_store *t)
{
	const struct stream_link **links = NULL;
	size_t cap = 0, total = 0, n = 0;

	for (uint32_t i = 0; i < store_stream_count(t->store); i++) {
		const struct stream *st = store_stream(t->store, i);
		const struct stream_link *l;
		uint32_t cursor = 0, left = STREAM_LINKS_MAX;

		while ((l = store_stream_links(t->store, st, &cursor))) {
			if (l->stream != i || left-- == 0)
				BUG("a link of another stream, or too many");
			total++;
		}
	}
	for (uint32_t i = 0; i < store_call_count(t->store); i++)
		n += store_call_streams(t->store, store_call(t->store, i), &links, &cap);
	if (n != total)
		BUG("%zu links of calls, %zu of streams", n, total);
	free(links);
}

static void
step(struct sip_store *t, double *ms, const uint8_t *p, size_t n)
{
	static const char *const calls[] = { "c0", "c1", "c2", "c3" };
	static const char *const tags[] = { "a", "a/b", "b/a", "a/c" };
	static const char *const whats[] = {
		"INVITE", "200 INVITE", "183 INVITE", "UPDATE", "200 UPDATE", "BYE", "ACK", "486 INVITE",
	};
	char body[512];

	if (n < 4)
		return;
	*ms += p[2] * p[2] - 40.0 * (p[2] & 1);
	if (p[0] & 1) {
		for (size_t i = 4; i < n; i++)
			media_send(t, *ms + (double)i, &(struct media_packet){
				ends[p[0] >> 1 & 7], ends[p[1] & 7], p[3] & 3u, 160 * p[i],
				p[i], p[1] >> 3 });
		return;
	}
	n = n - 4 < sizeof(body) - 1 ? n - 4 : sizeof(body) - 1;
	memcpy(body, p + 4, n);
	body[n] = '\0';
	media_say(t, *ms, p[3] & 1 ? MEDIA_B : MEDIA_A, p[3] & 1 ? MEDIA_A : MEDIA_B,
		  whats[p[0] >> 1 & 7], calls[p[1] & 3], tags[p[1] >> 2 & 3], p[3] >> 1, body);
}

static bool
is_same(const struct told_medium *a, const struct told_medium *b)
{
	return a->text.p == b->text.p && a->text.n == b->text.n && a->formats.p == b->formats.p &&
		a->formats.n == b->formats.n && net_addr_eq(&a->addr, &b->addr) &&
		net_addr_eq(&a->rtcp_addr, &b->rtcp_addr) && a->map_hash == b->map_hash &&
		a->port == b->port && a->rtcp_port == b->rtcp_port &&
		a->port_count == b->port_count && a->ptime_ms == b->ptime_ms &&
		a->crypto == b->crypto && a->kind == b->kind && a->direction == b->direction &&
		a->own_direction == b->own_direction && a->mux == b->mux &&
		a->secure == b->secure && a->bundled == b->bundled && a->fax == b->fax &&
		a->framed == b->framed && a->candidates == b->candidates && a->ssrcs == b->ssrcs;
}

static void
read_both(struct str text, struct told_tails *tails)
{
	static struct told plain, told;

	told_read(text, NULL, &plain);
	told_read(text, tails, &told);
	if (plain.n != told.n)
		abort();
	for (uint32_t i = 0; i < told.n; i++)
		if (!is_same(&plain.media[i], &told.media[i]))
			abort();
}

/* What was read before makes no difference, before other lines neither. */
static void
read_again(const uint8_t *data, size_t size)
{
	static const char *const heads[] = { "", "", "a=inactive\nc=IN IP4 192.0.2.1\n", "x" };
	struct told_tails *tails = told_tails_new();

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		size_t n = strlen(heads[i]);
		char *text = xmalloc(n + size);

		memcpy(text, heads[i], n);
		memcpy(text + n, data, size);
		read_both((struct str){ text, n + size }, tails);
		free(text);
	}
	free(tails);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sip_store t;
	double ms = 0;

	read_again(data, size);
	sip_store_init(&t);
	while (size > 0) {
		const uint8_t *end = memchr(data, 255, size);
		size_t n = end ? (size_t)(end - data) : size;

		step(&t, &ms, data, n);
		size -= n + (end ? 1 : 0);
		data += n + (end ? 1 : 0);
	}
	check_links(&t);
	sip_store_release(&t);
	return 0;
}
