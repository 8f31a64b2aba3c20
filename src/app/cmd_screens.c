/*
 * What runs without a command word: the screens; with -N the count alone; and
 * without a terminal the list of calls.
 */
#include <inttypes.h>
#include <unistd.h>

#include "app/answer.h"
#include "app/commands.h"

static enum exit_code
count_run(struct session *s)
{
	enum exit_code code = session_open(s, QUERY_CALL);
	uint32_t n = 0;

	if (code == EXIT_DONE)
		code = session_read(s);
	if (code != EXIT_DONE)
		return code;
	if (s->filter || s->options.given[OPTION_CALLS] || s->options.call_id_count) {
		for (uint32_t i = 0; i < store_call_count(s->engine.store); i++)
			n += session_takes_call(s, i);
	} else {
		n = store_call_count(s->engine.store);
	}
	if (!s->options.given[OPTION_QUIET])
		printf("Dialog count: %" PRIu32 "\n", n);
	return n > 0 ? EXIT_DONE : EXIT_NOTHING;
}

enum exit_code
screens_run(struct session *s)
{
	if (s->options.given[OPTION_NO_INTERFACE])
		return answer_end(s, count_run(s));
	return calls_run(s);
}
