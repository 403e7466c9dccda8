// Fields that hold one value: words, numbers, texts, colours, pictures; JSON for all else.

import { useState } from "preact/hooks";
import { dataUri } from "./files.js";
import { html } from "./html.js";
import { isNullable, words } from "./schema.js";

export function common({ id, describedBy, invalid }) {
  return { id, "aria-describedby": describedBy, "aria-invalid": invalid ? "true" : undefined };
}

export function Checkbox(props) {
  const { value, fallback, onChange } = props;
  return html`<input type="checkbox" role="switch" ...${common(props)} checked=${value ?? fallback ?? false}
    onChange=${(event) => onChange(event.target.checked)} />`;
}

export function Choice(props) {
  const { schema, value, fallback, onChange } = props;
  const options = words(schema);
  const none = isNullable(schema) || fallback === undefined;
  return html`<select ...${common(props)} value=${String(value ?? fallback ?? "")}
      onChange=${(event) => onChange(options.find((one) => String(one) === event.target.value))}>
    ${none && html`<option value="">–</option>`}
    ${options.map((one) => html`<option value=${String(one)}>${String(one)}</option>`)}
  </select>`;
}

export function Slider(props) {
  const { parts: [part], value, fallback, onChange } = props;
  const whole = part.type === "integer";
  const span = part.maximum - part.minimum;
  const step = whole || span > 100 ? 1 : span > 20 ? 0.1 : 0.01;
  const shown = value ?? fallback;
  const change = (event) => event.target.value !== "" && onChange(Number(event.target.value));
  // The slider is for the hand; the box beside it is the field that keys and readers use.
  return html`<div class="slider">
    <input type="range" min=${part.minimum} max=${part.maximum} step=${step} value=${shown ?? part.minimum} onInput=${change}
      aria-hidden="true" tabindex="-1" />
    <input type="number" ...${common(props)} min=${part.minimum} max=${part.maximum} step=${whole ? 1 : "any"}
      value=${shown ?? ""} placeholder="default" onInput=${change} />
  </div>`;
}

export function NumberBox(props) {
  const { parts: [part], value, fallback, onChange } = props;
  return html`<input type="number" ...${common(props)} min=${part.minimum} max=${part.maximum}
    step=${part.type === "integer" ? 1 : "any"} value=${value ?? ""} placeholder=${fallback ?? ""}
    onInput=${(event) => onChange(event.target.value === "" ? undefined : Number(event.target.value))} />`;
}

const LONG = 200;

export function TextBox(props) {
  const { parts: [part], value, fallback, onChange } = props;
  const change = (event) => onChange(event.target.value === "" ? undefined : event.target.value);
  if ((part.maxLength ?? 0) > LONG)
    return html`<textarea rows="2" ...${common(props)} value=${value ?? ""} placeholder=${fallback ?? ""} onInput=${change}></textarea>`;
  return html`<input type="text" ...${common(props)} value=${value ?? ""} placeholder=${fallback ?? ""} onInput=${change} />`;
}

export function Color(props) {
  const { parts, value, fallback, onChange, name } = props;
  const others = parts.filter((part) => part.enum).flatMap((part) => part.enum);
  const hex = /^#[0-9a-f]{6}$/i.test(value ?? "") ? value : NAMED[value ?? fallback] ?? "#888888";
  const change = (event) => onChange(event.target.value === "" ? undefined : event.target.value);
  return html`<div class="color">
    <input type="color" value=${hex} aria-label=${`Pick ${name.replaceAll("_", " ")}`} onInput=${change} />
    <input type="text" ...${common(props)} list=${`${props.id}-words`} value=${text(value)} placeholder=${text(fallback) || "a CSS colour"} onInput=${change} />
    <datalist id=${`${props.id}-words`}>${[...others, "white", "black", "transparent"].map((one) => html`<option value=${one} />`)}</datalist>
  </div>`;
}

const NAMED = { white: "#ffffff", black: "#000000" };

export function Picture(props) {
  const { value, onChange, name } = props;
  const address = typeof value === "string" ? value : (value?.url ?? "");
  const take = async (event) => {
    const [file] = event.target.files;
    if (file) onChange(await dataUri(file));
  };
  return html`<div class="picture">
    <input type="text" ...${common(props)} value=${address.startsWith("data:") ? "a file of yours" : address}
      placeholder="https://…" onChange=${(event) => onChange(event.target.value || undefined)} />
    <label class="button"><span>File</span><input type="file" accept="image/*" aria-label=${`File for ${name.replaceAll("_", " ")}`} onChange=${take} /></label>
  </div>`;
}

// Whatever has no form of its own: JSON, or plain text. What is typed stays as it is until the
// field is left, so that "12." may become "12.5"; JSON that is only begun waits.
export function JsonBox(props) {
  const { value, fallback, onChange } = props;
  const [typed, setTyped] = useState(null);
  const options = props.parts.filter((part) => part.enum).flatMap((part) => part.enum);
  const input = (event) => {
    setTyped(event.target.value);
    if (isWhole(event.target.value)) onChange(read(event.target.value));
  };
  const leave = () => {
    if (typed !== null && !isWhole(typed)) onChange(read(typed));
    setTyped(null);
  };
  return html`<input type="text" ...${common(props)} list=${options.length ? `${props.id}-words` : undefined} value=${typed ?? text(value)}
      placeholder=${text(fallback)} onInput=${input} onBlur=${leave} />
    ${options.length > 0 && html`<datalist id=${`${props.id}-words`}>${options.map((one) => html`<option value=${one} />`)}</datalist>`}`;
}

function isWhole(written) {
  return !/^\s*[[{"]/.test(written) || typeof read(written) !== "string";
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
