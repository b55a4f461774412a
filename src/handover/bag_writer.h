/* handover/bag_writer.h: a bag (RFC 8493, BagIt 1.0) into a folder or a tar stream.
 *
 * Payload files go first, one after the other, hashed as they pass; closing writes bag-info.txt,
 * bagit.txt, manifest-sha256.txt, manifest-sha512.txt and the tagmanifests. A folder is made beside
 * its name and put in place whole. Memory: about 300 bytes a file. */
#pragma once
#include "handover/envelope.h"

typedef struct BagWriter BagWriter;
/** USAGE when something is there that is no empty folder. */
BagWriter *bag_writer_folder(const char *folder, GError **error);
/** top: the one folder of the archive; seconds: of every file's change. Borrows sink, context. */
BagWriter *bag_writer_tar(const char *top, gint64 seconds, EnvelopeSink sink, void *context);
/** What was not closed is removed. */
void bag_writer_free(BagWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BagWriter, bag_writer_free)

/** A payload file ("data/…") of exactly that size; then its bytes; then its end. */
bool bag_writer_begin(BagWriter *writer, const char *name, guint64 size, GError **error);
bool bag_writer_write(void *writer, const char *bytes, gsize length, GError **error);
bool bag_writer_end(BagWriter *writer, GError **error);
/** All three. */
bool bag_writer_add(BagWriter *writer, const char *name, const char *bytes, gsize length,
                    GError **error);
/** info: lines "Label: value" of bag-info.txt beside Payload-Oxum. */
bool bag_writer_close(BagWriter *writer, const char *info, GError **error);

/** Lines gathered into files of at most 8 MiB: PREFIX0001SUFFIX, … */
typedef struct {
    BagWriter *writer;
    char *prefix, *suffix;
    const char *heading; /**< of each file; borrowed; NULL none */
    GString *lines;
    guint number;
} BagLines;
void bag_lines_init(BagLines *lines, BagWriter *writer, const char *prefix, const char *suffix,
                    const char *heading);
void bag_lines_clear(BagLines *lines);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BagLines, bag_lines_clear)
/** After each line that was appended to `lines->lines`; `end`: writes what is left (a file with its
 *  heading, if there was no line at all). */
bool bag_lines_next(BagLines *lines, bool end, GError **error);
