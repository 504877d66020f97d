// The name tables, from the HTML Living Standard and from browsers of earlier days.

#include "xss_names.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>

namespace weir {
namespace {

uint8_t Fold(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte; }

constexpr const char* kDangerousElements[] = {
    "script", "iframe",  "frame", "frameset", "object", "embed",  "applet", "base",    "link",     "meta",   "style",   "isindex",
    "layer",  "ilayer",  "xml",   "bgsound",  "portal", "import", "handler", "listener", "foreignobject", "fencedframe", "vmlframe", "include",
};

// Elements that do nothing without an attribute; in code these names are types.
constexpr const char* kLoadingElements[] = {"object", "embed", "applet", "base", "link", "meta", "xml", "include", "import"};

// Elements whose content is text up to their end tag (13.2.6.2), apart from those above.
constexpr const char* kRawTextElements[] = {"title", "textarea", "noscript", "xmp", "noembed", "noframes"};

constexpr const char* kWordsInOn[] = {
    "one",     "ones",    "once",  "only",   "onto",   "online",  "ongoing", "onion",    "onions",   "onset", "onward",
    "onwards", "onboard", "onshore", "onsite", "onstage", "onus",  "onyx",    "ontology", "oncology", "onlooker",
};

// What follows "on" in the names of events, or the first word of it.
constexpr const char* kEventBeginnings[] = {
    "abort",    "activate",  "after",    "animation", "audio",   "auxclick",  "before",   "begin",   "blur",      "bounce",
    "cached",   "cancel",    "canplay",  "cellchange", "change", "checking",  "click",    "close",   "command",   "connect",
    "content",  "context",   "control",  "copy",      "cuechange", "cut",     "data",     "dblclick", "deactivate", "device",
    "dom",      "drag",      "drop",     "duration",  "emptied", "end",       "enter",    "error",   "exit",      "fetch",
    "filter",   "finish",    "focus",    "form",      "fullscreen", "gamepad", "gesture", "got",     "hashchange", "help",
    "icecandidate", "input", "install",  "invalid",   "key",     "language",  "layout",   "load",    "lose",      "lost",
    "mark",     "media",     "message",  "mouse",     "move",    "moz",       "ms",       "mute",    "navigate",  "noupdate",
    "obsolete", "offline",   "online",   "open",      "orientation", "outofsync", "page", "paint",   "paste",     "pause",
    "play",     "pointer",   "popstate", "popup",     "progress", "property", "push",     "ratechange", "readystate", "rejection",
    "repeat",   "reset",     "resize",   "resume",    "reverse", "row",       "scroll",   "search",  "security",  "seek",
    "select",   "show",      "slotchange", "snap",    "sort",    "speech",    "stalled",  "start",   "stop",      "storage",
    "submit",   "suspend",   "sync",     "timeout",   "timeupdate", "toggle", "touch",    "track",   "transition", "unhandled",
    "unload",   "unmute",    "update",   "upgrade",   "url",     "visibility", "voice",   "volume",  "waiting",   "webkit",
    "wheel",    "zoom",
};

constexpr const char* kTextAttributes[] = {
    "title", "alt", "placeholder", "label", "summary", "abbr", "lang", "class", "id", "name",
};

// A name without the bytes that some parsers drop from it: NUL (old browsers) and "%" that escapes nothing (classic ASP). Names
// longer than any known one are cut.
class PlainName {
 public:
  explicit PlainName(std::span<const uint8_t> name) {
    for (const uint8_t byte : name) {
      if (byte == 0 || byte == '%') continue;
      if (length_ == bytes_.size()) break;
      bytes_[length_++] = byte;
    }
  }
  std::span<const uint8_t> View() const { return {bytes_.data(), length_}; }

 private:
  std::array<uint8_t, 40> bytes_;
  size_t length_ = 0;
};

bool IsNameByte(uint8_t byte) {
  const uint8_t folded = Fold(byte);
  return (folded >= 'a' && folded <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.';
}

bool IsOnName(std::span<const uint8_t> name) {
  if (name.size() < 4 || Fold(name[0]) != 'o' || Fold(name[1]) != 'n') return false;
  return std::all_of(name.begin() + 2, name.end(), [](uint8_t byte) { return Fold(byte) >= 'a' && Fold(byte) <= 'z'; });
}

template <size_t kCount>
bool IsAnyOf(const char* const (&words)[kCount], std::span<const uint8_t> name) {
  return std::any_of(std::begin(words), std::end(words), [&](const char* word) { return EqualsFolded(name, word); });
}

}  // namespace

bool BeginsFolded(std::span<const uint8_t> bytes, const char* word) {
  const size_t length = std::strlen(word);
  if (bytes.size() < length) return false;
  for (size_t n = 0; n < length; ++n) {
    if (Fold(bytes[n]) != static_cast<uint8_t>(word[n])) return false;
  }
  return true;
}

bool BeginsFolded(std::span<const uint8_t> bytes, std::span<const uint8_t> word) {
  return bytes.size() >= word.size() &&
         std::equal(word.begin(), word.end(), bytes.begin(), [](uint8_t a, uint8_t b) { return Fold(a) == Fold(b); });
}

bool EqualsFolded(std::span<const uint8_t> bytes, const char* word) {
  return bytes.size() == std::strlen(word) && BeginsFolded(bytes, word);
}

bool ContainsFolded(std::span<const uint8_t> bytes, const char* word) {
  const size_t length = std::strlen(word);
  for (size_t at = 0; at + length <= bytes.size(); ++at) {
    if (BeginsFolded(bytes.subspan(at, length), word)) return true;
  }
  return false;
}

bool IsDangerousElement(std::span<const uint8_t> name) {
  const auto colon = std::find(name.begin(), name.end(), ':');
  if (colon != name.end()) name = name.subspan(static_cast<size_t>(colon - name.begin()) + 1);
  // Old parsers ended a name at any byte that does not occur in names.
  const auto end = std::find_if_not(name.begin(), name.end(), IsNameByte);
  if (IsAnyOf(kDangerousElements, name.first(static_cast<size_t>(end - name.begin())))) return true;
  return end != name.end() && IsAnyOf(kDangerousElements, PlainName(name).View());
}

bool NeedsAttribute(std::span<const uint8_t> name) {
  return std::any_of(std::begin(kLoadingElements), std::end(kLoadingElements),
                     [&](const char* element) { return BeginsFolded(name, element); });
}

bool IsRawTextElement(std::span<const uint8_t> name) { return IsAnyOf(kRawTextElements, name); }

bool IsEventHandler(std::span<const uint8_t> name) {
  const PlainName plain(name);
  return IsOnName(plain.View()) && !IsAnyOf(kWordsInOn, plain.View());
}

bool IsKnownEventHandler(std::span<const uint8_t> name) {
  const PlainName plain(name);
  if (!IsOnName(plain.View())) return false;
  const auto event = plain.View().subspan(2);
  return std::any_of(std::begin(kEventBeginnings), std::end(kEventBeginnings),
                     [&](const char* beginning) { return BeginsFolded(event, beginning); });
}

bool IsTextAttribute(std::span<const uint8_t> name) { return IsAnyOf(kTextAttributes, name); }

}  // namespace weir
