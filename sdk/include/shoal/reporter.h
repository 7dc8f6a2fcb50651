// shoal/reporter.h: the kind "reporter". Portable: no LibTorch behind it.
#ifndef SHOAL_REPORTER_H_
#define SHOAL_REPORTER_H_

#include <filesystem>
#include <string_view>

#include "shoal/component.h"

namespace [[gnu::visibility("hidden")]] shoal {

/// Something that happened in a run; the fields are described in abi.h. Texts are valid during the call.
using Event = shoal_event;

/// Listens to a run and writes it somewhere: a terminal, JSON lines, TensorBoard.
///
/// Order    begin once, then on for each event, in the order in which things happened, ending with SHOAL_RUN_END.
/// Threads  all calls come from one thread of its own; the run does not wait. When a reporter is slow, PROGRESS events
///          of one node are merged; no other event is ever lost.
class Reporter : public Component {
 public:
  static constexpr const char* kKind = "reporter";

  /// `run_folder` exists; files of a reporter go there.
  virtual void begin(Context& context, const std::filesystem::path& run_folder, std::string_view experiment) = 0;
  virtual void on(Context& context, const Event& event) = 0;

  using Interfaces = InterfaceList<Reporter>;
};

namespace detail {

template <>
struct Bridge<Reporter> {
  static constexpr const char* kId = "reporter/1";
  template <typename T>
  static const shoal_reporter_1* table() {
    static constexpr shoal_reporter_1 table = {
        sizeof(shoal_reporter_1),
        [](void* self, const shoal_context* context, const char* run_folder, const char* experiment) {
          return guarded(context, [&] {
            Context c(context);
            static_cast<T*>(self)->begin(c, run_folder, experiment);
          });
        },
        [](void* self, const shoal_context* context, const shoal_event* event) {
          return guarded(context, [&] {
            Context c(context);
            static_cast<T*>(self)->on(c, *event);
          });
        }};
    return &table;
  }
};

}  // namespace detail
}  // namespace shoal

#endif  // SHOAL_REPORTER_H_
