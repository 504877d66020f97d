// The words of SQL that the detector distinguishes, in all dialects.

#ifndef WEIR_ENGINE_DETECT_SQLI_WORDS_H_
#define WEIR_ENGINE_DETECT_SQLI_WORDS_H_

#include <cstdint>
#include <span>

namespace weir {

enum class SqlWord : uint8_t {
  kName,        // not a word of SQL
  kLogical,     // and, or, xor
  kCompare,     // like, in, between, …
  kArithmetic,  // div, mod
  kLiteral,     // null, true, false
  kNot,
  kFunction,   // a function of SQL, when a parenthesis follows
  kDangerous,  // a function that injections call and little else does, when a parenthesis follows
  kSelect,
  kUnion,    // union, except, intersect
  kAll,      // all, distinct
  kOrder,    // order, group: with "by"
  kBy,
  kHaving,
  kLimit,
  kProcedure,
  kFrom,
  kWhere,
  kInto,
  kOutfile,  // outfile, dumpfile
  kValues,
  kSet,
  kUpdate,
  kInsert,  // insert, replace, merge: with "into"
  kDelete,  // with "from"
  kDefine,  // create, drop, alter, truncate, rename: with what they define
  kObject,  // table, database, view, …
  kExecute,
  kImmediate,
  kDeclare,
  kShutdown,
  kWaitfor,
  kDelay,  // delay, time: after waitfor
  kCase,
  kWhen,
  kThen,  // then, else
  kCall,
  kBegin,
  kAs,
  kTop,
  kArticle,  // the: what follows is prose
};

// The word that these bytes are, in any case.
SqlWord FindSqlWord(std::span<const uint8_t> bytes);

}  // namespace weir

#endif  // WEIR_ENGINE_DETECT_SQLI_WORDS_H_
