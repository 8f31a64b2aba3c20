/*
 * The streams of real captures against those that tshark measured.
 *
 * $RUNG_CAPTURES names a folder of captures with truth/NAME.json beside them. Each
 * stream of the plain run of tshark is looked for, and those of the run that guesses
 * (rtp_udp) when rung has them too: packets, lost, longest delta, mean and longest
 * jitter must be those that tshark printed. A file with a difference must have a row
 * in tests/streams-known.md, and a row must have a difference. Skipped without the
 * variable.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <math.h>

#include "app/engine.h"
#include "base/mem.h"
#include "real_captures.h"
#include "store/stream.h"

/* tshark prints three digits. */
#define PRINTED	0.00101

static double
ms(int64_t ns)
{
	return ns == TIME_NONE ? 0 : (double)ns / NS_PER_MS;
}

static bool
end_is(const struct net_endpoint *e, const json_t *row, const char *address, const char *port)
{
	struct buf text = BUF_INIT;
	const char *want = json_string_value(json_object_get(row, address));
	bool same;

	net_addr_add(&text, &e->addr);
	same = want && strcmp(buf_cstr(&text), want) == 0 &&
		e->port == json_integer_value(json_object_get(row, port));
	buf_release(&text);
	return same;
}

static const struct stream *
find(const struct store *s, const json_t *row)
{
	const char *text = json_string_value(json_object_get(row, "ssrc"));
	uint32_t ssrc = text ? (uint32_t)strtoul(text, NULL, 16) : 0;

	for (uint32_t i = 0; i < store_stream_count(s); i++) {
		const struct stream *st = store_stream(s, i);

		if (st->ssrc == ssrc && end_is(&st->src, row, "src", "sport") &&
		    end_is(&st->dst, row, "dst", "dport"))
			return st;
	}
	return NULL;
}

static bool
differs(const json_t *row, const char *name, double got)
{
	double want = json_number_value(json_object_get(row, name));

	if (fabs(want - got) < PRINTED)
		return false;
	print_message("#   %s %s: %.3f, here %.3f\n",
		      json_string_value(json_object_get(row, "ssrc")), name, want, got);
	return true;
}

/* @return how many streams differ. */
static int
check_streams(const struct store *s, const json_t *rows, bool sure)
{
	int bad = 0;
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		const struct stream *st = find(s, row);
		struct meter_figures f;
		int differ;

		if (!st) {
			if (sure)
				print_message("#   %s is missing\n",
					      json_string_value(json_object_get(row, "ssrc")));
			bad += sure;
			continue;
		}
		meter_figures(&st->meter, &f);
		/* Each is looked at, for each is printed. */
		differ = differs(row, "packets", (double)f.packets);
		differ += differs(row, "lost", (double)f.lost);
		differ += differs(row, "max_delta_ms", ms(f.max_delta));
		differ += differs(row, "mean_jitter_ms", ms(f.mean_jitter));
		differ += differs(row, "max_jitter_ms", ms(f.max_jitter));
		bad += differ > 0;
	}
	return bad;
}

/* @return whether the file is as it should be. */
static bool
check_file(const char *folder, const char *name)
{
	struct engine engine;
	struct err err;
	char path[4096];
	json_t *root;
	int bad;

	snprintf(path, sizeof(path), "%s/truth/%s.json", folder, name);
	root = json_load_file(path, JSON_ALLOW_NUL, NULL);
	if (!root)
		return true;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	engine_init(&engine);
	if (capture_add(engine.capture, path, &err) == 0)
		while (engine_read(&engine, 65536) != ENGINE_END)
			;
	bad = check_streams(engine.store, json_object_get(root, "rtp_streams_default"), true);
	bad += check_streams(engine.store, json_object_get(root, "rtp_streams_heuristic"), false);
	engine_release(&engine);
	json_decref(root);
	if ((bad > 0) == captures_is_known("streams-known.md", name))
		return true;
	print_message("# %s: %s\n", name, bad ? "differs" : "is known to differ, but does not");
	return false;
}

static void
test_streams(void **state)
{
	(void)state;
	captures_check(check_file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
