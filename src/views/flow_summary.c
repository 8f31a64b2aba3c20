#include "views/flow_summary.h"

#include "base/text.h"
#include "views/parts.h"

/* Draw a piece of the summary where it fits whole. @return the cell after it. */
static int
piece(struct canvas *c, int x, enum role role, struct str text)
{
	int gap = x > 0 ? 2 : 0, width = text_width(text);

	if (width == 0 || x + gap + width > canvas_width(c))
		return x;
	return x + gap + canvas_text(c, 0, x + gap, width, role, text);
}

static int
span_piece(struct canvas *c, int x, const char *what, int64_t span)
{
	struct buf b = BUF_INIT;

	if (span != TIME_NONE) {
		buf_printf(&b, "%s ", what);
		span_add(&b, span);
		x = piece(c, x, ROLE_NORMAL, buf_str(&b));
	}
	buf_release(&b);
	return x;
}

void
flow_summary_draw(const struct ladder_call *call, const char *unheard, bool utc,
		  struct canvas *c)
{
	enum role role = role_of_state(call->state, call->status);
	const struct call *k = &call->call;
	const char *by = call_side_name((enum call_side)k->ended_by);
	struct buf b = BUF_INIT;
	int x;

	buf_add_cstr(&b, call_state_name(call->state));
	if (call->status)
		buf_printf(&b, " %u ", call->status);
	if (call->status)
		text_add_visible(&b, call->reason, false);
	x = canvas_text(c, 0, 0, canvas_width(c), role, buf_str(&b));
	buf_clear(&b);
	text_add_visible(&b, call_from_user(k), false);
	buf_add_cstr(&b, " → ");
	text_add_visible(&b, call_to_user(k), false);
	x = piece(c, x, ROLE_HOST, buf_str(&b));
	if (unheard)
		x = piece(c, x, ROLE_ERROR, str_of(unheard));
	x = span_piece(c, x, "pdd", call_pdd(k));
	x = span_piece(c, x, "setup", call_setup(k));
	x = span_piece(c, x, "duration", call_duration(k));
	buf_clear(&b);
	if (by)
		buf_printf(&b, "by %s", by);
	x = piece(c, x, ROLE_NORMAL, buf_str(&b));
	buf_clear(&b);
	if (k->cause)
		buf_printf(&b, "Q.850 %u", k->cause);
	x = piece(c, x, ROLE_NORMAL, buf_str(&b));
	buf_clear(&b);
	if (k->start != TIME_NONE)
		time_add(&b, k->start, TIME_DATE, utc);
	piece(c, x, ROLE_TIME, buf_str(&b));
	buf_release(&b);
}
