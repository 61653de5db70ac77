package io.apfproxy.request;

/** What no request can be answered for, as the whole process is broken. */
public final class FatalError {
  private FatalError() {}

  /**
   * Hands what must end the process to the thread's handler of uncaught exceptions; all else is the
   * caller's. An overflow of the stack is its request's only. Source: specification security.md S92.
   */
  public static void endProcessIf(Throwable thrown) {
    if (thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError)) {
      Thread current = Thread.currentThread();
      current.getUncaughtExceptionHandler().uncaughtException(current, thrown);
    }
  }
}
