// The functions of the addon, by the file that defines them. Contracts: src/matching/native.ts.

#ifndef WEIR_BINDING_FUNCTIONS_H_
#define WEIR_BINDING_FUNCTIONS_H_

#include "args.h"

namespace weir {

// pattern_set_wrap.cc
Napi::Value CompilePatternSet(const Args& args);
Napi::Value LoadPatternSets(const Args& args);
Napi::Value PackPatternSets(const Args& args);
Napi::Value ReportPatternSet(const Args& args);
Napi::Value RetainPatternSet(const Args& args);
Napi::Value AdoptPatternSet(const Args& args);
Napi::Value ReleasePatternSet(const Args& args);
Napi::Value Locate(const Args& args);

// open_sets_wrap.cc
Napi::Value OpenPatternSets(const Args& args);

// scan_program_wrap.cc
Napi::Value CreateScanProgram(const Args& args);
Napi::Value RetainScanProgram(const Args& args);
Napi::Value ReleaseScanProgram(const Args& args);
Napi::Value CountProgramPatterns(const Args& args);
Napi::Value ScanBatch(const Args& args);
Napi::Value ApplyChain(const Args& args);

// aside_scan_wrap.cc
Napi::Value ScanBatchAside(const Args& args);
Napi::Value FeedStreamAside(const Args& args);

// stream_scan_wrap.cc
Napi::Value OpenStream(const Args& args);
Napi::Value FeedStream(const Args& args);
Napi::Value EndStream(const Args& args);
Napi::Value TryEndStream(const Args& args);
Napi::Value DiscardStream(const Args& args);
Napi::Value CountStreamBytes(const Args& args);
Napi::Value CopyStreamTail(const Args& args);

// detect_wrap.cc
Napi::Value DetectSqliInValue(const Args& args);
Napi::Value DetectsInValue(const Args& args);

// number_wrap.cc
Napi::Value OpenNumberSearch(const Args& args);
Napi::Value ReleaseNumberSearch(const Args& args);
Napi::Value FindNumber(const Args& args);

// memory_wrap.cc
Napi::Value ReleaseFreeMemory(const Args& args);
Napi::Value MapFile(const Args& args);

// text_search_wrap.cc
Napi::Value CompileTextSearch(const Args& args);
Napi::Value FindText(const Args& args);

}  // namespace weir

#endif  // WEIR_BINDING_FUNCTIONS_H_
