#include "conf/settings.h"

#define CHOICES(...)	(const char *const[]){ __VA_ARGS__, NULL }

const struct setting_def setting_defs[] = {
	{ .name = "theme", .group = SETTING_GROUP_SCREEN, .kind = SETTING_CHOICE,
	  .offset = offsetof(struct settings, theme),
	  .choices = CHOICES("dark", "light", "plain"), .initial = "dark",
	  .help = "Colours for a dark or a light background, or none (also by NO_COLOR)." },
	{ .name = "ascii", .group = SETTING_GROUP_SCREEN, .kind = SETTING_CHOICE,
	  .offset = offsetof(struct settings, ascii),
	  .choices = CHOICES("auto", "on", "off"), .initial = "auto",
	  .help = "Draw in ASCII alone; auto: where the locale is not UTF-8." },
	{ .name = "utc", .group = SETTING_GROUP_SCREEN, .kind = SETTING_BOOL,
	  .offset = offsetof(struct settings, utc), .initial = "off",
	  .help = "Times in UTC instead of the local zone." },
	{ .name = "mouse", .group = SETTING_GROUP_SCREEN, .kind = SETTING_BOOL,
	  .offset = offsetof(struct settings, mouse), .initial = "on",
	  .help = "Take the mouse; marking text in the terminal then needs Shift." },
	{ .name = "escape-time", .group = SETTING_GROUP_SCREEN, .kind = SETTING_NUMBER,
	  .offset = offsetof(struct settings, escape_ms),
	  .min = 0, .max = 1000, .initial = "25", .unit = "ms",
	  .help = "How long the bytes of one key may take after Esc; from the next start." },
	{ .name = "exit-prompt", .group = SETTING_GROUP_SCREEN, .kind = SETTING_CHOICE,
	  .offset = offsetof(struct settings, exit_prompt),
	  .choices = CHOICES("live", "always", "never"), .initial = "live",
	  .help = "Ask before leaving; live: where calls captured live would be lost." },
	{ .name = "sort", .group = SETTING_GROUP_LIST, .kind = SETTING_TEXT,
	  .offset = offsetof(struct settings, sort), .initial = "\"\"",
	  .help = "Fields the list begins sorted by, as for --sort; empty: as they came." },
	{ .name = "filter", .group = SETTING_GROUP_LIST, .kind = SETTING_TEXT,
	  .offset = offsetof(struct settings, filter), .initial = "\"\"",
	  .help = "A filter expression that the list of calls begins with." },
	{ .name = "autoscroll", .group = SETTING_GROUP_LIST, .kind = SETTING_BOOL,
	  .offset = offsetof(struct settings, autoscroll), .initial = "off",
	  .help = "Stay at the newest call." },
	{ .name = "fixed-columns", .group = SETTING_GROUP_LIST, .kind = SETTING_NUMBER,
	  .offset = offsetof(struct settings, fixed_columns),
	  .min = 0, .max = 10, .initial = "1",
	  .help = "Columns of the list that stay when it is scrolled to the right." },
	{ .name = "time", .group = SETTING_GROUP_LADDER, .kind = SETTING_CHOICE,
	  .offset = offsetof(struct settings, time),
	  .choices = CHOICES("absolute", "relative", "delta"), .initial = "absolute",
	  .help = "Times of messages: of day, since the first, or since the one before." },
	{ .name = "color-by", .group = SETTING_GROUP_LADDER, .kind = SETTING_CHOICE,
	  .offset = offsetof(struct settings, color_by),
	  .choices = CHOICES("request", "call-id", "cseq"), .initial = "request",
	  .help = "What gives arrows their colour: request and status, the call, or the CSeq." },
	{ .name = "sdp", .group = SETTING_GROUP_LADDER, .kind = SETTING_CHOICE,
	  .offset = offsetof(struct settings, sdp),
	  .choices = CHOICES("off", "first", "full"), .initial = "first",
	  .help = "What ladders tell of session descriptions: nothing, a line, or all." },
	{ .name = "split-ports", .group = SETTING_GROUP_LADDER, .kind = SETTING_BOOL,
	  .offset = offsetof(struct settings, split_ports), .initial = "off",
	  .help = "Ladders begin with a lane for each address and port." },
	{ .name = "media", .group = SETTING_GROUP_LADDER, .kind = SETTING_BOOL,
	  .offset = offsetof(struct settings, media), .initial = "on",
	  .help = "Ladders begin with the streams of media, and what was heard when." },
	{ .name = "preview", .group = SETTING_GROUP_LADDER, .kind = SETTING_CHOICE,
	  .offset = offsetof(struct settings, preview),
	  .choices = CHOICES("auto", "on", "off"), .initial = "auto",
	  .help = "The message beside a ladder; auto: where the screen is wide." },
	{ .name = "preview-width", .group = SETTING_GROUP_LADDER, .kind = SETTING_NUMBER,
	  .offset = offsetof(struct settings, preview_width),
	  .min = 0, .max = 1000, .initial = "0", .unit = "cells",
	  .help = "Width of the message beside a ladder; 0: by itself." },
	{ .name = "long-pause", .group = SETTING_GROUP_LADDER, .kind = SETTING_NUMBER,
	  .offset = offsetof(struct settings, long_pause_ms),
	  .min = 0, .max = 3600000, .initial = "2000", .unit = "ms",
	  .help = "A longer time since the message before is coloured; 0: never." },
	{ .name = "related-headers", .group = SETTING_GROUP_LADDER, .kind = SETTING_TEXT,
	  .offset = offsetof(struct settings, related), .initial = "X-Call-ID, X-CID",
	  .help = "Headers that name the Call-ID of another leg of a call." },
	{ .name = "jitter-buffer", .group = SETTING_GROUP_MEDIA, .kind = SETTING_NUMBER,
	  .offset = offsetof(struct settings, jitter_buffer_ms),
	  .min = 0, .max = 2000, .initial = "60", .unit = "ms",
	  .help = "RTP that comes later than this after it was due counts as lost; from the next start or file." },
	{ .name = "warning-loss", .group = SETTING_GROUP_MEDIA, .kind = SETTING_DECIMAL,
	  .offset = offsetof(struct settings, warning_loss),
	  .min = 0, .max = 100, .initial = "3", .unit = "%",
	  .help = "Quality is a warning at this loss or more, for longer than warning-time." },
	{ .name = "warning-mos", .group = SETTING_GROUP_MEDIA, .kind = SETTING_DECIMAL,
	  .offset = offsetof(struct settings, warning_mos),
	  .min = 1, .max = 5, .initial = "3",
	  .help = "Quality is a warning at this estimated MOS or less, for longer than warning-time." },
	{ .name = "warning-time", .group = SETTING_GROUP_MEDIA, .kind = SETTING_NUMBER,
	  .offset = offsetof(struct settings, warning_s),
	  .min = 1, .max = 3600, .initial = "30", .unit = "s",
	  .help = "How long it must be so; windows of this length slide over each stream." },
	{ .name = "critical-loss", .group = SETTING_GROUP_MEDIA, .kind = SETTING_DECIMAL,
	  .offset = offsetof(struct settings, critical_loss),
	  .min = 0, .max = 100, .initial = "5", .unit = "%",
	  .help = "Quality is critical at this loss or more, for longer than critical-time." },
	{ .name = "critical-mos", .group = SETTING_GROUP_MEDIA, .kind = SETTING_DECIMAL,
	  .offset = offsetof(struct settings, critical_mos),
	  .min = 1, .max = 5, .initial = "2.5",
	  .help = "Quality is critical at this estimated MOS or less, for longer than critical-time." },
	{ .name = "critical-time", .group = SETTING_GROUP_MEDIA, .kind = SETTING_NUMBER,
	  .offset = offsetof(struct settings, critical_s),
	  .min = 1, .max = 3600, .initial = "10", .unit = "s",
	  .help = "How long it must be so; windows of this length slide over each stream." },
	{ .name = "names", .group = SETTING_GROUP_TEXT, .kind = SETTING_BOOL,
	  .offset = offsetof(struct settings, names), .initial = "on",
	  .help = "Show hosts by their names, of alias lines and of the capture." },
	{ .name = "syntax", .group = SETTING_GROUP_TEXT, .kind = SETTING_BOOL,
	  .offset = offsetof(struct settings, syntax), .initial = "on",
	  .help = "Colour the text of messages by its syntax." },
	{ .name = "save-path", .group = SETTING_GROUP_FILES, .kind = SETTING_TEXT,
	  .offset = offsetof(struct settings, save_path), .initial = "\"\"",
	  .help = "Folder that saving begins with; empty: the current one." },
	{ .name = "capture-device", .group = SETTING_GROUP_FILES, .kind = SETTING_TEXT,
	  .offset = offsetof(struct settings, capture_device), .initial = "any",
	  .help = "Interfaces to capture on where nothing is named, as for -d; from the next start." },
	{ .name = "capture-buffer", .group = SETTING_GROUP_FILES, .kind = SETTING_NUMBER,
	  .offset = offsetof(struct settings, capture_buffer_mb),
	  .min = 1, .max = 2048, .initial = "64", .unit = "MiB",
	  .help = "What the kernel may hold for an interface, as -B; from the next start." },
	{ .name = "capture-memory", .group = SETTING_GROUP_FILES, .kind = SETTING_NUMBER,
	  .offset = offsetof(struct settings, capture_memory_mb),
	  .min = 0, .max = 1048576, .initial = "0", .unit = "MiB",
	  .help = "What live capture may take of memory, as --memory; 0: by itself; from the next start." },
	{ .name = "capture-limit", .group = SETTING_GROUP_FILES, .kind = SETTING_NUMBER,
	  .offset = offsetof(struct settings, capture_limit),
	  .min = 0, .max = 4000000000, .initial = "0", .unit = "calls",
	  .help = "Calls that live capture keeps at most, as -l; 0: no limit; from the next start." },
	{ .name = "capture-rotate", .group = SETTING_GROUP_FILES, .kind = SETTING_BOOL,
	  .offset = offsetof(struct settings, capture_rotate), .initial = "off",
	  .help = "At that limit unfinished calls are evicted too, as -R; from the next start." },
	{ .name = NULL },
};

_Static_assert(ARRAY_SIZE(setting_defs) <= SETTINGS_MAX + 1, "SETTINGS_MAX is too small");

const char *
setting_group_title(enum setting_group group)
{
	static const char *const titles[SETTING_GROUP_COUNT] = {
		[SETTING_GROUP_SCREEN] = "Screen",
		[SETTING_GROUP_LIST] = "List of calls",
		[SETTING_GROUP_LADDER] = "Ladder",
		[SETTING_GROUP_MEDIA] = "Media",
		[SETTING_GROUP_TEXT] = "Names and text",
		[SETTING_GROUP_FILES] = "Files",
	};

	return titles[group];
}

void
settings_init(struct settings *s)
{
	struct err err;

	*s = (struct settings){ 0 };
	for (const struct setting_def *def = setting_defs; def->name; def++)
		if (setting_parse(def, s, str_of(def->initial), &err) != 0)
			BUG("setting %s: %s", def->name, err.text);
}

const struct setting_def *
setting_find(struct str name)
{
	for (const struct setting_def *def = setting_defs; def->name; def++)
		if (str_eq(name, str_of(def->name)))
			return def;
	return NULL;
}

static int
parse_bool(bool *member, struct str value, struct err *err)
{
	static const char *const words[] = {
		"off", "on", "no", "yes", "false", "true", "0", "1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (str_eq_ci(value, str_of(words[i]))) {
			*member = i & 1;
			return 0;
		}
	}
	return err_set(err, "%.*s: on or off wanted", STR_ARG(value));
}

static int
parse_number(const struct setting_def *def, int64_t *member, struct str value, struct err *err)
{
	bool negative = value.n > 0 && value.p[0] == '-';
	uint64_t n;

	if (!str_to_u64(str_skip(value, negative), &n) || n > INT64_MAX)
		goto bad;
	if ((negative ? -(int64_t)n : (int64_t)n) < def->min ||
	    (negative ? -(int64_t)n : (int64_t)n) > def->max)
		goto bad;
	*member = negative ? -(int64_t)n : (int64_t)n;
	return 0;
bad:
	return err_set(err, "%.*s: a number from %lld to %lld%s%s wanted", STR_ARG(value),
		       (long long)def->min, (long long)def->max,
		       def->unit ? " " : "", def->unit ? def->unit : "");
}

#define DECIMALS	100	/* what is kept behind the point: hundredths */

static int
parse_decimal(const struct setting_def *def, double *member, struct str value, struct err *err)
{
	struct str rest = value;
	uint32_t whole, hundredths;
	int64_t unit = DECIMALS / 10;

	if (!str_take_u32(&rest, &whole) || whole > def->max)
		goto bad;
	hundredths = whole * DECIMALS;
	if (rest.n > 1 && rest.p[0] == '.') {
		for (rest = str_skip(rest, 1); rest.n > 0 && unit > 0; unit /= 10) {
			if (!ascii_is_digit(rest.p[0]))
				goto bad;
			hundredths += (uint32_t)((rest.p[0] - '0') * unit);
			rest = str_skip(rest, 1);
		}
	}
	if (rest.n > 0 || hundredths < def->min * DECIMALS || hundredths > def->max * DECIMALS)
		goto bad;
	*member = hundredths / (double)DECIMALS;
	return 0;
bad:
	return err_set(err, "%.*s: a number from %lld to %lld%s%s, as 2.5, wanted",
		       STR_ARG(value), (long long)def->min, (long long)def->max,
		       def->unit ? " " : "", def->unit ? def->unit : "");
}

static int
parse_choice(const struct setting_def *def, int *member, struct str value, struct err *err)
{
	char list[256];
	size_t used = 0;

	list[0] = '\0';
	for (int i = 0; def->choices[i]; i++) {
		if (str_eq_ci(value, str_of(def->choices[i]))) {
			*member = i;
			return 0;
		}
		if (used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
						 i > 0 ? ", " : "", def->choices[i]);
	}
	return err_set(err, "%.*s: one of %s wanted", STR_ARG(value), list);
}

static bool
is_quoted(struct str text)
{
	return text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"';
}

/* Quotes are around the text, and not around its first and last word. */
static bool
can_unquote(struct str text)
{
	struct str inner = str_sub(text, 1, text.n - 2);

	return is_quoted(text) && (str_chr(inner, '"') == SIZE_MAX || is_quoted(inner));
}

struct str
setting_unquote(struct str text)
{
	text = str_trim(text);
	return can_unquote(text) ? str_trim(str_sub(text, 1, text.n - 2)) : text;
}

static int
parse_text(char *member, struct str value, struct err *err)
{
	value = setting_unquote(value);
	if (value.n >= SETTING_TEXT_MAX)
		return err_set(err, "at most %u bytes wanted", SETTING_TEXT_MAX - 1);
	/* A line could not carry them. */
	for (size_t i = 0; i < value.n; i++)
		if (((unsigned char)value.p[i] < ' ' && value.p[i] != '\t') || value.p[i] == 0x7f)
			return err_set(err, "no control characters wanted");
	if (value.n > 0)
		memcpy(member, value.p, value.n);
	member[value.n] = '\0';
	return 0;
}

int
setting_parse(const struct setting_def *def, void *base, struct str value, struct err *err)
{
	void *member = (char *)base + def->offset;

	switch (def->kind) {
	case SETTING_BOOL:
		return parse_bool(member, value, err);
	case SETTING_NUMBER:
		return parse_number(def, member, value, err);
	case SETTING_DECIMAL:
		return parse_decimal(def, member, value, err);
	case SETTING_CHOICE:
		return parse_choice(def, member, value, err);
	case SETTING_TEXT:
		return parse_text(member, value, err);
	}
	BUG("setting %s: kind %d", def->name, (int)def->kind);
}

bool
setting_same(const struct setting_def *def, const void *a, const void *b)
{
	const char *x = (const char *)a + def->offset, *y = (const char *)b + def->offset;

	switch (def->kind) {
	case SETTING_BOOL:
		return *(const bool *)x == *(const bool *)y;
	case SETTING_NUMBER:
		return *(const int64_t *)(const void *)x == *(const int64_t *)(const void *)y;
	case SETTING_DECIMAL:	/* both were made from hundredths */
		return memcmp(x, y, sizeof(double)) == 0;
	case SETTING_CHOICE:
		return *(const int *)(const void *)x == *(const int *)(const void *)y;
	case SETTING_TEXT:
		return strcmp(x, y) == 0;
	}
	BUG("setting %s: kind %d", def->name, (int)def->kind);
}

void
setting_add_range(struct buf *b, const struct setting_def *def)
{
	switch (def->kind) {
	case SETTING_BOOL:
		buf_add_cstr(b, "on or off");
		break;
	case SETTING_NUMBER:
	case SETTING_DECIMAL:
		buf_printf(b, "%lld to %lld%s%s", (long long)def->min, (long long)def->max,
			   def->unit ? " " : "", def->unit ? def->unit : "");
		break;
	case SETTING_CHOICE:
		for (int i = 0; def->choices[i]; i++)
			buf_printf(b, "%s%s", i == 0 ? "" : def->choices[i + 1] ? ", " : " or ",
				   def->choices[i]);
		break;
	case SETTING_TEXT:
		break;
	}
}

/* In quotes where its own would be taken for some. */
static void
add_text(struct buf *b, struct str text)
{
	bool quoted = text.n == 0 || can_unquote(text);

	buf_printf(b, "%s%.*s%s", quoted ? "\"" : "", STR_ARG(text), quoted ? "\"" : "");
}

void
setting_add(struct buf *b, const struct setting_def *def, const void *base)
{
	const void *member = (const char *)base + def->offset;

	switch (def->kind) {
	case SETTING_BOOL:
		buf_add_cstr(b, *(const bool *)member ? "on" : "off");
		break;
	case SETTING_NUMBER:
		buf_printf(b, "%lld", (long long)*(const int64_t *)member);
		break;
	case SETTING_DECIMAL:
		buf_printf(b, "%g", *(const double *)member);
		break;
	case SETTING_CHOICE:
		buf_add_cstr(b, def->choices[*(const int *)member]);
		break;
	case SETTING_TEXT:
		add_text(b, str_of(member));
		break;
	}
}

int
settings_set(struct settings *s, struct str name, struct str value, struct err *err)
{
	const struct setting_def *def = setting_find(name);

	if (!def)
		return err_set(err, "no such setting: %.*s", STR_ARG(name));
	return setting_parse(def, s, value, err);
}
