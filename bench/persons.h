/* bench/persons.h: made-up records of persons, from a seed: Persian names in either script, 30 % of
 * the records repeat a person with slips of the pen, missing fields, another script, a swapped
 * name. */
#pragma once
#include "base/random.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *fa, *en;
} Word;

static const Word GIVEN[] = {
    {"علی", "Ali"},      {"محمد", "Mohammad"}, {"حسین", "Hossein"},  {"رضا", "Reza"},
    {"مهدی", "Mehdi"},   {"امیر", "Amir"},     {"فاطمه", "Fatemeh"}, {"زهرا", "Zahra"},
    {"مریم", "Maryam"},  {"سارا", "Sara"},     {"نرگس", "Narges"},   {"الهام", "Elham"},
    {"پریسا", "Parisa"}, {"شیرین", "Shirin"},  {"آرش", "Arash"},     {"بهرام", "Bahram"},
    {"کاوه", "Kaveh"},   {"سیاوش", "Siavash"}, {"فرهاد", "Farhad"},  {"جواد", "Javad"},
    {"حسن", "Hassan"},   {"سعید", "Saeed"},    {"نوید", "Navid"},    {"پویا", "Pouya"},
    {"ژاله", "Zhaleh"},  {"گلناز", "Golnaz"},  {"خسرو", "Khosrow"},  {"شهرام", "Shahram"},
    {"قاسم", "Ghasem"},  {"یوسف", "Yousef"},   {"لیلا", "Leila"},    {"مینا", "Mina"},
    {"نیما", "Nima"},    {"وحید", "Vahid"},    {"هادی", "Hadi"},     {"بابک", "Babak"},
    {"روژین", "Rojin"},  {"سوران", "Soran"},   {"دیاکو", "Diako"},   {"آیدا", "Aida"},
};
static const Word STEMS[] = {
    {"احمد", "Ahmad"},      {"محمد", "Mohammad"}, {"حسین", "Hossein"}, {"کریم", "Karim"},
    {"رحیم", "Rahim"},      {"صادق", "Sadegh"},   {"جعفر", "Jafar"},   {"اکبر", "Akbar"},
    {"اسد", "Asad"},        {"بهرام", "Bahram"},  {"رستم", "Rostam"},  {"فرهاد", "Farhad"},
    {"خسرو", "Khosrow"},    {"سلیم", "Salim"},    {"نظر", "Nazar"},    {"مراد", "Morad"},
    {"شریف", "Sharif"},     {"یعقوب", "Yaghoub"}, {"قنبر", "Ghanbar"}, {"طاهر", "Taher"},
    {"کاظم", "Kazem"},      {"منصور", "Mansour"}, {"نادر", "Nader"},   {"داود", "Davoud"},
    {"ابراهیم", "Ebrahim"}, {"حیدر", "Heydar"},   {"عباس", "Abbas"},   {"سلطان", "Soltan"},
    {"میرزا", "Mirza"},     {"زمان", "Zaman"},
};
static const Word ENDINGS[] = {
    {"ی", "i"},    {"زاده", "zadeh"}, {"پور", "pour"}, {"نژاد", "nejad"}, {"یان", "ian"},
    {"لو", "lou"}, {"فر", "far"},     {"وند", "vand"}, {"نیا", "nia"},    {"خانی", "khani"},
};
static const Word PLACES[] = {
    {"تهران", "Tehran"},   {"شیراز", "Shiraz"},   {"تبریز", "Tabriz"},
    {"اصفهان", "Isfahan"}, {"مشهد", "Mashhad"},   {"سنندج", "Sanandaj"},
    {"زاهدان", "Zahedan"}, {"اهواز", "Ahvaz"},    {"کرج", "Karaj"},
    {"رشت", "Rasht"},      {"ارومیه", "Urmia"},   {"کرمان", "Kerman"},
    {"یزد", "Yazd"},       {"مهاباد", "Mahabad"}, {"بوکان", "Bukan"},
    {"سقز", "Saqqez"},     {"همدان", "Hamadan"},  {"قزوین", "Qazvin"},
    {"اراک", "Arak"},      {"ساری", "Sari"},      {"گرگان", "Gorgan"},
    {"بوشهر", "Bushehr"},  {"ایلام", "Ilam"},     {"خرم‌آباد", "Khorramabad"},
};

enum { FIELDS = 8, PERSON = 7 };
static const char *const COLUMNS[FIELDS] = {"given_name",  "family_name", "father_name",
                                            "birth_date",  "city",        "phone",
                                            "case_number", "person"};

typedef struct {
    char fields[FIELDS][96];
} Record;

static unsigned skewed(Random *random, size_t n)
{
    double x = random_uniform(random);
    return (unsigned)(x * x * (double)n);
}

static void make(Record *record, uint64_t person, uint64_t version)
{
    Random random, slips;
    random_start(&random, 77, person);
    random_start(&slips, 78, person * 64 + version);
    bool latin = (person % 3 == 0) != (version > 0 && random_below(&slips, 10) < 3);
    const Word *given = &GIVEN[skewed(&random, G_N_ELEMENTS(GIVEN))];
    const Word *father = &GIVEN[skewed(&random, G_N_ELEMENTS(GIVEN))];
    const Word *stem = &STEMS[skewed(&random, G_N_ELEMENTS(STEMS))];
    const Word *ending = &ENDINGS[skewed(&random, G_N_ELEMENTS(ENDINGS))];
    bool from = random_below(&random, 2) == 0;
    const Word *origin = &PLACES[random_below(&random, G_N_ELEMENTS(PLACES))];
    const Word *city = &PLACES[skewed(&random, G_N_ELEMENTS(PLACES))];
    char(*f)[96] = record->fields;
#define OF(word) (latin ? (word)->en : (word)->fa)
    snprintf(f[0], 96, "%s", OF(given));
    snprintf(f[1], 96, "%s%s%s%s%s", OF(stem), OF(ending), from ? " " : "", from ? OF(origin) : "",
             from ? (latin ? "i" : "ی") : "");
    snprintf(f[2], 96, "%s", OF(father));
    snprintf(f[3], 96, "%d-%02d-%02d", 1940 + (int)random_below(&random, 66),
             1 + (int)random_below(&random, 12), 1 + (int)random_below(&random, 28));
    snprintf(f[4], 96, "%s", OF(city));
    snprintf(f[5], 96, "0900%07" PRIu64, random_below(&random, 10000000));
    snprintf(f[6], 96, "9%09" PRIu64, random_below(&random, 1000000000));
    snprintf(f[7], 96, "%" PRIu64, person);
    if (version == 0)
        return;
    for (unsigned i = 0; i < PERSON; i++) {
        uint64_t slip = random_below(&slips, 100);
        size_t n = strlen(f[i]), at = n > 2 ? 1 + random_below(&slips, n - 2) : 0;
        if (slip < 12) {
            f[i][0] = '\0';
        } else if (slip < 24 && n > 3 && (unsigned char)f[i][at] < 128 &&
                   (unsigned char)f[i][at + 1] < 128) {
            if (i == 3 || i >= 5)
                f[i][at] = f[i][at] == '-' ? '-' : (char)('0' + random_below(&slips, 10));
            else
                memmove(f[i] + at, f[i] + at + 1, n - at);
        }
    }
    if (random_below(&slips, 30) == 0) {
        char other[96];
        memcpy(other, f[0], 96);
        memcpy(f[0], f[1], 96);
        memcpy(f[1], other, 96);
    }
}

static void make_nth(Record *record, uint64_t i, uint64_t n)
{
    /* Seven of ten records are first sights; the others repeat one of them, most of them once. */
    uint64_t firsts = n * 7 / 10;
    if (i < firsts)
        make(record, i, 0);
    else
        make(record, (i - firsts) * UINT64_C(7919) % firsts, i);
}
