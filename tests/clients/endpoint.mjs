// RunPod's JavaScript client, used as its users do: `endpoint.mjs BASE KEY ENDPOINT GOOD BAD LONG`,
// the last three JSON. Prints one JSON object with what the client gave back.

import runpodSdk from "runpod-sdk";

const [baseUrl, key, name, ...inputs] = process.argv.slice(2);
const [good, bad, long] = inputs.map((text) => JSON.parse(text));
const endpoint = runpodSdk(key, { baseUrl }).endpoint(name);

const finished = async (input) => {
  const { id } = await endpoint.run({ input });
  return endpoint.statusSync(id, 60_000);
};

const seen = { runSync: await endpoint.runSync({ input: good }, 60_000) };
seen.completed = await finished(good);
seen.failed = await finished(bad);

const streaming = await endpoint.run({ input: good });
seen.stream = [];
for await (const chunk of endpoint.stream(streaming.id)) seen.stream.push(chunk);
seen.afterStream = await endpoint.status(streaming.id);

const cancelled = await endpoint.run({ input: long });
seen.cancelled = await endpoint.cancel(cancelled.id);
seen.health = await endpoint.health();
seen.purged = await endpoint.purgeQueue();
seen.wrongKey = await runpodSdk("wrong", { baseUrl })
  .endpoint(name)
  .health()
  .catch((error) => error.response.status);

console.log(JSON.stringify(seen));
