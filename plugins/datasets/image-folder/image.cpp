#include "image.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "pnm.h"
#include "served.h"
#include "shoal/error.h"

namespace images {
namespace {

bool is_png(std::string_view file) { return file.starts_with("\x89PNG\r\n\x1a\n"); }
bool is_jpeg(std::string_view file) { return file.starts_with("\xff\xd8\xff"); }
const unsigned char* bytes_of(std::string_view file) { return reinterpret_cast<const unsigned char*>(file.data()); }

/// How much of which pixels goes into one pixel of the result.
struct Taps {
  std::size_t first = 0;
  std::vector<double> weights;  // sum 1
};

std::vector<Taps> taps_of(std::size_t from, std::size_t to, Filter filter) {
  const double scale = static_cast<double>(from) / static_cast<double>(to), spread = std::max(scale, 1.0);
  const double support = spread * (filter == Filter::kArea ? 0.5 : 1.0);
  std::vector<Taps> out(to);
  for (std::size_t i = 0; i < to; ++i) {
    const double center = (static_cast<double>(i) + 0.5) * scale;
    const auto first = static_cast<std::size_t>(std::max(0.0, center - support + 0.5));
    const auto last = std::min(from, static_cast<std::size_t>(center + support + 0.5));
    double sum = 0;
    out[i].first = first;
    for (std::size_t j = first; j < last; ++j) {
      const double x = (static_cast<double>(j) - center + 0.5) / spread;
      const double weight = filter == Filter::kBilinear ? std::max(0.0, 1 - std::abs(x))
                            : x > -0.5 && x <= 0.5      ? 1.0
                                                        : 0.0;
      out[i].weights.push_back(weight);
      sum += weight;
    }
    for (double& weight : out[i].weights) weight /= sum;
  }
  return out;
}

/// Filters lines of `n` pixels of `step` numbers each into lines of taps.size() pixels.
std::vector<float> filter_lines(const std::vector<float>& in, std::size_t lines, std::size_t n, std::size_t step,
                                const std::vector<Taps>& taps) {
  std::vector<float> out(lines * taps.size() * step);
  for (std::size_t line = 0; line < lines; ++line) {
    for (std::size_t i = 0; i < taps.size(); ++i) {
      float* to = out.data() + (line * taps.size() + i) * step;
      for (std::size_t j = 0; j < taps[i].weights.size(); ++j) {
        const auto weight = static_cast<float>(taps[i].weights[j]);
        const float* from = in.data() + (line * n + taps[i].first + j) * step;
        for (std::size_t c = 0; c < step; ++c) to[c] += weight * from[c];
      }
    }
  }
  return out;
}

}  // namespace

image_header look(std::string_view file) {
  image_header out{};
  std::array<char, IMAGE_MESSAGE_BYTES> message{};
  shoal::require(is_png(file) || is_jpeg(file) || is_pnm(file), "it is neither PNG, JPEG nor PGM{}",
                 files::what_it_is(file));
  const auto look = is_png(file) ? png_look : jpeg_look;
  if (is_pnm(file)) out = pnm_look(file);
  else shoal::require(look(bytes_of(file), file.size(), &out, message.data()) == 0, "{}", message.data());
  // Of zeros, a few megabytes unpack to gigabytes, on every thread.
  shoal::require(out.height <= kMostPixels / out.width, "it is {} high and {} wide, {} pixels, of which it may have {}",
                 out.height, out.width, out.height * out.width, kMostPixels);
  return out;
}

Image decode(std::string_view file) {
  const image_header header = look(file);
  Image out{.width = header.width,
            .height = header.height,
            .channels = static_cast<std::size_t>(header.channels),
            .pixels = {}};
  out.pixels.resize(out.width * out.height * out.channels);
  if (is_pnm(file)) {
    pnm_decode(file, out.pixels.data());
    return out;
  }
  std::array<char, IMAGE_MESSAGE_BYTES> message{};
  const auto decode = is_png(file) ? png_decode : jpeg_decode;
  shoal::require(decode(bytes_of(file), file.size(), out.pixels.data(), message.data()) == 0, "{}", message.data());
  return out;
}

Image with_channels(const Image& image, std::size_t channels) {
  if (image.channels == channels) return image;
  const std::size_t n = image.width * image.height;
  Image out{.width = image.width,
            .height = image.height,
            .channels = channels,
            .pixels = std::vector<std::uint8_t>(n * channels)};
  for (std::size_t i = 0; i < n; ++i) {
    if (channels == 3) {
      std::fill_n(out.pixels.data() + 3 * i, 3, image.pixels[i]);
    } else {
      const std::uint8_t* p = image.pixels.data() + 3 * i;
      // The weights in units of 2^-16: they add up to one.
      out.pixels[i] = static_cast<std::uint8_t>((19595u * p[0] + 38470u * p[1] + 7471u * p[2] + 0x8000u) >> 16);
    }
  }
  return out;
}

Image resized(const Image& image, std::size_t height, std::size_t width, Filter filter) {
  if (image.height == height && image.width == width) return image;
  std::vector<float> numbers(image.pixels.begin(), image.pixels.end());
  numbers = filter_lines(numbers, image.height, image.width, image.channels, taps_of(image.width, width, filter));
  // One line of `height` pixels, each of which is a row.
  numbers = filter_lines(numbers, 1, image.height, width * image.channels, taps_of(image.height, height, filter));
  Image out{.width = width,
            .height = height,
            .channels = image.channels,
            .pixels = std::vector<std::uint8_t>(numbers.size())};
  for (std::size_t i = 0; i < numbers.size(); ++i)
    out.pixels[i] = static_cast<std::uint8_t>(std::clamp(numbers[i] + 0.5f, 0.0f, 255.0f));
  return out;
}

}  // namespace images
