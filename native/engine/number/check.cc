#include "check.h"

#include <algorithm>
#include <array>

namespace weir {
namespace {

constexpr size_t kDigitsMax = 19;
using Digits = std::span<const unsigned>;

bool IsCard(Digits digits) {
  if (digits.size() < 12) return false;
  unsigned sum = 0;
  for (size_t n = 0; n < digits.size(); ++n) {
    const unsigned digit = digits[digits.size() - 1 - n];
    const unsigned weighted = n % 2 == 0 ? digit : 2 * digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 == 0;
}

// The check digit that follows `count` digits: ten times the sum of the digits, weighted from count + 1 down to 2, modulo 11; 10
// counts as 0.
unsigned CpfCheckDigit(Digits digits, size_t count) {
  unsigned sum = 0;
  for (size_t n = 0; n < count; ++n) sum += digits[n] * static_cast<unsigned>(count + 1 - n);
  return sum * 10 % 11 % 10;
}

bool IsCpf(Digits digits) {
  return digits.size() == 11 && CpfCheckDigit(digits, 9) == digits[9] && CpfCheckDigit(digits, 10) == digits[10];
}

bool IsSsn(Digits digits) {
  if (digits.size() != 9) return false;
  const unsigned area = digits[0] * 100 + digits[1] * 10 + digits[2];
  const unsigned group = digits[3] * 10 + digits[4];
  const unsigned serial = digits[5] * 1000 + digits[6] * 100 + digits[7] * 10 + digits[8];
  if (area == 0 || area == 666 || area >= 900 || group == 0 || serial == 0) return false;
  // 123-45-6789 is the number that everybody uses as an example.
  return !(area == 123 && group == 45 && serial == 6789);
}

bool IsSvnr(Digits digits) {
  constexpr std::array<unsigned, 10> kWeights{3, 7, 9, 0, 5, 8, 4, 2, 1, 6};
  if (digits.size() != kWeights.size() || digits[0] == 0) return false;
  unsigned sum = 0;
  for (size_t n = 0; n < kWeights.size(); ++n) sum += digits[n] * kWeights[n];
  return sum % 11 == digits[3];
}

}  // namespace

bool IsNumber(NumberCheck check, ByteView text) {
  std::array<unsigned, kDigitsMax> room;
  size_t count = 0;
  for (const uint8_t byte : text) {
    if (byte < '0' || byte > '9') continue;
    if (count == room.size()) return false;
    room[count++] = byte - '0';
  }
  const Digits digits(room.data(), count);
  if (std::all_of(digits.begin(), digits.end(), [&](unsigned digit) { return digit == digits[0]; })) return false;
  switch (check) {
    case NumberCheck::kCard:
      return IsCard(digits);
    case NumberCheck::kCpf:
      return IsCpf(digits);
    case NumberCheck::kSsn:
      return IsSsn(digits);
    case NumberCheck::kSvnr:
      return IsSvnr(digits);
  }
  return false;
}

}  // namespace weir
