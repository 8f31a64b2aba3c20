/*
 * Secrets by what they are found with.
 *
 * An entry is packed: a head of three bytes (kind, length of the key, length of
 * the secret), the key, the secret. The key is a client random, a session id or
 * the first bytes of an encrypted premaster secret. Entries lie one after the
 * other in blocks that never move, so no secret is left behind in memory that
 * was given back; a map leads from the hash of kind and key to the place of the
 * entry, in units of 4 bytes over all blocks. A line for a key that is there
 * already wins over it: a log may have been read while a line was half written.
 */
#include "transport/tls_keys_int.h"

#include <gnutls/gnutls.h>

#include "base/mem.h"

#define BLOCK_SHIFT	16u			/* units of a block */
#define UNIT		4u			/* bytes of one */
#define BLOCK_BYTES	((size_t)UNIT << BLOCK_SHIFT)
#define BLOCKS_MAX	32768u			/* 8 GiB; the place stays below HASH_NONE */

#define MASTER_BYTES	48u
#define RANDOM_BYTES	32u
#define SESSION_MAX	32u
#define ENCRYPTED_BYTES	8u

/* Beside enum tls_label. */
enum {
	KIND_SESSION = TLS_LABEL_COUNT,
	KIND_ENCRYPTED,
};

struct label {
	struct str name;
	uint8_t kind;
	uint8_t least, most;	/* bytes of the secret */
};

/* The secrets of TLS 1.3 are as long as the hash of the suite. */
static const struct label labels[] = {
	{ STR_INIT("CLIENT_RANDOM"), TLS_LABEL_MASTER, MASTER_BYTES, MASTER_BYTES },
	{ STR_INIT("CLIENT_HANDSHAKE_TRAFFIC_SECRET"), TLS_LABEL_CLIENT_HANDSHAKE, 32, 64 },
	{ STR_INIT("SERVER_HANDSHAKE_TRAFFIC_SECRET"), TLS_LABEL_SERVER_HANDSHAKE, 32, 64 },
	{ STR_INIT("CLIENT_TRAFFIC_SECRET_0"), TLS_LABEL_CLIENT_TRAFFIC, 32, 64 },
	{ STR_INIT("SERVER_TRAFFIC_SECRET_0"), TLS_LABEL_SERVER_TRAFFIC, 32, 64 },
	{ STR_INIT("CLIENT_EARLY_TRAFFIC_SECRET"), TLS_LABEL_CLIENT_EARLY, 32, 64 },
	{ STR_INIT("PMS_CLIENT_RANDOM"), TLS_LABEL_PREMASTER, 1, TLS_SECRET_MAX },
};

#define X16(v)	v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v
#define NO	0x80
#define NO16	X16(NO)

/* The value of a hexadecimal digit; the top bit where it is none. */
static const uint8_t hex_values[256] = {
	NO16, NO16, NO16,
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, NO, NO, NO, NO, NO, NO,
	NO, 10, 11, 12, 13, 14, 15, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO16,
	NO, 10, 11, 12, 13, 14, 15, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO16,
	NO16, NO16, NO16, NO16, NO16, NO16, NO16, NO16,
};

/* ---- entries ---- */

struct entry {
	uint8_t kind, key_n, secret_n;
	uint8_t bytes[];	/* key, secret */
};

static struct entry *
entry_at(const struct tls_keys *k, uint32_t place)
{
	return (struct entry *)(k->blocks[place >> BLOCK_SHIFT] +
				(size_t)(place & ((1u << BLOCK_SHIFT) - 1)) * UNIT);
}

static uint64_t
key_hash(uint8_t kind, struct str key)
{
	/* Labels of one client random must not share their slots. */
	return hash_str(key) + kind * UINT64_C(0x9e3779b97f4a7c15);
}

/* @return the place of the entry, or HASH_NONE. */
static uint32_t
entry_find(const struct tls_keys *k, uint8_t kind, struct str key, uint64_t hash)
{
	size_t cursor = 0;
	uint32_t place;

	while ((place = hash_map_next(&k->map, hash, &cursor)) != HASH_NONE) {
		const struct entry *e = entry_at(k, place);

		if (e->kind == kind && e->key_n == key.n && memcmp(e->bytes, key.p, key.n) == 0)
			break;
	}
	return place;
}

/* @return the place of a new entry, or HASH_NONE when there are too many. */
static uint32_t
entry_add(struct tls_keys *k, uint8_t kind, struct str key, struct str secret)
{
	size_t bytes = sizeof(struct entry) + key.n + secret.n;
	struct entry *e;
	uint32_t place;

	bytes = (bytes + UNIT - 1) / UNIT * UNIT;
	if (k->block_n == 0 || k->block_used + bytes > BLOCK_BYTES) {
		if (k->block_n == BLOCKS_MAX)
			return HASH_NONE;
		ARRAY_GROW(k->blocks, k->block_cap, k->block_n + 1);
		k->blocks[k->block_n++] = xmalloc(BLOCK_BYTES);
		k->block_used = 0;
	}
	place = (uint32_t)((k->block_n - 1) << BLOCK_SHIFT | k->block_used / UNIT);
	k->block_used += bytes;
	e = entry_at(k, place);
	e->kind = kind;
	e->key_n = (uint8_t)key.n;
	e->secret_n = (uint8_t)secret.n;
	memcpy(e->bytes, key.p, key.n);
	memcpy(e->bytes + key.n, secret.p, secret.n);
	return place;
}

/* @return false when there is no room. */
static bool
secret_put(struct tls_keys *k, uint8_t kind, struct str key, struct str secret)
{
	uint64_t hash = key_hash(kind, key);
	uint32_t old = entry_find(k, kind, key, hash), place;

	if (old != HASH_NONE) {
		struct entry *e = entry_at(k, old);
		struct str was = { (const char *)e->bytes + e->key_n, e->secret_n };

		if (str_eq(was, secret))
			return true;
		if (secret.n <= was.n) {
			e->secret_n = (uint8_t)secret.n;
			memcpy(e->bytes + e->key_n, secret.p, secret.n);
			k->fresh = true;
			return true;
		}
	}
	place = entry_add(k, kind, key, secret);
	if (place == HASH_NONE)
		return false;
	if (old != HASH_NONE)
		hash_map_replace(&k->map, hash, old, place);
	else
		hash_map_add(&k->map, hash, place);
	k->fresh = true;
	return true;
}

static bool
secret_find(const struct tls_keys *k, uint8_t kind, struct str key, struct tls_secret *secret)
{
	uint32_t place = entry_find(k, kind, key, key_hash(kind, key));
	const struct entry *e;

	if (place == HASH_NONE)
		return false;
	e = entry_at(k, place);
	secret->n = e->secret_n;
	memcpy(secret->bytes, e->bytes + e->key_n, e->secret_n);
	return true;
}

/* ---- lines ---- */

/* Cut a run of hexadecimal digits off the front of *s, up to a blank or the end.
 * @return its bytes, 0 where it is empty, odd, longer than @p max or no such run. */
static size_t
take_hex(struct str *s, uint8_t *to, size_t max)
{
	const unsigned char *p = (const unsigned char *)s->p;
	uint8_t wrong = 0;
	size_t n = 0;

	while (n < s->n && !ascii_is_blank(s->p[n])) {
		if (n / 2 == max || n + 1 == s->n)
			return 0;
		wrong |= hex_values[p[n]] | hex_values[p[n + 1]];
		to[n / 2] = (uint8_t)(hex_values[p[n]] << 4 | hex_values[p[n + 1]]);
		n += 2;
	}
	if (wrong & NO)
		return 0;
	*s = str_skip(*s, n);
	return n / 2;
}

static struct str
skip_blanks(struct str s)
{
	while (s.n > 0 && ascii_is_blank(s.p[0]))
		s = str_skip(s, 1);
	return s;
}

/* What an application that fell over, or one that does not append, leaves before
 * a line: a hole of NULs. And the mark of UTF-8 that editors put first. */
static struct str
trim_line(struct str s)
{
	while (s.n > 0 && (s.p[0] == '\0' || ascii_is_blank(s.p[0])))
		s = str_skip(s, 1);
	if (str_starts(s, STR("\xef\xbb\xbf")))
		s = str_skip(s, 3);
	while (s.n > 0 && (s.p[s.n - 1] == '\r' || ascii_is_blank(s.p[s.n - 1])))
		s.n--;
	return s;
}

/* The key and the secret after it; what is to wipe is @p secret. */
static enum keylog_line
take_values(struct tls_keys *k, const struct label *l, struct str rest, size_t key_most,
	    uint8_t *secret)
{
	uint8_t key[RANDOM_BYTES];
	size_t key_n = take_hex(&rest, key, key_most), n;

	rest = skip_blanks(rest);
	if (l->kind == KIND_SESSION) {
		if (!str_starts(rest, STR("Master-Key:")))
			return KEYLOG_LINE_BAD;
		rest = str_skip(rest, sizeof("Master-Key:") - 1);
	} else if (key_n != key_most) {
		return KEYLOG_LINE_BAD;
	}
	n = take_hex(&rest, secret, l->most);
	if (key_n == 0 || n < l->least || n > l->most || rest.n > 0)
		return KEYLOG_LINE_BAD;
	/* The hashes of TLS 1.3: all else is a line that was cut. */
	if (l->most != l->least && l->least > 1 && n != 32 && n != 48 && n != 64)
		return KEYLOG_LINE_BAD;
	if (!secret_put(k, l->kind, (struct str){ (const char *)key, key_n },
			(struct str){ (const char *)secret, n }))
		return KEYLOG_LINE_BAD;
	return KEYLOG_LINE_SECRET;
}

/* "RSA 8-bytes premaster", or "RSA Session-ID:id Master-Key:master". */
static enum keylog_line
take_rsa_line(struct tls_keys *k, struct str rest, uint8_t *secret)
{
	static const struct label session = {
		STR_INIT("RSA"), KIND_SESSION, MASTER_BYTES, MASTER_BYTES };
	static const struct label encrypted = {
		STR_INIT("RSA"), KIND_ENCRYPTED, MASTER_BYTES, MASTER_BYTES };

	if (str_starts(rest, STR("Session-ID:")))
		return take_values(k, &session, str_skip(rest, sizeof("Session-ID:") - 1),
				   SESSION_MAX, secret);
	return take_values(k, &encrypted, rest, ENCRYPTED_BYTES, secret);
}

static bool
is_label(struct str s)
{
	if (s.n == 0 || s.n > 64)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]) && s.p[i] != '_' &&
		    !(ascii_is_alpha(s.p[i]) && (s.p[i] & 0x20) == 0))
			return false;
	return true;
}

/* Whether all of @p s is words of hexadecimal digits, one at least. */
static bool
is_hex_words(struct str s)
{
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((hex_values[(unsigned char)s.p[i]] & NO) && !ascii_is_blank(s.p[i]))
			return false;
	return true;
}

enum keylog_line
keys_take_line(struct tls_keys *k, struct str line)
{
	enum keylog_line kind = KEYLOG_LINE_UNKNOWN;
	uint8_t secret[TLS_SECRET_MAX];
	struct str label, rest;
	size_t i;

	line = trim_line(line);
	if (line.n == 0 || line.p[0] == '#')
		return KEYLOG_LINE_EMPTY;
	if (line.n > KEYLOG_LINE_MAX)
		return KEYLOG_LINE_BAD;
	for (i = 0; i < line.n && !ascii_is_blank(line.p[i]); i++)
		;
	label = str_sub(line, 0, i);
	rest = skip_blanks(str_skip(line, i));
	for (i = 0; i < ARRAY_SIZE(labels) && !str_eq(labels[i].name, label); i++)
		;
	if (i < ARRAY_SIZE(labels))
		kind = take_values(k, &labels[i], rest, RANDOM_BYTES, secret);
	else if (str_eq(label, STR("RSA")))
		kind = take_rsa_line(k, rest, secret);
	else if (!is_label(label) || !is_hex_words(rest))
		return KEYLOG_LINE_BAD;
	gnutls_memset(secret, 0, sizeof(secret));
	return kind;
}

void
keys_count_line(struct tls_keys_stats *stats, enum keylog_line kind)
{
	stats->lines += kind != KEYLOG_LINE_EMPTY;
	stats->bad += kind == KEYLOG_LINE_BAD;
	stats->unknown += kind == KEYLOG_LINE_UNKNOWN;
}

void
tls_keys_add_text(struct tls_keys *k, struct str text)
{
	struct str line;

	while (str_cut(&text, '\n', &line))
		keys_count_line(&k->stats, keys_take_line(k, line));
}

/* ---- the whole ---- */

struct tls_keys *
tls_keys_new(void)
{
	struct tls_keys *k = xcalloc(1, sizeof(*k));

	k->looked = INT64_MIN;
	return k;
}

void
tls_keys_free(struct tls_keys *k)
{
	if (!k)
		return;
	keylogs_release(k);
	rsa_keys_release(k);
	for (size_t i = 0; i < k->block_n; i++) {
		gnutls_memset(k->blocks[i], 0,
			      i + 1 == k->block_n ? k->block_used : BLOCK_BYTES);
		free(k->blocks[i]);
	}
	free(k->blocks);
	hash_map_release(&k->map);
	free(k);
}

bool
tls_keys_any(const struct tls_keys *k)
{
	return k->map.live > 0 || k->rsa_n > 0 || k->log_n > 0 || k->expected;
}

void
tls_keys_expect(struct tls_keys *k)
{
	k->expected = true;
}

bool
tls_keys_find(const struct tls_keys *k, enum tls_label label, const uint8_t client_random[32],
	      struct tls_secret *secret)
{
	struct str key = { (const char *)client_random, RANDOM_BYTES };

	return secret_find(k, (uint8_t)label, key, secret);
}

bool
tls_keys_find_session(const struct tls_keys *k, struct str session_id, struct tls_secret *secret)
{
	if (session_id.n == 0 || session_id.n > SESSION_MAX)
		return false;
	return secret_find(k, KIND_SESSION, session_id, secret);
}

bool
keys_find_encrypted(const struct tls_keys *k, struct str encrypted, struct tls_secret *premaster)
{
	if (encrypted.n < ENCRYPTED_BYTES)
		return false;
	return secret_find(k, KIND_ENCRYPTED, str_sub(encrypted, 0, ENCRYPTED_BYTES), premaster);
}

void
tls_keys_stats(const struct tls_keys *k, struct tls_keys_stats *stats)
{
	*stats = k->stats;
	stats->secrets = k->map.live;
	stats->rsa = k->rsa_n;
	keylogs_count(k, stats);
}
