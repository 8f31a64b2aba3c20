/*
 * The text is walked twice, line by line: first to find the line of each setting that
 * counts, then to copy all lines, those exchanged on the way. A line is cut into what
 * stands before the value, the value, and what follows it (blanks, CR), so that the
 * way its writer laid it out stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/denied.h"
#include "base/mem.h"
#include "conf/rc.h"
#include "conf/rc_save.h"

#define SAVED_COMMENT	"# Saved by the program:"

/* A line of the file. */
struct line {
	struct str text;	/* without its "\n" */
	bool ended;		/* by "\n" */
	struct str command, name;
	struct str value;	/* of text, trimmed; empty at its end where there is none */
};

static bool
line_next(struct str *rest, struct line *line)
{
	struct str words;
	size_t end;

	if (rest->n == 0)
		return false;
	end = str_chr(*rest, '\n');
	line->ended = end != SIZE_MAX;
	line->text = str_sub(*rest, 0, end);
	*rest = str_skip(*rest, line->ended ? end + 1 : rest->n);
	words = str_trim(line->text);
	line->command = line->name = STR_NONE;
	str_cut_word(&words, &line->command);
	words = str_trim(words);
	str_cut_word(&words, &line->name);
	line->value = str_trim(words);
	return true;
}

/* The row of a good "set" line of one that is to be saved, or -1. */
static int
line_setting(const struct line *line, const struct rc_save *what)
{
	const struct setting_def *def;
	struct settings scratch;
	struct err err;

	if (!str_eq(line->command, STR("set")) || line->value.n == 0)
		return -1;
	def = setting_find(line->name);
	if (!def || !what->changed[def - setting_defs] ||
	    setting_parse(def, &scratch, line->value, &err) != 0)
		return -1;
	if (what->check && def->kind == SETTING_TEXT &&
	    what->check(what->ctx, def, str_of((char *)&scratch + def->offset), &err) != 0)
		return -1;
	return (int)(def - setting_defs);
}

static bool
line_is_column(const struct line *line, const struct rc_save *what)
{
	uint32_t width;

	if (!str_eq(line->command, STR("column")) || line->name.n == 0)
		return false;
	if (line->value.n > 0 && (!str_to_u32(line->value, &width) || width > RC_MAX_WIDTH))
		return false;
	return !what->column_known || what->column_known(what->ctx, line->name);
}

/* The mark is no part of the first line. */
static struct str
skip_mark(struct str text)
{
	return str_starts(text, STR("\xef\xbb\xbf")) ? str_skip(text, 3) : text;
}

/* What one walk finds and the other uses. */
struct found {
	size_t last[SETTINGS_MAX];	/* number of the line that counts, 0: none */
	bool crlf, comment;
};

static bool
ends_with(struct str text, char c)
{
	return text.n > 0 && text.p[text.n - 1] == c;
}

static void
find_lines(struct str text, const struct rc_save *what, struct found *found)
{
	struct line line;
	size_t number = 0;

	*found = (struct found){ .crlf = false };
	while (line_next(&text, &line)) {
		int i = line_setting(&line, what);

		if (++number == 1)
			found->crlf = ends_with(line.text, '\r');
		if (i >= 0)
			found->last[i] = number;
		if (str_eq(str_trim(line.text), STR(SAVED_COMMENT)))
			found->comment = true;
	}
}

static void
add_end(struct buf *out, bool crlf)
{
	buf_add_cstr(out, crlf ? "\r\n" : "\n");
}

/* Lines of our own, which end by "\n", with the ends that the file has. */
static void
add_lines(struct buf *out, struct str lines, bool crlf)
{
	struct str line;

	while (lines.n > 0 && str_cut(&lines, '\n', &line)) {
		buf_add_str(out, line);
		add_end(out, crlf);
	}
}

/* The old text with lines exchanged. @return whether the columns are in it. */
static bool
add_old(struct buf *out, struct str text, const struct rc_save *what, const struct found *found)
{
	struct line line;
	size_t number = 0;
	bool columns = false;

	while (line_next(&text, &line)) {
		int i = line_setting(&line, what);

		number++;
		if (what->columns && line_is_column(&line, what)) {
			if (!columns)
				add_lines(out, what->column_lines, found->crlf);
			columns = true;
			continue;
		}
		if (i >= 0 && found->last[i] == number) {
			size_t front = (size_t)(line.value.p - line.text.p);

			buf_add_str(out, str_sub(line.text, 0, front));
			setting_add(out, &setting_defs[i], what->now);
			buf_add_str(out, str_skip(line.text, front + line.value.n));
		} else {
			buf_add_str(out, line.text);
		}
		if (line.ended)
			buf_add_char(out, '\n');
	}
	return columns;
}

void
rc_save_text(struct buf *out, struct str old, const struct rc_save *what)
{
	struct buf more = BUF_INIT;
	struct found found;
	bool columns;

	find_lines(skip_mark(old), what, &found);
	buf_add(out, old.p, old.n - skip_mark(old).n);
	columns = add_old(out, skip_mark(old), what, &found);
	for (int i = 0; setting_defs[i].name; i++) {
		if (!what->changed[i] || found.last[i] > 0 ||
		    setting_same(&setting_defs[i], what->now, what->before))
			continue;
		buf_printf(&more, "set %s ", setting_defs[i].name);
		setting_add(&more, &setting_defs[i], what->now);
		buf_add_char(&more, '\n');
	}
	if (what->columns && !columns)
		buf_add_str(&more, what->column_lines);
	if (more.n > 0) {
		if (out->n > 0 && !ends_with(buf_str(out), '\n'))
			add_end(out, found.crlf && !ends_with(buf_str(out), '\r'));
		if (!found.comment) {
			if (old.n > 0)
				add_end(out, found.crlf);
			add_lines(out, STR(SAVED_COMMENT "\n"), found.crlf);
		}
		add_lines(out, buf_str(&more), found.crlf);
	}
	buf_release(&more);
}

/* ---- files ---- */

static int
fail(struct err *err, const char *path)
{
	struct denied why;

	return err_set(err, "%s: %s", path, denied_why(&why, errno, path, DENIED_WRITE));
}

#define LINKS_MAX	16

/* Where the symbolic links that *path is lead to, which may be nowhere yet. */
static int
follow_links(struct buf *path, struct err *err)
{
	char target[PATH_MAX];

	for (int i = 0; i < LINKS_MAX; i++) {
		ssize_t n = readlink(buf_cstr(path), target, sizeof(target));
		const char *slash = strrchr(buf_cstr(path), '/');

		if (n < 0)
			return 0;
		if ((size_t)n == sizeof(target))
			break;
		path->n = n > 0 && target[0] != '/' && slash ? (size_t)(slash + 1 - path->p) : 0;
		buf_add(path, target, (size_t)n);
	}
	errno = ELOOP;
	return fail(err, buf_cstr(path));
}

/* Read what is there. @return 0 with *mode its permissions, 0 where there is none;
 * or -1. */
static int
read_old(const char *path, struct buf *text, struct stat *st, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = 0;
	int result = -1;

	*st = (struct stat){ .st_mode = 0 };
	if (fd < 0)
		return errno == ENOENT ? 0 : fail(err, path);
	if (fstat(fd, st) != 0) {
		fail(err, path);
		goto out;
	}
	if (!S_ISREG(st->st_mode)) {
		err_set(err, "%s: not a regular file", path);
		goto out;
	}
	do {
		n = read(fd, buf_reserve(text, 4096), 4096);
		if (n > 0)
			text->n += (size_t)n;
	} while ((n > 0 && text->n <= RC_MAX_BYTES) || (n < 0 && errno == EINTR));
	if (n < 0)
		fail(err, path);
	else if (text->n > RC_MAX_BYTES)
		err_set(err, "%s: too large for settings", path);
	else
		result = 0;
out:
	close(fd);
	return result;
}

/* Make the folders that @p path lies in. What goes wrong shows when the file is
 * written. */
static void
make_folders(const char *path)
{
	char *copy = xstrdup(path);

	for (size_t i = 0; copy[i]; i++) {
		if (i == 0 || copy[i] != '/')
			continue;
		copy[i] = '\0';
		mkdir(copy, 0700);
		copy[i] = '/';
	}
	free(copy);
}

static int
write_all(int fd, struct str text)
{
	while (text.n > 0) {
		ssize_t n = write(fd, text.p, text.n);

		if (n < 0 && errno != EINTR)
			return -1;
		text = str_skip(text, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

/* The new name is on disk when its folder is. */
static void
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? xstrndup(path, (size_t)(slash - path + 1)) : xstrdup(".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

static int
replace_file(const char *path, struct str text, const struct stat *old, struct err *err)
{
	struct buf beside = BUF_INIT;
	int fd, result = 0;

	buf_printf(&beside, "%s.XXXXXX", path);
	fd = mkostemp(beside.p, O_CLOEXEC);
	if (fd < 0) {
		fail(err, path);
		buf_release(&beside);
		return -1;
	}
	/* Of somebody else's file we keep the owner, if we may. */
	if (old->st_mode && (old->st_uid != geteuid() || old->st_gid != getegid()) &&
	    fchown(fd, old->st_uid, old->st_gid) != 0)
		errno = 0;
	if (fchmod(fd, old->st_mode ? old->st_mode & 0777 : 0600) != 0 ||
	    write_all(fd, text) != 0 || fsync(fd) != 0)
		result = fail(err, path);
	if (close(fd) != 0 && result == 0)
		result = fail(err, path);
	if (result == 0 && rename(beside.p, path) != 0)
		result = fail(err, path);
	if (result != 0)
		unlink(beside.p);
	else
		sync_folder(path);
	buf_release(&beside);
	return result;
}

int
rc_save_file(const char *path, const struct rc_save *what, struct err *err)
{
	struct buf target = BUF_INIT, old = BUF_INIT, new = BUF_INIT;
	struct stat st;
	int result;

	buf_add_cstr(&target, path);
	result = follow_links(&target, err);
	if (result == 0)
		result = read_old(buf_cstr(&target), &old, &st, err);
	if (result == 0) {
		rc_save_text(&new, buf_str(&old), what);
		if (new.n > RC_MAX_BYTES)
			result = err_set(err, "%s: would be too large for settings", path);
	}
	if (result == 0 && !str_eq(buf_str(&old), buf_str(&new))) {
		make_folders(buf_cstr(&target));
		result = replace_file(buf_cstr(&target), buf_str(&new), &st, err);
	}
	buf_release(&target);
	buf_release(&old);
	buf_release(&new);
	return result;
}
