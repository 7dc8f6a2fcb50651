#include "table.h"

#include <atomic>
#include <new>
#include <stdexcept>

#include "python_calls.h"
#include "served.h"

namespace parquet {
namespace {

using shoal::Index;

// table.py, put in at build time.
constexpr const char* kScript =
#include "table.inc"
    ;

/// What can be told before Python is started: both ends of a Parquet file hold its mark.
void require_marks(std::string_view bytes, const std::string& name) {
  constexpr std::string_view kMark = "PAR1", kEncrypted = "PARE";
  shoal::require(!bytes.ends_with(kEncrypted), "'{}' is an encrypted Parquet file, which is not read here", name);
  shoal::require(bytes.starts_with(kMark), "'{}' is no Parquet file: it does not begin with '{}'{}", name, kMark,
                 files::what_it_is(bytes));
  constexpr std::size_t kSmallest = 12;  // two marks and the length of what describes the table
  shoal::require(bytes.size() >= kSmallest && bytes.ends_with(kMark),
                 "'{}' ({} bytes) does not end with '{}', as Parquet files do; was it cut short?", name, bytes.size(),
                 kMark);
}

/// Reads the rows of `file`, a Table of table.py, in Scalars. Holds the GIL.
template <typename Scalar>
void read_rows(const py::object& file, const std::string& name, std::atomic<Index>& done, Table& table) {
  auto& values = table.values.emplace<std::vector<Scalar>>();
  const auto rows = file.attr("rows").cast<Index>();
  try {
    values.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(table.columns));
  } catch (const std::exception&) {  // too long, or more than there is
    throw shoal::InputError(
        shoal::text("'{}' has {} rows of {} numbers, for which there is no memory", name, rows, table.columns));
  }
  const py::cpp_function room([&](Index more) {
    const std::size_t before = values.size();
    values.resize(before + static_cast<std::size_t>(more * table.columns));
    const Index shape[] = {more, table.columns};
    return as_writable_numpy(shoal::MutableArray(values.data() + before, shape));
  });
  const py::cpp_function tell([&](Index seen) { done = seen; });
  const py::dict found = file.attr("read")(room, tell);
  table.rows = found["rows"].cast<Index>();
  values.resize(static_cast<std::size_t>(table.rows * table.columns));
  values.shrink_to_fit();
  const py::buffer_info labels = py::buffer(found["labels"]).request();
  const auto* first = static_cast<const std::int64_t*>(labels.ptr);
  table.labels.assign(first, first + labels.size);
  table.class_names = found["class_names"].cast<std::vector<std::string>>();
}

}  // namespace

Table read_table(shoal::Context& context, std::string_view bytes, const std::string& name,
                 const TableOptions& options) {
  require_marks(bytes, name);
  start_python(context);
  Table table;
  std::atomic<Index> done{0}, rows{0};
  const auto body = [&] {
    try {
      const auto data = py::memoryview::from_memory(bytes.data(), static_cast<py::ssize_t>(bytes.size()));
      const py::object file = python_script("shoal_parquet", kScript)
                                  .attr("Table")(data, name, options.columns, options.label, options.missing,
                                                 options.dtype, context.threads(), log_to(context));
      rows = file.attr("rows").cast<Index>();
      table.columns = static_cast<Index>(py::len(file.attr("columns")));
      const auto dtype = file.attr("dtype").cast<std::string>();
      if (dtype == "uint8") read_rows<std::uint8_t>(file, name, done, table);
      else if (dtype == "float32") read_rows<float>(file, name, done, table);
      else read_rows<double>(file, name, done, table);
    } catch (py::error_already_set& error) {
      rethrow_python(error, "pyarrow");
    }
  };
  const auto ask = [&] { context.progress(done, rows, "rows"); };
  ask();
  run_interruptibly(context, body, ask);
  ask();
  return table;
}

}  // namespace parquet
