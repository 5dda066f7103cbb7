// Shows the page that Python writes, and sends back what a person does. Knows no community:
// elements with `data-do` are the controls, `data-k` keeps an element itself between two pages,
// `data-focus` is where focus goes on a new step. U+E000 stands for the prefix of this view.
// `data-drop` takes files that are dropped on it; `data-poll` asks how far long work is.
const LIMIT = 5_000_000;
// A message of a notebook may weigh 10 MB: larger files go over in pieces.
const PIECE = 2_000_000;
const TYPED = new Set(["TEXTAREA", "INPUT"]);
const FOCUSED = "a,button,input,select,summary,textarea,[tabindex]";
const isBox = (node) => node.type === "radio" || node.type === "checkbox";

function same(a, b) {
  if (a.nodeType !== b.nodeType || a.nodeName !== b.nodeName) return false;
  return a.nodeType !== 1 || a.getAttribute("data-k") === b.getAttribute("data-k");
}

// Change `from` into `to` with as little as possible: focus, scroll and opened details stay.
function morph(from, to) {
  let here = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    let found = here;
    while (found && !same(found, wanted)) found = found.nextSibling;
    if (found && (found === here || wanted.dataset?.k)) {
      while (here !== found) {
        const gone = here;
        here = here.nextSibling;
        gone.remove();
      }
      const next = here.nextSibling; // a figure is put in its place whole, and leaves the page
      patch(here, wanted);
      here = next;
    } else {
      from.insertBefore(wanted, here);
    }
  }
  while (here) {
    const gone = here;
    here = here.nextSibling;
    gone.remove();
  }
}

function patch(old, wanted) {
  if (old.nodeType !== 1) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
    return;
  }
  if (old.nodeName === "FIGURE" || old.namespaceURI !== "http://www.w3.org/1999/xhtml") {
    if (!old.isEqualNode(wanted)) old.replaceWith(wanted);
    return;
  }
  const typed = TYPED.has(old.nodeName) && !isBox(old) && old.type !== "file";
  const before = typed ? old.defaultValue : null;
  for (const { name } of [...old.attributes])
    if (!wanted.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS"))
      old.removeAttribute(name);
  for (const { name, value } of wanted.attributes)
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.nodeName !== "TEXTAREA") morph(old, wanted);
  else old.defaultValue = wanted.defaultValue;
  // What stands in a field is its owner's: it changes only when Python's text did.
  if (typed && before !== wanted.defaultValue && old !== document.activeElement)
    old.value = wanted.defaultValue;
}

// By this the app knows a browser again. Where nothing can be kept, it lasts as long as the page.
function visitor() {
  const name = "playbook-visitor";
  const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0")).join("");
  try {
    const kept = localStorage.getItem(name);
    if (!kept) localStorage.setItem(name, made);
    return kept ?? made;
  } catch {
    return made;
  }
}

function render({ model, el }) {
  const view = `pb${Math.random().toString(36).slice(2, 9)}-`;
  const root = document.createElement("div");
  root.className = "pb pb-widget";
  // In the app no theme of a notebook decides: light or dark as the reader's system is.
  if (document.querySelector("meta[name=pb-app]")) root.classList.add("pb-page");
  const body = document.createElement("div");
  const live = document.createElement("div");
  live.className = "pb-hidden";
  live.setAttribute("role", "status");
  live.setAttribute("aria-live", "polite");
  root.append(body, live);
  el.style.width = "100%";
  el.append(root);

  let sent = 0;
  let turn = model.get("page").turn;
  let overdue;
  let speaking;
  let pause;
  let waiting = null;
  let late = null;
  let known = false;
  let polling;
  let bringing = null;
  const last = new WeakMap();

  function lost() {
    const told = body.querySelector("[data-lost]");
    if (!told) return;
    told.hidden = false;
    live.textContent = told.textContent;
  }

  function send(message, buffers) {
    sent += 1;
    clearTimeout(overdue);
    // A picture may take its time.
    if (message.do !== "late") overdue = setTimeout(lost, 8000);
    try {
      model.send({ ...message, view, seq: sent }, undefined, buffers);
    } catch {
      lost(); // the kernel is gone
    }
  }

  function flush() {
    clearTimeout(pause);
    const control = waiting;
    waiting = null;
    if (!control) return;
    const value = control.type === "checkbox" ? control.checked : control.value;
    if (last.get(control) === value && !isBox(control)) return;
    last.set(control, value);
    send({ do: control.dataset.do, key: control.dataset.key, value });
  }

  function draw() {
    const page = model.get("page");
    if (page.view === view && page.seq < sent) return; // a newer answer is on its way
    clearTimeout(overdue);
    const next = document.createElement("div");
    next.innerHTML = (page.html ?? "").replaceAll("\ue000", view);
    // JupyterLab takes arrows, Enter and letters for its own while anything but a text field has
    // the focus. Its selector matches the very element, so every one has to say no.
    for (const node of next.querySelectorAll(FOCUSED))
      node.setAttribute("data-lm-suppress-shortcuts", "true");
    const held = body.contains(document.activeElement) ? document.activeElement.dataset : null;
    morph(body, next);
    // What was moved in a list was made anew: its button gets the focus back.
    if (held?.do && !body.contains(document.activeElement))
      [...body.querySelectorAll("[data-do]")]
        .find(({ dataset: d }) => d.do === held.do && d.key === held.key && d.value === held.value)
        ?.focus({ preventScroll: true });
    for (const box of body.querySelectorAll("input[type=radio],input[type=checkbox]"))
      box.checked = box.hasAttribute("checked");
    for (const list of body.querySelectorAll("select"))
      list.value = list.querySelector("option[selected]")?.value ?? "";
    if (page.turn !== turn && page.view === view) {
      const goal = body.querySelector("[data-focus]");
      goal?.focus({ preventScroll: true });
      if (root.getBoundingClientRect().top < 0) root.scrollIntoView({ block: "start" });
    }
    turn = page.turn;
    clearTimeout(speaking);
    // Arrow keys may pass over three answers: only the one where they rest is announced.
    if (page.said) speaking = setTimeout(() => (live.textContent = page.said), 600);
    if (!known && body.querySelector("[data-visitor]")) {
      known = true;
      send({ do: "visitor", key: navigator.language, value: visitor() });
    }
    const wanted = body.querySelector("[data-late]")?.dataset.late;
    if (wanted && wanted !== late) send({ do: "late" });
    late = wanted;
    clearTimeout(polling);
    const poll = body.querySelector("[data-poll]")?.dataset.poll;
    if (poll) polling = setTimeout(() => send({ do: "poll" }), Number(poll));
  }

  // Files of any size, piece by piece: the next one goes when the last one has arrived.
  async function piece(at) {
    if (!bringing) return;
    if (at === 0) bringing.place += 1;
    const { files, place, what, all } = bringing;
    const file = files[place];
    const bytes = await file.slice(at, at + PIECE).arrayBuffer();
    const key = { name: file.name, at, size: file.size, place, files: files.length, all };
    if (place === files.length - 1 && at + bytes.byteLength >= file.size) bringing = null;
    send({ do: what, key: JSON.stringify(key) }, [bytes]);
  }

  function bring(control, given) {
    const files = [...given].slice(0, control.multiple ? given.length : 1);
    const all = files.reduce((sum, file) => sum + file.size, 0);
    bringing = { what: control.dataset.do, files, all, place: -1 };
    piece(0).catch(lost);
  }

  body.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    flush();
    send({ do: button.dataset.do, key: button.dataset.key, value: button.dataset.value });
  });
  body.addEventListener("input", (event) => {
    const control = event.target.closest("[data-do]");
    if (!control || control.type === "file" || control.nodeName === "SELECT") return;
    if (waiting && waiting !== control) flush();
    waiting = control;
    clearTimeout(pause);
    if (isBox(control)) flush();
    else pause = setTimeout(flush, control.type === "range" ? 60 : 500);
  });
  body.addEventListener("change", async (event) => {
    const control = event.target.closest("[data-do]");
    if (!control || control.nodeName === "BUTTON" || isBox(control)) return;
    if (control.type !== "file") {
      waiting = control;
      flush();
      return;
    }
    const file = control.files[0];
    if (!file) return;
    if (control.hasAttribute("data-pieces")) {
      bring(control, control.files);
      control.value = "";
      return;
    }
    const big = file.size > LIMIT;
    const bytes = big ? new ArrayBuffer(0) : await file.arrayBuffer();
    send({ do: control.dataset.do, key: file.name, value: big ? file.size : 0 }, big ? [] : [bytes]);
    control.value = "";
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"])
    body.addEventListener(kind, (event) => {
      const zone = event.target.closest?.("[data-drop]");
      if (!zone) return;
      // Or the browser would leave the page, and JupyterLab copy the file into its folder.
      event.preventDefault();
      event.stopPropagation();
      zone.classList.toggle("pb-over", kind === "dragenter" || kind === "dragover");
      const files = kind === "drop" && event.dataTransfer?.files;
      if (files?.length) bring(zone.querySelector("input[type=file]"), files);
    });
  root.addEventListener("keydown", (event) => {
    // Every change is saved already; the browser's "save page as" would only be in the way.
    if ((event.ctrlKey || event.metaKey) && event.key === "s") event.preventDefault();
  });

  function hand(message, buffers) {
    if (message?.next !== undefined && message.view === view) piece(message.next).catch(lost);
    if (!message?.download || (message.view && message.view !== view)) return;
    const address = URL.createObjectURL(new Blob(buffers, { type: message.kind }));
    const anchor = Object.assign(document.createElement("a"), {
      href: address,
      download: message.download,
    });
    root.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  model.on("change:page", draw);
  model.on("msg:custom", hand);
  draw();
  return () => {
    model.off("change:page", draw);
    model.off("msg:custom", hand);
    for (const timer of [overdue, speaking, pause, polling]) clearTimeout(timer);
  };
}

export default { render };
