/*
 * Messages that are hard to read, in two sets: our own in tests/torture with the
 * flaws expected of each, and, where RUNG_CAPTURES says they are, those of RFC 4475
 * and 5118 and other stacks, of which none may be lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>

#include "base/buf.h"
#include "sip/check.h"

/* An exact-size copy on the heap, so that ASan sees one byte too far. */
static bool
file_read(const char *path, struct str *text)
{
	FILE *f = fopen(path, "rb");
	static char all[1 << 20];
	char *copy;
	size_t n;

	if (!f)
		return false;
	n = fread(all, 1, sizeof(all), f);
	fclose(f);
	copy = malloc(n > 0 ? n : 1);
	memcpy(copy, all, n);
	*text = (struct str){ copy, n };
	return true;
}

static void
flaws_add(struct buf *b, uint32_t flaws)
{
	for (unsigned i = 0; i < SIP_FLAW_COUNT; i++) {
		if (!(flaws >> i & 1))
			continue;
		if (b->n > 0)
			buf_add_char(b, ',');
		buf_add_cstr(b, sip_flaw_defs[i].name);
	}
	if (b->n == 0)
		buf_add_char(b, '-');
}

/* Scan and check the next message of *rest, as text "kind<TAB>flaws". */
static bool
message_next(struct str *rest, struct buf *b)
{
	struct buf flaws = BUF_INIT;
	struct sip_scan msg;
	uint32_t all;

	if (sip_scan(*rest, SIP_DATAGRAM, &msg) != SIP_SCAN_MESSAGE)
		return false;
	all = sip_check(&msg, str_sub(*rest, 0, msg.length));
	assert_int_equal(all & msg.flaws, msg.flaws);
	assert_true(msg.length > 0 && msg.length <= rest->n);
	flaws_add(&flaws, all);
	if (msg.request)
		buf_add_str(b, msg.method_text);
	else
		buf_printf(b, "%u", msg.status);
	buf_printf(b, "\t%s", buf_cstr(&flaws));
	buf_release(&flaws);
	*rest = str_skip(*rest, msg.length);
	return true;
}

static void
test_own(void **state)
{
	const char *top = getenv("top_srcdir");
	struct str expected, rest, line, text = STR_NONE, left = STR_NONE;
	struct str last = STR_NONE;
	char path[4096];
	int bad = 0, count = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/torture/EXPECTED", top ? top : "..");
	assert_true(file_read(path, &expected));
	rest = expected;
	while (str_cut(&rest, '\n', &line)) {
		struct buf got = BUF_INIT;
		struct str name;

		if (line.n == 0 || line.p[0] == '#')
			continue;
		str_cut(&line, '\t', &name);
		if (!str_eq(name, last)) {
			free((void *)(uintptr_t)text.p);
			snprintf(path, sizeof(path), "%s/tests/torture/%.*s", top ? top : "..",
				 STR_ARG(name));
			if (!file_read(path, &text))
				fail_msg("%s cannot be read", path);
			left = text;
			last = name;
		}
		if (!message_next(&left, &got)) {
			print_message("# %.*s: not SIP\n", STR_ARG(name));
			bad++;
		} else if (!str_eq(buf_str(&got), line)) {
			print_message("# %.*s: %s\n", STR_ARG(name), buf_cstr(&got));
			bad++;
		}
		count++;
		buf_release(&got);
	}
	free((void *)(uintptr_t)text.p);
	free((void *)(uintptr_t)expected.p);
	assert_true(count > 80);
	assert_int_equal(bad, 0);
}

/* What the RFCs say of their messages, by our names. */
struct known {
	const char *file;
	uint32_t flaws;		/* at least these; 0: none at all */
};

static const struct known known[] = {
	{ "rfc4475/wsinv.dat", 0 },
	{ "rfc4475/esc01.dat", 0 },
	{ "rfc4475/escnull.dat", 0 },
	{ "rfc4475/esc02.dat", 0 },
	{ "rfc4475/lwsdisp.dat", 0 },
	{ "rfc4475/longreq.dat", 0 },
	{ "rfc4475/dblreq.dat", SIP_FLAW_SEVERAL },
	{ "rfc4475/semiuri.dat", 0 },
	{ "rfc4475/transports.dat", 0 },
	{ "rfc4475/mpart01.dat", 0 },
	{ "rfc4475/unreason.dat", 0 },
	{ "rfc4475/noreason.dat", 0 },
	{ "rfc4475/badinv01.dat", SIP_FLAW_VIA | SIP_FLAW_VALUE },
	{ "rfc4475/clerr.dat", SIP_FLAW_LENGTH_LONG },
	{ "rfc4475/ncl.dat", SIP_FLAW_LENGTH_BAD },
	{ "rfc4475/scalar02.dat", SIP_FLAW_CSEQ | SIP_FLAW_VALUE },
	{ "rfc4475/scalarlg.dat", SIP_FLAW_CSEQ | SIP_FLAW_VALUE },
	{ "rfc4475/quotbal.dat", SIP_FLAW_TO },
	{ "rfc4475/ltgtruri.dat", SIP_FLAW_URI },
	{ "rfc4475/lwsruri.dat", SIP_FLAW_URI },
	{ "rfc4475/lwsstart.dat", SIP_FLAW_START_LINE },
	{ "rfc4475/trws.dat", SIP_FLAW_START_LINE },
	{ "rfc4475/escruri.dat", SIP_FLAW_URI },
	{ "rfc4475/baddate.dat", SIP_FLAW_VALUE },
	{ "rfc4475/regbadct.dat", SIP_FLAW_VALUE },
	{ "rfc4475/badaspec.dat", SIP_FLAW_TO },
	{ "rfc4475/baddn.dat", SIP_FLAW_FROM | SIP_FLAW_TO },
	{ "rfc4475/badvers.dat", SIP_FLAW_VERSION },
	{ "rfc4475/mismatch01.dat", SIP_FLAW_CSEQ_METHOD },
	{ "rfc4475/mismatch02.dat", SIP_FLAW_CSEQ_METHOD },
	{ "rfc4475/bigcode.dat", SIP_FLAW_STATUS },
	{ "rfc4475/badbranch.dat", SIP_FLAW_VIA },
	{ "rfc4475/insuf.dat", SIP_FLAW_NO_CALL_ID | SIP_FLAW_NO_FROM | SIP_FLAW_NO_TO },
	{ "rfc4475/unkscm.dat", 0 },
	{ "rfc4475/novelsc.dat", 0 },
	{ "rfc4475/unksm2.dat", 0 },
	{ "rfc4475/bext01.dat", 0 },
	{ "rfc4475/invut.dat", 0 },
	{ "rfc4475/regaut01.dat", 0 },
	{ "rfc4475/multi01.dat", SIP_FLAW_DUPLICATE },
	{ "rfc4475/mcl01.dat", SIP_FLAW_DUPLICATE },
	{ "rfc4475/bcast.dat", 0 },
	{ "rfc4475/zeromf.dat", 0 },
	{ "rfc4475/cparam01.dat", 0 },
	{ "rfc4475/cparam02.dat", 0 },
	{ "rfc4475/regescrt.dat", 0 },
	{ "rfc4475/sdp01.dat", 0 },
	{ "rfc4475/inv2543.dat", 0 },
	{ "rfc4475/intmeth.dat", SIP_FLAW_NUL },
	/* Good ones, but for a Content-Length that is too small as published. */
	{ "rfc5118/ipv4-mapped-ipv6", SIP_FLAW_LENGTH_SHORT },
	{ "rfc5118/ipv6-in-sdp", SIP_FLAW_LENGTH_SHORT },
	{ "rfc5118/mult-ip-in-sdp", SIP_FLAW_LENGTH_SHORT },
	{ "rfc5118/ipv6-good", 0 },
	{ "rfc5118/ipv6-bad", SIP_FLAW_URI },
	{ "rfc5118/port-ambiguous", 0 },
	{ "rfc5118/port-unambiguous", 0 },
	{ "rfc5118/via-received-param-with-delim", 0 },
	{ "rfc5118/via-received-param-no-delim", 0 },
	{ "rfc5118/mult-ip-in-header", 0 },
	{ "rfc5118/ipv6-bug-abnf-3-colons", SIP_FLAW_URI },
	{ "rfc5118/ipv6-correct-abnf-2-colons", 0 },
};

static void
test_rfcs(void **state)
{
	const char *captures = getenv("RUNG_CAPTURES");
	int bad = 0;

	(void)state;
	if (!captures) {
		print_message("# RUNG_CAPTURES is not set: messages of the RFCs not read\n");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct sip_scan msg;
		char path[4096];
		struct str text;
		uint32_t flaws;

		snprintf(path, sizeof(path), "%s/messages/%s", captures, known[i].file);
		assert_true(file_read(path, &text));
		assert_int_equal(sip_scan(text, SIP_DATAGRAM, &msg), SIP_SCAN_MESSAGE);
		flaws = sip_check(&msg, str_sub(text, 0, msg.length));
		if (known[i].flaws ? (flaws & known[i].flaws) != known[i].flaws : flaws != 0) {
			struct buf b = BUF_INIT;

			flaws_add(&b, flaws);
			print_message("# %s: %s\n", known[i].file, buf_cstr(&b));
			buf_release(&b);
			bad++;
		}
		free((void *)(uintptr_t)text.p);
	}
	assert_int_equal(bad, 0);
}

static void
test_none_lost(void **state)
{
	static const char *const folders[] = {
		"rfc4475", "rfc5118", "sofia-sip-torture", "pjsip-seed-sip"
	};
	const char *captures = getenv("RUNG_CAPTURES");

	(void)state;
	if (!captures)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		char path[4096], name[5000];
		struct dirent *entry;
		DIR *dir;

		snprintf(path, sizeof(path), "%s/messages/%s", captures, folders[i]);
		dir = opendir(path);
		assert_non_null(dir);
		while ((entry = readdir(dir)) != NULL) {
			struct buf b = BUF_INIT;
			struct str text, rest;

			/* A program, and a file that is meant to be no SIP. */
			if (entry->d_name[0] == '.' || strstr(entry->d_name, ".c") ||
			    strcmp(entry->d_name, "own8.txt") == 0)
				continue;
			snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
			assert_true(file_read(name, &text));
			rest = text;
			if (!message_next(&rest, &b))
				fail_msg("%s is lost", name);
			while (message_next(&rest, &b))
				;
			buf_release(&b);
			free((void *)(uintptr_t)text.p);
		}
		closedir(dir);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_rfcs),
		cmocka_unit_test(test_none_lost),
	};

	return cmocka_run_group_tests_name("torture", tests, NULL, NULL);
}
