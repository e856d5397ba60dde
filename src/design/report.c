/* One table of rows drives text, JSON and HTML, so that the three cannot tell different stories. See report.h. */
#include "design/report.h"
#include "design/plot.h"
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum row_kind {
    ROW_MONEY,
    ROW_UNITS,
    ROW_KWH,
    ROW_KW,
    ROW_FRAC,
    ROW_NUMBER,
    ROW_COUNT,
    ROW_PER_HOME,
    ROW_PER_YEAR,
    ROW_SHARE
};
struct row {
    const char *key, *name;
    enum row_kind kind;
    size_t offset;
};
#define AT(member) offsetof(struct outcome, member)
// clang-format off
static const struct row rows[] = {
    {"bill", "bill", ROW_MONEY, AT(bill)},
    {"bill_per_home", "bill a home", ROW_PER_HOME, AT(bill)},
    {"bill_per_year", "bill a year, scaled", ROW_PER_YEAR, AT(bill)},
    {"energy", "  energy bought", ROW_MONEY, AT(energy)},
    {"feed_in", "  energy sold", ROW_MONEY, AT(feed_in)},
    {"peak_charge", "  peak charge", ROW_MONEY, AT(peak_charge)},
    {"discomfort", "discomfort at policy prices", ROW_UNITS, AT(discomfort)},
    {"wear", "wear at policy prices", ROW_UNITS, AT(wear)},
    {"stored_value", "worth of stored energy gained", ROW_UNITS, AT(stored_value)},
    {"cost", "total", ROW_UNITS, AT(cost)},
    {"share_of_attainable", "share of attainable value", ROW_SHARE, 0},
    {"import_kWh", "import, kWh", ROW_KWH, AT(import_Wh)},
    {"export_kWh", "export, kWh", ROW_KWH, AT(export_Wh)},
    {"load_kWh", "consumption, kWh", ROW_KWH, AT(load_Wh)},
    {"self_sufficiency_frac", "self-sufficiency", ROW_FRAC, AT(self_sufficiency_frac)},
    {"peak_kW", "peak import, kW", ROW_KW, AT(peak_W)},
    {"over_limit_kWh", "energy above limits, kWh", ROW_KWH, AT(over_limit_Wh)},
    {"unmet_K_h", "unmet comfort, K.h", ROW_NUMBER, AT(unmet_K_h)},
    {"unmet_worst_tenth_K_h", "  worst tenth, K.h a home", ROW_NUMBER, AT(unmet_worst_tenth_K_h)},
    {"coldest_degC", "  coldest room, degC", ROW_NUMBER, AT(coldest_degC)},
    {"hot_water_unmet_kWh", "hot water missing, kWh", ROW_KWH, AT(hot_water_unmet_Wh)},
    {"car_unmet_kWh", "car charge missing, kWh", ROW_KWH, AT(car_unmet_Wh)},
    {"curtailed_kWh", "curtailed, kWh", ROW_KWH, AT(curtailed_Wh)},
    {"flared_kWh", "gas flared, kWh", ROW_KWH, AT(flared_Wh)},
    {"lamp_kWh", "street lamps, kWh", ROW_KWH, AT(lamp_Wh)},
    {"unserved_kWh", "unserved, kWh", ROW_KWH, AT(unserved_Wh)},
    {"stored_kWh", "stored energy gained, kWh", ROW_KWH, AT(stored_Wh)},
    {"guard_count", "guards began to act", ROW_COUNT, AT(guard_count)},
    {"plan_count", "plans", ROW_COUNT, AT(plan_count)},
    {"plan_median_s", "plan time, median s", ROW_NUMBER, AT(plan_median_s)},
    {"gap_median", "plan above its bound, median", ROW_UNITS, AT(gap_median)},
    {"gap_worst", "  worst", ROW_UNITS, AT(gap_worst)},
    {"wall_s", "wall time, s", ROW_NUMBER, AT(wall_s)},
};
// clang-format on
enum { N_ROWS = sizeof rows / sizeof rows[0] };

static int n_homes(const struct village *v)
{
    int n = 0;
    for (int a = 0; a < v->n_asset; a++) n += v->asset[a].profile && !strcmp(v->asset[a].profile, "household");
    return n;
}

static int find_control(const struct comparison *c, const char *name)
{
    for (int i = 0; i < c->n; i++)
        if (!strcmp(c->outcome[i].control, name)) return i;
    return -1;
}

double share_of_attainable(const struct comparison *c, int i)
{
    int rules = find_control(c, "rules"), perfect = find_control(c, "perfect");
    if (rules < 0 || perfect < 0) return NAN;
    double whole = c->outcome[rules].cost - c->outcome[perfect].cost;
    return fabs(whole) < 1e-9 ? (double)NAN : (c->outcome[rules].cost - c->outcome[i].cost) / whole;
}

static double row_value(const struct comparison *c, const struct row *r, int i)
{
    const char *at = (const char *)&c->outcome[i] + r->offset;
    double units = 0, number = 0;
    if (r->kind == ROW_MONEY || r->kind == ROW_PER_HOME || r->kind == ROW_PER_YEAR)
        units = money_units(*(const struct money *)(const void *)at);
    else if (r->kind == ROW_COUNT)
        return (double)*(const long *)(const void *)at;
    else if (r->kind != ROW_SHARE)
        number = *(const double *)(const void *)at;
    int homes = n_homes(c->village);
    switch (r->kind) {
    case ROW_MONEY: return units;
    case ROW_PER_HOME: return homes ? units / homes : (double)NAN;
    case ROW_PER_YEAR: {
        double peak = money_units(c->outcome[i].peak_charge);
        return (units - peak) * 365.0 / c->outcome[i].days + peak * 12.0;
    }
    case ROW_KWH:
    case ROW_KW: return number / 1000.0;
    case ROW_SHARE: return share_of_attainable(c, i);
    default: return number;
    }
}

static const char *cell(const struct comparison *c, const struct row *r, int i, char *buf, size_t size)
{
    double v = row_value(c, r, i);
    if (!isfinite(v))
        snprintf(buf, size, "-");
    else if (r->kind == ROW_FRAC || r->kind == ROW_SHARE)
        snprintf(buf, size, "%.1f %%", 100 * v);
    else if (r->kind == ROW_COUNT)
        snprintf(buf, size, "%.0f", v);
    else if (fabs(v) < 0.1 && v != 0)
        snprintf(buf, size, "%.2g", v);
    else
        snprintf(buf, size, fabs(v) < 100 ? "%.2f" : "%.0f", v);
    return buf;
}

void report_text(const struct comparison *c, FILE *f)
{
    char buf[64];
    fprintf(f, "%s, %d day%s from %s; money in %s\n\n%-32s", c->village->site.name, c->days,
            c->days == 1 ? "" : "s", instant_format(buf, sizeof buf, &c->village->site.zone, c->from_ms),
            c->village->tariff.currency, "");
    for (int i = 0; i < c->n; i++) fprintf(f, "%12s", c->outcome[i].control);
    fputc('\n', f);
    for (int k = 0; k < N_ROWS; k++) {
        fprintf(f, "%-32s", rows[k].name);
        for (int i = 0; i < c->n; i++) fprintf(f, "%12s", cell(c, &rows[k], i, buf, sizeof buf));
        fputc('\n', f);
    }
}

json_t *report_json(const struct comparison *c)
{
    char buf[64];
    json_t *runs = json_array();
    for (int i = 0; i < c->n; i++) {
        json_t *run = json_pack("{s:s}", "control", c->outcome[i].control);
        for (int k = 0; k < N_ROWS; k++) {
            double v = row_value(c, &rows[k], i);
            json_object_set_new(run, rows[k].key, isfinite(v) ? json_real(v) : json_null());
        }
        json_array_append_new(runs, run);
    }
    return json_pack("{s:s, s:s, s:i, s:s, s:i, s:o}", "village", c->village->site.name, "from",
                     instant_format(buf, sizeof buf, &c->village->site.zone, c->from_ms), "days", c->days,
                     "currency", c->village->tariff.currency, "homes", n_homes(c->village), "runs", runs);
}

/* One line of a power chart: the flows of one class. sign > 0: what it gives; < 0: what it takes. */
struct source {
    const char *cls, *name, *color;
    int sign;
};
static const struct source sources[] = {
    {"hydro", "river", "#3b82b8", 1},
    {"solar", "sun", "#e0a526", 1},
    {"biogas", "gas engine", "#5f9e52", 1},
    {"battery", "from battery", "#7e62a8", 1},
    {"grid", "from grid", "#8d8d8d", 1},
    {"home", "homes", "#c0694a", -1},
    {"pump", "pumps", "#2f9ea0", -1},
    {"coldstore", "cold store", "#6d8fb3", -1},
    {"greenhouse", "greenhouse", "#93b06c", -1},
    {"street", "lamps", "#e8d98a", -1},
    {"battery", "to battery", "#b39ed1", -1},
    {"grid", "to grid", "#c4c4c4", -1},
};
enum { N_SOURCES = sizeof sources / sizeof sources[0] };

static void power_plot(const struct comparison *c, int i, float *work, FILE *f)
{
    const struct recorder *r = &c->recorder[i];
    struct plot_line line[N_SOURCES];
    for (int k = 0; k < N_SOURCES; k++) {
        float *to = work + (size_t)k * (size_t)r->n_slot;
        for (int t = 0; t < r->n_slot; t++)
            to[t] = (float)recorder_class_flow(r, t, sources[k].cls, CARRIER_ELEC, sources[k].sign);
        line[k] = (struct plot_line){sources[k].name, sources[k].color, to, 1, 0};
    }
    char title[64];
    snprintf(title, sizeof title, "Power under %s", c->outcome[i].control);
    plot_svg(&(struct plot){title, "kW", 1000.0, r->from_ms, MS_QUARTER, r->n_slot, &c->village->site.zone, line,
                            N_SOURCES},
             f);
}

/* Lowest, mean and highest of one meas key over the assets of a class. */
static void band_plot(const struct comparison *c, int i, const char *cls, const char *key, const char *title,
                      float *work, FILE *f)
{
    const struct recorder *r = &c->recorder[i];
    int32_t base = village_series_base(r->village, 'm');
    float *low = work, *mean = work + r->n_slot, *high = mean + r->n_slot;
    for (int t = 0; t < r->n_slot; t++) {
        double lo = INFINITY, hi = -INFINITY, sum = 0;
        int n = 0;
        for (int32_t a = village_class_next(r->village, cls, -1); a >= 0;
             a = village_class_next(r->village, cls, a)) {
            int k = field_find(&r->village->asset[a].cls->meas, key);
            double v = k < 0 ? (double)NAN : (double)recorder_at(r, t, base + r->village->asset[a].meas + k);
            if (!isfinite(v)) continue;
            lo = fmin(lo, v), hi = fmax(hi, v), sum += v, n++;
        }
        low[t] = n ? (float)lo : NAN, mean[t] = n ? (float)(sum / n) : NAN, high[t] = n ? (float)hi : NAN;
    }
    struct plot_line line[] = {
        {"lowest", "#3b82b8", low, 0, 1}, {"mean", "#c0694a", mean, 0, 0}, {"highest", "#8d5a3b", high, 0, 1}};
    const char *unit = strrchr(key, '_');
    plot_svg(&(struct plot){title, unit ? unit + 1 : key, 1.0, r->from_ms, MS_QUARTER, r->n_slot,
                            &c->village->site.zone, line, 3},
             f);
}

static void html_table(const struct comparison *c, FILE *f)
{
    char buf[64];
    fputs("<table><thead><tr><th></th>", f);
    for (int i = 0; i < c->n; i++) fprintf(f, "<th>%s</th>", c->outcome[i].control);
    fputs("</tr></thead><tbody>", f);
    for (int k = 0; k < N_ROWS; k++) {
        fprintf(f, "<tr><th scope='row'>%s</th>", rows[k].name);
        for (int i = 0; i < c->n; i++) fprintf(f, "<td>%s</td>", cell(c, &rows[k], i, buf, sizeof buf));
        fputs("</tr>\n", f);
    }
    fputs("</tbody></table>", f);
}

static const char style[] = "<style>body{font:15px/1.45 system-ui,sans-serif;max-width:1000px;margin:2em "
                            "auto;padding:0 1em;color:#222;background:#fff}"
                            "table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.15em "
                            ".9em;text-align:right;border-bottom:1px solid #ddd}"
                            "th[scope]{text-align:left;font-weight:400;white-space:pre}figure{margin:2em "
                            "0}figcaption{font-weight:600}.key{font-weight:400;margin-left:.8em;white-space:nowrap}"
                            ".key "
                            "i{display:inline-block;width:.8em;height:.8em;margin-right:.3em}svg{width:100%;height:"
                            "auto}.grid{stroke:#ddd}.day{stroke:#bbb;stroke-dasharray:2 3}"
                            "text{font-size:11px;fill:#555}.num{text-anchor:end}@media(prefers-color-scheme:dark){"
                            "body{color:#ddd;background:#161616}"
                            ".grid{stroke:#333}.day{stroke:#555}text{fill:#aaa}td,th{border-color:#333}}</style>";

int report_html(const struct comparison *c, FILE *f)
{
    char buf[64];
    int n_slot = c->recorder[0].n_slot;
    float *work = malloc(sizeof *work * N_SOURCES * (size_t)(n_slot + 1));
    if (!work) return -1;
    fprintf(f,
            "<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' "
            "content='width=device-width'><title>%s</title>%s<h1>%s</h1>",
            c->village->site.name, style, c->village->site.name);
    fprintf(
        f,
        "<p>%d day%s from %s. Money in %s. Twin in synthetic or given weather; figures are of the model, not of "
        "a measured village.</p>",
        c->days, c->days == 1 ? "" : "s", instant_format(buf, sizeof buf, &c->village->site.zone, c->from_ms),
        c->village->tariff.currency);
    html_table(c, f);
    for (int i = 0; i < c->n; i++) {
        power_plot(c, i, work, f);
        band_plot(c, i, "home", "temp_degC", "Rooms of all homes", work, f);
    }
    fprintf(f, "<p><small>%s</small></p></html>\n", c->command_line);
    free(work);
    return fflush(f) || ferror(f) ? -1 : 0;
}
