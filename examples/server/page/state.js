// What the page is about: one picture, a list of edits, an output. It stands
// in the address too, so that a reload or a shared link shows the same.

// state is read by everybody and replaced by change alone.
//   picture   { key, name, width, height, bytes, type, url }, or null while unknown
//   edits     [{ id, name, value, off }]; the wire form of one is {[name]: value}
//   output    only what was set
//   selected  the id of the edit whose card is open, or ""
export const state = { key: "", picture: null, edits: [], output: {}, selected: "" };

const kept = ["key", "edits", "output"]; // what undo brings back and a link holds
const deepest = 200;

let undone = [], done = [], merging = "", listeners = new Set();
let last = snapshot();

// change replaces the given fields and tells the subscribers. Consecutive
// changes with the same merge string are one step of undo: a drag of a slider.
export function change(patch, { merge = "" } = {}) {
  const before = { ...state };
  Object.assign(state, patch);
  state.edits = state.edits.map((e) => e.id && typeof e.off === "boolean" ? e : { ...e, id: e.id || newID(), off: Boolean(e.off) });
  if (state.key !== before.key && !("picture" in patch)) state.picture = null;
  if (!state.edits.some((e) => e.id === state.selected)) state.selected = "";
  const now = snapshot();
  if (now !== last) {
    if (!merge || merge !== merging) done.push(last);
    if (done.length > deepest) done.shift();
    undone = [];
    merging = merge;
    last = now;
    write();
  }
  tell(before);
}

// begin is a change that nothing comes before: there is no way back behind it.
export function begin(patch) {
  change(patch);
  done = [];
  merging = "";
}

// subscribe calls fn(state, changed) after every change, changed being the
// Set of the fields' names. It returns a function that ends this.
export function subscribe(fn) {
  listeners.add(fn);
  return () => listeners.delete(fn);
}

// question is what is signed.
export function question() {
  const q = { key: state.key, edits: state.edits.filter((e) => !e.off).map(wire) };
  if (Object.keys(state.output).length) q.output = { ...state.output };
  return q;
}

// indexOf is where the edit stands in question().edits, -1 if it is off: the
// server names faults by it.
export function indexOf(id) {
  return state.edits.filter((e) => !e.off).findIndex((e) => e.id === id);
}

export const canUndo = () => done.length > 0;
export const canRedo = () => undone.length > 0;

export function undo() {
  if (canUndo()) step(done, undone);
}

export function redo() {
  if (canRedo()) step(undone, done);
}

let ids = 0;

// newID is an id for a new edit. An edit without one gets one by change.
export function newID() {
  return `e${++ids}`;
}

const wire = (e) => ({ [e.name]: e.value });

function step(from, to) {
  const before = { ...state };
  to.push(last);
  last = from.pop();
  merging = "";
  Object.assign(state, JSON.parse(last));
  if (state.key !== before.key) state.picture = null;
  if (!state.edits.some((e) => e.id === state.selected)) state.selected = "";
  write();
  tell(before);
}

function snapshot() {
  return JSON.stringify(Object.fromEntries(kept.map((name) => [name, state[name]])));
}

function tell(before) {
  const changed = new Set(Object.keys(state).filter((name) => state[name] !== before[name]));
  // An object that is new but equal is no change.
  for (const name of ["edits", "output"]) {
    if (changed.has(name) && JSON.stringify(state[name]) === JSON.stringify(before[name])) changed.delete(name);
  }
  if (!changed.size) return;
  for (const fn of [...listeners]) {
    try {
      fn(state, changed);
    } catch (err) {
      console.error(err); // the others are told all the same
    }
  }
}

// The address.

let writing = 0, written = "";

// write waits a little: browsers refuse to have the address changed too often.
function write() {
  clearTimeout(writing);
  writing = setTimeout(flush, 200);
}

function flush() {
  clearTimeout(writing);
  writing = 0;
  written = "#" + encode({
    key: state.key,
    edits: state.edits.map((e) => e.off ? { ...wire(e), off: true } : wire(e)),
    output: state.output,
  });
  history.replaceState(null, "", written);
}

addEventListener("pagehide", () => writing && flush());
addEventListener("hashchange", () => {
  if (location.hash === written) return;
  const read = decode(location.hash.slice(1));
  if (read) change(read);
});

function encode(v) {
  const bytes = new TextEncoder().encode(JSON.stringify(v));
  let text = "";
  for (const b of bytes) text += String.fromCharCode(b);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// decode returns null for what no page has written.
function decode(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const { key, edits = [], output = {} } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof key !== "string" || !key || !Array.isArray(edits) || typeof output !== "object" || !output || Array.isArray(output)) return null;
    return {
      key,
      output,
      edits: edits.map(({ off, ...e }) => {
        const [[name, value], more] = Object.entries(e);
        if (more) throw new Error("an edit of two names");
        return { id: newID(), name, value, off: off === true };
      }),
    };
  } catch {
    return null;
  }
}

const read = decode(location.hash.slice(1));
if (read) {
  Object.assign(state, read);
  last = snapshot();
}
