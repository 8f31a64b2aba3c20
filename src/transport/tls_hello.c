/* ClientHello, ServerHello and their extensions (RFC 5246 7.4.1, RFC 8446 4.1, 4.2). */
#include "transport/tls_int.h"

#include "base/bytes.h"
#include "base/mem.h"

#define NAME_MAX_BYTES	256u	/* of a server name */
#define ALPN_MAX_BYTES	256u	/* of all protocols offered */
#define EARLY_MAX	1048576u	/* bytes of 0-RTT that are passed over */

enum extension {
	EXT_SERVER_NAME = 0,
	EXT_ALPN = 16,
	EXT_ENCRYPT_THEN_MAC = 22,	/* RFC 7366 */
	EXT_EXTENDED_MASTER = 23,	/* RFC 7627 */
	EXT_TICKET = 35,		/* RFC 5077 */
	EXT_PSK = 41,
	EXT_EARLY_DATA = 42,
	EXT_VERSIONS = 43,
};

/* The random of a ServerHello that is a HelloRetryRequest (RFC 8446 4.1.3). */
static const uint8_t retry_random[32] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65,
	0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2,
	0xc8, 0xa8, 0x33, 0x9c,
};

uint32_t
tls_read_int(struct tls_reader *r, unsigned bytes)
{
	uint32_t v = 0;

	if (r->bad || r->n < bytes) {
		r->bad = true;
		return 0;
	}
	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | r->p[i];
	r->p += bytes;
	r->n -= bytes;
	return v;
}

static struct str
read_bytes(struct tls_reader *r, size_t n)
{
	struct str s = STR_NONE;

	if (r->bad || r->n < n) {
		r->bad = true;
		return s;
	}
	s = (struct str){ (const char *)r->p, n };
	r->p += n;
	r->n -= n;
	return s;
}

struct tls_reader
tls_read_vector(struct tls_reader *r, unsigned length_bytes)
{
	struct str s = read_bytes(r, tls_read_int(r, length_bytes));

	return (struct tls_reader){ (const uint8_t *)s.p, s.n, r->bad };
}

/* Values that clients send to keep servers tolerant (RFC 8701): 0x0a0a, 0x1a1a ... */
static bool
is_grease(uint32_t v)
{
	return (v & 0x0f0f) == 0x0a0a && v >> 8 == (v & 0xff);
}

static void
suite_add(struct tls_info *info, uint16_t code)
{
	if (is_grease(code))
		return;
	if (info->suite_n < TLS_SUITES_MAX)
		info->suites[info->suite_n] = code;
	info->suite_n++;
}

static void
read_server_name(struct tls_info *info, struct tls_reader ext)
{
	struct tls_reader list = tls_read_vector(&ext, 2);

	while (list.n > 0 && !list.bad) {
		uint32_t type = tls_read_int(&list, 1);
		struct tls_reader name = tls_read_vector(&list, 2);

		if (type != 0 || name.bad)
			continue;
		buf_clear(&info->server_name);
		buf_add(&info->server_name, name.p,
			name.n < NAME_MAX_BYTES ? name.n : NAME_MAX_BYTES);
		return;
	}
}

static void
read_alpn(struct tls_info *info, struct tls_reader ext)
{
	struct tls_reader list = tls_read_vector(&ext, 2);

	buf_clear(&info->alpn);
	while (list.n > 0 && !list.bad) {
		struct tls_reader name = tls_read_vector(&list, 1);

		if (name.bad || name.n == 0 || info->alpn.n + name.n > ALPN_MAX_BYTES ||
		    is_grease(name.n == 2 ? get_be16(name.p) : 0))
			continue;
		if (info->alpn.n > 0)
			buf_add_char(&info->alpn, ',');
		buf_add(&info->alpn, name.p, name.n);
	}
}

static void
read_versions(struct tls_info *info, struct tls_reader ext)
{
	struct tls_reader list = tls_read_vector(&ext, 1);

	while (list.n >= 2 && !list.bad) {
		uint32_t v = tls_read_int(&list, 2);

		if (v >= TLS_SSL3 && v <= TLS_1_3 && v > info->version_offered)
			info->version_offered = (uint16_t)v;
	}
}

static void
client_extension(struct tls *t, uint32_t type, struct tls_reader ext, bool first)
{
	if (type == EXT_TICKET && ext.n > 0 && tls_keys_there(t))
		t->hs->has_ticket = tls_session_key(TLS_SESSION_TICKET,
						    (struct str){ (const char *)ext.p, ext.n },
						    t->hs->ticket);
	if (!first)
		return;
	switch (type) {
	case EXT_SERVER_NAME:
		read_server_name(&t->info, ext);
		break;
	case EXT_ALPN:
		/* What was chosen may be known already. */
		if (t->info.version == 0 || t->info.alpn.n == 0)
			read_alpn(&t->info, ext);
		break;
	case EXT_VERSIONS:
		read_versions(&t->info, ext);
		break;
	case EXT_EARLY_DATA:
		t->info.early_data = true;
		break;
	default:
		break;
	}
}

struct tls_handshake *
tls_handshake_of(struct tls *t)
{
	if (!t->hs)
		t->hs = xcalloc(1, sizeof(*t->hs));
	return t->hs;
}

static void
handshake_clear(struct tls_handshake *hs)
{
	buf_release(&hs->messages);
	buf_release(&hs->certificate);
	gnutls_memset(hs, 0, sizeof(*hs));
}

void
tls_handshake_free(struct tls_handshake *hs)
{
	if (!hs)
		return;
	handshake_clear(hs);
	free(hs);
}

/* A ClientHello opens a handshake, unless it is the second one after a
 * HelloRetryRequest, or its answer came in before it. */
static struct tls_handshake *
client_hello_begin(struct tls *t, unsigned d)
{
	struct tls_handshake *hs = tls_handshake_of(t);
	bool again = t->info.retried && !hs->server_hello;

	t->info.client = (uint8_t)d;
	t->client_known = true;
	t->dir[d].early_skip = false;
	if (hs->client_hello && !again)
		handshake_clear(hs);
	hs->client_hello = true;
	tls_stage_reach(t, TLS_STAGE_CLIENT_HELLO);
	return hs;
}

static void
client_random_set(struct tls *t, const char *random, bool first)
{
	memcpy(t->hs->client_random, random, 32);
	if (first) {
		memcpy(t->info.client_random, random, 32);
		t->info.has_random = true;
	}
}

/* The records of a capture need not be in order: what the server said to this
 * came first, and may have been found to have no reason to be. */
static void
answered_before(struct tls *t)
{
	t->reason_final = false;
	buf_clear(&t->info.reason);
	t->dir[0].waits = t->dir[1].waits = false;
	if (t->dir[0].opaque || t->dir[1].opaque)
		tls_reason_secret(t, true);
}

bool
tls_client_hello(struct tls *t, unsigned d, struct str body)
{
	struct tls_reader r = { (const uint8_t *)body.p, body.n, false }, id, list, ext;
	bool first = !t->info.has_random || t->info.stage < TLS_STAGE_ENCRYPTED;
	struct tls_handshake *hs;
	uint32_t version = tls_read_int(&r, 2);
	struct str random = read_bytes(&r, 32);

	id = tls_read_vector(&r, 1);
	list = tls_read_vector(&r, 2);
	if (r.bad || id.n > 32)
		return false;
	hs = client_hello_begin(t, d);
	client_random_set(t, random.p, first);
	if (hs->server_hello)
		answered_before(t);
	hs->client_id_n = (uint8_t)id.n;
	if (id.n > 0)
		memcpy(hs->client_id, id.p, id.n);
	if (first) {
		t->info.version_offered = (uint16_t)version;
		t->info.suite_n = 0;
		while (list.n >= 2)
			suite_add(&t->info, (uint16_t)tls_read_int(&list, 2));
	}
	tls_read_vector(&r, 1);
	if (r.n == 0)
		return !r.bad;
	ext = tls_read_vector(&r, 2);
	while (ext.n > 0 && !ext.bad) {
		uint32_t type = tls_read_int(&ext, 2);
		struct tls_reader value = tls_read_vector(&ext, 2);

		if (!value.bad)
			client_extension(t, type, value, first);
	}
	return !r.bad && !ext.bad;
}

size_t
tls_client_hello2(struct tls *t, unsigned d, struct str in)
{
	struct tls_reader r = { (const uint8_t *)in.p, in.n, false }, suites;
	static const uint8_t mark[] = { 0x80, 0, 0x01, 0x03 };
	uint32_t length, version, suite_n, id_n, random_n;
	uint8_t random[32] = { 0 };
	struct str s;

	for (size_t i = 0; i < sizeof(mark) && i < in.n; i++)
		if (i != 1 && r.p[i] != mark[i])
			return 0;
	if (in.n < sizeof(mark))
		return SIZE_MAX;
	length = tls_read_int(&r, 2) & 0x7fff;
	tls_read_int(&r, 1);
	version = tls_read_int(&r, 2);
	suite_n = tls_read_int(&r, 2);
	id_n = tls_read_int(&r, 2);
	random_n = tls_read_int(&r, 2);
	if (r.bad)
		return SIZE_MAX;
	if (length != 9 + suite_n + id_n + random_n || suite_n % 3 != 0 || id_n > 32 ||
	    random_n < 16 || random_n > 32)
		return 0;
	if (in.n < 2 + length)
		return SIZE_MAX;
	s = read_bytes(&r, suite_n);
	suites = (struct tls_reader){ (const uint8_t *)s.p, s.n, false };
	read_bytes(&r, id_n);
	s = read_bytes(&r, random_n);
	memcpy(random + 32 - s.n, s.p, s.n);
	client_hello_begin(t, d);
	client_random_set(t, (const char *)random, true);
	t->info.version_offered = (uint16_t)version;
	t->info.suite_n = 0;
	while (suites.n >= 3) {
		uint32_t code = tls_read_int(&suites, 3);

		if (code <= UINT16_MAX)
			suite_add(&t->info, (uint16_t)code);
	}
	if (tls_keys_there(t))
		buf_add_str(&t->hs->messages, str_sub(in, 2, length));
	return 2 + (size_t)length;
}

/* ---- the server's ---- */

static void
server_extensions(struct tls *t, struct tls_reader *r, bool first)
{
	struct tls_reader ext = tls_read_vector(r, 2);
	struct tls_handshake *hs = t->hs;

	while (ext.n > 0 && !ext.bad) {
		uint32_t type = tls_read_int(&ext, 2);
		struct tls_reader value = tls_read_vector(&ext, 2);

		if (value.bad)
			break;
		if (type == EXT_VERSIONS && value.n == 2)
			hs->version = get_be16(value.p);
		else if (type == EXT_ENCRYPT_THEN_MAC)
			hs->etm = true;
		else if (type == EXT_EXTENDED_MASTER)
			hs->ems = true;
		else if (type == EXT_PSK)
			t->info.resumed = true;
		else if (type == EXT_ALPN && first)
			read_alpn(&t->info, value);
	}
	r->bad |= ext.bad;
}

/* Both directions are protected from here on (RFC 8446 section 2). */
static void
server_hello13(struct tls *t)
{
	struct tls_dir *client = &t->dir[t->info.client];

	for (unsigned d = 0; d < 2; d++) {
		t->dir[d].armed = true;
		t->dir[d].maybe_armed = false;
		t->dir[d].epoch = 0;
	}
	client->early_skip = false;
	if (t->info.early_data && !t->info.retried)
		client->lenient = EARLY_MAX;
}

/* What was chosen is known. */
static void
server_hello_done(struct tls *t, const uint8_t *random, bool first)
{
	struct tls_handshake *hs = t->hs;
	bool retry = memcmp(random, retry_random, 32) == 0;

	hs->suite = tls_suite_find(hs->code);
	if (first) {
		t->info.version = hs->version;
		t->info.suite = hs->code;
	}
	/* Whoever waits for this may go on. */
	t->dir[0].waits = t->dir[1].waits = false;
	if (retry) {
		t->info.retried = true;
		t->dir[t->info.client].early_skip = t->info.early_data;
		return;
	}
	hs->server_hello = true;
	memcpy(hs->server_random, random, 32);
	tls_stage_reach(t, TLS_STAGE_SERVER_HELLO);
	if (hs->version == TLS_1_3 || !hs->ems)
		buf_release(&hs->messages);
	if (hs->version == TLS_1_3) {
		server_hello13(t);
		return;
	}
	/* The client's ChangeCipherSpec came in before this, and meant something. */
	t->dir[t->info.client].armed |= t->dir[t->info.client].maybe_armed;
	t->dir[t->info.client].maybe_armed = false;
	if (hs->id_n > 0 && hs->id_n == hs->client_id_n &&
	    memcmp(hs->id, hs->client_id, hs->id_n) == 0)
		t->info.resumed = true;
}

bool
tls_server_hello(struct tls *t, unsigned d, struct str body)
{
	struct tls_reader r = { (const uint8_t *)body.p, body.n, false }, id;
	bool first = t->info.stage < TLS_STAGE_ENCRYPTED;
	uint32_t version = tls_read_int(&r, 2), code, compression;
	struct str random = read_bytes(&r, 32);
	struct tls_handshake *hs;

	id = tls_read_vector(&r, 1);
	code = tls_read_int(&r, 2);
	compression = tls_read_int(&r, 1);
	if (r.bad || id.n > 32)
		return false;
	hs = tls_handshake_of(t);
	if (!t->client_known) {
		t->info.client = (uint8_t)!d;
		t->client_known = true;
	}
	hs->version = (uint16_t)version;
	hs->code = (uint16_t)code;
	hs->compressed = compression != 0;
	hs->etm = hs->ems = false;
	hs->id_n = (uint8_t)id.n;
	if (id.n > 0)
		memcpy(hs->id, id.p, id.n);
	if (r.n > 0)
		server_extensions(t, &r, first);
	server_hello_done(t, (const uint8_t *)random.p, first);
	return !r.bad;
}

bool
tls_encrypted_extensions(struct tls *t, struct str body)
{
	struct tls_reader r = { (const uint8_t *)body.p, body.n, false };
	struct tls_reader ext = tls_read_vector(&r, 2);

	while (ext.n > 0 && !ext.bad) {
		uint32_t type = tls_read_int(&ext, 2);
		struct tls_reader value = tls_read_vector(&ext, 2);

		if (type == EXT_ALPN && !value.bad)
			read_alpn(&t->info, value);
	}
	return !r.bad && !ext.bad;
}
