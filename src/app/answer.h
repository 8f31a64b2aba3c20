/** @file answer.h  What the list commands share: choosing, ordering, writing. */
#ifndef APP_ANSWER_H
#define APP_ANSWER_H

#include "app/session.h"
#include "export/table.h"

/** Indexes of calls, messages or streams, chosen and in order. */
struct answer {
	uint32_t *items;
	size_t n, cap;
};

void answer_release(struct answer *a);

/**
 * Open and read the inputs and choose what was asked for: filters, --sort,
 * --reverse and --limit.
 * @return EXIT_DONE; EXIT_NOTHING when nothing is left, and then what the input
 *         holds instead has been told; or another code to leave with.
 */
enum exit_code answer_choose(struct answer *a, struct session *s, enum query_subject of);

/** Put messages, in order of arrival, in the order in which they are told. */
void answer_put_in_time(const struct session *s, uint32_t *messages, size_t n);

/** Write the items as a table on standard output in the format asked for, with
 * the columns asked for or @p columns. */
enum exit_code answer_table(const struct answer *a, struct session *s, enum query_subject of,
			    const char *columns);

/** Begin a table of @p fields on standard output, in the format asked for. */
void answer_begin(struct table *table, struct session *s, struct field *fields, size_t n);

/** Write the TLS connections to @p out in the format asked for. */
enum exit_code answer_tls(const struct session *s, FILE *out);

/** What every command ends with: --summary, and what could not be done on the
 * way. @return @p code, or EXIT_INPUT when writing failed. */
enum exit_code answer_end(struct session *s, enum exit_code code);

/** Cells of a line when standard output is a terminal, else 0. */
int answer_width(void);

/** Turn the outcome of writing into an exit code; a reader that went away is
 * no error. */
enum exit_code answer_written(int result, const struct err *err);

#endif
