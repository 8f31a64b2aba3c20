/** @file tls_list.h  The TLS connections of a capture, decrypted or not. */
#ifndef APP_TLS_LIST_H
#define APP_TLS_LIST_H

#include "app/options.h"
#include "net/addr.h"
#include "transport/tls.h"

/** One connection. */
struct tls_connection {
	struct net_endpoint client, server;
	int64_t first, last;	/**< times of its first and last packet; TIME_NONE */
	uint64_t frame;		/**< of its first packet */
	uint16_t source;	/**< index of the source in the capture set */
	struct tls_info info;	/**< owned by who owns the record */
};

/** Zeroes are useful. */
struct tls_list_options {
	enum output_format format;
	bool utc, ascii;	/**< text */
	bool terminal;		/**< a person reads this: json and csv are made visible too */
};

/**
 * Write @p n connections in the order given. Text: a block of lines for each,
 * made visible. JSON: one object a line, lists as arrays, null where nothing was
 * seen. CSV: a header row, lists with a blank between their items. What was "sent"
 * is what the client sent. Fields: time end frame source destination server_name
 * version version_offered suite suites_offered suites_offered_count alpn subject
 * issuer names not_before not_after client_certificate resumed retried early_data
 * stage alerts bytes_sent bytes_received text_bytes_sent text_bytes_received
 * client_random decrypted reason flaws.
 * @return 0, or -1 with errno and *err, as sink_end() (export/sink.h).
 */
int tls_list_write(const struct tls_connection *list, size_t n,
		   const struct tls_list_options *options, FILE *out, struct err *err);

#endif
