#include <errno.h>
#include <inttypes.h>
#include <signal.h>

#include "app/answer.h"
#include "app/commands.h"
#include "app/save.h"
#include "base/text.h"

#define STEP_MS	100

/* The format that the name of a file tells of. */
static enum save_format
format_of(const char *path)
{
	size_t stem;
	enum save_format format = save_format_of(str_of(path), &stem);

	return format < SAVE_FORMAT_COUNT ? format : SAVE_PCAPNG;
}

/* Who sends one of these expects no half file, nor what is beside it. */
static volatile sig_atomic_t stopped;

static void
on_stop(int signal)
{
	stopped = signal;
}

static void
watch_stop(void)
{
	struct sigaction action = { .sa_handler = on_stop };

	sigemptyset(&action.sa_mask);
	action.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/* What was chosen, and from where. */
static void
add_comment(struct buf *b, const struct session *s)
{
	const struct options *o = &s->options;
	const char *sep = "";

	buf_add_cstr(b, "calls of ");
	for (size_t i = 0; i < o->inputs.n; i++, sep = ", ")
		buf_printf(b, "%s%s", sep, o->inputs.list[i]);
	for (size_t i = 0; i < o->hep_listen.n; i++, sep = ", ")
		buf_printf(b, "%sHEP on %s", sep, o->hep_listen.list[i]);
	if (s->devices.n > 0)
		buf_printf(b, "%slive on %s", sep, buf_cstr(&s->devices));
	if (o->where)
		buf_printf(b, " where %s", o->where);
	for (size_t i = 0; i < o->call_ids.n; i++)
		buf_printf(b, "%s%s", i ? ", " : "; Call-ID ", o->call_ids.list[i]);
	if (o->given[OPTION_CALLS])
		buf_add_cstr(b, "; begun with INVITE");
	if (o->bpf.n > 0)
		buf_printf(b, "; BPF filter %s", buf_cstr(&o->bpf));
}

static void
tell(const struct answer *a, const char *path, const struct save_progress *p)
{
	struct buf shown = BUF_INIT;

	/* Names come from outside too. */
	text_add_visible(&shown, str_of(path), false);
	printf("%s: %zu call%s, %" PRIu64 " message%s", buf_cstr(&shown), a->n,
	       a->n == 1 ? "" : "s", p->messages, p->messages == 1 ? "" : "s");
	buf_release(&shown);
	if (p->packets > 0)
		printf(", %" PRIu64 " packet%s", p->packets, p->packets == 1 ? "" : "s");
	if (p->rtp_packets > 0)
		printf(" (%" PRIu64 " of media)", p->rtp_packets);
	putchar('\n');
	if (p->built > 0)
		complain("%" PRIu64 " messages were written as UDP datagrams: their packets "
			 "could not be read again", p->built);
	if (p->missing > 0)
		complain("%" PRIu64 " packets could not be read again and are not in it",
			 p->missing);
	if (p->media_gone)
		complain("media that came with these calls is not in it: it could not be read "
			 "again");
}

static enum exit_code
save_answer(const struct answer *a, struct session *s)
{
	const struct options *o = &s->options;
	struct buf comment = BUF_INIT, shown = BUF_INIT;
	struct save_request request = {
		.path = o->output, .calls = a->items, .n = a->n, .message = MESSAGE_NONE,
		.format = o->save_format < 0 ? format_of(o->output)
			: (enum save_format)o->save_format,
		.rtp = o->given[OPTION_RTP], .overwrite = o->given[OPTION_FORCE],
	};
	struct save_progress progress;
	enum save_state state;
	struct save *save;
	struct err err;

	add_comment(&comment, s);
	text_add_visible(&shown, buf_str(&comment), false);
	request.comment = buf_cstr(&shown);
	errno = 0;
	save = save_start(s, &request, &err);
	buf_release(&comment);
	buf_release(&shown);
	if (!save) {
		complain("%s%s", err.text, errno == EEXIST ? "; --force replaces it" : "");
		return EXIT_INPUT;
	}
	watch_stop();
	do
		state = save_step(save, STEP_MS, &progress, &err);
	while (state == SAVE_RUNNING && !stopped);
	save_end(save);
	if (stopped)
		raise(stopped);
	if (state == SAVE_FAILED) {
		complain("%s", err.text);
		return EXIT_INPUT;
	}
	if (state == SAVE_DONE)
		tell(a, o->output, &progress);
	return EXIT_DONE;
}

enum exit_code
save_run(struct session *s)
{
	struct answer a = { 0 };
	enum exit_code code;

	if (!s->options.output || !*s->options.output) {
		complain("save: -o FILE is missing: where to");
		return EXIT_USAGE;
	}
	code = answer_choose(&a, s, QUERY_CALL);
	if (code == EXIT_DONE)
		code = save_answer(&a, s);
	answer_release(&a);
	return answer_end(s, code);
}
