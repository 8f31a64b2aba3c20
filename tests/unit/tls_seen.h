/*
 * A TLS connection under test: what comes out of it, and what to feed it with.
 * To be included behind cmocka.h.
 */
#ifndef TESTS_TLS_SEEN_H
#define TESTS_TLS_SEEN_H

#include "tls_build.h"

/* ---- what a reader makes of it ---- */

/* A line of a key log for no connection of these. */
#define OTHER_LINE "CLIENT_RANDOM " \
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff " \
	"000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f" \
	"000102030405060708090a0b0c0d0e0f\n"

struct seen {
	struct tls_keys *keys;
	struct tls_context *context;
	struct tls *tls;
	struct buf text[2];
	struct buf events;	/* "gap0 alert1:fatal: ... end0 " */
	const struct tls_info *info;
	uint32_t frame;
};

static inline void
seen_open(struct seen *s)
{
	memset(s, 0, sizeof(*s));
	s->keys = tls_keys_new();
	s->context = tls_context_new(s->keys);
	s->tls = tls_new(s->context);
	s->info = tls_info(s->tls);
}

static inline void
seen_again(struct seen *s)
{
	tls_free(s->tls);
	s->tls = tls_new(s->context);
	s->info = tls_info(s->tls);
	buf_clear(&s->text[0]);
	buf_clear(&s->text[1]);
	buf_clear(&s->events);
}

static inline void
seen_close(struct seen *s)
{
	tls_free(s->tls);
	tls_context_free(s->context);
	tls_keys_free(s->keys);
	buf_release(&s->text[0]);
	buf_release(&s->text[1]);
	buf_release(&s->events);
}

static inline void
seen_log(struct seen *s, const struct build *b)
{
	struct buf log = BUF_INIT;

	build_log(b, &log);
	tls_keys_add_text(s->keys, buf_str(&log));
	buf_release(&log);
}

static inline void
drain(struct seen *s)
{
	struct flow_event ev;

	while (tls_next(s->tls, &ev)) {
		assert_true(ev.dir < 2);
		assert_true(ev.stamp_n > 0);
		assert_in_range(ev.stamps[0].frame, 1, s->frame);
		switch (ev.kind) {
		case FLOW_BYTES:
			assert_true(ev.bytes.n > 0);
			buf_add_str(&s->text[ev.dir], ev.bytes);
			break;
		case FLOW_GAP:
			buf_printf(&s->events, "gap%u%s%s ", ev.dir, ev.text ? ":" : "",
				   ev.text ? ev.text : "");
			break;
		case FLOW_ALERT:
			buf_printf(&s->events, "alert%u:%s ", ev.dir, ev.text);
			break;
		case FLOW_END:
			buf_printf(&s->events, "end%u ", ev.dir);
			break;
		default:
			fail();
		}
	}
}

/* Bytes as a segment of its own, of exact size on the heap. */
static inline void
feed(struct seen *s, unsigned d, const char *p, size_t n)
{
	struct stamp stamp = { .time = ++s->frame * NS_PER_MS, .frame = s->frame };
	char *copy;

	if (n == 0)
		return;
	copy = xmalloc(n);
	memcpy(copy, p, n);
	tls_take(s->tls, d, (struct str){ copy, n }, &stamp, 1);
	drain(s);
	free(copy);
}

static inline void
gap(struct seen *s, unsigned d, uint64_t missing)
{
	struct stamp stamp = { .time = ++s->frame * NS_PER_MS, .frame = s->frame };

	tls_gap(s->tls, d, missing, &stamp);
	drain(s);
}

static inline void
end(struct seen *s)
{
	tls_end(s->tls);
	drain(s);
}

/* All flights, in pieces of at most @step bytes. */
static inline void
feed_all(struct seen *s, const struct build *b, size_t step)
{
	for (size_t i = 0; i < b->n; i++) {
		struct str rest = buf_str(&b->flight[i].bytes);

		for (; rest.n > 0; rest = str_skip(rest, step))
			feed(s, b->flight[i].dir, rest.p, rest.n < step ? rest.n : step);
	}
	end(s);
}

static inline void
check_text(const struct seen *s, unsigned d, const char *text)
{
	assert_string_equal(buf_cstr(&s->text[d]), text);
}

static inline void
no_flaws(const struct seen *s)
{
	for (unsigned i = 0; i < TLS_FLAW_COUNT; i++)
		if (s->info->flaws[i] > 0)
			fail_msg("flaw %s", tls_flaw_name(i));
}

/* ---- a talk to be read ---- */

static inline void
talk(struct build *b)
{
	unsigned c = b->client, s = !c;

	build_text(b, c, STR("REGISTER sip:a SIP/2.0\r\n\r\n"));
	build_text(b, s, STR("S"));
	build_text(b, s, STR("IP/2.0 200 OK\r\n\r\n"));
	build_text(b, c, STR("BYE"));
	build_text(b, c, STR(""));
	build_text(b, s, STR("end"));
	build_record(b, c, TLS_TYPE_ALERT, STR("\1\0"));
	build_record(b, s, TLS_TYPE_ALERT, STR("\1\0"));
}

static inline void
check_talk(const struct seen *s, unsigned c)
{
	check_text(s, c, "REGISTER sip:a SIP/2.0\r\n\r\nBYE");
	check_text(s, !c, "SIP/2.0 200 OK\r\n\r\nend");
	assert_string_equal(buf_cstr(&s->events), c == 0 ? "end0 end1 " : "end1 end0 ");
	no_flaws(s);
	assert_int_equal(s->info->stage, TLS_STAGE_FINISHED);
	assert_int_equal(s->info->client, c);
	assert_true(s->info->decrypted);
	assert_string_equal(buf_cstr(&s->info->reason), "");
	assert_string_equal(buf_cstr(&s->info->server_name), "sip.example");
}

/* One of each kind of protection. */
static const struct {
	uint16_t version, suite;
	bool etm, ems;
} kinds[] = {
	{ TLS_1_0, 0x002f, false, false },
	{ TLS_1_2, 0x003d, false, true },
	{ TLS_1_2, 0xc028, true, false },
	{ TLS_1_2, 0xc02f, false, true },
	{ TLS_1_2, 0xcca8, false, false },
	{ TLS_1_2, 0x0005, false, false },
	{ TLS_1_2, 0x0002, false, false },
	{ TLS_1_3, 0x1301, false, false },
	{ TLS_1_3, 0x1302, false, false },
};

static inline bool
build_kind(struct build *b, size_t i)
{
	build_init(b, kinds[i].version, kinds[i].suite, (uint8_t)(i * 17 + 1));
	b->etm = kinds[i].etm;
	b->ems = kinds[i].ems;
	return build_handshake(b);
}

#endif
