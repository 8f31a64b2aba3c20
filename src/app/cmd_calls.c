#include "app/answer.h"
#include "app/commands.h"
#include "app/live_answer.h"

/* What fits a line that people read; JSON and CSV have all fields. */
#define COLUMNS	"index,start,method,state,from_user,to_user,source,destination,messages," \
		"pdd_ms,duration_ms,status,reason"

enum exit_code
calls_run(struct session *s)
{
	struct answer a;
	enum exit_code code;

	if (live_answer_is_due(s, QUERY_CALL))
		return answer_end(s, live_answer(s, QUERY_CALL, COLUMNS));
	code = answer_choose(&a, s, QUERY_CALL);
	if (code == EXIT_DONE)
		code = answer_table(&a, s, QUERY_CALL, COLUMNS);
	answer_release(&a);
	return answer_end(s, code);
}
