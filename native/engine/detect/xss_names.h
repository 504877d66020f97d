// Names of HTML that decide whether markup can run script.

#ifndef WEIR_ENGINE_DETECT_XSS_NAMES_H_
#define WEIR_ENGINE_DETECT_XSS_NAMES_H_

#include <cstdint>
#include <span>

namespace weir {

// Elements that by themselves run script, load something that does, or change how the page is read. A namespace prefix is ignored.
bool IsDangerousElement(std::span<const uint8_t> name);

// True for the beginning of such a name whose element does nothing without an attribute.
bool NeedsAttribute(std::span<const uint8_t> name);

// Elements that hold text and no markup, and run nothing.
bool IsRawTextElement(std::span<const uint8_t> name);

// Attribute names that are event handlers: any "on…" in a tag, apart from English words.
bool IsEventHandler(std::span<const uint8_t> name);

// Event handlers that browsers are known to have, for places where "on…=" may be prose.
bool IsKnownEventHandler(std::span<const uint8_t> name);

// Attributes whose value is text that a browser never follows or runs.
bool IsTextAttribute(std::span<const uint8_t> name);

// Whether the bytes equal a lower-case word, in any case.
bool EqualsFolded(std::span<const uint8_t> bytes, const char* word);

// True when the bytes begin with a lower-case word, in any case.
bool BeginsFolded(std::span<const uint8_t> bytes, const char* word);

// The same with a word in any case.
bool BeginsFolded(std::span<const uint8_t> bytes, std::span<const uint8_t> word);

// True when a lower-case word occurs in the bytes, in any case.
bool ContainsFolded(std::span<const uint8_t> bytes, const char* word);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_XSS_NAMES_H_
