#include "sip/header.h"

#include "sip/lines.h"
#include "sip/start.h"

const struct sip_header_def sip_header_defs[SIP_HEADER_COUNT] = {
#define SIP_HEADER_DEF(id, text, letter, sort, often) \
	[SIP_HEADER_##id] = { .name = STR_INIT(text), .compact = (letter), \
			      .kind = SIP_KIND_##sort, .once = SIP_##often },
	SIP_HEADERS(SIP_HEADER_DEF)
#undef SIP_HEADER_DEF
};

enum sip_header_id
sip_header_find(struct str name)
{
	unsigned char first;

	if (name.n == 0)
		return SIP_HEADER_OTHER;
	first = ascii_lower(name.p[0]);
	for (unsigned i = SIP_HEADER_OTHER + 1; i < SIP_HEADER_COUNT; i++) {
		const struct sip_header_def *def = &sip_header_defs[i];

		if (name.n == 1 ? def->compact == (char)first :
		    def->name.n == name.n && ascii_lower(def->name.p[0]) == first &&
		    str_eq_ci(def->name, name))
			return (enum sip_header_id)i;
	}
	return SIP_HEADER_OTHER;
}

void
sip_headers_of(struct str message, struct sip_headers *headers)
{
	struct sip_start start;

	while (message.n > 0 && (message.p[0] == '\r' || message.p[0] == '\n'))
		message = str_skip(message, 1);
	*headers = (struct sip_headers){ .rest = message };
	if (sip_start_parse(message, &start) != SIP_START_NOT) {
		headers->rest = str_skip(message, start.used);
		headers->bare_cr = start.bare_cr;
	}
}

void
sip_headers_of_part(struct str part, struct sip_headers *headers)
{
	*headers = (struct sip_headers){ .rest = part };
}

bool
sip_header_next(struct sip_headers *headers, struct sip_header *header)
{
	struct sip_lines lines;
	struct str line;
	size_t n;

	*header = (struct sip_header){ .id = SIP_HEADER_OTHER };
	if (headers->ended || headers->rest.n == 0)
		return false;
	lines = (struct sip_lines){ .p = headers->rest.p, .bare_cr = headers->bare_cr,
				    .end = headers->rest.p + headers->rest.n };
	n = sip_line_next(&lines, &line);
	headers->rest = (struct str){ lines.p, (size_t)(lines.end - lines.p) };
	headers->flaws |= lines.flaws;
	headers->ended = lines.ended;
	headers->cut = lines.cut;
	if (n == 0)
		return false;

	header->line = line;
	n = sip_span(line, SIP_CHAR_TOKEN);
	header->name = (struct str){ line.p, n };
	line = sip_skip_blanks(str_skip(line, n));
	if (n == 0 || line.n == 0 || line.p[0] != ':') {
		/* Name what is before a colon all the same. */
		n = str_chr(header->line, ':');
		header->bad = true;
		header->name = n == SIZE_MAX ? STR("") : str_trim(str_sub(header->line, 0, n));
		header->value = str_trim(n == SIZE_MAX ? header->line :
							 str_skip(header->line, n + 1));
		return true;
	}
	header->value = str_trim(str_skip(line, 1));
	header->id = (uint8_t)sip_header_find(header->name);
	return true;
}
