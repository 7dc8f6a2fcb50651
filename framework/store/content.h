#ifndef SHOAL_FRAMEWORK_STORE_CONTENT_H_
#define SHOAL_FRAMEWORK_STORE_CONTENT_H_

#include <string>

#include "framework/plugin/thread_pool.h"
#include "shoal/array.h"

namespace shoal::host {

/// Names an array by its contents: equal numbers in equal dtype and shape, equal digest, however they lie in memory and
/// on any number of threads. SHA-256 over the digests of blocks of rows.
std::string content_digest(const ConstArray& array, ThreadPool& pool);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_STORE_CONTENT_H_
