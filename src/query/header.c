#include "query/header.h"

/** RFC 3261 7.3.3 and the IANA registry of compact forms. */
static const struct {
	char compact;
	const char *name;
} compact_forms[] = {
	{ 'a', "Accept-Contact" }, { 'b', "Referred-By" }, { 'c', "Content-Type" },
	{ 'd', "Request-Disposition" }, { 'e', "Content-Encoding" }, { 'f', "From" },
	{ 'i', "Call-ID" }, { 'j', "Reject-Contact" }, { 'k', "Supported" },
	{ 'l', "Content-Length" }, { 'm', "Contact" }, { 'n', "Identity-Info" },
	{ 'o', "Event" }, { 'r', "Refer-To" }, { 's', "Subject" }, { 't', "To" },
	{ 'u', "Allow-Events" }, { 'v', "Via" }, { 'x', "Session-Expires" },
	{ 'y', "Identity" },
};

/** The long form of a name, itself when it is none of the compact ones. */
static struct str
long_name(struct str name)
{
	if (name.n != 1)
		return name;
	for (size_t i = 0; i < ARRAY_SIZE(compact_forms); i++) {
		if (ascii_lower(name.p[0]) == compact_forms[i].compact)
			return str_of(compact_forms[i].name);
	}
	return name;
}

/** Cut the next header off *rest, its folded lines included. */
static struct str
header_cut(struct str *rest)
{
	size_t n = 0, lf;
	struct str line;

	do {
		lf = str_chr(str_skip(*rest, n), '\n');
		n = lf == SIZE_MAX ? rest->n : n + lf + 1;
	} while (n < rest->n && ascii_is_blank(rest->p[n]));
	line = str_sub(*rest, 0, n);
	*rest = str_skip(*rest, n);
	return line;
}

void
query_headers_start(struct query_headers *h, struct query *q, uint32_t i, struct str name)
{
	const struct sip_scan *scan = query_scan(q, i);

	h->value = STR_NONE;
	h->name = long_name(name);
	h->rest = STR_NONE;
	if (!scan)
		return;
	h->rest = str_sub(query_text(q, i), scan->start, scan->head);
	header_cut(&h->rest);		/* the start line */
}

bool
query_headers_next(struct query_headers *h)
{
	while (h->rest.n > 0) {
		struct str line = header_cut(&h->rest);
		size_t colon = str_chr(line, ':');

		if (colon == SIZE_MAX)
			continue;
		if (str_eq_ci(long_name(str_trim(str_sub(line, 0, colon))), h->name)) {
			h->value = str_trim(str_skip(line, colon + 1));
			return true;
		}
	}
	return false;
}

struct str
query_header(struct query *q, uint32_t i, struct str name)
{
	struct query_headers h;

	query_headers_start(&h, q, i, name);
	return query_headers_next(&h) ? h.value : STR_NONE;
}
