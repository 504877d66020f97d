// JavaScript binding of text searches: objects that the garbage collector frees, since they live as long as the code that uses
// them.

#include "../engine/text_search.h"

#include <memory>

#include "functions.h"

namespace weir {
namespace {

// Marks our objects, so that another addon's are refused.
constexpr napi_type_tag kTag = {0x5765697254657874, 0x5365617263680001};

}  // namespace

Napi::Value CompileTextSearch(const Args& args) {
  auto search = std::make_unique<TextSearch>(checked::Text(args.At(0), "source"));
  auto external = Napi::External<TextSearch>::New(args.env(), search.get(),
                                                  [](Napi::Env, TextSearch* unused) { delete unused; });
  search.release();
  external.TypeTag(&kTag);
  return external;
}

Napi::Value FindText(const Args& args) {
  const Napi::Value search = args.At(0);
  if (!search.IsExternal() || !search.As<Napi::External<TextSearch>>().CheckTypeTag(&kTag)) {
    ThrowArgument("search must come from compileTextSearch");
  }
  const std::string text = checked::Text(args.At(1), "text");
  return Napi::Boolean::New(args.env(), search.As<Napi::External<TextSearch>>().Data()->Finds(text));
}

}  // namespace weir
