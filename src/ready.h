/* Is a home ready to live in, as the running village sees it now? The running village writes it into its data base, once a minute and
 * whenever it changes; the commands that offer a home or hand over its key read it there. Beside the signed tests (households/homes.c),
 * which stay true for ever: a feeder that failed yesterday passed its test last year. */
#ifndef READY_H
#define READY_H
#include "store/chain.h"
struct snapshot;
enum { READY_MINUTES = 10 };             /* how old the village's word may be */
/* What the snapshot says of all homes of its village: {"homes": {"home-s-001": "", "home-s-002": "power: `line-001` .."}}; "" is ready. */
json_t *ready_json(const struct snapshot *);
/* Its text as it is kept in the data base under READY_KEY (malloc'd). */
char *ready_text(const json_t *, int64_t at_ms);
extern const char READY_KEY[];
/* 0: the village that runs on this data base says that `home` is ready; -1 + err: it says why not, is silent for more than
 * READY_MINUTES, or none runs there. */
int home_live(struct chain *, const char *home, int64_t now_ms, struct err *);
#endif
