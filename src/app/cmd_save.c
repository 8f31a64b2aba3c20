#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <unistd.h>

#include "app/answer.h"
#include "app/commands.h"
#include "app/save.h"
#include "app/save_file.h"
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

static enum save_format
asked_format(const struct options *o)
{
	return o->save_format < 0 ? format_of(o->output) : (enum save_format)o->save_format;
}

static bool
is_packets(enum save_format format)
{
	return format == SAVE_PCAP || format == SAVE_PCAPNG;
}

static enum save_secrecy
secrecy_of(const struct options *o)
{
	return o->given[OPTION_WITH_SECRETS] ? SAVE_WITH_SECRETS
		: o->given[OPTION_DECRYPTED] ? SAVE_DECRYPTED : SAVE_ENCRYPTED;
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
	if (o->where)
		buf_printf(b, " where %s", o->where);
	for (size_t i = 0; i < o->call_ids.n; i++)
		buf_printf(b, "%s%s", i ? ", " : "; Call-ID ", o->call_ids.list[i]);
	if (o->given[OPTION_CALLS])
		buf_add_cstr(b, "; begun with INVITE");
	if (o->bpf.n > 0)
		buf_printf(b, "; BPF filter %s", buf_cstr(&o->bpf));
	if (o->given[OPTION_WITH_SECRETS])
		buf_add_cstr(b, "; with secrets of TLS");
	if (o->given[OPTION_DECRYPTED])
		buf_add_cstr(b, "; TLS as decrypted text");
}

static void
tell(const struct answer *a, const char *path, enum save_secrecy secrecy,
     const struct save_progress *p)
{
	bool stream = save_file_is_stream(path);
	/* What is written there is to be nothing else. */
	FILE *out = stream ? stderr : stdout;
	struct buf shown = BUF_INIT;

	/* Names come from outside too. */
	text_add_visible(&shown, stream ? STR("standard output") : str_of(path), false);
	fprintf(out, "%s: %zu call%s, %" PRIu64 " message%s", buf_cstr(&shown), a->n,
		a->n == 1 ? "" : "s", p->messages, p->messages == 1 ? "" : "s");
	buf_release(&shown);
	if (p->packets > 0)
		fprintf(out, ", %" PRIu64 " packet%s", p->packets, p->packets == 1 ? "" : "s");
	if (p->rtp_packets > 0)
		fprintf(out, " (%" PRIu64 " of media)", p->rtp_packets);
	if (p->decrypted > 0)
		fprintf(out, " (%" PRIu64 " decrypted)", p->decrypted);
	if (p->tls_secrets > 0)
		fprintf(out, ", secrets of %" PRIu64 " TLS connection%s", p->tls_secrets,
			p->tls_secrets == 1 ? "" : "s");
	putc('\n', out);
	if (p->tls > p->tls_secrets)
		complain("%" PRIu64 " TLS connection%s saved as captured: to read %s, %s",
			 p->tls - p->tls_secrets, p->tls - p->tls_secrets == 1 ? " is" : "s are",
			 p->tls - p->tls_secrets == 1 ? "it" : "them",
			 secrecy == SAVE_WITH_SECRETS ? "no secrets are known"
			 : "the keys are needed (--with-secrets, --decrypted)");
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
		.format = asked_format(o),
		.secrecy = secrecy_of(o), .rtp = o->given[OPTION_RTP], .overwrite = o->given[OPTION_FORCE],
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
		tell(a, o->output, request.secrecy, &progress);
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
	if (s->options.given[OPTION_WITH_SECRETS] && s->options.given[OPTION_DECRYPTED]) {
		complain("save: either --with-secrets or --decrypted");
		return EXIT_USAGE;
	}
	if (s->options.given[OPTION_WITH_SECRETS] && asked_format(&s->options) != SAVE_PCAPNG) {
		complain("save: --with-secrets: %s has no place for secrets: choose pcapng",
			 save_format_defs[asked_format(&s->options)].name);
		return EXIT_USAGE;
	}
	if (save_file_is_stream(s->options.output) && isatty(STDOUT_FILENO) &&
	    is_packets(asked_format(&s->options))) {
		complain("save: packets are not for a terminal: -o FILE, or a pipe");
		return EXIT_USAGE;
	}
	code = answer_choose(&a, s, QUERY_CALL);
	if (code == EXIT_DONE)
		code = save_answer(&a, s);
	answer_release(&a);
	return answer_end(s, code);
}
