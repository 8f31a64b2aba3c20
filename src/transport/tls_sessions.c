/*
 * Sessions that may be resumed: master secrets by session id and by ticket, for
 * those who know a master secret only from its first handshake. A ring: the
 * oldest goes when it is full.
 */
#include "transport/tls_int.h"

#include "base/mem.h"

#define SESSIONS_MAX	8192u

struct tls_context *
tls_context_new(struct tls_keys *keys)
{
	struct tls_context *c = xcalloc(1, sizeof(*c));

	c->keys = keys;
	return c;
}

void
tls_context_free(struct tls_context *c)
{
	if (!c)
		return;
	if (c->out) {
		gnutls_memset(c->out, 0, TLS_RECORD_MAX + 64);
		free(c->out);
	}
	if (c->sessions) {
		gnutls_memset(c->sessions, 0, c->session_cap * sizeof(*c->sessions));
		free(c->sessions);
	}
	hash_map_release(&c->session_map);
	free(c);
}

bool
tls_session_key(enum tls_session_kind kind, struct str id, uint8_t key[32])
{
	memset(key, 0, 32);
	if (id.n == 0)
		return false;
	if (kind == TLS_SESSION_TICKET)
		return gnutls_hash_fast(GNUTLS_DIG_SHA256, id.p, id.n, key) == 0;
	if (id.n > 32)
		return false;
	memcpy(key, id.p, id.n);
	return true;
}

static uint32_t
session_index(const struct tls_context *c, enum tls_session_kind kind, const uint8_t key[32],
	      uint64_t hash)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&c->session_map, hash, &cursor)) != HASH_NONE)
		if (c->sessions[i].kind == kind && memcmp(c->sessions[i].key, key, 32) == 0)
			return i;
	return HASH_NONE;
}

/* Room for one more. Not by realloc(), which would leave secrets behind. */
static void
sessions_grow(struct tls_context *c)
{
	size_t cap = c->session_cap > 0 ? c->session_cap * 2 : 16;
	struct tls_session *new = xcalloc(cap, sizeof(*new));

	if (c->sessions) {
		memcpy(new, c->sessions, c->session_n * sizeof(*new));
		gnutls_memset(c->sessions, 0, c->session_cap * sizeof(*new));
		free(c->sessions);
	}
	c->sessions = new;
	c->session_cap = cap;
}

void
tls_session_add(struct tls_context *c, enum tls_session_kind kind, const uint8_t key[32],
		const uint8_t master[TLS_MASTER])
{
	uint64_t hash = hash_bytes(key, 32);
	uint32_t i = session_index(c, kind, key, hash);
	struct tls_session *s;

	if (i == HASH_NONE) {
		if (c->session_n < SESSIONS_MAX) {
			if (c->session_n == c->session_cap)
				sessions_grow(c);
			i = (uint32_t)c->session_n++;
		} else {
			i = (uint32_t)c->session_next;
			c->session_next = (c->session_next + 1) % SESSIONS_MAX;
			hash_map_remove(&c->session_map, c->sessions[i].hash, i);
		}
		hash_map_add(&c->session_map, hash, i);
	}
	s = &c->sessions[i];
	s->hash = hash;
	s->kind = (uint8_t)kind;
	memcpy(s->key, key, 32);
	memcpy(s->master, master, TLS_MASTER);
}

bool
tls_session_find(const struct tls_context *c, enum tls_session_kind kind, const uint8_t key[32],
		 uint8_t master[TLS_MASTER])
{
	uint32_t i = session_index(c, kind, key, hash_bytes(key, 32));

	if (i == HASH_NONE)
		return false;
	memcpy(master, c->sessions[i].master, TLS_MASTER);
	return true;
}
