/* For tests of the return that each begin with a kit of their own, in memory. */
#ifndef TESTS_RETURN_EACH_H
#define TESTS_RETURN_EACH_H
#include "return_kit.h"
static struct kit k;

static int set_up(void **state)
{
    (void)state;
    kit_open(&k, ":memory:", NULL);
    return 0;
}
static int tear_down(void **state)
{
    (void)state;
    kit_close(&k);
    return 0;
}

static const char *state_of(const char *id) { return household_state_name[kit_household(&k, id)->state]; }
#endif
