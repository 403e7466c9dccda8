// The job in the words of every way in; each text works as it stands, once the file is there.

import { key } from "./api.js";

const SUFFIXES = { jpeg: "jpg", auto: "img", original: "img" };

const SEVERAL = `for name, several in result.outputs.items():
    for one in several:
        one.save(f"{name}-{one.size[0]}.{one.mime.split('/')[1]}")`;

export const WAYS = {
  curl(job, picture) {
    const sent = picture.file ? job : { image: picture.address, ...job };
    const image = picture.file ? `  -F image=@${shell(picture.name)} \\\n` : "";
    return `curl ${server("process")} \\\n${secret()}${image}  -F job=${shell(JSON.stringify(sent))} \\\n  -o ${result(job)}`;
  },
  Python(job, picture) {
    const more = job.outputs ? `\n    outputs=${python(job.outputs)},` : "";
    const end = job.outputs ? SEVERAL : `result.save(${JSON.stringify(result(job))})`;
    return `from image_worker import process

result = process(
    ${JSON.stringify(name(picture))},
    ${python(job.operations)},
    ${job.output ? python(job.output) : "None"},${more}
)
${end}`;
  },
  JavaScript(job, picture) {
    const sent = picture.file ? job : { image: picture.address, ...job };
    const part = picture.file ? '\nform.append("image", file); // a File, such as from <input type="file">' : "";
    const headers = key.value ? '\n  headers: { Authorization: "Bearer YOUR_KEY" },' : "";
    return `const form = new FormData();${part}
form.append("job", JSON.stringify(${JSON.stringify(sent, null, 2)}));
const response = await fetch(${JSON.stringify(server("process"))}, {
  method: "POST",${headers}
  body: form,
});
const picture = await response.blob();`;
  },
  "Command line"(job, picture) {
    if (job.outputs) return whole(job, picture);
    const steps = job.operations.map(({ type, params, ...beside }) => ` \\\n  ${type.replaceAll("_", "-")} ${flags({ ...params, ...beside })}`.trimEnd());
    const { format, ...rest } = job.output;
    const chosen = String(format).toLowerCase();
    const spelled = chosen in SUFFIXES && chosen !== "jpeg" ? { format: chosen, ...rest } : rest;
    return `image-worker process ${flags(spelled)}${shell(name(picture))} ${result(job)}${steps.join("")}`;
  },
  RunPod: (job, picture) => JSON.stringify({ input: { image: { url: picture.address ?? "https://example.com/photo.jpg" }, ...job } }, null, 2),
};

// Renditions have no flags: the job goes in as JSON.
function whole(job, picture) {
  const text = JSON.stringify({ image: { url: picture.address ?? "https://example.com/photo.jpg" }, ...job }, null, 2);
  return `image-worker run - --save ${result(job)} <<'JOB'\n${text}\nJOB`;
}

function secret() {
  return key.value ? '  -H "Authorization: Bearer $IMAGE_WORKER_KEY" \\\n' : "";
}

function name(picture) {
  return picture.file ? picture.name : picture.address;
}

function result(job) {
  if (job.outputs) return "results.zip";
  const format = String(job.output.format ?? "jpeg").toLowerCase();
  return `result.${SUFFIXES[format] ?? format}`;
}

function server(path) {
  return new URL(path, document.baseURI.split("#")[0]).href;
}

function shell(text) {
  return /^[\w.%#:/@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function flags(values) {
  return Object.entries(values)
    .map(([word, value]) => `${flag(word.replaceAll("_", "-"), value)} `)
    .join("");
}

function flag(word, value) {
  if (value === true) return `--${word}`;
  if (value === false) return `--no-${word}`;
  return `--${word} ${shell(typeof value === "string" ? value : JSON.stringify(value))}`;
}

const CONSTANTS = { true: "True", false: "False", null: "None" };

function python(value, indent = "    ") {
  const inner = `${indent}    `;
  if (Array.isArray(value)) return value.length ? `[\n${value.map((one) => `${inner}${python(one, inner)},\n`).join("")}${indent}]` : "[]";
  if (typeof value === "object" && value !== null) {
    const parts = Object.entries(value).map(([word, one]) => `${inner}${JSON.stringify(word)}: ${python(one, inner)},\n`);
    return parts.length ? `{\n${parts.join("")}${indent}}` : "{}";
  }
  return CONSTANTS[String(value)] && typeof value !== "string" ? CONSTANTS[String(value)] : JSON.stringify(value);
}
