// Talks to the server that this page came from; every address is relative, so that a proxy may put
// the whole of it below another path.

import { signal } from "@preact/signals";

const KEY = "image-worker.key";

export const key = signal(localStorage.getItem(KEY) ?? "");
export const locked = signal(false);

export function setKey(value) {
  key.value = value;
  if (value) localStorage.setItem(KEY, value);
  else localStorage.removeItem(KEY);
}

// What the server says of a job that failed: a sentence, a code, and the place in the job.
export class Refused extends Error {
  constructor(answer, status) {
    super(answer.message ?? answer.error ?? `the server answered ${status}`);
    this.code = answer.code ?? "internal_error";
    this.path = answer.path ?? "";
    this.status = status;
  }
}

export async function call(path, options = {}) {
  const headers = new Headers(options.headers);
  if (key.value) headers.set("Authorization", `Bearer ${key.value}`);
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused({ message: "The server cannot be reached. Is it still running?" }, 0);
  }
  locked.value = response.status === 401;
  if (!response.ok) throw new Refused(await response.json().catch(() => ({})), response.status);
  return response;
}

export async function getJson(path, options) {
  return (await call(path, options)).json();
}

export function postJson(path, body, options = {}) {
  return call(path, {
    ...options,
    method: "POST",
    headers: { "Content-Type": "application/json", ...options.headers },
    body: JSON.stringify(body),
  });
}

// Does a job on files; the answer is the picture itself, with its facts in headers.
export function postForm(path, job, files, options = {}) {
  const form = new FormData();
  form.append("job", JSON.stringify(job));
  for (const [name, file] of Object.entries(files)) form.append(name, file, file.name ?? name);
  return call(path, { ...options, method: "POST", body: form });
}
