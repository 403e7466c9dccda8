// Forms that are made from JSON Schema: nothing here knows an operation by name.

import { useId, useState } from "preact/hooks";
import { html } from "./html.js";
import { Checkbox, Choice, Color, JsonBox, NumberBox, Picture, Slider, TextBox } from "./inputs.js";
import { alternatives, plainText, rangeOf, resolve, unitOf, within, words } from "./schema.js";
import { DrawFields, DrawValue } from "./shapes.js";

// The fields of an object; what stands at its default is left out of the value.
export function Fields({ schema, value, onChange, errors = {}, path = "", skip = [] }) {
  const whole = resolve(schema);
  const properties = Object.entries(whole.properties ?? {});
  const required = new Set(whole.required ?? []);
  const change = (name, next) => {
    const { [name]: _, ...rest } = value ?? {};
    onChange(next === undefined ? rest : { ...rest, [name]: next });
  };
  const [usual, rare] = split(properties.filter(([name]) => !skip.includes(name)), value, required);
  const pathOf = (name) => (path ? `${path}.${name}` : name);
  const field = ([name, part]) =>
    html`<${Field}
      key=${name} name=${name} schema=${part} required=${required.has(name)}
      value=${value?.[name]} onChange=${(next) => change(name, next)}
      errors=${errors} path=${pathOf(name)}
    />`;
  const told = rare.some(([name]) => Object.keys(errors).some((place) => within(place, pathOf(name))));
  return html`
    <${DrawFields} schema=${whole} value=${value} path=${path} onChange=${onChange} />
    ${usual.map(field)}
    ${rare.length > 0 && html`<details class="more" open=${told}><summary>${rare.length} more</summary>${rare.map(field)}</details>`}
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
  const parts = alternatives(schema);
  const Input = inputFor(schema, parts);
  const problem = problemAt(path, errors, Input === Nested || (Input === OneOf && isObject(value)));
  const unit = unitOf(name, whole.description);
  const ranges = [...new Set(parts.map(rangeOf).filter(Boolean))].join(" or ");
  const group = Input === Nested || Input === OneOf;
  const label = html`<span>${name.replaceAll("_", " ")}${required ? html`<b class="must" title="needed"> *</b>` : ""}</span>`;
  return html`
    <div class=${`field ${problem ? "wrong" : ""}`}>
      <div class="label">
        ${group ? html`<span id=${`${id}-label`}>${label}</span>` : html`<label for=${id}>${label}</label>`}
        ${value !== undefined && !required && html`<button type="button" class="quiet" title="Back to the default"
          aria-label=${`Reset ${name.replaceAll("_", " ")}`} onClick=${() => onChange(undefined)}>reset</button>`}
      </div>
      <${Input} id=${id} name=${name} schema=${schema} parts=${parts} value=${value} onChange=${onChange}
        fallback=${whole.default} errors=${errors} path=${path} describedBy=${`${id}-help`} invalid=${Boolean(problem)} />
      <${DrawValue} name=${name} parts=${parts} path=${path} onChange=${onChange} />
      <small id=${`${id}-help`} class="help">
        ${problem ? html`<strong role="alert">${problem}</strong>` : plainText(whole.description)}
        ${!problem && ranges && !tells(whole.description, ranges) ? html` <span class="range">${ranges} ${unit}</span>` : ""}
      </small>
    </div>`;
}

// An error stands at the innermost field that is shown.
function problemAt(path, errors, hasFields) {
  const place = Object.keys(errors).find((one) => one === path || (!hasFields && within(one, path)));
  return place && errors[place];
}

function tells(description = "", ranges) {
  return description.replace(/,/g, "").includes(ranges);
}

function inputFor(schema, parts) {
  const [first] = parts;
  const only = parts.length === 1;
  if (only && first.type === "boolean") return Checkbox;
  if (words(schema)) return Choice;
  if (parts.some((part) => part.format === "color")) return Color;
  if (parts.some((part) => part.properties && "url" in part.properties)) return Picture;
  if (!only && parts.some((part) => part.properties)) return OneOf;
  if (only && first.properties) return Nested;
  if (only && (first.type === "integer" || first.type === "number")) return isShort(first) ? Slider : NumberBox;
  return only && first.type === "string" ? TextBox : JsonBox;
}

const SHORT = 1000;

function isShort({ minimum, maximum }) {
  return minimum !== undefined && maximum !== undefined && maximum - minimum <= SHORT;
}

function Nested({ id, parts: [part], value, onChange, errors, path }) {
  return html`<fieldset class="nested" id=${id} aria-labelledby=${`${id}-label`}><${Fields} schema=${part} value=${value ?? {}} errors=${errors} path=${path}
    onChange=${(next) => onChange(Object.keys(next).length ? next : undefined)} /></fieldset>`;
}

const PLAIN = -1;

// A value that can have several forms: one is chosen, then filled in.
function OneOf(props) {
  const { id, parts, value, onChange, errors, path } = props;
  const objects = parts.filter((part) => part.properties);
  const simple = parts.length > objects.length;
  const [picked, pick] = useState(PLAIN);
  const fits = (part) => isObject(value) && part && Object.keys(value).every((name) => name in part.properties);
  const index = fits(objects[picked]) ? picked : objects.findIndex(fits);
  const choose = (event) => {
    const at = Number(event.target.value);
    pick(at);
    onChange(at === PLAIN ? undefined : {});
  };
  return html`<div class="one-of" role="group" aria-labelledby=${`${id}-label`}>
    <select value=${index} aria-label="Form" onChange=${choose}>
      <option value=${PLAIN}>${simple ? "a word, number or JSON" : "as JSON"}</option>
      ${objects.map((part, at) => html`<option value=${at}>${titleOf(part)}</option>`)}
    </select>
    ${index === PLAIN
      ? html`<label class="hidden" for=${id}>Value</label><${JsonBox} ...${props} />`
      : html`<fieldset class="nested"><legend class="hidden">${titleOf(objects[index])}</legend>
          <${Fields} schema=${objects[index]} value=${value} errors=${errors} path=${path} onChange=${onChange} /></fieldset>`}
  </div>`;
}

// "BoxSelector" is a box to people.
function titleOf({ title, properties }) {
  const words = title ?? Object.keys(properties).slice(0, 3).join(", ");
  return words.replace(/Selector$/, "").replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
