// Argument checks: each accessor checks one argument and returns its value, or throws native.argument with the argument's name.
// Functions of the addon use only these accessors and never see a raw value.

#ifndef WEIR_BINDING_ARGS_H_
#define WEIR_BINDING_ARGS_H_

#include <napi.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "../engine/error.h"
#include "handle_table.h"

namespace weir {

using ByteView = std::span<const uint8_t>;

// Data of one environment; its address is the environment's identity.
struct EnvironmentData {
  Napi::FunctionReference error_class;
};

[[noreturn]] inline void ThrowArgument(const std::string& what) { throw EngineError(error_code::kArgument, what); }

// Checks of values that are not arguments themselves: members of objects and arrays.
namespace checked {

inline double WholeNumber(Napi::Value value, double end, const std::string& name) {
  if (!value.IsNumber()) ThrowArgument(name + " must be a number");
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= 0 && number < end) || number != std::floor(number)) ThrowArgument(name + " is out of range");
  return number;
}

inline uint32_t Index(Napi::Value value, const std::string& name) {
  return static_cast<uint32_t>(WholeNumber(value, 4294967296.0, name));
}

inline Handle ToHandle(Napi::Value value, const std::string& name) {
  return static_cast<Handle>(WholeNumber(value, 9007199254740992.0, name));
}

inline Napi::Array List(Napi::Value value, size_t length_max, const std::string& name) {
  if (!value.IsArray()) ThrowArgument(name + " must be an array");
  const auto list = value.As<Napi::Array>();
  if (list.Length() > length_max) {
    throw EngineError(error_code::kLimit, name + " has " + std::to_string(list.Length()) + " elements, limit " +
                                              std::to_string(length_max));
  }
  return list;
}

inline Napi::Object Record(Napi::Value value, const std::string& name) {
  if (!value.IsObject()) ThrowArgument(name + " must be an object");
  return value.As<Napi::Object>();
}

inline bool Flag(Napi::Value value, const std::string& name) {
  if (!value.IsBoolean()) ThrowArgument(name + " must be a boolean");
  return value.As<Napi::Boolean>().Value();
}

// A byte string: one byte per UTF-16 unit.
inline std::string ByteString(Napi::Value value, const std::string& name) {
  if (!value.IsString()) ThrowArgument(name + " must be a string");
  const std::u16string units = value.As<Napi::String>().Utf16Value();
  std::string bytes;
  bytes.reserve(units.size());
  for (const char16_t unit : units) {
    if (unit > 0xFF) ThrowArgument(name + " holds a character above U+00FF; write bytes");
    bytes += static_cast<char>(unit);
  }
  return bytes;
}

inline std::string Text(Napi::Value value, const std::string& name) {
  if (!value.IsString()) ThrowArgument(name + " must be a string");
  return value.As<Napi::String>().Utf8Value();
}

template <typename Element>
std::span<Element> TypedArray(napi_env env, napi_value value, napi_typedarray_type wanted, const char* kind,
                              const std::string& name) {
  bool is_typed_array = false;
  napi_is_typedarray(env, value, &is_typed_array);
  napi_typedarray_type type{};
  size_t length = 0;
  void* data = nullptr;
  napi_value buffer = nullptr;
  if (!is_typed_array ||
      napi_get_typedarray_info(env, value, &type, &length, &data, &buffer, nullptr) != napi_ok || type != wanted) {
    ThrowArgument(name + " must be " + kind);
  }
  if (length == 0) {
    bool is_detached = false;
    if (napi_is_detached_arraybuffer(env, buffer, &is_detached) == napi_ok && is_detached) {
      ThrowArgument(name + " is detached");
    }
    return {};
  }
  return {static_cast<Element*>(data), length};
}

inline ByteView Bytes(napi_env env, napi_value value, const std::string& name) {
  return TypedArray<const uint8_t>(env, value, napi_uint8_array, "a Uint8Array", name);
}

inline std::span<uint32_t> Words(napi_env env, napi_value value, const std::string& name) {
  return TypedArray<uint32_t>(env, value, napi_uint32_array, "a Uint32Array", name);
}

}  // namespace checked

// The arguments of one call. Views point into the caller's memory and are valid until the call returns.
class Args {
 public:
  static constexpr size_t kArgsMax = 6;

  Args(napi_env env, napi_callback_info info) : env_(env) {
    size_t count = kArgsMax;
    void* environment = nullptr;
    napi_get_cb_info(env, info, &count, values_.data(), nullptr, &environment);
    environment_ = static_cast<EnvironmentData*>(environment);
  }

  Napi::Env env() const { return env_; }
  EnvironmentData& environment() const { return *environment_; }
  EnvironmentId environment_id() const { return environment_; }

  Napi::Value At(size_t n) const { return {env_, values_[n]}; }
  bool IsAbsent(size_t n) const { return At(n).IsUndefined(); }
  Handle ToHandle(size_t n, const char* name) const { return checked::ToHandle(At(n), name); }
  uint32_t Index(size_t n, const char* name) const { return checked::Index(At(n), name); }
  bool Flag(size_t n, const char* name) const { return checked::Flag(At(n), name); }
  ByteView Bytes(size_t n, const char* name) const { return checked::Bytes(env_, values_[n], name); }
  std::span<uint32_t> Words(size_t n, const char* name) const { return checked::Words(env_, values_[n], name); }

 private:
  napi_env env_;
  EnvironmentData* environment_ = nullptr;
  std::array<napi_value, kArgsMax> values_{};
};

}  // namespace weir

#endif  // WEIR_BINDING_ARGS_H_
