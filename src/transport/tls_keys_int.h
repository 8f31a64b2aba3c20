/** @file tls_keys_int.h  What the files of the secrets share. */
#ifndef TRANSPORT_TLS_KEYS_INT_H
#define TRANSPORT_TLS_KEYS_INT_H

#include <sys/stat.h>
#include <sys/types.h>

#include "base/hash.h"
#include "transport/tls_keys.h"

/* A line of a key log with something in it is never longer: 32 bytes of label,
 * 32 of client random and 64 of secret make 226. */
#define KEYLOG_LINE_MAX	512u

enum keylog_line {
	KEYLOG_LINE_EMPTY,	/* or a comment */
	KEYLOG_LINE_SECRET,
	KEYLOG_LINE_UNKNOWN,	/* well formed, of a label that is not used */
	KEYLOG_LINE_BAD,
};

struct keylog;
struct rsa_key;

struct tls_keys {
	uint8_t **blocks;	/* of entries, see tls_keys.c */
	size_t block_n, block_cap;
	size_t block_used;	/* bytes of the last block */
	struct hash_map map;	/* of kind and key, to the place of the entry */
	struct tls_keys_stats stats;	/* lines, bad, unknown */
	struct keylog **logs;	/* not moved: they hold bytes of secrets */
	size_t log_n, log_cap;
	struct rsa_key *rsa;
	size_t rsa_n, rsa_cap;
	int64_t looked;		/* when the key logs were last looked at, monotonic */
	uint64_t derived;	/* secrets of tls_keys_derived() */
	bool expected;		/* more may come than these tell of */
	bool fresh;		/* a secret was added since this was cleared */
};

/* Take one line without its line end; the caller counts it. */
enum keylog_line keys_take_line(struct tls_keys *k, struct str line);
void keys_count_line(struct tls_keys_stats *stats, enum keylog_line kind);

/* The secret that "RSA" lines give for the first bytes of what is encrypted. */
bool keys_find_encrypted(const struct tls_keys *k, struct str encrypted,
			 struct tls_secret *premaster);

/* What tls_keys_stats() adds for the last lines, which have no end yet. */
void keylogs_count(const struct tls_keys *k, struct tls_keys_stats *stats);
void keylogs_release(struct tls_keys *k);
void rsa_keys_release(struct tls_keys *k);

/* Open @p path to be read without ever waiting for it: a file or a pipe.
 * @return the descriptor, or -1 with *err. */
int keys_open(const char *path, struct stat *st, struct err *err);

/* Read as read(2) does; a pipe whose writer is slow is waited for, @p wait_ms.
 * @return 0 at the end or when nothing came in that time, -1 with errno. */
ssize_t keys_read(int fd, void *to, size_t n, int wait_ms);

#endif
