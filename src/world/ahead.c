/* The next day made while this one is in use, by a thread that draws one day at a time. The day it draws is lent to it: the world leaves it alone, and
 * waits for it before a question about that day or a later one. What is drawn is the same, because a day is a function of the seed and its date. */
#include "base/err.h"
#include "world/inside.h"
#include <pthread.h>
#include <stdlib.h>

struct ahead {
    const struct world *w;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct cached_day *day; /* to be drawn; NULL: nothing, or done */
    struct turned *minutes; /* where its minutes go; NULL: its quarter-hours are wanted */
    int64_t start_ms;       /* of a day not begun yet, else INT64_MIN */
    int ends;
    float near[NEAR_ROWS * DAY_MIN_MAX];
};

static void make_day(struct ahead *a)
{
    if (a->start_ms != INT64_MIN) day_begin(a->w, a->day, a->start_ms);
    if (a->minutes)
        turn_minutes(a->w, a->day, a->minutes, a->near);
    else if (!a->day->quarters.n)
        turn_quarters(a->w, a->day, a->near);
}

static void *ahead_main(void *of)
{
    struct ahead *a = of;
    pthread_mutex_lock(&a->lock);
    for (;;) {
        while (!a->day && !a->ends) pthread_cond_wait(&a->changed, &a->lock);
        if (a->ends) break;
        pthread_mutex_unlock(&a->lock);
        make_day(a);
        pthread_mutex_lock(&a->lock);
        a->day = NULL;
        pthread_cond_signal(&a->changed);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

void ahead_open(struct world *w)
{
    struct ahead *a = calloc(1, sizeof *a);
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
    pthread_cond_signal(&a->changed);
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
    struct cached_day *day = day_kept(w, next_ms);
    a->start_ms = day ? INT64_MIN : next_ms;
    w->lent = day ? day : day_unused(w), w->lent_from_ms = next_ms;
    a->minutes = minutes;
    pthread_mutex_lock(&a->lock);
    a->day = w->lent;
    pthread_cond_signal(&a->changed);
    pthread_mutex_unlock(&a->lock);
}
