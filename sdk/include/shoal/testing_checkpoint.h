// shoal/testing_checkpoint.h: checkpoints of a test's host, to hold a component to what it promises by them.
//
//     shoal::testing::Checkpoints kept;
//     Host first({.seed = 7});
//     kept.serve(first, {.stop_after = 2});
//     EXPECT_THROW(run(first), shoal::Cancelled);   // as if the process had been killed after the second checkpoint
//     Host second({.seed = 7});
//     kept.serve(second);
//     run(second);                                  // goes on from there: the same bytes as a run left alone
#ifndef SHOAL_TESTING_CHECKPOINT_H_
#define SHOAL_TESTING_CHECKPOINT_H_

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "shoal/checkpoint.h"
#include "shoal/testing.h"

namespace [[gnu::visibility("hidden")]] shoal {
namespace testing {

/// The last checkpoint that a component left, in memory, for the next host. Outlives the hosts it serves.
class Checkpoints {
 public:
  struct Options {
    int stop_after = 0;  ///< the offer after so many checkpoints throws Cancelled, once it is kept; 0: none does
  };

  /// From now on `host` offers checkpoints, in its own context but not in those opened from it, as the program does.
  void serve(Host& host) { serve(host, Options{}); }
  void serve(Host& host, Options options) {
    options_ = options;
    saves_ = 0;
    // The context is the host's own member, so it may be changed; that it is const is said to components alone.
    auto* c = const_cast<shoal_context*>(host.context().c_context());
    Offer& offer = offers_.emplace_back(Offer{*c->host, c->host, this, table_of(this)});
    offer.table.extension = [](const shoal_context* context, const char* id) -> const void* {
      const Offer& self = *reinterpret_cast<const Offer*>(context->host);
      return std::string_view(id) == "shoal.checkpoint/1" ? &self.checkpoints : self.before->extension(context, id);
    };
    c->host = &offer.table;
  }

  int saves() const { return saves_; }           ///< checkpoints taken of the host that is served
  bool empty() const { return state_.empty(); }  ///< nothing has been kept
  int rejected() const { return rejected_; }     ///< that a component could not load
  /// The names of what the last one holds.
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [name, value] : state_) out.push_back(name);
    return out;
  }
  /// Has the last one of `other` in place of its own.
  void take(const Checkpoints& other) { state_ = other.state_; }
  /// Takes one array out of it.
  void remove(const std::string& name) { state_.erase(name); }
  /// Makes one array all zeros, as if it had been left out and begun anew. Returns whether it was anything else.
  bool forget(const std::string& name) {
    std::vector<char>& bytes = state_.at(name).bytes;
    const bool had = std::any_of(bytes.begin(), bytes.end(), [](char byte) { return byte != 0; });
    std::fill(bytes.begin(), bytes.end(), char{0});
    return had;
  }

 private:
  struct Offer {
    shoal_host table;  // first: a context's shoal_host* is a pointer to this
    const shoal_host* before;
    Checkpoints* owner;
    shoal_checkpoint_1 checkpoints;
  };
  struct Value {
    std::vector<char> bytes;
    Shape shape;
    DType dtype;
  };
  struct Writer {
    shoal_state_writer c;
    std::map<std::string, Value> state = {};
  };
  struct Reader {
    shoal_state_reader c;
    std::map<std::string, ConstArray> views = {};
    std::map<std::string, shoal_array> arrays = {};
  };

  static Checkpoints& of(void* self) { return *static_cast<Checkpoints*>(self); }
  static shoal_checkpoint_1 table_of(Checkpoints* self) {
    return {sizeof(shoal_checkpoint_1), self, [](void*) { return 1; }, &save, &saved, &loaded};
  }

  static int save(void* self, int (*fill)(void*, const shoal_state_writer*), void* user) {
    Writer writer{{sizeof(shoal_state_writer), &put}};
    if (const int status = fill(user, &writer.c); status != SHOAL_OK) return status;
    of(self).state_ = std::move(writer.state);
    ++of(self).saves_;
    return of(self).saves_ == of(self).options_.stop_after ? int{SHOAL_E_CANCELLED} : int{SHOAL_OK};
  }
  static int put(const shoal_state_writer* writer, const char* name, const shoal_array* array) {
    const ConstArray view(*array);
    Value value{{}, {view.shape().begin(), view.shape().end()}, view.dtype()};
    const auto row = static_cast<std::size_t>(view.cols() * bytes_of(view.dtype()));
    for (Index i = 0; i < view.rows(); ++i) {
      const auto* from =
          static_cast<const char*>(view.bytes()) + (view.rank() == 0 ? 0 : i * view.stride(0)) * bytes_of(view.dtype());
      value.bytes.insert(value.bytes.end(), from, from + row);
    }
    reinterpret_cast<Writer*>(const_cast<shoal_state_writer*>(writer))->state[name] = std::move(value);
    return SHOAL_OK;
  }
  static const shoal_state_reader* saved(void* self) {
    if (of(self).state_.empty()) return nullptr;
    Reader& reader = of(self).reader_;
    reader = {{sizeof(shoal_state_reader), &get}};
    for (const auto& [name, value] : of(self).state_) {
      reader.views[name] = view_of(value);
      reader.arrays[name] = reader.views[name].c_array();
    }
    return &reader.c;
  }
  static ConstArray view_of(const Value& value) {
    const std::span<const Index> shape(value.shape);
    switch (value.dtype) {
      case DType::kUInt8: return ConstArray(reinterpret_cast<const std::uint8_t*>(value.bytes.data()), shape);
      case DType::kInt64: return ConstArray(reinterpret_cast<const std::int64_t*>(value.bytes.data()), shape);
      case DType::kFloat32: return ConstArray(reinterpret_cast<const float*>(value.bytes.data()), shape);
      case DType::kFloat64: break;
    }
    return ConstArray(reinterpret_cast<const double*>(value.bytes.data()), shape);
  }
  static const shoal_array* get(const shoal_state_reader* reader, const char* name) {
    const auto& arrays = reinterpret_cast<const Reader*>(reader)->arrays;
    const auto found = arrays.find(name);
    return found == arrays.end() ? nullptr : &found->second;
  }
  static void loaded(void* self, int status) {
    if (status == SHOAL_OK) return;
    ++of(self).rejected_;
    of(self).state_.clear();
  }

  Options options_;
  std::map<std::string, Value> state_;
  std::deque<Offer> offers_;
  Reader reader_{};
  int saves_ = 0, rejected_ = 0;
};

}  // namespace testing
}  // namespace shoal

#endif  // SHOAL_TESTING_CHECKPOINT_H_
