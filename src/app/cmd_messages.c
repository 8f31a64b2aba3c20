#include <errno.h>

#include "app/answer.h"
#include "app/commands.h"
#include "app/live_answer.h"
#include "app/streams.h"
#include "export/messages_text.h"

static enum exit_code
write_texts(const struct answer *a, struct session *s)
{
	struct messages_text out;
	struct err err;
	int result;

	answer_texts_begin(&out, s);
	for (size_t i = 0; i < a->n; i++)
		if (!messages_text_add(&out, a->items[i]))
			break;
	errno = 0;
	result = messages_text_end(&out, &err);
	return answer_written(result, &err);
}

static enum exit_code
list_tls(struct session *s)
{
	enum exit_code code = answer_open(s, QUERY_MESSAGE);

	if (code == EXIT_DONE)
		code = session_read(s);
	if (code != EXIT_DONE)
		return code;
	if (s->engine.streams->tls_n == 0) {
		complain("no TLS connection");
		return EXIT_NOTHING;
	}
	return answer_tls(s, stdout);
}

enum exit_code
messages_run(struct session *s)
{
	struct answer a;
	enum exit_code code;

	if (s->options.given[OPTION_TLS])
		return answer_end(s, list_tls(s));
	if (live_answer_is_due(s, QUERY_MESSAGE))
		return answer_end(s, live_answer(s, QUERY_MESSAGE, NULL));
	code = answer_choose(&a, s, QUERY_MESSAGE);
	if (code == EXIT_DONE && s->options.format == OUTPUT_TEXT && !s->options.columns)
		code = write_texts(&a, s);
	else if (code == EXIT_DONE)
		code = answer_table(&a, s, QUERY_MESSAGE, NULL);
	answer_release(&a);
	return answer_end(s, code);
}
