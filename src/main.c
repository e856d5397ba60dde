/* kend: the joint management and control of a smart village. This file is the table of commands and the way in; each command is one
 * cmd_*.c file beside it. The .c files of this folder are the only place that knows everybody. */
#include "base/err.h"
#include "command.h"
#include <string.h>

#define LAND_NEED "cleared land, handed over with signed evidence"
#define ROWS(a) a, (int)(sizeof a / sizeof a[0])
// clang-format off
static const struct option_row check_options[] = {
    {"--db", "FILE", NULL, "data base with the records of the land; else the export that the village file names"},
    {"--json", NULL, NULL, "print the summary, or every mistake with line and column, as one JSON object"},
};
static const struct option_row calc_options[] = {
    {"--in", "FILE", "-", "read the input there; - is standard input"},
    {"--check", NULL, NULL, "run every published case and print ours beside it; status 1 if one misses"},
    {"--markdown", NULL, NULL, "with --check: print docs/models.md"},
    {"--reference", "DIR", NULL, "with --check: where large reference files are; else $KEND_REFERENCE, else ../shared/reference"},
};
static const struct option_row simulate_options[] = {
    {"--weather", "FILE", NULL, "weather of a real year: EPW, TMY3, PVGIS (CSV, JSON) or NSRDB; else a synthetic year from the file's norms"},
    {"--river", "NAME", NULL, "which river year of the village file (dry, median, wet); else the file's first"},
    {"--from", "DATE", "2026-02-01", "first local day; from the 1st of a month its whole peak is charged"},
    {"--days", "N", "7", "how many days, 1 to 366"},
    {"--control", "NAME", "joint", "rules, separate, joint, perfect, a list such as rules,joint, or all"},
    {"--seed", "S", "1", "seed of the synthetic weather, demand and the true parameters"},
    {"--tick", "SECONDS", "60", "step of the tracker and the twin, 1 to 900"},
    {"--fidelity", "NAME", "fast", "what the twin steps: fast, high (homes by the zone of ASHRAE 140, the digester by ADM1, streets by the point grid of EN 13201-3, greenhouses by heat and vapour) or both, side by side"},
    {"--threads", "N", "4", "controllers simulated at the same time, 1 to 8; where there are two for each, the second draws the next day and helps the solve"},
    {"--out", "DIR", NULL, "write a CSV of every series and one HTML report there"},
    {"--json", NULL, NULL, "print the table as one JSON object"},
};
static const struct option_row dispatch_options[] = {
    {"--at", "TIME", "2026-01-15T06:00", "when the plan is made, local time unless an offset is given"},
    {"--hours", "H", "24", "how far it looks, 1 to 72"},
    {"--weather", "FILE", NULL, "weather file, as in simulate"},
    {"--river", "NAME", NULL, "river year, as in simulate"},
    {"--seed", "S", "1", "seed, as in simulate"},
    {"--gap", "G", "1e-3", "relative gap to the certified bound that is asked for"},
    {"--threads", "N", "2", "of the solver, 1 or 2; the plan is the same"},
    {"--relaxed", NULL, NULL, "let units run in fractions, start for nothing and switch at will: the problem whose optimum general solvers can prove"},
    {"--mps", "OUT", NULL, "write the same problem as a free MPS file that other solvers read"},
    {"--json", NULL, NULL, "print the plan as one JSON object"},
};
static const struct option_row run_options[] = {
    {"--listen", "ADDR", "127.0.0.1:8080", "address and port of the page; only loopback unless a password is configured"},
    {"--db", "FILE", NULL, "history and audit; else a database in memory that ends with the program"},
    {"--speed", "X", "1", "how fast the village's clock runs, 1 to 10000"},
    {"--weather", "FILE", NULL, "weather file, as in simulate"},
    {"--river", "NAME", NULL, "river year, as in simulate"},
    {"--control", "NAME", "joint", "rules, separate or joint"},
    {"--history", "DAYS", "7", "days simulated before the page opens, 0 to 31"},
    {"--seed", "S", "1", "seed, as in simulate"},
    {"--names", "LIST", NULL, "further names the page is called by, such as those of a reverse proxy: kend.example,kend.local:8443"},
    {"--proxy", "ADDR", NULL, "address of a reverse proxy whose X-Forwarded-For is believed, so that its callers are told apart"},
    {"--password-file", "FILE", NULL, "file holding an argon2id hash; allows addresses other than loopback"},
};
/* The options that every record about land shares. */
#define LAND_DB {"--db", "FILE", NULL, "the data base of the village, as in run"}
#define LAND_SIGN LAND_DB, {"--key", "FILE", NULL, "your own key, which signs the record"}, \
    {"--at", "TIME", NULL, "when it is signed, UTC unless an offset is given; else now"}, \
    {"--rev", "N", NULL, "the version of the area that you have seen; else the newest"}, {"--out", "FILE", NULL, "only sign, and keep the record in FILE for `kend land take`"}, {"--json", NULL, NULL, "print what was written as one JSON object"}
static const struct option_row land_key_options[] = {{"--name", "NAME", NULL, "whose key it is"}};
static const struct option_row land_open_options[] = {
    LAND_DB, {"--key", "FILE", NULL, "the authority's own key"}, {"--at", "TIME", NULL, "when it is signed; else now"},
    {"--call", "NUMBER", NULL, "the number to ring when something is found; stands on every certificate"},
    {"--site", "LON,LAT", NULL, "middle of the land; tells longitude from latitude and chooses the UTM zone"},
    {"--reach-m", "M", "200000", "how far from the site an area may lie"},
};
static const struct option_row land_accredit_options[] = {
    LAND_SIGN, {"--public", "HEX", NULL, "the person's public key (kend land key prints it)"}, {"--id", "ID", NULL, "the person, the same for all their keys"},
    {"--org", "NAME", NULL, "the person's organisation"}, {"--roles", "LIST", NULL, "collector, leader, manager, data, inspector, authority, user, tester, registrar, observer, educator"},
    {"--from", "DATE", NULL, "first day; else when it is signed"}, {"--until", "DATE", NULL, "the day it ends, within five years"},
    {"--revoke", NULL, NULL, "end the accreditation of --public now"},
};
static const struct option_row land_area_options[] = {
    LAND_SIGN, {"--step", "NAME", "area", "area (a new one) or extend (it is larger than was known)"}, {"--geometry", "FILE", NULL, "its outline: GeoJSON polygon, WGS84 [longitude, latitude]"},
    {"--evidence", "TEXT", NULL, "why it is suspected"}, {"--name", "TEXT", NULL, "what people call it"}, {"--place", "ID", NULL, "the parcel of the village file that it is"},
    {"--beneficiaries", "N", NULL, "who waits for it"},
};
static const struct option_row land_survey_options[] = {
    LAND_SIGN, {"--step", "NAME", "survey", "survey"}, {"--method", "NAME", NULL, "nts (asking, looking) or ts (on the ground)"}, {"--result", "NAME", NULL, "none, indirect or direct evidence"},
    {"--evidence", "TEXT", NULL, "what was seen and who was asked"}, {"--residual", "TEXT", NULL, "what risk is left; wanted with none"},
    {"--geometry", "FILE", NULL, "the part it speaks of; else all that is left"}, {"--area-m2", "M2", NULL, "its size as reported; must be that of the outline"},
    {"--from", "DATE", NULL, "first day of the survey"}, {"--until", "DATE", NULL, "its last; else the day it is signed"},
};
static const struct option_row land_task_options[] = {
    LAND_SIGN, {"--step", "NAME", NULL, "order: nts, ts, clearance; work: start, suspend, resume, submit, rework"}, {"--operator", "ORG", NULL, "who is ordered"}, {"--order", "TEXT", NULL, "number of the order"},
    {"--depth-m", "M", NULL, "depth to clear to (order), cleared to (submit)"}, {"--medical", "TEXT", NULL, "evacuation plan"}, {"--marking", "TEXT", NULL, "how it is marked"},
    {"--sop", "TEXT", NULL, "procedure"}, {"--geometry", "FILE", NULL, "the part meant; else all that is left"}, {"--text", "TEXT", NULL, "reason or remark"},
    {"--method", "NAME", NULL, "how it was cleared: manual, manual_dogs, manual_machine, two_dogs, two_dogs_machine"}, {"--residual", "TEXT", NULL, "what risk is left (submit)"},
    {"--area-m2", "M2", NULL, "cleared area as reported"}, {"--points", "TEXT", NULL, "turning points and permanent markers"},
    {"--position", "LON,LAT", NULL, "reference point (order)"}, {"--from", "DATE", NULL, "first day (start); else the day it is signed"}, {"--until", "DATE", NULL, "last day (submit); else the day it is signed"},
};
static const struct option_row land_progress_options[] = {
    LAND_SIGN, {"--step", "NAME", "progress", "progress"}, {"--team", "NAME", NULL, "which team"}, {"--day", "DATE", NULL, "which day"}, {"--method", "NAME", NULL, "manual, dogs, machine, manual_dogs, .."},
    {"--searched-m2", "M2", NULL, "ground searched that day"}, {"--hours", "H", NULL, "hours worked"}, {"--supersedes", "NO", NULL, "the report that this one corrects"}, {"--text", "TEXT", NULL, "remark"},
};
static const struct option_row land_find_options[] = {
    LAND_SIGN, {"--step", "NAME", "find", "find (reopens the area), device (met by the searching team), resolve (what the visit showed)"}, {"--text", "TEXT", NULL, "what, where, who saw it"},
    {"--position", "LON,LAT", NULL, "where"}, {"--place", "ID", NULL, "the place of the village file"}, {"--category", "NAME", NULL, "mine_ap, mine_av, uxo, cluster, ied, ammunition, other"},
    {"--model", "NAME", NULL, "kind of item"}, {"--condition", "TEXT", NULL, "its condition"}, {"--depth-m", "M", NULL, "how deep it lay"}, {"--fate", "NAME", NULL, "destroyed, removed, disarmed, marked"}, {"--supersedes", "NO", NULL, "the item whose fate this one corrects (device)"},
    {"--find", "NO", NULL, "which find (resolve)"}, {"--result", "NAME", NULL, "nothing or removed (resolve)"},
};
static const struct option_row land_qa_options[] = {
    LAND_SIGN, {"--step", "NAME", "qa", "qa"}, {"--visit", "NAME", "monitoring", "monitoring, or control of finished work"}, {"--result", "NAME", NULL, "pass or nonconformity"}, {"--text", "TEXT", NULL, "what was seen"},
    {"--type", "TEXT", NULL, "kind of nonconformity"}, {"--severity", "NAME", NULL, "minor, major, critical"}, {"--sampled-m2", "M2", NULL, "ground searched again"}, {"--measures", "TEXT", NULL, "what is to be done"},
};
static const struct option_row land_release_options[] = {
    LAND_SIGN, {"--step", "NAME", "release", "release, restore (what a find had closed), reconcile (take over the authority's word)"}, {"--outcome", "NAME", NULL, "cancelled, reduced or cleared: as the claim says"},
    {"--find", "NO", NULL, "which find (restore)"}, {"--import", "NO", NULL, "which import (reconcile)"}, {"--text", "TEXT", NULL, "remark"},
};
static const struct option_row land_handover_options[] = {
    LAND_SIGN, {"--step", "NAME", "handover", "handover (authority), accept (end user), commission (tester), use (end user)"}, {"--use", "TEXT", NULL, "intended use"}, {"--residual", "TEXT", NULL, "what risk is left"},
    {"--test", "TEXT", NULL, "which test (commission)"}, {"--result", "NAME", NULL, "pass or fail (commission)"}, {"--text", "TEXT", NULL, "remark"},
};
static const struct option_row land_people_options[] = {
    LAND_SIGN, {"--step", "NAME", NULL, "lesson (risk education) or accident"}, {"--text", "TEXT", NULL, "what, where"}, {"--people", "N", NULL, "how many were taught"},
    {"--language", "NAME", NULL, "in which language"}, {"--casualties", "N", NULL, "how many were hurt or killed"}, {"--position", "LON,LAT", NULL, "where"},
    {"--place", "ID", NULL, "the place of the village file (accident)"}, {"--category", "NAME", NULL, "of what went off: mine_ap, mine_av, uxo, cluster, ied, ammunition, other"},
    {"--type", "NAME", NULL, "accident: demining (a searching team) or mine (anybody else)"}, {"--method", "TEXT", NULL, "how it was taught"}, {"--org", "TEXT", NULL, "who taught; else your own organisation"},
};
static const struct option_row land_import_options[] = {
    LAND_SIGN, {"--signature", "FILE", NULL, "the authority's signature of FILE (kend land sign); without it the file may add suspicion, never release"},
    {"--prefix", "TEXT", "area", "name of areas that have none, followed by a digest of their outline"}, {"--dry-run", NULL, NULL, "only show what is new and what differs"},
};
static const struct option_row land_sign_options[] = {{"--key", "FILE", NULL, "the authority's own key"}, {"--out", "FILE", NULL, "where the signature goes"}};
static const struct option_row land_show_options[] = {LAND_DB, {"--json", NULL, NULL, "print as one JSON object"}};
static const struct option_row land_report_options[] = {
    LAND_DB, {"--out", "FILE", NULL, "the HTML file to write"}, {"--kind", "NAME", "completion", "completion report or certificate of handover"},
};
static const struct option_row land_verify_options[] = {
    LAND_DB, {"--head", "HASH", NULL, "a head noted outside (a certificate, an export): must be part of this chain"}, {"--authority", "HEX", NULL, "the authority's public key, as you know it"},
    {"--json", NULL, NULL, "print as one JSON object"},
};
static const struct option_row land_take_options[] = {LAND_DB};
static const struct option_row land_export_options[] = {LAND_DB, {"--out", "FILE", NULL, "file to write; else standard output"}};
static const struct option_row land_plan_options[] = {
    LAND_DB, {"--sign", NULL, NULL, "sign the printed order of areas as it stands"}, {"--key", "FILE", NULL, "the key that signs it"}, {"--at", "TIME", NULL, "when it is signed; else now"},
    {"--text", "TEXT", NULL, "why this order"}, {"--json", NULL, NULL, "print as one JSON object"},
};
#define DRAW_NEED "a fair draw of homes that anyone can check"
static const struct option_row draw_commit_options[] = {
    {"--name", "TEXT", NULL, "which draw, in one line"}, {"--seed-source", "TEXT", NULL, "which public text will be the seed: where, when, in which order it is written down"},
    {"--seed-after", "TIME", NULL, "not public before this time"}, {"--secret", "FILE", NULL, "new file for the sealed half of the seed; keep it closed until the draw"},
    {"--instead-of", "HEX", NULL, "the hash of the commitment of this very list that was given up after its seed could be known (`kend household cancel`)"},
    {"--at", "TIME", NULL, "when this is committed; else now"}, {"--out", "FILE", NULL, "new file to write; else standard output"},
};
static const struct option_row draw_options[] = {
    {"--secret", "FILE", NULL, "the sealed half of the seed, as `kend draw commit` wrote it"}, {"--seed", "TEXT", NULL, "the public text in its one spelling: small letters and digits joined by -, as in 04-11-19"},
    {"--seed-at", "TIME", NULL, "when it became public; else now"}, {"--out", "FILE", NULL, "new file to write; else standard output"},
};
static const struct option_row draw_verify_options[] = {{"--commitment", "HEX", NULL, "the hash that was published before the seed: the file must hold that one"}};
#define PRIVACY_NEED "personal data apart, encrypted, erasable"
#define VAULT_FILES {"--vault", "FILE", NULL, "the vault of personal data; else $KEND_VAULT"}, \
    {"--vault-key", "FILE", NULL, "its master key, outside the vault's folder; else $KEND_VAULT_KEY, else the systemd credential kend-vault-key"}, \
    {"--vault-erased", "FILE", NULL, "list of erased households, outside every backup; else $KEND_VAULT_ERASED, else beside the master key"}
#define VAULT_AT {"--at", "TIME", NULL, "when the record on the chain is signed; else now"}
#define VAULT_WHO VAULT_FILES, LAND_DB, {"--key", "FILE", NULL, "your own key, which the chain of --db certifies now"}, \
    {"--why", "TEXT", NULL, "why you ask; stands in the household's log"}
#define VAULT_CODE_ROW {"--code", "CODE", NULL, "the household's own code instead of a key; - reads it from standard input"}
static const struct option_row household_vault_options[] = {VAULT_FILES, LAND_DB, {"--new-chain", NULL, NULL, "from now on the people of the chain in --db use it: the first use settles this else"}, {"--new-key", "FILE", NULL, "wrap every household's key by a new master key, written there"}};
static const struct option_row household_person_options[] = {VAULT_WHO, VAULT_AT, {"--in", "FILE", NULL, "the fields as one JSON object, or {\"households\": [..]}; - is standard input"}, {"--json", NULL, NULL, "print pseudonyms and codes as JSON"},
    {"--register", NULL, NULL, "put the pseudonym on the chain too: how many, language, whether the home must be accessible"}};
static const struct option_row household_show_options[] = {VAULT_WHO, VAULT_CODE_ROW, {"--fields", "LIST", NULL, "only these; else all that your role may read"}, {"--json", NULL, NULL, "print as one JSON object"}};
static const struct option_row household_log_options[] = {VAULT_WHO, VAULT_CODE_ROW, {"--json", NULL, NULL, "print as JSON"}};
static const struct option_row household_export_options[] = {VAULT_WHO, VAULT_CODE_ROW, {"--public", NULL, NULL, "counts over all households instead, small ones left out"}, {"--out", "FILE", NULL, "new file to write; else standard output"}};
static const struct option_row household_erase_options[] = {VAULT_WHO, VAULT_AT, VAULT_CODE_ROW, {"--paper", "FILE", NULL, "what the household signed, when it is on its way to a home; only its SHA-256 is recorded"}};
static const struct option_row household_retention_options[] = {VAULT_WHO, {"--dry-run", NULL, NULL, "only count"}};
static const struct option_row household_map_options[] = {
    {"--home", "ID", NULL, "the home, as the village file names it"}, {"--parcel", "ID", NULL, "or a place of the village file"}, {"--household", "ID", NULL, "or the pseudonym: the home that it holds, in its language"},
    {"--language", "NAME", NULL, "az, en or ru; else the household's, or az"},
    {"--db", "FILE", NULL, "the records of land; else the export that the village file names"}, {"--reach-m", "M", "1000", "how far around the home"}, {"--at", "TIME", NULL, "the day on the map; else now"},
    {"--out", "FILE", NULL, "new HTML file to write"},
};
static const struct option_row household_fields_options[] = {{"--markdown", NULL, NULL, "print the table of docs/privacy.md"}, {"--json", NULL, NULL, "print as JSON"}};
#define HOME_NEED "the return of families: from registration to the handed key"
/* The options that every record about the return shares. */
#define HOME_SIGN LAND_DB, {"--key", "FILE", NULL, "your own key, which signs the record"}, \
    {"--at", "TIME", NULL, "when it is signed, UTC unless an offset is given; else now"}, \
    {"--rev", "N", NULL, "the version of the household that you have seen; else the newest"}, {"--out", "FILE", NULL, "only sign, and keep the record in FILE for `kend land take`"}, {"--json", NULL, NULL, "print what was written as one JSON object"}
#define HOME_PAPER {"--paper", "FILE", NULL, "a paper that is kept elsewhere (a signed form); only its SHA-256 is recorded"}
static const struct option_row home_sign_options[] = {HOME_SIGN};
static const struct option_row home_cancel_options[] = {HOME_SIGN, {"--step", "NAME", "cancel", "cancel"}, {"--reason", "WORD", NULL, "secret_lost, seed_not_published or list_wrong"}, HOME_PAPER};
static const struct option_row home_homes_options[] = {HOME_SIGN, {"--check", NULL, NULL, "only compare the list on the chain with the village file as it is now"}, {"--village", "FILE", NULL, "the village file: streets, parcels, electric lines"}};
static const struct option_row home_test_options[] = {
    HOME_SIGN, {"--step", "NAME", "test", "test"}, {"--supply", "WORD", NULL, "power, water, heat or road"}, {"--result", "WORD", NULL, "pass or fail"}, HOME_PAPER};
static const struct option_row home_register_options[] = {
    HOME_SIGN, {"--step", "NAME", "register", "register, or amend what was registered"}, {"--size", "N", NULL, "persons; 9 means nine or more"},
    {"--accessible", "YES", NULL, "yes when they need a step-free home; else no"}, {"--language", "CODE", NULL, "language of the briefing, such as az"},
    {"--group", "CODE", NULL, "random code shared by households that stay together, such as g-7k2m4q"}};
static const struct option_row home_consent_options[] = {
    HOME_SIGN, VAULT_FILES, {"--step", "NAME", "consent", "consent"}, {"--purpose", "WORD", NULL, "return, survey or contact"}, {"--act", "WORD", "given", "given or withdrawn"}, HOME_PAPER};
static const struct option_row home_survey_options[] = {HOME_SIGN, {"--step", "NAME", "survey", "survey"}, {"--intention", "WORD", NULL, "return, later or stay"}, HOME_PAPER};
static const struct option_row home_decide_options[] = {
    HOME_SIGN, {"--step", "NAME", NULL, "eligible or refuse"}, {"--met", "LIST", NULL, "eligible: the criteria that are met, which is all of the rules"},
    {"--unmet", "LIST", NULL, "refuse: the criteria that are not met"}, HOME_PAPER};
static const struct option_row home_appeal_options[] = {HOME_SIGN, {"--step", "NAME", "appeal", "appeal"}, HOME_PAPER};
static const struct option_row home_draw_options[] = {HOME_SIGN, {"--draw", "ID", NULL, "which draw, such as D-1"}};
static const struct option_row home_offer_options[] = {HOME_SIGN, {"--step", "NAME", "offer", "offer"}, {"--home", "ID", NULL, "the home; else the one that the draw or the reserve list gives"}, HOME_PAPER};
static const struct option_row home_answer_options[] = {HOME_SIGN, {"--step", "NAME", NULL, "accept, decline, expire when no answer came in time, or giveback of a home that is not ready"}, HOME_PAPER};
static const struct option_row home_move_options[] = {HOME_SIGN, {"--step", "NAME", "move", "move"}, {"--day", "DATE", NULL, "the day of the move"}};
static const struct option_row home_meter_options[] = {
    HOME_SIGN, {"--step", "NAME", "meter", "meter"}, {"--elec-kWh", "N", NULL, "electricity meter"}, {"--water-m3", "N", NULL, "water meter"}};
static const struct option_row home_briefing_options[] = {
    HOME_SIGN, {"--step", "NAME", "briefing", "briefing"}, {"--language", "CODE", NULL, "language in which it was held"}, {"--people", "N", NULL, "how many took part"},
    {"--map-sha256", "FILE", NULL, "the map that was shown, of `kend household map`; its SHA-256 is recorded"}, HOME_PAPER};
static const struct option_row home_key_options[] = {
    HOME_SIGN, {"--step", "NAME", "key", "key"}, {"--home", "ID", NULL, "the home; else the accepted one"}, {"--elec-kWh", "N", NULL, "electricity meter at the start"},
    {"--water-m3", "N", NULL, "water meter at the start"}, {"--keys", "N", NULL, "how many keys"}, HOME_PAPER};
static const struct option_row home_followup_options[] = {
    HOME_SIGN, {"--step", "NAME", "followup", "followup"}, {"--day", "N", NULL, "which visit: days after the keys, as the rules say"}, {"--result", "WORD", NULL, "settled or needs_help"}, HOME_PAPER};
static const struct option_row home_erased_options[] = {HOME_SIGN, {"--step", "NAME", "erased", "erased"}, HOME_PAPER};
static const struct option_row home_list_options[] = {
    LAND_DB, {"--homes", NULL, NULL, "homes instead: who may be offered which, and why one is not ready"}, {"--due", NULL, NULL, "answers that ran out, moves and visits that are due"},
    {"--at", "TIME", NULL, "as of then; else now"}, {"--json", NULL, NULL, "print as JSON"}};
static const struct option_row home_pipeline_options[] = {LAND_DB, {"--at", "TIME", NULL, "as of then; else now"}, {"--json", NULL, NULL, "print as one JSON object"}};
static const struct option_row home_pool_options[] = {LAND_DB, {"--out", "FILE", NULL, "new file to write; else standard output"}};
static const struct option_row help_options[] = {
    {"--man", NULL, NULL, "print the manual page (roff)"},
    {"--json", NULL, NULL, "print the commands as one JSON object"},
};

const struct command commands[] = {
    {"check", "FILE", "read a village file and say everything that is wrong with it",
     "Reads FILE and checks units, ranges, references, the network and the land it stands on. Every mistake is told with file, line and "
     "column, a caret under the place and what to do. Exit status 0 when the village can be built, 1 otherwise.",
     ROWS(check_options), command_check, "one description of the whole village", "map"},
    {"simulate", "FILE", "run a village for days under one or all controllers and compare them",
     "Steps the village's twin in its weather, river and demand under the same controller that would run it. `--control all` runs the same days "
     "under rules, separate, joint and perfect and prints one column for each. The share of attainable value is (rules - x) / (rules - perfect).",
     ROWS(simulate_options), command_simulate, "know what joint control is worth", "Try it"},
    {"dispatch", "FILE", "make one plan and explain it",
     "Forecasts, formulates and solves one plan as the controller would at that time, and prints its cost, its certified bound, the price at each "
     "node and the limits that bind, dearest first.",
     ROWS(dispatch_options), command_dispatch, "energy, heat, gas and water planned together", "plan and price"},
    {"run", "FILE", "run the village live on its twin, with the page",
     "Brings up tracker, planner, store and page. SIGTERM or Ctrl-C ends it cleanly; with --db it continues where it stopped. SIGHUP has FILE "
     "read again: what is right comes into force between two ticks, a wrong file is told in one line and changes nothing.",
     ROWS(run_options), command_run, "see and steer the village", "the whole page"},
    {"calc", "[MODEL]", "use one physical model alone: JSON in, JSON out",
     "Without a MODEL lists them; `kend calc MODEL --help` prints inputs, units, ranges, defaults and the source. Reads one JSON object, a list, or one object "
     "after another (NDJSON, any number in constant memory; an array is held whole) and prints as many results. The twin and the plan use the same functions; "
     "those that stand alone, and why, are named at the end of the list.",
     ROWS(calc_options), command_calc, "models judged against published references", "-", command_calc_explain},
    {"land key", "FILE", "make a person's own signing key",
     "Writes an ed25519 key to FILE, which nobody else may read, and prints its public part for the authority to accredit.",
     ROWS(land_key_options), command_land_key, LAND_NEED, "-", NULL},
    {"land open", NULL, "begin the chain of evidence of a village",
     "The authority's first record: its key, the number to call, and where the site lies. All later records are signed, linked and checked.",
     ROWS(land_open_options), command_land_open, LAND_NEED, "-", NULL},
    {"land accredit", "[NAME]", "certify a person's key and roles, with an end",
     "Signed by the authority. Operator, inspector and authority stay apart: nobody approves their own work or that of their organisation.",
     ROWS(land_accredit_options), command_land_accredit, LAND_NEED, "-", NULL},
    {"land import", "FILE", "compare a release of the authority with what is here, and take in what is new",
     "GeoJSON or CSV (with a column wkt). Prints what is new, the same, different, refused or without geometry; nothing is overwritten. A difference is taken "
     "over by a second person with `kend land release --step reconcile`. kend is not the authority's system of record.",
     ROWS(land_import_options), command_land_import, LAND_NEED, "-", NULL},
    {"land sign", "FILE", "sign a file of areas as the authority",
     "Writes FILE's signature for `kend land import --signature`.", ROWS(land_sign_options), command_land_sign, LAND_NEED, "-", NULL},
    {"land area", "ID", "report a suspected area, or that one is larger",
     "A new area with its outline and evidence, by a collector, the data base manager or the authority.", ROWS(land_area_options), command_land, LAND_NEED, "land", NULL},
    {"land survey", "ID", "say what a survey found",
     "Evidence makes an area suspected (indirect) or confirmed (direct). None is a claim that waits for the authority's release.", ROWS(land_survey_options), command_land,
     LAND_NEED, "land", NULL},
    {"land task", "ID", "order, start, suspend, submit or mend work on an area",
     "Orders are the authority's, work is the operator's. A machine or a dog alone never clears.", ROWS(land_task_options), command_land, LAND_NEED, "land", NULL},
    {"land progress", "ID", "report one team's day",
     "Ground searched that day. A day is reported once; a correction supersedes it and both stay.", ROWS(land_progress_options), command_land, LAND_NEED, "land", NULL},
    {"land find", "[ID]", "report a find: the area is reopened from any state",
     "By anybody accredited; from the page by anybody at all. A searching team records a device; the visit to a find is recorded with --step resolve.", ROWS(land_find_options),
     command_land, LAND_NEED, "I found something", NULL},
    {"land qa", "ID", "record a visit of quality assurance or control",
     "By an inspector of another organisation than the operator's.", ROWS(land_qa_options), command_land, LAND_NEED, "land", NULL},
    {"land release", "[ID]", "release by the authority what was surveyed or cleared",
     "The only way land is released: signed by an accredited authority, on another person's claim, with the claim's outcome. Also gives back what a find had closed, and takes "
     "over a difference to the authority's release.", ROWS(land_release_options), command_land, LAND_NEED, "land", NULL},
    {"land handover", "ID", "hand over, take over, commission and use released land",
     "Four signatures: the authority hands over with the residual risk, the end user takes over, a tester commissions what was built, the user begins to use it.",
     ROWS(land_handover_options), command_land, LAND_NEED, "land", NULL},
    {"land people", "[ID]", "record risk education or an accident",
     "Sessions with language and number of people. An accident is a find: it reopens area ID and all within 50 m of its position, whatever their state.", ROWS(land_people_options), command_land, LAND_NEED, "-", NULL},
    {"land show", "[ID]", "show areas, outcomes and finds",
     "All areas with their balance (initial + extended = cancelled + reduced + cleared + rest), or one with its evidence. Depth, method and residual risk stand beside released.",
     ROWS(land_show_options), command_land_show, LAND_NEED, "land", NULL},
    {"land report", "ID", "write the completion report or the handover certificate",
     "One HTML file that needs nothing else and prints well; the chain's head is printed on it.", ROWS(land_report_options), command_land_report, LAND_NEED, "-", NULL},
    {"land take", "FILE", "add records that were signed elsewhere",
     "FILE holds one signed record a line, as in an export: from a device that was offline, or from another copy. Each is checked as if it were signed here; a record that is there "
     "already is refused.",
     ROWS(land_take_options), command_land_take, LAND_NEED, "-", NULL},
    {"land verify", "[FILE]", "prove the chain, against a head noted outside",
     "Checks every signature, link, accreditation and rule from the first record on; FILE is an export instead of the data base.", ROWS(land_verify_options), command_land_verify,
     LAND_NEED, "-", NULL},
    {"land export", NULL, "write the chain as text, one line a record",
     "The same records, signatures and links; anybody can check them with sha256sum (docs/land.md).", ROWS(land_export_options), command_land_export, LAND_NEED, "-", NULL},
    {"land plan", "FILE", "order areas and schedule teams for the earliest return",
     "FILE describes resources, tasks, criteria and what must come before what (docs/land.md). Prints the order after vetoes and weighted criteria, how far it holds when weights "
     "change, and which homes can be handed over when.", ROWS(land_plan_options), command_land_plan, LAND_NEED, "land", NULL},
    {"draw commit", "FILE", "fix who takes part in a draw, and for which homes, before the seed is known",
     "FILE holds entries (pseudonyms, class of rooms, accessible home, who stays together) and homes, as JSON or CSV (docs/draw.md). Writes the commitment: the sorted lists, the rules "
     "and the source of the seed, under one hash to be published now. The order of typing has no influence.",
     ROWS(draw_commit_options), command_draw_commit, DRAW_NEED, "-", NULL},
    {"draw verify", "FILE", "check a draw, from its published file alone",
     "Makes the whole draw again and prints who got which home and why, or the first difference. The hash of the commitment and the text of the seed are for you to compare with what "
     "was published.",
     ROWS(draw_verify_options), command_draw_verify, DRAW_NEED, "-", NULL},
    {"draw", "FILE", "draw homes by a public seed, after a published commitment",
     "FILE is the commitment of `kend draw commit`. Orders tickets and homes by HMAC-DRBG and Fisher-Yates from both halves of the seed; writes everything that `kend draw verify` "
     "needs: lists, seed, order, who got which home and why, and the reserve list. A draw offers nothing: keys wait for land, supplies and briefing.",
     ROWS(draw_options), command_draw, DRAW_NEED, "-", NULL},
    {"household vault", NULL, "make a vault of personal data, or give it a new master key",
     "The vault is a database file of its own, encrypted by a key of each household, which the master key wraps. The master key is made when it is missing; it is refused when others may "
     "read it or when it lies in the vault's folder. A new master key makes old backups unreadable for whoever destroys the old one (docs/privacy.md).",
     ROWS(household_vault_options), command_household_vault, PRIVACY_NEED, "-", NULL},
    {"household person", "[ID]", "register who a household is, or correct it",
     "Checks the fields against the table of `kend household fields`, keeps them in the vault and prints the pseudonym that stands for the household everywhere else, and the code that the "
     "household keeps on paper. With ID corrects; null takes a field away.",
     ROWS(household_person_options), command_household_person, PRIVACY_NEED, "-", NULL},
    {"household show", "ID", "read what is known of a household, with a reason",
     "Prints the fields that your role may read. The line in the household's log is on disk before the answer is printed.", ROWS(household_show_options), command_household_show, PRIVACY_NEED,
     "-", NULL},
    {"household log", "ID", "who read or changed what is known of a household, when and why",
     "For the household by its code, for registrar and authority by their key.", ROWS(household_log_options), command_household_log, PRIVACY_NEED, "-", NULL},
    {"household export", "[ID]", "a household's own copy of all that is kept about it, or counts for publishing",
     "The copy holds every field with purpose, basis and end, and the log. Counts hold no name, no pseudonym and no place, and none below 5.", ROWS(household_export_options),
     command_household_export, PRIVACY_NEED, "-", NULL},
    {"household erase", "ID", "destroy what is known of a household",
     "Its key is overwritten and the file rebuilt; the pseudonym stays as gone in a list outside the backup, so that a backup does not bring it back.", ROWS(household_erase_options),
     command_household_erase, PRIVACY_NEED, "-", NULL},
    {"household retention", NULL, "delete every field whose time is over",
     "To be run every day; kend-retention.timer does. Needs no person: without --key the log says that the daily run did it. How long each field is kept stands in `kend household fields`.", ROWS(household_retention_options), command_household_retention, PRIVACY_NEED, "-", NULL},
    {"household fields", NULL, "what may be kept about a household: purpose, basis, readers, days",
     "Nothing else may be kept: unknown fields are refused.", ROWS(household_fields_options), command_household_fields, PRIVACY_NEED, "-", NULL},
    {"household rules", "FILE", "sign the rules of the return: rooms, criteria, time limits, capacity",
     "FILE is JSON: {\"rooms\": [{\"persons\", \"rooms\"}], \"criteria\", \"answer_days\", \"appeal_days\", \"moves_per_day\", \"followup_days\"} (docs/return.md). Signed by the authority.",
     ROWS(home_sign_options), command_household_rules, HOME_NEED, "-", NULL},
    {"household homes", "[FILE]", "list the homes of the village with all that must work before somebody moves in",
     "FILE is CSV: home,rooms,accessible. Street, parcel, outlines and electric lines are read from the village file, not typed. A newer list replaces the older one; --check compares.",
     ROWS(home_homes_options), command_household_homes, HOME_NEED, "-", NULL},
    {"household test", "ID", "record that a supply passed its test, or not",
     "ID is what a home's supply hangs on: an electric line, a street, the home itself (kend household list --homes says what is missing). Signed by a tester.",
     ROWS(home_test_options), command_household, HOME_NEED, "-", NULL},
    {"household register", "ID", "register a household by its pseudonym",
     "ID is the pseudonym that the vault made. Only what draw and gate need is recorded; names, papers and telephone numbers stay in the vault.",
     ROWS(home_register_options), command_household, HOME_NEED, "-", NULL},
    {"household consent", "ID", "record consent to a purpose, given or withdrawn",
     "Withdrawing `return` before the keys takes the household out; its home goes to the reserve list. With a vault, what was kept by that consent is deleted there first.", ROWS(home_consent_options), command_household_consent, HOME_NEED, "-", NULL},
    {"household survey", "ID", "record what the household intends", "Wants consent to `return` and `survey`.", ROWS(home_survey_options), command_household, HOME_NEED, "-", NULL},
    {"household decide", "ID", "decide whether a household is eligible",
     "By another person than who registered it; after an appeal by a third one. Rooms follow from the size by the signed table.", ROWS(home_decide_options), command_household, HOME_NEED,
     "-", NULL},
    {"household appeal", "ID", "appeal against a refusal", "Once, within the days of the rules.", ROWS(home_appeal_options), command_household, HOME_NEED, "-", NULL},
    {"household pool", NULL, "write the list for the next draw: who may be drawn, and for which homes", "For `kend draw commit`.", ROWS(home_pool_options), command_household_pool, HOME_NEED,
     "-", NULL},
    {"household commit", "FILE", "put a draw's commitment on the chain, before its seed exists",
     "FILE is what `kend draw commit` wrote. Refused when somebody eligible is left out, when a home or a class is another, or when the seed could be known already.",
     ROWS(home_draw_options), command_household_commit, HOME_NEED, "-", NULL},
    {"household draw", "FILE", "put a draw's result on the chain", "FILE is what `kend draw` wrote; it is made again before it is taken. Signed by an observer, not by who committed.",
     ROWS(home_draw_options), command_household_draw, HOME_NEED, "-", NULL},
    {"household cancel", "ID", "give up a committed draw, for a reason that stays on the chain",
     "By the authority, not by who committed; never after its result. Before its seed could be known all are free again. After that, with signed grounds (--paper) only, and the same list is "
     "drawn again, with another person's secret and a later seed: `kend draw commit FILE --instead-of HASH`, FILE being the commitment given up, then `kend household commit` to the same draw.", ROWS(home_cancel_options), command_household, HOME_NEED, "-", NULL},
    {"household offer", "ID", "offer the home that the draw gave, or the next of the reserve list",
     "Only when its parcel is handed over and commissioned and water, power, heat and road have passed their tests.", ROWS(home_offer_options), command_household, HOME_NEED, "-", NULL},
    {"household answer", "ID", "record the answer to an offer", "By another person than who offered, within the days of the rules.", ROWS(home_answer_options), command_household, HOME_NEED,
     "-", NULL},
    {"household move", "ID", "fix the day of the move", "As many a day as the rules allow, over a road that is open.", ROWS(home_move_options), command_household, HOME_NEED, "-", NULL},
    {"household meter", "ID", "read the meters of its home before the keys", "Signed by a tester.", ROWS(home_meter_options), command_household, HOME_NEED, "-", NULL},
    {"household briefing", "ID", "record that the household was taught what is dangerous nearby",
     "By a person of risk education, in the household's language, over the map of land that is not released.", ROWS(home_briefing_options), command_household, HOME_NEED, "-", NULL},
    {"household key", "ID", "hand over the keys", "Only after briefing and meters, on or after the day of the move, and while home and land are ready: a find since then stops it.",
     ROWS(home_key_options), command_household, HOME_NEED, "-", NULL},
    {"household followup", "ID", "record a visit after the move", "Wants consent to `contact`.", ROWS(home_followup_options), command_household, HOME_NEED, "-", NULL},
    {"household erased", "ID", "record that a household's personal data were destroyed",
     "After `kend household erase`: the pseudonym leads nowhere any more, and its place goes to the next. Nothing else about it is taken afterwards.", ROWS(home_erased_options),
     command_household, HOME_NEED, "-", NULL},
    {"household list", "[ID]", "list households, homes or what is due, by pseudonym", "For those who work with them; shows no personal data.", ROWS(home_list_options),
     command_household_list, HOME_NEED, "-", NULL},
    {"household pipeline", "[FILE]", "count households by stage, without names or pseudonyms", "FILE is an export instead of the data base.", ROWS(home_pipeline_options),
     command_household_pipeline, HOME_NEED, "land", NULL},
    {"household map", "FILE", "draw the map of a household's briefing: land near its home that nobody may enter",
     "FILE is the village file. Writes one page in the household's language that prints well and needs no network: closed land by distance and direction, what to do, the number to call, "
     "and to what depth its own land was searched. Prints the page's SHA-256, which the record of the briefing carries. The page is for that household, not for publishing.",
     ROWS(household_map_options), command_household_map, LAND_NEED, "-", NULL},
    {"help", "[TOPIC]", "explain a command or a kind of equipment",
     "Prints the commands, one command with its options, the kinds of equipment (classes), or the keys of one kind in a village file.", ROWS(help_options), command_help,
     "learn the program", "-"},
};
// clang-format on
const int n_commands = (int)(sizeof commands / sizeof commands[0]);

/* A command's name is one word, or two ("land import"). */
static const struct command *command_find(const char *name, const char *second, int *words)
{
    for (int i = 0; i < n_commands; i++) {
        size_t n = strlen(name);
        *words = 1;
        if (!strcmp(commands[i].name, name)) return &commands[i];
        *words = 2;
        if (second && !strncmp(commands[i].name, name, n) && commands[i].name[n] == ' ' &&
            !strcmp(commands[i].name + n + 1, second))
            return &commands[i];
    }
    return NULL;
}

static int is_group(const char *name)
{
    size_t n = strlen(name);
    for (int i = 0; i < n_commands; i++)
        if (!strncmp(commands[i].name, name, n) && commands[i].name[n] == ' ') return 1;
    return 0;
}

/* Takes one "--name VALUE", "--name=VALUE" or switch at argv[*i]. */
static int take_option(struct args *a, char **argv, int argc, int *i)
{
    const char *arg = argv[*i], *equals = strchr(arg, '=');
    size_t n = equals ? (size_t)(equals - arg) : strlen(arg);
    for (int k = 0; k < a->command->n_option; k++) {
        const struct option_row *o = &a->command->option[k];
        if (strlen(o->name) != n || strncmp(o->name, arg, n)) continue;
        if (!o->value) {
            if (equals) return complain(a, "%s takes no value", o->name);
            return a->option[k] = "", 0;
        }
        if (!equals && *i + 1 >= argc) return complain(a, "%s wants %s", o->name, o->value);
        a->option[k] = equals ? equals + 1 : argv[++*i];
        return 0;
    }
    return complain(a, "no option %.*s; `kend help %s` lists them", (int)n, arg, a->command->name);
}

static int take_args(struct args *a, char **argv, int argc)
{
    for (int k = 0; k < a->command->n_option; k++) a->option[k] = a->command->option[k].dflt;
    for (int i = 2; i < argc; i++) {
        if (!strncmp(argv[i], "--", 2)) {
            if (take_option(a, argv, argc, &i)) return -1;
        } else if (a->command->positional && !a->file) {
            a->file = argv[i];
        } else {
            return complain(a, "one argument too many: %s", argv[i]);
        }
    }
    if (a->command->positional && a->command->positional[0] != '[' && !a->file)
        return complain(a, "give a %s; `kend help %s` explains", a->command->positional, a->command->name);
    return 0;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "help";
    if (!strcmp(name, "--help") || !strcmp(name, "-h")) name = "help";
    if (!strcmp(name, "--version")) return puts("kend " KEND_VERSION), 0;
    int words = 1;
    struct args a = {.command = command_find(name, argc > 2 ? argv[2] : NULL, &words)};
    if (!a.command) {
        int group = is_group(name);
        fprintf(stderr, "kend: no command %s%s%s; `kend help%s%s` lists them\n", name, group && argc > 2 ? " " : "",
                group && argc > 2 ? argv[2] : "", group ? " " : "", group ? name : "");
        return 1;
    }
    argv += words - 1;
    argc -= words - 1;
    char topic_words[64];
    if (a.command->run == command_help && argc > 3 && argv[2][0] != '-' &&
        argv[3][0] != '-') { /* `kend help land find` */
        snprintf(topic_words, sizeof topic_words, "%s %s", argv[2], argv[3]);
        argv[3] = topic_words;
        argv++;
        argc--;
    }
    for (int i = 2; i < argc; i++)
        if (!strcmp(argv[i], "--help")) {
            int topic = a.command->explain && strncmp(argv[2], "--", 2) != 0;
            a.file = topic ? argv[2] : a.command->name;
            return topic ? a.command->explain(&a) : command_help(&a);
        }
    if (take_args(&a, argv, argc)) return 1;
    int status = a.command->run(&a);
    if (fflush(stdout) || ferror(stdout)) return complain(&a, "standard output could not be written");
    return status;
}
