#include "stream_scan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "error.h"
#include "work.h"

namespace weir {
namespace {

// Bytes that go through the whole tree at once; limits the buffers of transformed bytes.
constexpr size_t kPieceBytes = 16 * 1024;
constexpr size_t kKeptBufferBytes = 256 * 1024;

// Outputs of one piece by step, and the collector. They live for one call only, so one of each per thread is enough.
struct ThreadBuffers {
  HitCollector hits;
  std::vector<Bytes> buffers;
  // That of step 0 is the piece itself, the others are in `buffers`.
  std::vector<ByteView> outputs;

  void Prepare(size_t steps) {
    if (buffers.size() < steps) buffers.resize(steps);
    outputs.assign(steps, {});
  }
  void Shrink() {
    for (Bytes& output : buffers) {
      if (output.capacity() > kKeptBufferBytes) Bytes().swap(output);
    }
  }
};

ThreadBuffers& Buffers() {
  thread_local ThreadBuffers own;
  return own;
}

}  // namespace

struct StreamScan::Sink {
  StreamScan& scan;
  HitCollector& hits;
  // The step whose output is being scanned, and the set.
  uint32_t step = 0;
  const PatternSet* set = nullptr;
  ConfirmWindow::Sink window;

  Sink(StreamScan& scan_in, HitCollector& hits_in)
      : scan(scan_in),
        hits(hits_in),
        window{[this](uint32_t id) { return !scan.WasReported(id); },
               [this](uint32_t id, uint64_t to) { scan.Report(id, to, hits); },
               [this](uint64_t work) { hits.Spend(work); }} {}
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  static int OnMatch(unsigned expression, unsigned long long, unsigned long long to, unsigned, void* context) {
    const Sink& sink = *static_cast<const Sink*>(context);
    const uint32_t id = sink.set->PatternOf(expression);
    if (sink.scan.class_->Wants(id, sink.step)) sink.scan.Report(id, to, sink.hits);
    return 0;
  }
};

StreamScan::StreamScan(std::shared_ptr<const ScanProgram> program, uint32_t field_class)
    : program_(std::move(program)) {
  if (field_class >= program_->class_count()) {
    throw EngineError(error_code::kArgument, "unknown class " + std::to_string(field_class));
  }
  class_ = &program_->class_at(field_class);
  if (!class_->can_stream) {
    throw EngineError(error_code::kArgument, "a set of class " + std::to_string(field_class) + " is not for streams");
  }
  reported_.resize((program_->pattern_id_end() + 63) / 64);
  steps_.resize(class_->steps.size());
  for (size_t n = 0; n < steps_.size(); ++n) {
    const ProgramStep& source = class_->steps[n];
    if (n > 0) steps_[n].transform = CreateTransform(source.transform);
    for (const auto& set : source.sets) {
      if (set->stream_database() != nullptr) steps_[n].streams.push_back({set.get(), HsStream(*set->stream_database())});
    }
    if (!source.re2_patterns.empty()) steps_[n].window = std::make_unique<ConfirmWindow>(source.re2_patterns);
  }
  steps_[0].tail = std::make_unique<StreamTail>();
}

StreamScan::StreamScan(const StreamScan& other)
    : program_(other.program_), class_(other.class_), reported_(other.reported_) {
  steps_.resize(other.steps_.size());
  for (size_t n = 0; n < steps_.size(); ++n) {
    const Step& source = other.steps_[n];
    if (source.transform) steps_[n].transform = source.transform->Copy();
    for (const SetStream& scanned : source.streams) steps_[n].streams.push_back({scanned.set, scanned.stream.Copy()});
    if (source.window) steps_[n].window = std::make_unique<ConfirmWindow>(*source.window);
    if (source.tail) steps_[n].tail = std::make_unique<StreamTail>(*source.tail);
  }
}

uint32_t StreamScan::TryEnd(std::span<uint32_t> hits) const {
  StreamScan copy(*this);
  return copy.End(hits);
}

void StreamScan::Report(uint32_t id, uint64_t to, HitCollector& hits) {
  // Hits of this call are in the collector, which keeps the smallest end; those of earlier calls are in the bitmap.
  if (WasReported(id) && !hits.Has(id)) return;
  reported_[id >> 6] |= uint64_t{1} << (id & 63);
  hits.Add(id, to);
}

void StreamScan::BeginHits(HitCollector& hits, std::span<uint32_t> buffer) const {
  const size_t words = kHitHeaderWords + size_t{hits_max()} * kHitWords;
  if (buffer.size() < words) {
    throw EngineError(error_code::kArgument, "hit buffer has " + std::to_string(buffer.size()) +
                                                 " words, this stream needs " + std::to_string(words));
  }
  hits.Begin(buffer, program_->pattern_id_end());
}

void StreamScan::ScanOutput(Step& step, ByteView output, Sink& sink) {
  if (output.empty()) return;
  for (SetStream& scanned : step.streams) {
    sink.set = scanned.set;
    sink.hits.Spend(kStreamWork + HyperscanWork(output.size()));
    scanned.stream.Feed(output, Sink::OnMatch, &sink);
  }
  if (step.window) step.window->Append(output, sink.window);
}

const StreamTail& StreamScan::TailOf(size_t step) const {
  while (!steps_[step].tail) step = class_->steps[step].parent;
  return *steps_[step].tail;
}

void StreamScan::KeepTails(const std::vector<ByteView>& outputs) {
  // From here the steps' outputs differ; what they had in common is the tail before these outputs.
  for (size_t n = 1; n < steps_.size(); ++n) {
    if (steps_[n].tail || std::ranges::equal(outputs[n], outputs[class_->steps[n].parent])) continue;
    steps_[n].tail = std::make_unique<StreamTail>(TailOf(n));
  }
  for (size_t n = 0; n < steps_.size(); ++n) {
    if (steps_[n].tail) steps_[n].tail->Append(outputs[n]);
  }
}

void StreamScan::FeedPiece(ByteView piece, Sink& sink) {
  ThreadBuffers& thread = Buffers();
  thread.Prepare(steps_.size());
  thread.outputs[0] = piece;
  for (size_t n = 0; n < steps_.size(); ++n) {
    if (n > 0) {
      thread.buffers[n].clear();
      sink.hits.Spend(TransformWork(thread.outputs[class_->steps[n].parent].size()));
      steps_[n].transform->Write(thread.outputs[class_->steps[n].parent], thread.buffers[n]);
      thread.outputs[n] = thread.buffers[n];
    }
    sink.step = static_cast<uint32_t>(n);
    ScanOutput(steps_[n], thread.outputs[n], sink);
  }
  KeepTails(thread.outputs);
}

uint32_t StreamScan::Feed(ByteView chunk, std::span<uint32_t> hits, bool settle) {
  ThreadBuffers& buffers = Buffers();
  BeginHits(buffers.hits, hits);
  Sink sink(*this, buffers.hits);
  while (!chunk.empty()) {
    const size_t length = std::min(chunk.size(), kPieceBytes);
    FeedPiece(chunk.first(length), sink);
    chunk = chunk.subspan(length);
  }
  if (settle) {
    for (Step& step : steps_) {
      if (step.window) step.window->Settle(sink.window);
    }
  }
  buffers.Shrink();
  return buffers.hits.Finish();
}

uint32_t StreamScan::End(std::span<uint32_t> hits) {
  ThreadBuffers& buffers = Buffers();
  BeginHits(buffers.hits, hits);
  Sink sink(*this, buffers.hits);
  buffers.Prepare(steps_.size());
  for (size_t n = 0; n < steps_.size(); ++n) {
    Step& step = steps_[n];
    buffers.buffers[n].clear();
    if (step.transform) {
      step.transform->Write(buffers.outputs[class_->steps[n].parent], buffers.buffers[n]);
      step.transform->End(buffers.buffers[n]);
      if (step.transform->WasTruncated()) buffers.hits.Flag(kHitFlagTruncated);
    }
    buffers.outputs[n] = buffers.buffers[n];
    sink.step = static_cast<uint32_t>(n);
    ScanOutput(step, buffers.outputs[n], sink);
    for (SetStream& scanned : step.streams) {
      sink.set = scanned.set;
      sink.hits.Spend(kStreamWork);
      scanned.stream.Close(Sink::OnMatch, &sink);
    }
    if (step.window) {
      step.window->End(sink.window);
      if (step.window->MayHaveMissed(sink.window)) buffers.hits.Flag(kHitFlagWindowed);
    }
  }
  KeepTails(buffers.outputs);
  buffers.Shrink();
  return buffers.hits.Finish();
}

Bytes StreamScan::Tail(uint32_t chain) const {
  if (chain >= class_->step_of_chain.size() || class_->step_of_chain[chain] == kNoStep) {
    throw EngineError(error_code::kArgument, "this stream does not run chain " + std::to_string(chain));
  }
  return TailOf(class_->step_of_chain[chain]).Copy();
}

size_t StreamScan::StateBytes() const {
  size_t bytes = sizeof(*this) + steps_.capacity() * sizeof(Step) + reported_.capacity() * sizeof(uint64_t);
  for (size_t n = 0; n < steps_.size(); ++n) {
    if (steps_[n].transform) bytes += steps_[n].transform->StateBytes();
    if (steps_[n].tail) bytes += sizeof(StreamTail) + steps_[n].tail->StateBytes();
    if (steps_[n].window) bytes += sizeof(ConfirmWindow) + steps_[n].window->StateBytes();
    bytes += steps_[n].streams.capacity() * sizeof(SetStream);
    for (const auto& set : class_->steps[n].sets) bytes += set->report().stream_bytes;
  }
  return bytes;
}

}  // namespace weir
