// The reference engine: runs one exchange, many times, through libmodsecurity 3. Prints as JSON the rule ids that it logged, whether
// it intervened, and the time of each run. Reads the exchange in the line format of engines/exchange-file.ts.

#include <modsecurity/modsecurity.h>
#include <modsecurity/rule_message.h>
#include <modsecurity/rules_set.h>
#include <modsecurity/transaction.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Exchange {
  std::string method, target, protocol, body;
  Headers headers;
  int status = 0;
  Headers response_headers;
  std::string response_body;
};

std::string ReadLine(std::istream& in) {
  std::string line;
  std::getline(in, line);
  return line;
}

Headers ReadHeaders(std::istream& in) {
  Headers headers;
  for (int left = std::stoi(ReadLine(in)); left > 0; --left) {
    std::string name = ReadLine(in);
    headers.emplace_back(std::move(name), ReadLine(in));
  }
  return headers;
}

std::string ReadBody(std::istream& in) {
  std::string body(std::stoul(ReadLine(in)), '\0');
  in.read(body.data(), static_cast<std::streamsize>(body.size()));
  in.get();
  return body;
}

Exchange ReadExchange(const char* path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(std::string("cannot read ") + path);
  Exchange exchange;
  exchange.method = ReadLine(in);
  exchange.target = ReadLine(in);
  exchange.protocol = ReadLine(in);
  exchange.headers = ReadHeaders(in);
  exchange.body = ReadBody(in);
  exchange.status = std::stoi(ReadLine(in));
  exchange.response_headers = ReadHeaders(in);
  exchange.response_body = ReadBody(in);
  return exchange;
}

std::set<long> logged_ids;

void OnRuleMessage(void*, const void* message) {
  logged_ids.insert(static_cast<long>(static_cast<const modsecurity::RuleMessage*>(message)->m_ruleId));
}

bool Intervened(modsecurity::Transaction& transaction) {
  modsecurity::ModSecurityIntervention intervention{};
  intervention.status = 200;
  const bool stopped = transaction.intervention(&intervention) != 0;
  std::free(intervention.url);
  std::free(intervention.log);
  return stopped;
}

bool RunRequest(modsecurity::Transaction& transaction, const Exchange& exchange) {
  transaction.processConnection("127.0.0.1", 40000, "127.0.0.1", 80);
  const std::string version = exchange.protocol.substr(exchange.protocol.find('/') + 1);
  transaction.processURI(exchange.target.c_str(), exchange.method.c_str(), version.c_str());
  for (const auto& [name, value] : exchange.headers) transaction.addRequestHeader(name, value);
  transaction.processRequestHeaders();
  if (Intervened(transaction)) return true;
  if (!exchange.body.empty()) {
    transaction.appendRequestBody(reinterpret_cast<const unsigned char*>(exchange.body.data()), exchange.body.size());
  }
  transaction.processRequestBody();
  return Intervened(transaction);
}

bool RunResponse(modsecurity::Transaction& transaction, const Exchange& exchange) {
  for (const auto& [name, value] : exchange.response_headers) transaction.addResponseHeader(name, value);
  transaction.processResponseHeaders(exchange.status, exchange.protocol);
  if (Intervened(transaction)) return true;
  transaction.appendResponseBody(reinterpret_cast<const unsigned char*>(exchange.response_body.data()),
                                 exchange.response_body.size());
  transaction.processResponseBody();
  return Intervened(transaction);
}

bool RunOnce(modsecurity::ModSecurity& engine, modsecurity::RulesSet& rules, const Exchange& exchange) {
  modsecurity::Transaction transaction(&engine, &rules, nullptr);
  bool blocked = RunRequest(transaction, exchange);
  if (!blocked) blocked = RunResponse(transaction, exchange);
  transaction.processLogging();
  return blocked;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: modsecurity RULES.conf EXCHANGE BUDGET_MS\n");
    return 2;
  }
  modsecurity::ModSecurity engine;
  engine.setServerLogCb(OnRuleMessage, modsecurity::RuleMessageLogProperty);
  modsecurity::RulesSet rules;
  if (rules.loadFromUri(argv[1]) < 0) {
    std::fprintf(stderr, "%s\n", rules.getParserError().c_str());
    return 1;
  }
  const Exchange exchange = ReadExchange(argv[2]);
  const auto budget = std::chrono::milliseconds(std::atoi(argv[3]));

  const bool blocked = RunOnce(engine, rules, exchange);
  const std::set<long> ids = logged_ids;
  std::vector<double> run_us;
  const auto start = std::chrono::steady_clock::now();
  while (run_us.size() < 5 || std::chrono::steady_clock::now() - start < budget) {
    const auto before = std::chrono::steady_clock::now();
    RunOnce(engine, rules, exchange);
    run_us.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - before).count());
  }
  std::sort(run_us.begin(), run_us.end());
  std::printf("{\"ids\":[");
  const char* comma = "";
  for (const long id : ids) {
    std::printf("%s%ld", comma, id);
    comma = ",";
  }
  std::printf("],\"isBlocked\":%s,\"runs\":%zu,\"minUs\":%.2f,\"medianUs\":%.2f,\"p99Us\":%.2f}\n",
              blocked ? "true" : "false", run_us.size(), run_us.front(), run_us[run_us.size() / 2],
              run_us[run_us.size() * 99 / 100]);
  return 0;
}
