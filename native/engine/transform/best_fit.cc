// Maps code points to ASCII by binary search over runs.

#include "best_fit.h"

#include <algorithm>
#include <iterator>

#include "best_fit_table.h"

namespace weir {

uint8_t BestFit(uint16_t code) {
  if (code < 0x80) return static_cast<uint8_t>(code);
  const auto* after = std::upper_bound(std::begin(kBestFitRuns), std::end(kBestFitRuns), code,
                                       [](uint16_t wanted, const BestFitRun& run) { return wanted < run.first; });
  if (after != std::begin(kBestFitRuns)) {
    const BestFitRun& run = after[-1];
    const unsigned offset = code - unsigned{run.first};
    if (offset < run.count) return static_cast<uint8_t>(run.ascii + offset * run.step);
  }
  return static_cast<uint8_t>(code);
}

}  // namespace weir
