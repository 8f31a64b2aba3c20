/*
 * Parts are found by their boundary lines only: "--", the boundary, blanks. A
 * part that is a multipart is entered by pushing its boundary on a small stack,
 * so that a walk needs no memory and no recursion.
 */
#include "sip/type.h"

#include "sip/chars.h"
#include "sip/header.h"

bool
sip_type_parse(struct str value, struct sip_type *type)
{
	struct str s = str_trim(value);
	struct sip_param param;
	size_t n = sip_span(s, SIP_CHAR_TOKEN);

	*type = (struct sip_type){ .type = { s.p, n } };
	s = sip_skip_lws(str_skip(s, n));
	if (n == 0 || s.n == 0 || s.p[0] != '/') {
		type->bad = true;
		return false;
	}
	s = sip_skip_lws(str_skip(s, 1));
	n = sip_span(s, SIP_CHAR_TOKEN);
	type->subtype = (struct str){ s.p, n };
	type->params = s = str_skip(s, n);
	if (n == 0)
		type->bad = true;
	while (sip_param_next(&s, &param)) {
		if (param.bad)
			type->bad = true;
		if (str_eq_ci(param.name, STR("boundary")))
			type->boundary = param.value;
	}
	return !type->bad;
}

bool
sip_type_is(const struct sip_type *type, struct str name, struct str subtype)
{
	return str_eq_ci(type->type, name) && str_eq_ci(type->subtype, subtype);
}

/*
 * Find the next boundary line in *rest. *before is what precedes it, without the
 * line end that belongs to it; *rest is what follows its line. *last is set at
 * the closing one. False when there is none: *before is then all of it.
 */
static bool
boundary_find(struct str *rest, struct str boundary, struct str *before, bool *last)
{
	struct str s = *rest, line;
	const char *start = s.p;

	while (s.p && s.n > 0 && str_cut(&s, '\n', &line)) {
		struct str tail = str_skip(line, 2 + boundary.n);
		size_t n = (size_t)(line.p - start);

		if (!str_starts(line, STR("--")) ||
		    !str_eq(str_sub(line, 2, boundary.n), boundary))
			continue;
		*last = str_starts(tail, STR("--"));
		if (str_trim(str_skip(tail, *last ? 2 : 0)).n > 0)
			continue;
		if (n > 0)
			n--;
		if (n > 0 && start[n - 1] == '\r')
			n--;
		*before = (struct str){ start, n };
		*rest = s;
		return true;
	}
	*before = *rest;
	*rest = STR_NONE;
	*last = true;
	return false;
}

static bool
push(struct sip_parts *parts, const struct sip_type *type, struct str body)
{
	struct str preamble;
	bool last;

	if (parts->depth + 1 >= SIP_PART_DEPTH || type->boundary.n == 0 ||
	    !str_eq_ci(type->type, STR("multipart")))
		return false;
	if (!boundary_find(&body, type->boundary, &preamble, &last) || last)
		return false;
	parts->depth++;
	parts->level[parts->depth].rest = body;
	parts->level[parts->depth].boundary = type->boundary;
	return true;
}

void
sip_parts_of(const struct sip_type *type, struct str body, struct sip_parts *parts)
{
	parts->depth = -1;
	parts->bad = !push(parts, type, body);
}

static void
part_split(struct str text, struct sip_part *part)
{
	struct sip_headers headers;
	struct sip_header header;

	sip_headers_of_part(text, &headers);
	while (sip_header_next(&headers, &header)) {
		if (header.id == SIP_HEADER_CONTENT_TYPE)
			part->content_type = header.value;
		else if (header.id == SIP_HEADER_CONTENT_ID)
			part->content_id = header.value;
		else if (header.id == SIP_HEADER_CONTENT_DISPOSITION)
			part->disposition = header.value;
	}
	part->body = headers.rest;
	part->head = str_sub(text, 0, text.n - headers.rest.n);
}

bool
sip_part_next(struct sip_parts *parts, struct sip_part *part)
{
	struct str text, *rest;
	struct sip_type type;
	bool last;

	while (parts->depth >= 0 && !parts->level[parts->depth].rest.p)
		parts->depth--;
	*part = (struct sip_part){ .cut = false };
	if (parts->depth < 0)
		return false;

	rest = &parts->level[parts->depth].rest;
	part->depth = (uint8_t)parts->depth;
	part->cut = !boundary_find(rest, parts->level[parts->depth].boundary, &text, &last);
	if (last)
		*rest = STR_NONE;
	part_split(text, part);
	if (part->content_type.n > 0 && sip_type_parse(part->content_type, &type))
		push(parts, &type, part->body);
	return true;
}

bool
sip_body_begins_sdp(struct str body)
{
	return body.n > 3 && memcmp(body.p, "v=0", 3) == 0 &&
		(body.p[3] == '\r' || body.p[3] == '\n');
}

bool
sip_body_is_sdp(struct str content_type, struct str body)
{
	struct sip_type type;

	if (LIKELY(str_eq(content_type, STR("application/sdp"))))
		return true;
	if (content_type.n == 0)
		return sip_body_begins_sdp(body);
	sip_type_parse(content_type, &type);
	return sip_type_is(&type, STR("application"), STR("sdp"));
}

bool
sip_body_part(struct str content_type, struct str body, struct str name, struct str subtype,
	      struct str *found)
{
	struct sip_parts parts;
	struct sip_part part;
	struct sip_type type;

	*found = body;
	sip_type_parse(content_type, &type);
	if (body.n > 0 && sip_type_is(&type, name, subtype))
		return true;
	sip_parts_of(&type, body, &parts);
	while (sip_part_next(&parts, &part)) {
		*found = part.body;
		sip_type_parse(part.content_type, &type);
		if (sip_type_is(&type, name, subtype) && part.body.n > 0)
			return true;
	}
	*found = STR_NONE;
	return false;
}

bool
sip_body_sdp(struct str content_type, struct str body, struct str *sdp)
{
	*sdp = STR_NONE;
	if (body.n == 0)
		return false;
	if (sip_body_is_sdp(content_type, body)) {
		*sdp = body;
		return true;
	}
	return sip_body_part(content_type, body, STR("application"), STR("sdp"), sdp);
}
