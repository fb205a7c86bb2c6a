package io.gardencell.hcs.golden;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostCompute;
import io.gardencell.hcs.SystemExit;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Notes calls about compute systems. */
final class RecordingCompute implements HostCompute {

  private final Tape tape;
  private final HostCompute inner;

  RecordingCompute(Tape tape, HostCompute inner) {
    this.tape = tape;
    this.inner = inner;
  }

  @Override
  public List<SystemProperties> enumerate(SystemQuery query) {
    return tape.call(
        "HcsEnumerateComputeSystems",
        "",
        Tape.args().set("query", Tape.tree(query)),
        () -> inner.enumerate(query));
  }

  @Override
  public ComputeSystem create(String id, SystemDocument document, Duration timeout) {
    ObjectNode args = Tape.args().put("id", id);
    args.set("configuration", Tape.json(document.json()));
    ComputeSystem system =
        tape.call(
            "HcsCreateComputeSystem",
            id,
            args,
            RecordedCall.PENDING,
            () -> inner.create(id, document, timeout),
            made -> MissingNode.getInstance());
    Optional<FaultRules.Fault> unwatched = tape.due("HcsRegisterComputeSystemCallback", id);
    if (unwatched.isPresent()) {
      // as the port promises: nothing is left
      try (ComputeSystem left = new System(system)) {
        left.terminate();
      }
      throw Tape.refusal("HcsRegisterComputeSystemCallback", id, unwatched.get());
    }
    return new System(system);
  }

  @Override
  public ComputeSystem open(String id) {
    return new System(
        tape.call("HcsOpenComputeSystem", id, Tape.args().put("id", id), () -> inner.open(id)));
  }

  private final class System implements ComputeSystem {
    private final ComputeSystem system;

    System(ComputeSystem system) {
      this.system = system;
    }

    @Override
    public String id() {
      return system.id();
    }

    @Override
    public void start(Duration timeout) {
      pending(
          "HcsStartComputeSystem",
          () -> {
            system.start(timeout);
            return true;
          });
    }

    @Override
    public boolean shutdown() {
      return end("HcsShutdownComputeSystem", system::shutdown);
    }

    @Override
    public boolean terminate() {
      return end("HcsTerminateComputeSystem", system::terminate);
    }

    /** A fault that says the system is stopped or gone is no failure, as the port promises. */
    private boolean end(String function, BooleanSupplier action) {
      try {
        return pending(function, action);
      } catch (HcsException refused) {
        if (refused.isAlreadyStopped() || refused.isNotFound()) {
          return false;
        }
        throw refused;
      }
    }

    private boolean pending(String function, BooleanSupplier action) {
      return tape.call(
          function,
          id(),
          Tape.args().put("id", id()).put("options", ""),
          RecordedCall.PENDING,
          action::getAsBoolean,
          done -> MissingNode.getInstance());
    }

    @Override
    public SystemProperties properties(PropertyType... types) {
      String query = PropertyType.query(types);
      ObjectNode args = Tape.args().put("id", id());
      args.set("propertyQuery", Tape.json(query));
      return tape.call(
          "HcsGetComputeSystemProperties", query, args, () -> system.properties(types));
    }

    @Override
    public void modify(ModifyRequest request) {
      ObjectNode args = Tape.args().put("id", id());
      args.set("configuration", Tape.tree(request));
      tape.change("HcsModifyComputeSystem", id(), args, () -> system.modify(request));
    }

    @Override
    public ComputeProcess createProcess(ProcessDocument document) {
      ObjectNode args = Tape.args().put("id", id());
      args.set("processParameters", Tape.tree(document));
      return tape.call("HcsCreateProcess", id(), args, () -> system.createProcess(document));
    }

    @Override
    public ComputeProcess openProcess(long pid) {
      return system.openProcess(pid);
    }

    @Override
    public CompletableFuture<SystemExit> exited() {
      return system.exited();
    }

    @Override
    public void close() {
      system.close();
    }
  }
}
