// How the result is written.

import { Fields } from "./form.js";
import { html } from "./html.js";
import { alternatives, firstSentence, plainText, resolve } from "./schema.js";
import { output } from "./state.js";

export function Output({ schema, errors }) {
  const kinds = alternatives(resolve(schema).properties.output).filter((kind) => kind.title !== "JSON");
  const wanted = String(output.value.format ?? "JPEG").toUpperCase();
  const kind = kinds.find((one) => one.title.toUpperCase() === wanted) ?? kinds[0];
  const change = (format) => {
    const next = kinds.find((one) => one.title === format);
    const kept = Object.entries(output.value).filter(([name]) => name in next.properties);
    output.value = { ...Object.fromEntries(kept), format };
  };
  return html`<section class="output">
    <h2>Result</h2>
    <div class="field"><label for="format">format</label>
      <select id="format" value=${kind.title} onChange=${(event) => change(event.target.value)}>
        ${kinds.map((one) => html`<option value=${one.title}>${one.title}</option>`)}
      </select>
      <small class="help">${plainText(firstSentence(kind.description))}</small></div>
    <${Fields} key=${kind.title} schema=${kind} skip=${["format", "delivery"]} value=${output.value} errors=${errors} path="output"
      onChange=${(next) => (output.value = { ...next, format: kind.title })} />
  </section>`;
}
