/* web/appeals.h: what the pages of asks and letters share. */
#pragma once
#include "appeal/appeal.h"
#include "appeal/deliver.h"
#include "appeal/lint.h"
#include "store/appeal.h"
#include "web/form.h"
#include "web/page.h"

/** Links to the pages of asks and letters, those that the session's role may open. */
void appeals_links(const Page *page);
/** The letter that the route's '*' names; NOT_FOUND, USAGE. Transfers. */
StoreAppeal *appeals_letter(const WebRequest *request, GError **error);
/** A letter's title, and a link to it in those words. */
void appeals_draw_letter(const Page *page, const StoreAppeal *appeal, const char *words);
/** "Letter AP2" with a word after: the title of a page about it. Transfers. */
char *appeals_title(const char *format, StoreKind kind, gint64 id) G_GNUC_FORMAT(1);
/** 303 to a record's page or another below its id: "letters", "signatories". */
void appeals_redirect(const WebRequest *request, WebResponse *response, const char *folder,
                      StoreKind kind, gint64 id);
/** To whom a letter goes, and how far it has come; nothing when to nobody. */
void appeals_draw_deliveries(const Page *page, GPtrArray *deliveries, bool with_letter);
/** An office in the page's language with its holder: "Secretary-General: …". Transfers. */
char *appeals_office(const Page *page, const StoreRecipient *recipient);
/** Of the asks of the case: FORM_MANY's offers, by code. NULL with error set. Transfers. */
GPtrArray *appeals_ask_offers(const Page *page, GError **error);
/** appeals_check.c: a letter's figures held against the case; its words, read in a voice. */
void appeals_draw_figures(const Page *page, const AppealLetter *letter);
void appeals_draw_words(const Page *page, const AppealLetter *letter, LintVoice voice);
/** page_letter.c: a letter in its own language and direction. whole: with its notes and annex. */
void appeals_draw_text(const Page *page, const AppealLetter *letter, bool whole);
