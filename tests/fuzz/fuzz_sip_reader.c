/*
 * SIP out of a stream, however it is cut. Of any bytes: each is in a message, a
 * keep-alive or garbage. Of a stream that is made of messages with bodies and
 * numbers out of the input: exactly these messages come out.
 */
#include <stdint.h>

#include "app/sip_reader.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CUTS	4u

struct taken {
	struct sip_scan scan;
	struct buf log;
	bool exact;		/* log the text alone */
	size_t bytes;
};

static struct sip_scan *
room(void *ctx)
{
	return &((struct taken *)ctx)->scan;
}

static void
take(void *ctx, const struct sip_piece *piece)
{
	struct taken *t = ctx;

	if (piece->text.n == 0 || piece->stamp_n == 0)
		BUG("an empty piece");
	t->bytes += piece->text.n;
	buf_add_str(&t->log, piece->text);
	if (!t->exact)
		buf_printf(&t->log, "|%x", piece->scan->flaws);
	buf_add_char(&t->log, '\n');
}

static void
run(struct taken *t, struct str stream, const uint8_t *cuts, size_t n, size_t hole)
{
	const struct sip_sink sink = { room, take, t };
	struct sip_reader r;
	size_t at = 0;

	sip_reader_init(&r);
	for (size_t i = 0; at < stream.n; i++) {
		size_t piece = n ? cuts[i % n] % 64u + 1 : stream.n;
		struct stamp stamp = { .frame = (uint32_t)i + 1 };
		char *copy;

		if (at < hole && piece > hole - at)
			piece = hole - at;
		if (piece > stream.n - at)
			piece = stream.n - at;
		copy = xmalloc(piece);
		memcpy(copy, stream.p + at, piece);
		sip_reader_take(&r, (struct str){ copy, piece }, (struct place){ 0, PLACE_NONE },
				&stamp, 1, &sink);
		free(copy);
		at += piece;
		if (at == hole)
			sip_reader_gap(&r, n ? cuts[n - 1] : 0, false, &sink);
	}
	sip_reader_end(&r, &sink);
	if (r.in.view.n != 0 || t->bytes + r.garbage > stream.n)
		BUG("%zu bytes of messages and %llu of garbage in %zu", t->bytes,
		    (unsigned long long)r.garbage, stream.n);
	sip_reader_release(&r);
}

/* Messages whose bodies are the bytes of @in, with line ends between. */
static void
make(struct str in, struct buf *stream, struct buf *want)
{
	static const char *const starts[] = {
		"INVITE sip:b@x SIP/2.0", "SIP/2.0 200 OK", "MESSAGE tel:1 SIP/2.0",
		"SIP/2.0 183 ",
	};

	while (in.n > 1) {
		unsigned a = (unsigned char)in.p[0], b = (unsigned char)in.p[1];
		size_t from = stream->n;
		struct str body = str_sub(in, 2, a);

		buf_printf(stream, "%s\r\nVia: a\r\nCall-ID: %u\r\n%s: %zu\r\n\r\n",
			   starts[b % ARRAY_SIZE(starts)], b, b & 64 ? "l" : "Content-Length",
			   body.n);
		buf_add_str(stream, body);
		buf_add(want, stream->p + from, stream->n - from);
		buf_add_char(want, '\n');
		buf_add_cstr(stream, b & 128 ? "\r\n\r\n" : "");
		in = str_skip(in, 2 + body.n);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct taken any = { 0 }, holed = { 0 }, made = { .exact = true };
	struct buf stream = BUF_INIT, want = BUF_INIT;
	struct str in;

	if (size < CUTS || size > 4096)
		return 0;
	in = (struct str){ (const char *)data + CUTS, size - CUTS };
	run(&any, in, data, CUTS, SIZE_MAX);
	run(&holed, in, data, CUTS, data[0] * 16u % (in.n + 1));
	make(in, &stream, &want);
	run(&made, buf_str(&stream), data, CUTS, SIZE_MAX);
	if (!str_eq(buf_str(&made.log), buf_str(&want)))
		BUG("other messages come out than went in");
	buf_release(&any.log);
	buf_release(&holed.log);
	buf_release(&made.log);
	buf_release(&stream);
	buf_release(&want);
	return 0;
}
