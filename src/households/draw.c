/* Commitment and draw. What is hashed is the JSON text with sorted keys, without spaces, UTF-8 (jansson's compact sorted form; Python's
 * json.dumps(x, sort_keys=True, separators=(",", ":"), ensure_ascii=False) gives the same), so that a stranger checks it with common tools.
 * The method is in words in DRAW_RULES; the bits are those of drbg.h. Rule of the two halves of the seed: commit, beacon, reveal, as in
 * RFC 3797 (public text decides, canonical list first) with a sealed half. Left out: who is eligible and appeals (they end before the
 * commitment), and offers: a drawn home is offered only when its parcel is handed over and its supplies are commissioned. */
#include "households/draw.h"
#include "base/err.h"
#include "base/instant.h"
#include "households/drbg.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_COMMITMENT "kend draw commitment 1"
#define FORMAT_RESULT "kend draw result 1"
enum { TEXT_MAX = 200, SEED_MIN = 8 };

const char DRAW_RULES[] =
    "1. Tickets: each group of entries with the same `with` is one ticket, each other entry is one; sorted by "
    "their smallest id as bytes. "
    "Homes: sorted by id as bytes. "
    "2. Seed: SHA-256 of the lines `kend draw seed 1`, hash of the commitment, secret, public text, each ended by "
    "a line feed. "
    "3. Bits: HMAC-DRBG with SHA-256 (NIST SP 800-90A), entropy = seed, nonce = first 16 bytes of the hash of the "
    "commitment, personalization "
    "`kend draw 1`; a number below n is eight bytes big-endian, asked for again when at or above the largest "
    "multiple of n. "
    "4. Fisher-Yates from the last place down orders first the tickets, then the homes. "
    "5. First pass, tickets with an entry that needs an accessible home, in drawn order: who needs one gets an "
    "accessible home, the rest of the "
    "group homes that are not. Second pass, all others in drawn order: a home that is not accessible, else an "
    "accessible one "
    "left over; who needs an accessible home never gets another. "
    "6. A home has exactly the rooms of the entry's class. An entry gets the first home in drawn order that fits. "
    "7. A group gets homes with the same `near`, the first in drawn order of homes that has enough for all; it is "
    "never split. "
    "Within a group who needs an accessible home chooses first, then by id. "
    "8. Who got no home is on the reserve list in drawn order: a home that is refused goes to the first there whom "
    "it fits by these rules.";

static char *canonical(const json_t *j) { return json_dumps(j, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY); }

static void hash_json(const json_t *j, unsigned char hash[HASH_BYTES])
{
    char *text = canonical(j);
    must(text, "a JSON object that cannot be written");
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    free(text);
}

/* One line that two people copy alike: no control characters, no space at either end. */
static int line_good(const char *s)
{
    size_t n = s ? strlen(s) : 0;
    if (!n || n > TEXT_MAX || s[0] == ' ' || s[n - 1] == ' ') return 0;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < ' ' || s[i] == 127) return 0;
    return 1;
}

/* One spelling for one text: words of small letters and digits joined by single `-`; a number has two digits or more, and a leading zero only
 * where it would else have one. Were other spellings taken, who knows the secret half could try them all and type the one that suits. */
static int seed_good(const char *s)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    size_t n = s ? strlen(s) : 0;
    if (n < SEED_MIN || n > TEXT_MAX) return 0;
    for (;;) {
        size_t word = strspn(s, letters), digits = strspn(s, "0123456789");
        if (!word || (digits == word && (word < 2 || (s[0] == '0' && word > 2)))) return 0;
        s += word;
        if (!*s) return 1;
        if (*s++ != '-') return 0;
    }
}

static json_t *tickets_json(const struct ticket *t, int n, const char *group)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++) {
        json_t *j = json_pack("{s:s, s:i, s:b}", "id", t[i].id, "rooms", t[i].rooms, "accessible", t[i].accessible);
        if (t[i].group[0]) json_object_set_new(j, group, json_string(t[i].group));
        json_array_append_new(list, j);
    }
    return list;
}

static int terms_check(const struct draw_terms *t, struct err *e)
{
    if (!line_good(t->name))
        return err_set(e, "the draw wants a name of one line, at most %d characters", TEXT_MAX);
    if (!line_good(t->seed_source))
        return err_set(
            e,
            "say in one line which public text will be the seed, so exactly that nobody can choose it afterwards");
    if (t->seed_after_ms <= t->committed_ms)
        return err_set(e, "the seed must become public after the commitment: name a later time, or another source");
    if (t->instead_of &&
        (strlen(t->instead_of) != HEX_KEY - 1 || strspn(t->instead_of, "0123456789abcdef") != HEX_KEY - 1))
        return err_set(e, "`instead_of` is the hash of the commitment that was given up: 64 hex digits");
    return 0;
}

static json_t *commitment_make(const struct pool *p, const struct draw_terms *t, const char *sealed)
{
    char committed[40], after[40], hex[HEX_KEY];
    unsigned char hash[HASH_BYTES];
    instant_format(committed, sizeof committed, NULL, t->committed_ms);
    instant_format(after, sizeof after, NULL, t->seed_after_ms);
    json_t *j =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "format", FORMAT_COMMITMENT, "name", t->name,
                  "rules", DRAW_RULES, "committed_at", committed, "seed_source", t->seed_source, "seed_after",
                  after, "secret_sha256", sealed, "entries", tickets_json(p->entry, p->n_entry, "with"), "homes",
                  tickets_json(p->home, p->n_home, "near"));
    if (!j) return NULL; /* a text that is no UTF-8 */
    if (t->instead_of) json_object_set_new(j, "instead_of", json_string(t->instead_of));
    hash_json(j, hash);
    json_object_set_new(j, "commitment", json_string(hex_write(hex, hash, sizeof hash)));
    return j;
}

static void seal(const unsigned char secret[HASH_BYTES], char hex[HEX_KEY])
{
    unsigned char hash[HASH_BYTES];
    crypto_hash_sha256(hash, secret, HASH_BYTES);
    hex_write(hex, hash, sizeof hash);
}

json_t *draw_commit(const struct pool *p, const struct draw_terms *t, struct err *e)
{
    char hex[HEX_KEY];
    if (terms_check(t, e)) return NULL;
    seal(t->secret, hex);
    json_t *j = commitment_make(p, t, hex);
    if (!j) err_set(e, "name or source of the seed is not UTF-8: type it again");
    return j;
}

static const char *text_of(const json_t *j, const char *key) { return json_string_value(json_object_get(j, key)); }

static int time_of(const json_t *j, const char *key, int64_t *at_ms, struct err *e)
{
    char again[40];
    const char *text = text_of(j, key);
    if (!text || instant_parse(text, NULL, at_ms, e) ||
        strcmp(instant_format(again, sizeof again, NULL, *at_ms), text) != 0)
        return err_set(e, "`%s` is missing or no time such as 2026-01-15T06:30:00Z: the file was changed", key);
    return 0;
}

/* The file again from what was read: anything that the hash does not bind, or another order, is a difference. */
static int commitment_same(const json_t *j, const struct pool *p, const struct draw_terms *t, struct err *e)
{
    json_t *again = commitment_make(p, t, text_of(j, "secret_sha256"));
    char *a = again ? canonical(again) : NULL, *b = canonical(j);
    int same = a && b && !strcmp(a, b), status = 0;
    if (!same && again && text_of(j, "commitment") &&
        !strcmp(text_of(j, "commitment"), text_of(again, "commitment")))
        status = err_set(e, "the commitment is not in canonical order or holds more than its hash binds: use the "
                            "file that was published");
    else if (!same)
        status = err_set(e,
                         "the commitment does not match its hash %.64s: list, rules or terms were changed after "
                         "it; use the published file",
                         text_of(j, "commitment") ? text_of(j, "commitment") : "(missing)");
    free(a);
    free(b);
    json_decref(again);
    return status;
}

int commitment_read(const json_t *j, struct pool *p, unsigned char hash[HASH_BYTES], struct err *e)
{
    struct draw_terms t = {.name = text_of(j, "name"),
                           .seed_source = text_of(j, "seed_source"),
                           .instead_of = text_of(j, "instead_of")};
    unsigned char sealed[HASH_BYTES];
    const char *format = text_of(j, "format"), *hex = text_of(j, "commitment");
    *p = (struct pool){0};
    if (!format || strcmp(format, FORMAT_COMMITMENT) != 0)
        return err_set(
            e, "no commitment (`format` is not `%s`): publish one with `kend draw commit` before the seed is known",
            FORMAT_COMMITMENT);
    if (time_of(j, "committed_at", &t.committed_ms, e) || time_of(j, "seed_after", &t.seed_after_ms, e)) return -1;
    if (!hex || hex_read(hex, hash, HASH_BYTES) || !text_of(j, "secret_sha256") ||
        hex_read(text_of(j, "secret_sha256"), sealed, HASH_BYTES))
        return err_set(e, "`commitment` or `secret_sha256` is not 64 hex digits: the file was changed");
    if (terms_check(&t, e) || pool_take(p, j, e)) return -1;
    return commitment_same(j, p, &t, e);
}

static int by_ticket_id(const void *a, const void *b)
{
    return strcmp(((const struct ticket *)a)->id, ((const struct ticket *)b)->id);
}

/* --- the draw --- */
struct lot {
    int first, n, needs, placed;
}; /* entries member[first .. first + n) */
struct street {
    int first, n;
}; /* homes by_street[first .. first + n), in drawn order */
struct draw {
    const struct pool *p;
    int *member, *order, *home_order, *home_taken, *by_street, *smallest_of,
        *reach; /* reach: homes of the lot being placed */
    struct lot *lot;
    struct street *street;
    int n_lot, n_street;
    json_t *placed;
};

/* Members of a group: who needs an accessible home first, then by id. Entries are sorted by id, so a lot's first entry met is its smallest. */
static void lots_make(struct draw *d)
{
    const struct ticket *t = d->p->entry;
    int used = 0;
    for (int i = 0; i < d->p->n_entry; i++) {
        int earlier = 0;
        for (int k = 0; t[i].group[0] && k < i; k++) earlier |= !strcmp(t[k].group, t[i].group);
        if (earlier) continue;
        struct lot *l = &d->lot[d->n_lot++];
        *l = (struct lot){.first = used};
        for (int need = 1; need >= 0; need--)
            for (int k = i; k < d->p->n_entry; k++) {
                int in = k == i || (t[i].group[0] && !strcmp(t[k].group, t[i].group));
                if (!in || t[k].accessible != need) continue;
                d->member[used++] = k;
                l->n++;
                l->needs |= need;
            }
    }
}

/* Streets in the order in which their first home was drawn. Homes that are near nothing are no street. */
static void streets_make(struct draw *d)
{
    const struct ticket *t = d->p->home;
    int used = 0;
    for (int i = 0; i < d->p->n_home; i++) {
        const char *near = t[d->home_order[i]].group;
        int earlier = !near[0];
        for (int k = 0; !earlier && k < d->n_street; k++)
            earlier = !strcmp(t[d->by_street[d->street[k].first]].group, near);
        if (earlier) continue;
        struct street *s = &d->street[d->n_street++];
        *s = (struct street){.first = used};
        for (int k = i; k < d->p->n_home; k++)
            if (!strcmp(t[d->home_order[k]].group, near)) d->by_street[used++] = d->home_order[k];
        s->n = used - s->first;
    }
}

/* The first free home of the list for entry t. -1: none. */
static int home_for(const struct draw *d, const struct ticket *t, const int *list, int n, int accessible)
{
    for (int i = 0; i < n; i++) {
        const struct ticket *home = &d->p->home[list[i]];
        if (!d->home_taken[list[i]] && home->rooms == t->rooms && home->accessible == accessible) return list[i];
    }
    return -1;
}

/* Homes of the list for all members, or none. */
static int fits(struct draw *d, const struct lot *l, const int *list, int n, int pass)
{
    int got = 0;
    for (; got < l->n; got++) {
        const struct ticket *t = &d->p->entry[d->member[l->first + got]];
        int h = home_for(d, t, list, n, t->accessible);
        if (h < 0 && !t->accessible && pass == 2) h = home_for(d, t, list, n, 1);
        if (h < 0) break;
        d->home_taken[d->reach[got] = h] = 1;
    }
    if (got == l->n) return 1;
    while (got > 0) d->home_taken[d->reach[--got]] = 0;
    return 0;
}

static int place(struct draw *d, const struct lot *l, int pass)
{
    if (l->n == 1) return fits(d, l, d->home_order, d->p->n_home, pass);
    for (int i = 0; i < d->n_street; i++)
        if (fits(d, l, d->by_street + d->street[i].first, d->street[i].n, pass)) return 1;
    return 0;
}

static json_t *asked(const struct ticket *t, int n)
{
    char with[80] = "";
    if (t->group[0])
        snprintf(with, sizeof with, ", to stay with %d other%s (%s)", n - 1, n == 2 ? "" : "s", t->group);
    return json_sprintf("%d room%s%s%s", t->rooms, t->rooms == 1 ? "" : "s",
                        t->accessible ? ", an accessible home" : "", with);
}

static json_t *why(const struct ticket *t, const struct ticket *home, const struct lot *l)
{
    char place_text[96] = "";
    if (l->n > 1)
        snprintf(place_text, sizeof place_text, " near %s, the first place drawn with homes for all %d",
                 home->group, l->n);
    return json_sprintf("the first %s home of %d room%s in drawn order%s",
                        t->accessible      ? "free accessible"
                        : home->accessible ? "left-over accessible"
                                           : "free",
                        t->rooms, t->rooms == 1 ? "" : "s", place_text);
}

static void placed_write(struct draw *d, const struct lot *l, int place_no, int pass)
{
    for (int i = 0; i < l->n; i++) {
        const struct ticket *t = &d->p->entry[d->member[l->first + i]], *home = &d->p->home[d->reach[i]];
        json_array_append_new(d->placed, json_pack("{s:i, s:i, s:s, s:o, s:s, s:o}", "drawn", place_no + 1, "pass",
                                                   pass, "entry", t->id, "asked", asked(t, l->n), "home", home->id,
                                                   "why", why(t, home, l)));
    }
}

static json_t *reserve_write(const struct draw *d)
{
    json_t *list = json_array();
    int n = 0;
    for (int i = 0; i < d->n_lot; i++) {
        const struct lot *l = &d->lot[d->order[i]];
        if (l->placed) continue;
        n++;
        for (int k = 0; k < l->n; k++) {
            const struct ticket *t = &d->p->entry[d->member[l->first + k]];
            json_array_append_new(list, json_pack("{s:i, s:i, s:s, s:o, s:s}", "place", n, "drawn", i + 1, "entry",
                                                  t->id, "asked", asked(t, l->n), "why",
                                                  l->n > 1 ? "no place had homes left that fit all of the group"
                                                  : t->accessible ? "no accessible home of that class was left"
                                                                  : "no home of that class was left"));
        }
    }
    return list;
}

static json_t *ids(const struct ticket *t, const int *order, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++) json_array_append_new(list, json_string(t[order[i]].id));
    return list;
}

static int smallest(const struct draw *d, const struct lot *l)
{
    int least = d->member[l->first];
    for (int i = 1; i < l->n; i++)
        if (d->member[l->first + i] < least) least = d->member[l->first + i];
    return least;
}

static void draw_run(struct draw *d, struct drbg *bits, json_t *out)
{
    drbg_shuffle(bits, d->order, d->n_lot);
    drbg_shuffle(bits, d->home_order, d->p->n_home);
    streets_make(d);
    for (int pass = 1; pass <= 2; pass++)
        for (int i = 0; i < d->n_lot; i++) {
            struct lot *l = &d->lot[d->order[i]];
            if (l->placed || (pass == 1 && !l->needs) || !place(d, l, pass)) continue;
            l->placed = 1;
            placed_write(d, l, i, pass);
        }
    for (int i = 0; i < d->n_lot; i++) d->smallest_of[i] = smallest(d, &d->lot[d->order[i]]);
    json_object_set_new(out, "drawn_tickets", ids(d->p->entry, d->smallest_of, d->n_lot));
    json_object_set_new(out, "drawn_homes", ids(d->p->home, d->home_order, d->p->n_home));
    json_object_set(out, "placed", d->placed);
    json_object_set_new(out, "reserve", reserve_write(d));
}

static void seed_hash(const unsigned char hash[HASH_BYTES], const struct draw_seed *s,
                      unsigned char out[HASH_BYTES])
{
    char text[32 + 2 * HEX_KEY + TEXT_MAX + 8], a[HEX_KEY], b[HEX_KEY];
    int n = snprintf(text, sizeof text, "kend draw seed 1\n%s\n%s\n%s\n", hex_write(a, hash, HASH_BYTES),
                     hex_write(b, s->secret, HASH_BYTES), s->text);
    crypto_hash_sha256(out, (const unsigned char *)text, (unsigned long long)n);
}

static int seed_check(const json_t *commitment, const struct draw_seed *s, struct err *e)
{
    int64_t after_ms;
    char hex[HEX_KEY];
    if (time_of(commitment, "seed_after", &after_ms, e)) return -1;
    seal(s->secret, hex);
    if (strcmp(hex, text_of(commitment, "secret_sha256")) != 0)
        return err_set(e, "the secret is not the one sealed in the commitment (secret_sha256): use the file that "
                          "`kend draw commit` wrote");
    if (!seed_good(s->text))
        return err_set(
            e,
            "the seed has one spelling, %d to %d characters: words of small letters and digits joined by -, "
            "numbers of two digits or more, as in 04-11-19",
            SEED_MIN, TEXT_MAX);
    if (s->at_ms < after_ms)
        return err_set(e,
                       "the seed was public before %s, the earliest time that the commitment allows: it could have "
                       "been known; commit again",
                       text_of(commitment, "seed_after"));
    return 0;
}

static struct draw draw_room(struct arena *a, const struct pool *p)
{
    int n = p->n_entry, m = p->n_home;
    return (struct draw){.p = p,
                         .member = ARENA_NEW(a, int, n),
                         .order = ARENA_NEW(a, int, n),
                         .home_order = ARENA_NEW(a, int, m),
                         .home_taken = ARENA_NEW(a, int, m),
                         .by_street = ARENA_NEW(a, int, m),
                         .smallest_of = ARENA_NEW(a, int, n),
                         .reach = ARENA_NEW(a, int, n),
                         .lot = ARENA_NEW(a, struct lot, n),
                         .street = ARENA_NEW(a, struct street, m)};
}

static json_t *result_make(const json_t *commitment, const struct pool *p, const unsigned char hash[HASH_BYTES],
                           const struct draw_seed *s)
{
    struct arena a = {0};
    struct drbg bits;
    unsigned char seed[HASH_BYTES];
    char at[40], secret[HEX_KEY], hex[HEX_KEY];
    struct draw d = draw_room(&a, p);
    d.placed = json_array();
    seed_hash(hash, s, seed);
    drbg_start(&bits, seed, sizeof seed, hash, 16, "kend draw 1");
    instant_format(at, sizeof at, NULL, s->at_ms);
    json_t *out = json_pack("{s:s, s:O, s:s, s:s, s:s, s:s}", "format", FORMAT_RESULT, "commitment", commitment,
                            "secret", hex_write(secret, s->secret, HASH_BYTES), "seed", s->text, "seed_at", at,
                            "seed_sha256", hex_write(hex, seed, sizeof seed));
    if (out) {
        lots_make(&d);
        draw_run(&d, &bits, out);
    }
    json_decref(d.placed);
    arena_free(&a);
    return out;
}

json_t *draw_make(const json_t *commitment, const struct draw_seed *s, struct err *e)
{
    struct pool p;
    unsigned char hash[HASH_BYTES];
    json_t *out = NULL;
    if (!commitment_read(commitment, &p, hash, e) && !seed_check(commitment, s, e)) {
        out = result_make(commitment, &p, hash, s);
        if (!out) err_set(e, "the seed is not UTF-8: type it again");
    }
    pool_free(&p);
    return out;
}

/* --- the reserve list --- */

static int ticket_index(const struct ticket *t, int n, const char *id)
{
    struct ticket key = {.id = id};
    const struct ticket *at = id ? bsearch(&key, t, (size_t)n, sizeof *t, by_ticket_id) : NULL;
    return at ? (int)(at - t) : -1;
}

/* Orders as they were drawn, read back: of lots by their smallest entry, of homes. */
static void orders_read(struct draw *d, const json_t *result)
{
    const json_t *tickets = json_object_get(result, "drawn_tickets"),
                 *homes = json_object_get(result, "drawn_homes");
    int *lot_of = d->smallest_of; /* here: the lot whose smallest entry this is */
    for (int i = 0; i < d->n_lot; i++) lot_of[smallest(d, &d->lot[i])] = i;
    for (int i = 0; i < d->n_lot; i++) {
        int at = ticket_index(d->p->entry, d->p->n_entry, json_string_value(json_array_get(tickets, (size_t)i)));
        must(at >= 0, "a verified result names an unknown ticket");
        d->order[i] = lot_of[at];
    }
    for (int i = 0; i < d->p->n_home; i++) {
        d->home_order[i] =
            ticket_index(d->p->home, d->p->n_home, json_string_value(json_array_get(homes, (size_t)i)));
        must(d->home_order[i] >= 0, "a verified result names an unknown home");
    }
}

/* Of each lot only who still waits; a lot of which nobody waits is done with. */
static void lots_left(struct draw *d, int (*waiting)(void *, int), void *self)
{
    for (int i = 0; i < d->n_lot; i++) {
        struct lot *l = &d->lot[i];
        int left = 0;
        l->needs = 0;
        for (int k = 0; k < l->n; k++) {
            int entry = d->member[l->first + k];
            if (!waiting(self, entry)) continue;
            d->member[l->first + left++] = entry;
            l->needs |= d->p->entry[entry].accessible;
        }
        l->n = left;
        l->placed = !left;
    }
}

int draw_next(const json_t *result, const struct pool *p, int (*waiting)(void *, int), int (*vacant)(void *, int),
              void *self, int home)
{
    struct arena a = {0};
    struct draw d = draw_room(&a, p);
    int entry = -1;
    lots_make(&d);
    orders_read(&d, result);
    streets_make(&d);
    lots_left(&d, waiting, self);
    for (int i = 0; i < p->n_home; i++) d.home_taken[i] = !vacant(self, i);
    for (int pass = 1; pass <= 2 && entry < 0; pass++)
        for (int i = 0; i < d.n_lot && entry < 0; i++) {
            struct lot *l = &d.lot[d.order[i]];
            if (l->placed || (pass == 1 && !l->needs) || !place(&d, l, pass)) continue;
            l->placed = 1;
            for (int k = 0; k < l->n; k++)
                if (d.reach[k] == home) entry = d.member[l->first + k];
        }
    arena_free(&a);
    return entry;
}
