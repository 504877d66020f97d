#include "scan_program.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "error.h"

namespace weir {
namespace {

void CheckLimit(size_t count, size_t limit, const char* what) {
  if (count > limit) {
    throw EngineError(error_code::kLimit,
                      std::to_string(count) + " " + what + ", limit " + std::to_string(limit));
  }
}

// The step that applies `transform` to the output of `parent`, added when the tree lacks it.
uint32_t ChildStep(ProgramClass& program_class, uint32_t parent, TransformId transform) {
  std::vector<ProgramStep>& steps = program_class.steps;
  for (uint32_t n = 1; n < steps.size(); ++n) {
    if (steps[n].parent == parent && steps[n].transform == transform) return n;
  }
  CheckLimit(steps.size() + 1, kStepsPerClassMax, "transformation steps in a class");
  steps.push_back({parent, transform, {}});
  return static_cast<uint32_t>(steps.size() - 1);
}

}  // namespace

ScanProgram::ScanProgram(const ProgramSource& source) {
  CheckLimit(source.chains.size(), kChainsMax, "chains");
  CheckLimit(source.classes.size(), kClassesMax, "classes");
  for (const auto& chain : source.chains) {
    CheckLimit(chain.size(), kChainLengthMax, "transformations in a chain");
    for (const TransformId id : chain) {
      if (id >= TransformNames().size()) {
        throw EngineError(error_code::kArgument, "unknown transformation " + std::to_string(id));
      }
    }
  }
  for (const auto& scans : source.classes) {
    ProgramClass& added = classes_.emplace_back();
    added.steps.emplace_back();
    added.step_of_chain.assign(source.chains.size(), kNoStep);
    for (const ProgramSource::Scan& scan : scans) {
      if (scan.chain >= source.chains.size()) {
        throw EngineError(error_code::kArgument, "unknown chain " + std::to_string(scan.chain));
      }
      uint32_t step = 0;
      for (const TransformId id : source.chains[scan.chain]) step = ChildStep(added, step, id);
      added.step_of_chain[scan.chain] = step;
      auto& sets = added.steps[step].sets;
      if (std::find(sets.begin(), sets.end(), scan.set) == sets.end()) sets.push_back(scan.set);
      pattern_id_end_ = std::max(pattern_id_end_, scan.set->pattern_id_end());
    }
    std::unordered_set<uint32_t> ids;
    for (const ProgramSource::Scan& scan : scans) {
      ids.insert(scan.set->pattern_ids().begin(), scan.set->pattern_ids().end());
    }
    added.pattern_count = static_cast<uint32_t>(ids.size());
  }
}

}  // namespace weir
