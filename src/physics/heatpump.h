/* Heat pumps of homes: efficiency from outdoor air and what they feed. */
#ifndef PHYSICS_HEATPUMP_H
#define PHYSICS_HEATPUMP_H
enum emitter { EMITTER_RADIATOR, EMITTER_FLOOR, EMITTERS };
/* Supply temperature by heating curve (When2Heat): radiator 40 - Te, floor 30 - 0.5 Te, at least 25. */
double heatpump_supply_degC(enum emitter, double out_degC);
/* Air-source heat out per electric power in, field conditions with defrosting. */
double heatpump_cop(double out_degC, double sink_degC, double humidity_frac);
/* Share of the COP that defrosting takes. */
double heatpump_frost_frac(double out_degC, double humidity_frac);
/* Heat taken from the room per electric power in. */
double heatpump_eer(enum emitter, double out_degC);
#endif
