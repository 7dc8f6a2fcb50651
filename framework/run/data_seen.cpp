#include "framework/run/data_seen.h"

#include "framework/store/content.h"

namespace shoal::host {

DataSeen describe_data(const ConstArray& features, ThreadPool& pool) {
  return {.sha256 = content_digest(features, pool),
          .shape = {features.shape().begin(), features.shape().end()},
          .dtype = name(features.dtype())};
}

}  // namespace shoal::host
