#include "framework/report/page/html_parts.h"

namespace shoal::host {

void open_scroll(Html& html, const std::string& label) {
  html.open("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", label}});
}

void add_fact(Html& html, const std::string& name, const std::string& value) {
  if (!value.empty()) html.element("dt", name).element("dd", value);
}

}  // namespace shoal::host
