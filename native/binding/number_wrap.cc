// JavaScript binding of number searches: opened by the plan whose rules need them, released with it.

#include <memory>

#include "functions.h"
#include "shared_sets.h"

namespace weir {

Napi::Value OpenNumberSearch(const Args& args) {
  const std::string source = checked::ByteString(args.At(0), "source");
  const uint32_t check = args.Index(1, "check");
  if (check >= kNumberChecks) ThrowArgument("check is out of range");
  auto search = std::make_shared<const NumberSearch>(source, static_cast<NumberCheck>(check));
  return Napi::Number::New(args.env(),
                           static_cast<double>(NumberSearches().Add(std::move(search), args.environment_id())));
}

Napi::Value ReleaseNumberSearch(const Args& args) {
  NumberSearches().Release(args.ToHandle(0, "search"), args.environment_id());
  return args.env().Undefined();
}

Napi::Value FindNumber(const Args& args) {
  const auto search = NumberSearches().Get(args.ToHandle(0, "search"));
  const ByteView text = args.Bytes(1, "text");
  return Napi::Boolean::New(args.env(), search->Finds(text, args.Index(2, "from"), args.Index(3, "startsTo")));
}

}  // namespace weir
