// The pictures that a watermark may be: the samples, and what this browser tab
// has shown or uploaded.
import { state, subscribe } from "./state.js";
import { ask } from "./render.js";

const where = "immagin-pictures", most = 12;
let samples = [], seen = read(), listeners = new Set(), asking = 0;
const thumbs = new Map(); // URL by key

// choices are { key, title, thumb }. thumb is the URL of a small picture, once
// there is one, where thumbs are asked for.
export function choices(shown = false) {
  const own = seen.filter((key) => !samples.some((s) => s.key === key));
  // What an upload puts in front of the name says nothing.
  const all = [...samples, ...own.map((key) => ({ key, title: key.split("/").at(-1).replace(/^[a-z2-7]{8}-(?=.)/, "") }))];
  if (shown) all.forEach(({ key }) => sign(key));
  return all.map(({ key, title }) => ({ key, title, thumb: thumbs.get(key) ?? "" }));
}

// onChoices calls fn when there are others.
export function onChoices(fn) {
  listeners.add(fn);
  load();
  return () => listeners.delete(fn);
}

async function load() {
  clearTimeout(asking);
  try {
    const all = await ask("/playground/samples", {});
    samples = all.filter((s) => s.ready).map(({ key, title, name }) => ({ key, title: title || name }));
    if (samples.length < all.length) asking = setTimeout(load, 1500); // they are being drawn
  } catch {
    // There are none; what was uploaded remains.
  }
  tell();
}

function tell() {
  for (const fn of listeners) fn();
}

// sign asks for the URL of a small picture of the key.
async function sign(key) {
  if (thumbs.has(key)) return;
  thumbs.set(key, "");
  try {
    const { url } = await ask("/playground/sign", { key, edits: [{ resize: { width: 112, height: 84, fit: "contain", background: "transparent" } }] });
    thumbs.set(key, url);
    tell();
  } catch {
    // It has no picture, but its name.
  }
}

function read() {
  try {
    const keys = JSON.parse(sessionStorage.getItem(where));
    return Array.isArray(keys) ? keys.filter((k) => typeof k === "string").slice(0, most) : [];
  } catch {
    return [];
  }
}

function note() {
  if (!state.key || seen[0] === state.key) return;
  seen = [state.key, ...seen.filter((k) => k !== state.key)].slice(0, most);
  try {
    sessionStorage.setItem(where, JSON.stringify(seen));
  } catch {
    // Then this tab forgets them.
  }
  tell();
}

subscribe((_, changed) => { if (changed.has("key")) note(); });
note();
