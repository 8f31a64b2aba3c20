/**
 * @file save.h  What is asked for when calls are to be saved to a file.
 *
 * The work is the program's (app/), as it takes a second look at the inputs; the
 * screens and the command line ask for it in the same words. A file is written
 * beside its name, and renamed when it is whole.
 */
#ifndef EXPORT_SAVE_H
#define EXPORT_SAVE_H

#include "base/err.h"
#include "base/str.h"

/** id, name, suffix, what it is */
#define SAVE_FORMATS(_) \
	_(PCAP, "pcap", ".pcap", "packets, as captured") \
	_(PCAPNG, "pcapng", ".pcapng", "packets, with names and comments") \
	_(TEXT, "text", ".txt", "messages, as read on the screen") \
	_(JSON, "json", ".json", "messages, one object a line") \
	_(CSV, "csv", ".csv", "messages, a row each")

enum save_format {
#define SAVE_FORMAT_ID(id, ...) SAVE_##id,
	SAVE_FORMATS(SAVE_FORMAT_ID)
#undef SAVE_FORMAT_ID
	SAVE_FORMAT_COUNT
};

struct save_format_def {
	const char *name, *suffix, *help;
};

extern const struct save_format_def save_format_defs[SAVE_FORMAT_COUNT];

/** Whether a file of this name is to be packed with gzip: it ends in .gz. */
bool save_is_packed(struct str path);

/**
 * The format that the end of a name tells of, in any case, with .gz after it or not.
 * @return SAVE_FORMAT_COUNT when it tells none. *stem: bytes of @p path before
 *         that end, all of them for none.
 */
enum save_format save_format_of(struct str path, size_t *stem);

/** What becomes of TLS in formats with packets. */
enum save_secrecy {
	SAVE_ENCRYPTED,		/**< as captured, and no secrets */
	SAVE_WITH_SECRETS,	/**< as captured, with the secrets of its connections: pcapng */
	SAVE_DECRYPTED,		/**< the messages alone, as exported PDUs */
};

struct save_request {
	const char *path;	/**< of the file; "-": standard output */
	char *const *paths;	/**< NULL; or one file a call, and path is but a name for all */
	const uint32_t *calls;	/**< indexes of the store, ascending */
	size_t n;
	uint32_t message;	/**< this message alone; MESSAGE_NONE: all of the calls */
	const uint32_t *streams;	/**< pcap, pcapng: the packets of these and the RTCP about
					     them, instead of calls; in any order */
	size_t stream_n;	/**< 0: calls, or a message */
	enum save_format format;
	bool rtp;		/**< pcap, pcapng: with the RTP and RTCP of the calls */
	enum save_secrecy secrecy;	/**< pcap, pcapng */
	bool overwrite;		/**< a file of that name; else it is an error (EEXIST) */
	const char *comment;	/**< pcapng: kept in the file; NULL: none */
};

struct save;

enum save_state {
	SAVE_RUNNING,
	SAVE_DONE,
	SAVE_FAILED,		/**< *err tells; there is no new file */
};

struct save_progress {
	uint64_t done, total;	/**< bytes read, or messages written, of how many */
	uint64_t packets;	/**< written; 0 in formats without packets */
	uint64_t rtp_packets;	/**< of them RTP and RTCP */
	uint64_t messages;	/**< written; of the calls, in formats with packets */
	uint64_t missing;	/**< packets that could not be read again, and nothing else is
				     there for them */
	uint64_t built;		/**< messages, written as datagrams of their own: their packets
				     could not be read again, such as those of a pipe */
	uint64_t tls;		/**< TLS connections in it, as captured */
	uint64_t tls_secrets;	/**< of them with their secrets in it */
	uint64_t decrypted;	/**< messages, written as text that was decrypted */
	bool media_gone;	/**< media of the calls may have been there, and not kept; */
	bool media_unkept;	/**< that is because it was not asked for (-r) */
};

#endif
