/**
 * Fair queuing of one priority level: single-threaded, with the time as an argument; whoever calls
 * holds that level's lock. {@code QueueSet} has the steps of a request, {@code LevelSeats} the
 * seats and {@code FairQueues} the queues: {@code ProgressMeter} the virtual time, {@code
 * QueueRound} whose turn it is, {@code QueueChooser} and {@code Dealer} which queue a flow waits
 * in, {@code SeatSeconds} the arithmetic. Imports {@code java.*} only. Open {@link
 * io.apfproxy.queueset.QueueSet} first.
 *
 * <h2>Why it is fair</h2>
 *
 * <p>Fair means: of two queues that both have something to do all the time, neither is given more
 * work, in seats times seconds, than the other, but for about one request. What counts is what the
 * server does for a queue, not how many requests that is, how wide they are, how long they take or
 * how many are sent.
 *
 * <p><b>The meter.</b> R is the work that each busy queue would have been given by now if all were
 * served alike and in parts of any size. It grows by what the level serves in that time, {@code
 * min(limit, seats wanted)} seats, divided by the queues that are busy, and stands still when
 * nobody wants anything. The clock on the wall would not do. Where each queue gets less than a seat
 * it runs ahead of all of them, and one that becomes busy would come last until they have caught
 * up; where each gets several it falls behind, and the newcomer alone would be served until he has
 * caught up.
 *
 * <p><b>The reading.</b> Each queue has one: the R at which its next request would begin if the
 * queue had got its share so far and no more. To dispatch a request adds its work; the request
 * whose end would come first, by these readings, is next. So a queue that has had more than its
 * share reads more than the others and waits until they have caught up; one that has had less is
 * next. How long a request takes is not known before: 3 ms are charged when it begins, and what it
 * really took in their place when it ends. Until then a guess too low favours its queue, by no more
 * than the requests that it has executing at once.
 *
 * <p><b>Why nobody starves.</b> The reading of a queue that waits stands still while those of the
 * queues that are served move on, so that in the end it is the least.
 *
 * <p><b>Why nobody saves up.</b> A queue that was idle begins at the R of now: what it did not ask
 * for is gone. Nor may a queue that is busy and asks for less than its share hoard the rest: a
 * reading is never left before the arrival of the request at its head. Debts are not kept either:
 * one that is idle for a moment begins anew, as others were served in the meantime.
 *
 * <p><b>While nobody is served.</b> A request may have its seats while there is no server that
 * could serve it. That is work for nobody: {@code Pauses} knows of it, R does not grow by those
 * seats, and their queue is not charged for that time. Else whoever happened to have them would
 * wait afterwards until all others had had as much of the server as he had of the outage. The
 * reference has no such time, as it is the server.
 *
 * <p><b>From queues to flows.</b> Flows outnumber queues. Each is dealt a hand of a few queues from
 * its hash, the same always, and a request goes to the one with the least work waiting. A flow that
 * floods fills the queues of its own hand and no others: with 128 queues and hands of 6 it has
 * another flow's whole hand once in five thousand million, so nearly everyone keeps a queue in
 * which it does not wait.
 *
 * <p><b>What it does not promise.</b> Whoever is next and wide waits until so many seats are free,
 * and the level waits with it: who is narrower never overtakes, or the wide would starve. And equal
 * shares are those of queues within one level, over some requests; between levels seats are lent,
 * see {@code io.apfproxy.borrowing}.
 *
 * <p><b>Bursts.</b> A level may save what it leaves unused of its own seats, and spend it on seats
 * beyond its limit that all levels share: {@code LevelSeats} asks {@code BurstCredit} where the
 * limit says no, and {@code BurstSeats} is what they share. Who gets such a seat is decided as
 * ever; the meter runs as if the limit were higher as long as they are held. Source: specification
 * limits.md C.
 *
 * <p>Source: reference, queueset/doc.go; specification apf-queueing.md 2. In virtual time: {@code
 * FairnessScenarioTest} against the reference's scenarios, {@code FairSharePropertyTest} for any
 * mix.
 */
@NullMarked
package io.apfproxy.queueset;

import org.jspecify.annotations.NullMarked;
