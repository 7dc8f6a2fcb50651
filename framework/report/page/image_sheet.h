#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_IMAGE_SHEET_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_IMAGE_SHEET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shoal/array.h"

namespace shoal::host {

/// How the numbers of an example are an image: (H, W), (1, H, W) or (3, H, W), sides from 2 to 1024.
struct ImageForm {
  Index channels = 1, height = 0, width = 0;
};
std::optional<ImageForm> image_form(const std::vector<Index>& example);

/// Square tiles side by side in one picture, grey or coloured, which is a PNG in the page once.
class ImageSheet {
 public:
  /// `side` pixels a tile; images are scaled down to it by means over their pixels, and never up.
  ImageSheet(std::size_t tiles, std::size_t columns, const ImageForm& form, std::size_t most_side = 32);

  /// Draws tile `tile` from the numbers of one example, `low` black and `high` white.
  void put(std::size_t tile, const std::vector<float>& example, float low, float high);

  std::size_t side() const { return side_; }
  std::size_t columns() const { return columns_; }
  std::size_t width() const { return columns_ * side_; }
  std::size_t height() const;
  std::vector<std::uint8_t> png() const;
  std::string data_uri() const;  ///< "data:image/png;base64,…"

 private:
  std::size_t tiles_, columns_, side_;
  ImageForm form_;
  std::size_t channels_;              // 1 or 3
  std::vector<std::uint8_t> pixels_;  // rows of the whole picture
};

/// The numbers of one row of features or examples.
std::vector<float> row_of(const ConstArray& rows, Index row);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_IMAGE_SHEET_H_
