package io.apfproxy;

import io.apfproxy.app.LeanStart;
import io.apfproxy.app.LogLevel;
import io.apfproxy.app.MemoryEnd;
import io.apfproxy.app.ProxyApp;
import io.apfproxy.app.Termination;
import io.apfproxy.app.Version;
import io.apfproxy.cli.Command;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.cli.UsageException;
import io.apfproxy.command.AdoptCommand;
import io.apfproxy.command.CheckCommand;
import io.apfproxy.command.DiffCommand;
import io.apfproxy.command.ExplainCommand;
import io.apfproxy.command.KubeconfigCommand;
import io.apfproxy.command.Output;
import io.apfproxy.command.ReplayCommand;
import io.apfproxy.command.SimulateCommand;
import io.apfproxy.command.SuggestCommand;
import io.apfproxy.command.TopCommand;
import io.apfproxy.command.WhyCommand;
import io.apfproxy.time.TimeSource;
import io.apfproxy.tls.OneHandshake;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** The program: arguments to options, options to the running proxy, its end to an exit code. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    // what is printed is read by other programs too: containers often have a locale without letters
    // beyond ASCII
    System.setOut(utf8(FileDescriptor.out));
    System.setErr(utf8(FileDescriptor.err));
    int code = Command.EXIT_FAILURE;
    try {
      code = run(List.of(arguments));
    } catch (RuntimeException | Error e) {
      // event loops would keep a program alive whose main thread just ends
      Thread main = Thread.currentThread();
      main.getUncaughtExceptionHandler().uncaughtException(main, e);
    }
    try {
      LogLevel.flush();
    } finally {
      System.exit(code);
    }
  }

  private static PrintStream utf8(FileDescriptor where) {
    return new PrintStream(new FileOutputStream(where), true, StandardCharsets.UTF_8);
  }

  private static int run(List<String> arguments) {
    try {
      return run(Command.parse(arguments, System.getenv()));
    } catch (UsageException e) {
      return complain(e, e.exitCode());
    } catch (StartException e) {
      return complain(e, Command.EXIT_FAILURE);
    }
  }

  private static int run(Command command) throws StartException {
    if (command instanceof Command.Serve serve) {
      return serve(serve.options());
    }
    if (command instanceof Command.Kubeconfig kubeconfig) {
      System.out.print(KubeconfigCommand.run(kubeconfig.options()));
    } else if (command instanceof Command.Check check) {
      return print(CheckCommand.run(check.files()));
    } else if (command instanceof Command.Diff diff) {
      return print(DiffCommand.run(diff));
    } else if (command instanceof Command.Explain explain) {
      return print(ExplainCommand.run(explain.options()));
    } else if (command instanceof Command.Top top) {
      return print(TopCommand.run(top.options(), System.out));
    } else if (command instanceof Command.Why why) {
      return print(WhyCommand.run(why.options()));
    } else if (command instanceof Command.Adopt adopt) {
      return print(AdoptCommand.run(adopt.options(), TimeSource.system()));
    } else if (command instanceof Command.Simulate simulate) {
      return print(SimulateCommand.run(simulate.options()));
    } else if (command instanceof Command.Replay replay) {
      return print(ReplayCommand.run(replay.options()));
    } else if (command instanceof Command.Suggest suggest) {
      return print(SuggestCommand.run(suggest.options()));
    } else if (command instanceof Command.Help help) {
      System.out.print(help.text());
    } else {
      System.out.println(Version.line());
    }
    return 0;
  }

  private static int print(Output output) {
    System.out.print(output.text());
    return output.exitCode();
  }

  private static int serve(ProxyOptions options) throws StartException {
    OneHandshake.demand();
    LeanStart.demand();
    LogLevel.set(options.logLevel());
    MemoryEnd.watch();
    Termination termination = Termination.watch(ProxyApp.longestEnd(options));
    AtomicReference<Throwable> failed = new AtomicReference<>();
    try (ProxyApp proxy = ProxyApp.start(options)) {
      proxy
          .failure()
          .whenComplete(
              (never, cause) -> {
                failed.set(cause);
                termination.ask();
              });
      System.out.println(proxy.welcome());
      termination.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Throwable cause = failed.get();
    return cause == null ? 0 : complain(cause, Command.EXIT_FAILURE);
  }

  private static int complain(Throwable cause, int code) {
    System.err.println("apf-proxy: " + cause.getMessage());
    return code;
  }
}
