/*
 * The head of the HTTP request that asks for WebSocket, and of its answer. Lines
 * may end in LF alone, names come in any case, values may be folded or come in
 * several lines of one name: a fold is blank like any other.
 */
#include "transport/ws_int.h"

#include "transport/ws.h"

enum ws_look
ws_head_look(struct str in)
{
	static const struct str starts[] = { STR_INIT("GET "), STR_INIT("HTTP/1.") };
	enum ws_look look = WS_LOOK_NO;

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		if (str_starts(in, starts[i]))
			return WS_LOOK_YES;
		if (in.n < starts[i].n && str_starts(starts[i], in))
			look = WS_LOOK_CUT;
	}
	return look;
}

bool
ws_may_start(struct str in)
{
	return in.n > 0 && ws_head_look(in) != WS_LOOK_NO;
}

size_t
ws_head_end(struct str in, size_t *scanned)
{
	while (*scanned < in.n) {
		size_t lf = str_chr(str_skip(in, *scanned), '\n');
		struct str rest;

		if (lf == SIZE_MAX) {
			*scanned = in.n;
			return 0;
		}
		lf += *scanned;
		rest = str_skip(in, lf + 1);
		if (rest.n > 0 && rest.p[0] == '\n')
			return lf + 2;
		if (rest.n > 1 && rest.p[0] == '\r' && rest.p[1] == '\n')
			return lf + 3;
		/* What follows the LF must be looked at again with more of it. */
		if (rest.n == 0 || (rest.n == 1 && rest.p[0] == '\r')) {
			*scanned = lf;
			return 0;
		}
		*scanned = lf + 1;
	}
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Cut the next header field off *rest, with the lines folded to it. */
static bool
field_cut(struct str *rest, struct str *name, struct str *value)
{
	size_t end = 0, colon;
	struct str field;

	if (rest->n == 0)
		return false;
	while (end < rest->n) {
		size_t lf = str_chr(str_skip(*rest, end), '\n');

		end = lf == SIZE_MAX ? rest->n : end + lf + 1;
		if (end >= rest->n || !ascii_is_blank(rest->p[end]))
			break;
	}
	field = str_sub(*rest, 0, end);
	*rest = str_skip(*rest, end);
	colon = str_chr(field, ':');
	*name = str_trim(str_sub(field, 0, colon == SIZE_MAX ? 0 : colon));
	*value = colon == SIZE_MAX ? STR_NONE : str_trim(str_skip(field, colon + 1));
	return true;
}

/* The next word of a list, between blanks and @separator. False at its end. */
static bool
item_cut(struct str *rest, char separator, struct str *item)
{
	if (!str_cut(rest, separator, item))
		return false;
	*item = str_trim(*item);
	return true;
}

static bool
list_has(struct str list, const char *word)
{
	struct str item;

	while (item_cut(&list, ',', &item))
		if (str_eq_ci(item, str_of(word)))
			return true;
	return false;
}

/* RFC 6455 section 9.1: extensions between commas, their parameters behind
 * semicolons. Of several offers of permessage-deflate the first counts. */
static void
extensions_read(struct str list, struct ws_head *h)
{
	struct str extension, item;

	while (!h->deflate && item_cut(&list, ',', &extension)) {
		if (!item_cut(&extension, ';', &item) ||
		    !str_eq_ci(item, STR("permessage-deflate")))
			continue;
		h->deflate = true;
		while (item_cut(&extension, ';', &item)) {
			if (str_eq_ci(item, STR("client_no_context_takeover")))
				h->no_context_client = true;
			else if (str_eq_ci(item, STR("server_no_context_takeover")))
				h->no_context_server = true;
		}
	}
}

static void
upgrade_read(struct str list, struct ws_head *h)
{
	struct str item;

	while (item_cut(&list, ',', &item)) {
		if (str_eq_ci(item, STR("websocket")))
			h->upgrade = true;
		else if (item.n > 0)
			h->upgrade_other = true;
	}
}

/* "HTTP/1.1 101 Switching Protocols" */
static bool
status_read(struct str line, struct ws_head *h)
{
	struct str word;
	uint32_t status;

	if (!str_cut_word(&line, &word) || !str_cut_word(&line, &word) ||
	    !str_to_u32(word, &status) || status < 100 || status > 999)
		return false;
	h->status = (uint16_t)status;
	return true;
}

bool
ws_head_read(struct str in, struct ws_head *h)
{
	struct str line, name, value;
	size_t lf = str_chr(in, '\n');

	*h = (struct ws_head){ .request = in.n > 0 && in.p[0] == 'G' };
	line = str_sub(in, 0, lf == SIZE_MAX ? in.n : lf);
	while (line.n > 0 && is_blank(line.p[line.n - 1]))
		line.n--;
	in = str_skip(in, lf == SIZE_MAX ? in.n : lf + 1);
	if (!h->request && !status_read(line, h))
		return false;
	while (field_cut(&in, &name, &value)) {
		if (str_eq_ci(name, STR("upgrade")))
			upgrade_read(value, h);
		else if (str_eq_ci(name, STR("sec-websocket-protocol")))
			h->sip = h->sip || list_has(value, "sip");
		else if (str_eq_ci(name, STR("sec-websocket-extensions")))
			extensions_read(value, h);
	}
	return true;
}
