// The page: one header, three tabs, and a question for the key where the server wants one.

import { render } from "preact";
import { computed, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { getJson, locked, setKey } from "./api.js";
import { Batch } from "./batch.js";
import { Segments } from "./choice.js";
import { Code } from "./code.js";
import { Facts, follow as followFacts } from "./facts.js";
import { Gallery } from "./gallery.js";
import { html } from "./html.js";
import { Jobs } from "./jobs.js";
import { Kept } from "./kept.js";
import { Output } from "./output.js";
import { Intake, listen, Shelf } from "./pictures.js";
import { follow as followJob, preview } from "./preview.js";
import { learn } from "./schema.js";
import { follow as followSeen } from "./seen.js";
import { Stage } from "./stage.js";
import { followAddress, pictures, tab } from "./state.js";
import { Steps } from "./steps.js";
import { Take } from "./take.js";

const TABS = { edit: "Edit", batch: "Batch", jobs: "Jobs" };

const schema = signal(null);
const trouble = signal("");
const form = signal("form");
const refused = signal(false);
const errors = computed(() => {
  const { state, error } = preview.value;
  return state === "failed" && error.path ? { [error.path]: bare(error) } : {};
});

function bare({ message, path }) {
  return message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}

async function start() {
  try {
    const whole = await getJson("schema");
    learn(whole);
    schema.value = whole;
    trouble.value = "";
  } catch (error) {
    trouble.value = error.message;
  }
}

function App() {
  return html`
    <header class="top">
      <a class="name" href="." aria-label="worker-image"><span class="mark" aria-hidden="true"></span>worker-image</a>
      <nav aria-label="Parts of the page">
        ${Object.entries(TABS).map(([name, word]) => html`<button type="button" aria-current=${tab.value === name ? "page" : undefined}
          onClick=${() => (tab.value = name)}>${word}</button>`)}
        <a href="docs">API</a>
      </nav>
    </header>
    <main>
      <h1 class="hidden">worker-image</h1>
      ${locked.value && html`<${Unlock} />`}
      ${trouble.value && !locked.value && html`<p class="failed" role="alert">${trouble.value} <button type="button" class="quiet" onClick=${start}>Try again</button></p>`}
      ${!schema.value && !trouble.value && html`<p class="loading" aria-busy="true">Loading</p>`}
      ${schema.value && tab.value === "edit" && html`<${Edit} />`}
      ${schema.value && tab.value === "batch" && html`<${Batch} />`}
      ${schema.value && tab.value === "jobs" && html`<${Jobs} />`}
    </main>`;
}

// When there is something to work with: what `python -m benchmarks.first_view` measures.
function useReadyMark() {
  useEffect(() => {
    performance.mark("ready");
  }, []);
}

function Edit() {
  useReadyMark();
  const empty = pictures.value.length === 0;
  return html`<div class=${`edit ${empty ? "is-empty" : ""}`}>
    <aside class="build" aria-label="Job">
      <${Segments} label="How to write the job" options=${{ form: "Form", json: "JSON" }} value=${form.value} onPick=${(name) => (form.value = name)} />
      ${form.value === "form"
        ? html`<h2>Steps</h2><${Steps} schema=${schema.value} errors=${errors.value} /><${Output} schema=${schema.value} errors=${errors.value} />`
        : html`<${Code} />`}
      <${Kept} />
    </aside>
    <div class="look">
      ${empty ? html`<${Intake} large=${true} />` : html`<${Shelf} /><${Stage} /><${Facts} /><${Gallery} /><${Take} /><${Intake} />`}
    </div>
  </div>`;
}

function Unlock() {
  const place = useRef(null);
  useEffect(() => place.current.focus(), []);
  const open = async (event) => {
    event.preventDefault();
    const box = event.target.elements.key;
    setKey(box.value.trim());
    await start();
    refused.value = locked.value;
    box.select();
  };
  return html`<form class="unlock" onSubmit=${open}>
    <h2>This server wants a key</h2>
    <input name="key" type="password" autocomplete="current-password" aria-label="Key" required ref=${place} />
    <button type="submit">Open</button>
    ${refused.value && html`<p class="told" role="alert">That key does not open this server.</p>`}
  </form>`;
}

listen();
followAddress();
followJob();
followFacts();
followSeen();
start();
render(html`<${App} />`, document.body);
