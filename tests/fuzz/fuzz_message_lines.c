/* A message of any bytes as lines: coloured, taken apart, as bytes, searched. The
 * runs of a line must follow one another from its start to its end. */
#include "base/mem.h"
#include "sip/scan.h"
#include "ui/canvas.h"
#include "views/raw_lines.h"
#include "views/raw_search.h"
#include "views/syntax.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_runs(enum message_line_kind kind, struct str line)
{
	struct syntax syntax;
	size_t from, to, at = 0;
	enum role role;

	syntax_start(&syntax, kind, line);
	while (syntax_next(&syntax, &from, &to, &role)) {
		if (from != at || to <= from || to > line.n || role >= ROLE_COUNT)
			abort();
		at = to;
	}
	if (at != line.n)
		abort();
}

static void
check_lines(const struct message_lines *l, struct canvas *c)
{
	for (size_t i = 0; i < l->n; i++) {
		struct str line = message_lines_str(l, i);

		check_runs((enum message_line_kind)l->list[i].kind, line);
		canvas_clear(c);
		message_lines_draw(l, i, 0, line.n, c, 0, -3);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct canvas *c = canvas_new(1, 40);
	struct message_lines lines = { .n = 0 };
	struct raw_search search = { .n = 0 };
	struct sip_scan scan;
	struct err why;

	for (int kind = 0; kind <= MESSAGE_LINE_HEX; kind++)
		check_runs((enum message_line_kind)kind, text);
	if (sip_scan(text, SIP_DATAGRAM, &scan) == SIP_SCAN_MESSAGE)
		raw_parsed_text(&lines, 0, text, &scan, scan.flaws);
	raw_sdp_add(&lines, 0, text);
	check_lines(&lines, c);
	/* The first bytes are what to look for, too. */
	raw_search_set(&search, str_sub(text, 0, 4), &why);
	raw_search_lines(&search, &lines, NULL, 16);
	for (size_t i = 0; i < lines.n && i < 100; i++)
		raw_search_draw(&search, &lines, i, 0, lines.list[i].n, c, 0, -3);
	raw_search_release(&search);
	message_lines_release(&lines);
	canvas_free(c);
	return 0;
}
