// Reads markup as a browser's tokeniser does (HTML Living Standard, section 13.2.5), from the five places where a page may have put
// the value: in text, in an attribute without quotes, or in one with any of three quotes.

#include <algorithm>
#include <cstring>
#include <string_view>

#include "detect.h"
#include "detector.h"
#include "xss_names.h"
#include "xss_url.h"

namespace weir {
namespace {

// Where attributes are read: in a tag of the value, or in one that the page began.
enum class Where : uint8_t { kTag, kUnquoted, kQuoted };

bool IsSpace(uint8_t byte) { return byte == ' ' || (byte >= 0x09 && byte <= 0x0D); }
bool IsLetter(uint8_t byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }

class XssScanner {
 public:
  explicit XssScanner(ByteView value) : value_(value) {}

  bool Detect() {
    if (Has('<') && (ScanText(false) || (may_hide_text_ && ScanText(true)))) return true;
    if (Has('=')) {
      if (ScanUnquoted()) return true;
      for (const uint8_t quote : {'"', '\'', '`'}) {
        if (ScanQuoted(quote)) return true;
      }
    }
    return (Has(':') || Has('&')) && IsScriptCall(value_);
  }

 private:
  bool Has(uint8_t byte) const { return std::find(value_.begin(), value_.end(), byte) != value_.end(); }
  bool IsAtEnd() const { return at_ >= value_.size(); }
  uint8_t Here(size_t ahead = 0) const { return at_ + ahead < value_.size() ? value_[at_ + ahead] : 0; }
  ByteView From() const { return value_.subspan(std::min(at_, value_.size())); }

  // Text: what is between tags does no harm. The content of comments and of text-only elements is read like text, since in the page
  // they may end elsewhere. Then the value is read a second time without that content, as the browser reads it when the value
  // itself begins the comment or element: then the text that ends it may be inside the quotes of an attribute.
  bool ScanText(bool hides_text) {
    at_ = 0;
    next_equals_ = 0;
    next_end_ = 0;
    while (SkipTo('<')) {
      ++at_;
      if (IsLetter(Here())) {
        const ByteView name = NameHere();
        if (ScanTag(name)) return true;
        if (!IsRawTextElement(name)) continue;
        may_hide_text_ = true;
        if (hides_text) SkipRawText(name);
      } else if (Here() == '!' || Here() == '?') {
        if (IsDangerousDeclaration(From())) return true;
        may_hide_text_ = true;
        if (hides_text) SkipComment();
      }
    }
    return false;
  }

  // Moves to the next such byte, or to the end; false when there is none.
  bool SkipTo(uint8_t byte) {
    if (IsAtEnd()) return false;
    const auto* const mark = static_cast<const uint8_t*>(std::memchr(value_.data() + at_, byte, value_.size() - at_));
    at_ = mark == nullptr ? value_.size() : static_cast<size_t>(mark - value_.data());
    return mark != nullptr;
  }

  // Moves to the element's end tag, which is markup again.
  void SkipRawText(ByteView name) {
    while (SkipTo('<')) {
      const ByteView rest = value_.subspan(at_ + 1);
      if (!rest.empty() && rest[0] == '/' && BeginsFolded(rest.subspan(1), name)) return;
      ++at_;
    }
  }

  // After "<": moves to the end of a comment, or of what the standard treats as one.
  void SkipComment() {
    if (!BeginsFolded(From(), "!--")) {
      SkipTo('>');
      return;
    }
    const size_t text = at_ + 3;
    at_ = text;
    while (SkipTo('>')) {
      const ByteView before = value_.subspan(text, at_ - text);
      if (before.empty() || EqualsFolded(before, "-") || EndsWith(before, "--") || EndsWith(before, "--!")) return;
      ++at_;
    }
  }

  static bool EndsWith(ByteView bytes, std::string_view end) {
    return bytes.size() >= end.size() && std::equal(end.rbegin(), end.rend(), bytes.rbegin());
  }

  ByteView NameHere() const {
    size_t end = at_;
    while (end < value_.size() && !IsSpace(value_[end]) && value_[end] != '/' && value_[end] != '>') ++end;
    return value_.subspan(at_, end - at_);
  }

  bool ScanTag(ByteView name) {
    at_ += name.size();
    if (IsDangerousElement(name) && (!NeedsAttribute(name) || HasAttribute())) return true;
    return ScanAttributes(Where::kTag);
  }

  // Whether the tag has an attribute with a value. Before the first one, no ">" is inside quotes.
  bool HasAttribute() {
    next_equals_ = NextOf('=', next_equals_);
    next_end_ = NextOf('>', next_end_);
    return next_equals_ < next_end_;
  }

  // The first such byte from here on; `known` is an earlier result, so that no byte is read twice.
  size_t NextOf(uint8_t byte, size_t known) const {
    if (known >= at_) return known;
    const auto from = value_.begin() + static_cast<std::ptrdiff_t>(std::min(at_, value_.size()));
    return static_cast<size_t>(std::find(from, value_.end(), byte) - value_.begin());
  }

  // A value without quotes ends at white space, after which attributes of the page's tag follow. What comes before is read as an
  // attribute name, which it may be.
  bool ScanUnquoted() {
    at_ = 0;
    return ScanAttributes(Where::kUnquoted);
  }

  bool ScanQuoted(uint8_t quote) {
    const auto end = std::find(value_.begin(), value_.end(), quote);
    if (end == value_.end()) return false;
    at_ = static_cast<size_t>(end - value_.begin()) + 1;
    return ScanAttributes(Where::kQuoted);
  }

  bool ScanAttributes(Where where) {
    while (!IsAtEnd()) {
      while (!IsAtEnd() && (IsSpace(Here()) || Here() == '/')) ++at_;
      if (IsAtEnd()) return false;
      if (Here() == '>') {
        ++at_;
        return false;
      }
      const ByteView name = TakeName();
      while (!IsAtEnd() && IsSpace(Here())) ++at_;
      if (Here() != '=') continue;
      ++at_;
      while (!IsAtEnd() && IsSpace(Here())) ++at_;
      const ByteView text = TakeValue();
      if (IsDangerousAttribute(name, text, where)) return true;
    }
    return false;
  }

  // A name has at least one byte: an equals sign at its start is part of it.
  ByteView TakeName() {
    const size_t from = at_++;
    while (!IsAtEnd() && !IsSpace(Here()) && Here() != '/' && Here() != '>' && Here() != '=') ++at_;
    return value_.subspan(from, at_ - from);
  }

  ByteView TakeValue() {
    const uint8_t quote = Here();
    if (quote == '"' || quote == '\'' || quote == '`') {
      const size_t from = ++at_;
      while (!IsAtEnd() && Here() != quote) ++at_;
      const ByteView text = value_.subspan(std::min(from, value_.size()), at_ - from);
      if (!IsAtEnd()) ++at_;
      return text;
    }
    const size_t from = at_;
    while (!IsAtEnd() && !IsSpace(Here()) && Here() != '>') ++at_;
    return value_.subspan(from, at_ - from);
  }

  static bool IsDangerousAttribute(ByteView name, ByteView text, Where where) {
    if (where != Where::kTag) {
      if (EqualsFolded(name, "style")) return HasActiveStyle(text);
      return IsKnownEventHandler(name) ? HasCode(text) : IsScriptCall(text);
    }
    if (IsEventHandler(name)) return !text.empty();
    if (EqualsFolded(name, "srcdoc")) return !text.empty();
    if (EqualsFolded(name, "style")) return HasActiveStyle(text);
    if (EqualsFolded(name, "attributename")) {
      return IsEventHandler(text) || EqualsFolded(text, "href") || EqualsFolded(text, "xlink:href");
    }
    return !IsTextAttribute(name) && IsScriptUrl(text);
  }

  // In prose "onload=" may occur by itself. A handler that does something calls or assigns.
  static bool HasCode(ByteView text) {
    static constexpr std::string_view kCodeBytes = "(`=\\&";
    return std::find_first_of(text.begin(), text.end(), kCodeBytes.begin(), kCodeBytes.end()) != text.end() ||
           IsScriptUrl(text);
  }

  ByteView value_;
  size_t at_ = 0;
  size_t next_equals_ = 0;
  size_t next_end_ = 0;
  bool may_hide_text_ = false;  // the value begins a comment or a text-only element
};

}  // namespace

bool DetectXss(ByteView value) { return XssScanner(value).Detect(); }

namespace {

// Without a tag, an attribute or a scheme (whose colon may be a character reference) no script runs.
constexpr ByteSet MarkupBytes() {
  ByteSet set;
  for (const char byte : {'<', '=', ':', '&'}) set.Add(static_cast<uint8_t>(byte));
  return set;
}

constexpr ByteSet kMarkupBytes = MarkupBytes();

bool MayRunScript(const ByteSet& bytes) { return bytes.Intersects(kMarkupBytes); }

}  // namespace

extern constinit const DetectorKind kXssDetector = {"xss", MayRunScript, DetectXss};

}  // namespace weir
