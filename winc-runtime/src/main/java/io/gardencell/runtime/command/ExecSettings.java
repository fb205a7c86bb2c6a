package io.gardencell.runtime.command;

import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciJson;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.runtime.bundle.Findings;
import io.gardencell.runtime.bundle.GoJsonErrors;
import io.gardencell.runtime.bundle.ProcessSettings;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The process of {@code exec}: its document, and what flags and arguments replace in it. */
final class ExecSettings {

  private ExecSettings() {}

  static ProcessSettings of(Invocation call) {
    String file = call.text("--process");
    OciProcess given =
        file.isEmpty()
            ? OciProcess.of(List.of(), List.of(), ProcessSettings.DEFAULT_CWD, "")
            : read(call.around().resolve(file));
    List<String> args = call.arguments().subList(1, call.arguments().size());
    List<String> env = call.flags().matchedOptionValue("--env", List.of());
    String cwd = call.text("--cwd");
    String user = call.text("--user");
    return ProcessSettings.checked(
        cwd.isEmpty() ? given.cwd() : cwd,
        args.isEmpty() ? given.args() : args,
        env.isEmpty() ? given.env() : env,
        user.isEmpty() ? given.user().username() : user,
        new Findings(call.id(), ""));
  }

  private static OciProcess read(Path file) {
    String json = "";
    try {
      json = Files.readString(file, StandardCharsets.UTF_8);
      return OciJson.read(json, OciProcess.class);
    } catch (CharacterCodingException e) {
      throw GardenException.failure("process config is not encoded in UTF-8: " + file, e);
    } catch (IOException e) {
      String cause = e instanceof java.nio.file.NoSuchFileException ? "" : ": " + e.getMessage();
      throw GardenException.failure("process config does not exist: " + file + cause, e);
    } catch (IllegalArgumentException e) {
      throw GardenException.failure(
          "process config contains invalid JSON: " + file + ": " + GoJsonErrors.text(json, e), e);
    }
  }
}
