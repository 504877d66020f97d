// What to run on each class of fields: transformation chains as a tree, so that common prefixes run once, and the
// pattern sets to scan at each node. Immutable, shared by all threads.

#ifndef WEIR_ENGINE_SCAN_PROGRAM_H_
#define WEIR_ENGINE_SCAN_PROGRAM_H_

#include <cstdint>
#include <memory>
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
  std::vector<std::vector<TransformId>> chains;
  std::vector<std::vector<Scan>> classes;
};

// A node of a class's tree. Step 0 is the value as it came; a parent comes before its children.
struct ProgramStep {
  uint32_t parent = 0;
  TransformId transform = 0;
  std::vector<std::shared_ptr<const PatternSet>> sets;
};

struct ProgramClass {
  std::vector<ProgramStep> steps;
  // For each chain of the program the step of its output, kNoStep when the class does not run it.
  std::vector<uint32_t> step_of_chain;
  // Distinct pattern ids: the most hits that one field can have.
  uint32_t pattern_count = 0;
};

inline constexpr uint32_t kNoStep = 0xFFFFFFFF;

class ScanProgram {
 public:
  // Throws native.argument for an unknown chain or transformation, native.limit for too many.
  explicit ScanProgram(const ProgramSource& source);

  size_t class_count() const { return classes_.size(); }
  const ProgramClass& class_at(size_t index) const { return classes_[index]; }
  uint32_t pattern_id_end() const { return pattern_id_end_; }

 private:
  std::vector<ProgramClass> classes_;
  uint32_t pattern_id_end_ = 0;
};

}  // namespace weir

#endif  // WEIR_ENGINE_SCAN_PROGRAM_H_
