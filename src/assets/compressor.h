/* The compressor of src/physics with what assets clamp by. */
#ifndef ASSETS_COMPRESSOR_H
#define ASSETS_COMPRESSOR_H
#include "assets/kit.h"
#include "physics/compressor.h"
#endif
