/* Any bytes as what records about the return say: lines of [kind, of, who, at, data], each signed by the person of that number. Refused with a
 * text, or taken; then homes and households still agree, nobody has keys without a draw and a briefing, and what is shown of it can be
 * written down. */
#include "base/err.h"
#include "households/return.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PEOPLE = 8, RECORDS_MAX = 400 };
static const unsigned roles[PEOPLE] = {ROLE_AUTHORITY, ROLE_AUTHORITY, ROLE_DATA,     ROLE_TESTER,
                                       ROLE_REGISTRAR, ROLE_REGISTRAR, ROLE_OBSERVER, ROLE_EDUCATOR};

static enum place_state open_land(void *self, const struct returns *all, const struct home *h, char *why,
                                  size_t size)
{
    (void)self, (void)all, (void)h, (void)why, (void)size;
    return PLACE_IN_USE;
}

static void people_make(struct people *p)
{
    p->person = calloc(PEOPLE, sizeof *p->person);
    must(p->person, "out of memory");
    p->n = p->room = PEOPLE;
    for (int i = 0; i < PEOPLE; i++) {
        p->person[i] = (struct person){.key = {(unsigned char)(i + 1)}, .roles = roles[i], .until_ms = INT64_MAX};
        snprintf(p->person[i].id, sizeof p->person[i].id, "p%d", i);
        snprintf(p->person[i].name, sizeof p->person[i].name, "P%d", i);
    }
}

static void check(const struct returns *all)
{
    for (int i = 0; i < all->n_home; i++) {
        const struct home *h = &all->home[i];
        must(h->use != HOME_HELD || (h->household >= 0 && all->household[h->household].home == i),
             "nobody holds %s", h->id);
    }
    for (int i = 0; i < all->n_household; i++) {
        const struct household *h = &all->household[i];
        must(h->home < 0 || all->home[h->home].household == i, "%s holds another's home", h->id);
        must((h->state != HH_KEYS && h->state != HH_SETTLED) || (h->briefed_by && h->round >= 0), "%s has keys",
             h->id);
    }
}

static void shown(const struct returns *all)
{
    json_t *j = returns_pipeline_json(all, 0);
    must(j, "no pipeline");
    json_decref(j);
    json_decref(returns_due_json(all, INT64_MAX / 2));
    json_decref(returns_pool_json(all));
    for (int i = 0; i < all->n_household && i < 50; i++) {
        j = household_json(all, i);
        must(j, "a household that cannot be written down");
        json_decref(j);
    }
    for (int i = 0; i < all->n_home && i < 50; i++) {
        j = home_json(all, i);
        must(j, "a home that cannot be written down");
        json_decref(j);
    }
}

static void one(struct returns *all, const json_t *row, int64_t seq)
{
    struct err e = {0};
    const char *kind = json_string_value(json_array_get(row, 0)), *of = json_string_value(json_array_get(row, 1));
    json_int_t who = json_integer_value(json_array_get(row, 2)), at = json_integer_value(json_array_get(row, 3));
    const json_t *data = json_array_get(row, 4);
    if (!kind || !of || !json_is_object(data) || strncmp(kind, "return.", 7) != 0 || at < 0 || at > INT64_MAX / 4)
        return;
    struct record r = {.seq = seq,
                       .at_ms = at,
                       .chain = "",
                       .kind = kind,
                       .of = of,
                       .rev = return_rev(all, kind, of),
                       .is_signed = 1,
                       .key = {(unsigned char)(1 + (who < 0 ? 0 : who % PEOPLE))},
                       .data = data};
    if (returns_take(all, &r, &e)) must(e.text[0], "refused without a text");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct return_gate gate = {.land = open_land};
    struct returns *all = returns_open(&gate);
    people_make(&all->people);
    for (size_t from = 0, i = 0; from < size && i < RECORDS_MAX;
         i++) { /* a line a record: a broken one loses only itself */
        const uint8_t *end = memchr(bytes + from, '\n', size - from);
        size_t n = end ? (size_t)(end - bytes) - from : size - from;
        json_t *row = json_loadb((const char *)bytes + from, n, 0, NULL);
        if (json_is_array(row)) one(all, row, (int64_t)i + 1);
        json_decref(row);
        check(all);
        from += n + 1;
    }
    shown(all);
    returns_close(all);
    return 0;
}
