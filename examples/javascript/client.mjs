// A client of the management API and of signed URLs, with nothing but what
// node has:
//
//	IMMAGIN_API=http://127.0.0.1:8080 IMMAGIN_API_KEY=imk_… node client.mjs
//
// Imported by others, it is the function sign and does nothing.
import { createHmac } from "node:crypto";

// sign returns the path and query of an image. Whatever JSON.stringify writes
// is signed as it stands.
export function sign(secret, request) {
  const payload = Buffer.from(JSON.stringify(request)).toString("base64url");
  return `/${payload}?sig=${createHmac("sha256", secret).update(payload).digest("hex")}`;
}

const { IMMAGIN_API: api, IMMAGIN_API_KEY: apiKey } = process.env;

async function call(method, path, body, key = apiKey) {
  const headers = { Authorization: `Bearer ${key}` };
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(api + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: text && JSON.parse(text) };
}

function expect(what, answer, status) {
  if (answer.status !== status) throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
  console.log("ok", what);
  return answer.body;
}

async function main() {
  const project = expect("project", await call("GET", "/v1/project"), 200);
  const image = (request) => fetch(project.baseUrl + sign(project.secret, request));

  const picture = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwAQMAAACbhe5cAAAABlBMVEUkVtb/0WYPXCYfAAAAF0lEQVR42mP4AAUMFDL4oYBSxqh78DIAJYe/QVzOrhgAAAAASUVORK5CYII=", "base64");
  const key = `javascript/${Date.now()} ünï & 日本.png`, edits = [{ resize: { width: 32, height: 24 } }];
  const to = expect("presign", await call("POST", "/v1/images/sign-url", { key, contentType: "image/png", size: picture.length }), 200);
  const put = await fetch(to.uploadUrl, { method: to.method, headers: to.headers, body: picture });
  expect("upload", { status: put.ok ? 200 : put.status, body: await put.text() }, 200);

  const found = [];
  for (let query = "?prefix=javascript%2F&limit=2", next = ""; ; next = `&cursor=${encodeURIComponent(next)}`) {
    const page = expect("list", await call("GET", "/v1/images" + query + next), 200);
    found.push(...page.images);
    if (!(next = page.nextCursor)) break;
  }
  if (found.find((image) => image.key === key)?.size !== picture.length) throw new Error("the list lacks the upload");

  const small = await image({ key, edits, output: { format: "png" } });
  const bytes = Buffer.from(await small.arrayBuffer());
  expect("image", { status: small.status, body: String(bytes) }, 200);
  if (bytes.readUInt32BE(16) !== 32 || bytes.readUInt32BE(20) !== 24) throw new Error("the image is not 32x24");
  const metadata = await image({ key, metadata: true });
  const { width, height, format } = expect("metadata", { status: metadata.status, body: await metadata.json() }, 200);
  if (`${width}x${height} ${format}` !== "64x48 png") throw new Error(`metadata: ${width}x${height} ${format}`);

  const made = expect("create a key", await call("POST", "/v1/keys", { name: "client.mjs" }), 201);
  expect("use it", await call("GET", "/v1/project", undefined, made.key), 200);
  const listed = expect("list keys", await call("GET", "/v1/keys"), 200).find((k) => k.id === made.id);
  if (listed?.prefix !== made.key.slice(0, 8) || listed.name !== "client.mjs" || "key" in listed) throw new Error("the list lacks the key");
  expect("revoke it", await call("DELETE", `/v1/keys/${made.id}`), 204);
  expect("it is refused", await call("GET", "/v1/project", undefined, made.key), 401);

  expect("delete", await call("DELETE", `/v1/images/${encodeURIComponent(key)}`), 204);
  expect("it is gone", await image({ key, edits, output: { format: "png" } }), 404);
}

if (api) await main();
