#ifndef SHOAL_FRAMEWORK_STORE_MANIFEST_FILE_H_
#define SHOAL_FRAMEWORK_STORE_MANIFEST_FILE_H_

#include <string>
#include <string_view>

#include "framework/store/store.h"

namespace shoal::host {

/// A manifest as the bytes of its file: JSON, and on a last line the SHA-256 of what stands before it.
std::string write_manifest(const Manifest& manifest);

/// Throws DamagedEntry where a bit of it is not as it was written, or where it has not what a manifest has.
Manifest read_manifest(std::string_view bytes);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_STORE_MANIFEST_FILE_H_
