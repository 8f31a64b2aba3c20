/**
 * @file stat_header.h  Headers in which the end of a call sums up its RTP: X-RTP-Stat and
 * others, in BYE and in the answer to it.
 *
 * No standard has them; what is read is what makers document and write:
 * PS PR PL JI LA DU EN DE MOS, pairs "received,sent" of PL and JI, IP=local,remote;
 * and Dur Pkt LostPkt AvgJit with VQMetrics of the RxStat and TxStat kind. Jitter and
 * delays are in ms.
 */
#ifndef MEDIA_STAT_HEADER_H
#define MEDIA_STAT_HEADER_H

#include "media/report.h"

/** id, header name */
#define STAT_HEADERS(_) \
	_(X,       "X-RTP-Stat") \
	_(P,       "P-RTP-Stat") \
	_(RX,      "RTP-RxStat") \
	_(TX,      "RTP-TxStat") \
	_(SIEMENS, "X-Siemens-RTP-stats")

enum stat_header_id {
#define STAT_HEADER_ID(id, ...) STAT_HEADER_##id,
	STAT_HEADERS(STAT_HEADER_ID)
#undef STAT_HEADER_ID
	STAT_HEADER_COUNT
};

/** "X-RTP-Stat", ... Static. */
const char *stat_header_name(enum stat_header_id id);

/** Slices borrow from the value. */
struct stat_header {
	/** What who wrote it received (from the other end), and what it sent; source HEADER,
	 * time TIME_NONE, ends where it names them. report_says() tells which of them says
	 * anything. mos_lq is its MOS where it does not say of which kind. */
	struct report received, sent;
	int64_t duration;	/**< of the call, ns; TIME_NONE: not told */
	struct str encoder, decoder;	/**< codecs, as it calls them */
};

/** Read the value of header @p id. Keys that are not known are passed over.
 * @return false when nothing in it is known. O(bytes). */
bool stat_header_parse(enum stat_header_id id, struct str value, struct stat_header *stat);

#endif
