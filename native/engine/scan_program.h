// What to run on each class of fields: transformation chains as a tree, so that common prefixes run once, and the
// pattern sets to scan at each node. Immutable, shared by all threads.

#ifndef WEIR_ENGINE_SCAN_PROGRAM_H_
#define WEIR_ENGINE_SCAN_PROGRAM_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "pattern_set.h"
#include "transform/transform.h"

namespace weir {

inline constexpr size_t kChainsMax = 4'096;
inline constexpr size_t kChainLengthMax = 64;
inline constexpr size_t kClassesMax = 4'096;
inline constexpr size_t kStepsPerClassMax = 4'096;

struct ProgramSource {
  struct Scan {
    uint32_t chain;
    std::shared_ptr<const PatternSet> set;
  };
  struct Class {
    std::vector<Scan> scans;
    // The Hyperscan patterns of all scans in one set, for chains that leave a value unchanged; may be absent.
    std::shared_ptr<const PatternSet> merged;
    // The patterns of the sets that this class needs, by id; absent = all. Sets may contain more than the class needs.
    std::optional<std::vector<uint32_t>> members;
  };
  std::vector<std::vector<TransformId>> chains;
  std::vector<Class> classes;
};

inline constexpr uint32_t kNoStep = 0xFFFFFFFF;
// In `step_of_pattern`: the pattern is wanted at every step whose set holds it.
inline constexpr uint32_t kAnyStep = 0xFFFFFFFE;

// A pattern that RE2 matches at a step.
struct StepRe2 {
  const Re2Only* only;
  // The merged set covers it in plain values.
  bool is_merged_if_plain = false;
};

// A Hyperscan set at a step, next to its gate: a value meets dozens of gates and passes few.
struct StepGate {
  TierGate gate;
  uint32_t step;
  const PatternSet* set;
};

// A node of a class's tree. Step 0 is the original value; a parent comes before its children.
struct ProgramStep {
  uint32_t parent = 0;
  TransformId transform = 0;
  // The step changes no value of kTextBytes.
  bool keeps_text = false;
  std::vector<std::shared_ptr<const PatternSet>> sets;
  // RE2 patterns of the sets, members of the class only.
  std::vector<StepRe2> re2_patterns;
  // Detectors of the sets, members of the class only.
  std::vector<DetectorPattern> detectors;
};

struct ProgramClass {
  std::vector<ProgramStep> steps;
  // For each chain of the program, the step of its output; kNoStep when the class does not run it.
  std::vector<uint32_t> step_of_chain;
  // By pattern id: the step at which it counts.
  std::vector<uint32_t> step_of_pattern;
  std::shared_ptr<const PatternSet> merged;
  // Sets of all steps, in order; steps with RE2 patterns, with detectors, and steps that may change a value of kTextBytes, all
  // ascending.
  std::vector<StepGate> gates;
  std::vector<uint32_t> re2_steps;
  std::vector<uint32_t> detector_steps;
  std::vector<uint32_t> text_steps;
  // Those of `gates` and `re2_steps` where a field of kTextBytes can match something.
  std::vector<StepGate> text_gates;
  std::vector<uint32_t> text_re2_steps;
  // Distinct pattern ids: the most hits that one field can have.
  uint32_t pattern_count = 0;
  // Every set can be scanned as a stream.
  bool can_stream = true;

  bool Wants(uint32_t pattern, uint32_t step) const {
    const uint32_t wanted = step_of_pattern[pattern];
    return wanted == step || wanted == kAnyStep;
  }
};

// True when the transformation changes no value of kTextBytes. Transformations treat short values specially ("." is a path by
// itself), so all lengths are tried up to one that is no longer special.
bool KeepsText(TransformId transform);

class ScanProgram {
 public:
  // Throws native.argument for an unknown chain or transformation or a merged set that does not fit, native.limit for too
  // many of something.
  explicit ScanProgram(const ProgramSource& source);

  size_t class_count() const { return classes_.size(); }
  const ProgramClass& class_at(size_t index) const { return classes_[index]; }
  uint32_t pattern_id_end() const { return pattern_id_end_; }
  // Unique among all programs that the process has had; never 0.
  uint64_t serial() const { return serial_; }

 private:
  uint64_t serial_;
  std::vector<ProgramClass> classes_;
  uint32_t pattern_id_end_ = 0;
};

}  // namespace weir

#endif  // WEIR_ENGINE_SCAN_PROGRAM_H_
