/* `kend household list|pipeline|pool`: who stands where, by pseudonym for those who work with them; counts and days by stage without any
 * pseudonym for everybody; and the list for the next draw. */
#include "base/err.h"
#include "cmd_land.h"
#include "ready.h"
#include <errno.h>
#include <string.h>

static int print_json(json_t *j)
{
    json_dumpf(j, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    putchar('\n');
    json_decref(j);
    return 0;
}

static const char *word(const json_t *j, const char *key)
{
    const char *t = json_string_value(json_object_get(j, key));
    return t ? t : "-";
}

static void print_household(const json_t *j)
{
    printf("%-16s %-11s since %-21.10s %d persons, %lld rooms%s, %s, home %s, draw %s\n", word(j, "id"),
           word(j, "state"), word(j, "since"), (int)json_integer_value(json_object_get(j, "size")),
           (long long)json_integer_value(json_object_get(j, "rooms")),
           json_is_true(json_object_get(j, "accessible")) ? ", step-free" : "", word(j, "language"),
           word(j, "home"), word(j, "draw"));
}

static void print_home(const json_t *j)
{
    printf("%-16s %-7s %lld rooms%s near %-12s %s\n", word(j, "id"), word(j, "use"),
           (long long)json_integer_value(json_object_get(j, "rooms")),
           json_is_true(json_object_get(j, "accessible")) ? ", step-free" : "", word(j, "near"),
           json_is_true(json_object_get(j, "ready")) ? "ready" : word(j, "why_not"));
    if (json_is_true(json_object_get(j, "ready")) && strcmp(word(j, "village_says"), "ready") != 0)
        printf("%16s but not now: %s\n", "", word(j, "village_says"));
    if (json_is_string(json_object_get(j, "next")))
        printf("%16s goes to %s of the reserve list\n", "", word(j, "next"));
}

static void print_due(const json_t *j)
{
    printf("%-16s %-18s due %.10s, %.1f days ago\n", word(j, "household"), word(j, "due"), word(j, "at"),
           json_number_value(json_object_get(j, "days_late")));
}

/* As the chain has it, and as the running village says now. */
static json_t *home_now_json(const struct home_desk *d, int home)
{
    struct err e = {0};
    json_t *j = home_json(d->returns, home);
    int bad = home_live(d->desk.chain, d->returns->home[home].id, instant_now_ms(), &e);
    json_object_set_new(j, "village_says", json_string(bad ? e.text : "ready"));
    return j;
}

static json_t *list_make(const struct args *a, const struct home_desk *d, int64_t at_ms)
{
    const struct returns *all = d->returns;
    if (arg_on(a, "--due")) return returns_due_json(all, at_ms);
    json_t *list = json_array();
    for (int i = 0; i < (arg_on(a, "--homes") ? all->n_home : all->n_household); i++) {
        if (a->file && strcmp(a->file, arg_on(a, "--homes") ? all->home[i].id : all->household[i].id) != 0)
            continue;
        json_array_append_new(list, arg_on(a, "--homes") ? home_now_json(d, i) : household_json(all, i));
    }
    return list;
}

int command_household_list(const struct args *a)
{
    struct home_desk d;
    int64_t at_ms;
    const json_t *j;
    size_t i;
    if (land_at(a, &at_ms) || household_desk(a, &d)) return 1;
    json_t *list = list_make(a, &d, at_ms);
    int status = a->file && !json_array_size(list) && !arg_on(a, "--due")
                     ? complain(a, "no %s %s", arg_on(a, "--homes") ? "home" : "household", a->file)
                     : 0;
    if (!status && arg_on(a, "--json"))
        print_json(json_incref(list));
    else if (!status)
        json_array_foreach(list, i, j) arg_on(a, "--due") ? print_due(j)
        : arg_on(a, "--homes")                            ? print_home(j)
                                                          : print_household(j);
    if (!status && !arg_on(a, "--json") && !json_array_size(list))
        puts(arg_on(a, "--due") ? "nothing is due" : "none");
    json_decref(list);
    home_desk_close(&d);
    return status;
}

static int print_pipeline(const json_t *p)
{
    const json_t *stage, *n;
    const char *use;
    size_t i;
    printf("%-12s %10s %12s %13s\n", "stage", "households", "days, median", "days, longest");
    json_array_foreach(json_object_get(p, "stages"), i, stage)
    {
        long long count = json_integer_value(json_object_get(stage, "households"));
        if (count)
            printf("%-12s %10lld %12.1f %13.1f\n", word(stage, "stage"), count,
                   json_number_value(json_object_get(stage, "days_median")),
                   json_number_value(json_object_get(stage, "days_longest")));
        if (json_is_null(json_object_get(stage, "households"))) printf("%-12s %10s\n", word(stage, "stage"), "few");
    }
    printf("homes:");
    json_object_foreach((json_t *)(uintptr_t)json_object_get(p, "homes"), use, n)
        printf(" %lld %s,", (long long)json_integer_value(n), use);
    printf(" %lld draws made of %lld committed, %lld cancelled before their seed, %lld given up after it\n",
           (long long)json_integer_value(json_object_get(p, "draws_made")),
           (long long)json_integer_value(json_object_get(p, "draws_committed")),
           (long long)json_integer_value(json_object_get(p, "draws_cancelled")),
           (long long)json_integer_value(json_object_get(p, "draws_given_up")));
    return 0;
}

int command_household_pipeline(const struct args *a)
{
    struct home_desk d;
    struct err e = {0};
    int64_t at_ms;
    if (land_at(a, &at_ms)) return 1;
    if (a->file ? home_desk_open(&d, NULL, a->file, &e) : household_desk(a, &d))
        return a->file ? land_refused(a, &e) : 1;
    json_t *p = returns_pipeline_json(d.returns, at_ms);
    if (arg_on(a, "--json"))
        print_json(json_incref(p));
    else
        print_pipeline(p);
    json_decref(p);
    home_desk_close(&d);
    return 0;
}

int command_household_pool(const struct args *a)
{
    struct home_desk d;
    const char *out = arg_text(a, "--out");
    if (household_desk(a, &d)) return 1;
    json_t *pool = returns_pool_json(d.returns);
    home_desk_close(&d);
    FILE *f = out ? fopen(out, "wx") : stdout;
    int status = f ? 0 : complain(a, "%s: %s", out, strerror(errno));
    if (f && (json_dumpf(pool, f, JSON_INDENT(1)) || fputc('\n', f) == EOF))
        status = complain(a, "the list could not be written");
    if (f && out && fclose(f) && !status) status = complain(a, "%s could not be written", out);
    if (!status)
        fprintf(stderr, "%zu households, %zu homes\n", json_array_size(json_object_get(pool, "entries")),
                json_array_size(json_object_get(pool, "homes")));
    json_decref(pool);
    return status;
}
