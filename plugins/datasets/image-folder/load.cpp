#include "load.h"

#include <algorithm>

#include "mapped_file.h"
#include "shoal/error.h"

namespace images {
namespace {

using shoal::Index;
using shoal::text;

/// What is known of a file after a look.
struct Seen {
  image_header header{};
  std::string failure;  // none: it is sound so far
};

class Loader {
 public:
  Loader(const shoal::Context& context, const Listing& listing, const LoadOptions& options)
      : context_(context), listing_(listing), options_(options), seen_(listing.files.size()) {}

  Loaded load() {
    for_each("headers", [&](std::size_t i) {
      const files::MappedFile file(listing_.files[i]);
      seen_[i].header = look(file.bytes());
    });
    choose_shape();
    image_bytes_ = static_cast<std::size_t>(out_.channels * out_.height * out_.width);
    out_.pixels.resize(seen_.size() * image_bytes_);
    for_each("images", [&](std::size_t i) { decode_into(i, out_.pixels.data() + i * image_bytes_); });
    leave_out_broken();
    describe();
    return std::move(out_);
  }

 private:
  /// Calls work(i) for all files that are sound, and keeps what is wrong with the others.
  template <typename Work>
  void for_each(const char* unit, Work&& work) {
    const auto n = static_cast<Index>(seen_.size());
    constexpr Index kAtOnce = 256;  // between two words of progress
    for (Index from = 0; from < n; from += kAtOnce) {
      const Index count = std::min(kAtOnce, n - from);
      context_.parallel_for(count, 1, [&](Index k, Index) {
        Seen& seen = seen_[static_cast<std::size_t>(from + k)];
        if (!seen.failure.empty()) return;
        try {
          work(static_cast<std::size_t>(from + k));
        } catch (const shoal::InputError& error) {
          seen.failure = error.what();
        }
      });
      if (!options_.skip_broken)
        for (Index i = from; i < from + count; ++i) {
          const std::string& failure = seen_[static_cast<std::size_t>(i)].failure;
          shoal::require(failure.empty(), "'{}' cannot be decoded: {}; broken: skip leaves such files out",
                         name(static_cast<std::size_t>(i)), failure);
        }
      context_.progress(from + count, n, unit);
    }
  }

  std::string name(std::size_t i) const { return listing_.files[i].string(); }

  /// That of the first sound image, unless the options say it; others must have the same.
  void choose_shape() {
    const auto first = std::ranges::find_if(seen_, [](const Seen& s) { return s.failure.empty(); });
    if (first == seen_.end())
      throw shoal::InputError(
          text("none of {} images can be decoded; '{}': {}", seen_.size(), name(0), seen_[0].failure));
    const auto at = static_cast<std::size_t>(first - seen_.begin());
    const auto [height, width] = options_.size.value_or(std::pair(first->header.height, first->header.width));
    const std::size_t channels = options_.channels.value_or(static_cast<std::size_t>(first->header.channels));
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      const image_header& h = seen_[i].header;
      if (!seen_[i].failure.empty()) continue;
      shoal::require(options_.size || (h.height == height && h.width == width),
                     "'{}' is {} high and {} wide, but '{}' is {} and {}; size: [H, W] makes all of them one size",
                     name(i), h.height, h.width, name(at), height, width);
      shoal::require(options_.channels || h.channels == static_cast<int>(channels),
                     "'{}' is {}, but '{}' is {}; channels: 1 or 3 makes all of them alike", name(i),
                     h.channels == 1 ? "grey" : "in colour", name(at), channels == 1 ? "grey" : "in colour");
    }
    out_.height = static_cast<Index>(height);
    out_.width = static_cast<Index>(width);
    out_.channels = static_cast<Index>(channels);
  }

  void decode_into(std::size_t i, std::uint8_t* to) const {
    const files::MappedFile file(listing_.files[i]);
    Image image = decode(file.bytes());
    image = with_channels(image, static_cast<std::size_t>(out_.channels));
    if (options_.size) image = resized(image, options_.size->first, options_.size->second, options_.filter);
    const std::size_t pixels = image.height * image.width;
    shoal::require(pixels * image.channels == image_bytes_, "it changed while it was read");
    for (std::size_t c = 0; c < image.channels; ++c)
      for (std::size_t p = 0; p < pixels; ++p) to[c * pixels + p] = image.pixels[p * image.channels + c];
  }

  void leave_out_broken() {
    std::size_t to = 0;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      if (!seen_[i].failure.empty()) continue;
      if (to != i)
        std::copy_n(out_.pixels.begin() + static_cast<std::ptrdiff_t>(i * image_bytes_), image_bytes_,
                    out_.pixels.begin() + static_cast<std::ptrdiff_t>(to * image_bytes_));
      if (!listing_.labels.empty()) out_.labels.push_back(listing_.labels[i]);
      ++to;
    }
    if (to == 0)
      throw shoal::InputError(
          text("none of {} images can be decoded; '{}': {}", seen_.size(), name(0), seen_[0].failure));
    out_.count = static_cast<Index>(to);
    out_.pixels.resize(to * image_bytes_);
  }

  void describe() {
    std::size_t broken = 0, alpha = 0, deep = 0, greyed = 0;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      const Seen& seen = seen_[i];
      if (!seen.failure.empty()) {
        ++broken;
        if (broken <= 10) out_.notes.push_back(text("'{}' was left out: {}", name(i), seen.failure));
        continue;
      }
      alpha += seen.header.has_alpha != 0 ? 1 : 0;
      deep += seen.header.is_deep != 0 ? 1 : 0;
      greyed += seen.header.channels == 3 && out_.channels == 1 ? 1 : 0;
    }
    if (broken > 0)
      out_.notes.push_back(text("{} of {} images cannot be decoded and were left out", broken, seen_.size()));
    if (alpha > 0) out_.notes.push_back(text("{} images have an alpha channel, which was left out", alpha));
    if (deep > 0) out_.notes.push_back(text("{} images have 16 bits a channel, which were scaled to 8", deep));
    if (greyed > 0) out_.notes.push_back(text("{} images are in colour and became grey", greyed));
    if (listing_.others > 0)
      out_.notes.push_back(
          text("{} files end in none of .png, .jpg, .jpeg, .pgm and .ppm and were left out", listing_.others));
  }

  const shoal::Context& context_;
  const Listing& listing_;
  const LoadOptions& options_;
  std::vector<Seen> seen_;  // of each file
  std::size_t image_bytes_ = 0;
  Loaded out_;
};

}  // namespace

Loaded load_images(const shoal::Context& context, const Listing& listing, const LoadOptions& options) {
  return Loader(context, listing, options).load();
}

}  // namespace images
