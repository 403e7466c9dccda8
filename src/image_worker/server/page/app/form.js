// Forms that are made from JSON Schema: nothing here knows an operation by name.

import { useId, useState } from "preact/hooks";
import { html } from "./html.js";
import { alternatives, isNullable, plainText, rangeOf, resolve, unitOf, words } from "./schema.js";

// The fields of an object; what stands at its default is left out of the value.
export function Fields({ schema, value, onChange, errors = {}, path = "", skip = [] }) {
  const properties = Object.entries(resolve(schema).properties ?? {});
  const required = new Set(resolve(schema).required ?? []);
  const change = (name, next) => {
    const { [name]: _, ...rest } = value ?? {};
    onChange(next === undefined ? rest : { ...rest, [name]: next });
  };
  const [usual, rare] = split(properties.filter(([name]) => !skip.includes(name)), value, required);
  const field = ([name, part]) =>
    html`<${Field}
      key=${name} name=${name} schema=${part} required=${required.has(name)}
      value=${value?.[name]} onChange=${(next) => change(name, next)}
      errors=${errors} path=${path ? `${path}.${name}` : name}
    />`;
  return html`
    ${usual.map(field)}
    ${rare.length > 0 && html`<details class="more"><summary>${rare.length} more</summary>${rare.map(field)}</details>`}
  `;
}

const MANY = 7;

// Long forms begin with what is set or must be; the rest is a click away.
function split(properties, value, required) {
  if (properties.length <= MANY) return [properties, []];
  const shown = ([name], index) => index < MANY - 1 || required.has(name) || value?.[name] !== undefined;
  return [properties.filter(shown), properties.filter((each, index) => !shown(each, index))];
}

export function Field({ name, schema, value, onChange, errors, path, required }) {
  const id = useId();
  const whole = resolve(schema);
  const problem = errors[path];
  const parts = alternatives(schema);
  const Input = inputFor(schema, parts);
  const unit = unitOf(name, whole.description);
  const ranges = [...new Set(parts.map(rangeOf).filter(Boolean))];
  const hints = [unit && ranges.length ? `${ranges.join(" or ")} ${unit}` : ranges.join(" or ")];
  return html`
    <div class=${`field ${problem ? "wrong" : ""}`}>
      <label for=${id}>
        <span>${name.replaceAll("_", " ")}${required ? html`<b class="must" title="needed"> *</b>` : ""}</span>
        ${value !== undefined && !required && html`<button type="button" class="quiet" title="Back to the default"
          aria-label=${`Reset ${name}`} onClick=${() => onChange(undefined)}>reset</button>`}
      </label>
      <${Input} id=${id} schema=${schema} parts=${parts} value=${value} onChange=${onChange}
        fallback=${whole.default} errors=${errors} path=${path} describedBy=${`${id}-help`} invalid=${Boolean(problem)} />
      <small id=${`${id}-help`} class="help">
        ${problem ? html`<strong role="alert">${problem}</strong>` : plainText(whole.description)}
        ${!problem && hints[0] ? html` <span class="range">${hints[0]}</span>` : ""}
      </small>
    </div>`;
}

function inputFor(schema, parts) {
  if (parts.length === 1 && parts[0].type === "boolean") return Checkbox;
  const named = words(schema);
  if (named) return Choice;
  if (parts.some((part) => part.format === "color")) return Color;
  if (parts.some(isPicture)) return Picture;
  if (parts.length > 1 && parts.some((part) => part.properties)) return OneOf;
  if (parts.length === 1 && parts[0].properties) return Nested;
  const [first] = parts;
  const number = parts.find((part) => part.type === "integer" || part.type === "number");
  if (parts.length === 1 && number && first.minimum !== undefined && first.maximum !== undefined && first.maximum - first.minimum <= 1000)
    return Slider;
  if (parts.length === 1 && number) return NumberBox;
  if (parts.length === 1 && first.type === "string") return TextBox;
  return JsonBox;
}

function isPicture(part) {
  return part.properties && "url" in part.properties;
}

function common({ id, describedBy, invalid }) {
  return { id, "aria-describedby": describedBy, "aria-invalid": invalid ? "true" : undefined };
}

function Checkbox(props) {
  const { value, fallback, onChange } = props;
  return html`<input type="checkbox" role="switch" ...${common(props)} checked=${value ?? fallback ?? false}
    onChange=${(event) => onChange(event.target.checked)} />`;
}

function Choice(props) {
  const { schema, value, fallback, onChange } = props;
  const options = words(schema);
  const none = isNullable(schema) || fallback === undefined;
  return html`<select ...${common(props)} value=${String(value ?? fallback ?? "")}
      onChange=${(event) => onChange(options.find((one) => String(one) === event.target.value))}>
    ${none && html`<option value="">–</option>`}
    ${options.map((one) => html`<option value=${String(one)}>${String(one)}</option>`)}
  </select>`;
}

function Slider(props) {
  const { parts: [part], value, fallback, onChange } = props;
  const whole = part.type === "integer";
  const span = part.maximum - part.minimum;
  const step = whole ? 1 : span > 100 ? 1 : span > 20 ? 0.1 : 0.01;
  const shown = value ?? fallback;
  const change = (event) => event.target.value !== "" && onChange(Number(event.target.value));
  return html`<div class="slider">
    <input type="range" min=${part.minimum} max=${part.maximum} step=${step} value=${shown ?? part.minimum} onInput=${change}
      aria-hidden="true" tabindex="-1" />
    <input type="number" ...${common(props)} min=${part.minimum} max=${part.maximum} step=${whole ? 1 : "any"}
      value=${shown ?? ""} placeholder="default" onInput=${change} />
  </div>`;
}

function NumberBox(props) {
  const { parts: [part], value, fallback, onChange } = props;
  return html`<input type="number" ...${common(props)} min=${part.minimum} max=${part.maximum}
    step=${part.type === "integer" ? 1 : "any"} value=${value ?? ""} placeholder=${fallback ?? ""}
    onInput=${(event) => onChange(event.target.value === "" ? undefined : Number(event.target.value))} />`;
}

function TextBox(props) {
  const { parts: [part], value, fallback, onChange } = props;
  const change = (event) => onChange(event.target.value === "" ? undefined : event.target.value);
  if ((part.maxLength ?? 0) > 200)
    return html`<textarea rows="2" ...${common(props)} value=${value ?? ""} placeholder=${fallback ?? ""} onInput=${change}></textarea>`;
  return html`<input type="text" ...${common(props)} value=${value ?? ""} placeholder=${fallback ?? ""} onInput=${change} />`;
}

function Color(props) {
  const { parts, value, fallback, onChange } = props;
  const others = parts.filter((part) => part.enum).flatMap((part) => part.enum);
  const hex = /^#[0-9a-f]{6}$/i.test(value ?? "") ? value : "#888888";
  const change = (event) => onChange(event.target.value === "" ? undefined : event.target.value);
  return html`<div class="color">
    <input type="color" value=${hex} aria-label="Pick a colour" onInput=${change} />
    <input type="text" ...${common(props)} list=${`${props.id}-words`} value=${text(value)} placeholder=${text(fallback) || "a CSS colour"} onInput=${change} />
    <datalist id=${`${props.id}-words`}>${[...others, "white", "black", "transparent"].map((one) => html`<option value=${one} />`)}</datalist>
  </div>`;
}

function Picture(props) {
  const { value, onChange } = props;
  const address = typeof value === "string" ? value : (value?.url ?? "");
  const take = async (event) => {
    const [file] = event.target.files;
    if (file) onChange(await dataUri(file));
  };
  return html`<div class="picture">
    <input type="text" ...${common(props)} value=${address.startsWith("data:") ? "a file of yours" : address}
      placeholder="https://…" onChange=${(event) => onChange(event.target.value || undefined)} />
    <label class="file" role="button">File<input type="file" accept="image/*" onChange=${take} /></label>
  </div>`;
}

function dataUri(file) {
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(file);
  });
}

function Nested(props) {
  const { parts: [part], value, onChange, errors, path } = props;
  return html`<fieldset class="nested" id=${props.id}><${Fields} schema=${part} value=${value ?? {}} errors=${errors} path=${path}
    onChange=${(next) => onChange(Object.keys(next).length ? next : undefined)} /></fieldset>`;
}

// A value that can have several forms: one is chosen, then filled in.
function OneOf(props) {
  const { parts, value, onChange, errors, path } = props;
  const objects = parts.filter((part) => part.properties);
  const fitting = isObject(value) ? objects.findIndex((part) => Object.keys(value).every((name) => name in part.properties)) : -1;
  const [picked, pick] = useState(fitting);
  const index = fitting >= 0 ? Math.max(picked, -1) : picked;
  const choose = (event) => {
    pick(Number(event.target.value));
    onChange(Number(event.target.value) >= 0 ? {} : undefined);
  };
  const label = (part) => part.title ?? Object.keys(part.properties).slice(0, 3).join(", ");
  return html`<div class="one-of">
    <select value=${index} aria-label="Form" onChange=${choose}>
      <option value="-1">word or number</option>
      ${objects.map((part, at) => html`<option value=${at}>${label(part)}</option>`)}
    </select>
    ${index < 0
      ? html`<${JsonBox} ...${props} />`
      : html`<fieldset class="nested"><${Fields} schema=${objects[index]} value=${isObject(value) ? value : {}} errors=${errors} path=${path} onChange=${onChange} /></fieldset>`}
  </div>`;
}

// Whatever has no form of its own: JSON, or plain text.
function JsonBox(props) {
  const { value, fallback, onChange } = props;
  const options = props.parts.filter((part) => part.enum).flatMap((part) => part.enum);
  const change = (event) => onChange(read(event.target.value));
  return html`<input type="text" ...${common(props)} list=${`${props.id}-words`} value=${text(value)} placeholder=${text(fallback)} onChange=${change} />
    ${options.length > 0 && html`<datalist id=${`${props.id}-words`}>${options.map((one) => html`<option value=${one} />`)}</datalist>`}`;
}

function read(written) {
  if (written.trim() === "") return undefined;
  try {
    return JSON.parse(written);
  } catch {
    return written;
  }
}

function text(value) {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
