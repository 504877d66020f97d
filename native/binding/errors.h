// The one place where C++ exceptions become JavaScript errors, whether thrown by a call or by work in another thread.

#ifndef WEIR_BINDING_ERRORS_H_
#define WEIR_BINDING_ERRORS_H_

#include <exception>

#include "args.h"

namespace weir {

// The error to throw or reject with: of the environment's error class, with the exception's code.
Napi::Value ErrorOf(Napi::Env env, const EnvironmentData& environment, const std::exception_ptr& thrown);

}  // namespace weir

#endif  // WEIR_BINDING_ERRORS_H_
