/**
 * @file message_lines.h  Messages as lines to draw, coloured by syntax.
 *
 * The text is kept as captured; it is made visible when it is drawn.
 */
#ifndef VIEWS_MESSAGE_LINES_H
#define VIEWS_MESSAGE_LINES_H

#include "ui/canvas.h"
#include "views/views.h"

enum message_line_kind {
	MESSAGE_LINE_ABOUT,	/**< time, ends, transport, frame: ours, not sent */
	MESSAGE_LINE_NAMES,	/**< of the hosts that have one: ours */
	MESSAGE_LINE_COPY,	/**< that it is sent or captured again: ours */
	MESSAGE_LINE_FLAWS,	/**< what is wrong with it: ours */
	MESSAGE_LINE_NOTICE,	/**< its text is not to be had: ours */
	MESSAGE_LINE_START,
	MESSAGE_LINE_HEADER,
	MESSAGE_LINE_FOLD,	/**< a header goes on */
	MESSAGE_LINE_BODY,
	MESSAGE_LINE_BLANK,	/**< between messages */
	MESSAGE_LINE_PART,	/**< a part of a header, "name: value": ours */
	MESSAGE_LINE_MEDIA,	/**< heads what a session description says: ours */
	MESSAGE_LINE_HEX,	/**< a row of a dump */
};

struct message_line {
	size_t at;		/**< in text */
	uint32_t n;		/**< bytes, without the line end */
	uint32_t message;	/**< store_message() index */
	uint8_t kind;		/**< enum message_line_kind */
};

struct message_lines {
	struct buf text;
	struct message_line *list;	/**< owned */
	size_t n, cap;
	int widest;		/**< cells of the widest line */
	bool plain;		/**< drawn without the colours of the syntax */
};

void message_lines_release(struct message_lines *l);

/** Make it empty; the memory is kept. */
void message_lines_clear(struct message_lines *l);

/** Append message @p index of the store. Reads its text: O(length). */
void message_lines_add(struct message_lines *l, const struct views_app *app, uint32_t index);

/** Append what we say of message @p index before its text, the names of its @p flaws
 * too when asked for. */
void message_lines_about(struct message_lines *l, const struct views_app *app, uint32_t index,
			 bool flaws);

/** Append a line of our own. */
void message_lines_say(struct message_lines *l, enum message_line_kind kind, uint32_t message,
		       struct str text);

/** The bytes of line @p i; valid until more is added. */
static inline struct str
message_lines_str(const struct message_lines *l, size_t i)
{
	return str_sub(buf_str(&l->text), l->list[i].at, l->list[i].n);
}

/** Where the piece of line @p i that begins at byte @p from ends when it may
 * take @p width cells (at least one character is taken). */
size_t message_lines_wrap(const struct message_lines *l, size_t i, size_t from, int width);

/** Draw bytes @p from to @p to of line @p i at (y, x); x may be negative. */
void message_lines_draw(const struct message_lines *l, size_t i, size_t from, size_t to,
			struct canvas *c, int y, int x);

#endif
