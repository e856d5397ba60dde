/* The books of a biogas plant: the feed store, the digester's matter and heat, the gas, and what engine and boiler make of it. What decayed is reckoned
 * from the mean stock of each pool over the step (first order, rates of physics/digester.h's source), so gas and digestate answer for the same kilograms. */
#include "books/books.h"

/* clang-format off */
#define BIOGAS(K) \
    K(par, volume_m3) K(par, loss_W_K) K(par, k_manure_per_day) K(par, k_waste_per_day) K(par, vs_manure_frac) K(par, vs_waste_frac) \
    K(par, bmp_manure_m3_per_kg) K(par, bmp_waste_m3_per_kg) K(par, degradable_manure_frac) K(par, degradable_waste_frac) \
    K(par, store_kg) K(par, eta_el_frac) K(par, eta_th_frac) K(par, eta_boiler_frac) \
    K(x, store_manure_kg) K(x, store_waste_kg) K(x, manure_kg) K(x, waste_kg) K(x, temp_degC) K(x, holder_J) K(x, engine_W) \
    K(x, boiler_W) K(x, flare_W) K(x, own_heat_W) K(x, feed_kg_s) K(x, vent_J) K(x, refused_kg) K(x, digestate_kg) \
    K(exo, manure_kg_s) K(exo, waste_kg_s)
/* clang-format on */
struct biogas {
    BIOGAS(BOOK_FIELD)
};
static const struct book_key biogas_key[] = {BIOGAS(BOOK_KEY)};
enum { STORE, MANURE, WASTE, SLURRY, HOLDER, ENGINE, WARMTH, METER };
static const double methane_J_m3 = 35.883e6, slurry_J_kg_K = 4186, slurry_kg_m3 = 1000;

/* What of one pool decayed in the step, kg; its account tells whether the pool holds what is left. */
struct pool {
    double fed_kg, k_per_day, was_kg, is_kg;
};
static double decayed_kg(struct book *b, int account, const struct biogas *was, const struct biogas *is,
                         const struct pool *p)
{
    double alive = was->x_temp_degC >= 5 && was->x_temp_degC <= 60 ? 1 : 0,
           decay_per_s = alive * p->k_per_day / 86400 * exp((was->x_temp_degC - 35) * log(1.035)),
           wash_per_s = is->x_feed_kg_s / slurry_kg_m3 / is->par_volume_m3;
    struct mean m = mean_over(decay_per_s + wash_per_s, b->dt_s);
    double mean_kg = mean_at(&m, p->was_kg, p->fed_kg / b->dt_s);
    come(b, account, PROCESS, p->fed_kg);
    come(b, account, PROCESS, -decay_per_s * mean_kg * b->dt_s);
    come(b, account, PROCESS, -wash_per_s * mean_kg * b->dt_s);
    hold(b, account, p->is_kg - p->was_kg);
    return decay_per_s * mean_kg * b->dt_s;
}

/* Arrivals are stored as far as there is room, the rest is refused; feed is a mixture of the store. Returns the gas, J. */
static double keep_matter(struct book *b, const struct biogas *was, const struct biogas *is)
{
    double dt_s = b->dt_s, manure_kg = is->exo_manure_kg_s * dt_s, waste_kg = is->exo_waste_kg_s * dt_s,
           room_kg = fmax(0, is->par_store_kg - was->x_store_manure_kg - was->x_store_waste_kg),
           come_kg = manure_kg + waste_kg, share = come_kg > room_kg ? room_kg / come_kg : 1,
           feed_kg = is->x_feed_kg_s * dt_s,
           fed_manure_kg = was->x_store_manure_kg + share * manure_kg - is->x_store_manure_kg,
           fed_waste_kg = was->x_store_waste_kg + share * waste_kg - is->x_store_waste_kg;
    struct pool m = {fed_manure_kg * is->par_vs_manure_frac * is->par_degradable_manure_frac,
                     is->par_k_manure_per_day, was->x_manure_kg, is->x_manure_kg},
                w = {fed_waste_kg * is->par_vs_waste_frac * is->par_degradable_waste_frac, is->par_k_waste_per_day,
                     was->x_waste_kg, is->x_waste_kg};
    double gone_m_kg = decayed_kg(b, MANURE, was, is, &m), gone_w_kg = decayed_kg(b, WASTE, was, is, &w);
    HAPPEN(b, refused, is->x_refused_kg > was->x_refused_kg);
    come(b, STORE, HAULED, come_kg);
    come(b, STORE, HAULED, was->x_refused_kg - is->x_refused_kg);
    turn(b, STORE, SLURRY, feed_kg);
    hold(b, STORE, is->x_store_manure_kg - was->x_store_manure_kg + (is->x_store_waste_kg - was->x_store_waste_kg));
    come(b, SLURRY, PROCESS, -gone_m_kg - gone_w_kg);
    come(b, SLURRY, HAULED, was->x_digestate_kg - is->x_digestate_kg);
    return methane_J_m3 * (gone_m_kg * is->par_bmp_manure_m3_per_kg / is->par_degradable_manure_frac +
                           gone_w_kg * is->par_bmp_waste_m3_per_kg / is->par_degradable_waste_frac);
}

static void keep_gas(struct book *b, const struct biogas *was, const struct biogas *is, double made_J)
{
    double engine_J = is->x_engine_W / is->par_eta_el_frac * b->dt_s,
           boiler_J = is->x_boiler_W / is->par_eta_boiler_frac * b->dt_s,
           heat_J = engine_J * is->par_eta_th_frac + boiler_J * is->par_eta_boiler_frac,
           power_J = engine_J * is->par_eta_el_frac;
    HAPPEN(b, flared, is->x_flare_W > 0);
    HAPPEN(b, engine_ran, engine_J > 0);
    HAPPEN(b, boiler_ran, boiler_J > 0);
    come(b, HOLDER, PROCESS, made_J);
    turn(b, HOLDER, METER, power_J);
    turn(b, HOLDER, ENGINE, heat_J);
    come(b, HOLDER, AIR, -(engine_J + boiler_J - heat_J - power_J)); /* up the chimneys */
    come(b, HOLDER, AIR, -is->x_flare_W * b->dt_s);
    come(b, HOLDER, AIR, was->x_vent_J - is->x_vent_J);
    draw(b, HOLDER, 2);
    hold(b, HOLDER, is->x_holder_J - was->x_holder_J);
    draw(b, METER, 0);
}

/* Feed is warmed from the air's temperature (never below 5 degC) to the digester's, which digestate leaves with. */
static void keep_heat(struct book *b, const struct biogas *was, const struct biogas *is)
{
    double dt_s = b->dt_s, air_degC = b->amb->temp_degC, feed_degC = fmax(5, air_degC);
    draw(b, ENGINE, 1);
    turn(b, ENGINE, WARMTH, is->x_own_heat_W * dt_s);
    come(b, WARMTH, AIR, is->par_loss_W_K * (air_degC - was->x_temp_degC) * dt_s);
    come(b, WARMTH, HAULED, is->x_feed_kg_s * slurry_J_kg_K * (feed_degC - was->x_temp_degC) * dt_s);
    hold(b, WARMTH, slurry_J_kg_K * slurry_kg_m3 * is->par_volume_m3 * (is->x_temp_degC - was->x_temp_degC));
}

static void keep(struct book *b, const void *was, const void *is)
{
    keep_gas(b, was, is, keep_matter(b, was, is));
    keep_heat(b, was, is);
}

extern const struct book_class books_biogas;
const struct book_class books_biogas = {.cls = "biogas",
                                        .account = {{"feed store", MATTER_KG},
                                                    {"degradable manure", ASIDE},
                                                    {"degradable waste", ASIDE},
                                                    {"slurry", MATTER_KG},
                                                    {"gas holder", GAS_J},
                                                    {"engine's and boiler's heat", HEAT_J},
                                                    {"digester's heat", HEAT_J},
                                                    {"generator", ELEC_J}},
                                        BOOK_KEYS(biogas_key),
                                        .keep = keep};
