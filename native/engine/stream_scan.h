// Scan of one field of any length as it arrives: incremental transformations feed Hyperscan streams and RE2 windows. State does not
// grow with the field. What is reported after n bytes does not depend on how they were cut.

#ifndef WEIR_ENGINE_STREAM_SCAN_H_
#define WEIR_ENGINE_STREAM_SCAN_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "confirm_window.h"
#include "hit.h"
#include "hyperscan.h"
#include "scan_program.h"
#include "stream_tail.h"
#include "transform/transform.h"

namespace weir {

class StreamScan {
 public:
  // Throws native.argument for an unknown class, or one with sets that are not for streams.
  StreamScan(std::shared_ptr<const ScanProgram> program, uint32_t field_class);

  // The most hits this stream can report; a buffer must have room for them.
  uint32_t hits_max() const { return class_->pattern_count; }

  // Scans the next bytes; writes the hits not reported before and returns their number. With `settle`, RE2 patterns are
  // searched up to the last byte; without it, only in windows that are complete.
  uint32_t Feed(ByteView chunk, std::span<uint32_t> hits, bool settle);
  // The field ends: nothing may be fed afterwards.
  uint32_t End(std::span<uint32_t> hits);
  // What End would report in addition to Feed if the field ended here. Does not change the state of the scan.
  uint32_t TryEnd(std::span<uint32_t> hits) const;

  // The last bytes of the field that were transformed so far, as chain `chain` leaves them.
  Bytes Tail(uint32_t chain) const;
  size_t StateBytes() const;

  StreamScan& operator=(const StreamScan&) = delete;

 private:
  struct SetStream {
    const PatternSet* set;
    HsStream stream;
  };
  struct Step {
    std::unique_ptr<Transform> transform;  // None at step 0.
    std::vector<SetStream> streams;
    std::unique_ptr<ConfirmWindow> window;  // None where no RE2 pattern is searched for.
    // None while the output is the same as the parent's: most steps never need one of their own.
    std::unique_ptr<StreamTail> tail;
  };
  struct Sink;

  StreamScan(const StreamScan& other);

  void FeedPiece(ByteView piece, Sink& sink);
  void KeepTails(const std::vector<ByteView>& outputs);
  const StreamTail& TailOf(size_t step) const;
  void ScanOutput(Step& step, ByteView output, Sink& sink);
  void Report(uint32_t id, uint64_t to, HitCollector& hits);
  bool WasReported(uint32_t id) const { return ((reported_[id >> 6] >> (id & 63)) & 1) != 0; }
  void BeginHits(HitCollector& hits, std::span<uint32_t> buffer) const;

  std::shared_ptr<const ScanProgram> program_;
  const ProgramClass* class_;
  std::vector<Step> steps_;
  std::vector<uint64_t> reported_;
};

}  // namespace weir

#endif  // WEIR_ENGINE_STREAM_SCAN_H_
