// The same job for many pictures, a few at a time, and one archive at the end.

import { computed, signal } from "@preact/signals";
import { downloadZip } from "client-zip";
import { bytes, save, suffixOf } from "./files.js";
import { html } from "./html.js";
import { ask } from "./preview.js";
import { Intake } from "./pictures.js";
import { pictures, recipe } from "./state.js";

const AT_ONCE = 4;

const results = signal(new Map()); // by picture: { state, blob, name, error }
const running = signal(null);
const done = computed(() => [...results.value.values()].filter((one) => one.state !== "working"));

export async function run() {
  const controller = new AbortController();
  running.value = controller;
  results.value = new Map();
  const waiting = [...pictures.value];
  const worker = async () => {
    for (let next = waiting.shift(); next && !controller.signal.aborted; next = waiting.shift()) await one(next, controller.signal);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  running.value = null;
}

async function one(picture, signal) {
  set(picture, { state: "working" });
  try {
    const response = await ask("process", picture, recipe.value, { signal });
    const blob = await response.blob();
    const suffix = suffixOf(response.headers.get("Content-Type"));
    set(picture, { state: "done", blob, name: `${picture.name.replace(/\.[^./]*$/, "")}.${suffix}` });
  } catch (error) {
    set(picture, { state: error.name === "AbortError" ? "stopped" : "failed", error });
  }
}

function set(picture, result) {
  results.value = new Map(results.value).set(picture.id, result);
}

async function archive() {
  const made = [...results.value.values()].filter((one) => one.blob);
  const names = apart(made.map((one) => one.name));
  const files = made.map((one, index) => ({ name: names[index], input: one.blob }));
  save(await downloadZip(files).blob(), "pictures.zip");
}

// Names of which no two are the same: those that were get a number.
function apart(names) {
  const seen = new Map();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : name.replace(/(\.[^./]*)?$/, `-${times}$1`);
  });
}

export function Batch() {
  const total = pictures.value.length;
  const good = done.value.filter((one) => one.state === "done");
  return html`<section class="batch">
    <h2>One job, many pictures</h2>
    <p>The steps and the format of the Edit tab, done to every picture here.</p>
    <${Intake} />
    ${total > 0 && html`<div class="ways">
      ${running.value
        ? html`<button type="button" class="secondary" onClick=${() => running.value.abort()}>Stop</button>`
        : html`<button type="button" onClick=${run}>Do ${total} ${total === 1 ? "picture" : "pictures"}</button>`}
      ${good.length > 0 && !running.value && html`<button type="button" class="outline" onClick=${archive}>Save ${good.length} as ZIP</button>`}
    </div>
    ${(running.value || done.value.length > 0) && html`<progress max=${total} value=${done.value.length} aria-label="Progress"></progress>
      <p class="count" aria-live="polite">${done.value.length} of ${total}${done.value.length - good.length ? `, ${done.value.length - good.length} failed` : ""}</p>`}
    <table class="plain"><thead><tr><th scope="col">Picture</th><th scope="col">Before</th><th scope="col">After</th><th scope="col">State</th></tr></thead>
      <tbody>${pictures.value.map((picture) => html`<${Row} key=${picture.id} picture=${picture} result=${results.value.get(picture.id)} />`)}</tbody></table>`}
  </section>`;
}

function Row({ picture, result }) {
  const words = { working: "working", done: "done", stopped: "stopped", failed: result?.error?.message };
  return html`<tr class=${result?.state ?? ""}><td>${picture.name}</td><td>${picture.file ? bytes(picture.file.size) : ""}</td>
    <td>${result?.blob ? bytes(result.blob.size) : ""}</td><td>${words[result?.state] ?? "waiting"}</td></tr>`;
}
