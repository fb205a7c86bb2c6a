package io.gardencell.runtime.command;

import io.gardencell.api.GardenException;
import io.gardencell.api.spi.ContainerState.Status;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.runtime.CloseStack;
import io.gardencell.runtime.ContainerStates;
import io.gardencell.runtime.bundle.Bundle;
import io.gardencell.runtime.bundle.ProcessSettings;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands that change a container (Source: winc: cmd/winc, runtime/runtime.go). */
final class ContainerActions {

  private static final Logger log = LoggerFactory.getLogger(ContainerActions.class);

  private ContainerActions() {}

  static int create(Invocation call) {
    CloseStack undo = new CloseStack();
    try {
      call.containers().create(call.bundle(), call.id(), undo);
      return 0;
    } catch (GardenException e) {
      throw undo.undo(e);
    }
  }

  static int start(Invocation call) {
    ContainerStates.Known known = call.known();
    if (known.status() != Status.CREATED) {
      throw GardenException.failure(
          "cannot start a container in the %s state".formatted(known.status().word()));
    }
    Bundle bundle = Bundle.load(Path.of(known.file().bundle()), call.id());
    CloseStack undo = new CloseStack();
    try {
      startInit(call, bundle, false, undo).close();
      return 0;
    } catch (GardenException e) {
      throw undo.undo(e);
    }
  }

  static int run(Invocation call) throws IOException {
    boolean attached = !call.has("--detach");
    CloseStack undo = new CloseStack();
    ComputeProcess init;
    try {
      Bundle bundle = call.containers().create(call.bundle(), call.id(), undo).bundle();
      init = startInit(call, bundle, attached, undo);
    } catch (GardenException e) {
      throw undo.undo(e);
    }
    if (!attached) {
      init.close();
      return 0;
    }
    long code = call.attach(init);
    call.containers().delete(call.id(), false);
    return (int) code;
  }

  static int exec(Invocation call) {
    ProcessSettings settings = ExecSettings.of(call);
    boolean attached = !call.has("--detach");
    log.atDebug()
        .addKeyValue("containerId", call.id())
        .addKeyValue("process", settings)
        .addKeyValue("pidFile", call.text("--pid-file"))
        .addKeyValue("detach", !attached)
        .log("executing process in container");
    ComputeProcess process = call.containers().exec(call.id(), settings, attached);
    try {
      call.writePid(process.pid());
    } catch (GardenException processGoesOn) {
      process.close();
      throw processGoesOn;
    }
    if (!attached) {
      process.close();
      return 0;
    }
    return (int) call.attach(process);
  }

  static int delete(Invocation call) {
    call.containers().delete(call.id(), call.has("--force"));
    return 0;
  }

  private static ComputeProcess startInit(
      Invocation call, Bundle bundle, boolean pipes, CloseStack undo) {
    ComputeProcess init = call.containers().start(call.id(), bundle, pipes, undo);
    call.writePid(init.pid());
    return init;
  }
}
