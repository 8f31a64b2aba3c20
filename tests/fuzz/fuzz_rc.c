/* A settings file, with "bind" going to a real keymap. */
#include "conf/rc.h"
#include "ui/keymap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
on_bind(void *ctx, struct str view, struct str action, struct str keys, struct err *err)
{
	return keymap_bind(ctx, view, action, keys, err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct alias_table aliases;
	struct settings settings;
	struct keymap keymap;
	struct rc rc;

	settings_init(&settings);
	alias_init(&aliases);
	keymap_init(&keymap);
	rc_init(&rc, &settings, &aliases);
	rc.bind = on_bind;
	rc.ctx = &keymap;
	rc_read_text(&rc, "rc", (struct str){ (const char *)data, size });
	if (rc.errors_n > RC_MAX_ERRORS || settings.theme < 0 || settings.theme > 2 ||
	    settings.escape_ms < 0 || settings.escape_ms > 1000)
		abort();
	rc_release(&rc);
	keymap_release(&keymap);
	alias_release(&aliases);
	return 0;
}
