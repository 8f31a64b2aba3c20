/**
 * @file lex.h  A line of a script as words.
 *
 * Words are parted by blanks. "quoted text" with \-escapes is one word,
 * <sip:a@b> too; key=value gives both, the value may be quoted. A # that
 * begins a word ends the line.
 */
#ifndef TESTS_LEX_H
#define TESTS_LEX_H

#include "gen.h"

#define LEX_WORDS	64

struct lex_word {
	struct str key;		/**< before '='; empty: a plain word */
	struct str text;	/**< the word or value, escapes undone */
	size_t column;		/**< from 1 */
	bool quoted;
};

struct lex_line {
	struct lex_word words[LEX_WORDS];
	size_t n, next;		/**< next: for who reads them in order */
};

/** Cut @p line into words that live in @p arena. @return 0, or the column of
 * what cannot be read. */
size_t lex_line(struct lex_line *l, struct str line, struct arena *arena);

/** Undo \r \n \t \0 \xHH \\ \" in @p s, appending to @p b. @return whether
 * all escapes are known. */
bool lex_unescape(struct buf *b, struct str s);

/** "1.5s", "20ms", "30us", "5ns", "2m", "1h" in ns. */
bool lex_span(struct str s, int64_t *span);

/** "2026-03-02T09:00:00Z", with an optional fraction of a second. */
bool lex_moment(struct str s, int64_t *moment);

/** "3,0,1" */
bool lex_pieces(struct str s, struct pieces *p);

/** A decimal number or 0x and hexadecimal digits. */
bool lex_number(struct str s, uint32_t *value);

#endif
