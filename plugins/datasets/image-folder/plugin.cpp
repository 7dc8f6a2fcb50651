// dataset/image-folder: a folder of image files, its subfolders the classes.
#include "shoal/plugin.h"

#include <optional>
#include <string>
#include <vector>

#include "load.h"
#include "served_dataset.h"

namespace {

using images::Filter;

struct Params {
  std::string path;
  std::vector<std::string> files;
  std::vector<std::int64_t> size;
  Filter resize = Filter::kArea;
  std::optional<std::int64_t> channels;
  std::string broken = "error";

  static void describe(shoal::Schema<Params>& schema) {
    schema
        .field("path", &Params::path,
               "folder of PNG, JPEG, PGM and PPM files; its subfolders, if any, are the classes. \"\" where 'files' "
               "say which")
        .path()
        .required();
    schema.field("files", &Params::files, "instead of a folder (path: \"\"): these files in this order, without labels")
        .path();
    schema.field("size", &Params::size, "height and width to which all are resized; empty: all must have one size")
        .min(1)
        .max(16384);
    schema
        .field("resize", &Params::resize,
               "area: a pixel is the mean of what it covers; bilinear: a triangle over twice as much. For where size "
               "is given")
        .one_of({{"area", Filter::kArea}, {"bilinear", Filter::kBilinear}});
    schema.field("channels", &Params::channels, "1 makes all grey, 3 makes all colour; absent: all must be alike")
        .min(1)
        .max(3);
    schema.field("broken", &Params::broken, "a file that cannot be decoded: error, or skip").one_of({"error", "skip"});
  }

  void check() const {
    shoal::require(!path.empty() || !files.empty(), "'path' or 'files' must say which images");
    shoal::require(path.empty() || files.empty(), "images are those of 'path' or 'files', not both");
    shoal::require(size.empty() || size.size() == 2, "'size' is a height and a width, not {} numbers", size.size());
    shoal::require(channels != 2, "'channels' is 1 or 3, not 2");
  }

  images::LoadOptions options() const {
    images::LoadOptions out{.filter = resize, .skip_broken = broken == "skip"};
    if (!size.empty()) out.size = {static_cast<std::size_t>(size[0]), static_cast<std::size_t>(size[1])};
    if (channels) out.channels = static_cast<std::size_t>(*channels);
    return out;
  }
};

class ImageFolder final : public files::ServedDataset {
 public:
  explicit ImageFolder(const Params& params) : params_(params) {}

 private:
  // Decodes all: which are broken is known only then.
  files::Served load(shoal::Context& context) override {
    images::Listing listing;
    if (params_.files.empty()) listing = images::list_images(params_.path);
    else listing.files.assign(params_.files.begin(), params_.files.end());
    loaded_ = images::load_images(context, listing, params_.options());
    for (const std::string& note : loaded_.notes) context.log(shoal::Level::kInfo, "{}", note);
    files::Served out{.examples = {.first = reinterpret_cast<const char*>(loaded_.pixels.data()),
                                   .count = loaded_.count,
                                   .shape = {loaded_.channels, loaded_.height, loaded_.width}},
                      .class_names = std::move(listing.class_names)};
    out.examples.step = out.examples.columns();
    if (!loaded_.labels.empty()) out.labels.first = reinterpret_cast<const char*>(loaded_.labels.data());
    return out;
  }

  Params params_;
  images::Loaded loaded_;  // what is served
};

}  // namespace

SHOAL_PLUGIN("image-folder", "0.1.0", "folders of image files, subfolders the classes") {
  plugin.add<ImageFolder, Params>("dataset/image-folder");
}
