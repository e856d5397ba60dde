/* A random village of blocks, seeded, with shapes of its own: what the solver's tests and benches solve. Homes
 * (thermal two modes, hot-water tank, some with a car) on feeders under one transformer; battery, hydro with
 * forebay, digester with gas holder, pump with tank, cold store, greenhouse, streets, solar, grid with tariff and
 * monthly peak. SI units. */
#ifndef TESTS_SOLVER_VILLAGE_H
#define TESTS_SOLVER_VILLAGE_H
#include "base/random.h"
#include "solver/block.h"
enum { VILLAGE_SHARED_MAX = 64, VILLAGE_CHOICES = 1, VILLAGE_LONG_SLOTS = 2, VILLAGE_QUAD = 4, VILLAGE_TIGHT = 8,
       VILLAGE_TWO_THREADS = 16 };
struct test_village {
    int homes, feeders, T, flags, n_block, n_node, first_slot;
    uint64_t seed;
    const struct block_shape **shape;
    int32_t *port_node;
    struct joint_node *node;
    uint8_t *len;
    double dt_s[2];
    struct joint_dim dim;
    struct joint_limit limit;
    void *mem;
    size_t bytes;
    struct joint *joint;
};
void test_village_make(struct test_village *, uint64_t seed, int homes, int feeders, int T, int flags);
void test_village_fill(struct test_village *); /* writes every block's numbers for slots first_slot.. */
void test_village_free(struct test_village *);
#endif
