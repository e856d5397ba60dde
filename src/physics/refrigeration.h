/* Refrigeration: cold per electric power, and heat through the envelope. */
#ifndef PHYSICS_REFRIGERATION_H
#define PHYSICS_REFRIGERATION_H
/* Heat taken from a store per electric power in, fans and defrost included. */
double refrigeration_eer(double store_degC, double out_degC);
/* Exact step of C dT/dt = ua (out - T) + gain over dt; returns the new temperature. */
double refrigeration_step_degC(double temp_degC, double out_degC, double ua_W_K, double capacity_J_K, double gain_W,
                               double dt_s);
#endif
