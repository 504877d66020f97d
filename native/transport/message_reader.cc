#include "message_reader.h"

#include <algorithm>
#include <utility>

namespace weir::transport {

void MessageReader::Feed(ByteView bytes, uint32_t slot, size_t message_bytes_max, EventBatch& events) {
  while (!is_stopped_) {
    if (!has_length_ && !ReadPrefix(bytes, slot, message_bytes_max, events)) return;
    ReadMessage(bytes, slot, events);
    if (has_length_ || bytes.empty()) return;
  }
}

void MessageReader::Stop() {
  is_stopped_ = true;
  part_ = Bytes();
}

bool MessageReader::ReadPrefix(ByteView& bytes, uint32_t slot, size_t message_bytes_max, EventBatch& events) {
  const size_t taken = std::min(kPrefixBytes - prefix_bytes_, bytes.size());
  std::copy_n(bytes.begin(), taken, prefix_.begin() + static_cast<ptrdiff_t>(prefix_bytes_));
  prefix_bytes_ += taken;
  bytes = bytes.subspan(taken);
  if (prefix_bytes_ < kPrefixBytes) return false;
  prefix_bytes_ = 0;
  length_ = static_cast<size_t>(prefix_[1]) << 24 | static_cast<size_t>(prefix_[2]) << 16 |
            static_cast<size_t>(prefix_[3]) << 8 | prefix_[4];
  if (prefix_[0] != 0) {
    Break(slot, Violation::kFlags, prefix_[0], events);
    return false;
  }
  if (length_ > message_bytes_max) {
    Break(slot, Violation::kTooLarge, static_cast<uint32_t>(length_), events);
    return false;
  }
  has_length_ = true;
  return true;
}

void MessageReader::ReadMessage(ByteView& bytes, uint32_t slot, EventBatch& events) {
  const size_t taken = std::min(length_ - part_.size(), bytes.size());
  const ByteView piece = bytes.first(taken);
  bytes = bytes.subspan(taken);
  if (part_.empty() && taken == length_) {
    events.AddMessage(slot, piece);
    has_length_ = false;
    return;
  }
  // Memory grows with the bytes that arrived, not with the announced length.
  const size_t wanted = part_.size() + taken;
  const bool grows = part_.capacity() < wanted;
  if (grows) part_.reserve(std::min(length_, wanted * 2));
  part_.insert(part_.end(), piece.begin(), piece.end());
  if (part_.size() < length_) {
    if (grows && part_.capacity() > kReportedUnfinishedBytesMin) {
      events.Add({EventKind::kUnfinished, slot, static_cast<uint32_t>(part_.capacity())});
    }
    return;
  }
  if (length_ > kSharedMessageBytesMax) {
    events.AddLarge(slot, std::move(part_));
  } else {
    events.AddMessage(slot, part_);
  }
  part_ = Bytes();
  has_length_ = false;
}

void MessageReader::Break(uint32_t slot, Violation violation, uint32_t detail, EventBatch& events) {
  events.Add({EventKind::kViolation, slot, static_cast<uint32_t>(violation), detail});
  Stop();
}

}  // namespace weir::transport
