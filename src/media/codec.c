#include "media/codec.h"

#define NO	CODEC_PARAMETER_NONE

const struct codec codecs[] = {
	{ "PCMU", CODEC_AUDIO, 0, 1, 0, 8000, 0, 4.3f },
	{ "GSM", CODEC_AUDIO, 3, 1, 20, 8000, 20, NO },
	{ "PCMA", CODEC_AUDIO, 8, 1, 0, 8000, 0, 4.3f },
	{ "G722", CODEC_AUDIO, 9, 1, 0, 8000, NO, NO },
	{ "CN", CODEC_NOISE, 13, 1, 0, 8000, NO, NO },
	{ "G729", CODEC_AUDIO, 18, 1, 10, 8000, 11, 19 },
	{ "opus", CODEC_AUDIO, 255, 2, 0, 48000, NO, NO },
	{ "telephone-event", CODEC_EVENT, 255, 1, 0, 0, NO, NO },
	{ NULL, 0, 0, 0, 0, 0, NO, NO },
};

const char *
codec_kind_name(enum codec_kind kind)
{
	static const char *const names[] = {
#define CODEC_KIND_NAME(id, name) [CODEC_##id] = name,
		CODEC_KINDS(CODEC_KIND_NAME)
#undef CODEC_KIND_NAME
	};

	return names[kind];
}

const struct codec *
codec_static(unsigned int payload_type)
{
	for (const struct codec *c = codecs; c->name; c++)
		if (c->payload_type == payload_type && payload_type != 255)
			return c;
	return NULL;
}

const struct codec *
codec_find(struct str name, uint32_t clock_rate)
{
	for (const struct codec *c = codecs; c->name; c++)
		if (str_eq_ci(name, str_of(c->name)) &&
		    (!clock_rate || !c->clock_rate || c->clock_rate == clock_rate))
			return c;
	return NULL;
}
