/* handover/bag.h: a case handed over: its records, its log with proofs, who held it, who saw what,
 * what was changed, and (whole) the originals as they came; in a bag (RFC 8493). Layout:
 * docs/formats.md.
 *
 *     case ──outlet──▶ records ─┐
 *     log, originals, custody ──┴▶ bag ──tar──▶ envelope to the recipients' keys ──▶ file
 *     file ──▶ everything checked ──▶ only then taken into another case */
#pragma once
#include "handover/bag_writer.h"
#include "handover/records.h"
#include "handover/taker.h"

#define BAG_FORMAT "zenhar bag 1"

/** The kinds that a bag holds, each behind those that it names. Static; 0-terminated. */
const StoreKind *bag_kinds(void);

typedef struct {
    const char *contact_name, *contact_email; /**< in bag-info.txt; NULL none */
    bool without_proofs; /**< the log's entries prove as much, with more work for who checks */
    gsize n_recipients;  /**< told in the chain of custody; 0: not encrypted */
} BagOptions;

/** Fills a bag and closes it. */
bool bag_make(Outlet *outlet, BagWriter *writer, const BagOptions *options, RecordsDone *done,
              GError **error);
/** The chain of custody: data/custody/held-, looked-, changed-NNNN.csv and custody.txt. */
bool bag_custody(Outlet *outlet, BagWriter *writer, const BagOptions *options, GError **error);
