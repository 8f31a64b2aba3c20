#include <getopt.h>
#include <unistd.h>

#include "app/options.h"
#include "base/mem.h"
#include "base/units.h"
#include "base/time.h"

const struct option_def option_defs[OPTION_COUNT] = {
#define OPTION_DEF(id, letter, name, arg, scope, help) \
	[OPTION_##id] = { letter, name, arg, scope, help },
	OPTIONS(OPTION_DEF)
#undef OPTION_DEF
};

#define SIZE_MIN	4096u	/* bytes of a file of packets */
#define SPOOL_LEAST	((uint64_t)4 << 20)
#define LONG_ONLY	0x100	/* added to an id, beyond any letter */

struct spec {
	char letters[2 * OPTION_COUNT + 3];
	struct option names[OPTION_COUNT + 1];
};

static void
spec_init(struct spec *spec, unsigned scope)
{
	size_t letters = 0, names = 0;

	*spec = (struct spec){ 0 };
	spec->letters[letters++] = ':';
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_def *def = &option_defs[i];

		if (!(def->scope & scope))
			continue;
		if (def->letter) {
			spec->letters[letters++] = def->letter;
			if (def->arg)
				spec->letters[letters++] = ':';
		}
		spec->names[names++] = (struct option){
			.name = def->name,
			.has_arg = def->arg ? required_argument : no_argument,
			.val = LONG_ONLY + i,
		};
	}
}

static int
find_letter(int letter, unsigned scope)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if (option_defs[i].letter == letter && (option_defs[i].scope & scope))
			return i;
	return OPTION_COUNT;
}

/* Which of "a|b|c" @p arg is. */
static int
choice(const char *choices, const char *arg)
{
	struct str rest = str_of(choices), part;

	for (int i = 0; str_cut(&rest, '|', &part); i++)
		if (str_eq(part, str_of(arg)))
			return i;
	return -1;
}

static void
add_word(struct words *words, const char *word)
{
	ARRAY_GROW(words->list, words->cap, words->n + 1);
	words->list[words->n++] = word;
}

static int
set_number(uint32_t *value, uint32_t max, const struct option_def *def, const char *arg,
	   struct err *err)
{
	if (str_to_u32(str_of(arg), value) && *value > 0 && *value <= max)
		return 0;
	return err_set(err, "--%s: \"%s\" is no number from 1 to %u", def->name, arg, max);
}

static int
set_size(uint64_t *bytes, uint64_t min, const struct option_def *def, const char *arg,
	 struct err *err)
{
	if (str_to_size(str_of(arg), bytes) && *bytes >= min)
		return 0;
	return err_set(err, "--%s: \"%s\" is no size of at least %u bytes (64M, 2GiB)", def->name,
		       arg, (unsigned)min);
}

static int
set_span(int64_t *span, const struct option_def *def, const char *arg, struct err *err)
{
	if (str_to_span(str_of(arg), span) && *span >= NS_PER_S)
		return 0;
	return err_set(err, "--%s: \"%s\" is no time of at least a second (30s, 10m, 1h30m)",
		       def->name, arg);
}

static int
set_memory(uint64_t *bytes, const char *arg, struct err *err)
{
	if (str_to_size(str_of(arg), bytes) && *bytes >= OPTIONS_MEMORY_MIN)
		return 0;
	return err_set(err, "--memory: \"%s\" is no size of 64M or more", arg);
}

static int
set_choice(int *value, const struct option_def *def, const char *arg, struct err *err)
{
	*value = choice(def->arg, arg);
	if (*value >= 0)
		return 0;
	return err_set(err, "--%s: \"%s\" is none of %s", def->name, arg, def->arg);
}

static int
take_option(struct options *o, int id, const char *arg, struct err *err)
{
	const struct option_def *def = &option_defs[id];
	uint32_t number;
	int which;

	o->given[id] = true;
	switch (id) {
	case OPTION_INPUT:
		add_word(&o->inputs, arg);
		break;
	case OPTION_DEVICE:
		add_word(&o->devices, arg);
		break;
	case OPTION_BUFFER:
		return set_number(&o->buffer_mb, 2048, def, arg, err);
	case OPTION_SNAPLEN:
		return set_number(&o->snaplen, 262144, def, arg, err);
	case OPTION_CALL_ID:
		add_word(&o->call_ids, arg);
		break;
	case OPTION_KEYLOG:
		add_word(&o->keylogs, arg);
		break;
	case OPTION_KEYFILE:
		add_word(&o->keyfiles, arg);
		break;
	case OPTION_HEP_LISTEN:
		add_word(&o->hep_listen, arg);
		break;
	case OPTION_HEP_SEND:
		o->hep_send = arg;
		break;
	case OPTION_HEP_PASSWORD:
		o->hep_password = arg;
		break;
	case OPTION_HEP_NODE:
		return set_number(&o->hep_node, UINT32_MAX, def, arg, err);
	case OPTION_SPOOL:
		if (str_to_size(str_of(arg), &o->spool) && o->spool >= SPOOL_LEAST)
			break;
		return err_set(err, "--spool: \"%s\" is no size of 4M or more", arg);
	case OPTION_HEP_CERT:
		o->hep_cert = arg;
		break;
	case OPTION_HEP_KEY:
		o->hep_key = arg;
		break;
	case OPTION_WHERE:
		o->where = arg;
		break;
	case OPTION_SORT:
		o->sort = arg;
		break;
	case OPTION_COLUMNS:
		o->columns = arg;
		break;
	case OPTION_CONFIG:
		o->config = arg;
		break;
	case OPTION_SCRIPT:
		o->script = arg;
		break;
	case OPTION_SCRIPT_OUT:
		o->script_out = arg;
		break;
	case OPTION_LIMIT:
		return set_number(&o->limit, UINT32_MAX - 1, def, arg, err);
	case OPTION_TEXT:
		o->text = arg;
		break;
	case OPTION_MEMORY:
		return set_memory(&o->memory, arg, err);
	case OPTION_MAX_CALLS:
	case OPTION_MAX_CALLS_TOO:
		return set_number(&o->max_calls, UINT32_MAX - 1, def, arg, err);
	case OPTION_WIDTH:
		if (set_number(&number, 10000, def, arg, err) != 0)
			return -1;
		o->width = (int)number;
		break;
	case OPTION_FORMAT:
		if (set_choice(&which, def, arg, err) != 0)
			return -1;
		o->format = (enum output_format)which;
		break;
	case OPTION_TIME:
		if (set_choice(&which, def, arg, err) != 0)
			return -1;
		o->time = (enum output_time)which;
		break;
	case OPTION_RECORD:
		o->record = arg;
		break;
	case OPTION_ROTATE_SIZE:
		return set_size(&o->rotate_size, SIZE_MIN, def, arg, err);
	case OPTION_STOP_SIZE:
		return set_size(&o->stop_size, SIZE_MIN, def, arg, err);
	case OPTION_ROTATE_TIME:
		return set_span(&o->rotate_span, def, arg, err);
	case OPTION_DURATION:
		return set_span(&o->duration, def, arg, err);
	case OPTION_KEEP:
		return set_number(&o->keep, 1000000, def, arg, err);
	case OPTION_OUTPUT:
		o->output = arg;
		break;
	case OPTION_SPLIT:
		o->split = arg;
		break;
	case OPTION_SAVE_FORMAT:
		return set_choice(&o->save_format, def, arg, err);
	case OPTION_USER:
		o->user = arg;
		break;
	case OPTION_SDP:
		return set_choice(&o->sdp, def, arg, err);
	default:
		break;
	}
	return 0;
}

static bool
is_file(const char *word)
{
	return strcmp(word, "-") == 0 || access(word, F_OK) == 0;
}

/* Whether the first word that is no file is a match expression. */
static bool
wants_match(const struct options *o)
{
	return o->given[OPTION_ICASE] || (o->given[OPTION_INVERT] && !o->where);
}

/* Leading names of files, a match expression, then the words of the BPF filter. */
static void
take_words(struct options *o, int argc, char **argv)
{
	int i = 0;

	while (i < argc && is_file(argv[i]))
		add_word(&o->inputs, argv[i++]);
	if (i < argc && wants_match(o)) {
		o->match = argv[i++];
		while (i < argc && is_file(argv[i]))
			add_word(&o->inputs, argv[i++]);
	}
	/* The first word is meant as a file: say that it is missing, and read
	 * those behind it. */
	if (i < argc && o->inputs.n == 0 && o->hep_listen.n == 0 &&
	    o->devices.n == 0) {
		do {
			add_word(&o->inputs, argv[i++]);
		} while (i < argc && access(argv[i], F_OK) == 0);
	}
	for (; i < argc; i++) {
		if (o->bpf.n)
			buf_add_char(&o->bpf, ' ');
		buf_add_cstr(&o->bpf, argv[i]);
	}
}

enum options_result
options_parse(struct options *o, int argc, char **argv, unsigned scope, struct err *err)
{
	struct spec spec;
	int c;

	*o = (struct options){ .limit = UINT32_MAX, .sdp = 1, .hep_node = 2002,
				.save_format = -1 };
	spec_init(&spec, scope);
	optind = 1;
	while ((c = getopt_long(argc, argv, spec.letters, spec.names, NULL)) != -1) {
		int id = c >= LONG_ONLY ? c - LONG_ONLY : find_letter(c, scope);

		if (c == ':' || c == '?') {
			err_set(err, "%s: %s", argv[optind - 1],
				c == ':' ? "wants an argument" : "no such option");
			return OPTIONS_BAD;
		}
		if (id == OPTION_HELP)
			return OPTIONS_HELP;
		if (id == OPTION_VERSION)
			return OPTIONS_VERSION;
		if (take_option(o, id, optarg, err) != 0)
			return OPTIONS_BAD;
	}
	take_words(o, argc - optind, argv + optind);
	if (wants_match(o) && !o->match) {
		err_set(err, "-%c wants a match expression", o->given[OPTION_ICASE] ? 'i' : 'v');
		return OPTIONS_BAD;
	}
	return OPTIONS_OK;
}

void
options_release(struct options *o)
{
	free(o->inputs.list);
	free(o->call_ids.list);
	free(o->keylogs.list);
	free(o->keyfiles.list);
	free(o->hep_listen.list);
	free(o->devices.list);
	buf_release(&o->bpf);
}

/* Append @p text broken into lines of @p width, each but the first indented. */
static void
add_wrapped(struct buf *b, struct str text, size_t indent, size_t width)
{
	size_t column = 0;
	struct str word;

	while (str_cut(&text, ' ', &word)) {
		if (column > 0 && column + 1 + word.n > width) {
			buf_add_char(b, '\n');
			buf_add_chars(b, ' ', indent);
			column = 0;
		} else if (column > 0) {
			buf_add_char(b, ' ');
			column++;
		}
		buf_add_str(b, word);
		column += word.n;
	}
	buf_add_char(b, '\n');
}

const char *
options_group(enum option_id id)
{
	static const char *const titles[OPTION_COUNT] = {
#define GROUP_TITLE(first, title) [OPTION_##first] = title,
		OPTION_GROUPS(GROUP_TITLE)
#undef GROUP_TITLE
	};

	return titles[id];
}

void
options_help(struct buf *b, unsigned scope)
{
	const size_t indent = 30;
	const char *group = NULL;

	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_def *def = &option_defs[i];
		size_t start, used;

		if (options_group((enum option_id)i))
			group = options_group((enum option_id)i);
		if (!(def->scope & scope))
			continue;
		/* A group of which nothing is here has no title. */
		if (group)
			buf_printf(b, "%s%s:\n", i > 0 ? "\n" : "", group);
		group = NULL;
		start = b->n;
		if (def->letter)
			buf_printf(b, "  -%c, --%s", def->letter, def->name);
		else
			buf_printf(b, "      --%s", def->name);
		if (def->arg)
			buf_printf(b, " %s", def->arg);
		used = b->n - start;
		if (used + 2 > indent) {
			buf_add_char(b, '\n');
			used = 0;
		}
		buf_add_chars(b, ' ', indent - used);
		add_wrapped(b, str_of(def->help), indent, 78 - indent);
	}
}
