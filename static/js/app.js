// Small help for every page; nothing here is needed to read or to send.
// Texts come from data attributes, so that both languages live in the catalogues.
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  // Requests by htmx carry the CSRF token of the page.
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });

  // One polite voice for everything that happened without a new page.
  function say(text) {
    const region = document.getElementById("status");
    if (!region) return;
    region.textContent = "";
    window.setTimeout(() => { region.textContent = text; }, 50);
  }
  const failed = () => say(document.body.dataset.textFailed || "");
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);

  // Leaving a form with unsent words asks first: <form data-guard>; data-unsent: it came with such.
  let leaving = false;
  const snapshot = (form) => {
    const values = [];
    new FormData(form).forEach((value, name) => {
      if (name !== "csrf_token") values.push(name + "=" + (value instanceof File ? value.name : value));
    });
    return values.join("\u0000");
  };
  const guarded = new Map();
  const guard = (root) => all("form[data-guard]", root).forEach((form) => {
    if (!guarded.has(form)) guarded.set(form, "unsent" in form.dataset ? null : snapshot(form));
  });
  window.addEventListener("beforeunload", (event) => {
    if (leaving) return;
    for (const [form, before] of guarded) {
      if (form.isConnected && snapshot(form) !== before) { event.preventDefault(); return; }
    }
  });

  // A form is sent once, however often a tired thumb presses.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method.toLowerCase() !== "post" || event.defaultPrevented) return;
    if (form.hasAttribute("hx-post") || form.hasAttribute("hx-put")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    leaving = !("asksFirst" in form.dataset);  // it sends nothing of what stands in the others
    window.setTimeout(() => { delete form.dataset.sent; leaving = false; }, 8000);
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
    all("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  });

  // Copy and print: buttons that only show where they work.
  async function copy(button) {
    const source = document.querySelector(button.dataset.copy);
    if (!source) return;
    const text = source.dataset.text || source.innerText;
    try {
      await navigator.clipboard.writeText(text);
      say(button.dataset.done || "");
      if (!button.dataset.label) button.dataset.label = button.textContent;
      button.textContent = button.dataset.done || button.dataset.label;
      window.setTimeout(() => { button.textContent = button.dataset.label; }, 4000);
    } catch (error) {
      // No right to the clipboard (older in-app browsers): select it, so that a long press copies.
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      say(button.dataset.byHand || "");
    }
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-print]");
    if (!button) return;
    if (button.hasAttribute("data-print")) window.print();
    else copy(button);
  });

  // Paper shows the whole story: folded entries open for the print and fold again.
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    unfolded = all(".timeline details:not([open])");
    unfolded.forEach((box) => { box.open = true; });
  });
  window.addEventListener("afterprint", () => unfolded.forEach((box) => { box.open = false; }));

  // A move opens in place: the first field gets the focus, Escape closes it again.
  document.addEventListener("toggle", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLDetailsElement) || !box.open) return;
    if (box.hasAttribute("data-menu")) {
      all("details[data-menu][open]").forEach((other) => { if (other !== box) other.open = false; });
    } else if (box.hasAttribute("data-move") && box.dataset.byHand) {
      const first = box.querySelector("input:not([type=hidden]), select, textarea, button");
      if (first) first.focus();
    }
  }, true);
  document.addEventListener("click", (event) => {
    const summary = event.target.closest("details[data-move] > summary");
    if (summary) summary.parentElement.dataset.byHand = "1";
    all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    const box = event.target.closest && event.target.closest("details[open]");
    if (!box) return;
    box.open = false;
    box.querySelector("summary").focus();
  });

  function openTarget() {
    const id = decodeURIComponent(window.location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    if (target.matches("input, select, textarea")) target.focus();
  }
  window.addEventListener("hashchange", openTarget);

  function start(root) {
    all("[data-needs-js]", root).forEach((element) => { element.hidden = false; });
    guard(root);
  }
  document.addEventListener("DOMContentLoaded", () => {
    start(document);
    openTarget();
    const summary = document.querySelector("[data-error-summary]");
    if (summary) summary.focus();
    const here = document.querySelector(".top-nav [aria-current]");
    const row = here && here.closest("ul");
    if (row) row.scrollLeft = here.offsetLeft - row.clientWidth / 2 + here.clientWidth / 2;
    const tabs = document.querySelector(".top-nav ul");
    if (tabs) goesOn(tabs);
  });

  // Tabs that do not fit a telephone: an edge that fades says that there are more.
  function goesOn(tabs) {
    const nav = tabs.parentElement;
    const look = () => {
      nav.classList.toggle("has-before", tabs.scrollLeft > 4);
      nav.classList.toggle("has-more", tabs.scrollWidth - tabs.clientWidth - tabs.scrollLeft > 4);
    };
    tabs.addEventListener("scroll", look, { passive: true });
    window.addEventListener("resize", look);
    look();
  }
  document.addEventListener("htmx:load", (event) => start(event.detail.elt));
})();
