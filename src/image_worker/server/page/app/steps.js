// The list of steps: added, changed, moved, switched off.

import { signal } from "@preact/signals";
import { Field, Fields } from "./form.js";
import { html } from "./html.js";
import { Icon, IconButton } from "./icons.js";
import { alternatives, firstSentence, plainText, resolve, within } from "./schema.js";
import { addStep, changeStep, duplicateStep, moveStep, removeStep, steps } from "./state.js";

const open = signal(new Set());
const query = signal("");

export function toggle(id, on = !open.value.has(id)) {
  const next = new Set(open.value);
  if (on) next.add(id);
  else next.delete(id);
  open.value = next;
}

export function operationsOf(schema) {
  return alternatives(resolve(schema).properties.operations.items);
}

export function Steps({ schema, errors }) {
  const kinds = new Map(operationsOf(schema).map((kind) => [kind.title, kind]));
  return html`
    <ol class="steps">
      ${steps.value.map((step, index) => html`<${Step} key=${step.id} step=${step} index=${index}
        kind=${kinds.get(step.type)} errors=${errors} />`)}
    </ol>
    ${steps.value.length === 0 && html`<p class="empty">No steps yet: the picture is only converted. Add one below.</p>`}
    <${Adder} kinds=${kinds} />`;
}

function Step({ step, index, kind, errors }) {
  const prefix = `operations[${indexSent(step)}]`;
  const mine = Object.entries(errors).filter(([path]) => step.on && within(path, prefix));
  const shown = open.value.has(step.id);
  const last = steps.value.length - 1;
  const name = `step ${index + 1}, ${step.type}`;
  return html`
    <li class=${`step ${step.on ? "" : "off"} ${mine.length ? "wrong" : ""}`}>
      <header>
        <button type="button" class="name" aria-expanded=${shown} onClick=${() => toggle(step.id)}>
          <b>${step.type.replaceAll("_", " ")}</b><span>${summary(step.params)}</span>
        </button>
        <span class="tools">
          <input type="checkbox" role="switch" checked=${step.on} aria-label=${`Use ${name}`}
            title="On or off" onChange=${(event) => changeStep(step.id, { on: event.target.checked })} />
          <${IconButton} icon="up" label=${`Move ${name} up`} disabled=${index === 0} onClick=${() => moveStep(step.id, -1)} />
          <${IconButton} icon="down" label=${`Move ${name} down`} disabled=${index === last} onClick=${() => moveStep(step.id, 1)} />
          <${IconButton} icon="copy" label=${`Duplicate ${name}`} onClick=${() => duplicateStep(step.id)} />
          <${IconButton} icon="remove" label=${`Remove ${name}`} onClick=${() => removeStep(step.id)} />
        </span>
      </header>
      ${mine.length > 0 && !shown && html`<small role="alert" class="told">${mine[0][1]}</small>`}
      ${shown && kind && html`<div class="body">
        <p class="about">${plainText(firstSentence(kind.description))}</p>
        <${Params} kind=${kind} step=${step} errors=${errors} path=${`${prefix}.params`} />
        <${Beside} kind=${kind} step=${step} errors=${errors} path=${prefix} />
      </div>`}
    </li>`;
}

// Parameters; some operations have several forms, such as one for each filter.
function Params({ kind, step, errors, path }) {
  const kinds = alternatives(kind.properties.params);
  const change = (params) => changeStep(step.id, { params });
  if (kinds.length === 1)
    return html`<${Fields} schema=${kinds[0]} value=${step.params} errors=${errors} path=${path} onChange=${change} />`;
  const word = Object.keys(kinds[0].properties).find((name) => "const" in kinds[0].properties[name]);
  const chosen = kinds.find((one) => one.properties[word].const === step.params[word]) ?? kinds[0];
  return html`
    <div class="field"><div class="label"><label for=${`kind-${step.id}`}>${word}</label></div>
      <select id=${`kind-${step.id}`} value=${chosen.properties[word].const}
        onChange=${(event) => change({ [word]: event.target.value })}>
        ${kinds.map((one) => html`<option value=${one.properties[word].const}>${one.properties[word].const}</option>`)}
      </select>
      <small class="help">${plainText(firstSentence(chosen.description))}</small></div>
    <${Fields} key=${chosen.title} schema=${chosen} skip=${[word]} value=${step.params} errors=${errors} path=${path} onChange=${change} />`;
}

// What stands beside the parameters: where, how much, when.
function Beside({ kind, step, errors, path }) {
  const names = Object.keys(kind.properties).filter((name) => name !== "type" && name !== "params");
  if (names.length === 0) return null;
  const change = (name, value) => {
    const { [name]: _, ...rest } = step.beside;
    changeStep(step.id, { beside: value === undefined ? rest : { ...rest, [name]: value } });
  };
  const told = names.some((name) => Object.keys(errors).some((place) => within(place, `${path}.${name}`)));
  return html`<details class="more" open=${told || Object.keys(step.beside).length > 0}>
    <summary>Only in part, or only sometimes</summary>
    ${names.map((name) => html`<${Field} key=${name} name=${name} schema=${kind.properties[name]} value=${step.beside[name]}
      errors=${errors} path=${`${path}.${name}`} onChange=${(value) => change(name, value)} />`)}
  </details>`;
}

function Adder({ kinds }) {
  const wanted = query.value.trim().toLowerCase();
  const found = [...kinds.values()].filter((kind) => `${kind.title.replaceAll("_", " ")} ${kind.description}`.toLowerCase().includes(wanted));
  const add = (kind) => {
    const id = addStep(kind.title, START[kind.title] ?? firstParams(kind));
    toggle(id, true);
    query.value = "";
  };
  return html`<details class="adder" open=${steps.value.length === 0}>
    <summary role="button" class="outline secondary with-icon"><${Icon} name="add" />Add a step</summary>
    <input type="search" placeholder="Find a step" aria-label="Find a step" value=${query.value}
      onInput=${(event) => (query.value = event.target.value)} />
    <ul>${found.map((kind) => html`<li><button type="button" onClick=${() => add(kind)}>
      <b>${kind.title.replaceAll("_", " ")}</b><small>${plainText(firstSentence(kind.description))}</small></button></li>`)}</ul>
    ${found.length === 0 && html`<p class="empty">Nothing is called that.</p>`}
  </details>`;
}

// A first value where an operation cannot do without one, so that a new step shows something.
const START = {
  resize: { width: 800 },
  crop: { aspect: "1:1" },
  flip: { direction: "horizontal" },
  rotate: { angle: 90 },
  pad: { all: 20 },
  adjust: { brightness: 1.2 },
  filter: { name: "sharpen" },
  mask: { shape: "rounded", radius: "10%" },
  overlay: { text: { content: "Hello" }, gravity: "bottom" },
  background: { color: "white" },
  redact: { regions: [{ left: "25%", top: "25%", right: "75%", bottom: "75%" }] },
  annotate: { show: { left: "25%", top: "25%", right: "75%", bottom: "75%" } },
};

function firstParams(kind) {
  const [first] = alternatives(kind.properties.params);
  const fixed = Object.entries(first.properties ?? {}).filter(([, part]) => "const" in part);
  return Object.fromEntries(fixed.map(([name, part]) => [name, part.const]));
}

function summary(params) {
  const parts = Object.entries(params).map(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return `${name} ${text.length > 24 ? `${text.slice(0, 22)}…` : text}`;
  });
  return parts.join(", ");
}

function indexSent(step) {
  return steps.value.filter((one) => one.on).indexOf(step);
}
