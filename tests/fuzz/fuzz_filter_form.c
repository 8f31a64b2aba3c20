/*
 * The input fills in the form for a filter: texts with a 0xff between, then a byte of
 * the state and two of the methods. What it makes compiles, or the text at fault is
 * told; what compiles is read back to a form that makes the same. The input is read as
 * an expression too.
 */
#include "query/filter.h"
#include "views/filter_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fill(struct filter_form *f, struct str input)
{
	struct str text;
	int states = 0;

	filter_form_clear(f);
	for (int i = 0; i < FILTER_FORM_TEXT_COUNT && str_cut(&input, '\xff', &text); i++)
		buf_add_str(&f->texts[i], text);
	while (filter_form_states[states])
		states++;
	if (input.n > 0)
		f->state = (unsigned char)input.p[0] % states;
	if (input.n > 2)
		f->methods = ((uint32_t)(unsigned char)input.p[1] << 8 |
			      (unsigned char)input.p[2]) & 0x7ff;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = { (const char *)data, size };
	struct filter_form f = { .state = 0 }, again = { .state = 0 };
	struct buf expression = BUF_INIT, same = BUF_INIT;
	enum filter_form_text bad = FILTER_FORM_TEXT_COUNT;
	struct filter_error why;
	struct err err = { .text = "" };

	/* Six texts of what a line can hold are below the limit of an expression. */
	if (size > 6144)
		return 0;
	filter_form_read(&f, input);
	fill(&f, input);
	if (filter_form_add(&f, &expression, &bad, &err) != 0) {
		if (expression.n > 0 || bad >= FILTER_FORM_TEXT_COUNT || err.text[0] == '\0')
			BUG("not told: %s", err.text);
	} else {
		struct filter *filter = filter_compile(QUERY_CALL, buf_str(&expression), NULL, &why);

		if (!filter)
			BUG("%s: %s", why.text, buf_cstr(&expression));
		filter_free(filter);
		if (!filter_form_read(&again, buf_str(&expression)))
			BUG("not read back: %s", buf_cstr(&expression));
		if (filter_form_add(&again, &same, &bad, &err) != 0 ||
		    !str_eq(buf_str(&same), buf_str(&expression)))
			BUG("another one: %s, %s", buf_cstr(&same), buf_cstr(&expression));
	}
	filter_form_release(&f);
	filter_form_release(&again);
	buf_release(&expression);
	buf_release(&same);
	return 0;
}
