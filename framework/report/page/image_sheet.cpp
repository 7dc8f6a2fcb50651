#include "framework/report/page/image_sheet.h"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "shoal/matrix.h"

namespace shoal::host {
namespace {

std::string base64(const std::vector<std::uint8_t>& bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const std::uint32_t word = static_cast<std::uint32_t>(bytes[i]) << 16 |
                               (left > 1 ? static_cast<std::uint32_t>(bytes[i + 1]) << 8 : 0) |
                               (left > 2 ? static_cast<std::uint32_t>(bytes[i + 2]) : 0);
    out += kDigits[word >> 18];
    out += kDigits[word >> 12 & 63];
    out += left > 1 ? kDigits[word >> 6 & 63] : '=';
    out += left > 2 ? kDigits[word & 63] : '=';
  }
  return out;
}

}  // namespace

std::optional<ImageForm> image_form(const std::vector<Index>& example) {
  ImageForm out;
  if (example.size() == 2) out = {1, example[0], example[1]};
  else if (example.size() == 3) out = {example[0], example[1], example[2]};
  else return std::nullopt;
  const bool sides = std::min(out.height, out.width) >= 2 && std::max(out.height, out.width) <= 1024;
  return sides && (out.channels == 1 || out.channels == 3) ? std::optional(out) : std::nullopt;
}

ImageSheet::ImageSheet(std::size_t tiles, std::size_t columns, const ImageForm& form, std::size_t most_side)
    : tiles_(tiles),
      columns_(columns),
      side_(std::min<std::size_t>(most_side, static_cast<std::size_t>(std::max(form.height, form.width)))),
      form_(form),
      channels_(static_cast<std::size_t>(form.channels)) {
  pixels_.resize(width() * height() * channels_);
}

std::size_t ImageSheet::height() const { return (tiles_ + columns_ - 1) / columns_ * side_; }

void ImageSheet::put(std::size_t tile, const std::vector<float>& example, float low, float high) {
  const auto long_side = static_cast<std::size_t>(std::max(form_.height, form_.width));
  const auto h = static_cast<std::size_t>(form_.height), w = static_cast<std::size_t>(form_.width);
  const std::size_t rows = std::max<std::size_t>(h * side_ / long_side, 1),
                    cols = std::max<std::size_t>(w * side_ / long_side, 1);
  const std::size_t top = tile / columns_ * side_ + (side_ - rows) / 2,
                    left = tile % columns_ * side_ + (side_ - cols) / 2;
  const float scale = high > low ? 255.0F / (high - low) : 0.0F;
  for (std::size_t c = 0; c < channels_; ++c)
    for (std::size_t y = 0; y < rows; ++y)
      for (std::size_t x = 0; x < cols; ++x) {
        double sum = 0;
        std::size_t count = 0;
        for (std::size_t from_y = y * h / rows; from_y < std::max((y + 1) * h / rows, y * h / rows + 1); ++from_y)
          for (std::size_t from_x = x * w / cols; from_x < std::max((x + 1) * w / cols, x * w / cols + 1);
               ++from_x, ++count)
            sum += static_cast<double>(example[(c * h + from_y) * w + from_x]);
        const double value = (sum / static_cast<double>(count) - static_cast<double>(low)) * static_cast<double>(scale);
        pixels_[((top + y) * width() + left + x) * channels_ + c] =
            std::isfinite(value) ? static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0))) : 0;
      }
}

std::vector<std::uint8_t> ImageSheet::png() const {
  png_image image;
  std::memset(&image, 0, sizeof(image));
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width());
  image.height = static_cast<png_uint_32>(height());
  image.format = channels_ == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  png_alloc_size_t bytes = 0;
  if (png_image_write_to_memory(&image, nullptr, &bytes, 0, pixels_.data(), 0, nullptr) == 0)
    throw std::runtime_error(std::string("no PNG can be made: ") + image.message);
  std::vector<std::uint8_t> out(bytes);
  if (png_image_write_to_memory(&image, out.data(), &bytes, 0, pixels_.data(), 0, nullptr) == 0)
    throw std::runtime_error(std::string("no PNG can be made: ") + image.message);
  out.resize(bytes);
  return out;
}

std::string ImageSheet::data_uri() const { return "data:image/png;base64," + base64(png()); }

std::vector<float> row_of(const ConstArray& rows, Index row) {
  return visit_matrix(rows, [&](const auto& x) {
    std::vector<float> out(static_cast<std::size_t>(x.cols()));
    for (Index i = 0; i < x.cols(); ++i) out[static_cast<std::size_t>(i)] = static_cast<float>(x(row, i));
    return out;
  });
}

}  // namespace shoal::host
