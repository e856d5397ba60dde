/* Kinds of records about land: who may sign one, from which states, and what it must say. One table drives the checks, the commands'
 * options and docs/land.md. Fields follow the minimum data requirements for mine action (GICHD/mdr on GitHub, source: Activities,
 * LR, Quality_assurance, Risk_education, Accident; IMAS 05.10); `from` is the state machine, whose other half (the state that follows) stands in apply.c. */
#include "land/land.h"
#include <string.h>

const char *const area_state_name[AREA_STATES] = {
    "reported",  "nts_tasked",       "cancelled",   "sha",       "cha",        "ts_tasked",
    "reduced",   "clearance_tasked", "in_progress", "suspended", "pending_qc", "nonconformity",
    "completed", "handover_signed",  "in_use",      "reopened"};
const char *const outcome_name[OUTCOMES] = {"cancelled", "reduced", "cleared"};

#define S(state) (1U << AREA_##state)
#define ANY_STATE ((1U << AREA_STATES) - 1)
#define NEED VALUE_REQUIRED
#define ROWS(a) a, (int)(sizeof a / sizeof a[0])
/* What a machine or one dog went over counts when people, or a second dog, have followed on the same ground. */
#define CLEARING "manual manual_dogs manual_machine two_dogs two_dogs_machine"
#define ASSISTING "dogs machine survey"
static const char categories[] = "mine_ap mine_av uxo cluster ied ammunition other";
static const char methods[] = CLEARING " " ASSISTING;
#define DEPTH_LEAST_M 0.05
#define DEPTH_MOST_M 10
const double CLEARED_DEPTH_M[2] = {DEPTH_LEAST_M, DEPTH_MOST_M};
// clang-format off
static const struct value_row area_row[] = {
    {"geometry", VALUE_AREA, NEED, NULL, 0, 0}, {"evidence", VALUE_TEXT, NEED, NULL, 0, 0}, {"name", VALUE_TEXT, 0, NULL, 0, 0},
    {"place", VALUE_TEXT, 0, NULL, 0, 0}, {"beneficiaries", VALUE_COUNT, 0, NULL, 0, 1e7}};
static const struct value_row extend_row[] = {{"geometry", VALUE_AREA, NEED, NULL, 0, 0}, {"evidence", VALUE_TEXT, NEED, NULL, 0, 0}};
static const struct value_row task_row[] = {
    {"method", VALUE_WORD, NEED, "nts ts clearance", 0, 0}, {"operator", VALUE_TEXT, NEED, NULL, 0, 0}, {"order", VALUE_TEXT, NEED, NULL, 0, 0},
    {"depth_m", VALUE_NUMBER, 0, NULL, 0.05, 10}, {"medical", VALUE_TEXT, 0, NULL, 0, 0}, {"marking", VALUE_TEXT, 0, NULL, 0, 0},
    {"sop", VALUE_TEXT, 0, NULL, 0, 0}, {"geometry", VALUE_AREA, 0, NULL, 0, 0}, {"position", VALUE_POINT, 0, NULL, 0, 0}};
static const struct value_row survey_row[] = {
    {"method", VALUE_WORD, NEED, "nts ts", 0, 0}, {"result", VALUE_WORD, NEED, "none indirect direct", 0, 0}, {"evidence", VALUE_TEXT, NEED, NULL, 0, 0},
    {"residual", VALUE_TEXT, 0, NULL, 0, 0}, {"geometry", VALUE_AREA, 0, NULL, 0, 0}, {"area_m2", VALUE_NUMBER, 0, NULL, 0, 1e12},
    {"from", VALUE_DAY, 0, NULL, 0, 0}, {"until", VALUE_DAY, 0, NULL, 0, 0}};
static const struct value_row reason_row[] = {{"text", VALUE_TEXT, NEED, NULL, 0, 0}};
static const struct value_row start_row[] = {{"text", VALUE_TEXT, 0, NULL, 0, 0}, {"from", VALUE_DAY, 0, NULL, 0, 0}};
static const struct value_row say_row[] = {{"text", VALUE_TEXT, 0, NULL, 0, 0}};
static const struct value_row progress_row[] = {
    {"team", VALUE_TEXT, NEED, NULL, 0, 0}, {"day", VALUE_DAY, NEED, NULL, 0, 0}, {"method", VALUE_WORD, NEED, methods, 0, 0},
    {"searched_m2", VALUE_NUMBER, NEED, NULL, 0, 1e8}, {"hours", VALUE_NUMBER, 0, NULL, 0, 24}, {"supersedes", VALUE_COUNT, 0, NULL, 1, 1e15},
    {"geometry", VALUE_AREA, 0, NULL, 0, 0}, {"text", VALUE_TEXT, 0, NULL, 0, 0}};
static const struct value_row device_row[] = {
    {"category", VALUE_WORD, NEED, categories, 0, 0}, {"model", VALUE_TEXT, 0, NULL, 0, 0},
    {"condition", VALUE_TEXT, 0, NULL, 0, 0}, {"depth_m", VALUE_NUMBER, NEED, NULL, 0, 10}, {"position", VALUE_POINT, NEED, NULL, 0, 0},
    {"fate", VALUE_WORD, NEED, "destroyed removed disarmed marked", 0, 0}, {"supersedes", VALUE_COUNT, 0, NULL, 1, 1e15}};
static const struct value_row submit_row[] = {
    {"depth_m", VALUE_NUMBER, NEED, NULL, DEPTH_LEAST_M, DEPTH_MOST_M}, {"method", VALUE_WORD, NEED, methods, 0, 0}, {"residual", VALUE_TEXT, NEED, NULL, 0, 0},
    {"geometry", VALUE_AREA, 0, NULL, 0, 0}, {"area_m2", VALUE_NUMBER, 0, NULL, 0, 1e12}, {"points", VALUE_TEXT, 0, NULL, 0, 0}, {"until", VALUE_DAY, 0, NULL, 0, 0}};
static const struct value_row qa_row[] = {
    {"visit", VALUE_WORD, NEED, "monitoring control", 0, 0}, {"result", VALUE_WORD, NEED, "pass nonconformity", 0, 0}, {"text", VALUE_TEXT, NEED, NULL, 0, 0},
    {"severity", VALUE_WORD, 0, "minor major critical", 0, 0}, {"type", VALUE_TEXT, 0, NULL, 0, 0}, {"sampled_m2", VALUE_NUMBER, 0, NULL, 0, 1e8}, {"measures", VALUE_TEXT, 0, NULL, 0, 0}};
static const struct value_row release_row[] = {{"outcome", VALUE_WORD, NEED, "cancelled reduced cleared", 0, 0}, {"text", VALUE_TEXT, 0, NULL, 0, 0}};
static const struct value_row handover_row[] = {
    {"use", VALUE_TEXT, NEED, NULL, 0, 0}, {"residual", VALUE_TEXT, NEED, NULL, 0, 0}, {"text", VALUE_TEXT, 0, NULL, 0, 0}};
static const struct value_row commission_row[] = {
    {"test", VALUE_TEXT, NEED, NULL, 0, 0}, {"result", VALUE_WORD, NEED, "pass fail", 0, 0}, {"text", VALUE_TEXT, 0, NULL, 0, 0}};
static const struct value_row find_row[] = {
    {"text", VALUE_TEXT, 0, NULL, 0, 0}, {"position", VALUE_POINT, 0, NULL, 0, 0}, {"place", VALUE_TEXT, 0, NULL, 0, 0},
    {"photo_sha256", VALUE_TEXT, 0, NULL, 0, 0}, {"report", VALUE_TEXT, 0, NULL, 0, 0}, {"limited", VALUE_COUNT, 0, NULL, 0, 1}};
static const struct value_row resolve_row[] = {
    {"find", VALUE_COUNT, NEED, NULL, 1, 1e15}, {"result", VALUE_WORD, NEED, "nothing removed", 0, 0}, {"text", VALUE_TEXT, NEED, NULL, 0, 0}};
static const struct value_row restore_row[] = {{"find", VALUE_COUNT, NEED, NULL, 1, 1e15}, {"text", VALUE_TEXT, NEED, NULL, 0, 0}};
static const struct value_row accident_row[] = {
    {"text", VALUE_TEXT, NEED, NULL, 0, 0}, {"casualties", VALUE_COUNT, NEED, NULL, 0, 1000}, {"position", VALUE_POINT, 0, NULL, 0, 0}, {"place", VALUE_TEXT, 0, NULL, 0, 0},
    {"category", VALUE_WORD, 0, categories, 0, 0}, {"type", VALUE_WORD, 0, "demining mine", 0, 0}};
static const struct value_row lesson_row[] = {
    {"text", VALUE_TEXT, NEED, NULL, 0, 0}, {"people", VALUE_COUNT, NEED, NULL, 0, 1e6}, {"language", VALUE_TEXT, NEED, NULL, 0, 0},
    {"method", VALUE_TEXT, 0, NULL, 0, 0}, {"org", VALUE_TEXT, 0, NULL, 0, 0}, {"position", VALUE_POINT, 0, NULL, 0, 0}};
static const struct value_row import_row[] = {
    {"file", VALUE_TEXT, NEED, NULL, 0, 0}, {"sha256", VALUE_TEXT, NEED, NULL, 0, 0}, {"features", VALUE_ANY, NEED, NULL, 0, 0},
    {"public", VALUE_TEXT, 0, NULL, 0, 0}, {"signature", VALUE_TEXT, 0, NULL, 0, 0}, {"text", VALUE_ANY, 0, NULL, 0, 0}, {"prefix", VALUE_TEXT, 0, NULL, 0, 0}, {"refused", VALUE_ANY, 0, NULL, 0, 0}, {"points", VALUE_COUNT, 0, NULL, 0, 1e7}};
static const struct value_row reconcile_row[] = {{"import", VALUE_COUNT, NEED, NULL, 1, 1e15}, {"text", VALUE_TEXT, NEED, NULL, 0, 0}};
static const struct value_row rank_row[] = {{"order", VALUE_ANY, NEED, NULL, 0, 0}, {"text", VALUE_TEXT, NEED, NULL, 0, 0}, {"plan", VALUE_ANY, 0, NULL, 0, 0}};

enum { EVERYBODY = ROLE_COLLECTOR | ROLE_LEADER | ROLE_MANAGER | ROLE_DATA | ROLE_INSPECTOR | ROLE_AUTHORITY | ROLE_USER | ROLE_TESTER };
#define OPEN_STATES (S(REPORTED) | S(NTS_TASKED) | S(SHA) | S(CHA) | S(TS_TASKED) | S(CLEARANCE_TASKED) | S(IN_PROGRESS) | S(SUSPENDED) | S(NONCONFORMITY) | S(REOPENED))
#define WORK_STATES (S(NTS_TASKED) | S(TS_TASKED) | S(CLEARANCE_TASKED) | S(IN_PROGRESS) | S(SUSPENDED) | S(PENDING_QC))
const struct land_kind land_kinds[] = {
    {"land.area", "a suspected area with its evidence", ROLE_COLLECTOR | ROLE_DATA | ROLE_AUTHORITY, 0, NULL, ROWS(area_row)},
    {"land.extend", "the area is larger than was known", ROLE_COLLECTOR | ROLE_LEADER | ROLE_DATA, OPEN_STATES, "released land is reopened by a find", ROWS(extend_row)},
    {"land.task", "the authority orders a survey or clearance", ROLE_AUTHORITY, S(REPORTED) | S(SHA) | S(CHA) | S(REOPENED), "survey it, or let running work end first", ROWS(task_row)},
    {"land.survey", "what a survey found", ROLE_COLLECTOR | ROLE_LEADER, S(NTS_TASKED) | S(TS_TASKED) | S(IN_PROGRESS), "the authority orders the survey first: `kend land task`", ROWS(survey_row)},
    {"land.start", "a team begins", ROLE_LEADER, S(CLEARANCE_TASKED), "the authority orders clearance first: `kend land task`", ROWS(start_row)},
    {"land.suspend", "work stops for a reason", ROLE_LEADER | ROLE_MANAGER, S(IN_PROGRESS), "nothing is in progress", ROWS(reason_row)},
    {"land.resume", "work goes on", ROLE_LEADER | ROLE_MANAGER, S(SUSPENDED), "nothing is suspended", ROWS(say_row)},
    {"land.progress", "one team's day", ROLE_LEADER, S(IN_PROGRESS), "start the work first: `kend land task --step start`", ROWS(progress_row)},
    {"land.device", "an item found by the search and what became of it", ROLE_LEADER, S(IN_PROGRESS) | S(TS_TASKED), "only searching teams record devices; others report a find", ROWS(device_row)},
    {"land.submit", "the operator says that it is clear", ROLE_MANAGER, S(IN_PROGRESS), "start the work first: `kend land task --step start`", ROWS(submit_row)},
    {"land.qa", "a visit of quality assurance or control", ROLE_INSPECTOR, WORK_STATES, "there is no work to look at", ROWS(qa_row)},
    {"land.rework", "the team mends what quality control found", ROLE_LEADER, S(NONCONFORMITY), "quality control found nothing to mend", ROWS(reason_row)},
    {"land.release", "the authority releases what was surveyed or cleared", ROLE_AUTHORITY, S(NTS_TASKED) | S(TS_TASKED) | S(IN_PROGRESS) | S(PENDING_QC), "survey it, or clear and submit it, first", ROWS(release_row)},
    {"land.handover", "the authority hands over with the residual risk", ROLE_AUTHORITY, S(CANCELLED) | S(REDUCED) | S(COMPLETED), "the authority releases it first: `kend land release`", ROWS(handover_row)},
    {"land.accept", "the end user takes it over", ROLE_USER, S(CANCELLED) | S(REDUCED) | S(COMPLETED), "the authority hands it over first: `kend land handover`", ROWS(say_row)},
    {"land.commission", "what was built on it passes its tests", ROLE_TESTER, S(HANDOVER_SIGNED), "it is not handed over: `kend land handover`", ROWS(commission_row)},
    {"land.use", "it is in use", ROLE_USER, S(HANDOVER_SIGNED), "it is not handed over: `kend land handover`", ROWS(say_row)},
    {"land.find", "somebody accredited found something", EVERYBODY, 0, NULL, ROWS(find_row)},
    {"land.found", "anybody found something", 0, 0, NULL, ROWS(find_row)},
    {"land.resolve", "what the visit to a find showed", ROLE_INSPECTOR | ROLE_LEADER, 0, NULL, ROWS(resolve_row)},
    {"land.restore", "the authority gives back what a find had closed", ROLE_AUTHORITY, 0, NULL, ROWS(restore_row)},
    {"land.accident", "an accident with its casualties", EVERYBODY, 0, NULL, ROWS(accident_row)},
    {"land.lesson", "a session of risk education", EVERYBODY, 0, NULL, ROWS(lesson_row)},
    {"land.import", "areas from a file, best a release signed by the authority", ROLE_DATA, 0, NULL, ROWS(import_row)},
    {"land.reconcile", "a difference to the authority's release is taken over", ROLE_DATA | ROLE_AUTHORITY, ANY_STATE, NULL, ROWS(reconcile_row)},
    {"land.rank", "a person signs the order of work", ROLE_AUTHORITY | ROLE_MANAGER, 0, NULL, ROWS(rank_row)},
};
// clang-format on
const int n_land_kinds = (int)(sizeof land_kinds / sizeof land_kinds[0]);

const struct land_kind *land_kind_find(const char *kind)
{
    for (int i = 0; i < n_land_kinds; i++)
        if (!strcmp(land_kinds[i].kind, kind)) return &land_kinds[i];
    return NULL;
}

enum search method_search(const char *method)
{
    if (!method) return SEARCH_NONE;
    return word_in(CLEARING, method) ? SEARCH_CLEARS : word_in(ASSISTING, method) ? SEARCH_ASSISTS : SEARCH_NONE;
}

int kind_check(const struct land_kind *k, const json_t *data, struct err *e)
{
    return facts_check(k->kind, k->value, k->n_value, data, e);
}
