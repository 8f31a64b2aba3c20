#include "store/streams_int.h"

bool
store_has_udptl(struct store *s)
{
	(void)s;
	return false;
}

bool
store_add_udptl(struct store *s, const struct media_input *in)
{
	(void)s;
	(void)in;
	return false;
}
