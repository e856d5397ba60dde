/* GET /api/village: what does not move: site, nodes, places, assets, and the tables of fields with units, ranges
 * and help. Shapes of places that are not handed over carry their outline and state and nothing else; no asset is
 * listed on them. GET /api/asset?id=: one asset with all its parameters and present values. */
#include "control/run.h"
#include "web/api.h"
#include <math.h>
#include <string.h>

static const char *const carrier_name[] = {"elec", "heat", "gas", "water", "organic", "reserve"};

static json_t *fields_json(const struct field_set *set)
{
    json_t *all = json_array();
    for (int i = 0; i < set->n; i++) {
        const struct field *f = &set->row[i];
        json_t *j = json_pack("{s:s, s:s, s:o, s:o, s:o}", "key", f->key, "help", f->help ? f->help : "", "min",
                              api_number(f->min), "max", api_number(f->max), "dflt", api_number(f->dflt));
        if (f->word) {
            json_t *words = json_array();
            for (const char *const *word = f->word; *word; word++) json_array_append_new(words, json_string(*word));
            json_object_set_new(j, "words", words);
        }
        if (f->flags & (FIELD_INTEGER | FIELD_BOOL)) json_object_set_new(j, "step", json_integer(1));
        json_array_append_new(all, j);
    }
    return all;
}

static json_t *class_json(const struct asset_class *c)
{
    json_t *ports = json_array(), *rules = json_array();
    for (int p = 0; p < c->n_port; p++)
        json_array_append_new(
            ports, json_pack("{s:s, s:s}", "name", c->port[p].name, "carrier", carrier_name[c->port[p].carrier]));
    for (int r = 0; r < c->n_rule; r++) json_array_append_new(rules, json_string(c->rule[r]));
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "help", c->help ? c->help : "", "par",
                     fields_json(&c->par), "state", fields_json(&c->state), "meas", fields_json(&c->meas), "cmd",
                     fields_json(&c->cmd), "exo", fields_json(&c->exo), "ports", ports, "rules", rules);
}

static json_t *classes_json(const struct village *v)
{
    json_t *all = json_object();
    for (int32_t a = 0; a < v->n_asset; a++) {
        const struct asset_class *c = v->asset[a].cls;
        if (!json_object_get(all, c->name)) json_object_set_new(all, c->name, class_json(c));
    }
    return all;
}

static int shown(const struct village *v, const struct asset *a)
{
    return a->place < 0 || place_usable(&v->place[a->place]);
}

static json_t *asset_json(const struct village *v, const struct asset *a)
{
    json_t *nodes = json_array();
    for (int p = 0; p < a->cls->n_port; p++)
        json_array_append_new(nodes, a->node[p] >= 0 ? json_string(v->node[a->node[p]].id) : json_null());
    json_t *j =
        json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:o, s:o, s:o, s:b, s:b}", "id", a->id, "name",
                  a->name ? a->name : a->id, "class", a->cls->name, "group", a->group, "profile", a->profile,
                  "place", a->place >= 0 && shown(v, a) ? json_string(v->place[a->place].id) : json_null(),
                  "gateway", a->gateway >= 0 ? json_string(v->asset[a->gateway].id) : json_null(), "nodes", nodes,
                  "vulnerable", (int)a->vulnerable, "critical", (int)a->critical);
    api_names(j, &a->words);
    return j;
}

static json_t *place_json(const struct village *v, const struct place *p)
{
    static const char *const kind[] = {"point", "line", "area"};
    json_t *line = json_array();
    for (int i = 0; i < p->n_vertex; i++)
        json_array_append_new(line, json_pack("[f,f]", p->lonlat[2 * i], p->lonlat[2 * i + 1]));
    int named = p->state >= PLACE_RELEASED;
    json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id", p->id, "name",
                          named && p->name ? p->name : p->id, "kind", p->kind_name ? p->kind_name : "", "shape",
                          kind[p->kind], "state", place_state_name[p->state], "parent",
                          p->parent >= 0 ? json_string(v->place[p->parent].id) : json_null(), "lonlat", line);
    if (named) api_names(j, &p->words);
    return j;
}

static json_t *nodes_json(const struct village *v)
{
    json_t *all = json_array();
    for (int32_t i = 0; i < v->n_node; i++)
        json_array_append_new(
            all,
            json_pack("{s:s, s:s, s:o}", "id", v->node[i].id, "carrier", carrier_name[v->node[i].carrier], "parent",
                      v->node[i].parent >= 0 ? json_string(v->node[v->node[i].parent].id) : json_null()));
    return all;
}

void api_village(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    const struct village *v = w->ports.village;
    json_t *assets = json_array(), *places = json_array();
    (void)c;
    for (int32_t i = 0; i < v->n_asset; i++) json_array_append_new(assets, asset_json(v, &v->asset[i]));
    for (int32_t i = 0; i < v->n_place; i++) json_array_append_new(places, place_json(v, &v->place[i]));
    json_t *site = json_pack("{s:s, s:s, s:f, s:f, s:i}", "id", v->site.id ? v->site.id : "", "name",
                             v->site.name ? v->site.name : "", "lat_deg", v->site.lat_deg, "lon_deg",
                             v->site.lon_deg, "offset_s", (int)v->site.zone.standard_s);
    char version[20];
    api_names(site, &v->site.words);
    api_send(a, json_pack("{s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "version", api_version(v, version), "site",
                          site, "currency", v->tariff.currency ? v->tariff.currency : "", "decided_by",
                          v->policy.decided_by ? v->policy.decided_by : "", "nodes", nodes_json(v), "assets",
                          assets, "places", places, "classes", classes_json(v)));
}

struct part {
    const char *name;
    const struct field_set *set;
    const double *from;
};

static json_t *part_json(const struct asset *a, const struct part *p)
{
    char name[160];
    json_t *all = json_array();
    for (int i = 0; i < p->set->n; i++) {
        snprintf(name, sizeof name, "%s.%s.%s", a->id, p->name, p->set->row[i].key);
        json_array_append_new(all, json_pack("{s:s, s:s, s:o}", "key", p->set->row[i].key, "s", name, "v",
                                             api_number(p->from ? p->from[i] : (double)NAN)));
    }
    return all;
}

static json_t *flows_json(const struct village *v, const struct snapshot *s, const struct asset *a)
{
    char name[160];
    json_t *all = json_array();
    for (int p = 0; p < a->cls->n_port; p++) {
        int32_t id = village_series_base(v, 'f') + a->flow + p;
        village_series_name(v, id, name, sizeof name);
        json_array_append_new(all, json_pack("{s:s, s:s, s:o}", "key", village_series_key(v, id), "s", name, "v",
                                             api_number(s->flow[a->flow + p])));
    }
    return all;
}

static json_t *pars_json(const struct asset *a)
{
    json_t *all = json_array();
    for (int i = 0; i < a->cls->par.n; i++)
        json_array_append_new(all, json_pack("{s:s, s:o}", "key", a->cls->par.row[i].key, "v",
                                             api_number(field_get(&a->cls->par.row[i], a->par))));
    return all;
}

void api_asset(void *self, const struct http_call *c, struct http_answer *a)
{
    struct web *w = self;
    const char *id = http_query(c, "id");
    const struct snapshot *s = api_snapshot(w, a);
    if (!s) return;
    const struct village *v = s->village;
    int32_t i = id ? village_asset(v, id) : -1;
    if (i < 0) {
        http_fail(a, 404, "no asset is called `%.60s`", id ? id : "");
    } else {
        const struct asset *as = &v->asset[i];
        const struct part part[] = {{"x", &as->cls->state, s->x + as->x},
                                    {"meas", &as->cls->meas, s->meas + as->meas},
                                    {"cmd", &as->cls->cmd, s->cmd + as->cmd},
                                    {"exo", &as->cls->exo, s->exo ? s->exo + as->exo : NULL}};
        json_t *j = asset_json(v, as);
        for (size_t p = 0; p < sizeof part / sizeof *part; p++)
            json_object_set_new(j, part[p].name, part_json(as, &part[p]));
        json_object_set_new(j, "flow", flows_json(v, s, as));
        json_object_set_new(j, "par", pars_json(as));
        json_object_set_new(j, "status", json_integer((json_int_t)s->status[i]));
        int64_t read_ms = as->cls->meas.n && s->meas_ms ? s->meas_ms[as->meas] : INT64_MIN;
        json_object_set_new(j, "read_ms", read_ms > INT64_MIN ? json_integer(read_ms) : json_null());
        api_send(a, j);
    }
    api_release(w, s);
}
