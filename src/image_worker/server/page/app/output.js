// How the result is written, and which further ones there are.

import { Field, Fields } from "./form.js";
import { html } from "./html.js";
import { Icon, IconButton } from "./icons.js";
import { alternatives, firstSentence, plainText, resolve } from "./schema.js";
import { addRendition, changeRendition, output, removeRendition, renditions } from "./state.js";

const NONE = "none";

export function Output({ schema, errors }) {
  const kinds = alternatives(resolve(schema).properties.output).filter((kind) => kind.title !== "JSON");
  return html`
    <section class="output" aria-label="Result">
      <h2>Result</h2>
      <${Written} id="format" kinds=${kinds} value=${output.value} errors=${errors} path="output"
        optional=${renditions.value.length > 0} onChange=${(next) => (output.value = next)} />
    </section>
    <section class="output" aria-label="Renditions">
      <h2>Renditions</h2>
      ${renditions.value.length === 0 && html`<p class="empty">More results of the same steps, each in a format and in widths of its own.</p>`}
      ${renditions.value.map((one) => html`<${Rendition} key=${one.id} one=${one} kinds=${kinds} errors=${errors}
        shape=${Object.values(resolve(schema).properties.outputs.patternProperties)[0]} />`)}
      <button type="button" class="outline secondary with-icon" onClick=${addRendition}><${Icon} name="add" />Add a rendition</button>
    </section>`;
}

// A format, and what belongs to it.
function Written({ id, kinds, value, onChange, errors, path, optional, others = [] }) {
  const wanted = String(value?.format ?? "JPEG").toUpperCase();
  const kind = value && (kinds.find((one) => one.title.toUpperCase() === wanted) ?? kinds[0]);
  const pick = (format) => {
    if (format === NONE) return onChange(null);
    const { properties } = kinds.find((one) => one.title === format);
    const kept = Object.entries(value ?? {}).filter(([name]) => name in properties || others.includes(name));
    return onChange({ ...Object.fromEntries(kept), format });
  };
  return html`
    <div class="field"><div class="label"><label for=${id}>Format</label></div>
      <select id=${id} value=${kind ? kind.title : NONE} onChange=${(event) => pick(event.target.value)}>
        ${optional && html`<option value=${NONE}>none, only the renditions</option>`}
        ${kinds.map((one) => html`<option value=${one.title}>${one.title}</option>`)}
      </select>
      <small class="help">${kind ? plainText(firstSentence(kind.description)) : ""}</small></div>
    ${kind && html`<${Fields} key=${kind.title} schema=${kind} skip=${["format", "delivery"]} value=${value} errors=${errors} path=${path}
      onChange=${(next) => onChange({ ...next, format: kind.title })} />`}`;
}

function Rendition({ one, kinds, errors, shape }) {
  const { properties } = resolve(shape);
  const own = Object.keys(properties).filter((name) => name !== "output");
  const path = `outputs.${one.name}`;
  const change = (value) => changeRendition(one.id, { value });
  const set = (name, next) => {
    const { [name]: _, ...rest } = one.value;
    change(next === undefined ? rest : { ...rest, [name]: next });
  };
  const taken = (name) => renditions.value.some((other) => other.id !== one.id && other.name === name);
  const rename = (event) => {
    const name = event.target.value.trim();
    if (name && !taken(name)) changeRendition(one.id, { name });
    else event.target.value = one.name;
  };
  return html`<fieldset class="rendition"><legend class="hidden">Rendition ${one.name}</legend>
    <header><input value=${one.name} aria-label=${`Name of the rendition ${one.name}`} pattern="[A-Za-z0-9_.\\-]{1,64}" maxlength="64" onChange=${rename} />
      <${IconButton} icon="remove" label=${`Remove the rendition ${one.name}`} onClick=${() => removeRendition(one.id)} /></header>
    <${Field} name="widths" schema=${properties.widths} value=${one.value.widths} errors=${errors} path=${`${path}.widths`} onChange=${(next) => set("widths", next)} />
    <details class="more"><summary>${String(one.value.format ?? "JPEG")}, steps and more</summary>
      <${Written} id=${`format-${one.id}`} kinds=${kinds} value=${one.value} errors=${errors} path=${path} others=${own} onChange=${change} />
      ${own.filter((name) => name !== "widths").map((name) => html`<${Field} key=${name} name=${name} schema=${properties[name]} value=${one.value[name]}
        errors=${errors} path=${`${path}.${name}`} onChange=${(next) => set(name, next)} />`)}
    </details>
  </fieldset>`;
}
