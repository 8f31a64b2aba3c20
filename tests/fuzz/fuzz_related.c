/*
 * Takes the input as a message that names other calls, and as two Call-IDs, a line
 * each: whether these are alike must not depend on which comes first.
 */
#include "query/related_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct related_tokens tokens;
	struct str all = { (const char *)data, size }, a = STR_NONE, b = STR_NONE;

	related_tokens_read(&tokens, all, STR("X-Call-ID, X-CID"));
	for (size_t i = 0; i < tokens.n; i++)
		if (tokens.list[i].text.n == 0)
			BUG("an empty token");
	str_cut(&all, '\n', &a);
	str_cut(&all, '\n', &b);
	if (related_ids_alike(a, b) != related_ids_alike(b, a))
		BUG("alike one way only");
	return 0;
}
