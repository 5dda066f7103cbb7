// The questionnaire on one page, without any network. `PB` is what Python wrote into the page:
// questions and words in both languages. All text is put in as text. Answers stay on this device
// while they are typed, where the browser lets them; they leave it as a file, a text or a code.
// The code is that of `playbook/load/code.py`, sign for sign.
"use strict";
(() => {
  const PB = JSON.parse(document.getElementById("pb-data").textContent);
  const root = document.getElementById("pb-form");
  const live = document.getElementById("pb-live");
  const KEY = `playbook-form/1:${PB.checklist}:${PB.mark}`;
  const byId = new Map(PB.criteria.map((one, at) => [one.id, { ...one, n: at + 1 }]));
  const of = (dimension) => [...byId.values()].filter((one) => one.dimension === dimension);
  const STEPS = ["start", ...PB.dimensions.map((one) => one.id), "check", "hand_in"];
  const FILLED = /\{(\w+)\}/g;

  // --- the answers so far ------------------------------------------------------------------

  function fresh() {
    const state = { id: uuid(), saved: null, step: "start", community: {}, rater: "", answers: {} };
    return { ...state, lang: PB.lang, rest: {} };
  }
  let state = fresh();
  let kept = null; // when it was last kept; false where the browser refuses
  let store = null;
  try {
    store = window.localStorage;
    store.setItem(`${KEY}?`, "1"); // a full or forbidden store says so here
    store.removeItem(`${KEY}?`);
    state = { ...state, ...stored(store.getItem(KEY)), step: "start" };
  } catch {
    store = null;
  }
  // The same form in another tab: what was answered there is not written over from here.
  window.addEventListener("storage", ({ key, newValue }) => {
    const found = key === KEY && (newValue === null ? fresh() : stored(newValue));
    if (!found) return;
    state = { ...state, ...found, step: state.step };
    draw();
  });

  function plain(one) {
    return one !== null && typeof one === "object" && !Array.isArray(one);
  }

  // What was kept, as it may be shown; null where that is half, or of another shape.
  function stored(raw) {
    try {
      const found = JSON.parse(raw);
      return plain(found) && sound({ ...fresh(), ...found }) ? found : null;
    } catch {
      return null;
    }
  }

  // Can this page show a state, and hand it in so that it is read?
  function sound({ id, lang, rater, rest, community, answers }) {
    const texts = (...some) => some.every((one) => one === undefined || typeof one === "string");
    const right = {
      name: (value) => texts(value),
      members: (value) => Number.isInteger(value) && value >= 0 && value <= 1e10,
      stage: (value) => [1, 2, 3].includes(value),
      earning: (value) => typeof value === "boolean",
    };
    const fits = ([key, value]) => {
      if (right[key]) return right[key](value);
      return key in PB.choices && PB.choices[key].includes(value);
    };
    const answered = ({ choice, na, evidence, note: noted, url, rest: more }) =>
      [undefined, "0", "1", "2", "3", "unknown", "na"].includes(choice) &&
      (na === undefined || PB.na.includes(na)) &&
      [undefined, "E0", "E1", "E2", "E3"].includes(evidence) &&
      texts(noted, url) && (more === undefined || plain(more));
    if (![rest, community, answers].every(plain) || !(lang in PB.words)) return false;
    if (!id || !texts(id, rater)) return false;
    if (!Object.entries(community).every(fits)) return false;
    return Object.values(answers).every((one) => plain(one) && answered(one));
  }

  function uuid() {
    // Not crypto.randomUUID: a page opened over plain http has none.
    const bytes = new Uint8Array(16);
    if (window.crypto && crypto.getRandomValues) crypto.getRandomValues(bytes);
    else bytes.forEach((_, at) => (bytes[at] = Math.floor(Math.random() * 256)));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  function keep(changed = true) {
    if (changed) state.saved = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    try {
      store.setItem(KEY, JSON.stringify(state));
      kept = new Date();
    } catch {
      kept = false;
    }
    status();
  }

  const given = (id) => state.answers[id] || {};
  const note = (id) => (given(id).note || "").trim();

  // Why a "does not apply" counts as "we don't know" for now; null where nothing is wrong.
  function problem(id) {
    const answer = given(id);
    if (answer.choice !== "na") return null;
    if (!answer.na) return "na_missing";
    if (answer.na === "other" && !note(id)) return "na_note_missing";
    return left(byId.get(id).dimension).has(id) ? null : "na_too_many";
  }

  // Which of a part may be left out: one, or as many as weigh a fifth of it.
  function left(dimension) {
    const all = of(dimension);
    const whole = all.reduce((sum, one) => sum + one.weight, 0);
    const out = new Set();
    let share = 0;
    for (const { id, weight } of all) {
      const { choice, na } = given(id);
      if (choice !== "na" || !na || (na === "other" && !note(id))) continue;
      if (out.size && (share + weight) * 5 > whole + 1e-9) continue;
      share += weight;
      out.add(id);
    }
    return out;
  }

  const done = (ids) => ids.filter(({ id }) => given(id).choice).length;

  function answersDocument() {
    const answers = {};
    for (const { id } of byId.values()) {
      const { choice, na, evidence, url, rest } = given(id);
      if (!choice) continue;
      const one = { ...rest };
      if (choice === "unknown" || problem(id)) one.unknown = true;
      else if (choice === "na") one.na = na;
      else Object.assign(one, { level: Number(choice), evidence: evidence || "E0" });
      if (note(id)) one.note = given(id).note;
      if (url && url.trim()) one.url = url.trim();
      answers[id] = one;
    }
    const now = new Date();
    const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
    const { stage, earning, ...about } = state.community;
    const community = { ...state.rest.community, ...about };
    if (stage || earning !== undefined) community.funnel = { stage, earning };
    const filled = Object.keys(community).length > 0;
    return {
      ...state.rest.document,
      format: "playbook-answers/1",
      id: state.id,
      saved: state.saved || now.toISOString().replace(/\.\d+Z$/, "Z"),
      checklist: PB.checklist,
      content_version: PB.version,
      ...(filled ? { community } : {}),
      ...(state.rater.trim() ? { rater: state.rater.trim() } : {}),
      date: day.map((part) => String(part).padStart(2, "0")).join("-"),
      answers,
    };
  }

  // --- the code ----------------------------------------------------------------------------

  const SIGNS = PB.signs;
  const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  const signs = (number, count) =>
    [...Array(count).keys()]
      .reverse()
      .map((at) => SIGNS[Math.floor(number / 32 ** at) % 32])
      .join("");

  function remainder(text) {
    let rest = 1;
    for (const sign of text) {
      const top = rest >>> 25;
      rest = ((rest & 0x1ffffff) << 5) ^ SIGNS.indexOf(sign);
      GENERATOR.forEach((one, bit) => {
        if ((top >>> bit) & 1) rest ^= one;
      });
    }
    return rest >>> 0;
  }

  function answerCode() {
    const made = answersDocument();
    const community = made.community || {};
    const about = { ...community, ...community.funnel };
    let choices = 0;
    for (const [key, values] of PB.coded) {
      const at = values.indexOf(about[key] === undefined ? null : about[key]);
      choices = choices * values.length + Math.max(0, at);
    }
    let members = about.members;
    let tens = 0;
    for (; members >= 100000; tens += 1) members = Math.floor(members / 10);
    const states = [...byId.keys()].map((id) => {
      const one = made.answers[id];
      if (!one) return 9;
      if (one.na) return 5 + PB.na.indexOf(one.na);
      return one.unknown ? 4 : one.level;
    });
    while (states.length % 3) states.push(9);
    const [digits] = /^[0-9a-f]{5}/.exec(state.id) || ["0"];
    let body = PB.mark + signs(parseInt(digits, 16), 4) + signs(choices, 3);
    body += signs(members === undefined || members === null ? 0 : 1 + tens * 100000 + members, 4);
    for (let at = 0; at < states.length; at += 3)
      body += signs(states[at] * 100 + states[at + 1] * 10 + states[at + 2], 2);
    const code = body + signs(remainder(`${body}000000`) ^ 1, 6);
    const shown = code.match(/.{1,4}/g).join("-");
    return shown.length <= PB.longest ? shown : null;
  }

  // --- small parts -------------------------------------------------------------------------

  const t = (key, values = {}) => {
    const text = PB.words[state.lang][key];
    return text === undefined ? key : text.replace(FILLED, (_, name) => values[name]);
  };
  const own = (entry) => entry[state.lang];

  function el(tag, attributes = {}, ...inner) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined)
        made.setAttribute(name, value);
    }
    made.append(...inner.flat(3).filter((one) => one !== null && one !== ""));
    return made;
  }
  const p = (text, css) => el("p", css ? { class: css } : {}, text);
  const button = (label, onclick, css = "", more = {}) =>
    el("button", { type: "button", class: `pb-button ${css}`.trim(), onclick, ...more }, label);
  const heading = (text) => el("h2", { tabindex: "-1", class: "pb-step-title" }, text);

  function radio(name, value, text, checked, onchange) {
    const box = el("input", { type: "radio", name, value, checked, onchange });
    return el("label", { class: "pb-option" }, box, el("span", {}, text));
  }

  function field(id, label, value, oninput, { hint, wrong, rows, ...more } = {}) {
    const told = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
    const attributes = { id, class: "pb-input", dir: "auto", oninput, ...more };
    if (told) attributes["aria-describedby"] = told;
    if (wrong) attributes["aria-invalid"] = "true";
    const control = el(rows ? "textarea" : "input", rows ? { rows, ...attributes } : attributes);
    control.value = value || "";
    return el(
      "div",
      { class: "pb-field" },
      el("label", { for: id }, label),
      hint ? el("p", { class: "pb-hint pb-small", id: `${id}-hint` }, hint) : null,
      wrong ? el("p", { class: "pb-wrong", id: `${id}-wrong` }, wrong) : null,
      control,
    );
  }

  function pick(id, label, options, chosen, onchange) {
    const list = el("select", { id, class: "pb-input", onchange });
    for (const [value, text] of options)
      list.append(el("option", { value, selected: value === chosen }, text));
    return el("div", { class: "pb-field" }, el("label", { for: id }, label), list);
  }

  function say(text) {
    live.textContent = "";
    setTimeout(() => (live.textContent = text), 60);
  }

  // --- the frame ---------------------------------------------------------------------------

  const name = (step) => {
    const dimension = PB.dimensions.find((one) => one.id === step);
    if (dimension) return own(dimension).name;
    return t({ start: "step_start", check: "check", hand_in: "hand_in" }[step]);
  };

  function go(step, question) {
    state.step = step;
    keep(false);
    draw();
    window.scrollTo(0, 0);
    const goal = question && document.getElementById(`q-${question}`);
    if (goal) goal.scrollIntoView();
    const target = goal && (goal.querySelector("input:checked") || goal.querySelector("input"));
    (target || root.querySelector("h2")).focus({ preventScroll: true });
  }

  function status() {
    const line = document.getElementById("pb-status");
    if (!line) return;
    const all = [...byId.values()];
    const dimension = PB.dimensions.find((one) => one.id === state.step);
    const asked = dimension ? of(dimension.id) : all;
    const counts = dimension
      ? [t("place", { name: name(state.step), done: done(asked), asked: asked.length })]
      : [];
    counts.push(t("all", { done: done(all), asked: all.length }));
    const time = kept && `${kept.getHours()}`.padStart(2, "0") + ":" + `${kept.getMinutes()}`.padStart(2, "0");
    const saved = !store || kept === false ? t("cannot_keep") : kept ? t("kept", { time }) : t("not_kept");
    line.replaceChildren(...counts.map((text) => el("span", {}, text)), el("span", {}, saved));
    const bar = root.querySelector(".pb-progress>span");
    if (bar) bar.style.width = `${(100 * done(all)) / all.length}%`;
    for (const one of PB.dimensions) {
      const tally = document.getElementById(`tally-${one.id}`);
      if (tally) tally.textContent = ` ${done(of(one.id))}/${of(one.id).length}`;
    }
  }

  function draw() {
    const page = document.documentElement;
    page.lang = state.lang === "zh" ? "zh-CN" : "en";
    const title = t("title", { checklist: own(PB).name });
    document.title = title;
    const languages = Object.keys(PB.words).map((lang) =>
      button(
        PB.words[lang].lang,
        () => {
          state.lang = lang;
          keep(false);
          draw();
          document.getElementById(`lang-${lang}`).focus();
        },
        "pb-lang",
        {
          id: `lang-${lang}`,
          lang: lang === "zh" ? "zh-CN" : "en",
          "aria-pressed": String(lang === state.lang),
        },
      ),
    );
    const steps = STEPS.map((step) => {
      const dimension = PB.dimensions.some((one) => one.id === step);
      const tally = dimension ? el("span", { id: `tally-${step}`, class: "pb-small" }) : null;
      const here = step === state.step ? { "aria-current": "step" } : {};
      const press = button(name(step), () => go(step), "pb-step", here);
      if (tally) press.append(tally);
      return el("li", dimension ? { style: `--pb-card-colour:var(--pb-${step},var(--pb-accent))` } : {}, press);
    });
    const screen = { start, check, hand_in: handIn }[state.step] || (() => part(state.step));
    root.replaceChildren(
      el(
        "header",
        {},
        el("div", { class: "pb-top" }, el("h1", {}, title),
          el("div", { class: "pb-langs", role: "group", "aria-label": t("language") }, languages)),
        el("nav", { "aria-label": t("steps") }, el("ol", { class: "pb-steps" }, steps)),
      ),
      el(
        "div",
        { class: "pb-here" },
        el("div", { class: "pb-progress", "aria-hidden": "true" }, el("span")),
        el("p", { id: "pb-status", class: "pb-status pb-small" }),
      ),
      el("main", {}, screen()),
      el(
        "footer",
        {},
        p(t("foot", { checklist: PB.checklist, version: PB.version })),
        PB.custom ? p(t("foot_custom", { custom: PB.custom })) : null,
      ),
    );
    status();
  }

  // --- the pages ---------------------------------------------------------------------------

  let wrongMembers = null; // what was typed that is no number
  const DIGITS = { "０": 0, "１": 1, "２": 2, "３": 3, "４": 4, "５": 5, "６": 6, "７": 7, "８": 8, "９": 9 };

  function membersTyped(event) {
    const typed = event.target.value.trim();
    const digits = typed.replace(/[０-９]/g, (one) => DIGITS[one]).replace(/[,，' _\u00a0]/g, "");
    const right = digits === "" || (/^\d{1,11}$/.test(digits) && Number(digits) <= 1e10);
    wrongMembers = right ? null : typed;
    if (!right || digits === "") delete state.community.members;
    else state.community.members = Number(digits);
    keep();
  }

  function about(key, convert = (value) => value) {
    return (event) => {
      const value = event.target.value;
      if (value.trim() === "") delete state.community[key];
      else state.community[key] = convert(value);
      keep();
    };
  }

  // The number of members, with what is wrong about it. Only this field is drawn anew: were it the
  // page, the button that is being pressed while the field loses its focus would be gone.
  function membersField() {
    const { members } = state.community;
    return field(
      "about-members",
      t("about_members"),
      wrongMembers || (members === undefined ? "" : String(members)),
      membersTyped,
      {
        hint: t("about_members_hint"),
        wrong: wrongMembers ? t("members_wrong") : "",
        inputmode: "numeric",
        maxlength: 20,
        onchange: (event) => {
          const had = document.getElementById("about-members-wrong");
          if (Boolean(had) === Boolean(wrongMembers)) return;
          const here = event.target === document.activeElement;
          event.target.closest(".pb-field").replaceWith(membersField());
          if (here) document.getElementById("about-members").focus();
          if (wrongMembers) say(t("members_wrong"));
        },
      },
    );
  }

  function start() {
    const before = done([...byId.values()]);
    const asked = PB.criteria.length;
    const hello = t("hello", { n: asked, pages: PB.dimensions.length, minutes: PB.minutes });
    const chosen = state.community;
    const options = (key, first) => [
      ...(first ? [["", t("not_said")]] : []),
      ...PB.choices[key].map((value) => [value, t(`${key}_${value}`)]),
    ];
    const earning = { true: "yes", false: "no" }[String(chosen.earning)] || "";
    return [
      el(
        "div",
        { class: "pb-card" },
        heading(t("welcome")),
        before ? p(t("back_again", { done: before })) : p(hello),
        p(t("stays")),
        store ? null : p(t("no_store"), "pb-notice"),
        el("ul", { class: "pb-five" }, PB.dimensions.map((one) =>
          el("li", { style: `--pb-card-colour:var(--pb-${one.id},var(--pb-accent))` },
            one.letter ? el("span", { class: "pb-letter", "aria-hidden": "true" }, one.letter) : null,
            el("span", {}, el("b", {}, own(one).name), own(one).decides ? `${t("colon")}${own(one).decides}` : null)))),
        p2(button(before ? t("go_on") : t("begin"), begin, "pb-main"),
          before ? elsewhere() : null),
      ),
      el(
        "div",
        { class: "pb-card" },
        el("h3", {}, t("about")),
        p(t("about_hint"), "pb-hint"),
        el(
          "div",
          { class: "pb-grid" },
          field("about-rater", t("rater"), state.rater, (event) => {
            state.rater = event.target.value;
            keep();
          }, { hint: t("rater_hint"), maxlength: 200 }),
          field("about-name", t("about_name"), chosen.name, about("name"), {
            hint: t("about_name_hint"),
            maxlength: 200,
          }),
          membersField(),
          pick("about-members_kind", t("about_members_kind"), options("members_kind"),
            chosen.members_kind || "members", about("members_kind")),
          pick("about-kind", t("about_kind"), options("kind", true), chosen.kind || "", about("kind")),
          pick("about-scale", t("about_scale"), options("scale"), chosen.scale || "grow", about("scale")),
        ),
        el(
          "details",
          {},
          el("summary", {}, t("money")),
          el(
            "div",
            { class: "pb-grid" },
            pick("about-stage", t("about_stage"), options("stage", true),
              chosen.stage ? String(chosen.stage) : "", about("stage", Number)),
            pick("about-earning", t("about_earning"), options("earning", true), earning,
              about("earning", (value) => value === "yes")),
          ),
        ),
      ),
      bring(),
    ];
  }
  const p2 = (...inner) => el("div", { class: "pb-buttons" }, ...inner);

  // A number that is none is shown once more; the way past it is to mend or to empty the field.
  function begin() {
    if (wrongMembers) document.getElementById("about-members").focus();
    else go(firstOpen());
  }

  function firstOpen() {
    const open = [...byId.values()].find(({ id }) => !given(id).choice);
    return open ? open.dimension : "check";
  }

  // Another person on the same device: asked twice, since it cannot be undone.
  function elsewhere() {
    const place = el("span", { class: "pb-buttons" });
    const ask = button(t("somebody_else"), () => {
      place.replaceChildren(
        p(t("somebody_sure")),
        button(t("somebody_yes"), () => {
          const lang = state.lang;
          state = { ...fresh(), lang };
          wrongMembers = null;
          try {
            store.removeItem(KEY);
          } catch {
            // nothing was kept
          }
          kept = null;
          draw();
          root.querySelector("h2").focus();
          say(t("begun_anew"));
        }),
        button(t("somebody_no"), () => {
          place.replaceChildren(ask);
          ask.focus();
        }),
      );
      place.querySelector("button").focus();
    });
    place.append(ask);
    return place;
  }

  function bring() {
    const told = el("p", { class: "pb-wrong", role: "alert" });
    const text = field("bring-text", t("bring_label"), "", () => {}, { rows: 3 });
    const take = (raw) => {
      const found = restored(raw);
      if (!found) {
        told.textContent = t("bring_wrong");
        return;
      }
      state = found;
      keep(false);
      const n = done([...byId.values()]);
      go("check");
      say(t("bring_done", { n }));
    };
    const file = el("input", {
      type: "file",
      id: "bring-file",
      class: "pb-input",
      accept: ".json,.txt,application/json,text/plain",
      onchange: async (event) => {
        const [one] = event.target.files;
        if (!one) return;
        take(one.size > 5e6 ? "" : await one.text());
        event.target.value = "";
      },
    });
    return el(
      "details",
      { class: "pb-bring" },
      el("summary", {}, t("bring")),
      told,
      text,
      p2(button(t("bring_do"), () => take(text.querySelector("textarea").value))),
      el("div", { class: "pb-field" }, el("label", { for: "bring-file" }, t("bring_file")), file),
    );
  }

  // An answers file as state of this page; null where it is none of this questionnaire.
  function restored(raw) {
    let given;
    try {
      given = JSON.parse(raw.replace(/^\ufeff/, ""));
    } catch {
      return null;
    }
    if (!plain(given) || given.format !== "playbook-answers/1" || !plain(given.answers)) return null;
    if ((given.checklist || "isooc") !== PB.checklist) return null;
    const { format, id, saved, checklist, content_version, community, rater, date, answers, ...more } = given;
    const major = (version) => String(version || PB.version).split(".")[0];
    if (major(content_version) !== major(PB.version)) return null; // it asked other things
    const { name: called, members, members_kind, kind, scale, funnel, ...about } = plain(community) ? community : {};
    const next = { ...fresh(), lang: state.lang, rest: { document: more, community: about } };
    if (id) next.id = id;
    if (typeof saved === "string") next.saved = saved;
    next.rater = rater || "";
    const facts = { name: called, members, members_kind, kind, scale, ...(plain(funnel) ? funnel : {}) };
    for (const [key, value] of Object.entries(facts))
      if (value !== null && value !== undefined) next.community[key] = value;
    for (const { id: question } of byId.values()) {
      const one = answers[question];
      if (!plain(one)) continue;
      const { level, unknown, na, evidence, note: noted, url, ...rest } = one;
      const choice = na ? "na" : unknown ? "unknown" : [0, 1, 2, 3].includes(level) ? String(level) : null;
      const told = { note: noted || "", url: url || "" };
      if (choice) next.answers[question] = { choice, na: na || undefined, evidence: evidence || undefined, ...told, rest };
    }
    return sound(next) ? next : null;
  }

  function part(id) {
    const dimension = PB.dimensions.find((one) => one.id === id);
    const at = STEPS.indexOf(id);
    const forth = STEPS[at + 1];
    return [
      el(
        "div",
        { class: "pb-part", style: `--pb-card-colour:var(--pb-${id},var(--pb-accent))` },
        p(t("step", { n: at, pages: PB.dimensions.length }), "pb-hint pb-small"),
        heading(own(dimension).name),
        own(dimension).about ? p(own(dimension).about, "pb-hint") : null,
        of(id).map(card),
        p2(
          button(t("next", { name: name(forth) }), () => go(forth), "pb-main"),
          button(t("back"), () => go(STEPS[at - 1])),
        ),
      ),
    ];
  }

  function card({ id, n, ...criterion }) {
    const told = own(criterion);
    const group = `q${n}`;
    const more = el("div", { class: "pb-more" });
    const choose = (event) => {
      const answer = { ...given(id), choice: event.target.value };
      state.answers[id] = answer;
      keep();
      unfold();
      refreshProblems(id);
    };
    const { choice } = given(id);
    const option = (value, text) => radio(group, value, text, choice === value, choose);
    const unfold = () => more.replaceChildren(...unfolded(id, n, unfold));
    unfold();
    return el(
      "section",
      { class: "pb-card", id: `q-${id}`, "aria-labelledby": `h-${n}` },
      el(
        "fieldset",
        { class: "pb-choice", "aria-describedby": `hint-${n}` },
        el("legend", {}, el("h3", { id: `h-${n}` },
          el("span", { class: "pb-letter" }, String(n)), told.question)),
        el("p", { class: "pb-hint", id: `hint-${n}` }, told.hint),
        told.levels.map((text, level) => option(String(level), text)),
        el("div", { class: "pb-apart pb-pair", role: "group", "aria-label": t("apart") },
          option("unknown", t("unknown")), option("na", t("na"))),
      ),
      more,
    );
  }

  // What belongs to the answer that was chosen: its proof, or its reason.
  function unfolded(id, n, again) {
    const answer = given(id);
    const { choice } = answer;
    if (!choice) return [];
    const set = (key) => (event) => {
      state.answers[id] = { ...given(id), [key]: event.target.value };
      keep();
      if (event.target.type === "radio") {
        again();
        document.querySelector(`#q-${CSS.escape(id)} .pb-more input:checked`).focus();
      }
      refreshProblems(id);
    };
    const minor = (legend, key, options, chosen) =>
      el("fieldset", { class: "pb-choice pb-minor" }, el("legend", {}, legend),
        options.map(([value, text]) => radio(`${key}-${n}`, value, text, chosen === value, set(key))));
    const hint = choice === "na" ? t("note_hint_na") : t("note_hint_level");
    const noted = field(`note-${n}`, t("note"), answer.note, set("note"), { hint, rows: 2, maxlength: 20000 });
    const clear = button(t("clear"), () => {
      const { note: was, url, rest } = given(id);
      state.answers[id] = { note: was, url, rest };
      keep();
      const now = card(byId.get(id));
      document.getElementById(`q-${id}`).replaceWith(now);
      now.querySelector("input").focus();
    }, "pb-quiet");
    const wrong = el("p", { class: "pb-wrong", "data-problem": id });
    wrong.textContent = problem(id) ? t(problem(id)) : "";
    if (choice === "na") {
      const reasons = PB.na.map((one) => [one, t(`na_${one}`)]);
      return [minor(t("na_why"), "na", reasons, answer.na), wrong, noted, p2(clear)];
    }
    if (choice === "unknown") return [p(t("unknown_fine"), "pb-hint"), noted, p2(clear)];
    const grades = ["E0", "E1", "E2", ...(answer.evidence === "E3" ? ["E3"] : [])];
    const look = own(byId.get(id)).evidence;
    const link = answer.evidence === "E2" || answer.url;
    return [
      minor(t("grade"), "evidence", grades.map((one) => [one, t(`grade_${one}`)]), answer.evidence || "E0"),
      el("details", {}, el("summary", {}, t("look")), el("ul", {}, look.map((one) => el("li", {}, one)))),
      noted,
      link ? field(`url-${n}`, t("url"), answer.url, set("url"), { hint: t("url_hint"), maxlength: 2000 }) : null,
      p2(clear),
    ].filter(Boolean);
  }

  // One "does not apply" may make another one too many: the words beside all of a part follow.
  function refreshProblems(id) {
    for (const one of of(byId.get(id).dimension)) {
      const place = document.querySelector(`[data-problem="${CSS.escape(one.id)}"]`);
      if (place) place.textContent = problem(one.id) ? t(problem(one.id)) : "";
    }
  }

  function answerWords(id) {
    const { choice, na } = given(id);
    if (!choice) return t("unanswered");
    if (choice === "unknown") return t("unknown");
    if (choice === "na") return na ? `${t("na")}${t("colon")}${t(`na_${na}`)}` : t("na");
    return `${t("level", { level: choice })}${t("colon")}${own(byId.get(id)).levels[Number(choice)]}`;
  }

  function problems() {
    const found = [...byId.values()].filter(({ id }) => problem(id));
    if (!found.length) return null;
    return el(
      "div",
      { class: "pb-error" },
      el("strong", {}, t("problems")),
      el("ul", {}, found.map(({ id, n, dimension }) =>
        el("li", {}, `${t("question", { n })}${t("colon")}${t(problem(id))} `,
          button(t("change"), () => go(dimension, id), "pb-quiet", { "aria-label": `${t("change")} ${n}` })))),
    );
  }

  function check() {
    const all = [...byId.values()];
    const open = all.length - done(all);
    const lists = PB.dimensions.map((dimension) => [
      el("h3", {}, own(dimension).name),
      el("dl", { class: "pb-lines" }, of(dimension.id).map(({ id, n, ...one }) =>
        el("div", {},
          el("dt", {}, `${n}. ${own(one).name}`),
          el("dd", {}, answerWords(id),
            note(id) ? el("bdi", { class: "pb-hint pb-note" }, note(id)) : null),
          el("dd", {}, button(given(id).choice ? t("change") : t("answer"), () => go(dimension.id, id),
            "pb-quiet", { "aria-label": `${given(id).choice ? t("change") : t("answer")} ${n} ${own(one).name}` }))))),
    ]);
    return [
      el(
        "div",
        { class: "pb-card" },
        heading(t("check_title")),
        problems(),
        p(open ? t("open", { n: open }) : t("none_open")),
        p2(button(t("to_hand_in"), () => go("hand_in"), "pb-main"),
          open ? button(t("first_open"), () => {
            const first = all.find(({ id }) => !given(id).choice);
            go(first.dimension, first.id);
          }) : null),
        lists,
        p2(button(t("to_hand_in"), () => go("hand_in"), "pb-main")),
      ),
    ];
  }

  // --- handing in --------------------------------------------------------------------------

  function fileName() {
    const called = `${state.rater} ${state.community.name || ""}`;
    const slug = called.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 40);
    return `${PB.checklist}-${slug ? `${slug}-` : ""}${state.id.slice(0, 5)}.json`;
  }

  function handIn() {
    const text = `${JSON.stringify(answersDocument(), null, 1)}\n`;
    const called = fileName();
    const code = answerCode();
    const told = (id) => el("p", { class: "pb-told", id, role: "status" });
    const tell = (id, key) => {
      document.getElementById(id).textContent = t(key);
    };
    const box = el("textarea", {
      id: "hand-text", class: "pb-input pb-text", rows: 8, readonly: true, spellcheck: "false",
      onfocus: (event) => event.target.select(),
    });
    box.value = text;
    const select = () => {
      box.focus();
      box.select();
      box.setSelectionRange(0, box.value.length);
    };
    const copy = async () => {
      let copied = false;
      try {
        await navigator.clipboard.writeText(text);
        copied = true;
      } catch {
        select();
        try {
          copied = document.execCommand("copy");
        } catch {
          copied = false;
        }
      }
      if (!copied) select();
      tell("told-text", copied ? "copied" : "selected");
    };
    const save = () => {
      try {
        const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
        const anchor = el("a", { href: address, download: called });
        root.append(anchor);
        anchor.click();
        anchor.remove();
        setTimeout(() => URL.revokeObjectURL(address), 10000);
        tell("told-file", "save_done");
      } catch {
        tell("told-file", "refused");
      }
    };
    let file = null;
    try {
      file = new File([text], called, { type: "application/json" });
      if (!navigator.canShare({ files: [file] })) {
        file = new File([text], called.replace(/json$/, "txt"), { type: "text/plain" });
        if (!navigator.canShare({ files: [file] })) file = null;
      }
    } catch {
      file = null;
    }
    const share = async () => {
      try {
        await navigator.share({ files: [file], title: called });
        tell("told-file", "share_done");
      } catch (error) {
        if (error.name !== "AbortError") tell("told-file", "refused");
      }
    };
    return [
      el(
        "div",
        { class: "pb-card" },
        heading(t("hand_in")),
        problems(),
        p(t("hand_in_about")),
        el("section", {},
          el("h3", {}, t("file")),
          p(t("file_about", { name: called }), "pb-hint"),
          p2(button(t("save"), save, "pb-main"), file ? button(t("share"), share) : null),
          told("told-file")),
        el("section", {},
          el("h3", {}, t("code")),
          code
            ? [p(t("code_about"), "pb-hint"), el("p", { class: "pb-code", id: "hand-code", translate: "no" }, code),
              p(t("code_letters"), "pb-hint pb-small"), picture(code)]
            : p(t("code_none"))),
        el("section", {},
          el("h3", {}, t("text")),
          p(t("text_about"), "pb-hint"),
          el("label", { for: "hand-text", class: "pb-label" }, t("text_label")),
          box,
          p2(button(t("select"), () => {
            select();
            tell("told-text", "selected");
          }), button(t("copy"), copy)),
          told("told-text")),
        p2(button(t("to_check"), () => go("check")), elsewhere()),
      ),
    ];
  }

  function picture(code) {
    // As letters and digits: smaller than bytes, and every scanner knows it.
    const map = PB_QR.generate(PB_QR.mode.alphaNumeric(code), { minCorrectionLevel: 1 });
    const NS = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(NS, "svg");
    const size = map.size + 8;
    const attributes = {
      viewBox: `-4 -4 ${size} ${size}`, class: "pb-qr", role: "img", "shape-rendering": "crispEdges",
      "aria-label": t("code_picture", { code }),
    };
    for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
    let path = "";
    for (let y = 0; y < map.size; y += 1)
      for (let x = 0; x < map.size; x += 1) if (map.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
    for (const [tag, more] of [
      ["rect", { x: -4, y: -4, width: size, height: size, fill: "#fff" }],
      ["path", { d: path, fill: "#000" }],
    ]) {
      const shape = document.createElementNS(NS, tag);
      for (const [key, value] of Object.entries(more)) shape.setAttribute(key, value);
      svg.append(shape);
    }
    return svg;
  }

  draw();
})();
