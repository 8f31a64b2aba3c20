/*
 * How fast TLS is read: records of 1 and 16 KiB through tls_take() and tls_next(),
 * in pieces as TCP segments bring them, beside what GnuTLS needs to open as much.
 * Prints MB/s of text and their ratio; and without keys, where nothing is opened.
 *
 *	tests/bench/tls_speed [SUITE...]	by number, 0xc02f
 */
#include <time.h>

#include "../unit/tls_build.h"

#define SEGMENT	1448u	/* bytes of TCP payload */
#define BYTES	(1u << 20)	/* of a round; in the cache, as a block of a file */
#define ROUNDS	200u

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Rounds are too short for the clock to be right each time. */
static double
median(double *list, size_t n)
{
	qsort(list, n, sizeof(*list), by_size);
	return n > 0 ? list[n / 2] : 0;
}

/* GnuTLS alone: as many bytes in records of that size. @return MB/s. */
static double
speed_raw(const struct tls_suite *suite, size_t size)
{
	struct build_cipher c = build_cipher(suite->cipher);
	uint8_t key[32] = { 1 }, iv[16] = { 2 }, aad[13] = { 3 };
	gnutls_datum_t k = { key, c.key }, v = { iv, c.block };
	char *text = xcalloc(1, size + 64), *record = xcalloc(1, size + 64);
	double start, speeds[ROUNDS];
	size_t speed_n = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		gnutls_aead_cipher_hd_t aead = NULL;
		gnutls_cipher_hd_t cipher = NULL;
		gnutls_hmac_hd_t mac = NULL;
		size_t n = size + 64, done = 0, back;

		if (c.tag > 0) {
			if (gnutls_aead_cipher_init(&aead, c.id, &k) != 0 ||
			    gnutls_aead_cipher_encrypt(aead, iv, 12, aad, 13, c.tag, text, size,
						       record, &n) != 0)
				break;
		} else if (gnutls_cipher_init(&cipher, c.id, &k, &v) != 0 ||
			   gnutls_hmac_init(&mac, tls_hash_mac(suite->mac), key, 20) != 0) {
			break;
		}
		start = seconds();
		for (; done < BYTES; done += size) {
			back = size + 64;
			if (aead) {
				gnutls_aead_cipher_decrypt(aead, iv, 12, aad, 13, c.tag, record, n,
							   text, &back);
			} else {
				uint8_t out[64];

				gnutls_cipher_set_iv(cipher, iv, c.block);
				gnutls_cipher_decrypt2(cipher, record, size, text, size);
				gnutls_hmac(mac, text, size);
				gnutls_hmac_output(mac, out);
			}
		}
		speeds[speed_n++] = (double)done / (seconds() - start) / 1e6;
		if (aead)
			gnutls_aead_cipher_deinit(aead);
		if (cipher)
			gnutls_cipher_deinit(cipher);
		if (mac)
			gnutls_hmac_deinit(mac, NULL);
	}
	free(text);
	free(record);
	return median(speeds, speed_n);
}

static size_t
take_all(struct tls *t, unsigned dir, struct str all)
{
	struct stamp stamp = { .time = 0, .frame = 0 };
	struct flow_event ev;
	size_t text = 0;

	for (size_t at = 0; at < all.n; at += SEGMENT) {
		stamp.time++;
		stamp.frame++;
		tls_take(t, dir, str_sub(all, at, SEGMENT), &stamp, 1);
		while (tls_next(t, &ev))
			text += ev.kind == FLOW_BYTES ? ev.bytes.n : 0;
	}
	return text;
}

/* The whole way. @return MB/s of text, or of records without keys. */
static double
speed_tls(struct build *b, size_t size, bool with_keys)
{
	struct tls_keys *keys = tls_keys_new();
	struct tls_context *context = tls_context_new(keys);
	char *text = xcalloc(1, size);
	struct buf log = BUF_INIT;
	double start, speeds[ROUNDS];
	size_t from = b->n;

	build_log(b, &log);
	if (with_keys)
		tls_keys_add_text(keys, buf_str(&log));
	build_to(b, !b->client);
	build_cut(b);
	from = b->n - 1;
	for (size_t done = 0; done < BYTES; done += size)
		build_text(b, !b->client, (struct str){ text, size });
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct tls *t = tls_new(context);
		size_t n;

		for (size_t i = 0; i < from; i++)
			take_all(t, b->flight[i].dir, buf_str(&b->flight[i].bytes));
		start = seconds();
		n = take_all(t, b->flight[from].dir, buf_str(&b->flight[from].bytes));
		speeds[round] = (double)(with_keys ? n : b->flight[from].bytes.n) /
				(seconds() - start) / 1e6;
		tls_free(t);
	}
	free(text);
	buf_release(&log);
	tls_context_free(context);
	tls_keys_free(keys);
	return median(speeds, ROUNDS);
}

static void
measure(uint16_t code, size_t size)
{
	const struct tls_suite *suite = tls_suite_find(code);
	struct build b;
	double raw, whole, blind;

	if (!suite || suite->cipher == TLS_CIPHER_NONE)
		return;
	raw = speed_raw(suite, size);
	build_init(&b, suite->kx == TLS_KX_TLS13 ? TLS_1_3 : TLS_1_2, code, 1);
	if (raw > 0 && build_handshake(&b)) {
		whole = speed_tls(&b, size, true);
		build_release(&b);
		build_init(&b, suite->kx == TLS_KX_TLS13 ? TLS_1_3 : TLS_1_2, code, 1);
		build_handshake(&b);
		blind = speed_tls(&b, size, false);
		printf("%-46s %5zu %8.0f %8.0f %6.0f %% %10.0f\n", suite->name, size, raw, whole,
		       100 * whole / raw, blind);
	}
	build_release(&b);
}

int
main(int argc, char **argv)
{
	static const uint16_t suites[] = { 0xc02f, 0xc030, 0xcca8, 0xc02b, 0xc09c, 0xc013, 0xc027,
					   0x1301, 0x1302, 0x1303 };
	static const size_t sizes[] = { 1024, 16384 };

	printf("%-46s %5s %8s %8s %8s %10s\n", "suite", "bytes", "GnuTLS", "TLS", "ratio",
	       "no keys");
	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
		for (int i = 1; i < argc; i++)
			measure((uint16_t)strtoul(argv[i], NULL, 0), sizes[k]);
		for (size_t i = 0; argc < 2 && i < ARRAY_SIZE(suites); i++)
			measure(suites[i], sizes[k]);
	}
	return 0;
}
