/**
 * @file message_fields.h  The fields of a message, one row each.
 *
 * The rows marked LIST are the columns of answers where none were chosen; their
 * names and order are fixed.
 */
#ifndef QUERY_MESSAGE_FIELDS_H
#define QUERY_MESSAGE_FIELDS_H

#include "query/field.h"

/** id, name, title, kind, unit, width, LIST or MORE, INDEX or TEXT, getter,
 * choices, help */
#define MESSAGE_FIELDS(_) \
	_(FRAME, "frame", "Frame", COUNT, NULL, 7, LIST, INDEX, \
	  message_get_frame, NULL, \
	  "Record of its file that completed it, from 1.") \
	_(TIME, "time", "Time", TIME, NULL, 15, LIST, INDEX, \
	  message_get_time, NULL, \
	  "Time of that record.") \
	_(CALL_ID, "call_id", "Call-ID", TEXT, NULL, 24, LIST, INDEX, \
	  message_get_call_id, NULL, \
	  "Its Call-ID.") \
	_(SOURCE, "source", "Source", ADDRESS, NULL, 21, LIST, INDEX, \
	  message_get_source, NULL, \
	  "Where it came from, address:port.") \
	_(DESTINATION, "destination", "Destination", ADDRESS, NULL, 21, LIST, INDEX, \
	  message_get_destination, NULL, \
	  "Where it went, address:port.") \
	_(TRANSPORT, "transport", "Tr", CHOICE, NULL, 4, LIST, INDEX, \
	  message_get_transport, field_transport, \
	  "What it travelled over: udp, tcp, tls, ws, wss, sctp.") \
	_(METHOD, "method", "Method", TEXT, NULL, 9, LIST, INDEX, \
	  message_get_method, NULL, \
	  "Method of a request; responses have none.") \
	_(STATUS, "status", "Code", STATUS, NULL, 4, LIST, INDEX, \
	  message_get_status, NULL, \
	  "Status of a response.") \
	_(REASON, "reason", "Reason", TEXT, NULL, 22, LIST, TEXT, \
	  message_get_reason, NULL, \
	  "Reason phrase of a response.") \
	_(CSEQ, "cseq", "CSeq", COUNT, NULL, 6, LIST, INDEX, \
	  message_get_cseq, NULL, \
	  "Number of the CSeq header.") \
	_(CSEQ_METHOD, "cseq_method", "CSeq", TEXT, NULL, 9, LIST, INDEX, \
	  message_get_cseq_method, NULL, \
	  "Method of the CSeq header: what a response answers.") \
	_(FROM_USER, "from_user", "From", TEXT, NULL, 16, LIST, TEXT, \
	  message_get_from_user, NULL, \
	  "User part or number of the From header.") \
	_(TO_USER, "to_user", "To", TEXT, NULL, 16, LIST, TEXT, \
	  message_get_to_user, NULL, \
	  "User part or number of the To header.") \
	_(BYTES, "bytes", "Bytes", COUNT, "bytes", 6, LIST, INDEX, \
	  message_get_bytes, NULL, \
	  "Length of its text.") \
	_(SDP, "sdp", "SDP", BOOL, NULL, 3, LIST, INDEX, \
	  message_get_sdp, NULL, \
	  "Whether it carries a session description.") \
	_(RETRANSMISSION, "retransmission", "Rtx", BOOL, NULL, 3, LIST, INDEX, \
	  message_get_retransmission, NULL, \
	  "Whether its sender had sent it before.") \
	_(DUPLICATE, "duplicate", "Dup", BOOL, NULL, 3, LIST, INDEX, \
	  message_get_duplicate, NULL, \
	  "Whether it is the same packet captured again.") \
	_(FLAWS, "flaws", "Flaws", LIST, NULL, 20, LIST, TEXT, \
	  message_get_flaws, NULL, \
	  "What is wrong with it, by name.") \
	_(FRAMES, "frames", "Frames", NUMBERS, NULL, 14, LIST, INDEX, \
	  message_get_frames, NULL, \
	  "Records that carried it, in the order of its bytes.") \
	_(FIRST_BYTE, "first_byte", "First byte", TIME, NULL, 15, LIST, INDEX, \
	  message_get_first_byte, NULL, \
	  "Time of the record of its first byte.") \
	_(LAST_BYTE, "last_byte", "Last byte", TIME, NULL, 15, LIST, INDEX, \
	  message_get_last_byte, NULL, \
	  "Time of the record of its last byte.") \
	_(CARRIER, "carrier", "Carrier", CHOICE, NULL, 7, LIST, INDEX, \
	  message_get_carrier, field_carrier, \
	  "What brought it into the capture, when not its own packet: hep.") \
	_(NODE, "node", "Node", COUNT, NULL, 6, MORE, INDEX, \
	  message_get_node, NULL, \
	  "Capture agent that sent it by HEP.") \
	_(HAPPENED, "happened", "Happened", CHOICE, NULL, 11, MORE, INDEX, \
	  message_get_nothing, field_event, \
	  "Of a row of a flow that is no message: what happened, by name.") \
	_(DETAIL, "detail", "Detail", TEXT, NULL, 30, MORE, INDEX, \
	  message_get_nothing, NULL, \
	  "Of a row of a flow that is no message: what happened, in words.") \
	_(INDEX, "index", "Idx", COUNT, NULL, 7, MORE, INDEX, \
	  message_get_index, NULL, \
	  "Its order among all messages, from 1.") \
	_(CALL, "call", "Call", COUNT, NULL, 5, MORE, INDEX, \
	  message_get_call, NULL, \
	  "Index of its call.") \
	_(REQUEST, "request", "Req", BOOL, NULL, 3, MORE, INDEX, \
	  message_get_request, NULL, \
	  "Whether it is a request.") \
	_(IN_DIALOG, "in_dialog", "Dlg", BOOL, NULL, 3, MORE, INDEX, \
	  message_get_in_dialog, NULL, \
	  "Whether its To header has a tag.") \
	_(DELTA_MS, "delta_ms", "Delta", SPAN, "ms", 9, MORE, INDEX, \
	  message_get_delta, NULL, \
	  "Since the message of its call before it.") \
	_(SINCE_MS, "since_ms", "Since", SPAN, "ms", 9, MORE, INDEX, \
	  message_get_since, NULL, \
	  "Since the first message of its call.") \
	_(TTL, "ttl", "TTL", COUNT, NULL, 3, MORE, INDEX, \
	  message_get_ttl, NULL, \
	  "IP time to live, or hop limit.") \
	_(VLAN, "vlan", "VLAN", COUNT, NULL, 4, MORE, INDEX, \
	  message_get_vlan, NULL, \
	  "Outermost VLAN id.") \
	_(FROM, "from", "From", TEXT, NULL, 24, MORE, TEXT, \
	  message_get_from, NULL, \
	  "URI of the From header.") \
	_(TO, "to", "To", TEXT, NULL, 24, MORE, TEXT, \
	  message_get_to, NULL, \
	  "URI of the To header.") \
	_(FROM_TAG, "from_tag", "From tag", TEXT, NULL, 16, MORE, TEXT, \
	  message_get_from_tag, NULL, \
	  "Tag of the From header.") \
	_(TO_TAG, "to_tag", "To tag", TEXT, NULL, 16, MORE, TEXT, \
	  message_get_to_tag, NULL, \
	  "Tag of the To header.") \
	_(REQUEST_URI, "request_uri", "Request-URI", TEXT, NULL, 24, MORE, TEXT, \
	  message_get_request_uri, NULL, \
	  "Request-URI of a request.") \
	_(BRANCH, "branch", "Branch", TEXT, NULL, 20, MORE, TEXT, \
	  message_get_branch, NULL, \
	  "Branch of the topmost Via header.") \
	_(CONTACT, "contact", "Contact", TEXT, NULL, 24, MORE, TEXT, \
	  message_get_contact, NULL, \
	  "Contact header.") \
	_(USER_AGENT, "user_agent", "User agent", TEXT, NULL, 24, MORE, TEXT, \
	  message_get_user_agent, NULL, \
	  "User-Agent header, else Server header.") \
	_(REASON_HEADER, "reason_header", "Reason header", TEXT, NULL, 22, MORE, TEXT, \
	  message_get_reason_header, NULL, \
	  "Reason header.") \
	_(WARNING, "warning", "Warning", TEXT, NULL, 22, MORE, TEXT, \
	  message_get_warning, NULL, \
	  "Warning header.") \
	_(EVENT, "event", "Event", TEXT, NULL, 12, MORE, TEXT, \
	  message_get_event, NULL, \
	  "Event header.") \
	_(CONTENT_TYPE, "content_type", "Content-Type", TEXT, NULL, 18, MORE, TEXT, \
	  message_get_content_type, NULL, \
	  "Content-Type header.") \
	_(BODY_BYTES, "body_bytes", "Body", COUNT, "bytes", 6, MORE, TEXT, \
	  message_get_body_bytes, NULL, \
	  "Length of its body.") \
	_(MAX_FORWARDS, "max_forwards", "MF", COUNT, NULL, 3, MORE, TEXT, \
	  message_get_max_forwards, NULL, \
	  "Max-Forwards header.") \
	_(TEXT, "text", "Text", TEXT, NULL, 40, MORE, TEXT, \
	  message_get_text, NULL, \
	  "All of its text, as captured.")

enum message_field {
#define MESSAGE_FIELD_ID(id, ...) MESSAGE_FIELD_##id,
	MESSAGE_FIELDS(MESSAGE_FIELD_ID)
#undef MESSAGE_FIELD_ID
	MESSAGE_FIELD_TOTAL
};

extern const struct field_def message_field_defs[MESSAGE_FIELD_TOTAL];

#endif
