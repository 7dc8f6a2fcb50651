// event_file.h: the bytes of TensorBoard's event files.
#ifndef SHOAL_PLUGINS_REPORTERS_TENSORBOARD_EVENT_FILE_H_
#define SHOAL_PLUGINS_REPORTERS_TENSORBOARD_EVENT_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace [[gnu::visibility("hidden")]] tensorboard {

/// CRC-32C (Castagnoli), reflected, polynomial 0x1EDC6F41. Source: RFC 3720, appendix B.4.
std::uint32_t crc32c(std::string_view bytes);

/// A record of TFRecord: length (8 bytes, little-endian), its masked CRC-32C, the bytes, their masked CRC-32C.
/// Source: tensorflow.org/tutorials/load_data/tfrecord
std::string record(std::string_view bytes);

/// The first message of a file, tensorflow.Event with `file_version`.
std::string version_event(double time);

/// tensorflow.Event with a Summary of one value: `tag` at `step`, as the float32 that the format has.
/// Source: tensorflow/core/util/event.proto and framework/summary.proto; fields 1, 2, 5 and 1, 2.
std::string scalar_event(double time, std::int64_t step, std::string_view tag, double value);

}  // namespace tensorboard

#endif  // SHOAL_PLUGINS_REPORTERS_TENSORBOARD_EVENT_FILE_H_
