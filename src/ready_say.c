/* See ready.h: the running village's side. Power: the home's own connection and every electric line from its node to the root. Heat: the home,
 * whose heat pump or boiler it is. Water: whatever serves drinking water. Road: the places that the home stands on. A device that tells
 * nothing is not known to work. */
#include "control/run.h"
#include "ready.h"
#include "village/village.h"
#include <string.h>

enum { WHY_BYTES = 200 };

static int asset_stops(const struct snapshot *s, int32_t a, const char *supply, char *why)
{
    uint32_t st = s->status[a];
    if (!(st & (STATUS_OUT | STATUS_FAULT | STATUS_LOST))) return 0;
    snprintf(why, WHY_BYTES, "%s: `%.48s` %s", supply, s->village->asset[a].id,
             st & STATUS_OUT     ? "is out of service"
             : st & STATUS_FAULT ? "reports a fault"
                                 : "tells nothing");
    return 1;
}

/* The outermost that is closed names the reason: the parcel, not the plot on it. */
static int place_stops(const struct snapshot *s, const struct asset *home, char *why)
{
    const struct village *v = s->village;
    int stops = 0;
    for (int32_t p = home->place; p >= 0; p = v->place[p].parent) {
        if (s->gate[p] >= PLACE_COMMISSIONED) continue;
        snprintf(why, WHY_BYTES, "road: `%.48s` is %s", v->place[p].id, place_state_name[s->gate[p]]);
        stops = 1;
    }
    return stops;
}

static int power_stops(const struct snapshot *s, const struct asset *home, char *why)
{
    const struct village *v = s->village;
    for (int32_t n = home->node[0]; n >= 0 && v->node[n].line >= 0; n = v->node[n].parent)
        if (asset_stops(s, v->node[n].line, "power", why)) return 1;
    return 0;
}

static int water_stops(const struct snapshot *s, char *why)
{
    for (int32_t a = 0; a < s->village->n_asset; a++)
        if (!strcmp(s->village->asset[a].profile, "water") && asset_stops(s, a, "water", why)) return 1;
    return 0;
}

json_t *ready_json(const struct snapshot *s)
{
    char dry[WHY_BYTES] = "", why[WHY_BYTES];
    json_t *homes = json_object();
    int no_water = water_stops(s, dry);
    for (int32_t a = -1; (a = village_class_next(s->village, "home", a)) >= 0;) {
        const struct asset *home = &s->village->asset[a];
        why[0] = 0;
        if (!place_stops(s, home, why) && !asset_stops(s, a, "power and heat", why) && !power_stops(s, home, why) &&
            no_water)
            snprintf(why, sizeof why, "%s", dry);
        json_object_set_new(homes, home->id, json_string(why));
    }
    return json_pack("{s:o}", "homes", homes);
}
