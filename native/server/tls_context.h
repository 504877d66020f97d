// What TLS connections are made with: a certificate, its key, and whose client certificates are accepted. OpenSSL is Node's own, which
// exports it for addons; who updates Node updates it.

#ifndef WEIR_SERVER_TLS_CONTEXT_H_
#define WEIR_SERVER_TLS_CONTEXT_H_

#include <openssl/ssl.h>

#include <memory>
#include <string_view>

namespace weir::server {

// PEM texts.
struct TlsMaterial {
  std::string_view certificate;  // With the authorities between it and the root.
  std::string_view key;
  std::string_view client_authorities;  // Clients must show a certificate of these; empty: none is asked for.
};

// Cheap to copy: all copies are of one.
class TlsContext {
 public:
  // TLS 1.2 and 1.3 for HTTP/2: it is the one protocol that is negotiated (RFC 9113 §3.3), by the cipher suites that it allows (§9.2.2).
  // Throws std::runtime_error with OpenSSL's reason for material that does not work, and on a Node without such an OpenSSL.
  explicit TlsContext(const TlsMaterial& material);

  // A connection's state, which keeps what it needs of this.
  SSL* NewConnection() const { return SSL_new(context_.get()); }

 private:
  void UseCertificate(std::string_view pem);
  void UseKey(std::string_view pem);
  void AskClients(std::string_view authorities);

  std::shared_ptr<SSL_CTX> context_;
};

}  // namespace weir::server

#endif  // WEIR_SERVER_TLS_CONTEXT_H_
