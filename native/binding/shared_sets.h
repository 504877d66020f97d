// The tables of everything that threads share by handle: pattern sets, scan programs, streams, number searches.

#ifndef WEIR_BINDING_SHARED_SETS_H_
#define WEIR_BINDING_SHARED_SETS_H_

#include <atomic>
#include <memory>
#include <utility>

#include "../engine/number/search.h"
#include "../engine/pattern_set.h"
#include "../engine/scan_program.h"
#include "../engine/stream_scan.h"
#include "handle_table.h"

namespace weir {

// A stream, and the flag that says whether an operation on it is running.
struct SharedStream {
  SharedStream(std::shared_ptr<const ScanProgram> program, uint32_t field_class)
      : scan(std::move(program), field_class) {}

  StreamScan scan;
  std::atomic_flag in_use = ATOMIC_FLAG_INIT;
  bool has_ended = false;
};

// Marks a stream as in use for a scope. Throws native.busy when it already is, native.closed when it was closed meanwhile.
class StreamUse {
 public:
  explicit StreamUse(std::shared_ptr<SharedStream> stream) : stream_(std::move(stream)) {
    if (stream_->in_use.test_and_set(std::memory_order_acquire)) {
      throw EngineError(error_code::kBusy, "another operation on this stream is under way");
    }
    if (stream_->has_ended) {
      stream_->in_use.clear(std::memory_order_release);
      throw EngineError(error_code::kClosed, "this stream has ended");
    }
  }
  ~StreamUse() { stream_->in_use.clear(std::memory_order_release); }
  StreamUse(const StreamUse&) = delete;
  StreamUse& operator=(const StreamUse&) = delete;

  StreamScan& scan() { return stream_->scan; }
  void MarkEnded() { stream_->has_ended = true; }

 private:
  std::shared_ptr<SharedStream> stream_;
};

HandleTable<const PatternSet>& PatternSets();
HandleTable<const ScanProgram>& ScanPrograms();
HandleTable<SharedStream>& Streams();
HandleTable<const NumberSearch>& NumberSearches();

// Called when an environment ends: releases whatever it still holds.
void ReleaseEverythingOf(EnvironmentId owner);

}  // namespace weir

#endif  // WEIR_BINDING_SHARED_SETS_H_
