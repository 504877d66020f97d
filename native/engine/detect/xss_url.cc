// Compares schemes letter by letter, skipping what browsers skip; copies only a bounded beginning.

#include "xss_url.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "xss_names.h"

namespace weir {
namespace {

// The longest beginning that is needed for a decision.
constexpr size_t kBeginningBytesMax = 40;

struct Beginning {
  std::array<uint8_t, kBeginningBytesMax> bytes{};
  size_t length = 0;
  std::span<const uint8_t> View() const { return {bytes.data(), length}; }
};

struct Character {
  uint32_t code = 0;
  size_t length = 1;  // bytes that spell it
};

// Digits of a character reference that are read; a longer one has leading zeros or is not a character.
constexpr size_t kDigitsMax = 10;

int DigitOf(uint8_t byte, bool is_hex) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  const uint8_t folded = byte | 0x20;
  return is_hex && folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

// The character at `at`. A reference (&#106; &#x6a; &colon;) counts as the character that it denotes, with or without its semicolon
// (HTML Living Standard, section 13.2.5.72).
Character CharacterAt(std::span<const uint8_t> url, size_t at) {
  struct Name {
    const char* spelling;
    uint8_t code;
  };
  static constexpr Name kNames[] = {{"&colon;", ':'}, {"&tab;", '\t'}, {"&newline;", '\n'}, {"&sol;", '/'}, {"&comma;", ','}};
  const auto rest = url.subspan(at);
  if (rest[0] != '&') return {rest[0], 1};
  for (const Name& name : kNames) {
    if (BeginsFolded(rest, name.spelling)) return {name.code, std::strlen(name.spelling)};
  }
  if (rest.size() < 3 || rest[1] != '#') return {'&', 1};
  const bool is_hex = (rest[2] | 0x20) == 'x';
  const size_t from = is_hex ? 3 : 2;
  Character character{0, from};
  while (character.length < rest.size() && character.length < from + kDigitsMax) {
    const int digit = DigitOf(rest[character.length], is_hex);
    if (digit < 0) break;
    character.code = character.code * (is_hex ? 16 : 10) + static_cast<uint32_t>(digit);
    ++character.length;
  }
  if (character.length == from) return {'&', 1};
  if (character.length < rest.size() && rest[character.length] == ';') ++character.length;
  return character;
}

Beginning BeginningOf(std::span<const uint8_t> url) {
  Beginning beginning;
  size_t at = 0;
  while (at < url.size() && beginning.length < beginning.bytes.size()) {
    const Character character = CharacterAt(url, at);
    at += character.length;
    const bool is_skipped = character.code == '\t' || character.code == '\n' || character.code == '\r' || character.code == 0;
    if (is_skipped || (beginning.length == 0 && character.code <= 0x20)) continue;
    beginning.bytes[beginning.length++] = character.code < 0x80 ? static_cast<uint8_t>(character.code) : 0xFF;
  }
  return beginning;
}

constexpr const char* kScriptSchemes[] = {"javascript:", "vbscript:", "livescript:", "mocha:", "jscript:"};
constexpr const char* kPageTypes[] = {
    "data:text/html", "data:text/xml", "data:text/javascript", "data:application/xhtml", "data:application/xml",
    "data:application/javascript", "data:application/x-javascript", "data:image/svg+xml", "data:text/css", "data:;",
};

const char* SchemeOf(std::span<const uint8_t> beginning) {
  for (const char* const scheme : kScriptSchemes) {
    if (BeginsFolded(beginning, scheme)) return scheme;
  }
  return nullptr;
}

}  // namespace

bool IsScriptUrl(std::span<const uint8_t> url) {
  const Beginning beginning = BeginningOf(url);
  if (SchemeOf(beginning.View()) != nullptr) return true;
  return std::any_of(std::begin(kPageTypes), std::end(kPageTypes),
                     [&](const char* type) { return BeginsFolded(beginning.View(), type); });
}

bool IsScriptCall(std::span<const uint8_t> value) {
  if (SchemeOf(BeginningOf(value).View()) == nullptr) return false;
  return std::any_of(value.begin(), value.end(),
                     [](uint8_t byte) { return byte == '(' || byte == '`' || byte == '=' || byte == '%'; });
}

bool HasActiveStyle(std::span<const uint8_t> style) {
  static constexpr const char* kActive[] = {"expression", "javascript:", "vbscript:", "behavior", "behaviour", "-moz-binding",
                                            "@import",    "data:text"};
  return std::any_of(std::begin(kActive), std::end(kActive), [&](const char* word) { return ContainsFolded(style, word); });
}

bool IsDangerousDeclaration(std::span<const uint8_t> text) {
  static constexpr const char* kDangerous[] = {"!entity", "!--[if", "![if", "!--#", "!element", "!attlist", "?xml-stylesheet", "?import"};
  return std::any_of(std::begin(kDangerous), std::end(kDangerous), [&](const char* word) { return BeginsFolded(text, word); });
}

}  // namespace weir
