/* Statements by sentences: acts, places, counts. At a sentence's end each act takes the date, the
 * place and the count that stand nearest, where a conjunction counts as eight words and a comma as
 * two: «در تهران ۵ نفر بازداشت و در شیراز ۳ نفر کشته شدند» are two acts in two places. */
#include "text/extract_private.h"

#include "text/acts.h"
#include "text/places.h"
#include <stdlib.h>

enum {
    CONJUNCTION = 8,
    COMMA = 2,
    COUNT_REACH = 12, /* of several counts, one farther off is not the act's */
    NEARBY = 300,     /* bytes within which a named province decides an open name */
};

typedef struct {
    ExtractReader *r;
    guint32 *date_at;               /* of each date: as ExtractReader.here */
    gsize first, first_date, start; /* findings, dates, byte of the sentence */
} Sentences;

/* ---- what stands nearest ---- */

/* The one before and the next one of a kind, while findings are walked in order. */
typedef struct {
    TextFindingKind kind;
    gsize before, next; /* G_MAXSIZE: none */
    gsize n;            /* in the sentence */
} Neighbours;

static bool fits(const TextFinding *f, TextFindingKind kind)
{
    return f->kind == kind && (kind != TEXT_FINDING_PLACE || f->value[0] != '\0') && !f->part;
}

static void neighbours_begin(Neighbours *around, const Sentences *s, TextFindingKind kind)
{
    *around = (Neighbours){.kind = kind, .before = G_MAXSIZE, .next = s->first};
    for (gsize i = s->first; i < s->r->n; i++)
        around->n += fits(&s->r->findings[i], kind);
}

/* The nearest to finding i, itself left out; G_MAXSIZE: none. */
static gsize nearest(Neighbours *around, const ExtractReader *r, gsize i)
{
    gsize after = MAX(around->next, i + 1);
    while (after < r->n && !fits(&r->findings[after], around->kind))
        after++;
    around->next = after;
    gsize before = around->before;
    if (after >= r->n ||
        (before != G_MAXSIZE && r->at[i] - r->at[before] <= r->at[after] - r->at[i]))
        return before;
    return after;
}

static void neighbours_pass(Neighbours *around, const ExtractReader *r, gsize i)
{
    if (fits(&r->findings[i], around->kind))
        around->before = i;
}

/* The sentence's date nearest to finding i; of a pair in two calendars the first. */
static const TextDate *nearest_date(const Sentences *s, gsize i, gsize end, gsize *walk)
{
    const TextDates *dates = &s->r->dates;
    guint32 here = s->r->at[i], least = G_MAXUINT32;
    gsize best = G_MAXSIZE;
    while (*walk + 1 < dates->n && dates->dates[*walk + 1].start <= s->r->findings[i].start)
        (*walk)++;
    for (gsize d = *walk; d < dates->n && d < *walk + 3; d++) {
        const TextDate *date = &dates->dates[d];
        if (date->start < s->start || date->end > end || date->edtf[0] == '\0')
            continue;
        guint32 off = here > s->date_at[d] ? here - s->date_at[d] : s->date_at[d] - here;
        if (off < least) {
            least = off;
            best = d;
        }
    }
    if (best == G_MAXSIZE)
        return NULL;
    gssize other = dates->dates[best].other;
    bool pair = other >= (gssize)s->first_date && (gsize)other < best &&
                dates->dates[other].edtf[0] != '\0';
    return &dates->dates[pair ? (gsize)other : best];
}

static void take_count(TextFinding *act, const TextFinding *claim)
{
    act->number_min = claim->number_min;
    act->number_max = claim->number_max;
    act->approximate = claim->approximate;
}

static void join_sentence(Sentences *s, gsize end)
{
    ExtractReader *r = s->r;
    Neighbours places, claims, acts;
    gsize walk = s->first_date;
    neighbours_begin(&places, s, TEXT_FINDING_PLACE);
    neighbours_begin(&claims, s, TEXT_FINDING_CLAIM);
    neighbours_begin(&acts, s, TEXT_FINDING_ACT);
    for (gsize i = s->first; i < r->n && !r->failed; i++) {
        TextFinding *f = &r->findings[i];
        bool act = f->kind == TEXT_FINDING_ACT, claim = f->kind == TEXT_FINDING_CLAIM;
        const TextDate *date = act || claim ? nearest_date(s, i, end, &walk) : NULL;
        if (date != NULL)
            extract_set_date(f, date);
        gsize place = act && places.n > 0 ? nearest(&places, r, i) : G_MAXSIZE;
        if (place != G_MAXSIZE)
            g_strlcpy(f->iso, r->findings[place].value, sizeof f->iso);
        gsize count = act && claims.n > 0 ? nearest(&claims, r, i) : G_MAXSIZE;
        if (count != G_MAXSIZE &&
            (claims.n == 1 || ABS((gint64)r->at[i] - (gint64)r->at[count]) <= COUNT_REACH))
            take_count(f, &r->findings[count]);
        gsize done = claim && acts.n > 0 ? nearest(&acts, r, i) : G_MAXSIZE;
        if (done != G_MAXSIZE) {
            char *code = strdup(r->findings[done].value);
            r->failed = r->failed || code == NULL;
            free(f->detail);
            f->detail = code;
        }
        neighbours_pass(&places, r, i);
        neighbours_pass(&claims, r, i);
        neighbours_pass(&acts, r, i);
    }
}

/* ---- places ---- */

/* The day a place's borders are asked for: of the date before it in the sentence, or behind. */
static gint32 day_at(const Sentences *s, gsize date)
{
    const TextDates *dates = &s->r->dates;
    if (date > 0 && dates->dates[date - 1].edtf[0] != '\0' &&
        dates->dates[date - 1].start >= s->start)
        return dates->dates[date - 1].last_day;
    return date < dates->n && dates->dates[date].edtf[0] != '\0' ? dates->dates[date].last_day
                                                                 : G_MAXINT32;
}

static void set_place(ExtractReader *r, TextFinding *f, const TextPlaceMatch *match)
{
    const char *named = match->name_fa[0] != '\0' ? match->name_fa : match->name_en;
    char *value = strdup(match->iso),
         *detail = strdup(match->iso[0] != '\0' ? named : match->candidates);
    if (value == NULL || detail == NULL) {
        free(value);
        free(detail);
        r->failed = true;
        return;
    }
    free(f->value);
    free(f->detail);
    f->value = value;
    f->detail = detail;
    f->place = match->kind;
    g_strlcpy(f->iso, match->iso, sizeof f->iso);
    f->confidence = match->confidence;
}

static gsize read_place(Sentences *s, gsize i, gsize date)
{
    ExtractReader *r = s->r;
    TextPlaceMatch match;
    if (r->options->gazetteer == NULL)
        return 0;
    gsize n = text_place_at(r->options->gazetteer, r->t, r->text, i, day_at(s, date), &match);
    if (n == 0)
        return 0;
    TextFinding *f = extract_add(r, TEXT_FINDING_PLACE, r->t->tokens[i].start,
                                 r->t->tokens[i + n - 1].end, NULL, NULL, 0);
    if (f != NULL)
        set_place(r, f, &match);
    return n;
}

/* Provinces named near finding i, ' ' between: those beside it, else all within NEARBY bytes. */
static void provinces_near(const ExtractReader *r, gsize i, bool beside, char *out, gsize room)
{
    const TextFinding *open = &r->findings[i];
    out[0] = '\0';
    for (int direction = -1; direction <= 1; direction += 2)
        for (gsize k = i + (gsize)direction; k < r->n; k += (gsize)direction) {
            const TextFinding *f = &r->findings[k];
            if (f->end + NEARBY < open->start || f->start > open->end + NEARBY)
                break;
            if (f->kind != TEXT_FINDING_PLACE || f->value[0] == '\0')
                continue;
            if (strstr(out, f->value) == NULL && strlen(out) + 8 < room) {
                g_strlcat(out, f->value, room);
                g_strlcat(out, " ", room);
            }
            if (beside)
                break;
        }
}

/* «شهر بهارستان در استان اصفهان»: the province that is said to hold finding i; "" when none is. */
static const char *province_behind(const ExtractReader *r, gsize i)
{
    enum { REACH = 40 };
    const TextFinding *f = &r->findings[i], *next = i + 1 < r->n ? f + 1 : NULL;
    if (next == NULL || next->kind != TEXT_FINDING_PLACE || next->place != TEXT_PLACE_PROVINCE ||
        f->place == TEXT_PLACE_PROVINCE || next->start < f->end || next->start > f->end + REACH)
        return "";
    gsize between = next->start - f->end;
    const char *word = g_strstr_len(r->text + f->end, (gssize)between, "استان");
    return word != NULL && g_strstr_len(r->text + f->end, (gssize)between, " و ") == NULL
               ? next->value
               : "";
}

static void resolve_by(Sentences *s, gsize i, const char *near, gsize date, double confidence)
{
    ExtractReader *r = s->r;
    TextFinding *f = &r->findings[i];
    TextPlaceMatch match;
    if (near[0] == '\0' ||
        !text_gazetteer_resolve_near(r->options->gazetteer, r->text + f->start,
                                     (gssize)(f->end - f->start), -1, near, day_at(s, date),
                                     &match) ||
        match.iso[0] == '\0')
        return;
    match.confidence = (float)confidence;
    set_place(r, f, &match);
}

/* A name that several provinces know is theirs whose name stands nearby. */
static void resolve_open_places(Sentences *s, gsize date)
{
    ExtractReader *r = s->r;
    for (gsize i = s->first; i < r->n && !r->failed; i++) {
        if (r->findings[i].kind != TEXT_FINDING_PLACE)
            continue;
        const char *behind = province_behind(r, i);
        if (behind[0] != '\0' && strcmp(behind, r->findings[i].value) != 0)
            resolve_by(s, i, behind, date, 0.9);
        for (int far = 0; far < 2 && r->findings[i].value[0] == '\0'; far++) {
            char near[160];
            provinces_near(r, i, far == 0, near, sizeof near);
            resolve_by(s, i, near, date, far == 0 ? 0.85 : 0.7);
        }
    }
}

/* ---- sentences ---- */

static bool ends_sentence(const ExtractReader *r, gsize i)
{
    const Token *token = &r->t->tokens[i];
    return token->kind == TOKEN_LINE ||
           (extract_sign(r, i, ".!?") && (i + 1 >= r->t->n || r->t->tokens[i + 1].gap)) ||
           (token->kind == TOKEN_SIGN && token->sign == 0x61F);
}

/* What parts clauses, in words. */
static guint32 parting(const ExtractReader *r, gsize i)
{
    const Token *token = &r->t->tokens[i];
    if (token->kind == TOKEN_SIGN)
        return token->sign == ';' || token->sign == 0x61B   ? CONJUNCTION
               : token->sign == ',' || token->sign == 0x60C ? COMMA
                                                            : 0;
    const char *word = extract_word(r, i);
    bool short_word = token->kind == TOKEN_WORD && token->folded_length <= 6;
    return short_word && token_listed("|و|and|ولی|اما|but|while|", word) ? CONJUNCTION : 0;
}

/* What begins at word token i. Gives tokens read, 0: nothing. */
static gsize read_word(Sentences *s, gsize i, gsize date)
{
    ExtractReader *r = s->r;
    const Token *token = &r->t->tokens[i];
    gsize n = read_place(s, i, date);
    if (n > 0)
        return n;
    const char *code;
    bool negated;
    double confidence;
    n = text_act_at(r->t, i, &code, &negated, &confidence);
    if (n > 0) {
        gsize end = r->t->tokens[i + n - 1].end;
        TextFinding *f = extract_add(r, TEXT_FINDING_ACT, token->start, end, strdup(code),
                                     extract_copy(r, token->start, end), confidence);
        if (f != NULL)
            f->negated = negated;
        return n;
    }
    return token->digits != 0 ? extract_claim(r, i) : 0;
}

static void end_sentence(Sentences *s, gsize end, gsize date)
{
    if (s->first < s->r->n && !s->r->failed) {
        resolve_open_places(s, s->first_date);
        join_sentence(s, end);
    }
    s->first = s->r->n;
    s->first_date = date;
    s->start = end;
}

void extract_statements(ExtractReader *r, gsize body_end)
{
    const TextTokens *t = r->t;
    Sentences s = {.r = r, .first = r->n, .date_at = calloc(r->dates.n + 1, sizeof(guint32))};
    gsize date = 0;
    guint32 partings = 0;
    r->failed = r->failed || s.date_at == NULL;
    for (gsize i = 0; i < t->n && !r->failed;) {
        const Token *token = &t->tokens[i];
        if (token->start >= body_end)
            break;
        while (date < r->dates.n && r->dates.dates[date].end <= token->start)
            date++;
        partings += parting(r, i);
        r->here = (guint32)i + partings;
        gsize n = 0;
        if (ends_sentence(r, i))
            end_sentence(&s, token->end, date);
        else if (date < r->dates.n && token->start >= r->dates.dates[date].start)
            s.date_at[date] = r->here;
        else if (token->kind == TOKEN_NUMBER)
            n = extract_claim(r, i);
        else if (token->kind == TOKEN_WORD)
            n = read_word(&s, i, date);
        i += n > 0 ? n : 1;
    }
    end_sentence(&s, body_end, date);
    free(s.date_at);
}
