#include <inttypes.h>
#include <stdint.h>

#include "base/text.h"
#include "views/parts.h"
#include "views/save_told.h"

#define BAR_CELLS	20
#define PATH_LEAST	12	/* cells of a path in what is told */

static void
add_count(struct buf *b, uint64_t n, const char *what)
{
	buf_printf(b, "%" PRIu64 " %s%s", n, what, n == 1 ? "" : "s");
}

void
save_told_progress(struct buf *b, const struct save_progress *p)
{
	if (p->total > 0) {
		uint64_t done = p->done < p->total ? p->done : p->total;
		int percent = (int)((double)done * 100 / (double)p->total);

		buf_add_char(b, '[');
		for (int i = 0; i < BAR_CELLS; i++)
			buf_add_char(b, i * 100 < percent * BAR_CELLS ? '#' : '.');
		buf_printf(b, "] %d%%  ", percent);
	} else {
		buf_add_cstr(b, "Saving ... ");
	}
	if (p->packets > 0)
		add_count(b, p->packets, "packet");
	else if (p->messages > 0)
		add_count(b, p->messages, "message");
}

/* What could not be read again, as of a pipe; and @p gone calls. */
static void
add_lacks(struct buf *b, const struct save_progress *p, size_t gone)
{
	const char *sep = " (";

	if (gone > 0) {
		buf_printf(b, "%s%zu call%s evicted meanwhile", sep, gone, gone == 1 ? "" : "s");
		sep = ", ";
	}

	if (p->missing > 0) {
		buf_printf(b, "%s%" PRIu64 " missing", sep, p->missing);
		sep = ", ";
	}
	if (p->built > 0) {
		buf_printf(b, "%s%" PRIu64 " rebuilt", sep, p->built);
		sep = ", ";
	}
	if (p->media_gone) {
		buf_printf(b, "%sno RTP%s", sep, p->media_unkept ? ": started without -r" : "");
		sep = ", ";
	}
	if (p->tls > p->tls_secrets)
		buf_printf(b, "%sTLS, without keys)", sep);
	else if (*sep == ',')
		buf_add_char(b, ')');
}

static void
add_saved(struct buf *b, const struct save_progress *p, const struct save_told *told, bool brief)
{
	bool messages = told->streams == 0 && (!brief || p->packets == 0);

	buf_add_cstr(b, "Saved ");
	if (told->calls > 0 || told->streams > 0) {
		add_count(b, told->calls + told->streams, told->calls > 0 ? "call" : "stream");
		buf_add_cstr(b, ", ");
	}
	if (messages)
		add_count(b, p->messages, "message");
	if (p->packets > 0 || told->streams > 0) {
		buf_add_cstr(b, messages ? ", " : "");
		add_count(b, p->packets, "packet");
	}
	add_lacks(b, p, told->gone);
	buf_add_cstr(b, " to ");
}

void
save_told_result(struct buf *b, const struct save_progress *p, const struct save_told *told,
		 struct str path, int width)
{
	int room;

	add_saved(b, p, told, false);
	if (text_width(buf_str(b)) + text_width(path) > width) {
		buf_clear(b);
		add_saved(b, p, told, true);
	}
	room = width - text_width(buf_str(b));
	parts_add_tail(b, path, room > PATH_LEAST ? room : PATH_LEAST);
}
