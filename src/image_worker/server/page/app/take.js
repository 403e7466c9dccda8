// The job in the words of every way in, to be copied in one click.

import { signal } from "@preact/signals";
import { Segments } from "./choice.js";
import { suffixOf } from "./files.js";
import { html } from "./html.js";
import { submit } from "./queue.js";
import { preview } from "./preview.js";
import { WAYS } from "./words.js";
import { chosen, recipe, tab } from "./state.js";

const kind = signal("curl");
const copied = signal(false);
const sending = signal(false);
const problem = signal("");

const NAMES = Object.fromEntries(Object.keys(WAYS).map((name) => [name, name]));

async function queue() {
  sending.value = true;
  try {
    await submit(chosen.value, recipe.value);
    problem.value = "";
    tab.value = "jobs";
  } catch (error) {
    problem.value = error.message;
  } finally {
    sending.value = false;
  }
}

// Browsers hand out the clipboard only to pages that came over TLS or from this machine.
async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
  return undefined;
}

export function Take() {
  const text = WAYS[kind.value](recipe.value, chosen.value);
  const copy = async () => {
    await copyText(text);
    copied.value = true;
    setTimeout(() => (copied.value = false), 1500);
  };
  return html`<section class="take">
    <h2>Take it away</h2>
    <${Segments} label="Language" options=${NAMES} value=${kind.value} onPick=${(name) => (kind.value = name)} />
    <pre tabindex="0" aria-label=${`The job for ${kind.value}`}><code>${text}</code></pre>
    <div class="ways">
      <button type="button" class="outline" onClick=${copy}><span aria-live="polite">${copied.value ? "Copied" : "Copy"}</span></button>
      ${preview.value.url && html`<a role="button" href=${preview.value.url} download=${`result.${suffixOf(preview.value.mime)}`}>Save the picture</a>`}
      <button type="button" class="outline" aria-busy=${sending.value} disabled=${sending.value} onClick=${queue}>Run in the queue</button>
    </div>
    ${problem.value && html`<p class="failed" role="alert">${problem.value}</p>`}
  </section>`;
}
