/*
 * Real captures against what tshark found in them.
 *
 * $RUNG_CAPTURES names a folder of captures with truth/NAME.json beside them.
 * For each file the SIP messages that came over a transport rung reads must be
 * those of the truth: per Call-ID the same methods and codes in the same order.
 * A difference must stand in tests/captures-known.md, and what stands there must
 * be a difference. Skipped without the variable.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

#include "app/engine.h"
#include "base/mem.h"
#include "real_captures.h"

/* Transports whose messages are read. */
static const char *const transports[] = { "udp", "tcp", "tls", "ws", "wss", "sctp" };

struct entry {
	struct buf call_id;
	struct buf what;	/* "INVITE", "200" */
};

struct entries {
	struct entry *list;
	size_t n, cap;
};

static void
entries_add(struct entries *e, struct str call_id, struct str what)
{
	ARRAY_GROW(e->list, e->cap, e->n + 1);
	e->list[e->n] = (struct entry){ BUF_INIT, BUF_INIT };
	buf_add_str(&e->list[e->n].call_id, call_id);
	buf_add_str(&e->list[e->n].what, what);
	e->n++;
}

static void
entries_release(struct entries *e)
{
	for (size_t i = 0; i < e->n; i++) {
		buf_release(&e->list[i].call_id);
		buf_release(&e->list[i].what);
	}
	free(e->list);
	*e = (struct entries){ 0 };
}

static bool
is_read(const char *transport)
{
	for (size_t i = 0; i < ARRAY_SIZE(transports); i++)
		if (strcmp(transport, transports[i]) == 0)
			return true;
	return false;
}

static const char *
string_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

/* tshark has no HEP: what HEP carries has a list of its own. */
static void
add_hep(struct entries *e, const json_t *packet)
{
	struct str line = str_of(string_of(packet, "first_line")), word = STR_NONE;

	if (json_integer_value(json_object_get(packet, "proto_type")) != 1)
		return;
	str_cut(&line, ' ', &word);
	if (str_eq(word, STR("SIP/2.0")))
		str_cut(&line, ' ', &word);
	entries_add(e, str_of(string_of(packet, "call_id")), word);
}

static bool
read_truth(const char *path, struct entries *e)
{
	json_t *root = json_load_file(path, JSON_ALLOW_NUL, NULL), *m;
	size_t i;

	if (!root)
		return false;
	json_array_foreach(json_object_get(root, "sip_messages"), i, m)
		if (is_read(string_of(m, "transport")))
			entries_add(e, str_of(string_of(m, "call_id")), str_of(string_of(m, "what")));
	json_array_foreach(json_object_get(root, "hep"), i, m)
		add_hep(e, m);
	json_decref(root);
	return true;
}

static void
read_capture(const char *path, struct entries *e)
{
	struct engine engine;
	struct err err;

	engine_init(&engine);
	if (capture_add(engine.capture, path, &err) == 0)
		while (engine_read(&engine, 65536) != ENGINE_END)
			;
	for (uint32_t i = 0; i < store_message_count(engine.store); i++) {
		const struct message *m = store_message(engine.store, i);
		const struct call *c = store_call(engine.store, m->call);
		struct buf what = BUF_INIT;

		if (!is_read(transport_name(store_path(engine.store, m->path)->transport)))
			continue;
		if (m->flags & MESSAGE_REQUEST)
			buf_add_str(&what, store_method_name(engine.store, m->method));
		else
			buf_printf(&what, "%u", m->status);
		entries_add(e, c->flags & CALL_NO_CALL_ID ? STR("") : call_id(c), buf_str(&what));
		buf_release(&what);
	}
	engine_release(&engine);
}

static int
by_call_id(const void *a, const void *b)
{
	const struct entry *x = *(const struct entry *const *)a;
	const struct entry *y = *(const struct entry *const *)b;
	int order = str_cmp(buf_str(&x->call_id), buf_str(&y->call_id));

	return order ? order : (x > y) - (x < y);
}

/* The messages as "CALL-ID: what what ..." lines, sorted by Call-ID. */
static void
flows(const struct entries *e, struct buf *b)
{
	const struct entry **sorted = xreallocarray(NULL, e->n + 1, sizeof(*sorted));

	for (size_t i = 0; i < e->n; i++)
		sorted[i] = &e->list[i];
	qsort(sorted, e->n, sizeof(*sorted), by_call_id);
	for (size_t i = 0; i < e->n; i++) {
		if (i == 0 || !str_eq(buf_str(&sorted[i]->call_id), buf_str(&sorted[i - 1]->call_id)))
			buf_printf(b, "%s%s:", i ? "\n" : "", buf_cstr(&sorted[i]->call_id));
		buf_printf(b, " %s", buf_cstr(&sorted[i]->what));
	}
	buf_add_char(b, '\n');
	free(sorted);
}

static void
print_difference(const char *name, const struct buf *want, const struct buf *got)
{
	struct str a = buf_str(want), b = buf_str(got), x = STR_NONE, y = STR_NONE;

	print_message("# %s:\n", name);
	for (int shown = 0; shown < 3 && (a.p || b.p); ) {
		bool more_a = str_cut(&a, '\n', &x), more_b = str_cut(&b, '\n', &y);

		if (more_a && more_b && str_eq(x, y))
			continue;
		print_message("#   truth %.*s\n#   rung  %.*s\n", more_a ? (int)x.n : 0, x.p,
			      more_b ? (int)y.n : 0, y.p);
		shown++;
	}
}

/* @return whether the file is as it should be. */
static bool
check_file(const char *folder, const char *name)
{
	struct entries truth = { 0 }, mine = { 0 };
	struct buf want = BUF_INIT, got = BUF_INIT;
	char path[4096];
	bool same, good = true;

	snprintf(path, sizeof(path), "%s/truth/%s.json", folder, name);
	if (!read_truth(path, &truth))
		return true;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	read_capture(path, &mine);
	flows(&truth, &want);
	flows(&mine, &got);
	same = str_eq(buf_str(&want), buf_str(&got));
	if (same == captures_is_known("captures-known.md", name)) {
		if (same)
			print_message("# %s: is known to differ, but does not\n", name);
		else
			print_difference(name, &want, &got);
		good = false;
	}
	entries_release(&truth);
	entries_release(&mine);
	buf_release(&want);
	buf_release(&got);
	return good;
}

static void
test_captures(void **state)
{
	(void)state;
	captures_check(check_file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_captures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
