#include "ui/theme.h"

static const struct role_def {
	const char *name;
	char letter;
	const char *looks[THEME_COUNT];
} role_defs[ROLE_COUNT] = {
#define ROLE_DEF(id, name, letter, dark, light, plain) \
	[ROLE_##id] = { name, letter, { dark, light, plain } },
	ROLES(ROLE_DEF)
#undef ROLE_DEF
};

const char *
role_name(enum role role)
{
	return role_defs[role].name;
}

enum role
role_find(struct str name)
{
	int i;

	for (i = 0; i < ROLE_COUNT; i++)
		if (str_eq(name, str_of(role_defs[i].name)))
			break;
	return (enum role)i;
}

char
role_letter(enum role role)
{
	return role_defs[role].letter;
}

static const char *const color_names[] = {
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
};

static bool
color_parse(struct str word, int16_t *color)
{
	struct str bright = STR("bright-");
	uint32_t n;
	int add = 0;

	if (str_eq_ci(word, STR("default"))) {
		*color = STYLE_DEFAULT;
		return true;
	}
	if (str_to_u32(word, &n) && n <= 255) {
		*color = (int16_t)n;
		return true;
	}
	if (str_starts_ci(word, bright)) {
		word = str_skip(word, bright.n);
		add = 8;
	}
	for (size_t i = 0; i < ARRAY_SIZE(color_names); i++) {
		if (str_eq_ci(word, str_of(color_names[i]))) {
			*color = (int16_t)((int)i + add);
			return true;
		}
	}
	return false;
}

static const struct { struct str name; enum style_attr attr; } style_attrs[] = {
	{ STR_INIT("bold"), STYLE_BOLD },
	{ STR_INIT("dim"), STYLE_DIM },
	{ STR_INIT("underline"), STYLE_UNDERLINE },
	{ STR_INIT("reverse"), STYLE_REVERSE },
};

int
style_parse(struct style *style, struct str text, struct err *err)
{
	struct style s = { STYLE_DEFAULT, STYLE_DEFAULT, 0 };
	struct str word;
	bool background = false;

	while (str_cut_word(&text, &word)) {
		size_t i;

		if (str_eq_ci(word, STR("on"))) {
			background = true;
			continue;
		}
		for (i = 0; i < ARRAY_SIZE(style_attrs); i++)
			if (str_eq_ci(word, style_attrs[i].name))
				break;
		if (i < ARRAY_SIZE(style_attrs))
			s.attrs |= (uint8_t)style_attrs[i].attr;
		else if (!color_parse(word, background ? &s.bg : &s.fg))
			return err_set(err, "no such colour or attribute: %.*s", STR_ARG(word));
	}
	*style = s;
	return 0;
}

static void
color_add(struct buf *b, int color)
{
	if (color == STYLE_DEFAULT)
		buf_add_cstr(b, "default");
	else if (color < 16)
		buf_printf(b, "%s%s", color < 8 ? "" : "bright-", color_names[color & 7]);
	else
		buf_printf(b, "%d", color);
}

void
style_add(struct buf *b, const struct style *style)
{
	size_t start = b->n;

	for (size_t i = 0; i < ARRAY_SIZE(style_attrs); i++)
		if (style->attrs & style_attrs[i].attr)
			buf_printf(b, "%.*s ", STR_ARG(style_attrs[i].name));
	/* Its own foreground goes without saying beside anything else. */
	if (style->fg != STYLE_DEFAULT || (b->n == start && style->bg == STYLE_DEFAULT)) {
		color_add(b, style->fg);
		buf_add_char(b, ' ');
	}
	if (style->bg != STYLE_DEFAULT) {
		buf_add_cstr(b, "on ");
		color_add(b, style->bg);
		buf_add_char(b, ' ');
	}
	b->n--;
	b->p[b->n] = '\0';
}

void
theme_init(struct theme *t, enum theme_name name)
{
	struct err err;

	for (int i = 0; i < ROLE_COUNT; i++)
		if (style_parse(&t->styles[i], str_of(role_defs[i].looks[name]), &err) != 0)
			BUG("role %s: %s", role_defs[i].name, err.text);
}

enum theme_name
theme_choose(enum theme_name wanted)
{
	const char *no = getenv("NO_COLOR");

	return no && no[0] != '\0' ? THEME_PLAIN : wanted;
}

/* The corners of the colour cube that 16 to 255 are laid out in. */
static int
color_to_16(int color)
{
	int r, g, b, max;

	if (color >= 232) {
		int grey = color - 232;

		return grey < 6 ? 0 : grey < 12 ? 8 : grey < 18 ? 7 : 15;
	}
	color -= 16;
	r = color / 36;
	g = color / 6 % 6;
	b = color % 6;
	max = r > g ? r : g;
	max = b > max ? b : max;
	if (max == 0)
		return 0;
	return (2 * r > max ? 1 : 0) | (2 * g > max ? 2 : 0) | (2 * b > max ? 4 : 0) |
		(max > 3 ? 8 : 0);
}

int
style_color(int color, int colors, bool *bold)
{
	if (color == STYLE_DEFAULT || color < 8 || color < colors)
		return color;
	if (color > 15)
		color = color_to_16(color);
	if (color > 7 && colors < 16) {
		*bold = true;
		color -= 8;
	}
	return color;
}
