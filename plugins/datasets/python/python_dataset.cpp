#include "python_dataset.h"

#include <cstring>
#include <utility>

#include "python_calls.h"

namespace {

using shoal::Index;

// load.py, put in at build time.
constexpr const char* kLoad =
#include "load.inc"
    ;

/// Copies the rows numbered `which`.
void copy_rows(const shoal::Context& context, shoal::ConstArray from, std::span<const Index> which,
               shoal::MutableArray to) {
  constexpr Index kBlock = 256;
  const Index row_bytes = from.cols() * shoal::bytes_of(from.dtype());
  const auto* source = static_cast<const char*>(from.bytes());
  auto* target = static_cast<char*>(to.bytes());
  const Index step = to.stride(0) * shoal::bytes_of(to.dtype());
  context.parallel_for(static_cast<Index>(which.size()), kBlock, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      std::memcpy(target + i * step, source + which[static_cast<std::size_t>(i)] * row_bytes,
                  static_cast<std::size_t>(row_bytes));
  });
}

}  // namespace

void DatasetParams::describe(shoal::Schema<DatasetParams>& schema) {
  describe_code(schema,
                "function that returns examples, or (examples, labels) or (examples, labels, class_names): an import "
                "path, or a name in file");
}

shoal::DatasetInfo PythonDataset::open(shoal::Context& context) {
  if (examples_) return info_;
  shoal::Array examples, labels;
  std::vector<std::string> names;
  run_code(context, code_, [&](const py::object& work) {
    const py::tuple found = python_script("shoal_dataset", kLoad).attr("load")(work);
    examples = take_array(context, found[0]);
    if (!found[1].is_none()) labels = take_array(context, found[1]);
    names = found[2].cast<std::vector<std::string>>();
  });
  const shoal::ConstArray all = examples.view();
  info_ = {.count = all.rows(),
           .shape = {all.shape().begin() + 1, all.shape().end()},
           .dtype = all.dtype(),
           .labelled = static_cast<bool>(labels),
           .class_names = std::move(names)};
  examples_ = std::move(examples);
  labels_ = std::move(labels);
  return info_;
}

void PythonDataset::read(shoal::Context& context, std::span<const Index> which,
                         std::optional<shoal::MutableArray> examples, std::optional<shoal::MutableArray> labels) const {
  require_open();
  for (const Index i : which)
    shoal::require(i >= 0 && i < info_.count, "example {} of {} does not exist", i, info_.count);
  if (examples) copy_rows(context, examples_.view(), which, *examples);
  if (!labels) return;
  shoal::require(info_.labelled, "{} returned no labels", code_.name());
  copy_rows(context, labels_.view(), which, *labels);
}

std::optional<shoal::ConstArray> PythonDataset::view(shoal::Context&) const {
  require_open();
  return examples_.view();
}

void PythonDataset::require_open() const {
  if (!examples_) throw shoal::StateError("a dataset is used before it was opened");
}
