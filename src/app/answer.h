/** @file answer.h  What the list commands share: choosing, ordering, writing. */
#ifndef APP_ANSWER_H
#define APP_ANSWER_H

#include "app/session.h"
#include "export/messages_text.h"
#include "export/table.h"

/** Indexes of calls, messages or streams, chosen and in order. */
struct answer {
	uint32_t *items;
	size_t n, cap;
};

void answer_release(struct answer *a);

/** Whether --sort and --columns can be understood: to be told before gigabytes are read.
 * @return EXIT_DONE, or EXIT_USAGE when it was told that they cannot. */
enum exit_code answer_check(const struct session *s, enum query_subject of);

/** Tell that nothing matched, and what the input holds instead. */
void answer_tell_nothing(const struct session *s);

/** Open the inputs, and enter the sandbox. @return EXIT_DONE, or the code to leave with. */
enum exit_code answer_open(struct session *s, enum query_subject of);

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

/** The columns asked for, or @p columns in text, or all. @return an array of *n, to be freed. */
struct field *answer_fields(const struct session *s, enum query_subject of,
			    const char *columns, size_t *n);

/** Begin to write texts of messages on standard output as it was asked for. */
void answer_texts_begin(struct messages_text *texts, struct session *s);

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
