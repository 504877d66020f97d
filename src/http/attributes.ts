// Information from the proxy about an exchange besides its messages: addresses, certificates, routes.

/**
 * Attributes by the name used in the proxy's configuration (Envoy: `request_attributes`, `response_attributes` of the ext_proc
 * filter), including expressions as written there. Absent ones have no entry. Envoy sends booleans, numbers and strings; for a
 * map only the text `CelMap value`.
 */
export type Attributes = Readonly<Record<string, unknown>>;

/** No attributes. */
export const noAttributes: Attributes = {};

/** A text attribute; '' if it is absent or of another type. */
export function textAttribute(attributes: Attributes, name: string): string {
  const value = attributes[name];
  return typeof value === 'string' ? value : '';
}
