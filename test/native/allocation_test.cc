// Failing allocations, at the n-th request for every n: compiling, scanning a batch and scanning a stream each end with an error
// and leave nothing behind (AddressSanitizer checks for leaks), and work when there is memory again. A program of
// its own: it replaces the allocator.

#include <hs.h>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>

#include "engine_fixture.h"

namespace {

// Allocations of this thread until one fails; below 0: none does.
thread_local long requests_left = -1;

void* Allocate(size_t size) {
  if (requests_left == 0) return nullptr;
  if (requests_left > 0) --requests_left;
  return std::malloc(size == 0 ? 1 : size);
}

void* AllocateOrThrow(size_t size) {
  void* const memory = Allocate(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(size_t size) { return AllocateOrThrow(size); }
void* operator new[](size_t size) { return AllocateOrThrow(size); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return Allocate(size); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return Allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

namespace {

using weir_test::Exact;
using weir_test::Literal;
using weir_test::Program;
using weir_test::Regex;

std::shared_ptr<const weir::PatternSet> Compile() {
  return weir::PatternSet::Compile({Regex(1, "union\\s+select"), Literal(2, "passwd"), Regex(3, "a[bc]{2,9}d")}, "");
}

// How many allocations may fail before the action needs no more.
constexpr long kRequestsMax = 100'000;

// Runs `action` with the n-th allocation failing, for every n that it reaches: at first each, then fewer and fewer. Prints the
// number of those that failed, or -1 if an error was not one for lack of memory.
template <typename Action>
long FailEach(Action action) {
  long failed = 0;
  for (long n = 0; n < kRequestsMax; n += 1 + n / 8) {
    bool has_failed = false;
    requests_left = n;
    try {
      action();
    } catch (const std::bad_alloc&) {
      has_failed = true;
    } catch (const weir::EngineError&) {
      has_failed = true;
    }
    const bool was_reached = requests_left == 0;
    requests_left = -1;
    if (has_failed && !was_reached) return -1;
    if (!was_reached) return failed;
    if (has_failed) ++failed;
  }
  return -1;
}

bool Report(const char* name, bool is_ok) {
  std::printf("%s %s\n", is_ok ? "ok  " : "FAIL", name);
  std::fflush(stdout);
  return is_ok;
}

bool Finds(const std::shared_ptr<const weir::ScanProgram>& program) {
  const Exact bytes(std::string_view("x UNION  select passwd"));
  std::vector<uint32_t> hits(weir::kHitHeaderWords + weir::kHitWords * 100);
  const std::vector<uint32_t> fields{0, 0, static_cast<uint32_t>(bytes.view().size())};
  weir::BatchScan().Run(*program, bytes.view(), fields, 1, hits);
  return hits[0] == 2;
}

bool FindsInStream(const std::shared_ptr<const weir::ScanProgram>& program) {
  weir::StreamScan stream(program, 0);
  std::vector<uint32_t> hits(weir::kHitHeaderWords + weir::kHitWords * 100);
  uint32_t found = 0;
  for (const char* const part : {"x UNI", "ON  sel", "ect pass", "wd"}) {
    const Exact bytes{std::string_view(part)};
    stream.Feed(bytes.view(), hits, true);
    found += hits[0];
  }
  stream.End(hits);
  return found + hits[0] == 2;
}

}  // namespace

int main() {
  hs_set_allocator(Allocate, std::free);
  bool is_ok = Report("CompilingEndsWithAnErrorWithoutMemory", FailEach([] { Compile(); }) > 10);
  const auto program = Program({{"lowercase"}}, {Compile()});
  is_ok &= Report("MakingAProgramEndsWithAnErrorWithoutMemory",
                  FailEach([set = Compile()] { Program({{"lowercase"}}, {set}); }) > 5);
  is_ok &= Report("ScanningABatchEndsWithAnErrorWithoutMemory", FailEach([&] { Finds(program); }) > 1);
  is_ok &= Report("ScanningAStreamEndsWithAnErrorWithoutMemory", FailEach([&] { FindsInStream(program); }) > 1);
  is_ok &= Report("ScansFindAgainWhatTheyShould", Finds(program) && FindsInStream(program));
  return is_ok ? 0 : 1;
}
