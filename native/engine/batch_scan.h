// Block scan of a batch of fields: each field goes through the transformation chains of its class; each distinct output is computed
// once, then scanned with the sets of its chains. Owns only scratch memory; one per thread.

#ifndef WEIR_ENGINE_BATCH_SCAN_H_
#define WEIR_ENGINE_BATCH_SCAN_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "hit.h"
#include "known_values.h"
#include "scan_program.h"
#include "transform/transform.h"

namespace weir {

class BatchScan {
 public:
  // Throws native.argument, before anything is scanned, when a field is not within the slab or has no class.
  // Returns the number of hits written.
  uint32_t Run(const ScanProgram& program, ByteView slab, std::span<const uint32_t> fields, size_t field_count,
               std::span<uint32_t> hits);

  // The chain applied to a whole value; `value` itself when nothing changed, else a view into this object.
  ByteView Apply(std::span<const TransformId> chain, ByteView value);

 private:
  // The output of a step; that of step 0 is the field itself.
  struct Output {
    ByteView value;
    ByteSet bytes;
    bool is_text;
    bool is_plain;
    // How many sets of the steps that share this output can match its bytes; whether one scan of the merged set replaces theirs.
    uint32_t scan_count;
    bool is_merged;
    // One bit per detector: those that have read the value, and those that found something.
    uint8_t read_by;
    uint8_t found_by;
  };

  // Checks and copies the fields of a call, and marks those whose values recur. Throws native.argument.
  void TakeFields(const ScanProgram& program, ByteView slab, std::span<const uint32_t> fields);
  // Handles a field whose values recur: a known value is not scanned again.
  void ScanRecurring(const ProgramClass& program_class, const KnownValues::Key& key);
  void ScanField(const ProgramClass& program_class, ByteView value);
  void TransformField(const ProgramClass& program_class, ByteView value);
  void RunStep(const std::vector<ProgramStep>& steps, uint32_t step);
  void AddOutput(uint32_t step, ByteView value);
  // Copies the hits of a recent field of this call with the same class and value. False when there is none.
  bool ScanAsBefore(uint32_t program_class, ByteView value);
  void KeepLong(uint32_t program_class, ByteView value, uint32_t first_hit);
  // Finds the sets whose gates the field's outputs pass.
  void PassGates(const std::vector<StepGate>& gates);
  void ScanMerged(const ProgramClass& program_class, const std::vector<uint32_t>& re2_steps);
  void ScanAlone(const ProgramClass& program_class);
  void ScanRe2(const ProgramClass& program_class, uint32_t step);
  void RunDetectors(const ProgramClass& program_class, uint32_t step);

  // A value of this call that has been scanned, and its hits.
  struct Scanned {
    uint32_t program_class = 0;
    ByteView value;
    uint32_t first_hit = 0;
    uint32_t hit_end = 0;
  };
  // Enough for a list: the name that its elements share comes again after a value or two.
  static constexpr size_t kScannedMax = 4;

  HitCollector hits_;
  std::array<Scanned, kScannedMax> scanned_;
  size_t next_scanned_ = 0;
  KnownValues known_;
  std::vector<uint32_t> fields_;
  // Keys of the fields of this call whose values recur, in order.
  std::vector<KnownValues::Key> keys_;
  // By step: the output that it shares (an output has the index of the step that made it), and the step's own buffer.
  std::vector<uint32_t> output_of_step_;
  std::vector<Output> outputs_;
  std::vector<Bytes> buffers_;
  // Outputs of the current field, and the sets that must scan some of them.
  std::vector<uint32_t> made_;
  std::vector<const StepGate*> passed_;
};

// The calling thread's own.
BatchScan& ThreadBatchScan();

}  // namespace weir

#endif  // WEIR_ENGINE_BATCH_SCAN_H_
