"""Background work: a leased table of jobs and the worker that takes from it.

Problem. Work outlives the request that asked for it, and the process that does it may be killed
at any statement, paused for minutes, or cut off from the database. Work must then be done by
somebody else, once in effect, on SQLite and PostgreSQL alike.

Observations. A killed process says nothing, so silence must mean something: a claim is a lease
that ends by itself. A paused process does not know that it was paused, so asking "am I still the
owner?" and then writing is too late. Machines disagree about the time.

Decision. A job is a row. It is claimed by one conditional statement that can only win once
(`locked`), for a lease by the database's clock, and each claim makes the row's fence grow. While
the handler lives a heartbeat extends the lease; everything the owner says about the job (progress,
outcome) is an update on the condition that fence and lease are still its own. A job whose lease
has ended is due again. So a job may run twice, never be lost, and what runs too late is stopped
where it writes: handlers are written to be repeated, and a handler whose writes must not come
late reports inside its transaction (or confirms the sync lock there). The tables of the
apps are the truth; a job is only a claim on work.

Giving up. Attempts are counted when they begin, so those whose worker was killed count too. Once
none is left, the kind's own `give_up` runs before the job is failed, in whichever worker finds it
so: nothing of the work then looks as if it were still under way. Who dies in the middle of that
leaves it to the next claim.

Fairness. Among due jobs, those of a business with nothing running come first, oldest first; then
the others, oldest first. Nobody's thousand jobs keep somebody else's one waiting, and no worker
idles while there is work. A claim looks at all that is due for it, which for ten thousand jobs is
some ten milliseconds; apps keep fewer, because a job names work and is not the work itself.

Asking again. Who enqueues under the key of a job that waits means that job. One that runs may have
looked at the tables already, so it is marked, and runs once more when it ends; the next claim takes
the mark. The asker's transaction keeps the row until it commits, so no claim gets between what
it wrote and its asking. Work that recurs is in `schedules`.

What was left out: a broker (workers poll; a look is one indexed read and costs no write lock),
results (handlers write their own tables).
"""
