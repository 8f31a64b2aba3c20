#include "export/ladder_table.h"

#include "base/mem.h"
#include "export/ladder_order.h"
#include "query/message_fields.h"

void
ladder_table_fields(struct field **fields, size_t *n)
{
	static const enum message_field more[] = { MESSAGE_FIELD_HAPPENED, MESSAGE_FIELD_DETAIL };

	field_list_default(QUERY_MESSAGE, fields, n);
	*fields = xreallocarray(*fields, *n + ARRAY_SIZE(more), sizeof(**fields));
	for (size_t i = 0; i < ARRAY_SIZE(more); i++)
		(*fields)[(*n)++] = (struct field){
			.def = &message_field_defs[more[i]], .of = QUERY_MESSAGE,
		};
}

static bool
write_rows(struct table *t, struct ladder_order *o)
{
	bool more = true;

	ladder_order_sort(o);
	for (size_t i = 0; i < o->n && more; i++) {
		const struct ladder_item *at = &o->items[i];
		struct query_item item = at->event ? query_event(t->query, at->index, at->call)
			: at->stream ? query_stream_row(t->query, at->index, at->call)
			: query_message(t->query, at->index);

		more = table_row(t, &item);
	}
	ladder_order_clear(o);
	return more;
}

uint64_t
ladder_table_write(struct table *t, const uint32_t *calls, size_t n, bool merge, bool media)
{
	struct ladder_order o = { .store = t->query->store, .media = media };
	uint64_t left;
	bool more = true;

	for (size_t i = 0; i < n && more; i++) {
		ladder_order_add(&o, store_call(o.store, calls[i]));
		if (!merge || i + 1 == n)
			more = write_rows(t, &o);
	}
	left = o.left;
	ladder_order_release(&o);
	return left;
}
