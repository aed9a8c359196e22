// Controls for the fields that schema.json describes. A control shows a value,
// undefined being one that was left out, tells of a new one, and turns red
// with the server's words.

// schema is what schema.json says.
export const schema = fetch("/playground/schema.json").then((r) => {
  if (!r.ok) throw new Error(`schema.json: ${r.status}`);
  return r.json();
});

// el makes an element. An attribute that is undefined or false is left out.
export function el(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false && value !== null) e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.filter((c) => c !== undefined && c !== null && c !== false));
  return e;
}

const paths = {
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  remove: "M4 4l8 8M12 4l-8 8",
  grip: "M6 3.5v.01M10 3.5v.01M6 8v.01M10 8v.01M6 12.5v.01M10 12.5v.01",
  open: "M6 4l4 4-4 4",
  add: "M8 3v10M3 8h10",
  undo: "M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 8H7",
  redo: "M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h2",
  reset: "M3 8a5 5 0 1 0 1.6-3.7M3 2.5v3h3",
};

// icon draws one of the paths in the colour of the text.
export function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg"), path = document.createElementNS(ns, "path");
  for (const [k, v] of Object.entries({ viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true", class: `icon icon-${name}` })) svg.setAttribute(k, v);
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}

let controls = 0;

// field makes the control for a field of the schema, or for an edit's value.
// tell(value, merge) is called with every new value; those with merge come from
// one gesture. The result has
//   element
//   set(value, context)   context: { width, height } of the picture that the edit gets, the edit's own value, pictures to choose from
//   fault(message)        null for none
//   focus()
export function field(spec, tell) {
  const id = `control-${++controls}`;
  const label = el("label", { class: "control-label", id: `${id}-label`, for: id }, spec.title);
  const fault = el("p", { class: "control-fault", id: `${id}-fault`, hidden: true });
  const reset = !spec.required && el("button", {
    type: "button", class: "icon-button control-reset", hidden: true,
    "aria-label": `${spec.title}: back to the default`, title: "Back to the default",
    onclick: () => { control.focus(); tell(undefined); },
  }, icon("reset"));
  const control = kinds[spec.control](spec, id, tell, label);
  const element = el("div", { class: `control kind-${spec.control}`, "data-field": spec.name ?? "value" },
    label, el("div", { class: "control-body" }, ...control.elements), reset || undefined, fault);
  return {
    element,
    focus: control.focus,
    set(value, context) {
      control.set(value, context);
      if (reset) reset.hidden = value === undefined;
    },
    fault(message) {
      if (fault.textContent === (message ?? "")) return;
      fault.textContent = message ?? "";
      fault.hidden = !message;
      element.classList.toggle("wrong", Boolean(message));
      for (const e of control.named) {
        if (message) {
          e.setAttribute("aria-invalid", "true");
          e.setAttribute("aria-describedby", fault.id);
        } else {
          e.removeAttribute("aria-invalid");
          e.removeAttribute("aria-describedby");
        }
      }
    },
  };
}

// Each kind returns the elements, those of them that a fault names, set and
// focus. It does not touch what the user is typing in.
const kinds = { slider, number, angle, colour, select, position, text, boolean, picture };

// number is a number field alone.
function number(spec, id, tell) {
  const input = numberInput(spec, id, tell);
  return {
    elements: [suffixed(input, spec)],
    named: [input],
    focus: () => input.focus(),
    set: (value) => showNumber(input, value, spec),
  };
}

// slider is a number field with a slider for its usual values; the field takes
// all that the server takes, and leaves it to the server to refuse the others.
function slider(spec, id, tell) {
  const range = el("input", {
    type: "range", class: "control-range", "aria-label": spec.title, step: spec.step ?? 1,
    oninput: () => tell(range.valueAsNumber, true),
  });
  const input = numberInput(spec, id, tell);
  return {
    elements: [range, suffixed(input, spec)],
    named: [input],
    focus: () => input.focus(),
    set(value, context) {
      showNumber(input, value, spec);
      const [low, high] = spec.slide.map((end) => typeof end === "number" ? end : context[end.of] - (context.value?.[end.less] ?? 0));
      range.min = low;
      range.max = Math.max(high, low + 1);
      // A range counts its steps from its lowest value.
      range.step = low % 1 && (spec.step ?? 1) >= 1 ? "any" : spec.step ?? 1;
      const at = typeof value === "number" ? value : spec.default ?? (spec.slide[1].of ? high : (low + high) / 2);
      if (range.valueAsNumber !== at) range.value = at;
      range.classList.toggle("unset", value === undefined);
      range.setAttribute("aria-valuetext", value === undefined ? unset(spec) : `${value}${spec.unit ? ` ${spec.unit}` : ""}`);
    },
  };
}

// angle is a slider with quarter turns beside it.
function angle(spec, id, tell) {
  let now = 0;
  const control = slider(spec, id, tell);
  const turn = (by) => el("button", {
    type: "button", class: "icon-button control-turn", "aria-label": `${by > 0 ? "+90" : "−90"} degrees`, title: `${by > 0 ? "+90" : "−90"} degrees`,
    onclick: () => tell(((now + by + 180) % 360 + 360) % 360 - 180),
  }, by > 0 ? "+90" : "−90");
  const quarters = spec.whole ? [] : [turn(-90), turn(90)];
  return {
    ...control,
    elements: [...control.elements, ...quarters],
    set(value, context) {
      now = typeof value === "number" ? value : spec.default ?? 0;
      control.set(value, context);
    },
  };
}

function numberInput(spec, id, tell) {
  const input = el("input", {
    id, type: "number", class: "control-number", inputmode: spec.whole && spec.min >= 0 ? "numeric" : "decimal", autocomplete: "off",
    step: spec.step ?? (spec.whole ? 1 : "any"), required: spec.required, "data-blank": unset(spec),
    oninput: () => {
      if (input.validity.badInput) return; // such as "-", which goes on
      tell(input.value === "" ? undefined : input.valueAsNumber, true);
    },
  });
  return input;
}

function showNumber(input, value, spec) {
  input.placeholder = spec.default ?? (spec.absent ? "auto" : "");
  input.title = value === undefined && spec.absent ? spec.absent : "";
  const shown = input.value === "" ? undefined : input.valueAsNumber;
  if (shown === value || input.validity.badInput && document.activeElement === input) return;
  input.value = typeof value === "number" ? value : "";
}

const unset = (spec) => spec.absent ?? (spec.default === undefined ? "not set" : `${spec.default}`);

function suffixed(input, spec) {
  return el("span", { class: "control-figure" }, input, el("span", { class: "control-unit", "aria-hidden": "true" }, spec.unit ?? ""));
}

// colour is a swatch, the colour's text as CSS has it, and its alpha.
function colour(spec, id, tell) {
  let now;
  const swatch = el("input", {
    type: "color", class: "control-swatch", "aria-label": `${spec.title}: pick`,
    oninput: () => tell(hex(swatch.value, now?.alpha || 1), true),
  });
  const css = el("input", {
    id, type: "text", class: "control-css mono", autocomplete: "off", autocapitalize: "none", spellcheck: "false", placeholder: unset(spec),
    oninput: () => tell(css.value.trim() === "" ? undefined : css.value.trim(), true),
  });
  const alpha = el("input", {
    type: "number", class: "control-number control-alpha", min: 0, max: 100, step: 1, inputmode: "numeric", autocomplete: "off", "aria-label": `${spec.title}: alpha in percent`,
    oninput: () => {
      if (alpha.value === "") return;
      tell(hex(now?.rgb ?? "#000000", Math.min(100, Math.max(0, alpha.valueAsNumber)) / 100), true);
    },
  });
  return {
    elements: [el("span", { class: "control-well" }, swatch), css, el("span", { class: "control-figure" }, alpha, el("span", { class: "control-unit", "aria-hidden": "true" }, "%"))],
    named: [css],
    focus: () => css.focus(),
    set(value) {
      const text = value === undefined ? "" : typeof value === "string" ? value : object(value);
      if (css.value.trim() !== text) css.value = text;
      now = parseColour(text || spec.default || "");
      if (now && swatch.value !== now.rgb) swatch.value = now.rgb;
      swatch.parentElement.style.setProperty("--colour", now ? text || spec.default : "transparent");
      swatch.parentElement.classList.toggle("none", !now);
      const percent = now ? Math.round(now.alpha * 100) : 100;
      if (document.activeElement !== alpha) alpha.value = percent;
    },
  };
}

// object spells {r,g,b,alpha} as CSS.
function object(v) {
  const { r, g, b, alpha = 1 } = v ?? {};
  return alpha === 1 ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${alpha})`;
}

const ink = document.createElement("canvas").getContext("2d");

// parseColour returns what the browser reads, or undefined.
export function parseColour(text) {
  ink.fillStyle = "#010203";
  ink.fillStyle = text;
  const first = ink.fillStyle;
  ink.fillStyle = "#040506";
  ink.fillStyle = text;
  if (first !== ink.fillStyle) return undefined; // it kept what was there
  if (first.startsWith("#")) return { rgb: first, alpha: 1 };
  const [r, g, b, alpha] = first.match(/[\d.]+/g).map(Number);
  return { rgb: hex([r, g, b].reduce((text, v) => text + v.toString(16).padStart(2, "0"), "#"), 1), alpha };
}

function hex(rgb, alpha) {
  return alpha >= 1 ? rgb : rgb + Math.round(alpha * 255).toString(16).padStart(2, "0");
}

function select(spec, id, tell) {
  const options = spec.options.map(named).map(({ value, title }) => el("option", { value }, title));
  const list = el("select", { id, class: "control-select", onchange: () => tell(list.value || undefined) },
    ...spec.default === undefined ? [el("option", { value: "" }, unset(spec))] : [], ...options);
  return {
    elements: [list],
    named: [list],
    focus: () => list.focus(),
    set(value) {
      const shown = value ?? spec.default ?? "";
      if (list.value !== shown) list.value = shown; // empty where there is no such option
    },
  };
}

// named is an option with a title: that of a word is the word.
const named = (o) => typeof o === "string" ? { value: o, title: o.replaceAll("-", " ") } : o;

// position is a grid of nine places; resize has two strategies more.
function position(spec, id, tell, label) {
  label.removeAttribute("for");
  const radios = new Map();
  const radio = ({ value, title }) => {
    const input = el("input", { type: "radio", name: id, value, onchange: () => tell(value) });
    radios.set(value, input);
    return input;
  };
  const options = spec.options.map(named);
  const grid = el("span", { class: "control-grid" }, ...options.slice(0, 9).map((o) => {
    const input = radio(o);
    input.setAttribute("aria-label", o.title);
    return el("label", { class: "control-place", title: o.title }, input, el("span", { class: "control-dot" }));
  }));
  const words = options.slice(9).map((o) => el("label", { class: "control-word" }, radio(o), el("span", {}, o.title)));
  const group = el("div", { role: "radiogroup", class: "control-position", "aria-labelledby": label.id },
    grid, words.length ? el("span", { class: "control-words" }, ...words) : undefined);
  return {
    elements: [group],
    named: [group],
    focus: () => ([...radios.values()].find((r) => r.checked) ?? radios.values().next().value).focus(),
    set(value) {
      for (const [name, input] of radios) input.checked = name === (value ?? spec.default);
    },
  };
}

function text(spec, id, tell) {
  const input = el(spec.lines ? "textarea" : "input", {
    id, class: "control-text", rows: spec.lines ? 2 : undefined, type: spec.lines ? undefined : "text",
    autocomplete: "off", placeholder: spec.absent, required: spec.required,
    // An empty text that is required is for the server to refuse.
    oninput: () => tell(input.value === "" && !spec.required ? undefined : input.value, true),
  });
  return {
    elements: [input],
    named: [input],
    focus: () => input.focus(),
    set(value) {
      const shown = value ?? "";
      if (input.value !== shown) input.value = shown;
    },
  };
}

function boolean(spec, id, tell, label) {
  const about = el("span", { class: "control-about", id: `${id}-about`, onclick: () => input.click() }, spec.about ?? "");
  const input = el("input", { id, type: "checkbox", class: "control-switch", role: "switch", "aria-labelledby": `${label.id} ${about.id}`, onchange: () => tell(input.checked) });
  return {
    elements: [input, about],
    named: [input],
    focus: () => input.focus(),
    set(value) {
      input.checked = value ?? spec.default ?? false;
    },
  };
}

// picture chooses among the pictures that are there: samples, and what was
// uploaded or shown.
function picture(spec, id, tell, label) {
  label.removeAttribute("for");
  let shown = "", value;
  const radios = el("div", { role: "radiogroup", class: "control-pictures", "aria-labelledby": label.id });
  const key = el("input", {
    id, type: "text", class: "control-text mono", autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-label": "Key of the picture", placeholder: "key of the picture",
    oninput: () => tell(key.value, true),
  });
  const check = () => {
    for (const r of radios.querySelectorAll("input")) r.checked = r.value === value;
  };
  return {
    elements: [el("div", { class: "control-chooser" }, radios, key)],
    named: [key],
    focus: () => (radios.querySelector(":checked") ?? key).focus(),
    set(v, context) {
      value = v;
      if (key.value !== (v ?? "")) key.value = v ?? "";
      const pictures = context?.pictures ?? [];
      const now = JSON.stringify(pictures);
      if (now !== shown) {
        shown = now;
        radios.replaceChildren(...pictures.map((p) => el("label", { class: "control-picture", title: p.title },
          el("input", { type: "radio", name: id, value: p.key, "aria-label": p.title, onchange: () => tell(p.key) }),
          p.thumb ? el("img", { src: p.thumb, alt: "", width: 56, height: 42, loading: "lazy" }) : el("span", {}, p.title))));
        radios.hidden = !pictures.length;
      }
      check();
    },
  };
}

// faultsOf are the faults of a problem document, each a path and a message. One
// that is of the whole has an empty path.
export function faultsOf(problem) {
  if (problem?.faults?.length) return problem.faults;
  const message = problem?.detail || problem?.title || "The server refused this.";
  return [{ path: problem?.code === "format_unavailable" ? "output.format" : "", message }];
}
