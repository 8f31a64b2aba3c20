#include "gen.h"

#include <getopt.h>
#include <inttypes.h>

static const char usage[] =
	"usage: rung-gen [-o OUT] SCRIPT\n"
	"       rung-gen --bench [--count] [calls=N] [seed=N] [-o OUT]\n"
	"\n"
	"Writes the capture that SCRIPT describes (tests/gen/README.md), or one of\n"
	"many calls made from a seed. OUT is - (standard output) when not given.\n"
	"--count says how many records that were; it wants -o.\n";

static bool
bench_word(struct bench *bench, const char *word)
{
	struct str name, value = str_of(word);

	if (!str_cut(&value, '=', &name))
		return false;
	if (str_eq(name, STR("calls")))
		return str_to_u32(value, &bench->calls);
	return str_eq(name, STR("seed")) && str_to_u64(value, &bench->seed);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "bench", no_argument, NULL, 'b' },
		{ "count", no_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "output", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	struct bench bench = { .calls = 10000, .seed = 1 };
	const char *output = "-";
	struct err err = { "" };
	bool many = false, count = false;
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
		else
			return 2;
	}
	for (int i = optind; many && i < argc; i++)
		if (!bench_word(&bench, argv[i])) {
			fprintf(stderr, "rung-gen: %s: calls=N or seed=N\n", argv[i]);
			return 2;
		}
	if ((!many && optind + 1 != argc) || (count && strcmp(output, "-") == 0)) {
		fputs(usage, stderr);
		return 2;
	}
	result = many ? bench_run(&bench, output, &err) : script_run(argv[optind], output, &err);
	if (result == 0 && count)
		printf("%" PRIu64 "\n", bench.records);
	if (result != 0)
		fprintf(stderr, "rung-gen: %s\n", err.text);
	return result == 0 ? 0 : 3;
}
