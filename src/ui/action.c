#include "ui/action.h"

const struct action_def action_defs[ACTION_COUNT] = {
	[ACTION_NONE] = { "none", "", "", "Do nothing" },
#define ACTION_DEF(id, name, keys, label, help) [ACTION_##id] = { name, keys, label, help },
	ACTIONS(ACTION_DEF)
#undef ACTION_DEF
};

enum action
action_find(struct str name)
{
	for (int i = 0; i < ACTION_COUNT; i++)
		if (str_eq(name, str_of(action_defs[i].name)))
			return (enum action)i;
	return ACTION_COUNT;
}
