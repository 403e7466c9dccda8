// The jobs of the queue, as the server tells of them; and what this page itself put in.

import { signal } from "@preact/signals";
import { call, getJson, postJson } from "./api.js";
import { dataUri } from "./files.js";

const SENT = "image-worker.sent";
const AGAIN_MILLISECONDS = 2000;

export const jobs = signal(new Map()); // by id, as GET requests lists them
export const connection = signal("connecting"); // connecting, live, lost
export const trouble = signal("");

// The server keeps no inputs, so the settings of jobs from here stay in this tab.
export const sent = signal(JSON.parse(sessionStorage.getItem(SENT) ?? "{}"));

export const ENDED = new Set(["COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"]);

function take(job) {
  const { createdAt } = jobs.value.get(job.id) ?? {};
  jobs.value = new Map(jobs.value).set(job.id, { createdAt, ...job });
}

// Follows the queue until the returned function is called.
export function watch() {
  const controller = new AbortController();
  follow(controller.signal);
  return () => controller.abort();
}

async function follow(signal) {
  while (!signal.aborted) {
    try {
      const { requests } = await getJson("requests?limit=100", { signal });
      jobs.value = new Map(requests.map((job) => [job.id, job]));
      await listen(signal);
    } catch (error) {
      if (signal.aborted) return;
      trouble.value = error.message;
    }
    connection.value = "lost";
    await new Promise((done) => setTimeout(done, AGAIN_MILLISECONDS));
  }
}

// EventSource cannot send a key, so the stream is read as such.
async function listen(signal) {
  const response = await call("events", { signal });
  connection.value = "live";
  trouble.value = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    events.flatMap((event) => event.split("\n")).forEach(read);
  }
}

function read(line) {
  if (line.startsWith("data:")) take(JSON.parse(line.slice(5)));
}

export async function submit(picture, job) {
  const image = picture.file ? await dataUri(picture.file) : picture.address;
  const told = await (await postJson("run", { input: { ...job, image } })).json();
  sent.value = { ...sent.value, [told.id]: { name: picture.name, job } };
  try {
    sessionStorage.setItem(SENT, JSON.stringify(sent.value));
  } catch {
    // Full: the settings are known until the page is left.
  }
  take({ ...told, createdAt: Date.now() });
  return told.id;
}

export async function cancel(id) {
  take(await (await call(`cancel/${id}`, { method: "POST" })).json());
}

// Shown at once: the answer may come later than the news of the new end.
export async function retry(id) {
  const before = jobs.value.get(id);
  take({ id, status: "IN_QUEUE" });
  try {
    await call(`retry/${id}`, { method: "POST" });
  } catch (error) {
    take(before);
    throw error;
  }
}

export function details(id) {
  return getJson(`status/${id}`);
}
