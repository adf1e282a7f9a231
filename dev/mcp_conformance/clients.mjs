// One of the official TypeScript clients lists and calls every tool, round after round, in one connection.
// node clients.mjs sdk|client URL KEY ROUNDS.json: prints {calls, milliseconds} or throws at the first failure.
import { readFileSync } from "node:fs";

const [which, url, key, file] = process.argv.slice(2);
const { Client, StreamableHTTPClientTransport } =
  which === "sdk"
    ? {
        ...(await import("@modelcontextprotocol/sdk/client/index.js")),
        ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
      }
    : await import("@modelcontextprotocol/client");

const headers = { Authorization: `Bearer ${key}` };
const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
const client = new Client({ name: "roost-conformance", version: "1" });
await client.connect(transport);

const milliseconds = [];
async function timed(call) {
  const started = performance.now();
  const answer = await call();
  milliseconds.push(performance.now() - started);
  return answer;
}

for (const round of JSON.parse(readFileSync(file, "utf8"))) {
  const { tools } = await timed(() => client.listTools());
  const missing = round.map(([name]) => name).filter((name) => !tools.some((tool) => tool.name === name));
  if (missing.length) throw new Error(`not listed: ${missing}`);
  for (const [name, args] of round) {
    // Checks the structured answer against the tool's output schema by itself.
    const result = await timed(() => client.callTool({ name, arguments: args }));
    if (result.isError) throw new Error(`${name}: ${JSON.stringify(result.content)}`);
  }
}
await client.close();
console.log(JSON.stringify({ calls: milliseconds.length, milliseconds }));
