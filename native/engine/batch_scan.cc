#include "batch_scan.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "error.h"

namespace weir {
namespace {

// Memory a thread keeps after a large value.
constexpr size_t kKeptBufferBytes = 256 * 1024;

bool IsSame(ByteView left, ByteView right) {
  return left.size() == right.size() && (left.empty() || std::memcmp(left.data(), right.data(), left.size()) == 0);
}

}  // namespace

BatchScan& ThreadBatchScan() {
  thread_local BatchScan own;
  return own;
}

void BatchScan::RunStep(const std::vector<ProgramStep>& steps, uint32_t step) {
  const uint32_t shared = output_of_step_[steps[step].parent];
  const Output& input = outputs_[shared];
  output_of_step_[step] = shared;
  if (IsIdentity(steps[step].transform, input.bytes, input.value.size())) return;
  Bytes& buffer = buffers_[step];
  ApplyTransform(steps[step].transform, input.value, buffer);
  if (IsSame(buffer, input.value)) return;
  output_of_step_[step] = step;
  outputs_[step] = {buffer, ByteSet::Of(buffer)};
}

void BatchScan::ScanField(const ProgramClass& program_class, ByteView value) {
  const std::vector<ProgramStep>& steps = program_class.steps;
  if (outputs_.size() < steps.size()) {
    outputs_.resize(steps.size());
    output_of_step_.resize(steps.size());
    buffers_.resize(steps.size());
  }
  outputs_[0] = {value, ByteSet::Of(value)};
  output_of_step_[0] = 0;
  for (uint32_t step = 0; step < steps.size(); ++step) {
    if (step > 0) RunStep(steps, step);
    const Output& output = outputs_[output_of_step_[step]];
    for (const auto& set : steps[step].sets) set->Scan(output.value, output.bytes, hits_);
  }
}

uint32_t BatchScan::Run(const ScanProgram& program, ByteView slab, std::span<const uint32_t> fields,
                        size_t field_count, std::span<uint32_t> hits) {
  // A copy: shared memory could change between check and use.
  fields_.assign(fields.begin(), fields.begin() + static_cast<ptrdiff_t>(field_count * kFieldWords));
  for (size_t n = 0; n < field_count; ++n) {
    const uint32_t* entry = &fields_[n * kFieldWords];
    if (entry[0] >= program.class_count()) {
      throw EngineError(error_code::kArgument,
                        "field " + std::to_string(n) + " has unknown class " + std::to_string(entry[0]));
    }
    if (entry[1] > slab.size() || entry[2] > slab.size() - entry[1]) {
      throw EngineError(error_code::kArgument, "field " + std::to_string(n) + " lies outside the slab");
    }
  }
  hits_.Begin(hits, program.pattern_id_end());
  for (size_t n = 0; n < field_count; ++n) {
    const uint32_t* entry = &fields_[n * kFieldWords];
    hits_.BeginField(static_cast<uint32_t>(n));
    ScanField(program.class_at(entry[0]), slab.subspan(entry[1], entry[2]));
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
