/** @file save_secrecy.h  What the form for saving offers for TLS. */
#ifndef VIEWS_SAVE_SECRECY_H
#define VIEWS_SAVE_SECRECY_H

#include "export/save.h"
#include "store/store.h"

/** The choices, by enum save_secrecy; ends with NULL. */
extern const char *const save_secrecies[];

/**
 * Whether messages of these calls came in TLS and were decrypted; @p n 0: of any calls.
 * O(messages); of very many some are looked at, and it is said that there may be.
 */
bool save_any_tls(const struct store *s, const uint32_t *calls, size_t n);

#endif
