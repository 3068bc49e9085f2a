// The telephone desk: the call's clock, drafts kept on the server, keys instead of the mouse.
//   <form data-desk data-draft-url="/console/desk/draft/…">   PUT of the form's fields, 2 s after the last key
//   <time data-call-timer data-started="ISO">                 counts up
//   <time data-countdown="ISO" data-over="超" data-units="天|时|分|秒">   counts down, then up with the word
//   <p data-draft-state data-saving data-saved data-failed data-unwritten>   says whether the words are safe
//   data-key="s"                                              the element that Alt+S presses (a link or a button)
//                                                             or goes to (a field, or the first of a choice)
//   data-choose="f-answer_text"                               with data-key on one of a choice: takes it and goes on there
//   <div data-keys-help hidden>                               shown by <button data-keys-toggle>
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const two = (number) => String(number).padStart(2, "0");
  const span = (seconds) => {
    const hours = Math.floor(seconds / 3600);
    const rest = two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
    return hours ? hours + ":" + rest : rest;
  };

  // Two units are enough to act by, and bare colons leave hours and minutes to be guessed.
  const left = (seconds, units) => {
    const sizes = [86400, 3600, 60, 1];
    const first = Math.min(2, sizes.findIndex((size) => seconds >= size || size === 60));
    const part = (n) => Math.floor((n ? seconds % sizes[n - 1] : seconds) / sizes[n]) + " " + units[n];
    return part(first) + " " + part(first + 1);
  };

  // Counted by the server's clock (<body data-now>): desks are minutes off.
  let ahead = 0;
  function tick() {
    const now = Date.now() + ahead;
    all("[data-call-timer]").forEach((clock) => {
      const started = Date.parse(clock.dataset.started);
      clock.textContent = span(Math.max(0, Math.floor((now - started) / 1000)));
    });
    all("[data-countdown]").forEach((clock) => {
      const seconds = Math.floor((Date.parse(clock.dataset.countdown) - now) / 1000);
      clock.classList.toggle("is-over", seconds < 0);
      clock.textContent = (seconds < 0 ? clock.dataset.over + " " : "") +
        left(Math.abs(seconds), clock.dataset.units.split("|"));
    });
  }

  // Drafts go to the server, never into the browser's storage: desks are shared between shifts.
  function keepDraft(form) {
    const state = document.querySelector("[data-draft-state]");
    const token = document.querySelector('meta[name="csrf-token"]');
    // A file waits in its field: it travels with the form and is no part of a draft.
    const words = () => new URLSearchParams(
      Array.from(new FormData(form)).filter(([, value]) => typeof value === "string"));
    let kept = words().toString();
    let timer = 0;
    let running = false;
    const tell = (word) => {
      if (!state) return;
      state.textContent = state.dataset[word] || "";
      state.classList.toggle("is-failed", word === "failed");
    };
    const later = (wait) => { window.clearTimeout(timer); timer = window.setTimeout(save, wait); };
    async function save(last) {
      const body = words();
      const text = body.toString();
      if (text === kept || (running && last !== true)) { if (text !== kept) later(2000); return; }
      running = true;
      tell("saving");
      try {
        const answer = await fetch(form.dataset.draftUrl, {
          method: "PUT", body, keepalive: last === true, credentials: "same-origin",
          headers: token ? { "X-CSRFToken": token.content } : {},
        });
        if (!answer.ok) throw new Error(String(answer.status));
        kept = text;
        tell("saved");
      } catch (error) {
        tell("failed");
        later(5000);
      } finally {
        running = false;
      }
      if (words().toString() !== kept) later(2000);
    }
    form.addEventListener("input", () => later(2000));
    form.addEventListener("change", () => later(300));
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });
    let sending = false;
    form.addEventListener("submit", () => { window.clearTimeout(timer); sending = true; });
    // A chosen file is kept nowhere before the sheet is saved: leaving would lose it unseen.
    window.addEventListener("beforeunload", (event) => {
      const { files } = form.elements;
      if (!sending && files && files.files && files.files.length) event.preventDefault();
    });
  }

  // The code of the last call is shown once: a sheet in which nobody wrote is not sent over it.
  function staysUnwritten(form) {
    const state = document.querySelector("[data-unwritten]");
    const words = () => JSON.stringify(Array.from(new FormData(form), ([name, value]) => [name, value.name ?? value]));
    const before = words();
    if (state) form.addEventListener("submit", (event) => {
      if (words() !== before) return;
      event.preventDefault();
      state.textContent = state.dataset.unwritten;
    });
  }

  // Enter goes on to the next field; it never sends and never loses a word. An input method's Enter is its own.
  function enterMovesOn(form) {
    form.addEventListener("keydown", (event) => {
      const here = event.target;
      if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (!here.matches("input, select") || here.matches("[type=submit], [type=button]")) return;
      event.preventDefault();
      const stops = all("input:not([type=hidden]), select, textarea, button, a[href], summary", form)
        .filter((element) => !element.disabled && element.tabIndex >= 0 && element.offsetParent !== null)
        .filter((element) => element.type !== "radio" || element === here || element.checked ||
          !form.querySelector(`[name="${element.name}"]:checked`));
      const next = stops.slice(stops.indexOf(here) + 1)
        .find((element) => element.type !== "radio" || element.name !== here.name);
      if (next) next.focus();
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.altKey && !event.ctrlKey && !event.metaKey && /^Key[A-Z]$/.test(event.code)) {
      const target = document.querySelector(`[data-key="${event.code.slice(3).toLowerCase()}"]`);
      if (!target) return;
      event.preventDefault();
      if ("choose" in target.dataset) { target.click(); (document.getElementById(target.dataset.choose) || target).focus(); }
      else if (target.matches("input:not([type=submit]), select, textarea, [data-put]")) target.focus();
      else target.click();
      return;
    }
    if (event.key === "Escape") showKeys(false);
  });
  function showKeys(shown) {
    const help = document.querySelector("[data-keys-help]");
    const button = document.querySelector("[data-keys-toggle]");
    if (!help || !button) return;
    help.hidden = !(shown ?? help.hidden);
    button.setAttribute("aria-expanded", String(!help.hidden));
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-toggle]")) showKeys();
  });

  document.addEventListener("DOMContentLoaded", () => {
    ahead = (Date.parse(document.body.dataset.now) || Date.now()) - Date.now();
    tick();
    window.setInterval(tick, 1000);
    all("form[data-desk]").forEach((form) => {
      enterMovesOn(form);
      staysUnwritten(form);
      if (form.dataset.draftUrl) keepDraft(form);
    });
  });
})();
