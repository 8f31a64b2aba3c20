/* A store whose indexes ran short is replaced while packets come: nothing refers to the one
 * that was, what its messages held is given back once, and what comes goes on. And the clock of
 * the store where nothing comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "app/engine.h"
#include "base/time.h"
#include "store/store.h"

static const char *const captures[] = {
	"dialogs.pcap", "media.pcap", "tcp.pcap", "tcp-order.pcap", "fragments.pcap", "sctp.pcap",
	"ws.pcap", "copies.pcap", "sample.pcapng",
};

/* Of packets that come once. */
static FILE *
open_pipe(struct engine *e, const char *name)
{
	char command[4096], path[64];
	struct err err;
	FILE *f;

	snprintf(command, sizeof(command), "cat '%s/tests/captures/%s'", getenv("top_srcdir"), name);
	f = popen(command, "r");
	assert_non_null(f);
	snprintf(path, sizeof(path), "/dev/fd/%d", fileno(f));
	if (capture_add(e->capture, path, &err) != 0)
		fail_msg("%s", err.text);
	return f;
}

static uint32_t
read_records(struct engine *e, unsigned n)
{
	enum engine_status status;

	do
		status = engine_read(e, n);
	while (status == ENGINE_WAIT);
	return store_message_count(e->store);
}

static uint32_t
read_all(const char *name, unsigned each, bool renew)
{
	uint32_t messages = 0;
	struct engine e;
	FILE *f;

	engine_init(&e);
	f = open_pipe(&e, name);
	while (!e.ended) {
		uint32_t n = read_records(&e, each);

		if (!renew)
			continue;
		messages += n;
		engine_renew_store(&e);
		assert_int_equal(store_message_count(e.store), 0);
		assert_int_equal(store_call_count(e.store), 0);
	}
	if (!renew)
		messages = store_message_count(e.store);
	engine_release(&e);
	pclose(f);
	return messages;
}

static void
goes_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(captures) / sizeof(captures[0]); i++) {
		uint32_t all = read_all(captures[i], 1000, false);

		assert_true(all > 0);
		assert_int_equal(read_all(captures[i], 1, true), all);
		assert_int_equal(read_all(captures[i], 7, true), all);
	}
}

/* ---- the clock ---- */

static const struct call *
only_call(const struct engine *e)
{
	assert_int_equal(store_call_count(e->store), 1);
	return store_call(e->store, 0);
}

/* The first packets of a file, that is followed. */
static void
clock_of_idle_line(void **state)
{
	char path[4096], text[1024];
	struct engine e;
	struct err err;
	size_t n;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/captures/dialogs.pcap", getenv("top_srcdir"));
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	assert_int_equal(n, sizeof(text));
	/* An INVITE, and the header of its reply. */
	n = 24u + 16u + (uint8_t)text[32] + ((size_t)(uint8_t)text[33] << 8);
	assert_true(n < sizeof(text));

	snprintf(path, sizeof(path), "/tmp/rung-renew-%ld", (long)getpid());
	f = fopen(path, "wb");
	assert_non_null(f);
	fwrite(text, 1, n, f);
	fclose(f);
	engine_init(&e);
	assert_int_equal(capture_set_follow(e.capture, true, &err), 0);
	if (capture_add(e.capture, path, &err) != 0)
		fail_msg("%s", err.text);
	unlink(path);

	while (store_call_count(e.store) == 0)
		engine_read(&e, 8);
	assert_true(engine_is_live(&e));
	engine_read(&e, 8);
	assert_int_equal(store_call_state(e.store, only_call(&e)), CALL_STATE_SETUP);
	time_pass(20 * NS_PER_S);
	engine_read(&e, 8);
	assert_int_equal(store_call_state(e.store, only_call(&e)), CALL_STATE_SETUP);
	time_pass(13 * NS_PER_S);
	engine_read(&e, 8);
	assert_int_equal(store_call_state(e.store, only_call(&e)), CALL_STATE_TIMED_OUT);
	/* In a store that is new it goes on. */
	engine_renew_store(&e);
	engine_read(&e, 8);
	assert_true(store_now(e.store) != TIME_NONE);
	engine_release(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_on),
		cmocka_unit_test(clock_of_idle_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
