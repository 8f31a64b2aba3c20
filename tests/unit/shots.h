/** @file shots.h  Scripts of keys in a test, and what their screens have. */
#ifndef TESTS_SHOTS_H
#define TESTS_SHOTS_H

#include <stdio.h>
#include <cmocka.h>

#include "ui/script.h"

/** Run @p script on @p stack. @return its screens, which replace *screens;
 * VIEWS_SHOW in the environment prints them, as cmocka cuts its messages. */
static inline const char *
shots(struct stack *stack, bool ascii, const char *script, struct buf *screens)
{
	struct err err;

	buf_clear(screens);
	if (script_run("test", str_of(script), stack, NULL, ascii, screens, &err) != 0)
		fail_msg("%s", err.text);
	if (getenv("VIEWS_SHOW"))
		puts(buf_cstr(screens));
	return buf_cstr(screens);
}

/** A screen has @p what. */
static inline void
has(const char *screen, const char *what)
{
	if (!strstr(screen, what))
		fail_msg("no \"%s\" in\n%s", what, screen);
}

static inline void
has_not(const char *screen, const char *what)
{
	if (strstr(screen, what))
		fail_msg("\"%s\" in\n%s", what, screen);
}

#endif
