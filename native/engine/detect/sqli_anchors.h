// Where a phrase of SQL can be: at a character or a word that every such phrase has. Most texts have none of them, so for most of a
// text nothing else is done.

#ifndef WEIR_ENGINE_DETECT_SQLI_ANCHORS_H_
#define WEIR_ENGINE_DETECT_SQLI_ANCHORS_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

// The first offset from `at` on that has one of ( @ ; < = > or begins as one of by, boolean, like, regexp, select, waitfor or when
// does (three letters, in any case); the value's size when there is none. May report a few other offsets, never misses one.
size_t NextSqlAnchor(std::span<const uint8_t> value, size_t at);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_SQLI_ANCHORS_H_
