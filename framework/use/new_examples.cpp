#include "framework/use/new_examples.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include "framework/config/value.h"
#include "framework/run/work.h"
#include "framework/store/npy_file.h"
#include "shoal/dataset.h"
#include "shoal/error.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using config::Value;

enum class Format { image, npy, idx };

/// By its first bytes. Throws InputError where there is nothing to read.
Format format_of(const std::string& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  require(status.type() != fs::file_type::not_found, "there is no file {}", file);
  require(!fs::is_directory(status), "{} is a folder; name the files in it", file);
  std::ifstream in(file, std::ios::binary);
  require(in.good(), "{} cannot be read: {}", file, std::generic_category().message(errno));
  char first[6] = {};
  in.read(first, sizeof(first));
  const std::string_view bytes(first, static_cast<std::size_t>(in.gcount()));
  require(!bytes.empty(), "{} is empty", file);
  if (bytes == "\x93NUMPY") return Format::npy;
  if (bytes.starts_with("\x1f\x8b") || bytes.starts_with(std::string_view("\0\0", 2))) return Format::idx;
  return Format::image;
}

/// A dataset over files, and opened.
std::shared_ptr<const Made> make_dataset(const std::string& id, const Value& with, const Registry& registry,
                                         Services& services, Listener* listener) {
  const std::vector<ComponentEntry> found = registry.find(id);
  require(!found.empty(), "this needs {}, which is not among the plugins here", id);
  config::Diagnostics diagnostics;
  auto made = std::make_shared<Made>();
  made->entry = found[0];
  made->parameters = check_parameters(*found[0].component, &with, {}, "", diagnostics);
  if (made->parameters == nullptr) throw InputError(diagnostics.sorted().at(0).message);
  made->shared = made->make(services, listener);
  DatasetProxy(made->shared->object()).open(made->shared->context());
  return made;
}

Value map_of(const char* key, const Value& value) {
  Value out = Value::make_map();
  out.set(key, value);
  return out;
}

/// A file in the system's folder for such, removed with the object.
class TemporaryFile {
 public:
  TemporaryFile() : path_((fs::temp_directory_path() / "shoal-examples-XXXXXX").string()) {
    const int descriptor = ::mkstemp(path_.data());
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "cannot create " + path_);
    ::close(descriptor);
  }
  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string describe(const Shape& shape, DType dtype) { return text("{} {}", to_string(shape), name(dtype)); }

std::string in_short(double value) {
  char out[32];
  std::snprintf(out, sizeof(out), "%.4g", value);
  return out;
}

Shape without_ones(const Shape& shape) {
  Shape out = shape;
  std::erase(out, 1);
  return out;
}

Index numbers_in(const Shape& shape) {
  Index out = 1;
  for (const Index size : shape) out *= size;
  return out;
}

/// Whether an example of one shape is one of the other, written otherwise.
bool same_but_for_form(const Shape& a, const Shape& b) {
  if (without_ones(a) == without_ones(b)) return true;
  return numbers_in(a) == numbers_in(b) && (a.size() == 1 || b.size() == 1);
}

class Opener {
 public:
  Opener(const ExampleFiles& which, const Looks& learnt_from, const Registry& registry, Services& services,
         Listener* listener)
      : which_(which), wanted_(learnt_from), registry_(registry), services_(services), listener_(listener) {}

  NewExamples open() {
    require(!which_.files.empty(), "there are no files");
    std::vector<Format> formats;
    for (const std::string& file : which_.files) formats.push_back(format_of(file));
    for (std::size_t i = 0; i < formats.size(); ++i)
      require(formats[i] == Format::image || formats.size() == 1, "{} holds examples by itself; name it alone",
              which_.files[i]);
    if (formats[0] == Format::image) open_images();
    else open_data(formats[0]);
    bring_to_form();
    compare_looks();
    return std::move(out_);
  }

 private:
  std::shared_ptr<const Made> make(const std::string& id, const Value& with) const {
    return make_dataset(id, with, registry_, services_, listener_);
  }
  DatasetInfo info() const {
    return DatasetProxy(out_.dataset->shared->object()).open(out_.dataset->shared->context());
  }

  void open_data(Format format) {
    const std::string& file = which_.files[0];
    const Value path = Value::make_text(fs::absolute(file).string());
    out_.dataset =
        format == Format::npy ? make("dataset/npy", map_of("path", path)) : make("dataset/idx", map_of("images", path));
    const Index count = info().count;
    require(count > 0, "{} has no examples", file);
    for (Index i = 0; i < count; ++i) out_.names.push_back(std::to_string(i));
  }

  void open_images() {
    const Shape& shape = wanted_.shape;
    require(shape.size() == 3 && (shape[0] == 1 || shape[0] == 3),
            "{} is not data of NPY or IDX, and as an image it has no place: the run learnt from examples of shape {}, "
            "and an image is (1, H, W) or (3, H, W)",
            which_.files[0], to_string(shape));
    Value with = Value::make_map();
    with.set("channels", Value::make_integer(shape[0]));
    if (which_.resize)
      with.set("size", Value::make_list({Value::make_integer(shape[1]), Value::make_integer(shape[2])}));
    const auto made = [&] { return make("dataset/image-folder", with_files(with, which_.files)); };
    if (which_.resize) out_.dataset = made();
    else open_of_one_size(made, with);
    out_.names = which_.files;
    if (which_.resize)
      out_.notes.push_back(
          text("images of another size than {} × {} were scaled to it, a pixel the mean of what it covers", shape[1],
               shape[2]));
  }

  static Value with_files(Value with, const std::vector<std::string>& files) {
    std::vector<Value> list;
    for (const std::string& file : files) list.push_back(Value::make_text(fs::absolute(file).string()));
    with.set("path", Value::make_text(""));
    with.set("files", Value::make_list(std::move(list)));
    return with;
  }

  /// The files are looked at one by one only where they will not do together, to say which is wrong.
  template <typename Made>
  void open_of_one_size(const Made& made, const Value& with) {
    const auto name_the_odd_one = [&] {
      for (const std::string& file : which_.files) require_size(file, with);
    };
    bool fits = false;
    try {
      out_.dataset = made();
      fits = info().shape == wanted_.shape;
    } catch (const std::exception&) {
      name_the_odd_one();
      throw;
    }
    if (!fits) name_the_odd_one();
  }

  void require_size(const std::string& file, const Value& with) const {
    const auto image = make_dataset("dataset/image-folder", with_files(with, {file}), registry_, services_, nullptr);
    const Shape found = DatasetProxy(image->shared->object()).open(image->shared->context()).shape;
    require(found == wanted_.shape,
            "{} is {} high and {} wide, but the run learnt from images {} high and {} wide; --resize scales it", file,
            found[1], found[2], wanted_.shape[1], wanted_.shape[2]);
  }

  /// Another shape or dtype than the run's: written anew, and read from there.
  void bring_to_form() {
    const DatasetInfo found = info();
    require(same_but_for_form(found.shape, wanted_.shape), "{} holds examples {}, but the run learnt from {}",
            which_.files[0], describe(found.shape, found.dtype), describe(wanted_.shape, wanted_.dtype));
    if (found.shape == wanted_.shape && found.dtype == wanted_.dtype) return;
    require(wanted_.dtype != DType::kUInt8 || found.dtype == DType::kUInt8,
            "{} holds {}, but the run learnt from bytes 0 … 255; save it as uint8", which_.files[0], name(found.dtype));
    const bool unit =
        found.dtype == DType::kUInt8 && wanted_.dtype != found.dtype && wanted_.least >= 0 && wanted_.most <= 1;
    const Array examples = converted(unit ? 255 : 1);
    auto file = std::make_shared<TemporaryFile>();
    write_npy(file->path(), examples.view());
    out_.dataset = make("dataset/npy", map_of("path", Value::make_text(file->path())));
    out_.kept = std::move(file);
    if (found.shape != wanted_.shape)
      out_.notes.push_back(text("examples {} were taken as {}", to_string(found.shape), to_string(wanted_.shape)));
    if (found.dtype != wanted_.dtype)
      out_.notes.push_back(text("{} became {}{}", name(found.dtype), name(wanted_.dtype),
                                unit ? ", divided by 255, since what the run learnt from lies in 0 … 1" : ""));
  }

  Array converted(double divide_by) const {
    const HeldFeatures from = as_examples(*out_.dataset, services_, listener_);
    Shape shape = wanted_.shape;
    shape.insert(shape.begin(), from.view.rows());
    Array out = allocate_array(services_, wanted_.dtype, shape);
    const MutableArray all = out.mutable_view();
    const Index columns = from.view.cols();
    for (Index i = 0; i < from.view.rows(); ++i) {
      const ConstArray row = from.view.slice(i, i + 1);
      for (Index j = 0; j < columns; ++j) {
        const double x = number_at(row, j);
        const Index at = i * columns + j;
        if (wanted_.dtype == DType::kUInt8) all.data<std::uint8_t>()[at] = static_cast<std::uint8_t>(x);
        // As dataset/idx divides: the quotient of the two, rounded once to the dtype.
        else if (wanted_.dtype == DType::kFloat32) all.data<float>()[at] = static_cast<float>(x / divide_by);
        else all.data<double>()[at] = x / divide_by;
      }
    }
    return out;
  }

  /// A mean further from those of the run than nearly any of its own. Each example counts.
  void compare_looks() {
    constexpr double kFar = 5;
    if (!(wanted_.mean_sd > 0)) return;
    const HeldFeatures held = as_examples(*out_.dataset, services_, listener_);
    Index far = 0, would_fit_inverted = 0;
    double sum_of_far = 0;
    const double whole = wanted_.least + wanted_.most;
    for (Index i = 0; i < held.view.rows(); ++i) {
      const double mean = mean_of(held.view.slice(i, i + 1));
      if (std::abs(mean - wanted_.mean) <= kFar * wanted_.mean_sd) continue;
      ++far;
      sum_of_far += mean;
      would_fit_inverted += std::abs(whole - mean - wanted_.mean) <= kFar * wanted_.mean_sd ? 1 : 0;
    }
    if (far == 0 || far * 100 < held.view.rows()) return;  // one in a hundred is the tail of the run's own
    out_.warnings.push_back(text(
        "{} of {} examples look unlike what the run learnt from: their mean is {}, there it is {} ± {}{}", far,
        held.view.rows(), in_short(sum_of_far / static_cast<double>(far)), in_short(wanted_.mean),
        in_short(wanted_.mean_sd),
        2 * would_fit_inverted > far ? "; inverted, black for white, they would be alike. They were not changed" : ""));
  }

  static double mean_of(const ConstArray& row) {
    double sum = 0;
    for (Index j = 0; j < row.cols(); ++j) sum += number_at(row, j);
    return sum / static_cast<double>(row.cols());
  }

  const ExampleFiles& which_;
  const Looks& wanted_;
  const Registry& registry_;
  Services& services_;
  Listener* listener_;
  NewExamples out_;
};

}  // namespace

NewExamples open_examples(const ExampleFiles& which, const Looks& learnt_from, const Registry& registry,
                          Services& services, Listener* listener) {
  return Opener(which, learnt_from, registry, services, listener).open();
}

}  // namespace shoal::host
