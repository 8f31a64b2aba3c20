/**
 * @file form_path.h  Tab in a text of a form that is a path.
 *
 * As in a shell: the name is completed as far as all names that begin so agree, Tab
 * again lists them, in a note of the form. The folder is read in slices.
 */
#ifndef UI_FORM_PATH_H
#define UI_FORM_PATH_H

#include "ui/form.h"
#include "ui/path.h"

struct form_path {
	struct form *form;	/**< borrowed */
	size_t text, note;	/**< fields of it */
	struct path_list list;	/**< private */
	bool busy;		/**< private: to be completed once the list is done */
	bool tab;		/**< private: the last key was Tab */
	bool again;		/**< private: it was, twice */
};

void form_path_init(struct form_path *p, struct form *form, size_t text, size_t note);
void form_path_release(struct form_path *p);

/** Every key is to be shown to it first. @return whether it was Tab in the text, and
 * was taken: then form_path_work() does what it asks for. */
bool form_path_key(struct form_path *p, struct key key);

/** What was asked for is wanted no more. */
void form_path_stop(struct form_path *p);

/** Whether there is anything to do. */
static inline bool
form_path_is_busy(const struct form_path *p)
{
	return p->busy;
}

/** Do it for about @p budget_ms. @return whether it is done and the text is another. */
bool form_path_work(struct form_path *p, int budget_ms);

#endif
