/* See map.h. What is closed follows the gate (publish.c), the worse of records and village file: every parcel that is not handed over, and every
 * area that no parcel stands for, drawn whole, also where parts of it have been released already: a person on foot needs one plain
 * border. Hatching, border and number say the same as the colour, so that a black and white print does. Metres of the UTM zone,
 * north up (grid north: less than two degrees from true north anywhere in a zone at 40 degrees of latitude).
 * What to do follows the page "I found something"; wording is to be agreed with the national authority before use. */
#include "land/map.h"
#include "base/err.h"
#include "base/instant.h"
#include "land/publish.h"
#include "village/village.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum language { AZ, EN, RU, LANGUAGES };
const char map_languages[] = "az en ru";
static const char *const language_name[LANGUAGES] = {"az", "en", "ru"};
enum word {
    W_TITLE,
    W_LEAD,
    W_AMBER,
    W_NONE,
    W_HOME,
    W_DATE,
    W_HOW_FAR,
    W_WHERE,
    W_WHAT,
    W_LAND,
    W_FOUND,
    W_STOP,
    W_AWAY,
    W_DANGER,
    W_CALL,
    W_DEPTH,
    W_DEPTH_LEAD,
    W_SEARCHED,
    W_NOT_SEARCHED,
    W_LEGEND,
    W_NEW,
    W_SIGN_HOUSE,
    W_SIGN_TEACHER,
    W_CHAIN,
    W_HAZARD,
    W_CONFIRMED,
    W_WORK,
    W_REOPENED,
    W_REPORT,
    W_RELEASED,
    W_HERE,
    WORDS
};
// clang-format off
static const char *const word[WORDS][LANGUAGES] = {
    [W_TITLE] = {"Evinizin yaxınlığında girişi qadağan olunmuş torpaq", "Land near your home that you must not enter", "Земля рядом с вашим домом, на которую нельзя заходить"},
    [W_LEAD] = {"Qırmızı torpaq buraxılmayıb. Orada mina və başqa partlayıcı əşyalar ola bilər. Ora girməyin, uşaqları və heyvanları buraxmayın, başqaları girsə belə.",
        "Red land is not released. Mines and other things that explode may lie there. Do not enter it, and keep children and animals out, even if others go in.",
        "Красная земля не разминирована. Там могут лежать мины и другие взрывоопасные предметы. Не заходите туда, не пускайте детей и животных, даже если заходят другие."},
    [W_AMBER] = {"Sarı torpaq buraxılıb, amma hələ təhvil verilməyib: hələ girməyin.", "Yellow land is released but not yet handed over: do not enter it yet.", "Жёлтая земля очищена, но ещё не сдана: пока не заходите."},
    [W_NONE] = {"Evinizdən {0} m məsafədə bağlı torpaq qeydə alınmayıb. Yad əşya yenə də hər yerdə ola bilər.", "The records hold no closed land within {0} m of your home. Something strange can still lie anywhere.",
        "В записях нет закрытой земли в пределах {0} м от вашего дома. Подозрительный предмет всё же может лежать где угодно."},
    [W_HOME] = {"Ev", "Home", "Дом"}, [W_DATE] = {"Tarix", "Date", "Дата"}, [W_HOW_FAR] = {"evinizdən, m", "from your home, m", "от вашего дома, м"},
    [W_WHERE] = {"hansı tərəfdə", "which way", "в какой стороне"}, [W_WHAT] = {"vəziyyəti", "what is known", "что известно"}, [W_LAND] = {"torpaq", "land", "земля"},
    [W_FOUND] = {"Yad bir əşya görsəniz", "If you see something strange", "Если вы увидели подозрительный предмет"},
    [W_STOP] = {"Dayanın. Heç nəyə toxunmayın. Gəldiyiniz izlə geri qayıdın.", "Stop. Touch nothing. Go back the way you came.", "Остановитесь. Ничего не трогайте. Вернитесь по своим следам."},
    [W_AWAY] = {"Uzaq durun, başqalarını, ilk növbədə uşaqları yaxın buraxmayın. Heç nəyi nişanlamayın, götürməyin, yandırmayın.",
        "Keep away and keep others away, children first. Mark nothing, take nothing, burn nothing.", "Держитесь подальше и не подпускайте других, прежде всего детей. Ничего не помечайте, не берите, не сжигайте."},
    [W_DANGER] = {"Təhlükəli yerdə olduğunuzu anlasanız: yerinizdə qalın, səsləyin, kömək gözləyin.", "If you find that you are already in danger: stay where you are, call out, wait for help.",
        "Если вы поняли, что уже в опасном месте: не двигайтесь, зовите, ждите помощи."},
    [W_CALL] = {"Zəng edin", "Call", "Звоните"},
    [W_DEPTH] = {"Evinizin durduğu torpaq", "The land that your home stands on", "Земля, на которой стоит ваш дом"},
    [W_DEPTH_LEAD] = {"Buraxılmış torpaq da tam təhlükəsiz deyil. Aşağıdakı dərinlikdən artıq qazmazdan əvvəl bu nömrədən soruşun.", "Released land is not free of every risk. Before you dig deeper than said below, ask at this number.",
        "И переданная земля не совсем без риска. Прежде чем копать глубже указанного, спросите по этому номеру."},
    [W_SEARCHED] = {"{0} m dərinliyə qədər axtarılıb", "searched to a depth of {0} m", "обследована на глубину {0} м"},
    [W_NOT_SEARCHED] = {"dərinliyə axtarılmayıb: təhlükə əlaməti tapılmayıb", "not searched to a depth: no sign of danger was found", "на глубину не обследована: признаков опасности не найдено"},
    [W_LEGEND] = {"Yaşıl torpaq təhvil verilib. Ağ torpaq barədə bu xəritə heç nə demir: yollarda və yaşıl torpaqda qalın. Məsafələr evinizdəndir. Şimal yuxarıdadır.",
        "Green land is handed over. Of white land this map says nothing: stay on roads and green land. Distances are from your home. North is up.",
        "Зелёная земля сдана. О белой земле карта ничего не говорит: оставайтесь на дорогах и зелёной земле. Расстояния от вашего дома. Север наверху."},
    [W_NEW] = {"Bu xəritə bu günü göstərir. Torpaq dəyişəndə yenisini istəyin.", "This map shows this day. Ask for a new one when the land has changed.", "Эта карта показывает этот день. Когда земля изменится, попросите новую."},
    [W_SIGN_HOUSE] = {"Ailə", "Household", "Семья"}, [W_SIGN_TEACHER] = {"Məlumatlandıran", "Educator", "Инструктор"},
    [W_CHAIN] = {"{0} qeydə görə, zəncirin başı", "By {0} records, head of the chain", "По записям: {0}, голова цепи"},
    [W_HAZARD] = {"şübhəli", "suspected", "под подозрением"}, [W_CONFIRMED] = {"mina təsdiqlənib", "mines confirmed", "мины подтверждены"}, [W_WORK] = {"təmizlənir", "being cleared", "идёт разминирование"},
    [W_REOPENED] = {"tapıntıdan sonra yenidən bağlanıb", "closed again after a find", "закрыта вновь после находки"}, [W_REPORT] = {"bağlıdır", "closed", "закрыта"},
    [W_RELEASED] = {"buraxılıb, təhvil verilməyib", "released, not handed over", "очищена, не сдана"}, [W_HERE] = {"eviniz", "your home", "ваш дом"},
};
static const char *const wind[8][LANGUAGES] = {
    {"şimal", "north", "север"}, {"şimal-şərq", "north-east", "северо-восток"}, {"şərq", "east", "восток"}, {"cənub-şərq", "south-east", "юго-восток"},
    {"cənub", "south", "юг"}, {"cənub-qərb", "south-west", "юго-запад"}, {"qərb", "west", "запад"}, {"şimal-qərb", "north-west", "северо-запад"},
};
static const enum word state_word[AREA_STATES] = {
    [AREA_REPORTED] = W_HAZARD, [AREA_NTS_TASKED] = W_HAZARD, [AREA_CANCELLED] = W_RELEASED, [AREA_SHA] = W_HAZARD, [AREA_CHA] = W_CONFIRMED, [AREA_TS_TASKED] = W_HAZARD,
    [AREA_REDUCED] = W_RELEASED, [AREA_CLEARANCE_TASKED] = W_CONFIRMED, [AREA_IN_PROGRESS] = W_WORK, [AREA_SUSPENDED] = W_WORK, [AREA_PENDING_QC] = W_WORK, [AREA_NONCONFORMITY] = W_WORK,
    [AREA_COMPLETED] = W_RELEASED, [AREA_HANDOVER_SIGNED] = W_REPORT, [AREA_IN_USE] = W_REPORT, [AREA_REOPENED] = W_REOPENED,
};
// clang-format on

struct closed { /* one entry of the table */
    const char *name;
    struct shape *shape;
    enum place_state state;
    enum word what;
    double distance_m, bearing_deg;
};
struct work {
    struct land *land;
    const struct village *v;
    const struct map_options *o;
    FILE *f;
    enum language lang;
    uint8_t *state; /* of each place: the worse of file and records */
    int32_t *why;
    struct closed *closed;
    int n_closed, zone;
    struct shape *home;
    double lon_deg, lat_deg, east_m, north_m;
};

/* --- what is closed --- */

static double bearing_deg(const struct work *w, const struct shape *s)
{
    double lon, lat, east, north;
    shape_centre(w->land->geo, s, &lon, &lat);
    if (point_project(w->land->geo, w->zone, lon, lat, &east, &north)) return 0;
    return fmod(atan2(east - w->east_m, north - w->north_m) * 57.29577951308232 + 360, 360);
}

/* Takes the shape. One that cannot be drawn is not known to be elsewhere: it stands first in the table. */
static void close_shape(struct work *w, const char *name, struct shape *s, enum place_state state, enum word what)
{
    double away_m = s ? shape_distance_m(w->land->geo, w->home, s) : 0.0;
    if (away_m > w->o->reach_m) {
        shape_free(w->land->geo, s);
        return;
    }
    w->closed[w->n_closed++] = (struct closed){name, s, state, what, away_m, s ? bearing_deg(w, s) : 0.0};
}

static struct shape *place_shape(const struct work *w, const struct place *p)
{
    static const char kind[] = {'p', 'l', 'a'};
    return shape_lonlat(w->land->geo, kind[p->kind], p->lonlat, p->n_vertex, w->zone);
}

static int is_closed(const struct work *w, int32_t place) { return w->state[place] < PLACE_CONSTRUCTION; }

static void close_places(struct work *w)
{
    for (int32_t i = 0; i < w->v->n_place; i++) {
        const struct place *p = &w->v->place[i];
        if (!is_closed(w, i) || p->kind != PLACE_AREA || (p->parent >= 0 && is_closed(w, p->parent))) continue;
        const struct area *by = w->why[i] >= 0 ? &w->land->area[w->why[i]] : NULL;
        enum word what = by ? state_word[by->state] : w->state[i] == PLACE_HAZARD ? W_REPORT : W_RELEASED;
        close_shape(w, p->name, place_shape(w, p), (enum place_state)w->state[i], what);
    }
}

/* Areas that no closed parcel stands for. */
static void close_areas(struct work *w)
{
    for (int i = 0; i < w->land->n_area; i++) {
        const struct area *a = &w->land->area[i];
        enum place_state state = area_place_state(a);
        int32_t place = a->place ? village_place(w->v, a->place) : -1;
        if (state >= PLACE_CONSTRUCTION ||
            (place >= 0 && is_closed(w, place) && w->v->place[place].kind == PLACE_AREA))
            continue;
        if (shape_distance_m(w->land->geo, a->whole, w->home) > w->o->reach_m) continue;
        close_shape(w, a->name, shape_in_zone(w->land->geo, a->whole, w->zone), state, state_word[a->state]);
    }
}

static int by_distance(const void *a, const void *b)
{
    const struct closed *x = a, *y = b;
    return x->distance_m != y->distance_m ? (x->distance_m > y->distance_m) - (x->distance_m < y->distance_m)
                                          : strcmp(x->name, y->name);
}

/* --- text --- */

static void html(FILE *f, const char *text)
{
    for (const char *c = text ? text : ""; *c; c++) switch (*c) {
        case '<': fputs("&lt;", f); break;
        case '>': fputs("&gt;", f); break;
        case '&': fputs("&amp;", f); break;
        case '"': fputs("&quot;", f); break;
        default: fputc(*c, f);
        }
}

/* The word in the map's language, {0} replaced. */
static void say(const struct work *w, enum word which, const char *value)
{
    const char *text = word[which][w->lang], *gap = strstr(text, "{0}");
    if (!gap) {
        html(w->f, text);
        return;
    }
    fprintf(w->f, "%.*s", (int)(gap - text), text);
    html(w->f, value);
    html(w->f, gap + 3);
}

static void tagged(const struct work *w, const char *tag, enum word which, const char *value)
{
    fprintf(w->f, "<%s>", tag);
    say(w, which, value);
    fprintf(w->f, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

/* --- the drawing: 1000 units are twice the reach --- */

static double scale(const struct work *w) { return 500 / w->o->reach_m; }

static void point_xy(const struct work *w, double lon, double lat, double *x, double *y)
{
    double east = w->east_m, north = w->north_m;
    point_project(w->land->geo, w->zone, lon, lat, &east, &north);
    *x = 500 + (east - w->east_m) * scale(w);
    *y = 500 - (north - w->north_m) * scale(w);
}

static void path_points(const struct work *w, const json_t *v, int close)
{
    size_t i;
    const json_t *p;
    double x, y;
    if (!json_is_number(json_array_get(json_array_get(v, 0), 0))) {
        json_array_foreach(v, i, p) path_points(w, p, close);
        return;
    }
    json_array_foreach(v, i, p)
    {
        point_xy(w, json_number_value(json_array_get(p, 0)), json_number_value(json_array_get(p, 1)), &x, &y);
        fprintf(w->f, "%c%.1f %.1f", i ? 'L' : 'M', x, y);
    }
    if (close) fputc('Z', w->f);
}

static void path(const struct work *w, const struct shape *s, const char *look, int close)
{
    json_t *g = s ? shape_geojson(w->land->geo, s) : NULL;
    fprintf(w->f, "<path %s d=\"", look);
    path_points(w, json_object_get(g, "coordinates"), close);
    fputs("\"/>\n", w->f);
    json_decref(g);
}

static void draw_places(const struct work *w, enum place_kind kind, const char *look, const char *look_closed)
{
    for (int32_t i = 0; i < w->v->n_place; i++) {
        const struct place *p = &w->v->place[i];
        const char *use = is_closed(w, i) ? look_closed : look;
        if (p->kind != kind || !use) continue;
        struct shape *s = place_shape(w, p);
        if (s && shape_distance_m(w->land->geo, w->home, s) < 1.5 * w->o->reach_m)
            path(w, s, use, kind == PLACE_AREA);
        shape_free(w->land->geo, s);
    }
}

static int inside(double x, double y) { return x > 20 && x < 980 && y > 20 && y < 980; }

static void draw_names(const struct work *w)
{
    for (int32_t i = 0; i < w->v->n_place; i++) {
        const struct place *p = &w->v->place[i];
        double x, y;
        const double *mid = p->n_vertex >= 2 ? &p->lonlat[2 * (p->n_vertex / 2 - 1)] : NULL;
        if (p->kind != PLACE_LINE || !mid) continue;
        point_xy(w, (mid[0] + mid[2]) / 2, (mid[1] + mid[3]) / 2, &x, &y);
        if (!inside(x, y)) continue;
        fprintf(w->f, "<text class=\"street\" x=\"%.0f\" y=\"%.0f\">", x, y - 3);
        html(w->f, p->name);
        fputs("</text>\n", w->f);
    }
}

/* The number stands in the middle of what of the area is on the paper. */
static void draw_number(const struct work *w, const struct closed *c, int number)
{
    struct shape *circle = shape_circle(w->land->geo, w->lon_deg, w->lat_deg, w->o->reach_m * 0.93, w->zone);
    struct shape *seen = circle ? shape_intersection(w->land->geo, circle, c->shape) : NULL;
    double lon, lat, x, y;
    shape_centre(w->land->geo, seen && shape_area_m2(seen) > 0 ? seen : c->shape, &lon, &lat);
    point_xy(w, lon, lat, &x, &y);
    x = fmin(fmax(x, 30), 970), y = fmin(fmax(y, 30), 970);
    fprintf(w->f,
            "<circle cx=\"%.0f\" cy=\"%.0f\" r=\"19\" fill=\"#fff\" stroke=\"#900\" stroke-width=\"3\"/>"
            "<text class=\"no\" x=\"%.0f\" y=\"%.0f\">%d</text>\n",
            x, y, x, y + 8, number);
    shape_free(w->land->geo, seen);
    shape_free(w->land->geo, circle);
}

static double round_distance(double most_m)
{
    double step = pow(10, floor(log10(most_m)));
    return most_m >= 5 * step ? 5 * step : most_m >= 2 * step ? 2 * step : step;
}

static void draw_rings(const struct work *w)
{
    double step_m = round_distance(w->o->reach_m / 3);
    for (double r = step_m; r < w->o->reach_m; r += step_m)
        fprintf(w->f,
                "<circle cx=\"500\" cy=\"500\" r=\"%.1f\" class=\"ring\"/><text class=\"ringno\" x=\"500\" "
                "y=\"%.1f\">%.0f m</text>\n",
                r * scale(w), 500 + r * scale(w) - 4, r);
}

static void draw_home(const struct work *w)
{
    if (w->v->place[w->o->home].kind == PLACE_AREA)
        path(w, w->home, "fill=\"none\" stroke=\"#000\" stroke-width=\"4\"", 1);
    fputs("<path d=\"M500 478L524 499H517V520H483V499H476Z\" fill=\"#000\" stroke=\"#fff\" stroke-width=\"4\" "
          "paint-order=\"stroke\"/>\n"
          "<text class=\"home\" x=\"500\" y=\"545\">",
          w->f);
    say(w, W_HERE, NULL);
    fputs("</text>\n<g transform=\"translate(945 60)\"><path d=\"M0 -38L15 14L0 4L-15 14Z\" fill=\"#000\"/><text "
          "class=\"no\" y=\"38\">N</text></g>\n",
          w->f);
}

static void drawing(const struct work *w)
{
    fputs("<svg viewBox=\"-3 -3 1006 1006\" role=\"img\" aria-label=\"", w->f);
    say(w, W_TITLE, NULL);
    fputs("\"><defs><clipPath id=\"paper\"><rect width=\"1000\" height=\"1000\"/></clipPath>"
          "<pattern id=\"red\" width=\"14\" height=\"14\" patternUnits=\"userSpaceOnUse\"><rect width=\"14\" "
          "height=\"14\" fill=\"#f7cdcd\"/>"
          "<path d=\"M-2 2L2 -2M0 14L14 0M12 16L16 12\" stroke=\"#c00\" stroke-width=\"2.4\"/></pattern>"
          "<pattern id=\"amber\" width=\"14\" height=\"14\" patternUnits=\"userSpaceOnUse\"><rect width=\"14\" "
          "height=\"14\" fill=\"#fdf0c4\"/>"
          "<circle cx=\"7\" cy=\"7\" r=\"2\" fill=\"#a07000\"/></pattern></defs>"
          "<g clip-path=\"url(#paper)\"><rect width=\"1000\" height=\"1000\" fill=\"#fff\"/>\n",
          w->f);
    draw_places(w, PLACE_AREA, "fill=\"#eef2ea\" stroke=\"#aab8a0\"", NULL);
    for (int i = w->n_closed - 1; i >= 0; i--)
        path(w, w->closed[i].shape,
             w->closed[i].state == PLACE_HAZARD
                 ? "fill=\"url(#red)\" stroke=\"#b00\" stroke-width=\"4\""
                 : "fill=\"url(#amber)\" stroke=\"#a07000\" stroke-width=\"3\" stroke-dasharray=\"10 6\"",
             1);
    draw_places(w, PLACE_LINE, "fill=\"none\" stroke=\"#777\" stroke-width=\"4\"",
                "fill=\"none\" stroke=\"#b00\" stroke-width=\"4\" stroke-dasharray=\"4 8\"");
    draw_names(w);
    draw_rings(w);
    for (int i = 0; i < w->n_closed; i++)
        if (w->closed[i].shape) draw_number(w, &w->closed[i], i + 1);
    draw_home(w);
    fputs("</g><rect width=\"1000\" height=\"1000\" fill=\"none\" stroke=\"#000\" stroke-width=\"3\"/></svg>\n",
          w->f);
}

/* --- the page --- */

// clang-format off
static const char style[] =
    "body{font:12pt/1.4 'Noto Sans','DejaVu Sans',sans-serif;max-width:48em;margin:1em auto;padding:0 1em;color:#000;background:#fff}"
    "h1{font-size:21pt;line-height:1.15;margin:0 0 .3em}h2{font-size:14pt;margin:.9em 0 .2em}p{margin:.3em 0}svg{display:block;width:100%;max-width:17cm;margin:.5em auto}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #777;padding:.2em .5em;text-align:left;vertical-align:top}td.n{text-align:right}.lead{font-weight:bold}"
    ".call{border:4px solid #b00;padding:.5em;margin:.6em 0}.call ol{margin:.2em 0 .2em 1.2em;padding:0}.call .number{font-size:24pt;font-weight:bold}"
    ".small,footer{font-size:9pt;color:#333}code{word-break:break-all}.sign td{height:3em;width:50%}"
    "text{font-family:inherit;text-anchor:middle}.no{font-size:24px;font-weight:bold}.street,.ringno,.home{paint-order:stroke;stroke:#fff;stroke-width:4px}"
    ".street{font-size:15px;fill:#333}.home{font-size:22px;font-weight:bold}.ring{fill:none;stroke:#000;stroke-width:1;stroke-dasharray:2 7}.ringno{font-size:15px}"
    "@media (max-width:40em){th,td{padding:.2em .3em;font-size:10pt;hyphens:auto;overflow-wrap:anywhere}}"
    "@media print{@page{size:A4;margin:12mm}body{margin:0;padding:0;max-width:none;font-size:10pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}"
    "h1{font-size:17pt}h2{font-size:12pt}svg{max-width:11.5cm}svg,table,.call{break-inside:avoid}.call .number{font-size:18pt}.sign td{height:2.2em}.small,footer{font-size:8pt}}";
// clang-format on

static void table(const struct work *w)
{
    static const enum word head[] = {W_LAND, W_HOW_FAR, W_WHERE, W_WHAT};
    char metres[32];
    fputs("<table><tr><th></th>", w->f);
    for (int i = 0; i < 4; i++) tagged(w, "th", head[i], NULL);
    fputs("</tr>\n", w->f);
    for (int i = 0; i < w->n_closed; i++) {
        const struct closed *c = &w->closed[i];
        snprintf(metres, sizeof metres, "%.0f", floor(c->distance_m / 10) * 10); /* never further than it is */
        fprintf(w->f, "<tr><td class=\"n\">%d</td><td>", i + 1);
        html(w->f, c->name);
        fprintf(w->f, "</td><td class=\"n\">%s</td><td>%s</td><td>", metres,
                wind[(int)floor((c->bearing_deg + 22.5) / 45) % 8][w->lang]);
        say(w, c->what, NULL);
        fputs("</td></tr>\n", w->f);
    }
    fputs("</table>\n", w->f);
}

static void what_to_do(const struct work *w)
{
    static const enum word step[] = {W_STOP, W_AWAY, W_DANGER};
    fputs("<div class=\"call\">", w->f);
    tagged(w, "h2 style=\"margin-top:0\"", W_FOUND, NULL);
    fputs("<ol>", w->f);
    for (int i = 0; i < 3; i++) tagged(w, "li", step[i], NULL);
    fputs("</ol><span class=\"number\">", w->f);
    say(w, W_CALL, NULL);
    fputs(": ", w->f);
    html(w->f, w->land->people.call);
    fputs("</span></div>\n", w->f);
}

/* What was released under the home: depth and what risk is left, in the words of who released it. */
static void under_home(const struct work *w)
{
    char depth[24];
    int n = 0;
    for (int i = 0; i < w->land->n_area; i++) {
        const struct area *a = &w->land->area[i];
        for (int k = 0; k < a->n_product; k++) {
            const struct product *p = &a->product[k];
            if (!(p->area_m2 > 0) || !shape_touches(w->land->geo, p->shape, w->home)) continue;
            if (!n++) {
                tagged(w, "h2", W_DEPTH, NULL);
                tagged(w, "p", W_DEPTH_LEAD, NULL);
                fputs("<ul>", w->f);
            }
            fputs("<li>", w->f);
            html(w->f, a->name);
            fputs(": ", w->f);
            snprintf(depth, sizeof depth, "%.2f", p->depth_m);
            say(w, isfinite(p->depth_m) ? W_SEARCHED : W_NOT_SEARCHED, depth);
            if (p->residual) fputs(" (", w->f), html(w->f, p->residual), fputs(")", w->f);
            fputs("</li>\n", w->f);
        }
    }
    if (n) fputs("</ul>\n", w->f);
}

static void foot(const struct work *w)
{
    char n[24], hex[2 * HASH_BYTES + 1];
    fputs("<table class=\"sign\"><tr>", w->f);
    tagged(w, "td", W_SIGN_HOUSE, NULL);
    tagged(w, "td", W_SIGN_TEACHER, NULL);
    snprintf(n, sizeof n, "%lld", (long long)w->land->head.seq);
    fputs("</tr></table><footer><p>", w->f);
    say(w, W_NEW, NULL);
    fputc(' ', w->f);
    say(w, W_CHAIN, n);
    fprintf(w->f, " <code>%s</code></p></footer></html>\n", hex_write(hex, w->land->head.hash, HASH_BYTES));
}

static void page(const struct work *w)
{
    char at[40], reach[24];
    int amber = 0;
    for (int i = 0; i < w->n_closed; i++) amber |= w->closed[i].state == PLACE_RELEASED;
    fprintf(w->f,
            "<!doctype html><html lang=\"%s\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
            "content=\"width=device-width, initial-scale=1\"><title>",
            language_name[w->lang]);
    say(w, W_TITLE, NULL);
    fprintf(w->f, "</title><style>%s</style>\n", style);
    tagged(w, "h1", W_TITLE, NULL);
    fputs("<p>", w->f);
    say(w, W_HOME, NULL);
    fputs(": <b>", w->f);
    html(w->f, w->o->name);
    fprintf(w->f, "</b>, ");
    html(w->f, w->v->site.name);
    fputs(". ", w->f);
    say(w, W_DATE, NULL);
    fprintf(w->f, ": %.10s</p>\n", instant_format(at, sizeof at, &w->v->site.zone, w->o->now_ms));
    snprintf(reach, sizeof reach, "%.0f", w->o->reach_m);
    tagged(w, "p class=\"lead\"", w->n_closed ? W_LEAD : W_NONE, reach);
    if (amber) tagged(w, "p", W_AMBER, NULL);
    drawing(w);
    tagged(w, "p class=\"small\"", W_LEGEND, NULL);
    if (w->n_closed) table(w);
    what_to_do(w);
    under_home(w);
    foot(w);
}

/* --- entry --- */

static int find_language(const char *name, enum language *out, struct err *e)
{
    for (int i = 0; i < LANGUAGES; i++)
        if (name && !strcmp(language_name[i], name)) return *out = (enum language)i, 0;
    return err_set(e, "there is no map in `%.20s` yet: %s", name ? name : "", map_languages);
}

static int home_take(struct work *w, struct err *e)
{
    const struct place *p = &w->v->place[w->o->home];
    w->zone = zone_of(p->lonlat[0], p->lonlat[1]);
    w->home = place_shape(w, p);
    if (!w->home) return err_set(e, "`%s` has no place on the ground", w->o->name);
    shape_centre(w->land->geo, w->home, &w->lon_deg, &w->lat_deg);
    if (point_project(w->land->geo, w->zone, w->lon_deg, w->lat_deg, &w->east_m, &w->north_m))
        return err_set(e, "`%s` lies outside its zone", w->o->name);
    for (int32_t at = w->o->home; at >= 0; at = w->v->place[at].parent)
        if (is_closed(w, at))
            return err_set(e,
                           "`%s` stands on land that is not handed over (`%s`): no map makes it safe to live there",
                           w->o->name, w->v->place[at].id);
    return 0;
}

static int prepare(struct work *w, struct err *e)
{
    w->state = calloc((size_t)(w->v->n_place + w->v->n_round) + 1, 1);
    w->why = calloc((size_t)(w->v->n_place + w->v->n_round) + 1, sizeof *w->why);
    w->closed = calloc((size_t)(w->v->n_place + w->land->n_area) + 1, sizeof *w->closed);
    if (!w->state || !w->why || !w->closed || land_publish(w->land, w->v, NULL, 0, w->state, w->why))
        return err_set(e, "out of memory");
    for (int32_t i = 0; i < w->v->n_place; i++)
        if (w->v->place[i].state < w->state[i]) w->state[i] = (uint8_t)w->v->place[i].state;
    if (home_take(w, e)) return -1;
    close_places(w);
    close_areas(w);
    qsort(w->closed, (size_t)w->n_closed, sizeof *w->closed, by_distance);
    return 0;
}

int map_write(struct land *l, const struct village *v, const struct map_options *o, FILE *f, struct err *e)
{
    struct work w = {.land = l, .v = v, .o = o, .f = f};
    int bad = find_language(o->language, &w.lang, e) || prepare(&w, e);
    if (!bad) page(&w);
    if (!bad && ferror(f)) bad = err_set(e, "the map could not be written");
    for (int i = 0; i < w.n_closed; i++) shape_free(l->geo, w.closed[i].shape);
    shape_free(l->geo, w.home);
    free(w.closed);
    free(w.state);
    free(w.why);
    return bad ? -1 : 0;
}
