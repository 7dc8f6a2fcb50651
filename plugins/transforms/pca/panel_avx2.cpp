#define SHOAL_PANEL add_avx2  // this file alone is compiled with -mavx2
#include "panel.inc"
