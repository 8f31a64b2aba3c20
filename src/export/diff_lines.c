/* Lines of a message, what each is called, and which values in it are volatile. */
#include "base/mem.h"
#include "export/diff_int.h"
#include "sip/header.h"
#include "sip/start.h"

#define DIFF_BOUNDARY_KEY	STR("--")

enum section { SECTION_START, SECTION_HEAD, SECTION_BLANK, SECTION_BODY };

static void
add_item(struct diff_items *m, const struct diff_item *item)
{
	if (m->n == DIFF_LINES_MAX) {
		m->left_out++;
		return;
	}
	ARRAY_GROW(m->list, m->cap, m->n + 1);
	m->list[m->n++] = *item;
}

/* The next line of a body, or of a text that is no message. */
static struct str
cut_line(struct str *rest)
{
	size_t end = str_chr(*rest, '\n');
	struct str line = str_sub(*rest, 0, end);

	*rest = str_skip(*rest, end == SIZE_MAX ? rest->n : end + 1);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* ---- head ---- */

static bool
is_put_on_top(unsigned int header)
{
	return header == SIP_HEADER_VIA || header == SIP_HEADER_RECORD_ROUTE ||
		header == SIP_HEADER_ROUTE || header == SIP_HEADER_PATH ||
		header == SIP_HEADER_DIVERSION;
}

/* The boundary that a Content-Type names, or STR_NONE. */
static struct str
boundary_of(struct str type)
{
	size_t at = str_find_ci(type, STR("boundary=")), end = 0;

	if (!str_starts_ci(type, STR("multipart/")) || at == SIZE_MAX)
		return STR_NONE;
	type = str_skip(type, at + strlen("boundary="));
	if (type.n > 0 && type.p[0] == '"')
		return str_sub(type, 1, str_chr(str_skip(type, 1), '"'));
	while (end < type.n && type.p[end] != ';' && !ascii_is_blank(type.p[end]))
		end++;
	return str_sub(type, 0, end);
}

void
diff_items_add_head(struct diff_items *m, struct str text)
{
	struct diff_item item = { .section = SECTION_START, .part = DIFF_START };
	struct sip_headers headers;
	struct sip_header h;
	struct sip_start start;
	struct str type = STR_NONE, rest;

	while (text.n > 0 && (text.p[0] == '\r' || text.p[0] == '\n'))
		text = str_skip(text, 1);
	if (text.n == 0)
		return;
	if (sip_start_parse(text, &start) != SIP_START_NOT && start.used > 0) {
		item.line = str_trim(str_sub(text, 0, start.used));
		sip_headers_of(text, &headers);
	} else {
		rest = text;
		item.line = cut_line(&rest);
		sip_headers_of_part(rest, &headers);
	}
	item.value = item.line;
	add_item(m, &item);
	while (sip_header_next(&headers, &h)) {
		add_item(m, &(struct diff_item){
			.line = h.line, .value = h.bad ? h.line : h.value,
			.key = h.id == SIP_HEADER_OTHER ? h.name : sip_header_defs[h.id].name,
			.section = SECTION_HEAD, .part = DIFF_HEADER, .header = h.id,
			.by_bottom = is_put_on_top(h.id) });
		if (h.id == SIP_HEADER_CONTENT_TYPE && type.n == 0)
			type = h.value;
	}
	m->body = headers.rest;
	if (headers.ended)
		add_item(m, &(struct diff_item){
			.line = STR(""), .value = STR(""),
			.section = SECTION_BLANK, .part = DIFF_BLANK });
	m->boundary = boundary_of(type);
	if (type.n > 0 ? str_find_ci(type, STR("application/sdp")) != SIZE_MAX :
	    str_starts(m->body, STR("v=")))
		m->kind = DIFF_BODY_SDP;
	else if (m->boundary.n > 0)
		m->kind = DIFF_BODY_PARTS;
}

/* ---- body ---- */

/* What an attribute goes with: its name, and the payload type or number that
 * tells it from others of the name. */
static struct str
attribute_key(struct str line)
{
	static const struct str numbered[] = {
		STR_INIT("rtpmap"), STR_INIT("fmtp"), STR_INIT("rtcp-fb"), STR_INIT("extmap"),
		STR_INIT("rid"), STR_INIT("crypto"), STR_INIT("ssrc"), STR_INIT("candidate"),
	};
	static const struct str directions[] = {
		STR_INIT("sendrecv"), STR_INIT("sendonly"), STR_INIT("recvonly"),
		STR_INIT("inactive"),
	};
	size_t colon = str_chr(line, ':'), end;
	struct str name = str_trim(str_sub(line, 2, colon == SIZE_MAX ? line.n : colon - 2));

	for (size_t i = 0; i < ARRAY_SIZE(directions); i++)
		if (str_eq(name, directions[i]))
			return STR("a=sendrecv");
	for (size_t i = 0; i < ARRAY_SIZE(numbered) && colon != SIZE_MAX; i++) {
		if (!str_eq(name, numbered[i]))
			continue;
		for (end = colon + 1; end < line.n && !ascii_is_blank(line.p[end]);)
			end++;
		return str_sub(line, 0, end);
	}
	return str_sub(line, 0, colon);
}

static struct str
sdp_key(struct str line)
{
	if (line.n < 2 || line.p[1] != '=')
		return STR_NONE;
	if (line.p[0] == 'a')
		return attribute_key(line);
	return str_sub(line, 0, line.p[0] == 'b' ? str_chr(line, ':') : 2);
}

static void
add_sdp_line(struct diff_items *m, struct diff_item *item)
{
	item->part = DIFF_SDP;
	item->key = sdp_key(item->line);
	if (str_starts(item->line, STR("m=")))
		item->section++;
	add_item(m, item);
}

/* Where in a multipart body a line is. */
enum place { PLACE_TEXT, PLACE_HEAD, PLACE_FIRST, PLACE_SDP };

static void
add_part_header(struct diff_items *m, const struct diff_item *line)
{
	struct diff_item item = *line;
	size_t colon = str_chr(item.line, ':');
	struct str name = str_trim(str_sub(item.line, 0, colon));

	if (colon != SIZE_MAX) {
		item.part = DIFF_HEADER;
		item.header = (uint8_t)sip_header_find(name);
		item.key = item.header == SIP_HEADER_OTHER ? name :
			sip_header_defs[item.header].name;
		item.value = str_trim(str_skip(item.line, colon + 1));
	}
	add_item(m, &item);
}

/* Parts go together by their place: each has the sections from a multiple of
 * PART_SECTIONS on, more than it can have lines. */
#define PART_SECTIONS	65536

static void
add_parts(struct diff_items *m)
{
	struct str rest = m->body;
	uint32_t section = SECTION_BODY;
	enum place place = PLACE_TEXT;
	struct diff_item item;

	item = (struct diff_item){ .section = section, .part = DIFF_BODY };
	while (rest.n > 0) {
		item.line = item.value = cut_line(&rest);
		item.key = STR_NONE;
		item.part = DIFF_BODY;
		if (str_starts(item.line, STR("--")) &&
		    str_starts(str_skip(item.line, 2), m->boundary)) {
			/* Of what is left out, sections are not counted either. */
			if (m->n < DIFF_LINES_MAX)
				item.section = section += PART_SECTIONS;
			item.key = DIFF_BOUNDARY_KEY;
			place = PLACE_HEAD;
			add_item(m, &item);
		} else if (place == PLACE_HEAD && item.line.n > 0) {
			add_part_header(m, &item);
		} else if (place == PLACE_SDP ||
			   (place == PLACE_FIRST && str_starts(item.line, STR("v=")))) {
			place = PLACE_SDP;
			add_sdp_line(m, &item);
		} else {
			place = place == PLACE_HEAD ? PLACE_FIRST : PLACE_TEXT;
			add_item(m, &item);
		}
	}
}

void
diff_items_add_body(struct diff_items *m, enum diff_body kind)
{
	struct diff_item item = { .section = SECTION_BODY, .part = DIFF_BODY };
	struct str rest = m->body;

	if (kind == DIFF_BODY_PARTS) {
		add_parts(m);
		return;
	}
	while (rest.n > 0) {
		item.line = item.value = cut_line(&rest);
		if (kind == DIFF_BODY_SDP)
			add_sdp_line(m, &item);
		else
			add_item(m, &item);
	}
}

/* ---- what is volatile ---- */

static void
add_range(struct diff_ranges *r, size_t from, size_t to)
{
	if (r->n < DIFF_RANGES_MAX && from < to) {
		r->list[r->n].from = (uint32_t)from;
		r->list[r->n++].to = (uint32_t)to;
	}
}

struct param_names {
	struct str separators;
	struct str names[8];	/* up to an empty one */
};

static bool
is_named(const struct param_names *names, struct str param)
{
	while (param.n > 0 && (str_chr(names->separators, param.p[0]) != SIZE_MAX ||
			       ascii_is_blank(param.p[0])))
		param = str_skip(param, 1);
	param = str_trim(str_sub(param, 0, str_chr(param, '=')));
	for (size_t i = 0; i < ARRAY_SIZE(names->names) && names->names[i].n > 0; i++)
		if (str_eq_ci(param, names->names[i]))
			return true;
	return false;
}

/* The parameters of these names in a line from @p at on, each with the separator
 * before it; quoted strings and what is in <> are passed over. */
static void
add_params(struct diff_ranges *r, struct str line, size_t at, const struct param_names *names)
{
	size_t start = at;
	bool quoted = false, in_uri = false;

	for (size_t i = at; i < line.n; i++) {
		char c = line.p[i];

		if (quoted) {
			quoted = c != '"';
			i += c == '\\';
		} else if (c == '"') {
			quoted = true;
		} else if (in_uri || c == '<') {
			in_uri = c != '>';
		} else if (str_chr(names->separators, c) != SIZE_MAX) {
			if (is_named(names, str_sub(line, start, i - start)))
				add_range(r, start, i);
			start = i;
		}
	}
	if (is_named(names, str_skip(line, start)))
		add_range(r, start, line.n);
}

static void
header_ranges(const struct diff_item *item, struct diff_ranges *r)
{
	static const struct param_names via = {
		STR_INIT(";,"), { STR_INIT("branch"), STR_INIT("rport"), STR_INIT("received") } };
	static const struct param_names tag = { STR_INIT(";"), { STR_INIT("tag") } };
	static const struct param_names expires = { STR_INIT(";"), { STR_INIT("expires") } };
	static const struct param_names boundary = { STR_INIT(";"), { STR_INIT("boundary") } };
	static const struct param_names auth = {
		STR_INIT(", \t\r\n"), {
			STR_INIT("nonce"), STR_INIT("cnonce"), STR_INIT("nc"), STR_INIT("response"),
			STR_INIT("opaque"), STR_INIT("nextnonce"), STR_INIT("rspauth") } };
	size_t at = item->value.n > 0 ? (size_t)(item->value.p - item->line.p) : item->line.n;

	switch (item->header) {
	case SIP_HEADER_CALL_ID:
	case SIP_HEADER_CSEQ:
	case SIP_HEADER_CONTENT_LENGTH:
	case SIP_HEADER_DATE:
	case SIP_HEADER_IDENTITY:
	case SIP_HEADER_MAX_FORWARDS:
	case SIP_HEADER_RACK:
	case SIP_HEADER_RSEQ:
	case SIP_HEADER_SIP_ETAG:
	case SIP_HEADER_SIP_IF_MATCH:
	case SIP_HEADER_TIMESTAMP:
		add_range(r, 0, item->line.n);
		break;
	case SIP_HEADER_VIA:
		add_params(r, item->line, at, &via);
		break;
	case SIP_HEADER_FROM:
	case SIP_HEADER_TO:
		add_params(r, item->line, at, &tag);
		break;
	case SIP_HEADER_SUBSCRIPTION_STATE:
		add_params(r, item->line, at, &expires);
		break;
	case SIP_HEADER_CONTENT_TYPE:
		add_params(r, item->line, at, &boundary);
		break;
	case SIP_HEADER_AUTHORIZATION:
	case SIP_HEADER_PROXY_AUTHORIZATION:
	case SIP_HEADER_WWW_AUTHENTICATE:
	case SIP_HEADER_PROXY_AUTHENTICATE:
	case SIP_HEADER_AUTHENTICATION_INFO:
	case SIP_HEADER_PROXY_AUTHENTICATION_INFO:
		add_params(r, item->line, at, &auth);
		break;
	default:
		break;
	}
}

/* Session id and version, the second and third word of o= (RFC 8866 section 5.2). */
static void
origin_ranges(struct str line, struct diff_ranges *r)
{
	struct str rest = str_skip(line, 2), word;

	if (!str_cut_word(&rest, &word))
		return;
	for (int i = 0; i < 2 && str_cut_word(&rest, &word); i++)
		add_range(r, (size_t)(word.p - line.p), (size_t)(word.p - line.p) + word.n);
}

static void
sdp_ranges(struct str line, struct diff_ranges *r)
{
	static const struct str whole[] = {
		STR_INIT("t="), STR_INIT("a=ice-ufrag:"), STR_INIT("a=ice-pwd:"),
		STR_INIT("a=ssrc:"),
	};
	size_t key;

	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (str_starts(line, whole[i]))
			add_range(r, 0, line.n);
	if (str_starts(line, STR("o=")))
		origin_ranges(line, r);
	key = str_starts(line, STR("a=crypto:")) ? str_find_ci(line, STR("inline:")) : SIZE_MAX;
	if (key != SIZE_MAX)
		add_range(r, key, line.n);
}

void
diff_volatile_ranges(const struct diff_item *item, struct diff_ranges *ranges)
{
	ranges->n = 0;
	if (item->part == DIFF_HEADER)
		header_ranges(item, ranges);
	else if (item->part == DIFF_SDP)
		sdp_ranges(item->line, ranges);
	else if (item->part == DIFF_BODY && str_eq(item->key, DIFF_BOUNDARY_KEY))
		add_range(ranges, 0, item->line.n);
}
