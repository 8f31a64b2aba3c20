/*
 * Letting go of media: what stays is as it would be without, nothing leads to what is gone,
 * and memory comes back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media_store.h"
#include "media_check.h"
#include "base/mem.h"

struct random {
	uint64_t state;
};

static uint32_t
next(struct random *r)
{
	r->state = r->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(r->state >> 33);
}

static uint32_t
below(struct random *r, uint32_t n)
{
	return next(r) % n;
}

/* ---- packets ---- */

static void
put(struct buf *b, uint32_t word)
{
	const uint8_t bytes[4] = {
		(uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8), (uint8_t)word,
	};

	buf_add(b, bytes, 4);
}

static struct media_input
input_of(struct sip_store *t, double ms, struct str bytes, struct net_endpoint ends[2],
	 const char *src, const char *dst)
{
	if (!net_endpoint_parse(str_of(src), &ends[0]) || !net_endpoint_parse(str_of(dst), &ends[1]))
		BUG("test packet of %s", src);
	return (struct media_input){
		.src = &ends[0], .dst = &ends[1], .payload = bytes,
		.wire_length = (uint32_t)bytes.n, .frame = ++t->frames,
		.time = SIP_STORE_START + (int64_t)(ms * 1e6),
	};
}

/* An SR with a block, or one block more than there is to say. */
static void
send_rtcp(struct sip_store *t, double ms, const char *src, const char *dst, uint32_t ssrc,
	  uint32_t about, uint32_t n)
{
	struct net_endpoint ends[2];
	struct media_input in;
	struct buf b = BUF_INIT;
	char name[16];

	put(&b, 0x81c8000cu);
	put(&b, ssrc);
	put(&b, n);
	put(&b, 0);
	put(&b, n * 160);
	put(&b, n);
	put(&b, n * 160);
	put(&b, about);
	put(&b, n & 0xff);
	put(&b, n);
	put(&b, 7 + n % 5);
	put(&b, n ? (n - 1) << 16 : 0);
	put(&b, 0x8000);
	put(&b, 0x81ca0004);
	put(&b, ssrc);
	snprintf(name, sizeof(name), "%c%c%08x@x", 1, 10, ssrc);
	buf_add(&b, name, 12);
	in = input_of(t, ms, buf_str(&b), ends, src, dst);
	store_add_rtcp(t->store, &in);
	buf_release(&b);
}

/* RFC 4733: the beginning or the end of a digit. */
static void
send_digit(struct sip_store *t, double ms, const char *src, const char *dst, uint32_t ssrc,
	   uint16_t sequence, uint8_t digit, bool end)
{
	struct net_endpoint ends[2];
	struct media_input in;
	struct buf b = BUF_INIT;

	put(&b, 0x80650000u | sequence);
	put(&b, 160u * sequence);
	put(&b, ssrc);
	put(&b, (uint32_t)digit << 24 | (end ? 0x800000u : 0) | 0x0a0000u | 800);
	in = input_of(t, ms, buf_str(&b), ends, src, dst);
	store_add_rtp(t->store, &in);
	buf_release(&b);
}

/* ---- two stores ---- */

#define CALLS		120
#define ORPHANS		24
#define STEPS		6000

/* What sends: a call, both ways, or somebody whom no description names. */
struct talk {
	char ends[2][32];
	uint32_t ssrc[2];
	uint16_t sequence[2];
	uint32_t of;		/* the call whose media it has, most often itself */
	uint8_t type;
	bool began, gone, ended;
};

struct pair {
	struct sip_store t[2];	/* nothing goes of the first one */
	struct talk calls[CALLS], orphans[ORPHANS];
	uint32_t call_n, gone_n;
	double ms;
	struct random r;
};

static void
say(struct pair *p, const char *what, const char *call, unsigned cseq, const char *sdp)
{
	bool back = strchr(what, ' ');

	for (int i = 0; i < 2; i++)
		media_say(&p->t[i], p->ms, back ? MEDIA_B : MEDIA_A, back ? MEDIA_A : MEDIA_B, what,
			  call, strcmp(what, "INVITE") == 0 ? "a" : "a/b", cseq, sdp);
}

/* Some have a codec that nobody knows, some fax; the legs of one have the same media. */
static void
begin_call(struct pair *p)
{
	static const char *const lines[] = {
		"RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n",
		"RTP/AVP 96 101\r\na=rtpmap:96 ODD%u/16000\r\na=rtpmap:101 telephone-event/8000\r\n",
		"RTP/SAVP 8\r\na=ssrc:%u cname:x\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:k\r\n",
		"RTP/AVP 8 0\r\na=candidate:1 1 UDP 1 192.0.2.7 %u typ host\r\n",
	};
	uint32_t n = p->call_n++, kind;
	uint32_t of = n % 5 == 4 && !p->calls[n - 1].gone ? n - 1 : n;
	struct talk *c = &p->calls[n];
	char call[32], sdp[512], more[256];

	kind = of % 4;
	*c = (struct talk){
		.type = kind == 1 ? 96 : kind == 0 ? 0 : 8, .began = true, .of = of,
	};
	snprintf(call, sizeof(call), "c%u", n);
	snprintf(more, sizeof(more), lines[kind], 2000 + of);
	for (unsigned i = 0; i < 2; i++) {
		c->ssrc[i] = of == n ? next(&p->r) | 1 : p->calls[of].ssrc[i];
		c->sequence[i] = 1;
		snprintf(c->ends[i], sizeof(c->ends[i]), "192.0.2.%u:%u", i + 1, 4000 + 4 * of);
	}
	for (unsigned i = 0; i < 2; i++) {
		snprintf(sdp, sizeof(sdp), "v=0\r\no=- 1 1 IN IP4 192.0.2.%u\r\ns=-\r\n"
			 "c=IN IP4 192.0.2.%u\r\nt=0 0\r\nm=audio %u %s%s", i + 1, i + 1, 4000 + 4 * of,
			 more, n % 7 == 3 ? "m=image 0 udptl t38\r\nm=image 5000 udptl t38\r\n" : "");
		say(p, i ? "200 INVITE" : "INVITE", call, 1, sdp);
		p->ms += 2;
	}
	say(p, "ACK", call, 1, NULL);
}

static void
send_some(struct pair *p, struct talk *c, unsigned n)
{
	unsigned way = below(&p->r, 2);
	bool digit = c->type == 0 && below(&p->r, 8) == 0, report = below(&p->r, 6) == 0;
	uint8_t type = below(&p->r, 20) ? c->type : 0;
	uint8_t key = (uint8_t)below(&p->r, 10);

	for (int i = 0; i < 2; i++) {
		uint16_t sequence = c->sequence[way];

		for (unsigned k = 0; k < n; k++, sequence++)
			media_send(&p->t[i], p->ms + 20 * k, &(struct media_packet){
				c->ends[way], c->ends[!way], c->ssrc[way], 160u * sequence, sequence,
				type });
		if (digit)
			for (unsigned k = 0; k < 3; k++)
				send_digit(&p->t[i], p->ms + 20 * (n + k), c->ends[way], c->ends[!way],
					   c->ssrc[way], (uint16_t)(sequence + k), key, k == 2);
		if (report)
			send_rtcp(&p->t[i], p->ms + 20 * n, c->ends[way], c->ends[!way], c->ssrc[way],
				  c->ssrc[!way], sequence);
	}
	c->sequence[way] = (uint16_t)(c->sequence[way] + n + (digit ? 3 : 0));
	p->ms += 5;
}

/* A leg goes: its talk goes on where there is the other one. */
static void
drop_call(struct pair *p, uint32_t n)
{
	struct talk *c = &p->calls[n];
	char call[32];

	if (!c->began || c->gone)
		return;
	snprintf(call, sizeof(call), "c%u", n);
	if (!c->ended && below(&p->r, 3)) {
		say(p, "BYE", call, 9, NULL);
		c->ended = true;
		return;
	}
	c->gone = true;
	p->gone_n++;
	store_drop_call(p->t[1].store, store_find_call(p->t[1].store, str_of(call)));
}

static bool
is_there(const struct pair *p, uint32_t n)
{
	const struct talk *c = &p->calls[n], *first = &p->calls[c->of];
	const struct talk *leg = c->of + 1 < p->call_n && first[1].of == c->of ? first + 1 : c;

	return !c->ended && !c->gone && !first->gone && !leg->gone;
}

static void
step(struct pair *p)
{
	uint32_t n = p->call_n ? below(&p->r, p->call_n) : 0;
	struct talk *o = &p->orphans[below(&p->r, ORPHANS)];

	switch (below(&p->r, 40)) {
	case 0: case 1:
		if (p->call_n < CALLS)
			begin_call(p);
		break;
	case 2:
		drop_call(p, n);
		break;
	case 3: case 4:
		if (!o->began) {
			*o = (struct talk){ .began = true, .ssrc = { next(&p->r), next(&p->r) },
				.sequence = { 1, 1 }, .type = 8 };
			snprintf(o->ends[0], sizeof(o->ends[0]), "198.51.100.1:%u",
				 10000 + 2 * below(&p->r, 20000));
			snprintf(o->ends[1], sizeof(o->ends[1]), "198.51.100.2:%u",
				 10000 + 2 * below(&p->r, 20000));
		}
		send_some(p, o, 5);
		break;
	default:
		/* What nobody sends any more is not sent to the other store either. */
		if (p->call_n && is_there(p, n))
			send_some(p, &p->calls[n], 1 + below(&p->r, 4));
		break;
	}
}

static void
same_codecs(const struct stream *a, const struct stream *b)
{
	assert_int_equal(a->codec_n, b->codec_n);
	for (unsigned i = 0; i < a->codec_n; i++) {
		assert_ptr_equal(a->codecs[i].codec, b->codecs[i].codec);
		assert_string_equal(a->codecs[i].name ? a->codecs[i].name : "",
				    b->codecs[i].name ? b->codecs[i].name : "");
		assert_int_equal(a->codecs[i].clock_rate, b->codecs[i].clock_rate);
		assert_int_equal(stream_codec_packets(a, i), stream_codec_packets(b, i));
	}
}

static void
same_links(const struct pair *p, const struct stream *a, const struct stream *b)
{
	const struct stream_link *x, *y;
	uint32_t i = 0, k = 0;

	while ((y = store_stream_links(p->t[1].store, b, &k))) {
		do
			x = store_stream_links(p->t[0].store, a, &i);
		while (x && p->calls[x->call].gone);
		assert_non_null(x);
		assert_int_equal(x->call, y->call);
		assert_int_equal(x->how, y->how);
		assert_int_equal(x->side, y->side);
		assert_int_equal(x->medium, y->medium);
		assert_int_equal(x->fit, y->fit);
	}
	while ((x = store_stream_links(p->t[0].store, a, &i)))
		assert_true(p->calls[x->call].gone);
}

static void
same_digits(const struct pair *p, const struct stream *a, const struct stream *b)
{
	const struct digit **x = NULL, **y = NULL;
	size_t x_cap = 0, y_cap = 0;
	size_t n = store_stream_digits(p->t[0].store, a, &x, &x_cap);

	assert_int_equal(n, store_stream_digits(p->t[1].store, b, &y, &y_cap));
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(x[i]->text, y[i]->text);
		assert_int_equal(x[i]->time, y[i]->time);
		assert_int_equal(x[i]->duration, y[i]->duration);
	}
	free(x);
	free(y);
}

static void
same_stream(const struct pair *p, uint32_t i)
{
	const struct store *s[2] = { p->t[0].store, p->t[1].store };
	const struct stream *a = store_stream(s[0], i), *b = store_stream(s[1], i);
	struct meter_figures f[2];
	struct stream_reported r[2];
	const struct report *list[2];
	uint64_t total[2];
	uint32_t back = store_stream_reverse(s[0], a);

	meter_figures(&a->meter, &f[0]);
	meter_figures(&b->meter, &f[1]);
	assert_memory_equal(&f[0].start, &f[1].start, offsetof(struct meter_figures, burst_density));
	assert_true(net_endpoint_eq(&a->src, &b->src) && net_endpoint_eq(&a->dst, &b->dst));
	assert_int_equal(a->ssrc, b->ssrc);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->crypto, b->crypto);
	assert_int_equal(a->flaws, b->flaws);
	assert_int_equal(a->confidence, b->confidence);
	assert_int_equal(a->round_trip, b->round_trip);
	if (back != STREAM_NONE && store_stream_is_gone(s[1], back))
		back = STREAM_NONE;
	assert_int_equal(back, store_stream_reverse(s[1], b));
	same_codecs(a, b);
	same_links(p, a, b);
	same_digits(p, a, b);
	assert_int_equal(store_stream_reported(s[0], a, &r[0]), store_stream_reported(s[1], b, &r[1]));
	assert_int_equal(store_stream_reports(s[0], a, &list[0], &total[0]),
			 store_stream_reports(s[1], b, &list[1], &total[1]));
	assert_int_equal(total[0], total[1]);
	if (total[0] > 0)
		assert_true(str_eq(r[0].cname, r[1].cname));
}

static void
same_claims(const struct pair *p, uint32_t call)
{
	const struct stream_claim **list[2] = { NULL, NULL };
	size_t cap[2] = { 0, 0 }, n[2];

	for (int i = 0; i < 2; i++)
		n[i] = store_call_claims(p->t[i].store, store_call(p->t[i].store, call), &list[i],
					 &cap[i]);
	assert_int_equal(n[1], p->calls[call].gone ? 0 : n[0]);
	for (size_t i = 0; i < n[1]; i++) {
		assert_int_equal(list[0][i]->message, list[1][i]->message);
		assert_true(net_endpoint_eq(&list[0][i]->at, &list[1][i]->at));
	}
	free(list[0]);
	free(list[1]);
}

/* All that goes is told of, once. */
static void
follow(const struct store *s)
{
	uint64_t cursor = 0;
	uint32_t i, n = 0;

	while ((i = store_next_gone_stream(s, &cursor)) != STREAM_NONE) {
		assert_true(store_stream_is_gone(s, i));
		assert_int_equal(meter_packets(&store_stream(s, i)->meter), 0);
		assert_int_equal(store_stream_call(s, store_stream(s, i)), CALL_NONE);
		n++;
	}
	assert_int_equal(n, store_stream_count(s) - store_streams_there(s));
}

static void
compare(const struct pair *p)
{
	uint32_t n = 0;

	assert_int_equal(store_stream_count(p->t[0].store), store_stream_count(p->t[1].store));
	for (uint32_t i = store_first_stream(p->t[1].store); i < store_stream_count(p->t[1].store);
	     i = store_next_stream(p->t[1].store, i)) {
		same_stream(p, i);
		n++;
	}
	assert_int_equal(n, store_streams_there(p->t[1].store));
	for (uint32_t i = 0; i < p->call_n; i++)
		same_claims(p, i);
}

static void
what_stays_is_the_same(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct pair *p = xcalloc(1, sizeof(*p));

		p->r.state = seed;
		sip_store_init(&p->t[0]);
		sip_store_init(&p->t[1]);
		store_set_bounds(p->t[1].store, &(struct store_bounds){ .memory = 0 }, NULL, NULL);
		for (unsigned i = 0; i < STEPS; i++) {
			step(p);
			if (i % 500 == 0)
				media_check(p->t[1].store);
		}
		assert_true(p->gone_n > 10 && p->gone_n < p->call_n);
		assert_true(store_streams_there(p->t[1].store) > 40);
		assert_true(store_streams_there(p->t[1].store) < store_stream_count(p->t[0].store));
		media_check(p->t[0].store);
		media_check(p->t[1].store);
		compare(p);
		store_media_end(p->t[0].store);
		store_media_end(p->t[1].store);
		follow(p->t[1].store);
		sip_store_release(&p->t[0]);
		sip_store_release(&p->t[1]);
		free(p);
	}
}

/* ---- memory ---- */

/* Calls one after the other, with media and a few that nobody described. */
static void
talk_and_go(struct sip_store *t, uint32_t from, uint32_t n, uint32_t keep)
{
	for (uint32_t i = from; i < from + n; i++) {
		char call[32], offer[256], answer[256], src[32], dst[32];
		double ms = 40.0 * i;

		snprintf(call, sizeof(call), "m%u", i);
		snprintf(src, sizeof(src), "192.0.2.1:%u", 4000 + 2 * (i % 9000));
		snprintf(dst, sizeof(dst), "192.0.2.2:%u", 4000 + 2 * (i % 9000));
		snprintf(offer, sizeof(offer), MEDIA_SDP("192.0.2.1", "m=audio %u RTP/AVP 0 %u\r\n"
			 "a=rtpmap:%u X-%u/8000\r\n"), 4000 + 2 * (i % 9000), 96 + i % 30, 96 + i % 30, i % 50);
		snprintf(answer, sizeof(answer), MEDIA_SDP("192.0.2.2", "m=audio %u RTP/AVP 0\r\n"),
			 4000 + 2 * (i % 9000));
		media_call(t, ms, call, offer, answer);
		media_run(t, ms + 30, src, dst, i * 2 + 1, 0, 1, 4);
		media_run(t, ms + 35, dst, src, i * 2 + 2, 0, 1, 4);
		send_rtcp(t, ms + 120, src, dst, i * 2 + 1, i * 2 + 2, i);
		media_bye(t, ms + 130, call);
		if (i >= keep)
			store_drop_call(t->store, i - keep);
	}
}

static void
memory_comes_back(void **state)
{
	struct sip_store t;
	size_t base, most;

	(void)state;
	sip_store_init(&t);
	/* What is of a fixed size is there once it is used. */
	media_run(&t, 0, "198.51.100.1:4000", "198.51.100.2:4000", 1, 8, 1, 20);
	talk_and_go(&t, 0, 1, 0);
	while (media_drop_rest(t.store))
		;
	base = media_memory(t.store);
	talk_and_go(&t, 1, 4000, 5000);
	most = media_memory(t.store);
	assert_true(most > base + 4000 * 2 * sizeof(struct stream));
	for (uint32_t i = 1; i < store_call_count(t.store); i++)
		store_drop_call(t.store, i);
	while (media_drop_rest(t.store))
		;
	media_check(t.store);
	assert_int_equal(store_streams_there(t.store), 0);
	assert_int_equal(store_first_stream(t.store), store_stream_count(t.store));
	/* Of each table the last page is there as long as it is not full. */
	assert_in_range(media_memory(t.store), base / 2, base + 40 * 1024);
	sip_store_release(&t);
}

/* The same number of calls kept, thrice as many gone: no more than before. */
static void
memory_is_flat(void **state)
{
	struct sip_store t;
	size_t first = 0, now;

	(void)state;
	sip_store_init(&t);
	talk_and_go(&t, 0, 6000, 3000);
	for (uint32_t round = 1; round < 5; round++) {
		talk_and_go(&t, 6000 * round, 6000, 3000);
		now = media_memory(t.store);
		if (round == 1)
			first = now;
		assert_in_range(now, first - first / 50, first + first / 50);
	}
	media_check(t.store);
	sip_store_release(&t);
}

/* ---- floods ---- */

#define FLOOD_BOUND	((size_t)12 << 20)

static void
bound(struct sip_store *t)
{
	while (media_memory(t->store) > FLOOD_BOUND)
		if (!media_drop_rest(t->store))
			break;
}

static void
flood_of_orphans(void **state)
{
	struct sip_store t;
	struct random r = { 7 };
	size_t most = 0;

	(void)state;
	sip_store_init(&t);
	for (uint32_t i = 0; i < 65535; i++) {
		char src[32], dst[32];

		snprintf(src, sizeof(src), "203.0.%u.%u:%u", i & 255, below(&r, 256),
			 1024 + 2 * below(&r, 30000));
		snprintf(dst, sizeof(dst), "192.0.2.%u:%u", below(&r, 4), 1024 + 2 * below(&r, 30000));
		media_run(&t, i * 4.0, src, dst, next(&r), 8, 1, 4);
		bound(&t);
		if (media_memory(t.store) > most)
			most = media_memory(t.store);
	}
	assert_true(store_stream_count(t.store) > 60000);
	assert_true(store_streams_there(t.store) > 2000);
	assert_true(most <= FLOOD_BOUND);
	media_check(t.store);
	sip_store_release(&t);
}

/* Calls that describe any ports, to which nothing is sent. */
static void
flood_of_descriptions(void **state)
{
	struct sip_store t;
	struct random r = { 9 };
	uint32_t dropped = 0;

	(void)state;
	sip_store_init(&t);
	media_run(&t, 0, "198.51.100.1:4000", "198.51.100.2:4000", 1, 8, 1, 20);
	for (uint32_t i = 0; i < 12000; i++) {
		struct buf b = BUF_INIT;
		char call[32];

		snprintf(call, sizeof(call), "d%u", i);
		buf_add_cstr(&b, MEDIA_SDP("192.0.2.1", ""));
		for (unsigned k = 0; k < 4; k++)
			buf_printf(&b, "m=audio %u/16 RTP/AVP %u\r\na=rtpmap:%u Y%u/8000\r\na=ssrc:%u x:y\r\n"
				   "a=candidate:1 1 UDP 1 203.0.113.%u %u typ host\r\n",
				   below(&r, 65535), 96 + below(&r, 32), 96 + below(&r, 32), next(&r),
				   next(&r), below(&r, 256), below(&r, 65536));
		media_say(&t, 1000 + i, MEDIA_A, MEDIA_B, "INVITE", call, "a", 1, b.p);
		buf_release(&b);
		while (media_memory(t.store) > FLOOD_BOUND && dropped < store_call_count(t.store))
			store_drop_call(t.store, dropped++);
	}
	assert_true(media_memory(t.store) <= FLOOD_BOUND);
	assert_true(dropped > 1000 && dropped < 11500);
	media_check(t.store);
	sip_store_release(&t);
}

/* ---- single cases ---- */

static void
oldest_orphan_first(void **state)
{
	static const uint32_t order[] = { 2, 0, 3, 1 };
	static const double last[] = { 3000, 9000, 1000, 5000 };
	struct sip_store t;
	uint64_t cursor = 0;

	(void)state;
	sip_store_init(&t);
	for (uint32_t i = 0; i < 4; i++) {
		char src[32];

		snprintf(src, sizeof(src), "198.51.100.%u:4000", i);
		media_run(&t, i, src, "198.51.100.9:4000", i + 1, 8, 1, 8);
	}
	for (uint32_t i = 0; i < 4; i++) {
		char src[32];

		snprintf(src, sizeof(src), "198.51.100.%u:4000", i);
		media_run(&t, last[i], src, "198.51.100.9:4000", i + 1, 8, 9, 1);
	}
	assert_int_equal(store_streams_there(t.store), 4);
	for (uint32_t i = 0; i < 4; i++) {
		assert_true(media_drop_rest(t.store));
		assert_int_equal(store_next_gone_stream(t.store, &cursor), order[i]);
	}
	assert_false(media_drop_rest(t.store));
	assert_int_equal(store_next_gone_stream(t.store, &cursor), STREAM_NONE);
	sip_store_release(&t);
}

#define RTP_A	"192.0.2.1:4000"
#define RTP_B	"192.0.2.2:6000"

/* Its packets go on: they are of another stream, once they are sure, and of no call. */
static void
packets_after_the_call(void **state)
{
	struct sip_store t;

	(void)state;
	sip_store_init(&t);
	media_call(&t, 0, "c1", NULL, NULL);
	media_run(&t, 100, RTP_A, RTP_B, 7, 8, 1, 50);
	media_run(&t, 100, RTP_B, RTP_A, 8, 8, 1, 50);
	assert_int_equal(store_stream_count(t.store), 2);
	store_drop_call(t.store, 0);
	media_check(t.store);
	assert_int_equal(store_streams_there(t.store), 0);
	media_run(&t, 1100, RTP_A, RTP_B, 7, 8, 51, 10);
	assert_int_equal(store_streams_there(t.store), 1);
	assert_int_equal(store_stream_count(t.store), 3);
	assert_int_equal(meter_packets(&store_stream(t.store, 2)->meter), 10);
	assert_string_equal(media_links(&t, 2), "");
	/* The next call has them as ever. */
	media_call(&t, 2000, "c2", NULL, NULL);
	media_run(&t, 2100, RTP_B, RTP_A, 8, 8, 100, 5);
	assert_string_equal(media_links(&t, 3), "c2/sdp/callee/0");
	store_drop_call(t.store, 1);
	media_check(t.store);
	sip_store_release(&t);
}

/* Streams of two legs are there as long as one of these is. */
static void
legs(void **state)
{
	struct sip_store t;

	(void)state;
	sip_store_init(&t);
	media_call(&t, 0, "c1", NULL, NULL);
	media_say(&t, 30, "192.0.2.3:5060", "192.0.2.4:5060", "INVITE", "c2", "a", 1,
		  MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 0 8 101\r\n"));
	media_say(&t, 40, "192.0.2.4:5060", "192.0.2.3:5060", "200 INVITE", "c2", "a/b", 1,
		  MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 8 101\r\n"));
	media_run(&t, 100, RTP_A, RTP_B, 7, 8, 1, 50);
	assert_string_equal(media_links(&t, 0), "c1/sdp/caller/0;c2/sdp/caller/0");
	store_drop_call(t.store, 0);
	media_check(t.store);
	assert_string_equal(media_links(&t, 0), "c2/sdp/caller/0");
	media_run(&t, 1100, RTP_A, RTP_B, 7, 8, 51, 50);
	assert_int_equal(meter_packets(&store_stream(t.store, 0)->meter), 100);
	store_drop_call(t.store, 1);
	assert_int_equal(store_streams_there(t.store), 0);
	media_check(t.store);
	sip_store_release(&t);
}

/* Media is seen for the first time when calls that described some are gone. */
static void
learned_late(void **state)
{
	struct sip_store t;

	(void)state;
	sip_store_init(&t);
	media_call(&t, 0, "c1", NULL, NULL);
	media_call(&t, 50, "c2", MEDIA_SDP("192.0.2.1", "m=audio 4100 RTP/AVP 8\r\n"),
		   MEDIA_SDP("192.0.2.2", "m=audio 6100 RTP/AVP 8\r\n"));
	store_drop_call(t.store, 0);
	media_run(&t, 100, "192.0.2.1:4100", "192.0.2.2:6100", 7, 8, 1, 10);
	assert_string_equal(media_links(&t, 0), "c2/sdp/caller/0");
	media_check(t.store);
	sip_store_release(&t);
}

static void
report_quality(struct sip_store *t, double ms, const char *call, const char *about)
{
	struct buf b = BUF_INIT, body = BUF_INIT;

	buf_printf(&body, "VQSessionReport: CallTerm\r\nCallID: %s\r\n", about);
	buf_printf(&b, "PUBLISH sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK%g\r\n"
		   "From: <sip:a@a.test>;tag=a\r\nTo: <sip:b@b.test>\r\nCall-ID: %s\r\n"
		   "CSeq: 1 PUBLISH\r\nContent-Type: application/vq-rtcpxr\r\n"
		   "Content-Length: %zu\r\n\r\n%s", ms, call, body.n, body.p);
	sip_store_add(t, ms, MEDIA_A, MEDIA_B, buf_str(&b), 0);
	buf_release(&b);
	buf_release(&body);
}

static uint32_t
count_quality(const struct sip_store *t, const char *about)
{
	size_t cursor = 0;
	uint32_t n = 0;

	while (store_next_vq(t->store, str_of(about), &cursor) != MESSAGE_NONE)
		n++;
	return n;
}

/* They are of the call they came in, not of the one they tell of. */
static void
quality_reports(void **state)
{
	struct sip_store t;

	(void)state;
	sip_store_init(&t);
	report_quality(&t, 0, "p1", "x");
	report_quality(&t, 1, "p1", "y");
	report_quality(&t, 2, "p2", "x");
	assert_int_equal(count_quality(&t, "x"), 2);
	store_drop_call(t.store, 0);
	media_check(t.store);
	assert_int_equal(count_quality(&t, "x"), 1);
	assert_int_equal(count_quality(&t, "y"), 0);
	store_drop_call(t.store, 1);
	media_check(t.store);
	assert_int_equal(count_quality(&t, "x"), 0);
	report_quality(&t, 3, "p3", "x");
	assert_int_equal(count_quality(&t, "x"), 1);
	sip_store_release(&t);
}

static void
assert_rtcp(const struct sip_store *t, const struct stream_claim *claim, const char *text)
{
	struct net_endpoint rtcp = store_claim_rtcp(t->store, claim);
	struct buf b = BUF_INIT;

	net_endpoint_add(&b, &rtcp);
	assert_true(str_eq(buf_str(&b), str_of(text)));
	buf_release(&b);
}

/* Where RTCP goes, beside the port of the medium or not, and what goes with the call. */
static void
claims_of_rtcp(void **state)
{
	const struct stream_claim **list = NULL;
	struct sip_store t;
	size_t cap = 0;

	(void)state;
	sip_store_init(&t);
	store_set_bounds(t.store, &(struct store_bounds){ .memory = 0 }, NULL, NULL);
	media_run(&t, 0, RTP_A, RTP_B, 7, 8, 1, 8);
	media_say(&t, 200, MEDIA_A, MEDIA_B, "INVITE", "c1", "a", 1,
		  MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 8\r\na=rtcp:4009\r\n"
			    "m=audio 4002 RTP/AVP 8\r\na=rtcp:4008 IN IP4 192.0.2.7\r\n"
			    "m=audio 4004 RTP/AVP 8\r\na=rtcp:4009\r\na=rtcp-mux\r\n"
			    "m=audio 4006 RTP/AVP 8\r\na=rtcp:4007\r\n"
			    "m=audio 0 RTP/AVP 8\r\na=rtcp:4009\r\n"));
	assert_int_equal(store_call_claims(t.store, store_call(t.store, 0), &list, &cap), 5);
	assert_rtcp(&t, list[0], "192.0.2.1:4009");
	assert_rtcp(&t, list[1], "192.0.2.7:4008");
	assert_rtcp(&t, list[2], "192.0.2.1:4004");
	assert_rtcp(&t, list[3], "192.0.2.1:4007");
	assert_int_equal(store_claim_rtcp(t.store, list[4]).port, 0);
	assert_true(stream_claim_is_rejected(list[4]));
	assert_int_equal(store_claim_hears_unseen(t.store, list[1]), TIME_NONE);
	/* Told again it is the same. */
	media_say(&t, 210, MEDIA_A, MEDIA_B, "INVITE", "c1", "a", 2,
		  MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 8\r\na=rtcp:4009\r\n"
			    "m=audio 4002 RTP/AVP 8\r\na=rtcp:4008 IN IP4 192.0.2.6\r\n"));
	assert_int_equal(store_call_claims(t.store, store_call(t.store, 0), &list, &cap), 6);
	assert_true(list[1]->replaced && !list[0]->replaced);
	assert_rtcp(&t, list[5], "192.0.2.6:4008");
	media_check(t.store);
	store_drop_call(t.store, 0);
	media_check(t.store);
	free(list);
	sip_store_release(&t);
}

/* A message of a call that goes on may go: its path is that of a claim still. */
static void
claims_of_cut_calls(void **state)
{
	const struct stream_claim **list = NULL;
	struct sip_store t;
	struct call *c;
	size_t cap = 0;
	uint32_t most = UINT32_MAX;

	(void)state;
	sip_store_init(&t);
	store_set_bounds(t.store, &(struct store_bounds){ .memory = 0 }, NULL, NULL);
	media_run(&t, 0, RTP_A, RTP_B, 7, 8, 1, 8);
	media_say(&t, 200, "192.0.2.9:5060", MEDIA_B, "INVITE", "c1", "a", 1,
		  MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 8\r\n"));
	media_say(&t, 300, MEDIA_B, MEDIA_A, "200 INVITE", "c1", "a/b", 1,
		  MEDIA_SDP("192.0.2.2", "m=audio 6000 RTP/AVP 8\r\n"));
	c = chunks_at(&t.store->calls, 0);
	((struct message *)chunks_at(&t.store->messages, 1))->previous = MESSAGE_NONE;
	c->first = 1;
	c->messages--;
	drop_messages(t.store, 0, &most);
	assert_int_equal(store_call_claims(t.store, c, &list, &cap), 2);
	assert_true(net_endpoint_eq(&store_path(t.store, list[0]->path)->dst,
				    &store_path(t.store, list[1]->path)->src));
	/* The same again, by another hop. */
	media_say(&t, 400, MEDIA_A, MEDIA_B, "UPDATE", "c1", "a/b", 2,
		  MEDIA_SDP("192.0.2.1", "m=audio 4000 RTP/AVP 8\r\n"));
	store_drop_call(t.store, 0);
	media_check(t.store);
	free(list);
	sip_store_release(&t);
}

static void
note_parting(void *ctx, uint32_t call)
{
	uint32_t *parting = ctx;

	assert_int_equal(parting[0]++, 0);
	parting[1] = call;
}

/* A call of many streams goes by parts: it is told before, all of it there still, and what
 * comes of it meanwhile goes with it. */
static void
many_streams(void **state)
{
	enum { STREAMS = 1000, OTHERS = 60 };
	const struct store_bounds bounds = { .calls = 1 };
	const struct stream_link **list = NULL;
	uint32_t parting[2] = { 0, CALL_NONE };
	struct store_kept kept;
	struct sip_store t;
	size_t cap = 0, left = STREAMS;
	unsigned turns = 0;

	(void)state;
	sip_store_init(&t);
	store_set_bounds(t.store, &bounds, NULL, NULL);
	store_set_parting(t.store, note_parting, parting);
	media_call(&t, 0, "big", NULL, NULL);
	for (uint32_t i = 0; i < STREAMS; i++)
		media_run(&t, 100, "192.0.2.1:4000", "192.0.2.2:6000", 0x1000 + i, 8, 1, 5);
	media_bye(&t, 1000, "big");
	assert_int_equal(store_call_streams(t.store, store_call(t.store, 0), &list, &cap),
			 STREAMS);
	media_call(&t, 2000, "small", NULL, NULL);
	/* The more messages, the more may be done: few came. */
	for (; !store_call_is_gone(t.store, 0); turns++) {
		size_t now;

		assert_true(store_retain(t.store));
		assert_int_equal(parting[0], 1);
		assert_int_equal(parting[1], 0);
		now = store_call_streams(t.store, store_call(t.store, 0), &list, &cap);
		assert_true(now < left);
		left = now;
		if (left > 0) {
			media_run(&t, 3000 + turns, "192.0.2.1:4000", "192.0.2.2:6000",
				  0x9000 + turns, 8, 1, 5);
			media_bye(&t, 3000 + turns, "big");
		}
	}
	assert_true(turns > 1);
	store_kept(t.store, &kept);
	assert_int_equal(kept.gone, 1);
	assert_int_equal(kept.gone_unfinished, 0);
	assert_int_equal(kept.calls, 1);
	for (uint32_t i = 0; i < store_stream_count(t.store); i++)
		assert_true(store_stream_is_gone(t.store, i) ||
			    store_stream_call(t.store, store_stream(t.store, i)) != 0);
	free(list);
	sip_store_release(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stays_is_the_same), cmocka_unit_test(memory_comes_back),
		cmocka_unit_test(memory_is_flat), cmocka_unit_test(flood_of_orphans),
		cmocka_unit_test(flood_of_descriptions), cmocka_unit_test(oldest_orphan_first),
		cmocka_unit_test(packets_after_the_call), cmocka_unit_test(legs),
		cmocka_unit_test(learned_late), cmocka_unit_test(quality_reports),
		cmocka_unit_test(claims_of_rtcp),
		cmocka_unit_test(claims_of_cut_calls), cmocka_unit_test(many_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
