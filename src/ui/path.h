/**
 * @file path.h  Names of files as they are typed, and what folders hold.
 *
 * A path being typed is a folder, all up to its last "/", and the begin of a name in
 * it. "~" at its front is the user's home. Folders are read in slices, as they may
 * hold any number of names; names are any bytes.
 */
#ifndef UI_PATH_H
#define UI_PATH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define PATH_NAMES_MAX	1000000u	/* kept of a folder; what is beyond is counted */

/** Where the name begins: after the last "/", or at 0. */
size_t path_name_at(struct str path);

/** Append it with "~" expanded, where $HOME is set. */
void path_expand(struct buf *out, struct str path);

/** Append the folder of it as the system takes it: expanded, "." when it names none. */
void path_folder(struct buf *out, struct str path);

/** Append @p text as the name of a file: of at most @p max bytes, letters, digits and
 * "-_.@+" as they are and "_" for all else, not hidden; "file" when nothing is left. */
void path_add_safe(struct buf *out, struct str text, size_t max);

/** What the system calls the file @p path (expanded). */
enum path_kind {
	PATH_NOTHING,		/**< no such thing, or one cannot tell */
	PATH_FILE,
	PATH_FOLDER,
	PATH_DEVICE,		/**< a pipe, a socket, a terminal: no file to replace */
};
enum path_kind path_kind(const char *path);

struct path_name {
	const char *name;	/**< NUL-terminated; lives as long as the list */
	int64_t bytes;		/**< after path_list_look(); -1: not known */
	int64_t modified;	/**< a moment (base/time.h); likewise, or TIME_NONE */
	bool folder;		/**< a link to one too */
	bool looked;
};

/** The names in a folder, "." and ".." left out. Zeroed is an empty one that is done. */
struct path_list {
	struct path_name *names;	/**< owned; in order once done is true */
	size_t n, cap;
	uint64_t left_out;		/**< names beyond PATH_NAMES_MAX */
	bool done;			/**< all are read, and in order: folders first */

	/* private */
	void *dir;			/* NULL: all are read */
	struct arena arena;
	struct path_name *other;	/* what runs are merged into */
	size_t sorted;			/* names of which each run is in order */
	size_t run;			/* names in a run */
	size_t low, left, right, to;	/* the merge that is on */
};

void path_list_release(struct path_list *l);

/**
 * Begin with another folder. @return 0; or -1 with *err, and an empty list.
 */
int path_list_open(struct path_list *l, const char *folder, struct err *err);

/** Read and sort for about @p budget_ms. @return whether there is more to do. */
bool path_list_read(struct path_list *l, int budget_ms);

/** Fill in size and time of name @p i, in the folder @p folder; asks the system once. */
void path_list_look(struct path_list *l, const char *folder, size_t i);

/** Whether it is not shown until its dot is typed. */
static inline bool
path_is_hidden(const struct path_name *name)
{
	return name->name[0] == '.';
}

/**
 * Append what all names that begin with @p begin begin with, and "/" after a folder
 * when it is the only one; hidden names count when @p begin has a dot in front. The
 * list is done. O(n).
 * @return how many there are; with 0 nothing is appended.
 */
size_t path_list_complete(const struct path_list *l, struct str begin, struct buf *out);

/** Append the names that begin with @p begin, two blanks between, made visible, until
 * it has about @p max bytes; then "…". */
void path_list_add_names(const struct path_list *l, struct str begin, size_t max,
			 struct buf *out);

#endif
