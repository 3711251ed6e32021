// One of several tables at a time; without scripts, and on paper, all of them are there.

function makeSwitch(select) {
  const panels = [...document.querySelectorAll(`#${select.dataset.switch} > [data-panel]`)];
  const show = () => { for (const panel of panels) panel.hidden = panel.dataset.panel !== select.value; };
  select.addEventListener("change", show);
  show();
}
