#include "errors.h"

#include <new>
#include <string>

namespace weir {
namespace {

Napi::Value Made(Napi::Env env, const EnvironmentData& environment, const char* code, const std::string& message) {
  const Napi::FunctionReference& error_class = environment.error_class;
  if (!error_class.IsEmpty()) {
    return error_class.New({Napi::String::New(env, code), Napi::String::New(env, message)});
  }
  const Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", code);
  return error.Value();
}

}  // namespace

Napi::Value ErrorOf(Napi::Env env, const EnvironmentData& environment, const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const EngineError& error) {
    return Made(env, environment, error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return Made(env, environment, error_code::kLimit, "out of memory");
  } catch (const std::exception& error) {
    return Made(env, environment, "internal", error.what());
  }
}

}  // namespace weir
