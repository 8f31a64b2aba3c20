#include "ui/form_path.h"

#define NAMES_SHOWN	400u	/* bytes of names listed */

void
form_path_init(struct form_path *p, struct form *form, size_t text, size_t note)
{
	*p = (struct form_path){ .form = form, .text = text, .note = note, .list.done = true };
}

void
form_path_release(struct form_path *p)
{
	path_list_release(&p->list);
}

static void
say(struct form_path *p, enum role role, struct str text)
{
	p->form->fields[p->note].role = role;
	form_set_text(p->form, p->note, text);
}

static void
begin(struct form_path *p)
{
	struct buf folder = BUF_INIT;
	struct err err;

	path_folder(&folder, form_text(p->form, p->text));
	p->busy = path_list_open(&p->list, buf_cstr(&folder), &err) == 0;
	if (p->busy)
		say(p, ROLE_DIM, STR("Reading the folder ..."));
	else
		say(p, ROLE_ERROR, str_of(err.text));
	buf_release(&folder);
}

bool
form_path_key(struct form_path *p, struct key key)
{
	bool again = p->tab;

	p->tab = p->form->at == p->text && !p->form->fields[p->text].disabled &&
		 key_eq(key, (struct key){ KEYCODE_TAB, 0 });
	if (!p->tab)
		return false;
	p->again = again;
	begin(p);
	return true;
}

void
form_path_stop(struct form_path *p)
{
	if (p->busy)
		say(p, ROLE_DIM, STR(""));
	p->busy = false;
	path_list_release(&p->list);
}

bool
form_path_work(struct form_path *p, int budget_ms)
{
	struct str path = form_text(p->form, p->text), name;
	struct buf b = BUF_INIT;
	bool changed;
	size_t found = 1;

	if (!p->busy || path_list_read(&p->list, budget_ms))
		return false;
	p->busy = false;
	say(p, ROLE_DIM, STR(""));
	name = str_skip(path, path_name_at(path));
	buf_add_str(&b, str_sub(path, 0, path.n - name.n));
	if (str_eq(path, STR("~")))
		buf_add_cstr(&b, "~/");
	else
		found = path_list_complete(&p->list, name, &b);
	changed = b.n > path.n;
	if (found == 0) {
		say(p, ROLE_DIM, STR("No name begins so."));
	} else if (changed) {
		form_set_text(p->form, p->text, buf_str(&b));
	} else if (found > 1 && p->again) {
		buf_clear(&b);
		path_list_add_names(&p->list, name, NAMES_SHOWN, &b);
		say(p, ROLE_DIM, buf_str(&b));
	}
	buf_release(&b);
	path_list_release(&p->list);
	return changed;
}
