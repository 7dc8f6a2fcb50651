#include "framework/conformance/subject.h"

#include <algorithm>

#include "framework/config/yaml.h"
#include "framework/conformance/toys.h"

namespace shoal::host::conformance {
namespace {

double number(const shoal_value& value) {
  return value.type == SHOAL_REAL ? value.as.real : static_cast<double>(value.as.integer);
}

/// A number inside the range of `param`, near its lower bound.
double inside(const shoal_param& param) {
  const bool has_min = param.min.type != SHOAL_NULL, has_max = param.max.type != SHOAL_NULL;
  const double step = param.type == SHOAL_INT || !has_max || !has_min ? 1 : (number(param.max) - number(param.min)) / 2;
  if (has_min) return number(param.min) + ((param.flags & SHOAL_OPEN_MIN) != 0 || param.type == SHOAL_REAL ? step : 0);
  return has_max ? std::min(1.0, number(param.max) - ((param.flags & SHOAL_OPEN_MAX) != 0 ? 1 : 0)) : 1;
}

std::optional<std::string> made_up(const shoal_param& param, int type) {
  switch (type) {
    case SHOAL_BOOL: return "true";
    case SHOAL_INT: return text("{}", static_cast<std::int64_t>(inside(param)));
    case SHOAL_REAL: return text("{}", inside(param));
    case SHOAL_TEXT:
      if (param.choices != nullptr && *param.choices != nullptr) return std::string(*param.choices);
      return std::nullopt;
    case SHOAL_LIST:
      if (const auto item = made_up(param, param.item_type)) return "[" + *item + "]";
      return std::nullopt;
    case SHOAL_MAP: return "{}";
    default: return std::nullopt;
  }
}

std::vector<std::string> folders(const Subject& subject) { return subject.data_folders; }

}  // namespace

const shoal_param* Subject::find_parameter(std::string_view name) const {
  for (const shoal_param* const* p = component().params; p != nullptr && *p != nullptr; ++p)
    if ((*p)->name == name) return *p;
  return nullptr;
}

std::optional<std::int64_t> Subject::integer(std::string_view name) const {
  return check_given(component(), given)->find_integer(name);
}

Given fill_required(const shoal_component& component, const Given& given) {
  Given out = given;
  for (const shoal_param* const* p = component.params; p != nullptr && *p != nullptr; ++p) {
    if (((*p)->flags & SHOAL_REQUIRED) == 0 || out.contains((*p)->name)) continue;
    const auto value = made_up(**p, (*p)->type);
    if (!value)
      throw Skipped(text("its parameter '{}' has no default, and no value can be made up: give one, --with {}={}",
                         (*p)->name, (*p)->name, ((*p)->flags & SHOAL_PATH) != 0 ? "FILE" : "VALUE"));
    out[(*p)->name] = *value;
  }
  return out;
}

std::shared_ptr<const Parameters> check_given(const shoal_component& component, const Given& given) {
  std::string yaml = "{";
  for (const auto& [name, value] : given) yaml += (yaml.size() > 1 ? ", " : "") + name + ": " + value;
  config::Diagnostics diagnostics;
  const auto with = config::parse_yaml(config::Source::file("parameters", yaml + "}\n"), diagnostics);
  auto out = with ? check_parameters(component, &*with, {}, "", diagnostics) : nullptr;
  if (out != nullptr) return out;
  std::string what;
  for (const auto& found : diagnostics.sorted()) what += (what.empty() ? "" : "; ") + found.message;
  throw InputError(what);
}

Trial::Trial(const Subject& subject, TrialOptions options)
    : subject_(subject),
      host_(
          {.threads = options.threads, .seed = subject.seed + options.another_seed, .data_folders = folders(subject)}),
      watch_(host_, options.guarded) {
  Given given = subject.given;
  for (const auto& [name, value] : options.given) given[name] = value;
  parameters_ = check_given(subject.component(), given);
  instance_ = std::make_unique<Instance>(subject.entry, host_.context(), parameters_->values());
  bind_toys(object(), host_.context());
}

Trial::~Trial() = default;

int Trial::arrays_left_when_destroyed() {
  instance_.reset();
  return host_.live_arrays();
}

}  // namespace shoal::host::conformance
