#define SHOAL_PANEL add_baseline
#include "panel.inc"
