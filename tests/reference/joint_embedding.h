// The tensors of tests/reference/joint_embedding.json, which joint_embedding.py wrote.
#ifndef SHOAL_TESTS_REFERENCE_JOINT_EMBEDDING_H_
#define SHOAL_TESTS_REFERENCE_JOINT_EMBEDDING_H_

#include <ATen/ops/from_blob.h>

#include <string>
#include <vector>

#include "reference.h"

namespace shoal::testing {

struct JointEmbeddingReference {
  nlohmann::json values = reference("joint_embedding");
  std::vector<at::Tensor> views = {matrix(values["views"][0], 4), matrix(values["views"][1], 4)};  ///< (6, 4) float64
  at::Tensor prototypes = matrix(values["prototypes"], 4);  ///< (5, 4), unit rows

  double operator[](const std::string& name) const { return values.at(name); }

 private:
  static at::Tensor matrix(const nlohmann::json& numbers, std::int64_t columns) {
    std::vector<double> copied = numbers;
    return at::from_blob(copied.data(), {static_cast<std::int64_t>(copied.size()) / columns, columns}, at::kDouble)
        .clone();
  }
};

}  // namespace shoal::testing

#endif  // SHOAL_TESTS_REFERENCE_JOINT_EMBEDDING_H_
