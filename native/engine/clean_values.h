// Short values that were found to match nothing in their class, so that they need not be scanned again: names of fields,
// header values and the like come with every request. An answer is exact: all of the value is compared.

#ifndef WEIR_ENGINE_CLEAN_VALUES_H_
#define WEIR_ENGINE_CLEAN_VALUES_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace weir {

using ByteView = std::span<const uint8_t>;

// A table of fixed size in which a new value takes the place of an old one: whoever sends values that nobody else sends
// makes it useless for a while, no more. One per thread.
class CleanValues {
 public:
  // Longer ones are not kept: few come again.
  static constexpr size_t kValueBytesMax = 116;
  static constexpr size_t kSlots = 8'192;

  // Whether `value` was remembered for this class of this program. `program` is a number that no other program has.
  bool Has(uint64_t program, uint32_t program_class, ByteView value) {
    if (value.size() > kValueBytesMax) return false;
    place_ = &SlotOf(program, program_class, value);
    return place_->program == program && place_->program_class == program_class && place_->length == value.size() &&
           std::memcmp(place_->bytes.data(), value.data(), value.size()) == 0;
  }

  // Remembers the value that `Has` was asked for last.
  void Add(uint64_t program, uint32_t program_class, ByteView value) {
    if (value.size() > kValueBytesMax) return;
    place_->program = program;
    place_->program_class = program_class;
    place_->length = static_cast<uint32_t>(value.size());
    std::memcpy(place_->bytes.data(), value.data(), value.size());
  }

 private:
  struct Slot {
    uint64_t program = 0;  // 0 = empty.
    uint32_t program_class = 0;
    uint32_t length = 0;
    std::array<uint8_t, kValueBytesMax> bytes;
  };

  Slot& SlotOf(uint64_t program, uint32_t program_class, ByteView value);

  std::vector<Slot> slots_{kSlots};
  Slot* place_ = nullptr;
};

}  // namespace weir

#endif  // WEIR_ENGINE_CLEAN_VALUES_H_
