#include "framework/files/read_or_empty.h"
#include "framework/plugin/places.h"
#include "framework/report/page/assets.h"

namespace shoal::host {

std::string find_vega_runtime() {
  return read_or_empty(program_folder() / ".." / "share" / "shoal" / "report" / "vega.js");
}

}  // namespace shoal::host
