/* Place states as words. See place.h. */
#include "village/place.h"

const char *const place_state_name[PLACE_STATES] = {"hazard", "released", "under_construction", "commissioned",
                                                    "in_use"};
