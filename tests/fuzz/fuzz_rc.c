/* A settings file, with "bind" going to a real keymap. */
#include "conf/rc.h"
#include "ui/keymap.h"

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
	rc.ctx = &keymap;
	rc_read_text(&rc, "rc", (struct str){ (const char *)data, size });
	if (rc.errors_n > RC_MAX_ERRORS || settings.theme < 0 || settings.theme > 2 ||
	    settings.escape_ms < 0 || settings.escape_ms > 1000)
		abort();
	rc_release(&rc);
	keymap_release(&keymap);
	return 0;
}
