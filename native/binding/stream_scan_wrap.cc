// JavaScript binding of stream scans. A stream belongs to the environment that opened it; any thread may feed it, one operation at
// a time.

#include <cstring>
#include <utility>

#include "functions.h"
#include "shared_sets.h"

namespace weir {

Napi::Value OpenStream(const Args& args) {
  auto program = ScanPrograms().Get(args.ToHandle(0, "program"));
  auto stream = std::make_shared<SharedStream>(std::move(program), args.Index(1, "fieldClass"));
  return Napi::Number::New(args.env(), static_cast<double>(Streams().Add(std::move(stream), args.environment_id())));
}

Napi::Value FeedStream(const Args& args) {
  StreamUse use(Streams().Get(args.ToHandle(0, "stream")));
  const ByteView chunk = args.Bytes(1, "chunk");
  const std::span<uint32_t> hits = args.Words(2, "hits");
  const bool settle = args.IsAbsent(3) || args.Flag(3, "settle");
  return Napi::Number::New(args.env(), use.scan().Feed(chunk, hits, settle));
}

Napi::Value EndStream(const Args& args) {
  const Handle handle = args.ToHandle(0, "stream");
  uint32_t count = 0;
  {
    StreamUse use(Streams().Get(handle));
    const std::span<uint32_t> hits = args.Words(1, "hits");
    count = use.scan().End(hits);
    use.MarkEnded();
  }
  Streams().Remove(handle);
  return Napi::Number::New(args.env(), count);
}

Napi::Value TryEndStream(const Args& args) {
  StreamUse use(Streams().Get(args.ToHandle(0, "stream")));
  return Napi::Number::New(args.env(), use.scan().TryEnd(args.Words(1, "hits")));
}

Napi::Value DiscardStream(const Args& args) {
  // A running operation keeps the stream alive until it returns.
  Streams().Remove(args.ToHandle(0, "stream"));
  return args.env().Undefined();
}

Napi::Value CountStreamBytes(const Args& args) {
  StreamUse use(Streams().Get(args.ToHandle(0, "stream")));
  return Napi::Number::New(args.env(), static_cast<double>(use.scan().StateBytes()));
}

Napi::Value CopyStreamTail(const Args& args) {
  StreamUse use(Streams().Get(args.ToHandle(0, "stream")));
  const Bytes tail = use.scan().Tail(args.Index(1, "chain"));
  auto out = Napi::Uint8Array::New(args.env(), tail.size());
  if (!tail.empty()) std::memcpy(out.Data(), tail.data(), tail.size());
  return out;
}

}  // namespace weir
