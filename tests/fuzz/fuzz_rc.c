/* A settings file; keys go to a real keymap, looks are read, and what was read can be
 * written and read again. */
#include "conf/rc.h"
#include "ui/keymap.h"
#include "ui/theme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_bind(void *ctx, struct str view, struct str action, struct str keys, struct err *err)
{
	return keymap_bind(ctx, view, action, keys, err);
}

static int
on_alias(void *ctx, struct str address, struct str name, struct err *err)
{
	(void)ctx;
	return address.n && name.n ? 0 : err_set(err, "empty");
}

static int
on_color(void *ctx, struct str role, struct str look, struct err *err)
{
	struct style style, again;
	struct buf b = BUF_INIT;

	(void)ctx;
	if (role_find(role) == ROLE_COUNT)
		return err_set(err, "none");
	if (style_parse(&style, look, err) != 0)
		return -1;
	style_add(&b, &style);
	if (style_parse(&again, buf_str(&b), err) != 0 || !style_eq(&style, &again))
		abort();
	buf_release(&b);
	return 0;
}

static int
on_column(void *ctx, bool first, struct str field, int width, struct err *err)
{
	(void)ctx;
	(void)first;
	if (field.n == 0 || width < 0 || width > RC_MAX_WIDTH)
		abort();
	return str_eq(field, STR("nosuch")) ? err_set(err, "none") : 0;
}

static void
check_again(const struct settings *settings)
{
	struct settings again = { 0 };
	struct buf b = BUF_INIT;
	struct err err;

	for (const struct setting_def *def = setting_defs; def->name; def++) {
		buf_clear(&b);
		setting_add(&b, def, settings);
		if (setting_parse(def, &again, buf_str(&b), &err) != 0 ||
		    !setting_same(def, settings, &again))
			abort();
	}
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings settings;
	struct keymap keymap;
	struct rc rc;

	settings_init(&settings);
	keymap_init(&keymap);
	rc_init(&rc, &settings);
	rc.bind = on_bind;
	rc.alias = on_alias;
	rc.color = on_color;
	rc.column = on_column;
	rc.ctx = &keymap;
	rc_read_text(&rc, "rc", (struct str){ (const char *)data, size });
	if (rc.errors_n > RC_MAX_ERRORS || settings.theme < 0 || settings.theme > 2 ||
	    settings.escape_ms < 0 || settings.escape_ms > 1000)
		abort();
	check_again(&settings);
	rc_release(&rc);
	keymap_release(&keymap);
	return 0;
}
