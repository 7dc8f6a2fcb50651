// The component's end of work in a process of its own.
#include <ATen/Parallel.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <bit>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "framework/config/yaml.h"
#include "framework/run/cuda_rules.h"
#include "framework/run/isolated_work.h"
#include "framework/run/isolated_work_wire.h"
#include "framework/run/process_memory.h"
#include "framework/run/shared_memory.h"

namespace shoal::host {
namespace {

using nlohmann::json;

std::atomic<Services*> services_to_stop = nullptr;  // null before and after the work

extern "C" void stop(int) {
  if (Services* services = services_to_stop) services->cancelled = true;
  else std::_Exit(128 + SIGTERM);
}

/// Writes lines for the host; what a component says may be no text.
class Reply final : public Listener {
 public:
  explicit Reply(int file) : file_(file) {}
  void say(json message, const char* kind) {
    message["kind"] = kind;
    const std::string line = message.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    const std::lock_guard lock(mutex_);
    write_all(file_, line);
  }
  void progress(const std::string& unit, std::int64_t done, std::int64_t total) override {
    say({{"unit", unit}, {"done", done}, {"total", total}}, wire::kProgress);
  }
  void log(Level level, const std::string& line) override {
    say({{"level", static_cast<int>(level)}, {"line", line}}, wire::kLog);
  }
  void scalar(const std::string& name, double value, std::int64_t step) override {
    say({{"name", name}, {"value", value}, {"step", step}}, wire::kScalar);
  }

 private:
  std::mutex mutex_;
  int file_;
};

/// An array of the host's, where it lies.
struct Received {
  Mapping memory;
  std::vector<Index> shape;
  DType dtype;

  ConstArray view() const {
    switch (dtype) {
      case DType::kUInt8: return ConstArray(static_cast<const std::uint8_t*>(memory.data()), shape);
      case DType::kInt64: return ConstArray(static_cast<const std::int64_t*>(memory.data()), shape);
      case DType::kFloat32: return ConstArray(static_cast<const float*>(memory.data()), shape);
      case DType::kFloat64: break;
    }
    return ConstArray(static_cast<const double*>(memory.data()), shape);
  }
};

Received receive(const json& described) {
  auto shape = described.at("shape").get<std::vector<Index>>();
  const auto dtype = static_cast<DType>(described.at("dtype").get<int>());
  Index bytes = bytes_of(dtype);
  for (const Index size : shape) bytes *= size;
  return {Mapping(described.at("file"), static_cast<std::size_t>(bytes), Mapping::Access::read), std::move(shape),
          dtype};
}

json send(const ConstArray& array, int file) {
  const auto bytes = static_cast<std::size_t>(array.size() * bytes_of(array.dtype()));
  const Mapping memory(file, bytes, Mapping::Access::write);
  if (bytes > 0) std::memcpy(memory.data(), array.bytes(), bytes);
  return {{"dtype", static_cast<int>(array.dtype())},
          {"shape", std::vector<Index>(array.shape().begin(), array.shape().end())}};
}

ComponentEntry load(Registry& registry, const json& request) {
  registry.load_file(request.at("library").get<std::string>());
  const auto found = registry.find(request.at("component").get<std::string>());
  if (found.size() == 1) return found[0];
  throw Error(SHOAL_E_FAILED,
              registry.refusals().empty() ? "its library does not have it any more" : registry.refusals()[0].reason);
}

std::shared_ptr<const Parameters> read_parameters(const ComponentEntry& entry, const std::string& yaml) {
  config::Diagnostics diagnostics;
  const auto with = config::parse_yaml(config::Source::file("with", yaml), diagnostics);
  auto out = with ? check_parameters(*entry.component, &*with, {}, "", diagnostics) : nullptr;
  if (out == nullptr) throw Error(SHOAL_E_FAILED, "its parameters did not come over: " + config::render(diagnostics));
  return out;
}

void work(const json& request, Reply& reply) {
  Services services(request.at("threads"));
  services_to_stop = &services;
  const auto forget = std::unique_ptr<void, void (*)(void*)>(&services, [](void*) { services_to_stop = nullptr; });
  at::set_num_threads(services.pool.threads());
  set_cuda_rules();
  for (const auto& folder : request.at("data_folders")) services.data_folders.emplace_back(folder.get<std::string>());
  Registry registry(services);
  const ComponentEntry entry = load(registry, request);
  const auto parameters = read_parameters(entry, request.at("with"));

  std::vector<Received> received;
  PortArrays inputs;
  for (const auto& [port, described] : request.at("arrays").items()) {
    received.push_back(receive(described));
    inputs.emplace_back(port, received.back().view());
  }
  const std::uint64_t seed = request.at("seed");
  NodeContext context(services, seed, &reply);
  Live live(services, entry, *parameters, seed, &reply);
  const ArrayResult found = work_on_arrays(context.context(), live, entry, inputs);

  json arrays = json::object(), numbers = json::object();
  for (const auto& [output, array] : found.arrays) arrays[output] = send(array, request.at("outputs").at(output));
  for (const auto& [output, number] : found.numbers) numbers[output] = std::bit_cast<std::uint64_t>(number);
  reply.say(
      {{"arrays", arrays}, {"numbers", numbers}, {"seconds", found.seconds}, {"peak_rss_bytes", peak_rss_bytes()}},
      wire::kResult);
}

}  // namespace

int serve_isolated_work(int request_file) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGTERM, &stop);
  const json request = json::parse(read_all(request_file));
  if (getppid() != request.at("host").get<pid_t>()) return 1;  // it is gone already
  Reply reply(request.at("reply"));
  const auto fail = [&](int code, const std::string& what) {
    reply.say({{"code", code}, {"what", what}}, wire::kError);
  };
  try {
    work(request, reply);
  } catch (const Cancelled&) {
    fail(SHOAL_E_CANCELLED, "stopped by the user");
  } catch (const Error& error) {
    fail(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    fail(SHOAL_E_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    fail(SHOAL_E_FAILED, error.what());
  }
  return 0;
}

}  // namespace shoal::host
