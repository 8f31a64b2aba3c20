/* net/peers.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/peers.h"

static void
test_copies(void **state)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = 1 };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = 2 };
	struct addrinfo second = {
		.ai_addr = (struct sockaddr *)&four, .ai_addrlen = sizeof(four),
	};
	struct addrinfo first = {
		.ai_addr = (struct sockaddr *)&six, .ai_addrlen = sizeof(six), .ai_next = &second,
	};
	struct peers peers;
	struct err err;

	(void)state;
	assert_int_equal(peers_init(&peers, &first, &err), 0);
	assert_int_equal(peers.n, 2);
	assert_int_equal(peers.list[0].n, sizeof(six));
	assert_memory_equal(peers.list[0].at, &six, sizeof(six));
	assert_int_equal(peers.list[1].n, sizeof(four));
	assert_memory_equal(peers.list[1].at, &four, sizeof(four));
	peers_release(&peers);
	assert_int_equal(peers.n, 0);
	assert_int_equal(peers_seal(&peers), -1);
	peers_release(&peers);
}

/* A name with more addresses than there is room for, and one that is no address. */
static void
test_many(void **state)
{
	struct sockaddr_in at[PEERS_MAX + 3];
	struct addrinfo list[PEERS_MAX + 3];
	struct peers peers;
	struct err err;

	(void)state;
	for (unsigned i = 0; i < PEERS_MAX + 3; i++) {
		at[i] = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = (in_port_t)i };
		list[i] = (struct addrinfo){
			.ai_addr = (struct sockaddr *)&at[i], .ai_addrlen = sizeof(at[i]),
			.ai_next = i + 1 < PEERS_MAX + 3 ? &list[i + 1] : NULL,
		};
	}
	list[1].ai_addrlen = sizeof(struct sockaddr_storage) + 1;
	assert_int_equal(peers_init(&peers, list, &err), 0);
	assert_int_equal(peers.n, PEERS_MAX);
	assert_memory_equal(peers.list[1].at, &at[2], sizeof(at[2]));
	assert_memory_equal(peers.list[PEERS_MAX - 1].at, &at[PEERS_MAX], sizeof(at[0]));
	peers_release(&peers);
}

static void
test_push(void **state)
{
	int pair[2];
	char got[8];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(peers_push((void *)(intptr_t)pair[0], "abc", 3), 3);
	assert_int_equal(read(pair[1], got, sizeof(got)), 3);
	assert_memory_equal(got, "abc", 3);
	close(pair[1]);
	/* No signal. */
	assert_int_equal(peers_push((void *)(intptr_t)pair[0], "abc", 3), -1);
	close(pair[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_push),
	};

	return cmocka_run_group_tests_name("peers", tests, NULL, NULL);
}
