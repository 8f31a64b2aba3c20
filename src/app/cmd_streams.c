#include <errno.h>

#include "app/answer.h"
#include "app/commands.h"
#include "base/mem.h"
#include "query/stream_fields.h"

/* What fits a line that people read; JSON and CSV have all fields. */
#define COLUMNS	"index,start,source,destination,ssrc,codec,packets,lost,lost_percent," \
		"max_delta_ms,mean_jitter_ms,mos,quality,call_id"
#define SERIES_COLUMNS	"source,destination,ssrc,time,received,lost,late,copies,out_of_order," \
			"jitter_ms,max_delta_ms,mos,flags"

/* The seconds of a stream. @return whether to go on. */
static bool
write_seconds(struct table *table, struct query_item *item)
{
	struct meter_cursor cursor = { { 0 } };
	struct query_second second;
	bool more = true;

	item->second = &second;
	while (more && meter_next_second(&item->stream->meter, &cursor, &second.time,
					 &second.meter))
		more = table_row(table, item);
	return more;
}

static enum exit_code
write_series(const struct answer *a, struct session *s)
{
	const char *columns = s->options.columns;
	struct field *fields;
	struct table table;
	struct err err;
	size_t n;
	int result;

	if (!columns && s->options.format == OUTPUT_TEXT)
		columns = SERIES_COLUMNS;
	if (second_list_parse(columns, &fields, &n, &err) != 0)
		BUG("columns \"%s\": %s", columns, err.text);
	answer_begin(&table, s, fields, n);
	for (size_t i = 0; i < a->n; i++) {
		struct query_item item = session_stream(s, a->items[i]);

		if (!write_seconds(&table, &item))
			break;
	}
	errno = 0;
	result = table_end(&table, &err);
	free(fields);
	return answer_written(result, &err);
}

enum exit_code
streams_run(struct session *s)
{
	struct answer a;
	enum exit_code code = answer_choose(&a, s, QUERY_STREAM);

	if (code == EXIT_DONE && s->options.given[OPTION_SERIES])
		code = write_series(&a, s);
	else if (code == EXIT_DONE)
		code = answer_table(&a, s, QUERY_STREAM, COLUMNS);
	answer_release(&a);
	return answer_end(s, code);
}
