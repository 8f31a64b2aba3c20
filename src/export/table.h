/**
 * @file table.h  Answers as rows: text in columns, JSON, CSV.
 *
 * Rows are calls or messages, columns are fields (query/field.h); how they are
 * written is one row of exporters[]. Output is written as it is made: no row is
 * kept. Values come out as field_format() says, so all formats agree.
 *
 * json: one object a line, keys in the order of the columns, valid for any bytes
 * (what is not UTF-8 becomes U+FFFD).
 * csv: RFC 4180 with a header row, but lines end in LF, which is what the tools
 * of this platform expect. Bytes are written as captured; values that begin like
 * a formula are left as they are.
 */
#ifndef EXPORT_TABLE_H
#define EXPORT_TABLE_H

#include "export/sink.h"
#include "query/field.h"

struct table;

struct exporter {
	const char *name;	/**< --format NAME */
	const char *suffix;	/**< of files: ".json" */
	const char *help;	/**< one sentence */
	enum field_form form;	/**< how values are written */
	/* All append to table->sink.buf. */
	void (*begin)(struct table *t);
	void (*row)(struct table *t, const struct query_item *item);
};

/** Ends with a row whose name is NULL; the first is the default. */
extern const struct exporter exporters[];

/** The exporter called @p name (any case), or NULL. */
const struct exporter *exporter_find(struct str name);

/** How times are written in text; JSON and CSV are RFC 3339 UTC always. */
enum table_time {
	TABLE_TIME_ABSOLUTE,
	/** Seconds since the first time in the table. */
	TABLE_TIME_RELATIVE,
	/** The first time of a row in seconds since that of the row above, further
	 * ones since the first of their row. */
	TABLE_TIME_DELTA,
};

/** Zeroes are useful. */
struct table_options {
	/** Text: cut values to their columns, with "…", and make columns of text
	 * narrower until the line fits in this many cells; with too many other
	 * columns it stays longer. 0: values are written whole. */
	int width;
	bool terminal;		/**< a person reads this: json and csv are made visible too */
	bool no_header;		/**< text and csv: no line of titles */
	bool utc, ascii;	/**< text */
	enum table_time time;	/**< text */
	enum time_form time_form;	/**< text, absolute: TIME_RFC3339, TIME_CLOCK, ... */
};

struct table {
	struct sink sink;
	const struct exporter *how;
	struct query *query;		/**< borrowed */
	const struct field *fields;	/**< borrowed, @c n of them */
	size_t n;
	uint64_t rows;			/**< written so far */
	struct table_options o;
	/* private */
	struct field_style style;
	struct buf scratch, row_text;
	struct buf keys;		/* json: each key as written */
	size_t *key_end;
	int *width;			/* text: of each column */
	int64_t origin;			/* of times: see enum table_time */
};

/**
 * Begin a table: header and all. @p query, @p fields and @p out are borrowed
 * until table_end().
 */
void table_begin(struct table *t, const struct exporter *how, struct query *query,
		 const struct field *fields, size_t n, const struct table_options *options,
		 FILE *out);

/** Write a row. @return false once writing has failed: ask no further. */
bool table_row(struct table *t, const struct query_item *item);

/** Write out the rest and release the table, after failure too.
 * @return 0, or -1 with *err. */
int table_end(struct table *t, struct err *err);

#endif
