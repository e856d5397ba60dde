/* Rules, homes, tests; whether a home is ready, and who is next for a vacant one. Homes come from the village file by `return.homes`: where each
 * stands and what its supplies hang on, so that "ready" is computed here and never typed. A newer list replaces the older one; a home that
 * somebody holds neither leaves it nor changes. */
#include "base/err.h"
#include "households/inside.h"
#include <math.h>
#include <string.h>

enum { HOMES_MAX = 20000, LONLAT_MAX = 4000, HANGS_MAX = 32 };

/* --- rules --- */

int rooms_for(const struct return_rules *rules, int persons)
{
    for (int i = 0; i < rules->n_room; i++)
        if (persons <= rules->room[i].persons) return rules->room[i].rooms;
    return 0;
}

static int rooms_read(const json_t *list, struct return_rules *to, struct err *e)
{
    const json_t *one;
    size_t i;
    json_array_foreach(list, i, one)
    {
        const json_t *persons = json_object_get(one, "persons"), *rooms = json_object_get(one, "rooms");
        long long p = json_integer_value(persons), r = json_integer_value(rooms);
        if (i >= PERSONS_MAX || p < 1 || p > PERSONS_MAX || r < 1 || r > ROOMS_MAX ||
            (i && (p <= to->room[i - 1].persons || r < to->room[i - 1].rooms)))
            return err_set(e, "`rooms` is a list of {\"persons\": up to so many, \"rooms\": so many}, rising");
        to->room[i].persons = (int)p;
        to->room[i].rooms = (int)r;
        to->n_room = (int)i + 1;
    }
    if (!to->n_room || to->room[to->n_room - 1].persons != PERSONS_MAX)
        return err_set(e, "`rooms` ends with a row for %d persons, which means %d or more", PERSONS_MAX,
                       PERSONS_MAX);
    return 0;
}

static int criteria_take(struct step *x, struct return_rules *to)
{
    const json_t *list = json_object_get(x->r->data, "criteria"), *one;
    size_t i;
    json_array_foreach(list, i, one)
    {
        const char *word = json_string_value(one);
        if (i >= CRITERIA_MAX || !word || !code_good(word))
            return err_set(x->e, "`criteria` is a list of at most %d codes such as displaced", CRITERIA_MAX);
        to->criteria[to->n_criteria++] = text_kept(x->all, word);
    }
    return to->n_criteria ? 0 : err_set(x->e, "`criteria` is empty: say by which codes a household is judged");
}

int step_rules(struct step *x)
{
    struct return_rules to = {.seq = x->r->seq};
    const json_t *days = json_object_get(x->r->data, "followup_days");
    to.answer_days = (int)fact_number(x, "answer_days");
    to.appeal_days = (int)fact_number(x, "appeal_days");
    to.moves_per_day = (int)fact_number(x, "moves_per_day");
    for (size_t i = 0; i < FOLLOWUPS; i++) {
        long long day = json_integer_value(json_array_get(days, i));
        if (json_array_size(days) != FOLLOWUPS || day < 1 || day > 3650 || (i && day <= to.followup_day[i - 1]))
            return err_set(x->e, "`followup_days` is a list of %d days, rising, such as [7, 30, 90]", FOLLOWUPS);
        to.followup_day[i] = (int)day;
    }
    if (rooms_read(json_object_get(x->r->data, "rooms"), &to, x->e) || criteria_take(x, &to)) return -1;
    x->all->rules = to;
    return 0;
}

/* --- homes --- */

static const char *word_of(const json_t *j, const char *key) { return json_string_value(json_object_get(j, key)); }

static int state_find(const char *word)
{
    for (int i = 0; word && i < PLACE_STATES; i++)
        if (!strcmp(place_state_name[i], word)) return i;
    return -1;
}

static int kind_find(const char *word)
{
    static const char *const kind[] = {"point", "line", "area"};
    for (int i = 0; word && i < 3; i++)
        if (!strcmp(kind[i], word)) return i;
    return -1;
}

static int place_check(const json_t *p, struct err *e)
{
    static const int least[] = {1, 2, 4};
    const char *id = word_of(p, "id");
    const json_t *lonlat = json_object_get(p, "lonlat"), *v;
    int kind = kind_find(word_of(p, "kind")), n = (int)json_array_size(lonlat);
    size_t i;
    if (!id || !code_good(id) || kind < 0 || state_find(word_of(p, "state")) < 0)
        return err_set(e, "a place wants id, kind (point, line, area), state and lonlat");
    if (n % 2 || n < 2 * least[kind] || n > LONLAT_MAX)
        return err_set(e, "place `%s`: lonlat is a list of pairs", id);
    json_array_foreach(lonlat, i, v)
    {
        if (!json_is_number(v) || !(fabs(json_number_value(v)) <= (i % 2 ? 84 : 180)))
            return err_set(e, "place `%s`: lonlat holds degrees", id);
    }
    return 0;
}

static int place_listed(const json_t *places, const char *id)
{
    const json_t *p;
    size_t i;
    json_array_foreach(places, i, p) if (id && word_of(p, "id") && !strcmp(word_of(p, "id"), id)) return (int)i;
    return -1;
}

static int words_check(const json_t *list, const char *id, const char *what, struct err *e)
{
    const json_t *v;
    size_t i;
    if (!json_array_size(list) || json_array_size(list) > HANGS_MAX)
        return err_set(e, "home `%s` wants `%s`: a list of what must have passed its test", id, what);
    json_array_foreach(list, i, v) if (!json_is_string(v) || !code_good(json_string_value(v))) return err_set(
        e, "home `%s`: `%s` holds ids", id, what);
    return 0;
}

static int has_word(const json_t *list, const char *word)
{
    const json_t *v;
    size_t i;
    json_array_foreach(list, i, v) if (!strcmp(json_string_value(v), word)) return 1;
    return 0;
}

/* What a home that is drawn for stands or hangs on, and the new list leaves out: NULL, or its id. It may come to hang on more. */
static const char *left_out(const struct returns *all, const struct home *old, const json_t *j)
{
    for (int i = 0; i < old->n_place; i++)
        if (!has_word(json_object_get(j, "places"), all->place[old->place[i]].id))
            return all->place[old->place[i]].id;
    for (int s = 0; s < SUPPLIES; s++)
        for (int i = 0; i < old->n_hangs[s]; i++)
            if (!has_word(json_object_get(j, supply_name[s]), old->hangs[s][i])) return old->hangs[s][i];
    return NULL;
}

/* The same for the ground itself: the new outline reaches as far as the old one, but for what a better survey corrects. NULL, or the place. */
static const char *moved_away(const struct returns *all, const struct home *old, const json_t *places)
{
    static const double SURVEY_DEG = 5e-5; /* 5 m */
    for (int i = 0; i < old->n_place; i++) {
        const struct home_place *p = &all->place[old->place[i]];
        const json_t *to = json_object_get(json_array_get(places, (size_t)place_listed(places, p->id)), "lonlat");
        for (int side = 0; side < 4; side++) { /* west, south, east, north */
            double was = -INFINITY, is = -INFINITY, sign = side < 2 ? -1 : 1;
            for (int v = side % 2; v < 2 * p->n_vertex; v += 2) was = fmax(was, sign * p->lonlat[v]);
            for (size_t v = (size_t)side % 2; v < json_array_size(to); v += 2)
                is = fmax(is, sign * json_number_value(json_array_get(to, v)));
            if (is < was - SURVEY_DEG) return p->id;
        }
    }
    return NULL;
}

static int home_check(const struct returns *all, const json_t *j, const json_t *places, struct err *e)
{
    const char *id = word_of(j, "id"), *near = word_of(j, "near");
    const json_t *rooms = json_object_get(j, "rooms"), *stands = json_object_get(j, "places"), *v;
    size_t i;
    if (!id || !code_good(id) || strlen(id) > 24 || !strpbrk(id, "0123456789"))
        return err_set(e, "home `%.40s`: an id of at most 24 letters, digits, . _ - with a digit", id ? id : "?");
    if (!near || !code_good(near) || strlen(near) > 24 || !json_is_integer(rooms) ||
        json_integer_value(rooms) < 1 || json_integer_value(rooms) > ROOMS_MAX ||
        !json_is_boolean(json_object_get(j, "accessible")))
        return err_set(e, "home `%s` wants rooms (1 to %d), accessible (true, false) and near", id, ROOMS_MAX);
    if (words_check(stands, id, "places", e)) return -1;
    json_array_foreach(stands, i, v) if (place_listed(places, json_string_value(v)) < 0) return err_set(
        e, "home `%s` stands on `%.40s`, which is not among the places", id, json_string_value(v));
    for (int s = 0; s < SUPPLIES; s++)
        if (words_check(json_object_get(j, supply_name[s]), id, supply_name[s], e)) return -1;
    int at = return_home(all, id);
    const struct home *old = at >= 0 ? &all->home[at] : NULL;
    if (old && old->use != HOME_FREE && old->use != HOME_GONE &&
        (old->rooms != json_integer_value(rooms) || strcmp(old->near, near) != 0 ||
         old->accessible != json_is_true(json_object_get(j, "accessible"))))
        return err_set(e, "home `%s` is %s: its rooms do not change now", id, home_use_name[old->use]);
    int drawn = old && (old->use == HOME_POOLED || old->use == HOME_VACANT || old->use == HOME_HELD);
    const char *less = drawn ? left_out(all, old, j) : NULL,
               *moved = drawn && !less ? moved_away(all, old, places) : NULL;
    if (moved)
        return err_set(e, "home `%s` is %s: `%s`, where it stands, does not move before the key", id,
                       home_use_name[old->use], moved);
    if (less)
        return err_set(e, "home `%s` is %s: it stands or hangs on `%s`, which is not taken away before the key", id,
                       home_use_name[old->use], less);
    return 0;
}

static const json_t *home_listed(const json_t *homes, const char *id)
{
    const json_t *j;
    size_t i;
    json_array_foreach(homes, i, j) if (word_of(j, "id") && !strcmp(word_of(j, "id"), id)) return j;
    return NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_word(const void *a, const void *b) /* capitals do not make another home */
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static int homes_check(struct step *x, const json_t *places, const json_t *homes)
{
    const struct returns *all = x->all;
    const json_t *j;
    size_t i, n = json_array_size(homes);
    if (!n || n > HOMES_MAX || !json_array_size(places) || json_array_size(places) > HOMES_MAX)
        return err_set(x->e, "`places` and `homes` are lists of 1 to %d", HOMES_MAX);
    json_array_foreach(places, i, j) if (place_check(j, x->e)) return -1;
    struct arena a = {0};
    const char **id = ARENA_NEW(&a, const char *, n);
    int bad = 0;
    json_array_foreach(homes, i, j)
    {
        bad = bad || home_check(all, j, places, x->e);
        id[i] = bad ? "" : word_of(j, "id");
    }
    if (!bad) qsort(id, n, sizeof *id, by_word);
    for (i = 1; !bad && i < n; i++)
        if (!strcasecmp(id[i], id[i - 1])) bad = err_set(x->e, "home `%s` stands twice", id[i]);
    qsort(id, n, sizeof *id, by_text);
    for (int h = 0; !bad && h < all->n_home; h++) {
        enum home_use use = all->home[h].use;
        const char *key = all->home[h].id;
        if (use == HOME_FREE || use == HOME_GONE || bsearch(&key, id, n, sizeof *id, by_text)) continue;
        if (use != HOME_VACANT)
            bad = err_set(x->e, "home `%s` is %s and not in this list", key, home_use_name[use]);
        else if (home_claimed(all, h))
            bad =
                err_set(x->e,
                        "home `%s` is waited for on the reserve list of `%s` and not in this list; what cannot be "
                        "lived in stays in it and is not ready",
                        key, all->round[all->home[h].round].id);
    }
    arena_free(&a);
    return bad ? -1 : 0;
}

static void places_put(struct returns *all, const json_t *places)
{
    const json_t *p, *v;
    size_t i, k;
    all->n_place = 0;
    json_array_foreach(places, i, p)
    {
        const json_t *list = json_object_get(p, "lonlat");
        double *lonlat = ARENA_NEW(&all->text, double, json_array_size(list));
        json_array_foreach(list, k, v) lonlat[k] = json_number_value(v);
        all->place = grow_by_one(all->place, all->n_place, sizeof *all->place);
        all->place[all->n_place++] = (struct home_place){.id = text_kept(all, word_of(p, "id")),
                                                         .kind = (enum place_kind)kind_find(word_of(p, "kind")),
                                                         .state = (enum place_state)state_find(word_of(p, "state")),
                                                         .lonlat = lonlat,
                                                         .n_vertex = (int)json_array_size(list) / 2};
    }
}

static void home_put(struct returns *all, const json_t *j, const json_t *places)
{
    const json_t *stands = json_object_get(j, "places"), *v;
    size_t i;
    int at = return_home(all, word_of(j, "id"));
    if (at < 0) {
        all->home = grow_by_one(all->home, all->n_home, sizeof *all->home);
        at = all->n_home++;
        all->home[at] = (struct home){.id = text_kept(all, word_of(j, "id")), .round = -1, .household = -1};
        index_put(all, 1, at);
    }
    struct home *h = &all->home[at];
    if (h->use == HOME_GONE) h->use = HOME_FREE;
    h->near = text_kept(all, word_of(j, "near"));
    h->rooms = (int)json_integer_value(json_object_get(j, "rooms"));
    h->accessible = json_is_true(json_object_get(j, "accessible"));
    h->n_place = (int)json_array_size(stands);
    h->place = ARENA_NEW(&all->text, int, h->n_place);
    json_array_foreach(stands, i, v) h->place[i] = place_listed(places, json_string_value(v));
    for (int s = 0; s < SUPPLIES; s++) {
        const json_t *list = json_object_get(j, supply_name[s]);
        h->n_hangs[s] = (int)json_array_size(list);
        h->hangs[s] = ARENA_NEW(&all->text, const char *, h->n_hangs[s]);
        json_array_foreach(list, i, v) h->hangs[s][i] = text_kept(all, json_string_value(v));
    }
}

int step_homes(struct step *x)
{
    struct returns *all = x->all;
    const json_t *places = json_object_get(x->r->data, "places"), *homes = json_object_get(x->r->data, "homes"), *j;
    size_t i;
    if (homes_check(x, places, homes)) return -1;
    for (int t = 0; t < all->n_test; t++)
        if (not_own(x, all->test[t].by, "a test of what the homes hang on")) return -1;
    places_put(all, places);
    json_array_foreach(homes, i, j) home_put(all, j, places);
    for (int h = 0; h < all->n_home; h++)
        if (!home_listed(homes, all->home[h].id)) {
            all->home[h].use = HOME_GONE;
            all->home[h].n_place = 0;
        }
    all->homes_seq = x->r->seq;
    all->homes_by = text_kept(all, x->who->id);
    return 0;
}

/* --- tests --- */

static int hangs_somebody(const struct returns *all, enum supply s, const char *of)
{
    for (int h = 0; h < all->n_home; h++)
        for (int i = 0; i < all->home[h].n_hangs[s]; i++)
            if (!strcmp(all->home[h].hangs[s][i], of)) return 1;
    return 0;
}

static struct supply_test *test_of(const struct returns *all, enum supply s, const char *of)
{
    for (int i = 0; i < all->n_test; i++)
        if (all->test[i].supply == s && !strcmp(all->test[i].of, of)) return &all->test[i];
    return NULL;
}

int step_test(struct step *x)
{
    struct returns *all = x->all;
    int s = 0;
    while (strcmp(supply_name[s], fact_text(x, "supply")) != 0) s++;
    if (!hangs_somebody(all, (enum supply)s, x->r->of))
        return err_set(x->e, "no home's %s hangs on `%.48s`", supply_name[s], x->r->of);
    if (not_own(x, all->homes_by, "the list of homes")) return -1;
    struct supply_test *t = test_of(all, (enum supply)s, x->r->of);
    if (t && x->r->at_ms < t->at_ms)
        return err_set(x->e, "dated before the newest test of `%.48s`: what was signed earlier says nothing of now",
                       x->r->of);
    if (!t) {
        all->test = grow_by_one(all->test, all->n_test, sizeof *all->test);
        t = &all->test[all->n_test++];
        *t = (struct supply_test){.of = text_kept(all, x->r->of), .supply = (enum supply)s};
    }
    t->pass = !strcmp(fact_text(x, "result"), "pass");
    t->seq = x->r->seq;
    t->at_ms = x->r->at_ms;
    t->by = text_kept(all, x->who->id);
    return 0;
}

/* --- ready --- */

static int land_ready(const struct returns *all, const struct home *h, struct err *e)
{
    char why[200] = "the records of the land are not here";
    if (!h->n_place) return err_set(e, "home before commissioning: `%s` is on no list of homes any more", h->id);
    for (int i = 0; i < h->n_place; i++) {
        const struct home_place *p = &all->place[h->place[i]];
        if (p->state < PLACE_COMMISSIONED)
            return err_set(e, "home before commissioning: `%s` stands on `%s`, which is %s in the village file",
                           h->id, p->id, place_state_name[p->state]);
    }
    enum place_state state =
        all->gate.land ? all->gate.land(all->gate.self, all, h, why, sizeof why) : PLACE_HAZARD;
    if (state >= PLACE_COMMISSIONED) return 0;
    return err_set(e, "home before commissioning: the land of `%s` is %s: %s", h->id, place_state_name[state], why);
}

int home_ready(const struct returns *all, int home, struct err *e)
{
    const struct home *h = &all->home[home];
    if (land_ready(all, h, e)) return -1;
    for (int s = 0; s < SUPPLIES; s++)
        for (int i = 0; i < h->n_hangs[s]; i++) {
            const struct supply_test *t = test_of(all, (enum supply)s, h->hangs[s][i]);
            if (t && t->pass) continue;
            return err_set(e, "home before commissioning: %s of `%s` hangs on `%s`, %s: `kend household test`",
                           supply_name[s], h->id, h->hangs[s][i],
                           t ? "whose newest test failed" : "which nobody has tested");
        }
    return 0;
}

/* --- who holds it --- */

void home_leave(struct returns *all, struct household *h)
{
    if (h->home >= 0 && all->home[h->home].use == HOME_HELD) {
        all->home[h->home].use = HOME_VACANT;
        all->home[h->home].household = -1;
    }
    if (h->home < 0 || all->home[h->home].use != HOME_KEYED) h->home = -1;
}

struct next {
    const struct returns *all;
    const struct round *round;
    int index;
};

static int is_waiting(void *self, int entry)
{
    const struct next *n = self;
    const struct household *h = &n->all->household[n->round->entry[entry]];
    return h->state == HH_RESERVE && h->round == n->index;
}

static int is_vacant(void *self, int home)
{
    const struct next *n = self;
    const struct home *h = &n->all->home[n->round->home[home]];
    return h->use == HOME_VACANT && h->round == n->index;
}

int home_next(const struct returns *all, int home)
{
    const struct home *h = &all->home[home];
    if (h->use != HOME_VACANT || h->round < 0) return -1;
    struct next n = {all, &all->round[h->round], h->round};
    for (int i = 0; i < n.round->pool.n_home; i++) {
        if (n.round->home[i] != home) continue;
        int entry = draw_next(n.round->result, &n.round->pool, is_waiting, is_vacant, &n, i);
        return entry < 0 ? -1 : n.round->entry[entry];
    }
    return -1;
}
