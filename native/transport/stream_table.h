// All streams of a server by small numbers (slots), which are reused once the end of a stream has been reported. Until then the
// headers of an ended stream are kept: it may have been opened and closed before either was reported.

#ifndef WEIR_TRANSPORT_STREAM_TABLE_H_
#define WEIR_TRANSPORT_STREAM_TABLE_H_

#include <memory>
#include <utility>
#include <vector>

#include "stream.h"

namespace weir::transport {

class StreamTable {
 public:
  // Assigns a slot to the stream.
  void Add(Stream& stream) {
    if (free_.empty()) {
      stream.slot = static_cast<uint32_t>(slots_.size());
      slots_.push_back({&stream, {}});
      return;
    }
    stream.slot = free_.back();
    free_.pop_back();
    slots_[stream.slot].stream = &stream;
  }

  // Null if there is no such stream, or it has ended.
  Stream* Find(uint32_t slot) const { return slot < slots_.size() ? slots_[slot].stream : nullptr; }

  // The headers of a stream, or of one that has ended but was not freed; otherwise null.
  const RequestHead* FindHead(uint32_t slot) const {
    if (slot >= slots_.size()) return nullptr;
    const Slot& found = slots_[slot];
    return found.stream != nullptr ? &found.stream->head : found.kept_head.get();
  }

  // The stream has ended; its slot is not reused before `Free`, and its headers are kept.
  void Forget(Stream& stream) {
    slots_[stream.slot] = {nullptr, std::make_unique<RequestHead>(std::move(stream.head))};
  }

  // The end of the stream has been reported.
  void Free(uint32_t slot) {
    slots_[slot].kept_head.reset();
    free_.push_back(slot);
  }

 private:
  struct Slot {
    Stream* stream;
    std::unique_ptr<RequestHead> kept_head;
  };

  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
};

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_STREAM_TABLE_H_
