/* The next day made while this one is in use, by a thread that makes one day at a time, and by whoever asks for that day before it is ready: both take
 * groups of sources until none is left. The day is lent meanwhile: the world leaves it alone until a question about that day or a later one. What is drawn is the same
 * whoever draws it, because a day of a source is a function of the seed and the date. */
#include "base/err.h"
#include "world/inside.h"
#include <pthread.h>
#include <stdlib.h>

struct ahead {
    const struct world *w;
    pthread_t thread;
    pthread_mutex_t lock; /* of all below but `near` */
    pthread_cond_t changed;
    struct cached_day *day; /* to be made; NULL: nothing, or done */
    struct turned *to;
    int64_t start_ms;        /* of a day not begun yet, else INT64_MIN */
    int open, in_hand, ends; /* open: begun, its groups may be taken; in_hand: groups being turned */
    struct group next;
    float near[NEAR_ROWS * DAY_MIN_MAX]; /* the thread's */
};

/* With the lock held: groups of the day until none is left; who ends the last one ends the day. */
static void make_groups(struct ahead *a, float *near)
{
    const struct demand_day *day = &a->day->day;
    struct turned *to = a->to;
    while (group_next(a->w, &a->next)) {
        struct group g = a->next;
        a->in_hand++;
        pthread_mutex_unlock(&a->lock);
        turn_group(a->w, day, &g, near, to);
        pthread_mutex_lock(&a->lock);
        if (--a->in_hand == 0 && a->next.last == a->w->n_source) a->day = NULL;
    }
    pthread_cond_broadcast(&a->changed);
}

static void begin(struct ahead *a)
{
    if (a->start_ms != INT64_MIN) {
        pthread_mutex_unlock(&a->lock);
        day_begin(a->w, a->day, a->start_ms);
        pthread_mutex_lock(&a->lock);
    }
    turn_begin(a->to, &a->day->day);
    a->next = (struct group){0};
    a->open = 1;
    pthread_cond_broadcast(&a->changed);
}

static void *ahead_main(void *of)
{
    struct ahead *a = of;
    pthread_mutex_lock(&a->lock);
    while (!a->ends) {
        if (a->day && !a->open)
            begin(a), make_groups(a, a->near);
        else
            pthread_cond_wait(&a->changed, &a->lock);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

void ahead_open(struct world *w)
{
    struct ahead *a = w->n_source ? calloc(1, sizeof *a) : NULL;
    if (!a) return; /* without it the days are drawn when they are asked for */
    a->w = w;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    if (pthread_create(&a->thread, NULL, ahead_main, a))
        free(a);
    else
        w->ahead = a;
}

void ahead_close(struct world *w)
{
    struct ahead *a = w->ahead;
    if (!a) return;
    if (w->lent) ahead_join(w);
    pthread_mutex_lock(&a->lock);
    a->ends = 1;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
    free(a);
    w->ahead = NULL;
}

void ahead_join(struct world *w)
{
    struct ahead *a = w->ahead;
    pthread_mutex_lock(&a->lock);
    while (a->day && !a->open) pthread_cond_wait(&a->changed, &a->lock);
    if (a->day) make_groups(a, w->near);
    while (a->day) pthread_cond_wait(&a->changed, &a->lock);
    pthread_mutex_unlock(&a->lock);
    w->lent = NULL;
}

void ahead_lend(struct world *w, const struct cached_day *now, struct turned *minutes)
{
    int64_t next_ms = now->day.start_ms + (int64_t)now->day.n_min * MS_MIN;
    struct ahead *a = w->ahead;
    if (!a || w->lent_from_ms == next_ms) return; /* it was lent already, whether it is back or not */
    if (w->lent) ahead_join(w);
    w->lent_from_ms = next_ms;
    struct cached_day *day = day_kept(w, next_ms);
    if (day && !minutes && day->quarters.n) return;
    w->lent = day ? day : day_unused(w);
    pthread_mutex_lock(&a->lock);
    a->start_ms = day ? INT64_MIN : next_ms;
    a->to = minutes ? minutes : &w->lent->quarters;
    a->day = w->lent, a->open = 0;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
}
