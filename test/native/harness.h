// The engine's own test harness: named cases, checks that count, byte buffers of exactly the size asked for, so that a
// read past the end is always a sanitizer error.

#ifndef WEIR_TEST_NATIVE_HARNESS_H_
#define WEIR_TEST_NATIVE_HARNESS_H_

#include <cstdint>
#include <cstring>
#include <iostream>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "../../native/engine/error.h"

namespace weir_test {

struct Case {
  const char* name;
  void (*run)();
};

inline std::vector<Case>& Cases() {
  static std::vector<Case> cases;
  return cases;
}

inline int& Failures() {
  static int failures = 0;
  return failures;
}

struct Registration {
  Registration(const char* name, void (*run)()) { Cases().push_back({name, run}); }
};

inline void Fail(const char* file, int line, const std::string& what) {
  ++Failures();
  std::cerr << file << ":" << line << ": " << what << "\n";
}

template <typename Left, typename Right>
void CheckEqual(const Left& left, const Right& right, const char* text, const char* file, int line,
                const std::string& where) {
  if (left == right) return;
  std::ostringstream what;
  what << text << ": " << left << " is not " << right << (where.empty() ? "" : " at ") << where;
  Fail(file, line, what.str());
}

// The code of the EngineError that `action` throws, or "" when it throws none.
template <typename Action>
std::string CodeOf(Action action, std::string* message = nullptr) {
  try {
    action();
  } catch (const weir::EngineError& error) {
    if (message != nullptr) *message = error.what();
    return error.code();
  }
  return "";
}

// Bytes in a heap block of exactly their size.
class Exact {
 public:
  explicit Exact(std::string_view text) : size_(text.size()), bytes_(new uint8_t[text.size()]) {
    if (!text.empty()) std::memcpy(bytes_.get(), text.data(), text.size());
  }
  std::span<const uint8_t> view() const { return {bytes_.get(), size_}; }

 private:
  size_t size_;
  std::unique_ptr<uint8_t[]> bytes_;
};

// A small generator: the same numbers on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2 + 1) {}
  uint32_t Below(uint32_t end) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state_ >> 33) % end;
  }

 private:
  uint64_t state_;
};

}  // namespace weir_test

#define TEST(name)                                                              \
  static void name();                                                           \
  static const weir_test::Registration name##_registration{#name, name};        \
  static void name()
#define CHECK(condition) \
  do {                   \
    if (!(condition)) weir_test::Fail(__FILE__, __LINE__, #condition); \
  } while (false)
#define CHECK_EQ(left, right) weir_test::CheckEqual(left, right, #left, __FILE__, __LINE__, "")
#define CHECK_EQ_AT(left, right, where) weir_test::CheckEqual(left, right, #left, __FILE__, __LINE__, where)

#endif  // WEIR_TEST_NATIVE_HARNESS_H_
