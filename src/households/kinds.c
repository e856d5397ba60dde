/* Kinds of records about the return of households: who may sign one, from which states, and what it must say. No row takes free text: nobody
 * writes a name into the chain by accident. Reasons are codes of the signed rules; the words to them are personal data. */
#include "households/return.h"
#include <string.h>

const char *const household_state_name[HH_STATES] = {
    "registered", "surveyed", "eligible", "ineligible", "appealed",  "refused", "pooled",  "drawn",     "reserve",
    "offered",    "accepted", "declined", "expired",    "scheduled", "keys",    "settled", "withdrawn", "erased"};
const char *const supply_name[SUPPLIES] = {"power", "water", "heat", "road"};
const char *const home_use_name[] = {"free", "pooled", "vacant", "held", "keyed", "gone"};
const char consent_words[] = "return survey contact";

#define S(state) (1U << HH_##state)
#define NEED VALUE_REQUIRED
#define ROWS(a) a, (int)(sizeof a / sizeof a[0])
#define PAPER                                                                                                      \
    {                                                                                                              \
        "paper", VALUE_DIGEST, 0, NULL, 0, 0                                                                       \
    }
// clang-format off
static const struct value_row rules_row[] = {
    {"rooms", VALUE_ANY, NEED, NULL, 0, 0}, {"criteria", VALUE_ANY, NEED, NULL, 0, 0}, {"answer_days", VALUE_COUNT, NEED, NULL, 1, 60},
    {"appeal_days", VALUE_COUNT, NEED, NULL, 1, 180}, {"moves_per_day", VALUE_COUNT, NEED, NULL, 1, 1000}, {"followup_days", VALUE_ANY, NEED, NULL, 0, 0}};
static const struct value_row homes_row[] = {
    {"village", VALUE_CODE, NEED, NULL, 0, 0}, {"sha256", VALUE_DIGEST, NEED, NULL, 0, 0}, {"places", VALUE_ANY, NEED, NULL, 0, 0}, {"homes", VALUE_ANY, NEED, NULL, 0, 0}};
static const struct value_row test_row[] = {
    {"supply", VALUE_WORD, NEED, "power water heat road", 0, 0}, {"result", VALUE_WORD, NEED, "pass fail", 0, 0}, PAPER};
static const struct value_row register_row[] = {
    {"size", VALUE_COUNT, NEED, NULL, 1, PERSONS_MAX}, {"accessible", VALUE_FLAG, NEED, NULL, 0, 0}, {"language", VALUE_CODE, NEED, NULL, 0, 0}, {"group", VALUE_CODE, 0, NULL, 0, 0}};
static const struct value_row consent_row[] = {
    {"purpose", VALUE_WORD, NEED, "return survey contact", 0, 0}, {"act", VALUE_WORD, NEED, "given withdrawn", 0, 0}, PAPER};
static const struct value_row survey_row[] = {{"intention", VALUE_WORD, NEED, "return later stay", 0, 0}, PAPER};
static const struct value_row eligible_row[] = {{"met", VALUE_ANY, NEED, NULL, 0, 0}, PAPER};
static const struct value_row refuse_row[] = {{"unmet", VALUE_ANY, NEED, NULL, 0, 0}, PAPER};
static const struct value_row paper_row[] = {PAPER};
static const struct value_row form_row[] = {{"paper", VALUE_DIGEST, NEED, NULL, 0, 0}};
static const struct value_row commit_row[] = {{"commitment", VALUE_ANY, NEED, NULL, 0, 0}};
static const struct value_row draw_row[] = {{"result", VALUE_ANY, NEED, NULL, 0, 0}};
static const struct value_row cancel_row[] = {{"reason", VALUE_WORD, NEED, "secret_lost seed_not_published list_wrong", 0, 0}, PAPER};
static const struct value_row offer_row[] = {{"home", VALUE_CODE, NEED, NULL, 0, 0}, PAPER};
static const struct value_row move_row[] = {{"day", VALUE_DAY, NEED, NULL, 0, 0}};
static const struct value_row meter_row[] = {{"elec_kWh", VALUE_NUMBER, NEED, NULL, 0, 1e8}, {"water_m3", VALUE_NUMBER, NEED, NULL, 0, 1e7}};
static const struct value_row briefing_row[] = {
    {"language", VALUE_CODE, NEED, NULL, 0, 0}, {"people", VALUE_COUNT, NEED, NULL, 1, 50}, {"map_sha256", VALUE_DIGEST, NEED, NULL, 0, 0}, {"map_head", VALUE_DIGEST, NEED, NULL, 0, 0}, PAPER};
static const struct value_row key_row[] = {
    {"home", VALUE_CODE, NEED, NULL, 0, 0}, {"elec_kWh", VALUE_NUMBER, NEED, NULL, 0, 1e8}, {"water_m3", VALUE_NUMBER, NEED, NULL, 0, 1e7}, {"keys", VALUE_COUNT, NEED, NULL, 1, 20}, PAPER};
static const struct value_row followup_row[] = {{"day", VALUE_COUNT, NEED, NULL, 1, 3650}, {"result", VALUE_WORD, NEED, "settled needs_help", 0, 0}, PAPER};

#define OFFICE (ROLE_REGISTRAR | ROLE_AUTHORITY)
#define BEFORE_POOL (S(REGISTERED) | S(SURVEYED) | S(ELIGIBLE) | S(DECLINED) | S(EXPIRED))
#define LIVING ((1U << HH_STATES) - 1 - S(ERASED))
const struct return_kind return_kinds[] = {
    {"return.rules", "room table, criteria, time limits and capacity of this return", ABOUT_NOTHING, ROLE_AUTHORITY, 0, NULL, ROWS(rules_row)},
    {"return.homes", "the homes of the village: rooms, where they stand, what their supplies hang on", ABOUT_NOTHING, ROLE_DATA | ROLE_AUTHORITY, 0, NULL, ROWS(homes_row)},
    {"return.test", "one supply of one thing passed its test, or not", ABOUT_THING, ROLE_TESTER, 0, NULL, ROWS(test_row)},
    {"return.register", "a household asks to return", ABOUT_NEW, ROLE_REGISTRAR, 0, NULL, ROWS(register_row)},
    {"return.amend", "what was registered is corrected; it is decided anew", ABOUT_HOUSEHOLD, ROLE_REGISTRAR, BEFORE_POOL, "what stands in a published list is not changed any more, and a refusal is appealed against", ROWS(register_row)},
    {"return.consent", "consent to one purpose, given or withdrawn", ABOUT_HOUSEHOLD, OFFICE, LIVING, "it is erased", ROWS(consent_row)},
    {"return.survey", "what the household intends", ABOUT_HOUSEHOLD, ROLE_REGISTRAR | ROLE_COLLECTOR, S(REGISTERED) | S(SURVEYED), "it was decided on already; correct it with --step amend of register", ROWS(survey_row)},
    {"return.eligible", "it meets the criteria", ABOUT_HOUSEHOLD, OFFICE, S(SURVEYED) | S(APPEALED), "survey it first: `kend household survey`", ROWS(eligible_row)},
    {"return.refuse", "it does not meet a criterion", ABOUT_HOUSEHOLD, OFFICE, S(SURVEYED) | S(APPEALED), "survey it first: `kend household survey`", ROWS(refuse_row)},
    {"return.appeal", "the household appeals", ABOUT_HOUSEHOLD, ROLE_REGISTRAR | ROLE_OBSERVER | ROLE_AUTHORITY, S(INELIGIBLE), "nothing was refused, or it was appealed before", ROWS(paper_row)},
    {"return.commit", "list, homes and rules of a draw, published before its seed exists", ABOUT_ROUND, ROLE_REGISTRAR | ROLE_AUTHORITY, 0, NULL, ROWS(commit_row)},
    {"return.draw", "the published result of that draw", ABOUT_ROUND, ROLE_OBSERVER, 0, NULL, ROWS(draw_row)},
    {"return.cancel", "a committed draw that will not be made; all may be drawn anew", ABOUT_ROUND, ROLE_AUTHORITY, 0, NULL, ROWS(cancel_row)},
    {"return.offer", "the home that the draw gave, or the next of the reserve list", ABOUT_HOUSEHOLD, ROLE_REGISTRAR, S(DRAWN) | S(RESERVE), "draw first: an offer is what a draw gave", ROWS(offer_row)},
    {"return.accept", "the household takes the offer", ABOUT_HOUSEHOLD, ROLE_REGISTRAR | ROLE_OBSERVER, S(OFFERED), "nothing is offered to it", ROWS(paper_row)},
    {"return.decline", "the household declines, also after it has accepted", ABOUT_HOUSEHOLD, ROLE_REGISTRAR | ROLE_OBSERVER, S(OFFERED) | S(ACCEPTED) | S(SCHEDULED), "nothing is offered to it", ROWS(form_row)},
    {"return.giveback", "the household gives back a home that is not ready, and stands in the next draw", ABOUT_HOUSEHOLD, ROLE_REGISTRAR | ROLE_OBSERVER, S(DRAWN) | S(OFFERED) | S(ACCEPTED) | S(SCHEDULED), "it holds no home", ROWS(form_row)},
    {"return.expire", "no answer came in time", ABOUT_HOUSEHOLD, ROLE_REGISTRAR | ROLE_OBSERVER, S(OFFERED), "nothing is offered to it", NULL, 0},
    {"return.move", "the day of the move", ABOUT_HOUSEHOLD, ROLE_REGISTRAR, S(ACCEPTED) | S(SCHEDULED), "it has accepted no offer yet", ROWS(move_row)},
    {"return.meter", "the meters of its home, read before the keys", ABOUT_HOUSEHOLD, ROLE_TESTER, S(ACCEPTED) | S(SCHEDULED), "it has accepted no offer yet", ROWS(meter_row)},
    {"return.briefing", "taught what the danger is, in its language, over the map of land nearby", ABOUT_HOUSEHOLD, ROLE_EDUCATOR, S(ACCEPTED) | S(SCHEDULED), "it has accepted no offer yet", ROWS(briefing_row)},
    {"return.key", "the keys are handed over with the meters' start", ABOUT_HOUSEHOLD, ROLE_REGISTRAR, S(SCHEDULED), "fix the day of the move first: `kend household move`", ROWS(key_row)},
    {"return.followup", "a visit after the move", ABOUT_HOUSEHOLD, ROLE_REGISTRAR | ROLE_COLLECTOR, S(KEYS), "the keys are not handed over, or all visits are made", ROWS(followup_row)},
    {"return.erase", "its personal data are destroyed; it leaves the list", ABOUT_HOUSEHOLD, OFFICE, LIVING, "it is erased already", ROWS(paper_row)},
};
// clang-format on
const int n_return_kinds = (int)(sizeof return_kinds / sizeof return_kinds[0]);

const struct return_kind *return_kind_find(const char *kind)
{
    for (int i = 0; i < n_return_kinds; i++)
        if (!strcmp(return_kinds[i].kind, kind)) return &return_kinds[i];
    return NULL;
}
