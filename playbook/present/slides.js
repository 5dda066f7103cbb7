// Slides as they fit the projector: what is too tall goes on to the next slide, under the same
// heading. A trainer presses one key and sees everything; nothing has to be scrolled.
"use strict";
(() => {
  const upright = innerHeight > innerWidth; // a phone in a hand
  const [width, height] = upright ? [640, 1100] : [1180, 740];
  const reveal = document.querySelector(".reveal");
  const slides = reveal.querySelector(".slides");
  const CUT = "ul,ol,table,tbody,div.fragment,div.pb-scroll";

  const tooTall = (slide) => slide.scrollHeight > slide.clientHeight + 1;
  const heading = (slide) => slide.querySelector(":scope>:is(h1,h2)");

  // The last part of `from` becomes the first of `to`: an item, a row, else a whole block.
  function move(from, to) {
    const last = from.lastElementChild;
    if (!last.matches(CUT) || !last.children.length) {
      to.prepend(last);
      return;
    }
    let twin = to.firstElementChild;
    if (!twin || twin.cutFrom !== last) {
      twin = last.cloneNode(false);
      twin.cutFrom = last;
      to.prepend(twin);
    }
    const head = last.matches("table") && last.tHead;
    if (head) head.remove();
    move(last, twin);
    if (last.matches("ol")) twin.start = last.start + last.children.length;
    if (head && last.children.length) last.prepend(head);
    if (head && !twin.tHead) twin.prepend(head.isConnected ? head.cloneNode(true) : head);
    if (!last.children.length) last.remove();
  }

  function fit(slide) {
    const rest = document.createElement("div");
    const first = heading(slide);
    const parts = () => [...slide.children].filter((one) => one !== first && !one.matches("aside"));
    const single = () => {
      let [part, more] = parts();
      while (part && !more && part.matches(CUT)) [part, more] = part.children;
      return part && !more;
    };
    while (tooTall(slide) && !single()) move(slide, rest);
    if (tooTall(slide)) {
      const [part] = parts(); // one picture or print-out, taller than the slide
      const free = slide.clientHeight - (slide.scrollHeight - part.offsetHeight);
      part.style.zoom = Math.max(0.4, free / part.offsetHeight);
    }
    const left = slide.lastElementChild;
    if (rest.children.length && left !== first && left.matches("h3,h4")) rest.prepend(left);
    if (!rest.children.length) return;
    const next = slide.cloneNode(false);
    const kept = [...slide.children].filter((one) => one === first || one.matches("aside.notes"));
    next.append(...kept.map((one) => one.cloneNode(true)), ...rest.children);
    const begins = [...next.children].find((one) => !one.matches("h1,h2,aside"));
    begins.classList.remove("fragment"); // no slide begins empty
    slide.after(next);
    fit(next);
  }

  reveal.classList.add("pb-measure");
  slides.style.width = `${width}px`;
  slides.style.height = `${height}px`;
  for (const slide of [...slides.querySelectorAll("section>section")]) {
    slide.prepend(...slide.querySelectorAll("aside.notes")); // they belong to all of it
    fit(slide);
  }
  reveal.classList.remove("pb-measure");
  Reveal.initialize({
    hash: false, slideNumber: "c/t", center: false, width, height, margin: 0.03, transition: "none",
    controlsTutorial: false, pdfSeparateFragments: false, showNotes: reveal.matches(".pb-notes"),
    navigationMode: "linear", // the right arrow leads on, and never past the rest of a lesson
    scrollActivationWidth: null, // also on a phone one slide is one screen
  });
})();
