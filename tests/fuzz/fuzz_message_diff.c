/* Two messages, a NUL between them, compared both ways and with themselves. */
#include <stdint.h>

#include "export/message_diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_side(const struct message_diff *d, const struct diff_side *side, struct str text)
{
	uint32_t at = 0;

	if (side->text.n > 0 &&
	    (side->text.p < text.p || side->text.p + side->text.n > text.p + text.n))
		BUG("a line is outside of its text");
	for (uint32_t i = 0; i < side->span_count; i++) {
		const struct diff_span *s = &d->spans[side->span + i];

		if (s->from < at || s->from >= s->to || s->to > side->text.n)
			BUG("a span is outside of its line");
		at = s->to;
	}
}

static size_t
check(struct message_diff *d, struct str left, struct str right)
{
	uint32_t found[2] = { 0, 0 };
	size_t lines = 0;

	message_diff_make(d, left, right);
	for (size_t i = 0; i < d->n; i++) {
		const struct diff_line *l = &d->lines[i];

		check_side(d, &l->side[0], left);
		check_side(d, &l->side[1], right);
		if (l->kind == DIFF_SAME && l->is_volatile)
			BUG("the same, but volatile");
		if (l->kind != DIFF_SAME)
			found[l->is_volatile]++;
		lines += l->kind == DIFF_LEFT || l->kind == DIFF_RIGHT ? 1 : 2;
	}
	if (found[0] != d->differences || found[1] != d->volatiles)
		BUG("counted %u and %u differences", d->differences, d->volatiles);
	return lines;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str left = { (const char *)data, size }, right;
	struct message_diff d = { 0 };
	size_t nul = str_chr(left, '\0'), lines;

	right = str_skip(left, nul == SIZE_MAX ? size / 2 : nul + 1);
	left.n = nul == SIZE_MAX ? size / 2 : nul;
	lines = check(&d, left, right);
	if (check(&d, right, left) != lines)
		BUG("lines are lost one way");
	check(&d, left, left);
	if (d.differences + d.volatiles > 0)
		BUG("a text differs from itself");
	message_diff_release(&d);
	return 0;
}
