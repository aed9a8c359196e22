// The page holds no secret: the server that it came from signs for it, and
// answers nobody else (POST /playground/sign, /playground/upload).

// One module a section. One that fails does not take the others down.
for (const name of ["pictures", "stage", "edits", "output", "copy", "plan", "variants", "recipes", "costs"]) {
  const section = document.getElementById(name);
  import(`./${name}.js`).then((module) => module.mount(section)).then(
    () => { section.dataset.mounted = ""; },
    (err) => {
      console.error(`${name}:`, err);
      const p = document.createElement("p");
      p.className = "error";
      p.textContent = `This part of the page failed: ${err.message}`;
      section.append(p);
    },
  );
}
