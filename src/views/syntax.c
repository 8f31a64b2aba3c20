#include "views/syntax.h"

#include "sip/header.h"
#include "views/parts.h"

/* ---- what a line is made of ---- */

static size_t
chr_or_end(struct str s, size_t from, char c)
{
	size_t i = str_chr(str_skip(s, from), c);

	return i == SIZE_MAX ? s.n : from + i;
}

static void
start_start_line(struct syntax *s)
{
	struct str line = s->line, digits;
	uint32_t status;

	s->first = s->rest = ROLE_START_LINE;
	s->head = chr_or_end(line, 0, ' ');
	if (!str_starts_ci(line, STR("SIP/"))) {
		/* The URI, up to the last word. */
		s->tail = line.n;
		while (s->tail > s->head && line.p[s->tail - 1] != ' ')
			s->tail--;
		return;
	}
	s->plain = true;
	digits = str_skip(line, s->head + 1);
	if (str_take_u32(&digits, &status) && status >= 100 && status <= 699)
		s->rest = role_of_status(status);
}

static void
start_header(struct syntax *s)
{
	size_t colon = str_chr(s->line, ':');
	struct str name;

	s->rest = ROLE_HEADER_VALUE;
	if (colon == SIZE_MAX)
		return;
	s->first = ROLE_HEADER_NAME;
	s->head = colon + 1;
	name = str_trim(str_sub(s->line, 0, colon));
	if (str_eq_ci(name, STR("Call-ID")) || str_eq_ci(name, STR("i"))) {
		s->plain = true;
		s->rest = ROLE_CALL_ID;
	}
}

/* "    name: value": what a header or a description was taken apart into. */
static void
start_part(struct syntax *s)
{
	static const struct { struct str name; enum role role; } own[] = {
		{ STR_INIT("branch"), ROLE_BRANCH }, { STR_INIT("tag"), ROLE_TAG },
		{ STR_INIT("from-tag"), ROLE_TAG }, { STR_INIT("to-tag"), ROLE_TAG },
		{ STR_INIT("user"), ROLE_USER },
	};
	size_t colon = str_chr(s->line, ':');
	struct str name;

	s->rest = ROLE_HEADER_VALUE;
	if (colon == SIZE_MAX)
		colon = s->line.n;
	s->first = ROLE_PARAMETER;
	s->head = colon + 1;
	name = str_trim(str_sub(s->line, 0, colon));
	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		if (!str_eq_ci(name, own[i].name))
			continue;
		s->plain = true;
		s->rest = own[i].role;
	}
}

static void
start_body(struct syntax *s)
{
	s->rest = ROLE_NORMAL;
	s->plain = true;
	if (s->line.n > 1 && ascii_is_alpha(s->line.p[0]) && s->line.p[1] == '=') {
		s->first = ROLE_SDP_TYPE;
		s->rest = ROLE_SDP_VALUE;
		s->head = 2;
	}
}

/* "00000010  48 65 ...  |He...|" */
static void
start_hex(struct syntax *s)
{
	s->first = ROLE_DIM;
	s->rest = ROLE_NORMAL;
	s->head = chr_or_end(s->line, 0, ' ');
	s->tail = chr_or_end(s->line, 0, '|');
	s->plain = true;
}

void
syntax_start(struct syntax *s, enum message_line_kind kind, struct str line)
{
	*s = (struct syntax){ .line = line, .tail = line.n, .rest = ROLE_NORMAL };
	switch (kind) {
	case MESSAGE_LINE_ABOUT:
	case MESSAGE_LINE_NAMES:
		s->rest = ROLE_HOST;
		s->plain = true;
		break;
	case MESSAGE_LINE_COPY:
		s->rest = ROLE_RETRANSMISSION;
		s->plain = true;
		break;
	case MESSAGE_LINE_FLAWS:
	case MESSAGE_LINE_NOTICE:
		s->rest = ROLE_WARNING;
		s->plain = true;
		break;
	case MESSAGE_LINE_START:
		start_start_line(s);
		break;
	case MESSAGE_LINE_HEADER:
		start_header(s);
		break;
	case MESSAGE_LINE_FOLD:
		s->rest = ROLE_HEADER_VALUE;
		break;
	case MESSAGE_LINE_BODY:
		start_body(s);
		break;
	case MESSAGE_LINE_PART:
		start_part(s);
		break;
	case MESSAGE_LINE_MEDIA:
		s->rest = ROLE_MEDIA;
		s->plain = true;
		break;
	case MESSAGE_LINE_HEX:
		start_hex(s);
		break;
	case MESSAGE_LINE_BLANK:
		s->plain = true;
		break;
	}
	if (s->head > line.n)
		s->head = line.n;
}

/* ---- runs ---- */

static bool
is_uri_char(char c)
{
	return c != '>' && c != '<' && c != '"' && c != ',' && c != ' ' && c != '\t' &&
		c != '\r' && c != '\n';
}

/* Bytes of the scheme at @p at with its colon; 0 when there is none. */
static size_t
scheme_at(const struct syntax *s, size_t at)
{
	static const struct str schemes[] = {
		STR_INIT("sip:"), STR_INIT("sips:"), STR_INIT("tel:"), STR_INIT("urn:"),
	};
	struct str rest = str_skip(s->line, at);
	unsigned char c = rest.n > 0 ? ascii_lower(rest.p[0]) : 0;

	if (c != 's' && c != 't' && c != 'u')
		return 0;
	if (at > 0 && ascii_is_alpha(s->line.p[at - 1]))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (str_starts_ci(rest, schemes[i]))
			return schemes[i].n;
	return 0;
}

/* Begin with the URI at @p at: say where its user and it itself end. */
static void
begin_uri(struct syntax *s, size_t at, size_t scheme)
{
	size_t end = at + scheme, user = at + scheme;

	while (end < s->line.n && end < s->tail && is_uri_char(s->line.p[end]))
		end++;
	if (ascii_lower(s->line.p[at]) == 't') {
		while (user < end && s->line.p[user] != ';')
			user++;
	} else {
		while (user < end && s->line.p[user] != '@')
			user++;
		if (user == end)
			user = at + scheme;
	}
	s->user = user;
	s->uri = end;
}

/* The role of the value that begins at @p at, behind ";tag=" or ";branch=";
 * ROLE_COUNT when it is none. */
static enum role
value_at(const struct syntax *s, size_t at)
{
	struct str before = str_sub(s->line, 0, at);

	if (at < 5 || s->line.p[at - 1] != '=')
		return ROLE_COUNT;
	if (str_eq_ci(str_skip(before, at - 4), STR("tag=")) &&
	    (before.p[at - 5] == ';' || before.p[at - 5] == '-' || before.p[at - 5] == ' '))
		return ROLE_TAG;
	if (at >= 8 && str_eq_ci(str_skip(before, at - 7), STR("branch=")) &&
	    (before.p[at - 8] == ';' || before.p[at - 8] == ' '))
		return ROLE_BRANCH;
	return ROLE_COUNT;
}

static size_t
value_end(const struct syntax *s, size_t at)
{
	while (at < s->line.n && is_uri_char(s->line.p[at]) && s->line.p[at] != ';')
		at++;
	return at;
}

/* The run of a URI or a value with something in it, from @p at on. */
static size_t
rich_run(struct syntax *s, size_t at, enum role *role)
{
	size_t scheme = scheme_at(s, at), to = at + 1;

	*role = ROLE_URI;
	if (at < s->user) {
		*role = ROLE_USER;
		return s->user;
	}
	if (at < s->uri)
		return s->uri;
	if (scheme > 0) {
		begin_uri(s, at, scheme);
		return at + scheme;
	}
	*role = value_at(s, at);
	if (*role != ROLE_COUNT && value_end(s, at) > at)
		return value_end(s, at);
	*role = s->rest;
	while (to < s->tail && scheme_at(s, to) == 0 && value_at(s, to) == ROLE_COUNT)
		to++;
	return to;
}

bool
syntax_next(struct syntax *s, size_t *from, size_t *to, enum role *role)
{
	if (s->at >= s->line.n)
		return false;
	*from = s->at;
	*role = s->rest;
	if (s->at < s->head) {
		*role = s->first;
		*to = s->head;
	} else if (s->at >= s->tail) {
		/* The version, or the text column of a dump. */
		*role = s->first == ROLE_DIM ? ROLE_HEADER_NAME : s->rest;
		*to = s->line.n;
	} else if (s->plain) {
		*to = s->tail;
	} else {
		*to = rich_run(s, s->at, role);
	}
	s->at = *to;
	return true;
}
