// The desk's sheet: shows the fields that matter, starts the call's clock with the first word, and gives
// the page that answered a POST the address of the next sheet, so that a reload shows that sheet.
//   <form data-desk data-here="/console/desk?…">   the address of the sheet in this form
//   <div data-show-when="kind=tip|help">            shown while that field has one of the values
//   <button data-put="f-unit" value="…">            puts its value into that field and goes back there
//   <time data-timer>                               becomes desk.js's [data-call-timer] with the first input
(() => {
  "use strict";
  const all = (selector, root) => Array.from(root.querySelectorAll(selector));

  function showAndHide(form) {
    const said = new FormData(form);
    all("[data-show-when]", form).forEach((box) => {
      const [name, wanted] = box.dataset.showWhen.split("=");
      const accepted = wanted.split("|");
      box.hidden = !said.getAll(name).some((value) => accepted.includes(value));
    });
  }

  function timeTheCall(form) {
    const clock = document.querySelector("[data-timer]");
    const started = form.elements.started;
    if (!clock || !started) return;
    // Counted by the server's clock, as desk.js does: desks are minutes off.
    const ahead = (Date.parse(document.body.dataset.now) || Date.now()) - Date.now();
    const run = () => {
      clock.dataset.started = started.value;
      clock.setAttribute("data-call-timer", "");
    };
    if (started.value) { run(); return; }
    form.addEventListener("input", () => {
      started.value = new Date(Date.now() + ahead).toISOString();
      run();
    }, { once: true, capture: true });
  }

  // As if it had been typed: the draft is kept, and what is known of the unit is looked up.
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-put]");
    const field = chosen && document.getElementById(chosen.dataset.put);
    if (!field) return;
    field.value = chosen.value;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("DOMContentLoaded", () => {
    all("form[data-desk]", document).forEach((form) => {
      form.addEventListener("change", () => showAndHide(form));
      showAndHide(form);
      timeTheCall(form);
      if (form.dataset.here) window.history.replaceState(null, "", form.dataset.here);
    });
  });
})();
