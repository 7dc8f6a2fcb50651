// .npz files: the archive, and the headers of the arrays within.
#include <vector>

#include "npy_header.h"
#include "tests/fuzz/fuzz.h"
#include "zip_archive.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shoal;
  std::vector<npz::ZipMember> members;
  if (!fuzz::accepted([&] { members = npz::read_zip(fuzz::view(data, size), "f.npz"); })) return 0;
  for (const npz::ZipMember& member : members) {
    fuzz::accepted([&] {
      const std::string start = npz::unpack_start(member, 256, "f.npz");
      fuzz::require_that(start.size() <= 256 && start.size() <= member.bytes);
      files::read_npy_header(start, member.bytes, "f.npz");
    });
    fuzz::accepted([&] {
      if (!member.deflated) return npz::require_intact(member, "f.npz");
      std::vector<char> to(member.bytes);  // at most some thousand times its bytes in the file, which read_zip says
      npz::unpack(member, to.data(), "f.npz");
    });
  }
  return 0;
}
