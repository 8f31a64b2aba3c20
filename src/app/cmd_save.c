#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "app/answer.h"
#include "app/commands.h"
#include "app/save.h"
#include "app/save_file.h"
#include "app/save_names.h"
#include "app/signals.h"
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
	return o->save_format < 0 ? format_of(o->split ? o->split : o->output)
		: (enum save_format)o->save_format;
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

/* What was chosen, and from where. */
static void
add_comment(struct buf *b, const struct session *s)
{
	const struct options *o = &s->options;
	const char *sep = "";

	buf_add_cstr(b, o->given[OPTION_STREAMS] ? "streams of " : "calls of ");
	for (size_t i = 0; i < o->inputs.n; i++, sep = ", ")
		buf_printf(b, "%s%s", sep, o->inputs.list[i]);
	for (size_t i = 0; i < o->hep_listen.n; i++, sep = ", ")
		buf_printf(b, "%sHEP on %s", sep, o->hep_listen.list[i]);
	if (s->devices.n > 0)
		buf_printf(b, "%slive on %s", sep, buf_cstr(&s->devices));
	if (s->where.n > 0)
		buf_printf(b, " where %s", buf_cstr(&s->where));
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
tell_file(FILE *out, const char *path, size_t n, bool streams, const struct save_progress *p)
{
	struct buf shown = BUF_INIT;

	/* Names come from outside too. */
	text_add_visible(&shown, str_of(path), false);
	fprintf(out, "%s: %zu %s%s", buf_cstr(&shown), n, streams ? "stream" : "call",
		n == 1 ? "" : "s");
	buf_release(&shown);
	if (!streams)
		fprintf(out, ", %" PRIu64 " message%s", p->messages, p->messages == 1 ? "" : "s");
	if (p->packets > 0 || streams)
		fprintf(out, ", %" PRIu64 " packet%s", p->packets, p->packets == 1 ? "" : "s");
	if (p->rtp_packets > 0 && !streams)
		fprintf(out, " (%" PRIu64 " of media)", p->rtp_packets);
	if (p->decrypted > 0)
		fprintf(out, " (%" PRIu64 " decrypted)", p->decrypted);
	if (p->tls_secrets > 0)
		fprintf(out, ", secrets of %" PRIu64 " TLS connection%s", p->tls_secrets,
			p->tls_secrets == 1 ? "" : "s");
	putc('\n', out);
}

/* What is not in it, and why. */
static void
tell_lacks(const struct save_progress *p, enum save_secrecy secrecy)
{
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

/* The names of one file a call. */
static void
name_files(const struct answer *a, const struct session *s, struct save_names *names)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct call *c = store_call(s->engine.store, a->items[i]);
		const struct save_name_parts parts = {
			.index = a->items[i] + 1, .call_id = call_id(c),
			.from = call_from_user(c), .to = call_to_user(c),
		};

		save_names_add(names, s->options.split, &parts);
	}
}

static void
tell_done(const struct answer *a, const struct save *save, const struct save_request *request,
	  const struct save_progress *progress)
{
	bool out = save_file_is_stream(request->path);

	for (size_t i = 0; request->paths && i < a->n; i++)
		tell_file(stdout, request->paths[i], 1, false, save_file_progress(save, i));
	if (request->paths)
		printf("%zu file%s, ", a->n, a->n == 1 ? "" : "s");
	/* What is written to standard output is to be nothing else. */
	tell_file(out ? stderr : stdout, request->paths ? "in all"
		  : out ? "standard output" : request->path, a->n, request->stream_n > 0,
		  progress);
	tell_lacks(progress, request->secrecy);
}

/* Save, until it is over or somebody stops it. */
static enum exit_code
run(const struct answer *a, struct session *s, const struct save_request *request)
{
	struct save_progress progress;
	enum save_state state;
	struct save *save;
	struct err err;

	errno = 0;
	save = save_start(s, request, &err);
	if (!save) {
		complain("%s%s", err.text, errno == EEXIST ? "; --force replaces it" : "");
		return EXIT_INPUT;
	}
	signals_watch();
	do
		state = save_step(save, STEP_MS, &progress, &err);
	while (state == SAVE_RUNNING && !signals_end());
	if (state == SAVE_DONE)
		tell_done(a, save, request, &progress);
	save_end(save);
	/* Who sends one of these expects no half file, nor what is beside it. */
	signals_raise();
	if (state == SAVE_FAILED)
		complain("%s", err.text);
	return state == SAVE_FAILED ? EXIT_INPUT : EXIT_DONE;
}

static enum exit_code
save_answer(const struct answer *a, struct session *s)
{
	const struct options *o = &s->options;
	struct buf comment = BUF_INIT, shown = BUF_INIT;
	struct save_names names = { 0 };
	struct save_request request = {
		.path = o->split ? o->split : o->output, .message = MESSAGE_NONE,
		.format = asked_format(o), .secrecy = secrecy_of(o),
		.rtp = o->given[OPTION_RTP], .overwrite = o->given[OPTION_FORCE],
	};
	enum exit_code code;

	if (o->given[OPTION_STREAMS]) {
		request.streams = a->items;
		request.stream_n = a->n;
	} else {
		request.calls = a->items;
		request.n = a->n;
	}
	if (o->split) {
		name_files(a, s, &names);
		request.paths = names.list;
	}
	add_comment(&comment, s);
	text_add_visible(&shown, buf_str(&comment), false);
	request.comment = buf_cstr(&shown);
	code = run(a, s, &request);
	buf_release(&comment);
	buf_release(&shown);
	save_names_release(&names);
	return code;
}

/* @return false, and it is said, when what was asked for makes no sense. */
static bool
check_asked(const struct options *o)
{
	bool there = o->output && *o->output;
	enum save_format format;
	struct err err;

	if (!there && !o->split) {
		complain("save: -o FILE is missing: where to");
		return false;
	}
	if (there && o->split) {
		complain("save: either -o FILE or --split TEMPLATE");
		return false;
	}
	if (o->split && o->given[OPTION_STREAMS]) {
		complain("save: --streams: --split is for calls: -o FILE");
		return false;
	}
	if (o->split && save_names_check(o->split, &err) != 0) {
		complain("save: --split %s", err.text);
		return false;
	}
	if (o->given[OPTION_WITH_SECRETS] && o->given[OPTION_DECRYPTED]) {
		complain("save: either --with-secrets or --decrypted");
		return false;
	}
	format = asked_format(o);
	if (o->given[OPTION_WITH_SECRETS] && format != SAVE_PCAPNG) {
		complain("save: --with-secrets: %s has no place for secrets: choose pcapng",
			 save_format_defs[format].name);
		return false;
	}
	if (o->given[OPTION_STREAMS] && !is_packets(format)) {
		complain("save: --streams: %s has no packets: choose pcap or pcapng; "
			 "\"rung streams --format csv\" writes figures",
			 save_format_defs[format].name);
		return false;
	}
	if (there && save_file_is_stream(o->output) && isatty(STDOUT_FILENO) &&
	    is_packets(format)) {
		complain("save: packets are not for a terminal: -o FILE, or a pipe");
		return false;
	}
	return true;
}

enum exit_code
save_run(struct session *s)
{
	struct answer a = { 0 };
	enum exit_code code;

	if (!check_asked(&s->options))
		return EXIT_USAGE;
	code = answer_choose(&a, s, s->options.given[OPTION_STREAMS] ? QUERY_STREAM : QUERY_CALL);
	if (code == EXIT_DONE)
		code = save_answer(&a, s);
	answer_release(&a);
	return answer_end(s, code);
}
