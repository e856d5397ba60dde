/* See try_answer.h. The clauses are a table: the page has the same keys in its three languages (ui/text.js, "say_<key>"). */
#include "try_answer.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double NOTHING_W = 500, AIR_J_M3_K = 1200;
static const struct {
    const char *key, *text;
} clauses[] = {
    {"grid_import", "The grid is cut until {0}: {1} from it is missing"},
    {"grid_export", "The grid is cut until {0}: {1} can no longer be sold"},
    {"grid_idle", "The grid is cut until {0}: nothing was coming from it"},
    {"screw_less", "One screw stands still until {0}: the river gives {1} instead of {2}"},
    {"screw_same", "One screw stands still until {0}: the river still gives {1}"},
    {"cold", "It is {1} colder until {0}: homes lose {2} more heat"},
    {"river_less", "The river carries a third of its water until {0}: it will give about {1} instead of {2}"},
    {"river_same", "The river carries a third of its water until {0}: enough for the {1} it gives now"},
    {"cloud", "Clouds take four fifths of the sun until {0}: it gives about {1} instead of {2}"},
    {"cloud_dark", "Clouds take four fifths of the sun until {0}: it gives nothing now, so nothing is lost yet"},
    {"clear", "All is as it was: the village makes {0} and uses {1}"},
    {"hold_import", "the grid gives {0}"},
    {"hold_export", "{0} is still sold"},
    {"hold_idle", "nothing is needed from the grid"},
    {"hold_battery", "the battery lasts {0} at this rate"},
    {"hold_own", "own sources carry the village and the battery holds {0}"},
    {"hold_bare", "the village makes {0} and uses {1}"},
    {"shed", "{0} consumers wait"},
    {"homes_all", "all {0} homes are at {1} or warmer"},
    {"homes_some", "{0} of {1} homes are at {2} or warmer"},
};
enum { N_CLAUSES = sizeof clauses / sizeof clauses[0] };

static const char *clause_text(const char *key)
{
    for (int i = 0; i < N_CLAUSES; i++)
        if (!strcmp(clauses[i].key, key)) return clauses[i].text;
    return "";
}

/* --- the village now --- */

static double field_of(const struct field_set *set, const double *run, const char *key)
{
    int i = field_find(set, key);
    return i < 0 ? 0 : run[i];
}
static double par_of(const struct asset *a, const char *key)
{
    int i = field_find(&a->cls->par, key);
    return i < 0 ? 0 : field_get(&a->cls->par.row[i], a->par);
}

static void look_home(const struct snapshot *s, const struct asset *a, struct try_now *n)
{
    if (a->profile && strcmp(a->profile, "household")) return;
    double air_m3_s = par_of(a, "ach_per_h") / 3600 * par_of(a, "floor_m2") * par_of(a, "height_m");
    n->loss_W_K += par_of(a, "opaque_W_K") + par_of(a, "window_W_K") +
                   air_m3_s * AIR_J_M3_K * (1 - par_of(a, "recovery_frac"));
    n->homes++;
    n->warm += field_of(&a->cls->state, s->x + a->x, "temp_degC") >= TRY_WARM_DEGC;
}

static void look_river(const struct snapshot *s, const struct asset *a, struct try_now *n)
{
    n->river_m3_s += field_of(&a->cls->meas, s->meas + a->meas, "river_m3_s");
    n->turbine_m3_s += field_of(&a->cls->meas, s->meas + a->meas, "turbine_m3_s");
    n->eflow_m3_s += par_of(a, "eflow_m3_s");
}

static void look_battery(const struct snapshot *s, const struct asset *a, struct try_now *n)
{
    double least_J = par_of(a, "soc_min_frac") * par_of(a, "capacity_J");
    double left_J = field_of(&a->cls->state, s->x + a->x, "energy_J") - least_J;
    n->battery_J = (isfinite(n->battery_J) ? n->battery_J : 0) + fmax(0, left_J) * par_of(a, "eta_discharge_frac");
}

static void look_power(const struct asset *a, double W, struct try_now *n)
{
    const char *cls = a->cls->name;
    if (!strcmp(cls, "grid")) {
        n->grid_W += W;
        return;
    }
    *(W > 0 ? &n->made_W : &n->used_W) += fabs(W);
    if (!strcmp(cls, "hydro")) n->river_W += W;
    if (!strcmp(cls, "solar")) n->sun_W += W;
    if (!strcmp(cls, "battery")) n->battery_W += W;
}

struct try_now try_look(const struct snapshot *s)
{
    struct try_now n = {.at_ms = s->at_ms, .battery_J = (double)NAN};
    const struct village *v = s->village;
    for (int32_t i = 0; i < v->n_asset; i++) {
        const struct asset *a = &v->asset[i];
        const char *cls = a->cls->name;
        n.shed += (s->status[i] & STATUS_SHED) != 0;
        n.island |= (s->status[i] & STATUS_ISLAND) != 0;
        if (!strcmp(cls, "home")) look_home(s, a, &n);
        if (!strcmp(cls, "hydro")) look_river(s, a, &n);
        if (!strcmp(cls, "battery")) look_battery(s, a, &n);
        for (int p = 0; p < a->cls->n_port && strcmp(cls, "line"); p++)
            if (a->cls->port[p].carrier == CARRIER_ELEC && isfinite(s->flow[a->flow + p]))
                look_power(a, s->flow[a->flow + p], &n);
    }
    return n;
}

/* --- clauses --- */

static struct web_clause *add(struct web_answer *out, const char *key)
{
    struct web_clause *c = &out->clause[out->n_clause++];
    snprintf(c->key, sizeof c->key, "%s", key);
    return c;
}

static void put(struct web_clause *c, double value, const char *unit, const char *series)
{
    struct web_number *n = &c->num[c->n_num++];
    n->value = value;
    snprintf(n->unit, sizeof n->unit, "%s", unit);
    snprintf(n->series, sizeof n->series, "%s", series);
}

static const char grid_series[] = "sum(@grid.flow.elec_W)", river_series[] = "sum(@hydro.flow.elec_W)",
                  sun_series[] = "sum(@solar.flow.elec_W)";

static void say_grid(struct web_answer *out, double until_ms, const struct try_now *before)
{
    double W = before->grid_W;
    struct web_clause *c = add(out, W > NOTHING_W ? "grid_import" : W < -NOTHING_W ? "grid_export" : "grid_idle");
    put(c, until_ms, "at_ms", "@try.until");
    if (fabs(W) > NOTHING_W) put(c, fabs(W), "_W", grid_series);
}

static void say_screw(struct web_answer *out, double until_ms, const struct try_now *before,
                      const struct try_now *after)
{
    int less = after->river_W < 0.97 * before->river_W;
    struct web_clause *c = add(out, less ? "screw_less" : "screw_same");
    put(c, until_ms, "at_ms", "@try.until");
    put(c, after->river_W, "_W", river_series);
    if (less) put(c, before->river_W, "_W", river_series);
}

static void say_cold(struct web_answer *out, double until_ms, double K, const struct try_now *before)
{
    struct web_clause *c = add(out, "cold");
    put(c, until_ms, "at_ms", "@try.until");
    put(c, K, "_K", "@try.colder");
    put(c, K * before->loss_W_K, "_W", "@try.heat");
}

/* What the screws can go on with when the environmental flow has had its own; the forebay only delays it. */
static void say_river(struct web_answer *out, double until_ms, double share, const struct try_now *before)
{
    double left_m3_s = fmax(0, share * before->river_m3_s - before->eflow_m3_s);
    int less = before->river_W > NOTHING_W && left_m3_s < 0.97 * before->turbine_m3_s;
    struct web_clause *c = add(out, less ? "river_less" : "river_same");
    put(c, until_ms, "at_ms", "@try.until");
    if (less) put(c, before->river_W * left_m3_s / before->turbine_m3_s, "_W", "@try.river");
    put(c, before->river_W, "_W", river_series);
}

static void say_cloud(struct web_answer *out, double until_ms, double share, const struct try_now *before)
{
    int dark = before->sun_W < NOTHING_W;
    struct web_clause *c = add(out, dark ? "cloud_dark" : "cloud");
    put(c, until_ms, "at_ms", "@try.until");
    if (dark) return;
    put(c, share * before->sun_W, "_W", "@try.sun");
    put(c, before->sun_W, "_W", sun_series);
}

static void say_balance(struct web_answer *out, const char *key, const struct try_now *now)
{
    struct web_clause *c = add(out, key);
    put(c, now->made_W, "_W", "@try.made");
    put(c, now->used_W, "_W", "@try.used");
}

/* Until a cut reaches the meters the grid's part is what the battery will have to carry. */
static void say_island(struct web_answer *out, const struct try_now *now)
{
    double rate_W = now->battery_W + now->grid_W;
    if (!isfinite(now->battery_J))
        say_balance(out, "hold_bare", now);
    else if (rate_W > NOTHING_W)
        put(add(out, "hold_battery"), now->battery_J / rate_W, "_s", "@try.battery");
    else
        put(add(out, "hold_own"), now->battery_J, "_J", "@try.held");
}

static void say_hold(struct web_answer *out, int island, const struct try_now *now)
{
    if (island)
        say_island(out, now);
    else if (now->grid_W > NOTHING_W)
        put(add(out, "hold_import"), now->grid_W, "_W", grid_series);
    else if (now->grid_W < -NOTHING_W)
        put(add(out, "hold_export"), -now->grid_W, "_W", grid_series);
    else
        add(out, "hold_idle");
    if (now->shed) put(add(out, "shed"), now->shed, "", "@try.shed");
    if (!now->homes) return;
    int all = now->warm == now->homes;
    struct web_clause *c = add(out, all ? "homes_all" : "homes_some");
    if (!all) put(c, now->warm, "", "@try.warm");
    put(c, now->homes, "", "@try.homes");
    put(c, TRY_WARM_DEGC, "_degC", "@try.floor");
}

/* --- in English --- */

static int number_print(char *buf, size_t size, const struct web_number *n, const struct village *v, int64_t now_ms)
{
    static const char *const day[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    double x = n->value;
    if (!strcmp(n->unit, "at_ms")) {
        const struct zone *z = &v->site.zone;
        struct civil t = civil_at(z, (int64_t)x);
        int today = local_day_start_ms(z, (int64_t)x) == local_day_start_ms(z, now_ms);
        return snprintf(buf, size, "%s%s%02d:%02d", today ? "" : day[t.weekday], today ? "" : " ", t.hour,
                        t.minute);
    }
    if (!strcmp(n->unit, "_s"))
        return x < 5400 ? snprintf(buf, size, "%.0f min", x / 60)
                        : snprintf(buf, size, "%.*f h", x < 36e3, x / 3600);
    int energy = !strcmp(n->unit, "_J"), power = !strcmp(n->unit, "_W");
    if (energy) x /= 3.6e6;
    if (power) x /= 1e3;
    return snprintf(buf, size, "%.*f%s", (energy || power) && fabs(x) < 100, x,
                    energy                      ? " kWh"
                    : power                     ? " kW"
                    : !strcmp(n->unit, "_degC") ? " °C"
                    : !strcmp(n->unit, "_K")    ? " K"
                                                : "");
}

static void answer_print(const struct village *v, int64_t now_ms, struct web_answer *out)
{
    size_t at = 0, size = sizeof out->text;
    for (int i = 0; i < out->n_clause; i++) {
        const struct web_clause *c = &out->clause[i];
        if (i && at < size) at += (size_t)snprintf(out->text + at, size - at, "; ");
        for (const char *p = clause_text(c->key); *p && at < size - 1; p++) {
            int k = p[0] == '{' ? p[1] - '0' : -1;
            if (k < 0 || k >= c->n_num) {
                out->text[at++] = *p;
                continue;
            }
            at += (size_t)number_print(out->text + at, size - at, &c->num[k], v, now_ms);
            p += 2;
        }
    }
    if (at < size - 1) out->text[at++] = '.';
    out->text[at < size ? at : size - 1] = 0;
}

void try_answer(const struct village *v, const char *action, int64_t until_ms, double magnitude, int island,
                const struct try_now *before, const struct try_now *after, struct web_answer *out)
{
    double until = (double)until_ms;
    snprintf(out->key, sizeof out->key, "%s", action ? action : "clear");
    if (!action)
        say_balance(out, "clear", after);
    else if (!strcmp(action, "grid_out"))
        say_grid(out, until, before);
    else if (!strcmp(action, "screw_stop"))
        say_screw(out, until, before, after);
    else if (!strcmp(action, "cold_wave"))
        say_cold(out, until, magnitude, before);
    else if (!strcmp(action, "dry_river"))
        say_river(out, until, magnitude, before);
    else
        say_cloud(out, until, magnitude, before);
    say_hold(out, island, after);
    answer_print(v, after->at_ms, out);
}
