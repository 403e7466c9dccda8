// The camera of this machine, seen here before a picture is taken.

import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { addFiles } from "./state.js";

const WANTED = { video: { facingMode: "environment", width: { ideal: 4096 } } };
const QUALITY = 0.95;

export const problem = signal("");
const stream = signal(null);
let taken = 0;

// Phones have a camera of their own behind a field for files; pages that came neither over TLS nor
// from this machine are not let at any.
export const isHere = Boolean(navigator.mediaDevices?.getUserMedia) && !matchMedia("(pointer: coarse)").matches;

export async function look() {
  try {
    stream.value = await navigator.mediaDevices.getUserMedia(WANTED);
    problem.value = "";
  } catch (error) {
    problem.value = error.name === "NotAllowedError" ? "The browser may not use the camera." : "No camera can be used here.";
  }
}

function close() {
  stream.value?.getTracks().forEach((track) => track.stop());
  stream.value = null;
}

export function Camera() {
  return stream.value && html`<${Viewfinder} />`;
}

function Viewfinder() {
  const [dialog, video, button] = [useRef(null), useRef(null), useRef(null)];
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    video.current.srcObject = stream.value;
    dialog.current.showModal();
    return close;
  }, []);
  useEffect(() => {
    if (seen) button.current.focus();
  }, [seen]);
  const take = async () => {
    const { videoWidth: width, videoHeight: height } = video.current;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").drawImage(video.current, 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    taken += 1;
    addFiles([new File([blob], `camera-${taken}.jpg`, { type: blob.type })]);
    close();
  };
  return html`<dialog class="camera" aria-label="Camera" ref=${dialog} onClose=${close}><article>
    <video ref=${video} autoplay playsinline muted onLoadedData=${() => setSeen(true)}></video>
    <div class="ways">
      <button type="button" ref=${button} disabled=${!seen} onClick=${take}>Take it</button>
      <button type="button" class="secondary outline" onClick=${close}>Cancel</button>
    </div>
  </article></dialog>`;
}
