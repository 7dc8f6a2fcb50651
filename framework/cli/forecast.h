#ifndef SHOAL_FRAMEWORK_CLI_FORECAST_H_
#define SHOAL_FRAMEWORK_CLI_FORECAST_H_

#include <memory>
#include <optional>
#include <vector>

#include "framework/cli/session.h"
#include "framework/run/executor.h"

namespace shoal::cli {

/// What a run of a plan would take from the store, and the keys on which that rests. Datasets are opened for it, and
/// nothing is computed.
class Forecast {
 public:
  /// `store` may be null: all is computed then.
  Forecast(Session& session, const host::Plan& plan, host::Store* store, std::vector<host::RowMeans> rows);

  /// False, after it was told, where a dataset cannot be opened.
  bool tell_if_wrong(const Options& options, Session& session) const;

  /// False, after it was told, where the data and what is asked of it do not go together (check_against_data).
  bool tell_of_its_data(const Options& options, Session& session, const host::Plan& plan) const;

  host::Executor::Forecast of(std::size_t task) const { return forecast_[task]; }
  const host::KeyParts& parts_of(std::size_t task) const;

 private:
  host::TaskObserver nobody_;
  std::optional<host::ResultCache> cache_;
  std::unique_ptr<host::EventBus> events_;
  std::unique_ptr<host::Executor> executor_;
  config::Diagnostics wrong_;
  std::vector<host::Executor::Forecast> forecast_;
};

}  // namespace shoal::cli

#endif  // SHOAL_FRAMEWORK_CLI_FORECAST_H_
