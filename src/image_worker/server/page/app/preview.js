// Does the job on the chosen picture whenever either changes: one request, a moment after the last
// change, and the one before is called off.

import { effect, signal } from "@preact/signals";
import { postForm, postJson } from "./api.js";
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
    const response = await ask("process", picture, job, { signal: controller.signal });
    const blob = await response.blob();
    if (!controller.signal.aborted)
      show({
        state: "ready",
        picture: picture.id,
        url: URL.createObjectURL(blob),
        blob,
        milliseconds: performance.now() - started,
        ...facts(response),
      });
  } catch (error) {
    if (error.name !== "AbortError")
      show({ ...preview.peek(), state: "failed", error, picture: picture.id });
  } finally {
    clearTimeout(waiting);
    if (running === controller) slow.value = false;
  }
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
  const before = preview.peek().url;
  preview.value = next;
  if (before && before !== next.url) setTimeout(() => URL.revokeObjectURL(before), 1000);
}

// The bytes of a picture that has only an address come through the server, which may fetch it.
export async function bytesOf(picture) {
  if (picture.file) return picture.file;
  const job = { image: picture.address, output: { format: "original" } };
  return (await postJson("process", job)).blob();
}

