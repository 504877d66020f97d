// The name tables, from the HTML Living Standard and from what browsers had before it.

#include "xss_names.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace weir {
namespace {

uint8_t Fold(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte; }

constexpr const char* kDangerousElements[] = {
    "script", "iframe",  "frame", "frameset", "object", "embed",  "applet", "base",    "link",     "meta",   "style",   "isindex",
    "layer",  "ilayer",  "xml",   "bgsound",  "portal", "import", "handler", "listener", "foreignobject", "fencedframe", "vmlframe", "include",
};

constexpr const char* kWordsInOn[] = {
    "one",     "ones",    "once",  "only",   "onto",   "online",  "ongoing", "onion",    "onions",   "onset", "onward",
    "onwards", "onboard", "onshore", "onsite", "onstage", "onus",  "onyx",    "ontology", "oncology", "onlooker",
};

// What follows "on" in the names of events, or their first word.
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
  // A letter ends the name of no element; old parsers ended it at anything else.
  const auto end = std::find_if(name.begin(), name.end(), [](uint8_t byte) { return Fold(byte) < 'a' || Fold(byte) > 'z'; });
  name = name.first(static_cast<size_t>(end - name.begin()));
  return IsAnyOf(kDangerousElements, name);
}

bool IsEventHandler(std::span<const uint8_t> name) { return IsOnName(name) && !IsAnyOf(kWordsInOn, name); }

bool IsKnownEventHandler(std::span<const uint8_t> name) {
  if (!IsOnName(name)) return false;
  const auto event = name.subspan(2);
  return std::any_of(std::begin(kEventBeginnings), std::end(kEventBeginnings),
                     [&](const char* beginning) { return BeginsFolded(event, beginning); });
}

bool IsTextAttribute(std::span<const uint8_t> name) { return IsAnyOf(kTextAttributes, name); }

}  // namespace weir
