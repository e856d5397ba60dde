/* The digester by ADM1 in place of first-order pools (`--fidelity high`). Private to the biogas files. */
#ifndef ASSETS_BIOGAS_JUDGE_H
#define ASSETS_BIOGAS_JUDGE_H
#include <stddef.h>
struct err;
/* One substrate as the class knows it. */
struct judge_substrate {
    double vs_frac, bmp_m3_per_kg,
        degradable_frac; /* volatile solids of the fresh mass; methane potential a kg of them; share that can become gas */
};
struct judge_digester {
    double volume_m3, temp_degC;
    struct judge_substrate manure, waste;
};
struct biogas_judge;
size_t biogas_judge_bytes(void);
int biogas_judge_start(struct biogas_judge *, const struct judge_digester *, double manure_kg_s, double waste_kg_s,
                       struct err *);
struct judge_gas {
    double methane_W, methane_frac; /* of the dry gas */
};
/* What comes out over a step in which so much is fed. */
struct judge_gas biogas_judge_step(struct biogas_judge *, const struct judge_digester *, double manure_kg,
                                   double waste_kg, double dt_s);
#endif
