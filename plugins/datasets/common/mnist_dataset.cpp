#include "mnist_dataset.h"

#include "data_search.h"

namespace idx {

namespace fs = std::filesystem;

namespace {

shoal::DType dtype_named(const std::string& name) {
  if (name == "uint8") return shoal::DType::kUInt8;
  return name == "float32" ? shoal::DType::kFloat32 : shoal::DType::kFloat64;
}

// The end of the message that files are missing: what to do about it.
std::string advice(const MnistSource& source, const MnistSplit& split, const std::string& folder) {
  return shoal::text(
      "\nput {}.gz and {}.gz (packed or not) into '{}', or into a folder '{}' of a data folder (--data, $SHOAL_DATA), "
      "or give "
      "their folder as 'path'; they are published at {}",
      split.images, split.labels, folder, source.name,
      source.mirrors.empty() ? "no mirror known here" : source.mirrors.front());
}

}  // namespace

std::vector<fs::path> MnistDataset::fetch(const shoal::Context& context, const MnistSplit& split,
                                          const std::string& looked_in) const {
  const std::string missing =
      shoal::text("{}, split {}: the files are in none of these folders:{}", source_.name, params_.split, looked_in);
  fs::path folder;
  try {
    folder = cache_folder() / source_.name;
    if (!params_.download) throw shoal::InputError("downloading is turned off ('download' is false)");
    std::vector<fs::path> out;
    for (const auto& [name, sha256] :
         {std::pair(split.images, split.images_sha256), std::pair(split.labels, split.labels_sha256)}) {
      RemoteFile file{.name = name + ".gz", .urls = {}, .sha256 = sha256};
      for (const std::string& mirror : source_.mirrors) file.urls.push_back(mirror + file.name);
      out.push_back(download(context, file, folder));
      context.log(shoal::Level::kInfo, "{} downloaded to {}", file.name, folder.string());
    }
    return out;
  } catch (const shoal::InputError& error) {
    throw shoal::InputError(shoal::text("{}\n{}{}", missing, error.what(), advice(source_, split, folder.string())));
  }
}

std::vector<fs::path> MnistDataset::find(const shoal::Context& context, const MnistSplit& split) const {
  DataSearch search({split.images, split.labels});
  if (!params_.path.empty()) {
    if (auto found = search.in(params_.path)) return *found;
    throw shoal::InputError(
        shoal::text("'path' has not the files of {}, split {}:{}", source_.name, params_.split, search.report()));
  }
  if (auto found = search.in_any(context.data_folders(), source_.name)) return *found;
  try {
    if (auto found = search.in_any({cache_folder().string()}, source_.name)) return *found;
  } catch (const shoal::InputError&) {
    // No cache folder: fetch says so.
  }
  return fetch(context, split, search.report());
}

shoal::DatasetInfo MnistDataset::open(shoal::Context& context) {
  if (data_ != nullptr) return data_->info();
  const MnistSplit& split = params_.split == "train" ? source_.train : source_.test;
  const std::vector<fs::path> files = find(context, split);
  const bool own = !params_.path.empty();
  const shoal::DType dtype = dtype_named(params_.dtype);
  data_ = std::make_unique<IdxDataset>(IdxDatasetOptions{.examples = {files[0], own ? "" : split.images_sha256},
                                                         .labels = DataFile{files[1], own ? "" : split.labels_sha256},
                                                         .dtype = dtype,
                                                         .divide_by = dtype == shoal::DType::kUInt8 ? 1.0 : 255.0,
                                                         .class_names = source_.class_names});
  return data_->info();
}

void MnistDataset::read(shoal::Context& context, std::span<const shoal::Index> which,
                        std::optional<shoal::MutableArray> examples, std::optional<shoal::MutableArray> labels) const {
  if (data_ == nullptr) throw shoal::StateError("a dataset is read before it was opened");
  data_->read(context, which, examples, labels);
}

}  // namespace idx
