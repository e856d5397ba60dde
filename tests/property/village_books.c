/* The whole village for a year, every asset in every minute: each account of each asset settles in each step (tests/books), and over the year what crossed
 * the village's border is what it holds more, of electricity, heat, gas, water and matter, with the nodes' own leftovers in between; all within 1e-9
 * of what passed. Leftovers of accounts are summed without their signs, so that none makes up for another. A class without books fails by its
 * name. Under a sanitizer, which looks for other faults, nine of ten homes that are alike are left out of the file: the year still goes by the minute. */
#include "base/err.h"
#include "base/instant.h"
#include "base/random.h"
#include "books/books.h"
#include "near.h"
#include "twin/twin.h"
#include "world/world.h"
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
enum { FEWER_HOMES = 1 };
#else
enum { FEWER_HOMES = 0 };
#endif
enum { TROUBLE_DAYS = 18, DT_S = 60, STEPS = 365 * 24 * 60, TEXT_MAX = 1 << 20 };
static const double part = 1e-9;
static const char *const quantity_name[QUANTITIES] = {"electricity", "heat",   "gas",      "water",
                                                      "matter",      "vapour", "registers"};
static const enum quantity carried[] = {ELEC_J, HEAT_J, GAS_J, WATER_M3, MATTER_KG}; /* by enum carrier */

/* One asset's books and the numbers that they are kept from. */
struct shelf {
    struct book book;
    int n_par, n_key;
    const double *from[BOOK_KEYS_MAX];
    double was[BOOK_KEYS_MAX], is[BOOK_KEYS_MAX];
};
static struct village *v;
static struct world *w;
static struct twin *t;
static struct shelf *shelf;
static uint32_t happened;                                /* bit: enum happening, in any village */
static double unwanted[QUANTITIES], missing[QUANTITIES]; /* what nobody took, and what was used and nobody gave */

static void fewer_homes(char *text)
{
    for (char *at = text; (at = strstr(at, "class: home\n")); at++) {
        char *count = strstr(at, " count: "), *next = strstr(at, "\n  - ");
        if (!count || (next && count > next)) continue;
        count += strlen(" count: ");
        size_t digits = strspn(count, "0123456789");
        if (digits > 1) count[digits - 1] = ' ';
    }
}

static struct village *read_village(const char *name)
{
    static char text[TEXT_MAX];
    char path[512];
    int n = 0;
    const char *source = getenv("KEND_SOURCE");
    snprintf(path, sizeof path, "%s/villages/%s.yaml", source ? source : ".", name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t len = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[len] = 0;
    if (FEWER_HOMES) fewer_homes(text);
    return village_read_text(path, text, len, stderr, &n);
}

static const struct book_class *books_of(const char *cls)
{
    const struct book_class *row = book_class_find(cls);
    if (!row) fail_msg("%s keeps no books", cls);
    return row;
}

/* Where the number of a key stands in the truth. */
static const double *number(const struct asset *as, const struct book_key *k)
{
    const struct asset_class *c = as->cls;
    const struct state *s = twin_truth(t);
    const struct {
        const char *name;
        const struct field_set *field;
        const double *base;
    } set[] = {{"par", &c->par, as->par},
               {"x", &c->state, s->x + as->x},
               {"cmd", &c->cmd, s->cmd + as->cmd},
               {"exo", &c->exo, s->exo + as->exo}};
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++) {
        int row = strcmp(set[i].name, k->set) == 0 ? field_find(set[i].field, k->key) : -1;
        if (row >= 0) return set[i].base + set[i].field->row[row].offset / sizeof(double);
    }
    fail_msg("%s has no %s.%s", as->id, k->set, k->key);
    return NULL;
}

static void shelf_fill(struct shelf *h, const struct asset *as)
{
    const struct book_class *row = books_of(as->cls->name);
    if (as->cls->dt_max_s < DT_S) fail_msg("%s steps in parts and tells the last one only", as->cls->name);
    h->book = (struct book){
        .row = row, .as = as, .amb = &twin_truth(t)->amb, .flow = twin_truth(t)->flow + as->flow, .dt_s = DT_S};
    h->n_key = row->n_key;
    assert_true(row->n_key <= BOOK_KEYS_MAX);
    for (int k = 0; k < row->n_key; k++) {
        h->from[k] = number(as, &row->key[k]);
        h->was[k] = h->is[k] = *h->from[k];
        if (strcmp(row->key[k].set, "par") == 0) h->n_par = k + 1;
    }
    if (!row->make) return;
    h->book.own = calloc(1, row->own_bytes);
    assert_non_null(h->book.own);
    row->make(h->is, DT_S, h->book.own);
}

static void open_village(const char *name, int64_t at_ms)
{
    struct err e = {0};
    v = read_village(name);
    assert_non_null(v);
    w = world_create(v, &(struct world_options){.seed = 7}, &e);
    assert_non_null(w);
    t = twin_create(v, w, &(struct twin_options){.seed = 7}, at_ms,
                    &e); /* no spread: its parameters are the file's */
    assert_non_null(t);
    shelf = calloc((size_t)v->n_asset, sizeof *shelf);
    assert_non_null(shelf);
    for (int32_t a = 0; a < v->n_asset; a++) shelf_fill(&shelf[a], &v->asset[a]);
    for (int q = 0; q < QUANTITIES; q++) unwanted[q] = missing[q] = 0;
}

static void close_village(void)
{
    for (int32_t a = 0; a < v->n_asset; a++) {
        happened |= shelf[a].book.happened;
        free(shelf[a].book.own);
    }
    free(shelf);
    twin_free(t);
    world_free(w);
    village_free(v);
}

/* Out of use: nothing flows and nothing changes. */
static void rests(const struct shelf *h)
{
    const struct asset *as = h->book.as;
    for (int p = 0; p < as->cls->n_port; p++)
        if (h->book.flow[p] != 0) fail_msg("%s is out of use and %s flows", as->id, as->cls->port[p].name);
    for (int k = h->n_par; k < h->n_key; k++)
        if (h->book.row->key[k].set[0] == 'x' && h->is[k] != h->was[k])
            fail_msg("%s is out of use and its %s changes", as->id, h->book.row->key[k].key);
}

static void keep_books(struct shelf *h)
{
    size_t n = (size_t)(h->n_key - h->n_par);
    memcpy(h->was + h->n_par, h->is + h->n_par, n * sizeof *h->is);
    for (int k = h->n_par; k < h->n_key; k++) h->is[k] = *h->from[k];
    h->book.status = twin_truth(t)->status[h->book.as->index];
    if (h->book.status & STATUS_OUT) {
        rests(h);
        return;
    }
    h->book.row->keep(&h->book, h->was, h->is);
    settle(&h->book);
}

static void keep_nodes(void)
{
    const double *left = twin_residual(t);
    for (int n = 0; n < v->n_node; n++) {
        enum quantity q = carried[v->node[n].carrier];
        unwanted[q] += fmax(0, left[n]) * DT_S;
        missing[q] += fmax(0, -left[n]) * DT_S;
    }
}

/* Every account of every asset; the worst of each quantity is told. */
static void accounts_close(const char *village)
{
    double worst[QUANTITIES] = {0};
    const struct book *who[QUANTITIES] = {NULL};
    for (int32_t a = 0; a < v->n_asset; a++)
        for (int k = 0; k < ACCOUNTS_MAX && shelf[a].book.row->account[k].name; k++) {
            const struct book *b = &shelf[a].book;
            const struct book_entry *e = &b->entry[k];
            enum quantity q = b->row->account[k].of;
            if (!(e->left <= part * e->through))
                fail_msg("%s, %s: %g of %g is from nowhere", b->as->id, b->row->account[k].name, e->left,
                         e->through);
            if (e->left > worst[q] * e->through) worst[q] = e->left / e->through, who[q] = b;
        }
    for (int q = 0; q < QUANTITIES; q++)
        if (who[q])
            print_message("# %s: %s closes to %.1e (%s)\n", village, quantity_name[q], worst[q], who[q]->as->id);
}

static struct book_entry all_of(enum quantity q)
{
    struct book_entry sum = {0};
    for (int32_t a = 0; a < v->n_asset; a++)
        for (int k = 0; k < ACCOUNTS_MAX && shelf[a].book.row->account[k].name; k++) {
            const struct book_entry *e = &shelf[a].book.entry[k];
            if (shelf[a].book.row->account[k].of != q) continue;
            for (int i = 0; i < BEYONDS; i++) sum.come[i] += e->come[i];
            sum.turned += e->turned, sum.held += e->held, sum.through += e->through;
        }
    return sum;
}

/* What is unwanted leaves the village, what is missing came from nobody: a line that is too weak is a shortage that the twin tells, and only of electricity. */
static void village_closes(const char *village, double short_frac)
{
    double turned_J = 0, energy_J = 0;
    for (enum quantity q = ELEC_J; q < ASIDE; q++) {
        struct book_entry sum = all_of(q);
        double left = missing[q] - unwanted[q] + sum.turned - sum.held;
        for (int i = 0; i < BEYONDS; i++) left += sum.come[i];
        if (!(fabs(left) <= part * sum.through))
            fail_msg("%s: %g of %g %s is from nowhere", village, left, sum.through, quantity_name[q]);
        if (!(missing[q] <= (q == ELEC_J ? short_frac : 0) * sum.through))
            fail_msg("%s: %g of %g %s was used and nobody gave it", village, missing[q], sum.through,
                     quantity_name[q]);
        if (sum.through > 0)
            print_message("# %s: %s of the whole closes to %.1e\n", village, quantity_name[q],
                          fabs(left) / sum.through);
        if (q <= GAS_J) turned_J += sum.turned, energy_J += sum.through;
    }
    if (!(fabs(turned_J) <= part * energy_J))
        fail_msg("%s: turned into each other, %g J are from nowhere", village, turned_J);
}

/* Nothing is proven by an account that nothing passed (a register may have had nothing to count: rules never shed). */
static void every_account_was_used(void)
{
    for (int c = 0; asset_classes[c]; c++) {
        const struct book_class *row = books_of(asset_classes[c]->name);
        for (int k = 0; k < ACCOUNTS_MAX && row->account[k].name; k++) {
            double through = 0;
            for (int32_t a = 0; a < v->n_asset; a++)
                if (shelf[a].book.row == row) through += shelf[a].book.entry[k].through;
            if (!(through > 0) && row->account[k].of != ASIDE)
                fail_msg("%s, %s: nothing passed", row->cls, row->account[k].name);
        }
    }
}

static void a_minute(int64_t until_ms)
{
    twin_step(t, until_ms, DT_S * MS_S);
    for (int32_t a = 0; a < v->n_asset; a++) keep_books(&shelf[a]);
    keep_nodes();
}

static void a_year_of(const char *village, double short_frac)
{
    struct err e = {0};
    int64_t from_ms;
    assert_int_equal(instant_parse("2026-01-01T00:00:00+04:00", NULL, &from_ms, &e), 0);
    open_village(village, from_ms);
    for (int k = 1; k <= STEPS; k++) a_minute(from_ms + k * (int64_t)DT_S * MS_S);
    accounts_close(village);
    village_closes(village, short_frac);
}

static void agali(void **state)
{
    (void)state;
    a_year_of("agali", 0);
    every_account_was_used();
    close_village();
}

/* Its line carries only a part of the winter's peak. */
static void highland(void **state)
{
    (void)state;
    a_year_of("highland", 1e-4);
    close_village();
}

static void oasis(void **state)
{
    (void)state;
    a_year_of("oasis", 0);
    close_village();
}

/* --- what rules never do --- */

/* A set-point of any size that its unit may have; the twin's registers take what they can hold. */
static double any_value(struct random *r, const char *key)
{
    static const struct {
        const char *unit;
        double most;
    } range[] = {{"_frac", 1}, {"_m3_s", 25}, {"_kg_s", 0.3}, {"units", 4}};
    for (size_t i = 0; i < sizeof range / sizeof range[0]; i++)
        if (strstr(key, range[i].unit)) return random_range(r, 0, range[i].most);
    return (random_uniform(r) < 0.5 ? -1 : 1) * pow(10, random_range(r, 1, 5.5)); /* W */
}

/* In summer nobody charges a car or feeds a digester. */
static int is_withheld(const char *key, int summer)
{
    return summer && (strcmp(key, "car_W") == 0 || strcmp(key, "feed_kg_s") == 0);
}

static void any_setpoints(struct random *r, int64_t at_ms, int summer)
{
    for (int32_t a = 0; a < v->n_asset; a++)
        for (int i = 0; i < v->asset[a].cls->cmd.n; i++) {
            const char *key = v->asset[a].cls->cmd.row[i].key;
            int withheld = is_withheld(key, summer);
            if (!withheld && random_uniform(r) < 0.7) continue; /* the device's own rules go on */
            struct setpoint sp = {.point = v->asset[a].cmd + i,
                                  .value = withheld ? 0 : any_value(r, key),
                                  .expires_ms =
                                      at_ms + (withheld ? MS_HOUR : (int64_t)random_range(r, 5, 60) * MS_MIN)};
            twin_actuate(t, &sp, 1);
        }
}

static void any_fault(struct random *r, int64_t at_ms)
{
    static const struct {
        enum world_fault_kind kind;
        double magnitude;
    } fault[] = {{FAULT_GRID_OUT, 0},   {FAULT_ASSET_STOP, 0},   {FAULT_COLD_WAVE, 15},
                 {FAULT_HEAT_WAVE, 10}, {FAULT_DRY_RIVER, 0.05}, {FAULT_LINK_LOST, 0}};
    for (size_t i = 0; i < sizeof fault / sizeof fault[0]; i++) {
        int32_t a = (int32_t)random_range(r, 0, v->n_asset);
        struct world_fault f = {fault[i].kind, a, at_ms, at_ms + (int64_t)random_range(r, 20, 300) * MS_MIN,
                                fault[i].magnitude};
        if (random_uniform(r) < 0.3) assert_true(world_fault(w, &f) >= 0);
    }
}

/* Set-points at random, faults, and rounds that do not drive: no controller would do it, and nothing may come from nowhere by it. */
static void days_of_trouble(const char *village, int month)
{
    struct random r = random_stream(11, village);
    uint8_t closed[16] = {0};
    struct village *read = read_village(village);
    assert_non_null(read);
    int64_t from_ms = civil_ms(&read->site.zone, 2026, month, 10, 0, 0, 0);
    village_free(read);
    open_village(village, from_ms);
    assert_true(v->n_round <= (int)sizeof closed);
    twin_dispatch(t, closed, v->n_round);
    for (int k = 0; k < TROUBLE_DAYS * 24 * 60; k++) {
        int64_t at_ms = from_ms + k * (int64_t)DT_S * MS_S;
        if (k % 15 == 0) any_setpoints(&r, at_ms, month > 3);
        if (k % 360 == 0) any_fault(&r, at_ms);
        a_minute(at_ms + DT_S * MS_S);
    }
    accounts_close(village);
    village_closes(village, 1);
    close_village();
}

static void trouble(void **state)
{
    (void)state;
    days_of_trouble("agali", 1);
    days_of_trouble("agali", 7);
    days_of_trouble("highland", 1);
    days_of_trouble("oasis", 7);
}

#define NAME(name) #name,
static void all_of_it_happened(void **state)
{
    (void)state;
    static const char *const name[] = {HAPPENINGS(NAME)};
    if (FEWER_HOMES) happened |= 1u << HAPPENED_overflowed; /* a tenth of the people fill no bin */
    for (int i = 0; i < HAPPENED_ALL; i++)
        if (!(happened >> i & 1)) fail_msg("%s never happened", name[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agali), cmocka_unit_test(highland), cmocka_unit_test(oasis),
                                       cmocka_unit_test(trouble), cmocka_unit_test(all_of_it_happened)};
    return cmocka_run_group_tests_name("village_books", tests, NULL, NULL);
}
