// The transformations without Node: the incremental path gives the result of the whole-value path however the value is cut, the
// byte-set gate is sound, state is bounded and time is linear. What each transformation should give is in the tables of
// test/conformance/transform. Build with -fsanitize=address,undefined: every view is an exact-size allocation.

#include <ctime>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "../../native/engine/transform/transform.h"

namespace {

using weir::Bytes;
using weir::ByteSet;
using weir::ByteView;
using weir::TransformId;

int failure_count = 0;

void Expect(bool holds, TransformId id, const char* sentence, ByteView value) {
  if (holds) return;
  if (++failure_count > 20) return;
  std::fprintf(stderr, "FAIL %s: %s; value (%zu bytes):", std::string(weir::TransformNames()[id]).c_str(), sentence,
               value.size());
  for (size_t n = 0; n < value.size() && n < 64; ++n) std::fprintf(stderr, " %02x", value[n]);
  std::fprintf(stderr, "\n");
}

// xorshift: the same values on every run.
struct Random {
  uint64_t state = 0x9E3779B97F4A7C15;
  uint64_t Next() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  }
  size_t Below(size_t bound) { return static_cast<size_t>(Next() % bound); }
};

// A copy whose last byte is the last of its allocation, so that reading past it is detected.
struct Exact {
  explicit Exact(ByteView value) : bytes(new uint8_t[value.size()]), length(value.size()) {
    if (length > 0) std::memcpy(bytes.get(), value.data(), length);
  }
  ByteView View() const { return {bytes.get(), length}; }
  std::unique_ptr<uint8_t[]> bytes;
  size_t length;
};

Bytes Whole(TransformId id, ByteView value) {
  const Exact exact(value);
  Bytes out = {1, 2, 3};  // ApplyTransform clears it
  weir::ApplyTransform(id, exact.View(), out);
  return out;
}

Bytes InChunks(weir::Transform& transform, ByteView value, size_t first, size_t then) {
  Bytes out;
  size_t chunk = first;
  while (true) {
    const size_t length = std::min(chunk, value.size());
    const Exact exact(value.first(length));
    transform.Write(exact.View(), out);
    value = value.subspan(length);
    if (value.empty()) break;
    chunk = then;
  }
  transform.End(out);
  transform.Reset();
  return out;
}

// Pieces with a meaning for the transformations, so that random values are full of cut escapes.
const char* const kPieces[] = {
    "%",    "%4",   "%41",  "%u",    "%u0",  "%uff1c", "%U2019", "+",    "\\",     "\\x",   "\\x4",  "\\x41", "\\u00",  "\\u003c",
    "\\7",  "\\77", "\\777", "\\101", "\\n",  "\\\n",   "\\3c ",  "\\3c",  "\\0000", "\\00ff1c", "&",  "&#",    "&#x",    "&#x3c",
    "&#60", ";",    "&lt",  "&lt;",  "&LT",  "&colon;", "&nbsp",  "&bogus;", "&verticalline;", "&verticallines;", "/*", "*/", "<!--", "-->",
    "--",   "#",    "-",    "<!",    "/",    "..",     "../",    "./",    "//",     ".",     "a/",    "\\..\\", " ",      "  ",
    "\t",   "\r\n", "\v",   ",",     "(",    "\"",     "'",      "^",     "A",      "z",     "0x",    "0x4",   "0x41",   "0",
    "x",    "4",    "QUJD", "=",     "\xc3\xa9", "\xc3", "\xe2\x82\xac", "\xe2\x82", "\xf0\x9f\x98\x80", "\xf0\x9f", "\xc0\xbc", "\xa0", "\xc2\xa0", "\xff",
};

Bytes RandomValue(Random& random, size_t pieces) {
  Bytes value;
  for (size_t n = 0; n < pieces; ++n) {
    const size_t choice = random.Below(std::size(kPieces) + 8);
    if (choice >= std::size(kPieces)) {
      value.push_back(choice == std::size(kPieces) ? 0 : static_cast<uint8_t>(random.Next()));
    } else {
      const char* const piece = kPieces[choice];
      value.insert(value.end(), piece, piece + std::strlen(piece));
    }
  }
  return value;
}

void TestEveryCut(TransformId id) {
  Random random;
  const auto transform = weir::CreateTransform(id);
  for (int round = 0; round < 200; ++round) {
    const Bytes value = RandomValue(random, random.Below(14));
    const Bytes whole = Whole(id, value);
    for (size_t cut = 0; cut <= value.size(); ++cut) {
      Expect(InChunks(*transform, value, cut, value.size() + 1) == whole, id, "two chunks give what one gives", value);
    }
    Expect(InChunks(*transform, value, 1, 1) == whole, id, "single bytes give what one chunk gives", value);
    Expect(InChunks(*transform, value, 1, 3) == whole, id, "chunks of three give what one chunk gives", value);
  }
}

void TestIdentityIsSound(TransformId id) {
  Random random;
  for (int round = 0; round < 2000; ++round) {
    // Few distinct bytes, so that the gate opens often and still every pair and triple of them occurs.
    const Bytes alphabet = RandomValue(random, 1 + random.Below(2));
    if (alphabet.empty()) continue;
    Bytes value;
    for (size_t length = random.Below(9); value.size() < length;) value.push_back(alphabet[random.Below(alphabet.size())]);
    if (!weir::IsIdentity(id, ByteSet::Of(value), value.size())) continue;
    Expect(Whole(id, value) == value, id, "a value that the gate calls unchanged is unchanged", value);
  }
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (size_t length = 0; length < 5; ++length) {
      const Bytes value(length, static_cast<uint8_t>(byte));
      if (!weir::IsIdentity(id, ByteSet::Of(value), length)) continue;
      Expect(Whole(id, value) == value, id, "a run of one byte that the gate calls unchanged is unchanged", value);
    }
  }
}

// State stays limited for any input, and ten times the bytes take no more than a generous multiple of ten times the time.
void TestBoundsAndTime(TransformId id) {
  static constexpr size_t kStateBytesMax = 512 * 1024;
  for (const char* const piece : kPieces) {
    const size_t piece_length = std::strlen(piece);
    double seconds[2] = {};
    for (const int step : {0, 1}) {
      const size_t length = step == 0 ? 12'000 : 120'000;
      Bytes value;
      value.reserve(length + piece_length);
      while (value.size() < length) value.insert(value.end(), piece, piece + piece_length);
      const auto transform = weir::CreateTransform(id);
      Bytes out;
      // Processor time, so that waiting for a busy machine does not count.
      const std::clock_t start = std::clock();
      for (size_t at = 0; at < value.size(); at += 4096) {
        transform->Write(ByteView(value).subspan(at, std::min<size_t>(4096, value.size() - at)), out);
      }
      transform->End(out);
      seconds[step] = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
      Expect(transform->StateBytes() <= kStateBytesMax, id, "state is bounded", ByteView(value).first(64));
      Expect(out == Whole(id, value), id, "a long value in chunks gives what one chunk gives", ByteView(value).first(64));
    }
    Expect(seconds[1] < 40 * seconds[0] + 0.2, id, "time is linear", {reinterpret_cast<const uint8_t*>(piece), piece_length});
  }
}

TransformId IdOf(std::string_view name) {
  const auto names = weir::TransformNames();
  for (size_t n = 0; n < names.size(); ++n) {
    if (names[n] == name) return static_cast<TransformId>(n);
  }
  std::fprintf(stderr, "no transformation %s\n", std::string(name).c_str());
  std::exit(1);
}

Bytes BytesOf(std::string_view text) { return Bytes(text.begin(), text.end()); }

// A ".." that reaches back further than the window: reported, and the same in every cut.
void TestPathWindow() {
  const TransformId id = IdOf("normalizePath");
  std::string reachable = "/a/";
  while (reachable.size() < 60'000) reachable += "b/";
  std::string up;
  for (size_t n = 1; n < reachable.size(); n += 2) up += "../";
  const auto transform = weir::CreateTransform(id);
  Bytes out;
  const Bytes within = BytesOf(reachable + up + "etc");
  transform->Write(within, out);
  transform->End(out);
  Expect(out == BytesOf("/etc") && !transform->WasTruncated(), id, "within the window it is exact", within);
  std::string far = "/a/";
  while (far.size() < 200'000) far += "bc/";
  for (int n = 0; n < 70'000; ++n) far += "../";
  const Bytes beyond = BytesOf(far + "etc");
  Bytes whole;
  transform->Reset();
  transform->Write(beyond, whole);
  transform->End(whole);
  Expect(transform->WasTruncated(), id, "beyond the window it says so", beyond);
  for (const size_t chunk : {size_t{1000}, size_t{65'536}, size_t{65'537}, size_t{131'072}}) {
    Expect(InChunks(*transform, beyond, chunk, chunk) == whole, id, "beyond the window every cut gives the same", beyond);
  }
  const auto longName = BytesOf("/x/" + std::string(300'000, 'n') + "/../y");
  transform->Reset();
  Bytes cut;
  transform->Write(longName, cut);
  transform->End(cut);
  Expect(transform->WasTruncated(), id, "a segment longer than the window cannot be taken back, which is said", longName);
  Expect(InChunks(*transform, longName, 1234, 7777) == cut, id, "a segment longer than the window is the same in every cut",
         longName);
}

void TestTrimWindow() {
  for (const char* const name : {"trim", "trimRight"}) {
    const TransformId id = IdOf(name);
    const auto transform = weir::CreateTransform(id);
    const Bytes inner = BytesOf("a" + std::string(200'000, ' ') + "b ");
    Bytes out;
    transform->Write(inner, out);
    transform->End(out);
    Expect(out.size() == inner.size() - 1 && !transform->WasTruncated(), id, "a long run inside is kept, exactly", inner);
    const Bytes tail = BytesOf("a" + std::string(200'000, ' '));
    Bytes whole;
    transform->Reset();
    transform->Write(tail, whole);
    transform->End(whole);
    Expect(transform->WasTruncated(), id, "a run at the end longer than is held is said", tail);
    Expect(InChunks(*transform, tail, 999, 4321) == whole, id, "and is the same in every cut", tail);
  }
}

}  // namespace

int main() {
  const size_t count = weir::TransformNames().size();
  for (size_t n = 0; n < count; ++n) {
    const auto id = static_cast<TransformId>(n);
    TestEveryCut(id);
    TestIdentityIsSound(id);
    TestBoundsAndTime(id);
  }
  TestPathWindow();
  TestTrimWindow();
  if (failure_count > 0) {
    std::fprintf(stderr, "%d failures\n", failure_count);
    return 1;
  }
  std::printf("transform_test: %zu transformations hold\n", count);
  return 0;
}
