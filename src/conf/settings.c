#include "conf/settings.h"

#define CHOICES(...)	(const char *const[]){ __VA_ARGS__, NULL }

const struct setting_def setting_defs[] = {
	{ .name = "theme", .kind = SETTING_CHOICE,
	  .offset = offsetof(struct settings, theme),
	  .choices = CHOICES("dark", "light", "plain"), .initial = "dark",
	  .help = "Colours for a dark or a light background, or none (also by NO_COLOR)." },
	{ .name = "ascii", .kind = SETTING_CHOICE,
	  .offset = offsetof(struct settings, ascii),
	  .choices = CHOICES("auto", "on", "off"), .initial = "auto",
	  .help = "Draw in ASCII alone; auto: where the locale is not UTF-8." },
	{ .name = "time", .kind = SETTING_CHOICE,
	  .offset = offsetof(struct settings, time),
	  .choices = CHOICES("absolute", "relative", "delta"), .initial = "absolute",
	  .help = "Times of messages: of day, since the first, or since the one before." },
	{ .name = "utc", .kind = SETTING_BOOL,
	  .offset = offsetof(struct settings, utc), .initial = "off",
	  .help = "Times in UTC instead of the local zone." },
	{ .name = "escape-time", .kind = SETTING_NUMBER,
	  .offset = offsetof(struct settings, escape_ms),
	  .min = 0, .max = 1000, .initial = "25", .unit = "ms",
	  .help = "How long the bytes of one key may take to arrive after Esc." },
	{ .name = NULL },
};

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

int
setting_parse(const struct setting_def *def, void *base, struct str value, struct err *err)
{
	void *member = (char *)base + def->offset;

	switch (def->kind) {
	case SETTING_BOOL:
		return parse_bool(member, value, err);
	case SETTING_NUMBER:
		return parse_number(def, member, value, err);
	case SETTING_CHOICE:
		return parse_choice(def, member, value, err);
	}
	BUG("setting %s: kind %d", def->name, (int)def->kind);
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
	case SETTING_CHOICE:
		buf_add_cstr(b, def->choices[*(const int *)member]);
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
