/** @file devices.h  Interfaces: which to capture on, what there are, who may. */
#ifndef APP_DEVICES_H
#define APP_DEVICES_H

#include "app/session.h"

/** Whether the run captures on interfaces, for options or for want of anything else. */
bool devices_wanted(const struct session *s);

/**
 * Open the interfaces that options or settings name, or that are chosen from a list on the
 * terminal ("?"). Says on standard error what is wrong, and what helps.
 * @return EXIT_DONE, or the code to leave with.
 */
enum exit_code devices_open(struct session *s);

/** Of sources without an end: packets lost before they came here, and the last cause. */
struct devices_drops {
	uint64_t kernel, interface;
	const char *cause;	/**< NULL: none, or not known */
};

void devices_drops(const struct session *s, struct devices_drops *drops);

/** Say on standard error what was lost, if anything. */
void devices_tell_drops(const struct session *s);

/** --interfaces: write which there are. */
enum exit_code devices_list(struct session *s);

#endif
