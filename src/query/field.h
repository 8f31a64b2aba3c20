/**
 * @file field.h  Everything one can ask about a call, a message or a stream: three tables.
 *
 * Columns, sorting, filters, CSV, JSON, column choosers and the man page's
 * section FIELDS all read call_field_defs[], message_field_defs[] and
 * stream_field_defs[]. A field is one row (call_fields.h, message_fields.h,
 * stream_fields.h) and one getter.
 *
 * header.NAME is a field of calls and messages: the value of that SIP header, NAME in any
 * case, long or compact.
 *
 * Fields that need the text of messages are, asked of a call, those of its
 * first message that has them; a filter looks into every message of the call.
 * Likewise for fields of streams, asked of a call; and of a stream one may ask those of
 * its call.
 */
#ifndef QUERY_FIELD_H
#define QUERY_FIELD_H

#include "query/query.h"

enum field_kind {
	FIELD_TEXT,	/**< as.text, bytes from the wire, any of them */
	FIELD_CHOICE,	/**< as.text, one of a fixed set of names */
	FIELD_COUNT,	/**< as.number */
	FIELD_STATUS,	/**< as.number, 100 to 699 */
	FIELD_TIME,	/**< as.number, a moment (base/time.h) */
	FIELD_SPAN,	/**< as.number, ns; written in ms with three decimals */
	FIELD_BOOL,	/**< as.number, 0 or 1 */
	FIELD_ADDRESS,	/**< as.endpoint */
	FIELD_PERCENT,	/**< as.real, 0 to 100 */
	FIELD_LIST,	/**< as.list, a set of names */
	FIELD_NUMBERS,	/**< as.numbers, at least one, in their order */
	FIELD_REAL,	/**< as.real, written with so many decimals */
	FIELD_HEX,	/**< as.number, 32 bits, written 0x and eight digits */
	FIELD_WORDS,	/**< as.text, names with one blank between them */
};

/** What an answer costs. */
enum field_need {
	FIELD_NEED_INDEX,	/**< nothing: it is in the index */
	FIELD_NEED_WALK,	/**< a walk over the messages or streams of the call */
	FIELD_NEED_TEXT,	/**< reading text again */
};

/**
 * A typed answer. Text is borrowed: from the store (need INDEX), or from the
 * query until its next read (need TEXT), or its next field (need WALK).
 */
struct field_value {
	uint8_t kind;		/**< enum field_kind */
	bool absent;		/**< not measured, not there; as is unset */
	uint8_t decimals;	/**< FIELD_REAL */
	uint8_t place;		/**< FIELD_CHOICE: where it is sorted, from 1; 0: by its name */
	union {
		struct str text;
		int64_t number;
		double real;
		struct net_endpoint endpoint;
		struct {
			uint32_t bits;
			const char *(*name)(unsigned int bit);	/**< static names */
		} list;
		struct {
			const uint32_t *p;	/**< lower halves; until the store takes a message */
			uint32_t n;
			uint64_t base;	/**< what they are near to; 0: they are whole */
		} numbers;
	} as;
};

/** Number @p i of FIELD_NUMBERS. */
static inline uint64_t
field_number_at(const struct field_value *v, uint32_t i)
{
	uint64_t base = v->as.numbers.base;
	uint32_t low = v->as.numbers.p[i];

	return base == 0 ? low : base + (uint64_t)(int64_t)(int32_t)(low - (uint32_t)base);
}

struct field_def {
	const char *name;	/**< in columns, filters, CSV header, JSON key */
	const char *title;	/**< column heading on screen */
	const char *unit;	/**< "ms", "s", "bytes"; NULL: none */
	const char *help;	/**< one sentence: man page, column chooser */
	struct field_value (*get)(struct query *q, const struct query_item *item);
	/** Name @p i of a FIELD_CHOICE or FIELD_LIST, NULL past the last; NULL for other
	 * kinds, and for a list of flaws of messages. */
	const char *(*choice)(unsigned int i);
	uint8_t kind;		/**< enum field_kind */
	uint8_t need;		/**< enum field_need */
	uint8_t width;		/**< usual width in cells */
	uint8_t via;		/**< of a call, need TEXT: the message field asked; get is NULL */
	bool listed;		/**< a column where none were chosen (design of the answers) */
};

/** A field as chosen by somebody: a row, whose it is, and a header's name. */
struct field {
	const struct field_def *def;
	/** Whose field it is. Of a call one may ask QUERY_MESSAGE and QUERY_STREAM
	 * fields (the first that has it), of a message or a stream those of its call. */
	enum query_subject of;
	struct str header;	/**< the NAME of header.NAME, borrowed; else STR_NONE */
	bool prefixed;		/**< named with "call.", "any." or "stream." in front */
};

/** The rows of a table. @return their number. */
size_t field_table(enum query_subject of, const struct field_def **defs);

/**
 * Find the field that items of kind @p of have under @p name ('-' counts as
 * '_', any case): the subject's own; else that of calls, else that of messages.
 * "call.NAME", "any.NAME" and "stream.NAME" name a field of the call, of any message,
 * of any stream.
 * field->header borrows from @p name.
 * @return false when there is none.
 */
bool field_find(enum query_subject of, struct str name, struct field *field);

/** The known name most like @p name, or of the column titled so, for "did you mean"; NULL: none
 * is near. */
const char *field_suggest(enum query_subject of, struct str name);

/**
 * Parse "a,b,header.NAME" into an array, replaced; names are borrowed.
 * @param fields  to be freed by the caller, NULL after failure
 * @return 0, or -1 with *err "unknown field 'x' (did you mean 'y'?)".
 */
int field_list_parse(enum query_subject of, struct str list,
		     struct field **fields, size_t *n, struct err *err);

/** The columns where none were chosen, in the same form. */
void field_list_default(enum query_subject of, struct field **fields, size_t *n);

/** "name", "header.NAME", "any.name" or so, appended: the CSV heading and JSON key. */
void field_name_add(struct buf *b, const struct field *field);

/** Ask. Costs by def->need; index fields some ns, without allocation. */
struct field_value field_get(struct query *q, const struct field *field,
			     const struct query_item *item);

/** Order of two values of one kind, absent ones last; text with ASCII case
 * folded, then bytewise. @return <0, 0 or >0. */
int field_value_cmp(const struct field_value *a, const struct field_value *b);

/** Numbers are set to the right. */
bool field_is_right(const struct field_def *def);

/** How a value is written. */
enum field_form {
	FIELD_FORM_SCREEN,	/**< for people; text as it is (not made visible), absent "–" */
	FIELD_FORM_PLAIN,	/**< CSV, unquoted: absent nothing, spans in ms, times RFC 3339 */
	FIELD_FORM_JSON,	/**< a JSON value: null, number, true, "text" (escaped; bad
				 * UTF-8 becomes U+FFFD), ["a", "b"], [1, 2] */
};

struct field_style {
	enum field_form form;
	enum time_form time;	/**< screen only */
	bool utc;		/**< screen only */
	bool ascii;		/**< screen only: absent is "-" */
	int64_t origin;		/**< screen only: times as seconds since it; TIME_NONE: as time */
};

#define FIELD_STYLE_SCREEN	{ FIELD_FORM_SCREEN, TIME_CLOCK, false, false, TIME_NONE }
#define FIELD_STYLE_CSV		{ FIELD_FORM_PLAIN, TIME_RFC3339, true, false, TIME_NONE }
#define FIELD_STYLE_JSON	{ FIELD_FORM_JSON, TIME_RFC3339, true, false, TIME_NONE }

/** Append @p v as @p style says. */
void field_format(struct buf *b, const struct field_value *v, const struct field_style *style);

#endif
