/**
 * @file call_fields.h  The fields of a call, one row each.
 *
 * The rows marked LIST are the columns of answers where none were chosen; their
 * names and order are fixed.
 */
#ifndef QUERY_CALL_FIELDS_H
#define QUERY_CALL_FIELDS_H

#include "query/field.h"

/** id, name, title, kind, unit, width, LIST or MORE, getter, choices, help */
#define CALL_INDEX_FIELDS(_) \
	_(INDEX, "index", "Idx", COUNT, NULL, 5, LIST, \
	  call_get_index, NULL, \
	  "Order in which the call was first seen, from 1.") \
	_(CALL_ID, "call_id", "Call-ID", TEXT, NULL, 24, LIST, \
	  call_get_call_id, NULL, \
	  "Its Call-ID.") \
	_(METHOD, "method", "Method", TEXT, NULL, 9, LIST, \
	  call_get_method, NULL, \
	  "Method of its first request.") \
	_(STATE, "state", "State", CHOICE, NULL, 14, LIST, \
	  call_get_state, choice_state, \
	  "What became of it: setup, ringing, in call, completed, cancelled, busy, rejected ...") \
	_(FROM, "from", "From", TEXT, NULL, 24, LIST, \
	  call_get_from, NULL, \
	  "URI of the From header.") \
	_(FROM_USER, "from_user", "From", TEXT, NULL, 16, LIST, \
	  call_get_from_user, NULL, \
	  "User part or number of the From header.") \
	_(TO, "to", "To", TEXT, NULL, 24, LIST, \
	  call_get_to, NULL, \
	  "URI of the To header.") \
	_(TO_USER, "to_user", "To", TEXT, NULL, 16, LIST, \
	  call_get_to_user, NULL, \
	  "User part or number of the To header.") \
	_(SOURCE, "source", "Source", ADDRESS, NULL, 21, LIST, \
	  call_get_source, NULL, \
	  "Where the first request came from, address:port.") \
	_(DESTINATION, "destination", "Destination", ADDRESS, NULL, 21, LIST, \
	  call_get_destination, NULL, \
	  "Where the first request went, address:port.") \
	_(TRANSPORT, "transport", "Tr", CHOICE, NULL, 4, LIST, \
	  call_get_transport, field_transport, \
	  "What the first request travelled over: udp, tcp, tls, ws, wss, sctp.") \
	_(MESSAGES, "messages", "Msgs", COUNT, NULL, 5, LIST, \
	  call_get_messages, NULL, \
	  "Number of SIP messages, retransmissions and copies included.") \
	_(RETRANSMISSIONS, "retransmissions", "Rtx", COUNT, NULL, 4, LIST, \
	  call_get_retransmissions, NULL, \
	  "Messages that were sent again by their sender.") \
	_(START, "start", "Start", TIME, NULL, 15, LIST, \
	  call_get_start, NULL, \
	  "Time of the first message.") \
	_(ANSWERED, "answered", "Answered", TIME, NULL, 15, LIST, \
	  call_get_answered, NULL, \
	  "Time of the first 2xx response.") \
	_(END, "end", "End", TIME, NULL, 15, LIST, \
	  call_get_end, NULL, \
	  "Time of the BYE, of the CANCEL or of the final refusal, at the caller's hop if seen there.") \
	_(SETUP_MS, "setup_ms", "Setup", SPAN, "ms", 9, LIST, \
	  call_get_setup, NULL, \
	  "INVITE to its 2xx response.") \
	_(PDD_MS, "pdd_ms", "PDD", SPAN, "ms", 9, LIST, \
	  call_get_pdd, NULL, \
	  "Post-dial delay: INVITE to the first response above 100 (RFC 6076 4.3.1).") \
	_(DURATION_MS, "duration_ms", "Duration", SPAN, "ms", 9, LIST, \
	  call_get_duration, NULL, \
	  "2xx response to BYE.") \
	_(STATUS, "status", "Code", STATUS, NULL, 4, LIST, \
	  call_get_status, NULL, \
	  "Final status.") \
	_(REASON, "reason", "Reason", TEXT, NULL, 22, LIST, \
	  call_get_reason, NULL, \
	  "Reason phrase of the final status.") \
	_(ENDED_BY, "ended_by", "By", CHOICE, NULL, 7, LIST, \
	  call_get_ended_by, choice_side, \
	  "Who ended it: caller or callee.") \
	_(KIND, "kind", "Kind", CHOICE, NULL, 9, MORE, \
	  call_get_kind, choice_kind, \
	  "invite, register, subscribe, or single for any other request.") \
	_(RING_MS, "ring_ms", "Ring", SPAN, "ms", 9, MORE, \
	  call_get_ring, NULL, \
	  "First 180 to the 2xx response, or to the end where there was none.") \
	_(LAST, "last", "Last", TIME, NULL, 15, MORE, \
	  call_get_last, NULL, \
	  "Time of the last message.") \
	_(DUPLICATES, "duplicates", "Dup", COUNT, NULL, 4, MORE, \
	  call_get_duplicates, NULL, \
	  "Messages that were captured more than once.") \
	_(CAUSE, "cause", "Q.850", COUNT, NULL, 5, MORE, \
	  call_get_cause, NULL, \
	  "Q.850 cause of a Reason header.") \
	_(REASON_HEADER, "reason_header", "Reason header", TEXT, NULL, 22, MORE, \
	  call_get_reason_header, NULL, \
	  "Text of a Reason header.") \
	_(EXPIRES_S, "expires_s", "Expires", COUNT, "s", 7, MORE, \
	  call_get_expires, NULL, \
	  "Expiry granted to a registration or subscription, in seconds.") \
	_(FLAWS, "flaws", "Flaws", LIST, NULL, 20, MORE, \
	  call_get_flaws, NULL, \
	  "What was seen to be wrong with its messages on the way in, by name.") \
	_(SDP, "sdp", "SDP", BOOL, NULL, 3, MORE, \
	  call_get_sdp, NULL, \
	  "Whether a message carries a session description.") \
	_(ACKED, "acked", "Ack", BOOL, NULL, 3, MORE, \
	  call_get_acked, NULL, \
	  "Whether the 2xx was acknowledged.") \
	_(FORKED, "forked", "Fork", BOOL, NULL, 4, MORE, \
	  call_get_forked, NULL, \
	  "Whether more than one To tag answered.") \
	_(CHALLENGED, "challenged", "Auth", BOOL, NULL, 4, MORE, \
	  call_get_challenged, NULL, \
	  "Whether a 401 or 407 came at some time.") \
	_(MIDDLE, "middle", "Mid", BOOL, NULL, 3, MORE, \
	  call_get_middle, NULL, \
	  "Whether its beginning is not in the capture.") \
	_(REINVITE_FAILED, "reinvite_failed", "Re", BOOL, NULL, 3, MORE, \
	  call_get_reinvite_failed, NULL, \
	  "Whether a request inside the dialog was refused.") \
	_(CARRIER, "carrier", "Carrier", CHOICE, NULL, 7, MORE, \
	  call_get_carrier, field_carrier, \
	  "What brought its first request into the capture, when not its own packet: hep.")

/** What its streams tell: the same columns, and before the getter WALK or TEXT. */
#define CALL_MEDIA_FIELDS(_) \
	_(STREAMS, "streams", "Strm", COUNT, NULL, 4, MORE, WALK, \
	  call_get_streams, NULL, \
	  "Number of RTP and T.38 streams of it.") \
	_(CODECS, "codecs", "Codecs", WORDS, NULL, 12, MORE, WALK, \
	  call_get_codecs, NULL, \
	  "Codecs seen in its streams, once each; events and comfort noise are none.") \
	_(MOS, "mos", "Est. MOS", REAL, NULL, 8, MORE, WALK, \
	  call_get_mos, NULL, \
	  "Estimated MOS of its worst stream, 1 to 4.5, by the E-model (ITU-T G.107).") \
	_(LOSS_PERCENT, "loss_percent", "Loss", PERCENT, "%", 7, MORE, WALK, \
	  call_get_loss_percent, NULL, \
	  "Packets lost of its worst stream, in percent.") \
	_(JITTER_MS, "jitter_ms", "Jitter", SPAN, "ms", 9, MORE, WALK, \
	  call_get_jitter, NULL, \
	  "Mean interarrival jitter of its worst stream (RFC 3550 6.4.1).") \
	_(DTMF, "dtmf", "DTMF", TEXT, NULL, 12, MORE, TEXT, \
	  call_get_dtmf, NULL, \
	  "Digits pressed in it, once each, in order of time: in its streams (RFC 4733), by INFO or KPML.") \
	_(AUDIO, "audio", "Audio", CHOICE, NULL, 6, MORE, WALK, \
	  call_get_audio, choice_audio, \
	  "Who was heard between answer and end: both, caller, callee or none; of answered calls, where there is media at all.") \
	_(AUDIO_FAULTS, "audio_faults", "Audio faults", LIST, NULL, 12, MORE, WALK, \
	  call_get_audio_faults, choice_fault, \
	  "What is wrong with its audio: one_way, no_audio, where it should have been sent for 3 s and the capture would have it; bad_audio where a stream was warning or critical; late_audio, cut_audio where a side was heard, but not for 3 s after it should have been, or in the last 5 s; loss_unseen where RTCP tells of more losses, by warning-loss, than the capture has.") \
	_(AUDIO_UNSEEN, "audio_unseen", "Audio unseen", LIST, NULL, 12, MORE, WALK, \
	  call_get_audio_unseen, choice_unseen, \
	  "What RTCP tells of the audio of a side of which the capture has nothing: caller_sent, callee_sent, that it sent some; caller_heard, callee_heard, that the other side got some.")

/** Fields that are those of its messages: id, name, title, kind, unit, width,
 * MORE, help; the message field has the same id. */
#define CALL_TEXT_FIELDS(_) \
	_(REQUEST_URI, "request_uri", "Request-URI", TEXT, NULL, 24, MORE, \
	  "Request-URI of the first request.") \
	_(USER_AGENT, "user_agent", "User agent", TEXT, NULL, 24, MORE, \
	  "User-Agent or Server header of the first message that has one.") \
	_(CONTACT, "contact", "Contact", TEXT, NULL, 24, MORE, \
	  "Contact header of the first message that has one.") \
	_(TEXT, "text", "Text", TEXT, NULL, 40, MORE, \
	  "Text of the first message; in filters, of every message.")

enum call_field {
#define CALL_FIELD_ID(id, ...) CALL_FIELD_##id,
	CALL_INDEX_FIELDS(CALL_FIELD_ID)
	CALL_MEDIA_FIELDS(CALL_FIELD_ID)
	CALL_TEXT_FIELDS(CALL_FIELD_ID)
#undef CALL_FIELD_ID
	CALL_FIELD_TOTAL
};

extern const struct field_def call_field_defs[CALL_FIELD_TOTAL];

#endif
