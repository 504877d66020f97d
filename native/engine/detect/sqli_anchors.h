// Where a phrase of SQL may have its sign: a mark or a word without which there is none. Most of a text has none of them, so
// this is all that is done with most of it.

#ifndef WEIR_ENGINE_DETECT_SQLI_ANCHORS_H_
#define WEIR_ENGINE_DETECT_SQLI_ANCHORS_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

// The first offset from `at` on with one of ( @ ; < = > or what begins as one of by, boolean, like, regexp, select, waitfor or
// when does (three letters, in any case); the value's size when there is none. May name a few other places, never misses one.
size_t NextSqlAnchor(std::span<const uint8_t> value, size_t at);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_SQLI_ANCHORS_H_
