#include "gen.h"

#include <getopt.h>
#include <inttypes.h>

static const char usage[] =
	"usage: rung-gen [-o OUT] SCRIPT\n"
	"       rung-gen --list SCRIPT\n"
	"       rung-gen --bench [--count] [-o OUT] [calls=N | open=N] [seed=N]\n"
	"                [agents=N] [transport=tcp] [connection=call] [mss=N]\n"
	"                [reorder=PERCENT] [retransmit=PERCENT] [pad=BYTES] [syn=N]\n"
	"       rung-gen --bench [--count] [-o OUT] media=MS [calls=N] [seed=N] [apart=US]\n"
	"                [loss=PERMILLE] [rtp=no]\n"
	"\n"
	"Writes the capture that SCRIPT describes (tests/gen/README.md), or one of\n"
	"many calls made from a seed. OUT is - (standard output) when not given.\n"
	"--list prints the messages of SCRIPT instead.\n"
	"--count says how many records that were; it wants -o.\n";

/* NAME=NUMBER */
static bool
bench_number(struct bench *b, struct str name, struct str value)
{
	const struct {
		const char *name;
		uint32_t *value, least, most;
	} numbers[] = {
		{ "calls", &b->calls, 0, UINT32_MAX }, { "open", &b->open, 1, 1000000 },
		{ "mss", &b->mss, 1, 65000 }, { "reorder", &b->reorder, 0, 100 },
		{ "retransmit", &b->retransmit, 0, 100 }, { "pad", &b->pad, 0, 60000 },
		{ "agents", &b->agents, 2, BENCH_AGENTS },
		{ "syn", &b->syn, 0, 100000000 },
		{ "media", &b->media_ms, 20, 86400000 }, { "apart", &b->apart_us, 0, 60000000 },
		{ "loss", &b->loss, 0, 1000 },
	};
	uint32_t v;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (str_eq(name, str_of(numbers[i].name))) {
			if (!str_to_u32(value, &v) || v < numbers[i].least || v > numbers[i].most)
				return false;
			*numbers[i].value = v;
			return true;
		}
	return false;
}

static bool
bench_word(struct bench *b, const char *word)
{
	struct str name, value = str_of(word);

	if (!str_cut(&value, '=', &name))
		return false;
	if (str_eq(name, STR("seed")))
		return str_to_u64(value, &b->seed);
	if (str_eq(name, STR("transport"))) {
		b->tcp = str_eq(value, STR("tcp"));
		return b->tcp || str_eq(value, STR("udp"));
	}
	if (str_eq(name, STR("connection"))) {
		b->per_call = str_eq(value, STR("call"));
		return b->per_call || str_eq(value, STR("pair"));
	}
	if (str_eq(name, STR("rtp"))) {
		b->silent = str_eq(value, STR("no"));
		return b->silent || str_eq(value, STR("yes"));
	}
	return bench_number(b, name, value);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "bench", no_argument, NULL, 'b' },
		{ "count", no_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "list", no_argument, NULL, 'l' },
		{ "output", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	struct bench bench = { .calls = 10000, .seed = 1, .mss = 1460, .agents = BENCH_AGENTS,
			       .apart_us = 1000, .loss = 5 };
	const char *output = "-";
	struct err err = { "" };
	bool many = false, count = false, list = false;
	int option, result;

	while ((option = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return 0;
		}
		if (option == 'o')
			output = optarg;
		else if (option == 'b')
			many = true;
		else if (option == 'c')
			count = true;
		else if (option == 'l')
			list = true;
		else
			return 2;
	}
	for (int i = optind; many && i < argc; i++)
		if (!bench_word(&bench, argv[i])) {
			fprintf(stderr, "rung-gen: %s: no such word of --bench\n", argv[i]);
			return 2;
		}
	if ((!many && optind + 1 != argc) || (count && strcmp(output, "-") == 0)) {
		fputs(usage, stderr);
		return 2;
	}
	result = many ? bench_run(&bench, output, &err) :
		script_run(argv[optind], list ? "/dev/null" : output, list, &err);
	if (result == 0 && count)
		printf("%" PRIu64 "\n", bench.records);
	if (result != 0)
		fprintf(stderr, "rung-gen: %s\n", err.text);
	return result == 0 ? 0 : 3;
}
