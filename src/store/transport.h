/** @file transport.h  What a message travelled over. */
#ifndef STORE_TRANSPORT_H
#define STORE_TRANSPORT_H

/** id, name (fields, filters), name as people write it */
#define TRANSPORTS(_) \
	_(UDP,  "udp",  "UDP") \
	_(TCP,  "tcp",  "TCP") \
	_(TLS,  "tls",  "TLS") \
	_(WS,   "ws",   "WS") \
	_(WSS,  "wss",  "WSS") \
	_(SCTP, "sctp", "SCTP")

enum transport {
#define TRANSPORT_ID(id, ...) TRANSPORT_##id,
	TRANSPORTS(TRANSPORT_ID)
#undef TRANSPORT_ID
	TRANSPORT_COUNT
};

/** What brought a message into the capture, when not its own packet. */
enum carrier {
	CARRIER_NONE,
	CARRIER_HEP,
};

/** Static, lower case. */
const char *transport_name(enum transport t);
/** "hep"; NULL for CARRIER_NONE. Static. */
const char *carrier_name(enum carrier c);

#endif
