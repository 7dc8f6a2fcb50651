// pnm.h: PGM and PPM, the plainest of image files.
#ifndef SHOAL_DATASETS_IMAGE_PNM_H_
#define SHOAL_DATASETS_IMAGE_PNM_H_

#include <cstdint>
#include <string_view>

#include "decode.h"

namespace [[gnu::visibility("hidden")]] images {

/// Whether it begins as one: P1 to P6.
bool is_pnm(std::string_view file);

/// The header of a binary PGM (P5) or PPM (P6), as png_look reads that of a PNG.
/// Throws InputError with the reason alone: another form, damaged, too short for the size that it says.
/// Source: netpbm.sourceforge.net/doc/pgm.html and ppm.html. Of several images in one file the first counts.
image_header pnm_look(std::string_view file);

/// Decodes to `to`, height × width × channels bytes; numbers of another maximum than 255 are scaled to it, rounded.
/// Throws InputError as pnm_look, and where a number is above the maximum.
void pnm_decode(std::string_view file, std::uint8_t* to);

}  // namespace images

#endif  // SHOAL_DATASETS_IMAGE_PNM_H_
