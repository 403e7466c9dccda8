// The job in the words of every way in, to be copied in one click.

import { signal } from "@preact/signals";
import { html } from "./html.js";
import { preview } from "./preview.js";
import { chosen, recipe } from "./state.js";

const kind = signal("curl");
const copied = signal(false);

const WAYS = {
  curl: () => `curl -F image=@${file()} \\\n  -F 'job=${quoted(plain())}' \\\n  ${address("process")} -o result.${suffix()}`,
  Python: () => `from image_worker import process

result = process(
    ${JSON.stringify(file())},
    ${python(plain().operations)},
    ${python(plain().output)},
)
result.save("result.${suffix()}")`,
  JavaScript: () => `const form = new FormData();
form.append("image", file);
form.append("job", JSON.stringify(${JSON.stringify(plain(), null, 2)}));
const response = await fetch("${address("process")}", { method: "POST", body: form });
const picture = await response.blob();`,
  "Command line": () => `image-worker process ${flags(plain().output, ["format"])}${file()} result.${suffix()} \\\n  ${plain()
    .operations.map((step) => `${step.type.replaceAll("_", "-")} ${flags(step.params)}`.trim())
    .join(" \\\n  ")}`,
  RunPod: () => JSON.stringify({ input: { image: { url: remote() }, ...plain() } }, null, 2),
};

export function Take() {
  const text = WAYS[kind.value]();
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
    setTimeout(() => (copied.value = false), 1500);
  };
  return html`<section class="take">
    <h2>Take it away</h2>
    <div class="ways" role="tablist" aria-label="Language">
      ${Object.keys(WAYS).map((name) => html`<button type="button" role="tab" aria-selected=${kind.value === name}
        class=${kind.value === name ? "" : "outline secondary"} onClick=${() => (kind.value = name)}>${name}</button>`)}
    </div>
    <pre tabindex="0"><code>${text}</code></pre>
    <div class="ways">
      <button type="button" onClick=${copy}>${copied.value ? "Copied" : "Copy"}</button>
      ${preview.value.url && html`<a role="button" class="secondary" href=${preview.value.url} download=${`result.${suffix()}`}>Save the picture</a>`}
    </div>
  </section>`;
}

function plain() {
  return recipe.value;
}

function file() {
  return chosen.value?.file ? chosen.value.name : "photo.jpg";
}

function remote() {
  return chosen.value?.address ?? "https://example.com/photo.jpg";
}

function suffix() {
  const format = String(recipe.value.output.format ?? "jpeg").toLowerCase();
  return { jpeg: "jpg", auto: "img", original: "img" }[format] ?? format;
}

function address(path) {
  return new URL(path, document.baseURI.split("#")[0]).href;
}

function quoted(job) {
  return JSON.stringify(job).replaceAll("'", "'\\''");
}

function flags(values, skip = []) {
  return Object.entries(values)
    .filter(([name]) => !skip.includes(name))
    .flatMap(([name, value]) => spelled(name, value))
    .map((part) => `${part} `)
    .join("");
}

function spelled(name, value) {
  const flag = `--${name.replaceAll("_", "-")}`;
  if (value === true) return [flag];
  if (value === false) return [`--no-${flag.slice(2)}`];
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return [`${flag} ${/^[\w.%#:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`}`];
}

function python(value) {
  return JSON.stringify(value, null, 4)
    .replaceAll(/\btrue\b(?=[,\n\]}])/g, "True")
    .replaceAll(/\bfalse\b(?=[,\n\]}])/g, "False")
    .replaceAll(/\bnull\b(?=[,\n\]}])/g, "None")
    .replaceAll("\n", "\n    ");
}
