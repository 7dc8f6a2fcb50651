#ifndef SHOAL_FRAMEWORK_RUN_DATA_SEEN_H_
#define SHOAL_FRAMEWORK_RUN_DATA_SEEN_H_

#include "framework/plugin/thread_pool.h"
#include "framework/run/record.h"
#include "shoal/array.h"

namespace shoal::host {

/// Names features (N, D) by their contents: equal numbers in equal dtype and shape, equal digest, however they lie in
/// memory and on any number of threads. SHA-256 over the digests of blocks of rows.
DataSeen describe_data(const ConstArray& features, ThreadPool& pool);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_DATA_SEEN_H_
