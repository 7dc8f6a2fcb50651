#include "pnm.h"

#include <cstddef>

#include "shoal/error.h"

namespace images {
namespace {

struct Header {
  image_header image{};
  std::size_t most = 0;     // the number that stands for white
  std::size_t data_at = 0;  // where the numbers begin
};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// The next whole number of the header; comments run from # to the end of the line.
std::size_t next_number(std::string_view file, std::size_t& at, const char* what) {
  while (at < file.size() && (is_space(file[at]) || file[at] == '#')) {
    if (file[at] == '#')
      while (at < file.size() && file[at] != '\n') ++at;
    else ++at;
  }
  std::size_t out = 0, digits = 0;
  for (; at < file.size() && file[at] >= '0' && file[at] <= '9'; ++at, ++digits) {
    shoal::require(digits < 9, "its {} has more than 9 digits", what);
    out = 10 * out + static_cast<std::size_t>(file[at] - '0');
  }
  shoal::require(digits > 0, "its header says no {}", what);
  return out;
}

Header read_header(std::string_view file) {
  shoal::require(file[1] == '5' || file[1] == '6',
                 "it is a P{} of Netpbm, of which binary P5 (grey) and P6 (colour) are read", file.substr(1, 1));
  Header out;
  std::size_t at = 2;
  out.image.width = next_number(file, at, "width");
  out.image.height = next_number(file, at, "height");
  out.most = next_number(file, at, "maximum");
  shoal::require(out.image.width > 0 && out.image.height > 0, "it is {} high and {} wide", out.image.height,
                 out.image.width);
  shoal::require(out.most > 0 && out.most < 65536, "its maximum is {}, but must be 1 to 65535", out.most);
  shoal::require(at < file.size() && is_space(file[at]), "behind its maximum there is no blank");
  out.data_at = at + 1;
  out.image.channels = file[1] == '5' ? 1 : 3;
  out.image.is_deep = out.most > 255 ? 1 : 0;
  const std::size_t bytes = (out.most > 255 ? 2 : 1) * static_cast<std::size_t>(out.image.channels);
  shoal::require(out.image.height <= (file.size() - out.data_at) / bytes / out.image.width,
                 "it is cut short: {} high and {} wide, but {} bytes are there", out.image.height, out.image.width,
                 file.size() - out.data_at);
  return out;
}

}  // namespace

bool is_pnm(std::string_view file) {
  return file.size() >= 3 && file[0] == 'P' && file[1] >= '1' && file[1] <= '6' &&
         (is_space(file[2]) || file[2] == '#');
}

image_header pnm_look(std::string_view file) { return read_header(file).image; }

void pnm_decode(std::string_view file, std::uint8_t* to) {
  const Header header = read_header(file);
  const std::size_t count = header.image.width * header.image.height * static_cast<std::size_t>(header.image.channels);
  const auto* from = reinterpret_cast<const unsigned char*>(file.data()) + header.data_at;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t value =
        header.image.is_deep != 0 ? (std::size_t{from[2 * i]} << 8) + from[2 * i + 1] : std::size_t{from[i]};
    shoal::require(value <= header.most, "it has a {}, but its maximum is {}", value, header.most);
    to[i] = static_cast<std::uint8_t>((value * 255 + header.most / 2) / header.most);
  }
}

}  // namespace images
