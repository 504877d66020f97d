// One expression that texts are searched for: routes, selectors, tests. RE2 over UTF-8: time is linear in the text for any
// expression.

#ifndef WEIR_ENGINE_TEXT_SEARCH_H_
#define WEIR_ENGINE_TEXT_SEARCH_H_

#include <memory>
#include <string>

namespace re2 {
class RE2;
}

namespace weir {

// May be shared by threads.
class TextSearch {
 public:
  // Throws pattern.compile for an expression that RE2 refuses.
  explicit TextSearch(const std::string& source);
  ~TextSearch();
  TextSearch(const TextSearch&) = delete;
  TextSearch& operator=(const TextSearch&) = delete;

  bool Finds(const std::string& text) const;

 private:
  std::unique_ptr<re2::RE2> compiled_;
};

}  // namespace weir

#endif  // WEIR_ENGINE_TEXT_SEARCH_H_
