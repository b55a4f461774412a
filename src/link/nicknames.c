#include "link/nicknames.h"

#include "link/intern.h"
#include "link/normal.h"

#include <string.h>

/* A line a group: the name first, then its short forms. English: as in the Oxford Dictionary of
 * First Names; Persian: everyday short forms, each with its Latin spelling. */
static const char *const GROUPS[] = {
    "abigail abby gail",
    "albert al bert bertie",
    "alexander alex alec sandy sasha xander",
    "alexandra alex alexa sandra sandy sasha",
    "alfred al alf alfie fred",
    "alison ali allie",
    "andrew andy drew",
    "angela angie",
    "ann anne anna annie nan nancy hannah",
    "anthony tony ant",
    "arthur art artie",
    "barbara barb babs barbie",
    "benjamin ben benji benny",
    "bernard bernie",
    "bradley brad",
    "catherine katherine kathryn cathy kathy kate katie kitty kay",
    "charles charlie chuck chas",
    "charlotte lottie charlie",
    "christina christine chris chrissy tina",
    "christopher chris kit topher",
    "cynthia cindy",
    "daniel dan danny",
    "david dave davy",
    "deborah debra deb debbie",
    "donald don donny",
    "dorothy dot dottie dolly",
    "douglas doug",
    "edward ed eddie ned ted teddy",
    "eleanor ellie nell nellie nora",
    "elizabeth eliza liz lizzie beth betty bess libby elsie lisa",
    "emily em emma millie",
    "eugene gene",
    "florence flo florrie",
    "frances fran fanny frankie",
    "francis frank frankie",
    "frederick fred freddie freddy",
    "gabriel gabe",
    "gabrielle gabby",
    "gerald gerry jerry",
    "gregory greg gregg",
    "harold harry hal",
    "helen nell nellie",
    "henry harry hal hank",
    "isabella isabel bella izzy belle",
    "jacob jake",
    "jacqueline jackie",
    "james jim jimmy jamie jem",
    "jane janet jenny janie",
    "jason jay",
    "jeffrey geoffrey jeff geoff",
    "jennifer jen jenny",
    "jessica jess jessie",
    "joan joanna joanne jo",
    "john jack johnny jon",
    "jonathan jon jonny nathan",
    "joseph joe joey jo",
    "joshua josh",
    "judith judy jude",
    "julia julie jules",
    "katerina kat kate katie",
    "kenneth ken kenny",
    "kimberley kimberly kim",
    "lawrence laurence larry laurie",
    "leonard len lenny leo",
    "lewis louis lou lew",
    "louise lou",
    "lucille lucy",
    "madeline madeleine maddie",
    "margaret maggie meg megan peg peggy greta rita madge daisy",
    "martha patty mattie",
    "martin marty",
    "mary molly polly mamie mae may",
    "matilda tilly mattie",
    "matthew matt matty",
    "maximilian max",
    "michael mike mick mickey micky mitch",
    "michelle shelly mitch",
    "miranda mandy randi",
    "nathaniel nathan nat nate",
    "nicholas nick nicky nico",
    "nicole nicky nikki",
    "oliver ollie",
    "olivia liv livvy",
    "pamela pam",
    "patricia pat patsy patty trish tricia",
    "patrick pat paddy",
    "peter pete",
    "philip phillip phil pip",
    "priscilla cilla",
    "rachel rae",
    "raymond ray",
    "rebecca becky becca",
    "reginald reg reggie",
    "richard dick rick ricky rich richie",
    "robert rob robbie bob bobby bert",
    "rodney rod",
    "roger rodge",
    "ronald ron ronnie",
    "rosemary rose rosie",
    "russell russ rusty",
    "samantha sam sammy",
    "samuel sam sammy",
    "sarah sara sally sadie",
    "stephanie steph stevie",
    "stephen steven steve stevie",
    "stuart stewart stu",
    "susan susanna suzanne sue susie suzy",
    "sylvester sly",
    "theodore ted teddy theo",
    "theresa teresa terry tess tessa",
    "thomas tom tommy",
    "timothy tim timmy",
    "valerie val",
    "veronica ronnie",
    "victor vic",
    "victoria vicky vic tori",
    "vincent vince vinny",
    "virginia ginny ginger",
    "walter wally walt",
    "wilfred wilf fred",
    "william will bill billy willie liam",
    "zachary zach zack",
    "محمد ممد mohammad mohamad muhammad mohammed mamad",
    "محمدرضا ممدرضا mohammadreza mamadreza",
    "محمدعلی ممدلی مملی mohammadali mamali",
    "ابوالفضل ابول abolfazl abol",
    "ابوالقاسم ابول abolghasem abol",
    "غلامرضا غلام gholamreza gholam",
    "غلامحسین غلام gholamhossein gholam",
    "غلامعلی غلام gholamali gholam",
    "ابراهیم ابی ebrahim ebi ibrahim",
    "اسماعیل اسی esmail esi ismail",
    "اسفندیار اسی esfandiar esi",
    "فاطمه فاطی fatemeh fati fatima",
    "زهرا زری zahra zari",
    "خدیجه خدی khadijeh khadi khadija",
    "پریسا پری parisa pari",
    "پروانه پری parvaneh pari",
    "پریناز پری parinaz pari",
    "شهرزاد شهری shahrzad",
    "کامبیز کامی kambiz kami",
    "کامران کامی kamran kami",
    "سیاوش سیا siavash sia",
    "فریدون فری fereydoun fereidoun feri",
    "فریبا فری fariba feri",
    "فریده فری farideh feri",
    "فرشته فری fereshteh feri",
    "عبدالله عبدل عبدی abdollah abdol",
    "عبدالرضا عبدی abdolreza abdi",
    "نازنین نازی nazanin nazi",
    "نازیلا نازی nazila nazi",
    "الناز الی elnaz eli",
    "الهام الی elham eli",
    "الهه الی elaheh eli",
    "سپیده سپی sepideh sepi",
    "عزت‌الله عزت ezzatollah ezzat",
    "نصرت‌الله نصرت nosratollah nosrat",
    "حشمت‌الله حشمت heshmatollah heshmat",
    "قدرت‌الله قدرت ghodratollah ghodrat",
    "رحمت‌الله رحمت rahmatollah rahmat",
};
G_STATIC_ASSERT(G_N_ELEMENTS(GROUPS) <= 256);

struct LinkNicknames {
    LinkIntern words;
    uint8_t (*groups)[LINK_NICKNAMES_MOST];
    uint8_t *n_groups;
};

LinkNicknames *link_nicknames_new(void)
{
    enum { MOST_WORDS = 1024 };
    LinkNicknames *nicknames = g_new0(LinkNicknames, 1);
    nicknames->groups = g_malloc0(MOST_WORDS * sizeof *nicknames->groups);
    nicknames->n_groups = g_new0(uint8_t, MOST_WORDS);
    for (unsigned g = 0; g < G_N_ELEMENTS(GROUPS); g++)
        for (const char *at = GROUPS[g]; *at != '\0';) {
            char word[64];
            size_t length = MIN(strcspn(at, " "), sizeof word - 1);
            memcpy(word, at, length);
            word[length] = '\0';
            at += length + (at[length] == ' ');
            uint8_t normal[LINK_NORMAL_MAX];
            bool arabic;
            uint32_t id =
                link_intern(&nicknames->words, normal, link_normal_text(word, normal, &arabic));
            if (id < MOST_WORDS && nicknames->n_groups[id] < LINK_NICKNAMES_MOST)
                nicknames->groups[id][nicknames->n_groups[id]++] = (uint8_t)g;
        }
    return nicknames;
}

void link_nicknames_free(LinkNicknames *nicknames)
{
    if (nicknames == NULL)
        return;
    link_intern_clear(&nicknames->words);
    g_free(nicknames->groups);
    g_free(nicknames->n_groups);
    g_free(nicknames);
}

unsigned link_nicknames_of(const LinkNicknames *nicknames, const char *normal,
                           uint8_t groups[LINK_NICKNAMES_MOST])
{
    uint32_t id = link_intern_find(&nicknames->words, normal, strlen(normal));
    if (id == LINK_NO_ID)
        return 0;
    memcpy(groups, nicknames->groups[id], nicknames->n_groups[id]);
    return nicknames->n_groups[id];
}
