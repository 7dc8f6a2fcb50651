#include "framework/plugin/elf_file.h"

#include <algorithm>
#include <cstring>

namespace shoal::host {
namespace {

constexpr std::uint64_t kLongestTable = 1 << 28;  // of names or symbols: more is damage

/// The name at `at` of a table of names that lies in memory.
std::string name_at(const std::string& table, std::uint64_t at) {
  if (at >= table.size()) return "";
  return table.substr(at, table.find('\0', at) - at);
}

}  // namespace

ElfFile::ElfFile(const std::filesystem::path& path) : file_(path, std::ios::binary) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (!error) size_ = size;
}

bool ElfFile::read(std::uint64_t offset, void* out, std::uint64_t count) {
  if (!holds(offset, count)) return false;
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(offset));
  return static_cast<bool>(file_.read(static_cast<char*>(out), static_cast<std::streamsize>(count)));
}

std::optional<std::vector<ElfFile::Section>> ElfFile::sections(const Elf64_Ehdr& header) {
  std::vector<Section> out;
  if (header.e_shoff == 0) return out;
  const auto table_at = [&](unsigned i) { return header.e_shoff + std::uint64_t{i} * sizeof(Elf64_Shdr); };
  Elf64_Shdr names;
  if (!read(table_at(header.e_shstrndx), names)) return std::nullopt;
  std::string text;
  if (holds(names.sh_offset, names.sh_size) && names.sh_size <= kLongestTable) {
    text.resize(names.sh_size);
    if (!read(names.sh_offset, text.data(), text.size())) text.clear();
  }
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr section;
    if (!read(table_at(i), section)) return std::nullopt;
    out.push_back(
        {name_at(text, section.sh_name), section.sh_type, section.sh_link, section.sh_offset, section.sh_size});
  }
  return out;
}

namespace {

/// The entries of the one section of a type, and the names that it links to; none where the file is no good.
template <typename Row>
struct Table {
  std::vector<Row> rows = {};
  std::string names = {};
};

template <typename Row>
Table<Row> table_of(const std::filesystem::path& file, std::uint32_t type) {
  ElfFile elf(file);
  Elf64_Ehdr header;
  if (!elf.read(0, header)) return {};
  const auto sections = elf.sections(header);
  if (!sections) return {};
  const auto table = std::find_if(sections->begin(), sections->end(), [&](const auto& s) { return s.type == type; });
  if (table == sections->end() || table->link >= sections->size()) return {};
  const ElfFile::Section& names = (*sections)[table->link];
  if (table->size > kLongestTable || names.size > kLongestTable) return {};
  Table<Row> out{std::vector<Row>(table->size / sizeof(Row)), std::string(names.size, '\0')};
  if (!elf.read(names.offset, out.names.data(), out.names.size()) ||
      !elf.read(table->offset, out.rows.data(), out.rows.size() * sizeof(Row)))
    return {};
  return out;
}

}  // namespace

std::vector<ExportedSymbol> exported_symbols(const std::filesystem::path& file) {
  std::vector<ExportedSymbol> out;
  const auto table = table_of<Elf64_Sym>(file, SHT_DYNSYM);
  for (const Elf64_Sym& symbol : table.rows) {
    const unsigned binding = ELF64_ST_BIND(symbol.st_info), visibility = ELF64_ST_VISIBILITY(symbol.st_other);
    if (symbol.st_shndx == SHN_UNDEF || binding == STB_LOCAL || visibility == STV_HIDDEN || symbol.st_shndx == SHN_ABS)
      continue;
    out.push_back({name_at(table.names, symbol.st_name), binding == STB_GNU_UNIQUE});
  }
  return out;
}

std::vector<std::string> needed_libraries(const std::filesystem::path& file) {
  std::vector<std::string> out;
  const auto table = table_of<Elf64_Dyn>(file, SHT_DYNAMIC);
  for (const Elf64_Dyn& entry : table.rows)
    if (entry.d_tag == DT_NEEDED) out.push_back(name_at(table.names, entry.d_un.d_val));
  return out;
}

}  // namespace shoal::host
