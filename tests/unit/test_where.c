/* net/where.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netdb.h>
#include <sys/socket.h>

#include "net/where.h"

static void
test_parse(void **state)
{
	static const struct {
		const char *text, *host;
		enum where_kind kind;
		unsigned port;
	} cases[] = {
		{ "udp:127.0.0.1:9060", "127.0.0.1", WHERE_UDP, 9060 },
		{ "TCP:[::1]:9060", "::1", WHERE_TCP, 9060 },
		{ "tls:homer.example.com:9061", "homer.example.com", WHERE_TLS, 9061 },
		{ "tcp::9060", "", WHERE_TCP, 9060 },
		{ "udp:9060", "", WHERE_UDP, 9060 },
		{ "udp:*:9060", "*", WHERE_UDP, 9060 },
		{ "udp::0", "", WHERE_UDP, 0 },
		{ "udp:[fe80::1%lo]:65535", "fe80::1%lo", WHERE_UDP, 65535 },
		{ "", NULL, WHERE_UDP, 0 },
		{ "udp", NULL, WHERE_UDP, 0 },
		{ "udp:", NULL, WHERE_UDP, 0 },
		{ "udp::", NULL, WHERE_UDP, 0 },
		{ "udp:a:", NULL, WHERE_UDP, 0 },
		{ "udp:a:65536", NULL, WHERE_UDP, 0 },
		{ "udp:a:1x", NULL, WHERE_UDP, 0 },
		{ "udp:::1:9060", NULL, WHERE_UDP, 0 },
		{ "udp:[::1:9060", NULL, WHERE_UDP, 0 },
		{ "udp:[::1]9060", NULL, WHERE_UDP, 0 },
		{ "sctp:a:1", NULL, WHERE_UDP, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct where w;
		struct err err;
		int r = where_parse(cases[i].text, &w, &err);

		assert_int_equal(r, cases[i].host ? 0 : -1);
		if (r != 0) {
			assert_true(strlen(err.text) > 0);
			continue;
		}
		assert_string_equal(w.host, cases[i].host);
		assert_int_equal(w.kind, cases[i].kind);
		assert_int_equal(w.port, cases[i].port);
	}
}

static void
test_resolve(void **state)
{
	struct where w = { .kind = WHERE_UDP, .port = 9060, .host = "127.0.0.1" };
	struct addrinfo *list;
	struct err err;

	(void)state;
	list = where_resolve(&w, false, &err);
	assert_non_null(list);
	assert_int_equal(list->ai_family, AF_INET);
	freeaddrinfo(list);
	w.host[0] = '\0';
	list = where_resolve(&w, true, &err);
	assert_non_null(list);
	freeaddrinfo(list);
	/* No name at all, so that nobody is asked. */
	memset(w.host, 'x', 100);
	w.host[100] = '\0';
	assert_null(where_resolve(&w, false, &err));
	assert_non_null(strstr(err.text, "xxxx: "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_resolve),
	};

	return cmocka_run_group_tests_name("where", tests, NULL, NULL);
}
