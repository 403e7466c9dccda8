// The queue's table, live.

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { Segments } from "./choice.js";
import { picturesIn, suffixOf } from "./files.js";
import { html } from "./html.js";
import { Icon, IconButton } from "./icons.js";
import { cancel, connection, details, ENDED, jobs, retry, sent, trouble, watch } from "./queue.js";
import { load, tab } from "./state.js";

const WORDS = {
  IN_QUEUE: "waiting",
  IN_PROGRESS: "running",
  COMPLETED: "done",
  FAILED: "failed",
  CANCELLED: "cancelled",
  TIMED_OUT: "took too long",
};
const SHOWN = { all: "All", active: "Active", failed: "Failed" };
const AGAIN = new Set(["FAILED", "TIMED_OUT"]);

const which = signal("all");

export function Jobs() {
  useEffect(watch, []);
  const all = [...jobs.value.values()].sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
  const some = all.filter(wanted);
  return html`<section class="jobs">
    <header class="heading">
      <div><h2>Jobs</h2><p class="empty">What the queue did last, newest first. Results are kept for half an hour.</p></div>
      <${Live} />
    </header>
    ${trouble.value && html`<p class="failed" role="alert">${trouble.value}</p>`}
    ${all.length > 0 && html`<${Segments} label="Which jobs" options=${SHOWN} value=${which.value} onPick=${(name) => (which.value = name)} />`}
    ${some.length > 0 ? html`<${Table} jobs=${some} />` : html`<${Nothing} any=${all.length > 0} />`}
  </section>`;
}

function wanted({ status }) {
  if (which.value === "active") return !ENDED.has(status);
  return which.value === "all" || AGAIN.has(status);
}

function Live() {
  const words = { connecting: "connecting", live: "live", lost: "connection lost, trying again" };
  return html`<span class=${`live ${connection.value}`} role="status"><i aria-hidden="true"></i>${words[connection.value]}</span>`;
}

function Nothing({ any }) {
  if (connection.value === "connecting") return html`<p class="loading" aria-busy="true">Loading</p>`;
  return html`<div class="blank"><p>${any ? "No job is like that." : "No jobs yet."}</p>
    ${!any && html`<p class="empty">Press “Run in the queue” on the Edit tab, or send one to <code>POST run</code>.</p>`}</div>`;
}

function Table({ jobs }) {
  return html`<div class="wide" tabindex="0" role="region" aria-label="Jobs of the queue"><table class="plain queue">
    <thead><tr><th scope="col">Job</th><th scope="col">State</th><th scope="col">Waited</th><th scope="col">Ran</th>
      <th scope="col">Since</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
    <tbody>${jobs.map((job) => html`<${Row} key=${job.id} job=${job} />`)}</tbody></table></div>`;
}

function Row({ job }) {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState("");
  const mine = sent.value[job.id];
  const tell = (doing) => doing.then(() => setProblem(""), (error) => setProblem(error.message));
  const use = () => {
    load(mine.job);
    tab.value = "edit";
  };
  const name = mine?.name ?? job.id.slice(0, 8);
  return html`
    <tr class=${`state-${job.status}`}>
      <th scope="row"><button type="button" class="unfold" aria-expanded=${open} aria-label=${`Job ${name}, ${job.id}`} onClick=${() => setOpen(!open)}>
        <${Icon} name="open" /><span>${name}</span></button></th>
      <td><span class="badge">${WORDS[job.status] ?? job.status}</span>${job.retries ? html` <small>begun ${job.retries + 1} times</small>` : ""}
        <${Progress} of=${job} /></td>
      <td>${time(job.delayTime)}</td><td>${time(job.executionTime)}</td>
      <td>${job.createdAt ? new Date(job.createdAt).toLocaleTimeString() : ""}</td>
      <td class="acts">
        ${!ENDED.has(job.status) && html`<${IconButton} icon="stop" label=${`Cancel ${name}`} onClick=${() => tell(cancel(job.id))} />`}
        ${AGAIN.has(job.status) && html`<${IconButton} icon="retry" label=${`Retry ${name}`} onClick=${() => tell(retry(job.id))} />`}
        ${mine && html`<${IconButton} icon="load" label=${`Load the settings of ${name}`} onClick=${use} />`}
      </td>
    </tr>
    ${(job.error || problem) && html`<tr class="note"><td colspan="6" role=${problem ? "alert" : undefined}>${problem || sentence(job.error)}</td></tr>`}
    ${open && html`<tr class="detail"><td colspan="6"><${Detail} key=${job.status} id=${job.id} /></td></tr>`}`;
}

// Batches tell how far they are; one picture is only under way.
function Progress({ of: { status, output } }) {
  const { done, total } = output?.progress ?? {};
  if (status !== "IN_PROGRESS") return null;
  return html`<progress aria-label="Progress" value=${total ? done : undefined} max=${total}></progress>${total ? html`<small>${done} of ${total}</small>` : ""}`;
}

function Detail({ id }) {
  const [told, setTold] = useState(null);
  useEffect(() => {
    details(id).then(setTold, (error) => setTold({ error: error.message }));
  }, [id]);
  if (!told) return html`<p aria-busy="true">Loading</p>`;
  return html`
    <div class="gallery">${picturesIn(told.output ?? {}).map((one) => html`<figure key=${one.name}>
      <a href=${one.uri} download=${`${one.name}.${suffixOf(one.mime)}`}><img class="chequered" src=${one.uri} alt=${`Result ${one.name}, to be saved`} /></a>
      <figcaption>${one.name}, ${one.width} × ${one.height}</figcaption></figure>`)}</div>
    <pre tabindex="0" aria-label="Raw JSON"><code>${JSON.stringify(told, shortened, 2)}</code></pre>`;
}

const MANY = 200;

function shortened(_, value) {
  return typeof value === "string" && value.length > MANY ? `${value.slice(0, 60)}… (${value.length} characters)` : value;
}

function sentence(error) {
  try {
    const told = JSON.parse(error);
    return told.message ?? told.error_message ?? error;
  } catch {
    return error;
  }
}

function time(milliseconds) {
  if (milliseconds === undefined) return "–";
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
