/**
 * @file options.h  What was asked on the command line.
 *
 * One table of options makes the parser, --help and the man page's section.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "base/buf.h"
#include "base/err.h"

/** Which commands an option belongs to. */
enum option_scope {
	SCOPE_SCREENS = 1 << 0,		/**< rung FILE, without a command */
	SCOPE_CALLS = 1 << 1,
	SCOPE_FLOW = 1 << 2,
	SCOPE_MESSAGES = 1 << 3,
	SCOPE_SAVE = 1 << 4,
	SCOPE_STREAMS = 1 << 5,
	SCOPE_LISTS = SCOPE_CALLS | SCOPE_FLOW | SCOPE_MESSAGES | SCOPE_STREAMS,
	SCOPE_ALL = SCOPE_SCREENS | SCOPE_LISTS | SCOPE_SAVE,
};

/** id, letter (0: none), name, argument (NULL: none), scope, help */
#define OPTIONS(_) \
	_(INPUT,     'I', "input",     "FILE", SCOPE_ALL, \
	  "Read FILE, or standard input for \"-\". May be given several times; records are merged by time.") \
	_(DEVICE,    'd', "device",    "NAME[,NAME]", SCOPE_ALL, \
	  "Capture on these interfaces, until interrupted: \"any\" is all, \"?\" asks. Words behind are a BPF filter.") \
	_(BUFFER,    'B', "buffer",    "MB",   SCOPE_ALL, \
	  "With -d: what the kernel may hold for each interface (64; 1 to 2048).") \
	_(SNAPLEN,   0,   "snaplen",   "N",    SCOPE_ALL, \
	  "With -d: bytes to take of each packet (262144).") \
	_(NO_PROMISCUOUS, 0, "no-promiscuous", NULL, SCOPE_ALL, \
	  "With -d: take only what is for this host.") \
	_(INTERFACES, 0,  "interfaces", NULL,  SCOPE_ALL, \
	  "List the interfaces there are, and quit.") \
	_(KEYLOG,    0,   "keylog",    "FILE", SCOPE_ALL, \
	  "Decrypt TLS with the secrets of this key log, which may still grow. May be given several times. The file that SSLKEYLOGFILE names is read too.") \
	_(KEYFILE,   'k', "keyfile",   "FILE", SCOPE_ALL, \
	  "Decrypt TLS with this RSA private key (PEM), where the key exchange is RSA. May be given several times.") \
	_(HEP_LISTEN, 'L', "eep-listen", "udp|tcp|tls:ADDRESS:PORT", SCOPE_ALL, \
	  "Listen for HEP from capture agents, until interrupted. May be given several times.") \
	_(HEP_SEND,  'H', "eep-send",  "udp|tcp|tls:HOST:PORT", SCOPE_ALL, \
	  "Send every SIP message, and RTCP as JSON, as HEP version 3 to a collector.") \
	_(HEP_PASSWORD, 0, "hep-password", "TEXT", SCOPE_ALL, \
	  "With -L: drop and count HEP packets without this key; with -H: send it.") \
	_(HEP_NODE,  0,   "hep-node",  "N",    SCOPE_ALL, \
	  "With -H: capture agent id to send (2002).") \
	_(HEP_CERT,  0,   "hep-cert",  "FILE", SCOPE_ALL, \
	  "With -L tls: certificate to show (PEM).") \
	_(HEP_KEY,   0,   "hep-key",   "FILE", SCOPE_ALL, \
	  "With -L tls: private key of the certificate (PEM).") \
	_(HEP_INSECURE, 0, "hep-insecure", NULL, SCOPE_ALL, \
	  "With -H tls: take any certificate of the collector.") \
	_(KEEP_RTP,  'r', "rtp",       NULL,   SCOPE_SCREENS, \
	  "Keep the RTP, RTCP and T.38 of live input and pipes too, so that it can be saved with the calls; it is measured anyway.") \
	_(SPOOL,     0,   "spool",     "SIZE", SCOPE_ALL, \
	  "Let temporary files (in $TMPDIR, or /tmp) take up to SIZE, as 500M or 8G, for packets of live input and pipes, and for texts that lie in no file. Without it 4G with live input, 16G else, and no more than half of what is free.") \
	_(NO_RTP,    0,   "no-rtp",    NULL,   SCOPE_ALL, \
	  "Do not look at media: no streams, no quality; --summary counts its packets.") \
	_(WHERE,     'w', "where",     "EXPR", SCOPE_ALL, \
	  "Take only the calls (messages, streams) for which the filter expression EXPR holds.") \
	_(CALL_ID,   0,   "call-id",   "ID",   SCOPE_ALL, \
	  "Take only the calls with this Call-ID. May be given several times.") \
	_(CALLS,     'c', "calls",     NULL,   SCOPE_ALL, \
	  "Take only calls that began with INVITE.") \
	_(SORT,      's', "sort",      "FIELD[,FIELD]", SCOPE_LISTS, \
	  "Order by fields instead of by arrival; a field after \"-\" runs backwards.") \
	_(REVERSE,   0,   "reverse",   NULL,   SCOPE_LISTS, \
	  "Turn the order around.") \
	_(LIMIT,     'n', "limit",     "N",    SCOPE_LISTS, \
	  "Show at most N.") \
	_(COLUMNS,   'o', "columns",   "FIELD[,FIELD]", SCOPE_CALLS | SCOPE_MESSAGES | SCOPE_STREAMS, \
	  "Fields to show, in this order; header.NAME is the header NAME.") \
	_(FORMAT,    0,   "format",    "text|json|csv", SCOPE_LISTS, \
	  "How to write the answer: for people, as one JSON object a line, or as CSV with a heading.") \
	_(TIME,      0,   "time",      "absolute|relative|delta", SCOPE_LISTS, \
	  "Times as clock, since the first message, or since the message before.") \
	_(UTC,       'u', "utc",       NULL,   SCOPE_ALL, \
	  "Times in UTC instead of the local zone.") \
	_(ASCII,     0,   "ascii",     NULL,   SCOPE_ALL, \
	  "Draw with ASCII only.") \
	_(WIDTH,     0,   "width",     "N",    SCOPE_FLOW, \
	  "Cells a ladder may take; without it those of the terminal, or 100.") \
	_(MERGE,     'm', "merge",     NULL,   SCOPE_FLOW, \
	  "Draw all calls as one ladder.") \
	_(PORTS,     0,   "ports",     NULL,   SCOPE_FLOW, \
	  "A lane for each address and port instead of each address.") \
	_(SDP,       0,   "sdp",       "off|first|full", SCOPE_FLOW, \
	  "How much to tell of session descriptions (first).") \
	_(NO_MEDIA,  0,   "no-media",  NULL,   SCOPE_FLOW, \
	  "Leave out the streams of media, and what was heard when.") \
	_(UNFOLD,    0,   "unfold",    NULL,   SCOPE_FLOW, \
	  "Draw retransmissions and duplicates as arrows of their own.") \
	_(RAW,       0,   "raw",       NULL,   SCOPE_MESSAGES, \
	  "Write messages byte for byte as captured.") \
	_(TLS,       0,   "tls",       NULL,   SCOPE_MESSAGES, \
	  "List the TLS connections instead: who, what was agreed, how far it got, and why it is not decrypted.") \
	_(SERIES,    0,   "series",    NULL,   SCOPE_STREAMS, \
	  "Write a row for each second of each stream.") \
	_(SUMMARY,   'S', "summary",   NULL,   SCOPE_ALL, \
	  "Tell what was read: records, bytes, messages, calls, flaws and other protocols by name.") \
	_(OUTPUT,    'o', "output",    "FILE", SCOPE_SAVE, \
	  "Write to FILE, packed where it ends in .gz.") \
	_(SAVE_FORMAT, 0, "format",    "pcap|pcapng|text|json|csv", SCOPE_SAVE, \
	  "What to write; without it the end of the name of FILE tells, else it is pcapng.") \
	_(RTP,       'r', "rtp",       NULL,   SCOPE_SAVE, \
	  "With the RTP, RTCP and T.38 of the calls: exactly the streams that are theirs.") \
	_(FORCE,     0,   "force",     NULL,   SCOPE_SAVE, \
	  "Replace FILE where it is there.") \
	_(NO_INTERFACE, 'N', "no-interface", NULL, SCOPE_SCREENS, \
	  "Read everything, print the number of calls and quit.") \
	_(QUIET,     'q', "quiet",     NULL,   SCOPE_SCREENS, \
	  "With -N: print nothing.") \
	_(CONFIG,    'f', "config",    "FILE", SCOPE_ALL, \
	  "Read settings from FILE after the usual ones.") \
	_(NO_CONFIG, 'F', "no-config", NULL,   SCOPE_ALL, \
	  "Do not read the usual settings files.") \
	_(PRINT_CONFIG, 0, "print-config", NULL, SCOPE_SCREENS, \
	  "Print all settings, keys, colours and names that hold, with comments, as a settings file.") \
	_(SCRIPT,    0,   "script",    "FILE", SCOPE_SCREENS, \
	  "Take keys from FILE instead of a terminal and write the screens it asks for.") \
	_(SCRIPT_OUT, 0,  "script-out", "DIR", SCOPE_SCREENS, \
	  "Where --script writes its screens.") \
	_(HELP,      'h', "help",      NULL,   SCOPE_ALL, "Print this help.") \
	_(VERSION,   'V', "version",   NULL,   SCOPE_ALL, "Print the version and what it was built with.")

enum option_id {
#define OPTION_ID(id, ...) OPTION_##id,
	OPTIONS(OPTION_ID)
#undef OPTION_ID
	OPTION_COUNT
};

struct option_def {
	char letter;
	const char *name;
	const char *arg;
	unsigned scope;
	const char *help;
};

extern const struct option_def option_defs[OPTION_COUNT];

enum output_format {
	OUTPUT_TEXT,
	OUTPUT_JSON,
	OUTPUT_CSV,
};

enum output_time {
	OUTPUT_ABSOLUTE,
	OUTPUT_RELATIVE,
	OUTPUT_DELTA,
};

/** Words of an option that may be given several times. */
struct words {
	const char **list;	/**< owned array */
	size_t n, cap;
};

/** Strings are borrowed from argv, but for the filter. */
struct options {
	struct words inputs, devices, call_ids, keylogs, keyfiles, hep_listen;
	const char *hep_send, *hep_password, *hep_cert, *hep_key;
	uint32_t hep_node;
	uint64_t spool;		/**< bytes; 0: not given */
	uint32_t buffer_mb, snaplen;	/**< 0: not given */
	struct buf bpf;		/**< the words of the BPF filter; empty: none */
	const char *where, *sort, *columns, *config, *script, *script_out, *output;
	int save_format;	/**< enum save_format; -1: not given */
	uint32_t limit;		/**< UINT32_MAX: none */
	int width;		/**< 0: not given */
	enum output_format format;
	enum output_time time;
	int sdp;		/**< 0 off, 1 first, 2 full */
	bool given[OPTION_COUNT];
};

enum options_result {
	OPTIONS_OK,
	OPTIONS_HELP,		/**< --help: the text is to be printed */
	OPTIONS_VERSION,
	OPTIONS_BAD,		/**< usage error, *err says which */
};

/**
 * Parse argv[1..] for the commands of @p scope. Leading words that name
 * existing files, "-" included, are inputs; what follows is the BPF filter. A
 * first word that names no file is an input too where none was given, no listener and
 * no interface, so that the answer is "no such file".
 * @return OPTIONS_OK and so on; options_release() in any case.
 */
enum options_result options_parse(struct options *o, int argc, char **argv, unsigned scope,
				  struct err *err);
void options_release(struct options *o);

/** Append the options of @p scope, a line or more each, as --help shows them. */
void options_help(struct buf *b, unsigned scope);

#endif
