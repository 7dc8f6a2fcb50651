#include "framework/conformance/toys.h"

#include <ATen/core/Tensor.h>

#include <deque>
#include <string>

#include "framework/conformance/case.h"
#include "shoal/dataset.h"
#include "shoal/torch/augmentation.h"

namespace shoal::host::conformance {
namespace {

/// Example i is 64 bytes that tell i apart from all others, of class i mod 3.
class Images final : public Dataset {
 public:
  DatasetInfo open(Context&) override {
    return {.count = 24, .shape = {1, 8, 8}, .dtype = DType::kUInt8, .labelled = true, .class_names = {"a", "b", "c"}};
  }
  void read(Context&, std::span<const Index> which, std::optional<MutableArray> examples,
            std::optional<MutableArray> labels) const override {
    for (std::size_t i = 0; i < which.size(); ++i) {
      for (std::size_t j = 0; examples && j < 64; ++j)
        examples->data<std::uint8_t>()[64 * i + j] = static_cast<std::uint8_t>(7 * which[i] + static_cast<Index>(j));
      if (labels) labels->data<std::int64_t>()[i] = which[i] % 3;
    }
  }
};

/// Darkens each example by up to a tenth.
class Shade final : public Augmentation {
 public:
  at::Tensor apply(Context&, const at::Tensor& batch, const Random& random) const override {
    at::Tensor out = batch.clone();
    for (Index i = 0; i < batch.size(0); ++i)
      out[i].mul_(1 - 0.1 * random.fork(static_cast<std::uint64_t>(i)).uniform());
    return out;
  }
};

template <typename T>
const shoal_object* toy() {
  static shoal_component table = [] {
    shoal_component out{};
    out.size = sizeof(out);
    out.id = T::kKind;
    out.find = [](const char* id) { return detail::find_interface<T>(id, typename T::Interfaces{}); };
    return out;
  }();
  static T self;
  static const shoal_object object = {sizeof(shoal_object), &table, &self};
  return &object;
}

const shoal_object* toy_of(std::string_view type) {
  if (type == Dataset::kKind) return toy<Images>();
  return type == Augmentation::kKind ? toy<Shade>() : nullptr;
}

}  // namespace

void bind_toys(const Object& object, Context& context) {
  const auto* inputs = object.find<shoal_inputs_1>("inputs/1");
  if (inputs == nullptr) return;
  for (const shoal_port* const* port = object.component().inputs; port != nullptr && *port != nullptr; ++port) {
    const shoal_object* made = toy_of((*port)->type);
    const bool list = ((*port)->flags & SHOAL_VARIADIC) != 0;
    if (made == nullptr && (list || ((*port)->flags & SHOAL_REQUIRED) == 0)) continue;
    if (made == nullptr)
      throw Skipped(text("its input '{}' takes a {}, of which the kit has none", (*port)->name, (*port)->type));
    const shoal_object* const objects[] = {made, made};
    detail::check_status(context.c_context(),
                         inputs->bind(object.self(), context.c_context(), (*port)->name, list ? 2 : 1, objects));
  }
}

}  // namespace shoal::host::conformance
