/**
 * @file script.h  The program driven by a file instead of a terminal.
 *
 * A script is lines: "#..." a comment, but "#: size WxH" the size of the screen
 * (80x24 without) and other "#: ..." for the test driver; ":shot LABEL" writes
 * the screen, ":shot+ LABEL" with the roles of its cells; ":resize WxH"; ":click
 * Y,X", ":double Y,X", ":wheel-up Y,X" and ":wheel-down Y,X" are the mouse at a
 * cell of the screen, 0,0 at the top left (a double click is both its clicks);
 * ":feed N" copies the next N packets of a pcap file from descriptor 8 to descriptor 9,
 * which is the end of a file that is followed: so live input comes step by step;
 * ":pass MS" is as if that time went by; all else are names of keys (ui/keys.h), blanks between. Each step is taken when
 * the source has been read and the views are refreshed, so nothing waits for
 * time.
 *
 * A screen is "== LABEL WxH", then its rows without trailing blanks, empty rows
 * at the end dropped. With roles: "== LABEL WxH +roles (. normal, ...)", rows
 * padded to the width, "|", and a letter for each cell, "." left out at the end.
 */
#ifndef UI_SCRIPT_H
#define UI_SCRIPT_H

#include "base/err.h"
#include "ui/loop.h"

/**
 * Run the script of text @p text, called @p name in errors, on @p stack, which
 * has its first view open. Screens are appended to *screens. The views may
 * close before the end only with the last key of the script.
 * @return 0, or -1 with *err ("NAME:LINE: ...").
 */
int script_run(const char *name, struct str text, struct stack *stack,
	       const struct loop_source *source, bool ascii, struct buf *screens,
	       struct err *err);

/**
 * The same with the file @p path; the screens are written to
 * DIR/BASE.screens, BASE being the file's name without ".keys". They are
 * written also when the script fails. DIR/BASE.actions tells what was done, a line
 * "WxH WHO WHAT" each: the size of the screen, and as struct stack tells.
 */
int script_run_file(const char *path, const char *dir, struct stack *stack,
		    const struct loop_source *source, bool ascii, struct err *err);

#endif
