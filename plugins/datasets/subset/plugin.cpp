#include "shoal/plugin.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "choose_rows.h"
#include "shoal/dataset.h"

namespace {

struct Params {
  std::vector<std::int64_t> classes;
  bool shuffle = false;
  std::int64_t from = 0;
  std::optional<std::int64_t> count;
  bool stratify = false;
  std::optional<std::int64_t> per_class;

  static void describe(shoal::Schema<Params>& schema) {
    schema.field("classes", &Params::classes, "keep the examples of these labels, which stay as they are; empty: all")
        .min(0);
    schema.field("shuffle", &Params::shuffle, "put what is left into a random order before it is cut");
    schema.field("from", &Params::from, "leave out that many examples").min(0);
    schema.field("count", &Params::count, "then take that many; absent: all that are left").min(1);
    schema.field("stratify", &Params::stratify, "with count: take of every class its share, instead of the first ones");
    schema.field("per_class", &Params::per_class, "instead of count: take that many of every class").min(1);
  }

  void check() const {
    shoal::require(!(count && per_class), "'count' is {} and 'per_class' is {}: only one of them can be",
                   count.value_or(0), per_class.value_or(0));
    shoal::require(!stratify || count, "'stratify' needs 'count'");
  }

  Choice choice() const {
    return {.classes = classes,
            .shuffle = shuffle,
            .from = from,
            .count = count,
            .stratify = stratify,
            .per_class = per_class};
  }
};

class Subset final : public shoal::Dataset, public shoal::DatasetView, public shoal::TakesInputs {
 public:
  explicit Subset(const Params& params) : choice_(params.choice()) {}

  // The stream is taken here, where the context is surely that of this node.
  void bind(shoal::Context& context, std::string_view port, const std::vector<shoal::Object>& objects) override {
    shoal::require(port == "data" && objects.size() == 1, "a subset takes one dataset on port 'data', got {} on '{}'",
                   objects.size(), port);
    data_.emplace(objects.front());
    random_ = context.random("shuffle");
  }

  shoal::DatasetInfo open(shoal::Context& context) override {
    if (!data_) throw shoal::StateError("a subset is opened before its port 'data' was bound");
    if (!info_) {
      shoal::DatasetInfo info = data_->open(context);
      shoal::Array labels;
      if (choice_.needs_labels()) {
        shoal::require(info.labelled, "the subset goes by labels, but the dataset has none");
        labels = data_->labels(context);
      }
      const std::span<const std::int64_t> values =
          labels ? labels.view().vector<std::int64_t>() : std::span<const std::int64_t>();
      rows_ = choose_rows(choice_, info.count, values, random_);
      info.count = static_cast<shoal::Index>(rows_.size());
      info_ = info;
    }
    return *info_;
  }

  void read(shoal::Context& context, std::span<const shoal::Index> which, std::optional<shoal::MutableArray> examples,
            std::optional<shoal::MutableArray> labels) const override {
    if (!info_) throw shoal::StateError("a dataset is read before it was opened");
    std::vector<shoal::Index> rows;
    rows.reserve(which.size());
    for (const shoal::Index i : which) {
      shoal::require(i >= 0 && i < info_->count, "example {} of {} does not exist", i, info_->count);
      rows.push_back(rows_[static_cast<std::size_t>(i)]);
    }
    data_->read(context, rows, examples, labels);
  }

  // Rows that follow each other are a part of the dataset's own view; others have to be gathered.
  std::optional<shoal::ConstArray> view(shoal::Context& context) const override {
    if (!info_) throw shoal::StateError("a dataset is viewed before it was opened");
    const auto gap = [](shoal::Index a, shoal::Index b) { return b != a + 1; };
    if (rows_.empty() || std::ranges::adjacent_find(rows_, gap) != rows_.end()) return std::nullopt;
    const auto all = data_->view(context);
    return all ? std::optional(all->slice(rows_.front(), rows_.back() + 1)) : std::nullopt;
  }

 private:
  Choice choice_;
  shoal::Random random_{0};                  // of this node, from bind on
  std::optional<shoal::DatasetProxy> data_;  // empty before bind
  std::optional<shoal::DatasetInfo> info_;   // empty before open
  std::vector<std::int64_t> rows_;           // of data_
};

}  // namespace

SHOAL_PLUGIN("subset", "0.1.0", "a part of another dataset: some examples, some classes") {
  plugin.add<Subset, Params>("dataset/subset").random().in<shoal::Dataset>("data", "the dataset of which it is a part");
}
