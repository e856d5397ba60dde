/* The village file read again while the village runs. Reading, checking and building the new rig happen beside the running one; then
 * the village is parked between two ticks, the state carried over by (asset id, field key) and the new rig takes its place. A wrong
 * file changes nothing and is told in one line, and so does one that would open what the records of the land close. Faults that are being tried go on where their asset still is. */
#include "base/err.h"
#include "base/instant.h"
#include "base/log.h"
#include "live_inside.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PARK_WAIT_MS = 12000, WRITE_WAIT_MS = 3000 };
struct stage {
    struct village *village;
    struct rig *rig;
    int32_t *series;
    float *value;
    void *state;
    size_t state_bytes;
    void *learned;
    size_t learned_bytes;
};

static void sleep_ms(int ms) { nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL); }

/* The village of a file, or NULL and the first mistake in one line. */
static struct village *read_again(const char *path, struct err *e)
{
    char *text = NULL;
    size_t size = 0;
    int n = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f) return err_set(e, "out of memory"), NULL;
    struct village *v = village_read(path, f, &n);
    fclose(f);
    if (!v && n > 1)
        err_set(e, "%.*s (and %d more)", (int)strcspn(text, "\n"), text, n - 1);
    else if (!v)
        err_set(e, "%.*s", (int)strcspn(text, "\n"), text);
    free(text);
    return v;
}

int live_reload(void *self, struct err *e)
{
    struct live *l = self;
    struct village *v = read_again(l->o.village->file, e);
    if (!v) return -1;
    int bad = live_land_allows(l->land, v, e);
    village_free(v);
    if (!bad) atomic_store(&l->reload_wanted, 1);
    return bad;
}

int live_reload_wanted(struct live *l) { return atomic_exchange(&l->reload_wanted, 0); }
struct village *live_village(struct live *l) { return l->o.village; }

void stage_free(struct stage *s)
{
    if (!s) return;
    if (s->rig) rig_close(s->rig);
    if (s->village) village_free(s->village);
    free(s->series);
    free(s->value);
    free(s->state);
    free(s->learned);
    free(s);
}

static int build(struct live *l, struct stage *s, struct err *e)
{
    struct rig_options o = l->o.rig;
    live_recorder(l, &o);
    o.start_ms = rig_now_ms(l->rig);
    o.tick_ms = MS_MIN;
    if (!(s->village = read_again(l->o.village->file, e))) return -1;
    if (!(s->rig = rig_open(s->village, &o, e))) return -1;
    size_t n = (size_t)village_n_series(s->village) + 1;
    s->series = calloc(n, sizeof *s->series);
    s->value = calloc(n, sizeof *s->value);
    s->state_bytes = rig_save_bytes(s->rig);
    s->state = malloc(s->state_bytes);
    s->learned_bytes = control_learned_bytes(rig_control(s->rig));
    s->learned = malloc(s->learned_bytes);
    return s->series && s->value && s->state && s->learned ? 0 : err_set(e, "out of memory");
}

struct stage *live_stage(struct live *l, struct err *e)
{
    if (live_warm_frac(l) < 1)
        return err_set(e, "the days behind the page are still being made; try again in a moment"), NULL;
    struct stage *s = calloc(1, sizeof *s);
    if (!s) return err_set(e, "out of memory"), NULL;
    if (!build(l, s, e)) return s;
    stage_free(s);
    return NULL;
}

int live_park(struct live *l, struct err *e)
{
    atomic_store(&l->park, 1);
    for (int ms = 0; ms < PARK_WAIT_MS && !atomic_load(&l->parked) && !atomic_load(&l->stop); ms += 2) sleep_ms(2);
    if (atomic_load(&l->parked)) return 0;
    atomic_store(&l->park, 0);
    return err_set(e, "the village could not be held between two ticks");
}

void live_unpark(struct live *l) { atomic_store(&l->park, 0); }

static void carry_faults(struct live *l, struct stage *s)
{
    int kept = 0;
    pthread_mutex_lock(&l->tried_lock);
    for (int i = 0; i < l->n_tried; i++) {
        struct tried t = l->tried[i];
        if (t.fault.asset >= 0) t.fault.asset = village_asset(s->village, l->o.village->asset[t.fault.asset].id);
        if (l->tried[i].fault.asset >= 0 && t.fault.asset < 0) continue;
        t.row = world_fault(rig_world(s->rig), &t.fault);
        if (t.row >= 0) l->tried[kept++] = t;
    }
    l->n_tried = kept;
    pthread_mutex_unlock(&l->tried_lock);
}

#define SWAP(a, b)                                                                                                 \
    do {                                                                                                           \
        __typeof__(a) t_ = (a);                                                                                    \
        (a) = (b);                                                                                                 \
        (b) = t_;                                                                                                  \
    } while (0)

/* The store still reads what would be given away. */
static int writing(const struct live *l)
{
    return atomic_load(&l->posted) == STORE_POSTED || atomic_load(&l->learned_posted) == STORE_POSTED;
}

int live_swap(struct live *l, struct stage *s, struct err *e)
{
    live_compare_end(l);
    for (int ms = 0; ms < WRITE_WAIT_MS && writing(l); ms += 2) sleep_ms(2);
    int bad = writing(l) ? err_set(e, "the disk is busy; try again") : 0;
    if (!bad) bad = live_land_allows(l->land, s->village, e);
    if (!bad) bad = store_rename(l->o.store, s->village, e);
    if (!bad) {
        rig_map(s->rig, l->rig);
        carry_faults(l, s);
        SWAP(l->rig, s->rig);
        SWAP(l->o.village, s->village);
        SWAP(l->series, s->series);
        SWAP(l->value, s->value);
        SWAP(l->state, s->state);
        SWAP(l->learned, s->learned);
        l->state_bytes = s->state_bytes;
        l->learned_bytes = s->learned_bytes;
        l->learned_s = 0; /* what is saved is of the old file */
        live_land_move(l->land, l->o.village, rig_control(l->rig));
        atomic_store(&l->save_soon, 1);
        log_line(LOG_INFO, "%s: read again and in force", l->o.village->file);
    }
    stage_free(s);
    return bad ? -1 : 0;
}
