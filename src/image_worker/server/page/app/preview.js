// Does the job on the chosen picture whenever either changes: one request, a moment after the last
// change, and the one before is called off.

import { effect, signal } from "@preact/signals";
import { postForm, postJson } from "./api.js";
import { blobOf, picturesIn } from "./files.js";
import { chosen, recipe } from "./state.js";

const QUIET_MILLISECONDS = 200;
const SLOW_MILLISECONDS = 300;

// state: empty, working, ready, failed
export const preview = signal({ state: "empty" });
export const slow = signal(false);

let timer = 0;
let running = null;

export function follow() {
  effect(() => {
    const [picture, job] = [chosen.value, recipe.value];
    clearTimeout(timer);
    running?.abort();
    if (!picture) {
      show({ state: "empty" });
      return;
    }
    timer = setTimeout(() => work(picture, job), QUIET_MILLISECONDS);
  });
}

// Asks for the answer to a job on a picture, whether it is a file or an address.
export function ask(path, picture, job, options = {}) {
  if (picture.file) return postForm(path, job, { image: picture.file }, options);
  return postJson(path, { ...job, image: picture.address }, options);
}

async function work(picture, job) {
  const controller = (running = new AbortController());
  const waiting = setTimeout(() => (slow.value = true), SLOW_MILLISECONDS);
  const started = performance.now();
  try {
    const results = await (job.outputs ? several : single)(picture, job, controller.signal);
    if (!controller.signal.aborted)
      show({ state: "ready", picture: picture.id, milliseconds: performance.now() - started, ...results });
  } catch (error) {
    if (error.name !== "AbortError")
      show({ ...preview.peek(), state: "failed", error, picture: picture.id });
  } finally {
    clearTimeout(waiting);
    if (running === controller) slow.value = false;
  }
}

async function single(picture, job, signal) {
  const response = await ask("process", picture, job, { signal });
  const blob = await response.blob();
  return { blob, url: URL.createObjectURL(blob), results: [], ...facts(response) };
}

// Several results come in one answer; the first stands for them all where one is shown.
async function several(picture, job, signal) {
  const response = await ask("process", picture, job, { signal, headers: { Accept: "application/json" } });
  const answer = await response.json();
  const results = await Promise.all(picturesIn(answer).map(shownAs));
  const [first] = results;
  return { ...facts(response), ...first, warnings: answer.warnings ?? [], results };
}

async function shownAs({ uri, ...facts }) {
  const blob = await blobOf(uri);
  return { ...facts, blob, url: URL.createObjectURL(blob) };
}

function facts(response) {
  const read = (name) => response.headers.get(name);
  return {
    mime: read("Content-Type"),
    width: Number(read("X-Image-Width")),
    height: Number(read("X-Image-Height")),
    cache: read("X-Cache"),
    timings: timings(read("Server-Timing") ?? ""),
    warnings: JSON.parse(read("X-Warnings") ?? "[]"),
  };
}

function timings(text) {
  return text
    .split(",")
    .map((span) => span.trim().match(/^(\w+);dur=([\d.]+)$/))
    .filter(Boolean)
    .map(([, name, spent]) => ({ name, milliseconds: Number(spent) }));
}

function show(next) {
  const before = urlsOf(preview.peek());
  preview.value = next;
  const kept = new Set(urlsOf(next));
  setTimeout(() => before.filter((url) => !kept.has(url)).forEach((url) => URL.revokeObjectURL(url)), 1000);
}

function urlsOf({ url, results = [] }) {
  return [...(url ? [url] : []), ...results.map((one) => one.url)];
}

// The picture as it comes into the step at that place in the job; renditions begin after all steps.
export async function pictureBefore(path) {
  const picture = chosen.peek();
  const { operations } = recipe.peek();
  const index = Number(path.match(/^operations\[(\d+)\]/)?.[1] ?? operations.length);
  if (index === 0 && picture.url) return picture.url;
  const job = { operations: operations.slice(0, index), output: { format: "WEBP" } };
  return URL.createObjectURL(await (await ask("process", picture, job)).blob());
}
