"""Seeded histories: a business, its books and everything that goes wrong, played and audited.

Problem. The promise of a sync is about all interleavings: whatever the network, the provider, a
bookkeeper, a crash or a second worker does, the mirror ends up equal to the books. Tests of single
cases look where their author looked. What is needed is somebody who tries things at random, who
can say afterwards exactly what he did, and somebody else who checks the result without trusting
the application.

Decisions.

- A **history** is a list of steps drawn from a seed (`drawing`): edits in the books, syncs with
  trouble, changes of the filter, tokens that end, clocks that jump. Steps name items by a number
  that is taken modulo what there is, so that a history still makes sense with steps left out.
- It is **played** (`playing`) against the real application on a real database, by the services
  that people's clicks go through, with the real emulator as books, over HTTP. Only waiting is
  taken away (`virtual_time`): leases and jobs whose time a person would wait for are made due by
  moving their instants in the database, which is what a clock that runs on would do.
- **Trouble** (`trouble`) strikes at counted places: the n-th statement or transaction boundary of
  a worker is where it dies, or where it is paused until its leases have ended and somebody else
  has acted. Wire faults and edits between pages are the emulator's own (`control/faults`). With
  one call in flight the same seed meets the same faults, always, which makes shrinking possible.
- The **auditor** (`auditor`) keeps his own model: he reads the books by the control API and the
  application's tables by plain SQL (`database_view`), never through its code, and works out what a
  row of the mirror has to be. After a quiet run he demands exact equality, the counts he predicted,
  an empty plan on the next run, free locks, tokens that still work, and not one changed row in the
  business next door, whose items have the same ids. After a run that met trouble he demands
  that each row is as the books had it at some moment. In the end he looks for secrets and for
  people's addresses in every table, every log line and, for some seeds, every page (`leaks`).
- A failing history is **shrunk** (`shrinking`): steps are left out, then trouble inside the steps,
  while it still fails. The smallest is printed with the command that plays it. Seeds that failed
  once stand in `seeds.txt` and are always played.

Left out. Threads that race freely: two workers that drain at once are in, but their order is the
machine's, so such a history may need several attempts to fail again. Kills of real processes are in
`test_kills`, fights of real processes in `test_fights`.
"""
