/* base/i18n.h: Persian and English, side by side in one process.
 *
 * Translations are ordinary gettext catalogues (po/fa/FOLDER.po, one fragment
 * a folder, joined by msgcat, compiled by msgfmt and embedded). gettext(3)
 * itself keeps one language per process and needs an installed locale; a web
 * server answers two readers at once on a machine that has neither, so the
 * look-up here takes the language of the running thread. Message ids are
 * English. Thread-safe. */
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef enum { I18N_ENGLISH, I18N_PERSIAN } I18nLanguage;

/** Language of the running thread; English until set. */
I18nLanguage i18n_language(void);
void i18n_set_language(I18nLanguage language);
/** "fa", "fa_IR.UTF-8", "en" … to a language; false when it is neither. */
bool i18n_parse_language(const char *tag, I18nLanguage *ret_language);
/** "en" or "fa". Static. */
const char *i18n_tag(I18nLanguage language);

/** The message in the thread's language, or msgid itself. Static memory. */
const char *i18n_get(const char *msgid) G_GNUC_FORMAT(1);
const char *i18n_get_in(I18nLanguage language, const char *msgid) G_GNUC_FORMAT(2);
/** Likewise with a count; Persian keeps one form. */
const char *i18n_plural(const char *one, const char *many, guint64 n) G_GNUC_FORMAT(1)
    G_GNUC_FORMAT(2);

#define _(msgid)  i18n_get(msgid)
#define N_(msgid) (msgid)

/** Why the system refused, for the end of a sentence: "there is no such file or folder". In Persian
 * where GLib and the C library would answer in English; errno's rarer values are the C library's
 * words. Static, or the C library's own. */
const char *i18n_errno(int number);
/** Likewise of an error of GLib's about a file, which names the file itself. NULL: it is none. */
const char *i18n_file_error(const GError *error);

/** Digits of a text in the thread's language: 0–9 become ۰–۹ in Persian;
 *  English returns a copy. Transfers. */
char *i18n_digits(const char *text);
/** A whole number grouped by thousands: 12,345 or ۱۲٬۳۴۵. Transfers. */
char *i18n_integer(gint64 n);
/** A number with so many decimals (0–9): 0.25 or ۰٫۲۵; "–" for what is no number. Transfers. */
char *i18n_decimal(double x, int decimals);
