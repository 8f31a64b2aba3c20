/** @file field_int.h  Making values; for the getters of the field tables. */
#ifndef QUERY_FIELD_INT_H
#define QUERY_FIELD_INT_H

#include <math.h>

#include "query/field.h"

#define FIELD_IS_LIST	true
#define FIELD_IS_MORE	false

static inline struct field_value
field_absent(enum field_kind kind)
{
	return (struct field_value){ .kind = (uint8_t)kind, .absent = true };
}

static inline struct field_value
field_number(enum field_kind kind, int64_t n)
{
	return (struct field_value){ .kind = (uint8_t)kind, .as.number = n };
}

/** Absent when 0. */
static inline struct field_value
field_nonzero(enum field_kind kind, int64_t n)
{
	return (struct field_value){ .kind = (uint8_t)kind, .absent = n == 0, .as.number = n };
}

/** A moment or span; absent when TIME_NONE. */
static inline struct field_value
field_time(enum field_kind kind, int64_t t)
{
	return (struct field_value){ .kind = (uint8_t)kind, .absent = t == TIME_NONE,
				     .as.number = t };
}

/** A span that is known finer than it is written: to the nearest us, not cut off.
 * Absent when TIME_NONE. */
static inline struct field_value
field_measured(int64_t span)
{
	return field_time(FIELD_SPAN, span == TIME_NONE ? span :
			  (span + NS_PER_US / 2) / NS_PER_US * NS_PER_US);
}

/** Absent when empty. */
static inline struct field_value
field_text(struct str s)
{
	return (struct field_value){ .kind = FIELD_TEXT, .absent = s.n == 0, .as.text = s };
}

/** Absent when NULL. */
static inline struct field_value
field_choice(const char *name)
{
	if (!name)
		return field_absent(FIELD_CHOICE);
	return (struct field_value){ .kind = FIELD_CHOICE, .as.text = str_of(name) };
}

/** Absent when NAN. */
static inline struct field_value
field_percent(double v)
{
	return (struct field_value){ .kind = FIELD_PERCENT, .absent = isnan(v), .as.real = v };
}

static inline struct field_value
field_real(double v, unsigned int decimals)
{
	return (struct field_value){ .kind = FIELD_REAL, .absent = isnan(v),
				     .decimals = (uint8_t)decimals, .as.real = v };
}

/** A set of names; absent when there is none. */
static inline struct field_value
field_list(uint32_t bits, const char *(*name)(unsigned int bit))
{
	return (struct field_value){ .kind = FIELD_LIST, .absent = bits == 0,
				     .as.list = { bits, name } };
}

static inline struct field_value
field_bool(uint32_t flag)
{
	return field_number(FIELD_BOOL, flag != 0);
}

static inline struct field_value
field_endpoint(const struct net_endpoint *e)
{
	return (struct field_value){ .kind = FIELD_ADDRESS, .absent = e->addr.family == NET_NONE,
				     .as.endpoint = *e };
}

/** Absent when empty. */
static inline struct field_value
field_words(struct str s)
{
	return (struct field_value){ .kind = FIELD_WORDS, .absent = s.n == 0, .as.text = s };
}

/** Add @p word to words with one blank between them, where it is not among them;
 * blanks in it become "_", of an empty one nothing. */
void query_add_word(struct buf *words, struct str word);

/** Name of flaw @p bit, NULL past the last; of messages, of RTP. */
const char *field_flaw_name(unsigned int bit);
const char *field_rtp_flaw_name(unsigned int bit);

/** A set of enum sip_flaw; absent when there is none. */
struct field_value field_flaws(uint32_t bits);

/** Names of transports, carriers and events, for field_def.choice. */
const char *field_transport(unsigned int i);
const char *field_carrier(unsigned int i);

const char *field_event(unsigned int i);

/** A field of messages, asked of an event. Its text is the query's, until the next
 * event is asked. */
struct field_value event_field_get(struct query *q, const struct field *field,
				   const struct query_item *item);
/** The same of a stream as such a row. */
struct field_value stream_row_get(struct query *q, const struct field *field,
				  const struct query_item *item);

/** The row of header.NAME. */
extern const struct field_def field_header_def;

/** Looks for the name most like a wrong one. */
struct suggest {
	struct str wanted;
	const char *best;	/**< NULL: none is near */
	unsigned int far;	/**< private */
};

void suggest_start(struct suggest *s, struct str wanted);
void suggest_offer(struct suggest *s, const char *name);

/** The field of a message that stands for a need-TEXT field of calls. */
struct field field_of_messages(const struct field *field);

#endif
