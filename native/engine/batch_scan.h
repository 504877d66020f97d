// Block scan of a batch of fields: each field through the chains of its class, each distinct output computed once, then
// the sets of each chain. Owns only scratch memory; one per thread.

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
  // A value that some step made; step 0's is the field's own.
  struct Output {
    ByteView value;
    ByteSet bytes;
    bool is_text;
    bool is_plain;
    // Sets of the steps that share it and can match its bytes; whether one scan of the merged set does it for all.
    uint32_t scan_count;
    bool is_merged;
    // By detector, one bit each: which have read the value, and which found something.
    uint8_t read_by;
    uint8_t found_by;
  };

  // Checks and copies the fields of a call, and marks those whose values recur. Throws native.argument.
  void TakeFields(const ScanProgram& program, ByteView slab, std::span<const uint32_t> fields);
  // A field whose values recur: those that are known are not scanned again.
  void ScanRecurring(const ProgramClass& program_class, const KnownValues::Key& key);
  void ScanField(const ProgramClass& program_class, ByteView value);
  void TransformField(const ProgramClass& program_class, ByteView value);
  void RunStep(const std::vector<ProgramStep>& steps, uint32_t step);
  void AddOutput(uint32_t step, ByteView value);
  // Gives the field the hits of one of this call with the same class and value, when that was not long ago.
  bool ScanAsBefore(uint32_t program_class, ByteView value);
  void KeepLong(uint32_t program_class, ByteView value, uint32_t first_hit);
  // Finds the sets that let the field's outputs in.
  void PassGates(const std::vector<StepGate>& gates);
  void ScanMerged(const ProgramClass& program_class, const std::vector<uint32_t>& re2_steps);
  void ScanAlone(const ProgramClass& program_class);
  void ScanRe2(const ProgramClass& program_class, uint32_t step);
  void RunDetectors(const ProgramClass& program_class, uint32_t step);

  // A value of this call that was scanned, and its hits.
  struct Scanned {
    uint32_t program_class = 0;
    ByteView value;
    uint32_t first_hit = 0;
    uint32_t hit_end = 0;
  };
  // A name shared by all elements of a list is repeated, with a value or two in between.
  static constexpr size_t kScannedMax = 4;

  HitCollector hits_;
  std::array<Scanned, kScannedMax> scanned_;
  size_t next_scanned_ = 0;
  KnownValues known_;
  std::vector<uint32_t> fields_;
  // Of the fields of this call whose values recur, in their order.
  std::vector<KnownValues::Key> keys_;
  // By step: the output it shares (an output has the index of the step that made it), and its own buffer.
  std::vector<uint32_t> output_of_step_;
  std::vector<Output> outputs_;
  std::vector<Bytes> buffers_;
  // Outputs of the current field, and the sets that have to scan some of them.
  std::vector<uint32_t> made_;
  std::vector<const StepGate*> passed_;
};

// This thread's own.
BatchScan& ThreadBatchScan();

}  // namespace weir

#endif  // WEIR_ENGINE_BATCH_SCAN_H_
