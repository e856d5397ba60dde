/* Any bytes as a village file: the reader lists mistakes or gives a village whose state, balance and series can be
 * used. */
#include "village/village.h"
#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct village *v)
{
    char name[256];
    struct state s;
    void *mem = aligned_alloc(64, state_bytes(v) + 64 - state_bytes(v) % 64);
    double *residual = calloc((size_t)v->n_node, sizeof *residual);
    if (!mem || !residual) abort();
    state_create(&s, v, mem);
    village_balance(v, &s, NULL, 60, residual);
    for (int32_t i = 0; i < village_n_series(v); i++)
        if (village_series(v, village_series_name(v, i, name, sizeof name)) != i) abort();
    for (int32_t a = 0; a < v->n_asset; a++)
        for (int i = 0; i < v->asset[a].cls->par.n; i++)
            if (!isfinite(field_get(&v->asset[a].cls->par.row[i], v->asset[a].par))) abort();
    free(residual);
    free(mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *quiet;
    int n_error = 0;
    if (!quiet) quiet = fopen("/dev/null", "w");
    struct village *v = village_read_text("fuzz.yaml", (const char *)data, size, quiet, &n_error);
    if (!v != (n_error > 0)) abort();
    if (v) use(v);
    village_free(v);
    return 0;
}
