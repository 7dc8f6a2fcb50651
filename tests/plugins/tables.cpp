// A plugin whose table is wrong in the way that its file name says: a copy called libnull-table.so gives no table. What
// is called otherwise has one good component.
#include <dlfcn.h>

#include <string>

#include "shoal/abi.h"

namespace {

std::string deed() {
  Dl_info self = {};
  dladdr(reinterpret_cast<void*>(&deed), &self);
  const std::string file = self.dli_fname;
  const auto begin = file.rfind("/lib") + 4;
  return file.substr(begin, file.rfind(".so") - begin);
}

int create(const shoal_context*, const shoal_value*, void** self) {
  *self = nullptr;
  return SHOAL_OK;
}
void destroy(void*) {}
const void* find(const char*) { return nullptr; }

shoal_param k = {};
shoal_component component = {};

}  // namespace

SHOAL_DESCRIBE("tables", "0.1.0");

SHOAL_EXPORT int32_t shoal_plugin_v1(const shoal_context*, const shoal_component* const** out) {
  static const shoal_param* const params[] = {&k, nullptr};
  static const shoal_component* components[] = {&component};
  const std::string what = deed();
  k.size = sizeof(k);
  k.type = what == "unknown-type" ? 99 : int{SHOAL_INT};
  k.name = what == "reserved-name" ? "use" : "k";
  k.help = what == "no-help" ? "" : "a number";
  k.initial.type = what == "no-default" ? SHOAL_NULL : what == "other-default" ? SHOAL_BOOL : SHOAL_INT;
  k.initial.as.integer = what == "default-out-of-range" ? 0 : 1;
  k.min.type = SHOAL_INT;
  k.min.as.integer = 1;
  component = {};
  component.size = sizeof(component);
  component.id = what == "no-kind" ? "kmeans" : what == "unknown-kind" ? "gizmo/kmeans" : "metric/tables";
  component.summary = "a table";
  component.params = params;
  component.create = &create;
  component.destroy = what == "no-destroy" ? nullptr : &destroy;
  component.find = &find;
  if (what == "null-component") components[0] = nullptr;
  *out = what == "null-table" ? nullptr : components;
  if (what == "fails-without-reason") return -SHOAL_E_FAILED;
  return what == "no-components" ? 0 : 1;
}
