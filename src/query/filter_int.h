/** @file filter_int.h  The parts of the filter language: tokens, nodes, values. */
#ifndef QUERY_FILTER_INT_H
#define QUERY_FILTER_INT_H

#include "base/arena.h"
#include "query/filter.h"

/* ---- filter_lex.c ---- */

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_STRING,		/**< text without the quotes, escapes as they are */
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_IN,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_LT,
	TOKEN_LE,
	TOKEN_GT,
	TOKEN_GE,
	TOKEN_MATCH,
	TOKEN_NO_MATCH,
};

struct token {
	enum token_kind kind;
	struct str text;	/**< borrowed from the expression */
	size_t at;		/**< byte where it begins */
	char quote;		/**< of a TOKEN_STRING */
};

struct lexer {
	struct str expression;
	size_t next;		/**< byte */
};

/** @return false for a string without an end: *t then holds its start. */
bool lexer_next(struct lexer *l, struct token *t);

/** The text a token stands for: escapes \" \' \\ \n \r \t of strings resolved. */
struct str token_value(struct arena *a, const struct token *t);
/** The same for a pattern: only the quote itself loses its backslash. */
struct str token_pattern(struct arena *a, const struct token *t);

/* ---- filter_pattern.c ---- */

struct pattern;

/** @return the pattern, or NULL with *err (column counted from @p source's
 * first character, 0 when it is none of a place). */
struct pattern *pattern_new(struct str source, bool literal, struct filter_error *err);
void pattern_free(struct pattern *p);
/** @return whether @p s matches; *given_up counts where the work was cut short. */
bool pattern_match(struct pattern *p, struct str s, uint64_t *given_up);

/** The first match in @p s from byte @p from on that is not empty: [*at, *end).
 * @return whether there is one; counts as pattern_match(). */
bool pattern_find(struct pattern *p, struct str s, size_t from, size_t *at, size_t *end,
		  uint64_t *given_up);

/* ---- filter_value.c ---- */

/** What a field is compared with; by the kind of the field. */
struct literal {
	int64_t lo, hi;		/**< numbers, moments, spans: what it means, both included */
	double real;		/**< FIELD_PERCENT */
	bool clock;		/**< lo and hi are ns since midnight */
	struct str text;	/**< FIELD_TEXT, FIELD_CHOICE */
	struct net_block block;	/**< FIELD_ADDRESS */
	uint16_t port;		/**< 0: any */
};

/** @return 0, or -1 with err->text. */
int literal_parse(struct arena *a, const struct field_def *def, struct str text, bool utc,
		  struct literal *literal, struct filter_error *err);

/** Names of choices are equal with ASCII case, '-', '_' and ' ' as one. */
bool choice_eq(struct str a, struct str b);

/** Nanoseconds since midnight of a moment. */
int64_t clock_of(int64_t t, bool utc);

/* ---- filter_number.c ---- */

/** Digits of a telephone number as typed, those at the front that do not
 * count left out; false when it is no number of three digits or more. */
bool number_parse(struct arena *a, struct str word, struct str *digits);

/** Whether @p user, as in a URI, is the number @p digits: compared from the
 * right, separators left out. */
bool number_is_user(struct str digits, struct str user);
/** Whether it is exactly that number. */
bool number_eq_user(struct str digits, struct str user);

/* ---- nodes: filter_parse.c, filter_eval.c ---- */

enum node_kind {
	NODE_ALL,		/**< of its parts (none: true) */
	NODE_ANY,		/**< of its parts */
	NODE_NOT,		/**< parts[0] */
	NODE_COMPARE,		/**< field op literals[] */
	NODE_MATCH,		/**< field ~ pattern */
	NODE_PRESENT,		/**< field is there, not zero */
	NODE_ENDPOINT,		/**< literals[0] is an end of a path */
	NODE_NUMBER,		/**< text: digits */
	NODE_CODE,		/**< literals[0]: status; text: the same as a user */
	NODE_METHOD,		/**< text: name */
	NODE_WORD,		/**< pattern in the text; text: the same */
};

enum compare {
	COMPARE_EQ,		/**< to one of the literals */
	COMPARE_LT,
	COMPARE_LE,
	COMPARE_GT,
	COMPARE_GE,
};

struct node {
	enum node_kind kind;
	enum field_need need;	/**< what answering may cost */
	struct node **parts;
	size_t part_count;
	struct field field;
	enum compare compare;
	struct literal *literals;
	size_t literal_count;
	struct pattern *pattern;
	struct str text;
	/** NODE_METHOD: any request, not only the first. NODE_CODE: no known
	 * status, so that it may be the end of a number. */
	bool inside;
};

struct filter {
	enum query_subject of;
	struct filter_options options;
	struct arena arena;	/**< nodes and their texts */
	struct node *root;
	struct pattern **patterns;
	size_t pattern_count, pattern_cap;
	struct buf scratch;	/**< a value being matched */
	uint64_t given_up;
};

/** @return the tree, or NULL with *err. */
struct node *filter_parse(struct filter *f, struct str expression, struct filter_error *err);

/** What a word alone means. @return NULL with err->text. */
struct node *filter_word(struct filter *f, struct str word, struct filter_error *err);
struct node *filter_text(struct filter *f, struct str text, struct filter_error *err);

struct node *filter_node(struct filter *f, enum node_kind kind, enum field_need need);
/** A node about a field; keeps a copy of the name of a header. */
struct node *filter_field_node(struct filter *f, enum node_kind kind, const struct field *field);
/** Compile and keep a pattern. @return NULL with *err. */
struct pattern *filter_pattern(struct filter *f, struct str source, bool literal,
			       struct filter_error *err);

ATTR_PRINTF(2, 3)
void filter_error_set(struct filter_error *err, const char *fmt, ...);

#endif
