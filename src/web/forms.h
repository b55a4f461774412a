/* web/forms.h: the forms, each defined in the file of its page; all of them in WEB_FORMS
 * (routes.c). */
#pragma once
#include "web/form.h"

extern const Form FORM_ENTER;                      /* page_login.c */
extern const Form FORM_PASSWORD_CHANGE, FORM_TOTP; /* page_account.c */
extern const Form FORM_ALARM;                      /* page_alarms.c */
extern const Form FORM_CORRECT, FORM_ADD, FORM_PASTE, FORM_UPLOAD,
    FORM_MEND;                                               /* page_correct.c, _add, _quarantine */
extern const Form FORM_SEND, FORM_SEND_BACK, FORM_SEND_MORE; /* page_send.c */
extern const Form FORM_REVIEW, FORM_REVIEW_NAMES;            /* page_review.c */
extern const Form FORM_UNDO;                                 /* page_undo.c */
extern const Form FORM_REVEAL, FORM_RATE;                    /* page_reveal.c, page_rate.c */
extern const Form FORM_VIEW, FORM_VIEW_REMOVE;               /* page_views.c */
extern const Form FORM_ASK;                                  /* page_appeal_ask.c */
extern const Form FORM_COMPOSE, FORM_SEAL;                   /* page_appeal_compose.c */
extern const Form FORM_DRAFT;                                /* page_appeal_edit.c */
extern const Form FORM_INVITE, FORM_KEYED, FORM_WITHDRAW;    /* page_appeal_sign.c */
extern const Form FORM_DELIVER, FORM_PRINT, FORM_RECEIPT;    /* page_appeal_send.c */
extern const Form FORM_RESPOND, FORM_JUDGE;                  /* page_appeal_answer.c */
extern const Form FORM_WHAT_IF;                              /* page_appeal_agenda.c */
extern const Form FORM_STEP;                                 /* page_appeal_measures.c */
extern const Form FORM_USER_NEW, FORM_USER_CHANGE;           /* page_users.c */
