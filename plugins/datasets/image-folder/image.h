// image.h: a PNG, JPEG, PGM or PPM file as bytes, and another size of it.
#ifndef SHOAL_DATASETS_IMAGE_H_
#define SHOAL_DATASETS_IMAGE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "decode.h"

namespace [[gnu::visibility("hidden")]] images {

/// Bytes, row after row, the channels of a pixel together.
struct Image {
  std::size_t width = 0, height = 0, channels = 0;  ///< 1 grey, 3 red, green, blue
  std::vector<std::uint8_t> pixels;                 ///< (height, width, channels)
};

/// How many pixels an image may have: 2²⁸, a square of 16384.
constexpr std::size_t kMostPixels = std::size_t{1} << 28;

/// What the file's header says; PNG, JPEG, PGM and PPM are told by their first bytes.
/// Throws InputError with the reason alone: none of them, damaged, too short for the size that it says, or of more
/// than kMostPixels.
image_header look(std::string_view file);

/// Decodes it. Palettes become colour, fewer or more bits become 8, an alpha channel is left out.
/// Throws InputError as look; and where it is damaged or cut short.
Image decode(std::string_view file);

/// Grey to colour by repeating it; colour to grey as ITU-R BT.601 weighs it (0.299, 0.587, 0.114), rounded: Pillow's
/// convert("L") to the byte.
Image with_channels(const Image& image, std::size_t channels);

enum class Filter { kArea, kBilinear };

/// The image at another size. Area: each pixel is the mean of what it covers. Bilinear: a triangle over twice as much,
/// at least over two pixels. Sides are filtered one after the other, as Pillow's resize does with BOX and BILINEAR, but
/// rounded once.
Image resized(const Image& image, std::size_t height, std::size_t width, Filter filter);

}  // namespace images

#endif  // SHOAL_DATASETS_IMAGE_H_
