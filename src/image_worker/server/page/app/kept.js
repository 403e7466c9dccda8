// Jobs that are kept in this browser, to be used again, sent to others, or taken from them.

import { html } from "./html.js";
import { importPresets, load, presets, removePreset, savePreset } from "./state.js";

export function Kept() {
  const names = Object.keys(presets.value);
  const save = (event) => {
    event.preventDefault();
    const name = event.target.elements.name.value.trim();
    if (name) savePreset(name);
    event.target.reset();
  };
  const file = () => URL.createObjectURL(new Blob([JSON.stringify(presets.value, null, 2)], { type: "application/json" }));
  const taken = async (event) => importPresets(await event.target.files[0].text());
  return html`<details class="kept">
    <summary>Presets${names.length ? ` (${names.length})` : ""}</summary>
    <ul>${names.map((name) => html`<li><button type="button" class="quiet" onClick=${() => load(presets.value[name])}>${name}</button>
      <button type="button" class="icon" aria-label=${`Remove the preset ${name}`} onClick=${() => removePreset(name)}>✕</button></li>`)}</ul>
    <form class="address" onSubmit=${save}><input name="name" placeholder="Name" aria-label="Name of the preset" required />
      <button type="submit" class="secondary outline">Keep</button></form>
    <div class="ways">
      <label role="button" class="secondary outline">Import<input type="file" accept="application/json" onChange=${taken} /></label>
      ${names.length > 0 && html`<a role="button" class="secondary outline" href=${file()} download="presets.json">Export</a>`}
    </div>
  </details>`;
}
