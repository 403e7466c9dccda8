// Where pictures come from: drop, paste, choose, camera, address, samples.

import { signal } from "@preact/signals";
import { Camera, isHere, look, problem } from "./camera.js";
import { html } from "./html.js";
import { IconButton } from "./icons.js";
import { addAddress, addFiles, chosenId, pictures, removePicture } from "./state.js";

const SAMPLES = ["sunset.jpg", "badge.png"];
const dragging = signal(false);

export function listen() {
  addEventListener("dragover", (event) => {
    event.preventDefault();
    dragging.value = true;
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) dragging.value = false;
  });
  addEventListener("drop", async (event) => {
    event.preventDefault();
    dragging.value = false;
    await drop(event.dataTransfer);
  });
  addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files].filter(isPicture);
    if (files.length) addFiles(files);
  });
}

// Files as they are; of folders, the pictures in them, under their paths.
async function drop(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.every((entry) => entry.isFile)) {
    addFiles(transfer.files);
    return;
  }
  const found = (await Promise.all(entries.map(filesIn))).flat().filter(({ file }) => isPicture(file));
  const paths = new Map(found.map(({ file, path }) => [file, path]));
  addFiles(paths.keys(), (file) => paths.get(file));
}

async function filesIn(entry) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    return [{ file, path: entry.fullPath.slice(1) }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return (await Promise.all(found.map(filesIn))).flat();
    found.push(...some);
  }
}

function isPicture(file) {
  return file.type.startsWith("image/");
}

async function sample(name) {
  const response = await fetch(`static/samples/${name}`);
  addFiles([new File([await response.blob()], name, { type: response.headers.get("Content-Type") })]);
}

export function Intake({ large }) {
  const take = (event) => {
    const files = [...event.target.files];
    addFiles(event.target.webkitdirectory ? files.filter(isPicture) : files);
    event.target.value = "";
  };
  const fetched = (event) => {
    event.preventDefault();
    const box = event.target.elements.address;
    if (box.value) addAddress(box.value.trim());
    box.value = "";
  };
  return html`
    <div class=${`intake ${large ? "large" : ""} ${dragging.value ? "dragging" : ""}`}>
      ${large && html`<h2>Drop a picture</h2><p>or paste one, or choose:</p>`}
      <div class="ways">
        <label class="button strong"><span>Files</span><input type="file" multiple accept="image/*" aria-label="Choose files" onChange=${take} /></label>
        <label class="button"><span>Folder</span><input type="file" webkitdirectory aria-label="Choose a folder" onChange=${take} /></label>
        ${isHere
          ? html`<button type="button" class="secondary outline" onClick=${look}>Camera</button>`
          : html`<label class="button"><span>Camera</span><input type="file" accept="image/*" capture="environment" aria-label="Take a picture" onChange=${take} /></label>`}
      </div>
      ${problem.value && html`<p class="failed" role="alert">${problem.value}</p>`}
      <${Camera} />
      <form class="address" onSubmit=${fetched}>
        <input name="address" type="url" placeholder="https://example.com/photo.jpg" aria-label="Address of a picture" />
        <button type="submit" class="secondary outline">Fetch</button>
      </form>
      ${large && html`<p class="samples">No picture at hand? ${SAMPLES.map((name) => html`
        <button type="button" onClick=${() => sample(name)}><img src=${`static/samples/${name}`} alt=${`Sample: ${name}`} /></button>`)}</p>`}
    </div>`;
}

export function Shelf() {
  if (pictures.value.length < 2) return null;
  return html`<ul class="shelf" aria-label="Pictures">
    ${pictures.value.map((one) => html`<li key=${one.id} class=${one.id === chosenId.value ? "chosen" : ""}>
      <button type="button" class="show" aria-pressed=${one.id === chosenId.value} onClick=${() => (chosenId.value = one.id)} title=${one.name}>
        ${one.url ? html`<img src=${one.url} alt=${one.name} loading="lazy" />` : html`<span>${one.name}</span>`}
      </button>
      <${IconButton} icon="remove" label=${`Remove ${one.name}`} onClick=${() => removePicture(one.id)} />
    </li>`)}
  </ul>`;
}
