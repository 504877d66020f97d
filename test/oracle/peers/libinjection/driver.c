/* Asks libinjection. Reads values from standard input, each behind its length (4 bytes, big end first), and writes a line for
 * each: whether it is SQL injection, whether it is XSS, and the fingerprint of the former or "-". */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "libinjection.h"

int main(void) {
  unsigned char head[4];
  while (fread(head, 1, sizeof(head), stdin) == sizeof(head)) {
    const size_t length = ((size_t)head[0] << 24) | ((size_t)head[1] << 16) | ((size_t)head[2] << 8) | head[3];
    char* const value = malloc(length + 1);
    if (value == NULL || fread(value, 1, length, stdin) != length) return 1;
    value[length] = '\0';
    char fingerprint[16] = "";
    const int is_sqli = libinjection_sqli(value, length, fingerprint);
    const int is_xss = libinjection_xss(value, length);
    printf("%d %d %s\n", is_sqli, is_xss, is_sqli ? fingerprint : "-");
    free(value);
  }
  return 0;
}
