/* What travels between the village's devices (or its twin) and control: readings up, set-points down, and people's overrides.
 * A point is an index into the flat meas vector (readings) or the flat cmd vector (set-points, overrides). */
#ifndef VILLAGE_POINT_H
#define VILLAGE_POINT_H
#include <stdint.h>
enum quality { QUALITY_GOOD = 0, QUALITY_SUSPECT = 1, QUALITY_BAD = 2,
               QUALITY_FAULT = 4 /* a bit beside: the device says that it has failed */ };
struct reading { int64_t at_ms; double value; int32_t point; uint32_t quality; };         /* link -> control, by queue */
struct setpoint { int64_t expires_ms; double value; int32_t point; uint32_t why; };        /* control -> link: a mailbox, newest wins */
struct override { int64_t from_ms, until_ms; double value; int32_t point, who; uint32_t id; };  /* until is mandatory; enters formulate as pin */
#endif
