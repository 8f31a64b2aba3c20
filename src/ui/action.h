/**
 * @file action.h  Everything a key can be bound to.
 *
 * One line an action makes: the enum, the name for "bind" in the settings
 * file, the default keys, the label in the footer, the help pages and the man
 * page section KEYS. There is no second list to forget.
 */
#ifndef UI_ACTION_H
#define UI_ACTION_H

#include "base/str.h"

/** id, name, default keys in every view (a view may add its own), label in the
 * footer (empty: not shown there), help */
#define ACTIONS(_) \
	_(MOVE_UP, "move-up", "<Up> k", "", "Move one line up") \
	_(MOVE_DOWN, "move-down", "<Down> j", "", "Move one line down") \
	_(PAGE_UP, "page-up", "<PageUp> <C-B>", "", "Move one page up") \
	_(PAGE_DOWN, "page-down", "<PageDown> <C-F>", "", "Move one page down") \
	_(HALF_UP, "half-page-up", "<C-U>", "", "Move half a page up") \
	_(HALF_DOWN, "half-page-down", "<C-D>", "", "Move half a page down") \
	_(FIRST, "first", "<Home> <C-A> g", "", "Move to the first line") \
	_(LAST, "last", "<End> <C-E> G", "", "Move to the last line") \
	_(LEFT, "scroll-left", "<Left>", "", "Scroll to the left") \
	_(RIGHT, "scroll-right", "<Right>", "", "Scroll to the right") \
	_(OPEN, "open", "<Enter>", "Open", "Open what the cursor is on") \
	_(OPEN_RAW, "raw", "<F6> r R", "Raw", "Show the text of all messages of the call") \
	_(SEARCH, "search", "/", "Search", "Search for text, or /pattern/") \
	_(SEARCH_NEXT, "search-next", "n", "", "Go to the next match") \
	_(SEARCH_PREVIOUS, "search-previous", "N", "", "Go to the match before") \
	_(STATISTICS, "statistics", "", "Statistics", "Show figures over the calls that are listed") \
	_(NEXT, "next", "]", "Next", "Go to the next message, or section") \
	_(PREVIOUS, "previous", "[", "Previous", "Go to the message, or section, before") \
	_(MARK, "mark", "", "Mark", "Mark the message; on another one: compare the two") \
	_(UNMARK, "unmark", "", "", "Take the mark off") \
	_(COMPARE, "compare", "", "Compare", "Compare with the marked message, or the one before") \
	_(NEXT_DIFFERENCE, "next-difference", "", "Next", "Go to the next difference") \
	_(PREVIOUS_DIFFERENCE, "previous-difference", "", "Previous", "Go to the difference before") \
	_(SWAP, "swap", "", "Swap", "Swap the two sides") \
	_(TOGGLE_VOLATILE, "toggle-volatile", "", "Volatile", "Dim what differs anyway: branch, tags, CSeq, times") \
	_(TOGGLE_TIME, "toggle-time", "", "Time", "Times as clock, since the first, since the one before") \
	_(TOGGLE_SDP, "toggle-sdp", "", "SDP", "Tell of session descriptions: not, in a line, in full") \
	_(TOGGLE_PREVIEW, "toggle-preview", "", "Preview", "Show or hide the text of the message beside") \
	_(TOGGLE_PORTS, "toggle-ports", "", "Ports", "A lane for each host, or each of its ports") \
	_(TOGGLE_COPIES, "toggle-copies", "", "Copies", "Fold or unfold retransmissions and duplicates") \
	_(TOGGLE_WRAP, "toggle-wrap", "", "Wrap", "Wrap long lines, or cut them") \
	_(TOGGLE_HEX, "toggle-hex", "", "Hex", "Bytes as captured in hexadecimal, or text") \
	_(TOGGLE_PARSED, "toggle-parsed", "", "Explain", "Headers and descriptions taken apart, or text") \
	_(COPY, "copy", "y", "Copy", "Copy the message to the clipboard of the terminal") \
	_(CLOSE, "close", "<Esc> q", "Back", "Go back; from the first view: leave") \
	_(HELP, "help", "<F1> ? h H", "Help", "Show the keys of this view") \
	_(REDRAW, "redraw", "<C-L>", "", "Draw the whole screen again") \
	_(QUIT, "quit", "Q", "Quit", "Leave the program")

enum action {
	ACTION_NONE,		/* "none": a key bound to nothing */
#define ACTION_ID(id, ...) ACTION_##id,
	ACTIONS(ACTION_ID)
#undef ACTION_ID
	ACTION_COUNT
};

struct action_def {
	const char *name;
	const char *keys;	/**< names with blanks between */
	const char *label;
	const char *help;
};

/** By enum action; the one of ACTION_NONE is "none". */
extern const struct action_def action_defs[ACTION_COUNT];

/** By name, or ACTION_COUNT. */
enum action action_find(struct str name);

#endif
