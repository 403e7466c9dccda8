// The job as JSON, both ways: what is typed here is what the form shows.

import { signal } from "@preact/signals";
import { html } from "./html.js";
import { load, recipe } from "./state.js";

const problem = signal("");
const typed = signal(null);

export function Code() {
  const shown = typed.value ?? JSON.stringify(recipe.value, null, 2);
  const change = (event) => {
    typed.value = event.target.value;
    try {
      const job = JSON.parse(event.target.value);
      load(job.input ?? job);
      problem.value = "";
    } catch (error) {
      problem.value = error.message;
    }
  };
  return html`<div class="code">
    <textarea spellcheck="false" aria-label="The job as JSON" rows="18" value=${shown} onInput=${change}
      onBlur=${() => !problem.value && (typed.value = null)}></textarea>
    ${problem.value && html`<small role="alert" class="told">${problem.value}</small>`}
  </div>`;
}
