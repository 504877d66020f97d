// URLs, styles and declarations that make a browser run script.

#ifndef WEIR_ENGINE_DETECT_XSS_URL_H_
#define WEIR_ENGINE_DETECT_XSS_URL_H_

#include <cstdint>
#include <span>

namespace weir {

// javascript:, vbscript: and the like, and data: with a type that a browser reads as a page. As browsers do, ignores control
// characters and spaces before the scheme, and tabs and line ends inside of it (URL Standard, section 4.4), and reads character
// references.
bool IsScriptUrl(std::span<const uint8_t> url);

// The same for a whole value, which may be prose about the scheme: the script must call or assign something.
bool IsScriptCall(std::span<const uint8_t> value);

// A style that runs script in browsers that supported such styles, or loads one that does.
bool HasActiveStyle(std::span<const uint8_t> style);

// `text` follows a "<" and begins with "!" or "?": an entity declaration, a conditional comment, a server-side include, a
// style sheet instruction.
bool IsDangerousDeclaration(std::span<const uint8_t> text);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_XSS_URL_H_
