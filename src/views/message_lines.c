#include "views/message_lines.h"

#include <limits.h>

#include "base/mem.h"
#include "base/text.h"
#include "export/carriage_text.h"
#include "views/parts.h"
#include "views/syntax.h"

void
message_lines_release(struct message_lines *l)
{
	buf_release(&l->text);
	free(l->list);
	*l = (struct message_lines){ 0 };
}

void
message_lines_clear(struct message_lines *l)
{
	buf_clear(&l->text);
	l->n = 0;
	l->widest = 0;
}

void
message_lines_say(struct message_lines *l, enum message_line_kind kind, uint32_t message,
		  struct str text)
{
	int width = text_width(text);

	ARRAY_GROW(l->list, l->cap, l->n + 1);
	l->list[l->n++] = (struct message_line){
		.at = l->text.n, .n = (uint32_t)text.n, .message = message, .kind = (uint8_t)kind };
	buf_add_str(&l->text, text);
	if (width > l->widest)
		l->widest = width;
}

void
message_lines_about(struct message_lines *l, const struct views_app *app, uint32_t index,
		    bool flaws)
{
	const struct message *m = store_message(app->store, index);
	const struct path *path = m ? store_path(app->store, m->path) : NULL;
	const char *transport;
	struct buf b = BUF_INIT;

	if (!m)
		return;
	transport = transport_name((enum transport)path->transport);
	if (m->time != TIME_NONE) {
		time_add(&b, m->time, TIME_FULL, app->utc);
		buf_add_cstr(&b, "  ");
	}
	net_endpoint_add(&b, &path->src);
	buf_add_cstr(&b, " → ");
	net_endpoint_add(&b, &path->dst);
	buf_add_cstr(&b, "  ");
	for (const char *p = transport; *p; p++)
		buf_add_char(&b, *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p);
	buf_add_cstr(&b, "  ");
	carriage_frames_add(&b, app->store, index);
	message_lines_say(l, MESSAGE_LINE_ABOUT, index, buf_str(&b));
	buf_clear(&b);
	carriage_rest_add(&b, app->store, index,
			  app->utc ? CARRIAGE_TIME_CLOCK_UTC : CARRIAGE_TIME_CLOCK);
	if (b.n > 0)
		message_lines_say(l, MESSAGE_LINE_ABOUT, index, str_trim(buf_str(&b)));
	if (parts_host_name(app, &path->src).n || parts_host_name(app, &path->dst).n) {
		buf_clear(&b);
		parts_add_host(&b, app, &path->src);
		buf_add_cstr(&b, " → ");
		parts_add_host(&b, app, &path->dst);
		message_lines_say(l, MESSAGE_LINE_NAMES, index, buf_str(&b));
	}
	if (m->flags & MESSAGE_RETRANSMISSION)
		message_lines_say(l, MESSAGE_LINE_COPY, index,
				  STR("Retransmission: its sender had sent it before."));
	if (m->flags & MESSAGE_DUPLICATE)
		message_lines_say(l, MESSAGE_LINE_COPY, index,
				  STR("Duplicate: the same packet captured again."));
	if (flaws && m->flaws) {
		buf_clear(&b);
		buf_add_cstr(&b, "! ");
		parts_add_flaws(&b, m->flaws);
		message_lines_say(l, MESSAGE_LINE_FLAWS, index, buf_str(&b));
	}
	buf_release(&b);
}

/* Cut a line with its end off the front of *rest. In the head a CR alone ends
 * a line too, as there are such messages. */
static struct str
cut_line(struct str *rest, bool head)
{
	struct str line = *rest;
	size_t end = 0;

	while (end < rest->n && rest->p[end] != '\n' && !(head && rest->p[end] == '\r'))
		end++;
	line.n = end;
	if (end < rest->n && rest->p[end] == '\r' && end + 1 < rest->n && rest->p[end + 1] == '\n')
		end++;
	else if (!head && end > 0 && end < rest->n && rest->p[end - 1] == '\r')
		line.n--;
	*rest = str_skip(*rest, end + 1);
	return line;
}

void
message_lines_add(struct message_lines *l, const struct views_app *app, uint32_t index)
{
	const struct message *m = store_message(app->store, index);
	struct str rest, line;
	bool head = true;

	if (!m)
		return;
	message_lines_about(l, app, index, true);
	rest = query_text(app->query, index);
	if (rest.n == 0)
		message_lines_say(l, MESSAGE_LINE_NOTICE, index,
				  STR("Its text cannot be read again."));
	for (bool first = true; rest.n > 0; first = false) {
		enum message_line_kind kind = first ? MESSAGE_LINE_START : MESSAGE_LINE_HEADER;

		line = cut_line(&rest, head);
		if (!head)
			kind = MESSAGE_LINE_BODY;
		else if (!first && line.n > 0 && ascii_is_blank(line.p[0]))
			kind = MESSAGE_LINE_FOLD;
		if (head && !first && line.n == 0)
			head = false;
		message_lines_say(l, kind, index, line);
	}
}

size_t
message_lines_wrap(const struct message_lines *l, size_t i, size_t from, int width)
{
	return parts_wrap(message_lines_str(l, i), from, width);
}

/* Whether a line is of the message, not of ours. */
static bool
is_sent(enum message_line_kind kind)
{
	return kind == MESSAGE_LINE_START || kind == MESSAGE_LINE_HEADER ||
		kind == MESSAGE_LINE_FOLD || kind == MESSAGE_LINE_BODY;
}

void
message_lines_draw(const struct message_lines *l, size_t i, size_t from, size_t to,
		   struct canvas *c, int y, int x)
{
	struct str line = message_lines_str(l, i);
	int width = canvas_width(c);
	struct syntax syntax;
	size_t start, end;
	enum role role;

	if (to > line.n)
		to = line.n;
	if (l->plain && is_sent((enum message_line_kind)l->list[i].kind)) {
		canvas_text(c, y, x, INT_MAX / 2, ROLE_NORMAL, str_sub(line, from, to - from));
		return;
	}
	/* Runs are found from the start of the line, as a URI may be wrapped. */
	syntax_start(&syntax, (enum message_line_kind)l->list[i].kind, line);
	while (x < width && syntax_next(&syntax, &start, &end, &role) && start < to) {
		if (start < from)
			start = from;
		if (end > to)
			end = to;
		if (end > start)
			x += canvas_text(c, y, x, INT_MAX / 2, role,
					 str_sub(line, start, end - start));
	}
}
