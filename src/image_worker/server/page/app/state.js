// What the page holds: the pictures, the job, and where it is kept between visits.

import { batch, computed, effect, signal } from "@preact/signals";

const PRESETS = "image-worker.presets";
let counter = 0;

export const pictures = signal([]); // { id, name, file, url } or { id, name, address }
export const chosenId = signal(null);
export const steps = signal([]); // { id, on, type, params, beside }
export const output = signal({ format: "JPEG" }); // null where there are only renditions
export const renditions = signal([]); // { id, name, value }
export const tab = signal("edit");
export const presets = signal(JSON.parse(localStorage.getItem(PRESETS) ?? "{}"));

export const chosen = computed(() => pictures.value.find((one) => one.id === chosenId.value));

// The job as it is sent; steps that are switched off are left out.
export const recipe = computed(() => ({
  operations: steps.value.filter((step) => step.on).map(written),
  ...(output.value && { output: output.value }),
  ...(renditions.value.length > 0 && { outputs: Object.fromEntries(renditions.value.map((one) => [one.name, one.value])) }),
}));

function written(step) {
  return { type: step.type, params: step.params, ...step.beside };
}

export function addFiles(list, nameOf = (file) => file.webkitRelativePath || file.name) {
  const added = [...list].map((file) => ({
    id: ++counter,
    name: nameOf(file),
    file,
    url: URL.createObjectURL(file),
  }));
  pictures.value = [...pictures.value, ...added];
  if (added.length) chosenId.value = added[0].id;
  return added.length;
}

export function addAddress(address) {
  const picture = { id: ++counter, name: address.split("/").pop() || address, address };
  pictures.value = [...pictures.value, picture];
  chosenId.value = picture.id;
}

export function removePicture(id) {
  const gone = pictures.value.find((one) => one.id === id);
  if (gone?.url) URL.revokeObjectURL(gone.url);
  pictures.value = pictures.value.filter((one) => one.id !== id);
  if (chosenId.value === id) chosenId.value = pictures.value[0]?.id ?? null;
}

export function addStep(type, params = {}) {
  steps.value = [...steps.value, { id: ++counter, on: true, type, params, beside: {} }];
  return counter;
}

export function changeStep(id, change) {
  steps.value = steps.value.map((step) => (step.id === id ? { ...step, ...change } : step));
}

export function removeStep(id) {
  steps.value = steps.value.filter((step) => step.id !== id);
}

export function duplicateStep(id) {
  const index = steps.value.findIndex((step) => step.id === id);
  const copy = { ...structuredClone(steps.value[index]), id: ++counter };
  steps.value = steps.value.toSpliced(index + 1, 0, copy);
}

export function moveStep(id, by) {
  const index = steps.value.findIndex((step) => step.id === id);
  const target = Math.max(0, Math.min(steps.value.length - 1, index + by));
  const moved = steps.value.toSpliced(index, 1);
  steps.value = moved.toSpliced(target, 0, steps.value[index]);
}

export function addRendition() {
  const names = new Set(renditions.value.map((one) => one.name));
  let number = renditions.value.length + 1;
  while (names.has(`size-${number}`)) number += 1;
  renditions.value = [...renditions.value, { id: ++counter, name: `size-${number}`, value: { format: "WEBP", widths: [400, 800] } }];
}

export function changeRendition(id, change) {
  renditions.value = renditions.value.map((one) => (one.id === id ? { ...one, ...change } : one));
}

export function removeRendition(id) {
  renditions.value = renditions.value.filter((one) => one.id !== id);
  if (renditions.value.length === 0) output.value ??= { format: "JPEG" };
}

// Takes in a job from elsewhere: JSON that was typed, a preset, a link, a job of the queue.
export function load(job) {
  batch(() => take(job));
}

function take(job) {
  steps.value = (job.operations ?? []).map((step) => {
    const { type, params, ...beside } = "type" in step ? step : longForm(step);
    return { id: ++counter, on: true, type, params: params ?? {}, beside };
  });
  renditions.value = Object.entries(job.outputs ?? {}).map(([name, value]) => ({ id: ++counter, name, value }));
  output.value = job.output ?? (renditions.value.length ? null : { format: "JPEG" });
}

const BESIDE = ["when", "on_error", "where", "amount"];

function longForm(step) {
  const type = Object.keys(step).find((name) => !BESIDE.includes(name));
  const { [type]: params, ...beside } = step;
  return { type, params, ...beside };
}

export function savePreset(name) {
  presets.value = { ...presets.value, [name]: recipe.value };
  keepPresets();
}

export function removePreset(name) {
  const { [name]: _, ...rest } = presets.value;
  presets.value = rest;
  keepPresets();
}

export function importPresets(text) {
  const taken = JSON.parse(text);
  if (Object.values(taken).some((job) => typeof job !== "object" || job === null)) throw new TypeError("expected an object of jobs by name");
  presets.value = { ...presets.value, ...taken };
  keepPresets();
}

function keepPresets() {
  localStorage.setItem(PRESETS, JSON.stringify(presets.value));
}

// The job lives in the address, so that a link or a bookmark brings it back.
export function followAddress() {
  const read = () => {
    const text = new URLSearchParams(location.hash.slice(1)).get("job");
    if (text && text !== JSON.stringify(recipe.value)) {
      try {
        load(JSON.parse(text));
      } catch {
        // A link that was cut off: the page starts empty.
      }
    }
  };
  read();
  addEventListener("hashchange", read);
  effect(() => {
    const text = JSON.stringify(recipe.value);
    history.replaceState(null, "", `#${new URLSearchParams({ job: text })}`);
  });
}
