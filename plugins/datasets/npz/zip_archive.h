// zip_archive.h: the members of a zip archive, as NumPy's savez and savez_compressed write them.
//
// At the end stands a record that says where the central directory is: an entry for each member, with its name, its
// size, its CRC-32 and the place of its own header, which its data follows. Sizes from 4 GiB on stand in zip64 fields.
// Source: PKWARE, APPNOTE.TXT 6.3.10 (2022), 4.3 and 4.5.
#ifndef SHOAL_DATASETS_ZIP_ARCHIVE_H_
#define SHOAL_DATASETS_ZIP_ARCHIVE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace [[gnu::visibility("hidden")]] npz {

struct ZipMember {
  std::string name = {};
  bool deflated = false;         ///< else it lies as it is
  std::string_view packed = {};  ///< its bytes in the archive
  std::uint64_t bytes = 0;       ///< of its contents
  std::uint32_t crc = 0;         ///< of its contents
};

/// Reads the directory of the archive whose bytes are `file`; `name` is for messages. No data is unpacked. Views are of
/// `file`. Throws InputError  no archive, or one that was cut short; a member beyond the file, encrypted, packed
/// otherwise than
///                    by deflate, or said to be larger than deflate could pack into its bytes
std::vector<ZipMember> read_zip(std::string_view file, const std::string& name);

/// The first bytes of the member's contents, `n` or all that there are.
/// Throws InputError where its data is damaged, as `unpack`.
std::string unpack_start(const ZipMember& member, std::size_t n, const std::string& name);

/// The contents, into `to`, which has room for member.bytes.
/// Throws InputError  the data is damaged (with the byte), shorter or longer than said, or has another CRC-32
void unpack(const ZipMember& member, char* to, const std::string& name);

/// Throws InputError unless the contents of a member that lies as it is have the CRC-32 that the directory says.
void require_intact(const ZipMember& member, const std::string& name);

}  // namespace npz

#endif  // SHOAL_DATASETS_ZIP_ARCHIVE_H_
