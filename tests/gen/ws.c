/*
 * WebSocket (RFC 6455) with SIP in it (RFC 7118): the upgrade by HTTP, then
 * frames, those of the client masked. Which connections are upgraded follows
 * from the ends and the number of times; a script that says `open` begins after
 * it.
 */
#include "gen.h"

static struct str
ws_key(void)
{
	return STR("dGhlIHNhbXBsZSBub25jZQ==");	/* that of RFC 6455, section 1.3 */
}

static void
upgrade(struct gen *g, int64_t *time, const struct wire *w, const struct ws_how *how)
{
	struct wire there = wire_back(w), back;
	struct buf b = BUF_INIT, host = BUF_INIT;
	const char *protocol = how->no_sip ? "chat" : "sip";
	const char *extension = how->compressed ?
		"Sec-WebSocket-Extensions: permessage-deflate\r\n" : "";

	there = wire_back(&there);
	back = wire_back(&there);
	net_endpoint_add(&host, &w->to);
	buf_printf(&b, "GET /ws HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
		   "Connection: Upgrade\r\nSec-WebSocket-Key: %.*s\r\n"
		   "Origin: https://www.example.com\r\nSec-WebSocket-Protocol: %s\r\n"
		   "%sSec-WebSocket-Version: 13\r\n\r\n", buf_cstr(&host), STR_ARG(ws_key()),
		   protocol, extension);
	tcp_send(g, *time, &there, b.p, b.n);
	buf_clear(&b);
	buf_printf(&b, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		   "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
		   "Sec-WebSocket-Protocol: %s\r\n%s\r\n", protocol, extension);
	*time += 10 * PIECE_GAP;
	tcp_send(g, *time, &back, b.p, b.n);
	*time += 10 * PIECE_GAP;
	tcp_ready(g, w, *time);
	buf_release(&b);
	buf_release(&host);
}

bool
ws_ready(struct gen *g, int64_t *time, const struct wire *w, const struct ws_how *how)
{
	bool client;

	if (!tcp_upgrade(g, time, w, &client))
		upgrade(g, time, w, how);
	return client;
}

void
ws_frame(struct gen *g, struct buf *b, bool client, unsigned head, struct str payload)
{
	uint32_t key = (uint32_t)mix(g->seed, ++g->masks);
	unsigned mask = client ? 0x80 : 0;

	put_8(b, head);
	if (payload.n < 126) {
		put_8(b, mask | (unsigned)payload.n);
	} else if (payload.n < 65536) {
		put_8(b, mask | 126);
		put_be16(b, (unsigned)payload.n);
	} else {
		put_8(b, mask | 127);
		put_be64(b, payload.n);
	}
	if (!client) {
		buf_add_str(b, payload);
		return;
	}
	put_be32(b, key);
	for (size_t i = 0; i < payload.n; i++)
		put_8(b, (unsigned char)payload.p[i] ^ key >> (24 - i % 4 * 8));
}

void
ws_message(struct gen *g, struct buf *b, bool client, struct str payload, const struct ws_how *how)
{
	struct buf packed = BUF_INIT;
	unsigned head = how->binary ? WS_BINARY : WS_TEXT;
	size_t at = 0;

	if (how->compressed) {
		deflate_fixed(&packed, payload, false);
		payload = buf_str(&packed);
		head |= 0x40;
	}
	for (size_t i = 0; i == 0 || at < payload.n; i++) {
		const struct pieces *sizes = &how->frames;
		size_t size = sizes->n ? sizes->at[i < sizes->n ? i : sizes->n - 1] : payload.n;
		struct str part = str_sub(payload, at, size ? size : 1);

		at += part.n;
		ws_frame(g, b, client, head | (at < payload.n ? 0 : 0x80), part);
		if (i == 0 && how->ping_between)
			ws_frame(g, b, client, 0x80 | WS_PING, STR("between"));
		head = WS_MORE;
	}
	buf_release(&packed);
}
