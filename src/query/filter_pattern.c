/*
 * Patterns are what users and their scripts write, the text is what senders
 * write: either may be made to keep a backtracking matcher busy for ever. So a
 * match may do a fixed amount of work; one that would need more is no match
 * and counted. A pattern that keeps hitting the limit is not tried any more.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"
#include "query/filter_int.h"

#define MATCH_LIMIT	2000000u	/* steps; some 2 ms, ten times that without JIT */
#define HEAP_LIMIT	16384u	/* KiB */
#define PATTERN_LENGTH	4096u
#define GIVE_UP		100u	/* limits hit before the pattern rests */
#define JIT_STACK	(512 * 1024)

struct pattern {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *match;
	pcre2_jit_stack *stack;	/**< NULL: no JIT here */
	uint64_t given_up;
};

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

static pcre2_code *
compile(struct str source, uint32_t options, int *code, PCRE2_SIZE *at)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_code *compiled;

	if (!context)
		return NULL;
	pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
	pcre2_set_max_pattern_length(context, PATTERN_LENGTH);
	compiled = pcre2_compile((PCRE2_SPTR)(source.n ? source.p : ""), source.n, options,
				 code, at, context);
	pcre2_compile_context_free(context);
	return compiled;
}

struct pattern *
pattern_new(struct str source, bool literal, struct filter_error *err)
{
	uint32_t options = PCRE2_CASELESS;
	struct pattern *p;
	PCRE2_SIZE at = 0;
	int code = 0;

	if (literal)
		options |= PCRE2_LITERAL;
	else
		options |= PCRE2_DOTALL | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C;
	/* Case of other letters needs UTF; the text may be anything. */
	if (!is_ascii(source))
		options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	else if (!literal)
		options |= PCRE2_NEVER_UTF;
	p = xcalloc(1, sizeof(*p));
	p->code = compile(source, options, &code, &at);
	if (!p->code) {
		PCRE2_UCHAR why[160];

		if (pcre2_get_error_message(code, why, sizeof(why)) < 0)
			why[0] = '\0';
		filter_error_set(err, "pattern: %s", (const char *)why);
		err->column = at;
		free(p);
		return NULL;
	}
	p->data = pcre2_match_data_create(1, NULL);
	p->match = pcre2_match_context_create(NULL);
	if (!p->data || !p->match) {
		filter_error_set(err, "pattern: out of memory");
		pattern_free(p);
		return NULL;
	}
	pcre2_set_match_limit(p->match, MATCH_LIMIT);
	pcre2_set_depth_limit(p->match, MATCH_LIMIT);
	pcre2_set_heap_limit(p->match, HEAP_LIMIT);
	if (pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) == 0) {
		p->stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK, NULL);
		pcre2_jit_stack_assign(p->match, NULL, p->stack);
	}
	return p;
}

void
pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_match_data_free(p->data);
	pcre2_match_context_free(p->match);
	pcre2_jit_stack_free(p->stack);
	pcre2_code_free(p->code);
	free(p);
}

static bool
match(struct pattern *p, struct str s, size_t from, uint32_t options, uint64_t *given_up)
{
	int rc;

	if (p->given_up >= GIVE_UP) {
		++*given_up;
		return false;
	}
	rc = pcre2_match(p->code, (PCRE2_SPTR)(s.n ? s.p : ""), s.n, from, options, p->data,
			 p->match);
	if (rc >= 0)
		return true;
	if (rc != PCRE2_ERROR_NOMATCH) {
		p->given_up++;
		++*given_up;
	}
	return false;
}

bool
pattern_match(struct pattern *p, struct str s, uint64_t *given_up)
{
	return match(p, s, 0, 0, given_up);
}

bool
pattern_find(struct pattern *p, struct str s, size_t from, size_t *at, size_t *end,
	     uint64_t *given_up)
{
	const PCRE2_SIZE *ends;

	if (!match(p, s, from, PCRE2_NOTEMPTY, given_up))
		return false;
	ends = pcre2_get_ovector_pointer(p->data);
	/* \K in a lookahead can turn them round. */
	if (ends[1] <= ends[0] || ends[0] < from)
		return false;
	*at = ends[0];
	*end = ends[1];
	return true;
}
