// What a proxy tells of an exchange beside its messages: addresses, certificates, routes.

/**
 * Attributes by the name under which the proxy's configuration asks for them (Envoy: `request_attributes`, `response_attributes`
 * of the ext_proc filter), an expression as it is written there. Absent ones have no entry. Envoy sends booleans, numbers and
 * strings; of a map only `CelMap value`.
 */
export type Attributes = Readonly<Record<string, unknown>>;

/** None. */
export const noAttributes: Attributes = {};

/** An attribute that is text; '' when it is absent or of another type. */
export function textAttribute(attributes: Attributes, name: string): string {
  const value = attributes[name];
  return typeof value === 'string' ? value : '';
}
