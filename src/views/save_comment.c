#include "views/save_comment.h"

#include "base/text.h"

#define IDS_MAX	20u	/* Call-IDs named; beyond these the packets tell */

void
save_comment_add(struct buf *b, const struct views_app *app,
		 const struct save_request *request, const char *what, struct str filter,
		 bool named)
{
	buf_add_cstr(b, what);
	if (app->source && *app->source) {
		buf_add_cstr(b, " of ");
		text_add_visible(b, str_of(app->source), false);
	}
	if (filter.n > 0) {
		buf_add_cstr(b, " where ");
		text_add_visible(b, filter, false);
	}
	for (size_t i = 0; named && request->n <= IDS_MAX && i < request->n; i++) {
		buf_add_cstr(b, i ? ", " : "; Call-ID ");
		text_add_visible(b, call_id(store_call(app->store, request->calls[i])), false);
	}
	if (app->bpf && *app->bpf) {
		buf_add_cstr(b, "; BPF filter ");
		text_add_visible(b, str_of(app->bpf), false);
	}
}
