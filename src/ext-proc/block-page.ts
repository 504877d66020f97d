// The page that a blocked client sees: small, without any detail of rules, with the request id, which the client can quote to the
// operator of the service. Knows no Envoy message.

/** A page in bytes. */
export interface BlockPage {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** Whether a client that sent this `accept` header prefers JSON. */
export function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const json = accept.search(/[/+]json\b/i);
  const html = accept.search(/text\/html\b/i);
  return json !== -1 && (html === -1 || json < html);
}

/** Makes the page. `requestId` contains letters, digits and `._:-` only (`requestIdOf`): it needs no escaping. */
export function blockPage(requestId: string, form: 'html' | 'json'): BlockPage {
  if (form === 'json') {
    const body = `{"error":"request blocked","request_id":"${requestId}"}\n`;
    return { contentType: 'application/json', body: Buffer.from(body, 'latin1') };
  }
  const body = `<!doctype html><title>Blocked</title><h1>Request blocked</h1><p>Request id: ${requestId}</p>\n`;
  return { contentType: 'text/html; charset=utf-8', body: Buffer.from(body, 'latin1') };
}
