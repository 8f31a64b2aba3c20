/*
 * A folder is read a batch of names at a time. When all are read they are sorted by
 * merging runs, of which at first each is one batch: both can be left off and taken up
 * again after any number of names.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "ui/path.h"

#include "base/denied.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/time.h"

#define BATCH	512u	/* names between looks at the clock */

/* ---- paths ---- */

size_t
path_name_at(struct str path)
{
	size_t i = path.n;

	while (i > 0 && path.p[i - 1] != '/')
		i--;
	return i;
}

void
path_expand(struct buf *out, struct str path)
{
	const char *home = getenv("HOME");

	if (home && home[0] && path.n > 0 && path.p[0] == '~' &&
	    (path.n == 1 || path.p[1] == '/')) {
		buf_add_cstr(out, home);
		path = str_skip(path, 1);
	}
	buf_add_str(out, path);
}

void
path_folder(struct buf *out, struct str path)
{
	struct str folder = str_sub(path, 0, path_name_at(path));

	if (folder.n == 0)
		buf_add_char(out, '.');
	else
		path_expand(out, folder);
}

void
path_add_safe(struct buf *out, struct str text, size_t max)
{
	size_t begin = out->n;

	text = str_sub(text, 0, max);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool safe = ascii_is_alpha(c) || ascii_is_digit(c) || memchr("-_.@+", c, 5);

		/* A dash in front would be an option, a dot hides the file. */
		if (i == 0 && (c == '.' || c == '-'))
			safe = false;
		buf_add_char(out, safe ? c : '_');
	}
	if (out->n == begin)
		buf_add_cstr(out, "file");
}

enum path_kind
path_kind(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return PATH_NOTHING;
	if (S_ISREG(st.st_mode))
		return PATH_FILE;
	return S_ISDIR(st.st_mode) ? PATH_FOLDER : PATH_DEVICE;
}

/* ---- lists ---- */

void
path_list_release(struct path_list *l)
{
	if (l->dir)
		closedir(l->dir);
	arena_release(&l->arena);
	free(l->names);
	free(l->other);
	*l = (struct path_list){ .done = true };
}

int
path_list_open(struct path_list *l, const char *folder, struct err *err)
{
	struct denied why;

	path_list_release(l);
	l->dir = opendir(folder);
	if (!l->dir)
		return err_set(err, "%s: %s", folder,
			       denied_why(&why, errno, folder, DENIED_READ));
	l->done = false;
	return 0;
}

/* What the entry does not tell, the system is asked. */
static bool
is_folder(DIR *dir, const struct dirent *e)
{
	struct stat st;

	if (e->d_type != DT_LNK && e->d_type != DT_UNKNOWN)
		return e->d_type == DT_DIR;
	return fstatat(dirfd(dir), e->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

static int
compare(const void *a, const void *b)
{
	const struct path_name *x = a, *y = b;

	if (x->folder != y->folder)
		return x->folder ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
read_batch(struct path_list *l)
{
	for (size_t i = 0; i < BATCH; i++) {
		const struct dirent *e = readdir(l->dir);
		struct str name;

		if (!e) {
			closedir(l->dir);
			l->dir = NULL;
			break;
		}
		name = str_of(e->d_name);
		if (str_eq(name, STR(".")) || str_eq(name, STR("..")))
			continue;
		if (l->n >= PATH_NAMES_MAX) {
			l->left_out++;
			continue;
		}
		ARRAY_GROW(l->names, l->cap, l->n + 1);
		l->names[l->n++] = (struct path_name){ arena_str(&l->arena, name).p, -1, TIME_NONE,
						       is_folder(l->dir, e), false };
	}
}

static size_t
min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
merge_begin(struct path_list *l, size_t low)
{
	l->low = l->left = l->to = low;
	l->right = min_size(low + l->run, l->n);
}

static void
sort_batch(struct path_list *l)
{
	size_t n = min_size(l->n - l->sorted, BATCH);

	if (n > 0)
		qsort(l->names + l->sorted, n, sizeof(*l->names), compare);
	l->sorted += n;
	if (l->sorted < l->n)
		return;
	l->run = BATCH;
	merge_begin(l, 0);
	if (l->n <= BATCH)
		l->done = true;
	else
		l->other = xreallocarray(NULL, l->cap, sizeof(*l->other));
}

static void
merge_batch(struct path_list *l)
{
	size_t middle = min_size(l->low + l->run, l->n);
	size_t end = min_size(middle + l->run, l->n);

	for (size_t i = 0; i < BATCH && l->to < end; i++) {
		bool left = l->right >= end || (l->left < middle &&
			compare(&l->names[l->left], &l->names[l->right]) <= 0);

		l->other[l->to++] = l->names[left ? l->left++ : l->right++];
	}
	if (l->to < end)
		return;
	if (end == l->n) {
		struct path_name *merged = l->other;

		l->other = l->names;
		l->names = merged;
		l->run *= 2;
		end = 0;
		l->done = l->run >= l->n;
	}
	merge_begin(l, end);
}

bool
path_list_read(struct path_list *l, int budget_ms)
{
	int64_t end = time_monotonic() + budget_ms * NS_PER_MS;

	while (!l->done) {
		if (l->dir)
			read_batch(l);
		else if (l->run == 0)
			sort_batch(l);
		else
			merge_batch(l);
		if (time_monotonic() >= end)
			break;
	}
	return !l->done;
}

void
path_list_look(struct path_list *l, const char *folder, size_t i)
{
	struct path_name *name = &l->names[i];
	struct buf path = BUF_INIT;
	struct stat st;

	if (name->looked)
		return;
	name->looked = true;
	buf_printf(&path, "%s/%s", folder, name->name);
	if (stat(buf_cstr(&path), &st) == 0) {
		name->bytes = st.st_size;
		name->modified = (int64_t)st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec;
	}
	buf_release(&path);
}

/* Whether it is one of those that are meant by @p begin. */
static bool
begins(const struct path_name *name, struct str begin)
{
	return str_starts(str_of(name->name), begin) && (begin.n > 0 || !path_is_hidden(name));
}

size_t
path_list_complete(const struct path_list *l, struct str begin, struct buf *out)
{
	const struct path_name *first = NULL;
	size_t found = 0, common = 0;

	for (size_t i = 0; i < l->n; i++) {
		const char *name = l->names[i].name;
		size_t same = 0;

		if (!begins(&l->names[i], begin))
			continue;
		if (found++ == 0) {
			first = &l->names[i];
			common = strlen(name);
			continue;
		}
		while (same < common && name[same] == first->name[same])
			same++;
		common = same;
	}
	if (found == 0)
		return 0;
	/* Not in the middle of a character. */
	while (found > 1 && common > begin.n && ((unsigned char)first->name[common] & 0xc0) == 0x80)
		common--;
	buf_add(out, first->name, common);
	if (found == 1 && first->folder)
		buf_add_char(out, '/');
	return found;
}

void
path_list_add_names(const struct path_list *l, struct str begin, size_t max, struct buf *out)
{
	size_t start = out->n;

	for (size_t i = 0; i < l->n; i++) {
		if (!begins(&l->names[i], begin))
			continue;
		if (out->n - start >= max) {
			buf_add_cstr(out, "  …");
			return;
		}
		if (out->n > start)
			buf_add_cstr(out, "  ");
		text_add_visible(out, str_of(l->names[i].name), false);
		if (l->names[i].folder)
			buf_add_char(out, '/');
	}
}
