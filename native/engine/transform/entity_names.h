// The named character references of HTML that stand for one ASCII character or the no-break space (HTML Living Standard,
// section 13.5).

#ifndef WEIR_ENGINE_TRANSFORM_ENTITY_NAMES_H_
#define WEIR_ENGINE_TRANSFORM_ENTITY_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir {

struct EntityName {
  std::string_view name;  // lower case
  uint8_t byte;
  bool needs_semicolon;
};

inline constexpr EntityName kEntityNames[] = {
    {"quot", '"', false},       {"amp", '&', false},     {"lt", '<', false},
    {"gt", '>', false},         {"nbsp", 0xA0, false},   {"apos", '\'', true},
    {"tab", '\t', true},        {"newline", '\n', true}, {"excl", '!', true},
    {"num", '#', true},         {"dollar", '$', true},   {"percnt", '%', true},
    {"lpar", '(', true},        {"rpar", ')', true},     {"ast", '*', true},
    {"midast", '*', true},      {"plus", '+', true},     {"comma", ',', true},
    {"period", '.', true},      {"sol", '/', true},      {"colon", ':', true},
    {"semi", ';', true},        {"equals", '=', true},   {"quest", '?', true},
    {"commat", '@', true},      {"lsqb", '[', true},     {"lbrack", '[', true},
    {"bsol", '\\', true},       {"rsqb", ']', true},     {"rbrack", ']', true},
    {"hat", '^', true},         {"lowbar", '_', true},   {"underbar", '_', true},
    {"grave", '`', true},       {"lcub", '{', true},     {"lbrace", '{', true},
    {"verbar", '|', true},      {"vert", '|', true},     {"verticalline", '|', true},
    {"rcub", '}', true},        {"rbrace", '}', true},   {"diacriticalgrave", '`', true},
    {"nonbreakingspace", 0xA0, true},
};

inline constexpr size_t kEntityNameBytesMax = [] {
  size_t longest = 0;
  for (const EntityName& entity : kEntityNames) longest = longest < entity.name.size() ? entity.name.size() : longest;
  return longest;
}();

// The byte that `name` stands for, in any case (as ModSecurity; browsers are stricter), or -1.
inline int FindEntity(std::string_view name, bool has_semicolon) {
  for (const EntityName& entity : kEntityNames) {
    if (entity.name.size() != name.size() || (entity.needs_semicolon && !has_semicolon)) continue;
    size_t n = 0;
    while (n < name.size() && (static_cast<uint8_t>(name[n]) | 0x20) == static_cast<uint8_t>(entity.name[n])) ++n;
    if (n == name.size()) return entity.byte;
  }
  return -1;
}

}  // namespace weir

#endif  // WEIR_ENGINE_TRANSFORM_ENTITY_NAMES_H_
