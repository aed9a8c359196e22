// The page holds no secret: the server that it came from signs for it, and
// answers nobody else (POST /playground/sign, /playground/upload).

// One module a section. One that fails does not take the others down. They are
// mounted together, while main is invisible, so that nothing moves later.
const longest = 400; // milliseconds that a slow one can keep the page from being seen
const names = ["pictures", "stage", "recipes", "edits", "output", "copy", "plan", "variants", "costs"];
const modules = await Promise.allSettled(names.map((name) => import(`./${name}.js`)));

const mounts = [];
for (const [i, name] of names.entries()) {
  const section = document.getElementById(name);
  try {
    if (modules[i].status === "rejected") throw modules[i].reason;
    // A mount that goes on asynchronously may still fail.
    mounts.push(Promise.resolve(modules[i].value.mount(section)).catch((err) => failed(name, section, err)));
  } catch (err) {
    failed(name, section, err);
  }
}
await Promise.race([Promise.all(mounts), new Promise((done) => setTimeout(done, longest))]);
document.body.classList.add("ready");

function failed(name, section, err) {
  console.error(`${name}:`, err);
  const p = document.createElement("p");
  p.className = "error";
  p.textContent = `This part of the page failed: ${err.message}`;
  section.append(p);
}
