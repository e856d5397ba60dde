/* Least value of a function of a few numbers without derivatives, for fitting models offline. */
#ifndef PHYSICS_SIMPLEX_H
#define PHYSICS_SIMPLEX_H
enum { SIMPLEX_MAX = 12 };
/* Nelder & Mead 1965. x: start and result; step: size of the first simplex; returns the least value found in `rounds` moves. Deterministic. */
double simplex_least(double (*cost)(const double *x, void *self), void *self, double *x, int n, double step,
                     int rounds);
#endif
