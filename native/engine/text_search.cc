#include "text_search.h"

#include <re2/re2.h>

#include "error.h"

namespace weir {
namespace {

// Memory for the program and automaton cache of one expression; RE2 refuses an expression whose program needs more.
constexpr int64_t kMemoryBytesMax = 8 << 20;

}  // namespace

TextSearch::TextSearch(const std::string& source) {
  re2::RE2::Options options;
  options.set_never_capture(true);
  options.set_log_errors(false);
  options.set_max_mem(kMemoryBytesMax);
  compiled_ = std::make_unique<re2::RE2>(source, options);
  if (!compiled_->ok()) throw EngineError(error_code::kPattern, compiled_->error());
}

TextSearch::~TextSearch() = default;

bool TextSearch::Finds(const std::string& text) const { return re2::RE2::PartialMatch(text, *compiled_); }

}  // namespace weir
