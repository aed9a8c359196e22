// Asks the server for what the state describes, and tells the page what came.
import { state, subscribe as onChange, question } from "./state.js";

const wait = 120; // milliseconds that a change may be followed by another one

const again = 3000; // milliseconds after which a busy server is asked again,
const attempts = 5; // so often

let listeners = new Set(), latest = null, timer = 0, running = null, held = [], failures = 0;

// subscribe calls fn with the latest event, if there is one, and with every
// later one:
//   { kind: "busy" }
//   { kind: "result", question, url, blobURL, width, height, bytes, type, cache, timings: [{ name, ms }], took, standIn, answer }
//   { kind: "refused", question, problem, status, passing }
// answer is that of /playground/describe. standIn says that the browser cannot
// draw the type, and that blobURL is the same picture as PNG. passing says that
// the server is asked again in a moment.
export function subscribe(fn) {
  listeners.add(fn);
  if (latest) fn(latest);
  return () => listeners.delete(fn);
}

// settled is fulfilled when the first picture is there, or cannot be: what else
// wants to be rendered waits for it.
export const settled = new Promise((done) => {
  const end = subscribe(({ kind }) => {
    if (kind === "busy") return;
    end?.();
    done();
  });
});

// ask sends a question as JSON. The error that it throws has the server's
// problem document (RFC 9457) and the status.
export async function ask(path, question, { signal } = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(question),
      signal,
    });
  } catch (err) {
    if (err.name === "AbortError") throw err;
    throw failure({ title: "No answer", detail: "The server does not answer. Is it still running?", code: "unreachable" }, 0);
  }
  const text = await answer.text();
  if (!answer.ok) throw failure(problemOf(text, answer.status), answer.status);
  return JSON.parse(text);
}

// picture fetches a signed URL from the server, also if the browser has it.
export async function picture(url, { signal, cache = "reload" } = {}) {
  let answer;
  const begin = performance.now();
  try {
    answer = await fetch(url, { cache, signal });
  } catch (err) {
    if (err.name === "AbortError") throw err;
    throw failure({ title: "No answer", detail: "The server does not answer. Is it still running?", code: "unreachable" }, 0);
  }
  if (!answer.ok) throw failure(problemOf(await answer.text(), answer.status), answer.status);
  const body = await answer.blob();
  return {
    url, body,
    bytes: body.size,
    type: body.type,
    took: performance.now() - begin,
    cache: answer.headers.get("X-Luna-Cache") ?? "",
    timings: timingsOf(answer.headers.get("Server-Timing") ?? ""),
  };
}

function failure(problem, status) {
  return Object.assign(new Error(problem.detail || problem.message || problem.title), { problem, status });
}

function problemOf(text, status) {
  try {
    const problem = JSON.parse(text);
    if (problem && typeof problem === "object") return problem;
  } catch {
    // It is no JSON.
  }
  return { title: `Error ${status}`, status, detail: text.trim().slice(0, 200) || `Error ${status}` };
}

// timingsOf reads a Server-Timing header: decode;dur=12.3, encode;dur=4
function timingsOf(header) {
  return header.split(",").flatMap((entry) => {
    const [name, ...params] = entry.split(";").map((part) => part.trim());
    const dur = params.find((p) => p.startsWith("dur="));
    return name && dur ? [{ name, ms: Number(dur.slice(4)) || 0 }] : [];
  });
}

function tell(event) {
  latest = event;
  for (const fn of [...listeners]) {
    try {
      fn(event);
    } catch (err) {
      console.error(err); // the others are told all the same
    }
  }
}

function start(after) {
  clearTimeout(timer);
  running?.abort();
  running = null;
  failures = 0;
  if (!state.key) return;
  if (latest?.kind !== "busy") tell({ kind: "busy" });
  timer = setTimeout(run, after);
}

let asked = "";

async function run() {
  const abort = running = new AbortController();
  const { signal } = abort;
  const q = question();
  asked = JSON.stringify(q);
  try {
    const answer = await describe(q, signal);
    const got = await picture(answer.url, { signal });
    let blobURL = URL.createObjectURL(got.body), img = await draw(blobURL), standIn = false;
    if (!img) {
      // TIFF, JPEG 2000 and HEIF: few browsers draw them.
      URL.revokeObjectURL(blobURL);
      standIn = true;
      const { url } = await ask("/playground/sign", { ...q, output: { format: "png" } }, { signal });
      blobURL = URL.createObjectURL((await picture(url, { signal })).body);
      img = await draw(blobURL);
    }
    if (signal.aborted) return URL.revokeObjectURL(blobURL);
    keep(blobURL);
    failures = 0;
    const { body, ...facts } = got;
    tell({ kind: "result", question: q, ...facts, blobURL, width: img?.naturalWidth ?? 0, height: img?.naturalHeight ?? 0, standIn, answer });
  } catch (err) {
    if (signal.aborted || err.name === "AbortError") return;
    const passing = [0, 502, 503, 504].includes(err.status) && ++failures < attempts;
    tell({ kind: "refused", question: q, problem: err.problem ?? { title: "The page failed", detail: err.message }, status: err.status ?? 0, passing });
    if (passing) timer = setTimeout(run, again);
  } finally {
    if (running === abort) running = null;
  }
}

let describes = true;

async function describe(q, signal) {
  if (describes) {
    try {
      return await ask("/playground/describe", q, { signal });
    } catch (err) {
      if (err.status !== 404 && err.status !== 405) throw err;
      describes = false; // an older server
    }
  }
  return { plan: [], code: {}, ...await ask("/playground/sign", q, { signal }) };
}

// draw returns null for what the browser cannot draw.
async function draw(url) {
  const img = new Image();
  img.src = url;
  try {
    await img.decode();
    return img;
  } catch {
    return null;
  }
}

// keep frees what was shown before, once nothing can show it any more.
function keep(url) {
  held.push(url);
  while (held.length > 3) URL.revokeObjectURL(held.shift());
}

onChange((_, changed) => {
  if (!changed.has("key") && !changed.has("edits") && !changed.has("output")) return;
  // What the server is asked stays the same when an edit that is off changes.
  if (JSON.stringify(question()) === asked && latest?.kind !== "busy") return;
  start(changed.has("key") ? 0 : wait);
});
start(0);
