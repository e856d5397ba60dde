/* The text of a village file while it is read: its YAML tree, the places of things in it and the list of what is
 * wrong. libfyaml parses; nobody outside source.c and the read_*.c files sees it. */
#ifndef VILLAGE_SOURCE_H
#define VILLAGE_SOURCE_H
#include "base/arena.h"
#include <libfyaml.h>
#include <stdio.h>

/* Line 0 of a fault: the whole file. */
#define SPOT_FILE ((struct spot){0, 0})

struct spot {
    int line, col;
}; /* 1-based */
struct fault {
    struct spot at;
    int order;
    const char *text;
};
struct source {
    const char *name, *text; /* text: NUL-terminated copy in the scratch arena */
    size_t len;
    struct arena scratch; /* dies with the source */
    struct fy_document *doc;
    struct fault *fault;
    int n_fault, n_kept, fault_room; /* n_fault counts all, n_kept are kept to be shown */
    const char **line_start;
    int n_line; /* made when the first fault is shown */
};
/* Parses. Returns the root mapping, or NULL with a fault listed. `text` need not be terminated. */
struct fy_node *source_open(struct source *, const char *name, const char *text, size_t len);
void source_close(struct source *);
/* Lists a fault. Faults are shown in the order of the file, at most SOURCE_FAULTS_SHOWN of them. */
void source_fault(struct source *, struct spot, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void source_show(struct source *, FILE *);

struct spot spot_of(struct source *, struct fy_node *); /* of a container: of its first thing, else of its key */
/* The text of a scalar, copied; NULL when the node is no scalar (or an alias). */
const char *scalar_text(struct source *, struct arena *, struct fy_node *);
struct fy_node *map_get(struct fy_node *map, const char *key); /* linear; NULL when absent */
static inline int is_map(struct fy_node *n) { return n && fy_node_get_type(n) == FYNT_MAPPING; }
static inline int is_list(struct fy_node *n) { return n && fy_node_get_type(n) == FYNT_SEQUENCE; }
static inline int is_scalar(struct fy_node *n)
{
    return n && fy_node_get_type(n) == FYNT_SCALAR && !fy_node_is_alias(n);
}
enum { SOURCE_BYTES_MAX = 8 << 20, SOURCE_FAULTS_SHOWN = 100, SOURCE_FAULTS_KEPT = 10000 };

/* The nearest of the given words by edit distance (a swap of neighbours counts one), when near enough to be meant.
 */
struct near {
    const char *typed, *best;
    int distance, off;
};
struct near near_start(const struct source *,
                       const char *typed); /* off once there are more faults than are shown */
void near_try(struct near *, const char *word);
const char *near_hint(const struct near *, char *buf, size_t size); /* "; did you mean `x`?" or "" */
#endif
