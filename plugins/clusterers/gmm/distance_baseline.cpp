#define SHOAL_DISTANCE kBaseline
#include "distance.inc"
