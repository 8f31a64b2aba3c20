/* What a connection is taken for by its first bytes, and what was kept until then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/channel.h"
#include "app/streams.h"

#define ASK	"OPTIONS sip:b@x SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n" \
	"From: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n" \
	"Content-Length: 0\r\n\r\n"
#define HELLO	"\x16\x03\x01\x00\x04\x01\x00\x00\x00"

struct channel_case {
	const char *name;
	uint8_t base;			/* enum transport */
	struct str pieces[3];		/* of direction 0; empty: none */
	enum channel_protocol want;
	uint32_t messages;
};

static const struct channel_case cases[] = {
	{ "sip", TRANSPORT_TCP, { STR_INIT(ASK) }, CHANNEL_SIP, 1 },
	{ "sip in pieces", TRANSPORT_TCP, { STR_INIT("\r\n"), STR_INIT("OPT"),
	  STR_INIT("IONS sip:b SIP/2.0\r\nCall-ID: 1\r\nContent-Length: 0\r\n\r\n") },
	  CHANNEL_SIP, 1 },
	{ "sip later", TRANSPORT_TCP, { STR_INIT("\x01\x02something\r\n"), STR_INIT(ASK) },
	  CHANNEL_SIP, 1 },
	{ "tls", TRANSPORT_TCP, { STR_INIT(HELLO) }, CHANNEL_TLS, 0 },
	{ "tls in pieces", TRANSPORT_TCP, { STR_INIT("\x16\x03"), STR_INIT("\x01\x00\x04\x01") },
	  CHANNEL_TLS, 0 },
	{ "tls in tls", TRANSPORT_TLS, { STR_INIT(HELLO) }, CHANNEL_OTHER, 0 },
	{ "tls in tls, in pieces", TRANSPORT_TLS,
	  { STR_INIT("\x16\x03"), STR_INIT("\x01\x00\x04\x01") }, CHANNEL_OTHER, 0 },
	{ "tls in tls, behind a proxy", TRANSPORT_TLS,
	  { STR_INIT("CONNECT x HTTP/1.1\r\n\r\n"), STR_INIT(HELLO) }, CHANNEL_OTHER, 0 },
	{ "sip in tls", TRANSPORT_TLS, { STR_INIT(HELLO), STR_INIT(ASK) }, CHANNEL_SIP, 1 },
	{ "websocket", TRANSPORT_TLS, { STR_INIT("GET / HTTP/1.1\r\n") }, CHANNEL_WS, 0 },
	{ "hep", TRANSPORT_TCP, { STR_INIT("HE"), STR_INIT("P3\x00\x40") }, CHANNEL_HEP, 0 },
	{ "too little", TRANSPORT_TCP, { STR_INIT("\r\n\r\nOPT") }, CHANNEL_NEW, 0 },
};

static void
test_protocols(void **state)
{
	struct net_endpoint ends[2] = { { .port = 1 }, { .port = 2 } };

	(void)state;
	net_addr_set_ip4(&ends[0].addr, (const uint8_t[]){ 192, 0, 2, 1 });
	net_addr_set_ip4(&ends[1].addr, (const uint8_t[]){ 192, 0, 2, 2 });
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct channel_case *c = &cases[i];
		struct channel *ch = channel_new(c->base);
		struct engine e;

		engine_init(&e);
		for (uint32_t k = 0; k < 3 && c->pieces[k].n > 0; k++) {
			struct stamp stamp = { .time = k, .frame = k + 1 };
			struct flow_event ev = {
				.kind = FLOW_BYTES, .bytes = c->pieces[k],
				.place = { 0, PLACE_NONE }, .stamps = &stamp, .stamp_n = 1,
			};

			channel_take(ch, &e, NULL, ends, &ev);
		}
		if (ch->protocol != c->want || store_message_count(e.store) != c->messages)
			print_message("# %s: %s, %u messages\n", c->name,
				      channel_name((enum channel_protocol)ch->protocol),
				      store_message_count(e.store));
		assert_int_equal(ch->protocol, c->want);
		assert_int_equal(store_message_count(e.store), c->messages);
		channel_end(ch, &e, ends);
		channel_free(ch, e.streams);
		assert_int_equal(e.streams->kept, 0);
		engine_release(&e);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_protocols),
	};

	return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
