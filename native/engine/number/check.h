// Numbers with check digits that leak from pages: cards, tax and insurance numbers. Says whether the digits of a text are
// one. Other bytes of the text are separators. Knows no pattern and no rule.

#ifndef WEIR_ENGINE_NUMBER_CHECK_H_
#define WEIR_ENGINE_NUMBER_CHECK_H_

#include <cstdint>
#include <span>

namespace weir {

using ByteView = std::span<const uint8_t>;

// The order is that of `numberChecks` in src/matching/native.ts.
enum class NumberCheck : uint32_t {
  kCard,    // @verifyCC: 12 to 19 digits with the check digit of ISO/IEC 7812-1 (Luhn).
  kCpf,     // @verifyCPF: Cadastro de Pessoas Físicas, 11 digits of which two check.
  kSsn,     // @verifySSN: US social security number, 9 digits in ranges that are given out; it has no check digit.
  kSvnr,    // @verifySVNR: Sozialversicherungsnummer of Austria, 10 digits, the fourth checks.
};
inline constexpr uint32_t kNumberChecks = 4;

// Repetitions of one digit are no number of any kind.
bool IsNumber(NumberCheck check, ByteView text);

}  // namespace weir

#endif  // WEIR_ENGINE_NUMBER_CHECK_H_
