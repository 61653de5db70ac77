package io.apfproxy.flowcontrol;

/**
 * Told the fate of one arrival: exactly one call, on any thread, never while a level's lock is
 * held.
 */
public interface AdmissionListener extends ShadowListener {
  /** The request holds its seats: send it on, and close the lease once the response has ended. */
  void onExecute(SeatLease lease);

  /** The request must be refused. */
  void onReject(Rejection rejection);
}
