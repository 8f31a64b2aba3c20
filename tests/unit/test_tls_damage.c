/* TLS connections that cannot be read, or not all of them: secrets, gaps, damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/bytes.h"
#include "tls_seen.h"

/* ---- secrets: none, late, others' ---- */

static void
test_no_keys(void **state)
{
	struct build b;
	struct seen s;

	(void)state;
	for (size_t k = 0; k < 2 * ARRAY_SIZE(kinds); k++) {
		bool other = k % 2;	/* those of another connection: as good as none */

		for (size_t step = 3; step < 4000; step *= 5) {
			if (build_kind(&b, k / 2)) {
				seen_open(&s);
				if (other)
					tls_keys_add_text(s.keys, STR(OTHER_LINE));
				talk(&b);
				feed_all(&s, &b, step);
				assert_int_equal(s.events.n, other ? 2 * 19 : 0);
				assert_int_equal(!!strstr(buf_cstr(&s.events), "gap0:"), other);
				assert_int_equal(!!strstr(buf_cstr(&s.events), "gap1:"), other);
				assert_false(s.info->decrypted);
				assert_non_null(strstr(buf_cstr(&s.info->reason),
						       "no secret for client random"));
				assert_int_equal(strlen(buf_cstr(&s.info->reason)), 28 + 64);
				assert_int_equal(s.info->version, kinds[k / 2].version);
				assert_int_equal(s.info->suite, kinds[k / 2].suite);
				assert_int_equal(s.info->stage, kinds[k / 2].version == TLS_1_3 ?
						 TLS_STAGE_ENCRYPTED : TLS_STAGE_FINISHED);
				assert_int_equal(s.info->alert_n, kinds[k / 2].version == TLS_1_3 ?
						 0 : 2);
				no_flaws(&s);
				assert_true(s.tls->dir[0].in.kept_cap == 0);
				seen_close(&s);
			}
			build_release(&b);
		}
	}
}

static void
add_bytes(const struct build *b, uint64_t bytes[2])
{
	bytes[0] = bytes[1] = 0;
	for (size_t i = 0; i < b->n; i++)
		bytes[b->flight[i].dir] += b->flight[i].bytes.n;
}

/* The key log is written while the records come: nothing is lost, whenever. */
static void
test_late(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct build b;

		if (!build_kind(&b, k)) {
			build_release(&b);
			continue;
		}
		talk(&b);
		for (size_t late = 0; late <= b.n; late++) {
			uint64_t bytes[2];
			struct seen s;

			seen_open(&s);
			if (late % 2)
				tls_keys_add_text(s.keys, STR(OTHER_LINE));
			else
				tls_keys_expect(s.keys);
			assert_true(tls_keys_any(s.keys));
			for (size_t i = 0; i < b.n; i++) {
				if (i == late)
					seen_log(&s, &b);
				feed(&s, b.flight[i].dir, b.flight[i].bytes.p, b.flight[i].bytes.n);
			}
			if (late == b.n)
				seen_log(&s, &b);
			end(&s);
			check_talk(&s, 0);
			add_bytes(&b, bytes);
			assert_int_equal(s.info->bytes[0], bytes[0]);
			assert_int_equal(s.info->bytes[1], bytes[1]);
			seen_close(&s);
		}
		build_release(&b);
	}
}

/* The server's answer is captured before what it answers. */
static void
test_swapped(void **state)
{
	(void)state;
	for (size_t k = 0; k < 2 * ARRAY_SIZE(kinds); k++) {
		bool with_keys = k % 2;
		struct build b;
		struct seen s;

		if (build_kind(&b, k / 2)) {
			talk(&b);
			assert_int_equal(b.flight[0].dir, 0);
			assert_int_equal(b.flight[1].dir, 1);
			seen_open(&s);
			if (with_keys)
				seen_log(&s, &b);
			feed(&s, 1, b.flight[1].bytes.p, b.flight[1].bytes.n);
			feed(&s, 0, b.flight[0].bytes.p, b.flight[0].bytes.n);
			for (size_t i = 2; i < b.n; i++)
				feed(&s, b.flight[i].dir, b.flight[i].bytes.p, b.flight[i].bytes.n);
			end(&s);
			if (with_keys) {
				check_talk(&s, 0);
			} else {
				no_flaws(&s);
				assert_non_null(strstr(buf_cstr(&s.info->reason), "client random"));
			}
			assert_int_not_equal(s.info->version_offered, 0);
			seen_close(&s);
		}
		build_release(&b);
	}
}

/* Text that waited comes in the order it was captured, both ways. */
static void
test_late_order(void **state)
{
	struct build b;
	struct seen s;
	struct flow_event ev;
	struct buf order = BUF_INIT;
	uint64_t frame = 0;

	(void)state;
	build_init(&b, TLS_1_3, 0x1301, 9);
	build_handshake(&b);
	seen_open(&s);
	for (char c = 'a'; c < 'k'; c++)
		build_text(&b, (unsigned)(c % 2), (struct str){ &c, 1 });
	tls_keys_add_text(s.keys, STR("RSA 0011223344556677 0102\n"));
	build_log_line(&order, "CLIENT_RANDOM", b.server_random, b.master, 48);
	tls_keys_add_text(s.keys, buf_str(&order));
	buf_clear(&order);
	for (size_t i = 0; i < b.n; i++)
		feed(&s, b.flight[i].dir, b.flight[i].bytes.p, b.flight[i].bytes.n);
	seen_log(&s, &b);
	tls_end(s.tls);
	while (tls_next(s.tls, &ev)) {
		assert_int_equal(ev.kind, FLOW_BYTES);
		assert_true(ev.stamps[0].frame > frame);
		frame = ev.stamps[0].frame;
		buf_add_str(&order, ev.bytes);
	}
	assert_string_equal(buf_cstr(&order), "abcdefghij");
	buf_release(&order);
	seen_close(&s);
	build_release(&b);
}

/* Never: it is given up at the bound, said once each way. */
static void
test_never(void **state)
{
	char text[4000];
	struct build b;
	struct seen s;
	uint64_t bytes[2];
	struct buf log = BUF_INIT;

	(void)state;
	memset(text, 'x', sizeof(text));
	build_init(&b, TLS_1_2, 0xc02f, 9);
	build_handshake(&b);
	for (size_t i = 0; i < 100; i++)
		build_text(&b, i % 2, (struct str){ text, sizeof(text) });
	seen_open(&s);
	build_log_line(&log, "CLIENT_RANDOM", b.server_random, b.master, 48);
	tls_keys_add_text(s.keys, buf_str(&log));
	for (size_t i = 0; i < b.n; i++)
		feed(&s, b.flight[i].dir, b.flight[i].bytes.p, b.flight[i].bytes.n);
	assert_string_equal(buf_cstr(&s.events), "gap0:not decrypted gap1:not decrypted ");
	assert_int_equal(s.context->waiting_bytes, 0);
	end(&s);
	add_bytes(&b, bytes);
	assert_int_equal(s.info->bytes[0], bytes[0]);
	assert_int_equal(s.info->bytes[1], bytes[1]);
	assert_non_null(strstr(buf_cstr(&s.info->reason), "no secret for client random 090a0b"));
	/* What shows of the handshake is the same as without a key log. */
	assert_int_equal(s.info->stage, TLS_STAGE_FINISHED);
	no_flaws(&s);
	seen_close(&s);
	build_release(&b);
	buf_release(&log);
}

/* Many that wait: the context's bound holds, the oldest go first. */
static void
test_waiting_bound(void **state)
{
	enum { N = 200 };
	struct tls *list[N];
	struct buf log = BUF_INIT;
	struct stamp stamp = { .time = NS_PER_S, .frame = 1 };
	struct flow_event ev;
	char text[16000];
	size_t gaps = 0;
	struct build b;
	struct seen s;

	(void)state;
	memset(text, 'x', sizeof(text));
	build_init(&b, TLS_1_3, 0x1301, 9);
	build_handshake(&b);
	for (size_t i = 0; i < 12; i++)
		build_text(&b, 0, (struct str){ text, sizeof(text) });
	seen_open(&s);
	build_log_line(&log, "CLIENT_RANDOM", b.server_random, b.master, 48);
	tls_keys_add_text(s.keys, buf_str(&log));
	for (size_t i = 0; i < N; i++) {
		list[i] = tls_new(s.context);
		for (size_t k = 0; k < b.n; k++) {
			tls_take(list[i], b.flight[k].dir, buf_str(&b.flight[k].bytes), &stamp, 1);
			assert_false(tls_next(list[i], &ev));
		}
		assert_true(s.context->waiting_bytes <= 32u << 20);
	}
	assert_true(s.context->waiting_bytes > 24u << 20);
	for (size_t i = 0; i < N; i++) {
		size_t before = gaps;

		tls_end(list[i]);
		while (tls_next(list[i], &ev)) {
			assert_int_equal(ev.kind, FLOW_GAP);
			gaps++;
		}
		assert_int_equal(gaps - before, 2);
		assert_int_equal(tls_info(list[i])->records[0], 15);
		tls_free(list[i]);
	}
	assert_int_equal(s.context->waiting_bytes, 0);
	seen_close(&s);
	build_release(&b);
	buf_release(&log);
}

static void
test_wrong_secret(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct build b, other;
		struct seen s;

		if (build_kind(&b, k)) {
			for (size_t i = 0; i < 20; i++)
				build_text(&b, 0, STR("text"));
			seen_open(&s);
			other = b;
			memset(other.master, 1, 48);
			memset(other.secrets, 1, sizeof(other.secrets));
			seen_log(&s, &other);
			feed_all(&s, &b, 1000);
			assert_false(s.info->decrypted);
			assert_string_equal(buf_cstr(&s.info->reason),
					    "the secret does not fit: key for another session?");
			assert_true(s.info->flaws[TLS_FLAW_BIT_MAC] >= 16);
			assert_true(s.info->flaws[TLS_FLAW_BIT_MAC] <= 32);
			seen_close(&s);
		}
		build_release(&b);
	}
}

/* ---- damage ---- */

static void
test_bad_mac(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct build b;
		struct seen s;

		if (kinds[k].suite == 0x0005 || !build_kind(&b, k))
			continue;
		seen_open(&s);
		seen_log(&s, &b);
		build_text(&b, 0, STR("one "));
		build_cut(&b);
		build_text(&b, 0, STR("two "));
		b.flight[b.n - 1].bytes.p[b.flight[b.n - 1].bytes.n - 20] ^= 1;
		build_text(&b, 0, STR("three "));
		build_text(&b, 0, STR("four"));
		feed_all(&s, &b, 1000);
		assert_string_equal(buf_cstr(&s.events), "gap0:record authentication failed ");
		/* The IV of the next record is the end of the damaged one, but 20
		 * bytes from its end is another block. */
		check_text(&s, 0, "one three four");
		assert_int_equal(s.info->flaws[TLS_FLAW_BIT_MAC], 1);
		seen_close(&s);
		build_release(&b);
	}
}

/* A record that is none of the connection's stands between its own. */
static void
test_forged(void **state)
{
	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct build b;
		struct seen s;

		/* What is chained is beyond help. */
		if (kinds[k].suite == 0x0005 || kinds[k].version == TLS_1_0)
			continue;
		if (!build_kind(&b, k)) {
			build_release(&b);
			continue;
		}
		seen_open(&s);
		seen_log(&s, &b);
		build_text(&b, 0, STR("one "));
		for (size_t i = 0; i < b.n; i++)
			feed(&s, b.flight[i].dir, b.flight[i].bytes.p, b.flight[i].bytes.n);
		for (size_t i = 0; i < 2; i++)
			feed(&s, 0, "\x17\3\3\0\x50" "0123456789abcdef0123456789abcdef0123456789abcdef"
			     "0123456789abcdef0123456789abcdef", 85);
		build_cut(&b);
		build_text(&b, 0, STR("two "));
		build_text(&b, 0, STR("three"));
		feed(&s, 0, b.flight[b.n - 1].bytes.p, b.flight[b.n - 1].bytes.n);
		end(&s);
		check_text(&s, 0, "one two three");
		assert_int_equal(s.info->flaws[TLS_FLAW_BIT_MAC], 2);
		seen_close(&s);
		build_release(&b);
	}
}

/* The record that changes the keys in TLS 1.3 is damaged. */
static void
test_bad_change(void **state)
{
	(void)state;
	for (unsigned update = 0; update < 2; update++) {
		struct build b;
		struct seen s;
		size_t at;

		build_init(&b, TLS_1_3, 0x1301, 5);
		seen_open(&s);
		build_handshake(&b);
		seen_log(&s, &b);
		if (update)
			build_key_update(&b, 0);
		at = b.n - 1;
		while (b.flight[at].dir != 0 || b.flight[at].bytes.n == 0)
			at--;
		b.flight[at].bytes.p[b.flight[at].bytes.n - 3] ^= 1;
		build_cut(&b);
		build_text(&b, 0, STR("one "));
		build_text(&b, 0, STR("two"));
		feed_all(&s, &b, 1000);
		check_text(&s, 0, "one two");
		assert_int_equal(s.info->flaws[TLS_FLAW_BIT_MAC], 1);
		seen_close(&s);
		build_release(&b);
	}
}

/* A number of records is missing, as a whole or with parts of others. */
static void
run_gap(size_t kind, size_t begin, size_t length, bool known)
{
	struct buf all = BUF_INIT;
	struct build b;
	struct seen s;
	size_t at, i;

	if (!build_kind(&b, kind)) {
		build_release(&b);
		return;
	}
	seen_open(&s);
	seen_log(&s, &b);
	build_to(&b, 1);
	for (i = 0; i < b.n; i++)
		feed(&s, b.flight[i].dir, b.flight[i].bytes.p, b.flight[i].bytes.n);
	build_to(&b, 0);
	at = b.n - 1;
	for (i = 0; i < 30; i++) {
		char text[32];
		int n = snprintf(text, sizeof(text), "<%02zu>", i);

		build_text(&b, 0, (struct str){ text, (size_t)n });
	}
	buf_add_str(&all, buf_str(&b.flight[at].bytes));
	if (begin + length < all.n) {
		feed(&s, 0, all.p, begin);
		gap(&s, 0, known ? length : 0);
		feed(&s, 0, all.p + begin + length, all.n - begin - length);
		end(&s);
		if (strcmp(buf_cstr(&s.events), "gap0 ") != 0)
			print_message("# kind %zu, %zu bytes at %zu %s\n", kind, length, begin,
				      known ? "known" : "");
		assert_string_equal(buf_cstr(&s.events), "gap0 ");
		assert_non_null(strstr(buf_cstr(&s.text[0]), "<29>"));
		assert_int_equal(s.info->flaws[TLS_FLAW_BIT_GAP], 1);
		assert_int_equal(s.info->flaws[TLS_FLAW_BIT_MAC], 0);
		assert_int_equal(s.info->flaws[TLS_FLAW_BIT_RECORD_TYPE], 0);
		/* What is left is in order, and what is whole is there. */
		for (i = 0; i + 4 < s.text[0].n; i += 4)
			assert_true(memcmp(s.text[0].p + i, s.text[0].p + i + 4, 4) < 0);
		assert_true(s.text[0].n >= 4 * (30 - length / (all.n / 30) - 3));
	}
	seen_close(&s);
	build_release(&b);
	buf_release(&all);
}

static void
test_gap(void **state)
{
	static const size_t ks[] = { 1, 2, 3, 4, 7, 8 };

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(ks); k++)
		for (size_t begin = 0; begin < 260; begin += 13)
			for (size_t length = 1; length < 400; length = length * 2 + 3)
				for (unsigned known = 0; known < 2; known++)
					run_gap(ks[k], begin, length, known);
}

/* The end of a long record is missing: the short ones behind it come at once. */
static void
test_gap_long(void **state)
{
	static const char *const after[] = { "one ", "two ", "three" };
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct build b;
		struct seen s;
		size_t n;

		if (kinds[k].suite == 0x0005)
			continue;
		if (!build_kind(&b, k)) {
			build_release(&b);
			continue;
		}
		seen_open(&s);
		seen_log(&s, &b);
		for (size_t i = 0; i < b.n; i++)
			feed(&s, b.flight[i].dir, b.flight[i].bytes.p, b.flight[i].bytes.n);
		build_cut(&b);
		build_text(&b, 0, (struct str){ text, sizeof(text) });
		n = b.flight[b.n - 1].bytes.n;
		feed(&s, 0, b.flight[b.n - 1].bytes.p, 600);
		gap(&s, 0, n - 600);
		for (size_t i = 0; i < ARRAY_SIZE(after); i++) {
			build_cut(&b);
			build_text(&b, 0, str_of(after[i]));
			feed(&s, 0, b.flight[b.n - 1].bytes.p, b.flight[b.n - 1].bytes.n);
			/* With a chained IV the first one is lost too. */
			if (i > 0 || kinds[k].version >= TLS_1_1)
				assert_non_null(strstr(buf_cstr(&s.text[0]), after[i]));
		}
		end(&s);
		assert_int_equal(s.info->flaws[TLS_FLAW_BIT_TRUNCATED], 0);
		seen_close(&s);
		build_release(&b);
	}
}

/* CBC of TLS 1.0 is chained: it takes a record more. RC4 is over. */
static void
test_gap_chained(void **state)
{
	struct build b;
	struct seen s;

	(void)state;
	for (unsigned rc4 = 0; rc4 < 2; rc4++) {
		build_init(&b, TLS_1_0, rc4 ? 0x0005 : 0x002f, 5);
		if (!build_handshake(&b)) {
			build_release(&b);
			continue;
		}
		seen_open(&s);
		seen_log(&s, &b);
		for (size_t i = 0; i < b.n; i++)
			feed(&s, b.flight[i].dir, b.flight[i].bytes.p, b.flight[i].bytes.n);
		gap(&s, 0, 0);
		build_text(&b, 0, STR("missing"));
		b.flight[b.n - 1].bytes.n = 0;
		build_text(&b, 0, STR("first"));
		build_text(&b, 0, STR("second"));
		build_text(&b, 0, STR("third"));
		feed(&s, 0, b.flight[b.n - 1].bytes.p, b.flight[b.n - 1].bytes.n);
		end(&s);
		if (rc4) {
			check_text(&s, 0, "");
			assert_non_null(strstr(buf_cstr(&s.info->reason), "RC4"));
		} else {
			check_text(&s, 0, "secondthird");
			assert_string_equal(buf_cstr(&s.events), "gap0 gap0 ");
			assert_string_equal(buf_cstr(&s.info->reason), "");
		}
		assert_int_equal(s.info->flaws[TLS_FLAW_BIT_MAC], 0);
		seen_close(&s);
		build_release(&b);
	}
}

/* A gap that swallows the end of the handshake, or a change of keys. */
static void
test_gap_keys(void **state)
{
	struct build b;
	struct seen s;
	size_t lost;

	(void)state;
	/* TLS 1.2: the client's ChangeCipherSpec and Finished. */
	build_init(&b, TLS_1_2, 0xc02f, 5);
	seen_open(&s);
	build_handshake(&b);
	seen_log(&s, &b);
	for (size_t i = 0; i < b.n; i++)
		if (i == 2)
			gap(&s, 0, 0);
		else
			feed(&s, b.flight[i].dir, b.flight[i].bytes.p, b.flight[i].bytes.n);
	build_to(&b, 0);
	build_text(&b, 0, STR("after"));
	feed(&s, 0, b.flight[b.n - 1].bytes.p, b.flight[b.n - 1].bytes.n);
	end(&s);
	check_text(&s, 0, "after");
	seen_close(&s);
	build_release(&b);
	/* TLS 1.3: the server's Finished; a key update. */
	for (unsigned update = 0; update < 2; update++) {
		build_init(&b, TLS_1_3, 0x1303, 5);
		seen_open(&s);
		build_handshake(&b);
		seen_log(&s, &b);
		lost = 1;
		if (update) {
			build_cut(&b);
			lost = b.n - 1;
			build_key_update(&b, 1);
			build_cut(&b);
		}
		build_text(&b, 1, STR("after"));
		for (size_t i = 0; i < b.n; i++) {
			struct str bytes = buf_str(&b.flight[i].bytes);

			/* But for the hello, and the ChangeCipherSpec behind it. */
			if (i == lost) {
				size_t keep = update ? 0 : 5 + get_be16((uint8_t *)bytes.p + 3) + 6;

				feed(&s, 1, bytes.p, keep);
				gap(&s, 1, update ? bytes.n : 0);
			} else {
				feed(&s, b.flight[i].dir, bytes.p, bytes.n);
			}
		}
		end(&s);
		check_text(&s, 1, "after");
		assert_int_equal(s.info->flaws[TLS_FLAW_BIT_MAC], 0);
		seen_close(&s);
		build_release(&b);
	}
}

static void
test_lengths(void **state)
{
	struct build b;
	struct seen s;
	char big[20000];

	(void)state;
	memset(big, 'A', sizeof(big));
	memcpy(big, "\x17\x03\x03\x4e\x00", 5);
	build_init(&b, TLS_1_2, 0xc02f, 5);
	seen_open(&s);
	build_handshake(&b);
	seen_log(&s, &b);
	build_text(&b, 0, STR("before "));
	for (size_t i = 0; i < b.n; i++)
		feed(&s, b.flight[i].dir, b.flight[i].bytes.p, b.flight[i].bytes.n);
	feed(&s, 0, big, 5 + 0x4e00 > sizeof(big) ? sizeof(big) : 5 + 0x4e00);
	build_cut(&b);
	build_text(&b, 0, STR("after"));
	feed(&s, 0, b.flight[b.n - 1].bytes.p, b.flight[b.n - 1].bytes.n);
	build_cut(&b);
	build_text(&b, 0, STR("truncated"));
	feed(&s, 0, b.flight[b.n - 1].bytes.p, b.flight[b.n - 1].bytes.n - 1);
	end(&s);
	check_text(&s, 0, "before after");
	assert_string_equal(buf_cstr(&s.events), "gap0:a record longer than allowed ");
	assert_int_equal(s.info->flaws[TLS_FLAW_BIT_RECORD_LENGTH], 1);
	assert_int_equal(s.info->flaws[TLS_FLAW_BIT_TRUNCATED], 1);
	assert_int_equal(s.info->flaws[TLS_FLAW_BIT_RECORD_TYPE], 0);
	assert_int_equal(s.info->flaws[TLS_FLAW_BIT_MAC], 0);
	seen_close(&s);
	build_release(&b);
}

/* The largest record that may be, several handshake messages in a record, a
 * message over several records, and a message larger than is put together. */
static void
test_sizes(void **state)
{
	char *text = xmalloc(300000);
	struct buf body = BUF_INIT, m = BUF_INIT;
	struct build b;
	struct seen s;

	(void)state;
	memset(text, 't', 300000);
	for (unsigned huge = 0; huge < 2; huge++) {
		size_t n = huge ? 300000 : 40000;

		build_init(&b, TLS_1_3, 0x1302, 5);
		seen_open(&s);
		build_handshake(&b);
		seen_log(&s, &b);
		buf_clear(&m);
		build_int(&m, TLS_NEW_SESSION_TICKET, 1);
		build_int(&m, n, 3);
		buf_add(&m, text, n);
		for (size_t at = 0; at < m.n; at += 16384)
			build_record(&b, 1, TLS_TYPE_HANDSHAKE, str_sub(buf_str(&m), at, 16384));
		buf_clear(&m);
		build_int(&m, 0x04000001, 4);
		buf_add_char(&m, 'x');
		build_int(&m, 0x04000000, 4);
		build_int(&m, 0x04000000, 4);
		build_record(&b, 1, TLS_TYPE_HANDSHAKE, buf_str(&m));
		build_text(&b, 1, (struct str){ text, 16384 });
		build_text(&b, 1, STR("end"));
		feed_all(&s, &b, 1460);
		assert_int_equal(s.text[1].n, 16387);
		assert_int_equal(s.info->flaws[TLS_FLAW_BIT_HANDSHAKE], huge);
		assert_int_equal(s.info->flaws[TLS_FLAW_BIT_MAC], 0);
		seen_close(&s);
		build_release(&b);
	}
	buf_release(&body);
	buf_release(&m);
	free(text);
}

static void
test_middle(void **state)
{
	struct build b;
	struct seen s;

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (unsigned keys = 0; keys < 2; keys++) {
			size_t from;

			if (build_kind(&b, k)) {
				seen_open(&s);
				if (keys)
					seen_log(&s, &b);
				build_text(&b, 1, STR("text"));
				from = b.n;
				build_text(&b, 0, STR("text"));
				build_text(&b, 1, STR("text"));
				for (size_t i = from; i < b.n; i++)
					feed(&s, b.flight[i].dir, b.flight[i].bytes.p,
					     b.flight[i].bytes.n);
				end(&s);
				assert_string_equal(buf_cstr(&s.info->reason),
						    "the handshake is not in the capture");
				assert_int_equal(s.info->records[0], 1);
				assert_int_equal(s.info->records[1], 1);
				no_flaws(&s);
				seen_close(&s);
			}
			build_release(&b);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_keys),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_late_order),
		cmocka_unit_test(test_swapped),
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_waiting_bound),
		cmocka_unit_test(test_wrong_secret),
		cmocka_unit_test(test_bad_mac),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_bad_change),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_gap_long),
		cmocka_unit_test(test_gap_chained),
		cmocka_unit_test(test_gap_keys),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_middle),
	};

	return cmocka_run_group_tests_name("tls_damage", tests, NULL, NULL);
}
