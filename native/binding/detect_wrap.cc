// JavaScript binding of the detectors: a value comes as a byte string or as bytes.

#include "../engine/detect/detector.h"

#include "functions.h"

namespace weir {
namespace {

// The bytes of a value. A string is read as one byte per character, as byte strings are.
class ValueBytes {
 public:
  ValueBytes(const Args& args, size_t n, const char* name) {
    const Napi::Value value = args.At(n);
    if (!value.IsString()) {
      view_ = args.Bytes(n, name);
      return;
    }
    size_t length = 0;
    napi_get_value_string_latin1(args.env(), value, nullptr, 0, &length);
    // Node writes a NUL after the text.
    char* const room = length < short_.size() ? short_.data() : (long_.resize(length + 1), long_.data());
    napi_get_value_string_latin1(args.env(), value, room, length + 1, &length);
    view_ = {reinterpret_cast<const uint8_t*>(room), length};
  }
  ByteView view() const { return view_; }

 private:
  std::array<char, 512> short_;
  std::vector<char> long_;
  ByteView view_;
};

}  // namespace

Napi::Value DetectSqliInValue(const Args& args) {
  const ValueBytes value(args, 0, "value");
  char fingerprint[kFingerprintBytes];
  if (!DetectSqli(value.view(), fingerprint)) return args.env().Undefined();
  return Napi::String::New(args.env(), fingerprint);
}

Napi::Value DetectsInValue(const Args& args) {
  const std::string name = checked::ByteString(args.At(0), "detector");
  const std::optional<Detector> detector = FindDetector(name);
  if (!detector) ThrowArgument("there is no detector \"" + name + "\"");
  const ValueBytes value(args, 1, "value");
  return Napi::Boolean::New(args.env(), Detects(*detector, value.view(), ByteSet::Of(value.view())));
}

}  // namespace weir
