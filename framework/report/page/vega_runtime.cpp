#include <fstream>
#include <iterator>

#include "framework/plugin/places.h"
#include "framework/report/page/assets.h"

namespace shoal::host {

std::string find_vega_runtime() {
  std::ifstream in(program_folder() / ".." / "share" / "shoal" / "report" / "vega.js", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace shoal::host
