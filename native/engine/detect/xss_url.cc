// Schemes are compared letter by letter while skipping what browsers skip: nothing is copied but a bounded beginning.

#include "xss_url.h"

#include <algorithm>
#include <array>

#include "xss_names.h"

namespace weir {
namespace {

// The longest beginning that decides, with room for nothing else.
constexpr size_t kBeginningBytesMax = 40;

struct Beginning {
  std::array<uint8_t, kBeginningBytesMax> bytes{};
  size_t length = 0;
  size_t taken = 0;  // bytes of the address that it stands for
  std::span<const uint8_t> View() const { return {bytes.data(), length}; }
};

Beginning BeginningOf(std::span<const uint8_t> url) {
  Beginning beginning;
  size_t at = 0;
  while (at < url.size() && url[at] <= 0x20) ++at;
  for (; at < url.size() && beginning.length < beginning.bytes.size(); ++at) {
    if (url[at] == '\t' || url[at] == '\n' || url[at] == '\r' || url[at] == 0) continue;
    beginning.bytes[beginning.length++] = url[at];
  }
  beginning.taken = at;
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
