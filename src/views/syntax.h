/**
 * @file syntax.h  The colours of a line of a message, run by run.
 *
 * What tells one message of a call from another stands out: methods and codes,
 * users, tags, branches, the Call-ID. A line is never copied, and each run is
 * found where the one before ended: a line of n bytes costs O(n).
 */
#ifndef VIEWS_SYNTAX_H
#define VIEWS_SYNTAX_H

#include "base/str.h"
#include "ui/role.h"
#include "views/message_lines.h"

/** Where one is in a line; all is private. */
struct syntax {
	struct str line;
	size_t at;
	size_t user, uri;	/* ends of the parts of a URI that is begun; 0: none */
	size_t head;		/* end of a header's name, of a method ... */
	size_t tail;		/* where a start line's version begins */
	enum role first, rest;	/* of head, and of what is nothing else */
	bool plain;		/* the rest is one run */
};

void syntax_start(struct syntax *s, enum message_line_kind kind, struct str line);

/** The next run [*from, *to) and its role. False at the end of the line. */
bool syntax_next(struct syntax *s, size_t *from, size_t *to, enum role *role);

#endif
