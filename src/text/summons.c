/* Court messages: fields (summons_numbers.c, summons_fields.c) and what kind it looks like
 * (summons_kind.c). */
#include "text/summons_private.h"

#include "base/limits.h"
#include "text/private.h"
#include <stdlib.h>
#include <string.h>

const char *text_message_kind_name(TextMessageKind kind)
{
    static const char *const NAMES[] = {"other", "official", "phishing", "plain"};
    return NAMES[kind];
}

const char *text_summons_field_name(TextSummonsField field)
{
    static const char *const NAMES[TEXT_SUMMONS_N_FIELDS] = {
        "court", "branch",   "province", "case_number", "archive_number", "notice_number", "date",
        "hour",  "deadline", "link",     "sender",      "phone",          "national_id",
    };
    return NAMES[field];
}

bool text_summons_field_sealed(TextSummonsField field)
{
    return field == TEXT_SUMMONS_PHONE || field == TEXT_SUMMONS_NATIONAL_ID;
}

bool text_national_id_valid(const char *digits)
{
    int sum = 0;
    bool same = true;
    for (int i = 0; i < 10; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        same = same && digits[i] == digits[0];
        if (i < 9)
            sum += (digits[i] - '0') * (10 - i);
    }
    int rest = sum % 11, check = rest < 2 ? rest : 11 - rest;
    return digits[10] == '\0' && !same && check == digits[9] - '0';
}

void summons_set(SummonsReader *r, TextSummonsField field, const char *value, gsize start,
                 gsize end, double confidence)
{
    TextField *f = &r->out->fields[field];
    if (f->value[0] != '\0')
        return; /* the first one counts */
    char *copy = strdup(value);
    if (copy == NULL) {
        r->failed = true;
        return;
    }
    free(f->value);
    *f = (TextField){.value = copy, .start = start, .end = end, .confidence = (float)confidence};
}

void summons_set_span(SummonsReader *r, TextSummonsField field, gsize start, gsize end,
                      double confidence)
{
    char *copy = strndup(r->text + start, end - start);
    if (copy == NULL) {
        r->failed = true;
        return;
    }
    summons_set(r, field, copy, start, end, confidence);
    free(copy);
}

/* "فرستنده: X", "From: X" on the first line. Gives the byte where the message begins. */
static gsize read_sender_line(const SummonsReader *r, char *sender, gsize room)
{
    const char *word = summons_word(r, 0);
    if (!token_listed("|فرستنده|from|sender|سرشماره|ارسالکننده|", word) || !summons_sign(r, 1, ':'))
        return 0;
    gsize at = r->t->tokens[1].end, end = at;
    while (end < r->length && r->text[end] != '\n' && r->text[end] != '\r')
        end++;
    g_autofree char *line = g_strndup(r->text + at, end - at);
    g_strlcpy(sender, g_strstrip(line), room);
    return end;
}

bool text_summons_read(const char *text, gsize length, const char *sender,
                       const TextDateOptions *options, TextSummons *ret_summons, GError **error)
{
    if (length > LIMIT_TEXT_BYTES)
        return text_error_length(length, error);
    g_auto(TextTokens) tokens = {0};
    g_auto(TextSummons) out = {0};
    char own_sender[64] = "";
    if (!text_tokens_new(text, length, &tokens))
        return text_error_memory(error);
    SummonsReader r = {.text = text, .length = length, .t = &tokens, .out = &out};
    for (int i = 0; i < TEXT_SUMMONS_N_FIELDS; i++) {
        out.fields[i].value = strdup("");
        if (out.fields[i].value == NULL)
            return text_error_memory(error);
    }
    gsize body = read_sender_line(&r, own_sender, sizeof own_sender);
    if (sender == NULL && own_sender[0] != '\0')
        sender = own_sender;
    if (sender != NULL && sender[0] != '\0')
        summons_set(&r, TEXT_SUMMONS_SENDER, sender, 0, 0, body > 0 ? 0.9 : 1);
    summons_links(&r);
    for (gsize i = 0; i < tokens.n; i++) {
        const Token *token = &tokens.tokens[i];
        if (token->start < body)
            continue;
        if (token->kind == TOKEN_WORD) {
            summons_named_number(&r, i);
            summons_national_id(&r, i);
            summons_court(&r, i);
            summons_branch(&r, i);
            summons_hour(&r, i);
            summons_deadline(&r, i);
        } else if (token->kind == TOKEN_NUMBER) {
            char phone[16];
            gsize end;
            const TextField *link = &out.fields[TEXT_SUMMONS_LINK];
            bool inside = token->start >= link->start && token->start < link->end;
            bool part = i > 0 && tokens.tokens[i - 1].kind == TOKEN_NUMBER && !token->gap;
            summons_hour(&r, i);
            if (!inside && !part && summons_phone(&r, token->start, phone, &end))
                summons_set(&r, TEXT_SUMMONS_PHONE, phone, token->start, end, 0.95);
        }
    }
    if (!summons_when(&r, options, error))
        return false;
    summons_judge(&r, sender);
    if (r.failed)
        return text_error_memory(error);
    *ret_summons = out;
    out = (TextSummons){0};
    return true;
}

void text_summons_clear(TextSummons *summons)
{
    for (int i = 0; i < TEXT_SUMMONS_N_FIELDS; i++)
        free(summons->fields[i].value);
    *summons = (TextSummons){0};
}
