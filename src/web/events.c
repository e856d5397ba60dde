/* Server-sent events (HTML standard, 9.2) by suspend and resume: a client with nothing to read costs no thread and
 * no time. One frame is the newest; each client holds a reference to the frame it is reading and, when done, takes
 * the newest one, so memory is bounded by clients + 1 frames whatever the readers do. A sleeping reader callback
 * would block the server: it suspends instead. */
#include "web/events.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct frame {
    char *text;
    size_t size;
    int refs;
    unsigned long seq;
};
struct client {
    struct events *events;
    struct MHD_Connection *connection;
    struct frame *frame;
    size_t at;
    unsigned long seen;
    int used, asleep;
};
struct events {
    pthread_mutex_t lock;
    struct frame *newest;
    unsigned long seq;
    int n, ending;
    struct client client[EVENTS_CLIENTS_MAX];
};

static void frame_drop(struct frame *f)
{
    if (!f || --f->refs > 0) return;
    free(f->text);
    free(f);
}

struct events *events_create(void)
{
    struct events *ev = calloc(1, sizeof *ev);
    if (ev) pthread_mutex_init(&ev->lock, NULL);
    return ev;
}

static ssize_t on_read(void *self, uint64_t pos, char *buf, size_t max)
{
    struct client *c = self;
    struct events *ev = c->events;
    ssize_t n = 0;
    (void)pos;
    pthread_mutex_lock(&ev->lock);
    if (!c->frame && ev->newest && ev->newest->seq > c->seen) {
        c->frame = ev->newest;
        c->frame->refs++;
        c->at = 0;
    }
    if (ev->ending) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (!c->frame) {
        c->asleep = 1;
        MHD_suspend_connection(c->connection);
    } else {
        size_t left = c->frame->size - c->at;
        n = (ssize_t)(left < max ? left : max);
        memcpy(buf, c->frame->text + c->at, (size_t)n);
        c->at += (size_t)n;
        if (c->at == c->frame->size) {
            c->seen = c->frame->seq;
            frame_drop(c->frame);
            c->frame = NULL;
        }
    }
    pthread_mutex_unlock(&ev->lock);
    return n;
}

static void on_free(void *self)
{
    struct client *c = self;
    struct events *ev = c->events;
    pthread_mutex_lock(&ev->lock);
    frame_drop(c->frame);
    memset(c, 0, sizeof *c);
    ev->n--;
    pthread_mutex_unlock(&ev->lock);
}

static struct client *seat(struct events *ev, struct MHD_Connection *connection)
{
    struct client *c = NULL;
    pthread_mutex_lock(&ev->lock);
    for (int i = 0; i < EVENTS_CLIENTS_MAX && !c && !ev->ending; i++)
        if (!ev->client[i].used) c = &ev->client[i];
    if (c) {
        *c = (struct client){.events = ev, .connection = connection, .used = 1};
        ev->n++;
    }
    pthread_mutex_unlock(&ev->lock);
    return c;
}

struct MHD_Response *events_open(struct events *ev, struct MHD_Connection *connection)
{
    struct client *c = seat(ev, connection);
    if (!c) return NULL;
    struct MHD_Response *r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16384, on_read, c, on_free);
    if (!r) {
        on_free(c);
        return NULL;
    }
    MHD_add_response_header(r, "Content-Type", "text/event-stream");
    MHD_add_response_header(r, "Cache-Control", "no-store");
    return r;
}

static void wake_all(struct events *ev)
{
    for (int i = 0; i < EVENTS_CLIENTS_MAX; i++) {
        struct client *c = &ev->client[i];
        if (!c->used || !c->asleep) continue;
        c->asleep = 0;
        MHD_resume_connection(c->connection);
    }
}

void events_publish(struct events *ev, char *text, size_t size)
{
    struct frame *f = calloc(1, sizeof *f);
    if (!f) {
        free(text);
        return;
    }
    pthread_mutex_lock(&ev->lock);
    *f = (struct frame){text, size, 1, ++ev->seq};
    frame_drop(ev->newest);
    ev->newest = f;
    wake_all(ev);
    pthread_mutex_unlock(&ev->lock);
}

int events_clients(struct events *ev)
{
    pthread_mutex_lock(&ev->lock);
    int n = ev->n;
    pthread_mutex_unlock(&ev->lock);
    return n;
}

void events_end(struct events *ev)
{
    pthread_mutex_lock(&ev->lock);
    ev->ending = 1;
    wake_all(ev);
    pthread_mutex_unlock(&ev->lock);
}

void events_free(struct events *ev)
{
    frame_drop(ev->newest);
    pthread_mutex_destroy(&ev->lock);
    free(ev);
}
