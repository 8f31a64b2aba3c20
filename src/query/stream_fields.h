/**
 * @file stream_fields.h  The fields of a stream, one row each.
 *
 * The rows marked LIST are the columns of answers where none were chosen; their
 * names and order are fixed: what was measured, then what it was judged with, what
 * others report, and how bad it was at times.
 */
#ifndef QUERY_STREAM_FIELDS_H
#define QUERY_STREAM_FIELDS_H

#include "query/field.h"

/** id, name, title, kind, unit, width, LIST or MORE, INDEX, WALK or TEXT, getter, choices, help */
#define STREAM_FIELDS(_) \
	_(CALL_ID, "call_id", "Call-ID", TEXT, NULL, 24, LIST, INDEX, \
	  stream_get_call_id, NULL, \
	  "Call-ID of the call it is of; an orphan has none.") \
	_(SOURCE, "source", "Source", ADDRESS, NULL, 21, LIST, INDEX, \
	  stream_get_source, NULL, \
	  "Where it comes from, address:port.") \
	_(DESTINATION, "destination", "Destination", ADDRESS, NULL, 21, LIST, INDEX, \
	  stream_get_destination, NULL, \
	  "Where it goes, address:port.") \
	_(SSRC, "ssrc", "SSRC", HEX, NULL, 10, LIST, INDEX, \
	  stream_get_ssrc, NULL, \
	  "Its synchronisation source, 0x and eight hex digits.") \
	_(PAYLOAD_TYPE, "payload_type", "PT", COUNT, NULL, 3, LIST, INDEX, \
	  stream_get_payload_type, NULL, \
	  "Payload type of most of its packets, events and comfort noise aside.") \
	_(CODEC, "codec", "Codec", TEXT, NULL, 10, LIST, INDEX, \
	  stream_get_codec, NULL, \
	  "Encoding name of that payload type, by the session description or the number.") \
	_(CLOCK_RATE, "clock_rate", "Clock", COUNT, "Hz", 6, LIST, INDEX, \
	  stream_get_clock_rate, NULL, \
	  "Units of its timestamps in a second.") \
	_(PACKETS, "packets", "Packets", COUNT, NULL, 7, LIST, INDEX, \
	  stream_get_packets, NULL, \
	  "Packets that came, duplicates included.") \
	_(EXPECTED, "expected", "Expected", COUNT, NULL, 8, LIST, INDEX, \
	  stream_get_expected, NULL, \
	  "Packets that were sent, by their sequence numbers.") \
	_(LOST, "lost", "Lost", COUNT, NULL, 6, LIST, INDEX, \
	  stream_get_lost, NULL, \
	  "Packets expected that never came.") \
	_(LOST_PERCENT, "lost_percent", "Loss", PERCENT, "%", 7, LIST, INDEX, \
	  stream_get_lost_percent, NULL, \
	  "Part of the expected packets that never came, in percent.") \
	_(DUPLICATES, "duplicates", "Dup", COUNT, NULL, 5, LIST, INDEX, \
	  stream_get_duplicates, NULL, \
	  "Packets that came again: sent twice, or captured twice.") \
	_(OUT_OF_ORDER, "out_of_order", "Ooo", COUNT, NULL, 5, LIST, INDEX, \
	  stream_get_out_of_order, NULL, \
	  "Packets that came after one with a higher sequence number.") \
	_(MIN_DELTA_MS, "min_delta_ms", "Min delta", SPAN, "ms", 9, LIST, INDEX, \
	  stream_get_min_delta, NULL, \
	  "Shortest time between packets.") \
	_(MEAN_DELTA_MS, "mean_delta_ms", "Delta", SPAN, "ms", 9, LIST, INDEX, \
	  stream_get_mean_delta, NULL, \
	  "Mean time between packets.") \
	_(MAX_DELTA_MS, "max_delta_ms", "Max delta", SPAN, "ms", 9, LIST, INDEX, \
	  stream_get_max_delta, NULL, \
	  "Longest time between packets, pauses aside.") \
	_(MIN_JITTER_MS, "min_jitter_ms", "Min jitter", SPAN, "ms", 10, LIST, INDEX, \
	  stream_get_min_jitter, NULL, \
	  "Lowest interarrival jitter (RFC 3550 6.4.1).") \
	_(MEAN_JITTER_MS, "mean_jitter_ms", "Jitter", SPAN, "ms", 9, LIST, INDEX, \
	  stream_get_mean_jitter, NULL, \
	  "Mean interarrival jitter (RFC 3550 6.4.1).") \
	_(MAX_JITTER_MS, "max_jitter_ms", "Max jitter", SPAN, "ms", 10, LIST, INDEX, \
	  stream_get_max_jitter, NULL, \
	  "Highest interarrival jitter (RFC 3550 6.4.1).") \
	_(MOS, "mos", "Est. MOS", REAL, NULL, 8, LIST, INDEX, \
	  stream_get_mos, NULL, \
	  "Estimated quality, 1 to 4.5, by the E-model (ITU-T G.107).") \
	_(R_FACTOR, "r_factor", "Est. R", REAL, NULL, 6, LIST, INDEX, \
	  stream_get_r_factor, NULL, \
	  "Estimated rating factor, 0 to 100, by the E-model (ITU-T G.107).") \
	_(START, "start", "Start", TIME, NULL, 15, LIST, INDEX, \
	  stream_get_start, NULL, \
	  "Time of its first packet.") \
	_(END, "end", "End", TIME, NULL, 15, LIST, INDEX, \
	  stream_get_end, NULL, \
	  "Time of its last packet.") \
	_(INDEX, "index", "Idx", COUNT, NULL, 5, MORE, INDEX, \
	  stream_get_index, NULL, \
	  "Order in which the stream was first seen, from 1.") \
	_(KIND, "kind", "Kind", CHOICE, NULL, 4, MORE, INDEX, \
	  stream_get_kind, choice_kind, \
	  "What it is: rtp, srtp or t38.") \
	_(TRANSPORT, "transport", "Tr", CHOICE, NULL, 4, MORE, INDEX, \
	  stream_get_transport, choice_transport, \
	  "What carried it: udp, tcp, turn, hep or pdu.") \
	_(ORPHAN, "orphan", "Orphan", BOOL, NULL, 6, MORE, INDEX, \
	  stream_get_orphan, NULL, \
	  "Whether it is of no call.") \
	_(CONFIDENCE, "confidence", "Sure", COUNT, "%", 4, MORE, INDEX, \
	  stream_get_confidence, NULL, \
	  "How sure it is that it is RTP, in percent: less than 100 where only its shape tells.") \
	_(LINKED_BY, "linked_by", "By", CHOICE, NULL, 9, MORE, INDEX, \
	  stream_get_linked_by, choice_how, \
	  "Why it is said to be of its call: sdp, ice, symmetric, ssrc, rtcp or nat.") \
	_(SIDE, "side", "Side", CHOICE, NULL, 6, MORE, INDEX, \
	  stream_get_side, choice_side, \
	  "Who sent it: caller or callee.") \
	_(CALLS, "calls", "Calls", COUNT, NULL, 5, MORE, INDEX, \
	  stream_get_calls, NULL, \
	  "Number of calls it is of: legs that a server sent on have the same media.") \
	_(REVERSE, "reverse", "Rev", COUNT, NULL, 5, MORE, INDEX, \
	  stream_get_reverse, NULL, \
	  "Index of the stream the other way between the same ends.") \
	_(CODECS, "codecs", "Codecs", WORDS, NULL, 20, MORE, WALK, \
	  stream_get_codecs, NULL, \
	  "Encoding names of all payload types in it, in the order they came.") \
	_(BYTES, "bytes", "Bytes", COUNT, "bytes", 9, MORE, INDEX, \
	  stream_get_bytes, NULL, \
	  "Length of all payloads.") \
	_(DURATION_MS, "duration_ms", "Duration", SPAN, "ms", 9, MORE, INDEX, \
	  stream_get_duration, NULL, \
	  "First packet to last packet.") \
	_(INTERVAL_MS, "interval_ms", "Interval", SPAN, "ms", 8, MORE, INDEX, \
	  stream_get_interval, NULL, \
	  "Time that one packet covers, as its timestamps say.") \
	_(PTIME_MS, "ptime_ms", "Ptime", COUNT, "ms", 5, MORE, INDEX, \
	  stream_get_ptime, NULL, \
	  "Time that one packet should cover, as the session description asks.") \
	_(MARKERS, "markers", "Marks", COUNT, NULL, 5, MORE, INDEX, \
	  stream_get_markers, NULL, \
	  "Packets with the marker bit.") \
	_(TIMESTAMP_JUMPS, "timestamp_jumps", "Jumps", COUNT, NULL, 5, MORE, INDEX, \
	  stream_get_timestamp_jumps, NULL, \
	  "Jumps of the timestamps that the time of arrival does not explain.") \
	_(GAPS, "gaps", "Gaps", COUNT, NULL, 5, MORE, INDEX, \
	  stream_get_gaps, NULL, \
	  "Pauses without loss, as of silence suppression.") \
	_(LATE, "late", "Late", COUNT, NULL, 5, MORE, INDEX, \
	  stream_get_late, NULL, \
	  "Packets that came too late for the jitter buffer (setting jitter-buffer).") \
	_(RECOVERED, "recovered", "Recov", COUNT, NULL, 5, MORE, INDEX, \
	  stream_get_recovered, NULL, \
	  "Lost packets of T.38 whose content came again with a later one.") \
	_(SEGMENTS, "segments", "Segs", COUNT, NULL, 4, MORE, INDEX, \
	  stream_get_segments, NULL, \
	  "Parts between which neither loss nor jitter is counted: numbers or timestamps that " \
	  "start anew, a pause, another payload type.") \
	_(BURSTS, "bursts", "Bursts", COUNT, NULL, 6, MORE, INDEX, \
	  stream_get_bursts, NULL, \
	  "Bursts of loss (RFC 3611 4.7.2).") \
	_(BURST_DURATION_MS, "burst_duration_ms", "Burst", SPAN, "ms", 9, MORE, INDEX, \
	  stream_get_burst_duration, NULL, \
	  "Mean length of its bursts.") \
	_(BURST_DENSITY, "burst_density", "Burst d.", REAL, NULL, 8, MORE, INDEX, \
	  stream_get_burst_density, NULL, \
	  "Part of the packets lost or late in bursts, 0 to 1.") \
	_(GAP_DENSITY, "gap_density", "Gap d.", REAL, NULL, 6, MORE, INDEX, \
	  stream_get_gap_density, NULL, \
	  "Part of the packets lost or late between bursts, 0 to 1.") \
	_(BURST_RATIO, "burst_ratio", "BurstR", REAL, NULL, 6, MORE, INDEX, \
	  stream_get_burst_ratio, NULL, \
	  "How much losses come together: 1 for random ones (BurstR of ITU-T G.107).") \
	_(FLAWS, "flaws", "Flaws", LIST, NULL, 16, MORE, INDEX, \
	  stream_get_flaws, choice_flaw, \
	  "What is wrong with its packets, by name.") \
	_(CRYPTO, "crypto", "Crypto", LIST, NULL, 24, MORE, INDEX, \
	  stream_get_crypto, choice_crypto, \
	  "Suites its session description offers keys for, or DTLS-SRTP; media is not decrypted.") \
	_(ROUND_TRIP_MS, "round_trip_ms", "RTT", SPAN, "ms", 9, LIST, INDEX, \
	  stream_get_round_trip, NULL, \
	  "Round trip of its whole path, by RTCP.") \
	_(DELAY_MS, "delay_ms", "Delay", SPAN, "ms", 9, LIST, INDEX, \
	  stream_get_delay, NULL, \
	  "Delay from mouth to ear that the estimated quality counts with.") \
	_(DELAY_ASSUMED, "delay_assumed", "Assumed", BOOL, NULL, 7, LIST, INDEX, \
	  stream_get_delay_assumed, NULL, \
	  "Whether that delay is assumed, as no round trip was measured.") \
	_(REPORTS, "reports", "Reports", COUNT, NULL, 7, LIST, TEXT, \
	  stream_get_reports, NULL, \
	  "Reports about it by an end of the call.") \
	_(REPORTED_BY, "reported_by", "Told by", LIST, NULL, 9, LIST, TEXT, \
	  stream_get_reported_by, choice_report, \
	  "What brought the reports: rtcp, rtcp-xr, hep, vq-rtcpxr or header.") \
	_(REPORTED_PACKETS, "reported_packets", "Told pkts", COUNT, NULL, 9, LIST, TEXT, \
	  stream_get_reported_packets, NULL, \
	  "Packets, as the last report says that tells them.") \
	_(REPORTED_LOST, "reported_lost", "Told lost", COUNT, NULL, 9, LIST, TEXT, \
	  stream_get_reported_lost, NULL, \
	  "Packets lost, as the last report says that tells them; copies make it negative.") \
	_(REPORTED_LOST_PERCENT, "reported_lost_percent", "Told loss", PERCENT, "%", 9, LIST, TEXT, \
	  stream_get_reported_lost_percent, NULL, \
	  "Loss in percent, as the last report says that tells it.") \
	_(REPORTED_JITTER_MS, "reported_jitter_ms", "Told jitter", SPAN, "ms", 11, LIST, TEXT, \
	  stream_get_reported_jitter, NULL, \
	  "Interarrival jitter, as the last report says that tells it.") \
	_(REPORTED_MOS, "reported_mos", "Told MOS", REAL, NULL, 8, LIST, TEXT, \
	  stream_get_reported_mos, NULL, \
	  "MOS, as the last report says that tells it: of the conversation, else of listening.") \
	_(REPORTED_ROUND_TRIP_MS, "reported_round_trip_ms", "Told RTT", SPAN, "ms", 9, LIST, TEXT, \
	  stream_get_reported_round_trip, NULL, \
	  "Round trip, as the last report says that tells it.") \
	_(QUALITY, "quality", "Quality", CHOICE, NULL, 8, LIST, WALK, \
	  stream_get_quality, choice_quality, \
	  "good; brief, where loss or MOS of the worst 10 seconds were beyond a limit, but for less than its time; warning or critical, where they were beyond that limit for longer.") \
	_(QUALITY_SINCE, "quality_since", "Since", TIME, NULL, 15, LIST, WALK, \
	  stream_get_quality_since, NULL, \
	  "When it was so for the first time.") \
	_(QUALITY_DURATION_MS, "quality_duration_ms", "For", SPAN, "ms", 9, LIST, WALK, \
	  stream_get_quality_duration, NULL, \
	  "How long it was so, all times together.") \
	_(QUALITY_TIMES, "quality_times", "Times", COUNT, NULL, 5, LIST, WALK, \
	  stream_get_quality_times, NULL, \
	  "How often it was so.") \
	_(WORST_LOSS_PERCENT, "worst_loss_percent", "Worst loss", PERCENT, "%", 10, LIST, WALK, \
	  stream_get_worst_loss, NULL, \
	  "Loss of the worst 10 seconds in percent, late packets included.") \
	_(WORST_MOS, "worst_mos", "Worst MOS", REAL, NULL, 9, LIST, WALK, \
	  stream_get_worst_mos, NULL, \
	  "Estimated MOS of the worst 10 seconds.") \
	_(WORST_AT, "worst_at", "Worst at", TIME, NULL, 15, LIST, WALK, \
	  stream_get_worst_at, NULL, \
	  "When the 10 seconds of the worst loss began.") \
	_(DTMF, "dtmf", "DTMF", TEXT, NULL, 12, MORE, WALK, \
	  stream_get_dtmf, NULL, \
	  "Digits in it (RFC 4733), once each.") \
	_(FRAME, "frame", "Frame", COUNT, NULL, 7, MORE, INDEX, \
	  stream_get_frame, NULL, \
	  "Record of its file with its first packet, from 1.") \
	_(VLAN, "vlan", "VLAN", COUNT, NULL, 4, MORE, INDEX, \
	  stream_get_vlan, NULL, \
	  "Outermost VLAN id of its first packet.")

enum stream_field {
#define STREAM_FIELD_ID(id, ...) STREAM_FIELD_##id,
	STREAM_FIELDS(STREAM_FIELD_ID)
#undef STREAM_FIELD_ID
	STREAM_FIELD_TOTAL
};

extern const struct field_def stream_field_defs[STREAM_FIELD_TOTAL];

/** Fields of a second of a stream: id, name, title, kind, unit, width, getter, choices,
 * help. They are columns of "rung streams --series" and of nothing else. */
#define SECOND_FIELDS(_) \
	_(TIME, "time", "Time", TIME, NULL, 15, second_get_time, NULL, \
	  "Beginning of the second, counted from the first packet of the stream.") \
	_(SECOND, "second", "Second", COUNT, "s", 6, second_get_second, NULL, \
	  "Seconds since the first packet of the stream.") \
	_(RECEIVED, "received", "Recv", COUNT, NULL, 5, second_get_received, NULL, \
	  "Packets that came, copies aside.") \
	_(LOST, "lost", "Lost", COUNT, NULL, 5, second_get_lost, NULL, \
	  "Packets found to be missing.") \
	_(LATE, "late", "Late", COUNT, NULL, 5, second_get_late, NULL, \
	  "Packets that came too late for the jitter buffer.") \
	_(COPIES, "copies", "Dup", COUNT, NULL, 5, second_get_copies, NULL, \
	  "Packets that came again.") \
	_(OUT_OF_ORDER, "out_of_order", "Ooo", COUNT, NULL, 4, second_get_out_of_order, NULL, \
	  "Packets that came after one with a higher sequence number.") \
	_(JITTER_MS, "jitter_ms", "Jitter", SPAN, "ms", 9, second_get_jitter, NULL, \
	  "Mean interarrival jitter.") \
	_(MAX_DELTA_MS, "max_delta_ms", "Max delta", SPAN, "ms", 9, second_get_max_delta, NULL, \
	  "Longest time between packets.") \
	_(MOS, "mos", "Est. MOS", REAL, NULL, 8, second_get_mos, NULL, \
	  "Estimated quality of this second.") \
	_(R_FACTOR, "r_factor", "Est. R", REAL, NULL, 6, second_get_r_factor, NULL, \
	  "Estimated rating factor of this second.") \
	_(BURST_RATIO, "burst_ratio", "BurstR", REAL, NULL, 6, second_get_burst_ratio, NULL, \
	  "How much losses come together: 1 for random ones.") \
	_(FLAGS, "flags", "Flags", LIST, NULL, 16, second_get_flags, choice_flag, \
	  "What else was in it: event (digits), noise (comfort noise), segment (one began), " \
	  "gap (pause without loss), marker, step (jump of timestamps).")

enum second_field {
#define SECOND_FIELD_ID(id, ...) SECOND_FIELD_##id,
	SECOND_FIELDS(SECOND_FIELD_ID)
#undef SECOND_FIELD_ID
	SECOND_FIELD_TOTAL
};

extern const struct field_def second_field_defs[SECOND_FIELD_TOTAL];

/** Parse columns of seconds: theirs, and fields of streams. NULL columns: the usual ones,
 * call_id, source, destination, ssrc and all of theirs. As field_list_parse(). */
int second_list_parse(const char *columns, struct field **fields, size_t *n, struct err *err);

#endif
