#ifndef SHOAL_FRAMEWORK_PLUGIN_SCAN_PROTOCOL_H_
#define SHOAL_FRAMEWORK_PLUGIN_SCAN_PROTOCOL_H_

/// What shoal-scan FILE… writes to descriptor 3, a line each, whose first character says what follows:
///
///   begin      it opens the next file
///   refused    why that file must not be opened
///   warning    what it did that it should not do
///   component  id, a tab, summary: of one that opens well
///   good       it opens well
///   end        all files are open, and the process now ends
///
/// and at last what LastWords (last_words.h) says where it dies.
namespace shoal::host::scan {

constexpr int kPipe = 3;
constexpr char kBegin = 'b', kRefused = 'r', kWarning = 'w', kComponent = 'c', kGood = 'g', kEnd = 'e';

constexpr unsigned long long kMemory = 64ULL << 30;  ///< bytes of address space: LibTorch alone takes some
constexpr unsigned long long kOutput = 1ULL << 20;   ///< bytes that may be printed

}  // namespace shoal::host::scan

#endif  // SHOAL_FRAMEWORK_PLUGIN_SCAN_PROTOCOL_H_
