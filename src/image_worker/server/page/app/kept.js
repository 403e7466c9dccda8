// Jobs that are kept in this browser, to be used again, sent to others, or taken from them.

import { signal } from "@preact/signals";
import { save as saveFile } from "./files.js";
import { html } from "./html.js";
import { IconButton } from "./icons.js";
import { importPresets, load, presets, removePreset, savePreset } from "./state.js";

const problem = signal("");

export function Kept() {
  const names = Object.keys(presets.value);
  const save = (event) => {
    event.preventDefault();
    const name = event.target.elements.name.value.trim();
    if (name) savePreset(name);
    event.target.reset();
  };
  const sent = () => saveFile(new Blob([JSON.stringify(presets.value, null, 2)], { type: "application/json" }), "presets.json");
  const taken = async (event) => {
    try {
      importPresets(await event.target.files[0].text());
      problem.value = "";
    } catch (error) {
      problem.value = `This is no file of presets: ${error.message}`;
    }
    event.target.value = "";
  };
  return html`<details class="kept">
    <summary>Presets${names.length ? ` (${names.length})` : ""}</summary>
    <ul>${names.map((name) => html`<li><button type="button" class="quiet" onClick=${() => load(presets.value[name])}>${name}</button>
      <${IconButton} icon="remove" label=${`Remove the preset ${name}`} onClick=${() => removePreset(name)} /></li>`)}</ul>
    <form class="address" onSubmit=${save}><input name="name" placeholder="Name" aria-label="Name of the preset" required />
      <button type="submit" class="secondary outline">Keep</button></form>
    <div class="ways">
      <label class="button"><span>Import</span><input type="file" accept="application/json" aria-label="Import presets" onChange=${taken} /></label>
      ${names.length > 0 && html`<button type="button" class="secondary outline" onClick=${sent}>Export</button>`}
    </div>
    ${problem.value && html`<small role="alert" class="told">${problem.value}</small>`}
  </details>`;
}
