#include <netdb.h>
#include <sys/stat.h>

#include "app/safe.h"

#include "app/devices.h"
#include "app/recording.h"
#include "base/mem.h"
#include "base/writer.h"
#include "capture/sandbox.h"
#include "conf/rc.h"
#include "net/peers.h"
#include "net/where.h"
#include "ui/path.h"
#include "ui/term.h"

/* Files that are opened by name again: with another capture, its keys are read anew. */
static void
allow_keys(const struct options *o, struct sandbox_plan *plan)
{
	const char *env = getenv("SSLKEYLOGFILE");

	for (size_t i = 0; i < o->keylogs.n; i++)
		sandbox_plan_add(plan, o->keylogs.list[i], SANDBOX_READ);
	for (size_t i = 0; i < o->keyfiles.n; i++)
		sandbox_plan_add(plan, o->keyfiles.list[i], SANDBOX_READ);
	if (env && *env)
		sandbox_plan_add(plan, env, SANDBOX_READ);
}

/* Where settings are saved, and the files whose values need no line there. */
static void
allow_settings(const struct session *s, struct sandbox_plan *plan)
{
	struct buf path = BUF_INIT;

	for (unsigned i = 0; i < RC_USUAL_FILES && !s->options.given[OPTION_NO_CONFIG]; i++) {
		buf_clear(&path);
		if (rc_usual_file(i, &path))
			sandbox_plan_add(plan, buf_cstr(&path), SANDBOX_READ);
	}
	buf_clear(&path);
	/* A folder that is not there could not be made later: what is allowed hangs on
	 * folders that are. */
	if (config_file(s, &path, NULL) == 0)
		sandbox_plan_add_folder(plan, buf_cstr(&path),
					SANDBOX_WRITE | SANDBOX_NAMED |
					(s->options.config ? 0 : SANDBOX_MAKE));
	buf_release(&path);
}

static void
allow_folder_of_saves(const struct session *s, struct sandbox_plan *plan)
{
	const char *temporary = getenv("TMPDIR");
	struct buf folder = BUF_INIT;

	sandbox_plan_add(plan, ".", SANDBOX_WRITE);
	sandbox_plan_add(plan, temporary && *temporary ? temporary : "/tmp", SANDBOX_WRITE);
	if (s->settings.save_path[0]) {
		path_expand(&folder, str_of(s->settings.save_path));
		sandbox_plan_add(plan, buf_cstr(&folder), SANDBOX_WRITE | SANDBOX_NAMED);
	}
	buf_release(&folder);
}

static void
allow_inputs(const struct options *o, struct sandbox_plan *plan)
{
	for (size_t i = 0; i < o->inputs.n; i++) {
		struct stat st;

		if (stat(o->inputs.list[i], &st) == 0 && S_ISREG(st.st_mode))
			sandbox_plan_add_folder(plan, o->inputs.list[i], SANDBOX_READ);
	}
}

static void
allow_screens(const struct session *s, struct sandbox_plan *plan)
{
	const struct options *o = &s->options;

	allow_inputs(o, plan);
	allow_keys(o, plan);
	allow_settings(s, plan);
	allow_folder_of_saves(s, plan);
	if (!o->script)
		return;
	sandbox_plan_add(plan, o->script, SANDBOX_READ);
	sandbox_plan_add(plan, o->script_out ? o->script_out : ".",
			 SANDBOX_WRITE | SANDBOX_NAMED);
}

/* The folder of a file that is named to be written; "-" is open. */
static void
allow_output(const char *path, struct sandbox_plan *plan)
{
	if (!path || !*path || strcmp(path, "-") == 0)
		return;
	plan->files = true;
	sandbox_plan_add_folder(plan, path, SANDBOX_WRITE | SANDBOX_NAMED);
}

/* Of a template it is the folder that all names begin with. */
static void
allow_split(const char *template, struct sandbox_plan *plan)
{
	char *begin;

	if (!template)
		return;
	begin = xstrndup(template, strcspn(template, "%"));
	allow_output(*begin ? begin : "./", plan);
	free(begin);
}

static void
allow_network(const struct session *s, struct sandbox_plan *plan)
{
	const struct options *o = &s->options;
	struct where where;

	plan->listens = o->hep_listen.n > 0;
	for (size_t i = 0; i < o->hep_listen.n; i++)
		plan->answers |= where_parse(o->hep_listen.list[i], &where, NULL) == 0 &&
			where.kind == WHERE_TLS;
	if (!o->hep_send || where_parse(o->hep_send, &where, NULL) != 0)
		return;
	plan->sends = true;
	plan->peers = s->hep_out ? hep_out_peers(s->hep_out) : NULL;
	if (where.kind != WHERE_UDP)
		sandbox_plan_add_port(plan, where.port);
}

static void
make_plan(const struct session *s, enum safe_need need, struct sandbox_plan *plan)
{
	const struct options *o = &s->options;

	*plan = (struct sandbox_plan){
		.user = o->user,
		.only_user = o->given[OPTION_NO_SANDBOX],
		.files = need == SAFE_SCREENS || (o->given[OPTION_FOLLOW] && o->inputs.n > 0),
		.live = devices_wanted(s),
		.made_fd = recording_made(s),
	};
	plan->has_made = plan->made_fd >= 0;
	allow_network(s, plan);
	capture_add_receivers(s->engine.capture, plan);
	if (need == SAFE_SCREENS)
		allow_screens(s, plan);
	/* What is rotated goes on under its name. */
	else if (o->given[OPTION_FOLLOW])
		allow_inputs(o, plan);
	allow_output(o->output, plan);
	allow_split(o->split, plan);
	allow_output(o->record, plan);
}

static enum sandbox_result
enter(const struct session *s, enum safe_need need, struct err *err)
{
	struct sandbox_plan plan;
	enum sandbox_result result;

	if (s->options.given[OPTION_NO_SANDBOX] && !s->options.user)
		return SANDBOX_ALL;
	make_plan(s, need, &plan);
	result = sandbox_enter(&plan, err);
	sandbox_plan_release(&plan);
	return result;
}

/* What was opened is begun to be read now that it can do no harm. */
static enum exit_code
begin(struct session *s, struct err *err)
{
	if (recording_check(s, err) != 0)
		return EXIT_INPUT;
	err->text[0] = '\0';
	/* Without the sandbox it was not begun by that. */
	if (s->live)
		writer_start();
	return session_begin(s);
}

enum exit_code
safe_enter(struct session *s, enum safe_need need)
{
	struct err err;
	enum sandbox_result result = enter(s, need, &err);
	enum exit_code code;

	if (result != SANDBOX_ALL)
		complain("%s", err.text);
	if (result == SANDBOX_REFUSED)
		return EXIT_USAGE;
	code = begin(s, &err);
	if (err.text[0])
		complain("%s", err.text);
	session_tell(s);
	return code;
}

enum exit_code
safe_enter_showing(struct session *s, struct stack *stack)
{
	struct err err;
	enum sandbox_result result = enter(s, SAFE_SCREENS, &err);
	enum exit_code code = EXIT_USAGE;

	if (result == SANDBOX_PART)
		stack_notice(stack, "%s.", err.text);
	if (result != SANDBOX_REFUSED)
		code = begin(s, &err);
	if (code == EXIT_DONE)
		return EXIT_DONE;
	term_stop();
	if (err.text[0])
		complain("%s", err.text);
	session_tell(s);
	return code;
}

/* The collector that would be sent to, as when it is opened. */
static enum exit_code
find_peers(const struct options *o, struct peers *peers)
{
	struct addrinfo *found = NULL;
	struct where where;
	struct err err;
	int r = 0;

	*peers = (struct peers){ .n = 0 };
	if (!o->hep_send)
		return EXIT_DONE;
	if (where_parse(o->hep_send, &where, &err) != 0) {
		complain("-H: %s", err.text);
		return EXIT_USAGE;
	}
	found = where_resolve(&where, false, &err);
	r = found ? peers_init(peers, found, &err) : -1;
	if (found)
		freeaddrinfo(found);
	if (r != 0)
		complain("-H: %s", err.text);
	return r == 0 ? EXIT_DONE : EXIT_INPUT;
}

enum exit_code
safe_status(struct session *s, unsigned scope)
{
	enum safe_need need = scope == SCOPE_SCREENS && !s->options.text &&
		!s->options.given[OPTION_NO_INTERFACE] ? SAFE_SCREENS : SAFE_ANSWERS;
	struct sandbox_plan plan;
	struct buf text = BUF_INIT;
	enum sandbox_result result;
	enum exit_code code;
	struct peers peers;
	struct err err;

	if (config_read(s) != 0)
		return EXIT_INPUT;
	if (s->options.given[OPTION_NO_SANDBOX]) {
		puts("sandbox: off, by --no-sandbox");
		if (!s->options.user)
			return EXIT_DONE;
	}
	if (s->options.text)
		s->options.output = s->options.text;
	code = find_peers(&s->options, &peers);
	if (code != EXIT_DONE)
		return code;
	make_plan(s, need, &plan);
	plan.peers = &peers;
	/* To look is to leave all as it is. */
	for (size_t i = 0; i < plan.n; i++)
		plan.paths[i].use &= ~(unsigned)SANDBOX_MAKE;
	result = sandbox_enter(&plan, &err);
	if (result == SANDBOX_REFUSED)
		complain("%s", err.text);
	else
		sandbox_tell(&plan, &text);
	fputs(buf_cstr(&text), stdout);
	buf_release(&text);
	sandbox_plan_release(&plan);
	peers_release(&peers);
	return result == SANDBOX_REFUSED ? EXIT_USAGE : EXIT_DONE;
}
