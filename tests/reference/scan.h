// The tensors of tests/reference/scan.json, which scan.py wrote.
#ifndef SHOAL_TESTS_REFERENCE_SCAN_H_
#define SHOAL_TESTS_REFERENCE_SCAN_H_

#include <ATen/ops/from_blob.h>

#include <string>
#include <vector>

#include "reference.h"

namespace shoal::testing {

struct ScanReference {
  nlohmann::json values = reference("scan");
  at::Tensor examples = matrix<double>(values["examples"], values["classes"], at::kDouble);    ///< (12, 4) logits
  at::Tensor neighbors = matrix<double>(values["neighbors"], values["classes"], at::kDouble);  ///< likewise
  at::Tensor table = matrix<std::int64_t>(values["table"], 3, at::kLong);                      ///< (12, 3)

 private:
  template <typename T>
  static at::Tensor matrix(const nlohmann::json& numbers, std::int64_t columns, at::ScalarType dtype) {
    std::vector<T> copied = numbers;
    return at::from_blob(copied.data(), {static_cast<std::int64_t>(copied.size()) / columns, columns}, dtype).clone();
  }
};

}  // namespace shoal::testing

#endif  // SHOAL_TESTS_REFERENCE_SCAN_H_
