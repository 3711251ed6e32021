// Rows of a table that are shown: by track, by number of seeds, with or without baselines.

function makeFilters(bar) {
  const rows = [...document.getElementById(bar.dataset.filters).tBodies[0].rows];
  const [track, seeds, role] = ["track", "seeds", "role"].map(name => bar.querySelector(`[data-filter="${name}"]`));
  const apply = () => {
    for (const row of rows) {
      const own = row.dataset;
      const isOfTrack = !track.value || own.track === track.value;
      const fits = own.role === "baseline" ? role.checked : isOfTrack && Number(own.seeds) >= Number(seeds.value);
      row.hidden = !fits;
    }
    const n = rows.filter(row => !row.hidden).length;
    bar.querySelector("[data-shown]").textContent = n === rows.length ? "" : `${n} of ${rows.length} entries shown`;
  };
  for (const control of [track, seeds, role]) control.addEventListener("change", apply);
  apply();
}
