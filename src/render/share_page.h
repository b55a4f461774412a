/* render/share_page.h: the page that goes with a share of a key (store/share.h): what it is, whom
 * to give it to, what not to do, and its letters. */
#pragma once
#include "base/i18n.h"
#include "store/keys.h"

/** As text, in Persian and then in English, the letters last between their marks. The page is a
 *  secret: it lies in memory of sodium_malloc; free with sodium_free. NULL with MEMORY. */
char *share_page_text(const StoreShare *share, const StoreRecovery *about, GError **error);
/** As PDF, one language, one page. The letters pass through the memory of the typesetter, which is
 *  neither locked nor wiped: the command that calls it ends soon after. IO. */
bool share_page_pdf(const StoreShare *share, const StoreRecovery *about, I18nLanguage language,
                    const char *path, GError **error);
