/* media/codec.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include "media/codec.h"

#define assert_near(a, b, by)	assert_true(fabs((double)(a) - (b)) <= (by))

/* RFC 3551 section 6, tables 4 and 5; 1, 2 and 19 are what they were before. */
static const struct {
	unsigned int type;
	const char *name;
	uint32_t rate;
	uint8_t channels, kind;
} statics[] = {
	{ 0, "PCMU", 8000, 1, CODEC_AUDIO }, { 1, "1016", 8000, 1, CODEC_AUDIO },
	{ 2, "G726-32", 8000, 1, CODEC_AUDIO }, { 3, "GSM", 8000, 1, CODEC_AUDIO },
	{ 4, "G723", 8000, 1, CODEC_AUDIO }, { 5, "DVI4", 8000, 1, CODEC_AUDIO },
	{ 6, "DVI4", 16000, 1, CODEC_AUDIO }, { 7, "LPC", 8000, 1, CODEC_AUDIO },
	{ 8, "PCMA", 8000, 1, CODEC_AUDIO }, { 9, "G722", 8000, 1, CODEC_AUDIO },
	{ 10, "L16", 44100, 2, CODEC_AUDIO }, { 11, "L16", 44100, 1, CODEC_AUDIO },
	{ 12, "QCELP", 8000, 1, CODEC_AUDIO }, { 13, "CN", 8000, 1, CODEC_NOISE },
	{ 14, "MPA", 90000, 1, CODEC_AUDIO }, { 15, "G728", 8000, 1, CODEC_AUDIO },
	{ 16, "DVI4", 11025, 1, CODEC_AUDIO }, { 17, "DVI4", 22050, 1, CODEC_AUDIO },
	{ 18, "G729", 8000, 1, CODEC_AUDIO }, { 19, "CN", 8000, 1, CODEC_NOISE },
	{ 25, "CelB", 90000, 1, CODEC_VIDEO }, { 26, "JPEG", 90000, 1, CODEC_VIDEO },
	{ 28, "nv", 90000, 1, CODEC_VIDEO }, { 31, "H261", 90000, 1, CODEC_VIDEO },
	{ 32, "MPV", 90000, 1, CODEC_VIDEO }, { 33, "MP2T", 90000, 1, CODEC_VIDEO },
	{ 34, "H263", 90000, 1, CODEC_VIDEO },
};

static void
test_static(void **state)
{
	unsigned int at = 0;

	(void)state;
	for (unsigned int type = 0; type < 300; type++) {
		const struct codec *c = codec_static(type);

		if (at == ARRAY_SIZE(statics) || statics[at].type != type) {
			assert_null(c);
			continue;
		}
		assert_non_null(c);
		assert_string_equal(c->name, statics[at].name);
		assert_int_equal(c->clock_rate, statics[at].rate);
		assert_int_equal(c->channels, statics[at].channels);
		assert_int_equal(c->kind, statics[at].kind);
		assert_int_equal(c->payload_type, type);
		at++;
	}
	assert_int_equal(at, ARRAY_SIZE(statics));
}

static const struct {
	const char *name;
	uint32_t rate;
	int kind;		/* -1: not found */
	uint32_t found;		/* its rate */
	double ie, bpl;
} names[] = {
	{ "PCMU", 8000, CODEC_AUDIO, 8000, 0, 25.1 },
	{ "pcma", 0, CODEC_AUDIO, 8000, 0, 25.1 },
	{ "PCMU", 16000, CODEC_AUDIO, 0, -1, -1 },
	{ "G722", 8000, CODEC_AUDIO, 8000, -1, -1 },
	{ "G722", 16000, CODEC_AUDIO, 16000, -1, -1 },
	{ "opus", 48000, CODEC_AUDIO, 48000, -1, -1 },
	{ "OPUS", 48000, CODEC_AUDIO, 48000, -1, -1 },
	{ "opus", 16000, CODEC_AUDIO, 48000, -1, -1 },
	{ "AMR", 8000, CODEC_AUDIO, 8000, -1, -1 },
	{ "AMR-WB", 16000, CODEC_AUDIO, 16000, -1, -1 },
	{ "G729", 8000, CODEC_AUDIO, 8000, 11, 19.0 },
	{ "G729a", 8000, CODEC_AUDIO, 8000, 11, 19.0 },
	{ "G729", 16000, -1, 0, 0, 0 },
	{ "G723", 8000, CODEC_AUDIO, 8000, 15, 16.1 },
	{ "GSM-EFR", 8000, CODEC_AUDIO, 8000, 5, 10.0 },
	{ "GSM", 8000, CODEC_AUDIO, 8000, 20, -1 },
	{ "G726-40", 8000, CODEC_AUDIO, 8000, 2, -1 },
	{ "G726-16", 8000, CODEC_AUDIO, 8000, 50, -1 },
	{ "iLBC", 8000, CODEC_AUDIO, 8000, -1, -1 },
	{ "speex", 8000, CODEC_AUDIO, 8000, -1, -1 },
	{ "speex", 16000, CODEC_AUDIO, 16000, -1, -1 },
	{ "Speex", 32000, CODEC_AUDIO, 32000, -1, -1 },
	{ "SILK", 24000, CODEC_AUDIO, 0, -1, -1 },
	{ "EVS", 16000, CODEC_AUDIO, 16000, -1, -1 },
	{ "L16", 44100, CODEC_AUDIO, 44100, -1, -1 },
	{ "L16", 16000, CODEC_AUDIO, 0, -1, -1 },
	{ "DVI4", 22050, CODEC_AUDIO, 22050, -1, -1 },
	{ "telephone-event", 8000, CODEC_EVENT, 0, -1, -1 },
	{ "telephone-event", 48000, CODEC_EVENT, 0, -1, -1 },
	{ "tone", 8000, CODEC_TONE, 0, -1, -1 },
	{ "CN", 8000, CODEC_NOISE, 8000, -1, -1 },
	{ "CN", 16000, CODEC_NOISE, 0, -1, -1 },
	{ "RED", 8000, CODEC_RED, 0, -1, -1 },
	{ "red", 90000, CODEC_RED, 0, -1, -1 },
	{ "ulpfec", 90000, CODEC_FEC, 0, -1, -1 },
	{ "flexfec-03", 90000, CODEC_FEC, 0, -1, -1 },
	{ "rtx", 90000, CODEC_RTX, 0, -1, -1 },
	{ "H264", 90000, CODEC_VIDEO, 90000, -1, -1 },
	{ "VP8", 90000, CODEC_VIDEO, 90000, -1, -1 },
	{ "t140", 1000, CODEC_TEXT, 1000, -1, -1 },
	{ "t38", 8000, CODEC_FAX, 0, -1, -1 },
	{ "CLEARMODE", 8000, CODEC_OTHER, 8000, -1, -1 },
	{ "X-NSE", 8000, CODEC_EVENT, 8000, -1, -1 },
	{ "1016", 8000, CODEC_AUDIO, 8000, -1, -1 },
	{ "x-ulpfecuc", 8000, CODEC_FEC, 0, -1, -1 },
	{ "", 8000, -1, 0, 0, 0 }, { "PCM", 8000, -1, 0, 0, 0 },
	{ "PCMUU", 8000, -1, 0, 0, 0 }, { "zzz", 8000, -1, 0, 0, 0 },
};

static void
test_find(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct codec *c = codec_find(str_of(names[i].name), names[i].rate);

		if (names[i].kind < 0) {
			assert_null(c);
			continue;
		}
		assert_non_null(c);
		assert_int_equal(c->kind, names[i].kind);
		assert_int_equal(c->clock_rate, names[i].found);
		assert_near(c->ie, names[i].ie, 1e-5);
		assert_near(c->bpl, names[i].bpl, 1e-5);
	}
}

/* Names are found by halving: the table has to be in their order. */
static void
test_order(void **state)
{
	const struct codec *c;

	(void)state;
	for (c = codecs; c[1].name; c++)
		assert_true(str_cmp_ci(str_of(c[0].name), str_of(c[1].name)) <= 0);
	for (c = codecs; c->name; c++) {
		const struct codec *found = codec_find(str_of(c->name), c->clock_rate);

		assert_non_null(found);
		assert_string_equal(found->name, c->name);
		assert_non_null(codec_kind_name(c->kind));
		if (c->payload_type != CODEC_DYNAMIC)
			assert_ptr_equal(codec_static(c->payload_type), c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_static),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
