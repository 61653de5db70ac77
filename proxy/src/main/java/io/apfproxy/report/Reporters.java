package io.apfproxy.report;

/** Tells each of them, in order. */
final class Reporters implements Reporter {
  private final Reporter[] each;

  Reporters(Reporter... each) {
    this.each = each.clone();
  }

  @Override
  public void held(Held what, int delta) {
    for (Reporter reporter : each) {
      reporter.held(what, delta);
    }
  }

  @Override
  public void identified(Account account) {
    for (Reporter reporter : each) {
      reporter.identified(account);
    }
  }

  @Override
  public void answered(Account account) {
    for (Reporter reporter : each) {
      reporter.answered(account);
    }
  }

  @Override
  public void responseBytes(int bytes) {
    for (Reporter reporter : each) {
      reporter.responseBytes(bytes);
    }
  }

  @Override
  public void aborted(String rule) {
    for (Reporter reporter : each) {
      reporter.aborted(rule);
    }
  }

  @Override
  public void thrown(Throwable cause) {
    for (Reporter reporter : each) {
      reporter.thrown(cause);
    }
  }

  @Override
  public void ended(Account account) {
    for (Reporter reporter : each) {
      reporter.ended(account);
    }
  }
}
