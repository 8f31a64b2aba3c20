#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

#include "app/answer.h"
#include "app/commands.h"
#include "app/devices.h"
#include "app/docgen.h"
#include "app/safe.h"
#include "app/signals.h"
#include "app/version.h"
#include "base/hash.h"

const struct command commands[] = {
	{ "calls", "[FILE...] [BPF filter]", "List the calls.",
	  SCOPE_CALLS, QUERY_CALL, calls_run },
	{ "flow", "[FILE...] [BPF filter]", "Draw calls as ladders.",
	  SCOPE_FLOW, QUERY_CALL, flow_run },
	{ "messages", "[FILE...] [BPF filter]", "Write SIP messages.",
	  SCOPE_MESSAGES, QUERY_MESSAGE, messages_run },
	{ "record", "-O OUT [FILE...] [BPF filter]", "Write packets to files as they come.",
	  SCOPE_RECORD, QUERY_CALL, record_run },
	{ "save", "-o OUT [FILE...] [BPF filter]", "Write calls to a file, as packets or text.",
	  SCOPE_SAVE, QUERY_CALL, save_run },
	{ "streams", "[FILE...] [BPF filter]", "List the RTP streams, and judge them.",
	  SCOPE_STREAMS, QUERY_STREAM, streams_run },
	{ NULL, "[FILE...] [BPF filter]", "Look at calls on the screen.",
	  SCOPE_SCREENS, QUERY_CALL, screens_run },
};
const size_t command_count = ARRAY_SIZE(commands);

static const struct command *
find_command(const char *word)
{
	for (size_t i = 0; i + 1 < command_count; i++)
		if (word && strcmp(word, commands[i].name) == 0)
			return &commands[i];
	return &commands[command_count - 1];
}

static void
print_help(const struct command *command)
{
	struct buf b = BUF_INIT;

	if (command->name) {
		buf_printf(&b, "usage: rung %s [options] %s\n%s\n\n", command->name,
			   command->usage, command->help);
	} else {
		buf_printf(&b, "usage: rung [options] %s\n", command->usage);
		for (size_t i = 0; i + 1 < command_count; i++)
			buf_printf(&b, "       rung %-8s [options] %s\n", commands[i].name,
				   commands[i].usage);
		buf_printf(&b, "\n%s FILE may be \"-\" for standard input;\nwithout FILE, -d and -L "
			   "what all interfaces carry is shown.\n\n", command->help);
		for (size_t i = 0; i + 1 < command_count; i++)
			buf_printf(&b, "  %-10s%s\n", commands[i].name, commands[i].help);
		buf_add_cstr(&b, "\n\"rung COMMAND --help\" tells the options of a command.\n\n");
	}
	options_help(&b, command->scope);
	fputs(buf_cstr(&b), stdout);
	buf_release(&b);
}

static enum exit_code
run(const struct command *command, int argc, char **argv)
{
	struct session s;
	struct err err;
	enum exit_code code = EXIT_USAGE;

	session_init(&s);
	switch (options_parse(&s.options, argc, argv, command->scope, &err)) {
	case OPTIONS_HELP:
		print_help(command);
		code = EXIT_DONE;
		break;
	case OPTIONS_VERSION:
		version_print(stdout);
		code = EXIT_DONE;
		break;
	case OPTIONS_BAD:
		complain("%s; \"rung %s%s--help\" tells the options", err.text,
			 command->name ? command->name : "", command->name ? " " : "");
		break;
	case OPTIONS_OK:
		code = s.options.given[OPTION_SANDBOX_STATUS] ? safe_status(&s, command->scope) :
			s.options.given[OPTION_INTERFACES] ? answer_end(&s, devices_list(&s)) :
			command->run(&s);
		break;
	}
	session_release(&s);
	return code;
}

#ifdef RUNG_PROBE
#include "capture/sandbox.h"

/* A build for tests alone: once in the sandbox it tries what is forbidden there. */
void probe_run(void);
#endif

/* Of the three standard descriptors those that are closed would become files that are
 * opened next, and answers and complaints go into what is recorded. */
static void
fill_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* Opened the wrong way: using it is an error, as before. */
		int way = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", way) != fd)
			exit(EXIT_INPUT);
	}
}

int
main(int argc, char **argv)
{
	const struct command *command;

#ifdef RUNG_PROBE
	sandbox_set_probe(probe_run);
#endif
	fill_standard();
	setlocale(LC_CTYPE, "");
	signals_init();
	hash_seed_random();
	/* For the man page alone, and so in no table. */
	if (argc == 3 && strcmp(argv[1], "--print-doc") == 0)
		return docgen_print(argv[2], stdout) == 0 ? EXIT_DONE : EXIT_USAGE;
	command = find_command(argc > 1 ? argv[1] : NULL);
	if (command->name) {
		argc--;
		argv++;
	}
	return (int)run(command, argc, argv);
}
