/**
 * @file commands.h  The commands, one table: name, usage, what it is about, run.
 */
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

#include "app/session.h"

struct command {
	const char *name;	/**< NULL: what runs without a command word */
	const char *usage;	/**< what follows the name */
	const char *help;	/**< one sentence */
	unsigned scope;		/**< enum option_scope: its options */
	enum query_subject of;	/**< what --where is about */
	enum exit_code (*run)(struct session *s);
};

/** The last one has no name: the screens. */
extern const struct command commands[];
extern const size_t command_count;

enum exit_code calls_run(struct session *s);
enum exit_code flow_run(struct session *s);
enum exit_code messages_run(struct session *s);
enum exit_code record_run(struct session *s);
enum exit_code save_run(struct session *s);
enum exit_code streams_run(struct session *s);
enum exit_code screens_run(struct session *s);

#endif
