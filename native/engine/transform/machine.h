// The parts of every transformation: a machine of plain inlined functions, and the TransformKind that makes it an entry of the
// table. The whole-value path and the incremental path run the same machine, so they cannot disagree.

#ifndef WEIR_ENGINE_TRANSFORM_MACHINE_H_
#define WEIR_ENGINE_TRANSFORM_MACHINE_H_

#include <cstring>

#include "transform.h"

namespace weir {

// One entry of the table of transformations.
struct TransformKind {
  std::string_view name;
  std::unique_ptr<Transform> (*create)();
  void (*apply)(ByteView value, Bytes& out);
  bool (*is_identity)(const ByteSet& bytes, size_t length);
};

// Room for `bytes_max` more bytes at the end of `out`, written through a raw pointer; the destructor cuts `out` to what was
// written. Saves the capacity check that push_back makes for each byte.
class Cursor {
 public:
  Cursor(Bytes& out, size_t bytes_max) : out_(out), start_(out.size()) {
    out_.resize(start_ + bytes_max);
    at = out_.data() + start_;
  }
  ~Cursor() { out_.resize(static_cast<size_t>(at - out_.data())); }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  void Put(uint8_t byte) { *at++ = byte; }
  void Copy(const uint8_t* from, const uint8_t* to) {
    if (from == to) return;  // memcpy must not see a null pointer, even for no bytes
    std::memcpy(at, from, static_cast<size_t>(to - from));
    at += to - from;
  }

  uint8_t* at;

 private:
  Bytes& out_;
  size_t start_;
};

inline void AppendBytes(Bytes& out, const uint8_t* from, const uint8_t* to) { out.insert(out.end(), from, to); }

// A machine has Write(ByteView, Bytes&), End(Bytes&) and static Unchanged(const ByteSet&, size_t). It starts in its
// default-constructed state. Optional: WasTruncated(), HeapBytes(), Reset().
template <typename Machine>
class MachineTransform final : public Transform {
 public:
  void Write(ByteView input, Bytes& out) override { machine_.Write(input, out); }
  void End(Bytes& out) override { machine_.End(out); }
  void Reset() override {
    if constexpr (requires { machine_.Reset(); }) {
      machine_.Reset();
    } else {
      machine_ = Machine{};
    }
  }
  std::unique_ptr<Transform> Copy() const override { return std::make_unique<MachineTransform>(*this); }
  bool WasTruncated() const override {
    if constexpr (requires { machine_.WasTruncated(); }) return machine_.WasTruncated();
    return false;
  }
  size_t StateBytes() const override {
    if constexpr (requires { machine_.HeapBytes(); }) return sizeof(*this) + machine_.HeapBytes();
    return sizeof(*this);
  }

 private:
  Machine machine_{};
};

template <typename Machine>
std::unique_ptr<Transform> CreateMachine() {
  return std::make_unique<MachineTransform<Machine>>();
}

template <typename Machine>
void ApplyMachine(ByteView value, Bytes& out) {
  Machine machine{};
  machine.Write(value, out);
  machine.End(out);
}

template <typename Machine>
constexpr TransformKind KindOf(std::string_view name) {
  return TransformKind{name, &CreateMachine<Machine>, &ApplyMachine<Machine>, &Machine::Unchanged};
}

// The set of the bytes of a literal, for triggers.
constexpr ByteSet SetOf(std::string_view bytes) {
  ByteSet set;
  for (const char byte : bytes) set.Add(static_cast<uint8_t>(byte));
  return set;
}

constexpr ByteSet SetOfRange(uint8_t first, uint8_t last) {
  ByteSet set;
  for (unsigned byte = first; byte <= last; ++byte) set.Add(static_cast<uint8_t>(byte));
  return set;
}

constexpr ByteSet UnionOf(ByteSet a, const ByteSet& b) {
  for (size_t n = 0; n < a.words.size(); ++n) a.words[n] |= b.words[n];
  return a;
}

// A set as a table with one entry per byte value, for loops over a value.
constexpr std::array<bool, 256> TableOf(const ByteSet& set) {
  std::array<bool, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) table[byte] = set.Has(static_cast<uint8_t>(byte));
  return table;
}

// isspace() of the C locale: tab, line feed, vertical tab, form feed, carriage return, space.
inline constexpr std::string_view kSpaces = "\t\n\v\f\r ";
inline constexpr std::array<bool, 256> kIsSpace = TableOf(SetOf(kSpaces));

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_MACHINE_H_
