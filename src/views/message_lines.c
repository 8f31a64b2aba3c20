#include "views/message_lines.h"

#include <limits.h>

#include "base/mem.h"
#include "base/text.h"
#include "export/carriage_text.h"
#include "views/parts.h"

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

static void
say_about(struct message_lines *l, const struct views_app *app, uint32_t index,
	  const struct message *m)
{
	const struct path *path = store_path(app->store, m->path);
	const char *transport = transport_name((enum transport)path->transport);
	struct buf b = BUF_INIT;

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
	if (m->flaws) {
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
	say_about(l, app, index, m);
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

/* ---- colours ---- */

static bool
is_uri_char(char c)
{
	return c != '>' && c != '<' && c != '"' && c != ',' && c != ' ' && c != '\t' &&
		c != '\r' && c != '\n';
}

static bool
is_scheme(struct str s)
{
	return str_starts_ci(s, STR("sip:")) || str_starts_ci(s, STR("sips:")) ||
		str_starts_ci(s, STR("tel:")) || str_starts_ci(s, STR("urn:"));
}

/* The run of one role that begins at @p from in a value. @return its end. */
static size_t
value_run(struct str line, size_t from, enum role plain, enum role *role)
{
	size_t to = from;

	*role = plain;
	if (is_scheme(str_skip(line, from))) {
		*role = ROLE_URI;
		while (to < line.n && is_uri_char(line.p[to]))
			to++;
		return to;
	}
	do {
		to++;
	} while (to < line.n && !(is_scheme(str_skip(line, to)) &&
				  !ascii_is_alpha(line.p[to - 1])));
	return to;
}

/* The run of one role that begins at @p from, which is below line.n. */
static size_t
line_run(enum message_line_kind kind, struct str line, size_t from, enum role *role)
{
	size_t colon;

	switch (kind) {
	case MESSAGE_LINE_ABOUT:
	case MESSAGE_LINE_NAMES:
		*role = ROLE_HOST;
		return line.n;
	case MESSAGE_LINE_COPY:
		*role = ROLE_RETRANSMISSION;
		return line.n;
	case MESSAGE_LINE_FLAWS:
	case MESSAGE_LINE_NOTICE:
		*role = ROLE_WARNING;
		return line.n;
	case MESSAGE_LINE_START:
		*role = ROLE_START_LINE;
		return line.n;
	case MESSAGE_LINE_HEADER:
		colon = str_chr(line, ':');
		if (colon != SIZE_MAX && from <= colon) {
			*role = ROLE_HEADER_NAME;
			return colon + 1;
		}
		return value_run(line, from, ROLE_HEADER_VALUE, role);
	case MESSAGE_LINE_FOLD:
		return value_run(line, from, ROLE_HEADER_VALUE, role);
	case MESSAGE_LINE_BODY:
		if (line.n > 1 && ascii_is_alpha(line.p[0]) && line.p[1] == '=') {
			*role = from < 2 ? ROLE_SDP_TYPE : ROLE_SDP_VALUE;
			return from < 2 ? 2 : line.n;
		}
		break;
	case MESSAGE_LINE_BLANK:
		break;
	}
	*role = ROLE_NORMAL;
	return line.n;
}

void
message_lines_draw(const struct message_lines *l, size_t i, size_t from, size_t to,
		   struct canvas *c, int y, int x)
{
	struct str line = message_lines_str(l, i);
	int width = canvas_width(c);

	if (to > line.n)
		to = line.n;
	/* Runs are found from the start of the line, as a URI may be wrapped. */
	for (size_t at = 0; at < to && x < width;) {
		enum role role;
		size_t end = line_run((enum message_line_kind)l->list[i].kind, line, at, &role);
		size_t start = at > from ? at : from;

		at = end;
		if (end > to)
			end = to;
		if (end > start)
			x += canvas_text(c, y, x, INT_MAX / 2, role,
					 str_sub(line, start, end - start));
	}
}
