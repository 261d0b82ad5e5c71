"""The sync lock: one sync or build at a time per business (LOCK-1 to LOCK-6).

Problem. A sync compares the books with what we know, and a build changes what we know; both at
once would compare with sand. The holder may crash, be paused for minutes, or run on another
machine with another idea of the time.

Decision. One row per business says who holds the lock until when. It is taken by one statement
that inserts the row, or takes it over on the condition that its lease has ended by the
database's clock or that the same holder asks again. Every taking makes the fence grow, and the row
is never deleted, so a fence never comes twice. Releasing ends the lease.

A holder can't know that it was paused, so before each commit it confirms: an update on the
condition that the fence is its own and the lease has not ended. That same update extends the lease.
If it changes no row, the transaction fails and nothing is written.

Why nobody can take the lock between confirming and committing. On PostgreSQL the update keeps the
row locked until the transaction ends. A contender's statement waits for that row, and when it
gets it, evaluates its condition again on the row as committed (READ COMMITTED), with the time of
that moment: it finds a fresh lease and takes nothing. The other way round, a holder who confirms
while a contender's taking is uncommitted waits, and then finds the contender's fence. On SQLite a
transaction that writes holds the one write lock, so there is no between at all.

A process that is paused after confirming would keep the row locked for as long as its connection
stands. PostgreSQL is therefore told to end the session when its transaction lies idle for a
lease's time, and contenders wait for the row for a few seconds only. A paused process on
SQLite keeps the file locked until it goes on or is killed; nobody can write there anyway.

A build takes and releases the lock in its own transaction (LOCK-6): others wait for the row and
see it free again after the commit, and a crash rolls the taking back. It takes the lock before it
touches other rows, so that two builds queue up here and nowhere else.

What was left out: advisory locks of the database (they end with the connection, not with
progress, carry no fence, and SQLite has none).
"""
