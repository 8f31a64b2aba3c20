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
	_(SELECT, "select", "", "Select", "Select what the cursor is on, or take it out again") \
	_(SELECT_ALL, "select-all", "", "", "Select all that are listed") \
	_(UNSELECT, "unselect", "", "", "Select nothing") \
	_(FILTER, "filter", "", "Filter", "Type a filter expression; the list follows") \
	_(FILTER_FORM, "filter-form", "", "Form", "Fill in a form for a filter") \
	_(FILTER_CLEAR, "filter-clear", "", "", "Show all again, without a filter") \
	_(SHOW_ALL, "show-all", "", "", "All calls") \
	_(SHOW_OPEN, "show-open", "", "", "Calls that are still open") \
	_(SHOW_ANSWERED, "show-answered", "", "", "Calls that were answered") \
	_(SHOW_REDIRECTED, "show-redirected", "", "", "Calls that were redirected (3xx)") \
	_(SHOW_4XX, "show-4xx", "", "", "Calls that failed with 4xx") \
	_(SHOW_5XX, "show-5xx", "", "", "Calls that failed with 5xx") \
	_(SHOW_6XX, "show-6xx", "", "", "Calls that failed with 6xx") \
	_(SHOW_UNANSWERED, "show-unanswered", "", "", "Calls that nobody answered, or acknowledged") \
	_(SHOW_BUSY, "show-busy", "", "", "Calls that met a busy line") \
	_(SHOW_CANCELLED, "show-cancelled", "", "", "Calls that the caller cancelled") \
	_(SHOW_ONE_WAY, "show-one-way", "", "", "Answered calls in which one side alone was heard") \
	_(SHOW_NO_AUDIO, "show-no-audio", "", "", "Answered calls without audio") \
	_(SHOW_BAD_AUDIO, "show-bad-audio", "", "", "Answered calls with bad audio") \
	_(RELATED, "related", "", "Related", "Show the other legs of the call too") \
	_(SAVE, "save", "<F2> S", "Save", "Save calls, a message or streams to a file") \
	_(COLUMNS, "columns", "", "Columns", "Choose the columns, their order and width") \
	_(COLUMN_UP, "column-up", "", "Up", "Move the column up, to the left in the list") \
	_(COLUMN_DOWN, "column-down", "", "Down", "Move the column down, to the right in the list") \
	_(COLUMN_WIDER, "column-wider", "", "Wider", "Make the column wider") \
	_(COLUMN_NARROWER, "column-narrower", "", "Narrower", "Make the column narrower; as it needs at last") \
	_(COLUMN_ADD, "column-add", "", "Add", "Add a column for a header, or another field, by its name") \
	_(COLUMNS_RESET, "columns-reset", "", "Reset", "The usual columns again") \
	_(SORT, "sort", "", "Sort", "Choose what the list is sorted by") \
	_(SORT_REVERSE, "sort-reverse", "", "", "Turn the order around") \
	_(AUTOSCROLL, "autoscroll", "", "", "Stay at the newest call, or not") \
	_(CLEAR, "clear", "", "Clear", "Take all calls off the list, after asking") \
	_(NEXT_ERROR, "next-error", "", "Error", "Go to the next refusal or flaw") \
	_(PREVIOUS_ERROR, "previous-error", "", "", "Go to the refusal or flaw before") \
	_(HIDE, "hide", "", "Hide", "Choose which lanes and methods are shown") \
	_(UNHIDE, "unhide", "", "Show all", "Show all lanes and methods again") \
	_(TOGGLE_ONLY_SDP, "toggle-only-sdp", "", "", "Show messages with a session description only, or all") \
	_(PREVIEW_WIDER, "preview-wider", "", "", "Give the message beside more room") \
	_(PREVIEW_NARROWER, "preview-narrower", "", "", "Give the message beside less room") \
	_(PREVIEW_RESET, "preview-reset", "", "", "Give the message beside its usual room") \
	_(PREVIEW_UP, "preview-up", "", "", "Scroll the message beside one line up") \
	_(PREVIEW_DOWN, "preview-down", "", "", "Scroll the message beside one line down") \
	_(SEARCH, "search", "/", "Search", "Search for text, or /pattern/") \
	_(SEARCH_NEXT, "search-next", "n", "", "Go to the next match") \
	_(SEARCH_PREVIOUS, "search-previous", "N", "", "Go to the match before") \
	_(STREAMS, "streams", "", "Streams", "Show the RTP streams of the calls that are listed, or of this one") \
	_(FLOW, "flow", "", "Flow", "Show the ladder of the call it belongs to") \
	_(OTHER_WAY, "other-way", "", "Other way", "Show the stream the other way between the same ends") \
	_(STATISTICS, "statistics", "", "Statistics", "Show figures over the calls that are listed, and their streams") \
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
	_(TOGGLE_MEDIA, "toggle-media", "", "Media", "Show or hide the streams of media") \
	_(ONLY_MEDIA, "only-media", "", "Only media", "Show streams and messages with a session description only, or all") \
	_(TOGGLE_STRIP, "toggle-strip", "", "Strip", "Show or hide what was heard when, both ways: flowing, lost, silent, on hold, digits") \
	_(TOGGLE_WRAP, "toggle-wrap", "", "Wrap", "Wrap long lines, or cut them") \
	_(TOGGLE_HEX, "toggle-hex", "", "Hex", "Bytes as captured in hexadecimal, or text") \
	_(TOGGLE_PARSED, "toggle-parsed", "", "Explain", "Headers and descriptions taken apart, or text") \
	_(COPY, "copy", "y", "Copy", "Copy the message to the clipboard of the terminal") \
	_(TOGGLE_NAMES, "toggle-names", "a", "", "Names of hosts, or their addresses") \
	_(TOGGLE_COLORS, "toggle-colors", "c", "", "Colour by request and status, Call-ID, or CSeq") \
	_(TOGGLE_SYNTAX, "toggle-syntax", "C", "", "Colour the text of messages by its syntax, or not") \
	_(PAUSE, "pause", "p", "", "Stop reading, or go on") \
	_(FILES, "files", "<C-O>", "Files", "Open another capture, or add one") \
	_(ADD, "add", "", "Add", "Read the capture the cursor is on too, besides what is open") \
	_(SETTINGS, "settings", "<F8> o O", "Settings", "Change settings, and save them") \
	_(COMMANDS, "commands", ":", "", "Choose an action by its name") \
	_(TOGGLE_HINTS, "toggle-hints", "K", "", "Show other keys of actions at the bottom") \
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
