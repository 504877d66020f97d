// What engine code throws: a stable code and a message with the numbers. Knows no Node.

#ifndef WEIR_ENGINE_ERROR_H_
#define WEIR_ENGINE_ERROR_H_

#include <stdexcept>
#include <string>

namespace weir {

// Spelled as in src/base/errors.ts; the binding copies the code to the JavaScript error.
namespace error_code {
inline constexpr const char* kMissing = "native.missing";
inline constexpr const char* kArgument = "native.argument";
inline constexpr const char* kClosed = "native.closed";
inline constexpr const char* kBusy = "native.busy";
inline constexpr const char* kLimit = "native.limit";
inline constexpr const char* kPattern = "pattern.compile";
inline constexpr const char* kScan = "scan.failed";
}  // namespace error_code

class EngineError : public std::runtime_error {
 public:
  EngineError(const char* code, const std::string& message) : std::runtime_error(message), code_(code) {}
  const char* code() const { return code_; }

 private:
  const char* code_;
};

}  // namespace weir

#endif  // WEIR_ENGINE_ERROR_H_
