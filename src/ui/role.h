/**
 * @file role.h  What a cell of the screen means.
 *
 * Views draw roles, never colours; a theme (ui/theme.h) says what a role looks
 * like. One line a role makes the enum, the name in configuration, the letter
 * that stands for it in screen tests, and its look in each theme.
 *
 * A look is words: attributes (bold dim underline reverse), a colour (default,
 * black red green yellow blue magenta cyan white, bright-NAME, or 0 to 255),
 * and "on COLOUR" for the background.
 */
#ifndef UI_ROLE_H
#define UI_ROLE_H

#include "base/str.h"

/** id, name, letter, dark, light, plain */
#define ROLES(_) \
	_(NORMAL, "normal", '.', "default", "default", "default") \
	_(TITLE, "title", 't', "bold white on blue", "bold white on blue", "reverse") \
	_(HEADER, "header", 'h', "black on cyan", "bold black on cyan", "bold underline") \
	_(CURSOR, "cursor", 'c', "bold black on white", "bold white on black", "reverse") \
	_(SELECTED, "selected", 's', "bold yellow", "bold magenta", "bold") \
	_(DIM, "dim", 'd', "dim default", "dim default", "dim") \
	_(BORDER, "border", 'b', "blue", "blue", "default") \
	_(ERROR, "error", 'e', "bold red", "bold red", "bold reverse") \
	_(WARNING, "warning", 'w', "yellow", "magenta", "bold") \
	_(OK, "ok", 'o', "green", "green", "default") \
	_(MATCH, "match", 'M', "black on yellow", "black on yellow", "reverse underline") \
	_(MATCH_AT, "match-at", 'A', "bold white on red", "bold white on red", "bold reverse") \
	_(KEY, "key", 'k', "bold cyan", "bold blue", "bold") \
	_(HINT, "hint", 'i', "default", "default", "default") \
	_(NOTICE, "notice", 'n', "bold yellow", "bold magenta", "bold") \
	_(TIME, "time", 'T', "cyan", "blue", "default") \
	_(LANE, "lane", 'l', "dim default", "dim default", "default") \
	_(HOST, "host", 'H', "bold default", "bold default", "bold") \
	_(REQUEST, "request", 'R', "bold cyan", "bold blue", "bold") \
	_(STATUS_1XX, "status-1xx", '1', "yellow", "magenta", "default") \
	_(STATUS_2XX, "status-2xx", '2', "bold green", "green", "default") \
	_(STATUS_3XX, "status-3xx", '3', "magenta", "magenta", "default") \
	_(STATUS_4XX, "status-4xx", '4', "bold red", "red", "bold") \
	_(STATUS_5XX, "status-5xx", '5', "bold red", "bold red", "bold") \
	_(STATUS_6XX, "status-6xx", '6', "bold magenta", "bold red", "bold") \
	_(MEDIA, "media", 'a', "blue", "blue", "default") \
	_(RETRANSMISSION, "retransmission", 'r', "dim yellow", "dim magenta", "dim") \
	_(START_LINE, "start-line", 'S', "bold yellow", "bold magenta", "bold") \
	_(HEADER_NAME, "header-name", 'N', "green", "blue", "bold") \
	_(HEADER_VALUE, "header-value", 'v', "default", "default", "default") \
	_(URI, "uri", 'u', "cyan", "cyan", "underline") \
	_(USER, "user", 'U', "bold cyan", "bold blue", "bold underline") \
	_(CALL_ID, "call-id", 'I', "magenta", "magenta", "underline") \
	_(TAG, "tag", 'G', "yellow", "red", "bold") \
	_(BRANCH, "branch", 'B', "bright-blue", "blue", "underline") \
	_(PARAMETER, "parameter", 'p', "cyan", "blue", "default") \
	_(SDP_TYPE, "sdp-type", 'y', "magenta", "magenta", "bold") \
	_(SDP_VALUE, "sdp-value", 'D', "default", "default", "default") \
	_(DIFFERENT, "different", 'x', "bold white on magenta", "white on magenta", "reverse") \
	_(ONE_SIDED, "one-sided", 'z', "bold yellow", "bold magenta", "bold") \
	_(CYCLE_1, "cycle-1", 'P', "bold cyan", "bold blue", "bold") \
	_(CYCLE_2, "cycle-2", 'Q', "bold yellow", "bold magenta", "default") \
	_(CYCLE_3, "cycle-3", 'V', "bold green", "green", "underline") \
	_(CYCLE_4, "cycle-4", 'W', "bold magenta", "bold red", "bold underline") \
	_(CYCLE_5, "cycle-5", 'X', "bold red", "cyan", "dim") \
	_(CYCLE_6, "cycle-6", 'Y', "bright-blue", "bold black", "dim underline")

enum role {
#define ROLE_ID(id, ...) ROLE_##id,
	ROLES(ROLE_ID)
#undef ROLE_ID
	ROLE_COUNT
};

/** "normal", "cursor" ... @p role must be below ROLE_COUNT. */
const char *role_name(enum role role);

/** By name, or ROLE_COUNT. */
enum role role_find(struct str name);

/** The letter of screen tests. */
char role_letter(enum role role);

#endif
