// One of a few, as a row of joined buttons.

import { html } from "./html.js";

export function Segments({ label, options, value, onPick, disabled = () => false }) {
  return html`<div class="segments" role="group" aria-label=${label}>
    ${Object.entries(options).map(([name, word]) => html`<button type="button" key=${name} aria-pressed=${value === name}
      disabled=${disabled(name)} onClick=${() => onPick(name)}>${word}</button>`)}
  </div>`;
}
