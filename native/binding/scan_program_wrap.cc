// JavaScript binding of scan programs, the block scan of a batch, and single transformations.

#include <algorithm>
#include <cstring>
#include <utility>

#include "batch_call.h"
#include "functions.h"
#include "shared_sets.h"

namespace weir {
namespace {

std::vector<TransformId> ReadChain(Napi::Value value, const std::string& name) {
  const Napi::Array list = checked::List(value, kChainLengthMax, name);
  std::vector<TransformId> chain;
  for (uint32_t n = 0; n < list.Length(); ++n) {
    const uint32_t id = checked::Index(list.Get(n), name + " element");
    if (id >= TransformNames().size()) ThrowArgument("unknown transformation " + std::to_string(id));
    chain.push_back(static_cast<TransformId>(id));
  }
  return chain;
}

ProgramSource::Scan ReadScan(Napi::Value value) {
  const Napi::Object record = checked::Record(value, "a scan of a class");
  const uint32_t chain = checked::Index(record.Get("chain"), "chain");
  return {chain, PatternSets().Get(checked::ToHandle(record.Get("set"), "set"))};
}

std::vector<uint32_t> ReadMembers(Napi::Value value) {
  const Napi::Array list = checked::List(value, kPatternIdEnd, "members");
  std::vector<uint32_t> members;
  for (uint32_t n = 0; n < list.Length(); ++n) members.push_back(checked::Index(list.Get(n), "a member"));
  return members;
}

ProgramSource::Class ReadClass(Napi::Value value) {
  ProgramSource::Class out;
  // A plain list of scans is a class that has nothing else.
  const bool is_list = value.IsArray();
  const Napi::Value scans = is_list ? value : checked::Record(value, "a class").Get("scans");
  const Napi::Array list = checked::List(scans, kStepsPerClassMax, "scans");
  for (uint32_t n = 0; n < list.Length(); ++n) out.scans.push_back(ReadScan(list.Get(n)));
  if (is_list) return out;
  const auto record = value.As<Napi::Object>();
  if (const Napi::Value merged = record.Get("merged"); !merged.IsUndefined()) {
    out.merged = PatternSets().Get(checked::ToHandle(merged, "merged"));
  }
  if (const Napi::Value members = record.Get("members"); !members.IsUndefined()) out.members = ReadMembers(members);
  return out;
}

}  // namespace

Napi::Value CreateScanProgram(const Args& args) {
  const Napi::Object record = checked::Record(args.At(0), "source");
  ProgramSource source;
  const Napi::Array chains = checked::List(record.Get("chains"), kChainsMax, "chains");
  for (uint32_t n = 0; n < chains.Length(); ++n) source.chains.push_back(ReadChain(chains.Get(n), "a chain"));
  const Napi::Array classes = checked::List(record.Get("classes"), kClassesMax, "classes");
  for (uint32_t n = 0; n < classes.Length(); ++n) source.classes.push_back(ReadClass(classes.Get(n)));
  auto program = std::make_shared<const ScanProgram>(source);
  return Napi::Number::New(args.env(),
                           static_cast<double>(ScanPrograms().Add(std::move(program), args.environment_id())));
}

Napi::Value RetainScanProgram(const Args& args) {
  ScanPrograms().Retain(args.ToHandle(0, "program"), args.environment_id());
  return args.env().Undefined();
}

Napi::Value ReleaseScanProgram(const Args& args) {
  ScanPrograms().Release(args.ToHandle(0, "program"), args.environment_id());
  return args.env().Undefined();
}

Napi::Value CountProgramPatterns(const Args& args) {
  const auto program = ScanPrograms().Get(args.ToHandle(0, "program"));
  uint32_t most = 0;
  for (size_t n = 0; n < program->class_count(); ++n) most = std::max(most, program->class_at(n).pattern_count);
  return Napi::Number::New(args.env(), most);
}

Napi::Value ScanBatch(const Args& args) {
  return Napi::Number::New(args.env(), BatchCall(args).Run());
}

Napi::Value ApplyChain(const Args& args) {
  const std::vector<TransformId> chain = ReadChain(args.At(0), "chain");
  const ByteView value = args.Bytes(1, "value");
  const ByteView result = ThreadBatchScan().Apply(chain, value);
  if (result.data() == value.data() && result.size() == value.size()) return args.At(1);
  auto out = Napi::Uint8Array::New(args.env(), result.size());
  if (!result.empty()) std::memcpy(out.Data(), result.data(), result.size());
  return out;
}

}  // namespace weir
