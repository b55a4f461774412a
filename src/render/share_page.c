/* The page of a share. What is said of it is no secret; the letters are wiped. */
#include "render/share_page.h"

#include "base/edtf.h"
#include "render/output.h"

#include <sodium.h>
#include <string.h>

enum { DAY_SECONDS = 86400 };

static const char *role_words(const char *role)
{
    static const char *const ROLES[][2] = {
        {"administrator", N_("administrator")},
        {"documenter", N_("documenter")},
        {"advocate", N_("advocate")},
        {"analyst", N_("analyst")},
        {"reader", N_("reader")},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ROLES); i++)
        if (strcmp(ROLES[i][0], role) == 0)
            return _(ROLES[i][1]);
    return role;
}

static char *title_of(const StoreShare *share)
{
    g_autofree char *number = i18n_integer(share->number), *shares = i18n_integer(share->shares);
    return g_strdup_printf(_("Share %s of %s of a key"), number, shares);
}

/* What it is; whose. */
static char *what_it_is(const StoreShare *share)
{
    g_autofree char *needed = i18n_integer(share->threshold);
    g_autofree char *shares = i18n_integer(share->shares);
    return g_strdup_printf(
        _("With any %s of %s such shares the key of a Zenhar case is recovered when its "
          "passphrases are lost. This one alone opens nothing and tells nothing."),
        needed, shares);
}

static char *of_which(const StoreShare *share, const StoreRecovery *about)
{
    char split[STORE_SPLIT_TEXT], case_id[2 * STORE_SHARE_CASE_BYTES + 1];
    g_autofree char *day = edtf_describe_day((gint32)(about->made / DAY_SECONDS));
    store_split_format(share->split, split);
    sodium_bin2hex(case_id, sizeof case_id, share->case_id, sizeof share->case_id);
    return g_strdup_printf(_("Case %s, split %s, made on %s, for the role: %s."), case_id, split,
                           day, role_words(about->role));
}

/* Borrowed sentences, NULL at the end. */
static void what_to_do(const char *ret_sentences[6])
{
    ret_sentences[0] = _("Keep it on paper, in a closed place, away from the case.");
    ret_sentences[1] =
        _("Each share goes to another person, or another place, so that no raid, fire or quarrel "
          "reaches enough of them.");
    ret_sentences[2] =
        _("Do not photograph it, type it into a telephone or send it by mail or messenger. Do not "
          "keep two together. Do not write on it whose case it is.");
    ret_sentences[3] =
        _("Give it back only to somebody whom you know and see, or whose voice you know. If you "
          "were forced to give it away or lost it, tell those who run the case: a split can be "
          "revoked.");
    ret_sentences[4] = _("Whoever copies it by hand can check the copy: “zenhar key check FILE”.");
    ret_sentences[5] = NULL;
}

static void append_words(GString *page, const StoreShare *share, const StoreRecovery *about)
{
    const char *sentences[6];
    g_autofree char *title = title_of(share), *what = what_it_is(share);
    g_autofree char *which = of_which(share, about);
    what_to_do(sentences);
    g_string_append_printf(page, "%s\n\n%s\n%s\n\n", title, what, which);
    for (gsize i = 0; sentences[i] != NULL; i++)
        g_string_append_printf(page, "* %s\n", sentences[i]);
    g_string_append_c(page, '\n');
}

char *share_page_text(const StoreShare *share, const StoreRecovery *about, GError **error)
{
    char code[STORE_SHARE_CODE_MAX];
    const I18nLanguage before = i18n_language();
    g_autoptr(GString) words = g_string_new(NULL);
    i18n_set_language(I18N_PERSIAN);
    append_words(words, share, about);
    i18n_set_language(I18N_ENGLISH);
    append_words(words, share, about);
    i18n_set_language(before);
    const gsize size = words->len + sizeof code + 64;
    char *page = sodium_malloc(size);
    if (page == NULL) {
        g_set_error_literal(error, ZENHAR_ERROR, ZENHAR_ERROR_MEMORY,
                            _("There is no memory that can be locked for the keys of the case."));
        return NULL;
    }
    store_share_write(share, code);
    g_snprintf(page, (gulong)size, "%s%s\n%s%s\n", words->str, STORE_SHARE_BEGIN, code,
               STORE_SHARE_END);
    sodium_memzero(code, sizeof code);
    return page;
}

bool share_page_pdf(const StoreShare *share, const StoreRecovery *about, I18nLanguage language,
                    const char *path, GError **error)
{
    const I18nLanguage before = i18n_language();
    char code[STORE_SHARE_CODE_MAX], *row = code;
    const char *sentences[6];
    i18n_set_language(language);
    g_autofree char *title = title_of(share), *what = what_it_is(share);
    g_autofree char *which = of_which(share, about);
    what_to_do(sentences);
    g_autoptr(Document) document = document_new(language, title);
    document->created = about->made;
    document_heading(document, 0, title);
    document_paragraph(document, what);
    document_paragraph(document, which);
    for (gsize i = 0; sentences[i] != NULL; i++)
        document_item(document, NULL, sentences[i]);
    document_heading(document, 1, _("The share"));
    store_share_write(share, code);
    for (char *end = strchr(row, '\n'); end != NULL; end = strchr(row, '\n')) {
        *end = '\0';
        document_text_add(document_line(document, DOCUMENT_CENTRE, NULL), DOCUMENT_CODE, row);
        row = end + 1;
    }
    sodium_memzero(code, sizeof code);
    const bool done = output_pdf(document, path, error);
    for (guint i = 0; i < document->blocks->len; i++) {
        const DocumentBlock *block = document->blocks->pdata[i];
        if (block->text != NULL)
            sodium_memzero(block->text->text->str, block->text->text->len);
    }
    i18n_set_language(before);
    return done;
}
