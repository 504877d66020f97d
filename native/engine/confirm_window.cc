#include "confirm_window.h"

#include <algorithm>

#include "work.h"

namespace weir {
namespace {

constexpr size_t kOverlapBytesMin = 1024;
// The start of the history is dropped in steps, so that tiny chunks do not move it each time.
constexpr size_t kSlackBytes = 4 * 1024;

// Two stand-ins for the unknown byte after the last one: a word byte, and a byte that is neither a word byte nor a line end. A
// match that holds before both holds before any byte, and at the end of the value.
constexpr uint8_t kWordByte = 'a';
constexpr uint8_t kOtherByte = 0;

bool IsBounded(const Re2Only& only) {
  return only.longest_match_bytes > 0 && only.longest_match_bytes <= kLongestMatchBytesMax;
}

size_t LongestMatch(const Re2Only& only) { return IsBounded(only) ? only.longest_match_bytes : kConfirmWindowBytes; }

void Merge(ByteSet& into, const ByteSet& other) {
  for (size_t n = 0; n < into.words.size(); ++n) into.words[n] |= other.words[n];
}

}  // namespace

ConfirmWindow::ConfirmWindow(const std::vector<StepRe2>& patterns) : patterns_(patterns) {
  overlap_ = kOverlapBytesMin;
  for (const StepRe2& re2 : patterns_) overlap_ = std::max<uint64_t>(overlap_, LongestMatch(*re2.only));
  stride_ = std::max<uint64_t>(stride_, overlap_);
}

void ConfirmWindow::Append(ByteView bytes, const Sink& sink) {
  // In steps, so that the history is never much longer than a window.
  while (!bytes.empty()) {
    const ByteView step = bytes.first(std::min(bytes.size(), kSlackBytes));
    AppendStep(step, sink);
    bytes = bytes.subspan(step.size());
  }
}

void ConfirmWindow::AppendStep(ByteView bytes, const Sink& sink) {
  // Grows by doubling, up to the maximum: a window, one byte before it, one after it, and two steps.
  const size_t wanted = history_.size() + bytes.size() + 1;
  if (wanted > history_.capacity()) {
    const size_t most = static_cast<size_t>(stride_ + overlap_) + 2 + 2 * kSlackBytes;
    history_.reserve(std::max(wanted, std::min(2 * wanted, most)));
  }
  history_.insert(history_.end(), bytes.begin(), bytes.end());
  Merge(bytes_since_, ByteSet::Of(bytes));
  // The byte after a window must be known, since `\b` and `$` at its end look at it.
  while (end() > window_end()) {
    const ByteSet present = WindowBytes();
    for (const auto& [only, _] : patterns_) {
      if (!sink.wants(only->id) || !MeetsRequirements(only->required, present)) continue;
      if (Search(*only, window_, window_end(), sink)) Report(*only, window_, window_end(), sink);
    }
    AdvanceWindow();
  }
  // One byte before the window is kept, since `\b` and `^` at its start look at it.
  const uint64_t keep_from = window_ > 0 ? window_ - 1 : 0;
  if (keep_from > begin_ + kSlackBytes) {
    history_.erase(history_.begin(), history_.begin() + static_cast<ptrdiff_t>(keep_from - begin_));
    begin_ = keep_from;
  }
}

void ConfirmWindow::AdvanceWindow() {
  Merge(bytes_gone_, WindowBytes());
  window_ += stride_;
  bytes_before_ = ByteSet::Of(ByteView(history_).subspan(static_cast<size_t>(window_ - begin_)));
  bytes_since_ = {};
}

ByteSet ConfirmWindow::WindowBytes() const {
  ByteSet present = bytes_before_;
  Merge(present, bytes_since_);
  return present;
}

bool ConfirmWindow::Search(const Re2Only& only, uint64_t from, uint64_t to, const Sink& sink) const {
  sink.spend(Re2Work(static_cast<size_t>(to - from)));
  return only.pattern->Matches(history_, static_cast<size_t>(from - begin_), static_cast<size_t>(to - begin_));
}

bool ConfirmWindow::SearchWhateverFollows(const Re2Only& only, uint64_t from, const Sink& sink) {
  const uint64_t to = end();
  bool matches = true;
  for (const uint8_t next : {kOtherByte, kWordByte}) {
    history_.push_back(next);
    matches = matches && Search(only, from, to, sink);
    history_.pop_back();
  }
  return matches;
}

uint64_t ConfirmWindow::FirstOffsetOf(const Re2Only& only) const {
  // Settled bytes cannot hold a new match: it ends after them, or at their end if the next byte was unknown.
  const uint64_t reach = LongestMatch(only) + 1;
  return IsBounded(only) && settled_ > window_ + reach ? settled_ - reach : window_;
}

void ConfirmWindow::Settle(const Sink& sink) {
  if (settled_ == end()) return;
  const ByteSet present = WindowBytes();
  for (const auto& [only, _] : patterns_) {
    if (!sink.wants(only->id) || !MeetsRequirements(only->required, present)) continue;
    const uint64_t from = FirstOffsetOf(*only);
    if (SearchWhateverFollows(*only, from, sink)) Report(*only, from, end(), sink);
  }
  settled_ = end();
}

void ConfirmWindow::End(const Sink& sink) {
  const ByteSet present = WindowBytes();
  for (const auto& [only, _] : patterns_) {
    if (!sink.wants(only->id) || !MeetsRequirements(only->required, present)) continue;
    if (Search(*only, window_, end(), sink)) Report(*only, window_, end(), sink);
  }
}

bool ConfirmWindow::MayHaveMissed(const Sink& sink) const {
  if (window_ == 0) return false;
  ByteSet present = WindowBytes();
  Merge(present, bytes_gone_);
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const StepRe2& re2) {
    return !IsBounded(*re2.only) && sink.wants(re2.only->id) && MeetsRequirements(re2.only->required, present);
  });
}

void ConfirmWindow::Report(const Re2Only& only, uint64_t from, uint64_t to, const Sink& sink) const {
  const size_t local_from = static_cast<size_t>(from - begin_);
  sink.spend(SmallestEndWork(static_cast<size_t>(to - from)));
  sink.hit(only.id, begin_ + only.pattern->SmallestEnd(history_, local_from, static_cast<size_t>(to - begin_)));
}

}  // namespace weir
