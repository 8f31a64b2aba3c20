/*
 * A TLS connection with fixed keys. Input: a byte of flags, then commands of
 * three bytes, a kind and a length, and so many bytes: 0 and 1 take them in that
 * direction, 2 and 3 leave a gap there of as many bytes as the length says, 4
 * ends, 5 gives the context secrets for the client random that was seen. Kinds
 * count modulo 8; 6 and 7 are as 0 and 1, but one byte a time. Flags: 1 without
 * keys at first.
 *
 * The same input goes to a second connection in single bytes: both must have the
 * same text, unless something was missing. That is the oracle.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "transport/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reader {
	struct tls *tls;
	struct buf text[2];
	uint32_t frame;
	uint64_t lost;	/* gaps, and places where a record had to be found */
};

static void
drain(struct reader *r)
{
	struct flow_event ev;
	size_t n = 0;

	while (tls_next(r->tls, &ev)) {
		if (ev.dir > 1 || ev.stamp_n == 0 || ev.stamps[0].frame > r->frame)
			BUG("event of kind %u without a record", ev.kind);
		if (ev.kind == FLOW_BYTES)
			buf_add_str(&r->text[ev.dir], ev.bytes);
		if (ev.text && strlen(ev.text) > 100)
			BUG("long text");
		if (++n > 1000000)
			BUG("no end of events");
	}
}

static void
take(struct reader *r, unsigned dir, const uint8_t *p, size_t n)
{
	struct stamp stamp = { .time = ++r->frame, .frame = r->frame };
	uint8_t *copy;

	if (n == 0)
		return;
	copy = xmalloc(n);
	memcpy(copy, p, n);
	tls_take(r->tls, dir, (struct str){ (char *)copy, n }, &stamp, 1);
	drain(r);
	free(copy);
}

static void
gap(struct reader *r, unsigned dir, uint64_t n)
{
	struct stamp stamp = { .time = ++r->frame, .frame = r->frame };

	tls_gap(r->tls, dir, n, &stamp);
	drain(r);
	r->lost++;
}

/* Secrets for the client random that was seen. */
static void
add_secrets(struct tls_keys *keys, const struct tls_info *info)
{
	static const char *const labels[] = {
		"CLIENT_RANDOM", "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
		"SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0",
		"SERVER_TRAFFIC_SECRET_0",
	};
	size_t hash = info->suite == 0x1302 ? 48 : 32;
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		buf_printf(&b, "%s ", labels[i]);
		for (size_t k = 0; k < 32; k++)
			buf_printf(&b, "%02x", info->client_random[k]);
		buf_add_char(&b, ' ');
		for (size_t k = 0; k < (i == 0 ? 48 : hash); k++)
			buf_printf(&b, "%02x", (unsigned)(i * 16 + k));
		buf_add_char(&b, '\n');
	}
	tls_keys_add_text(keys, buf_str(&b));
	buf_release(&b);
}

static void
run(struct reader *r, struct tls_keys *keys, const uint8_t *p, size_t n, bool bytes)
{
	while (n >= 3) {
		unsigned kind = p[0] % 8;
		size_t length = get_be16(p + 1), step = bytes || kind >= 6 ? 1 : SIZE_MAX;

		p += 3;
		n -= 3;
		switch (kind) {
		case 2: case 3:
			gap(r, kind & 1, length);
			break;
		case 4:
			tls_end(r->tls);
			drain(r);
			break;
		case 5:
			if (tls_info(r->tls)->has_random)
				add_secrets(keys, tls_info(r->tls));
			break;
		default:
			if (length > n)
				length = n;
			for (size_t at = 0, k; at < length; at += k) {
				k = length - at < step ? length - at : step;
				take(r, kind & 1, p + at, k);
			}
			p += length;
			n -= length;
			break;
		}
	}
	tls_end(r->tls);
	drain(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r[2] = { 0 };
	uint8_t flags = size > 0 ? data[0] : 0;

	for (unsigned i = 0; i < 2; i++) {
		struct tls_keys *keys = tls_keys_new();
		struct tls_context *context = tls_context_new(keys);
		struct tls_info info;

		if (!(flags & 1))
			tls_keys_add_text(keys, STR("CLIENT_RANDOM "
				"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f "
				"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
				"202122232425262728292a2b2c2d2e2f\n"));
		r[i].tls = tls_new(context);
		if (size > 0)
			run(&r[i], keys, data + 1, size - 1, i == 1);
		if (!tls_stage_name(tls_info(r[i].tls)->stage))
			BUG("no stage");
		tls_info_take(r[i].tls, &info);
		r[i].lost += info.flaws[TLS_FLAW_BIT_RECORD_TYPE] +
			     info.flaws[TLS_FLAW_BIT_RECORD_LENGTH];
		if (info.reason.n > 200 || info.alerts.n > 700)
			BUG("long text");
		tls_info_release(&info);
		tls_free(r[i].tls);
		tls_context_free(context);
		tls_keys_free(keys);
	}
	for (unsigned d = 0; d < 2; d++) {
		if (r[0].lost == 0 && !str_eq(buf_str(&r[0].text[d]), buf_str(&r[1].text[d])))
			BUG("other text in other pieces");
		buf_release(&r[0].text[d]);
		buf_release(&r[1].text[d]);
	}
	return 0;
}
