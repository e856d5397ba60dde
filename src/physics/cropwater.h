/* A field's water day by day with the dual crop coefficient: what the crop transpires and what the bare wet soil evaporates, apart. mm of water. */
#ifndef PHYSICS_CROPWATER_H
#define PHYSICS_CROPWATER_H
struct crop {
    double kcb_ini, kcb_mid, kcb_end;           /* basal coefficients (FAO-56 table 17) */
    double ini_day, dev_day, mid_day, late_day; /* lengths of the stages (table 11) */
    double height_ini_m, height_max_m, root_ini_m, root_max_m;
    double field_capacity_frac, wilting_frac; /* of the soil's volume */
    double depletion_frac;                    /* p of table 22 at 5 mm/d */
    double surface_m, readily_mm;             /* Ze and REW of the evaporating layer */
};
struct crop_state {
    double day, kcb, height_m, root_m, wetted_frac, surface_mm,
        root_mm; /* depletions of the surface layer and of the root zone */
};
struct crop_day { /* amounts of a day, or of any other step */
    double et0_mm, rain_mm, irrigation_mm, irrigation_frac /* of the ground that it wets */, wind2_m_s,
        humidity_min_frac, runoff_mm;
};
struct crop_run {
    double kcb, ke, ks, evaporated_mm, transpired_mm, needed_mm, drained_mm, total_mm, readily_mm,
        root_mm; /* needed: ETc without stress */
};
struct crop_state crop_start(const struct crop *, double water_frac);
/* Coefficient, height and roots as they stand so many days after sowing. */
void crop_grow(const struct crop *, struct crop_state *, double day);
/* What a unit of reference evapotranspiration takes from crop and bare wet soil, and the share of the ground that evaporates. */
struct crop_take {
    double kcb, ke, bare_frac;
};
struct crop_take crop_takes(const struct crop *, struct crop_state *, const struct crop_day *);
/* Water available to the roots, and the part of it that is taken without stress at a need of so many mm a day. */
double crop_total_mm(const struct crop *, double root_m);
double crop_readily_mm(const struct crop *, double root_m, double need_mm_d);
/* Both balances over one step of any length with the coefficients of its beginning; need_mm_d as above. */
struct crop_run crop_balance(const struct crop *, struct crop_state *, const struct crop_day *, struct crop_take,
                             double need_mm_d);
/* Steps one day; rain + irrigation = evaporated + transpired + drained + run-off - change of root_mm, to rounding. */
struct crop_run crop_step(const struct crop *, struct crop_state *, const struct crop_day *);
#endif
