/* intake/whatsapp.h: a WhatsApp export is known by its lines; for intake/formats.c. */
#pragma once
#include <glib.h>
#include <stdbool.h>

/** Does this begin a WhatsApp export? `name` may be NULL. */
bool intake_whatsapp_guess(const char *name, const char *head, gsize length);
