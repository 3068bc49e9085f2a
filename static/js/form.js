// The public form, made easier. Without this script every field is there and everything can be sent.
//   <select name="unit" data-unit-list>
//   <input data-unit-search>                   filters that list while typing
//   <div data-show-when="contact=name">        shown while that field has one of the values (a|b)
//   <input type=radio name=disclosure data-not-when="kind=tip">   cannot be chosen then
//   <textarea data-count>                      characters left, told in [data-count-for=id]
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  const valuesOf = (form, name) => new FormData(form).getAll(name).map(String);
  const holds = (form, rule) => {
    const [name, wanted] = rule.split("=");
    const accepted = wanted.split("|");
    return valuesOf(form, name).some((value) => accepted.includes(value));
  };

  function showAndHide(form) {
    all("[data-show-when]", form).forEach((box) => {
      box.hidden = !holds(form, box.dataset.showWhen);
    });
    // What is not shown is not sent: a name typed before "no name" was chosen stays on this screen.
    all("[data-show-when] :is(input, select, textarea)", form).forEach((input) => {
      input.disabled = input.closest("[data-show-when][hidden]") !== null;
    });
    all("[data-not-when]", form).forEach((input) => {
      if (holds(form, input.dataset.notWhen)) input.disabled = true;
      if (!input.disabled || !input.checked) return;
      const rest = all(`[name="${input.name}"]:not([data-not-when])`, form)[0];
      if (rest) rest.checked = true;
    });
  }

  // Options are rebuilt rather than hidden: telephones show hidden options.
  function filterUnits(form) {
    const list = form.querySelector("[data-unit-list]");
    if (!list) return;
    const search = form.querySelector("[data-unit-search]");
    const options = all("option", list).map((option) => option.cloneNode(true));
    const told = form.querySelector("[data-unit-told]");
    const name = (option) => option.textContent.trim();
    const typed = () => (search ? search.value.trim().toLowerCase() : "");
    const named = (words) => options.filter((option) => option.value && name(option).toLowerCase().includes(words));
    const meant = (words) => {
      const same = named(words).filter((option) => name(option).toLowerCase() === words);
      const few = same.length === 1 ? same : named(words);
      return words && few.length === 1 ? few[0].value : "";
    };
    // Chosen by a person, and not because it was the only one left: such a choice stays.
    let byHand = list.value === meant(typed()) ? "" : list.value;

    const tell = (words, number) => {
      if (!told) return;
      const chosen = list.selectedOptions[0];
      const kept = byHand && list.value === byHand && !name(chosen).toLowerCase().includes(words);
      const said = told.dataset[(kept ? "kept" : "") + (number ? (kept ? "Found" : "found") : (kept ? "None" : "none"))];
      told.textContent = words ? said.replace("{n}", number).replace("{name}", name(chosen)) : "";
    };
    const render = () => {
      const words = typed();
      const found = named(words);
      const left = options.filter((option) => !option.value || option.value === byHand || found.includes(option));
      const chosen = list.value;
      list.replaceChildren(...left.map((option) => option.cloneNode(true)));
      list.value = left.some((option) => option.value === chosen) ? chosen : "";
      if (meant(words) || byHand) list.value = meant(words) || byHand;
      tell(words, found.length);
    };
    list.addEventListener("change", () => { byHand = list.value; tell(typed(), named(typed()).length); });
    if (search) search.addEventListener("input", render);
    if (search) search.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); list.focus(); }
    });
    render();
  }

  function countLetters(form) {
    all("[data-count]", form).forEach((area) => {
      const told = form.querySelector(`[data-count-for="${area.id}"]`);
      if (!told) return;
      const tell = () => { told.textContent = told.dataset.text.replace("{n}", area.value.length); };
      area.addEventListener("input", tell);
      tell();
    });
  }

  // Whoever left safely must not find their words again by going back: browsers fill forms anew.
  const LEFT = "left=1";
  const left = () => document.cookie.split("; ").includes(LEFT);
  function empty(form) {
    form.reset();
    all("textarea, input:is([type=text], [type=tel], [type=email], [type=search], :not([type]))", form)
      .forEach((field) => { field.value = ""; });
    showAndHide(form);
    form.addEventListener("input", () => {  // from here on it is somebody's new report
      document.cookie = LEFT.replace("1", "") + "; max-age=0; path=/";
    }, { once: true });
  }
  window.addEventListener("pageshow", () => {
    if (left()) all("form[data-public-form]").forEach(empty);
  });

  document.addEventListener("DOMContentLoaded", () => {
    all("form[data-public-form]").forEach((form) => {
      form.addEventListener("change", () => showAndHide(form));
      showAndHide(form);
      filterUnits(form);
      countLetters(form);
    });
  });
})();
