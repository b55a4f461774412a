/* intake/sandbox_private.h: what the two sides of the sandbox say to each other. */
#pragma once
#include "base/i18n.h"
#include "intake/sandbox.h"

#define SANDBOX_ARGV0 "zenhar-reader" /* by which the keeper knows itself */
#define SANDBOX_MARK  "ZENHAR_KEEPER" /* in its environment: a keeper never starts another */

enum {
    SANDBOX_SOCKET = 3,   /* the keeper's socket */
    SANDBOX_NAME = 1024,  /* bytes of a file's name that travel */
    SANDBOX_STRINGS = 10, /* strings of a part, see sandbox_wire.c */
};

/** What the keeper is asked, with three descriptors: the bytes (sealed), the pipe of the parts, the
 *  pipe of the end. */
typedef struct {
    gint64 reader; /* its address less that of intake_sandboxed: the program may lie elsewhere */
    guint64 length;
    IntakeSandboxLimits limits; /* no defaults left */
    I18nLanguage language;
    bool named;
    char name[SANDBOX_NAME];
} SandboxRequest;

/** How a reader's process came to its end. */
typedef enum {
    SANDBOX_ENDED,      /* by itself; detail = exit status */
    SANDBOX_SIGNAL,     /* detail = signal */
    SANDBOX_MEMORY,     /* ended by the watcher */
    SANDBOX_NO_LOCK,    /* the kernel would not shut it in; detail = errno */
    SANDBOX_NO_PROCESS, /* detail = errno */
    SANDBOX_UNKNOWN,    /* its watcher said nothing */
} SandboxEnd;

typedef struct {
    SandboxEnd end;
    int detail;
} SandboxStatus;

/** Kinds of records in the pipe of the parts. */
typedef enum { SANDBOX_PART = 'P', SANDBOX_DONE = 'D', SANDBOX_ERROR = 'E' } SandboxKind;

typedef struct {
    guint32 kind;
    guint32 code;   /* SANDBOX_ERROR: a ZenharErrorCode */
    guint64 length; /* of what follows */
} SandboxHead;

/** Writes one record; false when the other side is gone. Safe where nothing may be opened. */
bool sandbox_wire_part(int pipe, const IntakePart *part);
bool sandbox_wire_end(int pipe, const GError *error);

/** Most bytes a record of a part may have. */
guint64 sandbox_wire_max(void);
/** A part out of the bytes of a record; strings point into `bytes`. False when they are not what
 *  sandbox_wire_part writes, or no UTF-8. */
bool sandbox_wire_parse(const guint8 *bytes, gsize length, IntakePart *ret_part);

/** Gives up what a reader does not need: limits, files, system calls. False with errno. */
bool sandbox_lock(const IntakeSandboxLimits *limits, guint64 length);
/** Lets the running reader compute `seconds` more from now on, not beyond its limit in all. */
void sandbox_more_time(guint seconds);

/** The keeper's life: serves requests until the case's process is gone, then ends. */
_Noreturn void sandbox_keep(void);
