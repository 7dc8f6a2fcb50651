// .npy files as examples and as labels: what is taken can be read to its last byte.
#include <numeric>
#include <vector>

#include "npy_array.h"
#include "npy_header.h"
#include "served.h"
#include "shoal/testing.h"
#include "tests/fuzz/fuzz.h"

namespace {

/// Copies the first and the last.
void read_ends(const files::Examples& examples) {
  shoal::testing::Host host;
  shoal::Shape shape = examples.shape;
  shape.insert(shape.begin(), 2);
  const std::vector<shoal::Index> ends = {0, examples.count - 1};
  shoal::Array to = host.context().allocate(files::served_dtype(examples.stored), shape);
  files::copy_examples(host.context(), examples, ends, to.mutable_view());
  files::view_of(examples);
}

void read_all(const files::Labels& labels, shoal::Index count) {
  std::vector<shoal::Index> which(static_cast<std::size_t>(count));
  std::iota(which.begin(), which.end(), shoal::Index{0});
  std::vector<std::int64_t> to(which.size());
  files::copy_labels(labels, which, shoal::MutableArray(to));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shoal;
  const std::string_view bytes = fuzz::view(data, size);
  files::NpyHeader header;
  if (!fuzz::accepted([&] { header = files::read_npy_header(bytes, "f.npy"); })) return 0;
  fuzz::accepted([&] {
    files::Examples examples = files::examples_of(header, "'f.npy'");
    examples.first = bytes.data() + header.data_at;
    read_ends(examples);
  });
  const Index count = header.shape.empty() ? 0 : header.shape[0];
  fuzz::accepted([&] {
    files::Labels labels = files::labels_of(header, "'f.npy'", count, "x.npy", 0);
    labels.first = bytes.data() + header.data_at;
    read_all(labels, count);
  });
  return 0;
}
