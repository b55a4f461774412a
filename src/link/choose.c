/* Which rules to block by, without any truth.
 *
 * Made-up pairs of one person are drawn: of each field the whole value survives, or its sound, its
 * beginning or its end, or nothing, with odds that hold for most lists (and no value where the
 * records have none). Candidate rules, one to three fields each at its widest part, are taken one
 * by one: each time the one that catches the most pairs not yet caught for what it costs, until
 * nearly all are caught or the budget is spent. The odds need not be right, only ordered: many
 * fields make few rules enough, few fields and many gaps ask for more. */
#include "link/block.h"

#include "base/random.h"

#include <stdlib.h>
#include <string.h>

enum {
    SAMPLE_RECORDS = LINK_SAMPLE_RECORDS,
    MOST_CANDIDATES = 1024,
    DRAWS = 2048,
    WORDS = DRAWS / 64,
    MOST_RULES = 28,
    BUDGET = 100,  /* pairs a record, all rules */
    LEAST_NEW = 2, /* of the draws: a rule must add a thousandth */
    TIMES = 3, /* each pair is to be caught by so many rules: the odds are not those of this list */
};

typedef struct {
    uint32_t tag; /* of the key; the slot's place holds 14 bits more */
    uint16_t count;
    uint16_t round; /* of which question: older entries count as empty */
} Slot;

typedef struct {
    const LinkPrepared *prepared;
    size_t n; /* sampled records */
    size_t *records;
    uint64_t *parts; /* hashes of each field, part and sampled record; 0: missing */
    uint64_t *keys;  /* room for one rule's keys */
    Slot *slots;
    uint16_t round;
    double scale;                  /* pairs in all records for one in the sample */
    double known[LINK_MAX_FIELDS]; /* share of records that have a value */
} Sample;

enum { PARTS = LINK_TAIL + 1, SLOT_BITS = 14, SLOTS = 1 << SLOT_BITS };
_Static_assert(SLOTS >= 2 * SAMPLE_RECORDS && SAMPLE_RECORDS <= UINT16_MAX,
               "slots hold the sample");

/* The sum of hashed parts stands for the rule's key: the order of two names does not count. 0:
 * missing. */
static void sample_keys(Sample *sample, const LinkRule *rule)
{
    const size_t n = sample->n;
    uint64_t *keys = sample->keys;
    for (unsigned k = 0; k < rule->n_keys; k++) {
        const uint64_t *parts =
            sample->parts + (rule->keys[k].field * PARTS + rule->keys[k].part) * n;
        if (k == 0)
            memcpy(keys, parts, n * sizeof *keys);
        else
            for (size_t i = 0; i < n; i++)
                keys[i] = ((keys[i] != 0) & (parts[i] != 0)) ? (keys[i] + parts[i]) | 1 : 0;
    }
}

/* About how many pairs a rule has; -1 when hardly any record has its key, or when there are more
 * than `most`: nobody asks how many more. */
static double estimate_pairs(Sample *sample, const LinkRule *rule, double most)
{
    const uint64_t bound = most < 0 ? 0 : (uint64_t)MIN(most / sample->scale, 1e15);
    uint64_t pairs = 0;
    size_t known = 0;
    if (++sample->round == 0) {
        memset(sample->slots, 0, SLOTS * sizeof *sample->slots);
        sample->round = 1;
    }
    const uint16_t round = sample->round;
    sample_keys(sample, rule);
    for (size_t i = 0; i < sample->n; i++) {
        if (sample->keys[i] == 0)
            continue;
        known++;
        const uint64_t mixed = sample->keys[i] * UINT64_C(0x9e3779b97f4a7c15);
        const uint32_t tag = (uint32_t)(mixed >> 16);
        size_t at = mixed >> (64 - SLOT_BITS);
        while (sample->slots[at].round == round && sample->slots[at].tag != tag)
            at = (at + 1) % SLOTS;
        Slot *slot = &sample->slots[at];
        if (slot->round != round)
            *slot = (Slot){tag, 0, round};
        pairs += slot->count++;
        if (pairs > bound)
            return -1;
    }
    return known * 20 < sample->n ? -1 : (double)pairs * sample->scale;
}

/* Parts of a field by how much they gather, widest first. */
static unsigned parts_of(LinkKind kind, bool alone, LinkPart parts[4])
{
    unsigned n = 0;
    switch (kind) {
    case LINK_GIVEN:
    case LINK_SURNAME:
    case LINK_STRING:
        if (!alone)
            parts[n++] = LINK_HEAD;
        parts[n++] = LINK_SOUND;
        parts[n++] = LINK_WHOLE;
        break;
    case LINK_NAME:
    case LINK_TEXT:
    case LINK_SET:
        parts[n++] = LINK_TAIL;
        parts[n++] = LINK_HEAD;
        parts[n++] = LINK_SOUND;
        break;
    case LINK_DATE:
        if (!alone) {
            parts[n++] = LINK_HEAD;
            parts[n++] = LINK_TAIL;
        }
        parts[n++] = LINK_WHOLE;
        break;
    case LINK_EMAIL:
        parts[n++] = LINK_HEAD;
        parts[n++] = LINK_WHOLE;
        break;
    case LINK_CODE:
        parts[n++] = LINK_HEAD;
        parts[n++] = LINK_TAIL;
        parts[n++] = LINK_WHOLE;
        break;
    case LINK_PLACE:
        if (!alone)
            parts[n++] = LINK_HEAD;
        parts[n++] = LINK_WHOLE;
        break;
    case LINK_CATEGORY:
        parts[n++] = LINK_WHOLE;
        break;
    case LINK_NUMBER:
    case LINK_N_KINDS:
        break;
    }
    return n;
}

/* Whether the second part of a field gathers no more than the first. */
static bool narrower(LinkPart first, LinkPart second)
{
    return first == second || second == LINK_WHOLE ||
           (second == LINK_SOUND && (first == LINK_HEAD || first == LINK_TAIL));
}

/* Whether a rule gathers no more than one of the same fields that was looked at. */
static bool narrower_than_any(const LinkRule *rule, const LinkRule *looked_at, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        bool all = true;
        for (unsigned k = 0; k < rule->n_keys; k++)
            all = all && narrower(looked_at[i].keys[k].part, rule->keys[k].part);
        if (all)
            return true;
    }
    return false;
}

/* The widest combination of parts of these fields that stays below `most` pairs. What gathers no
 * more than one that fits is not looked at. */
static bool widest(Sample *sample, const unsigned *fields, unsigned n_fields, double most,
                   LinkRule *ret_rule)
{
    LinkPart parts[3][4] = {{0}};
    unsigned n_parts[3] = {1, 1, 1};
    for (unsigned f = 0; f < n_fields; f++)
        if ((n_parts[f] =
                 parts_of(sample->prepared->columns[fields[f]].kind, n_fields == 1, parts[f])) == 0)
            return false;
    double best = -1;
    LinkRule fitting[4 * 4 * 4];
    unsigned n_fitting = 0;
    for (unsigned a = 0; a < n_parts[0]; a++)
        for (unsigned b = 0; b < n_parts[1]; b++)
            for (unsigned c = 0; c < n_parts[2]; c++) {
                LinkRule rule = {.n_keys = n_fields};
                const unsigned at[3] = {a, b, c};
                for (unsigned f = 0; f < n_fields; f++) {
                    rule.keys[f].field = fields[f];
                    rule.keys[f].part = parts[f][at[f]];
                }
                if (narrower_than_any(&rule, fitting, n_fitting))
                    continue;
                double pairs = estimate_pairs(sample, &rule, most);
                if (pairs >= 0)
                    fitting[n_fitting++] = rule;
                if (pairs > best) {
                    best = pairs;
                    rule.pairs = (uint64_t)pairs;
                    *ret_rule = rule;
                }
            }
    return best >= 0;
}

uint64_t link_part_sampled(uint64_t n_records, size_t i)
{
    __extension__ typedef unsigned __int128 Wide;
    return (uint64_t)((Wide)i * n_records / MIN(n_records, (uint64_t)SAMPLE_RECORDS));
}

static void sample_records(const LinkPrepared *prepared, Sample *sample)
{
    const uint64_t n = prepared->n_all; /* where there is the sample alone, it is all of that */
    sample->n = MIN(prepared->n_records, (size_t)SAMPLE_RECORDS);
    for (size_t i = 0; i < sample->n; i++)
        sample->records[i] = prepared->n_records < n ? i : link_part_sampled(n, i);
    double ratio = (double)n / (double)MAX(sample->n, 1u);
    sample->scale = ratio * ratio;
    if (prepared->between) /* about the share of pairs between sources */
        sample->scale *= (double)prepared->n_possible / ((double)n * ((double)n - 1) / 2 + 1);
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        size_t known = 0;
        for (size_t i = 0; i < sample->n; i++)
            known += link_row(prepared, sample->records[i])[f].id != LINK_NO_ID;
        sample->known[f] = (double)known / (double)MAX(sample->n, 1u);
        for (unsigned part = 0; part < PARTS; part++)
            for (size_t i = 0; i < sample->n; i++) {
                uint32_t value =
                    link_features_part(prepared, sample->records[i], f, (LinkPart)part);
                /* Two names that may be swapped are of one kind. */
                int partner = prepared->columns[f].partner;
                uint64_t salt = (partner >= 0 && partner < (int)f ? (unsigned)partner : f) * PARTS +
                                part + UINT64_C(1);
                sample->parts[(f * PARTS + part) * sample->n + i] =
                    value == LINK_NO_ID ? 0 : link_mix(salt << 32 ^ link_mix(value + 1)) | 1;
            }
    }
}

/* ---- Pairs of one person, made up ------------------------------------------------- */

/* Per cent of fields of which these parts survive; the rest nothing. */
typedef struct {
    unsigned all, sound, head, tail; /* everything; sound and head; head alone; tail alone */
} Odds;

static Odds odds_of(LinkKind kind)
{
    switch (kind) {
    case LINK_NAME:
    case LINK_TEXT:
    case LINK_SET:
        return (Odds){60, 10, 12, 12};
    case LINK_DATE:
    case LINK_CODE:
        return (Odds){78, 0, 8, 8};
    case LINK_EMAIL:
        return (Odds){75, 0, 8, 0};
    case LINK_CATEGORY:
        return (Odds){90, 0, 0, 0};
    case LINK_PLACE:
        return (Odds){80, 0, 10, 0};
    default:
        return (Odds){76, 8, 7, 0};
    }
}

/* A set of draws by field and part: in which of them the part survives. */
typedef uint64_t Draws[WORDS];

static void draw_pairs(const Sample *sample, Draws *survive)
{
    const LinkPrepared *prepared = sample->prepared;
    memset(survive, 0, prepared->n_fields * PARTS * sizeof *survive);
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        Random random;
        random_start(&random, 4, f);
        const Odds odds = odds_of(prepared->columns[f].kind);
        Draws *own = survive + (size_t)f * PARTS;
        for (unsigned d = 0; d < DRAWS; d++) {
            double known = random_uniform(&random), fate = random_uniform(&random) * 100;
            const uint64_t bit = UINT64_C(1) << d % 64;
            if (known > sample->known[f] * sample->known[f]) /* both records must have it */
                continue;
            bool all = fate < odds.all, sound = fate < odds.all + odds.sound;
            bool head = fate < odds.all + odds.sound + odds.head;
            bool tail = all || (!head && fate < odds.all + odds.sound + odds.head + odds.tail);
            own[LINK_WHOLE][d / 64] |= all ? bit : 0;
            own[LINK_SOUND][d / 64] |= sound ? bit : 0;
            own[LINK_HEAD][d / 64] |= head ? bit : 0;
            own[LINK_TAIL][d / 64] |= tail ? bit : 0;
        }
    }
}

static void catch_of(const Draws *survive, const LinkRule *rule, Draws caught)
{
    memset(caught, 0xff, sizeof(Draws));
    for (unsigned k = 0; k < rule->n_keys; k++)
        for (unsigned w = 0; w < WORDS; w++)
            caught[w] &= survive[rule->keys[k].field * PARTS + rule->keys[k].part][w];
}

/* ---- Choosing ---------------------------------------------------------------------- */

/* One, two and three fields; three only of those that are no rule by themselves. */
static unsigned gather(Sample *sample, LinkRule *candidates)
{
    const LinkPrepared *prepared = sample->prepared;
    unsigned n = 0, n_fields = prepared->n_fields;
    double records = (double)prepared->n_all;
    bool single[LINK_MAX_FIELDS] = {false};
    for (unsigned f = 0; f < n_fields; f++)
        if (prepared->columns[f].kind != LINK_CATEGORY &&
            widest(sample, &f, 1, MAX(40 * records, 20000.0), &candidates[n])) {
            single[f] =
                candidates[n].keys[0].part != LINK_WHOLE || prepared->columns[f].kind == LINK_DATE;
            n++;
        }
    for (unsigned f = 0; f < n_fields; f++)
        for (unsigned g = f + 1; g < n_fields && n < MOST_CANDIDATES; g++) {
            const unsigned fields[] = {f, g};
            n += widest(sample, fields, 2, MAX(15 * records, 10000.0), &candidates[n]);
        }
    for (unsigned f = 0; f < n_fields; f++)
        for (unsigned g = f + 1; g < n_fields; g++)
            for (unsigned h = g + 1; h < n_fields && n < MOST_CANDIDATES; h++) {
                const unsigned fields[] = {f, g, h};
                if (single[f] || single[g] || single[h])
                    continue;
                n += widest(sample, fields, 3, MAX(15 * records, 10000.0), &candidates[n]);
            }
    return n;
}

/* Draws caught by one rule, by two … */
typedef Draws Seen[TIMES];

/* What a rule adds: whole for what nothing caught before, half for what one rule did … */
static double new_in(const Draws caught, const Draws *seen)
{
    double added = 0, weight = 1;
    for (unsigned t = 0; t < TIMES; t++, weight /= 2)
        for (unsigned w = 0; w < WORDS; w++)
            added += weight * (double)__builtin_popcountll(caught[w] & ~seen[t][w] &
                                                           (t > 0 ? seen[t - 1][w] : ~UINT64_C(0)));
    return added;
}

static void note_caught(const Draws caught, Draws *seen)
{
    for (unsigned w = 0; w < WORDS; w++) {
        uint64_t again = caught[w];
        for (unsigned t = 0; t < TIMES; t++) {
            uint64_t before = seen[t][w];
            seen[t][w] |= again;
            again &= before;
        }
    }
}

/* Both names by sound, in either order: the one rule that finds names that changed places. */
static unsigned both_names(Sample *sample, LinkRule *rules, double *budget)
{
    const LinkPrepared *prepared = sample->prepared;
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        int partner = prepared->columns[f].partner;
        if (partner <= (int)f)
            continue;
        LinkRule rule = {.n_keys = 2, .keys = {{f, LINK_SOUND}, {(unsigned)partner, LINK_SOUND}}};
        double pairs = estimate_pairs(sample, &rule, *budget / 4);
        if (pairs < 0)
            continue;
        rule.pairs = (uint64_t)pairs;
        rules[0] = rule;
        *budget -= pairs;
        return 1;
    }
    return 0;
}

bool link_prepared_better_rule(const LinkPrepared *prepared, unsigned number, LinkRule *ret_rule)
{
    const LinkRule *rule = &prepared->config->rules[number];
    Sample sample = {.prepared = prepared};
    g_autofree size_t *records = g_new(size_t, SAMPLE_RECORDS);
    g_autofree Slot *slots = g_new0(Slot, SLOTS);
    g_autofree uint64_t *keys = g_new(uint64_t, SAMPLE_RECORDS);
    g_autofree uint64_t *parts =
        g_new(uint64_t, (size_t)SAMPLE_RECORDS * PARTS * MAX(prepared->n_fields, 1u));
    sample.records = records;
    sample.slots = slots;
    sample.keys = keys;
    sample.parts = parts;
    sample_records(prepared, &sample);
    double best = -1, most = MAX(40 * (double)prepared->n_all, 20000.0);
    if (rule->n_keys == LINK_MAX_RULE_KEYS || (double)rule->pairs <= most)
        return false;
    for (unsigned f = 0; f < prepared->n_fields; f++) {
        LinkPart own[4];
        unsigned n_parts = parts_of(prepared->columns[f].kind, false, own);
        bool used = false;
        for (unsigned k = 0; k < rule->n_keys; k++)
            used |= rule->keys[k].field == f;
        for (unsigned p = 0; !used && p < n_parts; p++) {
            LinkRule finer = *rule;
            finer.keys[finer.n_keys].field = f;
            finer.keys[finer.n_keys++].part = own[p];
            double pairs = estimate_pairs(&sample, &finer, most);
            if (pairs > best) {
                best = pairs;
                finer.pairs = (uint64_t)pairs;
                *ret_rule = finer;
            }
        }
    }
    return best >= 0;
}

unsigned link_block_choose(const LinkPrepared *prepared, LinkRule rules[LINK_MAX_RULES])
{
    Sample sample = {.prepared = prepared};
    const size_t n_parts = (size_t)PARTS * MAX(prepared->n_fields, 1u);
    g_autofree size_t *records = g_new(size_t, SAMPLE_RECORDS);
    g_autofree Slot *slots = g_new0(Slot, SLOTS);
    g_autofree uint64_t *keys = g_new(uint64_t, SAMPLE_RECORDS);
    g_autofree uint64_t *parts = g_new(uint64_t, SAMPLE_RECORDS * n_parts);
    g_autofree Draws *survive = g_new(Draws, n_parts);
    g_autofree LinkRule *candidates = g_new0(LinkRule, MOST_CANDIDATES);
    g_autofree Draws *caught = g_new(Draws, MOST_CANDIDATES);
    sample.records = records;
    sample.slots = slots;
    sample.keys = keys;
    sample.parts = parts;
    sample_records(prepared, &sample);
    draw_pairs(&sample, survive);
    unsigned n_candidates = gather(&sample, candidates), n_rules = 0;
    for (unsigned c = 0; c < n_candidates; c++)
        catch_of((const Draws *)survive, &candidates[c], caught[c]);
    double n = (double)prepared->n_all, budget = MAX(BUDGET * n, 200000.0);
    Seen seen = {{0}};
    n_rules = both_names(&sample, rules, &budget);
    if (n_rules > 0) {
        Draws own;
        catch_of((const Draws *)survive, &rules[0], own);
        note_caught(own, seen);
    }
    while (n_rules < MOST_RULES) {
        unsigned best = 0;
        double most = 0;
        for (unsigned c = 0; c < n_candidates; c++) {
            double fresh = new_in(caught[c], (const Draws *)seen);
            double worth = fresh / ((double)candidates[c].pairs + n);
            if (fresh >= LEAST_NEW && (double)candidates[c].pairs <= budget && worth > most) {
                most = worth;
                best = c;
            }
        }
        if (most <= 0)
            break;
        budget -= (double)candidates[best].pairs;
        note_caught(caught[best], seen);
        rules[n_rules++] = candidates[best];
        memset(caught[best], 0, sizeof caught[best]); /* taken once */
    }
    return n_rules;
}
