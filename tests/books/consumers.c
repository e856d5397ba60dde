/* The books of what takes: greenhouse, cold store, streets, loads and bins; and of what only watches and passes words on. */
#include "books/books.h"
#include "near.h"
#include "physics/greenhouse.h"
#include "physics/refrigeration.h"

/* --- greenhouse, in the fast form: light that evaporates water leaves with the vapour --- */

/* clang-format off */
#define GREENHOUSE(K) \
    K(par, floor_m2) K(par, cover_m2) K(par, u_W_m2_K) K(par, volume_m3) K(par, ach_per_h) K(par, vent_per_h) K(par, capacity_J_K) K(par, tau_frac) \
    K(par, leaf_index_frac) K(par, light_eff_frac) K(par, vent_degC) K(par, heat_W) K(par, aux_W) K(par, light_W) \
    K(x, temp_degC) K(cmd, heat_W) K(cmd, aux_W) K(cmd, light_W)
/* clang-format on */
struct greenhouse_book {
    GREENHOUSE(BOOK_FIELD)
};
static const struct book_key greenhouse_key[] = {GREENHOUSE(BOOK_KEY)};
enum { GREEN_METER, GREEN_AIR };
struct greenhouse_own {
    struct greenhouse_fast fast;
    struct mean shut, open;
};

static void greenhouse_make(const void *par, double dt_s, void *to)
{
    const struct greenhouse_book *p = par;
    struct greenhouse_own *o = to;
    struct greenhouse g = {p->par_floor_m2,   p->par_cover_m2,        p->par_u_W_m2_K,
                           p->par_volume_m3,  p->par_tau_frac,        p->par_ach_per_h,
                           p->par_vent_per_h, p->par_leaf_index_frac, p->par_capacity_J_K / p->par_floor_m2};
    o->fast = greenhouse_fast(&g);
    o->shut = mean_over(o->fast.loss_W_K / p->par_capacity_J_K, dt_s);
    o->open = mean_over((o->fast.loss_W_K + o->fast.vent_W_K) / p->par_capacity_J_K, dt_s);
}

/* What leaves through the cover, and with the vapour through leaks and vents. Vents open only where that cools; while they hold their temperature, what
 * leaves by them is what brings the air to it from above. Heat that was asked for and did not come is missed as with vents shut. */
struct passage {
    double loss_W, wet_W, ends_degC;
};
static struct passage passes(const struct greenhouse_book *was, const struct mean *m, double loss_W_K,
                             double dry_frac, double heat_W, double light_W, double out_degC, double dt_s)
{
    double in_W = heat_W + dry_frac * light_W, C = was->par_capacity_J_K,
           loss_W = loss_W_K * (mean_at(m, was->x_temp_degC, (in_W + loss_W_K * out_degC) / C) - out_degC);
    return (struct passage){loss_W, (1 - dry_frac) * light_W, was->x_temp_degC + (in_W - loss_W) * dt_s / C};
}

static struct passage passage_of(struct book *b, const struct greenhouse_book *was,
                                 const struct greenhouse_book *is, double heat_W, double back_W, double light_W)
{
    const struct greenhouse_own *o = b->own;
    const struct greenhouse_fast *f = &o->fast;
    double out_degC = b->amb->temp_degC, vent_degC = is->par_vent_degC, C = is->par_capacity_J_K,
           back_K = back_W * o->shut.start * b->dt_s / C, kept_W = back_W * (1 - o->shut.start);
    struct passage shut = passes(was, &o->shut, f->loss_W_K, f->dry_frac, heat_W, light_W, out_degC, b->dt_s),
                   open = passes(was, &o->open, f->loss_W_K + f->vent_W_K, f->dry_open_frac, heat_W, light_W,
                                 out_degC, b->dt_s);
    int warm = shut.ends_degC > vent_degC, helps = open.ends_degC < shut.ends_degC,
        wide = open.ends_degC >= vent_degC;
    HAPPEN(b, vents_in_part, warm && helps && !wide);
    HAPPEN(b, vents_wide, warm && helps && wide);
    HAPPEN(b, vents_no_use, warm && !helps);
    shut.loss_W -= kept_W, open.loss_W -= kept_W;
    if (!warm || !helps) return shut;
    if (wide) return open;
    shut.wet_W = heat_W - back_W + light_W - shut.loss_W - C * (is->x_temp_degC - was->x_temp_degC) / b->dt_s;
    if (fabs(is->x_temp_degC + back_K - vent_degC) > 1e-9)
        fail_msg("%s: its vents hold it at %g degC", b->as->id, is->x_temp_degC);
    return shut;
}

static void keep_greenhouse(struct book *b, const void *before, const void *after)
{
    const struct greenhouse_book *was = before, *is = after;
    double on = b->status & STATUS_FAULT ? 0 : 1, aux_W = on * book_within(is->cmd_aux_W, 0, is->par_aux_W),
           lamp_W = on * book_within(is->cmd_light_W, 0, is->par_light_W),
           sun = is->par_floor_m2 * is->par_tau_frac * fmax(0, b->amb->ghi_W_m2),
           light_W = sun + is->par_light_eff_frac * lamp_W,
           asked_W = on * book_within(is->cmd_heat_W, 0, is->par_heat_W), back_W = asked_W + b->flow[1];
    struct passage p =
        passage_of(b, was, is, asked_W + aux_W + (1 - is->par_light_eff_frac) * lamp_W, back_W, light_W);
    HAPPEN(b, heat_taken_back, back_W > 1);
    draw(b, GREEN_METER, 0), draw(b, GREEN_AIR, 1);
    turn(b, GREEN_METER, GREEN_AIR, (aux_W + lamp_W) * b->dt_s);
    come(b, GREEN_AIR, SUN, sun * b->dt_s);
    come(b, GREEN_AIR, AIR, -p.loss_W * b->dt_s);
    come(b, GREEN_AIR, AIR, -p.wet_W * b->dt_s);
    hold(b, GREEN_AIR, is->par_capacity_J_K * (is->x_temp_degC - was->x_temp_degC));
}
extern const struct book_class books_greenhouse;
const struct book_class books_greenhouse = {.cls = "greenhouse",
                                            .account = {{"meter", ELEC_J}, {"air and crop", HEAT_J}},
                                            BOOK_KEYS(greenhouse_key),
                                            .own_bytes = sizeof(struct greenhouse_own),
                                            .make = greenhouse_make,
                                            .keep = keep_greenhouse};

/* --- cold store: warm product and its breath come in, the compressor's heat goes out --- */

/* clang-format off */
#define COLDSTORE(K) \
    K(par, ua_W_K) K(par, capacity_J_K) K(par, cool_W) K(par, cool_min_frac) K(par, fan_W) K(par, temp_min_degC) K(par, temp_max_degC) \
    K(x, temp_degC) K(cmd, cool_W) K(exo, product_W)
/* clang-format on */
struct coldstore {
    COLDSTORE(BOOK_FIELD)
};
static const struct book_key coldstore_key[] = {COLDSTORE(BOOK_KEY)};
enum { COLD_METER, COLD_STORE };

static void coldstore_make(const void *par, double dt_s, void *to)
{
    const struct coldstore *p = par;
    *(struct mean *)to = mean_over(p->par_ua_W_K / p->par_capacity_J_K, dt_s);
}

static void keep_coldstore(struct book *b, const void *before, const void *after)
{
    const struct coldstore *was = before, *is = after;
    double cool_W = b->status & STATUS_FAULT
                        ? 0
                        : book_power_W(is->cmd_cool_W, is->par_cool_min_frac * is->par_cool_W, is->par_cool_W),
           fan_W = is->par_fan_W, out_degC = b->amb->temp_degC, dt_s = b->dt_s,
           taken_W = cool_W * refrigeration_eer(0.5 * (is->par_temp_min_degC + is->par_temp_max_degC), out_degC),
           gain_W = is->exo_product_W + fan_W - taken_W;
    double mean_degC =
        mean_at(b->own, was->x_temp_degC, (gain_W + is->par_ua_W_K * out_degC) / is->par_capacity_J_K);
    draw(b, COLD_METER, 0);
    turn(b, COLD_METER, COLD_STORE, (cool_W + fan_W) * dt_s);
    come(b, COLD_STORE, AIR, -(taken_W + cool_W) * dt_s);
    come(b, COLD_STORE, AIR, is->par_ua_W_K * (out_degC - mean_degC) * dt_s);
    come(b, COLD_STORE, PEOPLE, is->exo_product_W * dt_s);
    hold(b, COLD_STORE, is->par_capacity_J_K * (is->x_temp_degC - was->x_temp_degC));
}
extern const struct book_class books_coldstore;
const struct book_class books_coldstore = {.cls = "coldstore",
                                           .account = {{"meter", ELEC_J}, {"product and room", HEAT_J}},
                                           BOOK_KEYS(coldstore_key),
                                           .own_bytes = sizeof(struct mean),
                                           .make = coldstore_make,
                                           .keep = keep_coldstore};

/* --- street: lamps fade in a straight line towards their level --- */

/* clang-format off */
#define STREET(K) K(par, n_lamp) K(par, lamp_W) K(par, standby_W) K(par, fade_s) K(par, default_frac) K(x, dim_frac) K(cmd, dim_frac)
/* clang-format on */
struct street {
    STREET(BOOK_FIELD)
};
static const struct book_key street_key[] = {STREET(BOOK_KEY)};

static void keep_street(struct book *b, const void *before, const void *after)
{
    const struct street *was = before, *is = after;
    double to = b->status & STATUS_FAULT ? is->par_default_frac : book_within(is->cmd_dim_frac, 0, 1),
           way = to - was->x_dim_frac, fades_s = fmin(b->dt_s, is->par_fade_s * fabs(way)),
           ends = was->x_dim_frac + copysign(fades_s / is->par_fade_s, way);
    HAPPEN(b, faded, way != 0);
    double lit_s = 0.5 * (was->x_dim_frac + ends) * fades_s + ends * (b->dt_s - fades_s);
    draw(b, 0, 0);
    come(b, 0, PEOPLE, -is->par_n_lamp * (is->par_lamp_W - is->par_standby_W) * lit_s);
    come(b, 0, AIR, -is->par_n_lamp * is->par_standby_W * b->dt_s);
}
extern const struct book_class books_street;
const struct book_class books_street = {
    .cls = "street", .account = {{"lamps", ELEC_J}}, BOOK_KEYS(street_key), .keep = keep_street};

/* --- load --- */

/* clang-format off */
#define LOAD(K) K(par, critical) K(x, shed_J) K(cmd, shed_frac) K(exo, load_W)
/* clang-format on */
struct load {
    LOAD(BOOK_FIELD)
};
static const struct book_key load_key[] = {LOAD(BOOK_KEY)};

static void keep_load(struct book *b, const void *before, const void *after)
{
    const struct load *was = before, *is = after;
    double shed = b->status & STATUS_FAULT ? 1
                  : is->par_critical > 0   ? 0
                                           : book_within(is->cmd_shed_frac, 0, 1),
           wanted_J = is->exo_load_W * b->dt_s;
    HAPPEN(b, shed, shed > 0);
    draw(b, 0, 0);
    come(b, 0, PEOPLE, shed * wanted_J - wanted_J);
    come(b, 1, PEOPLE, shed * wanted_J);
    hold(b, 1, is->x_shed_J - was->x_shed_J);
}
extern const struct book_class books_load;
const struct book_class books_load = {.cls = "load",
                                      .account = {{"use", ELEC_J}, {"register of what was shed", ASIDE}},
                                      BOOK_KEYS(load_key),
                                      .keep = keep_load};

/* --- bin --- */

/* clang-format off */
#define BIN(K) K(par, capacity_kg) K(x, fill_kg) K(x, collected_kg) K(x, overflow_kg) K(cmd, collect_frac) K(exo, fill_kg_s)
/* clang-format on */
struct bin {
    BIN(BOOK_FIELD)
};
static const struct book_key bin_key[] = {BIN(BOOK_KEY)};

static void keep_bin(struct book *b, const void *before, const void *after)
{
    const struct bin *was = before, *is = after;
    double hauled_kg = is->cmd_collect_frac >= 0.5 && !(b->status & STATUS_UNREACHED) ? was->x_fill_kg : 0,
           brought_kg = is->exo_fill_kg_s * b->dt_s,
           beside_kg = fmax(0, was->x_fill_kg - hauled_kg + brought_kg - is->par_capacity_kg);
    HAPPEN(b, emptied, hauled_kg > 0);
    HAPPEN(b, overflowed, beside_kg > 0);
    come(b, 0, PEOPLE, brought_kg);
    come(b, 0, HAULED, -hauled_kg);
    come(b, 0, GROUND, -beside_kg);
    hold(b, 0, is->x_fill_kg - was->x_fill_kg);
    come(b, 1, PEOPLE, hauled_kg + beside_kg);
    hold(b, 1, is->x_collected_kg - was->x_collected_kg + (is->x_overflow_kg - was->x_overflow_kg));
}
extern const struct book_class books_bin;
const struct book_class books_bin = {
    .cls = "bin",
    .account = {{"waste", MATTER_KG}, {"counters of rounds and of what lies beside", ASIDE}},
    BOOK_KEYS(bin_key),
    .keep = keep_bin};

/* --- what holds nothing and has no ports: its few watts are a load's --- */

static void keep_nothing(struct book *b, const void *was, const void *is) { (void)b, (void)was, (void)is; }
extern const struct book_class books_gateway, books_station;
const struct book_class books_gateway = {.cls = "gateway", .keep = keep_nothing};
const struct book_class books_station = {.cls = "station", .keep = keep_nothing};
