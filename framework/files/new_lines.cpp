#include "framework/files/new_lines.h"

#include <algorithm>
#include <fstream>

namespace shoal::host {

NewLines read_new_lines(const std::filesystem::path& file, std::uintmax_t from, std::size_t most) {
  NewLines out{.next = from};
  std::ifstream in(file, std::ios::binary);
  if (!in || !in.seekg(static_cast<std::streamoff>(from))) return out;
  std::string piece(std::max<std::size_t>(most, 1), '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    out.text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    if (out.text.find('\n') != std::string::npos) break;  // a line longer than `most` is read on
  }
  out.text.resize(out.text.rfind('\n') + 1);  // npos + 1 is 0: no whole line yet
  out.next = from + out.text.size();
  return out;
}

}  // namespace shoal::host
