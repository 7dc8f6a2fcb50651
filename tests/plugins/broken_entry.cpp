// A plugin whose entry function throws.
#include "shoal/plugin.h"

SHOAL_PLUGIN("broken-entry", "0.1.0", "throws when it is asked for its components") {
  static_cast<void>(plugin);
  throw std::runtime_error("no components today");
}
