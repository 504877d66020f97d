// Scans in a thread of Node's pool (libuv's) while the event loop goes on. Returns a promise; arrays that a scan reads or writes
// are kept alive until the promise settles.

#include <exception>
#include <functional>
#include <utility>
#include <vector>

#include "batch_call.h"
#include "errors.h"
#include "functions.h"
#include "shared_sets.h"

namespace weir {
namespace {

class AsideScan : public Napi::AsyncWorker {
 public:
  // `scan` returns the number of hits; `arrays` are those that it reads or writes.
  AsideScan(const Args& args, std::function<uint32_t()> scan, std::initializer_list<Napi::Value> arrays)
      : Napi::AsyncWorker(args.env(), "weir_scan"),
        environment_(args.environment()),
        deferred_(Napi::Promise::Deferred::New(args.env())),
        scan_(std::move(scan)) {
    for (const Napi::Value& array : arrays) arrays_.push_back(Napi::Persistent(array.As<Napi::Object>()));
  }

  Napi::Promise Answer() const { return deferred_.Promise(); }

 protected:
  void Execute() override {
    try {
      count_ = scan_();
    } catch (...) {
      thrown_ = std::current_exception();
    }
    // A stream is free for its next operation when its promise settles.
    scan_ = nullptr;
  }

  void OnOK() override {
    if (thrown_ == nullptr) {
      deferred_.Resolve(Napi::Number::New(Env(), count_));
    } else {
      deferred_.Reject(ErrorOf(Env(), environment_, thrown_));
    }
  }

 private:
  EnvironmentData& environment_;
  Napi::Promise::Deferred deferred_;
  std::function<uint32_t()> scan_;
  std::vector<Napi::ObjectReference> arrays_;
  std::exception_ptr thrown_;
  uint32_t count_ = 0;
};

Napi::Value Begin(AsideScan* scan) {
  // The worker deletes itself after it has settled its promise.
  const Napi::Promise answer = scan->Answer();
  scan->Queue();
  return answer;
}

}  // namespace

Napi::Value ScanBatchAside(const Args& args) {
  return Begin(new AsideScan(
      args, [call = BatchCall(args)] { return call.Run(); }, {args.At(1), args.At(2), args.At(4)}));
}

Napi::Value FeedStreamAside(const Args& args) {
  auto use = std::make_shared<StreamUse>(Streams().Get(args.ToHandle(0, "stream")));
  const ByteView chunk = args.Bytes(1, "chunk");
  const std::span<uint32_t> hits = args.Words(2, "hits");
  const bool settle = args.IsAbsent(3) || args.Flag(3, "settle");
  return Begin(new AsideScan(
      args, [use, chunk, hits, settle] { return use->scan().Feed(chunk, hits, settle); }, {args.At(1), args.At(2)}));
}

}  // namespace weir
