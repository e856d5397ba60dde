/* Accreditation. See people.h. An accreditation holds for records dated within it; a record may be dated before the
 * newest one by as long as a device may be offline, so that an expired signer cannot sign into the past without end. */
#include "store/people.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/name.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const int64_t OFFLINE_MAX_MS = 14LL * 86400000, LONGEST_MS = 5LL * 366 * 86400000;

const char *const role_name[ROLES] = {"collector", "leader", "manager",   "data",     "inspector", "authority",
                                      "user",      "tester", "registrar", "observer", "educator"};

unsigned role_find(const char *name)
{
    for (int i = 0; i < ROLES; i++)
        if (!strcmp(role_name[i], name)) return 1U << i;
    return 0;
}

char *roles_text(unsigned roles, char *buf, size_t size)
{
    buf[0] = 0;
    for (int i = 0; i < ROLES; i++) {
        size_t used = strlen(buf);
        if (roles & 1U << i) snprintf(buf + used, size - used, "%s%s", used ? ", " : "", role_name[i]);
    }
    return buf;
}

void people_free(struct people *p)
{
    free(p->person);
    *p = (struct people){0};
}

static const char *text_of(const struct record *r, const char *key)
{
    const char *t = json_string_value(json_object_get(r->data, key));
    return t ? t : "";
}

char *people_found(const struct key *k, const char *call, const json_t *site, int64_t at_ms,
                   unsigned char signature[SIGNATURE_BYTES])
{
    unsigned char random[16];
    char chain[CHAIN_ID];
    randombytes_buf(random, sizeof random);
    hex_write(chain, random, sizeof random);
    json_t *data = json_pack("{s:s, s:s, s:O?}", "name", k->name, "call", call, "site", site);
    struct draft d = {chain, "people.authority", "", 0, at_ms, data};
    char *body = record_draft(&d, k, signature);
    json_decref(data);
    return body;
}

static struct person *person_add(struct people *p)
{
    if (p->n == p->room) {
        int room = p->room ? 2 * p->room : 16;
        struct person *more = realloc(p->person, sizeof *more * (size_t)room);
        must(more, "out of memory for %d people", room);
        p->person = more;
        p->room = room;
    }
    return memset(&p->person[p->n++], 0, sizeof *p->person);
}

static int found(struct people *p, const struct record *r, struct err *e)
{
    const char *name = text_of(r, "name"), *call = text_of(r, "call");
    if (p->n) return err_set(e, "a chain has one founding authority");
    if (!r->is_signed || strlen(r->chain) != CHAIN_ID - 1 || !*name || !*call)
        return err_set(e, "the founding record wants a signature, a name and a number to call");
    snprintf(p->chain, sizeof p->chain, "%s", r->chain);
    snprintf(p->authority, sizeof p->authority, "%s", name);
    snprintf(p->call, sizeof p->call, "%s", call);
    struct person *who = person_add(p);
    memcpy(who->key, r->key, KEY_BYTES);
    snprintf(who->id, sizeof who->id, "authority");
    snprintf(who->name, sizeof who->name, "%s", name);
    snprintf(who->org, sizeof who->org, "%s", name);
    who->roles = ROLE_AUTHORITY;
    who->from_ms = r->at_ms;
    who->until_ms = INT64_MAX;
    who->seq = r->seq;
    return 1;
}

static int roles_read(const struct record *r, unsigned *roles, struct err *e)
{
    const json_t *list = json_object_get(r->data, "roles"), *one;
    size_t i;
    *roles = 0;
    json_array_foreach(list, i, one)
    {
        unsigned bit = json_is_string(one) ? role_find(json_string_value(one)) : 0;
        if (!bit) return err_set(e, "`%s` is no role", json_is_string(one) ? json_string_value(one) : "?");
        *roles |= bit;
    }
    return *roles ? 0 : err_set(e, "an accreditation wants at least one role");
}

/* At one time a person belongs to one organisation and does not clear and inspect, nor inspect and release, however many keys they hold. */
static int same_person(const struct people *p, const struct person *new, struct err *e)
{
    const unsigned clears = ROLE_LEADER | ROLE_MANAGER;
    unsigned roles = new->roles;
    for (int i = 0; i < p->n; i++) {
        const struct person *old = &p->person[i];
        if (!memcmp(old->key, new->key, KEY_BYTES) && strcmp(old->id, new->id) != 0)
            return err_set(e, "this key is that of `%s`: one key is one person's", old->id);
        int apart = old->from_ms >= old->until_ms || old->from_ms >= new->until_ms || new->from_ms >= old->until_ms;
        if (strcmp(old->id, new->id) != 0 || apart) continue;
        if (strcmp(old->org, new->org) != 0)
            return err_set(
                e, "`%s` is of %s until then: a person belongs to one organisation; end that first (--revoke)",
                new->id, old->org);
        roles |= old->roles;
    }
    if ((roles & ROLE_INSPECTOR) && (roles & clears))
        return err_set(e, "an inspector does not lead or manage clearance: they would judge their own work");
    if ((roles & ROLE_INSPECTOR) && (roles & ROLE_AUTHORITY))
        return err_set(e, "an inspector is no authority: they would release on their own work");
    return 0;
}

/* A person or organisation that differs by capitals alone is the one that is here: it takes the first spelling. */
static void spell_as_before(const struct people *p, struct person *new)
{
    for (int i = p->n; i-- > 0;) {
        const struct person *old = &p->person[i];
        if (!strcasecmp(old->id, new->id)) memcpy(new->id, old->id, sizeof new->id);
        if (!strcasecmp(old->org, new->org)) memcpy(new->org, old->org, sizeof new->org);
    }
}

static int accredit(struct people *p, const struct record *r, struct err *e)
{
    struct person new = {.seq = r->seq};
    const struct person *by = people_signer(p, r, ROLE_AUTHORITY, e);
    if (!by || roles_read(r, &new.roles, e)) return -1;
    if (hex_read(text_of(r, "key"), new.key, KEY_BYTES))
        return err_set(e, "`key` is no public key (64 hex digits)");
    snprintf(new.id, sizeof new.id, "%s", text_of(r, "id"));
    snprintf(new.name, sizeof new.name, "%s", text_of(r, "name"));
    snprintf(new.org, sizeof new.org, "%s", text_of(r, "org"));
    if (!new.id[0] || !new.name[0] || !new.org[0])
        return err_set(e, "an accreditation wants id, name and org of the person");
    if (!name_plain(new.id) || !name_plain(new.org))
        return err_set(e, "id and org have no blank at their ends and no sign that does not print: `%s` of `%s`",
                       new.id, new.org);
    spell_as_before(p, &new);
    if (instant_parse(text_of(r, "from"), NULL, &new.from_ms, e) ||
        instant_parse(text_of(r, "until"), NULL, &new.until_ms, e))
        return err_set(e, "an accreditation wants `from` and `until`");
    if (new.until_ms <= new.from_ms || new.until_ms > new.from_ms + LONGEST_MS)
        return err_set(e, "an accreditation ends after it begins, within five years");
    if ((new.roles &ROLE_AUTHORITY) && by != &p->person[0])
        return err_set(e, "only the founding authority makes others authorities");
    if (!memcmp(by->key, new.key, KEY_BYTES) || !strcmp(by->id, new.id))
        return err_set(e, "nobody accredits themselves, also not by another key");
    if (same_person(p, &new, e)) return -1;
    *person_add(p) = new;
    return 1;
}

static int revoke(struct people *p, const struct record *r, struct err *e)
{
    unsigned char key[KEY_BYTES];
    int ended = 0;
    if (!people_signer(p, r, ROLE_AUTHORITY, e)) return -1;
    if (hex_read(text_of(r, "key"), key, KEY_BYTES)) return err_set(e, "`key` is no public key (64 hex digits)");
    for (int i = 1; i < p->n; i++)
        ended += !memcmp(p->person[i].key, key, KEY_BYTES) && p->person[i].until_ms > r->at_ms;
    for (int i = 1; ended && i < p->n; i++)
        if (!memcmp(p->person[i].key, key, KEY_BYTES) && p->person[i].until_ms > r->at_ms - OFFLINE_MAX_MS)
            p->person[i].from_ms = p->person[i].until_ms =
                r->at_ms; /* also for what is dated before: who has the key could date anything */
    return ended ? 1 : err_set(e, "no accreditation of that key is in force");
}

int people_take(struct people *p, const struct record *r, struct err *e)
{
    if (!strcmp(r->kind, "people.authority")) return found(p, r, e);
    if (!strcmp(r->kind, "people.accredit")) return accredit(p, r, e);
    if (!strcmp(r->kind, "people.revoke")) return revoke(p, r, e);
    return strncmp(r->kind, "people.", 7) ? 0 : err_set(e, "no kind of record `%.40s`", r->kind);
}

int people_admit(struct people *p, const struct record *r, struct err *e)
{
    if (!p->n) {
        if (!strcmp(r->kind, "people.authority")) return 0;
        if (!strcmp(r->kind, "land.found") && !*r->chain) return 0; /* who found something waits for no authority */
        return err_set(e, "the chain has no authority yet; `kend land open` founds it");
    }
    if (strcmp(r->chain, p->chain) != 0) return err_set(e, "replayed: the record belongs to another chain");
    if (r->is_signed && r->at_ms < p->newest_ms - OFFLINE_MAX_MS)
        return err_set(e, "dated more than 14 days before what the chain already holds: too late to be signed");
    return 0;
}

void people_seen(struct people *p, const struct record *r)
{
    if (r->is_signed && r->at_ms > p->newest_ms) p->newest_ms = r->at_ms;
}

const struct person *people_signer(const struct people *p, const struct record *r, unsigned roles, struct err *e)
{
    const struct person *known = NULL, *valid = NULL;
    char want[160], when[160], end[40];
    if (!r->is_signed) return err_set(e, "unsigned: a `%.40s` wants a person's signature", r->kind), NULL;
    for (int i = 0; i < p->n; i++) {
        const struct person *who = &p->person[i];
        if (memcmp(who->key, r->key, KEY_BYTES) != 0) continue;
        known = who;
        if (r->at_ms < who->from_ms || r->at_ms >= who->until_ms) continue;
        valid = who;
        if (who->roles & roles) return who;
    }
    if (!known)
        err_set(e, "signed by a key that the authority has not accredited");
    else if (!valid)
        err_set(e, "the accreditation of %s was not in force then (%s%s%s %s)", known->name,
                known->from_ms < known->until_ms ? "it held from " : "",
                known->from_ms < known->until_ms ? instant_format(when, sizeof when, NULL, known->from_ms) : "",
                known->from_ms < known->until_ms ? " to" : "it was revoked",
                instant_format(end, sizeof end, NULL, known->until_ms));
    else
        err_set(e, "%s is %s; a `%.40s` wants %s", valid->name, roles_text(valid->roles, when, sizeof when),
                r->kind, roles_text(roles, want, sizeof want));
    return NULL;
}
