// Headers by which many services let clients override parts of the request line. Everything that decides by method, path or host
// must consider them, because the service may use them. Knows no service.

/** For the method: Rails, Express with method-override, OData. */
export const methodOverrides = ['x-http-method-override', 'x-http-method', 'x-method-override'] as const;

/** For the path: IIS with URL Rewrite, Zend. */
export const targetOverrides = ['x-original-url', 'x-rewrite-url'] as const;

/** For the host, in services that trust their proxies: Rails, Django, Express. `Forwarded` (RFC 7239) has it as `host=`. */
export const hostOverrides = ['x-forwarded-host', 'x-original-host'] as const;
