#include "query/header.h"

void
query_headers_start(struct query_headers *h, struct query *q, uint32_t i, struct str name)
{
	h->value = STR_NONE;
	h->id = sip_header_find(name);
	h->name = name;
	sip_headers_of(query_text(q, i), &h->walk);
}

bool
query_headers_next(struct query_headers *h)
{
	struct sip_header header;

	while (sip_header_next(&h->walk, &header)) {
		if (header.bad || header.id != h->id)
			continue;
		if (h->id == SIP_HEADER_OTHER && !str_eq_ci(header.name, h->name))
			continue;
		h->value = header.value;
		return true;
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
