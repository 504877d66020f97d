// The addon: data of one environment, and the table of exported functions. No matching logic.

#include <cstdlib>
#include <exception>
#include <string>

#include "../engine/confirm_window.h"
#include "../engine/hit.h"
#include "errors.h"
#include "functions.h"
#include "shared_sets.h"

namespace weir {
namespace {

// Raised with every change of the contract in src/matching/native.ts.
constexpr uint32_t kAbiVersion = 10;

template <Napi::Value (*Function)(const Args&)>
napi_value Call(napi_env env, napi_callback_info info) {
  const Args args(env, info);
  try {
    return Function(args);
  } catch (const Napi::Error& error) {
    error.ThrowAsJavaScriptException();
  } catch (...) {
    napi_throw(env, ErrorOf(args.env(), args.environment(), std::current_exception()));
  }
  return nullptr;
}

Napi::Value LibraryVersion(const Args& args) { return Napi::String::New(args.env(), HsLibraryVersion()); }

Napi::Value ListTransformNames(const Args& args) {
  Napi::Array names = Napi::Array::New(args.env());
  uint32_t index = 0;
  for (const std::string_view name : TransformNames()) names.Set(index++, std::string(name));
  return names;
}

Napi::Value UseErrorClass(const Args& args) {
  if (!args.At(0).IsFunction()) ThrowArgument("errorClass must be a class");
  args.environment().error_class = Napi::Persistent(args.At(0).As<Napi::Function>());
  return args.env().Undefined();
}

// Exits without waiting for threads: one that compiles cannot be interrupted, and Node would wait for all of its own.
Napi::Value EndProcess(const Args& args) { std::_Exit(static_cast<int>(args.Index(0, "code"))); }

Napi::Value CountOpenHandles(const Args& args) {
  Napi::Object out = Napi::Object::New(args.env());
  out.Set("patternSets", static_cast<double>(PatternSets().Count()));
  out.Set("scanPrograms", static_cast<double>(ScanPrograms().Count()));
  out.Set("streams", static_cast<double>(Streams().Count()));
  out.Set("numberSearches", static_cast<double>(NumberSearches().Count()));
  return out;
}

struct Export {
  const char* name;
  napi_callback function;
};

constexpr Export kExports[] = {
    {"libraryVersion", Call<LibraryVersion>},
    {"transformNames", Call<ListTransformNames>},
    {"useErrorClass", Call<UseErrorClass>},
    {"endProcess", Call<EndProcess>},
    {"openHandles", Call<CountOpenHandles>},
    {"releaseFreeMemory", Call<ReleaseFreeMemory>},
    {"mapFile", Call<MapFile>},
    {"compilePatternSet", Call<CompilePatternSet>},
    {"loadPatternSets", Call<LoadPatternSets>},
    {"packPatternSets", Call<PackPatternSets>},
    {"openPatternSets", Call<OpenPatternSets>},
    {"patternSetReport", Call<ReportPatternSet>},
    {"retainPatternSet", Call<RetainPatternSet>},
    {"adoptPatternSet", Call<AdoptPatternSet>},
    {"releasePatternSet", Call<ReleasePatternSet>},
    {"createScanProgram", Call<CreateScanProgram>},
    {"retainScanProgram", Call<RetainScanProgram>},
    {"releaseScanProgram", Call<ReleaseScanProgram>},
    {"programPatternCount", Call<CountProgramPatterns>},
    {"scanBatch", Call<ScanBatch>},
    {"scanBatchAside", Call<ScanBatchAside>},
    {"feedStreamAside", Call<FeedStreamAside>},
    {"openStream", Call<OpenStream>},
    {"feedStream", Call<FeedStream>},
    {"endStream", Call<EndStream>},
    {"tryEndStream", Call<TryEndStream>},
    {"discardStream", Call<DiscardStream>},
    {"streamBytes", Call<CountStreamBytes>},
    {"streamTail", Call<CopyStreamTail>},
    {"transform", Call<ApplyChain>},
    {"locate", Call<Locate>},
    {"detectSqli", Call<DetectSqliInValue>},
    {"detects", Call<DetectsInValue>},
    {"openNumberSearch", Call<OpenNumberSearch>},
    {"releaseNumberSearch", Call<ReleaseNumberSearch>},
    {"findNumber", Call<FindNumber>},
    {"compileTextSearch", Call<CompileTextSearch>},
    {"findText", Call<FindText>},
};

std::string PlainByteString() {
  std::string bytes;
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (kPlainBytes.Has(static_cast<uint8_t>(byte))) bytes += static_cast<char>(byte);
  }
  return bytes;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  auto* const environment = new EnvironmentData;
  env.AddCleanupHook(
      [](EnvironmentData* ending) {
        ReleaseEverythingOf(ending);
        delete ending;
      },
      environment);
  for (const Export& exported : kExports) {
    napi_value function = nullptr;
    napi_create_function(env, exported.name, NAPI_AUTO_LENGTH, exported.function, environment, &function);
    exports.Set(exported.name, Napi::Value(env, function));
  }
  exports.Set("abiVersion", kAbiVersion);
  exports.Set("hitHeaderWords", static_cast<double>(kHitHeaderWords));
  exports.Set("hitWords", static_cast<double>(kHitWords));
  exports.Set("fieldWords", static_cast<double>(kFieldWords));
  exports.Set("fieldFlagRecurring", static_cast<double>(kFieldFlagRecurring));
  exports.Set("plainBytes", PlainByteString());
  exports.Set("confirmWindowBytes", static_cast<double>(kConfirmWindowBytes));
  return exports;
}

}  // namespace
}  // namespace weir

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) { return weir::Init(env, exports); }
NODE_API_MODULE(weir_native, InitAddon)
