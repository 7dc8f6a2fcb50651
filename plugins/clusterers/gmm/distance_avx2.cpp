#define SHOAL_DISTANCE kAvx2  // this file alone is compiled with -mavx2
#include "distance.inc"
