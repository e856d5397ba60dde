/* Money: an integer type with checked operations. One unit is a millionth of the village's currency unit ("micro"), so
 * a price times an energy is rounded once, at the bill line. Nobody outside money.c touches the member. */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H
#include <stddef.h>
#include <stdint.h>
struct money { int64_t micro; };
struct price { int64_t micro_per_kWh; };                       /* prices in micro-units of the currency per kWh */
struct money money_from_units(double units);                   /* rounds half to even; asserts on overflow and NaN */
double money_units(struct money);
struct money money_add(struct money, struct money);            /* assert on overflow */
struct money money_sub(struct money, struct money);
int money_compare(struct money, struct money);
struct price price_from_units_per_kWh(double);
double price_units_per_J(struct price);
struct money money_of_energy(struct price, int64_t energy_Wh); /* rounded once, half to even */
char *money_format(char *buf, size_t size, struct money, const char *currency); /* "1,234.56 AZN", 2 decimals */
/* Splits total by weights (>= 0, not all 0) with the largest remainder; parts sum exactly to total. */
void money_share(struct money total, const double *weight, int n, struct money *part);
#endif
