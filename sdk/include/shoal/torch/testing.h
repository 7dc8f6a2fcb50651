// shoal/torch/testing.h: what a trainer's test wires to it, without a graph or a plugin file.
//
//     shoal::testing::Host host;
//     shoal::testing::TestInputs inputs(host);
//     inputs.wire<Blobs>("data", 600);       // makes Blobs(600) whenever the trainer asks for `data`
//     inputs.wire<ToyEncoder>("encoder");
//     shoal::testing::TestOutputs outputs;
//     Supervised(params).run(host.context(), inputs, outputs);
//     EXPECT_GT(outputs.numbers.at("accuracy"), 0.9);
#ifndef SHOAL_TORCH_TESTING_H_
#define SHOAL_TORCH_TESTING_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "shoal/testing.h"
#include "shoal/torch/trainer.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace testing {

/// Classes of the test, by port. The test keeps it longer than what it gave. A class T may name its traits, null-ended:
/// `static constexpr const char* kTraits[] = {"noise", nullptr}`.
class TestInputs final : public Inputs {
 public:
  explicit TestInputs(Host& host, at::Device device = at::kCPU) : host_(host), device_(device) {}

  /// One more node on this port: T(arguments…), made anew for each request.
  template <typename T, typename... Arguments>
  void wire(const std::string& port, const Arguments&... arguments) {
    shoal_component& table = tables_.emplace_back();
    table.size = sizeof(shoal_component);
    table.id = T::kKind;
    if constexpr (requires { T::kTraits; }) table.traits = T::kTraits;
    table.find = [](const char* id) { return detail::find_interface<T>(id, typename T::Interfaces{}); };
    ports_[port].push_back({&table, [arguments...] {
                              auto made = std::make_unique<T>(arguments...);
                              T* self = made.get();
                              return Made{std::move(made), self};
                            }});
  }
  /// One more array on this port.
  void wire_array(const std::string& port, Array value) { arrays_[port].push_back(std::move(value)); }
  void wire_number(const std::string& port, double value) { numbers_[port] = value; }
  /// Says that the head on this port is one that was trained for C = classes.
  void trained_for(const std::string& port, Index classes) { trained_classes_[port] = classes; }

  bool has(std::string_view port) const override { return count(port) > 0; }  ///< as Inputs
  Index count(std::string_view port) const override {
    const auto found = ports_.find(std::string(port));
    if (found != ports_.end()) return static_cast<Index>(found->second.size());
    const auto arrays = arrays_.find(std::string(port));
    if (arrays != arrays_.end()) return static_cast<Index>(arrays->second.size());
    return numbers_.contains(std::string(port)) ? 1 : 0;
  }

  std::unique_ptr<DatasetProxy> dataset(std::string_view port) override {
    auto proxy = std::make_unique<DatasetProxy>(object(port));
    proxy->open(host_.context());
    return proxy;
  }
  std::unique_ptr<ClustererProxy> clusterer(std::string_view port, Index index) override {
    return std::make_unique<ClustererProxy>(object(port, index));
  }
  std::unique_ptr<TransformProxy> transform(std::string_view port, Index index) override {
    return std::make_unique<TransformProxy>(object(port, index), host_.context());
  }
  const Augmentation& augmentation(std::string_view port) override {
    return torch_component<Augmentation>(object(port));
  }

  std::unique_ptr<Encoder> encoder(std::string_view port, const Shape& example, Index index = 0) override {
    auto made = component<Encoder>(port, index);
    SubContext context(host_.context(), port);
    made->build(context, example);
    made->to(device_);
    return made;
  }
  std::unique_ptr<Head> head(std::string_view port, Index embedding, Index classes, Index draw) override {
    auto made = component<Head>(port);
    SubContext context(host_.context(), port, draw);
    made->build(context, embedding, classes);
    made->to(device_);
    return made;
  }
  Index trained_classes(std::string_view port) const override {
    const auto found = trained_classes_.find(std::string(port));
    require(found != trained_classes_.end(), "the head wired to '{}' is not a trained one", port);
    return found->second;
  }
  std::unique_ptr<Objective> objective(std::string_view port, Index outputs) override {
    auto made = component<Objective>(port);
    SubContext context(host_.context(), port);
    made->build(context, outputs);
    made->to(device_);
    return made;
  }

  Array array(std::string_view port, Index index = 0) override {  ///< as Inputs
    require(arrays_.contains(std::string(port)) && index < count(port), "no array is wired to '{}'", port);
    return arrays_[std::string(port)][static_cast<std::size_t>(index)];
  }
  double number(std::string_view port) override {  ///< as Inputs
    require(numbers_.contains(std::string(port)), "no number is wired to '{}'", port);
    return numbers_[std::string(port)];
  }
  at::Device device() const override { return device_; }

 private:
  struct Made {
    std::unique_ptr<Component> component;
    void* self;  // the same object as its own class, which is what the C table takes
  };
  struct Node {
    const shoal_component* table;
    std::function<Made()> make;
  };

  const Node& node(std::string_view port, Index index = 0) const {
    require(index < count(port) && ports_.contains(std::string(port)), "nothing is wired to '{}'", port);
    return ports_.at(std::string(port))[static_cast<std::size_t>(index)];
  }
  Object object(std::string_view port, Index index = 0) {
    const Node& wired = node(port, index);
    made_.push_back(wired.make());
    return Object(shoal_object{sizeof(shoal_object), wired.table, made_.back().self});
  }
  template <typename Kind>
  std::unique_ptr<Kind> component(std::string_view port, Index index = 0) {
    Made made = node(port, index).make();
    auto* as_kind = dynamic_cast<Kind*>(made.component.get());
    require(as_kind != nullptr, "'{}' is wired to another kind", port);
    static_cast<void>(made.component.release());
    return std::unique_ptr<Kind>(as_kind);
  }

  Host& host_;
  at::Device device_;
  std::deque<shoal_component> tables_;
  std::map<std::string, std::vector<Node>> ports_;
  std::vector<Made> made_;
  std::map<std::string, std::vector<Array>> arrays_;
  std::map<std::string, double> numbers_;
  std::map<std::string, Index> trained_classes_;
};

/// What a trainer gave, by output. Throws InputError for one that was given before.
class TestOutputs final : public Outputs {
 public:
  std::map<std::string, std::unique_ptr<Encoder>> encoders;      ///< by output
  std::map<std::string, std::unique_ptr<Head>> heads;            ///< by output
  std::map<std::string, std::unique_ptr<Objective>> objectives;  ///< by output
  std::map<std::string, Array> arrays;                           ///< by output
  std::map<std::string, double> numbers;                         ///< by output

  void encoder(std::string_view output, std::unique_ptr<Encoder> value) override {
    put(encoders, output, std::move(value));
  }
  void head(std::string_view output, std::unique_ptr<Head> value) override { put(heads, output, std::move(value)); }
  void objective(std::string_view output, std::unique_ptr<Objective> value) override {
    put(objectives, output, std::move(value));
  }
  void array(std::string_view output, Array value) override { put(arrays, output, std::move(value)); }
  void number(std::string_view output, double value) override { put(numbers, output, value); }

 private:
  template <typename T>
  static void put(std::map<std::string, T>& outputs, std::string_view output, T value) {
    require(outputs.emplace(output, std::move(value)).second, "output '{}' was given twice", output);
  }
};

/// The values of a series, in order of report.
inline std::vector<double> series(const Host& host, std::string_view name) {
  std::vector<double> out;
  for (const Scalar& scalar : host.scalars())
    if (scalar.name == name) out.push_back(scalar.value);
  return out;
}

}  // namespace testing
}  // namespace shoal

#endif  // SHOAL_TORCH_TESTING_H_
