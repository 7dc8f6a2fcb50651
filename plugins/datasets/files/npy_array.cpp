#include "npy_array.h"

namespace files {
namespace {

using shoal::Index;

Stored stored_as(const NpyHeader& header, const std::string& name) {
  if (header.kind == 'f' && header.bytes == 4) return Stored::kFloat32;
  if (header.kind == 'f' && header.bytes == 8) return Stored::kFloat64;
  shoal::require(header.kind == 'u' && header.bytes == 1,
                 "{} holds numbers of type '{}'; examples are '<f4', '<f8' or '|u1', as of x.astype('<f4')", name,
                 header.descr);
  return Stored::kUInt8;
}

}  // namespace

Examples examples_of(const NpyHeader& header, const std::string& name) {
  const shoal::Shape& shape = header.shape;
  shoal::require(shape.size() >= 2,
                 "{} has shape {}; examples are (N, …): x.reshape(-1, 1) are N examples of one number", name,
                 shoal::to_string(shape));
  for (const Index size : shape)
    shoal::require(size >= 1, "{} has shape {}; every size of examples is at least 1", name, shoal::to_string(shape));
  Examples out{
      .count = shape[0], .shape = shoal::Shape(shape.begin() + 1, shape.end()), .stored = stored_as(header, name)};
  out.step = out.columns() * header.bytes;
  return out;
}

Labels labels_of(const NpyHeader& header, const std::string& name, Index examples, const std::string& examples_name,
                 std::size_t classes) {
  shoal::require(header.kind == 'i' || header.kind == 'u',
                 "{} holds numbers of type '{}'; labels are integers, as of y.astype('<i8')", name, header.descr);
  shoal::require(header.shape.size() == 1, "{} has shape {}; labels are (N), as of y.ravel()", name,
                 shoal::to_string(header.shape));
  shoal::require(header.shape[0] == examples, "{} has {} labels, but {} has {} examples", name, header.shape[0],
                 examples_name, examples);
  return {
      .is_signed = header.kind == 'i', .bytes = header.bytes, .step = header.bytes, .name = name, .classes = classes};
}

}  // namespace files
