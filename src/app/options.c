#include <getopt.h>
#include <stddef.h>
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

/* Where the argument of an option goes; what is in no row is only noted as given. */
enum kind {
	KIND_NONE,
	KIND_TEXT,
	KIND_WORDS,
	KIND_NUMBER,		/* 32 bits, from 1 to the bound */
	KIND_SIZE,		/* bytes, the bound at least */
	KIND_SPAN,
	KIND_CHOICE,		/* int: which of def->arg */
};

static const struct place {
	enum kind kind;
	size_t at;		/* in struct options */
	uint64_t bound;
} places[OPTION_COUNT] = {
#define PLACE(id, kind, member, bound) \
	[OPTION_##id] = { KIND_##kind, offsetof(struct options, member), bound }
	PLACE(INPUT, WORDS, inputs, 0),
	PLACE(DEVICE, WORDS, devices, 0),
	PLACE(CALL_ID, WORDS, call_ids, 0),
	PLACE(KEYLOG, WORDS, keylogs, 0),
	PLACE(KEYFILE, WORDS, keyfiles, 0),
	PLACE(HEP_LISTEN, WORDS, hep_listen, 0),
	PLACE(HEP_SEND, TEXT, hep_send, 0),
	PLACE(HEP_PASSWORD, TEXT, hep_password, 0),
	PLACE(HEP_NODE, NUMBER, hep_node, UINT32_MAX),
	PLACE(HEP_CERT, TEXT, hep_cert, 0),
	PLACE(HEP_KEY, TEXT, hep_key, 0),
	PLACE(BUFFER, NUMBER, buffer_mb, 2048),
	PLACE(SNAPLEN, NUMBER, snaplen, 262144),
	PLACE(WHERE, TEXT, where, 0),
	PLACE(SORT, TEXT, sort, 0),
	PLACE(COLUMNS, TEXT, columns, 0),
	PLACE(CONFIG, TEXT, config, 0),
	PLACE(SCRIPT, TEXT, script, 0),
	PLACE(SCRIPT_OUT, TEXT, script_out, 0),
	PLACE(LIMIT, NUMBER, limit, UINT32_MAX - 1),
	PLACE(TEXT, TEXT, text, 0),
	PLACE(SPOOL, SIZE, spool, SPOOL_LEAST),
	PLACE(MEMORY, SIZE, memory, OPTIONS_MEMORY_MIN),
	PLACE(MAX_CALLS, NUMBER, max_calls, UINT32_MAX - 1),
	PLACE(MAX_CALLS_TOO, NUMBER, max_calls, UINT32_MAX - 1),
	PLACE(WIDTH, NUMBER, width, 10000),
	PLACE(FORMAT, CHOICE, format, 0),
	PLACE(TIME, CHOICE, time, 0),
	PLACE(SAVE_FORMAT, CHOICE, save_format, 0),
	PLACE(SDP, CHOICE, sdp, 0),
	PLACE(RECORD, TEXT, record, 0),
	PLACE(ROTATE_SIZE, SIZE, rotate_size, SIZE_MIN),
	PLACE(STOP_SIZE, SIZE, stop_size, SIZE_MIN),
	PLACE(ROTATE_TIME, SPAN, rotate_span, 0),
	PLACE(DURATION, SPAN, duration, 0),
	PLACE(KEEP, NUMBER, keep, 1000000),
	PLACE(OUTPUT, TEXT, output, 0),
	PLACE(SPLIT, TEXT, split, 0),
	PLACE(USER, TEXT, user, 0),
#undef PLACE
};
/* Numbers and choices are put there as 32 bits. */
_Static_assert(sizeof(int) == sizeof(uint32_t) && sizeof(enum output_format) == sizeof(int) &&
	       sizeof(enum output_time) == sizeof(int), "sizes of options");

static int
read_number(uint32_t *value, uint64_t max, const struct option_def *def, const char *arg,
	    struct err *err)
{
	if (str_to_u32(str_of(arg), value) && *value > 0 && *value <= max)
		return 0;
	return err_set(err, "--%s: \"%s\" is no number from 1 to %u", def->name, arg,
		       (unsigned)max);
}

static int
read_size(uint64_t *bytes, uint64_t min, const struct option_def *def, const char *arg,
	  struct err *err)
{
	if (str_to_size(str_of(arg), bytes) && *bytes >= min)
		return 0;
	if (min % (1u << 20) == 0)
		return err_set(err, "--%s: \"%s\" is no size of %uM or more", def->name, arg,
			       (unsigned)(min >> 20));
	return err_set(err, "--%s: \"%s\" is no size of at least %u bytes (64M, 2GiB)", def->name,
		       arg, (unsigned)min);
}

static int
read_span(int64_t *span, const struct option_def *def, const char *arg, struct err *err)
{
	if (str_to_span(str_of(arg), span) && *span >= NS_PER_S)
		return 0;
	return err_set(err, "--%s: \"%s\" is no time of at least a second (30s, 10m, 1h30m)",
		       def->name, arg);
}

static int
read_choice(int *value, const struct option_def *def, const char *arg, struct err *err)
{
	*value = choice(def->arg, arg);
	if (*value >= 0)
		return 0;
	return err_set(err, "--%s: \"%s\" is none of %s", def->name, arg, def->arg);
}

/* What could not be read leaves the option as it was. */
static int
take_option(struct options *o, int id, const char *arg, struct err *err)
{
	const struct option_def *def = &option_defs[id];
	const struct place *place = &places[id];
	void *to = (char *)o + place->at;
	union {
		uint32_t number;
		uint64_t bytes;
		int64_t span;
		int which;
	} value;
	size_t n = sizeof(value.number);
	int r = 0;

	o->given[id] = true;
	switch (place->kind) {
	case KIND_NONE:
		return 0;
	case KIND_TEXT:
		memcpy(to, &arg, sizeof(arg));
		return 0;
	case KIND_WORDS:
		add_word(to, arg);
		return 0;
	case KIND_NUMBER:
		r = read_number(&value.number, place->bound, def, arg, err);
		break;
	case KIND_CHOICE:
		r = read_choice(&value.which, def, arg, err);
		break;
	case KIND_SIZE:
		r = read_size(&value.bytes, place->bound, def, arg, err);
		n = sizeof(value.bytes);
		break;
	case KIND_SPAN:
		r = read_span(&value.span, def, arg, err);
		n = sizeof(value.span);
		break;
	}
	if (r == 0)
		memcpy(to, &value, n);
	return r;
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
