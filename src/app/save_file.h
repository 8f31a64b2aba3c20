/**
 * @file save_file.h  A file that is there when it is whole, and not before.
 *
 * It is written without a name, or beside where the system knows no such thing
 * (".NAME.XXXXXX"), synced, and then takes its name. What goes wrong before leaves what
 * was there before. Standard output ("-", "/dev/stdout") is written to as it comes.
 */
#ifndef APP_SAVE_FILE_H
#define APP_SAVE_FILE_H

#include <sys/types.h>

#include "base/err.h"

struct save_file {
	FILE *out;		/**< what is written goes here; NULL: not open */
	char *path;		/**< owned */
	char *temp;		/**< owned; NULL: it has no name yet */
	int fd;			/**< -1: closed */
	void *gz;		/**< private */
	off_t settled;		/**< private: bytes that save_file_settle() saw on disk */
	bool overwrite;
	bool stream;		/**< standard output */
	bool in_lot;		/**< its folder is not synced with it: the caller does
				     that once for many, by save_file_sync_folder() */
};

/** Whether @p path is standard output: "-" or "/dev/stdout". */
bool save_file_is_stream(const char *path);

/** Whether a file of that name may be begun, as far as what has the name tells.
 * @return 0; or -1 as save_file_open(). */
int save_file_check(const char *path, bool overwrite, struct err *err);

/**
 * Begin a file; one that ends in ".gz" is packed, standard output is not.
 * @param overwrite  a regular file that has the name; else that is an error.
 * @return 0; or -1 with *err "PATH: cause", errno EEXIST where a file is in the way.
 */
int save_file_open(struct save_file *f, const char *path, bool overwrite, struct err *err);

/** Once all is written: put some of it on disk, for save_file_commit() to wait the less.
 * @return whether there is more. */
bool save_file_settle(struct save_file *f);

/** Give it its name; the file is released then. @return 0; or -1 with *err "what: cause",
 * and no new file is there. */
int save_file_commit(struct save_file *f, struct err *err);

/** Write out what is held back, and tell the disk to begin, for a file that waits with
 * others for save_file_commit(). */
void save_file_push(struct save_file *f);

/** Put the names in the folder of @p path on disk. */
void save_file_sync_folder(const char *path);

/** Leave nothing behind. For a file that was committed too, and for zeroes. */
void save_file_discard(struct save_file *f);

#endif
