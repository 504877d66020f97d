#include "scan_program.h"

#include <algorithm>
#include <atomic>
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

void CheckChains(const std::vector<std::vector<TransformId>>& chains) {
  CheckLimit(chains.size(), kChainsMax, "chains");
  for (const auto& chain : chains) {
    CheckLimit(chain.size(), kChainLengthMax, "transformations in a chain");
    for (const TransformId id : chain) {
      if (id >= TransformNames().size()) {
        throw EngineError(error_code::kArgument, "unknown transformation " + std::to_string(id));
      }
    }
  }
}

// The step that applies `transform` to the output of `parent`; added to the tree if it is not there.
uint32_t ChildStep(ProgramClass& program_class, uint32_t parent, TransformId transform) {
  std::vector<ProgramStep>& steps = program_class.steps;
  for (uint32_t n = 1; n < steps.size(); ++n) {
    if (steps[n].parent == parent && steps[n].transform == transform) return n;
  }
  CheckLimit(steps.size() + 1, kStepsPerClassMax, "transformation steps in a class");
  steps.push_back({parent, transform, KeepsText(transform), {}, {}, {}});
  return static_cast<uint32_t>(steps.size() - 1);
}

void AddSteps(ProgramClass& added, const ProgramSource& source, const ProgramSource::Class& wanted) {
  added.steps.emplace_back();
  added.step_of_chain.assign(source.chains.size(), kNoStep);
  for (const ProgramSource::Scan& scan : wanted.scans) {
    if (scan.chain >= source.chains.size()) {
      throw EngineError(error_code::kArgument, "unknown chain " + std::to_string(scan.chain));
    }
    uint32_t step = 0;
    for (const TransformId id : source.chains[scan.chain]) step = ChildStep(added, step, id);
    added.step_of_chain[scan.chain] = step;
    auto& sets = added.steps[step].sets;
    if (std::find(sets.begin(), sets.end(), scan.set) == sets.end()) sets.push_back(scan.set);
    added.can_stream = added.can_stream && scan.set->CanStream();
  }
}

void AddMembers(ProgramClass& added, const ProgramSource::Class& wanted, uint32_t pattern_id_end) {
  std::vector<bool> is_member(pattern_id_end, !wanted.members);
  if (wanted.members) {
    for (const uint32_t id : *wanted.members) {
      if (id < pattern_id_end) is_member[id] = true;
    }
  }
  added.step_of_pattern.assign(pattern_id_end, kNoStep);
  for (uint32_t step = 0; step < added.steps.size(); ++step) {
    for (const auto& set : added.steps[step].sets) {
      for (const uint32_t id : set->pattern_ids()) {
        if (!is_member[id]) continue;
        uint32_t& known = added.step_of_pattern[id];
        if (known == kNoStep) ++added.pattern_count;
        known = known == kNoStep || known == step ? step : kAnyStep;
      }
      for (const Re2Only& only : set->re2_patterns()) {
        if (is_member[only.id]) added.steps[step].re2_patterns.push_back({&only});
      }
      for (const DetectorPattern& detector : set->detectors()) {
        if (is_member[detector.id]) added.steps[step].detectors.push_back(detector);
      }
    }
  }
}

// Whether an RE2 pattern of the step can match when the step's output is text.
bool HasRe2ForText(const ProgramStep& step) {
  return std::any_of(step.re2_patterns.begin(), step.re2_patterns.end(),
                     [](const StepRe2& re2) { return MeetsRequirements(re2.only->required, kTextBytes); });
}

// Marks the steps where something is scanned, and those that may change text.
void AddStepLists(ProgramClass& added) {
  std::vector<bool> may_change(added.steps.size(), false);
  for (uint32_t step = 0; step < added.steps.size(); ++step) {
    const ProgramStep& source = added.steps[step];
    may_change[step] = step > 0 && (may_change[source.parent] || !source.keeps_text);
    if (may_change[step]) added.text_steps.push_back(step);
    if (!source.detectors.empty()) added.detector_steps.push_back(step);
    for (const auto& set : source.sets) {
      if (!set->has_expressions()) continue;
      const StepGate gate{set->gate(), step, set.get()};
      added.gates.push_back(gate);
      if (may_change[step] || gate.gate.Admits(kTextBytes)) added.text_gates.push_back(gate);
    }
    if (!source.re2_patterns.empty()) {
      added.re2_steps.push_back(step);
      if (may_change[step] || HasRe2ForText(source)) added.text_re2_steps.push_back(step);
    }
  }
}

void AddMerged(ProgramClass& added, const ProgramSource::Class& wanted) {
  if (!wanted.merged) return;
  const PatternSet& merged = *wanted.merged;
  if (merged.use() != SetUse::kMerged) {
    throw EngineError(error_code::kArgument, "a merged set must be compiled as one");
  }
  std::unordered_set<uint32_t> alone;
  for (ProgramStep& step : added.steps) {
    for (StepRe2& re2 : step.re2_patterns) {
      alone.insert(re2.only->id);
      re2.is_merged_if_plain = merged.FindsInPlainValues(re2.only->id);
    }
    for (const DetectorPattern& detector : step.detectors) alone.insert(detector.id);
  }
  for (uint32_t id = 0; id < added.step_of_pattern.size(); ++id) {
    const uint32_t step = added.step_of_pattern[id];
    if (step == kNoStep) continue;
    const bool is_known = std::binary_search(merged.pattern_ids().begin(), merged.pattern_ids().end(), id);
    if (step == kAnyStep || (!is_known && !alone.contains(id))) {
      throw EngineError(error_code::kArgument, "the merged set does not fit pattern " + std::to_string(id));
    }
  }
  added.merged = wanted.merged;
}

}  // namespace

bool KeepsText(TransformId transform) {
  for (size_t length = 0; length <= 64; ++length) {
    if (!IsIdentity(transform, kTextBytes, length)) return false;
  }
  return IsIdentity(transform, kTextBytes, SIZE_MAX);
}

ScanProgram::ScanProgram(const ProgramSource& source) {
  static std::atomic<uint64_t> programs{0};
  serial_ = ++programs;
  CheckChains(source.chains);
  CheckLimit(source.classes.size(), kClassesMax, "classes");
  for (const ProgramSource::Class& wanted : source.classes) {
    for (const auto& scan : wanted.scans) pattern_id_end_ = std::max(pattern_id_end_, scan.set->pattern_id_end());
    if (wanted.merged) pattern_id_end_ = std::max(pattern_id_end_, wanted.merged->pattern_id_end());
  }
  for (const ProgramSource::Class& wanted : source.classes) {
    ProgramClass& added = classes_.emplace_back();
    AddSteps(added, source, wanted);
    AddMembers(added, wanted, pattern_id_end_);
    AddStepLists(added);
    AddMerged(added, wanted);
  }
}

}  // namespace weir
