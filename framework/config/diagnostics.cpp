#include "framework/config/diagnostics.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace shoal::config {
namespace {

// Places compare by what a reader sees: files by name and then the command line; nowhere comes first.
auto order_of(const Place& place) {
  const bool command_line = place.source && place.source->kind() == Source::Kind::command_line;
  return std::tuple(command_line, place.source ? std::string_view(place.source->name()) : std::string_view(),
                    place.line, place.column);
}

}  // namespace

Diagnostic& Diagnostics::add(Diagnostic diagnostic) { return found_.emplace_back(std::move(diagnostic)); }

Diagnostic& Diagnostics::error(std::string id, Place place, std::string message, std::vector<Note> notes) {
  return add({Severity::error, std::move(id), std::move(place), std::move(message), std::move(notes)});
}

Diagnostic& Diagnostics::warning(std::string id, Place place, std::string message, std::vector<Note> notes) {
  return add({Severity::warning, std::move(id), std::move(place), std::move(message), std::move(notes)});
}

Diagnostic& Diagnostics::note(std::string id, Place place, std::string message, std::vector<Note> notes) {
  return add({Severity::note, std::move(id), std::move(place), std::move(message), std::move(notes)});
}

bool Diagnostics::has_errors() const {
  return std::any_of(found_.begin(), found_.end(), [](const Diagnostic& d) { return d.severity == Severity::error; });
}

std::size_t Diagnostics::count(Severity severity) const {
  const std::vector<Diagnostic> all = sorted();
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const Diagnostic& d) { return d.severity == severity; }));
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<const Diagnostic*> order;
  std::set<std::tuple<std::string_view, std::string, std::string_view>> seen;
  for (const Diagnostic& d : found_) {
    if (seen.emplace(d.id, d.place.to_string(), d.message).second) order.push_back(&d);
  }
  std::stable_sort(order.begin(), order.end(), [](const Diagnostic* a, const Diagnostic* b) {
    return order_of(a->place) < order_of(b->place);
  });
  std::vector<Diagnostic> out;
  out.reserve(order.size());
  for (const Diagnostic* d : order) out.push_back(*d);
  return out;
}

}  // namespace shoal::config
