// All streams of a server by small numbers, which are used again once a stream is gone and everybody has been told.

#ifndef WEIR_TRANSPORT_STREAM_TABLE_H_
#define WEIR_TRANSPORT_STREAM_TABLE_H_

#include <vector>

#include "stream.h"

namespace weir::transport {

class StreamTable {
 public:
  // Makes a number for the stream.
  void Add(Stream& stream) {
    if (free_.empty()) {
      stream.slot = static_cast<uint32_t>(slots_.size());
      slots_.push_back(&stream);
      return;
    }
    stream.slot = free_.back();
    free_.pop_back();
    slots_[stream.slot] = &stream;
  }

  // Null: there is none, or it is gone.
  Stream* Find(uint32_t slot) const { return slot < slots_.size() ? slots_[slot] : nullptr; }

  // The stream is gone; its number is not used again before `Free`.
  void Forget(uint32_t slot) { slots_[slot] = nullptr; }

  void Free(uint32_t slot) { free_.push_back(slot); }

 private:
  std::vector<Stream*> slots_;
  std::vector<uint32_t> free_;
};

}  // namespace weir::transport

#endif  // WEIR_TRANSPORT_STREAM_TABLE_H_
