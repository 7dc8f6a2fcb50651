#ifndef SHOAL_FRAMEWORK_RUN_COMPONENT_ARTIFACTS_H_
#define SHOAL_FRAMEWORK_RUN_COMPONENT_ARTIFACTS_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "framework/run/artifacts.h"
#include "framework/run/component_state.h"
#include "framework/run/value.h"

namespace shoal::host {

// What a run folder keeps of components, so that it is enough, without store and data, to put them to work on new data.

/// What was trained, as safetensors whose metadata say what it was built for. `declared_by` is the node that it started
/// from. Throws std::system_error naming the file.
void write_trained(const std::filesystem::path& file, const Made& made, const std::string& declared_by);

/// The same again, with the name of the node that declares it.
struct TrainedArtifact {
  std::string declared_by = {};
  Trained trained = {};
};
/// Throws InputError  it is not there, damaged, or of a Shoal that wrote no metadata
TrainedArtifact read_trained(const std::filesystem::path& file);

/// Larger states stay in the store alone: some hold the data that they were fitted to.
inline constexpr std::int64_t kLargestState = std::int64_t{64} << 20;

/// What a fitted component learnt, as safetensors. False where it has no trait `state`, or more than kLargestState
/// bytes of it; nothing is written then. Throws what the component throws, and std::system_error.
bool write_fitted(const std::filesystem::path& file, Live& live);

/// Throws InputError  it is not there or damaged
ComponentState read_fitted(const std::filesystem::path& file, Services& services);

/// What the examples of a dataset look like, to tell others from them.
struct Looks {
  std::string component = {};
  Index count = 0;
  Shape shape = {};  ///< of one
  DType dtype = DType::kFloat32;
  std::vector<std::string> class_names = {};
  Index looked_at = 0;  ///< so many, evenly spaced, are behind the numbers below
  double mean = 0;      ///< of all their numbers
  double mean_sd = 0;   ///< sample standard deviation of the examples' own means; 0 of one
  double least = 0, most = 0;
};
/// Opens and reads it: at most 1000 examples, evenly spaced. Throws what the dataset throws.
Looks look_at(Live& dataset);

/// As JSON. Throws std::system_error naming the file.
void write_looks(const std::filesystem::path& file, const Looks& looks);
/// Throws InputError  it is not there or damaged
Looks read_looks(const std::filesystem::path& file);

/// The number of a row in that column, whatever its dtype.
double number_at(const ConstArray& row, Index column);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_RUN_COMPONENT_ARTIFACTS_H_
