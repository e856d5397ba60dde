/* Forecast: what the coming day and a half will bring, from what was known then: clear sky and persistence for the
 * sun, similar days for loads, recession for the river, yesterday and the norms for the air. Never sees `world`. */
#ifndef FORECAST_FORECAST_H
#define FORECAST_FORECAST_H
#include "village/village.h"
struct forecast;
size_t forecast_bytes(const struct village *);
struct forecast *forecast_create(const struct village *,
                                 void *mem); /* knows only the village file's norms and profiles */
/* Takes what was measured at at_ms: the ambient (from the station) and the flat meas vector (NAN where unknown or
 * too old). Only meas fields whose key is also an exo field of the class are learned. Call at any regular rate up
 * to once a second. */
void forecast_learn(struct forecast *, int64_t at_ms, const struct ambient *, const double *meas);
/* Fills h->amb (T rows) and exo for the slots of h (start_ms, T, len, dt_s set by the caller). exo layout: asset
 * a's rows at exo + T * a->exo, T rows of a->cls->exo.n doubles. No allocation. */
void forecast_fill(struct forecast *, const struct horizon *h, struct ambient *amb, double *exo);
/* What was learned, forecast_bytes large: for a forecast of the same village, nothing checked. */
void forecast_save(const struct forecast *, void *mem);
void forecast_load(struct forecast *, const void *mem);
/* What `from` has learned, for a new forecast of another version of its village: of assets of the same id and class, the air
 * and the river. Skill is counted anew: it is of all loads together. */
void forecast_map(struct forecast *, const struct forecast *from);
/* Skill against persistence so far: 1 - RMSE/RMSE_persistence at a lead of 1, 6, 24 h, per quantity. */
struct forecast_skill {
    const char *what;
    double rmse[3], rmse_persistence[3], skill[3];
    long n;
};
int forecast_skills(const struct forecast *, struct forecast_skill *out, int max);
#endif
