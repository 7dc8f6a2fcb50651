#include "framework/config/interpolate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <utility>

#include "framework/config/reference.h"

namespace shoal::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxValues = 100'000;  // as aliases may make
constexpr std::size_t kMaxText = std::size_t{4} << 20;
constexpr std::size_t kMaxChain = 64;

bool holds_reference(const Value& value) { return value.is_scalar() && value.text.find("${") != std::string::npos; }

std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at).starts_with("${")) out += '$';
    out += text[at];
  }
  return out;
}

std::string folder_of(const Place& place) {
  const bool in_file = place.source && place.source->kind() == Source::Kind::file;
  return fs::absolute(in_file ? fs::path(place.source->name()).parent_path() / "." : fs::path("."))
      .lexically_normal()
      .parent_path()
      .string();
}

// Notes in every value of a copy that the reference at `site` brought it.
void mark(Value& value, const std::shared_ptr<const Place>& site) {
  const auto longer = [&](const Place& place) {
    if (place.via == nullptr) return site;
    std::vector<Place> chain;
    for (const Place* via = place.via.get(); via != nullptr; via = via->via.get()) chain.push_back(*via);
    std::shared_ptr<const Place> end = site;
    for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
      at->via = end;
      end = std::make_shared<const Place>(*at);
    }
    return end;
  };
  value.place.via = longer(value.place);
  for (Value& item : value.items) mark(item, site);
  for (Entry& entry : value.entries) {
    entry.key_place.via = longer(entry.key_place);
    mark(entry.value, site);
  }
}

bool is_prefix(const Path& a, const Path& b) {
  return a.segments.size() <= b.segments.size() && std::equal(a.segments.begin(), a.segments.end(), b.segments.begin());
}

enum class State { done, pending, failed };  // the worse the greater

class Interpolator {
 public:
  Interpolator(const Value& document, const References& references, Diagnostics& diagnostics)
      : document_(document), references_(references), diagnostics_(diagnostics) {}

  State resolve(Value& value) {
    if (value.is_scalar()) {
      const State state = holds_reference(value) ? resolve_scalar(value) : State::done;
      if (state == State::failed) failed_.push_back(value.place);
      return state;
    }
    State worst = State::done;
    for (Value& item : value.items) worst = std::max(worst, resolve(item));
    for (Entry& entry : value.entries) worst = std::max(worst, resolve(entry.value));
    return worst;
  }

  std::vector<Place> take_failed() { return std::move(failed_); }

 private:
  struct Found {
    State state = State::failed;
    Value value;
  };

  State resolve_scalar(Value& scalar) {
    const std::optional<std::vector<Piece>> pieces = cut_at_references(scalar, diagnostics_);
    if (!pieces) return State::failed;
    if (pieces->size() == 1 && (*pieces)[0].kind != Piece::Kind::text) return carry((*pieces)[0], scalar);
    std::string whole;
    std::string kept;  // as it must be written where something is pending: only what hangs on the document stays
    State worst = State::done;
    for (const Piece& piece : *pieces) {
      const Found found = value_of(piece, scalar.place);
      const bool is_path = piece.kind == Piece::Kind::path;
      worst = std::max(worst, found.state);
      whole += found.value.text;
      kept += is_path || piece.kind == Piece::Kind::text ? piece.written : escaped(found.value.text);
      if (found.state != State::done || found.value.is_scalar()) continue;
      diagnostics_.error(
          "C208", piece.place,
          fmt::format("{} is {}, which cannot stand inside text", piece.written, found.value.kind_name()),
          {{"it is set", found.value.place}, {"alone, a reference may carry it", std::nullopt}});
      worst = State::failed;
    }
    if (worst == State::failed || !spend(1, whole.size(), scalar.place)) return State::failed;
    // A later reading would take a `${` that is left for a reference: then all of it waits for the last.
    const bool waits = !references_.pending.empty() && whole.find("${") != std::string::npos;
    if (waits) worst = State::pending;
    scalar.text = worst == State::pending ? kept : whole;
    scalar.quoted = true;
    return worst;
  }

  // A reference that is all of a scalar: what it names stands there instead.
  State carry(const Piece& piece, Value& scalar) {
    Found found = value_of(piece, scalar.place);
    if (found.state != State::done) return found.state;
    if (!references_.pending.empty() && has_references(found.value)) {  // see above
      if (piece.kind == Piece::Kind::path) return State::pending;
      scalar.text = escaped(found.value.text);
      return State::pending;
    }
    if (!spend(count_values(found.value), found.value.text.size(), piece.place)) return State::failed;
    if (piece.kind == Piece::Kind::path) mark(found.value, std::make_shared<const Place>(piece.place));
    scalar = std::move(found.value);
    return State::done;
  }

  Found value_of(const Piece& piece, const Place& scalar) {
    switch (piece.kind) {
      case Piece::Kind::text: return {State::done, Value::make_text(piece.text, scalar)};
      case Piece::Kind::here: return {State::done, Value::make_text(folder_of(scalar), piece.place)};
      case Piece::Kind::data: return {State::done, Value::make_text(references_.data_folder, piece.place)};
      case Piece::Kind::environment: return variable(piece);
      case Piece::Kind::path: break;
    }
    return look_up(expand_short(piece.path), piece.path);
  }

  Found variable(const Piece& piece) {
    const char* set = std::getenv(piece.text.c_str());
    const bool is_set = set != nullptr && *set != '\0';
    if (piece.fallback) return {State::done, Value::make_plain(is_set ? set : *piece.fallback, piece.place)};
    if (set != nullptr) return {State::done, Value::make_plain(set, piece.place)};
    diagnostics_.error("C207", piece.place, fmt::format("the environment variable {} is not set", piece.text),
                       {{fmt::format("${{env:{}:-text}} says what holds then", piece.text), std::nullopt}});
    return {};
  }

  // The value at `full`, with its own references followed; kept, since many may name it.
  Found look_up(const Path& full, const Path& written) {
    const std::string name = to_string(full);
    if (const auto known = known_.find(name); known != known_.end()) return known->second;
    if (!may_open(name, written)) return {};
    if (is_pending(full)) return {State::pending, {}};
    open_.push_back(name);
    Found found = walk(full, written);
    if (found.state == State::done) found.state = resolve(found.value);
    open_.pop_back();
    return known_.emplace(name, std::move(found)).first->second;
  }

  bool may_open(const std::string& name, const Path& written) {
    if (open_.size() >= kMaxChain) {
      diagnostics_.error("C205", written.place, fmt::format("a chain of more than {} references", kMaxChain));
      return false;
    }
    const auto first = std::find(open_.begin(), open_.end(), name);
    if (first == open_.end()) return true;
    std::string chain;
    for (auto at = first; at != open_.end(); ++at) chain += *at + " → ";
    diagnostics_.error("C205", written.place, fmt::format("references lead back: {}{}", chain, name));
    return false;
  }

  bool is_pending(const Path& path) const {
    return std::any_of(references_.pending.begin(), references_.pending.end(),
                       [&](const Path& pending) { return is_prefix(pending, path) || is_prefix(path, pending); });
  }

  // Step by step, through scalars that carry a map.
  Found walk(const Path& full, const Path& written) {
    Found here{State::done, {}};
    const Value* at = &document_;
    for (std::size_t i = 0; i < full.segments.size(); ++i) {
      if (i > 0 && holds_reference(*at)) {
        Path before = written;
        before.segments.assign(full.segments.begin(), full.segments.begin() + static_cast<std::ptrdiff_t>(i));
        here = look_up(before, before);
        if (here.state != State::done) return here;
        at = &here.value;
      }
      Path step;
      step.segments = {full.segments[i]};
      const Value* next = find(*at, step);
      if (next == nullptr) {
        say_missing(*at, full, i, written);
        return {};
      }
      at = next;
    }
    return {State::done, Value(*at)};
  }

  void say_missing(const Value& at, const Path& full, std::size_t step, const Path& written) {
    std::vector<Note> notes;
    if (at.is_list() && full.segments[step].index) {
      notes.push_back({fmt::format("the list has {} items", at.items.size()), at.place});
    } else if (full.segments.size() > 3 && full.segments[0].key == "nodes" && full.segments[2].key == "with") {
      notes.push_back({"no file sets it; what a component takes by default is no value of a file", std::nullopt});
    }
    diagnostics_.error("C204", written.place,
                       fmt::format("${{{}}} has no value{}", to_string(written), nearest(at, full, step, written)),
                       std::move(notes));
  }

  // "; did you mean ${vars.width}?": the path as written, with the nearest name where it goes wrong.
  std::string nearest(const Value& at, const Path& full, std::size_t step, const Path& written) const {
    const std::size_t added = full.segments.size() - written.segments.size();  // by expand_short: nodes, with
    if (full.segments[step].index || (added == 2 && step == 2)) return "";
    std::vector<std::string> names = at.is_map() ? at.keys() : std::vector<std::string>{};
    if (added > 0 && step < 2) {
      for (const Entry& entry : document_.entries) names.push_back(entry.key);
      names.insert(names.end(), {"here", "data"});
    }
    const std::optional<std::string> near = nearest_name(full.segments[step].key, names);
    if (!near) return "";
    Path meant = written;
    meant.segments[added == 0 ? step : step < 2 ? 0 : step - added].key = *near;
    return fmt::format("; did you mean ${{{}}}?", to_string(meant));
  }

  bool spend(std::size_t values, std::size_t text, const Place& place) {
    values_ += values;
    text_ += text;
    if (values_ <= kMaxValues && text_ <= kMaxText) return true;
    diagnostics_.error(
        "Y109", place,
        fmt::format("references expand to over {} values or {} MiB of text", kMaxValues, kMaxText >> 20));
    return false;
  }

  const Value& document_;
  const References& references_;
  Diagnostics& diagnostics_;
  std::map<std::string, Found> known_;
  std::vector<std::string> open_;  // the paths being followed, each named by the one before
  std::vector<Place> failed_;
  std::size_t values_ = 0;
  std::size_t text_ = 0;
};

}  // namespace

Interpolated interpolate(const Value& document, const References& references, Diagnostics& diagnostics) {
  Interpolated out{document, {}};
  Interpolator interpolator(document, references, diagnostics);
  interpolator.resolve(out.document);
  out.failed = interpolator.take_failed();
  return out;
}

bool has_references(const Value& value) {
  return holds_reference(value) || std::any_of(value.items.begin(), value.items.end(), has_references) ||
         std::any_of(value.entries.begin(), value.entries.end(),
                     [](const Entry& entry) { return has_references(entry.value); });
}

void escape_references(Value& value) {
  if (holds_reference(value)) value.text = escaped(value.text);
  for (Value& item : value.items) escape_references(item);
  for (Entry& entry : value.entries) escape_references(entry.value);
}

}  // namespace shoal::config
