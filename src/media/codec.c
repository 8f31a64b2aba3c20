/*
 * One table, in the order of names with their letters folded, so that a name is found
 * by halving; of rows with one name the one with a given static payload type or rate is
 * told from the others by that. Which row a static payload type has is an array that is
 * made from the same table.
 */
#include "media/codec.h"

#define NO	CODEC_PARAMETER_NONE
#define NONE	CODEC_DYNAMIC

/*
 * id, name, kind, payload type, channels, ms of a frame, clock rate, Ie, Bpl
 *
 * Clock rates and payload types: RFC 3551 sections 4.5, 5 and 6, and the RFC of each
 * payload format. Payload types 2 and 19 are reserved there, for they had meanings
 * before, which are those that senders still give them. A row with a clock rate of 0
 * stands for all rates that have no row of their own. Names that begin with X- and those
 * of one maker are as they are seen in session descriptions.
 *
 * Ie and Bpl: ITU-T G.113 appendix I, tables I.1 and I.4; doc/quality.md tells which row
 * is taken where there are several.
 */
#define CODECS(_) \
	_(1016,         "1016",            AUDIO, 1,    1, 30, 8000,  NO, NO) \
	_(3GPP_TT,      "3gpp-tt",         TEXT,  NONE, 1, 0,  0,     NO, NO) \
	_(AAL2_16,      "AAL2-G726-16",    AUDIO, NONE, 1, 0,  8000,  50, NO) \
	_(AAL2_24,      "AAL2-G726-24",    AUDIO, NONE, 1, 0,  8000,  25, NO) \
	_(AAL2_32,      "AAL2-G726-32",    AUDIO, NONE, 1, 0,  8000,  7,  NO) \
	_(AAL2_40,      "AAL2-G726-40",    AUDIO, NONE, 1, 0,  8000,  2,  NO) \
	_(AC3,          "ac3",             AUDIO, NONE, 2, 0,  0,     NO, NO) \
	_(AMR,          "AMR",             AUDIO, NONE, 1, 20, 8000,  NO, NO) \
	_(AMR_WB,       "AMR-WB",          AUDIO, NONE, 1, 20, 16000, NO, NO) \
	_(AMR_WB_PLUS,  "AMR-WB+",         AUDIO, NONE, 1, 0,  72000, NO, NO) \
	_(AV1,          "AV1",             VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(BV16,         "BV16",            AUDIO, NONE, 1, 5,  8000,  NO, NO) \
	_(BV32,         "BV32",            AUDIO, NONE, 1, 5,  16000, NO, NO) \
	_(CCD,          "CCD",             OTHER, NONE, 1, 0,  8000,  NO, NO) \
	_(CELB,         "CelB",            VIDEO, 25,   1, 0,  90000, NO, NO) \
	_(CELT,         "CELT",            AUDIO, NONE, 1, 0,  0,     NO, NO) \
	_(CLEARMODE,    "CLEARMODE",       OTHER, NONE, 1, 0,  8000,  NO, NO) \
	_(CN,           "CN",              NOISE, 13,   1, 0,  8000,  NO, NO) \
	_(CN_OLD,       "CN",              NOISE, 19,   1, 0,  8000,  NO, NO) \
	_(CN_ANY,       "CN",              NOISE, NONE, 1, 0,  0,     NO, NO) \
	_(DV,           "DV",              VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(DVI4_8,       "DVI4",            AUDIO, 5,    1, 0,  8000,  NO, NO) \
	_(DVI4_16,      "DVI4",            AUDIO, 6,    1, 0,  16000, NO, NO) \
	_(DVI4_11,      "DVI4",            AUDIO, 16,   1, 0,  11025, NO, NO) \
	_(DVI4_22,      "DVI4",            AUDIO, 17,   1, 0,  22050, NO, NO) \
	_(DVI4_ANY,     "DVI4",            AUDIO, NONE, 1, 0,  0,     NO, NO) \
	_(EVRC,         "EVRC",            AUDIO, NONE, 1, 20, 8000,  NO, NO) \
	_(EVRC0,        "EVRC0",           AUDIO, NONE, 1, 20, 8000,  NO, NO) \
	_(EVRC1,        "EVRC1",           AUDIO, NONE, 1, 20, 8000,  NO, NO) \
	_(EVRCB,        "EVRCB",           AUDIO, NONE, 1, 20, 8000,  NO, NO) \
	_(EVRCB0,       "EVRCB0",          AUDIO, NONE, 1, 20, 8000,  NO, NO) \
	_(EVRCB1,       "EVRCB1",          AUDIO, NONE, 1, 20, 8000,  NO, NO) \
	_(EVRCNW,       "EVRCNW",          AUDIO, NONE, 1, 20, 16000, NO, NO) \
	_(EVRCNW0,      "EVRCNW0",         AUDIO, NONE, 1, 20, 16000, NO, NO) \
	_(EVRCNW1,      "EVRCNW1",         AUDIO, NONE, 1, 20, 16000, NO, NO) \
	_(EVRCWB,       "EVRCWB",          AUDIO, NONE, 1, 20, 16000, NO, NO) \
	_(EVRCWB0,      "EVRCWB0",         AUDIO, NONE, 1, 20, 16000, NO, NO) \
	_(EVRCWB1,      "EVRCWB1",         AUDIO, NONE, 1, 20, 16000, NO, NO) \
	_(EVS,          "EVS",             AUDIO, NONE, 1, 20, 16000, NO, NO) \
	_(FLEXFEC,      "flexfec",         FEC,   NONE, 1, 0,  0,     NO, NO) \
	_(FLEXFEC_03,   "flexfec-03",      FEC,   NONE, 1, 0,  0,     NO, NO) \
	_(G_CLEAR,      "G.Clear",         OTHER, NONE, 1, 0,  8000,  NO, NO) \
	_(G719,         "G719",            AUDIO, NONE, 1, 20, 48000, NO, NO) \
	_(G721,         "G721",            AUDIO, NONE, 1, 0,  8000,  7,  NO) \
	_(G722,         "G722",            AUDIO, 9,    1, 0,  8000,  NO, NO) \
	_(G722_16,      "G722",            AUDIO, NONE, 1, 0,  16000, NO, NO) \
	_(G7221,        "G7221",           AUDIO, NONE, 1, 20, 0,     NO, NO) \
	_(G723,         "G723",            AUDIO, 4,    1, 30, 8000,  15, 16.1f) \
	_(G726_16,      "G726-16",         AUDIO, NONE, 1, 0,  8000,  50, NO) \
	_(G726_24,      "G726-24",         AUDIO, NONE, 1, 0,  8000,  25, NO) \
	_(G726_32,      "G726-32",         AUDIO, 2,    1, 0,  8000,  7,  NO) \
	_(G726_40,      "G726-40",         AUDIO, NONE, 1, 0,  8000,  2,  NO) \
	_(G728,         "G728",            AUDIO, 15,   1, 0,  8000,  7,  NO) \
	_(G729,         "G729",            AUDIO, 18,   1, 10, 8000,  11, 19.0f) \
	_(G7291,        "G7291",           AUDIO, NONE, 1, 20, 16000, NO, NO) \
	_(G729A,        "G729A",           AUDIO, NONE, 1, 10, 8000,  11, 19.0f) \
	_(G729AB,       "G729AB",          AUDIO, NONE, 1, 10, 8000,  11, 19.0f) \
	_(G729B,        "G729B",           AUDIO, NONE, 1, 10, 8000,  11, 19.0f) \
	_(G729D,        "G729D",           AUDIO, NONE, 1, 10, 8000,  NO, NO) \
	_(G729E,        "G729E",           AUDIO, NONE, 1, 10, 8000,  NO, NO) \
	_(GSM,          "GSM",             AUDIO, 3,    1, 20, 8000,  20, NO) \
	_(GSM_EFR,      "GSM-EFR",         AUDIO, NONE, 1, 20, 8000,  5,  10.0f) \
	_(GSM_HR,       "GSM-HR-08",       AUDIO, NONE, 1, 20, 8000,  NO, NO) \
	_(H261,         "H261",            VIDEO, 31,   1, 0,  90000, NO, NO) \
	_(H263,         "H263",            VIDEO, 34,   1, 0,  90000, NO, NO) \
	_(H263_1998,    "H263-1998",       VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(H263_2000,    "H263-2000",       VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(H264,         "H264",            VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(H264_RCDO,    "H264-RCDO",       VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(H264_SVC,     "H264-SVC",        VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(H265,         "H265",            VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(H266,         "H266",            VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(ILBC,         "iLBC",            AUDIO, NONE, 1, 0,  8000,  NO, NO) \
	_(ISAC,         "iSAC",            AUDIO, NONE, 1, 0,  0,     NO, NO) \
	_(JPEG,         "JPEG",            VIDEO, 26,   1, 0,  90000, NO, NO) \
	_(JPEG2000,     "jpeg2000",        VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(L16_STEREO,   "L16",             AUDIO, 10,   2, 0,  44100, NO, NO) \
	_(L16_MONO,     "L16",             AUDIO, 11,   1, 0,  44100, NO, NO) \
	_(L16_ANY,      "L16",             AUDIO, NONE, 1, 0,  0,     NO, NO) \
	_(L20,          "L20",             AUDIO, NONE, 1, 0,  0,     NO, NO) \
	_(L24,          "L24",             AUDIO, NONE, 1, 0,  0,     NO, NO) \
	_(L8,           "L8",              AUDIO, NONE, 1, 0,  0,     NO, NO) \
	_(LPC,          "LPC",             AUDIO, 7,    1, 20, 8000,  NO, NO) \
	_(MP2T,         "MP2T",            VIDEO, 33,   1, 0,  90000, NO, NO) \
	_(MP4A_LATM,    "MP4A-LATM",       AUDIO, NONE, 1, 0,  0,     NO, NO) \
	_(MP4V_ES,      "MP4V-ES",         VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(MPA,          "MPA",             AUDIO, 14,   1, 0,  90000, NO, NO) \
	_(MPA_ROBUST,   "mpa-robust",      AUDIO, NONE, 1, 0,  90000, NO, NO) \
	_(MPEG4,        "mpeg4-generic",   OTHER, NONE, 1, 0,  0,     NO, NO) \
	_(MPV,          "MPV",             VIDEO, 32,   1, 0,  90000, NO, NO) \
	_(NV,           "nv",              VIDEO, 28,   1, 0,  90000, NO, NO) \
	_(OPUS,         "opus",            AUDIO, NONE, 2, 0,  48000, NO, NO) \
	_(PARITYFEC,    "parityfec",       FEC,   NONE, 1, 0,  0,     NO, NO) \
	_(PCMA,         "PCMA",            AUDIO, 8,    1, 0,  8000,  0,  25.1f) \
	_(PCMA_ANY,     "PCMA",            AUDIO, NONE, 1, 0,  0,     NO, NO) \
	_(PCMA_WB,      "PCMA-WB",         AUDIO, NONE, 1, 5,  16000, NO, NO) \
	_(PCMU,         "PCMU",            AUDIO, 0,    1, 0,  8000,  0,  25.1f) \
	_(PCMU_ANY,     "PCMU",            AUDIO, NONE, 1, 0,  0,     NO, NO) \
	_(PCMU_WB,      "PCMU-WB",         AUDIO, NONE, 1, 5,  16000, NO, NO) \
	_(QCELP,        "QCELP",           AUDIO, 12,   1, 20, 8000,  NO, NO) \
	_(RAPTORFEC,    "raptorfec",       FEC,   NONE, 1, 0,  0,     NO, NO) \
	_(RAW,          "raw",             VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(RED,          "red",             RED,   NONE, 1, 0,  0,     NO, NO) \
	_(RTX,          "rtx",             RTX,   NONE, 1, 0,  0,     NO, NO) \
	_(SILK,         "SILK",            AUDIO, NONE, 1, 20, 0,     NO, NO) \
	_(SIREN,        "SIREN",           AUDIO, NONE, 1, 20, 16000, NO, NO) \
	_(SIREN14,      "SIREN14",         AUDIO, NONE, 1, 20, 32000, NO, NO) \
	_(SMV,          "SMV",             AUDIO, NONE, 1, 20, 8000,  NO, NO) \
	_(SMV0,         "SMV0",            AUDIO, NONE, 1, 20, 8000,  NO, NO) \
	_(SPEEX_8,      "speex",           AUDIO, NONE, 1, 20, 8000,  NO, NO) \
	_(SPEEX_16,     "speex",           AUDIO, NONE, 1, 20, 16000, NO, NO) \
	_(SPEEX_32,     "speex",           AUDIO, NONE, 1, 20, 32000, NO, NO) \
	_(T140,         "t140",            TEXT,  NONE, 1, 0,  1000,  NO, NO) \
	_(T140C,        "t140c",           TEXT,  NONE, 1, 0,  8000,  NO, NO) \
	_(T38,          "t38",             FAX,   NONE, 1, 0,  0,     NO, NO) \
	_(EVENT,        "telephone-event", EVENT, NONE, 1, 0,  0,     NO, NO) \
	_(THEORA,       "theora",          VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(TONE,         "tone",            TONE,  NONE, 1, 0,  0,     NO, NO) \
	_(ULPFEC,       "ulpfec",          FEC,   NONE, 1, 0,  0,     NO, NO) \
	_(VDVI,         "VDVI",            AUDIO, NONE, 1, 0,  0,     NO, NO) \
	_(VMR_WB,       "VMR-WB",          AUDIO, NONE, 1, 20, 16000, NO, NO) \
	_(VORBIS,       "vorbis",          AUDIO, NONE, 2, 0,  0,     NO, NO) \
	_(VP8,          "VP8",             VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(VP9,          "VP9",             VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(X_CCD,        "X-CCD",           OTHER, NONE, 1, 0,  8000,  NO, NO) \
	_(X_H264UC,     "X-H264UC",        VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(X_MSRTA,      "x-msrta",         AUDIO, NONE, 1, 20, 0,     NO, NO) \
	_(X_NSE,        "X-NSE",           EVENT, NONE, 1, 0,  8000,  NO, NO) \
	_(X_RTVC1,      "x-rtvc1",         VIDEO, NONE, 1, 0,  90000, NO, NO) \
	_(X_ULPFECUC,   "x-ulpfecuc",      FEC,   NONE, 1, 0,  0,     NO, NO)

enum codec_row {
#define CODEC_ROW(id, ...) ROW_##id,
	CODECS(CODEC_ROW)
#undef CODEC_ROW
	ROW_COUNT
};

const struct codec codecs[] = {
#define CODEC_DEF(id, name_, kind_, type_, channels_, frame_, rate_, ie_, bpl_) \
	[ROW_##id] = { .name = name_, .kind = CODEC_##kind_, .payload_type = type_, \
		       .channels = channels_, .frame_ms = frame_, .clock_rate = rate_, \
		       .ie = ie_, .bpl = bpl_ },
	CODECS(CODEC_DEF)
#undef CODEC_DEF
	[ROW_COUNT] = { .name = NULL },
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
	/* Row + 1 of each type; the rows without one go behind those, out of the way. */
	static const uint8_t rows[256 + ROW_COUNT] = {
#define CODEC_TYPE(id, name_, kind_, type_, ...) \
		[(type_) == CODEC_DYNAMIC ? 256 + ROW_##id : (type_)] = ROW_##id + 1,
		CODECS(CODEC_TYPE)
#undef CODEC_TYPE
	};

	_Static_assert(ROW_COUNT < 255, "a row + 1 fits in a byte");
	if (payload_type > 127 || rows[payload_type] == 0)
		return NULL;
	return &codecs[rows[payload_type] - 1];
}

/* The first row with that name, ROW_COUNT where there is none. */
static unsigned int
row_find(struct str name)
{
	unsigned int low = 0, high = ROW_COUNT;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (str_cmp_ci(str_of(codecs[middle].name), name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ROW_COUNT && str_eq_ci(str_of(codecs[low].name), name) ? low : ROW_COUNT;
}

const struct codec *
codec_find(struct str name, uint32_t clock_rate)
{
	unsigned int first = row_find(name), i;
	const struct codec *any = NULL;

	if (first == ROW_COUNT)
		return NULL;
	if (clock_rate == 0)
		return &codecs[first];
	for (i = first; i < ROW_COUNT && str_eq_ci(str_of(codecs[i].name), name); i++) {
		if (codecs[i].clock_rate == clock_rate)
			return &codecs[i];
		if (codecs[i].clock_rate == 0)
			any = &codecs[i];
	}
	if (any)
		return any;
	/* A rate it cannot have: what kind it is stands, but nothing is judged by it. */
	return codecs[first].ie < 0 ? &codecs[first] : NULL;
}

#undef NO
#undef NONE
