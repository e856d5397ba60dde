/* The books of one asset over one step: what came in, what went out, and what is held more, each amount with whom it was exchanged. A class of equipment keeps
 * them by arithmetic of its own from the twin's truth before and after the step (never by the class's own step), in one account for each thing that
 * can hold something: an account is settled when what came in less what went out is what is held more. tests/property/village_books.c adds them up. */
#ifndef TESTS_BOOKS_H
#define TESTS_BOOKS_H
#include "village/village.h"
#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* ASIDE: registers of meters, and parts of what another account holds; they must settle and belong to no total. */
enum quantity { ELEC_J, HEAT_J, GAS_J, WATER_M3, MATTER_KG, VAPOUR_KG, ASIDE, QUANTITIES };
/* Beyond the village's border. PROCESS: what the village itself makes of another quantity: gas and heat of matter, vapour of a crop's water. */
enum beyond { GRID, SUN, RIVER, AIR, GROUND, PEOPLE, HAULED, PROCESS, BEYONDS };
/* What must have happened somewhere before the books prove anything about it. */
#define HAPPENINGS(H) \
    H(windows_opened) H(cooled) H(shaded) H(tank_full) H(tank_short) H(car_charged) H(car_driven) H(car_short) H(switched_off) H(vents_in_part) \
    H(vents_wide) H(vents_no_use) H(heat_taken_back) H(faded) H(shed) H(emptied) H(overflowed) H(bought) H(sold) H(line_open) H(charged) \
    H(discharged) H(curtailed) H(spilled) H(pumped) H(pumped_dry) H(irrigated) H(drained) H(refused) H(flared) H(engine_ran) H(boiler_ran)
#define HAPPENING(name) HAPPENED_##name,
enum happening { HAPPENINGS(HAPPENING) HAPPENED_ALL };
enum { ACCOUNTS_MAX = 8, BOOK_KEYS_MAX = 80 };

struct account {
    const char *name;
    enum quantity of;
};
struct book;
/* A class's row. Its keys are read into a struct of doubles in their order, before and after each step; parameters first. */
struct book_key {
    const char *set, *key;
};
struct book_class {
    const char *cls;
    struct account account[ACCOUNTS_MAX];
    const struct book_key *key;
    int n_key;
    size_t own_bytes; /* MAY: what `make` makes of the parameters and the step's length */
    void (*make)(const void *par, double dt_s, void *own);
    void (*keep)(struct book *, const void *was, const void *is);
};
/* K(set, key): the field set_key of the struct, and the row of the table. */
#define BOOK_FIELD(set, key) double set##_##key;
#define BOOK_KEY(set, key) {#set, #key},
#define BOOK_KEYS(rows) .key = rows, .n_key = (int)(sizeof rows / sizeof rows[0])

struct book_entry { /* of one account, since the books were opened */
    double come[BEYONDS], turned, drawn, held, left, through;
};
struct book {
    const struct book_class *row;
    const struct asset *as;
    const double *flow;
    const struct ambient *amb;
    void *own;
    double dt_s;
    uint32_t status;
    uint32_t ports; /* bit i: port i was drawn in this step */
    uint32_t happened; /* bit: enum happening */
    double open[ACCOUNTS_MAX];
    struct book_entry entry[ACCOUNTS_MAX];
};

#define HAPPEN(b, name, did) ((b)->happened |= (uint32_t)((did) != 0) << HAPPENED_##name)
static inline void book_post(struct book *b, int account, double amount)
{
    b->open[account] += amount;
    b->entry[account].through += fabs(amount);
}
/* From beyond the border; less than nothing goes there. */
static inline void come(struct book *b, int account, enum beyond from, double amount)
{
    book_post(b, account, amount);
    b->entry[account].come[from] += amount;
}
/* From one account of the asset to another, as it is or as another kind of energy. */
static inline void turn(struct book *b, int from, int to, double amount)
{
    book_post(b, from, -amount), book_post(b, to, amount);
    b->entry[from].turned -= amount, b->entry[to].turned += amount;
}
static inline void hold(struct book *b, int account, double more)
{
    book_post(b, account, -more);
    b->entry[account].held += more;
}
/* From the node of a port. What a port without a node gives is lost to the air; water may come from a well. */
void draw(struct book *, int account, int port);

/* After a step: every port was drawn, and each account keeps what it is open by. */
void settle(struct book *);
/* NULL where a class has none. */
const struct book_class *book_class_find(const char *cls);

/* The mean over a step of y that goes by dy/dt = in - rate y: start y0 + in_s in. */
struct mean {
    double start, in_s;
};
struct mean mean_over(double rate_per_s, double dt_s);
static inline double mean_at(const struct mean *m, double start, double in) { return m->start * start + m->in_s * in; }
static inline double book_within(double v, double lo, double hi) { return fmin(fmax(v, lo), hi); }
/* A compressor or a pump: nothing, or between its least and its rated power. */
static inline double book_power_W(double wanted_W, double least_W, double rated_W)
{
    return wanted_W < 0.5 * least_W ? 0 : book_within(wanted_W, least_W, rated_W);
}
#endif
