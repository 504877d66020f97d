// Headers by which many services let clients say parts of the request line again. Whoever decides by method, path or host must know
// them: the service may act on what they say. Knows no service.

/** For the method: Rails, Express with method-override, OData. */
export const methodOverrides = ['x-http-method-override', 'x-http-method', 'x-method-override'] as const;

/** For the path: IIS with URL Rewrite, Zend. */
export const targetOverrides = ['x-original-url', 'x-rewrite-url'] as const;

/** For the host, where a service trusts its proxies: Rails, Django, Express. `Forwarded` (RFC 7239) says it as `host=`. */
export const hostOverrides = ['x-forwarded-host', 'x-original-host'] as const;
