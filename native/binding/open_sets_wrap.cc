// Pattern sets opened from the cache in threads of their own, while this one goes on.

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "../engine/library_check.h"
#include "../engine/packed_sets.h"
#include "errors.h"
#include "functions.h"
#include "shared_sets.h"

namespace weir {
namespace {

class SetOpener : public Napi::AsyncWorker {
 public:
  SetOpener(const Args& args, ByteView packed, std::string cache_folder)
      : Napi::AsyncWorker(args.env(), "weir_open_sets"),
        environment_(args.environment()),
        deferred_(Napi::Promise::Deferred::New(args.env())),
        bytes_(Napi::Persistent(args.At(0).As<Napi::Object>())),
        packed_(packed),
        cache_folder_(std::move(cache_folder)) {}

  Napi::Promise Answer() const { return deferred_.Promise(); }

 protected:
  void Execute() override {
    try {
      RequireSoundLibrary();
      sets_ = PatternSet::Load(UnpackSets({reinterpret_cast<const char*>(packed_.data()), packed_.size()}), cache_folder_);
    } catch (...) {
      thrown_ = std::current_exception();
    }
  }

  void OnOK() override {
    if (thrown_ != nullptr) {
      deferred_.Reject(ErrorOf(Env(), environment_, thrown_));
      return;
    }
    Napi::Array handles = Napi::Array::New(Env(), sets_.size());
    for (uint32_t n = 0; n < sets_.size(); ++n) {
      if (!sets_[n]) {
        handles.Set(n, Env().Undefined());
        continue;
      }
      handles.Set(n, static_cast<double>(PatternSets().Add(std::move(sets_[n]), &environment_)));
    }
    deferred_.Resolve(handles);
  }

 private:
  EnvironmentData& environment_;
  Napi::Promise::Deferred deferred_;
  // Holds the memory that `packed_` is a view of.
  Napi::ObjectReference bytes_;
  ByteView packed_;
  std::string cache_folder_;
  std::vector<std::shared_ptr<const PatternSet>> sets_;
  std::exception_ptr thrown_;
};

}  // namespace

Napi::Value OpenPatternSets(const Args& args) {
  const ByteView packed = args.Bytes(0, "packed");
  // It deletes itself once it has answered.
  auto* const opener = new SetOpener(args, packed, checked::Text(args.At(1), "cacheFolder"));
  const Napi::Promise answer = opener->Answer();
  opener->Queue();
  return answer;
}

}  // namespace weir
