#include <stdlib.h>

#include "app/save_names.h"

#include "app/save_file.h"
#include "base/buf.h"
#include "base/mem.h"
#include "export/save.h"
#include "ui/path.h"

#define PART_MAX	64u	/* bytes of a Call-ID, of a user */

static const char *
last_of(const char *template)
{
	const char *slash = strrchr(template, '/');

	return slash ? slash + 1 : template;
}

int
save_names_check(const char *template, struct err *err)
{
	const char *p = last_of(template);

	if (!*p || save_file_is_stream(template))
		return err_set(err, "%s: no name of a file", template);
	for (; *p; p++) {
		if (*p != '%')
			continue;
		p++;
		if (!*p || !strchr("icft%", *p))
			return err_set(err, "%s: %%%.1s is none of %%i %%c %%f %%t %%%%", template,
				       p);
	}
	return 0;
}

static void
add_part(struct buf *b, struct str text)
{
	path_add_safe(b, text.n > 0 ? text : STR("unknown"), PART_MAX);
}

static void
expand(struct buf *b, const char *p, const struct save_name_parts *parts)
{
	for (; *p; p++) {
		if (*p != '%') {
			buf_add_char(b, *p);
			continue;
		}
		switch (*++p) {
		case 'i':
			buf_printf(b, "%u", parts->index);
			break;
		case 'c':
			add_part(b, parts->call_id);
			break;
		case 'f':
			add_part(b, parts->from);
			break;
		case 't':
			add_part(b, parts->to);
			break;
		default:
			buf_add_char(b, '%');
			break;
		}
	}
}

static uint32_t
find(const struct save_names *names, struct str name)
{
	size_t cursor = 0;
	uint32_t i;

	while ((i = hash_map_next(&names->map, hash_str(name), &cursor)) != HASH_NONE)
		if (str_eq(str_of(names->list[i]), name))
			break;
	return i;
}

static void
add(struct save_names *names, struct str name)
{
	ARRAY_GROW(names->list, names->cap, names->n + 1);
	ARRAY_GROW(names->next, names->next_cap, names->n + 1);
	names->list[names->n] = xstrndup(name.p, name.n);
	names->next[names->n] = 2;
	hash_map_add(&names->map, hash_str(name), (uint32_t)names->n++);
}

void
save_names_add(struct save_names *names, const char *template,
	       const struct save_name_parts *parts)
{
	const char *last = last_of(template);
	struct buf name = BUF_INIT, full = BUF_INIT;
	struct str end;
	size_t stem;
	uint32_t same;

	expand(&name, last, parts);
	save_format_of(buf_str(&name), &stem);
	end = str_skip(buf_str(&name), stem);
	/* The end says what it is, and stays. */
	if (name.n > SAVE_NAME_MAX && end.n < SAVE_NAME_MAX)
		stem = SAVE_NAME_MAX - end.n;
	buf_add(&full, template, (size_t)(last - template));
	buf_add(&full, name.p, stem);
	buf_add_str(&full, end);
	same = find(names, buf_str(&full));
	while (same != HASH_NONE) {
		buf_clear(&full);
		buf_add(&full, template, (size_t)(last - template));
		buf_add(&full, name.p, stem);
		buf_printf(&full, "-%u", names->next[same]++);
		buf_add_str(&full, end);
		if (find(names, buf_str(&full)) == HASH_NONE)
			break;
	}
	add(names, buf_str(&full));
	buf_release(&name);
	buf_release(&full);
}

void
save_names_release(struct save_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->list[i]);
	free(names->list);
	free(names->next);
	hash_map_release(&names->map);
	*names = (struct save_names){ 0 };
}
