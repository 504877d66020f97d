// Template of hashes over 64-byte blocks (RFC 1321, FIPS 180-4): buffering, padding, and the bytes of the result. The hash itself
// provides kInitial, kIsBigEndian and Block(state, words).

#ifndef WEIR_ENGINE_TRANSFORM_DIGEST_H_
#define WEIR_ENGINE_TRANSFORM_DIGEST_H_

#include <algorithm>
#include <type_traits>

#include "machine.h"

namespace weir {

template <typename Core>
class DigestMachine {
 public:
  void Write(ByteView input, Bytes&) {
    count_ += input.size();
    while (!input.empty()) {
      const size_t taken = std::min(input.size(), block_.size() - held_);
      std::copy_n(input.begin(), taken, block_.begin() + static_cast<ptrdiff_t>(held_));
      held_ += taken;
      input = input.subspan(taken);
      if (held_ == block_.size()) RunBlock();
    }
  }

  void End(Bytes& out) {
    const uint64_t bits = count_ * 8;
    block_[held_++] = 0x80;
    if (held_ > kLengthAt) {
      std::fill(block_.begin() + static_cast<ptrdiff_t>(held_), block_.end(), uint8_t{0});
      RunBlock();
    }
    std::fill(block_.begin() + static_cast<ptrdiff_t>(held_), block_.end(), uint8_t{0});
    for (unsigned n = 0; n < 8; ++n) {
      const unsigned shift = Core::kIsBigEndian ? 56 - 8 * n : 8 * n;
      block_[kLengthAt + n] = static_cast<uint8_t>(bits >> shift);
    }
    RunBlock();
    for (const uint32_t word : state_) {
      for (unsigned n = 0; n < 4; ++n) out.push_back(static_cast<uint8_t>(word >> (Core::kIsBigEndian ? 24 - 8 * n : 8 * n)));
    }
    *this = DigestMachine{};
  }

  static bool Unchanged(const ByteSet&, size_t) { return false; }

 private:
  static constexpr size_t kLengthAt = 56;

  void RunBlock() {
    std::array<uint32_t, 16> words;
    for (size_t n = 0; n < words.size(); ++n) {
      const uint8_t* const at = &block_[4 * n];
      words[n] = Core::kIsBigEndian ? uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3]
                                    : uint32_t{at[3]} << 24 | uint32_t{at[2]} << 16 | uint32_t{at[1]} << 8 | at[0];
    }
    Core::Block(state_, words);
    held_ = 0;
  }

  std::remove_const_t<decltype(Core::kInitial)> state_ = Core::kInitial;
  std::array<uint8_t, 64> block_{};
  size_t held_ = 0;
  uint64_t count_ = 0;
};

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_DIGEST_H_
