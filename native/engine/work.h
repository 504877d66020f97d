// The cost of scanning in units that do not depend on the machine: one unit is about one byte given to one scan of a set. Code that
// shares a thread counts its work in these units.

#ifndef WEIR_ENGINE_WORK_H_
#define WEIR_ENGINE_WORK_H_

#include <bit>
#include <cstddef>
#include <cstdint>

namespace weir {

// The fixed cost of a field, and of one scan, search or transformation of it.
inline constexpr uint64_t kFieldWork = 64;
inline constexpr uint64_t kScanWork = 32;
// The fixed cost of a Hyperscan stream, for opening and closing its state; part of it also for each feed.
inline constexpr uint64_t kStreamWork = 128;
// A byte in an RE2 search, and a byte read by a detector.
inline constexpr uint64_t kRe2ByteWork = 2;
inline constexpr uint64_t kDetectorByteWork = 4;
// A value that is compared with a known one.
inline constexpr uint64_t kKnownWork = 16;

constexpr uint64_t HyperscanWork(size_t bytes) { return kScanWork + bytes; }
constexpr uint64_t TransformWork(size_t bytes) { return kScanWork + bytes; }
constexpr uint64_t Re2Work(size_t bytes) { return kScanWork + kRe2ByteWork * bytes; }
constexpr uint64_t DetectorWork(size_t bytes) { return kScanWork + kDetectorByteWork * bytes; }
// Re2Pattern::SmallestEnd: a search for each bit of the length.
constexpr uint64_t SmallestEndWork(size_t bytes) {
  return static_cast<uint64_t>(std::bit_width(bytes)) * Re2Work(bytes);
}

}  // namespace weir

#endif  // WEIR_ENGINE_WORK_H_
