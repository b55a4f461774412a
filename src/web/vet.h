/* web/vet.h: is this request what it says, read in one way only? Pure.
 *
 * RFC 9112 sections 3.2, 5.1, 6.1–6.3; what is refused is listed in README.md. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct {
    guint lengths, encodings, hosts; /**< how many of each header */
    bool bad;                        /**< a name or value that is none */
    bool has_body;                   /**< a length above 0, or an encoding */
    guint64 length;                  /**< Content-Length */
} Vet;

/** One header; call for each, in any order. Starts from a zeroed Vet. */
void vet_add(Vet *vet, const char *name, gsize name_size, const char *value, gsize value_size);
/** All headers were added: is the request fit to be read? version is "HTTP/1.1" or "HTTP/1.0". */
bool vet_passes(const Vet *vet, const char *version);
/** A path, already percent-decoded: absolute, UTF-8, no control byte, no backslash, no empty,
 *  "." or ".." part (a single "/" stands). */
bool vet_path(const char *path);
/** A request's target as it came ("/fa/reports?q=%DA%AF"): starts with "/", printable ASCII only,
 *  each "%" with two hexadecimal digits, and none in the path that stands for NUL, "/" or "\\":
 *  a proxy in front may see another path there. At most `limit` bytes. */
bool vet_target(const char *target, gsize limit);
