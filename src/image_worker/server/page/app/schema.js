// The job's JSON Schema, taken apart into what a form needs to know.

let definitions = {};

export function learn(schema) {
  definitions = schema.$defs ?? {};
}

export function resolve(schema) {
  if (!schema?.$ref) return schema;
  const found = definitions[schema.$ref.split("/").pop()];
  return { ...found, ...without(schema, "$ref") };
}

// Everything that a value may be, without null.
export function alternatives(schema) {
  const whole = resolve(schema);
  const several = whole.anyOf ?? whole.oneOf;
  if (several) return several.flatMap(alternatives);
  return whole.type === "null" ? [] : [whole];
}

export function isNullable(schema) {
  const whole = resolve(schema);
  const several = whole.anyOf ?? whole.oneOf ?? [];
  return whole.type === "null" || several.some(isNullable);
}

// Whether a place in the job is the other, or lies inside it: `a.b[0]` lies inside `a.b`.
export function within(place, outer) {
  return place.startsWith(outer) && ["", ".", "["].includes(place.charAt(outer.length));
}

// The words that a value may be, if it can be nothing else.
export function words(schema) {
  const parts = alternatives(schema);
  const named = parts.map((part) => ("const" in part ? [part.const] : part.enum));
  return named.length && named.every(Boolean) ? [...new Set(named.flat())] : null;
}

export function firstSentence(text = "") {
  const plain = text.split("\n\n")[0].replace(/\s+/g, " ").trim();
  return plain.match(/^.*?[.](?= |$)/)?.[0] ?? plain;
}

export function plainText(text = "") {
  return text.replace(/`/g, "").replace(/\s+/g, " ").trim();
}

export function rangeOf(part) {
  const { minimum: low, maximum: high } = part;
  if (low === undefined && high === undefined) return "";
  if (high === undefined) return `at least ${low}`;
  return low === undefined ? `at most ${high}` : `${low} to ${high}`;
}

export function unitOf(name, description = "") {
  const text = `${description}`.toLowerCase();
  for (const unit of ["pixels", "degrees", "percent", "milliseconds", "seconds", "bytes"])
    if (text.includes(unit)) return unit;
  return "";
}

export function without(object, ...keys) {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !keys.includes(name)));
}
