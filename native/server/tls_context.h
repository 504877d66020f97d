// What TLS connections are made with: a certificate, its key, and the authorities whose client certificates are accepted. OpenSSL
// is Node's own, which Node exports for addons; updating Node updates it.

#ifndef WEIR_SERVER_TLS_CONTEXT_H_
#define WEIR_SERVER_TLS_CONTEXT_H_

#include <openssl/ssl.h>

#include <memory>
#include <string_view>

namespace weir::server {

// As PEM.
struct TlsMaterial {
  std::string_view certificate;  // With the intermediate certificates up to the root.
  std::string_view key;
  std::string_view client_authorities;  // Clients must present a certificate issued by these; empty: none is requested.
};

// Cheap to copy: copies share one context.
class TlsContext {
 public:
  // TLS 1.2 and 1.3 for HTTP/2, which is the only protocol that is negotiated (RFC 9113 §3.3), with the cipher suites that it
  // allows (§9.2.2). Throws std::runtime_error with OpenSSL's reason if the material does not work, or if Node has no such OpenSSL.
  explicit TlsContext(const TlsMaterial& material);

  // The state of a new connection, which keeps alive what it needs of this context.
  SSL* NewConnection() const { return SSL_new(context_.get()); }

 private:
  void UseCertificate(std::string_view pem);
  void UseKey(std::string_view pem);
  void AskClients(std::string_view authorities);

  std::shared_ptr<SSL_CTX> context_;
};

}  // namespace weir::server

#endif  // WEIR_SERVER_TLS_CONTEXT_H_
