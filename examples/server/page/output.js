// How the result is encoded: the format, and the options that it has.
import { state, change, subscribe } from "./state.js";
import { subscribe as onRender } from "./render.js";
import { schema, el, field, faultsOf } from "./controls.js";

export async function mount(section) {
  const { output: specs } = await schema;
  const wrong = el("p", { class: "error", role: "alert", hidden: true });
  const rows = el("div", { class: "output-rows" });
  section.append(wrong, rows);

  let format = "", fields = new Map();

  // build makes the controls of the format; the others would be refused.
  function build() {
    format = formatOf(state.output);
    const kept = fields.get("format");
    fields = new Map();
    for (const spec of optionsOf(specs, format)) {
      fields.set(spec.name, spec.name === "format" && kept || field(spec, (v, merge) => set(spec.name, v, merge)));
    }
    const elements = [...fields.values()].map((f) => f.element);
    for (const e of [...rows.children]) if (!elements.includes(e)) e.remove(); // the focus stays in the format
    rows.append(...elements.filter((e) => !e.isConnected));
  }

  function set(name, v, merge) {
    let output = { ...state.output, [name]: v };
    if (name === "format") output = suited(specs, output);
    const named = specs.map((s) => s.name).filter((n) => output[n] !== undefined);
    change({ output: Object.fromEntries(named.map((n) => [n, output[n]])) }, merge ? { merge: `output.${name}` } : {});
  }

  function show() {
    if (formatOf(state.output) !== format) build();
    for (const [name, f] of fields) f.set(state.output[name]);
  }

  function showFaults(faults) {
    for (const f of fields.values()) f.fault();
    const rest = [];
    for (const { path, message } of faults) {
      if (path !== "output" && !path.startsWith("output.")) continue;
      const f = fields.get(path.slice("output.".length));
      if (f) f.fault(message);
      else rest.push(path === "output" ? message : `${path}: ${message}`);
    }
    wrong.textContent = rest.join("; ");
    wrong.hidden = !rest.length;
  }

  subscribe((_, changed) => { if (changed.has("output")) show(); });
  show();
  onRender((event) => {
    if (event.kind === "result") showFaults([]);
    if (event.kind === "refused") showFaults(faultsOf(event.problem));
  });
}

const formatOf = (output) => output.format ?? "webp";

// optionsOf are the fields that a format has, as it has them.
function optionsOf(specs, format) {
  return specs.filter((s) => !s.formats || s.formats[format]).map(({ formats, ...s }) => ({ ...s, ...formats?.[format] }));
}

// suited leaves out what the new format does not have, and brings the rest into
// its ranges.
function suited(specs, output) {
  const options = new Map(optionsOf(specs, formatOf(output)).map((s) => [s.name, s]));
  return Object.fromEntries(Object.entries(output).filter(([name]) => options.has(name)).map(([name, v]) => {
    const { max } = options.get(name);
    return [name, typeof v === "number" && max !== undefined ? Math.min(v, max) : v];
  }));
}
