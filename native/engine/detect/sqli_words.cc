// The word table: sorted by letters, looked up by first letter and length.

#include "sqli_words.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <string_view>

namespace weir {
namespace {

struct Entry {
  std::string_view word;
  SqlWord kind;
};

constexpr Entry kEntries[] = {
    // clang-format off
    {"abs", SqlWord::kFunction}, {"all", SqlWord::kAll}, {"alter", SqlWord::kDefine}, {"and", SqlWord::kLogical},
    {"any_value", SqlWord::kFunction}, {"array_agg", SqlWord::kFunction}, {"as", SqlWord::kAs},
    {"ascii", SqlWord::kFunction}, {"avg", SqlWord::kFunction}, {"begin", SqlWord::kBegin}, {"benchmark", SqlWord::kDangerous},
    {"between", SqlWord::kCompare}, {"bin", SqlWord::kFunction}, {"bin_to_uuid", SqlWord::kFunction},
    {"bit_and", SqlWord::kFunction}, {"bit_count", SqlWord::kFunction}, {"bit_length", SqlWord::kFunction},
    {"bit_or", SqlWord::kFunction}, {"bit_shift", SqlWord::kFunction}, {"bit_xor", SqlWord::kFunction},
    {"by", SqlWord::kBy}, {"call", SqlWord::kCall}, {"case", SqlWord::kCase}, {"cast", SqlWord::kFunction},
    {"ceil", SqlWord::kFunction}, {"ceiling", SqlWord::kFunction}, {"char", SqlWord::kFunction},
    {"char_length", SqlWord::kFunction}, {"char_to_num", SqlWord::kFunction},
    {"character_length", SqlWord::kFunction}, {"charindex", SqlWord::kFunction}, {"chr", SqlWord::kFunction},
    {"coalesce", SqlWord::kFunction}, {"column", SqlWord::kObject}, {"concat", SqlWord::kFunction},
    {"concat_ws", SqlWord::kFunction}, {"conv", SqlWord::kFunction}, {"convert", SqlWord::kFunction},
    {"count", SqlWord::kFunction}, {"create", SqlWord::kDefine}, {"crypt_key", SqlWord::kDangerous},
    {"cur_date", SqlWord::kFunction}, {"curdate", SqlWord::kFunction}, {"current_database", SqlWord::kFunction},
    {"current_date", SqlWord::kFunction}, {"current_schema", SqlWord::kFunction},
    {"current_setting", SqlWord::kDangerous}, {"current_time", SqlWord::kFunction},
    {"current_timestamp", SqlWord::kFunction}, {"current_user", SqlWord::kFunction}, {"curtime", SqlWord::kFunction},
    {"database", SqlWord::kObject}, {"database_to_xml", SqlWord::kDangerous}, {"datalength", SqlWord::kFunction},
    {"date_add", SqlWord::kFunction}, {"date_format", SqlWord::kFunction}, {"date_part", SqlWord::kFunction},
    {"date_sub", SqlWord::kFunction}, {"db_id", SqlWord::kFunction}, {"db_name", SqlWord::kFunction},
    {"dblink", SqlWord::kDangerous}, {"dblink_connect", SqlWord::kDangerous}, {"declare", SqlWord::kDeclare},
    {"decode", SqlWord::kFunction}, {"delay", SqlWord::kDelay}, {"delete", SqlWord::kDelete},
    {"distinct", SqlWord::kAll}, {"distinctrow", SqlWord::kAll}, {"div", SqlWord::kArithmetic},
    {"drop", SqlWord::kDefine}, {"dumpfile", SqlWord::kOutfile}, {"else", SqlWord::kThen},
    {"elt", SqlWord::kFunction}, {"encode", SqlWord::kFunction}, {"except", SqlWord::kUnion},
    {"exec", SqlWord::kExecute}, {"execute", SqlWord::kExecute}, {"exists", SqlWord::kFunction},
    {"exp", SqlWord::kFunction}, {"extractvalue", SqlWord::kDangerous}, {"false", SqlWord::kLiteral},
    {"field", SqlWord::kFunction}, {"find_in_set", SqlWord::kFunction}, {"floor", SqlWord::kFunction},
    {"fn_get_audit_file", SqlWord::kDangerous}, {"fn_xe_file_target_read_file", SqlWord::kDangerous},
    {"format", SqlWord::kFunction}, {"from", SqlWord::kFrom}, {"from_base64", SqlWord::kFunction},
    {"function", SqlWord::kObject}, {"generate_series", SqlWord::kDangerous}, {"get_lock", SqlWord::kDangerous},
    {"getdate", SqlWord::kFunction}, {"getutcdate", SqlWord::kFunction}, {"glob", SqlWord::kCompare},
    {"greatest", SqlWord::kFunction}, {"group", SqlWord::kOrder}, {"group_concat", SqlWord::kFunction},
    {"gtid_subset", SqlWord::kDangerous}, {"gtid_subtract", SqlWord::kDangerous},
    {"has_dbaccess", SqlWord::kFunction}, {"hashbytes", SqlWord::kFunction}, {"having", SqlWord::kHaving},
    {"hex", SqlWord::kFunction}, {"hex_to_raw", SqlWord::kFunction}, {"host_name", SqlWord::kFunction},
    {"httpuritype", SqlWord::kDangerous}, {"if", SqlWord::kFunction}, {"ifnull", SqlWord::kFunction},
    {"iif", SqlWord::kFunction}, {"ilike", SqlWord::kCompare}, {"immediate", SqlWord::kImmediate},
    {"in", SqlWord::kCompare}, {"index", SqlWord::kObject}, {"inet_server_addr", SqlWord::kDangerous},
    {"initcap", SqlWord::kFunction}, {"insert", SqlWord::kInsert}, {"instr", SqlWord::kFunction},
    {"intersect", SqlWord::kUnion}, {"into", SqlWord::kInto}, {"is", SqlWord::kCompare},
    {"is_free_lock", SqlWord::kDangerous}, {"is_member", SqlWord::kFunction},
    {"is_srvrolemember", SqlWord::kFunction}, {"isdate", SqlWord::kFunction}, {"isnull", SqlWord::kFunction},
    {"isnumeric", SqlWord::kFunction}, {"json_array", SqlWord::kFunction}, {"json_extract", SqlWord::kFunction},
    {"json_keys", SqlWord::kFunction}, {"json_object", SqlWord::kFunction},
    {"json_storage_free", SqlWord::kDangerous}, {"json_value", SqlWord::kFunction}, {"julianday", SqlWord::kFunction},
    {"last_insert_id", SqlWord::kFunction}, {"lcase", SqlWord::kFunction}, {"least", SqlWord::kFunction},
    {"left", SqlWord::kFunction}, {"len", SqlWord::kFunction}, {"length", SqlWord::kFunction},
    {"lengthb", SqlWord::kFunction}, {"like", SqlWord::kCompare}, {"limit", SqlWord::kLimit},
    {"listagg", SqlWord::kFunction}, {"lo_export", SqlWord::kDangerous}, {"lo_get", SqlWord::kDangerous},
    {"lo_import", SqlWord::kDangerous}, {"load_extension", SqlWord::kDangerous}, {"load_file", SqlWord::kDangerous},
    {"locate", SqlWord::kFunction}, {"login", SqlWord::kObject}, {"lower", SqlWord::kFunction},
    {"lpad", SqlWord::kFunction}, {"ltrim", SqlWord::kFunction}, {"make_set", SqlWord::kDangerous},
    {"makedate", SqlWord::kFunction}, {"master_pos_wait", SqlWord::kDangerous}, {"max", SqlWord::kFunction},
    {"md5", SqlWord::kFunction}, {"merge", SqlWord::kInsert}, {"mid", SqlWord::kFunction},
    {"min", SqlWord::kFunction}, {"mod", SqlWord::kArithmetic}, {"ms_trunc", SqlWord::kDangerous},
    {"name_const", SqlWord::kDangerous}, {"newid", SqlWord::kFunction}, {"nlssort", SqlWord::kFunction},
    {"not", SqlWord::kNot}, {"now", SqlWord::kFunction}, {"ntile", SqlWord::kFunction}, {"null", SqlWord::kLiteral},
    {"nullif", SqlWord::kFunction}, {"nvl", SqlWord::kFunction}, {"object_id", SqlWord::kFunction},
    {"object_name", SqlWord::kFunction}, {"opendatasource", SqlWord::kDangerous}, {"openjson", SqlWord::kFunction},
    {"openquery", SqlWord::kDangerous}, {"openrowset", SqlWord::kDangerous}, {"or", SqlWord::kLogical},
    {"ord", SqlWord::kFunction}, {"order", SqlWord::kOrder}, {"outfile", SqlWord::kOutfile},
    {"parse_data_size", SqlWord::kDangerous}, {"parsename", SqlWord::kFunction}, {"password", SqlWord::kFunction},
    {"patindex", SqlWord::kFunction}, {"pg_ls_dir", SqlWord::kDangerous}, {"pg_read_file", SqlWord::kDangerous},
    {"pg_sleep", SqlWord::kDangerous}, {"pg_sleep_for", SqlWord::kDangerous}, {"pg_sleep_until", SqlWord::kDangerous},
    {"pg_stat_file", SqlWord::kDangerous}, {"pi", SqlWord::kFunction}, {"position", SqlWord::kFunction},
    {"pow", SqlWord::kFunction}, {"power", SqlWord::kFunction}, {"procedure", SqlWord::kProcedure},
    {"query_to_xml", SqlWord::kDangerous}, {"quote", SqlWord::kFunction}, {"quotename", SqlWord::kFunction},
    {"raise_error", SqlWord::kFunction}, {"rand", SqlWord::kFunction}, {"random", SqlWord::kFunction},
    {"randomblob", SqlWord::kDangerous}, {"randomuuid", SqlWord::kFunction}, {"rawtohex", SqlWord::kFunction},
    {"regexp", SqlWord::kCompare}, {"regexp_like", SqlWord::kFunction}, {"regexp_replace", SqlWord::kFunction},
    {"regexp_substring", SqlWord::kDangerous}, {"rename", SqlWord::kDefine}, {"repeat", SqlWord::kFunction},
    {"replace", SqlWord::kInsert}, {"reverse", SqlWord::kFunction}, {"right", SqlWord::kFunction},
    {"rlike", SqlWord::kCompare}, {"rotateleft", SqlWord::kFunction}, {"round", SqlWord::kFunction},
    {"row_count", SqlWord::kFunction}, {"row_to_json", SqlWord::kDangerous}, {"rownum", SqlWord::kFunction},
    {"rpad", SqlWord::kFunction}, {"rtrim", SqlWord::kFunction}, {"schema", SqlWord::kObject},
    {"schema_name", SqlWord::kFunction}, {"select", SqlWord::kSelect}, {"session_user", SqlWord::kFunction},
    {"set", SqlWord::kSet}, {"sha", SqlWord::kFunction}, {"sha1", SqlWord::kFunction}, {"sha2", SqlWord::kFunction},
    {"shutdown", SqlWord::kShutdown}, {"sign", SqlWord::kFunction}, {"similar", SqlWord::kCompare},
    {"sleep", SqlWord::kDangerous}, {"sleepeachrow", SqlWord::kDangerous}, {"soundex", SqlWord::kFunction},
    {"sounds", SqlWord::kCompare}, {"sp_executesql", SqlWord::kDangerous}, {"sp_makewebtask", SqlWord::kDangerous},
    {"sp_oacreate", SqlWord::kDangerous}, {"sp_password", SqlWord::kDangerous}, {"space", SqlWord::kFunction},
    {"sqlite_compileoption_get", SqlWord::kDangerous}, {"sqlite_version", SqlWord::kFunction},
    {"sqrt", SqlWord::kFunction}, {"st_latfromgeohash", SqlWord::kDangerous},
    {"st_longfromgeohash", SqlWord::kDangerous}, {"st_pointfromgeohash", SqlWord::kDangerous},
    {"stdev", SqlWord::kFunction}, {"stragg", SqlWord::kFunction}, {"strcmp", SqlWord::kFunction},
    {"strftime", SqlWord::kFunction}, {"string_agg", SqlWord::kFunction}, {"stuff", SqlWord::kFunction},
    {"substr", SqlWord::kFunction}, {"substrb", SqlWord::kFunction}, {"substring", SqlWord::kFunction},
    {"substring_index", SqlWord::kFunction}, {"sum", SqlWord::kFunction}, {"suser_name", SqlWord::kFunction},
    {"suser_sname", SqlWord::kFunction}, {"sys_eval", SqlWord::kDangerous}, {"sys_exec", SqlWord::kDangerous},
    {"sysdate", SqlWord::kFunction}, {"sysdatetime", SqlWord::kFunction}, {"system_user", SqlWord::kFunction},
    {"table", SqlWord::kObject}, {"table_to_xml", SqlWord::kDangerous}, {"tablespace", SqlWord::kObject},
    {"the", SqlWord::kArticle}, {"then", SqlWord::kThen}, {"time", SqlWord::kDelay},
    {"to_base64", SqlWord::kFunction}, {"to_char", SqlWord::kFunction}, {"to_clob", SqlWord::kFunction},
    {"to_date", SqlWord::kFunction}, {"to_hex", SqlWord::kFunction}, {"to_number", SqlWord::kFunction},
    {"to_posixtime", SqlWord::kFunction}, {"to_timestamp", SqlWord::kFunction}, {"toint32", SqlWord::kFunction},
    {"top", SqlWord::kTop}, {"tostring", SqlWord::kFunction}, {"total_changes", SqlWord::kFunction},
    {"translate", SqlWord::kFunction}, {"trigger", SqlWord::kObject}, {"trim", SqlWord::kFunction},
    {"true", SqlWord::kLiteral}, {"truncate", SqlWord::kDefine}, {"try_cast", SqlWord::kFunction},
    {"try_convert", SqlWord::kFunction}, {"typeof", SqlWord::kFunction}, {"ucase", SqlWord::kFunction},
    {"unhex", SqlWord::kFunction}, {"unicode", SqlWord::kFunction}, {"union", SqlWord::kUnion},
    {"unix_timestamp", SqlWord::kFunction}, {"unnest", SqlWord::kFunction}, {"update", SqlWord::kUpdate},
    {"updatexml", SqlWord::kDangerous}, {"upper", SqlWord::kFunction}, {"user", SqlWord::kObject},
    {"user_id", SqlWord::kFunction}, {"user_name", SqlWord::kFunction}, {"uuid", SqlWord::kFunction},
    {"uuid_to_bin", SqlWord::kDangerous}, {"values", SqlWord::kValues}, {"version", SqlWord::kFunction},
    {"view", SqlWord::kObject}, {"waitfor", SqlWord::kWaitfor}, {"when", SqlWord::kWhen}, {"where", SqlWord::kWhere},
    {"wm_concat", SqlWord::kFunction}, {"xmlagg", SqlWord::kFunction}, {"xmlelement", SqlWord::kFunction},
    {"xmlparse", SqlWord::kFunction}, {"xmltype", SqlWord::kDangerous}, {"xor", SqlWord::kLogical},
    {"xp_cmdshell", SqlWord::kDangerous}, {"xp_dirtree", SqlWord::kDangerous}, {"xp_fileexist", SqlWord::kDangerous},
    {"xp_regread", SqlWord::kDangerous}, {"xp_subdirs", SqlWord::kDangerous}, {"zeroblob", SqlWord::kFunction},
    // clang-format on
};

constexpr size_t kWordBytesMax = [] {
  size_t longest = 0;
  for (const Entry& entry : kEntries) longest = std::max(longest, entry.word.size());
  return longest;
}();

static_assert(std::is_sorted(std::begin(kEntries), std::end(kEntries),
                             [](const Entry& a, const Entry& b) { return a.word < b.word; }));

constexpr size_t kLetters = 26;

// Words by first letter and length, as ranges of indices: most words of a text need no comparison at all.
struct Range {
  uint16_t from = 0;
  uint16_t to = 0;
};

struct WordIndex {
  std::array<uint16_t, std::size(kEntries)> order{};
  std::array<std::array<Range, kWordBytesMax + 1>, kLetters> ranges{};
};

constexpr WordIndex kWordIndex = [] {
  WordIndex index;
  uint16_t taken = 0;
  size_t first = 0;
  for (size_t letter = 0; letter < kLetters; ++letter) {
    size_t end = first;
    while (end < std::size(kEntries) && kEntries[end].word[0] == static_cast<char>('a' + letter)) ++end;
    for (size_t length = 1; length <= kWordBytesMax; ++length) {
      index.ranges[letter][length].from = taken;
      for (size_t n = first; n < end; ++n) {
        if (kEntries[n].word.size() == length) index.order[taken++] = static_cast<uint16_t>(n);
      }
      index.ranges[letter][length].to = taken;
    }
    first = end;
  }
  return index;
}();

// Prefixes of database packages; every function with one counts as one that injections call.
constexpr std::string_view kDangerousPrefixes[] = {"dbms_", "utl_", "xp_", "ctxsys", "ordsys", "sys_context"};

bool EqualsFolded(std::span<const uint8_t> bytes, std::string_view word) {
  for (size_t n = 0; n < word.size(); ++n) {
    const uint8_t byte = bytes[n];
    if (static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte) != word[n]) return false;
  }
  return true;
}

}  // namespace

SqlWord FindSqlWord(std::span<const uint8_t> bytes) {
  if (bytes.empty() || bytes.size() > kWordBytesMax) return SqlWord::kName;
  const uint8_t first = bytes[0] | 0x20;
  if (first < 'a' || first > 'z') return SqlWord::kName;
  const Range range = kWordIndex.ranges[first - 'a'][bytes.size()];
  for (size_t n = range.from; n < range.to; ++n) {
    const Entry& entry = kEntries[kWordIndex.order[n]];
    if (EqualsFolded(bytes, entry.word)) return entry.kind;
  }
  for (const std::string_view prefix : kDangerousPrefixes) {
    if (bytes.size() >= prefix.size() && first == static_cast<uint8_t>(prefix[0]) && EqualsFolded(bytes, prefix)) {
      return SqlWord::kDangerous;
    }
  }
  return SqlWord::kName;
}

}  // namespace weir
