// The checked arguments of a block scan; the same for a scan in this thread and in another.

#ifndef WEIR_BINDING_BATCH_CALL_H_
#define WEIR_BINDING_BATCH_CALL_H_

#include <memory>

#include "../engine/batch_scan.h"
#include "args.h"
#include "shared_sets.h"

namespace weir {

// Views of the caller's arrays, which the caller keeps alive until Run() has returned.
struct BatchCall {
  explicit BatchCall(const Args& args)
      : program(ScanPrograms().Get(args.ToHandle(0, "program"))),
        slab(args.Bytes(1, "slab")),
        fields(args.Words(2, "fields")),
        field_count(args.Index(3, "fieldCount")),
        hits(args.Words(4, "hits")) {
    if (field_count > fields.size() / kFieldWords) ThrowArgument("fieldCount exceeds the field table");
    if (hits.size() < kHitHeaderWords) ThrowArgument("hits has no room for its header");
  }

  uint32_t Run() const { return ThreadBatchScan().Run(*program, slab, fields, field_count, hits); }

  std::shared_ptr<const ScanProgram> program;
  ByteView slab;
  std::span<uint32_t> fields;
  uint32_t field_count;
  std::span<uint32_t> hits;
};

}  // namespace weir

#endif  // WEIR_BINDING_BATCH_CALL_H_
