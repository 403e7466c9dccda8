// Files, texts and data URIs, one into the other.

export function dataUri(blob) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}

export async function blobOf(uri) {
  return (await fetch(uri)).blob();
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function bytes(count) {
  if (count < 1000) return `${count} B`;
  return count < 1e6 ? `${(count / 1e3).toFixed(count < 1e4 ? 1 : 0)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

export function suffixOf(mime = "") {
  return mime.split(";")[0].split("/").pop().replace("jpeg", "jpg").replace("svg+xml", "svg");
}

// The pictures in an answer that is JSON: the result itself, and every rendition.
export function picturesIn(answer) {
  const found = answer.processed_image ? [entry("result", answer)] : [];
  for (const [name, one] of Object.entries(answer.outputs ?? {}))
    for (const each of one.variants ?? [one])
      if (each.processed_image) found.push(entry(one.variants ? `${name} ${each.width}` : name, each));
  return found;
}

function entry(name, { processed_image: uri, metadata = {} }) {
  return { name, uri, ...metadata };
}
