/* net/addr.h: addresses, endpoints, blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/addr.h"

static struct str
copy(const char *s)
{
	size_t n = strlen(s);
	char *p = n ? malloc(n) : NULL;

	if (n > 0)
		memcpy(p, s, n);
	return (struct str){ p, n };
}

static void
drop(struct str s)
{
	free((char *)(uintptr_t)s.p);
}

/* What comes out of the text, or NULL when it is no address. */
static const struct {
	const char *text, *want;
} addresses[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "0.0.0.0", "0.0.0.0" },
	{ "255.255.255.255", "255.255.255.255" },
	{ "192.0.2", NULL },
	{ "192.0.2.256", NULL },
	{ "192.0.2.1.", NULL },
	{ "192.0.2.01", NULL },
	{ " 192.0.2.1", NULL },
	{ "[192.0.2.1]", NULL },
	{ "192.0.2.1%eth0", NULL },
	{ "", NULL },
	{ "[]", NULL },
	{ "[", NULL },
	{ "%", NULL },
	{ "localhost", NULL },
	/* RFC 5952 section 4 */
	{ "::", "::" },
	{ "::1", "::1" },
	{ "[::1]", "::1" },
	{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
	{ "2001:db8::0:1", "2001:db8::1" },
	{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
	{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
	{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
	{ "fe80::1%eth0", "fe80::1" },
	{ "[fe80::1%25eth0]", "fe80::1" },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
	{ "::1:2", "::1:2" },
	{ "::102:304", "::102:304" },
	{ "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
	{ "2001:db8:::1", NULL },
	{ "1:2:3:4:5:6:7:8:9", NULL },
	{ "[::1", NULL },
	{ "::1]", NULL },
	{ "2001:db8::12345", NULL },
	{ "1111:2222:3333:4444:5555:6666:123.123.123.123:7777", NULL },
};

static void
test_addresses(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct str s = copy(addresses[i].text);
		struct net_addr a = { 0 }, again = { 0 };

		buf_clear(&b);
		if (net_addr_parse(s, &a) != (addresses[i].want != NULL))
			fail_msg("\"%s\"", addresses[i].text);
		drop(s);
		net_addr_add(&b, &a);
		assert_string_equal(buf_cstr(&b), addresses[i].want ? addresses[i].want : "");
		if (!addresses[i].want)
			continue;
		assert_true(net_addr_parse(buf_str(&b), &again));
		assert_true(net_addr_eq(&a, &again));
	}
	buf_release(&b);
}

static void
test_bytes(void **state)
{
	uint8_t bytes[16];
	struct net_addr a;

	(void)state;
	for (unsigned i = 0; i < 16; i++)
		bytes[i] = (uint8_t)(i + 1);
	a = net_addr_ip4(bytes);
	assert_int_equal(a.family, NET_IP4);
	assert_memory_equal(a.bytes, bytes, 4);
	for (int i = 4; i < 16; i++)
		assert_int_equal(a.bytes[i], 0);
	a = net_addr_ip6(bytes);
	assert_int_equal(a.family, NET_IP6);
	assert_memory_equal(a.bytes, bytes, 16);
	assert_false(net_addr_parse((struct str){ "1.2.3.4\0", 8 }, &a));
}

static void
test_endpoints(void **state)
{
	static const struct {
		const char *text, *want;
		unsigned port;
	} cases[] = {
		{ "192.0.2.1:5060", "192.0.2.1:5060", 5060 },
		{ "192.0.2.1", "192.0.2.1", 0 },
		{ "192.0.2.1:0", "192.0.2.1", 0 },
		{ "192.0.2.1:65535", "192.0.2.1:65535", 65535 },
		{ "192.0.2.1:65536", NULL, 0 },
		{ "192.0.2.1:", NULL, 0 },
		{ "192.0.2.1:x", NULL, 0 },
		{ "192.0.2.1:-1", NULL, 0 },
		{ ":5060", NULL, 0 },
		{ ":", NULL, 0 },
		{ "", NULL, 0 },
		{ "[2001:db8::1]:5060", "[2001:db8::1]:5060", 5060 },
		{ "[2001:db8::1]", "2001:db8::1", 0 },
		{ "2001:db8::1", "2001:db8::1", 0 },
		{ "2001:db8::1:5060", "2001:db8::1:5060", 0 },
		{ "[fe80::1%eth0]:5060", "[fe80::1]:5060", 5060 },
		{ "[192.0.2.1]:5060", NULL, 0 },
	};
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str s = copy(cases[i].text);
		struct net_endpoint e = { 0 };

		if (net_endpoint_parse(s, &e) != (cases[i].want != NULL))
			fail_msg("\"%s\"", cases[i].text);
		drop(s);
		if (!cases[i].want)
			continue;
		buf_clear(&b);
		net_endpoint_add(&b, &e);
		assert_string_equal(buf_cstr(&b), cases[i].want);
		assert_int_equal(e.port, cases[i].port);
	}
	buf_release(&b);
}

static struct net_addr
addr(const char *text)
{
	struct net_addr a = { 0 };

	assert_true(net_addr_parse(str_of(text), &a));
	return a;
}

static void
test_order(void **state)
{
	static const char *const sorted[] = {
		"0.0.0.0", "9.255.255.255", "10.0.0.0", "10.0.0.1", "255.0.0.0",
		"::", "::1", "2001:db8::", "fe80::1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++)
		for (size_t k = 0; k < ARRAY_SIZE(sorted); k++) {
			struct net_endpoint a = { addr(sorted[i]), 5060 };
			struct net_endpoint b = { addr(sorted[k]), 5060 };
			int want = (i > k) - (i < k), order = net_addr_cmp(&a.addr, &b.addr);

			assert_int_equal((order > 0) - (order < 0), want);
			assert_int_equal(net_addr_eq(&a.addr, &b.addr), i == k);
			assert_int_equal(net_endpoint_eq(&a, &b), i == k);
			assert_int_equal(net_endpoint_hash(&a) == net_endpoint_hash(&b), i == k);
			order = net_endpoint_cmp(&a, &b);
			assert_int_equal((order > 0) - (order < 0), want);
			b.port = 5061;
			assert_false(net_endpoint_eq(&a, &b));
			assert_true(net_endpoint_hash(&a) != net_endpoint_hash(&b));
			if (i == k)
				assert_true(net_endpoint_cmp(&a, &b) < 0);
		}
}

/* Address bits must not cancel out against the port. */
static void
test_hash_of_chosen(void **state)
{
	struct net_endpoint e = { addr("2001:db8::1"), 0 };
	uint64_t first = net_endpoint_hash(&e);

	(void)state;
	for (unsigned port = 1; port < 65536; port++)
		for (int at = 0; at < 16; at += 2) {
			struct net_endpoint f = { e.addr, (uint16_t)port };

			f.addr.bytes[at] ^= (uint8_t)(port >> 8);
			f.addr.bytes[at + 1] ^= (uint8_t)port;
			assert_true(net_endpoint_hash(&f) != first);
			f.addr = e.addr;
			f.addr.bytes[at] ^= (uint8_t)port;
			f.addr.bytes[at + 1] ^= (uint8_t)(port >> 8);
			assert_true(net_endpoint_hash(&f) != first);
		}
}

static void
test_blocks(void **state)
{
	static const struct {
		const char *block, *addr;
		bool has;
	} cases[] = {
		{ "10.0.0.0/8", "10.255.0.1", true },
		{ "10.0.0.0/8", "11.0.0.0", false },
		{ "10.1.2.3/8", "10.255.0.1", true },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "192.0.2.128/25", "192.0.2.255", true },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.1/32", "192.0.2.2", false },
		{ "0.0.0.0/0", "255.1.2.3", true },
		{ "0.0.0.0/0", "::1", false },
		{ "::/0", "2001:db8::1", true },
		{ "::/0", "10.0.0.1", false },
		{ "2001:db8::/32", "2001:db8:ffff::1", true },
		{ "2001:db8::/33", "2001:db8:ffff::1", false },
		{ "[2001:db8::1]", "2001:db8::1", true },
		{ "2001:db8::1/128", "2001:db8::2", false },
		{ "2001:db8::1/127", "2001:db8::", true },
	};
	static const char *const bad[] = {
		"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8",
		"::/129", "10/8", "10.0.0.0/x", "10.0.0.0/99999999999",
	};
	struct net_block block;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str s = copy(cases[i].block);
		struct net_addr a = addr(cases[i].addr);

		assert_true(net_block_parse(s, &block));
		if (net_block_has(&block, &a) != cases[i].has)
			fail_msg("%s in %s", cases[i].addr, cases[i].block);
		drop(s);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct str s = copy(bad[i]);

		if (net_block_parse(s, &block))
			fail_msg("\"%s\" is a block", bad[i]);
		drop(s);
	}
}

static void
test_private(void **state)
{
	static const struct { const char *addr; bool is; } cases[] = {
		{ "10.0.0.0", true }, { "9.255.255.255", false }, { "11.0.0.0", false },
		{ "172.15.255.255", false }, { "172.16.0.0", true }, { "172.31.255.255", true },
		{ "172.32.0.0", false }, { "192.168.0.1", true }, { "192.169.0.1", false },
		{ "100.63.255.255", false }, { "100.64.0.0", true }, { "100.127.255.255", true },
		{ "100.128.0.0", false }, { "169.254.1.1", true }, { "127.0.0.1", true },
		{ "192.0.2.1", false }, { "0.0.0.0", false }, { "2001:db8::1", false },
		{ "fbff::1", false }, { "fc00::1", true }, { "fdff::1", true }, { "fe80::1", true },
		{ "fec0::1", false }, { "::1", true }, { "::2", false }, { "a00::", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct net_addr a = addr(cases[i].addr);

		if (net_addr_is_private(&a) != cases[i].is)
			fail_msg("%s", cases[i].addr);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_addresses), cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_endpoints), cmocka_unit_test(test_order),
		cmocka_unit_test(test_hash_of_chosen), cmocka_unit_test(test_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
