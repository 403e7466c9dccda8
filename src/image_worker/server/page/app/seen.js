// What is seen in the result: boxes, masks and labels over the picture. Nothing is looked for until
// somebody asks, and then once for each result.

import { effect, signal } from "@preact/signals";
import { html } from "./html.js";
import { ask, preview } from "./preview.js";

const KINDS = { faces: "Faces", objects: "Objects", text: "Text", codes: "Codes", people: "People" };
const LAYERS = { boxes: "Boxes", masks: "Masks", labels: "Labels" };

export const wanted = signal([]); // kinds
const layers = signal(Object.keys(LAYERS));
const seen = signal({ things: [] }); // { blob, width, height, things: [{ kind, ...detection }], problem, busy }

let running = null;

export function follow() {
  effect(() => {
    const { state, blob, width, height } = preview.value;
    running?.abort();
    if (wanted.value.length === 0 || state !== "ready") seen.value = { things: [] };
    else look({ blob, width, height }, wanted.value);
  });
}

async function look(result, kinds) {
  const controller = (running = new AbortController());
  seen.value = { things: [], busy: true };
  const answers = await Promise.allSettled(kinds.map((kind) => thingsOf(kind, result.blob, controller.signal)));
  if (controller.signal.aborted) return;
  const problems = answers.map(({ reason }) => reason?.message).filter(Boolean);
  seen.value = { ...result, things: answers.flatMap(({ value }) => value ?? []), problem: problems.join("; ") };
}

async function thingsOf(kind, blob, signal) {
  const answer = await (await ask("process", { file: new File([blob], "result") }, jobOf(kind), { signal })).json();
  const found = kind === "people" ? peopleIn(answer) : answer.analysis[kind].detections;
  return found.map((thing) => ({ kind, ...thing }));
}

function jobOf(kind) {
  const output = { format: "json" };
  if (kind === "people") return { operations: [{ segment: { masks: "polygon", fallback: "unchanged" } }], output };
  return { analyze: [kind === "objects" ? { objects: { masks: "polygon" } } : kind], output };
}

function peopleIn({ steps: [step] }) {
  return step.mask ? [{ label: "people", box: step.box, mask: step.mask }] : [];
}

function toggled(list, name) {
  return list.includes(name) ? list.filter((one) => one !== name) : [...list, name];
}

// Switches: what is looked for, and what is drawn of it.
export function SeenBar() {
  const { things, problem, busy } = seen.value;
  const some = wanted.value.length > 0;
  const counted = busy ? "Looking" : things.length === 1 ? "1 found" : `${things.length || "nothing"} found`;
  return html`<div class="seen-bar">
    <${Switches} label="What is looked for" options=${KINDS} on=${wanted} />
    ${some && html`<${Switches} label="What is drawn" options=${LAYERS} on=${layers} />
      <span role="status" aria-busy=${Boolean(busy)}>${problem || counted}</span>`}
  </div>`;
}

function Switches({ label, options, on }) {
  return html`<div class="segments" role="group" aria-label=${label}>
    ${Object.entries(options).map(([name, word]) => html`<button type="button" key=${name}
      aria-pressed=${on.value.includes(name)} onClick=${() => (on.value = toggled(on.value, name))}>${word}</button>`)}
  </div>`;
}

// Lies over the picture, which is fitted into the same frame.
export function Seen() {
  const { width, height, things } = seen.value;
  if (!width || things.length === 0) return null;
  const has = (layer) => layers.value.includes(layer);
  const size = Math.max(width, height) / 48;
  return html`<svg class="seen" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${things.map(nameOf).join(", ")}>
    ${things.map((thing) => html`<g class=${thing.kind}>
      ${has("masks") && (thing.mask ?? []).map((line) => html`<polygon class="mask" points=${line.map((pair) => pair.join(",")).join(" ")} />`)}
      ${has("boxes") && html`<${Outline} ...${thing} />`}
      ${has("labels") && html`<text x=${thing.box.left} y=${Math.max(size, thing.box.top - size / 3)} font-size=${size}>${nameOf(thing)}</text>`}
    </g>`)}
  </svg>`;
}

// Text and codes may be turned; all else has an upright box.
function Outline({ box, corners }) {
  if (corners) return html`<polygon points=${corners.map((pair) => pair.join(",")).join(" ")} />`;
  return html`<rect x=${box.left} y=${box.top} width=${box.right - box.left} height=${box.bottom - box.top} />`;
}

function nameOf({ label, text, confidence }) {
  const sure = confidence === undefined ? "" : ` ${Math.round(confidence * 100)} %`;
  return text ?? `${label}${sure}`;
}
