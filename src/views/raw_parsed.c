/*
 * A message taken apart. The header stands as it was sent, unfolded; below it what
 * its kind says it is made of, by the parsers that judge it, so that what they
 * took for what is seen; where they object, the flaw stands under the line.
 */
#include <inttypes.h>
#include <stdarg.h>

#include "sip/address.h"
#include "sip/auth.h"
#include "sip/check.h"
#include "sip/cseq.h"
#include "sip/header.h"
#include "sip/sdp.h"
#include "sip/start.h"
#include "sip/status.h"
#include "sip/type.h"
#include "sip/via.h"
#include "views/raw_lines.h"

#define INDENT	4

/* Where lines go to. */
struct parsed {
	struct message_lines *l;
	uint32_t index;
};

/* A line end before a blank is a fold; another is shown as what it is. */
static void
add_unfolded(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t end = i;

		if (s.p[end] == '\r' && end + 1 < s.n && s.p[end + 1] == '\n')
			end++;
		if ((s.p[end] == '\n' || s.p[end] == '\r') && end + 1 < s.n &&
		    ascii_is_blank(s.p[end + 1]))
			i = end;
		else
			buf_add_char(b, s.p[i]);
	}
}

void
raw_part_add(struct message_lines *l, uint32_t index, int depth, const char *name,
	     struct str value)
{
	struct buf b = BUF_INIT;

	buf_add_chars(&b, ' ', (size_t)depth * INDENT);
	buf_printf(&b, "%s: ", name);
	add_unfolded(&b, value);
	message_lines_say(l, MESSAGE_LINE_PART, index, buf_str(&b));
	buf_release(&b);
}

ATTR_PRINTF(5, 6)
static void
part_printf(struct message_lines *l, uint32_t index, int depth, const char *name,
		const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	raw_part_add(l, index, depth, name, str_of(text));
}

static void
say_part(const struct parsed *p, int depth, const char *name, struct str value)
{
	raw_part_add(p->l, p->index, depth, name, value);
}

static void
say_number(const struct parsed *p, int depth, const char *name, uint32_t value)
{
	part_printf(p->l, p->index, depth, name, "%" PRIu32, value);
}

/* A flaw of the table, by the lowest bit of @mask, on a line of its own. */
static void
say_flaws(const struct parsed *p, int depth, uint32_t mask)
{
	struct buf b = BUF_INIT;

	for (unsigned int i = 0; i < SIP_FLAW_COUNT; i++) {
		if (!(mask & 1u << i))
			continue;
		buf_clear(&b);
		buf_add_chars(&b, ' ', (size_t)depth * INDENT);
		buf_printf(&b, "! %s: %s", sip_flaw_defs[i].name, sip_flaw_defs[i].help);
		message_lines_say(p->l, MESSAGE_LINE_FLAWS, p->index, buf_str(&b));
	}
	buf_release(&b);
}

/* ---- parts ---- */

static void
say_param(const struct parsed *p, int depth, const struct sip_param *param)
{
	struct buf b = BUF_INIT;

	buf_add_chars(&b, ' ', (size_t)depth * INDENT);
	add_unfolded(&b, param->name);
	if (param->has_value) {
		buf_add_cstr(&b, ": ");
		if (param->quoted)
			sip_quoted_add(&b, param->value);
		else
			add_unfolded(&b, param->value);
	}
	if (param->bad)
		buf_add_cstr(&b, "  (does not follow the grammar)");
	message_lines_say(p->l, MESSAGE_LINE_PART, p->index, buf_str(&b));
	buf_release(&b);
}

static void
say_params(const struct parsed *p, int depth, struct str params)
{
	struct sip_param param;

	while (sip_param_next(&params, &param))
		say_param(p, depth, &param);
}

static void
say_host(const struct parsed *p, int depth, const struct sip_host *host)
{
	if (host->name.n > 0)
		say_part(p, depth, "host", host->name);
	if (host->has_port)
		say_number(p, depth, "port", host->port);
}

static void
say_uri(const struct parsed *p, int depth, struct str text)
{
	struct str headers, name, value;
	struct sip_uri uri;
	bool good = sip_uri_parse(text, &uri);

	say_part(p, depth, "uri", text);
	if (!good)
		say_flaws(p, depth + 1, SIP_FLAW_URI);
	if (uri.kind == SIP_URI_NONE || uri.kind == SIP_URI_OTHER)
		return;
	say_part(p, depth + 1, "scheme", uri.scheme);
	if (uri.has_user)
		say_part(p, depth + 1, "user", uri.user);
	if (uri.has_password)
		say_part(p, depth + 1, "password", uri.password);
	say_host(p, depth + 1, &uri.host);
	say_params(p, depth + 1, uri.params);
	headers = uri.headers;
	while (sip_uri_header_next(&headers, &name, &value)) {
		struct sip_param header = { .name = name, .value = value, .has_value = true };

		say_param(p, depth + 1, &header);
	}
}

static void
say_address(const struct parsed *p, int depth, const struct sip_address *address)
{
	struct buf b = BUF_INIT;

	if (address->display.n > 0) {
		sip_quoted_add(&b, address->display);
		say_part(p, depth, "name", buf_str(&b));
	}
	if (address->star)
		say_part(p, depth, "all", STR("*"));
	else
		say_uri(p, depth, address->uri);
	say_params(p, depth, address->params);
	buf_release(&b);
}

/* Head the next one of several values. @return the depth of its parts. */
static int
say_item(const struct parsed *p, uint32_t number, bool several, struct str value)
{
	char name[16];

	if (!several)
		return 1;
	snprintf(name, sizeof(name), "[%" PRIu32 "]", number);
	say_part(p, 1, name, value);
	return 2;
}

static bool
is_several(struct str value)
{
	struct str item;

	return sip_list_next(&value, &item) && value.p;
}

/* Where the parameters of a value begin: at the first ';' that is not in quotes
 * or <>. */
static size_t
params_at(struct str value)
{
	size_t i = 0;
	bool inside = false;

	while (i < value.n && (inside || value.p[i] != ';')) {
		size_t quoted = 1;

		if (value.p[i] == '"') {
			quoted = sip_quoted_end(str_skip(value, i));
			if (quoted == SIZE_MAX)
				return value.n;
		} else if (value.p[i] == '<' || value.p[i] == '>') {
			inside = value.p[i] == '<';
		}
		i += quoted;
	}
	return i;
}

/* ---- headers by kind ---- */

static void
say_items(const struct parsed *p, enum sip_header_kind kind, struct str value)
{
	bool several = is_several(value);
	struct str rest = value, item;
	uint32_t number = 0;

	while (sip_list_next(&rest, &item)) {
		struct sip_address address;
		struct sip_via via;
		size_t params = params_at(item);
		int depth;

		number++;
		/* A word of many, like a method allowed: it is seen above. */
		if (kind == SIP_KIND_LIST && params == item.n)
			continue;
		depth = say_item(p, number, several, item);
		if (kind == SIP_KIND_VIA) {
			sip_via_parse(item, &via);
			say_part(p, depth, "transport", via.transport);
			say_host(p, depth, &via.sent_by);
			say_params(p, depth, via.params);
		} else if (kind == SIP_KIND_LIST) {
			say_params(p, depth, str_skip(item, params));
		} else {
			sip_address_parse(item, &address);
			say_address(p, depth, &address);
		}
	}
}

static void
say_auth(const struct parsed *p, struct str value)
{
	struct sip_param param;
	struct sip_auth auth;

	sip_auth_parse(value, &auth);
	say_part(p, 1, "scheme", auth.scheme);
	while (sip_param_next_by(&auth.params, ',', &param))
		say_param(p, 1, &param);
}

static void
say_cseq(const struct parsed *p, struct str value)
{
	struct sip_cseq cseq;

	sip_cseq_parse(value, &cseq);
	say_number(p, 1, "number", cseq.number);
	say_part(p, 1, "method", cseq.method_text);
}

static void
say_header(const struct parsed *p, const struct sip_header *header)
{
	const struct sip_header_def *def = &sip_header_defs[header->id];
	enum sip_header_kind kind = (enum sip_header_kind)def->kind;
	struct sip_address address;
	struct buf b = BUF_INIT;

	add_unfolded(&b, header->line);
	message_lines_say(p->l, MESSAGE_LINE_HEADER, p->index, buf_str(&b));
	buf_release(&b);
	if (header->name.n == 1 && def->compact)
		say_part(p, 1, "short for", def->name);
	if (header->bad) {
		say_flaws(p, 1, SIP_FLAW_HEADER);
		return;
	}
	if (header->id == SIP_HEADER_CSEQ) {
		say_cseq(p, header->value);
	} else if (header->id != SIP_HEADER_OTHER) {
		switch (kind) {
		case SIP_KIND_ADDRESS:
			sip_address_parse(header->value, &address);
			say_address(p, 1, &address);
			break;
		case SIP_KIND_ADDRESSES:
		case SIP_KIND_URI:
		case SIP_KIND_VIA:
		case SIP_KIND_LIST:
			say_items(p, kind, header->value);
			break;
		case SIP_KIND_AUTH:
			say_auth(p, header->value);
			break;
		case SIP_KIND_NUMBER:
		case SIP_KIND_VALUE:
			say_params(p, 1, str_skip(header->value, params_at(header->value)));
			break;
		case SIP_KIND_TEXT:
		case SIP_KIND_DATE:
			break;
		}
	}
	say_flaws(p, 1, sip_check_header(header->id, header->value));
}

/* ---- start line and body ---- */

static void
say_start(const struct parsed *p, struct str text)
{
	struct sip_start start;
	struct str line = text, phrase;

	if (sip_start_parse(text, &start) == SIP_START_NOT)
		return;
	line.n = start.used < text.n ? start.used : text.n;
	message_lines_say(p->l, MESSAGE_LINE_START, p->index, str_trim(line));
	if (start.request) {
		say_part(p, 1, "method", start.method_text);
		say_uri(p, 1, start.uri);
	} else {
		phrase = sip_status_class_name(sip_status_class(start.status));
		say_part(p, 1, "status", start.status_text);
		if (phrase.n > 0)
			say_part(p, 1, "class", phrase);
		phrase = sip_status_phrase(start.status);
		if (phrase.n > 0 && !str_eq_ci(phrase, start.reason))
			say_part(p, 1, "usual phrase", phrase);
	}
	say_part(p, 1, "version", start.version);
}

static void
say_type(const struct parsed *p, int depth, const char *name, struct str type, size_t bytes)
{
	struct buf b = BUF_INIT;

	add_unfolded(&b, type.n > 0 ? type : STR("of no type"));
	buf_printf(&b, ", %zu byte%s", bytes, bytes == 1 ? "" : "s");
	say_part(p, depth, name, buf_str(&b));
	buf_release(&b);
}

static void
say_body(const struct parsed *p, const struct sip_scan *scan)
{
	struct sip_parts parts;
	struct sip_part part;
	struct sip_type type;

	if (scan->body.n == 0)
		return;
	message_lines_say(p->l, MESSAGE_LINE_BLANK, p->index, STR(""));
	say_type(p, 0, "Body", scan->content_type, scan->body.n);
	if (sip_body_is_sdp(scan->content_type, scan->body)) {
		raw_sdp_add(p->l, p->index, scan->body);
		return;
	}
	sip_type_parse(scan->content_type, &type);
	if (!str_eq_ci(type.type, STR("multipart")))
		return;
	sip_parts_of(&type, scan->body, &parts);
	while (sip_part_next(&parts, &part)) {
		say_type(p, part.depth, "Part", part.content_type, part.body.n);
		sip_type_parse(part.content_type, &type);
		if (sip_type_is(&type, STR("application"), STR("sdp")))
			raw_sdp_add(p->l, p->index, part.body);
	}
	if (parts.bad)
		say_flaws(p, 0, SIP_FLAW_BODY);
}

void
raw_parsed_text(struct message_lines *l, uint32_t index, struct str text,
		const struct sip_scan *scan, uint32_t flaws)
{
	const struct parsed p = { l, index };
	struct sip_headers headers;
	struct sip_header header;

	say_flaws(&p, 0, flaws);
	say_start(&p, str_skip(text, scan->start));
	sip_headers_of(text, &headers);
	while (sip_header_next(&headers, &header))
		say_header(&p, &header);
	say_body(&p, scan);
}

void
raw_parsed_add(struct message_lines *l, const struct views_app *app, uint32_t index)
{
	const struct sip_scan *scan;
	uint32_t flaws;

	message_lines_about(l, app, index, false);
	flaws = query_flaws(app->query, index);
	scan = query_scan(app->query, index);
	if (scan)
		raw_parsed_text(l, index, query_text(app->query, index), scan, flaws);
	else
		message_lines_say(l, MESSAGE_LINE_NOTICE, index,
				  STR("Its text cannot be read again."));
}
