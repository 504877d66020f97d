#include "batch_scan.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "error.h"
#include "work.h"

namespace weir {
namespace {

// Memory that a thread keeps after a large value.
constexpr size_t kKeptBufferBytes = 256 * 1024;
// From this many sets to scan, one scan of the merged set is cheaper. Plain values meet only its small tiers. An RE2 search that
// the merged set saves counts as several scans.
constexpr uint32_t kMergeScansMin = 4;
constexpr uint32_t kMergePlainScansMin = 2;
constexpr uint32_t kRe2Scans = 2;
// Shorter values are scanned about as fast as they are compared.
constexpr size_t kScannedBytesMin = 64;

bool IsSame(ByteView left, ByteView right) {
  return left.size() == right.size() && (left.empty() || std::memcmp(left.data(), right.data(), left.size()) == 0);
}

// Values that identify nobody and that documents are full of.
bool IsCommonplace(ByteView value) {
  const std::string_view text(reinterpret_cast<const char*>(value.data()), value.size());
  return text.size() <= 2 || text == "true" || text == "false" || text == "null";
}

// Hits of a step's own set.
struct StepSink {
  HitCollector& hits;
  const ProgramClass& program_class;
  uint32_t step;
  const PatternSet* set;

  static int OnMatch(unsigned expression, unsigned long long, unsigned long long to, unsigned, void* context) {
    const StepSink& sink = *static_cast<const StepSink*>(context);
    const uint32_t id = sink.set->PatternOf(expression);
    if (sink.program_class.Wants(id, sink.step)) sink.hits.Add(id, to);
    return 0;
  }
};

// Hits of the merged set: a hit counts when its pattern's step has this output.
struct MergedSink {
  HitCollector& hits;
  const ProgramClass& program_class;
  const std::vector<uint32_t>& output_of_step;
  uint32_t output;

  static int OnMatch(unsigned expression, unsigned long long, unsigned long long to, unsigned, void* context) {
    const MergedSink& sink = *static_cast<const MergedSink*>(context);
    const uint32_t id = sink.program_class.merged->PatternOf(expression);
    const uint32_t step = sink.program_class.step_of_pattern[id];
    if (step != kNoStep && sink.output_of_step[step] == sink.output) sink.hits.Add(id, to);
    return 0;
  }
};

}  // namespace

BatchScan& ThreadBatchScan() {
  thread_local BatchScan own;
  return own;
}

void BatchScan::AddOutput(uint32_t step, ByteView value) {
  const ByteSet bytes = ByteSet::Of(value);
  outputs_[step] = {value, bytes, bytes.IsSubsetOf(kTextBytes), bytes.IsSubsetOf(kPlainBytes), 0, false, 0, 0};
  output_of_step_[step] = step;
  made_.push_back(step);
}

void BatchScan::RunStep(const std::vector<ProgramStep>& steps, uint32_t step) {
  const ProgramStep& source = steps[step];
  const uint32_t shared = output_of_step_[source.parent];
  const Output& input = outputs_[shared];
  output_of_step_[step] = shared;
  if (source.keeps_text && input.is_text) return;
  if (IsIdentity(source.transform, input.bytes, input.value.size())) return;
  Bytes& buffer = buffers_[step];
  ApplyTransform(source.transform, input.value, buffer);
  hits_.Spend(TransformWork(input.value.size()));
  // Other chains often lead to the same value.
  for (const uint32_t made : made_) {
    if (!IsSame(buffer, outputs_[made].value)) continue;
    output_of_step_[step] = made;
    return;
  }
  AddOutput(step, buffer);
}

void BatchScan::TransformField(const ProgramClass& program_class, ByteView value) {
  const std::vector<ProgramStep>& steps = program_class.steps;
  if (outputs_.size() < steps.size()) {
    outputs_.resize(steps.size());
    buffers_.resize(steps.size());
  }
  made_.clear();
  output_of_step_.assign(steps.size(), 0);
  AddOutput(0, value);
  if (outputs_[0].is_text) {
    for (const uint32_t step : program_class.text_steps) RunStep(steps, step);
  } else {
    for (uint32_t step = 1; step < steps.size(); ++step) RunStep(steps, step);
  }
}

void BatchScan::PassGates(const std::vector<StepGate>& gates) {
  passed_.clear();
  for (const StepGate& each : gates) {
    Output& output = outputs_[output_of_step_[each.step]];
    if (!each.gate.Admits(output.bytes)) continue;
    ++output.scan_count;
    passed_.push_back(&each);
  }
}

void BatchScan::ScanMerged(const ProgramClass& program_class, const std::vector<uint32_t>& re2_steps) {
  for (const uint32_t step : re2_steps) {
    Output& output = outputs_[output_of_step_[step]];
    if (!output.is_plain) continue;
    for (const StepRe2& re2 : program_class.steps[step].re2_patterns) {
      const bool is_saved = re2.is_merged_if_plain && MeetsRequirements(re2.only->required, output.bytes);
      output.scan_count += is_saved ? kRe2Scans : 0;
    }
  }
  for (const uint32_t made : made_) {
    Output& output = outputs_[made];
    output.is_merged = output.scan_count >= (output.is_plain ? kMergePlainScansMin : kMergeScansMin);
    if (!output.is_merged) continue;
    MergedSink sink{hits_, program_class, output_of_step_, made};
    hits_.Spend(HyperscanWork(output.value.size()));
    program_class.merged->ScanHyperscan(output.value, output.bytes, MergedSink::OnMatch, &sink);
  }
}

void BatchScan::ScanAlone(const ProgramClass& program_class) {
  for (const StepGate* passed : passed_) {
    const Output& output = outputs_[output_of_step_[passed->step]];
    if (output.is_merged) continue;
    StepSink sink{hits_, program_class, passed->step, passed->set};
    hits_.Spend(HyperscanWork(output.value.size()));
    passed->set->ScanHyperscan(output.value, output.bytes, StepSink::OnMatch, &sink);
  }
}

void BatchScan::ScanRe2(const ProgramClass& program_class, uint32_t step) {
  const Output& output = outputs_[output_of_step_[step]];
  for (const StepRe2& re2 : program_class.steps[step].re2_patterns) {
    const Re2Only& only = *re2.only;
    if (re2.is_merged_if_plain && output.is_plain && output.is_merged) continue;
    if (!MeetsRequirements(only.required, output.bytes)) continue;
    hits_.Spend(Re2Work(output.value.size()));
    if (!only.pattern->Matches(output.value)) continue;
    hits_.Spend(SmallestEndWork(output.value.size()));
    hits_.Add(only.id, only.pattern->SmallestEnd(output.value, 0, output.value.size()));
  }
}

// With `multiMatch` a detector reads the output of every step of a chain, and equal outputs only once.
void BatchScan::RunDetectors(const ProgramClass& program_class, uint32_t step) {
  Output& output = outputs_[output_of_step_[step]];
  for (const DetectorPattern& one : program_class.steps[step].detectors) {
    const auto bit = static_cast<uint8_t>(1u << static_cast<unsigned>(one.detector));
    if ((output.read_by & bit) == 0) {
      output.read_by |= bit;
      hits_.Spend(DetectorWork(output.value.size()));
      if (Detects(one.detector, output.value, output.bytes)) output.found_by |= bit;
    }
    if ((output.found_by & bit) != 0) hits_.Add(one.id, 0);
  }
}

void BatchScan::ScanField(const ProgramClass& program_class, ByteView value) {
  hits_.Spend(kFieldWork + value.size());
  TransformField(program_class, value);
  const bool is_text = outputs_[0].is_text;
  const auto& re2_steps = is_text ? program_class.text_re2_steps : program_class.re2_steps;
  PassGates(is_text ? program_class.text_gates : program_class.gates);
  if (program_class.merged) ScanMerged(program_class, re2_steps);
  ScanAlone(program_class);
  for (const uint32_t step : re2_steps) ScanRe2(program_class, step);
  for (const uint32_t step : program_class.detector_steps) RunDetectors(program_class, step);
}

void BatchScan::ScanRecurring(const ProgramClass& program_class, const KnownValues::Key& key) {
  if (const auto known = known_.Find(key)) {
    // With hits the work is counted as if it had been done: a list of such values must meet the budget at the same place
    // whatever was scanned before.
    hits_.Spend(known->hits.empty() ? kKnownWork : known->work);
    for (const PatternHit& hit : known->hits) hits_.Add(hit.pattern, hit.to);
    return;
  }
  const uint32_t first_hit = hits_.count();
  const uint64_t work_before = hits_.work();
  ScanField(program_class, key.value);
  std::array<PatternHit, KnownValues::kHitsMax> found;
  if (const auto count = hits_.CopySince(first_hit, found)) {
    const auto work = static_cast<uint32_t>(hits_.work() - work_before);
    known_.Add(key, {std::span(found).first(*count), work});
  }
}

bool BatchScan::ScanAsBefore(uint32_t program_class, ByteView value) {
  for (const Scanned& one : scanned_) {
    if (one.value.size() != value.size() || one.program_class != program_class || !IsSame(one.value, value)) continue;
    if (!hits_.Repeat(one.first_hit, one.hit_end)) return false;
    hits_.Spend(kKnownWork + value.size() / 16 + (one.hit_end - one.first_hit));
    return true;
  }
  return false;
}

void BatchScan::KeepLong(uint32_t program_class, ByteView value, uint32_t first_hit) {
  scanned_[next_scanned_] = {program_class, value, first_hit, hits_.count()};
  next_scanned_ = (next_scanned_ + 1) % kScannedMax;
}

void BatchScan::TakeFields(const ScanProgram& program, ByteView slab, std::span<const uint32_t> fields) {
  // Copied, since shared memory could change between check and use.
  fields_.assign(fields.begin(), fields.end());
  keys_.clear();
  for (size_t n = 0; n < fields_.size() / kFieldWords; ++n) {
    uint32_t* entry = &fields_[n * kFieldWords];
    const uint32_t index = entry[0] & ~kFieldFlagRecurring;
    if (index >= program.class_count()) {
      throw EngineError(error_code::kArgument,
                        "field " + std::to_string(n) + " has unknown class " + std::to_string(index));
    }
    if (entry[1] > slab.size() || entry[2] > slab.size() - entry[1]) {
      throw EngineError(error_code::kArgument, "field " + std::to_string(n) + " lies outside the slab");
    }
    const ByteView value = slab.subspan(entry[1], entry[2]);
    const bool recurs = (index != entry[0] || IsCommonplace(value)) && value.size() <= KnownValues::kValueBytesMax;
    entry[0] = recurs ? index | kFieldFlagRecurring : index;
    if (!recurs) continue;
    keys_.push_back(KnownValues::KeyOf(program.serial(), index, value));
    known_.Prefetch(keys_.back());
  }
}

uint32_t BatchScan::Run(const ScanProgram& program, ByteView slab, std::span<const uint32_t> fields,
                        size_t field_count, std::span<uint32_t> hits) {
  TakeFields(program, slab, fields.first(field_count * kFieldWords));
  hits_.Begin(hits, program.pattern_id_end());
  scanned_.fill({});
  auto next_key = keys_.begin();
  for (size_t n = 0; n < field_count; ++n) {
    const uint32_t* entry = &fields_[n * kFieldWords];
    hits_.BeginField(static_cast<uint32_t>(n));
    if ((entry[0] & kFieldFlagRecurring) != 0) {
      ScanRecurring(program.class_at(next_key->program_class), *next_key);
      ++next_key;
      continue;
    }
    const ByteView value = slab.subspan(entry[1], entry[2]);
    const bool is_long = value.size() >= kScannedBytesMin;
    if (is_long && ScanAsBefore(entry[0], value)) continue;
    const uint32_t first_hit = hits_.count();
    ScanField(program.class_at(entry[0]), value);
    if (is_long) KeepLong(entry[0], value, first_hit);
  }
  for (Bytes& buffer : buffers_) {
    if (buffer.capacity() > kKeptBufferBytes) Bytes().swap(buffer);
  }
  return hits_.Finish();
}

ByteView BatchScan::Apply(std::span<const TransformId> chain, ByteView value) {
  if (buffers_.size() < 2) buffers_.resize(2);
  ByteView current = value;
  size_t next = 0;
  for (const TransformId id : chain) {
    if (IsIdentity(id, ByteSet::Of(current), current.size())) continue;
    Bytes& buffer = buffers_[next];
    ApplyTransform(id, current, buffer);
    current = buffer;
    next = 1 - next;
  }
  return IsSame(current, value) ? value : current;
}

}  // namespace weir
