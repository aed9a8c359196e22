// How long it took, by stage, as Server-Timing tells it.
import { typeName } from "./pictures.js";

// stages are what Server-Timing names, as a reader of the page would put it.
// render and flight hold others of them.
const stages = [
  ["check", "Check", "signature, payload, caches", ["verify", "payload", "negotiate", "key", "cache", "refused", "stored"]],
  ["wait", "Wait", "for a free processor and memory", ["queue", "admit", "room"]],
  ["fetch", "Fetch", "the original and its headers", ["fetch", "probe", "plan"]],
  ["decode", "Decode", "to pixels", ["decode"]],
  ["edit", "Edit", "the list", ["edit"]],
  ["encode", "Encode", "to the format", ["encode"]],
  ["store", "Keep", "count and store", ["meter", "store"]],
];
const within = new Set(["render", "flight"]);

const markup = `
    <div class="stage-head"><span class="chip stage-cache"></span><a class="stage-open" target="_blank" rel="noopener">Open</a></div>
    <div class="stage-time" role="img"></div>
    <ul class="stage-legend"></ul>`;

// timing fills foot, and returns what shows a result there.
export function timing(foot) {
  foot.innerHTML = markup;
  const [bar, legend, cacheChip, open] = [".stage-time", ".stage-legend", ".stage-cache", ".stage-open"].map((name) => foot.querySelector(name));
  foot.classList.add("none");
  return (result) => show(result, { bar, legend, cacheChip, open, foot });
}

function show(result, { bar, legend, cacheChip, open, foot }) {
  foot.classList.remove("none");
  bar.replaceChildren();
  legend.replaceChildren();
  const named = new Set(stages.flatMap(([, , , names]) => names));
  const spent = stages.map(([id, name, what, names]) => ({ id, name, what, ms: sum(result.timings.filter((t) => names.includes(t.name))) }));
  const other = sum(result.timings.filter((t) => !named.has(t.name) && !within.has(t.name)));
  if (other > 0) spent.push({ id: "other", name: "Other", what: "", ms: other });
  const total = spent.reduce((all, s) => all + s.ms, 0);
  const shown = spent.filter((s) => s.ms > 0);
  for (const s of shown) {
    const part = document.createElement("i");
    part.className = `t-${s.id}`;
    part.style.flexGrow = s.ms * 1000; // less than 1 would leave room
    bar.append(part);
    const li = document.createElement("li");
    const swatch = document.createElement("i");
    swatch.className = `t-${s.id}`;
    li.append(swatch, ` ${s.name} `);
    const ms = document.createElement("b");
    ms.textContent = milliseconds(s.ms);
    li.append(ms);
    li.title = s.what;
    legend.append(li);
  }
  bar.setAttribute("aria-label", `Time by stage: ${shown.map((s) => `${s.name} ${milliseconds(s.ms)} ms`).join(", ")}`);
  const how = { hit: "From the cache", miss: "Made now", coalesced: "Made with another request’s" }[result.cache] ?? (result.cache || "Made");
  cacheChip.textContent = `${how}, ${milliseconds(total)} ms`;
  cacheChip.title = `X-Luna-Cache: ${result.cache}`;
  cacheChip.classList.toggle("hit", result.cache === "hit");
  open.href = result.url;
  open.textContent = result.standIn ? `Open (drawn here as PNG, since this browser draws no ${typeName(result.type)})` : "Open";
}

const sum = (list) => list.reduce((all, t) => all + t.ms, 0);
const milliseconds = (ms) => ms >= 10 ? ms.toFixed(0) : ms >= 1 ? ms.toFixed(1) : ms.toFixed(2);
