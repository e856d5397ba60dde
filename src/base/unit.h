/* Units: the suffix of a key names its unit (`power_W`, `level_m`, `flow_m3_s`, `price_per_kWh`); a value in a village
 * file may carry its own ("212 kW", "7 m3/s", "150000 m3", "60 min", "18 degC", "35 %") and is converted when the
 * dimension fits. One table of units; dimension is a product of powers of m, kg, s, K, A, cd (lm, lx), money, angle.
 * Money is any currency ("0.09 AZN/kWh" for `price_per_kWh`). `min` before another unit means minimum ("temp_min_degC"). */
#ifndef BASE_UNIT_H
#define BASE_UNIT_H
#include <stddef.h>
struct err;
struct unit { char symbol[32]; double factor, offset; signed char dim[8]; }; /* SI = value x factor + offset */
/* The unit named by a key's suffix ("power_W" -> W, "heat_loss_W_K" -> W/K, "flow_m3_s" -> m3/s, "eta_frac" -> 1);
 * NULL when the key ends in no unit. */
const struct unit *unit_of_key(const char *key, struct unit *made);
/* Reads "212 kW" or "212" for a key; a bare number is in the key's own unit. Fills value in the key's unit. Returns 0,
 * or -1 with a text such as "`m3` is a volume, `power_W` wants W". */
int unit_parse(const char *text, const char *key, double *value, struct err *);
/* A figure for people: at most three significant figures with a prefix and unit: (612345, "power_W") -> "612 kW". */
char *unit_format(char *buf, size_t size, double value, const char *key);
#endif
