// Numbers with check digits that leak from pages: payment cards, tax and insurance numbers. Tells whether the digits of a text are
// such a number; other bytes are separators. Knows no pattern and no rule.

#ifndef WEIR_ENGINE_NUMBER_CHECK_H_
#define WEIR_ENGINE_NUMBER_CHECK_H_

#include <cstdint>
#include <span>

namespace weir {

using ByteView = std::span<const uint8_t>;

// The order is that of `numberChecks` in src/matching/native.ts.
enum class NumberCheck : uint32_t {
  kCard,    // @verifyCC: 12 to 19 digits with the check digit of ISO/IEC 7812-1 (Luhn).
  kCpf,     // @verifyCPF: Cadastro de Pessoas Físicas, 11 digits, the last two are check digits.
  kSsn,     // @verifySSN: US social security number, 9 digits in assigned ranges; it has no check digit.
  kSvnr,    // @verifySVNR: Sozialversicherungsnummer of Austria, 10 digits, the fourth is the check digit.
};
inline constexpr uint32_t kNumberChecks = 4;

// A repetition of one digit is not a number of any kind.
bool IsNumber(NumberCheck check, ByteView text);

}  // namespace weir

#endif  // WEIR_ENGINE_NUMBER_CHECK_H_
