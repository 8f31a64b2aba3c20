#include "views/save_secrecy.h"

#include <stdlib.h>

#define LOOKED_AT_MAX	(1u << 20)	/* messages: some milliseconds */

const char *const save_secrecies[] = {
	[SAVE_ENCRYPTED] = "as captured",
	[SAVE_WITH_SECRETS] = "with secrets",
	[SAVE_DECRYPTED] = "decrypted",
	NULL
};

static bool
is_tls(const struct store *s, uint32_t message)
{
	const struct path *p = store_path(s, store_message(s, message)->path);

	return p->carrier == CARRIER_NONE &&
		(p->transport == TRANSPORT_TLS || p->transport == TRANSPORT_WSS);
}

static bool
any_tls(const struct store *s)
{
	uint32_t n = store_message_count(s);
	struct store_kept kept;

	store_kept(s, &kept);
	for (uint32_t i = kept.first_message; i < n && i - kept.first_message < LOOKED_AT_MAX; i++)
		if (is_tls(s, i))
			return true;
	return n - kept.first_message > LOOKED_AT_MAX;
}

bool
save_any_tls(const struct store *s, const uint32_t *calls, size_t n)
{
	uint32_t *list = NULL;
	size_t cap = 0;
	bool found = false;

	if (n == 0)
		return any_tls(s);
	for (size_t i = 0; !found && i < n; i++) {
		const struct call *c = store_call(s, calls[i]);
		size_t messages = c ? store_call_messages(s, c, &list, &cap) : 0;

		for (size_t k = 0; !found && k < messages; k++)
			found = is_tls(s, list[k]);
	}
	free(list);
	return found;
}
