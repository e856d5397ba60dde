/* Server-sent events: one newest frame for everybody; a slow reader skips frames instead of queueing them. */
#ifndef WEB_EVENTS_H
#define WEB_EVENTS_H
#include <microhttpd.h>
#include <stddef.h>
enum { EVENTS_CLIENTS_MAX = 64 };
struct events;
struct events *events_create(void);
/* A stream for one connection, or NULL: too many clients. */
struct MHD_Response *events_open(struct events *, struct MHD_Connection *);
/* Gives all clients this text ("event: state\ndata: {..}\n\n"); takes ownership of the malloc'd text. Any thread.
 */
void events_publish(struct events *, char *text, size_t size);
int events_clients(struct events *);
void events_end(struct events *); /* ends all streams; before the daemon stops */
void events_free(struct events *);
#endif
