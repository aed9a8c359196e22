// What this month's pictures cost, and what they would cost elsewhere. All
// amounts are text from the server, which computes with exact money; the page
// computes with places in the chart alone.
import { ask, subscribe as onPicture } from "./render.js";

const wait = 40; // milliseconds that the slider may go on
const stops = 200;
const NS = "http://www.w3.org/2000/svg";

export function mount(section) {
  const month = element("dl", { className: "month" });
  const figures = ["Images this month", "Cost so far", "Projected cost"].map((title) => {
    const dd = element("dd", {}, element("p", { className: "figure", textContent: "–" }));
    month.append(element("div", {}, element("dt", { textContent: title }), dd));
    return dd.firstChild;
  });
  const free = element("progress", { max: 1, value: 0, ariaLabel: "Used of what is free each month" });
  const left = element("p", { className: "note", textContent: "\u00a0" });
  const slider = element("input", { type: "range", id: "costs-images", min: 0, max: 1_000_000, step: 5_000, value: 100_000 });
  const shown = element("output", { htmlFor: "costs-images" });
  const times = element("fieldset", { className: "field times" }, element("legend", { textContent: "Each is delivered" }));
  for (const [n, text] of [[1, "once"], [10, "10 times"], [100, "100 times"]]) {
    times.append(element("label", {}, element("input", { type: "radio", name: "costs-times", value: n, checked: n === 10 }), text));
  }
  const drawing = element("div", { className: "drawing" });
  const rows = element("tbody");
  const wrong = element("p", { className: "error", role: "alert", hidden: true });
  const note = element("p", { className: "note", textContent: "\u00a0" });
  section.append(
    month,
    element("div", { className: "free" }, free, left),
    element("div", { className: "elsewhere" },
      element("div", {},
        element("div", { className: "choose" },
          element("div", { className: "field" }, element("label", { htmlFor: "costs-images", textContent: "Images made in a month" }), shown),
          times),
        element("div", { className: "chart" }, drawing, element("div", { className: "slide" }, slider)),
        note),
      element("div", { className: "offers" },
        element("table", {},
          element("caption", { className: "visually-hidden", textContent: "What a month costs at each provider" }),
          element("thead", {}, element("tr", {},
            element("th", { scope: "col", textContent: "Provider, and what its figure rests on" }),
            element("th", { scope: "col", className: "n", textContent: "A month" }))),
          rows))),
    wrong,
  );

  let running = null, timer = 0, drawn = "", cursors = [], entries = new Map(), loaded = false;

  async function load() {
    running?.abort();
    const abort = running = new AbortController();
    const deliveries = Number(times.querySelector(":checked").value);
    const question = { transforms: Number(slider.value), deliveries, chart: drawn !== String(deliveries) };
    try {
      const answer = await ask("/playground/costs", question, { signal: abort.signal });
      wrong.hidden = true;
      loaded = true;
      tell(answer.month);
      slider.max = answer.most;
      slider.step = answer.most / stops;
      if (answer.chart) draw(answer, deliveries);
      list(answer.offers);
      point();
    } catch (err) {
      if (err.name === "AbortError") return;
      wrong.textContent = err.message;
      wrong.hidden = false;
    }
  }

  function tell(m) {
    figures[0].textContent = count(m.uniqueTransforms);
    figures[1].textContent = m.cost;
    figures[2].textContent = m.projectedCost;
    free.max = m.included;
    free.value = m.uniqueTransforms;
    const rest = m.included - m.uniqueTransforms;
    left.textContent = `${rest >= 0 ? `${count(rest)} of ${count(m.included)} free ones left` : `${count(-rest)} beyond the ${count(m.included)} free ones`} until ${m.resets}`;
  }

  // draw takes the server's SVG, which is that of the usage page.
  function draw({ chart, bytesPerDelivery }, deliveries) {
    const page = new DOMParser().parseFromString(chart.wide + chart.narrow, "text/html");
    const svgs = [...page.querySelectorAll("svg")].map((svg) => document.importNode(svg, true));
    drawing.replaceChildren(...svgs);
    cursors = svgs.map(cursor);
    drawn = String(deliveries);
    note.textContent = `Images of ${bytesPerDelivery / 1000} kB, each provider’s cheapest plan that is billed by the month, net of tax. Hits, metadata and failures cost nothing here.`;
  }

  function list(offers) {
    for (const o of offers) {
      let entry = entries.get(o.series);
      if (!entry) entries.set(o.series, entry = row(rows, o));
      entry.update(o);
    }
    const ours = offers.find((o) => o.series === 0);
    slider.ariaValueText = `${count(slider.value)} images: ${ours.cost} on Immagin’s tiers`;
  }

  // point moves the line in the chart, without waiting for the server.
  function point() {
    shown.textContent = count(slider.value);
    for (const move of cursors) move(slider.value / slider.max);
  }

  slider.addEventListener("input", () => {
    point();
    clearTimeout(timer);
    timer = setTimeout(load, wait);
  });
  times.addEventListener("change", load);
  point();

  // The first picture comes before what is below it.
  const seen = new IntersectionObserver((all) => {
    if (!all.some((e) => e.isIntersecting)) return;
    seen.disconnect();
    load();
  }, { rootMargin: "400px" });
  seen.observe(section);
  let later = 0;
  onPicture((event) => {
    if (event.kind !== "result" || event.cache === "hit" || !loaded) return;
    clearTimeout(later);
    later = setTimeout(load, 500);
  });
}

// row is one provider's in the table; what is open in it stays open.
function row(rows, o) {
  const swatch = document.createElementNS(NS, "svg"), path = document.createElementNS(NS, "path");
  swatch.setAttribute("class", "swatch");
  swatch.setAttribute("viewBox", "0 0 18 4");
  swatch.setAttribute("aria-hidden", "true");
  path.setAttribute("class", `s${o.series}`);
  path.setAttribute("d", "M0 2h18");
  swatch.append(path);
  const summary = element("summary"), assumed = element("ul"), cost = element("td", { className: "n" });
  rows.append(element("tr", { className: o.series === 0 ? "ours" : "" },
    element("th", { scope: "row" }, swatch, o.provider + (o.product ? `, ${o.product}` : ""), element("details", {}, summary, assumed)),
    cost));
  return {
    update(o) {
      summary.textContent = `${o.plan}, seen ${o.retrieved}`;
      const source = element("a", { href: o.source, rel: "noreferrer", textContent: words[o.confidence] ?? o.confidence });
      assumed.replaceChildren(
        element("li", {}, source, `, ${o.retrieved}`),
        ...o.assumes.map((text) => element("li", { textContent: text })),
        ...(o.warning ? [element("li", { className: "old", textContent: o.warning })] : []));
      cost.replaceChildren(o.cost || "on request", ...(o.cheapest ? [element("small", { className: "cheapest", textContent: "cheapest" })] : []));
    },
  };
}

const words = {
  "first-party": "The provider’s own page",
  secondary: "Somebody else’s list",
  seed: "A competitor’s comparison",
};

// cursor adds a line and a dot on each curve, and returns what moves them to a
// part of the width.
function cursor(svg) {
  const { left, right, top, bottom } = Object.fromEntries(Object.entries(svg.dataset).map(([name, text]) => [name, Number(text)]));
  const group = document.createElementNS(NS, "g");
  group.setAttribute("class", "cursor");
  const line = document.createElementNS(NS, "path");
  group.append(line);
  const curves = [...svg.querySelectorAll(".line")].map((path) => {
    const dot = document.createElementNS(NS, "circle");
    dot.setAttribute("r", 4);
    dot.setAttribute("class", [...path.classList].find((name) => /^s\d$/.test(name)));
    group.append(dot);
    const points = path.getAttribute("d").slice(1).split("L").map((pair) => pair.split(" ").map(Number));
    return { dot, points };
  });
  svg.append(group);
  return (part) => {
    const x = left + part * (right - left);
    line.setAttribute("d", `M${x} ${top}V${bottom}`);
    for (const { dot, points } of curves) {
      const after = points.findIndex((p) => p[0] >= x - .05); // as the paths are rounded
      dot.setAttribute("visibility", after < 0 ? "hidden" : "visible");
      if (after < 0) continue;
      const [x1, y1] = points[after], [x0, y0] = points[Math.max(0, after - 1)];
      const y = x1 > x0 ? y0 + (y1 - y0) * Math.min(1, (x - x0) / (x1 - x0)) : y1;
      dot.setAttribute("cx", x);
      dot.setAttribute("cy", y);
    }
  };
}

function count(n) {
  return Number(n).toLocaleString("en-GB");
}

function element(name, properties = {}, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "htmlFor" && name === "output") e.setAttribute("for", value);
    else e[key] = value;
  }
  e.append(...children);
  return e;
}
