/*
 * Real TLS captures against what tshark decrypted of them.
 *
 * $RUNG_CAPTURES names a folder of captures with keys (NAME.keylog,
 * NAME.rsa.pem) and truth/NAME.json beside them. Of each connection the number
 * and SHA-256 of the bytes decrypted each way must be those of the truth. A
 * connection that differs must have its reason in the table below. Skipped
 * without the variable. TCP of the other captures is read as if it were TLS, for
 * what it may break.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <gnutls/crypto.h>
#include <jansson.h>
#include <unistd.h>

#include "base/mem.h"
#include "capture/capture.h"
#include "decode/decode.h"
#include "transport/tcp.h"
#include "transport/tls.h"

/* How many connections of a capture are not as tshark reads them, and why. */
static const struct {
	const char *name;
	unsigned n;
	const char *why;
} known[] = {
	{ "Lekensteyn-wireshark-notes__broken_dump.pcapng", 6,
	  "export ciphers, IDEA and SEED are not read" },
	{ "Lekensteyn-wireshark-notes__works_dump.pcapng", 1, "export ciphers are not read" },
	{ "wireshark__tls12-aes128ccm.pcap", 1, "its key is a pre-shared key" },
	{ "wireshark__tls13-rfc8446.pcap", 1, "0-RTT is not read" },
};

struct connection {
	struct tls *tls;
	struct buf text[2];
	struct tls_info info;
	bool seen;
};

struct run {
	struct capture *capture;
	struct decoder *decoder;
	struct tcp *tcp;
	struct tls_keys *keys;
	struct tls_context *context;
	struct connection **list;
	size_t n, cap, secrets;
	bool verbose;
};

static void
add_secrets(struct run *r)
{
	for (; r->secrets < capture_secrets_count(r->capture); r->secrets++) {
		const struct capture_secrets *s = capture_secrets_at(r->capture, r->secrets);

		if (s->type == 0x544c534b)
			tls_keys_add_text(r->keys, (struct str){ (const char *)s->data, s->n });
	}
}

static void
drain_tls(struct connection *c)
{
	struct flow_event ev;

	while (tls_next(c->tls, &ev)) {
		assert_true(ev.stamp_n > 0);
		if (ev.kind == FLOW_BYTES)
			buf_add_str(&c->text[ev.dir], ev.bytes);
	}
}

static struct connection *
connection_of(struct run *r, struct tcp_connection *tc)
{
	struct connection *c = tc->user;

	if (!c) {
		c = tc->user = xcalloc(1, sizeof(*c));
		c->tls = tls_new(r->context);
		ARRAY_GROW(r->list, r->cap, r->n + 1);
		r->list[r->n++] = c;
	}
	return c;
}

static void
drain_tcp(struct run *r)
{
	struct tcp_connection *tc;
	struct flow_event ev;

	while (tcp_next(r->tcp, &ev, &tc)) {
		struct connection *c = connection_of(r, tc);

		if (!c->tls)
			continue;
		if (ev.kind == FLOW_BYTES)
			tls_take(c->tls, ev.dir, ev.bytes, ev.stamps, ev.stamp_n);
		else if (ev.kind == FLOW_GAP)
			tls_gap(c->tls, ev.dir, ev.missing, ev.stamps);
		else if (ev.kind == FLOW_FORGET)
			tls_end(c->tls);
		else
			continue;
		drain_tls(c);
		if (ev.kind == FLOW_FORGET) {
			tls_info_take(c->tls, &c->info);
			tls_free(c->tls);
			c->tls = NULL;
		}
	}
}

static void
read_all(struct run *r)
{
	struct record rec;
	struct segment seg;
	enum capture_status s;

	while ((s = capture_next(r->capture, &rec)) != CAPTURE_END) {
		if (s != CAPTURE_RECORD)
			continue;
		add_secrets(r);
		if (decode_record(r->decoder, &rec, &seg) != DECODE_SEGMENT ||
		    seg.kind != SEGMENT_TCP || seg.pdu)
			continue;
		tcp_take(r->tcp, &seg);
		drain_tcp(r);
	}
	tcp_end(r->tcp);
	drain_tcp(r);
}

static void
hash_hex(struct str s, char hex[65])
{
	uint8_t sum[32];

	gnutls_hash_fast(GNUTLS_DIG_SHA256, s.n > 0 ? s.p : "", s.n, sum);
	for (size_t i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", sum[i]);
}

static bool
is_side(const json_t *entry, const char *side, struct str text)
{
	char key[32], hex[65];
	const char *sum;

	snprintf(key, sizeof(key), "%s_bytes", side);
	if ((size_t)json_integer_value(json_object_get(entry, key)) != text.n)
		return false;
	snprintf(key, sizeof(key), "%s_sha256", side);
	sum = json_string_value(json_object_get(entry, key));
	hash_hex(text, hex);
	return sum && strcmp(sum, hex) == 0;
}

/* Which end tshark calls node 0 depends on who sent first. */
static bool
is_entry(const json_t *entry, const struct connection *c)
{
	struct str a = buf_str(&c->text[0]), b = buf_str(&c->text[1]);

	return (is_side(entry, "node0", a) && is_side(entry, "node1", b)) ||
	       (is_side(entry, "node0", b) && is_side(entry, "node1", a));
}

static void
describe(const struct connection *c, size_t i)
{
	const struct tls_info *t = &c->info;
	const char *suite = tls_suite_name(t->suite);

	print_message("#   %zu: %s %s %s, %zu+%zu bytes, records %d+%d, \"%s\" [%s] [%s]%s%s\n", i,
		      tls_version_name(t->version) ? tls_version_name(t->version) : "-",
		      suite ? suite : "-", tls_stage_name(t->stage), c->text[0].n, c->text[1].n,
		      (int)t->records[0], (int)t->records[1], buf_cstr(&t->reason),
		      buf_cstr(&t->server_name), buf_cstr(&t->alerts), t->resumed ? " resumed" : "",
		      t->retried ? " retried" : "");
	for (unsigned f = 0; f < TLS_FLAW_COUNT; f++)
		if (t->flaws[f] > 0)
			print_message("#      %s: %d\n", tls_flaw_name(f), (int)t->flaws[f]);
}

/* @return connections of the truth that were not read as it says. */
static unsigned
compare(const struct run *r, const json_t *truth)
{
	unsigned missing = 0;
	json_t *entry;
	size_t i;

	json_array_foreach(truth, i, entry) {
		bool found = false;

		for (size_t k = 0; k < r->n && !found; k++) {
			found = !r->list[k]->seen && is_entry(entry, r->list[k]);
			r->list[k]->seen |= found;
		}
		missing += !found;
	}
	/* And no text that tshark has not. */
	for (size_t k = 0; k < r->n; k++)
		if (!r->list[k]->seen && (r->list[k]->text[0].n > 0 || r->list[k]->text[1].n > 0))
			print_message("#   %zu: %zu+%zu bytes are not in the truth\n", k,
				      r->list[k]->text[0].n, r->list[k]->text[1].n);
	return missing;
}

static unsigned
run_file(const char *folder, const char *name, const json_t *truth)
{
	struct run r = { .verbose = getenv("RUNG_VERBOSE") != NULL };
	char path[4096];
	unsigned missing;
	struct err err;

	r.capture = capture_new();
	r.decoder = decoder_new();
	r.tcp = tcp_new(NULL);
	r.keys = tls_keys_new();
	r.context = tls_context_new(r.keys);
	snprintf(path, sizeof(path), "%s/%s.keylog", folder, name);
	if (access(path, R_OK) == 0)
		assert_int_equal(tls_keys_add_file(r.keys, path, &err), 0);
	snprintf(path, sizeof(path), "%s/%s.rsa.pem", folder, name);
	if (access(path, R_OK) == 0)
		assert_int_equal(tls_keys_add_rsa(r.keys, path, &err), 0);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (capture_add(r.capture, path, &err) == 0)
		read_all(&r);
	missing = compare(&r, truth);
	for (size_t i = 0; i < r.n; i++) {
		if (r.verbose)
			describe(r.list[i], i);
		buf_release(&r.list[i]->text[0]);
		buf_release(&r.list[i]->text[1]);
		tls_info_release(&r.list[i]->info);
		free(r.list[i]);
	}
	free(r.list);
	tls_context_free(r.context);
	tls_keys_free(r.keys);
	tcp_free(r.tcp);
	decoder_free(r.decoder);
	capture_free(r.capture);
	return missing;
}

static unsigned
known_of(const char *name, const char **why)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].name, name) == 0) {
			*why = known[i].why;
			return known[i].n;
		}
	}
	*why = "";
	return 0;
}

static bool
run_truth(const char *folder, const char *file)
{
	char path[4096], name[1024];
	unsigned missing, allowed;
	const char *why;
	const json_t *truth;
	json_t *root;

	snprintf(path, sizeof(path), "%s/truth/%s", folder, file);
	snprintf(name, sizeof(name), "%.*s", (int)(strlen(file) - strlen(".json")), file);
	root = json_load_file(path, JSON_ALLOW_NUL, NULL);
	truth = json_object_get(json_object_get(root, "decrypt"), "follow_tls");
	missing = run_file(folder, name, truth);
	if (!truth) {
		/* Whatever it is, taken for TLS: nothing must come out of it. */
		json_decref(root);
		return false;
	}
	allowed = known_of(name, &why);
	print_message("# %s: %zu connections, %u differ%s%s\n", name, json_array_size(truth),
		      missing, missing > 0 ? ": " : "", missing > 0 ? why : "");
	assert_int_equal(missing, allowed);
	json_decref(root);
	return true;
}

static void
test_tls_captures(void **state)
{
	const char *folder = getenv("RUNG_CAPTURES");
	char path[4096];
	struct dirent *e;
	size_t files = 0;
	DIR *dir;

	(void)state;
	if (!folder) {
		print_message("# RUNG_CAPTURES is not set: nothing is compared\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/truth", folder);
	dir = opendir(path);
	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL) {
		size_t n = strlen(e->d_name);

		if (n > 5 && strcmp(e->d_name + n - 5, ".json") == 0)
			files += run_truth(folder, e->d_name);
	}
	closedir(dir);
	print_message("# %zu captures with decrypted text\n", files);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tls_captures),
	};

	return cmocka_run_group_tests_name("tls_captures", tests, NULL, NULL);
}
