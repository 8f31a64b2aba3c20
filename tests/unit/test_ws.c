/*
 * WebSocket: the upgrade, frames cut, split, masked and mixed anyhow, what is lost
 * and found again. What a connection said is written as one line an event, so that
 * two ways to cut the same bytes can be compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <zlib.h>

#include "base/mem.h"
#include "transport/ws.h"

#define REQUEST \
	"GET /sip HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\n" \
	"Connection: Upgrade\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n" \
	"Sec-WebSocket-Protocol: sip\r\n\r\n"
#define ANSWER \
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
	"Sec-WebSocket-Accept: eA==\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
#define DEFLATE_ANSWER(parameters) \
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
	"Sec-WebSocket-Extensions: permessage-deflate" parameters "\r\n\r\n"
#define INVITE	"INVITE sip:bob@example.com SIP/2.0\r\n\r\n"
#define OK	"SIP/2.0 200 OK\r\n\r\n"

static const char KEY[4] = { 0x37, (char)0xfa, 0x21, 0x3d };
static const struct place nowhere = { 0, PLACE_NONE };

/* ---- writing frames ---- */

static void
frame_add(struct buf *b, uint8_t first, const char *key, struct str text)
{
	uint8_t mask = key ? 0x80 : 0;

	buf_add_char(b, (char)first);
	if (text.n < 126) {
		buf_add_char(b, (char)(mask | text.n));
	} else if (text.n < 65536) {
		buf_add_char(b, (char)(mask | 126));
		buf_add_char(b, (char)(text.n >> 8));
		buf_add_char(b, (char)text.n);
	} else {
		buf_add_char(b, (char)(mask | 127));
		for (unsigned shift = 64; shift > 0; shift -= 8)
			buf_add_char(b, (char)((uint64_t)text.n >> (shift - 8)));
	}
	if (!key) {
		buf_add_str(b, text);
		return;
	}
	buf_add(b, key, 4);
	for (size_t i = 0; i < text.n; i++)
		buf_add_char(b, (char)(text.p[i] ^ key[i % 4]));
}

static void
frame_add_cstr(struct buf *b, uint8_t first, const char *key, const char *text)
{
	frame_add(b, first, key, str_of(text));
}

/* Compressed as RFC 7692 says, without the last four bytes. */
static void
deflate_add(z_stream *z, struct buf *b, struct str text)
{
	size_t room = text.n + 128;

	z->next_in = (Bytef *)(uintptr_t)text.p;
	z->avail_in = (uInt)text.n;
	z->next_out = (Bytef *)buf_reserve(b, room);
	z->avail_out = (uInt)room;
	assert_int_equal(deflate(z, Z_SYNC_FLUSH), Z_OK);
	b->n += room - z->avail_out - 4;
	assert_memory_equal(b->p + b->n, "\x00\x00\xff\xff", 4);
}

/* ---- reading them ---- */

/* One line an event: "0 MESSAGE text", and which frames where asked for. */
static void
drain(struct ws *w, struct buf *log, bool stamps)
{
	static const char *const names[] = {
		[FLOW_MESSAGE] = "MESSAGE", [FLOW_GAP] = "GAP", [FLOW_END] = "END",
	};
	struct flow_event ev;

	while (ws_next(w, &ev)) {
		assert_true(ev.stamp_n > 0);
		buf_printf(log, "%u %s%s", ev.dir, names[ev.kind], ev.cut ? "-cut" : "");
		if (ev.kind == FLOW_MESSAGE) {
			buf_add_char(log, ' ');
			buf_add_str(log, ev.bytes);
		} else if (ev.text) {
			buf_printf(log, " %s", ev.text);
		}
		for (size_t i = 0; stamps && i < ev.stamp_n; i++)
			buf_printf(log, " #%llu", (unsigned long long)ev.stamps[i].frame);
		buf_add_char(log, '\n');
	}
}

static void
feed(struct ws *w, unsigned dir, struct str bytes, uint32_t frame, struct buf *log, bool stamps)
{
	struct stamp s = { .time = frame, .frame = frame };
	char *copy = xmalloc(bytes.n > 0 ? bytes.n : 1);

	if (bytes.n > 0)
		memcpy(copy, bytes.p, bytes.n);
	ws_take(w, dir, (struct str){ copy, bytes.n }, nowhere, &s, 1);
	drain(w, log, stamps);
	free(copy);
}

static void
feed_cstr(struct ws *w, unsigned dir, const char *bytes, struct buf *log)
{
	feed(w, dir, str_of(bytes), 1, log, false);
}

static struct ws *
opened(struct buf *log)
{
	struct ws *w = ws_new();

	feed_cstr(w, 0, REQUEST, log);
	feed_cstr(w, 1, ANSWER, log);
	assert_int_equal(ws_info(w)->state, WS_OPEN);
	assert_int_equal(log->n, 0);
	return w;
}

#define check_log(log, expect)	check_log_at(log, expect, __LINE__)

static void
check_log_at(struct buf *log, const char *expect, int line)
{
	if (!str_eq(buf_str(log), str_of(expect)))
		fail_msg("line %d: %s", line, buf_cstr(log));
	buf_clear(log);
}

/* ---- heads ---- */

struct head_case {
	const char *name, *request, *answer;
	uint8_t state;
	uint16_t status;
	bool sip, deflate;
};

#define GET	"GET / HTTP/1.1\r\n"
#define SWITCH	"HTTP/1.1 101 Switching Protocols\r\n"

static const struct head_case heads[] = {
	{ "plain", REQUEST, ANSWER, WS_OPEN, 101, true, false },
	{ "lf only, any case, folded",
	  "GET / HTTP/1.1\nUPGRADE :\n\tWebSocket\nsec-websocket-PROTOCOL:\n msrp\n\t, SIP\n\n",
	  "HTTP/1.1 101\nupgrade:websocket\nSEC-WEBSOCKET-protocol:sip\n\n",
	  WS_OPEN, 101, true, false },
	{ "other subprotocol", REQUEST,
	  SWITCH "Upgrade: websocket\r\nSec-WebSocket-Protocol: sipx\r\n\r\n",
	  WS_OPEN, 101, false, false },
	{ "no answer", REQUEST, "", WS_HANDSHAKE, 0, true, false },
	{ "answer only", "", ANSWER, WS_OPEN, 101, true, false },
	{ "interim answer", REQUEST, "HTTP/1.1 100 Continue\r\n\r\n" ANSWER,
	  WS_OPEN, 101, true, false },
	{ "deflate", REQUEST, DEFLATE_ANSWER("; server_max_window_bits=10"),
	  WS_OPEN, 101, false, true },
	{ "list of upgrades", GET "Upgrade: h2c, websocket\r\n\r\n",
	  SWITCH "Upgrade: websocket\r\n\r\n", WS_OPEN, 101, false, false },
	{ "refused", REQUEST, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
	  WS_OTHER, 403, true, false },
	{ "no upgrade asked", GET "Host: a\r\n\r\n", "", WS_OTHER, 0, false, false },
	{ "no upgrade given", REQUEST, "HTTP/1.1 200 OK\r\n\r\nhello",
	  WS_OTHER, 200, true, false },
	{ "another upgrade", GET "Upgrade: h2c\r\n\r\n", "", WS_OTHER, 0, false, false },
	{ "switched to another", "", SWITCH "Upgrade: h2c\r\n\r\n", WS_OTHER, 101, false, false },
	{ "no status", REQUEST, "HTTP/1.1 abc\r\n\r\n", WS_OTHER, 0, true, false },
	{ "other method", "POST / HTTP/1.1\r\n\r\n", "", WS_OTHER, 0, false, false },
	{ "junk for an answer", REQUEST, "SSH-2.0-x\r\n", WS_OTHER, 0, true, false },
	{ "both ask", REQUEST, REQUEST, WS_OTHER, 0, true, false },
};

static void
check_head(const struct head_case *c, size_t step)
{
	const char *texts[2] = { c->request, c->answer };
	struct buf log = BUF_INIT;
	struct ws *w = ws_new();
	const struct ws_info *info = ws_info(w);

	for (unsigned dir = 0; dir < 2; dir++)
		for (size_t at = 0; at < strlen(texts[dir]); at += step)
			feed(w, dir, str_sub(str_of(texts[dir]), at, step), 1, &log, false);
	if (info->state != c->state || info->status != c->status || info->sip != c->sip ||
	    info->deflate != c->deflate || log.n > 0)
		fail_msg("%s, by %zu: state %u, status %u, sip %d, deflate %d", c->name, step,
			 info->state, info->status, info->sip, info->deflate);
	if (c->state == WS_OPEN)
		assert_int_equal(info->client, 0);
	/* Frames right behind the heads. */
	ws_end(w);
	drain(w, &log, false);
	buf_release(&log);
	ws_free(w);
}

static void
test_heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		for (size_t step = 1; step < 300; step += step < 8 ? 1 : 97)
			check_head(&heads[i], step);
	assert_true(ws_may_start(STR("G")) && ws_may_start(STR("GET /")) &&
		    ws_may_start(STR("HTTP/1")) && ws_may_start(STR("HTTP/1.1 101")));
	assert_false(ws_may_start(STR_NONE) || ws_may_start(STR("POST ")) ||
		     ws_may_start(STR("HTTP/2")) || ws_may_start(STR("GOT")));
}

/* A head that never ends, and headers that are none. */
static void
test_head_bound(void **state)
{
	struct buf log = BUF_INIT;
	struct ws *w = ws_new();

	(void)state;
	feed_cstr(w, 0, "GET / HTTP/1.1\r\n", &log);
	for (unsigned i = 0; i < 70000 && ws_info(w)->state == WS_HANDSHAKE; i += 10)
		feed_cstr(w, 0, "X: 345678\n", &log);
	assert_int_equal(ws_info(w)->state, WS_OTHER);
	feed_cstr(w, 1, ANSWER, &log);
	assert_int_equal(ws_info(w)->state, WS_OTHER);
	assert_int_equal(log.n, 0);
	ws_free(w);
	buf_release(&log);
}

/* ---- frames ---- */

/* Known answers: RFC 6455 section 5.7 and RFC 7692 section 7.2.3. */
static void
test_examples(void **state)
{
	struct buf log = BUF_INIT, b = BUF_INIT;
	struct ws *w = opened(&log);

	(void)state;
	buf_add(&b, "\x81\x05Hello", 7);
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "1 MESSAGE Hello\n");
	buf_clear(&b);
	buf_add(&b, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11);
	feed(w, 0, buf_str(&b), 1, &log, false);
	check_log(&log, "0 MESSAGE Hello\n");
	buf_clear(&b);
	buf_add(&b, "\x01\x03Hel\x89\x05Hello\x80\x02lo", 16);
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "1 MESSAGE Hello\n");
	assert_int_equal(ws_info(w)->frames[1], 4);
	assert_int_equal(ws_info(w)->controls[1], 1);
	assert_int_equal(ws_info(w)->messages[1], 2);
	ws_free(w);

	w = ws_new();
	feed_cstr(w, 0, REQUEST, &log);
	feed_cstr(w, 1, DEFLATE_ANSWER(""), &log);
	buf_clear(&b);
	/* The same twice, the second time by the window; in two frames; stored;
	 * with a last block; empty. */
	buf_add(&b, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);
	buf_add(&b, "\xc1\x05\xf2\x00\x11\x00\x00", 7);
	buf_add(&b, "\x41\x03\xf2\x00\x11\x80\x02\x00\x00", 9);
	buf_add(&b, "\xc1\x0b\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 13);
	buf_add(&b, "\xc1\x08\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 10);
	buf_add(&b, "\xc1\x05\xf2\x00\x11\x00\x00", 7);
	buf_add(&b, "\xc1\x01\x00", 3);
	buf_add(&b, "\x81\x02hi", 4);
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "1 MESSAGE Hello\n1 MESSAGE Hello\n1 MESSAGE Hello\n1 MESSAGE Hello\n"
		  "1 MESSAGE Hello\n1 MESSAGE Hello\n1 MESSAGE \n1 MESSAGE hi\n");
	for (size_t i = 0; i < WS_FLAW_COUNT; i++)
		assert_int_equal(ws_info(w)->flaws[i], 0);
	ws_free(w);
	buf_release(&b);
	buf_release(&log);
}

static void
test_close(void **state)
{
	struct buf log = BUF_INIT, b = BUF_INIT;
	struct ws *w = opened(&log);

	(void)state;
	frame_add(&b, 0x88, KEY, STR("\x03\xe9" "bye"));
	feed(w, 0, buf_str(&b), 1, &log, false);
	check_log(&log, "0 END going away\n");
	assert_int_equal(ws_info(w)->state, WS_OPEN);
	assert_int_equal(ws_info(w)->close[0], 1001);
	buf_clear(&b);
	frame_add(&b, 0x88, NULL, STR_NONE);
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "1 END\n");
	assert_int_equal(ws_info(w)->state, WS_CLOSED);
	assert_int_equal(ws_info(w)->close[1], 1005);
	ws_free(w);
	buf_release(&b);
	buf_release(&log);
}

/* Text in clear and in one piece is given where it lies. */
/* What waits is told, and let go at a hole of unknown size. */
static void
test_waiting(void **state)
{
	struct stamp s = { .frame = 9 };
	struct buf log = BUF_INIT, b = BUF_INIT, text = BUF_INIT;
	struct ws *w = opened(&log);

	(void)state;
	buf_add_chars(&text, 'x', 60000);
	frame_add(&b, 0x01, KEY, buf_str(&text));
	frame_add(&b, 0x80, KEY, buf_str(&text));
	feed(w, 0, str_sub(buf_str(&b), 0, 70000), 1, &log, false);
	assert_true(ws_info(w)->waiting[0] >= 69000);
	assert_true(ws_info(w)->waiting[0] <= 70000);
	assert_int_equal(ws_info(w)->waiting[1], 0);
	ws_gap(w, 0, 0, &s);
	drain(w, &log, false);
	assert_int_equal(ws_info(w)->waiting[0], 0);
	ws_free(w);
	buf_release(&log);
	buf_release(&text);
	buf_release(&b);
}

static void
test_place(void **state)
{
	static const char zero[4];
	struct stamp s = { .frame = 9 };
	struct buf log = BUF_INIT, b = BUF_INIT;
	struct ws *w = opened(&log);
	struct flow_event ev;

	(void)state;
	frame_add_cstr(&b, 0x81, NULL, "one");
	frame_add_cstr(&b, 0x82, zero, "two");
	frame_add_cstr(&b, 0x81, KEY, "three");
	ws_take(w, 1, buf_str(&b), (struct place){ 1000, 4 }, &s, 1);
	assert_true(ws_next(w, &ev));
	assert_int_equal(ev.place.source, 4);
	assert_int_equal(ev.place.offset, 1002);
	assert_ptr_equal(ev.bytes.p, b.p + 2);
	assert_true(ws_next(w, &ev));
	assert_int_equal(ev.place.offset, 1011);
	assert_true(str_eq(ev.bytes, STR("two")));
	assert_true(ws_next(w, &ev));
	assert_int_equal(ev.place.source, PLACE_NONE);
	assert_true(str_eq(ev.bytes, STR("three")));
	assert_false(ws_next(w, &ev));
	ws_free(w);
	buf_release(&b);
	buf_release(&log);
}

/* ---- compressed ---- */

static void
check_deflate(const char *parameters, bool takeover)
{
	struct buf log = BUF_INIT, b = BUF_INIT, packed = BUF_INIT, answer = BUF_INIT;
	struct ws *w = ws_new();
	z_stream z = { 0 };

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -10, 8, Z_DEFAULT_STRATEGY), Z_OK);
	buf_printf(&answer, "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\n"
		   "Sec-WebSocket-Extensions: x-other, permessage-deflate%s\r\n\r\n", parameters);
	feed_cstr(w, 0, REQUEST, &log);
	feed(w, 1, buf_str(&answer), 1, &log, false);
	for (int i = 0; i < 20; i++) {
		if (!takeover)
			deflateReset(&z);
		buf_clear(&packed);
		buf_clear(&b);
		deflate_add(&z, &packed, STR(INVITE));
		if (i % 2) {
			frame_add(&b, 0xc1, KEY, buf_str(&packed));
		} else {
			frame_add(&b, 0x41, KEY, str_sub(buf_str(&packed), 0, 3));
			frame_add(&b, 0x89, KEY, STR("ping"));
			frame_add(&b, 0x80, KEY, str_skip(buf_str(&packed), 3));
		}
		feed(w, 0, buf_str(&b), 1, &log, false);
		check_log(&log, "0 MESSAGE " INVITE "\n");
	}
	assert_true(ws_info(w)->deflate);
	assert_int_equal(ws_info(w)->flaws[WS_FLAW_BIT_DEFLATE], 0);
	deflateEnd(&z);
	ws_free(w);
	buf_release(&b);
	buf_release(&packed);
	buf_release(&answer);
	buf_release(&log);
}

static void
test_deflate(void **state)
{
	(void)state;
	check_deflate("; client_max_window_bits=10", true);
	check_deflate("; client_no_context_takeover; server_no_context_takeover", false);
	check_deflate("", false);
}

/* What cannot be unpacked, what grows too much, and one that was not agreed. */
static void
test_deflate_bad(void **state)
{
	struct buf log = BUF_INIT, b = BUF_INIT, packed = BUF_INIT;
	struct ws *w = ws_new();
	char *zeros = xcalloc(1, 5 << 20);
	z_stream z = { 0 };

	(void)state;
	feed_cstr(w, 0, REQUEST, &log);
	feed_cstr(w, 1, DEFLATE_ANSWER(""), &log);
	frame_add(&b, 0xc1, NULL, STR("\xff\xff\xff"));
	frame_add(&b, 0x81, NULL, STR("after"));
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "1 GAP compressed text that cannot be unpacked\n1 MESSAGE after\n");

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	deflate_add(&z, &packed, (struct str){ zeros, 5 << 20 });
	buf_clear(&b);
	frame_add(&b, 0xc1, NULL, buf_str(&packed));
	frame_add(&b, 0x81, NULL, STR("after"));
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "1 GAP a frame or message longer than is taken\n1 MESSAGE after\n");
	deflateEnd(&z);
	free(zeros);
	ws_free(w);

	w = opened(&log);
	buf_clear(&b);
	frame_add(&b, 0xc1, NULL, STR("\xf2\x48\xcd\xc9\xc9\x07\x00"));
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "1 MESSAGE Hello\n");
	assert_int_equal(ws_info(w)->flaws[WS_FLAW_BIT_OPCODE], 1);
	ws_free(w);
	buf_release(&b);
	buf_release(&packed);
	buf_release(&log);
}

/* ---- what is broken ---- */

static void
test_flaws(void **state)
{
	struct buf log = BUF_INIT, b = BUF_INIT;
	struct ws *w = opened(&log);
	const uint64_t *flaws = ws_info(w)->flaws;

	(void)state;
	/* A continuation of nothing, and one of several frames. */
	frame_add_cstr(&b, 0x80, NULL, "lost");
	frame_add_cstr(&b, 0x00, NULL, "lost");
	frame_add_cstr(&b, 0x80, NULL, "lost");
	frame_add_cstr(&b, 0x81, NULL, "one");
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "1 GAP a continuation of nothing, or a message inside another\n"
		  "1 GAP a continuation of nothing, or a message inside another\n"
		  "1 MESSAGE one\n");
	assert_int_equal(flaws[WS_FLAW_BIT_CONTINUE], 2);
	/* A message inside another. */
	buf_clear(&b);
	frame_add_cstr(&b, 0x01, NULL, "first ");
	frame_add_cstr(&b, 0x00, NULL, "half");
	frame_add_cstr(&b, 0x81, NULL, "two");
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "1 MESSAGE-cut first half\n"
		  "1 GAP a continuation of nothing, or a message inside another\n"
		  "1 MESSAGE two\n");
	/* Control frames in pieces; too long. */
	buf_clear(&b);
	frame_add_cstr(&b, 0x09, NULL, "ping");
	frame_add_cstr(&b, 0x81, NULL, "three");
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "1 MESSAGE three\n");
	assert_int_equal(flaws[WS_FLAW_BIT_CONTROL], 1);
	/* An unknown opcode is stepped over; reserved bits are not believed. */
	buf_clear(&b);
	frame_add_cstr(&b, 0x83, NULL, "what");
	frame_add_cstr(&b, 0x81, NULL, "four");
	frame_add_cstr(&b, 0xb1, NULL, "what");
	frame_add_cstr(&b, 0x81, NULL, OK);
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "1 GAP a frame of no known kind, or reserved bits\n1 MESSAGE four\n"
		  "1 GAP a frame of no known kind, or reserved bits\n1 MESSAGE " OK "\n");
	assert_int_equal(flaws[WS_FLAW_BIT_OPCODE], 2);
	/* No frames at all where they must begin. */
	feed_cstr(w, 0, "what is this? ", &log);
	buf_clear(&b);
	frame_add_cstr(&b, 0x81, KEY, INVITE);
	feed(w, 0, buf_str(&b), 1, &log, false);
	check_log(&log, "0 GAP a frame of no known kind, or reserved bits\n0 MESSAGE " INVITE "\n");
	/* A length beyond all bounds. */
	buf_clear(&b);
	buf_add(&b, "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff" "SIP/2.0 100 Trying\r\n", 30);
	frame_add_cstr(&b, 0x81, NULL, OK);
	frame_add_cstr(&b, 0x81, NULL, "five");
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "1 GAP a frame or message longer than is taken\n"
		  "1 MESSAGE " OK "\n1 MESSAGE five\n");
	assert_int_equal(flaws[WS_FLAW_BIT_LENGTH], 1);
	ws_free(w);
	buf_release(&b);
	buf_release(&log);
}

/* A length beyond the data: the next piece begins like a frame. */
static void
test_length_beyond(void **state)
{
	struct buf log = BUF_INIT, b = BUF_INIT;
	struct ws *w = opened(&log);

	(void)state;
	buf_add(&b, "\x81\x7f\x00\x00\x00\x00\x00\x10\x00\x00" "SIP/2.0 1", 19);
	feed(w, 1, buf_str(&b), 1, &log, false);
	check_log(&log, "");
	buf_clear(&b);
	frame_add_cstr(&b, 0x81, NULL, OK);
	feed(w, 1, buf_str(&b), 2, &log, false);
	check_log(&log, "1 MESSAGE-cut SIP/2.0 1\n1 GAP a frame or message longer than is taken\n"
		  "1 MESSAGE " OK "\n");
	/* All in one piece: at the end. */
	buf_clear(&b);
	buf_add(&b, "\x81\x7e\x70\x00" "SIP/2.0 1", 13);
	frame_add_cstr(&b, 0x81, NULL, OK);
	frame_add_cstr(&b, 0x81, NULL, "half");
	feed(w, 1, str_sub(buf_str(&b), 0, b.n - 2), 3, &log, false);
	check_log(&log, "");
	ws_end(w);
	drain(w, &log, false);
	check_log(&log, "1 MESSAGE-cut SIP/2.0 1\n1 GAP a frame or message longer than is taken\n"
		  "1 MESSAGE " OK "\n1 MESSAGE-cut ha\n1 GAP the connection ends inside a frame\n");
	assert_int_equal(ws_info(w)->flaws[WS_FLAW_BIT_LENGTH], 2);
	assert_int_equal(ws_info(w)->flaws[WS_FLAW_BIT_CUT], 1);
	ws_free(w);
	buf_release(&b);
	buf_release(&log);
}

static void
gap(struct ws *w, unsigned dir, uint64_t missing, struct buf *log)
{
	struct stamp s = { .frame = 8 };

	ws_gap(w, dir, missing, &s);
	drain(w, log, false);
}

#define LOST	"GAP bytes are missing in the capture\n"

static void
test_gaps(void **state)
{
	struct buf log = BUF_INIT, b = BUF_INIT;
	struct ws *w = opened(&log);

	(void)state;
	/* Inside a frame: its length tells where the next begins. */
	frame_add_cstr(&b, 0x81, KEY, "0123456789");
	frame_add_cstr(&b, 0x81, KEY, "next");
	feed(w, 0, str_sub(buf_str(&b), 0, 10), 1, &log, false);
	gap(w, 0, 4, &log);
	check_log(&log, "0 MESSAGE-cut 0123\n0 " LOST);
	feed(w, 0, str_skip(buf_str(&b), 14), 2, &log, false);
	check_log(&log, "0 MESSAGE next\n");
	/* Beyond its end: lost, until a frame carries SIP. */
	feed(w, 0, str_sub(buf_str(&b), 0, 10), 3, &log, false);
	gap(w, 0, 12, &log);
	check_log(&log, "0 MESSAGE-cut 0123\n0 " LOST);
	buf_clear(&b);
	buf_add_cstr(&b, "rest of something");
	frame_add_cstr(&b, 0x82, KEY, INVITE);
	feed(w, 0, buf_str(&b), 4, &log, false);
	check_log(&log, "0 MESSAGE " INVITE "\n");
	/* Between frames, not known how much; the piece after it is all frames. */
	gap(w, 0, 0, &log);
	check_log(&log, "0 " LOST);
	buf_clear(&b);
	frame_add_cstr(&b, 0x8a, KEY, "pong");
	frame_add_cstr(&b, 0x80, KEY, "end of what is lost");
	frame_add_cstr(&b, 0x81, KEY, "here");
	feed(w, 0, buf_str(&b), 5, &log, false);
	check_log(&log, "0 MESSAGE here\n");
	/* In the middle of a message of several frames, inside a frame. */
	buf_clear(&b);
	frame_add_cstr(&b, 0x01, KEY, "one ");
	frame_add_cstr(&b, 0x00, KEY, "0123456789");
	frame_add_cstr(&b, 0x80, KEY, "dropped");
	frame_add_cstr(&b, 0x81, KEY, "last");
	feed(w, 0, str_sub(buf_str(&b), 0, 20), 6, &log, false);
	gap(w, 0, 6, &log);
	feed(w, 0, str_skip(buf_str(&b), 26), 7, &log, false);
	check_log(&log, "0 MESSAGE-cut one 0123\n0 " LOST "0 MESSAGE last\n");
	/* Two gaps in one frame lose one message. */
	buf_clear(&b);
	frame_add_cstr(&b, 0x81, KEY, "0123456789");
	frame_add_cstr(&b, 0x81, KEY, "last");
	feed(w, 0, str_sub(buf_str(&b), 0, 8), 6, &log, false);
	gap(w, 0, 2, &log);
	feed(w, 0, str_sub(buf_str(&b), 10, 2), 7, &log, false);
	gap(w, 0, 2, &log);
	feed(w, 0, str_skip(buf_str(&b), 14), 7, &log, false);
	check_log(&log, "0 MESSAGE-cut 01\n0 " LOST "0 MESSAGE last\n");
	assert_int_equal(ws_info(w)->flaws[WS_FLAW_BIT_GAP], 6);
	assert_int_equal(ws_info(w)->flaws[WS_FLAW_BIT_CONTINUE], 0);
	ws_free(w);

	/* What begins like a frame and a keep-alive that does not end is none. */
	w = opened(&log);
	gap(w, 0, 0, &log);
	buf_clear(&b);
	buf_add_cstr(&b, "\x81\x7e\x10");
	buf_add_char(&b, '\0');
	buf_add_chars(&b, '\n', 64);
	feed(w, 0, buf_str(&b), 5, &log, false);
	buf_clear(&b);
	frame_add_cstr(&b, 0x81, KEY, INVITE);
	feed(w, 0, buf_str(&b), 6, &log, false);
	check_log(&log, "0 " LOST "0 MESSAGE " INVITE "\n");
	ws_free(w);

	/* In the heads. */
	w = ws_new();
	feed_cstr(w, 0, "GET / HTTP/1.1\r\nUpgrade: websocket\r\nX", &log);
	gap(w, 0, 10, &log);
	gap(w, 1, 0, &log);
	check_log(&log, "0 " LOST "1 " LOST);
	buf_clear(&b);
	frame_add_cstr(&b, 0x81, NULL, OK);
	feed(w, 1, buf_str(&b), 5, &log, false);
	check_log(&log, "1 MESSAGE " OK "\n");
	assert_int_equal(ws_info(w)->state, WS_OPEN);
	assert_int_equal(ws_info(w)->client, 0);
	ws_free(w);
	buf_release(&b);
	buf_release(&log);
}

/* ---- from the middle ---- */

static void
test_middle(void **state)
{
	struct buf log = BUF_INIT, b = BUF_INIT;
	struct ws *w = ws_new();

	(void)state;
	frame_add_cstr(&b, 0x82, KEY, INVITE);
	frame_add_cstr(&b, 0x89, KEY, "");
	frame_add_cstr(&b, 0x81, KEY, "\r\n\r\n");
	assert_true(ws_may_be_frames(buf_str(&b)));
	for (size_t n = 1; n < b.n; n++)
		assert_true(ws_may_be_frames(str_sub(buf_str(&b), 0, n)));
	for (size_t i = 0; i < b.n; i++)
		feed(w, 1, str_sub(buf_str(&b), i, 1), 1, &log, false);
	check_log(&log, "1 MESSAGE " INVITE "\n1 MESSAGE \r\n\r\n\n");
	assert_int_equal(ws_info(w)->state, WS_OPEN);
	assert_int_equal(ws_info(w)->client, 1);
	assert_true(ws_info(w)->middle);
	/* The other side begins inside of something. */
	buf_clear(&b);
	buf_add_cstr(&b, "ever\r\n");
	frame_add_cstr(&b, 0x81, NULL, OK);
	feed(w, 0, buf_str(&b), 2, &log, false);
	check_log(&log, "0 MESSAGE " OK "\n");
	ws_free(w);

	/* Compressed; what refers to the window that is not there is a gap. */
	w = ws_new();
	buf_clear(&b);
	frame_add(&b, 0xc1, NULL, STR("\x0a\xf6\x0c\xd0\x37\xd2\x33\x50\x30\x32\x30\x50"
				      "\xf0\xf7\xe6\xe5\xe2\xe5\x02\x00"));
	assert_true(ws_may_be_frames(buf_str(&b)));
	frame_add(&b, 0xc1, NULL, STR("\x0a\xf6\x0c\x50\xc0\xe3\x04\x00\x00"));
	frame_add(&b, 0x81, NULL, STR("plain"));
	feed(w, 0, buf_str(&b), 2, &log, false);
	check_log(&log, "0 MESSAGE " OK "\n0 GAP compressed text that cannot be unpacked\n"
		  "0 MESSAGE plain\n");
	assert_int_equal(ws_info(w)->client, 1);
	ws_free(w);

	assert_false(ws_may_be_frames(STR_NONE) || ws_may_be_frames(STR("\x81\x05Hello")) ||
		     ws_may_be_frames(STR("SIP/2.0 200 OK")) ||
		     ws_may_be_frames(STR("\x89\x00")) || ws_may_be_frames(STR("\x16\x03\x01")) ||
		     ws_may_be_frames(STR("\x81\x7f\xff\x00\x00\x00\x00\x00\x00\x01INVITE sip:")));
	assert_true(ws_may_be_frames(STR("\x81\x7e\x01\x00OPTIONS sip:a")) &&
		    ws_may_be_frames(STR("\x81\x08X-Y a1:b")));
	buf_release(&b);
	buf_release(&log);
}

/* One side of the connection only. */
static void
test_one_side(void **state)
{
	struct buf log = BUF_INIT, b = BUF_INIT;
	struct ws *w = ws_new();

	(void)state;
	feed_cstr(w, 0, REQUEST, &log);
	frame_add_cstr(&b, 0x81, KEY, "hello");
	feed(w, 0, buf_str(&b), 1, &log, false);
	check_log(&log, "0 MESSAGE hello\n");
	assert_int_equal(ws_info(w)->state, WS_OPEN);
	assert_true(ws_info(w)->sip && !ws_info(w)->middle);
	/* The answer comes late, and says no. */
	feed_cstr(w, 1, "HTTP/1.1 400 Bad Request\r\n\r\n", &log);
	assert_int_equal(ws_info(w)->state, WS_OTHER);
	ws_free(w);

	w = ws_new();
	feed_cstr(w, 1, ANSWER "\x81\x02hi", &log);
	check_log(&log, "1 MESSAGE hi\n");
	assert_int_equal(ws_info(w)->client, 0);
	ws_free(w);
	buf_release(&b);
	buf_release(&log);
}

/* ---- the oracle ---- */

static uint64_t random_state = 42;

static uint32_t
random_below(uint32_t n)
{
	random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(random_state >> 33) % n;
}

#define TEXTS	40

/* Where the frames of a message lie in the stream. */
struct range {
	size_t from, to, message;
};

struct stream {
	struct buf bytes, expect;
	struct range ranges[TEXTS * 8];
	size_t range_n;
};

static void
stream_frame(struct stream *s, uint8_t first, struct str text, size_t message)
{
	char key[4];
	size_t from = s->bytes.n;

	for (int i = 0; i < 4; i++)
		key[i] = (char)random_below(256);
	frame_add(&s->bytes, first, random_below(3) ? key : NULL, text);
	s->ranges[s->range_n++] = (struct range){ from, s->bytes.n, message };
}

/* Messages of all sizes, in frames of any size, control frames between. */
static void
stream_make(struct stream *s, const struct buf *texts, z_stream *z)
{
	static const struct str none = { "", 0 };

	buf_clear(&s->bytes);
	s->range_n = 0;
	for (size_t i = 0; i < TEXTS; i++) {
		struct buf packed = BUF_INIT;
		struct str text = buf_str(&texts[i]);
		uint8_t first = (uint8_t)(1 + random_below(2));
		size_t at = 0;

		if (z && random_below(2)) {
			deflate_add(z, &packed, text.n > 0 ? text : none);
			text = buf_str(&packed);
			first |= 0x40;
		}
		for (uint32_t parts = random_below(4); parts > 0; parts--) {
			size_t n = random_below((uint32_t)(text.n - at) + 1);

			stream_frame(s, first, str_sub(text, at, n), i);
			at += n;
			first = 0;
			if (!random_below(3)) {
				frame_add_cstr(&s->bytes, 0x89, KEY, "ping");
				frame_add_cstr(&s->bytes, 0x8a, NULL, "");
			}
		}
		stream_frame(s, first | 0x80, str_skip(text, at), i);
		buf_release(&packed);
	}
}

/* Feed it in pieces of up to @max bytes, and tell what must come of it: frame k + 1
 * brought what lies from bounds[k] on. */
static void
stream_run(struct stream *s, const struct buf *texts, bool packed, size_t max)
{
	struct buf log = BUF_INIT;
	struct ws *w = ws_new();
	uint32_t *brought = xcalloc(s->bytes.n, sizeof(*brought));
	uint32_t frame = 0;

	feed_cstr(w, 0, REQUEST, &log);
	feed_cstr(w, 1, packed ? DEFLATE_ANSWER("") : ANSWER, &log);
	for (size_t at = 0; at < s->bytes.n;) {
		size_t n = 1 + random_below((uint32_t)max);

		if (n > s->bytes.n - at)
			n = s->bytes.n - at;
		frame++;
		for (size_t i = 0; i < n; i++)
			brought[at + i] = frame;
		feed(w, 0, str_sub(buf_str(&s->bytes), at, n), frame, &log, true);
		at += n;
	}
	buf_clear(&s->expect);
	for (size_t i = 0, r = 0; i < TEXTS; i++) {
		uint32_t last = 0;

		buf_add_cstr(&s->expect, "0 MESSAGE ");
		buf_add_str(&s->expect, buf_str(&texts[i]));
		for (; r < s->range_n && s->ranges[r].message == i; r++)
			for (size_t k = s->ranges[r].from; k < s->ranges[r].to; k++)
				if (brought[k] != last)
					buf_printf(&s->expect, " #%u", last = brought[k]);
		buf_add_char(&s->expect, '\n');
	}
	if (!str_eq(buf_str(&log), buf_str(&s->expect)))
		fail_msg("pieces of %zu: other messages\n%s\n%s", max, buf_cstr(&log),
			 buf_cstr(&s->expect));
	for (size_t i = 0; i < WS_FLAW_COUNT; i++)
		assert_int_equal(ws_info(w)->flaws[i], 0);
	free(brought);
	ws_free(w);
	buf_release(&log);
}

static void
test_oracle(void **state)
{
	static const size_t sizes[] = { 1, 2, 7, 50, 300, 5000, 1000000 };
	struct buf texts[TEXTS] = { BUF_INIT };
	struct stream s = { .range_n = 0 };

	(void)state;
	for (size_t i = 0; i < TEXTS; i++) {
		uint32_t n = random_below(i % 10 == 9 ? 3000 : 200);

		if (i == 5)
			n = 70000;
		for (uint32_t k = 0; k < n; k++)
			buf_add_char(&texts[i], (char)('a' + random_below(i % 2 ? 26 : 3)));
	}
	for (int round = 0; round < 6; round++) {
		bool packed = round % 2;
		z_stream z = { 0 };

		assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY),
				 Z_OK);
		/* Of a large one in small pieces not all frames are told apart. */
		texts[5].n = round < 2 ? 300 : 70000;
		stream_make(&s, texts, packed ? &z : NULL);
		for (size_t i = round < 2 ? 0 : 2; i < ARRAY_SIZE(sizes); i++)
			stream_run(&s, texts, packed, sizes[i]);
		deflateEnd(&z);
	}
	for (size_t i = 0; i < TEXTS; i++)
		buf_release(&texts[i]);
	buf_release(&s.bytes);
	buf_release(&s.expect);
}

/* The whole connection cut in two at every byte, and ended at every byte. */
static void
test_every_cut(void **state)
{
	struct buf log = BUF_INIT, whole = BUF_INIT, b = BUF_INIT;
	struct ws *w = ws_new();

	(void)state;
	buf_add_cstr(&b, ANSWER);
	frame_add_cstr(&b, 0x81, NULL, OK);
	frame_add_cstr(&b, 0x01, NULL, "in ");
	frame_add_cstr(&b, 0x89, NULL, "ping");
	frame_add_cstr(&b, 0x80, KEY, "two");
	frame_add_cstr(&b, 0x83, NULL, "what");
	buf_add(&b, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9);
	frame_add(&b, 0x88, NULL, STR("\x03\xe8"));
	feed(w, 1, buf_str(&b), 1, &whole, false);
	ws_free(w);
	for (size_t n = 0; n <= b.n; n++) {
		w = ws_new();
		feed(w, 1, str_sub(buf_str(&b), 0, n), 1, &log, false);
		feed(w, 1, str_skip(buf_str(&b), n), 2, &log, false);
		if (!str_eq(buf_str(&log), buf_str(&whole)))
			fail_msg("cut at %zu: %s", n, buf_cstr(&log));
		ws_free(w);
		buf_clear(&log);
		w = ws_new();
		feed(w, 1, str_sub(buf_str(&b), 0, n), 1, &log, false);
		ws_end(w);
		drain(w, &log, false);
		ws_free(w);
		w = ws_new();
		feed(w, 1, str_sub(buf_str(&b), 0, n), 1, &log, false);
		gap(w, 1, n % 9, &log);
		feed(w, 1, str_skip(buf_str(&b), n + n % 9), 1, &log, false);
		ws_end(w);
		drain(w, &log, false);
		ws_free(w);
		buf_clear(&log);
	}
	buf_release(&log);
	buf_release(&whole);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_head_bound),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_deflate),
		cmocka_unit_test(test_deflate_bad),
		cmocka_unit_test(test_flaws),
		cmocka_unit_test(test_length_beyond),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_middle),
		cmocka_unit_test(test_one_side),
		cmocka_unit_test(test_oracle),
		cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests_name("ws", tests, NULL, NULL);
}
