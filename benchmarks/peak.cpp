// shoal_peak [threads…]: one JSON line of what machine.h measures, for 1 and 2 threads unless others are named.
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "machine.h"

int main(int argc, char** argv) {
  nlohmann::ordered_json peaks = nlohmann::ordered_json::array();
  const auto add = [&](int threads) {
    const shoal::benchmarks::Peak peak = shoal::benchmarks::measure_peak(threads);
    peaks.push_back({{"threads", threads}, {"flop_per_s", peak.flop_per_s}, {"byte_per_s", peak.byte_per_s}});
  };
  for (int i = 1; i < argc; ++i) {
    const int threads = std::atoi(argv[i]);
    if (threads < 1 || threads > 1024) {
      std::cerr << "shoal_peak: a number of threads must be 1 to 1024, but is '" << argv[i] << "'\n";
      return 1;
    }
    add(threads);
  }
  if (argc == 1) add(1), add(2);
  std::cout << nlohmann::ordered_json{{"instruction_set", shoal::benchmarks::instruction_set()},
                                      {"streamed_bytes", shoal::benchmarks::streamed_bytes()},
                                      {"peaks", peaks}}
                   .dump()
            << "\n";
}
