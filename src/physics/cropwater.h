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
struct crop_day {
    double et0_mm, rain_mm, irrigation_mm, irrigation_frac /* of the ground that it wets */, wind2_m_s,
        humidity_min_frac, runoff_mm;
};
struct crop_run {
    double kcb, ke, ks, evaporated_mm, transpired_mm, needed_mm, drained_mm, total_mm, readily_mm,
        root_mm; /* needed: ETc without stress */
};
struct crop_state crop_start(const struct crop *, double water_frac);
/* Steps one day; rain + irrigation = evaporated + transpired + drained + run-off - change of root_mm, to rounding. */
struct crop_run crop_step(const struct crop *, struct crop_state *, const struct crop_day *);
#endif
