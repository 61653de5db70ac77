package io.apfproxy.bench;

import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;

/** Is served in no time. */
enum AtOnce implements AdmissionListener {
  INSTANCE;

  @Override
  public void onExecute(SeatLease lease) {
    lease.close();
  }

  @Override
  public void onReject(Rejection rejection) {
    throw new IllegalStateException("refused: " + rejection);
  }
}
